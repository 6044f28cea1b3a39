"""The day's grid: every facility and district in one form, saved whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Area
from common import clock
from common.refusal import EntriesRefused, Refused
from covid.actions import OccupancyEntry, SituationEntry, record_day
from covid.forms import OccupancyForm, SituationForm
from covid.models import DailySituation, Facility, Incident, Occupancy
from covid.views.frame import day_asked, frame_of, reader_of


@dataclass(slots=True)
class Row:
    """One line of the grid: of what, its form, and what stands in its way."""

    of: Any
    prefix: str
    form: OccupancyForm | SituationForm
    refusal: str = ""

    @property
    def is_typed(self) -> bool:
        """Whether any figure stands in the row."""
        typed = self.form.cleaned_data
        return any(
            typed.get(name) is not None for name in ("patients", "cases", "admitted", "deaths")
        )


@require_http_methods(["GET", "HEAD", "POST"])
def day_grid(request: HttpRequest) -> HttpResponse:
    """Show a day to be typed; POST keeps it."""
    reader = reader_of(request)
    incident = reader.incident
    context = frame_of(reader, "day")
    if incident is None:
        return render(request, "covid/day_grid.html", context)
    day = day_asked(request)
    sent = request.POST if request.method == "POST" else None
    facilities, areas = _rows(incident, day, sent)
    status, refusal = 200, ""
    if sent is not None:
        valid = [row.form.is_valid() for row in (*facilities, *areas)]
        if not all(valid):
            status, refusal = 422, _("มีช่องที่ต้องแก้ ยังไม่มีค่าใดถูกบันทึก")
        else:
            beds = [row for row in facilities if row.is_typed]
            cases = [row for row in areas if row.is_typed]
            try:
                record_day(
                    incident=incident,
                    day=day,
                    occupancies=[OccupancyEntry(facility=row.of, **_typed(row)) for row in beds],
                    situations=[SituationEntry(area=row.of, **_typed(row)) for row in cases],
                    by=reader.user,
                    at=clock.now(),
                )
            except EntriesRefused as refused:
                status, refusal = 409, str(refused)
                for position, row in enumerate([*beds, *cases]):
                    if position in refused.by_entry:
                        row.refusal = str(refused.by_entry[position])
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("บันทึกแล้ว %(n)d แถว") % {"n": len(beds) + len(cases)})
                return redirect(f"{request.path}?incident={incident.code}&day={day.isoformat()}")
    return render(
        request,
        "covid/day_grid.html",
        {
            **context,
            "day": day,
            "facilities": facilities,
            "areas": areas,
            "refusal": refusal,
        },
        status=status,
    )


def _typed(row: Row) -> dict[str, Any]:
    return {**row.form.cleaned_data, "version": row.form.cleaned_data["version"] or 0}


def _rows(incident: Incident, day: date, sent: QueryDict | None) -> tuple[list[Row], list[Row]]:
    occupied = {each.facility_id: each for each in Occupancy.objects.filter(
        facility__incident=incident, day=day)}  # fmt: skip
    counted = {
        row.area_id: row for row in DailySituation.objects.filter(incident=incident, day=day)
    }
    open_now = Facility.objects.of_incident(incident).open_on(day).with_area().in_order()
    facilities = [
        Row(
            facility,
            prefix := f"f{facility.pk}",
            OccupancyForm(
                sent,
                prefix=prefix,
                initial=_shown(
                    occupied.get(facility.pk), ("patients", "admitted", "discharged", "note")
                ),
            ),
        )
        for facility in open_now
    ]
    areas = [
        Row(
            area,
            prefix := f"a{area.pk}",
            SituationForm(
                sent,
                prefix=prefix,
                initial=_shown(
                    counted.get(area.pk), ("cases", "deaths", "tested", "vaccinated", "note")
                ),
            ),
        )
        for area in Area.objects.of_kind(Area.Kind.DISTRICT).order_by("code")
    ]
    return facilities, areas


def _shown(stored: Any, names: Sequence[str]) -> dict[str, Any]:
    if stored is None:
        return {"version": 0}
    return {name: getattr(stored, name) for name in (*names, "version")}
