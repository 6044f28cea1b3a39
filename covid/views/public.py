"""What the public reads about an incident: stated facts, and sums where the parts are known."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Area
from common import charts, clock
from common.downloads import asked_format, download
from covid.listings import MEASURES
from covid.models import Facility, FacilityCount, Incident, Order
from covid.rollups import newest_board, totals_by_area
from covid.scoring import Sum, checked_sum, share
from covid.views.curves import cases_chart


@dataclass(frozen=True, slots=True)
class KindLine:
    """One type of facility with its share of all beds, in percent."""

    count: FacilityCount
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A type whose parts by area are known: the parts, and their sums beside the stated ones."""

    total: FacilityCount
    parts: list[FacilityCount]
    sites: Sum
    beds: Sum
    map: charts.AreaMap | None


@login_not_required
@require_safe
def covid(request: HttpRequest) -> HttpResponseBase:
    """Show the first incident, and name the others."""
    incident = Incident.objects.order_by("pk").first()
    if incident is None:
        raise Http404(_("ยังไม่มีข้อมูลเหตุการณ์"))
    return _page(request, incident)


@login_not_required
@require_safe
def incident_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show what the public may know of an incident, and its archive of orders."""
    return _page(request, get_object_or_404(Incident, code=code))


def _page(request: HttpRequest, incident: Incident) -> HttpResponseBase:
    """Show stated figures and, where operators keep days, the newest day: no place by its name."""
    measures = incident.measures.select_related("incident").order_by("order")
    if asked_format(request):
        return download(request, MEASURES, measures, is_sample=incident.is_sample)
    today = clock.today()
    totals = list(incident.facility_counts.totals().in_order())
    parts = list(incident.facility_counts.by_area().in_order())
    beds = sum(count.beds for count in totals)
    board = newest_board(incident, today)
    areas = totals_by_area(incident, board.day) if board else []
    return render(
        request,
        "covid/covid.html",
        {
            "incident": incident,
            "others": Incident.objects.exclude(pk=incident.pk).order_by("-start_date", "-pk"),
            "facts": {fact.key: fact for fact in incident.facts.all()},
            "lines": [
                KindLine(count, share(count.beds, beds))
                for count in sorted(totals, key=lambda each: -each.beds)
            ],
            "beds": beds,
            "sites": sum(count.sites for count in totals),
            "breakdowns": [
                _breakdown(total, [part for part in parts if part.kind == total.kind])
                for total in totals
                if any(part.kind == total.kind for part in parts)
            ],
            "board": board,
            "kinds": dict(Facility.Kind.choices),
            "area_totals": areas,
            "cases": sum(each.cases for each in areas),
            "deaths": sum(each.deaths for each in areas),
            "cases_chart": cases_chart(board) if board else None,
            "events": incident.events.order_by("order"),
            "measures": measures,
            "terms": incident.terms.filter(is_shown=True).order_by("order"),
            "orders": incident.orders.newest_first(),
            "today": today,
        },
    )


@login_not_required
@require_safe
def order_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file of an announcement or order; the archive is public."""
    order = get_object_or_404(Order, pk=pk)
    if not order.file:
        raise Http404(_("ไม่มีไฟล์"))
    answer = FileResponse(
        order.file.open("rb"),
        as_attachment=True,
        filename=order.file_name,
        content_type=order.file_type,
    )
    answer["Content-Security-Policy"] = "sandbox"
    return answer


def _breakdown(total: FacilityCount, parts: list[FacilityCount]) -> Breakdown:
    return Breakdown(
        total=total,
        parts=parts,
        sites=checked_sum([part.sites for part in parts], total.sites),
        beds=checked_sum([part.beds for part in parts], total.beds),
        map=_map(parts),
    )


def _map(parts: list[FacilityCount]) -> charts.AreaMap | None:
    areas: list[Area] = [part.area for part in parts if part.area and part.area.boundary]
    if not areas:
        return None
    drawn = [charts.Area(area.code, area.name, charts.rings_of(area.boundary)) for area in areas]
    return charts.area_map(
        drawn,
        {part.area.code: Decimal(part.beds) for part in parts if part.area},
        title=_("เตียงรายอำเภอ"),
        unit=_("เตียง"),
        outlines=drawn,
    )
