"""What seldom happens to an upload, and must not surprise anybody then."""

import io
import zipfile
from datetime import date, time
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import Role
from budget.models import MonthlyFigure
from common.refusal import Refused
from spreadsheets import actions
from spreadsheets.models import RememberedMapping, Upload
from submissions.models import Month, PeriodState
from tests.factories import AgencyFactory, person, quarter_of, set_state
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.old_formats import ods, xls
from tests.spreadsheets.sheets import delimited, workbook
from tests.spreadsheets.test_uploads import HEAD, codes, commit, send

ROW = ["B70-1", "", 5, 6, ""]


def stored_as(upload, content):
    """Put other bytes where the original is kept."""
    with upload.file.storage.open(upload.file.name, "wb") as file:
        file.write(content)


def test_a_file_that_changed_on_the_disk_is_not_brought_in(money, agency, october, reporter):
    upload = send(workbook([HEAD, ROW]), agency, october, reporter)
    stored_as(upload, workbook([HEAD, ["B70-1", "", 7, 7, ""]]).getvalue())
    with pytest.raises(Refused, match="เสียหาย"):
        commit(upload, reporter)
    assert not MonthlyFigure.objects.exists()


def test_a_large_file_that_cannot_be_read_is_marked_so(money, agency, october, reporter, settings):
    settings.UPLOAD_READ_AT_ONCE_BYTES = 1
    upload = send(workbook([HEAD, ROW]), agency, october, reporter)
    stored_as(upload, b"spoilt")
    actions.read_upload(upload=upload, at=AT)
    upload.refresh_from_db()
    assert upload.state == Upload.State.REFUSED
    assert upload.report["refused"]["code"] == "truncated"
    actions.discard_upload(upload=upload, by=reporter, at=AT)


def test_a_broken_sheet_inside_an_honest_archive_is_refused(money, agency, october, reporter):
    source, target = workbook([HEAD, ROW]), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:200] if name.endswith("sheet1.xml") else content)
    target.seek(0)
    with pytest.raises(Refused, match="เสียหาย"):
        send(target, agency, october, reporter)
    assert not Upload.objects.exists()


def test_a_deferred_commit_that_is_refused_waits_for_the_person_again(
    money, agency, october, reporter, settings
):
    settings.UPLOAD_COMMIT_AT_ONCE_ROWS = 0
    first = send(workbook([HEAD, ROW]), agency, october, reporter)
    second = send(workbook([HEAD, ["B70-1", "", 7, 7, ""]]), agency, october, reporter)
    commit(first, reporter)
    commit(second, reporter)
    actions.finish_commit(upload=first, at=AT)
    actions.finish_commit(upload=second, at=AT)
    second.refresh_from_db()
    assert second.state == Upload.State.READY
    assert "เปลี่ยนไป" in second.report["stopped"]
    assert second.committed_at is None
    assert MonthlyFigure.objects.get().disbursed_to_date == 5


ODD = ["ที่", "คอลัมน์ ก", "เงิน", "เงิน"]
ODD_COLUMNS = {"allocation_code": 1, "disbursed_to_date": 3, "obligated": 2}


def odd(amount, *, title="หน่วย : ล้านบาท", head=ODD):
    return [[title], head, [1, "B70-1", "-", amount]]


