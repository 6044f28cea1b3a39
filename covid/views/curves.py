"""Curves of an incident by day."""

from decimal import Decimal

from django.utils.translation import gettext as _

from common import charts, thaidates
from common.bilingual import page_language
from covid.document import Board


def _periods(board: Board) -> list[str]:
    return [
        thaidates.format_date(each.day, "short", page_language(), two_digit=True)
        for each in board.days
    ]


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _orders(board: Board) -> list[tuple[int, str]]:
    """Return the orders that came into force in these days, each at its day."""
    at = {each.day: index for index, each in enumerate(board.days)}
    return [(at[order.from_date], f"{order.number} {order.name}") for order in board.entered]


def beds_chart(board: Board) -> charts.LineChart:
    """Draw patients and beds by day."""
    return charts.line_chart(
        _periods(board),
        [
            charts.Series(_("ผู้ป่วย"), tuple(_decimal(each.patients) for each in board.days)),
            charts.Series(_("เตียง"), tuple(_decimal(each.beds) for each in board.days), "plan"),
        ],
        title=_("การใช้เตียง 30 วัน"),
        unit=_("คน"),
        decimals=0,
        low=Decimal(0),
        period_head=_("วันที่"),
        label_every=7,
    )


def cases_chart(board: Board) -> charts.LineChart:
    """Draw new cases by day."""
    return charts.line_chart(
        _periods(board),
        [charts.Series(_("ติดเชื้อรายใหม่"), tuple(_decimal(each.cases) for each in board.days))],
        title=_("ผู้ติดเชื้อรายใหม่ 30 วัน"),
        unit=_("ราย"),
        decimals=0,
        low=Decimal(0),
        period_head=_("วันที่"),
        label_every=7,
        events=_orders(board),
        events_name=_("คำสั่งที่เริ่มมีผล"),
    )


def vaccine_chart(board: Board) -> charts.LineChart | None:
    """Draw vaccine given by day; None where no day has a figure."""
    if all(each.vaccinated is None for each in board.days):
        return None
    return charts.line_chart(
        _periods(board),
        [charts.Series(_("ฉีดวัคซีน"), tuple(_decimal(each.vaccinated) for each in board.days))],
        title=_("ฉีดวัคซีนรายวัน 30 วัน"),
        unit=_("คน"),
        decimals=0,
        low=Decimal(0),
        period_head=_("วันที่"),
        label_every=7,
        events=_orders(board),
        events_name=_("คำสั่งที่เริ่มมีผล"),
    )
