"""Verbs that write needs down, and the look at what the public sent before it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Area, User
from audit.actions import Tally, bring_in
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from planning.models import (
    Criterion,
    Need,
    NeedCategory,
    NeedContact,
    NeedPhoto,
    NeedStep,
)
from planning.rules import needs as rules
from planning.rules.needs import Seat
from planning.workflow import UPWARD, Level, Status
from submissions.actions import changed_meanwhile, refuse_all
from submissions.files import CheckedFile
from submissions.rules import standing_of

CONTACT_DAYS = 365


@dataclass(frozen=True, slots=True)
class NeedInput:
    """A need as it was told; read the area with what it lies in."""

    title_th: str
    category: NeedCategory
    area: Area
    detail_th: str = ""
    place_th: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    people_affected: int | None = None
    cost_guess: Decimal | None = None
    origin: str = Need.Origin.OFFICER
    photos: Sequence[CheckedFile] = ()
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class ContactInput:
    """How to reach whoever tells of a need; all may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""


@transaction.atomic
def record_needs(*, needs: Sequence[NeedInput], by: User, at: datetime) -> list[Need]:
    """Write needs down as a planner of the place; each starts at the writer's own level.

    :raises EntriesRefused: if a place is out of reach, or the same need is there already.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    lines = {given.area.pk: area_line(given.area) for given in needs}
    there = {
        (area_id, title.strip())
        for area_id, title in Need.objects.pending()
        .filter(area__in=lines)
        .values_list("area_id", "title_th")
    }
    box = province_box()
    refusals: dict[int, Refused] = {}
    chosen: list[Seat] = []
    for position, given in enumerate(needs):
        line = lines[given.area.pk]
        key = (given.area.pk, given.title_th.strip())
        if reason := rules.why_not_record(seats, line) or _why_not_as_told(given, box):
            refusals[position] = Refused(reason, code="invalid")
            continue
        if key in there:
            refusals[position] = Refused(
                _("มีเรื่อง “%(title)s” ของพื้นที่นี้แล้ว เปิดเรื่องเดิมเพื่อเพิ่มข้อมูล") % {"title": given.title_th},
                code="need_there",
            )
            continue
        there.add(key)
        chosen.append(next(seat for seat in seats if seat.covers(line)))
    refuse_all(refusals)
    return _write(list(zip(needs, chosen, strict=True)), status=Status.OPEN, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A need that an officer wrote down, as it should read; `need` is read with its place."""

    need: Need
    version: int
    title_th: str
    category: NeedCategory
    detail_th: str = ""
    place_th: str = ""
    people_affected: int | None = None
    cost_guess: Decimal | None = None


AMENDED = ("title_th", "category", "detail_th", "place_th", "people_affected", "cost_guess")


@transaction.atomic
def amend_needs(*, entries: Sequence[Amendment], by: User, at: datetime) -> list[Need]:
    """Put right what officers wrote down, while it is decided where the person has a seat.

    :raises EntriesRefused: by position: decided elsewhere or already, told by the public, without a
        title, or changed by somebody meanwhile.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    refusals: dict[int, Refused] = {}
    deeds: list[Deed] = []
    amended: list[Need] = []
    for position, entry in enumerate(entries):
        need = entry.need
        if reason := rules.why_not_amend(need, seats) or why_not_titled(entry.title_th):
            refusals[position] = Refused(reason, code="not_allowed")
            continue
        before = {name: getattr(need, name) for name in AMENDED}
        after = {name: getattr(entry, name) for name in AMENDED}
        unmoved = Need.objects.filter(
            pk=need.pk, status=need.status, level=need.level, version=entry.version
        )
        if not unmoved.update(**after, version=entry.version + 1):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
            continue
        deeds.append(
            Deed(
                "planning.need.amended",
                need,
                before=_said(before),
                after=_said(after),
                agency_code=need.agency.code if need.agency else "",
            )
        )
        amended.append(need)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at)
    fresh = Need.objects.with_place().in_bulk([need.pk for need in amended])
    return [fresh[need.pk] for need in amended]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A need that is to be as if nobody had written it down; `need` is read with its place."""

    need: Need
    version: int


@transaction.atomic
def withdraw_needs(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take away what officers wrote down, while nothing rests on it; the log keeps the words.

    :raises EntriesRefused: by position: decided elsewhere or already, something rests on it, or
        changed by somebody meanwhile.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    keys = [entry.need.pk for entry in entries]
    # Held, so that nothing comes to rest on them between the look and the end.
    held = dict(
        Need.objects.select_for_update()
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk", "version")
    )
    rests = rules.what_rests_on(keys)
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        if reason := rules.why_not_amend(entry.need, seats):
            refusals[position] = Refused(reason, code="not_allowed")
        elif reason := rests.get(entry.need.pk):
            refusals[position] = Refused(reason, code="built_on")
        elif held.get(entry.need.pk) != entry.version:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)
    record_many(
        [
            Deed(
                "planning.need.withdrawn",
                entry.need,
                before=_said({name: getattr(entry.need, name) for name in AMENDED}),
                agency_code=entry.need.agency.code if entry.need.agency else "",
            )
            for entry in entries
        ],
        by=by,
        at=at,
    )
    NeedStep.objects.filter(need__in=keys).delete()
    Need.objects.filter(pk__in=keys).delete()


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "category": values["category"].code}


