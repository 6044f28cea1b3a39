"""A worker killed at any moment leaves the whole file or nothing; two files end in some order."""

import os
import random
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection

from budget.models import MonthlyFigure
from common.refusal import Refused
from jobruns.models import JobRun
from spreadsheets import actions
from spreadsheets.models import Upload
from tests.budget.factories import AllocationFactory
from tests.conftest import ROOT, _url_of_the_test_database
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_uploads import HEAD, commit, send

ROWS = 300
WORK = """
import django; django.setup()
from django.utils import timezone
import spreadsheets.jobs
from jobruns.models import JobRun
from jobruns.runner import perform
print("ready", flush=True)
perform(JobRun.objects.get(state="waiting").pk, at=timezone.now())
print("done", flush=True)
"""


@pytest.fixture
def lines(transactional_db, agency, october):
    return [
        AllocationFactory(code=f"K-{n}", spending_agency=agency, allotted=Decimal(1_000_000))
        for n in range(ROWS)
    ]


def rows(amount):
    return [HEAD, *[[f"K-{n}", "", amount, 1, ""] for n in range(ROWS)]]


def written(amount):
    return MonthlyFigure.objects.filter(disbursed_to_date=amount).count()


def test_a_killed_worker_leaves_the_whole_file_or_nothing(
    lines, agency, october, reporter, settings, seeds
):
    settings.UPLOAD_COMMIT_AT_ONCE_ROWS = 0
    database = {
        "DATABASE_URL": _url_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "sakhon_portal.settings",
    }
    for seed in seeds(3, 25):
        amount = 1_000 + seed
        upload = send(workbook(rows(amount)), agency, october, reporter)
        commit(upload, reporter)
        worker = subprocess.Popen(
            [sys.executable, "-c", WORK],
            cwd=ROOT,
            env=os.environ | database,
            stdout=subprocess.PIPE,
            text=True,
        )
        with worker:
            assert worker.stdout.readline() == "ready\n"
            time.sleep(random.Random(seed).uniform(0, 0.6))
            worker.kill()
        upload.refresh_from_db()
        done = upload.state == Upload.State.COMMITTED
        assert written(amount) == (ROWS if done else 0)
        actions.finish_commit(upload=upload, at=AT)
        upload.refresh_from_db()
        assert upload.state == Upload.State.COMMITTED
        assert written(amount) == ROWS
        assert set(MonthlyFigure.objects.values_list("version", flat=True)) == {seed + 1}
        JobRun.objects.all().delete()


def test_two_files_over_the_same_rows_end_as_if_one_came_after_the_other(
    lines, agency, october, reporter
):
    uploads = [send(workbook(rows(amount)), agency, october, reporter) for amount in (111, 222)]
    answers = []

    def bring_in(upload):
        try:
            commit(Upload.objects.get(pk=upload.pk), reporter)
            answers.append("committed")
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in, args=(upload,)) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in (
        ["changed_meanwhile", "committed"],
        ["committed", "entries_refused"],
    )
    assert {written(111), written(222)} == {0, ROWS}
