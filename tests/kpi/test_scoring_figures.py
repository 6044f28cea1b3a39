"""Quarters to year to date, children to parent: every sentence of measures.md §3."""

import random
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.rounding import divide_half_up, round_half_up
from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.figures import (
    Carried,
    Child,
    Entry,
    Figure,
    carried,
    entry_of_ratio,
    parent_figure,
    quarter_figure,
    quarter_from_year_to_date,
    state_of_entry,
    why_not_as_year_to_date,
    why_not_parts,
    year_to_date,
)
from kpi.scoring.words import IndicatorRules, LinkKind, OverTime, OverUnits, Reason
from tests.kpi import oracle

FLOW, STOCK, PEAK = OverTime
SUM, RATIO, MEAN, MIN, MAX, OWN = OverUnits
VALUE, NOT_DUE, NA, NOT_REPORTED, LATE = CellState
HUNDRED = D(100)


def v(number):
    return Entry(VALUE, D(str(number)))


def entries(*cells):
    return [v(cell) if isinstance(cell, (int, float)) else Entry(cell) for cell in cells]


def ratio_entries(*cells, scale=HUNDRED):
    return [
        entry_of_ratio(D(cell[0]), D(cell[1]), scale) if isinstance(cell, tuple) else Entry(cell)
        for cell in cells
    ]


def child(figure, weight=1, key=1, kind=LinkKind.SHARE):
    return Child(key, figure, D(weight), kind)


def quarters(*cells):
    """Children that each report one quarter."""
    return [child(quarter_figure(entry), key=n) for n, entry in enumerate(entries(*cells))]


# ── Rounding and states ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"),
    [(1, 2, 1), (-1, 2, -1), (1, -2, -1), (-1, -2, 1), (1, 3, 0), (-1, 3, 0), (5, 3, 2), (0, 7, 0)],
)
def test_a_half_goes_away_from_zero_also_below_zero(numerator, denominator, whole):
    assert divide_half_up(numerator, denominator) == whole


@given(st.integers(), st.integers().filter(bool))
def test_division_is_within_half_a_unit_and_rounds_like_the_oracle(numerator, denominator):
    answer = divide_half_up(numerator, denominator)
    exact_quotient = Fraction(numerator, denominator)
    assert abs(answer - exact_quotient) <= Fraction(1, 2)
    assert Fraction(answer, 10_000) == oracle.round4(exact_quotient / 10_000)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=4))
def test_units_and_decimals_lead_back_to_each_other(number):
    assert exact.from_units(exact.to_units(number)) == number


def test_a_minus_nothing_is_shown_as_zero():
    assert str(round_half_up(D("-0.004"), 2)) == "0.00"
    assert str(exact.from_units(exact.to_units(D("-0.00004")))) == "0.0000"
    assert exact.to_units(D("-0.00005")) == -1


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ({"has_value": True}, VALUE),
        ({"has_value": True, "is_asked": False}, VALUE),
        ({"not_applicable": True}, NA),
        ({"is_asked": False}, NOT_DUE),
        ({"period_is_over": False}, NOT_DUE),
        ({}, NOT_REPORTED),
        ({"deadline_passed": True}, LATE),
        ({"deadline_passed": True, "is_asked": False}, NOT_DUE),
    ],
)
def test_a_cell_is_in_exactly_one_state(flags, state):
    usual = {
        "has_value": False,
        "not_applicable": False,
        "is_asked": True,
        "period_is_over": True,
        "deadline_passed": False,
    }
    assert state_of_entry(**{**usual, **flags}) is state


