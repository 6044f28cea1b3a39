"""Check every invariant: cascade, money, open and frozen figures, the log."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from common import clock
from sakhon_portal import verification


class Command(BaseCommand):
    help = "Check every invariant; lists what is broken and ends with 1 where anything is."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for name, check in verification.CHECKS.items():
            found = check(clock.now())
            broken += len(found)
            self.stdout.write(f"{name:<34} {'sound' if not found else f'{len(found)} broken'}")
            for finding in found:
                self.stdout.write(f"  {finding}")
        for notice in verification.open_findings(clock.now()):
            self.stdout.write(f"open finding: {notice}")
        if broken:
            self.stderr.write(f"{broken} broken")
            sys.exit(1)
