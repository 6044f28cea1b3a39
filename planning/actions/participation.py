"""Verbs of forums and of telling agencies about the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Agency, Area, User
from accounts.rules import standing_of
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Forum,
    ForumAttendance,
    ForumFile,
    ForumProposal,
    Need,
)
from planning.rules import participation as rules
from strategy.models import Approach, PlanEdition, ProvinceFact
from submissions.actions import changed_meanwhile
from submissions.files import check_file


@dataclass(frozen=True, slots=True)
class ForumInput:
    """A forum that was held; `attendance` maps a sector to how many came."""

    title_th: str
    held_date: date
    place_th: str = ""
    area: Area | None = None
    edition: PlanEdition | None = None
    minutes_th: str = ""
    attendance: Mapping[str, int] = field(default_factory=dict)
    is_sample: bool = False


@transaction.atomic
def record_forum(*, forum: ForumInput, by: User, at: datetime) -> Forum:
    """Write down that a forum was held, with who came by sector.

    :raises Refused: if `by` may not, it lies in the future, or it is there already.
    """
    _refuse_unless_organiser(by, at)
    if forum.held_date > fiscal.local_date(at):
        raise Refused(_("บันทึกได้หลังจัดเวทีแล้ว ตรวจวันที่จัด"), code="future")
    if Forum.objects.filter(title_th=forum.title_th, held_date=forum.held_date).exists():
        raise Refused(_("มีเวทีชื่อนี้ในวันเดียวกันแล้ว"), code="forum_there")
    row = Forum.objects.create(
        title_th=forum.title_th.strip(),
        held_date=forum.held_date,
        place_th=forum.place_th.strip(),
        area=forum.area,
        edition=forum.edition,
        minutes_th=forum.minutes_th.strip(),
        recorded_by=by,
        is_sample=forum.is_sample,
    )
    ForumAttendance.objects.bulk_create(
        ForumAttendance(forum=row, sector=sector, people=people)
        for sector, people in forum.attendance.items()
    )
    record("planning.forum.recorded", row, by=by, at=at, after=dict(forum.attendance))
    return row


@transaction.atomic
def add_proposal(
    *, forum: Forum, sector: str, text_th: str, by: User, at: datetime
) -> ForumProposal:
    """Write down what was proposed at a forum; it gets the forum's next number.

    :raises Refused: if `by` may not, or nothing is said.
    """
    _refuse_unless_organiser(by, at)
    if not text_th.strip():
        raise Refused(_("เขียนข้อเสนอก่อนบันทึก"), code="no_text")
    last = forum.proposals.aggregate(last=Max("number"))["last"] or 0
    row = ForumProposal.objects.create(
        forum=forum,
        number=last + 1,
        sector=sector,
        text_th=text_th.strip(),
        is_sample=forum.is_sample,
    )
    record("planning.proposal.added", row, by=by, at=at, after={"text": row.text_th})
    return row


@transaction.atomic
def answer_proposal(
    *,
    proposal: ForumProposal,
    outcome: str,
    answer_th: str,
    by: User,
    at: datetime,
    approach: Approach | None = None,
    need: Need | None = None,
) -> ForumProposal:
    """Say what became of a proposal: taken into the plan, taken as a need, or not, and why.

    :raises Refused: if `by` may not, it is not said why, or the need is not named.
    """
    _refuse_unless_organiser(by, at)
    if outcome == ForumProposal.Outcome.OPEN:
        raise Refused(_("เลือกว่าข้อเสนอนี้เป็นอย่างไร"), code="no_outcome")
    if not answer_th.strip():
        raise Refused(_("เขียนคำตอบของข้อเสนอนี้ ประชาชนจะเห็น"), code="no_text")
    if outcome == ForumProposal.Outcome.NEED and need is None:
        raise Refused(_("ใส่เลขที่เรื่องความต้องการที่รับไว้"), code="no_need")
    ForumProposal.objects.filter(pk=proposal.pk).update(
        outcome=outcome,
        outcome_th=answer_th.strip(),
        approach=approach if outcome == ForumProposal.Outcome.TAKEN else None,
        need=need if outcome == ForumProposal.Outcome.NEED else None,
        answered_by=by,
        answered_at=at,
    )
    record(
        "planning.proposal.answered",
        proposal,
        by=by,
        at=at,
        before={"outcome": proposal.outcome},
        after={"outcome": outcome, "answer": answer_th.strip()},
    )
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def add_forum_file(
    *,
    forum: Forum,
    file: UploadedFile[bytes],
    caption_th: str,
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> ForumFile:
    """Add minutes to a forum; nobody but the desk sees them until they are shown.

    :raises Refused: if `by` may not, nothing says what it is, or the file is not one that is taken.
    """
    _refuse_unless_organiser(by, at)
    if not caption_th.strip():
        raise Refused(_("เขียนคำอธิบายของไฟล์"), code="no_caption")
    checked = check_file(file)
    row = ForumFile(
        forum=forum,
        file_name=checked.original_name,
        file_type=checked.media_type,
        size_bytes=checked.size_bytes,
        sha256=checked.sha256,
        caption_th=caption_th.strip(),
        added_by=by,
        added_at=at,
        is_sample=is_sample,
    )
    row.file.save(str(checked.content.name), checked.content, save=False)
    row.save()
    record(
        "planning.forum_file.added",
        row,
        by=by,
        at=at,
        after={"file": row.file_name, "sha256": row.sha256, "caption": row.caption_th},
    )
    return row


@transaction.atomic
def show_forum_file(*, file: ForumFile, is_public: bool, by: User, at: datetime) -> ForumFile:
    """Put a forum's file before the public, or take it from there.

    :raises Refused: if `by` may not, it was taken away, or somebody was faster.
    """
    if reason := rules.why_not_show_file(file, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_shown")
    unmoved = ForumFile.objects.kept().filter(pk=file.pk, is_public=file.is_public)
    if not unmoved.update(is_public=is_public):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "planning.forum_file.shown" if is_public else "planning.forum_file.hidden",
        file,
        by=by,
        at=at,
        after={"file": file.file_name},
    )
    file.is_public = is_public
    return file


@transaction.atomic
def remove_forum_file(*, file: ForumFile, reason: str, by: User, at: datetime) -> ForumFile:
    """Take a forum's file away, from the public at once; it stays on record with the reason.

    :raises Refused: if `by` may not, it was taken away already, or it is not said why.
    """
    if refusal := rules.why_not_remove_file(file, standing_of(by, fiscal.local_date(at)), reason):
        raise Refused(refusal, code="not_removed")
    removed = ForumFile.objects.kept().filter(pk=file.pk)
    if not removed.update(
        removed_by=by, removed_at=at, removed_reason=reason.strip(), is_public=False
    ):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "planning.forum_file.removed",
        file,
        by=by,
        at=at,
        before={"file": file.file_name, "is_public": file.is_public},
        reason=reason.strip(),
    )
    file.refresh_from_db()
    return file


@transaction.atomic
def restore_forum_file(*, file: ForumFile, by: User, at: datetime) -> ForumFile:
    """Put back a file that was taken away; it is not public until it is shown again.

    :raises Refused: if `by` may not, or it stands there already.
    """
    _refuse_unless_organiser(by, at)
    there = ForumFile.objects.filter(pk=file.pk, removed_at__isnull=False)
    if not there.update(removed_by=None, removed_at=None, removed_reason=""):
        raise Refused(_("ไฟล์นี้ไม่ได้เอาออก"), code="not_removed")
    record(
        "planning.forum_file.restored",
        file,
        by=by,
        at=at,
        before={"file": file.file_name, "reason": file.removed_reason},
    )
    file.refresh_from_db()
    return file


@transaction.atomic
def tell_agencies(
    *,
    edition: PlanEdition,
    channel: ProvinceFact,
    told_date: date,
    reference: str,
    agencies: Sequence[Agency],
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> Announcement:
    """Write down that agencies were told of an edition through a channel; each may acknowledge it.

    :raises Refused: if `by` may not, the edition is not approved, or it is written down already.
    """
    _refuse_unless_organiser(by, at)
    today = fiscal.local_date(at)
    if reason := rules.why_not_tell(edition, told_date, today, len(agencies)):
        raise Refused(reason, code="not_told")
    if Announcement.objects.filter(
        edition=edition, channel=channel, reference=reference.strip()
    ).exists():
        raise Refused(_("บันทึกการแจ้งนี้ไว้แล้ว"), code="announcement_there")
    row = Announcement.objects.create(
        edition=edition,
        channel=channel,
        told_date=told_date,
        reference=reference.strip(),
        is_sample=is_sample,
    )
    AnnouncementReceipt.objects.bulk_create(
        AnnouncementReceipt(announcement=row, agency=agency) for agency in agencies
    )
    record("planning.announcement.told", row, by=by, at=at, after={"agencies": len(agencies)})
    return row


@transaction.atomic
def acknowledge(
    *, receipts: Sequence[AnnouncementReceipt], by: User, at: datetime
) -> list[AnnouncementReceipt]:
    """Say for an agency that it knows of the plan.

    :raises Refused: if `by` is not of the agency, or it was said already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    for receipt in receipts:
        if reason := rules.why_not_acknowledge(receipt, standing):
            raise Refused(reason, code="not_yours")
        unsaid = AnnouncementReceipt.objects.filter(pk=receipt.pk, acknowledged_at=None)
        if not unsaid.update(acknowledged_by=by, acknowledged_at=at):
            raise Refused(_("หน่วยงานของท่านรับทราบไว้แล้ว"), code="acknowledged")
    record_many(
        [
            Deed("planning.receipt.acknowledged", receipt, agency_code=receipt.agency.code)
            for receipt in receipts
        ],
        by=by,
        at=at,
    )
    return list(receipts)


def _refuse_unless_organiser(by: User, at: datetime) -> None:
    if reason := rules.why_not_organise(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_strategist")
