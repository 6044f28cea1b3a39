"""The operations board of a day: beds, trends and what changed, read from what was written down."""

from collections import defaultdict
from datetime import date, timedelta

from accounts.models import Area
from covid.document import NO_BEDS, BedLine, Beds, Board, DayTotal
from covid.models import DailySituation, Facility, Incident, Occupancy, Order
from covid.scoring import days_to_full

SHOWN_DAYS = 30


def board_of(incident: Incident, day: date) -> Board:
    """Return the board of a day; five queries however many facilities and days."""
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
        until_full=days_to_full(total.free, [each.net for each in days]),
        orders=tuple(each for each in orders if _in_force(each, day)),
        began=tuple(each for each in orders if each.from_date == day),
        ended=tuple(each for each in orders if each.until_date == yesterday),
    )


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
            )
        )
    return tuple(found)
