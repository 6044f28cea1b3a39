"""Records are sent, confirmed by somebody else, returned with a reason; refusals change nothing."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import Role
from accounts.rules import whose_of
from audit.models import Event
from common.dues import EVERYBODY
from common.refusal import EntriesRefused, Refused
from kpi.models import Result
from learning.actions import (
    CourseInput,
    ProgrammeInput,
    RecordEntry,
    add_records,
    confirm_records,
    correct_record,
    feed_kpi,
    put_course,
    put_programme,
    return_records,
    set_rule,
)
from learning.dues import owed_by
from learning.models import Programme, Record, Rule
from learning.rollups import by_agency, standings_of
from learning.rules import rule_on
from learning.scoring import Compliance
from reminders.actions import remind_people
from reminders.dues import asked_of
from reminders.models import LadderDay, Reminder
from submissions.actions import prepare_fiscal_year
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of
from tests.factories import NOON, TODAY, person, set_state
from tests.kpi.factories import RATIO, kpi_of
from tests.learning.conftest import COMPLETED, YEAR

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def entry(place, course=None, **more):
    given = {"officer": place.officer, "course": course or place.digital}
    return RecordEntry(**{**given, "completed_date": COMPLETED, **more})


def add(place, *entries, by=None):
    return add_records(entries=entries, by=by or place.officer, at=NOON)


def owed(officer):
    return owed_by(whose_of(standing_of(officer, TODAY)), NOON)


def test_a_record_is_sent_confirmed_and_counts(place):
    certificate = SimpleUploadedFile("ใบ.pdf", PDF, content_type="application/pdf")
    [record] = add(place, entry(place, certificate=certificate))
    assert (record.status, record.year, record.certificate_name) == ("submitted", YEAR, "ใบ.pdf")
    assert [due.label for due in owed(place.officer)] == ["เรียนอีก 2 เรื่อง เป็นเรื่องดิจิทัลอย่างน้อย 1 เรื่อง"]
    confirm_records(entries=[record], by=place.head, at=NOON)
    assert [due.label for due in owed(place.officer)] == ["เรียนอีก 1 เรื่อง"]
    [other] = add(place, entry(place, place.plain))
    confirm_records(entries=[other], by=place.hr, at=NOON)
    assert owed(place.officer) == []
    verbs = Event.objects.filter(subject_type="learning.record").values_list("verb", flat=True)
    assert sorted(verbs) == ["learning.record.confirmed"] * 2 + ["learning.record.sent"] * 2


def test_compliance_counts_each_officer_once(place):
    for course in (place.digital, place.plain):
        confirm_records(entries=add(place, entry(place, course)), by=place.head, at=NOON)
    province, lines = by_agency(standings_of(place.rule, TODAY))
    found = {line.agency.code: line.compliance for line in lines}
    assert found["LRN"] == Compliance(met=1, known=1, officers=3)
    assert found["OTH"] == Compliance(met=0, known=0, officers=1)
    assert province == Compliance(1, 1, 4)


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("officer", "ของตนเอง"),
        ("colleague", "เฉพาะผู้บังคับบัญชา"),
        ("stranger", "เฉพาะผู้บังคับบัญชา"),
        ("hr_elsewhere", "เฉพาะผู้บังคับบัญชา"),
        ("strategist", "เฉพาะผู้บังคับบัญชา"),
        ("head", None),
        ("hr", None),
    ],
)
def test_who_confirms(place, who, refused):
    [record] = add(place, entry(place))
    if refused is None:
        confirm_records(entries=[record], by=getattr(place, who), at=NOON)
        assert Record.objects.confirmed().count() == 1
        return
    with pytest.raises(EntriesRefused, match=refused):
        confirm_records(entries=[record], by=getattr(place, who), at=NOON)
    assert not Record.objects.confirmed().exists()


def test_nobody_confirms_what_he_or_she_wrote_down_for_another(place):
    [record] = add(place, entry(place), by=place.hr)
    with pytest.raises(EntriesRefused, match="ที่ตนกรอก"):
        confirm_records(entries=[record], by=place.hr, at=NOON)
    confirm_records(entries=[record], by=place.head, at=NOON)


@pytest.mark.parametrize("who", ["colleague", "head", "hr_elsewhere", "stranger", "strategist"])
def test_only_oneself_and_hr_write_a_course_down(place, who):
    with pytest.raises(EntriesRefused, match="เฉพาะของตนเอง"):
        add(place, entry(place), by=getattr(place, who))
    assert not Record.objects.exists()


def test_the_same_course_twice_in_a_year_is_refused(place):
    add(place, entry(place))
    with pytest.raises(EntriesRefused, match="D1 ในปี 2570 แล้ว"):
        add(place, entry(place, completed_date=COMPLETED + timedelta(days=9)))
    with pytest.raises(EntriesRefused, match="P1 ในปี 2570 แล้ว"):
        add(place, entry(place, place.plain), entry(place, place.plain))
    assert Record.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.create(
            officer=place.officer, agency=place.agency, course=place.digital, year=YEAR,
            completed_date=COMPLETED,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"completed_date": TODAY + timedelta(days=1)}, "ยังมาไม่ถึง"),
        ({"completed_date": date(2014, 1, 1)}, "ยังไม่มีเกณฑ์"),
        ({"certificate": SimpleUploadedFile("a.exe", b"MZ")}, "รับเฉพาะไฟล์"),
        ({"certificate": SimpleUploadedFile("a.pdf", b"hello")}, "ไม่ตรงกับนามสกุล"),
        ({"certificate": SimpleUploadedFile("a.csv", b"a,b")}, "ประกาศนียบัตรรับเฉพาะ"),
    ],
)
def test_what_cannot_be_is_refused(place, change, refused):
    with pytest.raises(EntriesRefused, match=refused):
        add(place, entry(place, **change))
    assert not Record.objects.exists()


def test_an_officer_without_a_post_is_told_whom_to_ask(place):
    with pytest.raises(EntriesRefused, match="ยังไม่มีตำแหน่ง"):
        add(place, entry(place, officer=place.hr), by=place.hr)


def test_a_returned_record_is_mended_and_sent_again(place):
    [record] = add(place, entry(place))
    with pytest.raises(Refused, match="เขียนเหตุ"):
        return_records(entries=[record], reason=" ", by=place.head, at=NOON)
    return_records(entries=[record], reason="วันไม่ตรง", by=place.head, at=NOON)
    record.refresh_from_db()
    mended = {"completed_date": COMPLETED - timedelta(days=2), "certificate": None, "note": "แก้แล้ว"}
    with pytest.raises(Refused, match="ของตนเอง"):
        correct_record(record=record, version=record.version, by=place.colleague, at=NOON, **mended)
    seen = Record.objects.get(pk=record.pk)
    with pytest.raises(Refused):
        correct_record(record=seen, version=1, by=place.officer, at=NOON, **mended)
    record = Record.objects.get(pk=record.pk)
    sent = correct_record(
        record=record, version=record.version, by=place.officer, at=NOON, **mended
    )
    assert (sent.status, sent.completed_date.day, sent.note) == ("submitted", 10, "แก้แล้ว")
    confirm_records(entries=[sent], by=place.head, at=NOON)
    with pytest.raises(Refused, match="เฉพาะรายการที่ส่งกลับ"):
        correct_record(record=sent, version=sent.version, by=place.officer, at=NOON, **mended)


def test_the_slower_of_two_who_decide_is_told(place):
    [record] = add(place, entry(place))
    stale = Record.objects.get(pk=record.pk)
    confirm_records(entries=[record], by=place.head, at=NOON)
    with pytest.raises(Refused):
        return_records(entries=[stale], reason="x", by=place.hr, at=NOON)
    assert Record.objects.get().status == "approved"


def test_the_rule_is_set_by_who_keeps_it_and_a_stale_page_loses(place):
    numbers = {"year": YEAR, "basis": "calendar", "kpi": None, "source": "", "at": NOON}
    with pytest.raises(Refused, match="เฉพาะผู้ดูแลงานบุคคล"):
        set_rule(**numbers, version=1, courses_least=3, digital_least=1, by=place.head)
    with pytest.raises(Refused, match="ไม่มากกว่าจำนวนเรื่องทั้งหมด"):
        set_rule(**numbers, version=1, courses_least=1, digital_least=2, by=place.hr)
    with pytest.raises(Refused, match="ไม่น้อยกว่า 1"):
        set_rule(**numbers, version=1, courses_least=0, digital_least=0, by=place.hr)
    kept = set_rule(**numbers, version=1, courses_least=3, digital_least=2, by=place.hr)
    assert (kept.courses_least, kept.limits[1]) == (3, date(2027, 12, 31))
    with pytest.raises(Refused):
        set_rule(**numbers, version=1, courses_least=4, digital_least=2, by=place.strategist)
    other = {**numbers, "year": 2571, "kpi": kpi_of(place.agency, code="9.9")}
    with pytest.raises(Refused, match="ปีเดียวกัน"):
        set_rule(**other, version=0, courses_least=3, digital_least=2, by=place.hr)
    # The calendar year 2570 has not begun on a day of its fiscal year's first quarter.
    assert rule_on(date(2026, 11, 1)) is None
    assert rule_on(date(2027, 3, 1)) == kept
    new = set_rule(
        **{**numbers, "year": 2575}, version=0, courses_least=1, digital_least=0, by=place.hr
    )
    assert Rule.objects.get(year=2575) == new


def test_courses_and_programmes_have_codes_of_their_own(place):
    course = CourseInput(code="D1", name_th="ซ้ำ")
    with pytest.raises(Refused, match="รหัส D1 แล้ว") as refused:
        put_course(course=course, instead_of=None, by=place.hr, at=NOON)
    assert refused.value.code == "code_taken"
    with pytest.raises(Refused, match="เฉพาะผู้ดูแลงานบุคคล"):
        put_course(course=course, instead_of=place.digital, by=place.officer, at=NOON)
    put_course(course=course, instead_of=place.digital, version=1, by=place.hr, at=NOON)
    place.digital.refresh_from_db()
    assert (place.digital.name_th, place.digital.is_digital) == ("ซ้ำ", False)

    programme = ProgrammeInput(
        code="T1", name_th="อบรม", start_date=COMPLETED, end_date=COMPLETED - timedelta(days=1)
    )
    with pytest.raises(Refused, match="ไม่ก่อนวันเริ่ม"):
        put_programme(programme=programme, instead_of=None, by=place.hr, at=NOON)
    programme = ProgrammeInput(code="T1", name_th="อบรม", turnouts={"local": (10, 0)})
    kept = put_programme(programme=programme, instead_of=None, by=place.hr, at=NOON)
    with pytest.raises(Refused, match="รหัส T1 แล้ว"):
        put_programme(programme=programme, instead_of=None, by=place.hr, at=NOON)
    assert kept.turnouts.get().attended == 0
    changed = ProgrammeInput(code="T1", name_th="อบรม 2", turnouts={"central": (None, 5)})
    put_programme(programme=changed, instead_of=kept, version=1, by=place.hr, at=NOON)
    assert [(t.level, t.attended) for t in kept.turnouts.all()] == [("central", 5)]
    with pytest.raises(Refused):
        put_programme(programme=changed, instead_of=kept, version=1, by=place.hr, at=NOON)
    assert Programme.objects.get().name_th == "อบรม 2"


def test_the_rules_kpi_is_fed_as_a_draft_by_who_reports_it(place):
    kpi = kpi_of(place.agency, code="7.7", rules=RATIO, targets=("50", "50", "50", "50"))
    quarter = Quarter.objects.get(fiscal_year=YEAR, number=1)
    set_state(quarter, PeriodState.OPEN)
    with pytest.raises(Refused, match="ยังไม่ได้กำหนดตัวชี้วัด"):
        feed_kpi(rule=place.rule, quarter=quarter, by=place.hr, at=NOON)
    Rule.objects.filter(pk=YEAR).update(kpi=kpi)
    place.rule.refresh_from_db()
    with pytest.raises(Refused):
        feed_kpi(rule=place.rule, quarter=quarter, by=place.hr, at=NOON)
    assert not Result.objects.exists()
    reporter = person(Role.REPORTER, place.agency)
    result = feed_kpi(rule=place.rule, quarter=quarter, by=reporter, at=NOON)
    assert (result.numerator, result.denominator, result.status) == (0, 4, "draft")
    for course in (place.digital, place.plain):
        confirm_records(entries=add(place, entry(place, course)), by=place.head, at=NOON)
    assert feed_kpi(rule=place.rule, quarter=quarter, by=reporter, at=NOON).numerator == 1


def test_what_is_left_to_learn_is_asked_for_in_one_query_and_kept_out_of_letters(
    place, django_assert_num_queries
):
    standing = standing_of(place.officer, TODAY)
    with django_assert_num_queries(1):
        [due] = owed_by(whose_of(standing), NOON)
    with django_assert_num_queries(1):
        assert due in owed_by(EVERYBODY, NOON)
    assert (due.agency_id, due.is_personal) == (place.agency.pk, True)
    assert [asked.due for asked in asked_of(place.officer, standing, NOON)] == [due]
    nobody = whose_of(standing_of(place.strategist, TODAY))
    with django_assert_num_queries(0):
        assert owed_by(nobody, NOON) == []
    prepare_fiscal_year(year=YEAR)
    LadderDay.objects.get_or_create(fiscal_year_id=YEAR, rung="owner", days=-1)
    assert remind_people(at=NOON + (due.deadline_date - TODAY) - timedelta(days=1)) >= 1
    letter = Reminder.objects.get(user=place.officer)
    assert "เรื่องส่วนบุคคลของท่าน" in letter.body
    assert "เรียนอีก" not in letter.body
