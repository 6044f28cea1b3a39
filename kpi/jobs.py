"""Scheduled rollups; the schedule itself stands in sakhon_portal/celery.py."""

from celery import shared_task

from common.clock import now
from common.fiscal import local_date, previous_quarter, quarter_of
from kpi import rollups


@shared_task(name="kpi.jobs.roll_up_quarter")
def roll_up_quarter() -> int:
    """Compute the quarter that has just ended; returns how many figures were written."""
    at = now()
    year, number = previous_quarter(*quarter_of(local_date(at)))
    return rollups.recompute(year, at=at, numbers={number}).written


@shared_task(name="kpi.jobs.recompute_all")
def recompute_all() -> int:
    """Compute every open quarter again and log what had drifted; returns how many had."""
    at = now()
    return sum(len(rollups.recompute(year, at=at).drifted) for year in rollups.open_years())
