"""Targets to date, bases, and how much of a target was reached."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.figures import ONE, Entry, Figure, quarter_figure, year_to_date
from kpi.scoring.words import Direction, IndicatorRules, Meaning, OverTime, Reason

SHOWN_AT_MOST = Decimal(200)
YEAR_END = 4
# A target in units: its value, or the two edges of a band.
Planned = tuple[int | None, int | None, int | None]
NOT_PLANNED: Planned = (None, None, None)
# A base in units: the base year's year to date at the end of each quarter, and its last one.
Levels = tuple[Sequence[int | None], int | None]
# An assessment in units without its target: its state, percent, actual, base, reason.
Assessed = tuple[CellState, int | None, int | None, int | None, Reason | None]
# The quarters from one to another, both counted.
_BETWEEN = {
    (first, last): frozenset(range(first, last + 1))
    for first in range(1, YEAR_END + 1)
    for last in range(first, YEAR_END + 1)
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a quarter or a year asks for: a value, or the two edges of a band."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_set(self) -> bool:
        return self.value is not None or (self.low is not None and self.high is not None)

    @property
    def in_units(self) -> Planned:
        return (
            exact.maybe_units(self.value),
            exact.maybe_units(self.low),
            exact.maybe_units(self.high),
        )


NO_TARGET = Target()


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is measured against, or a lower-is-better figure comes from.

    `quarters` holds the base year's year to date at the end of each quarter, `year` its last one.
    """

    quarters: tuple[Decimal | None, ...] = (None, None, None, None)
    year: Decimal | None = None

    @property
    def is_set(self) -> bool:
        return self.year is not None or any(value is not None for value in self.quarters)

    @property
    def in_units(self) -> Levels | None:
        """The base as whole units; None where nothing of it is known."""
        if not self.is_set:
            return None
        quarters = [exact.maybe_units(value) for value in self.quarters]
        return quarters, exact.maybe_units(self.year)


NO_BASE = Base()


class TargetRefusal(StrEnum):
    """Why a year's targets do not stand together."""

    QUARTERS_DO_NOT_SUM = "quarters_do_not_sum"
    LAST_IS_NOT_YEAR = "last_is_not_year"
    BAND_EDGES = "band_edges"
    BAND_EDGE_MISSING = "band_edge_missing"


@dataclass(frozen=True, slots=True)
class TargetToDate:
    """The target at the end of a quarter, and the quarters that count on both sides of it."""

    target: Target
    kept: frozenset[int]


@dataclass(frozen=True, slots=True)
class Assessment:
    """How much of a target was reached in percent, with what it was computed from.

    `actual` is what stands against the target: for `change` the change in percent.
    """

    state: CellState
    percent: Decimal | None = None
    actual: Decimal | None = None
    target: Target = NO_TARGET
    base: Decimal | None = None
    partial: bool = False
    reason: Reason | None = None

    @property
    def shown_percent(self) -> Decimal | None:
        """The percent as a page shows it, at most 200."""
        return None if self.percent is None else min(self.percent, SHOWN_AT_MOST)


def why_not_targets(
    rules: IndicatorRules, quarters: Sequence[Target], year: Target
) -> TargetRefusal | None:
    """Return why a year's targets do not stand together, or None.

    Targets that are not set are not held against each other. Source: measures.md §4.
    """
    if rules.direction is Direction.BAND:
        for target in (*quarters, year):
            if (target.low is None) != (target.high is None):
                return TargetRefusal.BAND_EDGE_MISSING
            if target.low is not None and target.high is not None and target.low >= target.high:
                return TargetRefusal.BAND_EDGES
    if not year.is_set:
        return None
    if rules.has_increments:
        values = [target.value for target in quarters if target.value is not None]
        if len(values) == YEAR_END and sum(values) != year.value:
            return TargetRefusal.QUARTERS_DO_NOT_SUM
    elif quarters[-1].is_set and quarters[-1] != year:
        return TargetRefusal.LAST_IS_NOT_YEAR
    return None


