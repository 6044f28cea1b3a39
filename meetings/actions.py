"""Committees as stated, meetings held, and what they asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.rules import Standing, standing_of
from audit.actions import Tally, bring_in
from audit.log import record
from common import fiscal
from common.refusal import Refused
from meetings import rules
from meetings.models import Committee, CommitteeSeat, Meeting, Resolution


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
    owner: Agency
    due_date: date
    progress_th: str = ""
    is_sample: bool = False


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
            )
            for committee in committees
        ],
        key=["code"],
        fields=["name_th", "name_en", "abbreviation_th", "duties_th", "basis"],
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
    _refuse_unless_secretary(by, at)
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
def add_resolution(
    *, meeting: Meeting, resolution: NewResolution, by: User | None, at: datetime
) -> Resolution:
    """Write down what a meeting asks for; it gets the meeting's next number. `by` None: a loader.

    :raises Refused: if `by` may not, or it would be due before the meeting.
    """
    _refuse_unless_secretary(by, at)
    if not resolution.text_th.strip():
        raise Refused(_("เขียนข้อสั่งการก่อนบันทึก"), code="no_text")
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


def _refuse_unless_secretary(by: User | None, at: datetime) -> None:
    """Only the committee's offices write meetings down; None is a loader run by the operator."""
    if by is not None and (reason := rules.why_not_add(_standing(by, at))):
        raise Refused(reason, code="not_secretary")
