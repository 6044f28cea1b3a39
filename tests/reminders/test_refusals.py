"""What reminders refuse, and that nothing has changed; and how a long letter ends."""

from datetime import date

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from projects.models import ProjectYear
from reminders import actions
from reminders.actions import remind_people
from reminders.models import DayOff, Reminder, Snooze
from reminders.rules import FARTHEST_DAYS, MOST_STEPS, why_not_ladder
from tests.factories import NOON, person, quarter_of
from tests.projects.factories import ProjectFactory


@pytest.mark.parametrize(
    ("days", "part"),
    [
        ({"owner": [0], "king": [1]}, "ไม่รู้จักขั้น"),
        ({"owner": list(range(MOST_STEPS + 1))}, "ไม่เกิน 12 วัน"),
        ({"owner": [FARTHEST_DAYS + 1]}, "ไม่เกิน 60 วัน"),
        ({"owner": [-FARTHEST_DAYS - 1]}, "ไม่เกิน 60 วัน"),
        ({"owner": [], "head": [3]}, "ผู้รับผิดชอบต้องมีวันเตือน"),
        ({"head": [3]}, "ผู้รับผิดชอบต้องมีวันเตือน"),
    ],
)
def test_a_ladder_that_cannot_be(days, part):
    said = why_not_ladder(days)
    assert said is not None
    assert part in said


def test_a_ladder_that_can_be():
    assert why_not_ladder({"owner": [-FARTHEST_DAYS, *range(1, MOST_STEPS)], "head": []}) is None


def test_a_putting_off_is_ended_by_its_own_only(db):
    mine = person(Role.REPORTER)
    snooze = Snooze.objects.create(
        user=mine,
        kind="kpi",
        subject_id=1,
        period_key="2570-1",
        label="เรื่อง",
        until_date=date(2027, 1, 20),
        reason="รอ",
        made_at=NOON,
    )
    with pytest.raises(Refused) as refused:
        actions.end_snooze(snooze=snooze, by=person(Role.STRATEGIST), at=NOON)
    assert refused.value.code == "not_yours"
    assert Snooze.objects.get() == snooze
    actions.end_snooze(snooze=snooze, by=mine, at=NOON)
    assert not Snooze.objects.exists()


@pytest.mark.parametrize("missing", ["name_th", "source"])
def test_a_day_off_says_its_name_and_its_source(db, missing):
    given = {"name_th": "วันหยุดพิเศษ", "source": "มติ ครม.", missing: " "}
    with pytest.raises(Refused) as refused:
        actions.set_day_off(
            day=date(2027, 1, 4), is_working=False, by=person(Role.STRATEGIST), at=NOON, **given
        )
    assert refused.value.code == "no_source"
    assert not DayOff.objects.exists()


def test_a_letter_that_another_sent_again_is_not_sent_twice(reporter):
    letter = Reminder.objects.create(
        user=reporter,
        occasion="digest:2027-01-13",
        subject="เรื่อง",
        body="เรียน",
        channel="email",
        address=reporter.email,
        created_at=NOON,
        state=Reminder.State.FAILED,
    )
    Reminder.objects.filter(pk=letter.pk).update(state=Reminder.State.WAITING)
    with pytest.raises(Refused) as refused:
        actions.retry_reminder(reminder=letter, by=person(Role.STRATEGIST), at=NOON)
    assert refused.value.code == "changed_meanwhile"
    assert not Event.objects.filter(verb="reminders.retried").exists()


def test_a_long_letter_lists_thirty_and_counts_the_rest(agency, reporter):
    quarter_of(2570, 1)
    for _n in range(32):
        ProjectYear.objects.create(project=ProjectFactory(host_agency=agency), fiscal_year_id=2570)
    remind_people(at=NOON.replace(day=15))
    letter = Reminder.objects.get(user=reporter)
    assert letter.subject == "ท่านมีรายงานที่ต้องส่ง 32 รายการ"
    assert letter.body.count("• ") == 30
    assert "และอีก 2 รายการ" in letter.body
