"""Scheduled reminders."""

from celery import shared_task

from common import clock
from reminders import actions


@shared_task(name="reminders.jobs.remind_due")
def remind_due() -> None:
    """Remind of quarterly reports."""
    actions.remind_due(at=clock.now())


@shared_task(name="reminders.jobs.remind_disbursement")
def remind_disbursement() -> None:
    """Remind of the month's disbursement report."""
    actions.remind_disbursement(at=clock.now())
