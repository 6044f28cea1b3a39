"""Scheduled work of money and of projects' figures."""

from celery import shared_task

from budget import actions
from common import clock


@shared_task(name="budget.jobs.recompute_all")
def recompute_all() -> None:
    """Compute every open year anew and log what had drifted."""
    actions.recompute_open_years(at=clock.now(), by=None)
