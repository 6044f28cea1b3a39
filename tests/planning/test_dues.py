"""Needs and comments that wait for an answer, on the desk and in the letter of the day."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role
from accounts.rules import standing_of, whose_of
from common.dues import EVERYBODY
from planning.actions.editions import close_consultation
from planning.dues import comments_owed_by, needs_owed_by
from planning.models import Consultation, ConsultationComment
from planning.rules.needs import seats_of
from reminders.dues import asked_of
from strategy.models import Plan, PlanEdition
from submissions.models import FiscalYear
from tests.factories import NOON, TODAY, person
from tests.planning.factories import planner_elsewhere, valley

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return valley()


@pytest.mark.parametrize("level", ["village", "tambon", "local", "district", "province"])
def test_each_level_is_asked_for_what_waits_there(there, level, django_assert_num_queries):
    for each in ("village", "tambon", "local", "district", "province"):
        there.need(level=each, arrived_at=NOON - timedelta(days=20))
        there.need(level=each)
    there.need(level=level, status="waiting")
    there.need(level=level, status="rejected", answer_th="ไม่รับ")
    planner = there.people[level]
    standing = standing_of(planner, TODAY)
    with django_assert_num_queries(1):
        [due] = needs_owed_by(whose_of(standing), NOON)
    assert {seat.level.value for seat in seats_of(standing)} == {level}
    assert "3 เรื่อง" in due.label
    assert due.deadline_date == TODAY - timedelta(days=5)
    assert (due.state, due.owner_ids) == ("late", (planner.pk,))
    [asked] = asked_of(planner, standing, NOON)
    assert (asked.rung, asked.due.url) == ("owner", "/desk/needs/")
    with django_assert_num_queries(1):
        assert due in needs_owed_by(EVERYBODY, NOON)


def test_how_long_an_answer_may_take_is_set_by_the_year(there):
    there.need(level="district", arrived_at=NOON - timedelta(days=20))
    FiscalYear.objects.update_or_create(
        year=2570, defaults={"thresholds": {"planning": {"answer_days": 30}}}
    )
    [due] = needs_owed_by(whose_of(standing_of(there.people["district"], TODAY)), NOON)
    assert (due.deadline_date, due.state) == (TODAY + timedelta(days=10), "not_reported")


def test_nobody_else_is_asked_and_nothing_is_read_for_them(there, django_assert_num_queries):
    there.need()
    elsewhere = standing_of(planner_elsewhere(), TODAY)
    assert needs_owed_by(whose_of(elsewhere), NOON) == []
    reporter = whose_of(standing_of(person(Role.REPORTER), TODAY))
    with django_assert_num_queries(0):
        assert [*needs_owed_by(reporter, NOON), *comments_owed_by(reporter, NOON)] == []
    head = person(Role.APPROVER, there.people["local"].memberships.get().agency)
    assert asked_of(head, standing_of(head, TODAY), NOON) == []


def test_the_strategy_office_is_asked_for_comments_without_an_answer(there):
    plan = Plan.objects.create(
        code="P", kind="five_year", name_th="แผน", start_year=2571, end_year=2575
    )
    edition = PlanEdition.objects.create(plan=plan)
    asked = Consultation.objects.create(
        edition=edition, opens_date=TODAY, closes_date=TODAY + timedelta(days=9), question_th="ร่าง"
    )
    for state, answer in (("waiting", ""), ("shown", ""), ("hidden", ""), ("shown", "ขอบคุณ")):
        ConsultationComment.objects.create(
            consultation=asked, sector="people", text_th="ความเห็น", state=state, received_at=NOON,
            answer_th=answer, answered_by=there.strategist if answer else None,
            answered_at=NOON if answer else None,
        )  # fmt: skip
    office = whose_of(standing_of(there.strategist, TODAY))
    [due] = comments_owed_by(office, NOON)
    assert comments_owed_by(EVERYBODY, NOON) == [due]
    assert due.label == "ยังไม่ตอบ 2 ความคิดเห็น"
    assert (due.deadline_date, due.state) == (TODAY + timedelta(days=9), "not_reported")
    # What was closed early is to be answered from that day on.
    close_consultation(consultation=asked, reason="น้ำท่วม", by=there.strategist, at=NOON)
    [due] = comments_owed_by(office, NOON)
    assert due.deadline_date == TODAY
    ConsultationComment.objects.update(state="hidden")
    assert comments_owed_by(office, NOON) == []


def test_the_desk_shows_what_waits_for_an_answer(there):
    there.need()
    client = Client()
    planner = there.people["local"]
    client.force_login(planner, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/desk/").content.decode()
    assert "รอคำตอบจากท่าน" in text
    assert "ระดับองค์กรปกครองส่วนท้องถิ่น 1 เรื่อง" in text
