"""Reminders: only to those who owe, once for each occasion, until it is sent."""

from datetime import timedelta
from decimal import Decimal
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from accounts.models import Role, User
from budget.models import Allocation
from jobruns.models import JobRun
from kpi import actions as kpi_actions
from kpi.models import Scorecard
from reminders import jobs
from reminders.actions import remind_disbursement, remind_due
from reminders.models import Reminder
from reminders.rules import why_not_read_log
from reminders.tasks import LOST_AFTER, MAX_ATTEMPTS, deliver_reminders
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of
from tests.budget.factories import AllocationFactory
from tests.factories import (
    NOON,
    TODAY,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    UserFactory,
    person,
    quarter_of,
)
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db
# Quarter 1 of FY 2570 is due on 15 January 2027, NOON is two days before.
DUE = NOON + timedelta(days=2)


@pytest.fixture
def agency():
    return AgencyFactory(name_th="สำนักงานประมง")


@pytest.fixture
def reporter(agency):
    return person(Role.REPORTER, agency)


@pytest.fixture
def kpi(agency):
    return kpi_of(agency)


def told():
    return set(Reminder.objects.values_list("user__username", flat=True))


# ── Who and when ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("days", "count"),
    [(-4, 0), (-3, 1), (-2, 0), (-1, 0), (0, 1), (1, 1), (2, 0), (3, 1), (7, 1), (8, 0)],
)
def test_people_are_told_on_the_days_of_the_rule(reporter, kpi, days, count):
    assert remind_due(at=DUE + timedelta(days=days)) == count


def test_a_fiscal_year_may_have_its_own_days(reporter, kpi):
    FiscalYear.objects.filter(year=2570).update(thresholds={"reminder_days": [-2]})
    assert remind_due(at=DUE) == 0
    assert remind_due(at=NOON) == 1


def test_the_days_of_october_are_those_of_the_new_fiscal_year(reporter):
    kpi_of(reporter.memberships.get().agency, year=2569)
    Quarter.objects.filter(fiscal_year=2569, number__gt=1).update(state="planned")
    FiscalYear.objects.filter(year=2569).update(thresholds={"reminder_days": []})
    quarter_of(2570, 1, "planned")
    FiscalYear.objects.filter(year=2570).update(thresholds={"reminder_days": [300]})
    due = Quarter.objects.get(fiscal_year=2569, number=1).report_due_date
    at = NOON.replace(year=due.year, month=due.month, day=due.day) + timedelta(days=300)
    assert at.month in (10, 11, 12)
    assert remind_due(at=at) == 1


def test_only_who_owes_is_told_what_with_the_deadline(agency, reporter, kpi):
    head, strategist = person(Role.APPROVER, agency), person(Role.STRATEGIST)
    other = person(Role.REPORTER)
    gone = person(Role.REPORTER, agency, is_active=False)
    remind_due(at=DUE)
    assert told() == {reporter.username}
    assert not told() & {head.username, strategist.username, other.username, gone.username}
    letter = Reminder.objects.get()
    assert kpi.code in letter.body
    assert "ครบกำหนดวันนี้" in letter.body
    assert "1 รายการ" in letter.subject
    assert letter.address == reporter.email


@pytest.mark.parametrize(("days", "words"), [(-3, "เหลือ 3 วัน"), (7, "เกินกำหนด 7 วัน")])
def test_a_letter_says_how_late(reporter, kpi, days, words):
    remind_due(at=DUE + timedelta(days=days))
    assert words in Reminder.objects.get().body


def test_the_head_is_told_where_there_is_no_reporter(agency, kpi):
    head = person(Role.APPROVER, agency)
    remind_due(at=DUE)
    assert told() == {head.username}


def test_the_holder_of_a_post_is_told_and_the_one_above_where_it_is_vacant(agency):
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    kpi_of(agency, level=Scorecard.Level.POST, post=post)
    boss = HoldingFactory(post=above).user
    remind_due(at=DUE)
    assert told() == {boss.username}
    holder = HoldingFactory(post=post).user
    remind_due(at=DUE + timedelta(days=1))
    assert told() == {boss.username, holder.username}


def test_the_same_occasion_is_told_once_however_often_it_runs(reporter, kpi):
    assert remind_due(at=DUE) == 1
    assert remind_due(at=DUE + timedelta(hours=3)) == 0
    assert remind_due(at=DUE + timedelta(days=1)) == 1
    assert Reminder.objects.count() == 2
    assert JobRun.objects.filter(task="reminders.deliver").count() == 1


def test_it_stops_when_the_report_was_sent(reporter, kpi):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    [draft] = kpi_actions.record_results(
        entries=[kpi_actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(10))],
        by=reporter,
        at=NOON,
    )
    assert remind_due(at=DUE - timedelta(days=3)) == 1
    kpi_actions.submit_results(entries=[draft], by=reporter, at=NOON)
    assert remind_due(at=DUE) == 0


