"""Suppositions at the edge: quarters left out, figures never stored, ends of the year, no rules."""

from decimal import Decimal

import pytest
import time_machine

from kpi import rollups
from kpi.models import KPI, Figure, IndicatorVersion, Result, Scorecard, Target
from kpi.rollups.supposing import Supposed, suppose
from submissions.models import PeriodState, Quarter
from tests.factories import NOON, UserFactory, set_state
from tests.kpi.factories import COUNT, kpi_of
from tests.kpi.test_what_if import stored
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.django_db
D = Decimal
STOCK = {**COUNT, "over_time": "stock"}
LEVEL = ("10", "20", "30", "40")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def quarter(number):
    found = Quarter.objects.get(fiscal_year=2570, number=number)
    set_state(found, PeriodState.OPEN)
    return found


def reported(kpi, *values):
    """Sign the quarters from the first on; "-" says that a quarter does not apply."""
    by = UserFactory()
    for number, value in enumerate(values, 1):
        if value is None:
            continue
        out = value == "-"
        Result.objects.create(
            kpi=kpi,
            quarter=quarter(number),
            status="approved",
            value=None if out else D(value),
            is_not_applicable=out,
            submitted_at=NOON,
            submitted_by_id=by.pk,
            approved_at=NOON,
            approved_by_id=by.pk,
            not_applicable_reason="ไม่มีในฤดูนี้" if out else "",
        )
    rollups.recompute(2570, at=NOON)


def supposed(kpi, number, **changes):
    before = stored()
    moved = suppose(quarter(number), {kpi.pk: Supposed(**changes)}, at=NOON).kpis[kpi.pk]
    assert stored() == before
    return moved


def units(value):
    return None if value is None else int(D(value) * 10_000)


@pytest.mark.parametrize(
    ("values", "number", "changes", "expected"),
    [
        # A flow's supposed year to date leaves the quarter what the others before did not bring.
        (("4", "5", "6"), 3, {"result": D(20)}, ("11", "20")),
        (("4", "-", "6"), 3, {"result": D(20)}, ("16", "20")),
        (("4", None, "6"), 3, {"result": D(20)}, ("16", "20")),
        ((), 1, {"result": D(3)}, ("3", "3")),
    ],
)
def test_a_supposed_year_to_date_looks_past_what_was_not_asked(values, number, changes, expected):
    kpi = kpi_of()
    reported(kpi, *values)
    moved = supposed(kpi, number, **changes)
    assert (moved.then.value, moved.then.ytd_value) == tuple(map(units, expected))


@pytest.mark.parametrize(
    ("rules", "targets", "values", "number", "target", "achievement"),
    [
        # The quarter takes what the planned ones before leave; one that does not apply asks nothing.
        (COUNT, ("10", "10", "10", "10"), ("10", "10", "15"), 3, "50", "70"),
        (COUNT, ("10", "10", "10", "10"), ("10", "-", "15"), 3, "50", "50"),
        # A level's last quarter is its year; an earlier one leaves the year alone.
        (STOCK, LEVEL, ("10", "20", "30", "40"), 4, "80", "50"),
        (STOCK, LEVEL, ("10", "20", "30", "40"), 2, "25", "80"),
    ],
)
def test_a_supposed_target_is_that_of_the_year_to_date(
    rules, targets, values, number, target, achievement
):
    kpi = kpi_of(rules=rules, targets=targets)
    reported(kpi, *values)
    moved = supposed(kpi, number, target=D(target))
    assert moved.then.achievement == units(achievement)
    assert moved.achievement_then == D(achievement)
    assert moved.has_moved


def test_a_flow_without_a_year_target_may_still_be_supposed_one():
    kpi = kpi_of()
    KPI.objects.filter(pk=kpi.pk).update(year_target=None)
    reported(kpi, "8")
    moved = supposed(kpi, 1, target=D(16))
    assert (moved.achievement_now, moved.achievement_then) == (D(80), D(50))


def test_what_was_never_computed_is_supposed_from_nothing():
    kpi = kpi_of()
    Figure.objects.all().delete()
    moved = supposed(kpi, 1, result=D(9))
    assert (moved.now.ytd_value, moved.then.ytd_value) == (None, units("9"))
    assert moved.score_then == D(4)


@pytest.mark.parametrize("changes", [{"result": D(9)}, {"target": D(9)}])
def test_an_indicator_without_rules_in_the_year_comes_to_nothing(changes):
    kpi = kpi_of()
    IndicatorVersion.objects.update(from_year=2580)
    moved = supposed(kpi, 1, **changes)
    assert (moved.then.ytd_value, moved.then.score) == (None, None)
    assert Target.objects.get(kpi=kpi, quarter=1).value == 10


def test_a_supposed_result_moves_its_development_issue_too():
    issue = IssueFactory(code="1")
    kpi = kpi_of(level=Scorecard.Level.PROVINCE, issue=issue)
    reported(kpi, "8")
    before = stored()
    found = suppose(quarter(1), {kpi.pk: Supposed(result=D(10))}, at=NOON)
    ((now, then),) = found.issues.values()
    assert list(found.issues) == [issue.pk]
    assert (now.percent, then.percent) == (D(60), D(100))
    assert (now.covered, now.due) == (then.covered, then.due) == (1, 1)
    assert list(found.scorecards) == [kpi.scorecard_id]
    assert stored() == before
