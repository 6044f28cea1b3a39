"""The deferred tail of the verbs: figures and scores above a change."""

from collections.abc import Collection

from common.clock import now
from jobruns.models import JobRun
from jobruns.runner import job, schedule
from kpi import rollups
from submissions.models import Quarter


@job("kpi.refresh_figures")
def refresh_figures(run: JobRun, *, fiscal_year: int) -> None:
    """Compute what is marked as older than its inputs in a fiscal year."""
    rollups.refresh(fiscal_year, at=now())


def ask_refresh(*, kpi_ids: Collection[int], quarter: Quarter) -> list[int]:
    """Mark what stands above changed KPIs and ask for its refresh, inside the verb's transaction.

    Returns the KPIs marked, in id order.
    """
    touched = rollups.touch_ancestors(kpi_ids=kpi_ids, quarter_id=quarter.pk)
    year = quarter.fiscal_year_id
    schedule(refresh_figures, key=str(year), payload={"fiscal_year": year})
    return touched