def test_disbursement_is_an_occasion_of_its_own(agency):
    spender = person(Role.REPORTER, agency)
    quarter_of(2570, 1)
    AllocationFactory(owner_agency=agency, spending_agency=agency)
    Allocation.objects.update(is_sample=True)
    # December's report is due on 5 January.
    on_the_day = NOON.replace(day=5)
    assert remind_disbursement(at=on_the_day) == 1
    assert told() == {spender.username}
    assert Reminder.objects.get().occasion == "disbursement:2027-01-05"


def test_the_schedule_asks_at_the_present_hour(reporter, kpi):
    with time_machine.travel(DUE, tick=False):
        jobs.remind_due()
        jobs.remind_disbursement()
    assert Reminder.objects.count() == 1


# ── Delivery ─────────────────────────────────────────────────────────────────
def letter(**attributes):
    wanted = {
        "user": UserFactory(),
        "occasion": "due:2027-01-15",
        "subject": "เรื่อง",
        "body": "ข้อความ",
        "address": "someone@example.test",
        "created_at": NOON,
    }
    return Reminder.objects.create(**(wanted | attributes))


class AwayBackend(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected


def deliver():
    deliver_reminders(JobRun(task="reminders.deliver"))


def test_every_waiting_letter_is_sent_once(reporter, kpi, work_off_jobs):
    remind_due(at=DUE)
    work_off_jobs()
    deliver()
    [message] = mail.outbox
    assert message.to == [reporter.email]
    assert Reminder.objects.get().state == "sent"
    assert Reminder.objects.get().sent_at is not None


def test_a_letter_that_could_not_be_sent_waits_for_another_try(settings):
    away = f"{__name__}.AwayBackend"
    waiting = letter()
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, away
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", AwayBackend.send_messages)
        settings.EMAIL_BACKEND = usual
        with pytest.raises(RuntimeError):
            deliver()
        waiting.refresh_from_db()
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert waiting.error == "SMTPServerDisconnected"
    deliver()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.error) == ("sent", 2, "")


def test_the_last_failed_try_is_final(monkeypatch):
    waiting = letter(attempts=MAX_ATTEMPTS - 1)
    monkeypatch.setattr(EmailBackend, "send_messages", AwayBackend.send_messages)
    deliver()
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    deliver()
    assert Reminder.objects.get().attempts == MAX_ATTEMPTS


def test_a_letter_without_an_address_is_not_tried_again():
    waiting = letter(address="")
    deliver()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("failed", "no e-mail address")


@pytest.mark.parametrize("age", [LOST_AFTER / 2, LOST_AFTER * 2])
def test_a_claimed_letter_is_never_sent_by_another(age):
    with time_machine.travel(NOON, tick=False):
        claimed = letter(state="sending", claimed_at=NOON - age)
        deliver()
    claimed.refresh_from_db()
    assert claimed.state == ("failed" if age > LOST_AFTER else "sending")
    assert not mail.outbox


def test_one_letter_that_fails_keeps_no_other_back(monkeypatch):
    letter(address="away@example.test")
    letter()
    sends = EmailBackend.send_messages

    def only_the_second(backend, messages):
        if messages[0].to == ["away@example.test"]:
            raise SMTPServerDisconnected
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", only_the_second)
    with pytest.raises(RuntimeError, match="1"):
        deliver()
    assert set(Reminder.objects.values_list("state", flat=True)) == {"waiting", "sent"}


# ── The log ──────────────────────────────────────────────────────────────────
def test_the_log_is_for_those_who_chase_and_those_who_audit():
    readers = {role for role in Role if why_not_read_log(standing_of(person(role), TODAY)) is None}
    assert readers == {Role.STRATEGIST, Role.VIEWER, Role.GOVERNOR}


def test_others_are_kept_out_of_the_log(client):
    client.force_login(person(Role.REPORTER))
    assert client.get(reverse("reminders:reminder-list")).status_code == 403


def test_the_log_is_searched_and_filtered_by_its_address(client, django_assert_num_queries):
    client.force_login(person(Role.STRATEGIST))
    page = reverse("reminders:reminder-list")
    first = letter(subject="รายงานไตรมาส", user=UserFactory(full_name_th="สมหญิง ปลาทู"))
    letter(state="failed")

    def listed(**asked):
        return list(client.get(page, asked).context["page"].object_list)

    assert len(listed()) == 2
    assert listed(q="ปลาทู") == [first]
    assert listed(state="waiting") == [first]
    assert len(listed(state="odd")) == 2
    assert listed(q="ไม่มี") == []
    assert "สมหญิง ปลาทู" in client.get(page).content.decode()
    assert str(first) == f"{first.user_id} {first.occasion}"


def test_the_log_costs_the_same_for_one_letter_or_ten(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person(Role.VIEWER))
    page = reverse("reminders:reminder-list")
    letter()
    client.get(page)
    with django_assert_max_num_queries(30) as few:
        client.get(page)
    for _number in range(9):
        letter()
    with django_assert_num_queries(len(few)):
        client.get(page)


def test_the_log_is_read_only_in_the_admin(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    row = letter()
    assert client.get("/admin/reminders/reminder/").status_code == 200
    assert client.get("/admin/reminders/reminder/add/").status_code == 403
    assert client.post(f"/admin/reminders/reminder/{row.pk}/delete/").status_code == 403
    assert User.objects.filter(pk=row.user_id).exists()
