"""Entries far from what was reported before or from the target: they ask for a note."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from kpi.scoring import exact

LOOKED_AT = 8
NEEDED = 4
DEVIATIONS = 3
TIMES_TARGET = 10


class Outlier(StrEnum):
    """What an entry is far from."""

    FAR_FROM_LAST = "far_from_last"
    FAR_ABOVE_TARGET = "far_above_target"
    FAR_BELOW_TARGET = "far_below_target"


def outlier(
    value: Decimal, earlier: Sequence[Decimal], target: Decimal | None = None
) -> Outlier | None:
    """Return what makes an entry an outlier, or None.

    `earlier` are the values before it, the newest last; `target` is the quarter's, for `change` the
    target level. Sizes are compared without sign. Source: measures.md §7.
    """
    units = exact.to_units(value)
    last = [exact.to_units(number) for number in earlier[-LOOKED_AT:]]
    if units == 0 and (not last or last[-1] == 0):
        return None
    if len(last) >= NEEDED:
        # Medians are doubled, so that one between two numbers stays whole.
        middle = _twice_median(last)
        deviation = _twice_median([abs(2 * number - middle) for number in last])
        if deviation and 2 * abs(2 * units - middle) > DEVIATIONS * deviation:
            return Outlier.FAR_FROM_LAST
    if not target:
        return None
    size, planned = abs(units), abs(exact.to_units(target))
    if size > TIMES_TARGET * planned:
        return Outlier.FAR_ABOVE_TARGET
    return Outlier.FAR_BELOW_TARGET if TIMES_TARGET * size < planned else None


def _twice_median(numbers: Sequence[int]) -> int:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] + ordered[~middle]