# ── Over time ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "cells", "quarter", "state", "value", "partial"),
    [
        (FLOW, (10, 5, 0, 7), 4, VALUE, 22, False),
        (FLOW, (10, 5, 0, 7), 3, VALUE, 15, False),
        (STOCK, (10, 5, 0, 7), 3, VALUE, 0, False),
        (STOCK, (10, 5, 0, 7), 4, VALUE, 7, False),
        (PEAK, (10, 5, 0, 7), 4, VALUE, 10, False),
        (PEAK, (-10, -5, LATE, LATE), 4, VALUE, -5, True),
        # For a stock the year to date carries the quarter's own state.
        (STOCK, (10, NOT_REPORTED), 2, NOT_REPORTED, None, False),
        (STOCK, (10, LATE), 2, LATE, None, False),
        (STOCK, (10, NOT_DUE), 2, NOT_DUE, None, False),
        (STOCK, (10, NA), 2, NA, None, False),
        # Flow and peak have a value as soon as one quarter has; partial while a due one is missing.
        (FLOW, (10, LATE), 2, VALUE, 10, True),
        (FLOW, (LATE, 10), 2, VALUE, 10, True),
        (FLOW, (NOT_REPORTED, 10), 2, VALUE, 10, True),
        (FLOW, (10, NOT_DUE), 2, VALUE, 10, False),
        (FLOW, (NOT_DUE, 10), 2, VALUE, 10, False),
        (FLOW, (10, NA), 2, VALUE, 10, False),
        (FLOW, (NA, 10), 2, VALUE, 10, False),
        (PEAK, (10, NOT_DUE), 2, VALUE, 10, False),
        (PEAK, (10, NOT_REPORTED), 2, VALUE, 10, True),
        # Where no quarter has a value, the year to date has the quarter's own state.
        (FLOW, (LATE, NOT_REPORTED), 2, NOT_REPORTED, None, False),
        (FLOW, (LATE, NOT_DUE), 2, NOT_DUE, None, False),
        (PEAK, (NOT_DUE, LATE), 2, LATE, None, False),
        (PEAK, (LATE, NA), 2, NA, None, False),
        # Zero is a value.
        (FLOW, (0, LATE), 2, VALUE, 0, True),
        (PEAK, (0, 0), 2, VALUE, 0, False),
    ],
)
def test_quarters_become_the_year_to_date(rule, cells, quarter, state, value, partial):
    figure = year_to_date(IndicatorRules(OWN, rule), entries(*cells), quarter)
    assert figure.state is state
    assert figure.value == (None if value is None else D(value))
    assert figure.partial is partial


def test_coverage_of_a_year_to_date_is_that_of_its_last_quarter():
    flow = IndicatorRules(OWN, FLOW)
    assert year_to_date(flow, entries(LATE, 10), 2).coverage == HUNDRED
    late = year_to_date(flow, entries(10, LATE), 2)
    assert (late.covered, late.due, late.is_total) == (0, 1, False)
    assert year_to_date(flow, entries(10, NOT_DUE), 2).coverage is None
    assert year_to_date(flow, entries(10, 10), 2).is_total


def test_a_year_to_date_tells_the_quarters_that_made_it():
    figure = year_to_date(IndicatorRules(OWN, FLOW), entries(10, LATE, 5), 3)
    assert [(c.key, c.state, c.counted, c.value) for c in figure.contributions] == [
        (1, VALUE, True, D(10)),
        (2, LATE, False, None),
        (3, VALUE, True, D(5)),
    ]


def test_a_ratio_divides_after_each_part_went_its_own_way():
    """Worked: served 10 and 10 (flow) over a population of 100 and 100 (stock)."""
    rules = IndicatorRules(RATIO, None, FLOW, STOCK)
    figure = year_to_date(rules, ratio_entries((10, 100), (10, 100)), 2, scale=HUNDRED)
    assert (figure.value, figure.numerator, figure.denominator) == (D(20), D(20), D(100))


@pytest.mark.parametrize(
    ("parts", "cells", "state", "value", "partial", "reason"),
    [
        ((FLOW, FLOW), ((10, 20), (10, 80)), VALUE, D(20), False, None),
        ((STOCK, STOCK), ((10, 20), (10, 80)), VALUE, D("12.5"), False, None),
        ((STOCK, FLOW), ((10, 20), (10, 80)), VALUE, D(10), False, None),
        ((FLOW, FLOW), ((10, 20), LATE), VALUE, D(50), True, None),
        ((FLOW, FLOW), (LATE, (10, 20)), VALUE, D(50), True, None),
        ((FLOW, STOCK), (LATE, (10, 20)), VALUE, D(50), True, None),
        # A ratio's year to date has a value when both its parts have one.
        ((FLOW, STOCK), ((10, 20), LATE), LATE, None, False, None),
        ((STOCK, FLOW), ((10, 20), NOT_REPORTED), NOT_REPORTED, None, False, None),
        # 0/0 makes the quarter n/a; the year to date only when its own denominator is 0.
        ((FLOW, FLOW), ((10, 20), (0, 0)), VALUE, D(50), False, None),
        ((FLOW, FLOW), ((0, 0), (0, 0)), NA, None, False, Reason.NO_CASE),
        ((STOCK, STOCK), ((10, 20), (0, 0)), NA, None, False, Reason.NO_CASE),
        ((FLOW, STOCK), ((10, 20), (0, 0)), NA, None, False, Reason.NO_CASE),
        ((FLOW, FLOW), ((0, 20), (0, 80)), VALUE, D(0), False, None),
        ((FLOW, FLOW), ((3, 20), (-3, -20)), NA, None, False, Reason.NO_CASE),
        ((FLOW, FLOW), ((4, 20), (-3, -20)), NA, None, False, Reason.ZERO_DIVISOR),
    ],
)
def test_year_to_date_of_ratios(parts, cells, state, value, partial, reason):
    rules = IndicatorRules(RATIO, None, *parts)
    figure = year_to_date(rules, ratio_entries(*cells), 2, scale=HUNDRED)
    assert (figure.state, figure.value, figure.partial) == (state, value, partial)
    assert figure.reason is reason


