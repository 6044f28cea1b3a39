"""Scheduled work of the job rows."""

from celery import shared_task
from django.utils import timezone

from jobruns import runner


@shared_task(name="jobruns.jobs.beat_heart")
def beat_heart() -> None:
    """A worker took a message that beat had sent: both are alive."""
    runner.beat_heart("beat", at=timezone.now())


@shared_task(name="jobruns.jobs.requeue_stale")
def requeue_stale() -> None:
    """Send again what waits too long."""
    runner.requeue_stale(at=timezone.now())
