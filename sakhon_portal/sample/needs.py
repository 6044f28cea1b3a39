"""Needs from below: villages, offices and planners of the sample, and each need's way."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.actions.places import VillageInput, add_villages
from accounts.actions.samples import (
    SampleOffice,
    SamplePerson,
    make_sample_offices,
    make_sample_people,
)
from accounts.models import Area, Membership, Role, User
from planning import actions
from planning.models import Criterion, Need, NeedCategory
from projects.models import Project
from sakhon_portal.sample.book import PAST, STRATEGIST, Book, decimal_of, moment
from sakhon_portal.sample.pictures import drawn
from submissions.files import check_file

# What each level's office is called, to find who decides next.
_DISTRICT = {"7401": "planner", "7402": "krathum"}


def play_needs(book: Book) -> None:
    """Bring sample villages, offices and planners, then play every need in the order told."""
    begins = moment(date(PAST - 544, 10, 1))
    stated = book.needs
    tambons = {area.code: area for area in Area.objects.of_kind(Area.Kind.TAMBON)}
    add_villages(
        villages=[
            VillageInput(**{**each, "tambon": tambons[each["tambon"]]}, is_sample=True)
            for each in stated["villages"]
        ],
        by=None,
        at=begins,
    )
    make_sample_offices(
        offices=[SampleOffice(**each) for each in stated["offices"]], by=None, at=begins
    )
    book.users |= make_sample_people(
        people=[SamplePerson(**each) for each in stated["people"]],
        posts=[],
        password=book.people["password"],
        from_date=begins.date() - timedelta(days=60),
        by=None,
        at=begins,
    )
    areas = {
        area.code: area
        for area in Area.objects.filter(kind__in=["tambon", "village"])
        .select_related("parent__parent__parent")
        .defer("boundary", "parent__boundary", "parent__parent__boundary")
    }
    categories = {row.code: row for row in NeedCategory.objects.all()}
    criteria: dict[str, list[int]] = {}
    for row in Criterion.objects.order_by("level", "order"):
        criteria.setdefault(row.level, []).append(row.pk)
    told: dict[int, Need] = {}
    for _day, order, step in _played(stated["needs"]):
        if step is None:
            told[order] = _tell(book, stated["needs"][order], areas, categories)
        else:
            need = Need.objects.with_place().get(pk=told[order].pk)
            _take(book, told, need, stated["needs"][order]["steps"][step], criteria)


def _played(needs: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int | None]]:
    """Return what happens, by day: (day, which need, which step; None: it is told)."""
    found: list[tuple[str, int, int | None]] = []
    for order, each in enumerate(needs):
        found.append((each["day"], order, None))
        found += [(step[1], order, place) for place, step in enumerate(each["steps"])]
    return sorted(found, key=lambda each: (each[0], each[1], -1 if each[2] is None else each[2]))


def _tell(
    book: Book,
    stated: Mapping[str, Any],
    areas: Mapping[str, Area],
    categories: Mapping[str, NeedCategory],
) -> Need:
    at = moment(date.fromisoformat(stated["day"]), 9)
    given = actions.NeedInput(
        title_th=stated["title_th"],
        detail_th=stated["detail_th"],
        category=categories[stated["category"]],
        area=areas[stated["area"]],
        latitude=decimal_of(stated.get("latitude")),
        longitude=decimal_of(stated.get("longitude")),
        people_affected=stated.get("people"),
        cost_guess=decimal_of(stated.get("cost")),
        photos=[
            check_file(drawn(f"need-{n}", after=False, turn=n)) for n in stated.get("photos", ())
        ],
        origin=Need.Origin.PUBLIC if stated["by"] == "public" else Need.Origin.OFFICER,
        is_sample=True,
    )
    if stated["by"] == "public":
        contact = actions.ContactInput(**stated.get("contact", {}))
        return actions.tell_need(need=given, contact=contact, at=at)
    [need] = actions.record_needs(needs=[given], by=book.users[stated["by"]], at=at)
    return need


def _take(
    book: Book,
    told: Mapping[int, Need],
    need: Need,
    step: Sequence[Any],
    criteria: Mapping[str, Sequence[int]],
) -> None:
    """Play one step of a need by whoever decides where it stands."""
    deed, day, *given = step
    at = moment(date.fromisoformat(day), 14)
    by = _decider(book, need)
    if deed == "rank":
        points = dict(zip(criteria[need.level], given[0], strict=True))
        actions.rank_need(need=need, points=points, by=by, at=at)
    elif deed == "send-up":
        actions.send_up(needs=[need], by=by, at=at)
    elif deed == "return":
        actions.return_need(need=need, reason=given[0], by=by, at=at)
    elif deed == "reject":
        actions.reject_need(need=need, reason=given[0], by=by, at=at)
    elif deed == "merge":
        into = Need.objects.with_place().get(pk=told[given[0]].pk)
        actions.merge_need(need=need, into=into, by=by, at=at)
    elif deed == "fund":
        actions.fund_need(
            need=need,
            baht=Decimal(given[0]),
            fiscal_year=given[1],
            source_th=given[2],
            by=by,
            at=at,
        )
    elif deed == "finish":
        actions.finish_need(need=need, note=given[0], by=by, at=at)
    elif deed == "adopt":
        project = Project.objects.get(code=given[0])
        actions.adopt_need(need=need, project=project, by=by, at=at)
    else:
        _publish(book, need, given[0], at)


def _publish(book: Book, need: Need, username: str, at: datetime) -> None:
    actions.publish_needs(needs=[need], by=book.users[username], at=at)


def _decider(book: Book, need: Need) -> User:
    """Return the sample planner of the level and place where a need stands."""
    if need.level == "province":
        return book.users[STRATEGIST]
    if need.level == "district":
        district = next(area for area in need.places if area.kind == Area.Kind.DISTRICT)
        return book.users[_DISTRICT[district.code]]
    prefix = {"village": "VIL-", "tambon": "TAM-", "local": ""}[need.level]
    found = (
        Membership.objects.filter(
            role=Role.PLANNER,
            agency__code__startswith=prefix,
            agency__kind__in=["local"] if need.level == "local" else ["unit"],
            agency__areas__in=need.area_ids,
        )
        .select_related("user")
        .first()
    )
    return found.user if found else book.users[STRATEGIST]
