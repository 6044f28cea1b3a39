"""The deferred tail of the verbs: money of the scopes whose allocations changed."""

from budget import rollups
from budget.models import MoneyScope
from jobruns.models import JobRun
from jobruns.runner import job


@job("budget.refresh")
def refresh_money(run: JobRun, *, year: int) -> None:
    """Compute the money of a fiscal year's scopes where their inputs are newer."""
    stale = MoneyScope.objects.for_year(year).stale().order_by("pk")
    rollups.refresh(stale, at=run.started_at or run.created_at)
