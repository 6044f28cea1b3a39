"""Publish a closed quarter's report."""

from typing import Any

from django.core.management.base import CommandError

from common import clock
from jobruns.runner import perform
from reports.actions import publish_report
from reports.models import Edition
from sakhon_portal.management.commands._quarter import QuarterCommand, refusal_as_error


class Command(QuarterCommand):
    help = "Publish the next edition of a quarter's report and write its files here and now."

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with refusal_as_error():
            edition, run = publish_report(
                quarter=self.quarter_of(options), by=self.user_of(options), at=at
            )
        perform(run.pk, at=at)
        edition = Edition.objects.with_quarter().get(pk=edition.pk)
        if edition.finished_at is None:
            run.refresh_from_db()
            raise CommandError(f"The files are not written yet: {run.error or run.state}")
        self.stdout.write(f"{edition.address} is published; its document is {edition.sha256}.")
        for name, file in sorted(edition.files.items()):
            self.stdout.write(f"{name:<8} {file['size']:>9,}  {file['sha256']}  {file['path']}")
