"""The rules of measures.md as expressions with their numbers, for who asks where a figure is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.workings import Worked, number
from kpi.scoring.curves import OF_FIVE_LEVELS, Axis, Curve, Scale, YearShare
from kpi.scoring.targets import Target
from kpi.scoring.words import Direction, OverTime, OverUnits

HUNDRED = number(100)
NOUGHT = number(0)


@dataclass(frozen=True, slots=True)
class Brought:
    """What one child brings to the figure above it.

    Of several under a mean whose people are not named, `numerator` is Σ(weight × value) and
    `denominator` Σ weight.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    weight: Decimal = Decimal(1)


def quotient(numerator: Worked, denominator: Worked, scale: Decimal) -> Worked | None:
    """Return scale × numerator ÷ denominator, None over 0."""
    if denominator.value == 0:
        return None
    if scale == 1:
        return numerator.over(denominator)
    return Worked.product_of(number(scale), numerator).over(denominator)


def combined(rule: OverUnits, brought: Sequence[Brought], scale: Decimal) -> Worked | None:
    """Return how the children with a value make their parent; None where none has one."""
    if rule is OverUnits.RATIO:
        parts = [each for each in brought if each.denominator is not None]
        if not parts:
            return None
        return quotient(
            Worked.sum_of([number(each.numerator or 0) for each in parts]),
            Worked.sum_of([number(each.denominator or 0) for each in parts]),
            scale,
        )
    if rule is OverUnits.MEAN:
        return _mean(brought)
    numbers = [number(each.value) for each in brought if each.value is not None]
    if not numbers:
        return None
    if rule is OverUnits.MIN:
        return Worked.smallest_of(numbers)
    return Worked.largest_of(numbers) if rule is OverUnits.MAX else Worked.sum_of(numbers)


def _mean(brought: Sequence[Brought]) -> Worked | None:
    above, below = [], []
    for each in brought:
        if each.value is not None:
            above.append(Worked.product_of(number(each.weight), number(each.value)))
            below.append(number(each.weight))
        elif each.numerator is not None and each.denominator is not None:
            above.append(number(each.numerator))
            below.append(number(each.denominator))
    return Worked.sum_of(above).over(Worked.sum_of(below)) if below else None


def to_date(rule: OverTime, values: Sequence[Decimal]) -> Worked | None:
    """Return how the quarters with a value, in order, make the year to date."""
    if not values:
        return None
    if rule is OverTime.STOCK:
        return number(values[-1])
    numbers = [number(value) for value in values]
    return Worked.sum_of(numbers) if rule is OverTime.FLOW else Worked.largest_of(numbers)


def change(level: Decimal, base: Decimal) -> Worked | None:
    """Return (level − base) ÷ |base| × 100, None where the base is 0."""
    if not base:
        return None
    moved = number(level).less(number(base))
    return Worked.product_of(moved.over(number(abs(base))), HUNDRED)


def achievement(
    direction: Direction, actual: Decimal, target: Target, baseline: Decimal | None = None
) -> Worked | None:
    """Return how much of the target was reached, floored at 0; None without a divisor or a target."""
    if direction is Direction.BAND:
        return _of_band(actual, target)
    planned = target.value
    if planned is None:
        return None
    if direction is Direction.LOWER and baseline is not None and baseline > planned:
        reached = number(baseline).less(number(actual))
        return _floored(
            Worked.product_of(reached.over(number(baseline).less(number(planned))), HUNDRED)
        )
    if not planned:
        better = actual >= 0 if direction is Direction.HIGHER else actual <= 0
        return HUNDRED if better else NOUGHT
    if direction is Direction.HIGHER and planned > 0:
        return _floored(Worked.product_of(number(actual).over(number(planned)), HUNDRED))
    better_by = (
        number(actual).less(number(planned))
        if direction is Direction.HIGHER
        else number(planned).less(number(actual))
    )
    share = Worked.sum_of([number(1), better_by.over(number(abs(planned)))])
    return _floored(Worked.product_of(share, HUNDRED))


def _of_band(actual: Decimal, target: Target) -> Worked | None:
    low, high = target.low, target.high
    if low is None or high is None:
        return None
    if low <= actual <= high:
        return HUNDRED
    gap = number(low).less(number(actual)) if actual < low else number(actual).less(number(high))
    distance = gap.over(number(high).less(number(low)))
    return _floored(HUNDRED.less(Worked.product_of(HUNDRED, distance)))


def _floored(worked: Worked) -> Worked:
    return Worked.largest_of([NOUGHT, worked]) if worked.value < 0 else worked


def on_curve(
    curve: Curve, x: Decimal, direction: Direction, share: YearShare | None = None
) -> Worked | None:
    """Return the score at x: a point's own, or the way between the points around it."""
    if share is not None and curve.axis is Axis.VALUE and not share.year:
        return None

    def place(of: Decimal) -> Worked:
        if share is None or curve.axis is not Axis.VALUE:
            return number(of)
        return Worked.product_of(number(of), number(share.to_date)).over(number(share.year))

    falls = curve.axis is Axis.VALUE and direction is Direction.LOWER
    asked = number(x)
    reached = [
        index
        for index, point in enumerate(curve.points)
        if (place(point.x).value >= asked.value if falls else place(point.x).value <= asked.value)
    ]
    if not reached:
        return number(curve.floor)
    at = reached[-1]
    here = curve.points[at]
    if curve.is_steps_only or at == len(curve.points) - 1:
        return number(here.score)
    beyond = curve.points[at + 1]
    gone = asked.less(place(here.x))
    whole = place(beyond.x).less(place(here.x))
    climb = number(beyond.score - here.score)
    return Worked.sum_of([number(here.score), Worked.product_of(gone.over(whole), climb)])


def in_percent(score: Decimal, scale: Scale, top: Decimal | None = None) -> Worked | None:
    """Return a score in percent of its scale."""
    if scale is Scale.FIVE:
        return Worked.product_of(number(score), number(OF_FIVE_LEVELS))
    if scale is Scale.THREE:
        return number(score)
    return Worked.product_of(number(score).over(number(top)), HUNDRED) if top else None
