"""The portal's one rounding rule: half-up, away from zero, also below zero."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Return `value` with `places` decimals; −0 becomes 0.

    Source: measures.md §1.
    """
    rounded = value.quantize(_last_place(places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


@cache
def _last_place(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return the whole number nearest to a quotient of integers, a half going away from zero.

    Exact whatever the size: no step in between is rounded.

    :raises ZeroDivisionError: if the denominator is 0.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)
