"""The API and the command: the same path and the same report as the pages."""

import json

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import Role
from budget.models import MonthlyFigure
from spreadsheets.models import Upload
from tests.factories import AgencyFactory, person
from tests.spreadsheets.sheets import workbook

HEAD = ["รหัสรายการ", "รายการ", "เบิกจ่ายสะสม", "ก่อหนี้ผูกพัน", "หมายเหตุ"]
UPLOADS = "/api/v1/uploads/"


@pytest.fixture(autouse=True)
def _day_of_the_sample(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


@pytest.fixture
def api(reporter):
    client = APIClient()
    client.force_authenticate(reporter)
    return client


def send(api, agency, rows, **changes):
    file = workbook(rows)
    file.name = "a.xlsx"
    fields = {
        "kind": "monthly-disbursement",
        "agency": agency.code,
        "period": "2570-m01",
        "file": file,
    }
    return api.post(UPLOADS, fields | changes, format="multipart")


def test_a_machine_sends_commits_and_undoes(api, money, agency):
    sent = send(api, agency, [HEAD, ["B70-1", "", "๕", 6, ""]])
    assert sent.status_code == 201, sent.json()
    assert sent.json()["report"]["counts"]["new"] == 1
    assert not MonthlyFigure.objects.exists()
    address = f"{UPLOADS}{sent.json()['id']}/"
    done = api.post(f"{address}commit/", {"confirmed": True}, format="json")
    assert done.json()["state"] == "committed"
    assert MonthlyFigure.objects.get().disbursed_to_date == 5
    assert api.post(f"{address}undo/").json()["state"] == "undone"
    assert api.get(address).json()["sha256"] == sent.json()["sha256"]
    assert api.get(UPLOADS).json()["count"] == 1


def test_a_machine_opens_the_next_table_of_the_same_file(api, money, agency):
    sheets = {"ก": [HEAD, ["B70-1", "", 5, 7, ""]], "ข": [HEAD, ["B70-2", "", 8, 9, ""]]}
    first = send(api, agency, sheets).json()
    assert first["report"]["tables"] == [{"sheet": "ข", "heading": None}]
    address = f"{UPLOADS}{first['id']}/next/"
    opened = api.post(address, {"sheet": "ข"}, format="json")
    assert opened.status_code == 201
    assert [change["code"] for change in opened.json()["report"]["changes"]] == ["B70-2"]
    assert opened.json()["sha256"] == first["sha256"]
    assert api.post(address, {"sheet": "ค"}, format="json").status_code == 409
    assert api.post(address, {}, format="json").status_code == 400


def test_a_refusal_is_409_and_a_wrong_shape_400_with_every_field(api, money, agency):
    sent = send(api, agency, [HEAD, ["B70-1", "", "x", 6, ""]])
    address = f"{UPLOADS}{sent.json()['id']}/"
    refused = api.post(f"{address}commit/")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_ready"
    assert api.post(f"{address}discard/").json()["state"] == "discarded"
    wrong = send(api, agency, [HEAD], kind="x", period="2027")
    assert wrong.status_code == 400
    assert set(wrong.json()) == {"kind", "period"}
    absent = send(api, agency, [HEAD], period="2599-m01")
    assert absent.status_code == 409


def test_machines_without_a_person_or_of_another_agency_find_nothing(api, money, agency):
    sent = send(api, agency, [HEAD, ["B70-1", "", 5, 6, ""]])
    assert APIClient().get(UPLOADS).status_code == 401
    stranger = APIClient()
    stranger.force_authenticate(person(Role.REPORTER, AgencyFactory()))
    assert stranger.get(f"{UPLOADS}{sent.json()['id']}/").status_code == 404
    assert send(stranger, agency, [HEAD]).status_code == 404


def run(capsys, *arguments, **options):
    call_command("import_sheet", *arguments, **options)
    return json.loads(capsys.readouterr().out)


def test_the_command_prints_the_report_and_commits_when_told(
    capsys, tmp_path, money, agency, reporter
):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([HEAD, ["B70-1", "", 50_000, 60_000, ""]]).getvalue())
    which = ["monthly-disbursement", str(path), "--as", reporter.username, "--period", "2570-m01"]
    assert run(capsys, *which)["report"]["counts"]["new"] == 1
    assert not MonthlyFigure.objects.exists()
    assert run(capsys, *which, "--commit")["state"] == "committed"
    assert MonthlyFigure.objects.get().obligated == 60_000


def test_the_command_reads_and_commits_a_large_file_at_once(
    capsys, tmp_path, money, agency, reporter, settings
):
    settings.UPLOAD_READ_AT_ONCE_BYTES = 1
    settings.UPLOAD_COMMIT_AT_ONCE_ROWS = 0
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([HEAD, ["B70-1", "", 500_000, 60_000, ""]]).getvalue())
    answer = run(
        capsys,
        *["monthly-disbursement", str(path), "--as", reporter.username, "--period", "2570-m01"],
        *["--agency", agency.code, "--commit", "--submit"],
    )
    assert answer["state"] == "committed", answer
    assert MonthlyFigure.objects.get().status == "submitted"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"--as": "nobody"}, "no user"),
        ({"--agency": "NONE"}, "--agency"),
        ({"file": "/nowhere.xlsx"}, "No such file"),
        ({"--period": "2570-q1"}, "ไม่มีรอบรายงาน"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, money, reporter, changes, sentence):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([HEAD]).getvalue())
    options = {"--as": reporter.username, "--period": "2570-m01"} | changes
    file = options.pop("file", str(path))
    flat = [word for pair in options.items() for word in pair]
    with pytest.raises(CommandError, match=sentence):
        call_command("import_sheet", "monthly-disbursement", file, *flat)
    assert not Upload.objects.exists()
