"""Scheduled reminders."""

from celery import shared_task

from common import clock
from reminders import actions


@shared_task(name="reminders.jobs.remind_people")
def remind_people() -> None:
    """Tell everybody with something to be told, in one letter."""
    actions.remind_people(at=clock.now())
