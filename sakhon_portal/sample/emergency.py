"""An imagined outbreak: facilities, ten days of figures, two orders."""

from datetime import date, timedelta

from accounts.models import Area
from covid.actions import (
    FacilityInput,
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    open_incident,
    put_facility,
    put_order,
    record_day,
)
from sakhon_portal.sample.book import Book, moment

OPERATOR = "operator"


def play_incident(book: Book, *, today: date) -> int:
    """Open the incident and write its days down, the last one yesterday; returns how many."""
    stated = book.incident
    operator = book.users[OPERATOR]
    days = len(stated["cases"])
    first = today - timedelta(days=days)
    incident = open_incident(
        code=stated["code"],
        name_th=stated["name_th"],
        name_en=stated["name_en"],
        start_date=first,
        by=operator,
        at=moment(first, 8),
        is_sample=True,
    )
    districts = {area.code: area for area in Area.objects.of_kind(Area.Kind.DISTRICT)}
    facilities = [
        put_facility(
            incident=incident,
            facility=FacilityInput(
                **{**each, "area": districts[each["area"]]},
                certified_date=first,
                from_date=first,
                is_sample=True,
            ),
            instead_of=None,
            by=operator,
            at=moment(first, 9),
        )
        for each in stated["facilities"]
    ]
    areas = [districts[code] for code in sorted(districts)]
    inside = [0] * len(facilities)
    for offset, (net, cases) in enumerate(zip(stated["nets"], stated["cases"], strict=True)):
        day = first + timedelta(days=offset)
        entries = []
        for place, facility in enumerate(facilities):
            admitted, discharged = net[0], min(net[1], inside[place])
            inside[place] += admitted - discharged
            is_over = offset == days - 1 and facility.code == stated["over"]["facility"]
            entries.append(
                OccupancyEntry(
                    facility=facility,
                    patients=stated["over"]["patients"]
                    if is_over
                    else min(inside[place], facility.beds),
                    admitted=admitted,
                    discharged=discharged,
                    note=stated["over"]["note"] if is_over else "",
                )
            )
        record_day(
            incident=incident,
            day=day,
            occupancies=entries,
            situations=[
                SituationEntry(area=area, cases=count, deaths=0, tested=count * 6)
                for area, count in zip(areas, cases, strict=True)
            ],
            by=operator,
            at=moment(day, 17),
            is_sample=True,
        )
    for each in stated["orders"]:
        put_order(
            incident=incident,
            order=OrderInput(
                number=each["number"],
                name_th=each["name_th"],
                name_en=each["name_en"],
                issued_date=date.fromisoformat(each["issued"]),
                from_date=date.fromisoformat(each["from"]),
                until_date=date.fromisoformat(each["until"]) if each["until"] else None,
                basis_th=each["basis_th"],
                closes_th=each["closes_th"],
                opens_th=each["opens_th"],
                is_sample=True,
            ),
            instead_of=None,
            by=operator,
            at=moment(date.fromisoformat(each["issued"]), 15),
        )
    return days
