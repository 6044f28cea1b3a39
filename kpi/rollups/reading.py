"""Bulk reads for a run, by two statements for one KPI as for a province.

What stands beside a stored figure (its entry, its target, its quarter) is read with it, from one
moment: a version is never newer than the inputs that are read for it. Rows come as they are stored,
measures as whole units, past the fields of the models: a run reads thousands.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection

from common.fiscal import quarter_end
from kpi.models import IndicatorVersion, Link
from kpi.rollups.rows import (
    FIGURE_ID,
    YEAR_END,
    Computed,
    Definition,
    Key,
    Period,
    Snapshot,
    Version,
)
from kpi.scoring import exact
from kpi.scoring.curves import Curve, Scale, curve_of
from kpi.scoring.targets import NOT_PLANNED
from kpi.scoring.words import Frequency
from submissions.models import PeriodState
from submissions.workflow import COUNTED

# More names than SQLite takes in one statement are read whole and picked here.
_NAMED_AT_MOST = 900
_SCALES = {scale.value: scale for scale in Scale}
_CLOSED = {PeriodState.CLOSED.value, PeriodState.PUBLISHED.value}

# A row for each quarter of a KPI, ordered as `rows.FIGURE_ID` and its neighbours say; a KPI that is
# new has no figure in it. Only what is signed is an entry: as a condition of the join, PostgreSQL
# would look entries up by their status as long as it has not counted them.
_FIGURES = """
{before}SELECT kpi.id, quarter.number, quarter.id, quarter.state, quarter.report_due_date,
    CASE WHEN entry.status IN ({counted}) THEN entry.is_not_applicable END,
    entry.value, entry.numerator, entry.denominator,
    target.value, target.low, target.high, target.base,
    figure.id, figure.inputs_version, figure.computed_version, {columns}
FROM kpi_kpi AS kpi
JOIN submissions_quarter AS quarter ON quarter.fiscal_year_id = kpi.fiscal_year_id
LEFT JOIN kpi_figure AS figure ON figure.kpi_id = kpi.id AND figure.quarter_id = quarter.id
LEFT JOIN kpi_result AS entry ON entry.kpi_id = kpi.id AND entry.quarter_id = quarter.id
LEFT JOIN kpi_target AS target ON target.kpi_id = kpi.id AND target.quarter = quarter.number
WHERE kpi.fiscal_year_id = %s{among}
"""
_UP_TO = " AND quarter.number <= %s"
# Of later quarters a figure needs what its year's target is the sum of, where a curve moves by it,
# and to know that there is a base, if not of its own quarters.
_LATER_TARGETS = """
SELECT target.kpi_id, target.quarter, target.value, target.low, target.high, target.base
FROM kpi_target AS target
JOIN kpi_kpi AS kpi ON kpi.id = target.kpi_id
LEFT JOIN kpi_scorecurve AS curve ON curve.id = kpi.curve_id
WHERE kpi.fiscal_year_id = %s AND target.quarter > %s
  AND (target.base IS NOT NULL OR (curve.axis = 'value' AND kpi.year_target IS NULL))
"""
_COUNTED = ", ".join(f"'{status.value}'" for status in sorted(COUNTED))
_COLUMNS = ", ".join(f"figure.{name}" for name in Computed._fields)

# What is older than its inputs, what makes it or is shown by it, and what stands beside it on a
# scorecard: a scorecard's score needs all its KPIs.
_STALE = """
WITH stale(kpi_id) AS (
    SELECT DISTINCT figure.kpi_id
    FROM kpi_figure AS figure JOIN submissions_quarter AS quarter ON quarter.id = figure.quarter_id
    WHERE quarter.fiscal_year_id = %s AND figure.inputs_version > figure.computed_version
),
"""
_NAMED = """
WITH stale(kpi_id) AS (SELECT id FROM kpi_kpi WHERE id IN ({kpis})),
"""
_AROUND = """around(kpi_id) AS (
    SELECT kpi_id FROM stale
    UNION
    SELECT link.child_id FROM kpi_link AS link JOIN stale ON link.parent_id = stale.kpi_id
    WHERE link.kind = 'share'
    UNION
    SELECT link.parent_id FROM kpi_link AS link JOIN stale ON link.child_id = stale.kpi_id
    WHERE link.kind = 'same'
    UNION
    SELECT beside.id FROM kpi_kpi AS beside
    WHERE beside.scorecard_id IN (
        SELECT kpi.scorecard_id FROM kpi_kpi AS kpi JOIN stale ON kpi.id = stale.kpi_id
    )
)
"""
_AMONG_AROUND = " AND kpi.id IN (SELECT kpi_id FROM around)"
_BELOW = """
WITH RECURSIVE below(kpi_id) AS (
    SELECT id FROM kpi_kpi WHERE id IN ({kpis})
    UNION
    SELECT link.child_id FROM below JOIN kpi_link AS link
      ON link.kind = 'share' AND link.parent_id = below.kpi_id
)
"""
_AMONG_BELOW = " AND kpi.id IN (SELECT kpi_id FROM below)"

_RULES = (
    *("is_ratio", "over_time", "denominator_over_time", "over_units", "direction"),
    "target_meaning",
)
# A row for each version of a KPI's rules.
_DEFINITIONS = """
SELECT kpi.id, kpi.indicator_id, kpi.scorecard_id, card.level, kpi.issue_id, issue.weight,
    kpi.weight, kpi.reports_own, kpi.unconfirmed_reason, card.scale, card.top_score,
    kpi.year_target, kpi.year_low, kpi.year_high, kpi.base_value,
    up.parent_id, up.kind, up.weight,
    kpi.curve_id, curve.points, curve.axis, curve.below_first, curve.steps_only,
    version.id, version.from_year, version.from_quarter, version.scale, version.frequency,
    version.lag_quarters, {rules}
