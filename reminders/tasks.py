"""Send what waits to be sent."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobruns.models import JobRun
from jobruns.runner import job
from reminders.channels import WAYS, DeliveryFailed, Letter
from reminders.models import Channel, Notice, Reminder

MAX_ATTEMPTS = 5
LOST_AFTER = timedelta(minutes=10)
State = Reminder.State


@job("reminders.deliver")
def deliver_reminders(run: JobRun, /) -> None:
    """Send every waiting letter; each is claimed first, so that nobody is told twice.

    :raises RuntimeError: where some could not be sent, so that the job row is tried again.
    """
    _mind_the_stuck()
    failures = 0
    for reminder_id in list(Reminder.objects.waiting().order_by("pk").values_list("pk", flat=True)):
        claimed = Reminder.objects.waiting().filter(pk=reminder_id)
        if not claimed.update(
            state=State.SENDING, claimed_at=timezone.now(), attempts=F("attempts") + 1
        ):
            continue
        failures += not _send(Reminder.objects.select_related("user").get(pk=reminder_id))
    if failures:
        raise RuntimeError(f"{failures} reminders could not be sent")


def _mind_the_stuck() -> None:
    """Take up what a lost worker had claimed: again where a second letter is dropped on its way."""
    for reminder in Reminder.objects.stuck(timezone.now() - LOST_AFTER).select_related("user"):
        claim = Reminder.objects.filter(
            pk=reminder.pk, state=State.SENDING, claimed_at=reminder.claimed_at
        )
        if WAYS[reminder.channel].drops_seconds and reminder.attempts < MAX_ATTEMPTS:
            claim.update(state=State.WAITING, error="the worker went away while sending")
        elif claim.update(state=State.FAILED, error="the worker went away while sending"):
            # It may have arrived, so nothing else is sent today; the next day's letter repeats it.
            _forget(reminder)


def _send(reminder: Reminder) -> bool:
    """Send one letter and note what became of it; False where another try is to come."""
    row = Reminder.objects.filter(pk=reminder.pk)
    if not reminder.address:
        row.update(state=State.FAILED, error="no address")
        _forget(reminder)
        return True
    letter = Letter(reminder.address, reminder.subject, reminder.body, str(reminder.retry_key))
    try:
        WAYS[reminder.channel].send(letter)
    except DeliveryFailed as error:
        if error.again and reminder.attempts < MAX_ATTEMPTS:
            row.update(state=State.WAITING, error=str(error))
            return False
        row.update(state=State.FAILED, error=str(error))
        return _take_the_other_way(reminder)
    row.update(state=State.SENT, sent_at=timezone.now(), error="")
    return True


@transaction.atomic
def _take_the_other_way(reminder: Reminder) -> bool:
    """Send by mail what LINE did not take; where that fails as well, tomorrow's letter repeats it."""
    if reminder.channel == Channel.LINE and reminder.user.email:
        _row, made = Reminder.objects.get_or_create(
            user=reminder.user,
            occasion=reminder.occasion,
            channel=Channel.EMAIL,
            defaults={
                "subject": reminder.subject,
                "body": reminder.body,
                "address": reminder.user.email,
                "created_at": timezone.now(),
            },
        )
        return not made
    _forget(reminder)
    return True


def _forget(reminder: Reminder) -> None:
    """Take back that the steps of a letter were told: it did not arrive."""
    Notice.objects.filter(user=reminder.user_id, occasion=reminder.occasion).delete()
