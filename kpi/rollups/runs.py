"""The runs: what is older than its inputs, a quarter, a year, and what drifted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from audit.log import Deed, record_many
from kpi.models import Figure
from kpi.rollups.computing import Computation
from kpi.rollups.reading import read_stale, read_year
from kpi.rollups.rows import (
    COMPUTED_VERSION,
    FIGURE_ID,
    FIRST_COLUMN,
    INPUTS_VERSION,
    YEAR_END,
    Computed,
    Key,
    Snapshot,
    computed_of,
)
from kpi.rollups.totals import write_scores
from kpi.rollups.touching import ensure_figures
from kpi.rollups.writing import write_figures
from submissions.models import FiscalYear, PeriodState, Quarter

log = structlog.get_logger(__name__)

# What only a change of inputs moves; states and coverage also move with the calendar.
_MOVED_BY_INPUTS = (
    "value",
    "numerator",
    "denominator",
    "ytd_value",
    "ytd_numerator",
    "ytd_denominator",
    "achievement",
)


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored figure that was not what its inputs come to, although nothing had marked it."""

    figure_id: int
    kpi_id: int
    quarter_id: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did; figures that could not be computed stay as they were and are named."""

    computed: int = 0
    written: int = 0
    scores_written: int = 0
    drifted: tuple[Drift, ...] = ()
    failed: tuple[Key, ...] = ()


@transaction.atomic
def refresh(year: int, *, at: datetime) -> Report:
    """Compute what is marked as older than its inputs in a fiscal year, and the scores above it.

    It may run twice, late or in any order: versions are read before inputs, and a figure is written
    only where the version read is not older than the stored one.
    """
    hold_year(year)
    snapshot, stale = read_stale(year)
    if not stale:
        return Report()
    found, failed = _compute(snapshot, stale, at)
    written = _write(snapshot, found, at)
    scores_written = write_scores(
        snapshot,
        found,
        numbers={number for _kpi_id, number in found},
        scorecard_ids={snapshot.definitions[kpi_id].scorecard_id for kpi_id, _number in found},
        at=at,
    )
    return Report(len(found), written, scores_written, failed=failed)


@transaction.atomic
def recompute(
    year: int,
    *,
    at: datetime,
    numbers: Collection[int] | None = None,
    closed_too: bool = False,
) -> Report:
    """Compute all figures and scores of a fiscal year, or of some of its quarters, again.

    Closed quarters stay as they were frozen unless `closed_too`: for closing and restating.
    Only rows that differ are written; drift is logged.
    """
    hold_year(year)
    up_to = max(numbers, default=YEAR_END) if numbers is not None else YEAR_END
    snapshot = read_year(year, up_to)
    if snapshot.lacking:
        ensure_figures(year)
        snapshot = read_year(year, up_to)
    found, failed = _compute(snapshot, _wanted(snapshot, numbers, closed_too=closed_too), at)
    changed = {key: new for key, new in found.items() if _differs(snapshot, key, new)}
    drifted = _drifted(snapshot, changed)
    written = _write(snapshot, changed, at)
    numbers_found = {number for _kpi_id, number in found}
    scores_written = write_scores(snapshot, found, numbers=numbers_found, at=at)
    if drifted:
        _log_drift(drifted, at)
    return Report(len(found), written, scores_written, drifted, failed)


@transaction.atomic
def find_drift(year: int, *, at: datetime) -> tuple[Drift, ...]:
    """Return the figures of open quarters that are not what their inputs come to; write nothing."""
    hold_year(year)
    snapshot = read_year(year)
    found, _failed = _compute(snapshot, _wanted(snapshot, None, closed_too=False), at)
    differing = {key: new for key, new in found.items() if _differs(snapshot, key, new)}
    return _drifted(snapshot, differing)


def open_years() -> list[int]:
    """Return the fiscal years of which a quarter can still change, the oldest first."""
    states = [PeriodState.PLANNED, PeriodState.OPEN]
    years = Quarter.objects.filter(state__in=states).values_list("fiscal_year_id", flat=True)
    return sorted(set(years))


def hold_year(year: int) -> None:
    """Let runs of a year follow each other, so that each reads what the one before wrote.

    Who marks figures and computes them in one transaction calls it before it marks. On SQLite the
    write transaction already keeps everybody else out.
    """
    if connection.vendor != "postgresql":
        return
    list(FiscalYear.objects.filter(pk=year).select_for_update(no_key=True).values_list("pk"))


def _wanted(snapshot: Snapshot, numbers: Collection[int] | None, *, closed_too: bool) -> list[Key]:
    asked = {
        number
        for number, period in snapshot.periods.items()
        if (numbers is None or number in numbers) and (closed_too or not period.is_closed)
    }
    return [key for key in snapshot.stored if key[1] in asked]


def _compute(
    snapshot: Snapshot, wanted: Collection[Key], at: datetime
) -> tuple[dict[Key, Computed], tuple[Key, ...]]:
    computation = Computation(snapshot, wanted, at)
    found: dict[Key, Computed] = {}
    failed: list[Key] = []
    for kpi_id, number in wanted:
        try:
            found[kpi_id, number] = computation.figure(kpi_id, number)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # One bad record costs itself and what stands above it, not the run.
            log.exception("figure_failed", kpi_id=kpi_id, year=snapshot.year, quarter=number)
            failed.append((kpi_id, number))
    return found, tuple(failed)


def _write(snapshot: Snapshot, found: dict[Key, Computed], at: datetime) -> int:
    """Store figures; a column that is right already in all of them is left alone."""
    if not found:
        return 0
    stored = [snapshot.stored[key] for key in found]
    before = zip(*(row[FIRST_COLUMN:] for row in stored), strict=True)
    after = zip(*found.values(), strict=True)
    columns = [
        name for name, old, new in zip(Computed._fields, before, after, strict=True) if old != new
    ]
    placed = [
        (row[FIGURE_ID], row[INPUTS_VERSION], computed)
        for row, computed in zip(stored, found.values(), strict=True)
    ]
    return write_figures(placed, at=at, columns=columns)


def _differs(snapshot: Snapshot, key: Key, computed: Computed) -> bool:
    stored = snapshot.stored[key]
    is_behind = stored[COMPUTED_VERSION] < stored[INPUTS_VERSION]
    return is_behind or stored[FIRST_COLUMN:] != computed


def _drifted(snapshot: Snapshot, found: dict[Key, Computed]) -> tuple[Drift, ...]:
    drifts = []
    for (kpi_id, number), computed in found.items():
        stored = snapshot.stored[kpi_id, number]
        if stored[COMPUTED_VERSION] < stored[INPUTS_VERSION]:
            continue
        before, after = computed_of(stored)._asdict(), computed._asdict()
        moved = [name for name in _MOVED_BY_INPUTS if before[name] != after[name]]
        if moved:
            drifts.append(
                Drift(
                    stored[FIGURE_ID],
                    kpi_id,
                    snapshot.periods[number].pk,
                    {name: before[name] for name in moved},
                    {name: after[name] for name in moved},
                )
            )
    return tuple(drifts)


def _log_drift(drifted: Collection[Drift], at: datetime) -> None:
    log.warning("figures_drifted", count=len(drifted))
    record_many(
        [
            Deed(
                "kpi.figure.drifted",
                Figure(pk=drift.figure_id, kpi_id=drift.kpi_id, quarter_id=drift.quarter_id),
                drift.before,
                drift.after,
            )
            for drift in drifted
        ],
        by=None,
        at=at,
    )
