"""Lines to scorecards, scorecards to issues and the province, scores to bands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.curves import (
    HUNDRED,
    Axis,
    Curve,
    Scale,
    YearShare,
    percent_in_units,
    units_at,
)
from kpi.scoring.figures import percent_of
from kpi.scoring.targets import Assessed, Assessment
from kpi.scoring.words import Direction, Reason


@dataclass(frozen=True, slots=True)
class LineScore:
    """What one KPI brings to its scorecard.

    `is_floor` marks the score of a figure that was still missing when the quarter closed.
    """

    state: CellState
    score: Decimal | None = None
    is_floor: bool = False
    reason: Reason | None = None


# A line's score in units: its state, score, whether it is the floor, reason.
Scored = tuple[CellState, int | None, bool, Reason | None]


class Weighed(NamedTuple):
    """A line in units: what a total needs of it."""

    weight: int
    state: CellState
    score: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A KPI on a scorecard, with its weight there."""

    key: int
    weight: Decimal
    score: LineScore


@dataclass(frozen=True, slots=True)
class Total:
    """A weighted mean of scores with its coverage; None where nothing counts."""

    score: Decimal | None
    percent: Decimal | None
    covered: int
    due: int
    covered_weight: Decimal
    due_weight: Decimal

    @property
    def coverage(self) -> Decimal | None:
        """The percent, by weight, of what is due that has a figure; None where nothing is due."""
        units = exact.ratio(
            exact.to_units(self.covered_weight), exact.to_units(self.due_weight), exact.HUNDRED
        )
        return exact.maybe_decimal(units)

    @property
    def count_coverage(self) -> Decimal | None:
        """The percent, by number, of what is due that has a figure; None where nothing is due."""
        return percent_of(self.covered, self.due)


class Amount(NamedTuple):
    """A total in units."""

    score: int | None
    percent: int | None
    covered: int
    due: int
    covered_weight: int
    due_weight: int


@dataclass(frozen=True, slots=True)
class IssueTotal:
    """One issue below the province: its weight and its total."""

    key: int
    weight: Decimal
    total: Total


@dataclass(frozen=True, slots=True)
class Band:
    """A named band of scores from a lower limit on."""

    key: str
    limit: Decimal


class ScorecardRefusal(StrEnum):
    """Why a scorecard may not be signed."""

    NO_LINES = "no_lines"
    WEIGHT_NOT_POSITIVE = "weight_not_positive"
    WEIGHTS_DO_NOT_SUM = "weights_do_not_sum"


def line_score(
    assessment: Assessment,
    curve: Curve | None,
    direction: Direction,
    *,
    is_closed: bool,
    share: YearShare | None = None,
) -> LineScore:
    """Return the score of one KPI at the end of a quarter.

    A KPI linked as `same` takes its parent's instead. What is missing stays out while the quarter
    is open and gets the floor once it is closed.
    Source: measures.md §5.
    """
    found = (
        assessment.state,
        exact.maybe_units(assessment.percent),
        exact.maybe_units(assessment.actual),
        None,
        assessment.reason,
    )
    year = None if share is None else share.in_units
    state, score, is_floor, reason = score_units(
        found, curve, direction, is_closed=is_closed, share=year
    )
    return LineScore(state, exact.maybe_decimal(score), is_floor, reason)


def score_units(
    found: Assessed,
    curve: Curve | None,
    direction: Direction,
    *,
    is_closed: bool,
    share: tuple[int, int] | None = None,
) -> Scored:
    """Do what `line_score` does, in units; `share` is (T_ytd, T_year)."""
    state, percent, actual, _base, reason = found
    if state in exact.MISSING:
        if is_closed and curve is not None:
            return state, curve.floor_in_units, True, None
        return state, None, False, None
    if state is not exact.VALUE:
        return state, None, False, reason
    if curve is None:
        return exact.NOT_APPLICABLE, None, False, Reason.NO_CURVE
    x = percent if curve.axis is Axis.ACHIEVEMENT else actual
    if x is None:
        raise ValueError("an assessment with a value has its percent and its actual")
    score, reason = units_at(curve, x, direction, share)
    if score is None:
        return exact.NOT_APPLICABLE, None, False, reason
    return exact.VALUE, score, False, None