def test_a_ratio_without_rules_for_its_parts_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="each part"):
        year_to_date(IndicatorRules(RATIO, None, FLOW), ratio_entries((1, 2)), 1)


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"),
    [
        (D(1), D(2), None),
        (D(0), D(0), None),
        (D(0), D(2), None),
        (D(1), D(0), Reason.ZERO_DIVISOR),
        (D(-1), D(0), Reason.ZERO_DIVISOR),
        (D(1), None, Reason.DENOMINATOR_MISSING),
        (None, D(1), Reason.NO_VALUE),
    ],
)
def test_parts_that_cannot_be_entered_together(numerator, denominator, reason):
    assert why_not_parts(numerator, denominator) is reason


def test_no_case_in_the_period_is_not_applicable_with_its_reason():
    entry = entry_of_ratio(D(0), D(0), HUNDRED)
    assert (entry.state, entry.value, entry.reason) == (NA, None, Reason.NO_CASE)
    figure = quarter_figure(entry)
    assert (figure.state, figure.covered, figure.due) == (NA, 0, 0)
    assert figure.reason is Reason.NO_CASE


def test_a_positive_numerator_over_zero_never_becomes_an_entry():
    with pytest.raises(ValueError, match="over 0"):
        entry_of_ratio(D(1), D(0), HUNDRED)


def test_a_stock_without_a_value_may_be_shown_as_of_an_earlier_quarter():
    assert carried(entries(10, LATE, NOT_DUE), 3) == Carried(D(10), 1)
    assert carried(entries(10, 12, NOT_DUE), 3) == Carried(D(12), 2)
    assert carried(entries(10, 12), 2) is None
    assert carried(entries(LATE, LATE), 2) is None


def test_a_carried_value_enters_no_parent_and_no_coverage():
    stock = IndicatorRules(SUM, STOCK)
    children = [
        child(year_to_date(stock, entries(10, LATE), 2)),
        child(year_to_date(stock, entries(4, 5), 2)),
    ]
    parent = parent_figure(stock, children)
    assert (parent.value, parent.covered, parent.due, parent.partial) == (D(5), 1, 2, True)


@pytest.mark.parametrize(
    ("rule", "cells", "reason"),
    [
        (FLOW, (10, 5), None),
        (FLOW, (NA, NOT_DUE), None),
        (FLOW, (10, LATE), Reason.EARLIER_QUARTER_MISSING),
        (FLOW, (NOT_REPORTED, 10), Reason.EARLIER_QUARTER_MISSING),
        (STOCK, (10, 5), Reason.NO_VALUE),
        (PEAK, (10, 5), Reason.NO_VALUE),
    ],
)
def test_a_flow_may_be_entered_as_year_to_date_when_nothing_earlier_is_missing(rule, cells, reason):
    rules = IndicatorRules(SUM, rule)
    assert why_not_as_year_to_date(rules, entries(*cells, NOT_REPORTED), 3) is reason


def test_the_quarter_is_derived_from_a_year_to_date():
    assert quarter_from_year_to_date(D("22.5"), entries(10, NA, 5, LATE), 4) == D("7.5")
    assert quarter_from_year_to_date(D(3), entries(NOT_REPORTED), 1) == D(3)


# ── Over units ───────────────────────────────────────────────────────────────


