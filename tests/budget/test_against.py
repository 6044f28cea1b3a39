"""Money against the Cabinet's targets: months, both measures, ranking, what lapses."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from budget import actions
from budget.models import CabinetTarget
from tests.budget.factories import AllocationFactory
from tests.budget.test_books import contract_of, signed
from tests.factories import NOON, AgencyFactory, person, quarter_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read at noon of a working day after the quarter."""


@pytest.fixture
def year(work_off_jobs):
    """Two agencies: one has paid 40 % and the other 10 % by December, against 30 % and 45 % spent."""
    quarter_of(2570, 1)
    fast = AllocationFactory(code="F", spending_agency=AgencyFactory(code="FF", name_th="เร็ว"))
    slow = AllocationFactory(
        code="S",
        spending_agency=AgencyFactory(code="SS", name_th="ช้า"),
        expenditure_type="recurrent",
    )
    for row, paid, held in ((fast, 400_000, 0), (slow, 100_000, 500_000)):
        for month in (1, 2, 3):
            signed(row, month, D(paid) * month / 3, held)
    wanted = [("disbursement", D(30)), ("spending", D(45))]
    actions.set_cabinet_targets(
        targets=[
            actions.TargetInput(fast.fiscal_year, 1, category, measure, percent, "cabinet", "มติ")
            for measure, percent in wanted
            for category in CabinetTarget.Category.values
        ],
        by=None,
        at=NOON,
    )
    work_off_jobs()
    return fast, slow


@pytest.fixture
def governor(client):
    client.force_login(person(Role.GOVERNOR))
    return client


OVERVIEW = "/desk/budget/overview/"


def test_months_stand_against_the_straight_line_by_both_measures(governor, year):
    months = governor.get(OVERVIEW).context["outlook"].months
    assert [line.disbursement_target for line in months[:4]] == [D(10), D(20), D(30), None]
    assert [line.spending_target for line in months[:3]] == [D(15), D(30), D(45)]
    december = months[2]
    assert december.ends_quarter
    # 500,000 of 2,000,000 is paid, 1,000,000 with what is obligated.
    assert (december.disbursement.points, december.disbursement.baht_needed) == (D(-5), D(100_000))
    assert (december.spending.points, december.spending.baht_needed) == (D(5), D(0))


@pytest.mark.parametrize(
    ("asked", "rate"),
    [
        ({}, D(25)),
        ({"type": "investment"}, D(40)),
        ({"type": "recurrent"}, D(10)),
        ({"type": "odd"}, D(25)),
    ],
)
def test_a_type_has_its_own_line_and_forecast(governor, year, asked, rate):
    context = governor.get(OVERVIEW, asked).context
    assert context["asked"].figure.disbursement_rate == rate
    assert context["outlook"].closed[-1] == rate
    assert context["expected"].method == "least_squares"
    page = governor.get(OVERVIEW, asked).content.decode()
    assert "วิธีคาดการณ์และตัวเลขที่ใช้" in page


@pytest.mark.parametrize(
    ("asked", "names", "places"),
    [
        ({}, ["ช้า", "เร็ว"], [2, 1]),
        ({"order": "best"}, ["เร็ว", "ช้า"], [1, 2]),
        ({"measure": "spending"}, ["เร็ว", "ช้า"], [2, 1]),
        ({"type": "recurrent"}, ["ช้า"], [1]),
        ({"by": "project"}, [], []),
    ],
)
def test_agencies_and_projects_are_ranked_by_measure_and_type(governor, year, asked, names, places):
    listed = governor.get(reverse("budget:ranking"), asked).context["page"].object_list
    assert [each.row.name for each in listed] == names
    assert [each.place for each in listed] == places


def test_budget_owners_are_ranked_apart_from_those_who_spend(governor, year):
    listed = governor.get(reverse("budget:ranking"), {"by": "owner"}).context["page"].object_list
    assert {each.row.name for each in listed} == {row.owner_agency.name_th for row in year}


def test_the_ranking_is_for_those_who_look_over_the_province(client, year):
    client.force_login(person(Role.REPORTER, year[0].spending_agency))
    assert client.get(reverse("budget:ranking")).status_code == 403


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ((2027, 5, 31), []),
        ((2027, 6, 1), ["S", "F"]),
        ((2027, 9, 30), ["S", "F"]),
        ((2027, 10, 1), []),
    ],
)
def test_what_will_lapse_is_listed_from_june_to_the_years_end(client, year, day, codes):
    reader = person(Role.GOVERNOR)
    at = NOON.replace(year=day[0], month=day[1], day=day[2])
    with time_machine.travel(at, tick=False):
        client.force_login(reader)
        context = client.get(OVERVIEW, {"year": 2570}).context
    assert [row.code for row in context["lapsing"]] == codes
    if codes:
        # 900,000 of the slow one and 600,000 of the fast one are neither paid nor set aside.
        assert context["lapsing_baht"] == D(1_500_000)


def test_contracts_that_missed_their_date_stand_on_the_overview(governor, year):
    contract_of(year[0], own_due_date=NOON.date().replace(day=1))
    contract_of(year[1], own_due_date=NOON.date())
    context = governor.get(OVERVIEW).context
    assert [line.days_late for line in context["unsigned"]] == [12]