@transaction.atomic
def tell_need(*, need: NeedInput, contact: ContactInput, at: datetime) -> Need:
    """Take a need from the public; it waits for a look, and is told to the lowest level there.

    :raises Refused: if its place is not in the province.
    """
    if reason := _why_not_as_told(need, province_box()):
        raise Refused(reason, code="invalid")
    level = rules.level_from(
        UPWARD, area_line(need.area), rules.seats_in_service(fiscal.local_date(at))
    )
    [row] = _write([(need, Seat(None, level, frozenset()))], status=Status.WAITING, by=None, at=at)
    if contact.name or contact.phone or contact.email:
        NeedContact.objects.create(
            need=row,
            name=contact.name,
            phone=contact.phone,
            email=contact.email,
            consented_at=at,
        )
    return row


def why_not_titled(title: str) -> str | None:
    """Say that a need has to say what is needed."""
    return None if title.strip() else _("เขียนว่าต้องการอะไรก่อนบันทึก")


def _why_not_as_told(given: NeedInput, box: tuple[float, float, float, float] | None) -> str | None:
    if reason := why_not_titled(given.title_th):
        return reason
    if given.area.kind not in (Area.Kind.TAMBON, Area.Kind.VILLAGE):
        return _("เลือกตำบลหรือหมู่บ้าน เพื่อให้รู้ว่าเรื่องนี้อยู่ที่ใด")
    return rules.why_not_spot(
        None if given.latitude is None else float(given.latitude),
        None if given.longitude is None else float(given.longitude),
        box,
    )


def area_line(area: Area) -> frozenset[int]:
    """Return the area and those it lies in."""
    found = set()
    current: Area | None = area
    while current is not None:
        found.add(current.pk)
        current = current.parent
    return frozenset(found)


def province_box() -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of the province; None without its boundary."""
    boundary = (
        Area.objects.of_kind(Area.Kind.PROVINCE)
        .exclude(boundary=None)
        .values_list("boundary", flat=True)
        .first()
    )
    if boundary is None:
        return None
    rings = boundary["coordinates"]
    if boundary["type"] == "MultiPolygon":
        rings = [ring for polygon in rings for ring in polygon]
    xs = [point[0] for ring in rings for point in ring]
    ys = [point[1] for ring in rings for point in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _write(
    told: Sequence[tuple[NeedInput, Seat]],
    *,
    status: Status,
    by: User | None,
    at: datetime,
) -> list[Need]:
    """Write needs with their first step and pictures; codes follow the keys, so nobody waits."""
    year = fiscal.fiscal_year_of(fiscal.local_date(at)) % 100
    rows = Need.objects.bulk_create(
        [
            Need(
                code=f"new-{uuid4().hex[:14]}",
                title_th=given.title_th.strip(),
                detail_th=given.detail_th.strip(),
                category=given.category,
                area=given.area,
                place_th=given.place_th.strip(),
                latitude=given.latitude,
                longitude=given.longitude,
                people_affected=given.people_affected,
                cost_guess=given.cost_guess,
                origin=given.origin,
                level=seat.level.value,
                status=status.value,
                agency=seat.agency,
                recorded_by=by,
                received_at=at,
                arrived_at=at,
                is_sample=given.is_sample,
            )
            for given, seat in told
        ]
    )
    for row in rows:
        row.code = f"N{year}-{row.pk:05d}"
    Need.objects.bulk_update(rows, ["code"])
    NeedStep.objects.bulk_create(
        [
            NeedStep(
                need=row,
                kind=NeedStep.Kind.RECORDED,
                from_level=row.level,
                to_level=row.level,
                agency=row.agency,
                made_by=by,
                happened_at=at,
            )
            for row in rows
        ]
    )
    NeedPhoto.objects.bulk_create(
        [
            NeedPhoto(
                need=row,
                file=photo.content,
                media_type=photo.media_type,
                size_bytes=photo.size_bytes,
                sha256=photo.sha256,
            )
            for row, (given, _seat) in zip(rows, told, strict=True)
            for photo in given.photos
        ]
    )
    record_many(
        [
            Deed(
                "planning.need.recorded",
                row,
                after={"title": row.title_th, "level": row.level, "origin": row.origin},
                agency_code=row.agency.code if row.agency else "",
            )
            for row in rows
        ],
        by=by,
        at=at,
    )
    return rows


@transaction.atomic
def publish_needs(*, needs: Sequence[Need], by: User, at: datetime) -> list[Need]:
    """Show what the public sent, after a look.

    :raises EntriesRefused: if one is shown already or lies elsewhere.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    refuse_all(
        {
            position: Refused(reason, code="not_allowed")
            for position, need in enumerate(needs)
            if (reason := rules.why_not_check(need, seats))
        }
    )
    for need in needs:
        move(need=need, by=by, at=at, kind=NeedStep.Kind.PUBLISHED, to=Status.OPEN, answer="")
    return list(needs)


