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
from common.refusal import Refused
from learning import rules
from learning.models import Course, Record
from learning.rules import line_below, rule_on
from submissions.actions import move_entries, refuse_all
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
    agencies = {officer: rules.agency_of_officer(officer, today) for officer in officers}
    codes = dict(Agency.objects.values_list("pk", "code"))
    refusals: dict[int, Refused] = {}
    new: list[Record] = []
    for position, entry in enumerate(entries):
        agency_id = agencies[entry.officer.pk]
        rule = rule_on(entry.completed_date)
        reason = rules.why_not_add(entry.officer.pk, agency_id, standing) or rules.why_not_complete(
            entry.completed_date, rule, today
        )
        if reason or rule is None or agency_id is None:
            refusals[position] = Refused(reason or "", code="not_allowed")
            continue
        key = (entry.officer.pk, entry.course.pk, rule.year)
        if key in there:
            refusals[position] = Refused(
                _("มีหลักสูตร %(course)s ในปี %(year)d แล้ว บันทึกซ้ำไม่ได้")
                % {"course": entry.course.code, "year": rule.year},
                code="same_course",
            )
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
    """Mend a record that was returned and send it again; without a new certificate the old one stays.

    :raises Refused: if it was not returned, is another's, or somebody changed it meanwhile.
    """
    today = fiscal.local_date(at)
    reason = rules.why_not_correct(record, standing_of(by, today))
    rule = rule_on(completed_date)
    reason = reason or rules.why_not_complete(completed_date, rule, today)
    if reason or rule is None:
        raise Refused(reason or "", code="not_allowed")
    twins = Record.objects.filter(officer=record.officer_id, course=record.course_id)
    if twins.filter(year=rule.year).exclude(pk=record.pk).exists():
        raise Refused(
            _("มีหลักสูตร %(course)s ในปี %(year)d แล้ว บันทึกซ้ำไม่ได้")
            % {"course": record.course.code, "year": rule.year},
            code="same_course",
        )
    _keep_certificate(record, _checked(certificate))
    record.version = version
    move_entries(
        [record],
        to=Status.SUBMITTED,
        by=by,
        at=at,
        verb="learning.record.sent",
        role="",
        agency_code=lambda each: each.agency.code,
    )
    Record.objects.filter(pk=record.pk).update(
        completed_date=completed_date,
        year=rule.year,
        note=note,
        entered_by=by,
        entered_at=at,
        certificate=record.certificate.name or None,
        certificate_name=record.certificate_name,
        certificate_type=record.certificate_type,
        certificate_sha256=record.certificate_sha256,
    )
    record.refresh_from_db()
    return record


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
