"""Targets to date, bases, achievement, rounds and reconciliation: measures.md §§2, 4."""

import random
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.figures import Entry, entry_of_ratio
from kpi.scoring.reconciliation import Finding, Planned, reconcile
from kpi.scoring.targets import (
    NO_BASE,
    NO_TARGET,
    Assessment,
    Base,
    Target,
    TargetRefusal,
    achievement_percent,
    assess_entries,
    assess_round,
    base_to_date,
    change_percent,
    target_to_date,
    why_not_targets,
)
from kpi.scoring.words import Direction, IndicatorRules, Meaning, OverTime, OverUnits, Reason
from tests.kpi import oracle

FLOW, STOCK, PEAK = OverTime
SUM, RATIO, MEAN, MIN, MAX, OWN = OverUnits
VALUE, NOT_DUE, NA, NOT_REPORTED, LATE = CellState
HIGHER, LOWER, BAND = Direction
LEVEL, CHANGE, MILESTONE = Meaning


def d(number):
    return None if number is None else D(str(number))


def targets(*numbers):
    return [Target(d(number)) for number in numbers]


def entries(*cells):
    return [
        Entry(VALUE, d(cell)) if isinstance(cell, (int, float)) else Entry(cell) for cell in cells
    ]


def flow(**more):
    return IndicatorRules(OWN, FLOW, **more)


def stock(**more):
    return IndicatorRules(OWN, STOCK, **more)


# ── Achievement ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("direction", "actual", "target", "baseline", "percent"),
    [
        # The worked examples.
        (LOWER, 2, 0, 10, 80),
        (LOWER, 12, 10, None, 80),
        (HIGHER, -4, -5, None, 120),
        (LOWER, 0, -5, None, 0),
        # For T > 0 higher is A / T × 100.
        (HIGHER, 85, 100, None, 85),
        (HIGHER, 1, 3, None, D("33.3333")),
        (HIGHER, 2, 3, None, D("66.6667")),
        (HIGHER, 0, 3, None, 0),
        # Not capped, floored at 0.
        (HIGHER, 900, 100, None, 900),
        (HIGHER, -1, 100, None, 0),
        (HIGHER, -10, -5, None, 0),
        (LOWER, 25, 10, None, 0),
        (LOWER, 0, 10, None, 200),
        (LOWER, -10, -5, None, 200),
        # A baseline counts only above the target.
        (LOWER, 10, 5, 10, 0),
        (LOWER, 12, 5, 10, 0),
        (LOWER, 0, 5, 10, 200),
        (LOWER, 12, 10, 10, 80),
        (LOWER, 12, 10, 8, 80),
        # A divisor of 0: 100 if at least as good, else 0.
        (HIGHER, 0, 0, None, 100),
        (HIGHER, 1, 0, None, 100),
        (HIGHER, -1, 0, None, 0),
        (LOWER, 0, 0, None, 100),
        (LOWER, -1, 0, None, 100),
        (LOWER, 1, 0, None, 0),
        (LOWER, 1, 0, 0, 0),
        (LOWER, 0, 0, 0, 100),
    ],
)
def test_achievement(direction, actual, target, baseline, percent):
    found = achievement_percent(direction, d(actual), Target(d(target)), baseline=d(baseline))
    assert found == D(percent)


@pytest.mark.parametrize(
    ("actual", "percent"),
    [(33, 70), (20, 100), (30, 100), (25, 100), (17, 70), (40, 0), (41, 0), (0, 0), (31, 90)],
)
def test_achievement_of_a_band(actual, percent):
    """Worked: band [20, 30], A 33 → 70."""
    band = Target(low=D(20), high=D(30))
    assert achievement_percent(BAND, D(actual), band) == D(percent)


def test_achievement_needs_what_its_direction_needs():
    with pytest.raises(ValueError, match="two edges"):
        achievement_percent(BAND, D(1), Target(D(1)))
    with pytest.raises(ValueError, match="two edges"):
        achievement_percent(BAND, D(1), Target(low=D(1)))
    with pytest.raises(ValueError, match="two edges"):
        exact.achievement(BAND, 1, 1)
    with pytest.raises(ValueError, match="no target"):
        achievement_percent(HIGHER, D(1), NO_TARGET)


