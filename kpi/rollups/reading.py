"""Bulk reads for a run: as many statements for one KPI as for a province."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q

from common.fiscal import quarter_end
from common.states import CellState
from kpi.models import KPI, Figure, IndicatorVersion, Link, Result, Target
from kpi.rollups.rows import (
    YEAR_END,
    Computed,
    Definition,
    Key,
    Period,
    Reported,
    Snapshot,
    Stored,
    Version,
)
from kpi.scoring import exact
from kpi.scoring.curves import Curve, Scale, curve_of
from kpi.scoring.targets import NO_TARGET, Base
from kpi.scoring.targets import Target as PlannedTarget
from kpi.scoring.words import Frequency
from submissions.models import PeriodState, Quarter
from submissions.workflow import COUNTED

_RAW_COLUMNS = frozenset(
    name
    for name in Computed._fields
    if name not in {"version_id", "state", "state_reason", "ytd_state", "is_partial"}
    and name not in {"covered", "due", "is_unconfirmed"}
)
_OF_A_KPI = (
    *("pk", "indicator_id", "scorecard_id", "issue_id", "curve_id", "weight", "reports_own"),
    *("unconfirmed_reason", "year_target", "year_low", "year_high", "base_value"),
    *("scorecard__scale", "scorecard__top_score"),
    *("curve__points", "curve__axis", "curve__below_first", "curve__steps_only"),
)
_STATE = Computed._fields.index("state")
_YTD_STATE = Computed._fields.index("ytd_state")
# More names than SQLite takes in one statement are read whole and picked here.
_NAMED_AT_MOST = 900


def raw(name: str) -> Any:
    """Read a measure as the whole number that is stored."""
    return ExpressionWrapper(F(name), output_field=BigIntegerField())


def read_periods(snapshot: Snapshot) -> None:
    """Read the quarters of the year and of the year after."""
    rows = Quarter.objects.filter(fiscal_year_id__in=[snapshot.year, snapshot.year + 1])
    for quarter in rows:
        period = Period(
            quarter.pk,
            quarter.number,
            quarter.state != PeriodState.PLANNED,
            quarter.is_closed,
            quarter_end(quarter.fiscal_year_id, quarter.number),
            quarter.report_due_date,
        )
        if quarter.fiscal_year_id == snapshot.year:
            snapshot.periods[quarter.number] = period
        else:
            snapshot.later_periods[YEAR_END + quarter.number] = period


def read_links(snapshot: Snapshot, kpi_ids: Collection[int] | None = None) -> None:
    """Read what makes the KPIs (None: all): share children below, `same` parents above."""
    links = Link.objects.filter(
        kind__in=[Link.Kind.SHARE, Link.Kind.SAME], parent__fiscal_year_id=snapshot.year
    )
    if kpi_ids is not None:
        links = links.filter(
            Q(kind=Link.Kind.SHARE, parent_id__in=kpi_ids)
            | Q(kind=Link.Kind.SAME, child_id__in=kpi_ids)
        )
    rows = links.order_by("parent_id", "child_id").values_list(
        "parent_id", "child_id", "kind", raw("weight")
    )
    for parent_id, child_id, kind, weight in rows:
        if kind == Link.Kind.SAME:
            snapshot.same[child_id] = parent_id
        else:
            below = snapshot.children.setdefault(parent_id, [])
            if (child_id, weight) not in below:
                below.append((child_id, weight))


def read_stored(
    snapshot: Snapshot, kpi_ids: Collection[int] | None = None, *, stale_only: bool = False
) -> None:
    """Read figures of the year as they are stored; `stale_only` locks them in id order."""
    figures = Figure.objects.filter(quarter__fiscal_year_id=snapshot.year)
    if stale_only:
        figures = figures.stale().select_for_update(of=("self",), no_key=True)
    if kpi_ids is not None:
        figures = figures.filter(kpi_id__in=kpi_ids)
    columns: list[Any] = [raw(name) if name in _RAW_COLUMNS else name for name in Computed._fields]
    rows = figures.order_by("pk").values_list(
        "pk", "kpi_id", "quarter__number", "inputs_version", "computed_version", *columns
    )
    states = {state.value: state for state in CellState}
    for pk, kpi_id, number, inputs_version, computed_version, *cells in rows.iterator(5000):
        cells[_STATE], cells[_YTD_STATE] = states[cells[_STATE]], states[cells[_YTD_STATE]]
        snapshot.stored[kpi_id, number] = Stored(
            pk, inputs_version, computed_version, Computed(*cells)
        )


def read_definitions(snapshot: Snapshot, kpi_ids: Collection[int] | None = None) -> None:
    """Read KPIs with their curves, targets, bases and the versions of their rules."""
    kpis = KPI.objects.for_year(snapshot.year)
    targets = Target.objects.filter(kpi__fiscal_year_id=snapshot.year)
    versions = IndicatorVersion.objects.filter(indicator__kpis__fiscal_year_id=snapshot.year)
    if kpi_ids is not None:
        kpis = kpis.filter(pk__in=kpi_ids)
        targets = targets.filter(kpi_id__in=kpi_ids)
        versions = versions.filter(indicator__kpis__in=kpi_ids)
    planned: dict[tuple[int, int], tuple[PlannedTarget, Decimal | None]] = {
        (kpi_id, quarter): (PlannedTarget(value, low, high), base)
        for kpi_id, quarter, value, low, high, base in targets.values_list(
            "kpi_id", "quarter", "value", "low", "high", "base"
        )
    }
    for version in versions.distinct().order_by("-from_year", "-from_quarter"):
        snapshot.versions.setdefault(version.indicator_id, []).append(
            Version(
                version.pk,
                (version.from_year, version.from_quarter),
                version.rules,
                version.scale * exact.ONE,
                Frequency(version.frequency),
                version.lag_quarters,
            )
        )
    curves: dict[int, Curve | None] = {}
    for (
        pk, indicator_id, scorecard_id, issue_id, curve_id, weight, reports_own, unconfirmed,
        year_target, year_low, year_high, base_value, scale, top_score, *drawn,
    ) in kpis.order_by("pk").values_list(*_OF_A_KPI):  # fmt: skip
        quarters = [planned.get((pk, n), (NO_TARGET, None)) for n in range(1, YEAR_END + 1)]
        if curve_id not in curves:
            curves[curve_id] = _curve(drawn)
        snapshot.definitions[pk] = Definition(
            pk,
            indicator_id,
            scorecard_id,
            issue_id,
            weight,
            reports_own,
            bool(unconfirmed),
            curves[curve_id],
            Scale(scale),
            top_score,
            PlannedTarget(year_target, year_low, year_high),
            tuple(target for target, _base in quarters),
            Base(tuple(base for _target, base in quarters), base_value),
        )


def _curve(drawn: Sequence[Any]) -> Curve | None:
    """Return a stored curve; a bad one (None) costs the scores of its own KPIs, not the run."""
    try:
        return curve_of(*drawn)
    except (ArithmeticError, TypeError, ValueError):
        return None


def read_results(snapshot: Snapshot, kpi_ids: Collection[int] | None = None) -> None:
    """Read the signed entries of the year."""
    results = Result.objects.filter(quarter__fiscal_year_id=snapshot.year, status__in=COUNTED)
    if kpi_ids is not None:
        results = results.filter(kpi_id__in=kpi_ids)
    rows = results.values_list(
        "kpi_id",
        "quarter__number",
        "is_not_applicable",
        raw("value"),
        raw("numerator"),
        raw("denominator"),
    )
    for kpi_id, number, is_not_applicable, value, numerator, denominator in rows.iterator(
        chunk_size=5000
    ):
        snapshot.results[kpi_id, number] = Reported(
            is_not_applicable, value, numerator, denominator
        )


def descendants(snapshot: Snapshot, kpi_ids: Iterable[int]) -> Iterator[int]:
    """Yield the share descendants of KPIs, reading a level at a time."""
    level = set(kpi_ids)
    while level:
        read_links(snapshot, level)
        level = {child for kpi_id in level for child, _ in snapshot.children.get(kpi_id, ())}
        yield from level


def read_year(year: int) -> Snapshot:
    """Read everything of a fiscal year; versions of figures first, so that a change is not lost."""
    snapshot = Snapshot(year)
    read_stored(snapshot)
    read_periods(snapshot)
    read_links(snapshot)
    read_definitions(snapshot)
    read_results(snapshot)
    return snapshot


def read_stale(year: int) -> tuple[Snapshot, list[Key]]:
    """Read what is older than its inputs, and as much as is needed to compute it again."""
    snapshot = Snapshot(year)
    read_stored(snapshot, stale_only=True)
    stale = list(snapshot.stored)
    kpi_ids = {kpi_id for kpi_id, _number in stale}
    if len(kpi_ids) > _NAMED_AT_MOST:
        return read_year(year), stale
    if stale:
        read_around(snapshot, kpi_ids)
    return snapshot, stale


def read_around(snapshot: Snapshot, kpi_ids: set[int]) -> None:
    """Read as much as is needed to compute these KPIs again, what stands beside them as stored."""
    read_periods(snapshot)
    read_links(snapshot, kpi_ids)
    beside = set(snapshot.same.values())
    beside.update(child for below in snapshot.children.values() for child, _weight in below)
    read_stored(snapshot, kpi_ids | beside)
    read_definitions(snapshot, kpi_ids)
    gapped = [
        kpi_id
        for kpi_id in kpi_ids
        if kpi_id in snapshot.children and snapshot.definitions[kpi_id].has_gaps
    ]
    # Leaving a quarter out of a parent's flow asks for the entries below it.
    below = set(descendants(snapshot, gapped))
    if below - kpi_ids:
        read_definitions(snapshot, below - kpi_ids)
    read_results(snapshot, kpi_ids | below)
