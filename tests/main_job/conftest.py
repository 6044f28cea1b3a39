"""The portal as `make run` starts it: the province, its sample, the sample's day."""

import os
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.house.kept_sample import put_into_the_database

DAY = "2027-01-13"


@pytest.fixture(scope="session")
def kept_sample(tmp_path_factory) -> Path:
    """Give the folder where the first loading keeps its rows and files for the tests after it."""
    base = tmp_path_factory.getbasetemp()
    # Processes that share the tests each have a folder of their own in the run's.
    return Path(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample"


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
    shutil.rmtree(settings.PUBLISHED_ROOT, ignore_errors=True)

    def load() -> None:
        with open(os.devnull, "w", encoding="utf-8") as silence:
            call_command("load_province", "data/samut_sakhon", stdout=silence)
            call_command("load_sample", stdout=silence)
        # What the loading asked for is done; a worker finds only messages with nothing left to do.
        work_off_jobs()

    put_into_the_database(kept_sample, load)
