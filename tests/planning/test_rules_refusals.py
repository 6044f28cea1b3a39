"""Sentences of planning's rules that no page leads to: called directly, whole tables at once."""

import pytest

from accounts.models import Role, User
from accounts.rules import Standing, standing_of
from common.refusal import Refused
from planning import actions
from planning.models import AnnouncementReceipt, Need
from planning.rules import analysis, participation
from planning.rules import needs as rules
from planning.workflow import UPWARD, Level
from strategy.models import PlanEdition
from strategy.workflow import Status
from tests.factories import NOON, TODAY
from tests.planning.factories import planner_elsewhere, valley


def standing(*roles, agency=1):
    return Standing(User(), frozenset((role, agency) for role in roles))


# ── Without a database ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("role", "needs_say", "plans_say"),
    [
        (Role.PLANNER, None, "หน้านี้สำหรับกลุ่มงานยุทธศาสตร์ฯ"),
        (Role.STRATEGIST, None, None),
        (Role.GOVERNOR, None, None),
        (Role.REPORTER, "หน้านี้สำหรับผู้จัดทำแผนระดับพื้นที่", "หน้านี้สำหรับกลุ่มงานยุทธศาสตร์ฯ"),
    ],
)
def test_who_has_a_desk(role, needs_say, plans_say):
    for reason, says in (
        (rules.why_not_open_desk(standing(role)), needs_say),
        (participation.why_not_read_desk(standing(role)), plans_say),
    ):
        assert (reason is None) if says is None else (says in reason)


@pytest.mark.parametrize(
    ("held", "level"),
    [
        ([], Level.PROVINCE),
        ([(Level.DISTRICT, {9})], Level.PROVINCE),
        ([(Level.DISTRICT, {1}), (Level.LOCAL, {9})], Level.DISTRICT),
    ],
)
def test_a_place_where_nobody_plans_is_the_provinces(held, level):
    seats = [rules.Seat(None, at, frozenset(places)) for at, places in held]
    assert rules.level_from(UPWARD, {1, 2}, seats) == level


def test_a_planner_without_a_place_is_told_what_is_missing():
    need = Need(status="open", level="local")
    assert rules.why_not_decide(need, []) == rules.no_seat()
    assert "ยังไม่ได้ระบุพื้นที่" in rules.no_seat()


BOX = (100.0, 13.0, 101.0, 14.0)


@pytest.mark.parametrize(
    ("latitude", "longitude", "box", "says"),
    [
        (None, None, BOX, None),
        (13.5, None, BOX, "ใส่ทั้งละติจูดและลองจิจูด"),
        (None, 100.5, None, "ใส่ทั้งละติจูดและลองจิจูด"),
        # Without a boundary nobody knows what lies outside.
        (18.8, 99.0, None, None),
        (13.5, 100.5, BOX, None),
        (14.04, 100.5, BOX, None),
        (14.06, 100.5, BOX, "นอกจังหวัด"),
        (100.5, 13.5, BOX, "นอกจังหวัด"),
    ],
)
def test_a_spot(latitude, longitude, box, says):
    reason = rules.why_not_spot(latitude, longitude, box)
    assert (reason is None) if says is None else (says in reason)


@pytest.mark.parametrize(
    ("role", "agency", "acknowledged_at", "says"),
    [
        (Role.APPROVER, 1, None, None),
        (Role.REPORTER, 1, None, None),
        (Role.REPORTER, 2, None, "เฉพาะหัวหน้าส่วนราชการหรือผู้รายงาน"),
        (Role.STRATEGIST, 1, None, "เฉพาะหัวหน้าส่วนราชการหรือผู้รายงาน"),
        (Role.APPROVER, 1, NOON, "รับทราบไว้แล้ว"),
    ],
)
def test_who_says_that_an_agency_knows(role, agency, acknowledged_at, says):
    receipt = AnnouncementReceipt(agency_id=1, acknowledged_at=acknowledged_at)
    reason = participation.why_not_acknowledge(receipt, standing(role, agency=agency))
    assert (reason is None) if says is None else (says in reason)


@pytest.mark.parametrize(
    ("state", "agencies", "says"),
    [
        (Status.IN_FORCE, 1, None),
        (Status.APPROVED, 1, None),
        (Status.CONSULTATION, 1, "เห็นชอบหรือใช้บังคับแล้ว"),
        (Status.IN_FORCE, 0, "เลือกหน่วยงานอย่างน้อยหนึ่งแห่ง"),
    ],
)
def test_what_agencies_are_told(state, agencies, says):
    edition = PlanEdition(state=state.value)
    reason = participation.why_not_tell(edition, TODAY, TODAY, agencies)
    assert (reason is None) if says is None else (says in reason)


def test_a_strategy_has_words():
    assert analysis.why_not_tows("  ", []) == "เขียนกลยุทธ์ก่อนบันทึก"


# ── With needs ───────────────────────────────────────────────────────────────
@pytest.fixture
def there(db):
    return valley()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"status": "rejected", "answer_th": "x"}, "ดำเนินการซ้ำไม่ได้"),
        ({"level": "district"}, "เรื่องนี้อยู่ที่ระดับ"),
    ],
)
def test_a_need_that_one_does_not_decide_is_not_merged(there, given, says):
    need, into = there.need(**given), there.need()
    with pytest.raises(Refused, match=says):
        actions.merge_need(need=need, into=into, by=there.people["local"], at=NOON)
    need.refresh_from_db()
    assert (need.status, need.merged_into_id) == (given.get("status", "open"), None)
    assert not into.steps.exists()


def test_a_need_is_not_merged_into_one_of_another_place(there):
    elsewhere = planner_elsewhere().memberships.get(agency__kind="local").agency.areas.get()
    need, into = there.need(), there.need(area=elsewhere)
    seats = rules.seats_of(standing_of(there.people["local"], TODAY))
    assert rules.why_not_merge(need, into, seats) == "เรื่องที่เลือกอยู่นอกเขตของหน่วยงานท่าน"
    with pytest.raises(Refused, match="นอกเขต"):
        actions.merge_need(need=need, into=into, by=there.people["local"], at=NOON)
    need.refresh_from_db()
    assert need.status == "open"


def test_who_sends_up_from_the_wrong_level_reads_where_it_is_and_where_he_or_she_decides(there):
    need = there.need(level="district")
    with pytest.raises(Refused) as refused:
        actions.send_up(needs=[need], by=there.people["local"], at=NOON)
    here, own = need.get_level_display(), Need(level="local").get_level_display()
    assert refused.value.sentence == (f"เรื่องนี้อยู่ที่ระดับ{here} ส่วนท่านพิจารณาระดับ{own} จึงดำเนินการไม่ได้")
    need.refresh_from_db()
    assert (need.level, need.status, need.version) == ("district", "open", 1)
    assert not need.steps.exists()
