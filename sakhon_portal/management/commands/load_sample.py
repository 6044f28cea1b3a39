"""Load the sample, or show its accounts."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from common import clock
from jobruns.models import JobRun
from jobruns.runner import perform
from sakhon_portal.sample.book import Book, is_loaded, read_book
from sakhon_portal.sample.quarters import load_sample, reopen_past, restate_past


class Command(BaseCommand):
    help = "Load the sample of data/sample (once), every row marked; --accounts shows its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts", action="store_true", dest="show_accounts", help="only show the accounts"
        )

    def handle(self, *, show_accounts: bool, **options: Any) -> None:
        book = read_book(settings.BASE_DIR / "data" / "sample", settings.PROVINCE_DIR)
        if show_accounts:
            self._show(book)
            return
        if not settings.SAMPLE_TODAY:
            raise CommandError(
                "The sample needs its day: set SAMPLE_TODAY=2027-01-13. Nothing was loaded."
            )
        if is_loaded():
            self.stdout.write("The sample is there already; nothing was changed.")
            return
        load_sample(book, today=clock.today(), tell=self.stdout.write)
        _make_reports()
        restate_past(book)
        _make_reports()
        reopen_past(book)
        self.stdout.write("quarter 4/2569 restated and published again")

    def _show(self, book: Book) -> None:
        there = set(User.objects.filter(is_sample=True).values_list("username", flat=True))
        stated = {each["username"]: each for each in book.people["people"]}
        self.stdout.write(f"Sample accounts (password of all: {book.people['password']})")
        for username in book.people["shown"]:
            if username in there:
                person = stated[username]
                self.stdout.write(
                    f"  {username:<12} {person['role']:<12} {person['agency']:<9}"
                    f" {Role(person['role']).label} · {person['full_name_th']}"
                )


def _make_reports() -> None:
    """Make the reports' files here, so that a first visitor finds them."""
    for run in JobRun.objects.waiting().filter(task__startswith="reports.").order_by("pk"):
        perform(run.pk, at=clock.now())
