"""Files at the edge: what is marked without a cell, races between two people, cells of an odd kind."""

import io
from datetime import date, datetime, time

import pytest
from django.db import connection
from openpyxl import load_workbook

from accounts.models import Role
from audit.models import Event
from budget.models import Allocation, MonthlyFigure
from common.refusal import Refused
from projects.models import Project
from spreadsheets import actions
from spreadsheets.models import RememberedMapping, Upload
from submissions.models import FiscalYear
from tests.budget.factories import AllocationFactory
from tests.factories import person, quarter_of
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import delimited, workbook
from tests.spreadsheets.test_registers import send as send_register
from tests.spreadsheets.test_registers import told
from tests.spreadsheets.test_uploads import HEAD, codes, commit, send

ROW = ["B70-1", "", 5, 6, ""]
RED = "FFF9D5DE"


@pytest.fixture
def year(db):
    quarter_of(2570, 1)
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def ready(money, agency, october, reporter):
    return send(workbook([HEAD, ROW]), agency, october, reporter)


def edited(file, **cells):
    """Put cells into a workbook that only a person's hand would."""
    book = load_workbook(file)
    for place, value in cells.items():
        book.worksheets[0][place] = value
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def marked(upload):
    target = io.BytesIO()
    name = actions.write_marked_copy(target, upload=upload, at=AT)
    target.seek(0)
    return name, load_workbook(target).worksheets[0]


