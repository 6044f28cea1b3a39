"""From a file to figures: preview, commit, undo, through the same verbs as the pages."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Role
from audit.models import Event
from budget.actions import MonthlyInput, record_monthly_figures
from budget.models import Allocation, MonthlyFigure
from common.refusal import EntriesRefused, Refused
from spreadsheets import actions, jobs  # noqa: F401  the worker knows its jobs by importing them
from spreadsheets.actions.reading import kept_changes
from spreadsheets.models import RememberedMapping, Upload
from tests.budget.factories import AllocationFactory
from tests.factories import AgencyFactory, person
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import delimited, workbook

HEAD = ["รหัสรายการ", "รายการ", "เบิกจ่ายสะสม", "ก่อหนี้ผูกพัน", "หมายเหตุ"]


def send(
    file, agency, period, by, *, name="money.xlsx", action="draft", kind="monthly-disbursement"
):
    return actions.receive_upload(
        file=file, name=name, kind=kind, agency=agency, period=period, action=action, by=by, at=AT
    )


def commit(upload, by, *, confirmed=True):
    return actions.commit_upload(upload=upload, confirmed=confirmed, by=by, at=AT)


def codes(findings):
    return [finding["code"] for finding in findings]


@pytest.fixture
def sent(money, agency, october, reporter):
    rows = [
        ["รายงานผลการเบิกจ่าย ประจำเดือนตุลาคม 2569"],
        HEAD,
        ["B70-1", "ซ่อมถนนเลียบคลอง", "๑๐๐,๐๐๐.๕๐", 50_000, ""],
        ["B70-2", "จัดซื้อเครื่องวัดฝุ่น", 0, "-", "รอส่งมอบ"],
        ["รวม", "", 100_000.50, 50_000, ""],
    ]
    return send(workbook(rows), agency, october, reporter)


def test_a_preview_says_all_and_writes_nothing(sent):
    assert sent.state == Upload.State.READY
    counts = sent.report["counts"]
    assert (counts["rows"], counts["new"], counts["changed"], counts["errors"]) == (2, 2, 0, 0)
    assert counts["subtotals"] == 1
    assert not MonthlyFigure.objects.exists()
    first = sent.report["changes"][0]
    assert first["code"] == "B70-1"
    assert first["cells"][0] | {"label": ""} == {
        "field": "disbursed_to_date",
        "label": "",
        "old": None,
        "written": "๑๐๐,๐๐๐.๕๐",
        "new": "100000.50",
        "places": 2,
        "unit": "",
        "is_text": False,
        "change_percent": None,
    }
    assert codes(sent.report["warnings"]) == ["left_out"]


def test_a_commit_goes_through_the_verb_and_is_on_record(sent, reporter):
    commit(sent, reporter)
    sent.refresh_from_db()
    assert sent.state == Upload.State.COMMITTED
    figures = {f.allocation.code: f for f in MonthlyFigure.objects.select_related("allocation")}
    assert figures["B70-1"].disbursed_to_date == Decimal("100000.50")
    assert figures["B70-2"].disbursed_to_date == 0
    assert figures["B70-2"].obligated is None
    assert figures["B70-2"].note == "รอส่งมอบ"
    assert {figure.status for figure in figures.values()} == {"draft"}
    event = Event.objects.get(verb="spreadsheets.upload.committed")
    assert event.after["sha256"] == sent.sha256
    assert event.actor_id == reporter.pk


def test_the_same_file_again_changes_nothing(sent, agency, october, reporter):
    commit(sent, reporter)
    with sent.file.open("rb") as stored:
        again = send(stored, agency, october, reporter)
    assert again.report["counts"]["unchanged"] == 2
    assert again.report["counts"]["values"] == 0
    with pytest.raises(Refused, match="ไม่เปลี่ยนค่าใด"):
        commit(again, reporter)


def test_an_undo_puts_every_value_back(sent, agency, october, reporter):
    commit(sent, reporter)
    second = send(workbook([HEAD, ["B70-1", "", 200_000, "", ""]]), agency, october, reporter)
    assert second.report["counts"]["changed"] == 1
    commit(second, reporter)
    actions.undo_upload(upload=second, by=reporter, at=AT)
    figure = MonthlyFigure.objects.get(allocation__code="B70-1")
    assert figure.disbursed_to_date == Decimal("100000.50")
    assert second.state == Upload.State.UNDONE
    assert Event.objects.filter(verb="spreadsheets.upload.undone").count() == 1


def test_an_undo_lists_what_was_built_on_the_import(sent, agency, october, reporter):
    commit(sent, reporter)
    second = send(workbook([HEAD, ["B70-1", "", 200_000, "", ""]]), agency, october, reporter)
    commit(second, reporter)
    with pytest.raises(EntriesRefused, match="1 รายการ") as refused:
        actions.undo_upload(upload=sent, by=reporter, at=AT)
    assert "B70-1" in str(refused.value.by_entry[0])
    assert MonthlyFigure.objects.get(allocation__code="B70-2").disbursed_to_date == 0


@pytest.mark.parametrize(
    ("amounts", "cell", "factor"),
    [((1_000, 50_000), "C2", "1,000"), ((100_000, 1), "D2", "1,000,000")],
)
def test_an_amount_far_below_what_was_allotted_is_asked_about_at_the_preview(
    money, agency, october, reporter, amounts, cell, factor
):
    """By the grid's rule and in its words; a yes or a note that says why answers."""
    row = ["B70-1", "", *amounts]
    upload = send(workbook([HEAD, [*row, ""]]), agency, october, reporter)
    [question] = upload.report["questions"]
    assert (question["code"], question["cell"]) == ("so_little", cell)
    least = min(amounts)
    typed = MonthlyInput(money[0], october, *(Decimal(amount) for amount in amounts))
    with pytest.raises(EntriesRefused) as grid:
        record_monthly_figures(entries=[typed], by=reporter, at=AT)
    assert question["text"] == str(grid.value.by_entry[0])
    assert f"{least:,}.00 บาท น้อยกว่าเงินจัดสรร 1,000,000.00 บาท ตั้งแต่ {factor} เท่า" in question["text"]
    with pytest.raises(Refused, match="1 ข้อ"):
        commit(upload, reporter, confirmed=False)
    assert not MonthlyFigure.objects.exists()
    commit(upload, reporter)
    assert MonthlyFigure.objects.get().disbursed_to_date == amounts[0]
    # What stands is not asked about again, and a note answers beforehand.
    again = send(workbook([HEAD, [*row, "ค่าไปรษณีย์จริง"]]), agency, october, reporter)
    assert again.report["questions"] == []
    other = send(
        workbook([HEAD, ["B70-2", "", *amounts, "ค่าไปรษณีย์จริง"]]), agency, october, reporter
    )
    assert other.report["questions"] == []