def test_a_ratio_is_never_a_mean_of_ratios():
    """Worked: 30/100 and 1/2, scale 100 → 31/102 × 100 = 30.3922."""
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    children = [child(quarter_figure(entry)) for entry in ratio_entries((30, 100), (1, 2))]
    parent = parent_figure(rules, children, scale=HUNDRED)
    assert (parent.value, parent.numerator, parent.denominator) == (D("30.3922"), D(31), D(102))


def test_a_mean_leaves_out_what_is_not_reported_and_says_so_by_weight():
    """Worked: 10, not reported, 0 with weights 2, 1, 1 → 6.6667, coverage 2/3, by weight 3/4."""
    cells = zip(entries(10, NOT_REPORTED, 0), (2, 1, 1), strict=True)
    children = [child(quarter_figure(entry), weight) for entry, weight in cells]
    parent = parent_figure(IndicatorRules(MEAN, FLOW), children)
    assert parent.value == D("6.6667")
    assert (parent.covered, parent.due) == (2, 3)
    assert (parent.covered_weight, parent.due_weight) == (D(3), D(4))
    assert parent.partial
    assert not parent.is_total


@pytest.mark.parametrize(("rule", "value"), [(SUM, D(6)), (MEAN, D(2)), (MIN, D(-1)), (MAX, D(7))])
def test_each_rule_over_units(rule, value):
    parent = parent_figure(IndicatorRules(rule, FLOW), quarters(0, -1, 7))
    assert parent.value == value
    assert parent.is_total


def test_own_reports_its_own_figure_and_the_children_only_explain_it():
    own = quarter_figure(v(9))
    parent = parent_figure(IndicatorRules(OWN, FLOW), quarters(1, LATE), own=own)
    assert parent == own
    assert (parent.covered, parent.due) == (1, 1)
    assert {c.reason for c in parent.contributions} == {Reason.EXPLAINS_ONLY}
    assert not any(c.counted for c in parent.contributions)


def test_a_kpi_without_share_children_reports_its_own_figure():
    rules = IndicatorRules(SUM, FLOW)
    supporting = [child(quarter_figure(v(5)), kind=LinkKind.SUPPORT)]
    own = quarter_figure(v(3))
    parent = parent_figure(rules, supporting, own=own)
    assert parent.value == D(3)
    assert parent.contributions[0].reason is Reason.SUPPORTS_ONLY
    assert parent_figure(rules, [], own=own) == own
    with pytest.raises(ValueError, match="its own figure"):
        parent_figure(rules, supporting)


def test_same_and_support_children_never_enter_the_arithmetic():
    children = [
        child(quarter_figure(v(5))),
        child(quarter_figure(v(100)), key=2, kind=LinkKind.SAME),
        child(quarter_figure(v(100)), key=3, kind=LinkKind.SUPPORT),
    ]
    parent = parent_figure(IndicatorRules(SUM, FLOW), children)
    assert (parent.value, parent.covered, parent.due) == (D(5), 1, 1)
    assert [c.reason for c in parent.contributions] == [
        None,
        Reason.SHOWS_PARENT,
        Reason.SUPPORTS_ONLY,
    ]


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ((LATE, NOT_REPORTED, NOT_DUE, NA, 0), VALUE),
        ((LATE, NOT_REPORTED, NOT_DUE, NA), LATE),
        ((NOT_REPORTED, NOT_DUE, NA), NOT_REPORTED),
        ((NOT_DUE, NA), NOT_DUE),
        ((NA, NA), NA),
    ],
)
@pytest.mark.parametrize("rule", [SUM, MEAN, MIN, MAX])
def test_a_parents_state_follows_the_order_of_precedence(cells, state, rule):
    for order in (cells, cells[::-1]):
        parent = parent_figure(IndicatorRules(rule, STOCK), quarters(*order))
        assert parent.state is state


def test_coverage_counts_leaf_entries_through_all_levels_and_leaves_out_na():
    rules = IndicatorRules(SUM, FLOW)
    below = parent_figure(rules, quarters(1, LATE, NA, NOT_DUE, NOT_REPORTED))
    top = parent_figure(rules, [child(below), *quarters(4)])
    assert (below.covered, below.due) == (1, 3)
    assert (top.covered, top.due, top.partial) == (2, 4, True)
    assert top.coverage == D(50)


