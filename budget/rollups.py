"""Money of the province and its parts by month, from signed figures; the only writer of totals."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from budget.models import (
    Allocation,
    MoneyFigure,
    MoneyScope,
    MonthlyFigure,
    Transfer,
)
from budget.scoring import ZERO, Position, rate, total
from common import fiscal

Kind = MoneyScope.Kind
VALUES = (
    "revised",
    "allotted",
    "disbursed",
    "obligated",
    "disbursement_rate",
    "spending_rate",
    "reported",
    "due",
)
_Key = tuple[int, str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One allocation with its signed figures by month and what was transferred after each."""

    allocation: Allocation
    signed: dict[int, tuple[Decimal, Decimal]]
    later_transfers: dict[int, Decimal]

    def at(self, month: int) -> tuple[Position, bool]:
        """Return the money at a month's end, and whether the month has its own signed figure."""
        latest = max((m for m in self.signed if m <= month), default=None)
        disbursed, obligated = (ZERO, ZERO) if latest is None else self.signed[latest]
        return (
            Position(
                appropriation=self.allocation.revised - self.later_transfers.get(month, ZERO),
                allotted=self.allocation.allotted,
                disbursed=disbursed,
                obligated=obligated,
            ),
            latest == month,
        )


def scopes_of(allocation: Allocation) -> list[tuple[str, int]]:
    """Return the (kind, subject) of everything an allocation's money is part of."""
    project = allocation.project
    return [
        (Kind.PROVINCE.value, 0),
        (Kind.AGENCY.value, allocation.spending_agency_id),
        (Kind.OWNER.value, allocation.owner_agency_id),
        (Kind.SOURCE.value, allocation.source_id),
        (Kind.ISSUE.value, (project.issue_id or 0) if project else 0),
        *([(Kind.PROJECT.value, project.pk)] if project else []),
    ]


@transaction.atomic
def touch(allocations: Iterable[Allocation]) -> dict[int, set[int]]:
    """Note that money of allocations changed; return the scopes to refresh by fiscal year.

    Called inside the verb's transaction; missing scopes are made, and all are bumped in order.
    """
    wanted = sorted(
        {
            (allocation.fiscal_year_id, kind, subject)
            for allocation in allocations
            for kind, subject in scopes_of(allocation)
        }
    )
    years = {year for year, _kind, _subject in wanted}
    MoneyScope.objects.bulk_create(
        [
            # Version 0 is raised with the others, so that a new scope starts at 1.
            MoneyScope(fiscal_year_id=year, kind=kind, subject_id=subject, inputs_version=0)
            for year, kind, subject in wanted
        ],
        ignore_conflicts=True,
    )
    ids = {
        (scope.fiscal_year_id, scope.kind, scope.subject_id): scope.pk
        for scope in MoneyScope.objects.filter(fiscal_year__in=years)
    }
    touched: dict[int, set[int]] = defaultdict(set)
    for key in wanted:
        touched[key[0]].add(ids[key])
    for _year, scope_ids in sorted(touched.items()):
        MoneyScope.objects.filter(pk__in=sorted(scope_ids)).update(
            inputs_version=F("inputs_version") + 1
        )
    return dict(touched)


def keep_latest(allocation_ids: Collection[int]) -> None:
    """Write the latest signed month into each allocation, whose constraints then hold it."""
    latest: dict[int, tuple[Decimal, Decimal]] = dict.fromkeys(allocation_ids, (ZERO, ZERO))
    # Locked before the figures are read: two months signed at once must both be seen.
    rows = Allocation.objects.select_for_update().order_by("pk").in_bulk(list(latest))
    for figure in (
        MonthlyFigure.objects.counted()
        .filter(allocation__in=allocation_ids)
        .order_by("month__number")
    ):
        latest[figure.allocation_id] = (figure.disbursed_to_date, figure.obligated)
    changed = []
    for pk, (disbursed, obligated) in latest.items():
        row = rows[pk]
        if (row.disbursed, row.obligated) != (disbursed, obligated):
            row.disbursed, row.obligated = disbursed, obligated
            changed.append(row)
    Allocation.objects.bulk_update(changed, ["disbursed", "obligated"], batch_size=500)