@pytest.fixture
def confirmed(money, agency, october, reporter):
    """Columns that no synonym finds, confirmed for October's sheet of a workbook."""
    upload = send(workbook({"ต.ค.": odd(0.5), "พ.ย.": odd(0.6)}), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["no_table"]
    choice = actions.Choice("ต.ค.", 1, ODD_COLUMNS, dash_is_zero=True)
    return actions.choose_columns(upload=upload, choice=choice, by=reporter, at=AT)


def understood(upload):
    return {cell["field"]: cell["new"] for cell in upload.report["changes"][0]["cells"]}


def test_columns_chosen_by_hand_keep_the_unit_of_the_title(confirmed):
    assert understood(confirmed) == {"disbursed_to_date": "500000.00", "obligated": "0.00"}
    assert confirmed.report["questions"] == []


def test_the_same_form_is_known_again_next_month(confirmed, agency, october, reporter):
    november = Month.objects.get(fiscal_year=2570, number=2)
    set_state(november, PeriodState.OPEN)
    november.refresh_from_db()
    moved = {
        "ต.ค.": odd(0.5),
        "พ.ย.": [["", *row] for row in [["หัว"], *odd(0.6)]],
        "ธ.ค.": odd(0.7),
    }
    again = send(workbook(moved), agency, november, reporter)
    assert again.report["sheet"] == "พ.ย."
    assert "remembered" in codes(again.report["warnings"])
    assert again.report["columns"] == {"allocation_code": 2, "disbursed_to_date": 4, "obligated": 3}
    assert understood(again) == {"disbursed_to_date": "600000.00", "obligated": "0.00"}
    december = actions.choose_columns(
        upload=again, choice=actions.Choice("ธ.ค."), by=reporter, at=AT
    )
    assert understood(december)["disbursed_to_date"] == "700000.00"
    only_october = send(workbook({"ต.ค.": odd(0.5)}), agency, november, reporter)
    assert codes(only_october.report["questions"]) == ["sheet_period"]


def test_a_form_with_another_heading_is_not_taken_for_the_one_confirmed(
    confirmed, agency, october, reporter
):
    other = ["ที่", "คอลัมน์ ก", "เงิน", "เงิน", "ปีก่อน"]
    upload = send(workbook(odd(0.5, head=other)), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["no_table"]
    stranger = AgencyFactory()
    upload = send(workbook(odd(0.5)), stranger, october, person(Role.REPORTER, stranger))
    assert codes(upload.report["errors"]) == ["no_table"]


def form(agency, period, by, kind="monthly-disbursement"):
    target = io.BytesIO()
    actions.write_form(target, kind=kind, agency=agency, period=period, user=by, at=AT)
    target.seek(0)
    return target


def test_our_form_for_something_else_is_recognised(money, agency, october, reporter):
    file = form(agency, october, reporter)
    november = Month.objects.get(fiscal_year=2570, number=2)
    set_state(november, PeriodState.OPEN)
    upload = send(file, agency, november, reporter)
    assert "other_period" in codes(upload.report["errors"])
    file.seek(0)
    quarter = quarter_of(2570, 1)
    upload = send(file, agency, quarter, reporter, kind="project-progress")
    assert "other_kind" in codes(upload.report["errors"])
    book = load_workbook(form(agency, october, reporter))
    book.worksheets[0]["E6"] = 50_000
    stale = io.BytesIO()
    book.save(stale)
    stale.seek(0)
    money[0].expenditure_type = "recurrent"
    money[0].save()
    upload = send(stale, agency, october, reporter)
    assert codes(upload.report["questions"]) == ["stale"]


def test_an_agency_without_anything_due_gets_no_form(october):
    agency = AgencyFactory()
    with pytest.raises(Refused, match="ไม่มีรายการ"):
        form(agency, october, person(Role.REPORTER, agency))


def test_kinds_and_periods_that_do_not_exist_are_refused(october):
    with pytest.raises(Refused, match="ชนิดนี้"):
        actions.resource_of("x")
    for key in ("2570-q1", "2599-m01", "x", "2570-m99x", "2570-x1"):
        with pytest.raises(Refused, match="รอบรายงาน"):
            actions.find_period("monthly-disbursement", key)
    assert actions.find_period("monthly-disbursement", "2570-m01") == october


def test_last_months_figure_makes_a_sudden_one_suspect(money, agency, october, reporter):
    file = workbook([HEAD, ["B70-1", "", 20_000, 6_000, ""]])
    commit(send(file, agency, october, reporter), reporter)
    november = Month.objects.get(fiscal_year=2570, number=2)
    set_state(november, PeriodState.OPEN)
    november.refresh_from_db()
    rows = [HEAD, ["B70-1", "", 500_000, 6_000, ""]]
    upload = send(workbook(rows), agency, november, reporter)
    assert codes(upload.report["questions"]) == ["sudden"]
    page = load_workbook(form(agency, november, reporter)).worksheets[0]
    assert (page["D6"].value, page["E6"].value) == (20_000, None)
    prompts = [rule.prompt for rule in page.data_validations.dataValidation]
    assert "หน่วย: บาท\nรอบก่อน: 20,000" in prompts
    corrected = send(workbook([HEAD, ["B70-1", "", 24_000, 6_000, ""]]), agency, october, reporter)
    assert corrected.report["changes"][0]["cells"][0]["change_percent"] == "20.00"


def test_a_formula_in_a_text_cell_is_an_error(money, agency, october, reporter):
    file = workbook([HEAD, ROW], formulas={(1, 4): ("=A1", "")})
    with zipfile.ZipFile(file) as archive:
        assert b"<f>" in archive.read("xl/worksheets/sheet1.xml")
    book = load_workbook(file)
    book.worksheets[0]["E2"] = "=B9"
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    upload = send(target, agency, october, reporter)
    assert codes(upload.report["errors"]) == ["formula_without_value"]


def test_a_name_that_is_nearly_right_is_pointed_to(money, agency, october, reporter):
    rows = [HEAD, ["ซ่อมถนนเลียบคลองง", "", 5, 6, ""], ["อื่น ๆ", "", 5, 6, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["unknown_row_near", "unknown_row"]
    assert upload.report["errors"][0]["params"]["near"] == "B70-1"


def test_a_name_that_two_lines_bear_asks_for_the_code(money, agency, october, reporter):
    money[1].name_th = money[0].name_th
    money[1].save()
    rows = [["โครงการ", "เบิกจ่าย"], ["ซ่อมถนนเลียบคลอง", 5], ["1. ซ่อมถนนเลียบคลอง", 6]]
    upload = send(workbook(rows), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["several_choices"] * 2
    assert upload.report["errors"][1]["params"]["known"] == "B70-1, B70-2"


def test_a_marked_copy_of_a_csv_keeps_every_kind_of_cell(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", "x", "ประมาณ 5", "=1+1"], ["B70-2", "", 7, "", "ปกติ"]]
    upload = send(delimited(rows), agency, october, reporter, name="a.csv")
    target = io.BytesIO()
    actions.write_marked_copy(target, upload=upload, at=AT)
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    assert page["E2"].value == "=1+1"
    assert page["E2"].data_type == "s"
    assert page["C2"].fill.start_color.rgb == "FFF9D5DE"
    assert "C2" in page["F2"].value
    assert page["F3"].value is None


@pytest.mark.parametrize(("written", "name"), [(xls, "เก่า.xls"), (ods, "เปิด.ods")])
def test_an_old_workbook_is_marked_as_a_new_one_mended_and_brought_in(
    money, agency, october, reporter, written, name
):
    rows = [["ผลการเบิกจ่าย เดือนตุลาคม ๒๕๖๙"], HEAD, ["B70-1", "", 5, "หกบาท", "น้ำท่วม"]]
    upload = send(written(rows), agency, october, reporter, name=name)
    assert codes(upload.report["errors"]) == ["not_a_number"]
    target = io.BytesIO()
    marked = actions.write_marked_copy(target, upload=upload, at=AT)
    assert marked.startswith(name.partition(".")[0])
    assert marked.endswith(".xlsx")
    book = load_workbook(target)
    page = book.worksheets[0]
    assert [page[f"{letter}3"].value for letter in "ACDE"] == ["B70-1", 5, "หกบาท", "น้ำท่วม"]
    assert page["D3"].fill.start_color.rgb == "FFF9D5DE"
    assert "D3" in page["F3"].value
    assert (round(page.column_dimensions["F"].width), page["F3"].alignment.wrap_text) == (61, True)
    page["D3"] = 6
    mended = io.BytesIO()
    book.save(mended)
    mended.seek(0)
    commit(send(mended, agency, october, reporter), reporter)
    figure = MonthlyFigure.objects.get()
    assert (figure.disbursed_to_date, figure.obligated, figure.note) == (5, 6, "น้ำท่วม")


def test_a_marked_copy_of_a_sheet_with_dates_merges_and_findings_without_a_cell(
    money, agency, october, reporter
):
    rows = [HEAD, ["B70-1", "", "x", "N/A", ""], ["B70-9", "", 1, 1, ""]]
    upload = send(workbook(rows, merged=[(2, 0, 2, 1)]), agency, october, reporter)
    upload.report["errors"].append(
        {
            "row": 3,
            "column": "B",
            "cell": "B3",
            "level": "error",
            "sentence": "ทดสอบ",
            "params": {},
        }
    )
    upload.report["errors"].append(
        {"row": 3, "column": "", "cell": "", "level": "error", "sentence": "ทั้งแถว", "params": {}}
    )
    target = io.BytesIO()
    actions.write_marked_copy(target, upload=upload, at=AT)
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    assert "ทั้งแถว" in page["F3"].value
    assert (page.column_dimensions["F"].width, page["F3"].alignment.wrap_text) == (60, True)
    assert page["D2"].fill.start_color.rgb == "00FCEBC8"


def test_an_undo_is_refused_for_rows_that_left_the_period(money, agency, october, reporter):
    upload = send(workbook([HEAD, ROW]), agency, october, reporter)
    commit(upload, reporter)
    MonthlyFigure.objects.all().delete()
    money[0].spending_agency = AgencyFactory()
    money[0].save()
    with pytest.raises(Refused, match="1 รายการ"):
        actions.undo_upload(upload=upload, by=reporter, at=AT)


def test_an_undo_is_refused_once_the_period_is_closed(money, agency, october, reporter):
    upload = send(workbook([HEAD, ROW]), agency, october, reporter)
    commit(upload, reporter)
    set_state(october, PeriodState.CLOSED)
    with pytest.raises(Refused, match="1 รายการ"):
        actions.undo_upload(upload=upload, by=reporter, at=AT)


def test_cells_that_no_row_asks_for_are_named_and_left(agency, reporter, db):
    quarter = quarter_of(2570, 1)
    project_with(2, 1, host_agency=agency, code="70-101")
    rows = [["รหัสโครงการ", "ความก้าวหน้า", "ปัญหา"], ["70-101/2", 30, "ฝน"]]
    upload = send(workbook(rows), agency, quarter, reporter, kind="project-progress")
    assert "not_typed" in codes(upload.report["warnings"])
    assert upload.report["changes"][0]["cells"][0]["new"] == "30.0000"


def test_a_time_of_day_is_no_amount(money, agency, october, reporter):
    book = load_workbook(workbook([HEAD, ROW, ["รวม", "", date(2027, 1, 1), 6, ""]]))
    book.worksheets[0]["C2"] = time(9, 30)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    upload = send(target, agency, october, reporter)
    assert [finding["cell"] for finding in upload.report["errors"]] == ["C2"]


def test_figures_keep_every_digit_in_the_report(money, agency, october, reporter):
    upload = send(workbook([HEAD, ["B70-1", "", "123456.78", 0, ""]]), agency, october, reporter)
    commit(upload, reporter)
    assert MonthlyFigure.objects.get().disbursed_to_date == Decimal("123456.78")
    assert str(upload) == "monthly-disbursement money.xlsx"
    assert str(RememberedMapping(kind="k", agency_id=1, layout="abcdefghij")) == "k 1 abcdefgh"