def target_to_date(
    rules: IndicatorRules,
    targets: Sequence[Target],
    states: Sequence[CellState],
    quarter: int,
    *,
    since: int = 1,
) -> TargetToDate | None:
    """Return the target at the end of a quarter, or None where that quarter has none.

    Increments are summed over the quarters that are not n/a and have a target; any other target is
    the level to reach by then. Source: measures.md §4.
    """
    last = targets[quarter - 1]
    found = planned_to_date(
        rules, [target.in_units for target in targets], states, quarter, since=since
    )
    if found is None:
        return None
    (value, _low, _high), kept = found
    target = Target(exact.maybe_decimal(value)) if rules.has_increments else last
    return TargetToDate(target, kept)


def planned_to_date(
    rules: IndicatorRules,
    targets: Sequence[Planned],
    states: Sequence[CellState],
    quarter: int,
    *,
    since: int = 1,
) -> tuple[Planned, frozenset[int]] | None:
    """Do what `target_to_date` does, in units."""
    last = targets[quarter - 1]
    if not is_planned(last):
        return None
    kept = _BETWEEN[since, quarter]
    if exact.NOT_APPLICABLE in states:
        kept -= {number for number in kept if states[number - 1] is exact.NOT_APPLICABLE}
    if not rules.has_increments:
        return last, kept
    total = 0
    left = []
    for number in kept:
        target = targets[number - 1]
        if target is last or is_planned(target):
            total += target[0] or 0
        else:
            left.append(number)
    return (total, None, None), kept.difference(left) if left else kept


def is_planned(target: Planned) -> bool:
    """Say whether a target asks for something."""
    value, low, high = target
    return value is not None or (low is not None and high is not None)


def base_to_date(
    rules: IndicatorRules, base: Base, kept: Collection[int], quarter: int
) -> tuple[Decimal | None, Reason | None]:
    """Return the base of the same year to date, or None with the reason.

    A flow's base leaves the quarters that its actual leaves. Where only the year is known it
    stands at the year's end, and for any quarter of a stock.
    """
    level, reason = level_to_date(rules, base.in_units, kept, quarter)
    return exact.maybe_decimal(level), reason


def level_to_date(
    rules: IndicatorRules, base: Levels | None, kept: Collection[int], quarter: int
) -> tuple[int | None, Reason | None]:
    """Do what `base_to_date` does, in units; without a base it is missing."""
    if base is None:
        return None, Reason.BASE_MISSING
    quarters, year = base
    levels = [0, *quarters]
    if levels[YEAR_END] is None:
        levels[YEAR_END] = year
    if rules.is_level_at_end and levels[quarter] is None:
        levels[quarter] = year
    ends = {quarter: 1}
    if rules.over_time is OverTime.FLOW:
        # What happened in each kept quarter; between neighbours the levels cancel.
        ends = {end: (end in kept) - (end + 1 in kept) for end in range(quarter + 1)}
    total = 0
    for end, sign in ends.items():
        level = levels[end]
        if level is None and sign:
            return None, Reason.BASE_PERIOD_UNKNOWN
        total += sign * (level or 0)
    return total, None


def change_percent(level: Decimal, base: Decimal) -> Decimal | None:
    """Return (level − base) / |base| × 100, None where the base is 0."""
    return exact.maybe_decimal(exact.change(exact.to_units(level), exact.to_units(base)))


def achievement_percent(
    direction: Direction, actual: Decimal, target: Target, *, baseline: Decimal | None = None
) -> Decimal:
    """Return how much of a target was reached, in percent, floored at 0 and not capped.

    Source: measures.md §4.

    :raises ValueError: if the target lacks what the direction needs.
    """
    reached = percent_reached(
        direction, exact.to_units(actual), target.in_units, baseline=exact.maybe_units(baseline)
    )
    return exact.from_units(reached)


def percent_reached(
    direction: Direction, actual: int, target: Planned, *, baseline: int | None = None
) -> int:
    """Do what `achievement_percent` does, in units.

    :raises ValueError: if the target lacks what the direction needs.
    """
    value, low, high = target
    if direction is Direction.BAND:
        if low is None or high is None:
            raise ValueError("a band has two edges")
        return exact.band_achievement(actual, low, high)
    if value is None:
        raise ValueError("there is no target")
    return exact.achievement(direction, actual, value, baseline=baseline)