def test_nothing_disbursed_and_what_is_just_within_a_thousand_are_not_asked_about(
    money, agency, october, reporter
):
    rows = [HEAD, ["B70-1", "", 0, 0, ""], ["B70-2", "", "1,000.01", 1_001, ""]]
    assert send(workbook(rows), agency, october, reporter).report["questions"] == []


def test_every_error_is_said_at_once_with_its_cell(money, agency, october, reporter):
    rows = [
        HEAD,
        ["B70-1", "", "หนึ่งแสน", 1, ""],
        ["B70-9", "", 5, 5, ""],
        ["B70-2", "", 5, "12,34", ""],
        ["B70-2", "", 6, "", ""],
        ["", "ไม่มีรหัส", 6, 7, ""],
    ]
    upload = send(workbook(rows), agency, october, reporter)
    errors = {error["cell"]: error["code"] for error in upload.report["errors"]}
    assert errors == {
        "C2": "not_a_number",
        "A3": "unknown_row_near",
        "D4": "separators",
        "A5": "twice",
        "A6": "no_code",
    }
    with pytest.raises(Refused, match="ต้องแก้ 5 ช่อง"):
        commit(upload, reporter)
    assert not MonthlyFigure.objects.exists()


def test_what_the_verb_refuses_is_an_error_of_the_row(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", 900_000, 200_000, ""], ["B70-2", "", 1, 1, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["verb_refused"]
    assert upload.report["errors"][0]["cell"] == "C2"
    assert "จัดสรร" in upload.report["errors"][0]["text"]


def test_whole_or_nothing_where_somebody_typed_since_the_preview(sent, reporter, agency, october):
    other = send(workbook([HEAD, ["B70-1", "", 1, 1, ""]]), agency, october, reporter)
    commit(other, reporter)
    with pytest.raises(Refused, match="เปลี่ยนไปหลังจาก") as refused:
        commit(sent, reporter)
    assert refused.value.code == "changed_meanwhile"
    assert not MonthlyFigure.objects.filter(allocation__code="B70-2").exists()
    actions.refresh_preview(upload=sent, by=reporter, at=AT)
    assert sent.report["counts"]["changed"] == 1
    commit(sent, reporter)


def test_a_file_is_read_again_where_a_row_changed_that_its_reading_rests_on(sent, reporter, money):
    nothing = {"disbursed_to_date": None, "obligated": None}
    assert list(kept_changes(sent)) == [
        ("B70-1", nothing, {"disbursed_to_date": "100000.50", "obligated": "50000.00"}),
        (
            "B70-2",
            {"disbursed_to_date": None, "note": ""},
            {"disbursed_to_date": "0.00", "note": "รอส่งมอบ"},
        ),
    ]
    Allocation.objects.filter(pk=money[0].pk).update(name_th="ชื่อใหม่")
    commit(sent, reporter)
    sent.refresh_from_db()
    assert [code for code, _before, _after in kept_changes(sent)] == ["B70-1", "B70-2"]
    assert sent.written == [[1, False, "", 0], [1, False, "", 0]]


def test_many_rows_cost_as_many_statements_as_few(money, agency, october, reporter, monkeypatch):
    # From here on a list is a long one.
    monkeypatch.setattr("budget.actions.months._NAMED_AT_MOST", 20)
    more = [
        AllocationFactory(code=f"M{n}", spending_agency=agency, allotted=10**6) for n in range(60)
    ]

    def brought_in(lines, spent):
        rows = [HEAD, *([line.code, "", spent + n, 5, "ก"] for n, line in enumerate(lines))]
        with CaptureQueriesContext(connection) as queries:
            commit(send(workbook(rows), agency, october, reporter), reporter)
        return len(queries)

    # Begun and typed over both: half of the lines have a figure already.
    brought_in([*money[:1], *more[:30]], 1)
    few = brought_in(money, 50)
    many = brought_in(more, 100)
    assert many <= few <= 40
    assert sorted(MonthlyFigure.objects.values_list("disbursed_to_date", "obligated")) == [
        *((Decimal(50 + n), 5) for n in range(3)),
        *((Decimal(100 + n), 5) for n in range(60)),
    ]


def test_a_double_click_commits_once(sent, reporter):
    stale = Upload.objects.get(pk=sent.pk)
    commit(sent, reporter)
    with pytest.raises(Refused):
        commit(stale, reporter)
    assert Event.objects.filter(verb="spreadsheets.upload.committed").count() == 1


def test_questions_have_to_be_confirmed(money, agency, october, reporter):
    rows = [["หน่วย : ล้านบาท"], HEAD, ["B70-1", "", 0.5, "N/A", ""]]
    upload = send(workbook(rows), agency, october, reporter)
    assert codes(upload.report["questions"]) == ["no_data_word"]
    with pytest.raises(Refused, match="ต้องยืนยัน"):
        commit(upload, reporter, confirmed=False)
    commit(upload, reporter)
    assert MonthlyFigure.objects.get().disbursed_to_date == 500_000


def test_only_the_agencys_reporter_sends(money, agency, october):
    stranger = person(Role.REPORTER, AgencyFactory())
    with pytest.raises(Refused, match="เฉพาะผู้รายงาน"):
        send(workbook([HEAD]), agency, october, stranger)


def test_a_row_of_another_agency_is_refused(money, october, reporter, agency):
    stranger = person(Role.REPORTER, AgencyFactory(short_name_th="อื่น"))
    other = stranger.memberships.get().agency
    upload = send(workbook([HEAD, ["B70-1", "", 1, 1, ""]]), other, october, stranger)
    assert codes(upload.report["errors"]) == ["unknown_row"]


def test_an_undecided_file_may_be_discarded_and_not_brought_in_after(sent, reporter):
    actions.discard_upload(upload=sent, by=reporter, at=AT)
    with pytest.raises(Refused, match="ทิ้งแล้ว"):
        commit(sent, reporter)


def test_submitting_sends_what_changes(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", 100_000, 50_000, ""]]
    upload = send(workbook(rows), agency, october, reporter, action="submit")
    assert not upload.report["errors"], upload.report["errors"]
    commit(upload, reporter)
    assert MonthlyFigure.objects.get().status == "submitted"


def test_an_incomplete_entry_is_not_submitted(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", 100_000, "", ""]]
    upload = send(workbook(rows), agency, october, reporter, action="submit")
    assert codes(upload.report["errors"]) == ["verb_refused"]


def test_a_blank_keeps_what_is_stored(sent, agency, october, reporter):
    commit(sent, reporter)
    rows = [HEAD, ["B70-1", "", "", "-", ""], ["B70-2", "", "", 70, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    assert "blank_keeps" in codes(upload.report["warnings"])
    commit(upload, reporter)
    figures = {f.allocation.code: f for f in MonthlyFigure.objects.select_related("allocation")}
    assert figures["B70-1"].disbursed_to_date == Decimal("100000.50")
    assert (figures["B70-2"].disbursed_to_date, figures["B70-2"].obligated) == (0, 70)


def test_a_subtotal_that_does_not_add_up_is_reported(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", 5, 1, ""], ["B70-2", "", 6, 1, ""], ["รวมทั้งสิ้น", "", 12, 2, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    checks = [each for each in upload.report["warnings"] if each["code"] == "checksum"]
    assert [each["cell"] for each in checks] == ["C4"]
    assert checks[0]["params"]["difference"] == "1"


def test_a_note_that_begins_with_total_makes_no_total_of_its_row(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", 5, 1, ""], ["B70-2", "", 6, 1, "รวมรายงานของทุกอำเภอแล้ว"]]
    upload = send(workbook(rows), agency, october, reporter)
    assert upload.report["counts"]["new"] == 2
    assert "checksum" not in codes(upload.report["warnings"])


def test_columns_chosen_by_the_person_are_remembered(money, agency, october, reporter):
    rows = [["ที่", "คอลัมน์ ก", "คอลัมน์ ข", "คอลัมน์ ค"], [1, "B70-1", 5, 6]]
    upload = send(workbook(rows), agency, october, reporter)
    assert codes(upload.report["errors"]) == ["no_table"]
    choice = actions.Choice(
        "แผ่น1", 0, {"allocation_code": 1, "disbursed_to_date": 2, "obligated": 3}
    )
    actions.choose_columns(upload=upload, choice=choice, by=reporter, at=AT)
    assert upload.report["counts"]["new"] == 1
    assert RememberedMapping.objects.count() == 1


def test_our_own_form_is_filled_read_and_recognised(money, agency, october, reporter):
    target = io.BytesIO()
    name = actions.write_form(
        target, kind="monthly-disbursement", agency=agency, period=october, user=reporter, at=AT
    )
    assert name.endswith("-2570-m01.xlsx")
    target.seek(0)
    book = load_workbook(target)
    page = book.worksheets[0]
    assert page["A6"].value == "B70-1"
    assert page.protection.sheet
    assert page["A6"].protection.locked
    assert not page["E6"].protection.locked
    page["E6"] = 1234.5
    page["F6"] = 0
    filled = io.BytesIO()
    book.save(filled)
    filled.seek(0)
    upload = send(filled, agency, october, reporter)
    assert upload.report["counts"]["new"] == 1
    assert not upload.report["errors"]
    assert not upload.report["questions"]

    other = AgencyFactory(short_name_th="อื่น")
    person(Role.REPORTER, other)
    stranger = person(Role.REPORTER, other)
    filled.seek(0)
    upload = send(filled, other, october, stranger)
    assert "other_agency" in codes(upload.report["errors"])


def test_a_marked_copy_says_why_beside_each_row(money, agency, october, reporter):
    rows = [HEAD, ["B70-1", "", "x", 1, ""]]
    upload = send(workbook(rows), agency, october, reporter)
    target = io.BytesIO()
    actions.write_marked_copy(target, upload=upload, at=AT)
    target.seek(0)
    page = load_workbook(target).worksheets[0]
    assert "C2" in page["F2"].value
    assert page["C2"].fill.start_color.rgb == "00F9D5DE"
    assert page["C2"].comment


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_every_handwriting(money, agency, october, reporter, encoding, delimiter):
    rows = [HEAD, ["B70-1", "ซ่อมถนน", "1,000.50", "๕", "ปกติ"]]
    file = delimited(rows, encoding=encoding, delimiter=delimiter)
    upload = send(file, agency, october, reporter, name="a.csv")
    values = {cell["field"]: cell["new"] for cell in upload.report["changes"][0]["cells"]}
    assert values == {"disbursed_to_date": "1000.50", "obligated": "5.00", "note": "ปกติ"}
    target = io.BytesIO()
    assert actions.write_marked_copy(target, upload=upload, at=AT).endswith(".xlsx")


def test_a_large_file_is_read_and_brought_in_by_the_worker(
    money, agency, october, reporter, settings, work_off_jobs, django_capture_on_commit_callbacks
):
    settings.UPLOAD_READ_AT_ONCE_BYTES = 10
    settings.UPLOAD_COMMIT_AT_ONCE_ROWS = 0
    upload = send(workbook([HEAD, ["B70-1", "", 5, 6, ""]]), agency, october, reporter)
    assert upload.state == Upload.State.RECEIVED
    work_off_jobs()
    upload.refresh_from_db()
    assert upload.state == Upload.State.READY
    commit(upload, reporter)
    assert upload.state == Upload.State.COMMITTING
    work_off_jobs()
    upload.refresh_from_db()
    assert upload.state == Upload.State.COMMITTED
    assert actions.finish_commit(upload=upload, at=AT).state == Upload.State.COMMITTED
    assert MonthlyFigure.objects.get().obligated == 6


@pytest.mark.parametrize("times", [1, 2])
def test_a_file_is_undone_after_a_later_one_over_the_same_rows_was(
    sent, reporter, agency, october, times
):
    commit(sent, reporter)
    for spent in range(times):
        rows = [HEAD, ["B70-1", "", 7 + spent, 7, ""]]
        later = send(workbook(rows), agency, october, reporter)
        commit(later, reporter)
        with pytest.raises(EntriesRefused):
            actions.undo_upload(upload=sent, by=reporter, at=AT)
        actions.undo_upload(upload=later, by=reporter, at=AT)
    actions.undo_upload(upload=sent, by=reporter, at=AT)
    assert set(MonthlyFigure.objects.values_list("disbursed_to_date", "obligated")) == {
        (None, None)
    }


def test_what_was_typed_between_two_files_still_stands_in_the_way(sent, reporter, agency, october):
    commit(sent, reporter)
    line = Allocation.objects.get(code="B70-1")
    entry = MonthlyInput(line, october, Decimal(3_000), Decimal(3_000))
    record_monthly_figures(entries=[entry], by=reporter, at=AT)
    later = send(workbook([HEAD, ["B70-1", "", 9, 9, ""]]), agency, october, reporter)
    commit(later, reporter)
    actions.undo_upload(upload=later, by=reporter, at=AT)
    with pytest.raises(EntriesRefused) as refused:
        actions.undo_upload(upload=sent, by=reporter, at=AT)
    assert [str(each) for each in refused.value.by_entry.values()] == [
        "B70-1: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"
    ]


def test_what_was_typed_after_the_later_file_was_undone_stands_in_the_way(
    sent, reporter, agency, october
):
    commit(sent, reporter)
    later = send(workbook([HEAD, ["B70-1", "", 9, 9, ""]]), agency, october, reporter)
    commit(later, reporter)
    actions.undo_upload(upload=later, by=reporter, at=AT)
    entry = MonthlyInput(
        Allocation.objects.get(code="B70-1"), october, Decimal("100000.50"), Decimal(50_000)
    )
    record_monthly_figures(entries=[entry], by=reporter, at=AT)
    with pytest.raises(EntriesRefused):
        actions.undo_upload(upload=sent, by=reporter, at=AT)
