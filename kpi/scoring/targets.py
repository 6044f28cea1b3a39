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


@dataclass(frozen=True, slots=True)
class Target:
    """What a quarter or a year asks for: a value, or the two edges of a band."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_set(self) -> bool:
        return self.value is not None or (self.low is not None and self.high is not None)


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
    if not last.is_set:
        return None
    applicable = [
        number
        for number in range(since, quarter + 1)
        if states[number - 1] is not CellState.NOT_APPLICABLE
    ]
    if not rules.has_increments:
        return TargetToDate(last, frozenset(applicable))
    kept = [number for number in applicable if targets[number - 1].is_set]
    units = sum(exact.to_units(targets[number - 1].value or Decimal(0)) for number in kept)
    return TargetToDate(Target(exact.from_units(units)), frozenset(kept))


def base_to_date(
    rules: IndicatorRules, base: Base, kept: Collection[int], quarter: int
) -> tuple[Decimal | None, Reason | None]:
    """Return the base of the same year to date, or None with the reason.

    A flow's base leaves the quarters that its actual leaves. Where only the year is known it
    stands at the year's end, and for any quarter of a stock.
    """
    if not base.is_set:
        return None, Reason.BASE_MISSING
    levels = [Decimal(0), *base.quarters]
    if levels[YEAR_END] is None:
        levels[YEAR_END] = base.year
    if rules.is_level_at_end and levels[quarter] is None:
        levels[quarter] = base.year
    ends = {quarter: 1}
    if rules.over_time is OverTime.FLOW:
        # What happened in each kept quarter; between neighbours the levels cancel.
        ends = {end: (end in kept) - (end + 1 in kept) for end in range(quarter + 1)}
    total = 0
    for end, sign in ends.items():
        level = levels[end]
        if level is None and sign:
            return None, Reason.BASE_PERIOD_UNKNOWN
        total += sign * exact.to_units(level or Decimal(0))
    return exact.from_units(total), None


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
    units = exact.to_units(actual)
    if direction is Direction.BAND:
        if target.low is None or target.high is None:
            raise ValueError("a band has two edges")
        low, high = exact.to_units(target.low), exact.to_units(target.high)
        return exact.from_units(exact.band_achievement(units, low, high))
    if target.value is None:
        raise ValueError("there is no target")
    return exact.from_units(
        exact.achievement(
            direction,
            units,
            exact.to_units(target.value),
            baseline=exact.maybe_units(baseline),
        )
    )


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
    if quarter_state is not CellState.VALUE:
        return Assessment(quarter_state)
    if actual.value is None:
        return Assessment(actual.state, reason=actual.reason)
    if due is None:
        return Assessment(
            CellState.NOT_DUE, actual=actual.value, partial=actual.partial, reason=Reason.NO_TARGET
        )
    base_value, missing = base_to_date(rules, base, due.kept, quarter)
    level = actual.value
    if rules.meaning is Meaning.CHANGE:
        if base_value is None or (moved := change_percent(level, base_value)) is None:
            reason = missing or Reason.BASE_ZERO
            waits = reason is Reason.BASE_PERIOD_UNKNOWN and quarter < YEAR_END
            state = CellState.NOT_DUE if waits else CellState.NOT_APPLICABLE
            return Assessment(state, target=due.target, base=base_value, reason=reason)
        level = moved
    baseline = base_value if rules.meaning is Meaning.LEVEL else None
    percent = achievement_percent(rules.direction, level, due.target, baseline=baseline)
    return Assessment(CellState.VALUE, percent, level, due.target, base_value, actual.partial)


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
