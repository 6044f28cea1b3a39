"""Make the embedded portal ready to be served."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrate, load the province and its sample where something changed, and show the way in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", required=True, help="where the portal will answer")

    def handle(self, *, address: str, verbosity: int, **options: Any) -> None:
        stamp = settings.VAR_DIR / "prepared"
        inputs = _digest_of_the_inputs()
        if _migrations_wait():
            self.stdout.write("Migrating …")
            call_command("migrate", interactive=False, verbosity=0)
        elif stamp.exists() and stamp.read_text() == inputs:
            self._show_the_way_in(address)
            return
        self.stdout.write("Loading the province …")
        call_command("load_province", str(settings.PROVINCE_DIR), stdout=self.stdout)
        if settings.SAMPLE_TODAY:
            self.stdout.write("Loading the sample …")
            call_command("load_sample", stdout=self.stdout)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(inputs)
        self._show_the_way_in(address)

    def _show_the_way_in(self, address: str) -> None:
        if settings.SAMPLE_TODAY:
            call_command("load_sample", show_accounts=True, stdout=self.stdout)
        self.stdout.write(f"\nThe portal answers on {address}  (Ctrl-C stops it)\n")


def _migrations_wait() -> bool:
    """An emptied or new database has all of them waiting."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _digest_of_the_inputs() -> str:
    """Hash what the loaders read: the province's folder, the loaders and the migrations."""
    digest = hashlib.sha256(f"{settings.DATABASES['default']['NAME']}\n".encode())
    root: Path = settings.BASE_DIR
    files = [
        *settings.PROVINCE_DIR.rglob("*"),
        *root.glob("*/migrations/*.py"),
        *root.glob("*/management/commands/load_*.py"),
        *(root / "data" / "sample").rglob("*"),
    ]
    for path in sorted(file for file in files if file.is_file()):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
