"""Progress against plan and clock: measures.md §6, sentence by sentence."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.scoring import (
    ActivityYear,
    ExpectedFinish,
    Mismatch,
    MismatchLimits,
    Outlook,
    ProjectPoint,
    Standing,
    VarianceLimits,
    YearShare,
    activity_at,
    elapsed,
    even_plan,
    expected_finish,
    lifetime,
    mismatch,
    over_projects,
    physical,
    plan_at,
    s_curve,
    standing_of_variance,
    variance,
)

D = Decimal
percents = st.decimals(min_value=0, max_value=100, places=4)
weights = st.integers(min_value=1, max_value=100).map(D)


def activity(weight, plan, reported=None, start_month=1):
    return ActivityYear(
        D(weight),
        {m: D(p) for m, p in plan.items()},
        start_month,
        {m: D(p) for m, p in (reported or {}).items()},
    )


@pytest.mark.parametrize(
    ("month", "expected"),
    [(1, "0"), (2, "10"), (3, "10"), (4, "10"), (5, "40"), (12, "40")],
)
def test_between_plan_months_the_last_one_holds(month, expected):
    assert plan_at({2: D(10), 5: D(40)}, month) == D(expected)


def test_the_drawn_project_weighs_its_activities():
    figure = physical(
        [
            activity(15, {3: 100}, {3: 100}),
            activity(35, {3: 40}, {3: 20}),
            activity(25, {3: 8}, {3: 0}),
            activity(15, {9: 100}, {3: 12}),
            activity(10, {9: 100}, {3: 10}),
        ],
        3,
    )
    assert (figure.actual, figure.planned) == (D("24.8"), D("31"))
    assert figure.variance == D("-6.2")
    assert not figure.partial


def test_the_latest_approved_percentage_carries_forward_and_says_of_when():
    figure = activity_at(activity(1, {12: 100}, {3: 30, 6: 55}), 8)
    assert (figure.actual, figure.as_of_month) == (D(55), 6)


def test_before_its_planned_start_an_activity_counts_zero():
    figure = activity_at(activity(1, {12: 100}, start_month=7), 6)
    assert (figure.actual, figure.as_of_month) == (D(0), None)


def test_a_report_before_the_planned_start_counts():
    assert activity_at(activity(1, {}, {3: 12}, start_month=4), 3).actual == D(12)


def test_an_activity_that_never_reported_leaves_actual_and_plan_and_makes_it_partial():
    figure = physical([activity(50, {3: 20}, {3: 10}), activity(50, {3: 90})], 3)
    assert (figure.actual, figure.planned) == (D(10), D(20))
    assert figure.partial
    assert (figure.counted, figure.due) == (1, 2)


def test_zero_reported_is_a_value():
    figure = physical([activity(1, {3: 20}, {3: 0})], 3)
    assert figure.actual == D(0)
    assert not figure.partial


def test_nothing_reported_is_no_value():
    figure = physical([activity(1, {3: 20})], 3)
    assert (figure.actual, figure.planned, figure.variance) == (None, None, None)
    assert figure.as_of_month is None


def test_what_has_not_begun_does_not_speak_for_what_never_reported():
    figure = physical([activity(1, {3: 20}), activity(1, {}, start_month=4)], 3)
    assert (figure.actual, figure.counted, figure.due) == (None, 0, 2)


def test_a_project_that_has_not_begun_stands_at_zero():
    assert physical([activity(1, {12: 100}, start_month=4)], 3).actual == D(0)


def test_the_figure_is_as_of_its_oldest_report():
    figure = physical([activity(1, {}, {3: 10}), activity(1, {}, {6: 10})], 6)
    assert figure.as_of_month == 3


def test_a_project_without_activities_is_its_own_percentage():
    assert physical([activity(1, {6: 50}, {6: 47})], 6).actual == D(47)


@given(st.lists(st.tuples(weights, percents), min_size=1, max_size=6), st.randoms())
def test_order_of_activities_changes_nothing(rows, random):
    activities = [ActivityYear(w, {3: p}, 1, {3: p}) for w, p in rows]
    shuffled = activities[:]
    random.shuffle(shuffled)
    assert physical(activities, 3) == physical(shuffled, 3)


@given(st.lists(st.tuples(weights, percents), min_size=1, max_size=6))
def test_physical_progress_lies_between_its_activities(rows):
    figure = physical([ActivityYear(w, {}, 1, {3: p}) for w, p in rows], 3)
    assert min(p for _, p in rows) <= figure.actual <= max(p for _, p in rows)


@given(st.lists(st.tuples(weights, percents), min_size=1, max_size=6), weights)
def test_scaling_all_weights_changes_nothing(rows, factor):
    plain = physical([ActivityYear(w, {}, 1, {3: p}) for w, p in rows], 3)
    scaled = physical([ActivityYear(w * factor, {}, 1, {3: p}) for w, p in rows], 3)
    assert plain.actual == scaled.actual


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 9, 30), "0"),
        (date(2026, 10, 1), "0.274"),
        (date(2027, 1, 13), "28.7671"),
        (date(2027, 9, 30), "100"),
        (date(2028, 1, 1), "100"),
    ],
)
def test_elapsed_time_counts_first_and_last_day(as_of, expected):
    assert elapsed(date(2026, 10, 1), date(2027, 9, 30), as_of) == D(expected)


def test_a_project_of_one_day_is_over_on_it():
    assert elapsed(date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 1)) == D(100)


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValueError, match="before the start"):
        elapsed(date(2027, 1, 2), date(2027, 1, 1), date(2027, 1, 1))


@given(st.dates(), st.dates(), st.dates())
def test_elapsed_time_stays_within_its_limits(a, b, as_of):
    assert D(0) <= elapsed(min(a, b), max(a, b), as_of) <= D(100)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0", Standing.ON_TRACK),
        ("12", Standing.ON_TRACK),
        ("-5", Standing.ON_TRACK),
        ("-5.0001", Standing.BEHIND),
        ("-15", Standing.BEHIND),
        ("-15.0001", Standing.CRITICAL),
        (None, Standing.UNREPORTED),
    ],
)
def test_variance_decides_the_standing(points, expected):
    value = None if points is None else D(points)
    assert standing_of_variance(value, VarianceLimits()) is expected


@pytest.mark.parametrize(
    ("actual", "planned", "expected"),
    [(D(10), D(15), D(-5)), (None, D(15), None), (D(10), None, None)],
)
def test_variance_needs_both_figures(actual, planned, expected):
    assert variance(actual, planned) == expected


@pytest.mark.parametrize(
    ("delivery", "money", "expected"),
    [
        ("24.8", "56.2", Mismatch.MONEY_AHEAD),
        ("20", "50", None),
        ("20", "50.0001", Mismatch.MONEY_AHEAD),
        ("70", "20", None),
        ("70.0001", "20", Mismatch.DELIVERY_AHEAD),
        (None, "90", None),
        ("90", None, None),
    ],
)
def test_mismatch_begins_beyond_its_limit(delivery, money, expected):
    done, spent = (None if v is None else D(v) for v in (delivery, money))
    assert mismatch(done, spent, MismatchLimits()) is expected


def point(standing, actual, baht, planned="50", partial=False):
    return ProjectPoint(
        standing,
        None if actual is None else D(actual),
        D(planned) if planned is not None else None,
        None if baht is None else D(baht),
        partial,
    )


def test_projects_are_weighted_by_revised_budget_and_the_unfunded_averaged_apart():
    figure = over_projects(
        [
            point(Standing.ON_TRACK, "60", "3000000"),
            point(Standing.BEHIND, "20", "1000000", planned="30"),
            point(Standing.ON_TRACK, "10", None),
            point(Standing.FINISHED, "100", "0", planned=None),
        ]
    )
    assert (figure.funded_actual, figure.funded_planned) == (D(50), D(45))
    assert (figure.unfunded_actual, figure.unfunded_planned) == (D(55), D(25))
    assert (figure.funded, figure.unfunded, figure.counted, figure.due) == (2, 2, 4, 4)
    assert not figure.partial


def test_cancelled_and_proposed_leave_the_means_and_stay_in_the_counts():
    figure = over_projects(
        [
            point(Standing.CANCELLED, "90", "5000000"),
            point(Standing.PROPOSED, None, "5000000"),
            point(Standing.ON_TRACK, "40", "1"),
        ]
    )
    assert figure.funded_actual == D(40)
    assert figure.due == 1
    assert figure.standings[Standing.CANCELLED] == 1
    assert figure.standings[Standing.PROPOSED] == 1
    assert not figure.partial


def test_a_project_not_started_counts_zero():
    figure = over_projects(
        [point(Standing.NOT_STARTED, None, "1"), point(Standing.ON_TRACK, "40", "1")]
    )
    assert figure.funded_actual == D(20)
    assert not figure.partial


def test_an_unreported_project_leaves_and_makes_the_mean_partial():
    figure = over_projects(
        [point(Standing.UNREPORTED, None, "1"), point(Standing.ON_TRACK, "40", "1")]
    )
    assert figure.funded_actual == D(40)
    assert figure.partial
    assert (figure.counted, figure.due) == (1, 2)


def test_a_partial_project_makes_the_mean_partial():
    assert over_projects([point(Standing.ON_TRACK, "40", "1", partial=True)]).partial


def test_no_project_has_no_mean():
    figure = over_projects([])
    assert (figure.funded_actual, figure.unfunded_actual, figure.due) == (None, None, 0)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([("1", "100"), ("3", "20")], "40"),
        ([("1", "100"), ("3", None)], "100"),
        ([("1", None)], None),
    ],
)
def test_the_lifetime_figure_weighs_the_years(years, expected):
    shares = [YearShare(D(w), None if p is None else D(p)) for w, p in years]
    assert lifetime(shares) == (None if expected is None else D(expected))


def test_the_curve_starts_at_zero_and_stops_at_the_last_known_month():
    curve = s_curve([activity(1, {6: 50, 12: 100}, {3: 20})], 6)
    assert [p.month for p in curve] == list(range(13))
    assert (curve[0].planned, curve[0].actual) == (D(0), D(0))
    assert curve[1].actual is None
    assert (curve[6].planned, curve[6].actual) == (D(50), D(20))
    assert (curve[12].planned, curve[12].actual) == (D(100), None)


START = (date(2026, 10, 1), D(0))


def test_the_expected_finish_follows_the_recent_pace():
    points = (START, (date(2026, 10, 11), D(10)), (date(2026, 10, 21), D(20)))
    found = expected_finish(points)
    assert found == ExpectedFinish(Outlook.EXPECTED, date(2027, 1, 9), D(1), 2, points)


def test_only_the_last_periods_make_the_pace():
    points = [START] + [(date(2026, 10, 1 + n), D(n * n)) for n in range(1, 6)]
    assert expected_finish(points).periods == 3


@pytest.mark.parametrize(
    ("points", "outlook"),
    [
        ([], Outlook.NOT_ENOUGH),
        ([START], Outlook.NOT_ENOUGH),
        ([START, (date(2026, 11, 1), D(5))], Outlook.NOT_ENOUGH),
        ([START, (date(2026, 11, 1), D(100))], Outlook.DONE),
        ([START, (date(2026, 11, 1), D(0)), (date(2026, 12, 1), D(0))], Outlook.NOT_MOVING),
        ([START, START, (START[0], D(3))], Outlook.NOT_MOVING),
    ],
)
def test_without_pace_there_is_no_expected_finish(points, outlook):
    found = expected_finish(points)
    assert found.outlook is outlook
    assert (found.finish_date is None) == (outlook is not Outlook.DONE)


@pytest.mark.parametrize(
    ("start", "end", "last", "steps"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), (2570, 1), 1),
        (date(2026, 11, 15), date(2027, 1, 2), (2570, 4), 3),
        (date(2027, 8, 1), date(2027, 11, 30), (2571, 2), 4),
    ],
)
def test_an_even_plan_rises_to_the_full_in_each_year(start, end, last, steps):
    plan = even_plan(start, end)
    assert (max(plan), len(plan)) == (last, steps)
    for year in {year for year, _month in plan}:
        own = [percent for (y, _m), percent in sorted(plan.items()) if y == year]
        assert own == sorted(own)
        assert own[-1] == 100