FROM kpi_kpi AS kpi
JOIN kpi_scorecard AS card ON card.id = kpi.scorecard_id
LEFT JOIN strategy_issue AS issue ON issue.id = kpi.issue_id
LEFT JOIN kpi_scorecurve AS curve ON curve.id = kpi.curve_id
LEFT JOIN kpi_link AS up ON up.child_id = kpi.id AND up.kind IN ('share', 'same')
LEFT JOIN kpi_indicatorversion AS version ON version.indicator_id = kpi.indicator_id
WHERE kpi.fiscal_year_id = %s{among}
ORDER BY kpi.id
"""
_RULE_COLUMNS = ", ".join(f"version.{name}" for name in _RULES)
_PERIODS = """
SELECT fiscal_year_id, number, id, state, report_due_date FROM submissions_quarter
WHERE fiscal_year_id IN (%s, %s)
"""


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _places(ids: Collection[int]) -> str:
    return ", ".join(["%s"] * len(ids))


def _period(year: int, number: int, pk: int, state: str, deadline: date | str) -> Period:
    return Period(
        pk,
        number,
        state != PeriodState.PLANNED.value,
        state in _CLOSED,
        quarter_end(year, number),
        date.fromisoformat(deadline) if isinstance(deadline, str) else deadline,
    )


def _read_figures(
    snapshot: Snapshot, *, before: str = "", among: str = "", params: Sequence[Any] = ()
) -> None:
    """Read figures as they are stored, with their entries, targets and quarters."""
    statement = _FIGURES.format(before=before, columns=_COLUMNS, counted=_COUNTED, among=among)
    for row in _rows(statement, params):
        kpi_id, number, quarter_id, state, deadline = row[:5]
        if number not in snapshot.periods:
            snapshot.periods[number] = _period(snapshot.year, number, quarter_id, state, deadline)
        if row[5] is not None:
            snapshot.results[kpi_id, number] = row[5:9]
        if row[FIGURE_ID] is None:
            snapshot.lacking.append((kpi_id, number))
        else:
            snapshot.stored[kpi_id, number] = row
        _plan(snapshot, kpi_id, number, row[9:13])


def _plan(snapshot: Snapshot, kpi_id: int, number: int, cells: tuple[int | None, ...]) -> None:
    """Take a quarter's target and base."""
    planned = snapshot.planned.get(kpi_id)
    if planned is None:
        planned = snapshot.planned[kpi_id] = ([NOT_PLANNED] * YEAR_END, [None] * YEAR_END)
    value, low, high, base = cells
    planned[0][number - 1] = (value, low, high)
    planned[1][number - 1] = base


def _read_definitions(snapshot: Snapshot, kpi_ids: Collection[int] | None = None) -> None:
    """Read KPIs (None: all of the year) with their curves, the links above and the rules."""
    among, params = "", [snapshot.year]
    if kpi_ids is not None:
        if not kpi_ids:
            return
        among = f" AND kpi.id IN ({_places(kpi_ids)})"
        params += sorted(kpi_ids)
    statement = _DEFINITIONS.format(rules=_RULE_COLUMNS, among=among)
    by_indicator: dict[int, list[Version]] = {}
    first_rows = []
    pk = indicator_id = None
    is_known = False
    for row in _rows(statement, params):
        if row[0] != pk:
            pk, indicator_id = row[:2]
            first_rows.append(row)
            is_known = indicator_id in by_indicator
            versions = by_indicator.setdefault(row[1], [])
        if not is_known and row[23] is not None:
            versions.append(_version(row[23:]))
    in_force = {
        indicator_id: _in_force(snapshot.year, versions)
        for indicator_id, versions in by_indicator.items()
    }
    if any(each and each.lag for versions in in_force.values() for each in versions):
        _read_periods(snapshot)
    curves: dict[int | None, Curve | None] = {}
    for row in first_rows:
        _define(snapshot, row, in_force[row[1]], curves)


