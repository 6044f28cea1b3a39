"""Money, rates, the Cabinet's line and the forecast: measures.md §7, sentence by sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.scoring import (
    NO_FORECAST,
    Breach,
    ForecastMethod,
    PastYear,
    Position,
    breaches,
    forecast,
    gap,
    is_carried_over,
    monthly,
    next_target,
    ranks,
    rate,
    target_at,
    total,
    transfers_balance,
    unit_slip,
)

D = Decimal
baht = st.decimals(min_value=0, max_value=10**9, places=2)
percents = st.decimals(min_value=0, max_value=100, places=4)

STANDING = Position(
    appropriation=D("1000.00"),
    transferred_in=D("300.00"),
    transferred_out=D("100.00"),
    allotted=D("1100.00"),
    obligated=D("200.00"),
    disbursed=D("600.00"),
    reserved_obligated=D("150.00"),
    reserved_free=D("50.00"),
    returned=D("20.00"),
)


def test_revised_is_the_appropriation_after_transfers():
    assert STANDING.revised == D("1200.00")


def test_money_from_outside_belongs_to_the_revised_budget():
    assert replace(STANDING, outside=D("50.00")).revised == D("1250.00")


def test_rates_stand_on_the_revised_budget():
    assert STANDING.disbursement_rate == D("50")
    assert STANDING.spending_rate == D("66.6667")
    assert STANDING.remaining == D("400.00")


def test_a_rate_over_nothing_revised_is_not_applicable():
    assert Position().disbursement_rate is None
    assert Position().spending_rate is None
    assert rate(D(0), D(0)) is None


def test_a_position_within_its_limits_breaks_nothing():
    assert breaches(STANDING) == []


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"returned": D("-0.01")}, Breach.NEGATIVE),
        ({"allotted": D("1200.01")}, Breach.OVER_REVISED),
        ({"disbursed": D("830.01")}, Breach.OVER_ALLOTTED),
        ({"reserved_obligated": D("200.01")}, Breach.RESERVED_OVER_OBLIGATED),
    ],
)
def test_each_invariant_is_found(change, breach):
    assert breaches(replace(STANDING, **change)) == [breach]


def test_money_that_is_not_there_cannot_be_transferred_away():
    broken = Position(appropriation=D(10), transferred_out=D(11))
    assert breaches(broken) == [Breach.TRANSFERRED_AWAY, Breach.OVER_REVISED]


def test_exactly_spent_is_not_overspent():
    full = Position(appropriation=D("0.30"), allotted=D("0.30"), disbursed=D("0.10"))
    assert breaches(replace(full, obligated=D("0.20"))) == []


def test_a_total_adds_part_by_part():
    assert total([]) == Position()
    assert total([STANDING, STANDING]).revised == D("2400.00")


@given(st.lists(st.builds(Position, appropriation=baht, allotted=baht, disbursed=baht)))
def test_splitting_a_total_changes_nothing(positions):
    half = len(positions) // 2
    assert total(positions) == total([total(positions[:half]), total(positions[half:])])


@pytest.mark.parametrize(("origin", "expected"), [(2569, True), (2570, False)])
def test_money_of_an_earlier_year_is_carried_over(origin, expected):
    assert is_carried_over(2570, origin) is expected


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [(["-5.00", "2.00", "3.00"], True), (["-5.00", "4.99"], False), ([], True)],
)
def test_transfers_sum_to_zero(amounts, expected):
    assert transfers_balance([D(a) for a in amounts]) is expected


def test_monthly_amounts_are_the_steps_of_the_cumulative_ones():
    cumulative = [D(5), D(5), None, D(20), D(30)]
    assert monthly(cumulative) == [D(5), D(0), None, None, D(10)]


@given(st.lists(baht, max_size=12))
def test_monthly_amounts_add_up_to_the_last_cumulative_one(steps):
    cumulative = [sum(steps[: n + 1], D(0)) for n in range(len(steps))]
    assert monthly(cumulative) == steps


@pytest.mark.parametrize(
    ("quarters", "month", "expected"),
    [
        ({2: "54", 3: "77"}, 8, "69.3333"),
        ({2: "40", 3: "65"}, 8, "56.6667"),
        ({1: "20"}, 2, "13.3333"),
        ({1: "20"}, 0, "0"),
        ({1: "20"}, 1, "6.6667"),
        ({1: "20"}, 3, "20"),
        ({1: "20"}, 4, None),
        ({4: "93"}, 11, None),
        ({4: "93"}, 12, "93"),
        ({}, 1, None),
    ],
)
def test_a_months_target_lies_on_the_line_between_known_quarter_ends(quarters, month, expected):
    known = {q: D(v) for q, v in quarters.items()}
    assert target_at(known, month) == (None if expected is None else D(expected))


@given(st.lists(percents, min_size=4, max_size=4).map(sorted))
def test_the_line_never_falls_where_the_quarters_rise(levels):
    line = [target_at(dict(enumerate(levels, start=1)), month) for month in range(13)]
    assert line == sorted(line)


@pytest.mark.parametrize(
    ("month", "expected"), [(1, (2, D(50))), (6, (2, D(50))), (7, (4, D(93))), (12, (4, D(93)))]
)
def test_the_next_target_is_the_next_known_quarter_end(month, expected):
    assert next_target({2: D(50), 4: D(93)}, month) == expected


def test_after_the_last_known_target_there_is_none():
    assert next_target({1: D(20)}, 4) is None


def test_the_gap_is_given_in_points_and_in_baht():
    found = gap(D("27750000.00"), D("100000000.00"), D("32"))
    assert (found.rate, found.points, found.baht_needed) == (
        D("27.75"),
        D("-4.25"),
        D("4250000.00"),
    )


def test_beyond_the_target_nothing_more_is_needed():
    found = gap(D(40), D(100), D(32))
    assert (found.points, found.baht_needed) == (D(8), D(0))


@pytest.mark.parametrize(("revised", "target"), [(D(0), D(32)), (D(100), None)])
def test_there_is_no_gap_without_a_budget_or_a_known_target(revised, target):
    assert gap(D(0), revised, target) is None


@given(baht, baht.filter(bool), percents)
def test_the_baht_of_a_gap_reach_the_target(spent, revised, target):
    found = gap(spent, revised, target)
    assert abs((spent + found.baht_needed) - max(revised * target / 100, spent)) <= D("0.005")


CLOSED = [D(8), D(16), D(24)]


def test_two_closed_months_give_no_forecast():
    assert forecast(CLOSED[:2]) == NO_FORECAST


def test_past_years_give_the_range():
    found = forecast(CLOSED, [PastYear(2568, D(30), D(90)), PastYear(2569, D(30), D(100))])
    assert found.method is ForecastMethod.PAST_YEARS
    assert (found.low, found.high) == (D(72), D(80))
    assert found.estimates == (D(72), D(80))


def test_only_three_past_years_are_asked():
    past = [PastYear(2569 - n, D(30), D(90 + n)) for n in range(5)]
    assert len(forecast(CLOSED, past).estimates) == 3


def test_a_past_share_of_zero_gives_no_estimate():
    found = forecast(CLOSED, [PastYear(2568, D(0), D(90)), PastYear(2569, D(30), D(90))])
    assert found.estimates == (D(72),)


@pytest.mark.parametrize("past", [[], [PastYear(2569, D(0), D(90))]])
def test_without_a_usable_past_year_the_closed_months_speak(past):
    found = forecast(CLOSED, past)
    assert found.method is ForecastMethod.LEAST_SQUARES
    assert (found.low, found.high) == (D(96), D(96))


def test_the_largest_residual_widens_the_range():
    found = forecast([D(0), D(0), D(14)])
    assert (found.low, found.high) == (D(30), D(42))  # slope 3, residuals -3, -6 and 5


def test_a_forecast_stays_between_what_is_disbursed_and_everything():
    found = forecast([D(50), D(50), D(90)], [PastYear(2569, D(90), D(80)), PastYear(1, D(1), D(9))])
    assert (found.low, found.high) == (D(90), D(100))


@given(
    st.lists(percents, min_size=3, max_size=12).map(sorted),
    st.lists(st.builds(PastYear, st.just(2569), baht, baht), max_size=4),
)
def test_a_forecast_is_a_range_within_its_limits(closed, past):
    found = forecast(closed, past)
    assert closed[-1] <= found.low <= found.high <= 100


@pytest.mark.parametrize(
    ("typed", "plan", "expected"),
    [
        ("12500000", "12.5", 1_000_000),
        ("12.5", "12500000", 1_000_000),
        ("12500", "12500000", 1_000),
        ("12500001", "12500000", None),
        ("12500000", "12500", 1_000),
        ("0", "12500000", None),
        ("5", "0", None),
    ],
)
def test_a_figure_a_thousand_or_a_million_times_off_is_asked_about(typed, plan, expected):
    assert unit_slip(D(typed), D(plan)) == expected


# ── Ranking and what lapses ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("rates", "places"),
    [
        ([], []),
        ([D(10), D(30), D(20)], [3, 1, 2]),
        ([D(10), D(10), D(5)], [1, 1, 3]),
        ([D(10), None, D(0)], [1, None, 2]),
    ],
)
def test_the_highest_rate_stands_first_and_equals_share_a_place(rates, places):
    assert ranks(rates) == places


@pytest.mark.parametrize(
    ("parts", "lapsing", "under_contract"),
    [
        ({"appropriation": D(100)}, D(100), D(0)),
        ({"appropriation": D(100), "disbursed": D(60), "obligated": D(30)}, D(40), D(30)),
        (
            {
                "appropriation": D(100),
                "disbursed": D(60),
                "obligated": D(30),
                "reserved_obligated": D(30),
                "reserved_free": D(4),
                "returned": D(1),
            },
            D(5),
            D(0),
        ),
        ({"appropriation": D(100), "disbursed": D(100)}, D(0), D(0)),
        ({}, D(0), D(0)),
    ],
)
def test_what_is_neither_paid_nor_set_aside_nor_given_back_lapses(parts, lapsing, under_contract):
    position = Position(**parts)
    assert position.lapsing == lapsing
    assert position.lapsing_under_contract == under_contract


@given(
    st.lists(st.decimals(0, 100, places=2) | st.none(), max_size=8),
)
def test_places_order_as_rates_do(rates):
    places = ranks(rates)
    for one, place in zip(rates, places, strict=True):
        assert (one is None) == (place is None)
        for other, another in zip(rates, places, strict=True):
            if one is not None and other is not None:
                assert (one > other) == (place < another)
