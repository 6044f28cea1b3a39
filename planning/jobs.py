"""What runs by the clock: people's contacts are forgotten when their time is over."""

from celery import shared_task

from common import clock
from planning.actions import forget_contacts


@shared_task(name="planning.jobs.forget_old_contacts")
def forget_old_contacts() -> int:
    """Remove contacts of needs that were answered a year ago."""
    return forget_contacts(by=None, at=clock.now())
