"""Curves, scorecards, issues, bands and outliers: measures.md §5 and the outlier rule of §7."""

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.states import CellState
from kpi.scoring.curves import (
    Axis,
    Below,
    Curve,
    CurveRefusal,
    Point,
    Scale,
    YearShare,
    five_levels,
    percent_of_score,
    score_at,
    three_levels,
    why_not_curve,
)
from kpi.scoring.outliers import Outlier, outlier
from kpi.scoring.scorecards import (
    Band,
    IssueTotal,
    Line,
    LineScore,
    ScorecardRefusal,
    band_of,
    issue_total,
    issue_weight,
    line_score,
    province_total,
    scorecard_total,
    why_not_weights,
)
from kpi.scoring.targets import Assessment
from kpi.scoring.words import Direction, Reason
from tests.kpi import oracle

VALUE, NOT_DUE, NA, NOT_REPORTED, LATE = CellState
HIGHER, LOWER, BAND = Direction


def d(number):
    return D(str(number))


def curve(*pairs, **more):
    return Curve(tuple(Point(d(x), d(score)) for x, score in pairs), **more)


FIVE = five_levels([D(60), D(70), D(80), D(90), D(100)])
FALLING = five_levels([D(10), D(8), D(6), D(4), D(2)], Axis.VALUE)
THREE = three_levels([D(40), D(60), D(80)])


# ── Curves ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("points", "direction", "x", "score"),
    [
        # The worked examples.
        (FIVE, HIGHER, 85, 3.5),
        (FIVE, HIGHER, 60, 1),
        (FIVE, HIGHER, 58, 1),
        (FIVE, HIGHER, 104, 5),
        (FALLING, LOWER, 3, 4.5),
        (FALLING, LOWER, 1, 5),
        (FALLING, LOWER, 12, 1),
        (THREE, HIGHER, 50, 62.5),
        (THREE, HIGHER, 80, 100),
        (THREE, HIGHER, 39.99, 0),
        (three_levels([D(60), D(60), D(80)]), HIGHER, 60, 75),
        # Over achievement the curve rises also where lower values are better.
        (FIVE, LOWER, 85, 3.5),
        # A step: the later point wins at its x.
        (three_levels([D(60), D(60), D(80)]), HIGHER, 59.9999, 0),
        (curve((60, 1), (80, 2), (80, 4), (90, 5)), HIGHER, 80, 4),
        (curve((60, 1), (80, 2), (80, 4), (90, 5)), HIGHER, 79, 1.95),
        (curve((60, 1), (80, 5), (80, 5)), HIGHER, 80, 5),
        # Steps only: the last point reached counts.
        (curve((60, 1), (80, 2), (90, 5), is_steps_only=True), HIGHER, 89, 2),
        (curve((60, 1), (80, 2), (90, 5), is_steps_only=True), HIGHER, 90, 5),
        (curve((60, 1), (80, 2), (90, 5), is_steps_only=True), HIGHER, 59, 1),
        (curve((10, 1), (5, 2), axis=Axis.VALUE, is_steps_only=True), LOWER, 6, 1),
        # Below the first point: held, or 0.
        (curve((60, 1), (80, 2), below=Below.ZERO), HIGHER, 59, 0),
        (curve((60, 1), (80, 2), below=Below.HOLD), HIGHER, 59, 1),
        # All equal: the direction says which side is better.
        (five_levels([D(5)] * 5, Axis.VALUE), HIGHER, 5, 5),
        (five_levels([D(5)] * 5, Axis.VALUE), HIGHER, 4, 1),
        (five_levels([D(5)] * 5, Axis.VALUE), HIGHER, 6, 5),
        (five_levels([D(5)] * 5, Axis.VALUE), LOWER, 6, 1),
        (five_levels([D(5)] * 5, Axis.VALUE), LOWER, 4, 5),
        (three_levels([D(5)] * 3, Axis.VALUE), LOWER, 6, 0),
        (curve((5, 3)), HIGHER, 5, 3),
    ],
)
def test_a_curve_gives_a_score(points, direction, x, score):
    assert score_at(points, d(x), direction) == (d(score), None)


