"""What a quarter would have to be for a year to date that is expected: the way back from the rules."""

from collections.abc import Sequence
from typing import NamedTuple

from common.rounding import divide_half_up
from kpi.scoring.exact import ONE
from kpi.scoring.words import IndicatorRules, OverTime


class Expected(NamedTuple):
    """A quarter's entry in units: a value, or the two parts of a ratio."""

    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None


def quarter_of(rule: OverTime, to_date: int, before: Sequence[int | None]) -> int:
    """Return the quarter that gives a year to date, after the quarters before (None: no value).

    Of a peak it is the figure itself: an earlier higher one stays the year's.
    """
    if rule is OverTime.FLOW:
        return to_date - sum(value or 0 for value in before)
    return to_date


def entry_of(
    rules: IndicatorRules,
    to_date: int,
    *,
    values: Sequence[int | None],
    numerators: Sequence[int | None],
    denominators: Sequence[int | None],
    denominator: int | None,
    scale: int,
) -> Expected:
    """Return the entry of the quarter after those given that makes the year to date as expected.

    A ratio keeps the quarter's `denominator`; where it has none, the last one known, otherwise 1.
    All figures and the scale are units.
    """
    if rules.over_time is not None:
        return Expected(quarter_of(rules.over_time, to_date, values))
    over, under = rules.parts_over_time
    known = [each for each in denominators if each]
    own = denominator or (known[-1] if known else ONE)
    whole = own + sum(each or 0 for each in denominators) if under is OverTime.FLOW else own
    part = divide_half_up(to_date * whole, scale)
    return Expected(None, quarter_of(over, part, numerators), own)
