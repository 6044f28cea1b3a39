"""Columns of the lists of money as files: English names, baht to the satang."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing

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