@pytest.mark.parametrize(
    ("direction", "x", "to_date", "year", "score"),
    [
        # Points for the year move with the share of the year: half of 60…100.
        (HIGHER, 45, 50, 100, 4),
        (HIGHER, 30, 50, 100, 1),
        (HIGHER, 29, 50, 100, 1),
        (HIGHER, 85, 100, 100, 3.5),
        # T_ytd = 0: all points coincide and the direction decides.
        (HIGHER, 0, 0, 100, 5),
        (HIGHER, 1, 0, 100, 5),
        (HIGHER, -1, 0, 100, 1),
        # Both negative is a share like any other.
        (HIGHER, 45, -50, -100, 4),
    ],
)
def test_a_flows_curve_over_value_moves_to_the_year_to_date(direction, x, to_date, year, score):
    points = five_levels([D(60), D(70), D(80), D(90), D(100)], Axis.VALUE)
    share = YearShare(D(to_date), D(year))
    assert score_at(points, D(x), direction, share) == (d(score), None)


def test_a_falling_curve_of_a_flow_moves_too():
    assert score_at(FALLING, d(1.5), LOWER, YearShare(D(1), D(2))) == (d(4.5), None)
    assert score_at(FALLING, D(1), LOWER, YearShare(D(0), D(2))) == (D(1), None)


def test_a_curve_over_achievement_stays_where_it_is():
    assert score_at(FIVE, D(85), HIGHER, YearShare(D(1), D(0))) == (d(3.5), None)


def test_a_curve_that_cannot_be_moved_says_why():
    points = five_levels([D(1)] * 5, Axis.VALUE)
    assert score_at(points, D(1), HIGHER, YearShare(D(1), D(0))) == (None, Reason.ZERO_DIVISOR)
    refused = (None, Reason.CURVE_NOT_SCALABLE)
    assert score_at(points, D(1), HIGHER, YearShare(D(-1), D(2))) == refused


@pytest.mark.parametrize(
    ("points", "direction", "refusal"),
    [
        (FIVE, HIGHER, None),
        (FIVE, LOWER, None),
        (FIVE, BAND, None),
        (FALLING, LOWER, None),
        (FALLING, HIGHER, CurveRefusal.POINTS_OUT_OF_ORDER),
        (curve((2, 1), (1, 2)), LOWER, CurveRefusal.POINTS_OUT_OF_ORDER),
        (curve((1, 1), (3, 2), (2, 3)), HIGHER, CurveRefusal.POINTS_OUT_OF_ORDER),
        (curve((1, 2), (2, 1)), HIGHER, CurveRefusal.SCORES_FALL),
        (curve((1, -1), (2, 1)), HIGHER, CurveRefusal.NEGATIVE_SCORE),
        (curve(), HIGHER, CurveRefusal.NO_POINTS),
        (five_levels([D(1)] * 5, Axis.VALUE), BAND, CurveRefusal.BAND_OVER_VALUE),
    ],
)
def test_points_that_are_no_curve_are_refused(points, direction, refusal):
    assert why_not_curve(points, direction) is refusal


def test_a_preset_needs_as_many_points_as_levels():
    with pytest.raises(ValueError, match="zip"):
        five_levels([D(1)])


@pytest.mark.parametrize(
    ("score", "scale", "top", "percent"),
    [
        (3.4, Scale.FIVE, None, 68),
        (62.5, Scale.THREE, None, 62.5),
        (3, Scale.OWN, 4, 75),
        (1, Scale.OWN, 3, 33.3333),
    ],
)
def test_a_score_in_percent(score, scale, top, percent):
    assert percent_of_score(d(score), scale, None if top is None else d(top)) == d(percent)


def test_an_own_scale_needs_its_top():
    with pytest.raises(ValueError, match="top score"):
        percent_of_score(D(1), Scale.OWN)
    assert percent_of_score(D(0), Scale.OWN, D(0)) is None


steps = st.lists(
    st.tuples(st.decimals(0, 200, places=4), st.decimals(0, 100, places=4)), min_size=1, max_size=6
)


@st.composite
def rising(draw):
    pairs = draw(steps)
    xs = sorted(x for x, _ in pairs)
    scores = sorted(score for _, score in pairs)
    return Curve(
        tuple(Point(x, score) for x, score in zip(xs, scores, strict=True)),
        below=draw(st.sampled_from(Below)),
        is_steps_only=draw(st.booleans()),
    )


@given(rising(), st.decimals(-50, 250, places=4), st.decimals(-50, 250, places=4))
def test_a_better_achievement_never_scores_less(points, one, other):
    worse, better = sorted((one, other))
    assert score_at(points, worse, HIGHER)[0] <= score_at(points, better, HIGHER)[0]
    assert points.floor <= score_at(points, worse, HIGHER)[0] <= points.top


