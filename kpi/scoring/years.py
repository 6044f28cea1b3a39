"""A year's targets from its quarters, a round's, and the parts that children carry of a parent's."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from kpi.scoring.targets import NO_TARGET, Target
from kpi.scoring.words import IndicatorRules


def year_of(rules: IndicatorRules, quarters: Sequence[Target]) -> Target:
    """Return the year's target: the sum of a flow's quarters, otherwise the last quarter's level.

    Source: measures.md §4.
    """
    if not rules.has_increments:
        return quarters[-1]
    values = [target.value for target in quarters if target.value is not None]
    return Target(sum(values, Decimal(0))) if values else NO_TARGET


def target_of_round(
    rules: IndicatorRules, quarters: Sequence[Target], appraisal_round: int
) -> Target:
    """Return the target of round 1 (quarters 1, 2) or 2 (quarters 3, 4).

    A flow's is its own two quarters'; otherwise the value at the round's end. Source: measures.md §2.
    """
    last = appraisal_round * 2
    return year_of(rules, quarters[last - 2 : last])


def split(total: Decimal, weights: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Return parts of a total in proportion to weights, in whole units of `decimals` places.

    They add up to the total to the last digit: what rounding down leaves goes, unit by unit, to the
    largest remainders, the first of equal ones. A total finer than a unit leaves its rest with the
    first part. Weights are not negative.

    :raises ValueError: if there is nothing to split by.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative and not all be zero")
    unit = Decimal(1).scaleb(-decimals)
    shares = [total * weight / whole for weight in weights]
    parts = [share.quantize(unit, rounding=ROUND_FLOOR) for share in shares]
    left = total - sum(parts, Decimal(0))
    by_remainder = sorted(
        (place for place in range(len(parts)) if weights[place] > 0),
        key=lambda place: (parts[place] - shares[place], place),
    )
    for place in by_remainder[: int(left / unit)]:
        parts[place] += unit
    rest = total - sum(parts, Decimal(0))
    if rest:
        parts[by_remainder[0]] += rest
    return parts
