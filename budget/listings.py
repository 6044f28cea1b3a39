"""Columns of the lists of money as files: English names, baht to the satang."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from budget.models import Allocation, Contract, Transfer
from common.downloads import ListColumn, Listing, columns_of

_AMOUNTS = (
    ("appropriation", _("งบประมาณตาม พ.ร.บ.")),
    ("transferred_in", _("โอนเข้า")),
    ("transferred_out", _("โอนออก")),
    ("revised", _("งบประมาณหลังโอนเปลี่ยนแปลง")),
    ("allotted", _("ได้รับจัดสรร")),
    ("disbursed", _("เบิกจ่ายสะสม")),
    ("obligated", _("ก่อหนี้ผูกพันคงค้าง")),
)


def _amount(name: str) -> Callable[[Any], Decimal]:
    return lambda row: getattr(row[0], name)


def _month(number: int) -> Callable[[Any], Decimal | None]:
    return lambda row: row[1][number - 1]


def _of_figure(name: str) -> Callable[[Any], Decimal | None]:
    return lambda row: getattr(row.row.figure, name)


# A row is an allocation with the twelve months' amounts that the page shows.
YEAR = Listing(
    "budget-year",
    _("เบิกจ่ายรายเดือน"),
    (
        ListColumn("fiscal_year", _("ปีงบประมาณ"), lambda row: row[0].fiscal_year_id, "integer"),
        ListColumn("allocation_code", _("รหัส"), lambda row: row[0].code, width=20),
        ListColumn("name", _("รายการ"), lambda row: row[0].name, width=48),
        ListColumn("expenditure_type", _("ประเภทรายจ่าย"), lambda row: row[0].expenditure_type),
        ListColumn("origin_year", _("ปีงบประมาณต้นทาง"), lambda row: row[0].origin_year, "integer"),
        ListColumn("owner_code", _("เจ้าของงบประมาณ"), lambda row: row[0].owner_agency.code),
        ListColumn(
            "spending_agency_code", _("หน่วยงานผู้เบิกจ่าย"), lambda row: row[0].spending_agency.code
        ),
        *(ListColumn(f"{name}_baht", label, _amount(name), "money") for name, label in _AMOUNTS),
        *(
            ListColumn(
                f"month_{number:02d}_baht",
                format_lazy(_("เดือนที่ {number} ของปีงบประมาณ"), number=number),
                _month(number),
                "money",
            )
            for number in range(1, 13)
        ),
        ListColumn(
            "is_unconfirmed", _("ผลตรวจไม่ยืนยัน"), lambda row: row[0].is_unconfirmed, "boolean"
        ),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row[0].is_sample, "boolean"),
    ),
)

BOOKS = Listing(
    "allocations",
    _("บัญชีงบประมาณ"),
    (
        *columns_of(
            Allocation,
            *("code", "name_th", "project.code", "source.code", "expenditure_type"),
            *("origin_year", "owner_agency.code", "spending_agency.code", "appropriation"),
            *("outside", "transferred_in", "transferred_out", "revised", "allotted"),
            *("disbursed", "obligated", "reserved_with_obligation"),
            *("reserved_without_obligation", "returned", "savings", "is_provisional"),
        ),
        ListColumn("is_unconfirmed", _("ผลตรวจไม่ยืนยัน"), lambda row: row.is_unconfirmed, "boolean"),
        *columns_of(Allocation, "is_sample"),
    ),
)

TRANSFERS = Listing(
    "transfers",
    _("โอนเปลี่ยนแปลง"),
    (
        *columns_of(Transfer, "decided_date", "from_allocation.code", "to_allocation.code"),
        *columns_of(Transfer, "amount", "reason"),
        ListColumn("is_unconfirmed", _("ผลตรวจไม่ยืนยัน"), lambda row: row.is_unconfirmed, "boolean"),
        ListColumn(
            "is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row.from_allocation.is_sample, "boolean"
        ),
    ),
)

# A row has the contract, the date in force for it and how late it is.
CONTRACTS = Listing(
    "contracts",
    _("สัญญา"),
    (
        *columns_of(Contract, "allocation.code", "kind", "name_th", "amount", row="contract"),
        ListColumn("due_date", _("กำหนดลงนาม"), lambda line: line.due_date, "date"),
        *columns_of(Contract, "signed_date", "number", "party_th", row="contract"),
        ListColumn("days_late", _("เลยกำหนด (วัน)"), lambda line: line.days_late, "integer"),
        *columns_of(Contract, "is_sample", row="contract"),
    ),
)

# A row has its place (none without a rate), its name, and its money at the month's end.
RANKING = Listing(
    "budget-ranking",
    _("อันดับการใช้เงิน"),
    (
        ListColumn("place", _("อันดับ"), lambda row: row.place, "integer"),
        ListColumn("name", _("รายการ"), lambda row: row.row.name, width=40),
        *(
            ListColumn(f"{name}_baht", label, _of_figure(name), "money")
            for name, label in _AMOUNTS[3:]
        ),
        ListColumn(
            "disbursement_rate", _("เบิกจ่าย (ร้อยละ)"), _of_figure("disbursement_rate"), "number", 4
        ),
        ListColumn("spending_rate", _("ใช้จ่าย (ร้อยละ)"), _of_figure("spending_rate"), "number", 4),
        ListColumn(
            "target", _("เป้า (ร้อยละ)"), lambda row: row.gap.target if row.gap else None, "number", 4
        ),
        ListColumn(
            "is_unconfirmed", _("ผลตรวจไม่ยืนยัน"), lambda row: row.row.is_unconfirmed, "boolean"
        ),
    ),
)
