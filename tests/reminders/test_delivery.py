"""Letters sent once, by mail or LINE, whatever happens to the worker."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import Role
from jobruns.jobs import requeue_stale
from jobruns.models import JobRun
from jobruns.runner import schedule
from reminders.actions import remind_people
from reminders.models import LineLink, Notice, Reminder
from reminders.tasks import LOST_AFTER, MAX_ATTEMPTS, deliver_reminders
from tests.factories import NOON, UserFactory, person
from tests.house.waiting import wait_until

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=2)


def letter(**attributes):
    wanted = {
        "user": UserFactory(),
        "occasion": "digest:2027-01-15",
        "subject": "เรื่อง",
        "body": "ข้อความ",
        "address": "someone@example.test",
        "created_at": NOON,
    }
    return Reminder.objects.create(**(wanted | attributes))


def deliver():
    deliver_reminders(JobRun(task="reminders.deliver"))


def told_of(reminder, **attributes):
    return Notice.objects.create(
        user=reminder.user,
        occasion=reminder.occasion,
        kind="kpi.result",
        subject_id=1,
        period_key="2570-q1",
        rung="owner",
        step="0",
        told_on=NOON.date(),
        **attributes,
    )


def hang_up(backend, messages):
    raise SMTPServerDisconnected


# ── Mail ─────────────────────────────────────────────────────────────────────
def test_every_waiting_letter_is_sent_once(reporter, kpi, work_off_jobs):
    remind_people(at=DUE)
    work_off_jobs()
    deliver()
    [message] = mail.outbox
    assert message.to == [reporter.email]
    assert str(Reminder.objects.get().retry_key) in message.extra_headers["Message-ID"]
    assert Reminder.objects.get().state == "sent"
    assert Reminder.objects.get().sent_at is not None


def test_a_letter_that_could_not_be_sent_waits_for_another_try(monkeypatch):
    waiting = letter()
    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", hang_up)
        with pytest.raises(RuntimeError):
            deliver()
        waiting.refresh_from_db()
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert waiting.error == "SMTPServerDisconnected"
    deliver()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.error) == ("sent", 2, "")


def test_the_last_failed_try_is_final_and_tomorrows_letter_repeats_it(monkeypatch):
    waiting = letter(attempts=MAX_ATTEMPTS - 1)
    told_of(waiting)
    monkeypatch.setattr(EmailBackend, "send_messages", hang_up)
    deliver()
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert not Notice.objects.exists()
    deliver()
    assert Reminder.objects.get().attempts == MAX_ATTEMPTS


def test_a_letter_without_an_address_is_not_tried_again():
    waiting = letter(address="")
    deliver()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("failed", "no address")


@pytest.mark.parametrize("age", [LOST_AFTER / 2, LOST_AFTER * 2])
def test_a_claimed_mail_is_never_sent_by_another(age):
    with time_machine.travel(NOON, tick=False):
        claimed = letter(state="sending", claimed_at=NOON - age)
        told_of(claimed)
        deliver()
    claimed.refresh_from_db()
    lost = age > LOST_AFTER
    assert claimed.state == ("failed" if lost else "sending")
    assert Notice.objects.exists() is not lost
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


# ── LINE ─────────────────────────────────────────────────────────────────────
@pytest.fixture
def linked(reporter, kpi):
    LineLink.objects.create(user=reporter, line_user_id="U1", linked_at=NOON)
    return reporter


def test_who_linked_line_is_told_there_and_not_by_mail(linked, line):
    remind_people(at=DUE)
    deliver()
    [push] = line.tries
    assert push["path"] == "/v2/bot/message/push"
    assert (push["to"], push["token"]) == ("U1", "Bearer token")
    assert "ท่านมีรายงานที่ต้องส่ง 1 รายการ" in push["messages"][0]["text"]
    assert not mail.outbox
    assert Reminder.objects.get().state == "sent"


def test_a_portal_without_a_token_tells_by_mail(linked):
    remind_people(at=DUE)
    deliver()
    assert [message.to for message in mail.outbox] == [[linked.email]]


def test_line_that_is_busy_is_asked_again_with_the_same_key(linked, line):
    line.answers = [500, 429]
    remind_people(at=DUE)
    for _try in range(2):
        with pytest.raises(RuntimeError):
            deliver()
    deliver()
    assert len({push["key"] for push in line.tries}) == 1
    assert len(line.tries) == 3
    assert len(line.taken) == 1
    assert (Reminder.objects.get().state, Reminder.objects.get().attempts) == ("sent", 3)


def test_what_line_does_not_take_goes_by_mail(linked, line):
    line.answers = [400]
    remind_people(at=DUE)
    with pytest.raises(RuntimeError):
        deliver()
    deliver()
    assert [message.to for message in mail.outbox] == [[linked.email]]
    states = set(Reminder.objects.values_list("channel", "state"))
    assert states == {("line", "failed"), ("email", "sent")}
    assert Notice.objects.exists()


def test_line_that_is_away_is_tried_again(linked, line, settings):
    settings.LINE_API_URL = "http://127.0.0.1:9"
    remind_people(at=DUE)
    with pytest.raises(RuntimeError):
        deliver()
    assert Reminder.objects.get().error == "ConnectionError"


@pytest.mark.worker
def test_a_worker_killed_while_it_sends_tells_nobody_twice(
    transactional_db, line, worker, reporter, kpi
):
    """The worker dies after LINE took the letter and before it could note that."""
    LineLink.objects.create(user=reporter, line_user_id="U1", linked_at=NOON)
    mailed = letter(user=person(Role.REPORTER), state="sending", claimed_at=timezone.now())
    line.hold.set()
    remind_people(at=DUE)
    wait_until(lambda: bool(line.tries), "the push", 60)
    worker.kill()
    worker.wait()
    line.hold.clear()
    line.release.set()
    row = Reminder.objects.get(channel="line")
    assert row.state == "sending"
    # The message comes again, and beat asks again for what a dead worker had taken.
    schedule(deliver_reminders, key="all", payload={})
    deliver()
    assert Reminder.objects.get(pk=row.pk).state == "sending"
    with time_machine.travel(timezone.now() + LOST_AFTER * 4):
        requeue_stale()
        deliver()
        deliver()
    assert len(line.tries) == 2
    assert list(line.taken) == [str(row.retry_key)]
    assert Reminder.objects.get(pk=row.pk).state == "sent"
    # Mail cannot tell a second from the first: it is left, and tomorrow's letter repeats it.
    mailed.refresh_from_db()
    assert mailed.state == "failed"
    assert not mail.outbox
