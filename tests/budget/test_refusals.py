"""What the books refuse, and that nothing has changed; what is confirmed, repeated or done by nobody."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from budget import actions, rules
from budget.models import Allocation, Contract, OutsideReceipt, SigningDeadline
from budget.scoring import Position
from common.refusal import EntriesRefused, Refused
from submissions.actions import prepare_fiscal_year
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, TODAY, person
from tests.house.meanwhile import meanwhile

D = Decimal


# ── Rules ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "part"),
    [
        (lambda: rules.why_not_settle(Allocation().position, " "), "เขียนเหตุผลหรือเลขที่หนังสือ"),
        (lambda: rules.why_not_enact(Allocation(is_provisional=False), "พ.ร.บ."), "ไม่ใช่งบประมาณ"),
        (lambda: rules.why_not_enact(Allocation(is_provisional=True), " "), "ระบุพระราชบัญญัติ"),
        (lambda: rules.why_not_deadline(2570, date(2027, 10, 1), "มติ"), "ต้องอยู่ในปีงบประมาณ 2570"),
        (lambda: rules.why_not_deadline(2570, date(2027, 9, 30), " "), "ระบุที่มา"),
    ],
)
def test_what_is_missing_is_said(said, part):
    assert part in said()


def test_what_is_complete_stands():
    assert rules.why_not_enact(Allocation(is_provisional=True), "พ.ร.บ.") is None
    assert rules.why_not_deadline(2570, date(2027, 9, 30), "มติ ครม.") is None
    assert isinstance(Allocation().position, Position)


# ── Verbs ────────────────────────────────────────────────────────────────────
@pytest.fixture
def keeper(db):
    return person(Role.COMPTROLLER)


@pytest.fixture
def row(db):
    return AllocationFactory(code="B1")


def code_of(verb, **given):
    with pytest.raises(Refused) as refused:
        verb(**given)
    return refused.value.code


def given_of(row, **more):
    given = {
        "code": "N1",
        "name_th": "จัดซื้อ",
        "source": row.source,
        "expenditure_type": row.expenditure_type,
        "fiscal_year": row.fiscal_year,
        "owner_agency": row.owner_agency,
        "spending_agency": row.spending_agency,
        "appropriation": D(250_000),
        "allotted": D(250_000),
    }
    return actions.AllocationInput(**given | more)


def test_a_provisional_budget_is_no_carried_money(row, keeper):
    given = given_of(row, is_provisional=True, origin_year=2569)
    with pytest.raises(EntriesRefused) as refused:
        actions.allocate(allocations=[given], by=keeper, at=NOON)
    assert refused.value.by_entry[0].code == "provisional"
    assert Allocation.objects.get() == row


@pytest.mark.parametrize(
    ("who", "amount", "code"),
    [("stranger", 400_000, "not_allowed"), ("spender", 400, "units"), ("spender", 0, "invalid")],
)
def test_a_contract_is_planned_by_who_spends_and_near_its_money(row, who, amount, code):
    by = person(Role.REPORTER, row.spending_agency if who == "spender" else None)
    given = actions.ContractInput(row, "single_year", "จ้างขุดลอก", D(amount))
    with pytest.raises(EntriesRefused) as refused:
        actions.plan_contracts(contracts=[given], by=by, at=NOON)
    assert refused.value.by_entry[0].code == code
    assert not Contract.objects.exists()


def test_a_deadline_set_by_a_loader_and_said_again_is_not_set_twice(row):
    given = actions.DeadlineInput(row.fiscal_year, "single_year", date(2026, 12, 31), "มติ ครม.")
    set_again = {"deadlines": [given], "by": None, "at": NOON}
    assert actions.set_signing_deadlines(**set_again) == [SigningDeadline.objects.get()]
    assert actions.set_signing_deadlines(**set_again) == []
    assert Event.objects.filter(verb="budget.deadline.set").count() == 1


def test_money_from_outside_far_above_the_allocation_is_taken_when_confirmed(row, keeper):
    receive = {
        "allocation": row,
        "amount": D(1_000_000_000),
        "received_date": TODAY,
        "reference": "หนังสือ 1",
        "by": keeper,
        "at": NOON,
    }
    assert code_of(actions.receive_outside_money, **receive) == "units"
    assert not OutsideReceipt.objects.exists()
    actions.receive_outside_money(**receive, is_confirmed=True)
    row.refresh_from_db()
    assert (row.outside, row.revised) == (D(1_000_000_000), D(1_001_000_000))


def test_a_loader_carries_over_what_is_reserved(row):
    prepare_fiscal_year(year=2571)
    Allocation.objects.filter(pk=row.pk).update(reserved_without_obligation=D(300))
    row.refresh_from_db()
    [carried] = actions.carry_over(allocations=[row], by=None, at=NOON)
    assert (carried.fiscal_year_id, carried.appropriation) == (2571, D(300))
    assert Event.objects.get(verb="budget.allocation.carried").actor_id is None


@pytest.fixture
def provisional(row, keeper):
    given = given_of(row, code="P1", is_provisional=True)
    actions.allocate(allocations=[given], by=keeper, at=NOON)
    return Allocation.objects.get(code="P1")


def enacted(provisional, keeper, amount="260000", **more):
    return {
        "allocation": provisional,
        "appropriation": D(amount),
        "allotted": D(amount),
        "reference": "พ.ร.บ.",
        "by": keeper,
        "at": NOON,
        **more,
    }


def test_an_act_far_from_the_provisional_budget_is_taken_when_confirmed(provisional, keeper):
    given = enacted(provisional, keeper, "250000000")
    assert code_of(actions.enact_allocation, **given) == "units"
    provisional.refresh_from_db()
    assert provisional.is_provisional
    actions.enact_allocation(**given, is_confirmed=True)
    provisional.refresh_from_db()
    assert (provisional.is_provisional, provisional.revised) == (False, D(250_000_000))


def test_an_allocation_that_moved_meanwhile_is_not_enacted(provisional, keeper):
    Allocation.objects.filter(pk=provisional.pk).update(version=9)
    assert code_of(actions.enact_allocation, **enacted(provisional, keeper)) == "changed_meanwhile"
    provisional.refresh_from_db()
    assert (provisional.is_provisional, provisional.appropriation) == (True, D(250_000))
    assert not Event.objects.filter(verb="budget.allocation.enacted").exists()


def test_an_allocation_that_moves_while_it_is_enacted_is_not(provisional, keeper):
    others = Allocation.objects.filter(pk=provisional.pk)
    with meanwhile('UPDATE "budget_allocation"', lambda: others.update(name_th="อื่น", version=7)):
        code = code_of(actions.enact_allocation, **enacted(provisional, keeper))
    assert code == "changed_meanwhile"
    provisional.refresh_from_db()
    assert (provisional.is_provisional, provisional.appropriation) == (True, D(250_000))
