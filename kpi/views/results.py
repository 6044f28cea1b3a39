"""One entry as both sides read it: its figures, its files, and all that happened to it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import Standing
from audit.log import record
from audit.models import Event
from common import clock
from common.thainumbers import format_number, read_number
from kpi.models import Result
from kpi.rules.definitions import may_see_personal
from kpi.rules.surroundings import surroundings_of, typed_of
from submissions.models import EntryStatus
from submissions.rules import standing_of

FIGURES = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an entry in words."""

    event: Event
    was: str
    became: str
    figures: str
    lent_by: str


@require_safe
def result_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an entry with its history to whoever types it, signs it or oversees it."""
    standing = standing_of(request.user, clock.today())
    result = _readable(request, pk, standing)
    place = surroundings_of([result.kpi], result.quarter)[result.kpi_id]
    return render(
        request,
        "kpi/result_detail.html",
        {
            "result": result,
            "kpi": result.kpi,
            "quarter": result.quarter,
            "version": place.version,
            "decimals": place.decimals,
            "value": place.quarter_value(typed_of(result)),
            "last": place.last_value,
            "target": place.target_rows[place.number - 1],
            "parts": list(
                result.parts.select_related("item__disaggregation").order_by(
                    "item__disaggregation__order", "item__order"
                )
            ),
            "files": list(result.evidence.order_by("pk")),
            "history": [
                happened(event)
                for event in Event.objects.of("kpi.result", result.pk).in_time_order()
            ],
        },
    )


def _readable(request: HttpRequest, pk: int, standing: Standing) -> Result:
    """The entry, or 404; the line above a personal one reads it too, and each view is logged.

    :raises Http404: if the person may not read it.
    """
    result = get_object_or_404(
        Result.objects.with_kpi().select_related(
            "quarter__fiscal_year",
            "kpi__curve",
            "kpi__scorecard__post__supervising_post",
            "approved_by",
            "accepted_by",
            "returned_by",
        ),
        pk=pk,
    )
    if result.kpi.is_personal:
        if not may_see_personal(result.kpi, standing):
            raise Http404
        assert isinstance(request.user, User)
        record(
            "kpi.personal.viewed",
            result.kpi,
            by=request.user,
            at=clock.now(),
            agency_code=result.kpi.agency.code,
        )
    elif not Result.objects.visible_to(standing).filter(pk=pk).exists():
        raise Http404
    return result


def happened(event: Event) -> Happened:
    """Say an event of an entry in words."""
    before, after = event.before or {}, event.after or {}
    return Happened(
        event,
        was=_status(before.get("status", "")),
        became=_became(event, after.get("status", "")),
        figures=_figures(after),
        lent_by=str(after.get("lent_by", "")),
    )


def _became(event: Event, code: str) -> str:
    word = _status(code) or _what(event)
    return f"{word} ({_('เลิกทำ')})" if event.verb == "kpi.result.undone" else word


def _status(code: str) -> str:
    return str(EntryStatus(code).label) if code in EntryStatus.values else ""


def _what(event: Event) -> str:
    """What happened where no status moved."""
    words = {
        "kpi.result.evidence_added": _("แนบหลักฐาน"),
        "kpi.result.evidence_removed": _("เอาหลักฐานออก"),
        "kpi.result.corrected": _("แก้ไขย้อนหลัง"),
    }
    file = (event.after or {}).get("file", "")
    return f"{words.get(event.verb, event.verb)} {file}".strip()


def _figures(after: dict[str, str]) -> str:
    if "not_applicable" in after:
        return _("ไม่เกี่ยวข้อง: %(why)s") % {"why": after["not_applicable"]}
    shown = []
    for name in FIGURES:
        number = read_number(str(after.get(name, ""))).value
        if number is not None:
            whole = number == number.to_integral_value()
            shown.append(format_number(number, 0 if whole else 4))
    return " ÷ ".join(shown)
