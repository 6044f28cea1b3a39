"""Committees as stated, meetings held, and what they asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.rules import Standing, standing_of
from audit.actions import Tally, bring_in
from audit.log import record
from common import fiscal
from common.refusal import Refused
from meetings import rules
from meetings.models import AgendaItem, Committee, CommitteeSeat, Meeting, Resolution


@dataclass(frozen=True, slots=True)
class StatedSeat:
    """A seat with its role and who fills it by office."""

    role_th: str
    holder_th: str
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class StatedCommittee:
    """A committee as sources state it."""

    code: str
    name_th: str
    name_en: str = ""
    abbreviation_th: str = ""
    duties_th: str = ""
    basis: str = ""
    watches_spending: bool = False
    seats: Sequence[StatedSeat] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class StatedMeeting:
    """A meeting that was held."""

    number: int
    year: int
    held_date: date
    place_th: str = ""
    minutes_th: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class NewResolution:
    """What a meeting asks of an agency, until when."""

    text_th: str
    owner: Agency | None
    due_date: date | None
    progress_th: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class StatedItem:
    """An item of an agenda; `rows` are texts under `heads`, `numeric` the columns set to the right."""

    title_th: str
    text_th: str = ""
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    numeric: Sequence[int] = ()


@transaction.atomic
def load_committees(
    *, committees: Sequence[StatedCommittee], by: User | None, at: datetime
) -> Tally:
    """Bring committees in with their seats; may be repeated."""
    brought = bring_in(
        rows=[
            Committee(
                code=committee.code,
                name_th=committee.name_th,
                name_en=committee.name_en,
                abbreviation_th=committee.abbreviation_th,
                duties_th=committee.duties_th,
                basis=committee.basis,
                watches_spending=committee.watches_spending,
            )
            for committee in committees
        ],
        key=["code"],
        fields=["name_th", "name_en", "abbreviation_th", "duties_th", "basis", "watches_spending"],
        verb="meetings.committee",
        by=by,
        at=at,
    )
    agencies = dict(Agency.objects.values_list("code", "pk"))
    seats = bring_in(
        rows=[
            CommitteeSeat(
                committee=row,
                order=order,
                role_th=seat.role_th,
                holder_th=seat.holder_th,
                agency_id=agencies[seat.agency] if seat.agency else None,
            )
            for committee, row in zip(committees, brought.rows, strict=True)
            for order, seat in enumerate(committee.seats, start=1)
        ],
        key=["committee", "order"],
        fields=["role_th", "holder_th", "agency"],
        verb="meetings.seat",
        by=by,
        at=at,
    )
    return brought.tally + seats.tally


@transaction.atomic
def record_meeting(
    *, committee: Committee, meeting: StatedMeeting, by: User | None, at: datetime
) -> Meeting:
    """Write down that a meeting was held.

    :raises Refused: if `by` may not, or the meeting of that number is there already.
    """
    _refuse_unless_secretary(by, at, committee)
    if Meeting.objects.filter(
        committee=committee, year=meeting.year, number=meeting.number
    ).exists():
        raise Refused(_("มีการประชุมครั้งนี้แล้ว"), code="meeting_there")
    row = Meeting.objects.create(
        committee=committee,
        number=meeting.number,
        year=meeting.year,
        held_date=meeting.held_date,
        place_th=meeting.place_th,
        minutes_th=meeting.minutes_th,
        is_sample=meeting.is_sample,
    )
    record("meetings.meeting.recorded", row, by=by, at=at)
    return row


@transaction.atomic
def make_agenda(
    *, meeting: Meeting, items: Sequence[StatedItem], version: int, by: User, at: datetime
) -> Meeting:
    """Put these items in the place of a meeting's agenda.

    :raises Refused: if `by` may not, there are minutes already, or somebody was faster.
    """
    secretariats = rules.secretariats_of(meeting.committee)
    if reason := rules.why_not_make_agenda(meeting, _standing(by, at), secretariats):
        raise Refused(reason, code="not_allowed")
    _move(meeting, version=version, agenda_by=by, agenda_at=at)
    AgendaItem.objects.filter(meeting=meeting).delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            number=number,
            title_th=item.title_th,
            text_th=item.text_th,
            table={
                "heads": list(item.heads),
                "rows": [list(row) for row in item.rows],
                "numeric": list(item.numeric),
            }
            if item.rows
            else {},
        )
        for number, item in enumerate(items, start=1)
    )
    record("meetings.agenda.made", meeting, by=by, at=at, after={"items": len(items)})
    return meeting


@transaction.atomic
def write_minutes(
    *,
    meeting: Meeting,
    attendees_th: str,
    minutes_th: str,
    said: Mapping[int, str],
    version: int,
    by: User,
    at: datetime,
) -> Meeting:
    """Write down who came, what was said of each item (by number), and what else.

    :raises Refused: if `by` may not, the day has not come, nothing is said, or somebody was faster.
    """
    secretariats = rules.secretariats_of(meeting.committee)
    today = fiscal.local_date(at)
    if reason := rules.why_not_write_minutes(meeting, _standing(by, at), secretariats, today):
        raise Refused(reason, code="not_allowed")
    if not attendees_th.strip():
        raise Refused(_("เขียนผู้มาประชุม"), code="no_attendees")
    _move(
        meeting,
        version=version,
        attendees_th=attendees_th,
        minutes_th=minutes_th,
        minutes_by=by,
        minutes_at=at,
    )
    items = [item for item in meeting.agenda.all() if item.number in said]
    for item in items:
        item.minutes_th = said[item.number]
    AgendaItem.objects.bulk_update(items, ["minutes_th"])
    record(
        "meetings.minutes.written",
        meeting,
        by=by,
        at=at,
        after={"items": {item.number: item.minutes_th for item in items}},
    )
    return meeting


def _move(meeting: Meeting, *, version: int, **changes: Any) -> None:
    """Write by compare-and-set.

    :raises Refused: if somebody else wrote meanwhile.
    """
    same = Meeting.objects.filter(pk=meeting.pk, version=version)
    if not same.update(version=F("version") + 1, **changes):
        raise Refused(
            _("มีผู้อื่นแก้ไขการประชุมนี้ระหว่างที่ท่านทำรายการ โหลดหน้าใหม่แล้วทำอีกครั้ง"), code="changed_meanwhile"
        )
    for name, value in changes.items():
        setattr(meeting, name, value)
    meeting.version = version + 1


@transaction.atomic
def add_resolution(
    *, meeting: Meeting, resolution: NewResolution, by: User | None, at: datetime
) -> Resolution:
    """Write down what a meeting asks for; it gets the meeting's next number. `by` None: a loader.

    :raises Refused: if `by` may not, the text, the owner or the day is missing, or it would be due
        before the meeting.
    """
    _refuse_unless_secretary(by, at, meeting.committee)
    if not resolution.text_th.strip():
        raise Refused(_("เขียนข้อสั่งการก่อนบันทึก"), code="no_text")
    if resolution.owner is None:
        raise Refused(_("เลือกหน่วยงานเจ้าภาพของข้อสั่งการ"), code="no_owner")
    if resolution.due_date is None:
        raise Refused(_("ใส่กำหนดเสร็จของข้อสั่งการ"), code="no_due_date")
    if reason := rules.why_not_due(meeting, resolution.due_date):
        raise Refused(reason, code="due_before_meeting")
    last = meeting.resolutions.aggregate(last=Max("number"))["last"] or 0
    row = Resolution.objects.create(
        meeting=meeting,
        number=last + 1,
        text_th=resolution.text_th,
        owner=resolution.owner,
        due_date=resolution.due_date,
        progress_th=resolution.progress_th,
        is_sample=resolution.is_sample,
    )
    record(
        "meetings.resolution.added",
        row,
        by=by,
        at=at,
        after={"text": row.text_th, "due": row.due_date, "owner": resolution.owner.code},
        agency_code=resolution.owner.code,
    )
    return row


@transaction.atomic
def report_resolution(
    *, resolution: Resolution, progress_th: str, by: User, at: datetime
) -> Resolution:
    """Write how far a resolution is.

    :raises Refused: if `by` is not of the owning agency, or it has ended.
    """
    if reason := rules.why_not_report(resolution, _standing(by, at)):
        raise Refused(reason, code="not_yours")
    if not progress_th.strip():
        raise Refused(_("เขียนความคืบหน้าก่อนบันทึก"), code="no_text")
    unended = Resolution.objects.filter(pk=resolution.pk, state=Resolution.State.OPEN)
    if not unended.update(progress_th=progress_th):
        raise Refused(_("ข้อสั่งการนี้ปิดไปแล้ว"), code="closed")
    record(
        "meetings.resolution.reported",
        resolution,
        by=by,
        at=at,
        before={"progress": resolution.progress_th},
        after={"progress": progress_th},
        agency_code=resolution.owner.code,
    )
    resolution.progress_th = progress_th
    return resolution


@transaction.atomic
def close_resolution(
    *,
    resolution: Resolution,
    state: Resolution.State,
    by: User,
    at: datetime,
    note: str = "",
) -> Resolution:
    """End a resolution as done, or dropped with a reason.

    :raises Refused: if `by` may not, it has ended, or a dropped one has no reason.
    """
    if state == Resolution.State.OPEN:
        raise Refused(_("เลือกว่าเสร็จแล้วหรือยกเลิก"), code="no_end")
    if reason := rules.why_not_close(resolution, _standing(by, at)):
        raise Refused(reason, code="not_yours")
    if state == Resolution.State.DROPPED and not note.strip():
        raise Refused(_("การยกเลิกต้องมีเหตุผล"), code="no_reason")
    unended = Resolution.objects.filter(pk=resolution.pk, state=Resolution.State.OPEN)
    changes: dict[str, Any] = {"state": state, "closed_by": by, "closed_at": at}
    if note:
        changes["progress_th"] = note
    if not unended.update(**changes):
        raise Refused(_("มีผู้อื่นปิดข้อสั่งการนี้ไปก่อนแล้ว"), code="changed_meanwhile")
    record(
        "meetings.resolution.closed",
        resolution,
        by=by,
        at=at,
        before={"state": Resolution.State.OPEN},
        after={"state": state},
        reason=note,
        agency_code=resolution.owner.code,
    )
    resolution.refresh_from_db()
    return resolution


def _standing(by: User, at: datetime) -> Standing:
    return standing_of(by, fiscal.local_date(at))


def _refuse_unless_secretary(by: User | None, at: datetime, committee: Committee) -> None:
    """Only the committee's offices write meetings down; None is a loader run by the operator."""
    if by is None:
        return
    if reason := rules.why_not_add(_standing(by, at), rules.secretariats_of(committee)):
        raise Refused(reason, code="not_secretary")
