"""The operations board: beds free, trend, days to full, cases beside orders, what changed; its paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from covid.document import Board
from covid.models import Facility
from covid.renderers.daily import pdf_of
from covid.rollups import board_of
from covid.scoring import NoAnswer
from covid.views.curves import beds_chart, cases_chart, vaccine_chart
from covid.views.frame import day_asked, frame_of, reader_of


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show the board of a day; the address keeps incident and day."""
    reader = reader_of(request)
    context: dict[str, Any] = frame_of(reader, "operations")
    if reader.incident is not None:
        board = board_of(reader.incident, day_asked(request))
        context |= {
            "board": board,
            "day": board.day,
            "kinds": dict(Facility.Kind.choices),
            "until_full": sentence_of(board),
            "beds_chart": beds_chart(board),
            "cases_chart": cases_chart(board),
            "vaccine_chart": vaccine_chart(board),
        }
    return render(request, "covid/operations.html", context)


@require_safe
def daily_paper(request: HttpRequest) -> HttpResponse:
    """Send the day's one page as PDF."""
    reader = reader_of(request)
    if reader.incident is None:
        raise Http404(_("ยังไม่มีเหตุการณ์"))
    board = board_of(reader.incident, day_asked(request))
    answer = HttpResponse(
        pdf_of(board, until_full=sentence_of(board), stamp=clock.now()),
        content_type="application/pdf",
    )
    name = f"{reader.incident.code}-{board.day.isoformat()}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def sentence_of(board: Board) -> str:
    """Say when the beds are full, or why that cannot be said."""
    found = board.until_full
    if found.reason is NoAnswer.NOT_REPORTED:
        return _("ยังบอกไม่ได้ วันนี้ยังไม่มีแห่งใดรายงาน")
    if found.reason is NoAnswer.TOO_FEW_DAYS:
        return _("ยังบอกไม่ได้ ต้องมีข้อมูลอย่างน้อย 4 วัน มีแล้ว %(n)d วัน") % {"n": found.counted}
    if found.reason is NoAnswer.FULL:
        return _("เตียงเต็มแล้ว")
    if found.reason is NoAnswer.NOT_FILLING:
        return _("ผู้ป่วยไม่เพิ่มขึ้น (สุทธิเฉลี่ย %(net)s คนต่อวัน)") % {"net": found.mean_net}
    return _("อีก %(days)s วัน (สุทธิเฉลี่ย %(net)s คนต่อวัน)") % {
        "days": found.days,
        "net": found.mean_net,
    }