def test_rounding_of_an_achievement_is_half_up_of_the_whole():
    assert achievement_percent(HIGHER, D("15999.9999"), Target(D(32000))) == D("50.0000")
    assert achievement_percent(HIGHER, D("15999.9840"), Target(D(32000))) == D("50.0000")
    assert achievement_percent(HIGHER, D("15999.9839"), Target(D(32000))) == D("49.9999")


def test_a_display_shows_at_most_200():
    assert Assessment(VALUE, D(900)).shown_percent == D(200)
    assert Assessment(VALUE, D(85)).shown_percent == D(85)
    assert Assessment(LATE).shown_percent is None


@pytest.mark.parametrize(
    ("level", "base", "percent"),
    [
        (95, 100, -5),
        (105, 100, 5),
        (-95, -100, 5),
        (-105, -100, -5),
        (1, 3, D("-66.6667")),
        (0, 5, -100),
    ],
)
def test_change_is_signed_against_the_size_of_the_base(level, base, percent):
    assert change_percent(D(level), D(base)) == D(percent)


def test_change_against_a_base_of_zero_has_no_value():
    assert change_percent(D(1), D(0)) is None


# ── Targets to date ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rules", "numbers", "cells", "quarter", "target", "kept"),
    [
        (flow(), (10, 20, 30, 40), (1, 1, 1, 1), 3, 60, {1, 2, 3}),
        (flow(), (10, 20, 30, 40), (1, LATE, 1, 1), 3, 60, {1, 2, 3}),
        (flow(), (10, 20, 30, 40), (1, NOT_DUE, 1, 1), 3, 60, {1, 2, 3}),
        # An n/a quarter leaves the target.
        (flow(), (10, 20, 30, 40), (1, NA, 1, 1), 3, 40, {1, 3}),
        # An earlier quarter of a flow without a target leaves both sides.
        (flow(), (10, None, 30, 40), (1, 1, 1, 1), 3, 40, {1, 3}),
        # A quarter without a target has no achievement.
        (flow(), (10, 20, None, 40), (1, 1, 1, 1), 3, None, None),
        # Anything else has the level to reach by then.
        (stock(), (10, 20, 30, 40), (1, NA, 1, 1), 3, 30, {1, 3}),
        (stock(), (None, None, 30, 40), (1, 1, 1, 1), 3, 30, {1, 2, 3}),
        (IndicatorRules(OWN, PEAK), (10, 20, 30, 40), (1, 1, 1, 1), 4, 40, {1, 2, 3, 4}),
        (flow(meaning=CHANGE), (5, 5, 5, 5), (1, 1, 1, 1), 2, 5, {1, 2}),
    ],
)
def test_the_target_to_date(rules, numbers, cells, quarter, target, kept):
    states = [entry.state for entry in entries(*cells)]
    due = target_to_date(rules, targets(*numbers), states, quarter)
    if target is None:
        assert due is None
    else:
        assert due.target == Target(D(target))
        assert due.kept == kept


def test_a_band_has_its_edges_for_each_quarter():
    bands = [Target(low=D(q), high=D(q + 10)) for q in range(4)]
    due = target_to_date(stock(direction=BAND), bands, [VALUE] * 4, 2)
    assert due.target == Target(low=D(1), high=D(11))


@pytest.mark.parametrize(
    ("rules", "quarters", "year", "refusal"),
    [
        (flow(), targets(1, 2, 3, 4), Target(D(10)), None),
        (flow(), targets(1, 2, 3, 4), Target(D(11)), TargetRefusal.QUARTERS_DO_NOT_SUM),
        (flow(), targets(1, None, 3, 4), Target(D(11)), None),
        (flow(), targets(1, 2, 3, 4), NO_TARGET, None),
        (stock(), targets(1, 2, 3, 4), Target(D(4)), None),
        (stock(), targets(1, 2, 3, 4), Target(D(10)), TargetRefusal.LAST_IS_NOT_YEAR),
        (stock(), targets(1, 2, 3, None), Target(D(10)), None),
        (flow(meaning=CHANGE), targets(5, 5, 5, 5), Target(D(5)), None),
        (
            stock(direction=BAND),
            [Target(low=D(3), high=D(3))],
            NO_TARGET,
            TargetRefusal.BAND_EDGES,
        ),
        (
            stock(direction=BAND),
            [Target(low=D(3))],
            NO_TARGET,
            TargetRefusal.BAND_EDGE_MISSING,
        ),
        (
            stock(direction=BAND),
            [NO_TARGET, Target(low=D(1), high=D(3))],
            Target(low=D(1), high=D(3)),
            None,
        ),
        (
            stock(direction=BAND),
            [Target(low=D(1), high=D(3))],
            Target(low=D(1), high=D(4)),
            TargetRefusal.LAST_IS_NOT_YEAR,
        ),
    ],
)
def test_targets_of_a_year_that_do_not_stand_together_are_refused(rules, quarters, year, refusal):
    assert why_not_targets(rules, quarters, year) is refusal