def _define(
    snapshot: Snapshot,
    row: tuple[Any, ...],
    rules: tuple[Version | None, ...],
    curves: dict[int | None, Curve | None],
) -> None:
    (
        pk, indicator_id, scorecard_id, level, issue_id, issue_weight, weight, reports_own,
        unconfirmed, scale, top_score, year_value, year_low, year_high, base_value,
        parent_id, kind, link_weight, curve_id, *drawn,
    ) = row[:23]  # fmt: skip
    if curve_id not in curves:
        curves[curve_id] = _curve(*drawn)
    if kind == Link.Kind.SAME.value:
        snapshot.same[pk] = parent_id
    elif kind is not None:
        snapshot.children.setdefault(parent_id, []).append((pk, link_weight))
    targets, bases = snapshot.planned.get(pk, ([NOT_PLANNED] * YEAR_END, [None] * YEAR_END))
    has_base = base_value is not None or any(base is not None for base in bases)
    snapshot.definitions[pk] = Definition(
        pk,
        indicator_id,
        scorecard_id,
        level,
        issue_id,
        _weight(issue_weight),
        _weight(weight) or 0,
        bool(reports_own),
        bool(unconfirmed),
        curves[curve_id],
        _SCALES[scale],
        top_score,
        (year_value, year_low, year_high),
        tuple(targets),
        (tuple(bases), base_value) if has_base else None,
        rules,
    )


@lru_cache(maxsize=4096)
def _weight(stored: Any) -> int | None:
    """Return a weight, which is a decimal in its table, in units."""
    return None if stored is None else exact.to_units(Decimal(str(stored)))


def _version(cells: Sequence[Any]) -> Version:
    pk, from_year, from_quarter, scale, frequency, lag, *words = cells
    rules = IndicatorVersion(**dict(zip(_RULES, words, strict=True))).rules
    since = (from_year, from_quarter)
    return Version(pk, since, rules, scale * exact.ONE, Frequency(frequency), lag)


def _in_force(year: int, versions: Sequence[Version]) -> tuple[Version | None, ...]:
    """Return the rules in each quarter of a year."""
    newest_first = sorted(versions, key=attrgetter("since"), reverse=True)
    return tuple(
        next((version for version in newest_first if version.since <= (year, number)), None)
        for number in range(1, YEAR_END + 1)
    )


def _read_periods(snapshot: Snapshot) -> None:
    """Read the quarters of the year and of the year after, for what comes late."""
    for year, number, pk, state, deadline in _rows(_PERIODS, [snapshot.year, snapshot.year + 1]):
        period = _period(year, number, pk, state, deadline)
        if year == snapshot.year:
            snapshot.periods[number] = period
        else:
            snapshot.later_periods[YEAR_END + number] = period


def _curve(points: Any, axis: str, below: str, is_steps_only: Any) -> Curve | None:
    """Return a stored curve; a bad one (None) costs the scores of its own KPIs, not the run."""
    if points is None:
        return None
    try:
        written = json.loads(points) if isinstance(points, str) else points
        return curve_of(written, axis, below, bool(is_steps_only))
    except (ArithmeticError, TypeError, ValueError):
        return None


def read_year(year: int, up_to: int = YEAR_END) -> Snapshot:
    """Read everything of a fiscal year; versions of figures first, so that a change is not lost.

    `up_to` leaves what later quarters hold, but for what an earlier figure needs of their targets.
    """
    snapshot = Snapshot(year, up_to)
    if up_to < YEAR_END:
        _read_figures(snapshot, among=_UP_TO, params=[year, up_to])
        for kpi_id, number, *cells in _rows(_LATER_TARGETS, [year, up_to]):
            _plan(snapshot, kpi_id, number, tuple(cells))
    else:
        _read_figures(snapshot, params=[year])
    _read_definitions(snapshot)
    return snapshot


def read_stale(year: int) -> tuple[Snapshot, list[Key]]:
    """Read what is older than its inputs, and as much as is needed to compute it again."""
    snapshot = Snapshot(year)
    _read_figures(snapshot, before=_STALE + _AROUND, among=_AMONG_AROUND, params=[year, year])
    stale = snapshot.stale()
    if len(snapshot.planned) > _NAMED_AT_MOST:
        return read_year(year), stale
    if stale:
        _read_beside(snapshot, {kpi_id for kpi_id, _number in stale})
    return snapshot, stale


def read_around(snapshot: Snapshot, kpi_ids: Collection[int]) -> None:
    """Read as much as is needed to compute these KPIs again, what stands beside them as stored."""
    _read_figures(
        snapshot,
        before=_NAMED.format(kpis=_places(kpi_ids)) + _AROUND,
        among=_AMONG_AROUND,
        params=[*sorted(kpi_ids), snapshot.year],
    )
    _read_beside(snapshot, kpi_ids)


def _read_beside(snapshot: Snapshot, kpi_ids: Collection[int]) -> None:
    _read_definitions(snapshot, snapshot.planned)
    gapped = [
        kpi_id
        for kpi_id in kpi_ids
        if kpi_id in snapshot.children and snapshot.definitions[kpi_id].has_gaps
    ]
    if gapped:
        # Leaving a quarter out of a parent's flow asks for the entries below it.
        known = set(snapshot.planned)
        _read_figures(
            snapshot,
            before=_BELOW.format(kpis=_places(gapped)),
            among=_AMONG_BELOW,
            params=[*sorted(gapped), snapshot.year],
        )
        _read_definitions(snapshot, snapshot.planned.keys() - known)
