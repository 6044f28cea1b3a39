"""The operations board of a day: beds, trends and what changed, read from what was written down."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Area
from covid.document import (
    NO_BEDS,
    AreaTotal,
    BedLine,
    Beds,
    Board,
    DayTotal,
    DoseTotal,
    FigureKind,
    PeriodFigure,
    Response,
)
from covid.models import (
    CaseFinding,
    DailySituation,
    Facility,
    Factory,
    FactoryInspection,
    Incident,
    Occupancy,
    Order,
    SupplyRequest,
    Vaccination,
)
from covid.scoring import days_to_full, share

SHOWN_DAYS = 30
FINDING_DAYS = 7


def board_of(incident: Incident, day: date) -> Board:
    """Return the board of a day; six queries however many facilities and days."""
    first = day - timedelta(days=SHOWN_DAYS - 1)
    areas = tuple(Area.objects.of_kind(Area.Kind.DISTRICT).order_by("code"))
    facilities = list(Facility.objects.of_incident(incident).open_on(day).with_area().in_order())
    occupancies = list(
        Occupancy.objects.of_incident(incident)
        .between(first, day)
        .select_related("facility__area")
        .order_by("facility__code")
    )
    situations = list(
        DailySituation.objects.filter(incident=incident, day__gte=first, day__lte=day)
    )
    orders = list(Order.objects.filter(incident=incident).newest_first())
    on_the_day = {each.facility_id: each for each in occupancies if each.day == day}
    groups: dict[tuple[str, int], Beds] = defaultdict(lambda: NO_BEDS)
    for facility in facilities:
        said = on_the_day.get(facility.pk)
        groups[facility.kind, facility.area_id] += (
            Beds(said.beds, said.patients, 1, 1) if said else Beds(0, 0, 1, 0)
        )
    lines = tuple(
        BedLine(
            kind=kind,
            by_area=tuple(groups.get((kind, area.pk)) for area in areas),
            total=sum(
                (beds for (each, _area), beds in groups.items() if each == kind), start=NO_BEDS
            ),
        )
        for kind in dict.fromkeys(facility.kind for facility in facilities)
    )
    total = sum((line.total for line in lines), start=NO_BEDS)
    days = _days(first, day, occupancies, situations)
    yesterday = day - timedelta(days=1)
    return Board(
        incident=incident,
        day=day,
        areas=areas,
        lines=lines,
        total=total,
        over=tuple(each for each in on_the_day.values() if each.patients > each.beds),
        days=days,
        until_full=days_to_full(
            total.free if total.reported else None, [each.net for each in days]
        ),
        response=response_of(incident, day),
        orders=tuple(each for each in orders if _in_force(each, day)),
        began=tuple(each for each in orders if each.from_date == day),
        ended=tuple(each for each in orders if each.until_date == yesterday),
        entered=tuple(
            sorted(
                (each for each in orders if days[0].day <= each.from_date <= day),
                key=lambda each: (each.from_date, each.number),
            )
        ),
    )


def newest_board(incident: Incident, today: date) -> Board | None:
    """Return the board of the newest day with figures; None where operators kept none."""
    days = [
        Occupancy.objects.of_incident(incident)
        .filter(day__lte=today)
        .aggregate(at=Max("day"))["at"],
        DailySituation.objects.filter(incident=incident, day__lte=today).aggregate(at=Max("day"))[
            "at"
        ],
    ]
    known = [day for day in days if day is not None]
    return board_of(incident, max(known)) if known else None


def totals_by_area(incident: Incident, until: date) -> list[AreaTotal]:
    """Return cases and deaths of each district from the beginning to a day."""
    rows = (
        DailySituation.objects.filter(incident=incident, day__lte=until)
        .values("area")
        .annotate(cases=Sum("cases"), deaths=Sum("deaths"), days=Count("pk"))
    )
    areas = Area.objects.of_kind(Area.Kind.DISTRICT).in_bulk()
    found = [
        AreaTotal(areas[row["area"]], row["cases"], row["deaths"], row["days"])
        for row in rows
        if row["area"] in areas
    ]
    return sorted(found, key=lambda total: total.area.code)


def response_of(incident: Incident, day: date) -> Response:
    """Return what is done about the incident, all four registers in one query."""
    columns = ("register", "nth", "first", "second", "third")
    zero = Value(0, output_field=IntegerField())

    def named(register: str) -> dict[str, Value]:
        return {"register": Value(register)}

    factories = (
        Factory.objects.of_incident(incident)
        .with_last_inspection()
        .filter(status=Factory.Status.IN_FORCE)
        .values(**named("factories"), nth=zero)
        .annotate(
            first=Count("pk"),
            second=Coalesce(Sum(F("thai_workers") + F("foreign_workers")), 0),
            third=Count(
                "pk",
                filter=Q(last_outcome__isnull=False)
                & ~Q(last_outcome=FactoryInspection.Outcome.PASSED),
            ),
        )
    )
    rounds = (
        CaseFinding.objects.of_incident(incident)
        .between(day - timedelta(days=FINDING_DAYS - 1), day)
        .values(**named("rounds"), nth=zero)
        .annotate(
            first=Count("pk"),
            second=Coalesce(Sum("tested", filter=Q(found__isnull=False)), 0),
            third=Sum("found"),
        )
    )
    doses = (
        Vaccination.objects.of_incident(incident)
        .newest_by(day)
        .values(**named("doses"), nth=F("dose"))
        .annotate(
            first=Sum("given"),
            second=Sum("target"),
            third=Sum("given", filter=Q(target__isnull=False)),
        )
    )
    requests = (
        SupplyRequest.objects.of_incident(incident)
        .short()
        .values(**named("requests"), nth=zero)
        .annotate(
            first=Count("pk"),
            second=Count("pk", filter=Q(needed_date__lt=day)),
            third=Count("pk"),
        )
    )
    parts = [each.values_list(*columns) for each in (factories, rounds, doses, requests)]
    found = parts[0].union(*parts[1:], all=True)
    by_register: dict[str, list[tuple[int, int, int | None, int | None]]] = defaultdict(list)
    for register, dose, first, second, third in found:
        by_register[register].append((dose, first or 0, second, third))
    _none, factory_count, workers, unsafe = _only(by_register["factories"])
    _none, round_count, tested, cases = _only(by_register["rounds"])
    _none, short, overdue, _all = _only(by_register["requests"])
    return Response(
        factories=factory_count,
        workers=workers or 0,
        unsafe=unsafe or 0,
        rounds=round_count,
        tested=tested or 0,
        found=cases,
        found_share=None if cases is None else share(cases, tested or 0),
        doses=tuple(
            DoseTotal(dose, given, target, None if target is None else share(within or 0, target))
            for dose, given, target, within in sorted(by_register["doses"])
        ),
        short=short,
        overdue=overdue or 0,
    )


def figure_of(incident: Incident, kind: FigureKind, first: date, last: date) -> PeriodFigure | None:
    """Return a figure over some days; None where nothing was written down for them.

    A ratio is its two sides summed, never a mean of days; vaccine counts where there is a target.
    """
    days = {"day__gte": first, "day__lte": last}
    if kind in (FigureKind.CASES, FigureKind.DEATHS):
        rows = DailySituation.objects.filter(incident=incident, **days)
        said = rows.aggregate(until=Max("day"), value=Sum(kind.value))
        return PeriodFigure(said["until"], value=said["value"]) if said["until"] else None
    if kind is FigureKind.FOUND:
        sides: QuerySet[Any] = CaseFinding.objects.of_incident(incident).filter(
            found__isnull=False, **days
        )
        names = ("found", "tested")
    elif kind is FigureKind.OCCUPIED:
        sides = Occupancy.objects.of_incident(incident).filter(**days)
        names = ("patients", "beds")
    else:
        sides = (
            Vaccination.objects.of_incident(incident)
            .newest_by(last)
            .filter(dose=1, target__isnull=False)
        )
        names = ("given", "target")
    said = sides.aggregate(until=Max("day"), above=Sum(names[0]), below=Sum(names[1]))
    if said["until"] is None:
        return None
    return PeriodFigure(said["until"], numerator=said["above"], denominator=said["below"])


def _only(
    rows: list[tuple[int, int, int | None, int | None]],
) -> tuple[int, int, int | None, int | None]:
    return rows[0] if rows else (0, 0, None, None)


def _known_sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _in_force(order: Order, day: date) -> bool:
    return order.from_date <= day and (order.until_date is None or order.until_date >= day)


def _days(
    first: date,
    last: date,
    occupancies: list[Occupancy],
    situations: list[DailySituation],
) -> tuple[DayTotal, ...]:
    beds: dict[date, list[Occupancy]] = defaultdict(list)
    for each in occupancies:
        beds[each.day].append(each)
    cases: dict[date, list[DailySituation]] = defaultdict(list)
    for row in situations:
        cases[row.day].append(row)
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        said, seen = beds.get(day), cases.get(day)
        found.append(
            DayTotal(
                day=day,
                patients=sum(each.patients for each in said) if said else None,
                beds=sum(each.beds for each in said) if said else None,
                net=sum(each.admitted - each.discharged for each in said) if said else None,
                cases=sum(row.cases for row in seen) if seen else None,
                deaths=sum(row.deaths for row in seen) if seen else None,
                vaccinated=_known_sum([row.vaccinated for row in seen or ()]),
            )
        )
    return tuple(found)
