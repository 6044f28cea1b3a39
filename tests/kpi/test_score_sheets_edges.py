"""A round's sheet where something is missing: no curve, no year target, nothing asked, no reason."""

from decimal import Decimal

import pytest
import time_machine

from common.states import CellState
from kpi.models import KPI, Figure, ScoreCurve, Target
from kpi.rules.assessed import posts_below
from kpi.rules.score_sheets import sheet_of
from kpi.scoring.words import Reason
from tests.factories import NOON, AgencyFactory, PostFactory
from tests.kpi.factories import kpi_of
from tests.kpi.test_score_sheets import card, line, signed

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.parametrize("points", [[["x", "1"]], [[60]], 5])
def test_a_curve_that_cannot_be_read_leaves_its_line_without_a_score(points):
    kpi = kpi_of()
    signed(kpi, "8")
    ScoreCurve.objects.update(points=points)
    found = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert (found.levels, found.score, found.achievement) == ((), None, 80)


def test_a_flow_without_a_year_target_adds_up_its_quarters():
    kpi = kpi_of(targets=("10", "10", "20", "20"))
    signed(kpi, "8")
    ScoreCurve.objects.update(
        axis="value", points=[[str(x), str(n)] for n, x in enumerate((36, 42, 48, 54, 60), 1)]
    )
    stated = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    KPI.objects.filter(pk=kpi.pk).update(year_target=None)
    summed = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert summed.score == stated.score == 3
    Target.objects.filter(kpi=kpi, quarter=4).update(value=40)
    assert line(sheet_of(card(kpi), first=1, last=1), "1.1").score == 5


def test_a_second_round_with_nothing_reported_says_what_was_asked():
    kpi = kpi_of(targets=("10", "10", "20", "25"))
    signed(kpi, "10", "10", None, None)
    found = line(sheet_of(card(kpi), first=3, last=4), "1.1")
    assert (found.target, found.actual, found.achievement) == (45, None, None)
    assert found.state == CellState.NOT_DUE


def test_a_sheet_of_which_nothing_counts_has_no_points_and_zero_points_are_points():
    kpi = kpi_of()
    nothing = sheet_of(card(kpi), first=1, last=1)
    assert (nothing.points, nothing.total.score) == (None, None)
    signed(kpi, "8")
    ScoreCurve.objects.update(points=[["60", "0"], ["80", "0"], ["100", "5"]])
    assert sheet_of(card(kpi), first=1, last=1).points == 0


def test_a_value_without_a_target_is_shown_and_not_scored():
    kpi = kpi_of()
    Target.objects.filter(kpi=kpi).update(value=None)
    KPI.objects.filter(pk=kpi.pk).update(year_target=None)
    signed(kpi, "8")
    found = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert (found.actual, found.target, found.achievement, found.score) == (8, None, None, None)
    assert found.reason == Reason.NO_TARGET


@pytest.mark.parametrize(("code", "said"), [("no_case", "no_case"), ("of old", "of old")])
def test_a_reason_that_the_rules_no_longer_know_is_still_shown(code, said):
    kpi = kpi_of()
    signed(kpi, None)
    Figure.objects.filter(kpi=kpi).update(state="not_reported", state_reason=code)
    found = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert (found.score, found.reason) == (None, said)


def test_the_posts_below_are_found_at_any_distance_and_once():
    agency = AgencyFactory()
    top = PostFactory(agency=agency)
    left, right = (PostFactory(agency=agency, supervising_post=top) for _ in range(2))
    low = PostFactory(agency=agency, supervising_post=left)
    gone = PostFactory(agency=agency, supervising_post=right, is_active=False)
    assert posts_below([top.pk]) == {left.pk, right.pk, low.pk}
    # Asked for with one of its own people: nobody is counted twice, and a ring ends.
    assert posts_below([top.pk, left.pk]) == {left.pk, right.pk, low.pk}
    type(top).objects.filter(pk=top.pk).update(supervising_post=low)
    assert posts_below([top.pk]) == {top.pk, left.pk, right.pk, low.pk}
    assert posts_below([gone.pk]) == posts_below([]) == set()
