"""Expressions of the rules at their edges: what has no divisor, no value or no point to stand on."""

from decimal import Decimal as D

import pytest

from kpi.scoring.curves import Axis, Below, Curve, Point, Scale, YearShare, five_levels
from kpi.scoring.explaining import (
    Brought,
    achievement,
    change,
    combined,
    in_percent,
    on_curve,
    quotient,
    to_date,
)
from kpi.scoring.targets import Target
from kpi.scoring.words import Direction, OverTime, OverUnits

LEVELS = [D(60), D(70), D(80), D(90), D(100)]
OF_VALUE = five_levels(LEVELS, Axis.VALUE)
IN_STEPS = Curve((Point(D(50), D(1)), Point(D(90), D(3))), below=Below.ZERO, is_steps_only=True)
NOBODY = [Brought()]
TWO = [Brought(value=D(3)), Brought(), Brought(value=D(5))]


def said(worked):
    return None if worked is None else (worked.text, worked.value)


@pytest.mark.parametrize(
    ("worked", "expected"),
    [
        # A quotient: without a divisor there is none, a scale of 1 is not written down.
        (quotient(combined(OverUnits.SUM, TWO, D(1)), to_date(OverTime.STOCK, [D(0)]), D(1)), None),
        (
            combined(OverUnits.RATIO, [Brought(numerator=D(3), denominator=D(4))], D(1)),
            ("3 ÷ 4", D("0.75")),
        ),
        (
            combined(OverUnits.RATIO, [Brought(numerator=D(3), denominator=D(4))], D(100)),
            ("100 × 3 ÷ 4", 75),
        ),
        (combined(OverUnits.RATIO, [Brought(numerator=D(3), denominator=D(0))], D(100)), None),
        # Children that bring nothing make nothing of their parent.
        (combined(OverUnits.RATIO, [Brought(value=D(3))], D(1)), None),
        *((combined(rule, NOBODY, D(1)), None) for rule in OverUnits),
        (combined(OverUnits.SUM, TWO, D(1)), ("3 + 5", 8)),
        (combined(OverUnits.MIN, TWO, D(1)), ("min ( 3 , 5 )", 3)),
        (combined(OverUnits.MAX, TWO, D(1)), ("max ( 3 , 5 )", 5)),
        # A mean: named children by weight and value, unnamed ones by both sums, none skipped over.
        (
            combined(
                OverUnits.MEAN,
                [
                    Brought(value=D(2), weight=D(3)),
                    Brought(numerator=D(10)),
                    Brought(numerator=D(14), denominator=D(2)),
                ],
                D(1),
            ),
            ("( 3 × 2 + 14 ) ÷ ( 3 + 2 )", 4),
        ),
        (to_date(OverTime.FLOW, []), None),
        (to_date(OverTime.STOCK, [D(1), D(7)]), ("7", 7)),
        (to_date(OverTime.FLOW, [D(1), D(7)]), ("1 + 7", 8)),
        (change(D(5), D(0)), None),
        (change(D(5), D(-4)), ("( 5 − ( -4 ) ) ÷ 4 × 100", 225)),
        # An achievement needs a whole target.
        (achievement(Direction.HIGHER, D(5), Target()), None),
        (achievement(Direction.BAND, D(5), Target(low=D(1))), None),
        (achievement(Direction.BAND, D(5), Target(high=D(9))), None),
        (achievement(Direction.BAND, D(5), Target(low=D(5), high=D(9))), ("100", 100)),
        (achievement(Direction.HIGHER, D(-1), Target(D(0))), ("0", 0)),
        (achievement(Direction.LOWER, D(0), Target(D(0))), ("100", 100)),
        (achievement(Direction.HIGHER, D(-1), Target(D(2))), ("max ( 0 , ( -1 ) ÷ 2 × 100 )", 0)),
        # On a curve: the floor before the first point, steps not joined, no share of no year.
        (on_curve(OF_VALUE, D(80), Direction.HIGHER, YearShare(D(10), D(0))), None),
        (on_curve(IN_STEPS, D(49), Direction.HIGHER), ("0", 0)),
        (on_curve(IN_STEPS, D(70), Direction.HIGHER), ("1", 1)),
        (on_curve(OF_VALUE, D(50), Direction.HIGHER, YearShare(D(1), D(2))), ("5", 5)),
        (
            on_curve(OF_VALUE, D(75), Direction.HIGHER),
            ("2 + ( 75 − 70 ) ÷ ( 80 − 70 ) × 1", D("2.5")),
        ),
        (
            achievement(Direction.BAND, D(4), Target(low=D(5), high=D(9))),
            ("100 − 100 × ( 5 − 4 ) ÷ ( 9 − 5 )", 75),
        ),
        (
            achievement(Direction.BAND, D(11), Target(low=D(5), high=D(9))),
            ("100 − 100 × ( 11 − 9 ) ÷ ( 9 − 5 )", 50),
        ),
        # In percent of each scale; a scale of one's own needs its top.
        (in_percent(D(3), Scale.FIVE), ("3 × 20", 60)),
        (in_percent(D(75), Scale.THREE), ("75", 75)),
        (in_percent(D(6), Scale.OWN, D(8)), ("6 ÷ 8 × 100", 75)),
        (in_percent(D(6), Scale.OWN), None),
        (in_percent(D(6), Scale.OWN, D(0)), None),
    ],
)
def test_an_expression_at_its_edge(worked, expected):
    assert said(worked) == expected
