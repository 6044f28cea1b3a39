"""Close a quarter: list what is missing, freeze what is there."""

from argparse import ArgumentParser
from typing import Any

from common import clock
from reports.actions import close_quarter
from reports.rules import missing_of
from sakhon_portal.management.commands._quarter import QuarterCommand, refusal_as_error


class Command(QuarterCommand):
    help = "Close a quarter and freeze its figures; lists what is missing first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--missing-accepted",
            action="store_true",
            help="close although entries are missing; they score as the year's rules say",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        quarter, user = self.quarter_of(options), self.user_of(options)
        if not quarter.is_closed:
            for each in missing_of(quarter):
                self.stdout.write(
                    f"missing  {each.agency}  {each.code}  {each.name}  {each.status}"
                )
        with refusal_as_error():
            freeze = close_quarter(
                quarter=quarter,
                by=user,
                at=clock.now(),
                missing_accepted=options["missing_accepted"],
            )
        self.stdout.write(f"Quarter {quarter} is closed; its document is {freeze.sha256}.")