@given(rising(), st.decimals(-50, 250, places=4), st.booleans())
def test_curves_agree_with_the_oracle(points, x, falling):
    axis = Axis.VALUE if falling else Axis.ACHIEVEMENT
    sign = -1 if falling else 1
    turned = Curve(
        tuple(Point(sign * point.x, point.score) for point in points.points),
        axis,
        points.below,
        points.is_steps_only,
    )
    found, _ = score_at(turned, sign * x, LOWER if falling else HIGHER)
    expected = oracle.on_curve(
        [(Fraction(point.x), Fraction(point.score)) for point in turned.points],
        Fraction(sign * x),
        falling=falling,
        zero_below=points.below is Below.ZERO,
        steps_only=points.is_steps_only,
    )
    assert Fraction(found) == expected


# ── Lines and totals ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [NOT_REPORTED, LATE])
def test_what_is_missing_gets_the_floor_only_once_the_quarter_is_closed(state):
    missing = Assessment(state)
    assert line_score(missing, FIVE, HIGHER, is_closed=False) == LineScore(state)
    assert line_score(missing, FIVE, HIGHER, is_closed=True) == LineScore(state, D(1), True)
    assert line_score(missing, THREE, HIGHER, is_closed=True).score == D(0)
    assert line_score(missing, None, HIGHER, is_closed=True) == LineScore(state)


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize("state", [NOT_DUE, NA])
def test_what_is_not_due_or_not_applicable_leaves(state, is_closed):
    found = line_score(
        Assessment(state, reason=Reason.NO_TARGET), FIVE, HIGHER, is_closed=is_closed
    )
    assert found == LineScore(state, reason=Reason.NO_TARGET)


def test_a_line_reads_the_axis_of_its_curve():
    found = Assessment(VALUE, D(85), D(3))
    assert line_score(found, FIVE, HIGHER, is_closed=False).score == d(3.5)
    assert line_score(found, FALLING, LOWER, is_closed=False).score == d(4.5)


def test_a_line_without_a_score_says_why():
    found = Assessment(VALUE, D(85), D(3))
    assert line_score(found, None, HIGHER, is_closed=True).reason is Reason.NO_CURVE
    share = YearShare(D(1), D(0))
    stuck = line_score(found, FALLING, LOWER, is_closed=True, share=share)
    assert (stuck.state, stuck.reason) == (NA, Reason.ZERO_DIVISOR)
    with pytest.raises(ValueError, match="an assessment"):
        line_score(Assessment(VALUE), FIVE, HIGHER, is_closed=True)


def scored(weight, score, state=VALUE, key=1):
    known = None if score is None else d(score)
    return Line(key, D(weight), LineScore(state, known, state is not VALUE and known is not None))


def test_a_scorecard_is_the_mean_of_what_counts():
    """Worked: weights 30, 50, 20; scores 4, n/a, 2.5 → 3.4 → 68 %."""
    found = scorecard_total([scored(30, 4), scored(50, None, NA), scored(20, 2.5)], Scale.FIVE)
    assert (found.score, found.percent) == (d(3.4), D(68))
    assert (found.covered, found.due, found.coverage) == (2, 2, D(100))


def test_a_missing_line_lowers_the_coverage_and_then_takes_the_floor():
    still_open = scorecard_total([scored(60, 4), scored(40, None, LATE)], Scale.FIVE)
    closed = scorecard_total([scored(60, 4), scored(40, 1, LATE)], Scale.FIVE)
    assert (still_open.score, closed.score) == (D(4), d(2.8))
    for found in (still_open, closed):
        assert (found.covered, found.due) == (1, 2)
        assert (found.coverage, found.count_coverage) == (D(60), D(50))


def test_a_scorecard_on_which_nothing_counts_has_no_score():
    found = scorecard_total([scored(60, None, NOT_DUE)], Scale.FIVE)
    assert (found.score, found.percent, found.coverage, found.count_coverage) == (None,) * 4


def test_an_issue_is_the_mean_in_percent_of_its_kpis():
    found = issue_total([scored(30, 4), scored(10, 2)], Scale.FIVE)
    assert (found.score, found.percent) == (D(70), D(70))
    assert issue_total([scored(30, None, NA)], Scale.FIVE).percent is None
    assert issue_total([scored(30, 3), scored(10, 1)], Scale.OWN, D(4)).percent == d(62.5)


def test_an_issue_weighs_what_all_its_kpis_weigh_unless_set():
    assert issue_weight([D(30), D(10)]) == D(40)
    assert issue_weight([D(30), D(10)], D(25)) == D(25)
    assert issue_weight([]) == D(0)


