"""What the commands about one quarter share: its two numbers, who does it, a refusal as an error."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common.refusal import Refused
from submissions.models import Quarter


class QuarterCommand(BaseCommand):
    """A command about a fiscal year (พ.ศ.) and a quarter, done by a user of the portal."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="fiscal year of the Buddhist Era")
        parser.add_argument("quarter", type=int, choices=(1, 2, 3, 4))
        parser.add_argument("--by", required=True, metavar="USER", help="who does it; is logged")

    def quarter_of(self, options: dict[str, Any]) -> Quarter:
        """Return the quarter that was named.

        :raises CommandError: if its year is not set up.
        """
        try:
            return Quarter.objects.select_related("fiscal_year").get(
                fiscal_year=options["year"], number=options["quarter"]
            )
        except Quarter.DoesNotExist:
            raise CommandError(
                f"There is no quarter {options['quarter']}/{options['year']}: "
                "the fiscal year is not set up."
            ) from None

    def user_of(self, options: dict[str, Any]) -> User:
        """Return who does it.

        :raises CommandError: if nobody active has that user name.
        """
        try:
            return User.objects.get(username=options["by"], is_active=True)
        except User.DoesNotExist:
            raise CommandError(f"There is no active user {options['by']!r}.") from None


@contextmanager
def refusal_as_error() -> Iterator[None]:
    """Let a refusal end the command with its sentence."""
    try:
        yield
    except Refused as refused:
        raise CommandError(str(refused)) from refused
