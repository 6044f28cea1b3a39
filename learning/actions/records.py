"""Courses that officers completed: written down, confirmed, returned and mended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, Role, User
from accounts.rules import Standing
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import EntriesRefused, Refused
from learning import rules
from learning.models import Course, Record, Rule
from learning.rules import line_below, rules_on
from submissions.actions import changed_meanwhile, move_entries, refuse_all
from submissions.files import CheckedFile, check_file
from submissions.rules import standing_of
from submissions.workflow import Status

TAKEN_AS_CERTIFICATE = ("application/pdf", "image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One course that an officer completed, as typed; the certificate may follow later."""

    officer: User
    course: Course
    completed_date: date
    certificate: UploadedFile[bytes] | None = None
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A record as it is mended; `version` is the one that was seen."""

    record: Record
    version: int
    completed_date: date
    certificate: UploadedFile[bytes] | None = None
    note: str = ""


_MENDED = ("completed_date", "year", "note", "entered_by", "entered_at")
_CERTIFICATE = ("certificate", "certificate_name", "certificate_type", "certificate_sha256")


@transaction.atomic
def add_records(*, entries: Sequence[RecordEntry], by: User, at: datetime) -> list[Record]:
    """Write down completed courses and send them to be confirmed, whole or not at all.

    :raises EntriesRefused: by position: another's record, a day that cannot be, the same course twice
        in a year, or a certificate that is not a file we take.
    """
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    officers = {entry.officer.pk for entry in entries}
    there = set(
        Record.objects.filter(officer__in=officers).values_list("officer", "course", "year")
    )
    agencies = rules.agencies_of_officers(officers, today)
    rule_of = rules_on({entry.completed_date for entry in entries})
    codes = dict(Agency.objects.values_list("pk", "code"))
    refusals: dict[int, Refused] = {}
    new: list[Record] = []
    for position, entry in enumerate(entries):
        agency_id = agencies.get(entry.officer.pk)
        rule = rule_of[entry.completed_date]
        reason = rules.why_not_add(entry.officer.pk, agency_id, standing) or rules.why_not_complete(
            entry.completed_date, rule, today
        )
        if reason or rule is None or agency_id is None:
            refusals[position] = Refused(reason or "", code="not_allowed")
            continue
        key = (entry.officer.pk, entry.course.pk, rule.year)
        if key in there:
            refusals[position] = _same_course(entry.course, rule)
            continue
        there.add(key)
        try:
            checked = _checked(entry.certificate)
        except Refused as refused:
            refusals[position] = refused
            continue
        record = Record(
            officer=entry.officer,
            agency_id=agency_id,
            course=entry.course,
            completed_date=entry.completed_date,
            year=rule.year,
            note=entry.note,
            status=Status.SUBMITTED.value,
            entered_by=by,
            entered_at=at,
            submitted_by=by,
            submitted_at=at,
            is_sample=entry.is_sample,
        )
        _keep_certificate(record, checked)
        new.append(record)
    refuse_all(refusals)
    Record.objects.bulk_create(new)
    record_many(
        [
            Deed(
                "learning.record.sent",
                record,
                after={"course": record.course.code, "completed": record.completed_date},
                agency_code=codes[record.agency_id],
            )
            for record in new
        ],
        by=by,
        at=at,
    )
    return new


@transaction.atomic
def correct_records(*, entries: Sequence[Correction], by: User, at: datetime) -> list[Record]:
    """Mend records that nobody confirmed yet and send them again, whole or not at all.

    Without a new certificate the old one stays.

    :raises EntriesRefused: by position: another's, a day that cannot be, the same course twice in a
        year, a certificate that is not a file we take, or changed by somebody meanwhile.
    """
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    records = [entry.record for entry in entries]
    there = {
        (officer, course, year): pk
        for pk, officer, course, year in Record.objects.filter(
            officer__in={record.officer_id for record in records}
        ).values_list("pk", "officer", "course", "year")
    }
    rule_of = rules_on({entry.completed_date for entry in entries})
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        record, rule = entry.record, rule_of[entry.completed_date]
        reason = rules.why_not_correct(record, standing) or rules.why_not_complete(
            entry.completed_date, rule, today
        )
        if reason or rule is None:
            refusals[position] = Refused(reason or "", code="not_allowed")
            continue
        key = (record.officer_id, record.course_id, rule.year)
        if there.setdefault(key, record.pk) != record.pk:
            refusals[position] = _same_course(record.course, rule)
            continue
        try:
            _keep_certificate(record, _checked(entry.certificate))
        except Refused as refused:
            refusals[position] = refused
            continue
        record.version = entry.version
        record.year = rule.year
    refuse_all(refusals)
    if not records:
        return []
    move_entries(
        records,
        to=Status.SUBMITTED,
        by=by,
        at=at,
        verb="learning.record.sent",
        role="",
        agency_code=lambda each: each.agency.code,
    )
    for entry, record in zip(entries, records, strict=True):
        record.completed_date, record.note = entry.completed_date, entry.note
        record.entered_by, record.entered_at = by, at
    Record.objects.bulk_update(records, _MENDED)
    with_file = [each.record for each in entries if each.certificate is not None]
    Record.objects.bulk_update(with_file, _CERTIFICATE)
    mended = Record.objects.with_course().in_bulk([record.pk for record in records])
    return [mended[record.pk] for record in records]


@transaction.atomic
def correct_record(
    *,
    record: Record,
    version: int,
    completed_date: date,
    certificate: UploadedFile[bytes] | None,
    note: str,
    by: User,
    at: datetime,
) -> Record:
    """Mend one record as `correct_records` does.

    :raises Refused: if it was confirmed, is another's, or somebody changed it meanwhile.
    """
    entry = Correction(record, version, completed_date, certificate, note)
    try:
        [mended] = correct_records(entries=[entry], by=by, at=at)
    except EntriesRefused as refused:
        raise refused.by_entry[0] from refused
    return mended


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A record that is to be as if nobody had written it down; `version` is the one that was seen."""

    record: Record
    version: int


