"""Send what waits to be sent."""

from datetime import timedelta

from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone

from jobruns.models import JobRun
from jobruns.runner import job
from reminders.models import Reminder

MAX_ATTEMPTS = 5
LOST_AFTER = timedelta(minutes=10)


@job("reminders.deliver")
def deliver_reminders(run: JobRun, /) -> None:
    """Send every waiting reminder; each is claimed first, so that nobody is told twice.

    :raises RuntimeError: where some could not be sent, so that the job row is tried again.
    """
    Reminder.objects.stuck(timezone.now() - LOST_AFTER).update(
        state=Reminder.State.FAILED, error="the worker went away while sending"
    )
    failures = 0
    for reminder_id in list(Reminder.objects.waiting().order_by("pk").values_list("pk", flat=True)):
        claimed = Reminder.objects.waiting().filter(pk=reminder_id)
        if not claimed.update(
            state=Reminder.State.SENDING, claimed_at=timezone.now(), attempts=F("attempts") + 1
        ):
            continue
        reminder = Reminder.objects.get(pk=reminder_id)
        failures += not _send(reminder)
    if failures:
        raise RuntimeError(f"{failures} reminders could not be sent")


def _send(reminder: Reminder) -> bool:
    """Send one letter and note what became of it."""
    row = Reminder.objects.filter(pk=reminder.pk)
    if not reminder.address:
        row.update(state=Reminder.State.FAILED, error="no e-mail address")
        return True
    try:
        EmailMessage(reminder.subject, reminder.body, to=[reminder.address]).send()
    except OSError as error:
        again = reminder.attempts < MAX_ATTEMPTS
        row.update(
            state=Reminder.State.WAITING if again else Reminder.State.FAILED,
            error=type(error).__name__,
        )
        return not again
    row.update(state=Reminder.State.SENT, sent_at=timezone.now(), error="")
    return True