# ── Bases ────────────────────────────────────────────────────────────────────

YTD = Base((D(10), D(30), D(60), D(100)))
YEAR_ONLY = Base(year=D(100))
UNKNOWN = Reason.BASE_PERIOD_UNKNOWN


@pytest.mark.parametrize(
    ("rules", "base", "kept", "quarter", "expected"),
    [
        (flow(), YTD, {1, 2, 3}, 3, (60, None)),
        (flow(), YTD, {1, 3}, 3, (40, None)),
        (flow(), YTD, {2, 3}, 3, (50, None)),
        (flow(), YTD, {3}, 3, (30, None)),
        (flow(), YTD, {1, 2}, 3, (30, None)),
        (flow(), YTD, {1, 2, 3, 4}, 4, (100, None)),
        (flow(), YEAR_ONLY, {1, 2, 3, 4}, 4, (100, None)),
        (flow(), YEAR_ONLY, {1, 2, 3}, 3, (None, UNKNOWN)),
        (flow(), YEAR_ONLY, {1, 2, 4}, 4, (None, UNKNOWN)),
        (flow(), Base((None, D(30), None, None)), {1, 2}, 2, (30, None)),
        (flow(), Base((None, D(30), None, None)), {2}, 2, (None, UNKNOWN)),
        (flow(), NO_BASE, {1}, 1, (None, Reason.BASE_MISSING)),
        (stock(), YTD, {3}, 3, (60, None)),
        # A stock may stand against a year-end base in any quarter.
        (stock(), YEAR_ONLY, {1}, 1, (100, None)),
        (stock(), Base((D(7), None, None, None), D(100)), {1}, 1, (7, None)),
        (IndicatorRules(OWN, PEAK), YEAR_ONLY, {1}, 1, (None, UNKNOWN)),
        (IndicatorRules(OWN, PEAK), YEAR_ONLY, {1, 2, 3, 4}, 4, (100, None)),
        (IndicatorRules(RATIO, None, STOCK, STOCK), YEAR_ONLY, {1}, 1, (100, None)),
        (IndicatorRules(RATIO, None, FLOW, STOCK), YEAR_ONLY, {1}, 1, (None, UNKNOWN)),
    ],
)
def test_the_base_of_the_same_year_to_date(rules, base, kept, quarter, expected):
    value, reason = expected
    assert base_to_date(rules, base, kept, quarter) == (d(value), reason)


# ── Assessment ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [NOT_DUE, NA, NOT_REPORTED, LATE])
def test_there_is_an_achievement_only_where_the_quarter_itself_has_a_value(state):
    found = assess_entries(flow(), entries(5, state), targets(5, 5, 5, 5), 2)
    assert (found.state, found.percent) == (state, None)


def test_a_quarter_without_a_target_is_not_due():
    found = assess_entries(flow(), entries(5, 5), targets(5, None, 5, 5), 2)
    assert (found.state, found.percent, found.reason) == (NOT_DUE, None, Reason.NO_TARGET)


@pytest.mark.parametrize(
    ("cells", "numbers", "percent", "partial"),
    [
        ((5, 10), (10, 10), 75, False),
        ((NA, 10), (10, 10), 100, False),
        ((5, 10), (None, 10), 100, False),
        # A missing quarter leaves neither side: the figure is partial.
        ((LATE, 10), (10, 10), 50, True),
    ],
)
def test_a_flow_against_its_increments(cells, numbers, percent, partial):
    found = assess_entries(flow(), entries(*cells), targets(*numbers), 2)
    assert (found.percent, found.partial) == (D(percent), partial)


