"""Money above asked for and recomputed."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.log import Deed, record_many
from budget import rollups, tasks
from budget.models import (
    Allocation,
    MoneyScope,
)
from common.refusal import Refused
from jobruns.runner import schedule
from projects.actions import refresh_year
from submissions.models import FiscalYear, PeriodState


def refuse(reason: str | None, code: str) -> None:
    if reason:
        raise Refused(reason, code=code)


def refresh_above(allocations: Collection[Allocation]) -> None:
    for year in sorted(rollups.touch(allocations)):
        schedule(tasks.refresh_money, key=str(year), payload={"year": year})


@transaction.atomic
def recompute_open_years(*, at: datetime, by: User | None) -> list[str]:
    """Compute projects and money of every year with an open month; return what had drifted."""
    years = FiscalYear.objects.filter(months__state=PeriodState.OPEN).distinct().order_by("year")
    drifted = []
    for year in years:
        drifted += [f"project {figure}" for figure in refresh_year(year=year, by=by, at=at)]
        drifted += [f"money {scope}" for scope in recompute_money(year=year, by=by, at=at)]
    return drifted


@transaction.atomic
def recompute_money(*, year: FiscalYear, by: User | None, at: datetime) -> list[MoneyScope]:
    """Make what scopes are missing, compute what is stale, and return what had drifted."""
    have = set(MoneyScope.objects.for_year(year.year).values_list("kind", "subject_id"))
    wanted = {
        key
        for allocation in Allocation.objects.for_year(year.year).select_related("project")
        for key in rollups.scopes_of(allocation)
    }
    MoneyScope.objects.bulk_create(
        [
            MoneyScope(fiscal_year=year, kind=kind, subject_id=subject)
            for kind, subject in sorted(wanted - have)
        ],
        ignore_conflicts=True,
    )
    scopes = list(MoneyScope.objects.for_year(year.year).order_by("pk"))
    rollups.refresh(scopes, at=at)
    settled = [scope for scope in scopes if scope.computed_version == scope.inputs_version]
    drifted = rollups.recompute(settled, at=at)
    record_many([Deed("budget.money.drifted", scope) for scope in drifted], by=by, at=at)
    return drifted
