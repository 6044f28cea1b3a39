"""Lines to scorecards, scorecards to issues and the province, scores to bands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.curves import HUNDRED, Axis, Curve, Scale, YearShare, percent_of_score, score_at
from kpi.scoring.figures import percent_of
from kpi.scoring.targets import Assessment
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
    if assessment.state in exact.MISSING:
        if is_closed and curve is not None:
            return LineScore(assessment.state, curve.floor, is_floor=True)
        return LineScore(assessment.state)
    if assessment.state is not CellState.VALUE:
        return LineScore(assessment.state, reason=assessment.reason)
    if curve is None:
        return LineScore(CellState.NOT_APPLICABLE, reason=Reason.NO_CURVE)
    x = assessment.percent if curve.axis is Axis.ACHIEVEMENT else assessment.actual
    if x is None:
        raise ValueError("an assessment with a value has its percent and its actual")
    score, reason = score_at(curve, x, direction, share)
    if score is None:
        return LineScore(CellState.NOT_APPLICABLE, reason=reason)
    return LineScore(CellState.VALUE, score)


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
    score = _weighted((line.weight, line.score.score) for line in lines)
    percent = None if score is None else percent_of_score(score, scale, top)
    return _total(score, percent, lines)


def issue_total(lines: Sequence[Line], scale: Scale, top: Decimal | None = None) -> Total:
    """Return the weighted mean in percent of the province-level KPIs under an issue."""
    percent = _weighted(
        (
            line.weight,
            None if line.score.score is None else percent_of_score(line.score.score, scale, top),
        )
        for line in lines
    )
    return _total(percent, percent, lines)


def issue_weight(weights: Collection[Decimal], set_weight: Decimal | None = None) -> Decimal:
    """Return an issue's weight: as set, otherwise the sum of all its KPIs', n/a ones included."""
    return sum(weights, Decimal(0)) if set_weight is None else set_weight


def province_total(issues: Sequence[IssueTotal]) -> Total:
    """Return the weighted mean of the issues that have a score, with the coverage of all."""
    percent = _weighted((issue.weight, issue.total.percent) for issue in issues)
    return Total(
        percent,
        percent,
        sum(issue.total.covered for issue in issues),
        sum(issue.total.due for issue in issues),
        sum((issue.total.covered_weight for issue in issues), Decimal(0)),
        sum((issue.total.due_weight for issue in issues), Decimal(0)),
    )


def band_of(score: Decimal | None, bands: Collection[Band]) -> Band | None:
    """Return the highest band whose lower limit a stored score reaches, or None."""
    if score is None:
        return None
    reached = [band for band in bands if band.limit <= score]
    return max(reached, key=lambda band: band.limit, default=None)


def _weighted(pairs: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    counting = [
        (exact.to_units(weight), exact.to_units(score))
        for weight, score in pairs
        if score is not None
    ]
    return exact.from_units(exact.mean(counting)) if counting else None


def _total(score: Decimal | None, percent: Decimal | None, lines: Sequence[Line]) -> Total:
    with_value = [line.weight for line in lines if line.score.state is CellState.VALUE]
    due = [line.weight for line in lines if line.score.state in exact.DUE]
    return Total(
        score,
        percent,
        len(with_value),
        len(due),
        sum(with_value, Decimal(0)),
        sum(due, Decimal(0)),
    )
