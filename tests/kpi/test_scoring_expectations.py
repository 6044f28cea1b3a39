"""The way back from an expected year to date meets the way there."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.scoring import exact
from kpi.scoring.expectations import entry_of, quarter_of
from kpi.scoring.words import IndicatorRules, OverTime, OverUnits

FLOW, STOCK, PEAK = OverTime.FLOW, OverTime.STOCK, OverTime.PEAK
UNITS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("rule", "to_date", "before", "quarter"),
    [(FLOW, 50, [10, 15], 25), (FLOW, 5, [10], -5), (FLOW, 9, [None, 4], 5), (STOCK, 7, [3], 7),
     (PEAK, 7, [9], 7)],
)  # fmt: skip
def test_a_quarter_for_a_year_to_date(rule, to_date, before, quarter):
    assert quarter_of(rule, to_date, before) == quarter


@given(UNITS, st.lists(st.one_of(st.none(), UNITS), max_size=3))
def test_a_flow_comes_to_what_was_expected(to_date, before):
    rules = IndicatorRules(OverUnits.SUM, FLOW)
    found = entry_of(
        rules, to_date, values=before, numerators=[], denominators=[], denominator=None, scale=1
    )
    assert found.value + sum(value or 0 for value in before) == to_date


@given(
    st.integers(0, 200 * exact.ONE),
    st.lists(st.tuples(UNITS, st.integers(exact.ONE, 10**9)), max_size=3),
    st.one_of(st.none(), st.integers(exact.ONE, 10**9)),
    st.sampled_from([(FLOW, FLOW), (FLOW, STOCK), (STOCK, STOCK)]),
)
def test_a_ratio_comes_to_what_was_expected(percent, before, denominator, over_time):
    rules = IndicatorRules(
        OverUnits.RATIO, None, numerator_over_time=over_time[0], denominator_over_time=over_time[1]
    )
    scale = 100 * exact.ONE
    found = entry_of(
        rules,
        percent,
        values=[],
        numerators=[part for part, _ in before],
        denominators=[whole for _, whole in before],
        denominator=denominator,
        scale=scale,
    )
    parts = [part for part, _ in before] if over_time[0] is FLOW else []
    wholes = [whole for _, whole in before] if over_time[1] is FLOW else []
    to_date = exact.ratio(sum(parts) + found.numerator, sum(wholes) + found.denominator, scale)
    # One rounding there, one back: at most half of what a unit of the part is worth.
    worth = Decimal(scale) / (sum(wholes) + found.denominator)
    assert abs(to_date - percent) <= worth / 2 + 1
