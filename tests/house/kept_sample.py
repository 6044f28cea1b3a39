"""The loaded sample, kept by the first test of a run that asks for it and put back for the others."""

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from tests.house import rows


def put_into_the_database(folder: Path, load: Callable[[], None]) -> None:
    """Fill the empty database of a test: by `load` the first time in a run, by copying afterwards.

    Processes that test side by side share the folder; one of them loads while the others wait.
    """
    with _alone(folder):
        if (folder / "whole").exists():
            _put_back(folder)
            return
        load()
        _keep(folder)
        (folder / "whole").touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(folder: Path) -> None:
    shutil.copytree(settings.PUBLISHED_ROOT, folder / "published")
    shutil.copytree(settings.MEDIA_ROOT, folder / "private")
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(folder / "rows.sqlite3")) as target:
            connection.connection.backup(target)
        return
    with connection.cursor() as cursor:
        for table in rows.filled([name for name in rows.tables() if name not in rows.STAY]):
            with (folder / f"{table}.rows").open("wb") as file:
                cursor.copy_expert(f"COPY {table} TO STDOUT (FORMAT binary)", file)


def _put_back(folder: Path) -> None:
    shutil.copytree(folder / "published", settings.PUBLISHED_ROOT)
    # Under random names, so beside what other tests stored.
    shutil.copytree(folder / "private", settings.MEDIA_ROOT, dirs_exist_ok=True)
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(folder / "rows.sqlite3")) as source:
            source.backup(connection.connection)
        return
    rows.remove_all()
    kept = sorted(folder.glob("*.rows"))
    # Foreign keys are looked at when the transaction ends, so the order of tables is free.
    with transaction.atomic(), connection.cursor() as cursor:
        for path in kept:
            with path.open("rb") as file:
                cursor.copy_expert(f"COPY {path.stem} FROM STDIN (FORMAT binary)", file)
        models = connection.introspection.installed_models([path.stem for path in kept])
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
