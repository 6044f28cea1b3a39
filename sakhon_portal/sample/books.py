"""The books of money beyond what is reported: set aside, carried over, from outside; contracts."""

from datetime import date, timedelta
from decimal import Decimal

from budget.actions import (
    ContractInput,
    DeadlineInput,
    Settlement,
    carry_over,
    plan_contracts,
    receive_outside_money,
    set_signing_deadlines,
    settle_allocation,
    sign_contract,
)
from budget.models import Allocation, Contract, ExpenditureType
from common import fiscal
from common.rounding import round_half_up
from sakhon_portal.sample.book import PAST, PRESENT, Book, moment

COMPTROLLER = "comptroller"
# Every third contract is still to be signed; share of the money that a contract takes.
UNSIGNED = 3
SHARE = Decimal("0.9")
SOURCE = "ข้อมูลตัวอย่าง ตามแนวมาตรการเร่งรัดการใช้จ่าย ยังไม่ตรวจกับหนังสือของปีนี้"


def end_year(book: Book) -> None:
    """Set aside what stood under contract at the past year's end, and open it in the present one."""
    keeper, day = book.users[COMPTROLLER], fiscal.year_end(PAST)
    rows = (
        Allocation.objects.for_year(PAST)
        .filter(is_sample=True, expenditure_type=ExpenditureType.INVESTMENT, obligated__gt=0)
        .with_owner_and_spender()
        .in_code_order()[:3]
    )
    for row in rows:
        settle_allocation(
            allocation=row,
            settlement=Settlement(
                savings=Decimal(0),
                reserved_with_obligation=row.obligated,
                reserved_without_obligation=Decimal(0),
                returned=Decimal(0),
                reason="กันเงินไว้เบิกเหลื่อมปีตามสัญญา (ตัวอย่าง)",
            ),
            by=keeper,
            at=moment(day),
        )
        carry_over(allocations=[row], by=keeper, at=moment(day + timedelta(days=1)))


def contract_present_year(book: Book) -> None:
    """Write the dates in force and a contract of each investment, most of them signed."""
    keeper, begins = book.users[COMPTROLLER], fiscal.year_start(PRESENT)
    year = book.years[PRESENT]
    set_signing_deadlines(
        deadlines=[
            DeadlineInput(year, Contract.Kind.SINGLE_YEAR, date(2026, 12, 31), SOURCE),
            DeadlineInput(year, Contract.Kind.NEW_MULTI_YEAR, date(2027, 3, 31), SOURCE),
        ],
        by=keeper,
        at=moment(begins),
    )
    rows = (
        Allocation.objects.for_year(PRESENT)
        .of_the_year_itself()
        .filter(is_sample=True, expenditure_type=ExpenditureType.INVESTMENT)
        .with_owner_and_spender()
        .in_code_order()
    )
    contracts = plan_contracts(
        contracts=[
            ContractInput(
                allocation=row,
                kind=Contract.Kind.NEW_MULTI_YEAR if number % 4 == 3 else Contract.Kind.SINGLE_YEAR,
                name_th=f"จัดซื้อจัดจ้างของ{row.name}",
                amount=round_half_up(row.revised * SHARE, 2),
                is_sample=True,
            )
            for number, row in enumerate(rows)
        ],
        by=None,
        at=moment(begins),
    )
    for number, contract in enumerate(contracts):
        if number % UNSIGNED:
            signed = date(2026, 12, 1) + timedelta(days=2 * number)
            sign_contract(
                contract=contract,
                signed_date=signed,
                number=f"{number + 1}/{PRESENT}",
                party_th="คู่สัญญาตัวอย่าง",
                by=None,
                at=moment(signed),
            )


def receive_from_outside(book: Book) -> None:
    """Add central-fund money to one allocation of the present year."""
    row = (
        Allocation.objects.for_year(PRESENT)
        .of_the_year_itself()
        .filter(is_sample=True, expenditure_type=ExpenditureType.RECURRENT)
        .with_owner_and_spender()
        .in_code_order()[0]
    )
    receive_outside_money(
        allocation=row,
        amount=Decimal(150_000),
        received_date=date(2026, 11, 16),
        reference="งบกลาง เพื่อแก้ปัญหาความเดือดร้อนเร่งด่วน (ตัวอย่าง)",
        by=book.users[COMPTROLLER],
        at=moment(date(2026, 11, 16)),
    )
