"""What is owed and what waits of money."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from budget.actions import (
    MonthlyInput,
    approve_monthly_figures,
    record_monthly_figures,
    submit_monthly_figures,
)
from budget.dues import due_for, waiting_for
from common.states import CellState
from submissions.models import Month
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, person, quarter_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def scene():
    quarter_of(2570, 1)
    allocation = AllocationFactory()
    agency = allocation.spending_agency
    return allocation, person(Role.REPORTER, agency), person(Role.APPROVER, agency)


def sent(scene, number=1, amount="100000"):
    allocation, reporter, _head = scene
    month = Month.objects.get(fiscal_year_id=2570, number=number)
    entry = MonthlyInput(allocation, month, D(amount), D(0), note="ตรวจแล้ว")
    figures = record_monthly_figures(entries=[entry], by=reporter, at=NOON)
    return submit_monthly_figures(entries=figures, by=reporter, at=NOON)


def test_each_open_month_is_owed_until_it_is_signed(scene):
    _allocation, reporter, head = scene
    dues = due_for(reporter, NOON)
    assert [due.period_key for due in dues] == ["2570-m01", "2570-m02", "2570-m03"]
    assert dues[0].owner_ids == (reporter.pk,)
    assert {due.state for due in dues} == {CellState.LATE}
    assert dues[2].url == "/desk/budget/months/?month=2570-m03"
    approve_monthly_figures(entries=sent(scene), by=head, at=NOON)
    assert len(due_for(reporter, NOON)) == 2
    assert len(due_for(person(Role.COMPTROLLER), NOON)) == 2


def test_states_follow_the_month(scene):
    on_the_day = NOON.replace(month=1, day=5)
    assert due_for(scene[1], on_the_day)[2].state == CellState.NOT_REPORTED
    running = NOON.replace(year=2026, month=12, day=30)
    assert due_for(scene[1], running)[2].state == CellState.NOT_DUE


def test_others_owe_nothing(scene):
    assert due_for(person(Role.REPORTER), NOON) == []
    assert due_for(AnonymousUser(), NOON) == []
    assert waiting_for(scene[1], NOON) == []


def test_a_figure_waits_for_the_head_beside_its_last(scene):
    _allocation, _reporter, head = scene
    approve_monthly_figures(entries=sent(scene), by=head, at=NOON)
    sent(scene, 2, "250000")
    [waiting] = waiting_for(head, NOON)
    assert (waiting.last, waiting.current) == ("100,000.00", "250,000.00")
    assert (waiting.change, waiting.achievement) == ("150,000.00", "25.00")
    assert not waiting.outlier


def test_a_figure_far_from_its_plan_stands_out(scene):
    sent(scene, 1, "100")
    assert waiting_for(scene[2], NOON)[0].outlier


def test_money_that_is_all_transferred_away_has_no_rate(scene):
    allocation = AllocationFactory(
        spending_agency=scene[0].spending_agency, appropriation=D(0), name_th=""
    )
    sent((allocation, *scene[1:]), 1, "0")
    assert waiting_for(scene[2], NOON)[0].achievement == ""
    assert waiting_for(scene[2], NOON)[0].label == allocation.code


def test_what_is_owed_and_waits_costs_the_same_for_one_or_ten(scene):
    allocation, reporter, head = scene
    sent(scene)
    with CaptureQueriesContext(connection) as one:
        due_for(reporter, NOON)
        waiting_for(head, NOON)
    for _n in range(9):
        sent((AllocationFactory(spending_agency=allocation.spending_agency), reporter, head))
    with CaptureQueriesContext(connection) as ten:
        assert len(due_for(reporter, NOON)) == 30
        assert len(waiting_for(head, NOON)) == 10
    assert len(ten) == len(one)