def test_the_province_is_the_mean_of_its_issues_with_a_score():
    first = IssueTotal(1, D(40), issue_total([scored(30, 4), scored(10, 2)], Scale.FIVE))
    second = IssueTotal(2, D(60), issue_total([scored(60, 3)], Scale.FIVE))
    third = IssueTotal(3, D(20), issue_total([scored(20, None, LATE)], Scale.FIVE))
    found = province_total([first, second, third])
    assert found.percent == D(64)
    assert (found.covered, found.due, found.coverage) == (3, 4, d(83.3333))
    assert province_total([third]).percent is None


@pytest.mark.parametrize(
    ("weights", "refusal"),
    [
        ((60, 40), None),
        ((60, 39.9999), ScorecardRefusal.WEIGHTS_DO_NOT_SUM),
        ((60, 50), ScorecardRefusal.WEIGHTS_DO_NOT_SUM),
        ((110, -10), ScorecardRefusal.WEIGHT_NOT_POSITIVE),
        ((100, 0), ScorecardRefusal.WEIGHT_NOT_POSITIVE),
        ((), ScorecardRefusal.NO_LINES),
    ],
)
def test_weights_come_to_100_before_signing(weights, refusal):
    assert why_not_weights([d(weight) for weight in weights]) is refusal


BANDS = [Band("d", D(0)), Band("a", D(90)), Band("c", D(60)), Band("b", D(75))]


@pytest.mark.parametrize(
    ("score", "key"), [(89.995, "b"), (90, "a"), (75, "b"), (74.9999, "c"), (0, "d"), (100, "a")]
)
def test_bands_are_lower_limits_against_the_stored_score(score, key):
    assert band_of(d(score), BANDS).key == key


def test_no_score_and_no_band_reached_have_no_band():
    assert band_of(None, BANDS) is None
    assert band_of(D(5), [Band("a", D(90))]) is None


scores = st.one_of(st.none(), st.decimals(0, 100, places=4))
positive = st.decimals(D("0.0001"), 100, places=4)


@given(st.lists(st.tuples(positive, scores), min_size=1, max_size=8), st.randoms())
def test_scorecards_agree_with_the_oracle_in_any_order(pairs, dice):
    lines = [
        Line(key, weight, LineScore(NA if score is None else VALUE, score))
        for key, (weight, score) in enumerate(pairs)
    ]
    dice.shuffle(lines)
    found = scorecard_total(lines, Scale.THREE).score
    expected = oracle.weighted(
        [(Fraction(w), None if s is None else Fraction(s)) for w, s in pairs]
    )
    assert (None if found is None else Fraction(found)) == expected


# ── Outliers ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "earlier", "target", "found"),
    [
        # Median 12.5, deviation 1 of 10, 12, 13, 14: 3 away is still near.
        (15.5, (10, 12, 13, 14), None, None),
        (15.5001, (10, 12, 13, 14), None, Outlier.FAR_FROM_LAST),
        (9.5, (10, 12, 13, 14), None, None),
        (9.4999, (10, 12, 13, 14), None, Outlier.FAR_FROM_LAST),
        # At least four are needed, the last eight are looked at.
        (900, (10, 12, 13), None, None),
        (500, (500, 500, 1, 2, 3, 4, 5, 6, 7, 8), None, Outlier.FAR_FROM_LAST),
        # Median and deviation of an odd number of values: 3 and 1.
        (6, (1, 2, 3, 4, 5), None, None),
        (6.0001, (1, 2, 3, 4, 5), None, Outlier.FAR_FROM_LAST),
        # With a deviation of 0 only the target is held against.
        (900, (10, 10, 10, 10), None, None),
        (900, (10, 10, 10, 10), 10, Outlier.FAR_ABOVE_TARGET),
        # More than 10 ×, less than 1/10, by size.
        (100, (), 10, None),
        (100.0001, (), 10, Outlier.FAR_ABOVE_TARGET),
        (1, (), 10, None),
        (0.9999, (), 10, Outlier.FAR_BELOW_TARGET),
        (-100.0001, (), 10, Outlier.FAR_ABOVE_TARGET),
        (100.0001, (), -10, Outlier.FAR_ABOVE_TARGET),
        (900, (), 0, None),
        (900, (), None, None),
        # 0 asks only where the last value was not 0.
        (0, (5,), 10, Outlier.FAR_BELOW_TARGET),
        (0, (5, 0), 10, None),
        (0, (), 10, None),
        (0, (10, 12, 13, 14), None, Outlier.FAR_FROM_LAST),
        (0, (10, 12, 13, 0), None, None),
    ],
)
def test_an_outlier_asks_for_a_note(value, earlier, target, found):
    known = None if target is None else d(target)
    assert outlier(d(value), [d(number) for number in earlier], known) is found
