"""What the pages of needs read: places to choose from, ways, ranks, counts and answer times."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Area
from budget.models import Allocation, MoneyFigure, MoneyScope
from common import charts
from planning.models import Criterion, Need, NeedScore, NeedStep
from planning.models.needs import LevelChoices
from planning.rules.needs import Seat
from planning.scoring import AnswerTime, Stay, answer_time, places, priority, stays
from planning.workflow import PENDING, UPWARD
from projects.models import Project, ProjectFigure
from submissions.models import PeriodState, Quarter

# Steps that take a need out of a level's hands.
_LAST = {"merged", "funded", "adopted", "rejected"}
_MOVES = {"recorded", "sent_up", "returned", *_LAST}


def choosable_areas(seats: Sequence[Seat] | None = None) -> list[Area]:
    """Return tambons and villages in order, without outlines; only those of the seats, if given."""
    areas = (
        Area.objects.filter(kind__in=[Area.Kind.TAMBON, Area.Kind.VILLAGE])
        .select_related("parent__parent__parent")
        .defer(*_outlines("", "parent__", "parent__parent__", "parent__parent__parent__"))
        .in_code_order()
    )
    if seats is None:
        return list(areas)
    return [area for area in areas if any(seat.covers(_line(area)) for seat in seats)]


def _line(area: Area) -> set[int]:
    found: set[int] = set()
    current: Area | None = area
    while current is not None:
        found.add(current.pk)
        current = current.parent
    return found


def _outlines(*prefixes: str) -> list[str]:
    return [f"{prefix}boundary" for prefix in prefixes]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A need's rank at its level: the weighted points, its place, and how long it has waited."""

    need: Need
    priority: Decimal | None
    place: int | None
    days: Decimal


def ranked(needs: Sequence[Need], at: datetime) -> list[Ranked]:
    """Return needs by rank within their levels, those without points last; two queries."""
    weights: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for criterion in Criterion.objects.filter(is_active=True):
        weights[criterion.level][criterion.pk] = criterion.weight
    points: dict[int, dict[int, int]] = defaultdict(dict)
    for need_id, criterion_id, given in NeedScore.objects.filter(
        need__in=[need.pk for need in needs]
    ).values_list("need_id", "criterion_id", "points"):
        points[need_id][criterion_id] = given
    priorities = {need.pk: priority(weights[need.level], points[need.pk]) for need in needs}
    by_level: dict[str, dict[int, Decimal | None]] = defaultdict(dict)
    for need in needs:
        by_level[need.level][need.pk] = priorities[need.pk]
    place = {pk: rank for level in by_level.values() for pk, rank in places(level).items()}
    lines = [
        Ranked(
            need,
            priorities[need.pk],
            place.get(need.pk),
            Stay(need.level, need.arrived_at, None).days(at),
        )
        for need in needs
    ]
    return sorted(lines, key=lambda line: (line.place is None, line.place or 0, -line.days))


@dataclass(frozen=True, slots=True)
class LevelLine:
    """What a level has before it and how long it takes to answer."""

    level: str
    word: str
    time: AnswerTime


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of public needs by status, by tambon, and the levels' answer times."""

    total: int
    by_status: list[tuple[str, str, int]]
    levels: list[LevelLine]
    by_tambon: Counter[int]


def overview(at: datetime) -> Overview:
    """Count public needs; two queries whatever their number."""
    rows = list(
        Need.objects.public().values_list(
            "pk", "status", "area_id", "area__kind", "area__parent_id"
        )
    )
    statuses = Counter(status for _pk, status, *_rest in rows)
    by_tambon: Counter[int] = Counter(
        (parent or area) if kind == Area.Kind.VILLAGE else area
        for _pk, _status, area, kind, parent in rows
    )
    moves: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    ended: set[int] = set()
    for need_id, kind, from_level, to_level, moment in (
        NeedStep.objects.filter(kind__in=_MOVES, need__status__in=dict(_public_statuses()))
        .order_by("need_id", "happened_at", "pk")
        .values_list("need_id", "kind", "from_level", "to_level", "happened_at")
    ):
        if need_id in ended:
            continue
        moves[need_id].append((from_level, to_level, moment))
        if kind in _LAST:
            ended.add(need_id)
    by_level: dict[str, list[Stay]] = defaultdict(list)
    for need_id, made in moves.items():
        for stay in stays(made, ended=need_id in ended):
            by_level[stay.level].append(stay)
    return Overview(
        total=len(rows),
        by_status=[
            (status, word, statuses[status])
            for status, word in _public_statuses()
            if statuses[status]
        ],
        levels=[
            LevelLine(
                level.value,
                str(LevelChoices(level.value).label),
                answer_time(by_level[level.value], at),
            )
            for level in UPWARD
        ],
        by_tambon=by_tambon,
    )


def _public_statuses() -> list[tuple[str, str]]:
    kept_back = {Need.Status.WAITING, Need.Status.HIDDEN}
    return [(status.value, str(status.label)) for status in Need.Status if status not in kept_back]


public_statuses = _public_statuses


def need_map(counts: Counter[int]) -> charts.AreaMap | None:
    """Draw the tambons by their needs; one query, None without outlines."""
    areas = [
        area
        for area in Area.objects.filter(
            kind__in=[Area.Kind.DISTRICT, Area.Kind.TAMBON]
        ).in_code_order()
        if area.boundary
    ]
    tambons = [area for area in areas if area.kind == Area.Kind.TAMBON]
    if not tambons:
        return None
    return charts.area_map(
        [_drawn(area) for area in tambons],
        {area.code: Decimal(counts[area.pk]) for area in tambons},
        title=_("จำนวนความต้องการรายตำบล"),
        unit=_("เรื่อง"),
        # Most tambons have none: the shades count needs, not ranks.
        edges=[Decimal(1), Decimal(3), Decimal(6), Decimal(10)],
        outlines=[_drawn(area) for area in areas if area.kind == Area.Kind.DISTRICT],
        hrefs={area.code: f"/needs/?area={area.code}" for area in tambons},
    )


