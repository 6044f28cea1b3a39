"""Score curves: how an achievement or a value becomes a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from common.rounding import divide_half_up
from kpi.scoring import exact
from kpi.scoring.words import Direction, Reason

FIVE_LEVELS = tuple(Decimal(level) for level in (1, 2, 3, 4, 5))
THREE_LEVELS = tuple(Decimal(level) for level in (50, 75, 100))
HUNDRED = Decimal(100)
OF_FIVE_LEVELS = Decimal(20)


class Axis(StrEnum):
    """What a curve's x stands for."""

    ACHIEVEMENT = "achievement"
    VALUE = "value"


class Below(StrEnum):
    """What a curve gives on the worse side of its first point."""

    HOLD = "hold"
    ZERO = "zero"


class Scale(StrEnum):
    """The scale of a scorecard's scores."""

    FIVE = "five"
    THREE = "three"
    OWN = "own"


class CurveRefusal(StrEnum):
    """Why a list of points is no curve."""

    NO_POINTS = "no_points"
    POINTS_OUT_OF_ORDER = "points_out_of_order"
    SCORES_FALL = "scores_fall"
    NEGATIVE_SCORE = "negative_score"
    BAND_OVER_VALUE = "band_over_value"


@dataclass(frozen=True, slots=True)
class Point:
    x: Decimal
    score: Decimal


@dataclass(frozen=True)
class Curve:
    """Points from the worst to the best, linear between them and flat outside.

    Over `value`, lower is better makes x fall from point to point.
    """

    points: tuple[Point, ...]
    axis: Axis = Axis.ACHIEVEMENT
    below: Below = Below.HOLD
    is_steps_only: bool = False

    @property
    def floor(self) -> Decimal:
        """The score on the worse side."""
        return self.points[0].score if self.below is Below.HOLD else Decimal(0)

    @property
    def top(self) -> Decimal:
        """The best score."""
        return self.points[-1].score

    @cached_property
    def in_units(self) -> tuple[tuple[int, int], ...]:
        """The points as whole numbers of 1/10,000: a run asks one curve for thousands of scores."""
        return tuple((exact.to_units(each.x), exact.to_units(each.score)) for each in self.points)

    @cached_property
    def floor_in_units(self) -> int:
        return exact.to_units(self.floor)


@dataclass(frozen=True, slots=True)
class YearShare:
    """How far into a flow's year the points over `value` are: T_ytd of T_year."""

    to_date: Decimal
    year: Decimal

    @property
    def in_units(self) -> tuple[int, int]:
        return exact.to_units(self.to_date), exact.to_units(self.year)


def five_levels(xs: Sequence[Decimal], axis: Axis = Axis.ACHIEVEMENT) -> Curve:
    """Return the preset of levels 1–5, level 1 held below its point."""
    points = tuple(Point(x, score) for x, score in zip(xs, FIVE_LEVELS, strict=True))
    return Curve(points, axis, Below.HOLD)


def three_levels(xs: Sequence[Decimal], axis: Axis = Axis.ACHIEVEMENT) -> Curve:
    """Return the preset of 50 / 75 / 100 at minimum, standard and advanced, 0 below the minimum."""
    points = tuple(Point(x, score) for x, score in zip(xs, THREE_LEVELS, strict=True))
    return Curve(points, axis, Below.ZERO)


def curve_of(
    points: Sequence[tuple[str, str]], axis: str, below: str, is_steps_only: bool
) -> Curve:
    """Return a curve of its written form: points as [x, score] in decimal figures.

    :raises ArithmeticError, TypeError, ValueError: if what is written is no curve.
    """
    return Curve(
        tuple(Point(Decimal(x), Decimal(score)) for x, score in points),
        Axis(axis),
        Below(below),
        is_steps_only,
    )


def why_not_curve(curve: Curve, direction: Direction) -> CurveRefusal | None:
    """Return why the points are no curve for an indicator of a direction, or None.

    Source: measures.md §5.
    """
    if not curve.points:
        return CurveRefusal.NO_POINTS
    if curve.axis is Axis.VALUE and direction is Direction.BAND:
        return CurveRefusal.BAND_OVER_VALUE
    if any(point.score < 0 for point in curve.points):
        return CurveRefusal.NEGATIVE_SCORE
    sign = _sign(curve.axis, direction)
    steps = list(pairwise(curve.points))
    if any(sign * before.x > sign * after.x for before, after in steps):
        return CurveRefusal.POINTS_OUT_OF_ORDER
    if any(before.score > after.score for before, after in steps):
        return CurveRefusal.SCORES_FALL
    return None


def score_at(
    curve: Curve, x: Decimal, direction: Direction, share: YearShare | None = None
) -> tuple[Decimal | None, Reason | None]:
    """Return the score at an achievement or value, or None with the reason.

    `share` moves the points of a flow's curve over `value` to the year to date.
    Source: measures.md §5.
    """
    units, reason = units_at(
        curve, exact.to_units(x), direction, None if share is None else share.in_units
    )
    return exact.maybe_decimal(units), reason


def units_at(
    curve: Curve, x: int, direction: Direction, share: tuple[int, int] | None = None
) -> tuple[int | None, Reason | None]:
    """Do what `score_at` does, in units; `share` is (T_ytd, T_year)."""
    if curve.axis is Axis.ACHIEVEMENT:
        points: Sequence[tuple[int, int]] = curve.in_units
    else:
        sign = _sign(curve.axis, direction)
        theirs, ours = (1, 1) if share is None else share
        if ours == 0:
            return None, Reason.ZERO_DIVISOR
        if ours < 0:
            theirs, ours = -theirs, -ours
        if theirs < 0:
            return None, Reason.CURVE_NOT_SCALABLE
        turned = sign * theirs
        points = [(turned * start, score) for start, score in curve.in_units]
        x = sign * ours * x
    score = score_on(points, x, floor=curve.floor_in_units, is_steps_only=curve.is_steps_only)
    return score, None


def score_on(
    points: Sequence[tuple[int, int]], x: int, *, floor: int, is_steps_only: bool = False
) -> int:
    """Return the score at x on points whose x does not fall; at a step the later point wins."""
    # From the best down: a point whose x is reached is the last of those that are.
    for index in range(len(points) - 1, -1, -1):
        start, score = points[index]
        if start <= x:
            break
    else:
        return floor
    if is_steps_only or index == len(points) - 1:
        return score
    end, following = points[index + 1]
    return divide_half_up(score * (end - start) + (following - score) * (x - start), end - start)


def percent_of_score(score: Decimal, scale: Scale, top: Decimal | None = None) -> Decimal | None:
    """Return a score in percent of its scale; `top` is the best score of a province's own curve.

    None where the own scale's top is 0.
    """
    if scale is Scale.FIVE:
        return score * OF_FIVE_LEVELS
    if scale is Scale.THREE:
        return score
    return exact.maybe_decimal(
        percent_in_units(exact.to_units(score), scale, exact.maybe_units(top))
    )


def percent_in_units(score: int, scale: Scale, top: int | None = None) -> int | None:
    """Do what `percent_of_score` does, in units."""
    if scale is Scale.FIVE:
        return score * int(OF_FIVE_LEVELS)
    if scale is Scale.THREE:
        return score
    if top is None:
        raise ValueError("an own scale needs its top score")
    return exact.ratio(score, top, exact.HUNDRED)


def _sign(axis: Axis, direction: Direction) -> int:
    return -1 if axis is Axis.VALUE and direction is Direction.LOWER else 1