def test_a_partial_child_makes_its_parent_partial_and_a_not_due_one_does_not():
    rules = IndicatorRules(SUM, FLOW)
    partial = child(year_to_date(rules, entries(LATE, 4), 2))
    whole = child(year_to_date(rules, entries(1, 4), 2))
    waiting = child(year_to_date(rules, entries(NOT_DUE, NOT_DUE), 2))
    assert parent_figure(rules, [partial, whole]).partial
    assert not parent_figure(rules, [whole, waiting]).partial


def test_a_year_to_date_parent_combines_the_childrens_years_to_date():
    """Never the parent's quarters, whose largest would come to 18."""
    rules = IndicatorRules(MAX, FLOW)
    first, second = entries(10, 0), entries(0, 8)
    parent = parent_figure(rules, [child(year_to_date(rules, c, 2)) for c in (first, second)])
    assert parent.value == D(10)


def test_a_sum_of_denominators_that_comes_to_nothing_is_not_applicable():
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    children = [child(quarter_figure(e)) for e in ratio_entries((4, 20), (3, -20))]
    parent = parent_figure(rules, children)
    assert (parent.state, parent.value, parent.reason) == (NA, None, Reason.ZERO_DIVISOR)
    assert (parent.covered, parent.due) == (2, 2)


def test_children_without_a_case_leave_a_ratio():
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    children = [child(quarter_figure(e)) for e in ratio_entries((0, 0), (1, 4))]
    parent = parent_figure(rules, children, scale=HUNDRED)
    assert (parent.value, parent.covered, parent.due) == (D(25), 1, 1)


def test_a_parent_without_children_cannot_be_combined():
    with pytest.raises(ValueError, match="needs a child"):
        exact.combine(SUM, [])
    with pytest.raises(ValueError, match="does not combine"):
        exact.combine(OWN, [exact.leaf(VALUE, 1)])


def test_nothing_due_has_no_coverage():
    assert Figure(NA).coverage is None


# ── Properties ───────────────────────────────────────────────────────────────

numbers = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4)
counts = st.decimals(min_value=0, max_value=1_000_000, places=4)
weights = st.decimals(min_value=D("0.0001"), max_value=100, places=4)
states = st.sampled_from([LATE, NOT_REPORTED, NOT_DUE, NA])
plain = st.one_of(numbers.map(lambda n: Entry(VALUE, n)), states.map(Entry))
divided = st.one_of(
    st.tuples(counts, counts)
    .map(lambda parts: (parts[0] if parts[1] else D(0), parts[1]))
    .map(lambda parts: entry_of_ratio(*parts, HUNDRED)),
    states.map(Entry),
)
groups = st.lists(st.tuples(plain, weights), min_size=1, max_size=8)


def combined(rule, cells, scale=D(1)):
    rules = IndicatorRules(rule, None, FLOW, FLOW) if rule is RATIO else IndicatorRules(rule, FLOW)
    return parent_figure(
        rules, [child(quarter_figure(entry), weight) for entry, weight in cells], scale=scale
    )


@given(st.sampled_from([SUM, MEAN, MIN, MAX]), groups, st.randoms())
def test_the_order_of_children_changes_nothing(rule, cells, dice):
    shuffled = list(cells)
    dice.shuffle(shuffled)
    assert combined(rule, shuffled) == combined(rule, cells)


@given(st.lists(st.tuples(divided, weights), min_size=1, max_size=8), st.randoms())
def test_the_order_of_children_changes_nothing_for_a_ratio(cells, dice):
    shuffled = list(cells)
    dice.shuffle(shuffled)
    assert combined(RATIO, shuffled, HUNDRED) == combined(RATIO, cells, HUNDRED)


@given(st.sampled_from([SUM, MIN, MAX]), groups.filter(lambda cells: len(cells) > 1), st.data())
def test_splitting_a_group_changes_nothing(rule, cells, data):
    cut = data.draw(st.integers(1, len(cells) - 1))
    halves = [child(combined(rule, half)) for half in (cells[:cut], cells[cut:])]
    assert parent_figure(IndicatorRules(rule, FLOW), halves) == combined(rule, cells)


@given(st.lists(st.tuples(divided, weights), min_size=2, max_size=8), st.data())
def test_splitting_a_group_changes_nothing_for_a_ratio(cells, data):
    cut = data.draw(st.integers(1, len(cells) - 1))
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    halves = [child(combined(RATIO, half, HUNDRED)) for half in (cells[:cut], cells[cut:])]
    assert parent_figure(rules, halves, scale=HUNDRED) == combined(RATIO, cells, HUNDRED)


