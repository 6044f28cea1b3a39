"""An imagined outbreak: facilities, ten days of figures, two orders, what was done."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from accounts.models import Area, User
from covid.actions import (
    CaseFindingInput,
    FacilityInput,
    FactoryInput,
    InspectionInput,
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    open_incident,
    put_case_finding,
    put_facility,
    put_factory,
    put_order,
    put_supply_request,
    put_vaccination,
    record_day,
)
from covid.models import Incident
from sakhon_portal.sample.book import Book, moment
from sakhon_portal.sample.papers import order_of

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
                SituationEntry(
                    area=area, cases=count, deaths=0, tested=count * 6, vaccinated=count * 9
                )
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
                file=order_of(each),
                is_sample=True,
            ),
            instead_of=None,
            by=operator,
            at=moment(date.fromisoformat(each["issued"]), 15),
        )
    _play_response(stated, incident, districts, today=today, operator=operator)
    return days


def _play_response(
    stated: Mapping[str, Any],
    incident: Incident,
    districts: Mapping[str, Area],
    *,
    today: date,
    operator: User,
) -> None:
    """Write down what was done: factories, case finding, vaccine, supplies."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    for each in stated["factories"]:
        began = None if each["began"] is None else ago(each["began"])
        typed = {**each["row"], "area": districts[each["row"]["area"]]}
        factory = put_factory(
            incident=incident,
            row=FactoryInput(
                **typed,
                from_date=began,
                until_date=began and began + timedelta(days=28),
                is_sample=True,
            ),
            instead_of=None,
            by=operator,
            at=moment(began or ago(1), 10),
        )
        for visit in each["visits"]:
            told = {name: value for name, value in visit.items() if name != "ago"}
            inspect_factory(
                factory=factory,
                row=InspectionInput(day=ago(visit["ago"]), **told, is_sample=True),
                by=operator,
                at=moment(ago(visit["ago"]), 16),
            )
    for each in stated["case_findings"]:
        told = {**each, "area": districts[each["area"]]}
        day = ago(told.pop("ago"))
        put_case_finding(
            incident=incident,
            row=CaseFindingInput(day=day, **told, is_sample=True),
            instead_of=None,
            by=operator,
            at=moment(day, 17),
        )
    for each in stated["vaccinations"]:
        told = {**each, "area": districts[each["area"]]}
        for days, given in zip((7, 1), told.pop("given"), strict=True):
            put_vaccination(
                incident=incident,
                row=VaccinationInput(day=ago(days), given=given, **told, is_sample=True),
                instead_of=None,
                by=operator,
                at=moment(ago(days), 18),
            )
    for each in stated["supplies"]:
        told = {**each, "area": districts[each["area"]]}
        day, need = ago(told.pop("ago")), told.pop("need")
        put_supply_request(
            incident=incident,
            row=SupplyInput(
                day=day,
                needed_date=None if need is None else day + timedelta(days=need),
                **told,
                is_sample=True,
            ),
            instead_of=None,
            by=operator,
            at=moment(day, 11),
        )
