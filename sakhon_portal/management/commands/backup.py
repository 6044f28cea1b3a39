"""Write the whole database into one file while the portal runs."""

import os
import sqlite3
import subprocess
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sakhon_portal.postgres import server_tool


class Command(BaseCommand):
    help = "Write the database into FILE: a copy of SQLite, or a pg_dump of PostgreSQL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} is there already; a backup overwrites nothing.")
        draft = target.with_name(f".{target.name}.draft")
        draft.unlink(missing_ok=True)
        try:
            if connection.vendor == "sqlite":
                _copy_sqlite(draft)
            else:
                _dump_postgres(draft)
            draft.chmod(0o600)
            os.link(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        self.stdout.write(f"{target} holds the database, {target.stat().st_size:,} bytes.")
        self.stdout.write("Uploads and published files lie beside it in VAR_DIR: copy them too.")


def _copy_sqlite(target: Path) -> None:
    """Copy page by page through SQLite itself, so that a write under way does no harm."""
    source = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _dump_postgres(target: Path) -> None:
    tool, environment = server_tool("pg_dump")
    command = [tool, "--format=custom", "--no-owner", f"--file={target}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"pg_dump: {done.stderr.strip()}")
