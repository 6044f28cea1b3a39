"""Load a province's folder; may be repeated."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock, fiscal
from sakhon_portal.loading import load_province
from sakhon_portal.province import FolderError, read_province


class Command(BaseCommand):
    help = (
        "Load a province's folder of facts; says what it added, changed and left. May be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default=str(settings.PROVINCE_DIR))

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            province = read_province(
                Path(options["folder"]), year=fiscal.fiscal_year_of(now.date())
            )
        except FolderError as error:
            raise CommandError(
                "The folder was not loaded; nothing was changed.\n  " + "\n  ".join(error.findings)
            ) from error
        tallies = load_province(province, by=None, at=now)
        for name, tally in tallies.items():
            self.stdout.write(
                f"{name:<14} added {tally.added}, changed {tally.changed}, left {tally.left}"
            )