@given(st.lists(st.tuples(numbers, weights), min_size=2, max_size=8), st.data())
def test_splitting_a_mean_with_summed_weights_stays_within_a_unit(cells, data):
    cut = data.draw(st.integers(1, len(cells) - 1))
    cells = [(Entry(VALUE, number), weight) for number, weight in cells]
    halves = [
        child(combined(MEAN, half), sum(weight for _, weight in half))
        for half in (cells[:cut], cells[cut:])
    ]
    whole = combined(MEAN, cells)
    split = parent_figure(IndicatorRules(MEAN, FLOW), halves)
    assert abs(split.value - whole.value) <= D("0.0001")


@given(groups, st.integers(-1000, 1000))
def test_scaling_all_inputs_scales_a_sum(cells, factor):
    scaled = [
        (Entry(VALUE, entry.value * factor) if entry.state is VALUE else entry, weight)
        for entry, weight in cells
    ]
    before, after = combined(SUM, cells), combined(SUM, scaled)
    assert after.value == (None if before.value is None else before.value * factor)


@given(st.lists(numbers, min_size=1, max_size=8), weights)
def test_a_mean_lies_between_the_smallest_and_the_largest(values, weight):
    cells = [(Entry(VALUE, number), weight) for number in values]
    assert min(values) <= combined(MEAN, cells).value <= max(values)


@given(groups)
def test_a_state_without_a_value_never_becomes_a_number(cells):
    for rule in (SUM, MEAN, MIN, MAX):
        figure = combined(rule, cells)
        assert (figure.value is None) == all(entry.state is not VALUE for entry, _ in cells)
        assert (figure.state is VALUE) == (figure.value is not None)
        assert figure.covered <= figure.due


@given(st.lists(plain, min_size=4, max_size=4), st.integers(1, 4))
def test_a_flow_entered_as_year_to_date_gives_back_its_quarter(cells, quarter):
    rules = IndicatorRules(OWN, FLOW)
    if why_not_as_year_to_date(rules, cells, quarter) or cells[quarter - 1].state is not VALUE:
        return
    total = year_to_date(rules, cells, quarter)
    assert quarter_from_year_to_date(total.value, cells, quarter) == cells[quarter - 1].value


# ── Against the oracle ───────────────────────────────────────────────────────


def decimal(number):
    return None if number is None else D(number.numerator * 10_000 // number.denominator) / 10_000


def ours(node, quarter, of):
    rules = (
        IndicatorRules(OverUnits(node.units), OverTime(node.time))
        if node.time
        else IndicatorRules(OverUnits(node.units), None, *map(OverTime, node.parts))
    )
    scale = decimal(node.scale)
    if node.reports:
        cells = [cell(node, number) for number in range(1, 5)]
        if of == "quarter":
            return quarter_figure(cells[quarter - 1])
        return year_to_date(rules, cells, quarter, scale=scale)
    children = [
        Child(below.name, ours(below, quarter, of), decimal(weight))
        for below, weight in node.children
    ]
    return parent_figure(rules, children, scale=scale)


def cell(node, quarter):
    state, *numbers = node.entries[quarter]
    if state != "value":
        return Entry(CellState(state))
    if node.parts:
        return entry_of_ratio(decimal(numbers[0]), decimal(numbers[1]), decimal(node.scale))
    return Entry(VALUE, decimal(numbers[0]))


def compare_with_oracle(seed):
    node = oracle.random_cascade(random.Random(seed))
    for quarter in range(1, 5):
        for of, expected in (
            ("quarter", oracle.of_quarter(node, quarter)),
            ("to_date", oracle.to_date(node, quarter)),
        ):
            figure = ours(node, quarter, of)
            found = {
                "state": figure.state.value,
                "value": None if figure.value is None else Fraction(figure.value),
                "partial": figure.partial,
                "covered": figure.covered,
                "due": figure.due,
            }
            assert found == {name: expected[name] for name in found}, (seed, quarter, of)


@pytest.mark.parametrize("batch", range(4))
def test_random_cascades_agree_with_the_oracle(batch):
    for seed in range(batch * 50, batch * 50 + 50):
        compare_with_oracle(seed)


@pytest.mark.long
def test_two_thousand_random_cascades_agree_with_the_oracle():
    for seed in range(1_000, 3_000):
        compare_with_oracle(seed)