def test_a_ratio_against_the_level_to_reach():
    cells = [entry_of_ratio(D(10), D(100), D(100)), entry_of_ratio(D(10), D(100), D(100))]
    rules = IndicatorRules(RATIO, None, FLOW, STOCK)
    found = assess_entries(rules, cells, targets(20, 40), 2, scale=D(100))
    assert (found.actual, found.percent) == (D(20), D(50))


def test_a_ratio_whose_parts_come_to_nothing_has_no_achievement():
    cells = [entry_of_ratio(D(3), D(20), D(1)), entry_of_ratio(D(-3), D(-20), D(1))]
    found = assess_entries(IndicatorRules(RATIO, None, FLOW, FLOW), cells, targets(20, 40), 2)
    assert (found.state, found.reason) == (NA, Reason.NO_CASE)


def test_a_reduction_that_did_not_happen_is_worth_nothing():
    """Worked: change −5 %, no change at all → 0."""
    rules = stock(direction=LOWER, meaning=CHANGE)
    found = assess_entries(rules, entries(200), targets(-5), 1, base=Base(year=D(200)))
    assert (found.actual, found.base, found.percent) == (D(0), D(200), D(0))


@pytest.mark.parametrize(
    ("rules", "cells", "base", "quarter", "expected"),
    [
        (stock(meaning=CHANGE), (105,), Base(year=D(100)), 1, (VALUE, 100, None)),
        (stock(meaning=CHANGE), (110,), Base(year=D(100)), 1, (VALUE, 200, None)),
        (stock(meaning=CHANGE), (110,), NO_BASE, 1, (NA, None, Reason.BASE_MISSING)),
        (stock(meaning=CHANGE), (110,), Base(year=D(0)), 1, (NA, None, Reason.BASE_ZERO)),
        (flow(meaning=CHANGE), (110,), YEAR_ONLY, 1, (NOT_DUE, None, UNKNOWN)),
        (flow(meaning=CHANGE), (30, 30, 30, 15), YEAR_ONLY, 4, (VALUE, 100, None)),
        (flow(meaning=CHANGE), (30, NA, 30, 15), YEAR_ONLY, 4, (NA, None, UNKNOWN)),
        # The n/a quarter leaves actual and base alike: (10 + 32) against (10 + 30).
        (flow(meaning=CHANGE), (10, NA, 32), YTD, 3, (VALUE, 100, None)),
        (flow(direction=LOWER, meaning=CHANGE), (9.5,), YTD, 1, (VALUE, 300, None)),
    ],
)
def test_change_against_its_base(rules, cells, base, quarter, expected):
    found = assess_entries(rules, entries(*cells), targets(5, 5, 5, 5), quarter, base=base)
    assert (found.state, found.percent, found.reason) == (expected[0], d(expected[1]), expected[2])


def test_lower_is_measured_from_a_baseline_of_the_same_period_only():
    rules = flow(direction=LOWER)
    known = assess_entries(rules, entries(6), targets(4), 1, base=YTD)
    unknown = assess_entries(rules, entries(6), targets(4), 1, base=YEAR_ONLY)
    assert (known.percent, known.base) == (D("66.6667"), D(10))
    assert (unknown.percent, unknown.base) == (D(50), None)


def test_a_milestone_is_the_step_reached_of_the_step_planned():
    rules = stock(meaning=MILESTONE)
    assert assess_entries(rules, entries(3), targets(4), 1).percent == D(75)
    assert assess_entries(rules, entries(0), targets(0), 1).percent == D(100)
    # A base means nothing to a ladder.
    assert assess_entries(rules, entries(3), targets(4), 1, base=YEAR_ONLY).percent == D(75)


@pytest.mark.parametrize(
    ("rules", "appraisal_round", "actual", "percent"),
    [
        (flow(), 1, 30, 100),
        (flow(), 2, 40, 80),
        (stock(), 1, 20, 100),
        (stock(), 2, 20, 80),
        (IndicatorRules(OWN, PEAK), 2, 20, 80),
        (flow(meaning=CHANGE), 2, -30, 0),
    ],
)
def test_an_appraisal_round_has_its_own_quarters_for_a_flow_only(
    rules, appraisal_round, actual, percent
):
    numbers = (10, 20, 25, 25)
    found = assess_round(
        rules, entries(10, 20, 20, 20), targets(*numbers), appraisal_round, base=YEAR_ONLY
    )
    assert (found.actual, found.percent) == (D(actual), D(percent))


