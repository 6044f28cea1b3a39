"""Write the summary, publish an edition: the document is fixed here, a job makes the files."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from jobruns.models import JobRun
from jobruns.runner import schedule
from reports import document as shape
from reports import rules
from reports.models import Edition, Freeze, ReportSummary
from reports.rollups import corrections_between, newest_freeze
from reports.tasks import publish_edition
from submissions.actions import changed_meanwhile
from submissions.models import Quarter
from submissions.rules import standing_of


@transaction.atomic
def write_summary(
    *, quarter: Quarter, text_th: str, text_en: str, version: int, by: User, at: datetime
) -> ReportSummary:
    """Keep what stands above the figures of the next edition; `version` 0 begins it.

    :raises Refused: if the person may not, or somebody wrote meanwhile.
    """
    quarter = Quarter.objects.get(pk=quarter.pk)
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_write_summary(quarter, standing):
        raise Refused(reason, code="not_writable")
    if version == 0:
        summary, made = ReportSummary.objects.get_or_create(
            quarter=quarter,
            defaults={"text_th": text_th, "text_en": text_en, "written_by": by, "written_at": at},
        )
        if not made:
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
    else:
        written = ReportSummary.objects.filter(quarter=quarter, version=version).update(
            text_th=text_th,
            text_en=text_en,
            written_by=by,
            written_at=at,
            version=F("version") + 1,
        )
        if not written:
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
        summary = ReportSummary.objects.get(quarter=quarter)
    record(
        "reports.summary.written",
        summary,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        after={"version": summary.version},
    )
    return summary


@transaction.atomic
def publish_report(*, quarter: Quarter, by: User, at: datetime) -> tuple[Edition, JobRun]:
    """Fix the next edition's document and ask for its files; answers the edition and its job.

    An edition whose files are not there yet is asked for again, not made twice.

    :raises Refused: if the person may not, the quarter is open, or nothing changed since the last.
    """
    quarter = Quarter.objects.select_for_update().get(pk=quarter.pk)
    standing = standing_of(by, fiscal.local_date(at))
    freeze = newest_freeze(quarter)
    newest = Edition.objects.filter(quarter=quarter).order_by("-number").first()
    unfinished = newest is not None and newest.finished_at is None
    reason = rules.why_not_publish(quarter, standing, freeze, None if unfinished else newest)
    if reason:
        raise Refused(reason, code="not_publishable")
    if newest is not None and unfinished:
        return newest, _ask_files(newest)
    assert freeze is not None  # the rule said so
    edition = _fix_edition(quarter, freeze, newest, by=by, at=at)
    record(
        "reports.report.published",
        edition,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        after={"edition": edition.number, "sha256": edition.sha256},
    )
    return edition, _ask_files(edition)


def _fix_edition(
    quarter: Quarter, freeze: Freeze, before: Edition | None, *, by: User, at: datetime
) -> Edition:
    frozen = shape.read(shape.Frozen, freeze.document)
    number = before.number + 1 if before else 1
    summary = ReportSummary.objects.filter(quarter=quarter).first()
    place = f"/reports/{quarter.fiscal_year_id}/q{quarter.number}/"
    corrections = corrections_between(_frozen_of(before), frozen, freeze, number) if before else ()
    earlier = shape.read(shape.Report, before.document).corrections if before else ()
    report = shape.report_of(
        frozen,
        edition=shape.EditionMark(
            number=number,
            published_at=at.astimezone(fiscal.ZONE).isoformat(timespec="seconds"),
            address=f"{place}edition/{number}/",
            newest_address=place,
            restatement=freeze.number,
            frozen_sha256=freeze.sha256,
        ),
        summary=shape.Words(summary.text_th, summary.text_en) if summary else shape.Words(""),
        corrections=(*earlier, *corrections),
    )
    plain = shape.plain(report)
    return Edition.objects.create(
        quarter=quarter,
        number=number,
        freeze_record=freeze,
        document=plain,
        sha256=shape.sha256(shape.canonical(plain)),
        corrections_th=_correction_words(corrections),
        published_by=by,
        published_at=at,
        is_sample=report.is_sample,
    )


def _frozen_of(edition: Edition) -> shape.Frozen:
    return shape.read(shape.Frozen, edition.freeze_record.document)


def _correction_words(corrections: tuple[shape.Correction, ...]) -> str:
    return "\n".join(
        _("%(code)s %(name)s จาก %(before)s เป็น %(after)s: %(reason)s")
        % {
            "code": each.code,
            "name": each.name.th,
            "before": each.before,
            "after": each.after,
            "reason": each.reason,
        }
        for each in corrections
    )


def _ask_files(edition: Edition) -> JobRun:
    return schedule(publish_edition, key=str(edition.pk), payload={"edition_id": edition.pk})
