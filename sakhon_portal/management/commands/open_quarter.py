"""Open a quarter and its months for reporting."""

from typing import Any

from common import clock
from reports.actions import open_for_reporting
from sakhon_portal.management.commands._quarter import QuarterCommand, refusal_as_error


class Command(QuarterCommand):
    help = "Open a planned quarter and its months for reporting."

    def handle(self, *args: Any, **options: Any) -> None:
        with refusal_as_error():
            quarter = open_for_reporting(
                quarter=self.quarter_of(options), by=self.user_of(options), at=clock.now()
            )
        self.stdout.write(f"Quarter {quarter} is open.")