def lines_of(year: int) -> list[Line]:
    """Return every allocation of a year with its signed figures, in three queries."""
    signed: dict[int, dict[int, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for figure in (
        MonthlyFigure.objects.counted().filter(allocation__fiscal_year=year).select_related("month")
    ):
        signed[figure.allocation_id][figure.month.number] = (
            figure.disbursed_to_date,
            figure.obligated,
        )
    later: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for transfer in Transfer.objects.filter(from_allocation__fiscal_year=year):
        for month in range(1, 13):
            if transfer.decided_date > fiscal.month_end(year, month):
                later[transfer.from_allocation_id][month] -= transfer.amount
                later[transfer.to_allocation_id][month] += transfer.amount
    return [
        Line(allocation, signed[allocation.pk], dict(later[allocation.pk]))
        for allocation in Allocation.objects.for_year(year)
        .select_related("project")
        .in_code_order()
    ]


def figures_of(lines: Collection[Line]) -> dict[_Key, dict[str, object]]:
    """Return the values of a scope by (month, type, carried over), up to its last signed month."""
    last = max((month for line in lines for month in line.signed), default=0)
    found: dict[_Key, dict[str, object]] = {}
    for month in range(1, last + 1):
        groups: dict[tuple[str, bool], list[tuple[Position, bool]]] = defaultdict(list)
        for line in lines:
            carried = line.allocation.is_carried_over
            at_month = line.at(month)
            for kind in ("", line.allocation.expenditure_type):
                groups[kind, carried].append(at_month)
        for (kind, carried), members in groups.items():
            money = total(position for position, _own in members)
            found[month, kind, carried] = {
                "revised": money.revised,
                "allotted": money.allotted,
                "disbursed": money.disbursed,
                "obligated": money.obligated,
                "disbursement_rate": rate(money.disbursed, money.revised),
                "spending_rate": rate(money.spent, money.revised),
                "reported": sum(own for _position, own in members),
                "due": len(members),
            }
    return found


def refresh(scopes: Iterable[MoneyScope], *, at: datetime) -> int:
    """Compute the scopes whose inputs are newer and return how many were written.

    The versions are those of the rows given, read before the money is; so it may run twice, late
    or in any order.
    """
    stale = [scope for scope in scopes if scope.computed_version < scope.inputs_version]
    written = 0
    for scope, values in _computed(stale):
        written += _write(scope, values, at=at)
    return written


def recompute(scopes: Iterable[MoneyScope], *, at: datetime) -> list[MoneyScope]:
    """Compute settled scopes again, and return (and mend) those whose stored figures differ."""
    drifted = []
    for scope, values in _computed(list(scopes)):
        stored = {
            (figure.month, figure.expenditure_type, figure.is_carried_over): {
                name: getattr(figure, name) for name in VALUES
            }
            for figure in scope.figures.all()
        }
        if stored != values:
            drifted.append(scope)
            _put(scope, values)
            MoneyScope.objects.filter(pk=scope.pk).update(computed_at=at)
    return drifted


def _computed(
    scopes: list[MoneyScope],
) -> list[tuple[MoneyScope, dict[_Key, dict[str, object]]]]:
    result = []
    for year in sorted({scope.fiscal_year_id for scope in scopes}):
        members: dict[tuple[str, int], list[Line]] = defaultdict(list)
        for line in lines_of(year):
            for key in scopes_of(line.allocation):
                members[key].append(line)
        result += [
            (scope, figures_of(members[scope.kind, scope.subject_id]))
            for scope in scopes
            if scope.fiscal_year_id == year
        ]
    return result


@transaction.atomic
def _write(scope: MoneyScope, values: dict[_Key, dict[str, object]], *, at: datetime) -> bool:
    older = MoneyScope.objects.filter(pk=scope.pk, computed_version__lt=scope.inputs_version)
    if not older.update(computed_version=scope.inputs_version, computed_at=at):
        return False
    _put(scope, values)
    return True


def _put(scope: MoneyScope, values: dict[_Key, dict[str, object]]) -> None:
    """Bring the scope's rows to the values: only what differs is written."""
    rows = {
        (row.month, row.expenditure_type, row.is_carried_over): row for row in scope.figures.all()
    }
    gone = [row.pk for key, row in rows.items() if key not in values]
    MoneyFigure.objects.filter(pk__in=gone).delete()
    changed, new = [], []
    for (month, kind, carried), figure in values.items():
        row = rows.get((month, kind, carried))
        if row is None:
            new.append(
                MoneyFigure(
                    scope=scope,
                    month=month,
                    expenditure_type=kind,
                    is_carried_over=carried,
                    **figure,
                )
            )
        elif any(getattr(row, name) != figure[name] for name in VALUES):
            for name in VALUES:
                setattr(row, name, figure[name])
            changed.append(row)
    MoneyFigure.objects.bulk_create(new, batch_size=500)
    MoneyFigure.objects.bulk_update(changed, VALUES, batch_size=500)
