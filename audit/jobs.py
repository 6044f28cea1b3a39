"""Scheduled work of the log."""

from celery import shared_task

from audit import seals
from common import clock


@shared_task(name="audit.jobs.seal_events")
def seal_events() -> None:
    """Seal the events since the last seal."""
    seals.seal_events(at=clock.now())
