"""API v1 of the verbs of money: what the comptroller and the spending agency do by machine."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from accounts.models import Role
from budget.models import Allocation, Contract, Transfer
from submissions.actions import prepare_fiscal_year
from tests.budget.factories import AllocationFactory
from tests.factories import person, quarter_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """Machines call at noon of a working day after the quarter."""


def caller(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


@pytest.fixture
def row():
    quarter_of(2570, 1)
    return AllocationFactory(code="A1", allotted=D(600_000))


@pytest.fixture
def keeper(row):
    return caller(person(Role.COMPTROLLER))


def send(client, address, given=None):
    return client.post(f"/api/v1/{address}/", given or {}, format="json")


def moved(row, other, **changes):
    return {
        "from_allocation": row.code,
        "to_allocation": other.code,
        "amount": "100000.00",
        "decided_date": "2027-01-05",
        "reason": "กค 1/2570",
        **changes,
    }


def test_money_moves_between_two_allocations_and_sums_to_zero(row, keeper):
    other = AllocationFactory(code="A2", spending_agency=row.spending_agency)
    [made] = send(keeper, "transfers", [moved(row, other)]).json()
    assert (made["from_allocation"], made["to_allocation"]) == ("A1", "A2")
    assert (made["amount"], made["fiscal_year"]) == ("100000.00", 2570)
    held = {each["code"]: each for each in keeper.get("/api/v1/allocations/").json()["results"]}
    assert (held["A1"]["revised"], held["A2"]["revised"]) == ("900000.00", "1100000.00")
    spender = caller(person(Role.REPORTER, row.spending_agency))
    assert spender.get(f"/api/v1/transfers/{made['id']}/").json() == made
    assert caller(person(Role.REPORTER)).get("/api/v1/transfers/").json()["results"] == []


def test_a_list_of_transfers_is_kept_whole_or_not_at_all(row, keeper):
    other = AllocationFactory(code="A2")
    both = [moved(row, other), moved(row, other, amount="300000.01")]
    answer = send(keeper, "transfers", both)
    assert (answer.status_code, list(answer.json()["entries"])) == (409, ["1"])
    assert "ไม่พอโอน" in answer.json()["entries"]["1"]["detail"]
    another_year = AllocationFactory(
        code="A3", fiscal_year=prepare_fiscal_year(year=2571), origin_year=2571
    )
    answer = send(keeper, "transfers", moved(row, another_year))
    assert "โอนข้ามปีงบประมาณไม่ได้" in answer.json()["entries"]["0"]["detail"]
    assert not Transfer.objects.exists()
    assert send(keeper, "transfers", moved(row, other, amount="0")).status_code == 400


def test_what_is_left_is_set_aside_and_opened_in_the_next_year(row, keeper):
    prepare_fiscal_year(year=2571)
    given = {
        "savings": "0",
        "reserved_with_obligation": "0",
        "reserved_without_obligation": "250000",
        "returned": "1000",
        "reason": "กค 2/2570",
        "version": row.version,
    }
    settled = send(keeper, "allocations/A1/settle", given)
    assert settled.json()["reserved_without_obligation"] == "250000.00"
    assert settled.json()["version"] == row.version + 1
    again = send(keeper, "allocations/A1/settle", given)
    assert (again.status_code, again.json()["code"]) == (409, "changed_meanwhile")
    carried = send(keeper, "allocations/A1/carry-over")
    assert carried.status_code == 201
    body = carried.json()
    assert (body["fiscal_year"], body["origin_year"], body["revised"]) == (2571, 2570, "250000.00")


def test_money_from_outside_is_received_and_the_act_takes_the_provisional_place(row, keeper):
    given = {"amount": "5000", "received_date": "2027-01-05", "reference": "กค 3"}
    receipt = send(keeper, "allocations/A1/receive", given)
    assert (receipt.status_code, receipt.json()["amount"]) == (201, "5000.00")
    assert send(keeper, "allocations/A1/receive", given | {"amount": "-1"}).status_code == 400
    Allocation.objects.filter(pk=row.pk).update(is_provisional=True, provisional=1_000_000)
    act = {"appropriation": "1000", "allotted": "1000", "reference": "พ.ร.บ. 2570"}
    asked = send(keeper, "allocations/A1/enact", act)
    assert (asked.status_code, asked.json()["code"]) == (409, "units")
    act = {"appropriation": "1200000", "allotted": "700000", "reference": "พ.ร.บ. 2570"}
    enacted = send(keeper, "allocations/A1/enact", act).json()
    assert (enacted["appropriation"], enacted["is_provisional"]) == ("1200000.00", False)


def test_a_contract_is_planned_signed_or_taken_back(row, keeper):
    spender = caller(person(Role.REPORTER, row.spending_agency))
    given = {"allocation": "A1", "kind": "single_year", "name_th": "จ้างขุดลอก", "amount": "400000"}
    made = send(spender, "contracts", given)
    assert (made.status_code, made.json()["spending_agency"]) == (201, row.spending_agency.code)
    address = f"contracts/{made.json()['id']}"
    early = send(spender, f"{address}/sign", {"signed_date": "2028-01-01", "number": "1"})
    assert "ต้องไม่อยู่ในอนาคต" in early.json()["detail"]
    signed = send(spender, f"{address}/sign", {"signed_date": "2027-01-05", "number": "1/2570"})
    assert signed.json()["signed_date"] == "2027-01-05"
    [second] = send(spender, "contracts", [given | {"name_th": "จ้างออกแบบ"}]).json()
    cancelled = send(spender, f"contracts/{second['id']}/cancel", {"reason": "ไม่ทำแล้ว"})
    assert cancelled.json()["cancelled_reason"] == "ไม่ทำแล้ว"
    unsigned = spender.get("/api/v1/contracts/?signed_date__isnull=true").json()["results"]
    assert [each["id"] for each in unsigned] == [second["id"]]
    too_much = send(spender, "contracts", given | {"amount": "700000"})
    assert "เกินงบประมาณ" in too_much.json()["entries"]["0"]["detail"]
    assert Contract.objects.count() == 2


def test_others_are_refused_and_see_nothing(row, keeper):
    stranger, nobody = caller(person(Role.APPROVER)), caller()
    spender = caller(person(Role.REPORTER, row.spending_agency))
    for verb in ("settle", "carry-over", "enact", "receive"):
        address = f"allocations/A1/{verb}"
        assert send(stranger, address).status_code == 404
        assert send(nobody, address).status_code in (401, 403)
    assert send(spender, "allocations/A1/carry-over").status_code == 409
    assert send(nobody, "transfers", {}).status_code in (401, 403)
    assert send(nobody, "contracts", {}).status_code in (401, 403)
    assert nobody.get("/api/v1/contracts/").json()["results"] == []