# ── The marked copy ──────────────────────────────────────────────────────────
def test_a_sheet_without_a_table_comes_back_as_it_was_sent(money, agency, october, reporter):
    upload = send(workbook([["บันทึก"], ["ไม่มีตาราง"]]), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["no_table"]
    name, page = marked(upload)
    assert name == "money-ต้องแก้.xlsx"
    assert [[cell.value for cell in row if cell.value] for row in page] == [
        ["บันทึก"],
        ["ไม่มีตาราง"],
    ]


def test_a_sheet_that_the_report_does_not_name_is_left_unmarked(money, agency, october, reporter):
    upload = send(workbook([HEAD, ["B70-1", "", "x", 6, ""]]), agency, october, reporter)
    assert marked(upload)[1]["F2"].value
    upload.report["sheet"] = "แผ่นอื่น"
    page = marked(upload)[1]
    assert page["F2"].value is None
    assert page["C2"].fill.fill_type is None


def test_a_large_file_is_written_anew_with_every_kind_of_cell(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", "x", 6.5, ""], ["", "ไม่มีรหัส", 6, 7, ""], ["B70-2", "", 8, 9, ""]]
    file = edited(
        workbook(rows),
        E2=True,
        E3=date(2027, 1, 2),
        E4=datetime.combine(date(2027, 1, 3), time(9, 30)),
    )
    upload = send(file, agency, october, reporter)
    assert {each["cell"] for each in upload.report["errors"]} >= {"C2", "A3"}
    upload.size_bytes = 3 * 1024 * 1024
    name, page = marked(upload)
    assert name == "money-ต้องแก้.xlsx"
    assert (page["E2"].value, page["D2"].value, page["D4"].value) == (True, 6.5, 9)
    assert str(page["E3"].value) == "2027-01-02 00:00:00"
    assert page["E3"].number_format == "dd/mm/yyyy"
    assert str(page["E4"].value) == "2027-01-03 09:30:00"
    assert page["A3"].value is None
    assert page["A3"].fill.start_color.rgb == page["C2"].fill.start_color.rgb == RED
    assert page["D4"].fill.fill_type is None
    assert "C2" in page["F2"].value
    assert "A3" in page["F3"].value
    assert page["F4"].value is None


def test_every_error_is_in_the_marked_copy_however_many_there_are(
    client, money, agency, october, reporter
):
    rows = [HEAD, *[[f"X-{number}", "", 5, 6, ""] for number in range(501)]]
    upload = send(delimited(rows), agency, october, reporter, name="a.csv")
    assert (upload.report["counts"]["errors"], len(upload.report["errors"])) == (501, 500)
    page = marked(upload)[1]
    assert page["F1"].value == "เหตุที่ต้องแก้"
    assert all(f"A{row}" in page[f"F{row}"].value for row in range(2, 503))
    client.force_login(reporter)
    shown = client.get(f"/spreadsheets/{upload.pk}/").content.decode()
    assert "แสดง 60 ช่องแรกจาก 501 ช่อง" in shown


# ── Two people at once ───────────────────────────────────────────────────────
@pytest.mark.parametrize("verb", [actions.discard_upload, actions.refresh_preview])
def test_who_comes_second_to_a_file_is_told_so(ready, reporter, verb):
    stale = Upload.objects.get(pk=ready.pk)
    actions.discard_upload(upload=ready, by=reporter, at=AT)
    with pytest.raises(Refused) as caught:
        verb(upload=stale, by=reporter, at=AT)
    assert caught.value.code == "changed_meanwhile"
    ready.refresh_from_db()
    assert ready.state == Upload.State.DISCARDED
    assert Event.objects.filter(verb="spreadsheets.upload.discarded").count() <= 1
    assert not MonthlyFigure.objects.exists()


def test_a_register_line_that_somebody_began_at_the_same_moment_is_not_brought_in(agency, year):
    comptroller = person(Role.COMPTROLLER, agency)
    source = AllocationFactory(spending_agency=agency).source
    head = ["รหัสรายการงบประมาณ", "รายการ", "แหล่งงบประมาณ", "ประเภทรายจ่าย",
            "งบประมาณตาม พ.ร.บ. (บาท)", "ได้รับจัดสรร (บาท)"]  # fmt: skip
    new = ["B70-2", "ซ่อมถนน", source.name_th, "รายจ่ายลงทุน", 1_500_000, 1_000_000]
    upload = send_register("allotments", [head, new], agency, year, comptroller)
    begun = []

    def begin_first(execute, sql, params, many, context):
        # Somebody else commits between the reading and the writing, as PostgreSQL lets them.
        if sql.startswith('INSERT INTO "budget_allocation"') and not begun:
            begun.append(sql)
            AllocationFactory(code="B70-2", spending_agency=agency, source=source)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin_first), pytest.raises(Refused, match="เปลี่ยนไป") as caught:
        commit(upload, comptroller)
    assert begun
    assert caught.value.code == "changed_meanwhile"
    upload.refresh_from_db()
    assert upload.state == Upload.State.READY
    assert not Allocation.objects.filter(name_th="ซ่อมถนน").exists()
    assert not Event.objects.filter(verb="spreadsheets.upload.committed").exists()


def test_a_choice_of_a_sheet_alone_is_not_remembered(money, agency, october, reporter):
    pages = {"เก่า": [HEAD, ROW], "ใหม่": [HEAD, ["B70-2", "", 7, 8, ""]]}
    upload = send(workbook(pages), agency, october, reporter)
    for sheet, code in (("เก่า", "B70-1"), ("ใหม่", "B70-2")):
        choice = actions.Choice(sheet)
        actions.choose_columns(upload=upload, choice=choice, by=reporter, at=AT)
        assert [each["code"] for each in upload.report["changes"]] == [code]
    assert not RememberedMapping.objects.exists()


# ── Cells of an odd kind ─────────────────────────────────────────────────────
def test_a_day_in_a_total_is_no_sum_to_compare(money, agency, october, reporter):
    rows = [HEAD, ROW, ["รวม", "", date(2027, 1, 1), 7, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    checks = [each["cell"] for each in upload.report["warnings"] if each["code"] == "checksum"]
    assert checks == ["D3"]


def test_a_day_worked_out_by_a_formula_that_was_never_computed_is_an_error(agency, year):
    project_with(host_agency=agency, code="70-101")
    rows = [["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม"], ["70-101", "ชื่อใหม่", "1 ต.ค. 69"]]
    file = edited(workbook(rows), C2="=TODAY()")
    upload = send_register("projects", file, agency, year, person(Role.STRATEGIST, agency))
    assert told(upload)[0] == [("formula_without_value", "C2")]
    assert not Project.objects.filter(name_th="ชื่อใหม่").exists()


def test_a_new_code_that_is_nearly_a_known_one_is_asked_about(agency, year):
    project_with(host_agency=agency, code="70-10001")
    head = ["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม", "วันสิ้นสุด"]
    rows = [head, ["70-100011", "ก", "1 ต.ค. 69", "30 ก.ย. 70"]]
    upload = send_register("projects", rows, agency, year, person(Role.STRATEGIST, agency))
    [asked] = upload.report["questions"]
    assert (asked["code"], asked["params"]["near"]) == ("makes_new_near", "70-10001")
    assert Project.objects.count() == 1
