"""API v1 of money: the same rules, said to machines."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from accounts.models import Role
from budget.models import MonthlyFigure
from tests.budget.factories import AllocationFactory
from tests.factories import person, quarter_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """Machines call at noon of a working day after the quarter."""


@pytest.fixture
def allocation():
    quarter_of(2570, 1)
    return AllocationFactory()


@pytest.fixture
def reporter(allocation):
    return person(Role.REPORTER, allocation.spending_agency)


def caller(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def typed(money, **more):
    return {
        "allocation": money.code,
        "fiscal_year": 2570,
        "month": 1,
        "disbursed_to_date": "100000.00",
        "obligated": "0.00",
        **more,
    }


def test_the_whole_way_of_a_months_figure(allocation, reporter):
    head = person(Role.APPROVER, allocation.spending_agency)
    made = caller(reporter).post("/api/v1/disbursements/", typed(allocation), format="json")
    assert made.status_code == 201
    address = f"/api/v1/disbursements/{made.json()['id']}"
    assert caller(reporter).post(f"{address}/submit/").json()["status"] == "submitted"
    back = caller(head).post(f"{address}/return/", {"reason": "ยอดผิด"}, format="json")
    assert back.json()["status"] == "returned"
    caller(reporter).post(f"{address}/submit/")
    assert caller(head).post(f"{address}/approve/").json()["status"] == "approved"
    [row] = caller(reporter).get("/api/v1/allocations/").json()["results"]
    assert row["disbursed"] == "100000.00"
    corrected = caller(person(Role.COMPTROLLER)).post(
        f"{address}/correct/",
        {"disbursed_to_date": "90000", "obligated": "0", "reason": "เบิกซ้ำ"},
        format="json",
    )
    assert corrected.json()["disbursed_to_date"] == "90000.00"
    assert (
        caller(head).get(f"/api/v1/allocations/{allocation.code}/").json()["disbursed"]
        == "90000.00"
    )


def test_a_list_is_kept_whole_or_not_at_all(allocation, reporter):
    other = AllocationFactory(spending_agency=allocation.spending_agency)
    both = [typed(allocation), typed(other, disbursed_to_date="1000000.01")]
    answer = caller(reporter).post("/api/v1/disbursements/", both, format="json")
    assert answer.status_code == 409
    assert list(answer.json()["entries"]) == ["1"]
    assert not MonthlyFigure.objects.exists()
    both[1]["disbursed_to_date"] = "1000.01"
    answer = caller(reporter).post("/api/v1/disbursements/", both, format="json")
    assert [row["month"] for row in answer.json()] == [1, 1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"disbursed_to_date": "-1"}, "disbursed_to_date"),
        ({"obligated": "มาก"}, "obligated"),
        ({"month": 13}, "month"),
        ({"fiscal_year": 2580}, "month"),
        ({"allocation": "none"}, "allocation"),
    ],
)
def test_what_cannot_be_is_answered_field_by_field(allocation, reporter, change, field):
    answer = caller(reporter).post(
        "/api/v1/disbursements/", typed(allocation, **change), format="json"
    )
    assert answer.status_code == 400
    assert field in answer.json()


def test_another_agencys_money_is_not_seen(allocation, reporter):
    made = caller(reporter).post("/api/v1/disbursements/", typed(allocation), format="json").json()
    stranger = caller(person(Role.APPROVER))
    assert stranger.get("/api/v1/allocations/").json()["results"] == []
    assert stranger.post(f"/api/v1/disbursements/{made['id']}/approve/").status_code == 404
    assert (
        stranger.post("/api/v1/disbursements/", typed(allocation), format="json").status_code == 400
    )


def test_nobody_writes_without_signing_in(allocation):
    answer = caller().post("/api/v1/disbursements/", typed(allocation), format="json")
    assert answer.status_code in (401, 403)
    assert caller().get("/api/v1/allocations/").json()["results"] == []
