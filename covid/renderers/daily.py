"""The day's one page: beds, pace, cases, orders in force."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common import paper, thaidates
from common.bilingual import page_language
from common.thainumbers import format_number
from covid.document import Beds, Board
from covid.models import Facility

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "daily.typ"


def pdf_of(board: Board, *, until_full: str, stamp: datetime) -> bytes:
    """Return the page as PDF; `until_full` is the sentence that the board shows."""
    return paper.pdf_of(TEMPLATE, "day", words_of(board, until_full), stamp=stamp)


def words_of(board: Board, until_full: str) -> dict[str, Any]:
    """Return everything that stands on the page, as ready text."""
    lang = page_language()
    today, yesterday = board.today, board.yesterday
    sample = _("ข้อมูลตัวอย่าง") if board.incident.is_sample else ""
    return {
        "language": lang,
        "title": _("สรุปสถานการณ์ประจำวัน"),
        "subtitle": f"{board.incident.name} · " + thaidates.format_date(board.day, "long", lang),
        "sample": sample,
        "facts": [
            [_("ติดเชื้อรายใหม่"), _count(today.cases), _change(today.cases, yesterday.cases)],
            [_("เสียชีวิต"), _count(today.deaths), _change(today.deaths, yesterday.deaths)],
            [
                _("ผู้ป่วยคงอยู่"),
                _count(today.patients),
                _change(today.patients, yesterday.patients),
            ],
            [_("เตียงว่าง"), _free(board.total), _coverage(board.total)],
        ],
        "until_full": [_("เตียงจะเต็ม"), until_full],
        "heads": [
            _("ประเภท"),
            *[area.name for area in board.areas],
            _("รวม"),
        ],
        "rows": [
            [
                str(Facility.Kind(line.kind).label),
                *["" if beds is None else _free(beds) for beds in line.by_area],
                _free(line.total),
            ]
            for line in board.lines
        ],
        "beds_title": _("เตียงว่าง ตามประเภทและอำเภอ (ว่าง / ทั้งหมด)"),
        "orders_title": _("คำสั่งที่มีผลใช้อยู่"),
        "orders": [
            [order.number, order.name, " · ".join(filter(None, [order.closes_th, order.opens_th]))]
            for order in board.orders
        ],
        "none": _("ไม่มี"),
        "over_title": _("เกินความจุ"),
        "over": [
            f"{each.facility.name} {each.patients}/{each.beds}: {each.note}" for each in board.over
        ],
        "page": _("หน้า"),
    }


def _count(value: int | None) -> str:
    return _("ยังไม่รายงาน") if value is None else format_number(value, 0)


def _change(now: int | None, before: int | None) -> str:
    if now is None or before is None:
        return _("เทียบเมื่อวานไม่ได้")
    sign = "+" if now > before else "−" if now < before else "±"
    return _("เทียบเมื่อวาน %(change)s") % {"change": f"{sign}{format_number(abs(now - before), 0)}"}


def _free(beds: Beds) -> str:
    if not beds.reported:
        return _("ยังไม่รายงาน")
    return f"{format_number(beds.free, 0)} / {format_number(beds.beds, 0)}"


def _coverage(beds: Beds) -> str:
    return _("รายงานแล้ว %(reported)d จาก %(all)d แห่ง") % {
        "reported": beds.reported,
        "all": beds.facilities,
    }