def _drawn(area: Area) -> charts.Area:
    return charts.Area(area.code, area.name, charts.rings_of(area.boundary))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a need lies: the district's tambons, its own picked out, and a dot if it has a spot."""

    map: charts.AreaMap
    x: int | None
    y: int | None


def spot_of(need: Need) -> Spot | None:
    """Draw where a need lies; one query, None without outlines."""
    places_of = {area.kind: area for area in need.places}
    district, tambon = places_of.get(Area.Kind.DISTRICT), places_of.get(Area.Kind.TAMBON)
    if district is None or tambon is None:
        return None
    around = [
        area for area in Area.objects.filter(parent=district).in_code_order() if area.boundary
    ]
    if not around:
        return None
    drawn = [_drawn(area) for area in around]
    chart = charts.area_map(
        drawn,
        {area.code: Decimal(1 if area.pk == tambon.pk else 0) for area in around},
        title=_("ที่ตั้งในอำเภอ%(district)s") % {"district": district.name},
        edges=[Decimal(1)],
        picked=tambon.code,
    )
    if need.longitude is None or need.latitude is None:
        return Spot(chart, None, None)
    x, y = charts.Projection(drawn, 720).place([float(need.longitude), float(need.latitude)])
    inside = 0 <= x <= chart.width and 0 <= y <= chart.height
    return Spot(chart, x, y) if inside else Spot(chart, None, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The project that answers a need: how far it is and its money, as last published.

    `revised` of `year` is what the books give it after transfers, which the public budget pages show;
    what was spent is said only of months that are published.
    """

    project: Project
    quarter: Quarter | None
    figure: ProjectFigure | None
    money: MoneyFigure | None
    year: int | None
    revised: Decimal | None
    sources: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        return self.project.status in Project.PUBLIC_STATUSES


def outcome_of(need: Need) -> Outcome | None:
    """Return what became of a need as a project; four queries where there is one."""
    if need.project is None:
        return None
    figure = (
        ProjectFigure.objects.filter(
            project=need.project, quarter__state=PeriodState.PUBLISHED, delivered__isnull=False
        )
        .select_related("quarter")
        .order_by("-quarter__fiscal_year", "-quarter__number")
        .first()
    )
    money = (
        MoneyFigure.objects.of_subjects(MoneyScope.Kind.PROJECT, [need.project.pk])
        .published()
        .of_the_year_itself()
        .filter(expenditure_type="")
        .select_related("scope")
        .order_by("-scope__fiscal_year", "-month")
        .first()
    )
    books = list(
        Allocation.objects.of_the_year_itself()
        .filter(project=need.project)
        .select_related("source")
        .in_code_order()
    )
    newest = max((row.fiscal_year_id for row in books), default=None)
    year = money.scope.fiscal_year_id if money else newest
    own = [row for row in books if row.fiscal_year_id == year]
    return Outcome(
        project=need.project,
        quarter=figure.quarter if figure else None,
        figure=figure,
        money=money,
        year=year,
        revised=_revised(own, money),
        sources=tuple(dict.fromkeys(row.source.name for row in own)),
    )


def _revised(own: Sequence[Allocation], money: MoneyFigure | None) -> Decimal | None:
    """Return what the year's books give; None where they have no line of the project."""
    if money is not None:
        revised: Decimal = money.revised
        return revised
    return sum((row.revised for row in own), Decimal(0)) if own else None


def way_of(need: Need) -> list[NeedStep]:
    """Return a need's steps in time order with who made them; one query."""
    return list(
        need.steps.exclude(kind=NeedStep.Kind.RANKED)
        .select_related("agency", "other")
        .order_by("happened_at", "pk")
    )


def area_filter(areas: Iterable[Area]) -> list[tuple[str, str]]:
    """Return districts and tambons to filter by, districts before their tambons."""
    found: dict[str, str] = {}
    for area in areas:
        if area.kind != Area.Kind.TAMBON:
            continue
        if area.parent and area.parent.code not in found:
            found[area.parent.code] = f"{_('อำเภอ')}{area.parent.name}"
        found[area.code] = f"– {_('ตำบล')}{area.name}"
    return list(found.items())


def filters_of(
    asked: Any, *, areas: Sequence[Area], categories: Collection[Any]
) -> list[dict[str, Any]]:
    """Return the filters of a list of needs with what is chosen."""
    return [
        {
            "name": "status",
            "label": _("สถานะ"),
            "options": [("", _("ทุกสถานะ")), *public_statuses()],
            "value": asked.get("status", ""),
        },
        {
            "name": "category",
            "label": _("หมวด"),
            "options": [("", _("ทุกหมวด")), *((row.code, row.name) for row in categories)],
            "value": asked.get("category", ""),
        },
        {
            "name": "area",
            "label": _("พื้นที่"),
            "options": [("", _("ทั้งจังหวัด")), *area_filter(areas)],
            "value": asked.get("area", ""),
        },
    ]


def still_pending(need: Need) -> bool:
    """Whether somebody is to decide about a need."""
    return need.status in {status.value for status in PENDING}