@transaction.atomic
def withdraw_records(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take away records that nobody decided about yet; the log keeps that they were there.

    :raises EntriesRefused: by position: another's, decided already, with a certificate, or changed by
        somebody meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    keys = [entry.record.pk for entry in entries]
    # Held, so that nobody confirms them between the look and the end.
    held = dict(
        Record.objects.select_for_update()
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk", "version")
    )
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        record = entry.record
        if reason := rules.why_not_correct(record, standing) or rules.why_not_withdraw(record):
            refusals[position] = Refused(reason, code="not_allowed")
        elif held.get(record.pk) != entry.version:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)
    record_many(
        [
            Deed(
                "learning.record.withdrawn",
                entry.record,
                before={
                    "course": entry.record.course.code,
                    "completed": entry.record.completed_date,
                },
                agency_code=entry.record.agency.code,
            )
            for entry in entries
        ],
        by=by,
        at=at,
    )
    Record.objects.filter(pk__in=keys).delete()


@transaction.atomic
def confirm_records(*, entries: Sequence[Record], by: User, at: datetime) -> list[Record]:
    """Confirm that officers completed what was written down; from then on it counts.

    :raises EntriesRefused: where the person may not, or an entry moved on meanwhile.
    """
    return _decide(entries, Status.APPROVED, "confirmed", by=by, at=at)


@transaction.atomic
def return_records(
    *, entries: Sequence[Record], reason: str, by: User, at: datetime
) -> list[Record]:
    """Send records back to be mended.

    :raises EntriesRefused: where the person may not, there is no reason, or one moved on meanwhile.
    """
    if not reason.strip():
        raise Refused(_("เขียนเหตุที่ส่งกลับ เพื่อให้เจ้าของแก้ได้ถูก"), code="reason_missing")
    return _decide(entries, Status.RETURNED, "returned", by=by, at=at, reason=reason)


def _decide(
    entries: Sequence[Record], to: Status, verb: str, *, by: User, at: datetime, reason: str = ""
) -> list[Record]:
    listed = list(entries)
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    line = line_below(standing, today)
    refuse_all(
        {
            position: Refused(why, code="not_allowed")
            for position, record in enumerate(listed)
            if (why := rules.why_not_confirm(record, standing, line))
        }
    )
    if listed:
        move_entries(
            listed,
            to=to,
            by=by,
            at=at,
            verb=f"learning.record.{verb}",
            role=Role.HR if standing.has(Role.HR) else "",
            agency_code=lambda record: record.agency.code,
            reason=reason,
        )
    return listed


@transaction.atomic
def look_at_officer(
    *, officer: User, standing: Standing, line: Collection[int], by: User, at: datetime
) -> list[Record]:
    """Return an officer's records that the person may see, and log that he or she looked.

    One's own records are not logged.
    """
    records = list(
        Record.objects.visible_to(standing, line)
        .filter(officer=officer)
        .with_course()
        .newest_first()
    )
    if officer.pk != by.pk:
        record_many([Deed("learning.records.viewed", officer)], by=by, at=at)
    return records


def _same_course(course: Course, rule: Rule) -> Refused:
    return Refused(
        _("มีหลักสูตร %(course)s ในปี %(year)d แล้ว บันทึกซ้ำไม่ได้")
        % {"course": course.code, "year": rule.year},
        code="same_course",
    )


def _checked(certificate: UploadedFile[bytes] | None) -> CheckedFile | None:
    if certificate is None:
        return None
    checked = check_file(certificate)
    if checked.media_type not in TAKEN_AS_CERTIFICATE:
        raise Refused(_("ประกาศนียบัตรรับเฉพาะ PDF หรือภาพ (JPG PNG WebP)"), code="file_kind")
    return checked


def _keep_certificate(record: Record, checked: CheckedFile | None) -> None:
    if checked is None:
        return
    record.certificate.save(str(checked.content.name), checked.content, save=False)
    record.certificate_name = checked.original_name
    record.certificate_type = checked.media_type
    record.certificate_sha256 = checked.sha256