def assess(
    rules: IndicatorRules,
    *,
    quarter_state: CellState,
    quarter: int,
    actual: Figure,
    due: TargetToDate | None,
    base: Base = NO_BASE,
) -> Assessment:
    """Return the achievement at the end of a quarter.

    `actual` is the year to date over the quarters that `due` keeps. There is an achievement only
    where the quarter itself has a value. Source: measures.md §§3–4.
    """
    state, percent, level, base_value, reason = assess_units(
        rules,
        quarter_state=quarter_state,
        quarter=quarter,
        to_date=(actual.state, exact.maybe_units(actual.value), actual.reason),
        due=(due.target.in_units, due.kept) if due else None,
        base=base.in_units,
    )
    has_value = quarter_state is CellState.VALUE and actual.value is not None
    stands = due is None or state is CellState.VALUE
    return Assessment(
        state,
        exact.maybe_decimal(percent),
        exact.maybe_decimal(level),
        due.target if due and has_value else NO_TARGET,
        exact.maybe_decimal(base_value),
        actual.partial and has_value and stands,
        reason,
    )


def assess_units(
    rules: IndicatorRules,
    *,
    quarter_state: CellState,
    quarter: int,
    to_date: tuple[CellState, int | None, Reason | None],
    due: tuple[Planned, Collection[int]] | None,
    base: Levels | None,
) -> Assessed:
    """Do what `assess` does, in units: `to_date` is the state, value and reason of the actual."""
    if quarter_state is not CellState.VALUE:
        return quarter_state, None, None, None, None
    state, level, why = to_date
    if level is None:
        return state, None, None, None, why
    if due is None:
        return CellState.NOT_DUE, None, level, None, Reason.NO_TARGET
    target, kept = due
    is_change = rules.meaning is Meaning.CHANGE
    base_value: int | None = None
    if base is not None or is_change:
        base_value, missing = level_to_date(rules, base, kept, quarter)
    if is_change:
        moved = None if base_value is None else exact.change(level, base_value)
        if moved is None:
            reason = missing or Reason.BASE_ZERO
            waits = reason is Reason.BASE_PERIOD_UNKNOWN and quarter < YEAR_END
            state = CellState.NOT_DUE if waits else CellState.NOT_APPLICABLE
            return state, None, None, base_value, reason
        level = moved
    baseline = base_value if rules.meaning is Meaning.LEVEL else None
    percent = percent_reached(rules.direction, level, target, baseline=baseline)
    return CellState.VALUE, percent, level, base_value, None


def assess_entries(
    rules: IndicatorRules,
    entries: Sequence[Entry],
    targets: Sequence[Target],
    quarter: int,
    *,
    base: Base = NO_BASE,
    scale: Decimal = ONE,
    since: int = 1,
) -> Assessment:
    """Return the achievement of a KPI that reports its own quarters."""
    states = [entry.state for entry in entries]
    due = target_to_date(rules, targets, states, quarter, since=since)
    kept = due.kept if due and rules.has_increments else None
    actual = year_to_date(rules, entries, quarter, scale=scale, since=since, kept=kept)
    return assess(
        rules,
        quarter_state=quarter_figure(entries[quarter - 1]).state,
        quarter=quarter,
        actual=actual,
        due=due,
        base=base,
    )


def assess_round(
    rules: IndicatorRules,
    entries: Sequence[Entry],
    targets: Sequence[Target],
    appraisal_round: int,
    *,
    base: Base = NO_BASE,
    scale: Decimal = ONE,
) -> Assessment:
    """Return the achievement of appraisal round 1 (quarters 1, 2) or 2 (quarters 3, 4).

    A flow's round has its own two quarters on both sides; anything else is the value at its end.
    Source: measures.md §2.
    """
    last = appraisal_round * 2
    since = last - 1 if rules.has_increments else 1
    return assess_entries(rules, entries, targets, last, base=base, scale=scale, since=since)