numbers = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4)


@given(st.sampled_from([HIGHER, LOWER]), numbers, numbers, st.none() | numbers)
def test_achievement_agrees_with_the_oracle(direction, actual, target, baseline):
    found = achievement_percent(direction, actual, Target(target), baseline=baseline)
    known = None if baseline is None else Fraction(baseline)
    expected = oracle.achieved(direction.value, Fraction(actual), Fraction(target), known)
    assert Fraction(found) == expected


@given(numbers, numbers, numbers)
def test_achievement_of_a_band_agrees_with_the_oracle(actual, low, high):
    assume(low < high)
    found = achievement_percent(BAND, actual, Target(low=low, high=high))
    assert Fraction(found) == oracle.in_band(Fraction(actual), Fraction(low), Fraction(high))


@given(st.sampled_from([HIGHER, LOWER]), numbers, numbers, numbers, st.none() | numbers)
def test_doing_better_never_lowers_an_achievement(direction, one, other, target, baseline):
    worse, better = sorted((one, other), reverse=direction is LOWER)
    ours = [
        achievement_percent(direction, actual, Target(target), baseline=baseline)
        for actual in (worse, better)
    ]
    assert ours[0] <= ours[1]


@given(st.sampled_from([HIGHER, LOWER]), numbers, st.none() | numbers)
def test_reaching_the_target_exactly_is_100_percent(direction, target, baseline):
    assert achievement_percent(direction, target, Target(target), baseline=baseline) == D(100)


# ── Reconciliation ───────────────────────────────────────────────────────────


def planned(key, number, **more):
    return Planned(key, Target(d(number)), **more)


@pytest.mark.parametrize(
    ("rule", "children", "parent", "total", "difference"),
    [
        (SUM, (40, 60), 100, 100, 0),
        (SUM, (40, 50), 100, 90, -10),
        (SUM, (40, 70), 100, 110, 10),
        (MEAN, (40, 60), 50, 50, 0),
        (MIN, (40, 60), 40, 40, 0),
        (MAX, (40, 60), 50, 60, 10),
    ],
)
def test_childrens_targets_are_held_against_the_parents(rule, children, parent, total, difference):
    found = reconcile(
        IndicatorRules(rule, STOCK),
        planned(0, parent),
        [planned(key, number) for key, number in enumerate(children, 1)],
    )
    assert found.finding is (Finding.RECONCILED if difference == 0 else Finding.OPEN)
    assert (found.children.value, found.parent.value) == (D(total), D(parent))
    assert found.difference.value == D(difference)


def test_targets_of_a_mean_are_weighted_by_the_links():
    children = [planned(1, 40, weight=D(3)), planned(2, 60)]
    found = reconcile(IndicatorRules(MEAN, STOCK), planned(0, 45), children)
    assert found.finding is Finding.RECONCILED


def test_targets_of_a_ratio_are_weighted_by_planned_denominators():
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    children = [planned(1, 40, denominator=D(100)), planned(2, 60, denominator=D(300))]
    found = reconcile(rules, planned(0, 55), children)
    assert (found.finding, found.children.value) == (Finding.RECONCILED, D(55))


@pytest.mark.parametrize(
    ("denominators", "reason"),
    [((100, None), Reason.DENOMINATOR_MISSING), ((0, 0), Reason.ZERO_DIVISOR)],
)
def test_a_ratio_without_planned_denominators_cannot_be_checked(denominators, reason):
    rules = IndicatorRules(RATIO, None, FLOW, FLOW)
    children = [planned(n, 40, denominator=d(number)) for n, number in enumerate(denominators)]
    found = reconcile(rules, planned(0, 55), children)
    assert (found.finding, found.reason) == (Finding.CANNOT_BE_CHECKED, reason)


