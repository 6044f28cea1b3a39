"""The portal as `make run` starts it: the province, its sample, the sample's day."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

DAY = "2027-01-13"


@pytest.fixture(scope="session")
def kept_sample(tmp_path_factory) -> Path:
    """Give the folder where the first loading keeps its rows and files for the tests after it."""
    return Path(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def letters(settings) -> Path:
    """Give the empty folder that e-mails are written into, as `make run` writes them."""
    folder = Path(settings.EMAIL_FILE_PATH)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def sample(settings, monkeypatch, letters, kept_sample, work_off_jobs, transactional_db) -> None:
    """Load the province and the sample into an empty database, as `make run` does."""
    settings.SAMPLE_TODAY = DAY
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    # A worker that is started later stands on the same day and writes into the same folder.
    monkeypatch.setitem(os.environ, "SAMPLE_TODAY", DAY)
    monkeypatch.setitem(os.environ, "EMAIL_URL", "filemail:///")
    rows, files = kept_sample / "rows.sqlite3", kept_sample / "published"
    shutil.rmtree(settings.PUBLISHED_ROOT, ignore_errors=True)
    if rows.exists():
        connection.ensure_connection()
        with closing(sqlite3.connect(rows)) as source:
            source.backup(connection.connection)
        shutil.copytree(files, settings.PUBLISHED_ROOT)
        return
    with open(os.devnull, "w", encoding="utf-8") as silence:
        call_command("load_province", "data/samut_sakhon", stdout=silence)
        call_command("load_sample", stdout=silence)
    # What the loading asked for is done; a worker finds only messages with nothing left to do.
    work_off_jobs()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(rows)) as target:
            connection.connection.backup(target)
        shutil.copytree(settings.PUBLISHED_ROOT, files)
