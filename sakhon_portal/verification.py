"""The checks that `verify` joins: each floor says what is broken on it, in sentences."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Sum

from audit import append_only
from audit.seals import broken_seals
from budget.actions import recompute_money
from budget.models import Allocation, MonthlyFigure, Transfer
from budget.scoring import breaches
from kpi.models import KPI, AcceptedDifference, Link, Target
from kpi.rollups import find_drift
from kpi.rules.cascades import difference_of
from kpi.rules.surroundings import version_in_force
from kpi.scoring.reconciliation import Finding, Planned, reconcile
from projects.actions import refresh_year
from reports import rollups as reports_rollups
from submissions.models import FiscalYear, PeriodState

Check = Callable[[datetime], list[str]]
ZERO = Decimal(0)


def log_triggers(at: datetime) -> list[str]:
    """The triggers that keep the log append-only are there."""
    return [f"the trigger {name} is missing" for name in append_only.missing(connection)]


def log_seals(at: datetime) -> list[str]:
    """No sealed event was changed, removed or reordered."""
    return broken_seals()


def money(at: datetime) -> list[str]:
    """Every allocation keeps the invariants of money, and its totals are those of its parts."""
    into = dict(Transfer.objects.order_by().values_list("to_allocation").annotate(Sum("amount")))
    out = dict(Transfer.objects.order_by().values_list("from_allocation").annotate(Sum("amount")))
    signed: dict[int, tuple[Decimal | None, Decimal | None]] = {}
    for figure in MonthlyFigure.objects.counted().order_by("month__number"):
        signed[figure.allocation_id] = (figure.disbursed_to_date, figure.obligated)
    found = []
    for row in Allocation.objects.in_code_order():
        found += [f"allocation {row.code}: {breach.value}" for breach in breaches(row.position)]
        if row.transferred_out < (out.get(row.pk) or ZERO):
            found.append(f"allocation {row.code}: more was transferred away than it says")
        if row.transferred_in < (into.get(row.pk) or ZERO):
            found.append(f"allocation {row.code}: more was transferred in than it says")
        if row.pk in signed and signed[row.pk] != (row.disbursed, row.obligated):
            found.append(f"allocation {row.code}: it is not what its last signed month says")
    return found


def open_kpis(at: datetime) -> list[str]:
    """Open quarters' figures are what their entries come to."""
    return [
        f"figure of KPI {drift.kpi_id} in quarter {drift.quarter_id}: "
        f"stored {drift.before}, its entries come to {drift.after}"
        for year in _open_years()
        for drift in find_drift(year.year, at=at)
    ]


def open_projects_and_money(at: datetime) -> list[str]:
    """Projects and money of open years are what their reports come to; nothing is mended here."""
    found = []
    for year in _open_years():
        with transaction.atomic():
            found += [f"progress {each}" for each in refresh_year(year=year, by=None, at=at)]
            found += [f"money {each}" for each in recompute_money(year=year, by=None, at=at)]
            transaction.set_rollback(True)
    return found


def frozen_quarters(at: datetime) -> list[str]:
    """Closed quarters and published files are what they were."""
    return reports_rollups.findings()


CHECKS: Mapping[str, Check] = {
    "the log is append-only": log_triggers,
    "the log's seals": log_seals,
    "money": money,
    "open quarters: KPIs": open_kpis,
    "open quarters: projects and money": open_projects_and_money,
    "closed quarters and published files": frozen_quarters,
}


def open_findings(at: datetime) -> Iterator[str]:
    """Differences between children's targets and the parent's that nobody accepted yet.

    They are for people to settle and break nothing.
    """
    for year in _open_years():
        yield from _unreconciled(year)


def _open_years() -> list[FiscalYear]:
    years = FiscalYear.objects.filter(quarters__state=PeriodState.OPEN)
    return list(years.distinct().order_by("year"))


def _unreconciled(year: FiscalYear) -> Iterator[str]:
    children: dict[int, list[Link]] = defaultdict(list)
    links = Link.objects.filter(kind=Link.Kind.SHARE, parent__fiscal_year=year)
    for link in links.select_related("child").order_by("parent__code", "child__code"):
        children[link.parent_id].append(link)
    targets = {
        (target.kpi_id, target.quarter): target
        for target in Target.objects.filter(kpi__fiscal_year=year)
    }
    accepted = {
        (each.kpi_id, each.quarter): each.difference
        for each in AcceptedDifference.objects.filter(kpi__fiscal_year=year)
    }
    parents = (
        KPI.objects.filter(pk__in=children)
        .select_related("indicator")
        .prefetch_related("indicator__versions")
        .in_code_order()
    )
    for parent in parents:
        for quarter in range(1, 5):
            version = version_in_force(parent.indicator.versions.all(), year.year, quarter)
            if version is None:
                continue
            found = reconcile(
                version.rules,
                _planned(parent.pk, quarter, targets),
                [
                    _planned(link.child_id, quarter, targets, link.weight)
                    for link in children[parent.pk]
                ],
            )
            # An acceptance holds for the difference that was accepted and no other.
            if accepted.get((parent.pk, quarter)) == difference_of(found):
                continue
            if found.finding not in (Finding.RECONCILED, Finding.NOT_RECONCILED_BY_RULE):
                yield (
                    f"KPI {parent.code} quarter {quarter}: {found.finding.value}, "
                    f"children less parent {found.difference.value}"
                )


def _planned(
    kpi_id: int,
    quarter: int,
    targets: Mapping[tuple[int, int], Target],
    weight: Decimal = Decimal(1),
) -> Planned:
    target = targets.get((kpi_id, quarter))
    if target is None:
        return Planned(kpi_id, weight=weight)
    return Planned(
        kpi_id, target.target, weight, denominator=target.planned_denominator, base=target.base
    )
