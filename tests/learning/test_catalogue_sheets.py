"""Courses and trainings as workbooks: brought in, mended, taken back, and said no to at their cells."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from learning.actions import (
    CourseInput,
    CourseWrite,
    ProgrammeInput,
    RecordEntry,
    add_records,
    put_course,
    put_courses,
    put_programme,
    put_programmes,
    withdraw_courses,
    withdraw_programmes,
)
from learning.actions import ProgrammeWrite as Write
from learning.models import Course, Goal, Programme, Turnout
from spreadsheets import actions
from spreadsheets.models import Upload
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from tests.factories import NOON, person, quarter_of
from tests.learning.conftest import COMPLETED, YEAR
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

COURSES = ["ที่", "รหัสหลักสูตร", "ชื่อวิชา", "หน่วยงานผู้จัด", "จำนวนชั่วโมง", "ดิจิทัล", "เว็บไซต์"]
TRAININGS = [
    *("รหัสการอบรม", "ชื่อโครงการ", "เป้าหมาย", "วันที่เริ่ม", "วันที่สิ้นสุด"),
    *("ส่วนกลาง เชิญ (คน)", "ส่วนกลาง เข้าร่วม (คน)", "ส่วนท้องถิ่น เข้าร่วม (คน)"),
]


@pytest.fixture
def year(place):
    quarter_of(YEAR, 1)
    return FiscalYear.objects.get(year=YEAR)


def send(place, year, kind, rows, by=None):
    return actions.receive_upload(
        file=workbook(rows), name="บัญชี.xlsx", kind=kind, agency=place.agency,
        period=year, action="draft", by=by or place.hr, at=NOON,
    )  # fmt: skip


def commit(upload, by):
    actions.commit_upload(upload=upload, confirmed=True, by=by, at=NOON)


def told(upload):
    return {(each["code"], each["cell"]) for each in upload.report["errors"]}


def of(code):
    return Course.objects.get(code=code)


def test_a_catalogue_as_hr_keeps_it_is_brought_in_and_an_undo_takes_it_back(place, year):
    rows = [
        ["บัญชีหลักสูตรอิเล็กทรอนิกส์ ปี 2570"],
        COURSES,
        [1, "D1", "ดิจิทัลขั้นต้น", "สพร.", "๓", "ใช่", ""],
        [2, "TDGA-01", "ธรรมาภิบาลข้อมูล", "TDGA", 4.5, "ใช่", "https://example.org/1"],
        [3, "OCSC-02", "การเขียนหนังสือราชการ", "สำนักงาน ก.พ.", "", "ไม่ใช่", ""],
    ]
    upload = send(place, year, "learning-courses", rows)
    assert upload.report["errors"] == []
    assert {each["code"] for each in upload.report["questions"]} == {"makes_new"}
    assert Course.objects.count() == 2
    commit(upload, place.hr)
    assert (of("D1").name_th, of("D1").provider_th, of("D1").hours) == ("ดิจิทัลขั้นต้น", "สพร.", 3)
    assert (of("TDGA-01").hours, of("TDGA-01").is_digital) == (Decimal("4.5"), True)
    assert (of("OCSC-02").hours, of("OCSC-02").is_digital) == (None, False)
    assert of("OCSC-02").is_active
    comes_back("learning-courses", place.agency, year, place.hr)
    changed = Event.objects.get(verb="learning.course.changed")
    assert (changed.before["provider_th"], changed.after["provider_th"]) == ("", "สพร.")
    actions.undo_upload(upload=upload, by=place.hr, at=NOON)
    assert set(Course.objects.values_list("code", "name_th")) == {
        ("D1", "ดิจิทัล"),
        ("P1", "ธรรมาภิบาล"),
    }
    gone = Event.objects.filter(verb="learning.course.withdrawn").order_by("pk")
    assert [each.before["code"] for each in gone] == ["TDGA-01", "OCSC-02"]


def test_a_course_that_somebody_learned_stays(place, year):
    rows = [COURSES, [1, "N1", "ใหม่", "", "", "ใช่", ""], [2, "N2", "ใหม่ 2", "", "", "ใช่", ""]]
    upload = send(place, year, "learning-courses", rows)
    commit(upload, place.hr)
    add_records(entries=[RecordEntry(place.officer, of("N1"), COMPLETED)], by=place.hr, at=NOON)
    put_course(
        course=CourseInput(code="N2", name_th="แก้แล้ว"), instead_of=of("N2"), version=1,
        by=place.hr, at=NOON,
    )  # fmt: skip
    assert in_the_way(upload, place.hr) == [
        "N1: มีบันทึกการเรียนรู้แล้ว", "N2: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"
    ]  # fmt: skip
    assert {"N1", "N2"} <= set(Course.objects.values_list("code", flat=True))


def test_what_cannot_be_of_a_course_is_said_at_its_cell(place, year):
    rows = [
        COURSES,
        [1, "N1", "ใหม่", "", 0, "ใช่", ""],
        [2, "N2", "ใหม่", "", "", "อาจจะ", ""],
        [3, "N3", "ใหม่", "", "", "ใช่", "example.org"],
        [4, "N 4", "ใหม่", "", "", "ใช่", ""],
        [5, "N5", "", "", "", "ใช่", ""],
        [6, "N6", "ก" * 501, "", "", "ใช่", ""],
        [7, "N7", "ใหม่", "", "", "", ""],
    ]
    assert told(send(place, year, "learning-courses", rows)) == {
        ("hours", "E2"), ("not_a_choice", "F3"), ("address", "G4"), ("unknown_row", "B5"),
        ("required", "C6"), ("too_long", "C7"), ("required", "F8"),
    }  # fmt: skip
    assert Course.objects.count() == 2


def test_courses_are_written_together_or_not_at_all(place):
    new = CourseInput(code="N1", name_th="ใหม่")
    stale = CourseWrite(CourseInput(code="D1", name_th="แก้"), place.digital, 9)
    for entries, wrong in (
        ([CourseWrite(new), stale], {1: "changed_meanwhile"}),
        ([CourseWrite(new), CourseWrite(new)], {1: "twice"}),
        ([CourseWrite(new), CourseWrite(CourseInput(code="P1", name_th="x"))], {1: "code_taken"}),
        ([CourseWrite(new), CourseWrite(CourseInput(code="N2", name_th=" "))], {1: "no_course"}),
        ([CourseWrite(CourseInput("N3", "x", hours=Decimal(0))), CourseWrite(new)],
         {0: "no_course"}),
    ):  # fmt: skip
        with pytest.raises(EntriesRefused) as refused:
            put_courses(entries=entries, by=place.hr, at=NOON)
        assert {n: why.code for n, why in refused.value.by_entry.items()} == wrong
        assert set(Course.objects.values_list("code", "name_th")) == {
            ("D1", "ดิจิทัล"), ("P1", "ธรรมาภิบาล")
        }  # fmt: skip


@pytest.fixture
def goal(place):
    return Goal.objects.create(code="G1", name_th="ข้าราชการดิจิทัล")


def test_a_list_of_trainings_is_brought_in_and_an_undo_takes_it_back(place, year, goal):
    strategist = person(Role.STRATEGIST, place.agency)
    old = put_programme(
        programme=ProgrammeInput(
            code="T1", name_th="อบรม", start_date=COMPLETED, source="หนังสือ",
            turnouts={"regional": (5, 4)},
        ),
        instead_of=None, by=place.hr, at=NOON,
    )  # fmt: skip
    rows = [
        TRAININGS,
        ["T1", "", "", "", "20 พ.ย. 2569", "", 0, ""],
        ["LAB-1", "ห้องปฏิบัติการนวัตกรรม", "G1", "1 ธ.ค. 2569", "2 ธ.ค. 2569", 12, 10, 8],
    ]
    upload = send(place, year, "learning-programmes", rows, by=strategist)
    assert upload.report["errors"] == []
    commit(upload, strategist)
    assert told_of("T1") == {("regional", 5, 4), ("central", None, 0)}
    assert told_of("LAB-1") == {("central", 12, 10), ("local", None, 8)}
    lab = Programme.objects.get(code="LAB-1")
    assert (lab.goal, lab.start_date, lab.end_date) == (goal, date(2026, 12, 1), date(2026, 12, 2))
    assert Programme.objects.get(pk=old.pk).source == "หนังสือ"
    event = Event.objects.filter(verb="learning.programme.put", subject_id=old.pk).last()
    assert event.before["regional"] == event.after["regional"] == "5/4"
    assert ("central" in event.before, event.after["central"]) == (False, "None/0")
    comes_back("learning-programmes", place.agency, year, place.hr)
    actions.undo_upload(upload=upload, by=strategist, at=NOON)
    assert upload.state == Upload.State.UNDONE
    assert not Programme.objects.filter(code="LAB-1").exists()
    assert told_of("T1") == {("regional", 5, 4)}
    assert Programme.objects.get(pk=old.pk).end_date is None
    gone = Event.objects.get(verb="learning.programme.withdrawn")
    assert (gone.before["code"], gone.before["local"]) == ("LAB-1", "None/8")


def told_of(code):
    rows = Turnout.objects.filter(programme__code=code)
    return set(rows.values_list("level", "invited", "attended"))


def test_what_cannot_be_of_a_training_is_said_at_its_cell(place, year, goal):
    rows = [
        TRAININGS,
        ["A1", "ก", "", "", "", -1, "", ""],
        ["A2", "ข", "", "", "", "", 1_000_001, ""],
        ["A3", "ค", "ไม่มีเป้านี้", "", "", "", "", ""],
    ]
    assert told(send(place, year, "learning-programmes", rows)) == {
        ("people", "F2"), ("people", "G3"), ("not_a_choice", "C4")
    }  # fmt: skip
    rows = [TRAININGS, ["A4", "ง", "", "2 ธ.ค. 2569", "1 ธ.ค. 2569", "", "", ""]]
    assert told(send(place, year, "learning-programmes", rows)) == {("verb_refused", "B2")}
    rows = [
        TRAININGS,
        ["A5", "จ", "", "30 ก.ย. 2569", "", "", "", ""],
        ["A6", "ฉ", "", "1 ต.ค. 2570", "", "", "", ""],
        ["A7", "ช", "", "1 ก.ย. 2569", "30 ก.ย. 2569", "", "", ""],
        ["A8", "ซ", "", "30 ก.ย. 2569", "1 ต.ค. 2569", "", "", ""],
        ["A9", "ฌ", "", "", "", "", "", ""],
    ]
    assert told(send(place, year, "learning-programmes", rows)) == {
        ("other_year", "D2"), ("other_year", "D3"), ("other_year", "E4")
    }  # fmt: skip
    assert not Programme.objects.exists()


def test_trainings_are_listed_in_the_years_in_which_they_were_held(place, year):
    days = {
        "before": (date(2026, 9, 1), date(2026, 9, 30)),
        "one-day-before": (date(2026, 9, 30), None),
        "across": (date(2026, 9, 30), date(2026, 10, 1)),
        "unknown": (None, None),
        "last": (date(2027, 9, 30), None),
        "after": (date(2027, 10, 1), None),
    }
    for code, (start, end) in days.items():
        Programme.objects.create(code=code, name_th=code, start_date=start, end_date=end)
    resource = actions.KINDS["learning-programmes"]()
    rows = resource.rows_for(user=place.hr, agency=place.agency, period=year, at=NOON)
    assert [row.code for row in rows] == ["across", "last", "unknown"]


def test_trainings_are_written_and_taken_away_together_or_not_at_all(place):
    there = put_programme(
        programme=ProgrammeInput(code="T1", name_th="อบรม", turnouts={"local": (None, 3)}),
        instead_of=None, by=place.hr, at=NOON,
    )  # fmt: skip
    new = ProgrammeInput(code="T2", name_th="ใหม่")
    for entries, wrong in (
        ([Write(new), Write(ProgrammeInput("T1", "แก้"), there, 9)], {1: "changed_meanwhile"}),
        ([Write(new), Write(ProgrammeInput("T1", "ซ้ำ"))], {1: "code_taken"}),
        ([Write(ProgrammeInput("T3", "")), Write(new)], {0: "dates"}),
    ):
        with pytest.raises(EntriesRefused) as refused:
            put_programmes(entries=entries, by=place.hr, at=NOON)
        assert {n: why.code for n, why in refused.value.by_entry.items()} == wrong
        assert Programme.objects.get() == there
        assert told_of("T1") == {("local", None, 3)}
    with pytest.raises(EntriesRefused) as refused:
        withdraw_programmes(entries=[Withdrawal(there.pk, 9)], by=place.hr, at=NOON)
    assert refused.value.by_entry[0].code == "changed_meanwhile"
    assert Programme.objects.exists()


@pytest.mark.parametrize("who", ["officer", "head", "governor", "admin", "reporter"])
@pytest.mark.parametrize("kind", ["learning-courses", "learning-programmes"])
def test_nobody_but_hr_and_the_strategy_office_sends_the_catalogue(place, year, who, kind):
    by = getattr(place, who, None) or person(Role(who), place.agency)
    with pytest.raises(Refused):
        send(place, year, kind, [["รหัส", "ชื่อ"], ["N1", "ใหม่"]], by=by)
    resource = actions.KINDS[kind]()
    Programme.objects.create(code="T1", name_th="อบรม")
    rows = resource.rows_for(user=by, agency=place.agency, period=year, at=NOON)
    assert rows
    assert all(row.why_not for row in rows)
    verb = withdraw_courses if kind == "learning-courses" else withdraw_programmes
    with pytest.raises(Refused):
        verb(entries=[Withdrawal(rows[0].subject_id, 1)], by=by, at=NOON)
