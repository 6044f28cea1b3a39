"""The progress form: one report of several lines."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from projects.models import ActivityProgress, Progress
from spreadsheets import actions
from tests.factories import quarter_of
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import workbook

HEAD = ["รหัสโครงการ", "ชื่อ", "ความก้าวหน้า", "ผลการดำเนินงาน", "ปัญหาอุปสรรค"]


@pytest.fixture
def quarter(db):
    return quarter_of(2570, 1)


@pytest.fixture
def projects(agency, quarter):
    with_parts, _parts = project_with(3, 1, host_agency=agency, code="70-101")
    plain, _none = project_with(host_agency=agency, code="70-102")
    return with_parts, plain


def send(rows, agency, quarter, by, **changes):
    return actions.receive_upload(
        file=workbook(rows),
        name="a.xlsx",
        kind="project-progress",
        agency=agency,
        period=quarter,
        by=by,
        at=AT,
        **({"action": "draft"} | changes),
    )


def test_lines_of_one_project_become_one_report(projects, agency, quarter, reporter):
    rows = [
        HEAD,
        ["70-101/1", "", "40%", "ทำแล้ว", "ฝนตก"],
        ["70-101/2", "", 10, "", ""],
        ["70-102", "", 55, "คืบหน้า", ""],
    ]
    upload = send(rows, agency, quarter, reporter)
    assert not upload.report["errors"], upload.report["errors"]
    assert upload.report["counts"]["new"] == 3
    actions.commit_upload(upload=upload, confirmed=True, by=reporter, at=AT)
    with_parts, plain = projects
    report = Progress.objects.get(project=with_parts)
    assert (report.narrative_th, report.problems_th) == ("ทำแล้ว", "ฝนตก")
    percents = ActivityProgress.objects.filter(progress=report).order_by("activity__number")
    assert [part.percent for part in percents] == [40, 10]
    assert Progress.objects.get(project=plain).percent == 55
    assert upload.state == "committed"

    again = send(rows, agency, quarter, reporter)
    assert again.report["counts"]["unchanged"] == 3

    actions.undo_upload(upload=upload, by=reporter, at=AT)
    assert not ActivityProgress.objects.filter(progress=report).exists()
    assert Progress.objects.get(project=plain).percent is None
    assert Progress.objects.get(project=with_parts).narrative_th == ""


def test_a_percent_beyond_100_is_an_error_of_its_line(projects, agency, quarter, reporter):
    upload = send([HEAD, ["70-102", "", 155, "", ""]], agency, quarter, reporter)
    assert [error["cell"] for error in upload.report["errors"]] == ["C2"]


def test_the_form_has_a_line_for_each_activity(projects, agency, quarter, reporter):
    target = io.BytesIO()
    actions.write_form(
        target, kind="project-progress", agency=agency, period=quarter, user=reporter, at=AT
    )
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    assert [page.cell(row, 1).value for row in (6, 7, 8)] == ["70-101/1", "70-101/2", "70-102"]
    assert page["E6"].protection.locked is False
    assert page["E7"].protection.locked is True


def test_last_quarters_percent_stands_beside_the_cell(projects, agency, quarter, reporter):
    upload = send([HEAD, ["70-102", "", 30, "", ""]], agency, quarter, reporter)
    actions.commit_upload(upload=upload, confirmed=True, by=reporter, at=AT)
    resource = actions.resource_of("project-progress")
    rows = resource.rows_for(user=reporter, agency=agency, period=quarter_of(2570, 2), at=AT)
    row = next(row for row in rows if row.code == "70-102")
    assert row.shown["last_percent"] == Decimal(30)