def why_not_weights(weights: Collection[Decimal]) -> ScorecardRefusal | None:
    """Return why a scorecard with these weights may not be signed, or None."""
    if not weights:
        return ScorecardRefusal.NO_LINES
    if any(weight <= 0 for weight in weights):
        return ScorecardRefusal.WEIGHT_NOT_POSITIVE
    return None if sum(weights) == HUNDRED else ScorecardRefusal.WEIGHTS_DO_NOT_SUM


def scorecard_total(lines: Sequence[Line], scale: Scale, top: Decimal | None = None) -> Total:
    """Return Σ(weight × score) / Σ weight over the lines that count, in the scale and in percent.

    Source: measures.md §5.
    """
    return _total(scorecard_amount(_weighed(lines), scale, exact.maybe_units(top)))


def scorecard_amount(lines: Sequence[Weighed], scale: Scale, top: int | None = None) -> Amount:
    """Do what `scorecard_total` does, in units."""
    score = _mean([(line.weight, line.score) for line in lines])
    percent = None if score is None else percent_in_units(score, scale, top)
    return Amount(score, percent, *_coverage(lines))


def issue_total(lines: Sequence[Line], scale: Scale, top: Decimal | None = None) -> Total:
    """Return the weighted mean in percent of the province-level KPIs under an issue."""
    return _total(issue_amount(_weighed(lines), scale, exact.maybe_units(top)))


def issue_amount(lines: Sequence[Weighed], scale: Scale, top: int | None = None) -> Amount:
    """Do what `issue_total` does, in units."""
    percent = _mean(
        [
            (
                line.weight,
                None if line.score is None else percent_in_units(line.score, scale, top),
            )
            for line in lines
        ]
    )
    return Amount(percent, percent, *_coverage(lines))


def issue_weight(weights: Collection[Decimal], set_weight: Decimal | None = None) -> Decimal:
    """Return an issue's weight: as set, otherwise the sum of all its KPIs', n/a ones included."""
    return sum(weights, Decimal(0)) if set_weight is None else set_weight


def province_total(issues: Sequence[IssueTotal]) -> Total:
    """Return the weighted mean of the issues that have a score, with the coverage of all."""
    pairs = [(exact.to_units(issue.weight), _amount(issue.total)) for issue in issues]
    return _total(province_amount(pairs))


def province_amount(issues: Sequence[tuple[int, Amount]]) -> Amount:
    """Do what `province_total` does, in units: each issue with its weight."""
    percent = _mean([(weight, total.percent) for weight, total in issues])
    totals = [total for _weight, total in issues]
    return Amount(
        percent,
        percent,
        sum(total.covered for total in totals),
        sum(total.due for total in totals),
        sum(total.covered_weight for total in totals),
        sum(total.due_weight for total in totals),
    )


def band_of(score: Decimal | None, bands: Collection[Band]) -> Band | None:
    """Return the highest band whose lower limit a stored score reaches, or None."""
    if score is None:
        return None
    reached = [band for band in bands if band.limit <= score]
    return max(reached, key=lambda band: band.limit, default=None)


def _weighed(lines: Iterable[Line]) -> list[Weighed]:
    return [
        Weighed(exact.to_units(line.weight), line.score.state, exact.maybe_units(line.score.score))
        for line in lines
    ]


def _mean(pairs: Iterable[tuple[int, int | None]]) -> int | None:
    counting = [(weight, score) for weight, score in pairs if score is not None]
    return exact.mean(counting) if counting else None


def _coverage(lines: Iterable[Weighed]) -> tuple[int, int, int, int]:
    """Return how many lines have a value and how many are due, then the same by weight."""
    covered = due = covered_weight = due_weight = 0
    for weight, state, _score in lines:
        if state in exact.DUE:
            due += 1
            due_weight += weight
            if state is exact.VALUE:
                covered += 1
                covered_weight += weight
    return covered, due, covered_weight, due_weight


def _amount(total: Total) -> Amount:
    return Amount(
        exact.maybe_units(total.score),
        exact.maybe_units(total.percent),
        total.covered,
        total.due,
        exact.to_units(total.covered_weight),
        exact.to_units(total.due_weight),
    )


def _total(amount: Amount) -> Total:
    score, percent, covered, due, covered_weight, due_weight = amount
    return Total(
        exact.maybe_decimal(score),
        exact.maybe_decimal(percent),
        covered,
        due,
        exact.from_units(covered_weight),
        exact.from_units(due_weight),
    )