@transaction.atomic
def hide_need(*, need: Need, reason: str, by: User, at: datetime) -> Need:
    """Keep back what the public sent (advertising, somebody's name …); the reason is told.

    :raises Refused: if it is shown already, lies elsewhere, or no reason is given.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    if refusal := rules.why_not_check(need, seats):
        raise Refused(refusal, code="not_allowed")
    if not reason.strip():
        raise Refused(_("เขียนเหตุผลที่ไม่เผยแพร่ ผู้แจ้งจะเห็นเหตุผลนี้"), code="no_reason")
    return move(need=need, by=by, at=at, kind=NeedStep.Kind.HIDDEN, to=Status.HIDDEN, note=reason)


@transaction.atomic
def move(
    *,
    need: Need,
    by: User | None,
    at: datetime,
    kind: NeedStep.Kind,
    to: Status,
    level: Level | None = None,
    note: str = "",
    answer: str | None = None,
    seat: Seat | None = None,
    other: Need | None = None,
    **changes: object,
) -> Need:
    """Move a need on by compare-and-set, with its step and its line in the log.

    `note` is told to the public and is the need's answer, unless `answer` says another.

    :raises Refused: if somebody moved it meanwhile.
    """
    from_status, from_level = need.status, need.level
    goes_to = level.value if level else need.level
    answer = note if answer is None else answer
    values: dict[str, object] = {
        "status": to.value,
        "level": goes_to,
        "version": need.version + 1,
        **changes,
    }
    if goes_to != need.level:
        values["arrived_at"] = at
    if answer:
        values |= {"answer_th": answer, "answered_at": at}
    if not Need.objects.filter(
        pk=need.pk, status=from_status, level=from_level, version=need.version
    ).update(**values):
        raise Refused(
            _("มีผู้อื่นดำเนินการเรื่อง %(code)s ไปก่อนแล้ว เปิดหน้านี้ใหม่แล้วตรวจอีกครั้ง") % {"code": need.code},
            code="changed_meanwhile",
        )
    NeedStep.objects.create(
        need=need,
        kind=kind,
        from_level=from_level,
        to_level=goes_to,
        note_th=note,
        agency=seat.agency if seat else None,
        other=other,
        made_by=by,
        happened_at=at,
    )
    record(
        f"planning.need.{kind.value}",
        need,
        by=by,
        at=at,
        before={"status": from_status, "level": from_level},
        after={"status": to.value, "level": goes_to},
        reason=note,
        agency_code=seat.agency.code if seat and seat.agency else "",
    )
    for name, value in values.items():
        setattr(need, name, value)
    return need


@transaction.atomic
def open_contact(*, need: Need, by: User, at: datetime) -> NeedContact | None:
    """Give how to reach whoever told of a need; that somebody looked is logged.

    :raises Refused: if the person neither decides nor checks needs of the place.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    if reason := rules.why_not_see_contact(need, seats):
        raise Refused(reason, code="not_allowed")
    contact = NeedContact.objects.filter(need=need).first()
    if contact is not None:
        record("planning.contact.viewed", need, by=by, at=at)
    return contact


@transaction.atomic
def forget_contacts(*, by: User | None, at: datetime) -> int:
    """Remove how to reach people a year after their need was answered; gives how many went."""
    ended = [
        status.value
        for status in (Status.HIDDEN, Status.MERGED, Status.ADOPTED, Status.REJECTED, Status.DONE)
    ]
    old = NeedContact.objects.filter(
        need__status__in=ended, need__answered_at__lt=at - timedelta(days=CONTACT_DAYS)
    ).select_related("need")
    gone = list(old)
    record_many([Deed("planning.contact.forgotten", each.need) for each in gone], by=by, at=at)
    NeedContact.objects.filter(pk__in=[each.pk for each in gone]).delete()
    return len(gone)


@transaction.atomic
def load_categories(*, categories: Sequence[NeedCategory], by: User | None, at: datetime) -> Tally:
    """Bring categories of needs in; may be repeated."""
    return bring_in(
        rows=categories,
        key=["code"],
        fields=["name_th", "name_en", "order"],
        verb="planning.category",
        by=by,
        at=at,
    ).tally


@transaction.atomic
def load_criteria(*, criteria: Sequence[Criterion], by: User | None, at: datetime) -> Tally:
    """Bring the levels' criteria in; may be repeated."""
    return bring_in(
        rows=criteria,
        key=["level", "order"],
        fields=["name_th", "name_en", "weight"],
        verb="planning.criterion",
        by=by,
        at=at,
    ).tally