def test_changes_are_reconciled_as_target_levels():
    rules = IndicatorRules(SUM, FLOW, meaning=CHANGE)
    children = [planned(1, 10, base=D(100)), planned(2, -5, base=D(-200))]
    found = reconcile(rules, planned(0, 0, base=D(-100)), children)
    assert found.children.value == D(110) + D(-210)
    assert found.finding is Finding.RECONCILED
    assert found.parent.value == D(-100)


@pytest.mark.parametrize(("base", "reason"), [(None, Reason.BASE_MISSING), (0, Reason.BASE_ZERO)])
def test_changes_without_a_base_cannot_be_checked(base, reason):
    rules = IndicatorRules(SUM, FLOW, meaning=CHANGE)
    found = reconcile(rules, planned(0, 5, base=D(10)), [planned(1, 5, base=d(base))])
    assert (found.finding, found.reason) == (Finding.CANNOT_BE_CHECKED, reason)


def test_changes_with_their_bases_need_no_denominators_but_for_a_ratio():
    rules = IndicatorRules(RATIO, None, FLOW, FLOW, meaning=CHANGE)
    child = planned(1, 5, base=D(10), denominator=D(4))
    assert reconcile(rules, planned(0, 5, base=D(10)), [child]).finding is Finding.RECONCILED


def test_a_band_is_reconciled_at_each_edge():
    rules = IndicatorRules(MEAN, STOCK, direction=BAND)
    children = [
        Planned(1, Target(low=D(10), high=D(20))),
        Planned(2, Target(low=D(20), high=D(40))),
    ]
    parent = Planned(0, Target(low=D(15), high=D(29)))
    found = reconcile(rules, parent, children)
    assert found.finding is Finding.OPEN
    assert found.difference == Target(low=D(0), high=D(1))
    wide = Planned(0, Target(low=D(15), high=D(30)))
    assert reconcile(rules, wide, children).finding is Finding.RECONCILED


def test_own_is_not_reconciled():
    found = reconcile(IndicatorRules(OWN, STOCK), planned(0, 5), [planned(1, 9)])
    assert found.finding is Finding.NOT_RECONCILED_BY_RULE
    found = reconcile(IndicatorRules(SUM, STOCK), planned(0, 5), [])
    assert found.finding is Finding.NOT_RECONCILED_BY_RULE


def test_a_child_that_is_not_applicable_stays_in_and_is_listed():
    children = [planned(1, 40), planned(2, 60, state=NA)]
    found = reconcile(IndicatorRules(SUM, FLOW), planned(0, 100), children)
    assert (found.finding, found.not_applicable) == (Finding.RECONCILED, (2,))


def test_a_share_child_or_parent_without_a_target_is_an_open_finding():
    rules = IndicatorRules(SUM, FLOW)
    found = reconcile(rules, planned(0, 100), [planned(1, 100), Planned(2)])
    assert (found.finding, found.reason) == (Finding.OPEN, Reason.NO_TARGET)
    assert found.without_target == (2,)
    found = reconcile(rules, Planned(0), [planned(1, 100)])
    assert (found.finding, found.reason) == (Finding.OPEN, Reason.NO_PARENT_TARGET)


@given(st.lists(numbers, min_size=1, max_size=6), numbers)
def test_a_difference_is_what_the_parent_lacks(values, parent):
    children = [planned(key, number) for key, number in enumerate(values, 1)]
    found = reconcile(IndicatorRules(SUM, FLOW), planned(0, parent), children)
    closed = reconcile(
        IndicatorRules(SUM, FLOW), planned(0, parent + found.difference.value), children
    )
    assert closed.finding is Finding.RECONCILED


def test_random_weighted_targets_agree_with_the_oracle():
    dice = random.Random(7)
    for _ in range(200):
        pairs = [
            (Fraction(dice.randint(1, 90_000), 10_000), oracle.random_number(dice))
            for _ in range(dice.randint(1, 6))
        ]
        children = [
            Planned(
                key,
                Target(exact.from_units(int(number * 10_000))),
                denominator=exact.from_units(int(weight * 10_000)),
            )
            for key, (weight, number) in enumerate(pairs)
        ]
        found = reconcile(IndicatorRules(RATIO, None, FLOW, FLOW), planned(9, 0), children)
        assert Fraction(found.children.value) == oracle.weighted(pairs)
