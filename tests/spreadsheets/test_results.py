"""The KPI form: values, ratios, not applicable, suspicion."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import Role
from kpi.models import Result
from spreadsheets import actions
from tests.factories import person
from tests.kpi.cascades import Field
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import workbook

HEAD = ["ลำดับ", "ตัวชี้วัด", "หน่วย", "เป้า Q1", "ผล Q1", "ตัวหาร", "หมายเหตุ"]
RATIO = {
    "is_ratio": True,
    "scale": 100,
    "unit_th": "ร้อยละ",
    "over_units": "ratio",
    "denominator_over_time": "flow",
}


@pytest.fixture
def field(db):
    return Field()


@pytest.fixture
def quarter(field):
    return field.quarters[1]


@pytest.fixture
def kpis(field):
    plain = field.kpi(field.indicator(unit_th="ราย"), targets=[100, 100, 100, 100])
    ratio = field.kpi(field.indicator(**RATIO), targets=[90, 90, 90, 90])
    share = field.kpi(field.indicator(unit_th="ร้อยละ", over_time="stock", over_units="own"))
    for kpi, code in zip((plain, ratio, share), ("2.3", "4.4ก", "4.5ก"), strict=True):
        kpi.code = code
        kpi.save()
    return plain, ratio, share


@pytest.fixture
def reporter(field):
    return person(Role.REPORTER, field.agency)


def send(rows, field, by, **changes):
    return actions.receive_upload(
        file=workbook([["แบบรายงาน ไตรมาส 1/2570"], HEAD, *rows]),
        name="kpi.xlsx",
        kind="kpi-results",
        agency=field.agency,
        period=field.quarters[1],
        by=by,
        at=AT,
        **({"action": "draft"} | changes),
    )


def codes(findings):
    return [(finding["code"], finding["cell"]) for finding in findings]


def test_the_drawn_sheet_is_brought_in_and_taken_back(field, kpis, reporter):
    rows = [
        [1, "2.3 อาหารปลอดภัย", "ราย", 100, "๑๐๒", "", ""],
        [2, "4.4ก เยี่ยมบ้าน", "ร้อยละ", 90, "๑,๒๐๘", 1340, "ฝน"],
        [3, "4.5ก ขยะ", "ร้อยละ", "", "46.33%", "", ""],
        ["รวม", "", "", "", 17_484, "", ""],
    ]
    upload = send(rows, field, reporter)
    assert upload.report["errors"] == []
    assert upload.report["questions"] == []
    actions.commit_upload(upload=upload, confirmed=False, by=reporter, at=AT)
    plain, ratio, share = (Result.objects.get(kpi=kpi) for kpi in kpis)
    assert plain.value == 102
    assert (ratio.numerator, ratio.denominator, ratio.note) == (1208, 1340, "ฝน")
    assert share.value == Decimal("46.33")
    actions.undo_upload(upload=upload, by=reporter, at=AT)
    ratio.refresh_from_db()
    assert (ratio.numerator, ratio.denominator, ratio.note) == (None, None, "")


def test_the_two_figures_of_a_ratio_are_not_counted_in_its_unit(field, kpis, reporter):
    rows = [[1, "2.3", "ราย", "", 5, "", ""], [2, "4.4ก", "ร้อยละ", 90, 1208, 1340, ""]]
    upload = send(rows, field, reporter)
    assert {
        (change["code"], cell["field"]): cell["unit"]
        for change in upload.report["changes"]
        for cell in change["cells"]
    } == {("2.3", "figure"): "ราย", ("4.4ก", "figure"): "", ("4.4ก", "denominator"): ""}


def test_a_ratio_needs_both_parts_in_the_right_cells(field, kpis, reporter):
    upload = send([[1, "4.4ก", "", "", "46.33%", "", ""]], field, reporter)
    assert codes(upload.report["errors"]) == [("denominator_missing", "F3")]
    upload = send([[1, "4.4ก", "", "", "", 5, ""]], field, reporter)
    assert codes(upload.report["errors"]) == [("numerator_missing", "E3")]
    upload = send([[1, "4.4ก", "", "", 5, 0, ""]], field, reporter)
    assert codes(upload.report["errors"]) == [("verb_refused", "F3")]
    upload = send([[1, "4.4ก", "", "", 5_210, 4_980, ""]], field, reporter)
    assert codes(upload.report["questions"]) == [("over_whole", "E3")]
    upload = send([[1, "4.4ก", "", "", "สิบ", "", ""]], field, reporter)
    assert codes(upload.report["errors"]) == [("not_a_number", "E3")]


def test_not_applicable_goes_with_its_reason_and_comes_back(field, kpis, reporter):
    upload = send([[1, "4.4ก", "", "", "ไม่เกี่ยวข้อง", "", ""]], field, reporter)
    assert codes(upload.report["errors"]) == [("reason_missing", "G3")]
    upload = send([[1, "4.4ก", "", "", "ไม่เกี่ยวข้อง", "", "ไม่มีภารกิจ"]], field, reporter)
    actions.commit_upload(upload=upload, confirmed=True, by=reporter, at=AT)
    result = Result.objects.get()
    assert result.is_not_applicable
    assert result.not_applicable_reason == "ไม่มีภารกิจ"
    again = send([[1, "4.4ก", "", "", "ไม่เกี่ยวข้อง", "", "ไม่มีภารกิจ"]], field, reporter)
    assert again.report["counts"]["unchanged"] == 1
    mended = send([[1, "4.4ก", "", "", 8, 10, "มีแล้ว"]], field, reporter)
    actions.commit_upload(upload=mended, confirmed=True, by=reporter, at=AT)
    result.refresh_from_db()
    assert (result.is_not_applicable, result.numerator) == (False, 8)
    actions.undo_upload(upload=mended, by=reporter, at=AT)
    result.refresh_from_db()
    assert (result.is_not_applicable, result.not_applicable_reason) == (True, "ไม่มีภารกิจ")


def test_a_figure_far_from_its_target_is_asked_about(field, kpis, reporter):
    upload = send([[1, "2.3", "", "", 5_000, "", ""]], field, reporter)
    assert codes(upload.report["questions"]) == [("far_above_target", "E3")]
    upload = send([[1, "4.4ก", "", "", 1, 5_000, ""]], field, reporter)
    assert codes(upload.report["questions"]) == [("far_below_target", "E3")]


def test_what_is_not_ready_to_be_sent_is_said_at_its_cell(field, kpis, reporter):
    upload = send([[1, "2.3", "", "", 20, "", ""]], field, reporter, action="submit")
    assert codes(upload.report["errors"]) == [("verb_refused", "G3")]
    upload = send([[1, "2.3", "", "", 20, "", "ฝน"]], field, reporter, action="submit")
    actions.commit_upload(upload=upload, confirmed=True, by=reporter, at=AT)
    assert Result.objects.get().status == "submitted"
    later = send([[1, "2.3", "", "", 30, "", "ฝน"]], field, reporter)
    assert codes(later.report["errors"]) == [("may_not", "B3")]


def test_the_form_shows_a_last_ratio_as_a_number_not_as_thirty_digits(field, kpis, reporter):
    ratio = kpis[1]
    seen = {"entered_by": reporter, "entered_at": AT, "submitted_by": reporter, "submitted_at": AT}
    Result.objects.create(
        kpi=ratio, quarter=field.quarters[1], numerator=2, denominator=3, status="submitted", **seen
    )
    target = io.BytesIO()
    actions.write_form(
        target,
        kind="kpi-results",
        agency=field.agency,
        period=field.quarters[2],
        user=reporter,
        at=AT,
    )
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    [cells] = [row for row in page.iter_rows(min_row=6) if row[0].value == ratio.code]
    last = next(cell for cell in cells if cell.column_letter == "E")
    assert isinstance(last.value, float)
    assert round(last.value, 6) == 66.666667
    assert last.number_format == "#,##0.####"


def test_the_form_opens_only_what_is_asked(field, kpis, quarter, reporter):
    target = io.BytesIO()
    actions.write_form(
        target, kind="kpi-results", agency=field.agency, period=quarter, user=reporter, at=AT
    )
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    assert [page.cell(row, 1).value for row in (6, 7, 8)] == ["2.3", "4.4ก", "4.5ก"]
    assert page["G6"].protection.locked
    assert not page["G7"].protection.locked
    assert page["D6"].value == 100
    page["F6"], page["F7"], page["G7"] = 99, 5, 6
    filled = io.BytesIO()
    load = page.parent
    load.save(filled)
    filled.seek(0)
    upload = actions.receive_upload(
        file=filled, name="f.xlsx", kind="kpi-results", agency=field.agency, period=quarter,
        action="draft", by=reporter, at=AT,
    )  # fmt: skip
    assert upload.report["counts"]["new"] == 2
    assert not upload.report["errors"] + upload.report["questions"]
