"""Who is told what on which day: one letter, each step once, until it is sent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from budget import actions as budget_actions
from common.refusal import Refused
from jobruns.models import JobRun
from kpi import actions as kpi_actions
from kpi.models import Result, Scorecard
from meetings.models import Committee, Meeting, Resolution
from reminders import actions, jobs
from reminders.actions import remind_people
from reminders.dues import asked_of, asked_of_all
from reminders.models import Notice, Reminder, Rung
from submissions.models import Delegation, FiscalYear, Quarter
from submissions.rules import standing_of
from tests.budget.factories import AllocationFactory
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    person,
    quarter_of,
)
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db
# Quarter 1 of FY 2570 is due on Friday 15 January 2027, NOON is two days before.
DUE = NOON + timedelta(days=2)


def told():
    return set(Reminder.objects.values_list("user__username", flat=True))


def run_on(*mornings: int) -> dict[int, set[str]]:
    """Run on mornings around the deadline; return whom each told."""
    days = {}
    for day in mornings:
        at = DUE + timedelta(days=day)
        remind_people(at=at)
        occasion = f"digest:{at.date().isoformat()}"
        names = Reminder.objects.filter(occasion=occasion).values_list("user__username", flat=True)
        if names:
            days[day] = set(names)
    return days


# ── The ladder ───────────────────────────────────────────────────────────────
def test_it_climbs_from_the_owner_to_the_head_to_the_governors_office(agency, reporter, kpi):
    head, governor = person(Role.APPROVER, agency), person(Role.GOVERNOR)
    person(Role.STRATEGIST)
    person(Role.APPROVER)
    owner, boss, office = reporter.username, head.username, governor.username
    assert run_on(-4, -3, -2, 0, 1, 2, 3, 4, 7, 8, 14, 17) == {
        -3: {owner},
        0: {owner},
        # Saturday's step and Monday's own in one letter.
        3: {owner, boss},
        7: {owner, boss, office},
        14: {office},
    }


def test_each_reads_what_concerns_him(agency, reporter, kpi):
    head, governor = person(Role.APPROVER, agency), person(Role.GOVERNOR)
    remind_people(at=DUE + timedelta(days=7))
    letters = {each.user: each for each in Reminder.objects.all()}
    assert "รายการของท่านที่ยังไม่ได้ส่ง" in letters[reporter].body
    assert kpi.code in letters[reporter].body
    assert "เกินกำหนด 7 วัน" in letters[reporter].body
    assert letters[reporter].subject == "ท่านมีรายงานที่ต้องส่ง 1 รายการ"
    assert letters[reporter].address == reporter.email
    assert "รายการของหน่วยงานท่านที่ยังไม่ได้ส่ง" in letters[head].body
    assert kpi.code in letters[head].body
    # The governor's office reads counts by agency, not rows.
    assert "สำนักงานประมง ค้าง 1 รายการ นานที่สุด 7 วัน" in letters[governor].body
    assert letters[governor].subject == "มีรายงานค้างส่ง 1 รายการ"


@pytest.mark.parametrize(("days", "words"), [(-3, "เหลือ 3 วัน"), (0, "ครบกำหนดวันนี้")])
def test_a_letter_says_how_near_it_is(reporter, kpi, days, words):
    remind_people(at=DUE + timedelta(days=days))
    assert words in Reminder.objects.get().body


def test_a_fiscal_year_has_its_own_days(reporter, kpi):
    year = FiscalYear.objects.get(year=2570)
    days = {"owner": [-2], "head": [], "governor": []}
    actions.set_ladder(year=year, days=days, by=person(Role.STRATEGIST), at=NOON)
    assert run_on(-3, -2, -1, 0, 3, 7) == {-2: {reporter.username}}


def test_the_head_is_told_as_owner_where_there_is_no_reporter(agency, kpi):
    head = person(Role.APPROVER, agency)
    remind_people(at=DUE)
    assert told() == {head.username}
    assert "รายการของท่าน" in Reminder.objects.get().body


def test_who_left_is_not_told(agency, kpi):
    person(Role.REPORTER, agency, is_active=False)
    assert remind_people(at=DUE) == 0


def test_the_holder_of_a_post_is_told_and_the_one_above_where_it_is_vacant(agency):
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    kpi_of(agency, level=Scorecard.Level.POST, post=post)
    boss = HoldingFactory(post=above).user
    head, governor = person(Role.APPROVER, agency), person(Role.GOVERNOR)
    remind_people(at=DUE)
    assert told() == {boss.username}
    holder = HoldingFactory(post=post).user
    run_on(3, 7, 14)
    # A person's own figures climb to nobody outside the line.
    assert told() == {boss.username, holder.username}
    assert not told() & {head.username, governor.username}


def test_asked_for_all_at_once_is_what_each_is_asked_for(agency, reporter, kpi):
    head, deputy, other = person(Role.APPROVER, agency), person(Role.REPORTER), AgencyFactory()
    Delegation.objects.create(
        lender=head,
        deputy=deputy,
        agency=agency,
        from_date=NOON.date(),
        until_date=DUE.date(),
        reason="ลา",
        created_at=NOON,
    )
    for role in (Role.GOVERNOR, Role.STRATEGIST, Role.VIEWER, Role.COMPTROLLER):
        person(role)
    person(Role.APPROVER, other)
    kpi_of(other)
    AllocationFactory(spending_agency=agency)
    above = PostFactory(agency=agency)
    for each in (
        PostFactory(agency=agency, supervising_post=above),
        PostFactory(agency=agency, supervising_post=above, is_active=False),
    ):
        kpi_of(agency, level=Scorecard.Level.POST, post=each)
    HoldingFactory(post=above)
    HoldingFactory(post=PostFactory(agency=agency, supervising_post=above))
    people = list(User.objects.order_by("pk"))
    found = dict(asked_of_all(people, NOON))
    for user in people:
        assert found[user] == asked_of(user, standing_of(user, NOON.date()), NOON), user
    assert {each.rung for each in found[deputy]} == {Rung.HEAD}
    assert sum(len(asked) for asked in found.values()) > len(people)


def test_a_letter_to_each_costs_no_more_than_one(agency, reporter, kpi):
    with CaptureQueriesContext(connection) as few:
        remind_people(at=DUE)
    for _each in range(9):
        person(Role.REPORTER, agency)
    with CaptureQueriesContext(connection) as many:
        assert remind_people(at=DUE) == 9
    assert len(many) <= len(few)


# ── Days off ─────────────────────────────────────────────────────────────────
def test_nobody_is_told_on_a_day_off_and_the_step_comes_on_the_next_open_day(reporter, kpi):
    strategist = person(Role.STRATEGIST)
    off = {"name_th": "วันหยุดพิเศษ", "is_working": False, "source": "มติ ครม."}
    for day in (15, 18):
        actions.set_day_off(day=date(2027, 1, day), by=strategist, at=NOON, **off)
    assert run_on(-3, 0, 1, 3, 4, 5) == {-3: {reporter.username}, 4: {reporter.username}}
    assert Notice.objects.filter(told_on=date(2027, 1, 19)).count() == 3


def test_a_public_holiday_is_kept_unless_offices_open_on_it(reporter):
    # 5 December 2026 is a Saturday, observed on Monday the 7th.
    monday = NOON.replace(year=2026, month=12, day=7)
    kpi_of(reporter.memberships.get().agency)
    Quarter.objects.filter(fiscal_year=2570, number=1).update(report_due_date=monday.date())
    assert remind_people(at=monday) == 0
    actions.set_day_off(
        day=monday.date(),
        name_th="เปิดทำการ",
        is_working=True,
        source="มติ ครม.",
        by=person(Role.STRATEGIST),
        at=NOON,
    )
    assert remind_people(at=monday) == 1


# ── Once, and until it is sent ───────────────────────────────────────────────
def test_the_same_day_is_told_once_however_often_it_runs(reporter, kpi):
    assert remind_people(at=DUE) == 1
    assert remind_people(at=DUE + timedelta(hours=3)) == 0
    assert Reminder.objects.count() == 1
    assert JobRun.objects.filter(task="reminders.deliver").count() == 1


def test_all_that_is_owed_stands_in_one_letter(agency, reporter, kpi):
    quarter_of(2570, 1)
    AllocationFactory(owner_agency=agency, spending_agency=agency)
    # December's money is due on 5 January, eight days ago its step of a week has come.
    remind_people(at=DUE - timedelta(days=3))
    letter = Reminder.objects.get()
    assert kpi.code in letter.body
    assert "เบิกจ่าย" not in letter.subject
    assert "2 รายการ" in letter.subject


def test_it_stops_when_the_report_was_sent(reporter, kpi):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    [draft] = kpi_actions.record_results(
        entries=[kpi_actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(10))],
        by=reporter,
        at=NOON,
    )
    assert remind_people(at=DUE - timedelta(days=3)) == 1
    kpi_actions.submit_results(entries=[draft], by=reporter, at=NOON)
    assert run_on(-2, 0, 3, 14) == {}


def test_a_returned_entry_is_told_the_next_morning_and_again_when_returned_for_more(reporter, kpi):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    [draft] = kpi_actions.record_results(
        entries=[kpi_actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(10))],
        by=reporter,
        at=NOON,
    )
    head = person(Role.APPROVER, reporter.memberships.get().agency)
    Result.objects.filter(pk=draft.pk).update(
        status="returned", return_reason="แนบหลักฐาน", returned_by=head, returned_at=NOON
    )
    assert remind_people(at=DUE - timedelta(days=9)) == 1
    assert "ส่งกลับแก้ไข: แนบหลักฐาน" in Reminder.objects.get().body
    assert remind_people(at=DUE - timedelta(days=8)) == 0
    Result.objects.update(return_reason="ตัวเลขไม่ตรง")
    assert remind_people(at=DUE - timedelta(days=7)) == 1


# ── Other things that are due ────────────────────────────────────────────────
def test_resolutions_contracts_and_months_of_money_are_told_as_reports_are(agency, reporter):
    quarter_of(2570, 1)
    row = AllocationFactory(owner_agency=agency, spending_agency=agency)
    committee = Committee.objects.create(code="C", name_th="คณะกรรมการติดตามเร่งรัด")
    meeting = Meeting.objects.create(
        committee=committee, number=2, year=2570, held_date=date(2027, 1, 4)
    )
    Resolution.objects.create(
        meeting=meeting, number=1, text_th="เร่งลงนามสัญญา", owner=agency, due_date=date(2027, 1, 6)
    )
    budget_actions.plan_contracts(
        contracts=[
            budget_actions.ContractInput(
                row, "single_year", "จ้างขุดลอก", Decimal(5000), own_due_date=date(2027, 1, 5)
            )
        ],
        by=None,
        at=NOON,
    )
    # October and November are due by now, December's is on 5 January.
    remind_people(at=NOON.replace(day=5))
    [letter] = Reminder.objects.all()
    assert "เร่งลงนามสัญญา" in letter.body
    assert "จ้างขุดลอก" in letter.body
    assert "ธันวาคม" in letter.body or "ธ.ค." in letter.body


# ── Putting off ──────────────────────────────────────────────────────────────
def due_of(user):
    [asked] = asked_of(user, standing_of(user, NOON.date()), NOON)
    return asked.due


def test_what_was_put_off_is_told_on_its_day_and_the_head_is_told_anyway(agency, reporter, kpi):
    head = person(Role.APPROVER, agency)
    actions.snooze(
        due=due_of(reporter),
        until_date=date(2027, 1, 20),
        reason="รอผลตรวจน้ำ",
        by=reporter,
        at=NOON,
    )
    days = run_on(-2, 0, 3, 4, 5, 6, 7)
    assert days == {
        3: {head.username},
        5: {reporter.username},
        7: {reporter.username, head.username},
    }


@pytest.mark.parametrize(
    ("until", "reason", "words"),
    [
        (date(2027, 1, 20), " ", "เหตุผล"),
        (date(2027, 1, 13), "รอ", "ตั้งแต่พรุ่งนี้"),
        (date(2027, 1, 28), "รอ", "ไม่เกิน 14 วัน"),
    ],
)
def test_a_putting_off_that_cannot_be_is_refused(reporter, kpi, until, reason, words):
    with pytest.raises(Refused, match=words):
        actions.snooze(due=due_of(reporter), until_date=until, reason=reason, by=reporter, at=NOON)


def test_only_the_own_is_put_off(agency, reporter, kpi):
    with pytest.raises(Refused, match="ต้องส่งเอง"):
        actions.snooze(
            due=due_of(reporter),
            until_date=date(2027, 1, 20),
            reason="รอ",
            by=person(Role.APPROVER, agency),
            at=NOON,
        )


def test_the_schedule_asks_at_the_present_hour(reporter, kpi):
    with time_machine.travel(DUE, tick=False):
        jobs.remind_people()
    assert Reminder.objects.get().occasion == "digest:2027-01-15"
