"""Put a backup in the database's place."""

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
    help = "Replace everything in the database by what FILE holds; stop the portal first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--yes", action="store_true", help="replace the database without asking"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        if not options["yes"]:
            name = connection.settings_dict["NAME"]
            asked = input(f"Everything in {name} will be replaced. Type yes to go on: ")
            if asked.strip() != "yes":
                raise CommandError("Nothing was changed.")
        if connection.vendor == "sqlite":
            _restore_sqlite(source)
        else:
            _restore_postgres(source)
        self.stdout.write(f"The database is what {source} holds. Run verify next.")


def _restore_sqlite(source: Path) -> None:
    """Check the copy, then write it over the database through SQLite itself.

    :raises CommandError: if the file is no whole database of this portal.
    """
    target = str(connection.settings_dict["NAME"])
    connection.close()
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        try:
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            copy.execute("SELECT 1 FROM audit_event LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise CommandError(f"{source} is not a backup of this portal: {error}") from error
        if state != "ok":
            raise CommandError(f"{source} is damaged: {state}")
        with closing(sqlite3.connect(target)) as live:
            copy.backup(live)
            live.execute("PRAGMA journal_mode=WAL")


def _restore_postgres(source: Path) -> None:
    tool, environment = server_tool("pg_restore")
    connection.close()
    name = str(connection.settings_dict["NAME"])
    command = [tool, "--clean", "--if-exists", "--no-owner", "--single-transaction"]
    command += ["--exit-on-error", f"--dbname={name}", str(source)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"pg_restore: {done.stderr.strip()}")
