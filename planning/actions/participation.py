"""Verbs of forums and of telling agencies about the plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
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
)
from planning.rules import participation as rules
from strategy.models import PlanEdition, ProvinceFact
from submissions.actions import (
    Withdrawal,
    as_one,
    changed_meanwhile,
    refuse_all,
    refuse_twins,
    refuse_what_stays,
)
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


@dataclass(frozen=True, slots=True)
class ForumAmendment:
    """A forum as it should stand; `version` is the one that was seen."""

    forum: Forum
    version: int
    told: ForumInput


_TOLD = ("title_th", "held_date", "place_th", "area", "edition", "minutes_th")


def _told(forum: ForumInput) -> dict[str, Any]:
    values = {name: getattr(forum, name) for name in _TOLD}
    return {name: v.strip() if isinstance(v, str) else v for name, v in values.items()}


@transaction.atomic
def record_forum(*, forum: ForumInput, by: User, at: datetime) -> Forum:
    """Write down that a forum was held, with who came by sector.

    :raises Refused: if `by` may not, it lies in the future, or it is there already.
    """
    with as_one():
        [row] = record_forums(entries=[forum], by=by, at=at)
    return row


@transaction.atomic
def record_forums(*, entries: Sequence[ForumInput], by: User, at: datetime) -> list[Forum]:
    """Write down that forums were held, with who came by sector.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: it lies in the future, or is there already.
    """
    _refuse_unless_organiser(by, at)
    _refuse_forums(entries, (), at)
    rows = [Forum(**_told(entry), recorded_by=by, is_sample=entry.is_sample) for entry in entries]
    Forum.objects.bulk_create(rows)
    _write_attendance(rows, entries)
    record_many(
        [
            Deed("planning.forum.recorded", row, after=dict(entry.attendance))
            for row, entry in zip(rows, entries, strict=True)
        ],
        by=by,
        at=at,
    )
    return rows


@transaction.atomic
def amend_forums(*, entries: Sequence[ForumAmendment], by: User, at: datetime) -> list[Forum]:
    """Put right what was written of forums; what was proposed there and its files stay.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: it lies in the future, another has its title and day, or
        somebody changed it meanwhile.
    """
    _refuse_unless_organiser(by, at)
    keys = [entry.forum.pk for entry in entries]
    refuse_twins(keys)
    told = [entry.told for entry in entries]
    _refuse_forums(told, keys, at)
    before = _as_written(keys)
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        unmoved = Forum.objects.filter(pk=entry.forum.pk, version=entry.version)
        if not unmoved.update(**_told(entry.told), version=F("version") + 1):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)
    ForumAttendance.objects.filter(forum__in=keys).delete()
    _write_attendance([entry.forum for entry in entries], told)
    after = _as_written(keys)
    fresh = Forum.objects.with_counts().in_bulk(keys)
    deeds = []
    for key in keys:
        old, new = before[key], after[key]
        changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        deeds.append(
            Deed(
                "planning.forum.amended",
                fresh[key],
                before={name: old.get(name) for name in changed},
                after={name: new.get(name) for name in changed},
            )
        )
    record_many(deeds, by=by, at=at)
    return [fresh[key] for key in keys]


@transaction.atomic
def withdraw_forums(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take forums away with who came, as if nobody had written them down.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: something was proposed there or a file added, or somebody
        changed it meanwhile.
    """
    _refuse_unless_organiser(by, at)
    held = Forum.objects.select_for_update().in_bulk([entry.key for entry in entries])
    versions = {key: row.version for key, row in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_forums(held))
    before = _as_written(held)
    deeds = [Deed("planning.forum.withdrawn", row, before=before[key]) for key, row in held.items()]
    record_many(deeds, by=by, at=at)
    ForumAttendance.objects.filter(forum__in=held).delete()
    Forum.objects.filter(pk__in=held).delete()


def _as_written(keys: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return by forum what the log says of it, with who came by sector."""
    rows = Forum.objects.with_counts().in_bulk(list(keys))
    return {
        key: {name: getattr(row, name) for name in _TOLD}
        | {each.sector: each.people for each in row.attendance.all()}
        for key, row in rows.items()
    }


def _write_attendance(rows: Sequence[Forum], told: Sequence[ForumInput]) -> None:
    ForumAttendance.objects.bulk_create(
        ForumAttendance(forum=row, sector=sector, people=people)
        for row, forum in zip(rows, told, strict=True)
        for sector, people in forum.attendance.items()
    )


def _refuse_forums(told: Sequence[ForumInput], own: Collection[int], at: datetime) -> None:
    """Refuse what is no forum, or has another's title and day; `own` are those that are amended."""
    places = [(forum.title_th.strip(), forum.held_date) for forum in told]
    refuse_twins(places)
    that_day = Forum.objects.filter(held_date__in={day for _title, day in places})
    there = set(that_day.exclude(pk__in=own).values_list("title_th", "held_date"))
    today = fiscal.local_date(at)
    refusals: dict[int, Refused] = {}
    for position, (title, day) in enumerate(places):
        if reason := rules.why_not_forum(title, day, today):
            code = "future" if day > today else "no_title"
            refusals[position] = Refused(reason, code=code)
        elif (title, day) in there:
            refusals[position] = Refused(_("มีเวทีชื่อนี้ในวันเดียวกันแล้ว"), code="forum_there")
    refuse_all(refusals)


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
