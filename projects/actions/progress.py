"""Verbs of progress: typed, sent, signed, sent back."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import Standing
from audit.log import record
from common import fiscal
from common.refusal import Refused
from projects import rollups, rules
from projects.actions.figures import ask_refresh
from projects.actions.inputs import TEXTS, ProgressInput
from projects.actions.signing import Sort
from projects.models import (
    Activity,
    ActivityProgress,
    Progress,
)
from submissions.actions import (
    begin_entries,
    changed_meanwhile,
    hold_open,
    refuse_all,
    refuse_twins,
    type_over,
)
from submissions.models import Evidence
from submissions.rules import standing_of
from submissions.workflow import Status


@transaction.atomic
def save_progress(*, entries: Sequence[ProgressInput], by: User, at: datetime) -> list[Progress]:
    """Keep what was typed as drafts; drafts are not logged.

    :raises EntriesRefused: if the person may not, a figure cannot be, or somebody typed meanwhile.
    """
    refuse_twins([(entry.project.pk, entry.quarter.pk) for entry in entries])
    standing = standing_of(by, fiscal.local_date(at))
    existing = {
        (report.project_id, report.quarter_id): report
        for report in Progress.objects.filter(
            project__in={entry.project.pk for entry in entries},
            quarter__in={entry.quarter.pk for entry in entries},
        )
    }
    activities = defaultdict(set)
    for activity_id, project_id in Activity.objects.filter(
        project__in={entry.project.pk for entry in entries}
    ).values_list("pk", "project_id"):
        activities[project_id].add(activity_id)
    refusals = {}
    for position, entry in enumerate(entries):
        report = existing.get((entry.project.pk, entry.quarter.pk))
        reason, code = _why_not_keep(entry, report, standing, activities[entry.project.pk])
        if reason:
            refusals[position] = Refused(reason, code=code)
    refuse_all(refusals)
    hold_open(quarters={entry.quarter.pk for entry in entries})
    new: list[Progress] = []
    changed: list[Progress] = []
    kept: list[Progress] = []
    for entry in entries:
        report = existing.get((entry.project.pk, entry.quarter.pk))
        if report is None:
            report = Progress(
                project=entry.project, quarter=entry.quarter, is_sample=entry.is_sample
            )
            new.append(report)
        else:
            changed.append(report)
        report.percent, report.entered_by, report.entered_at = entry.percent, by, at
        for name in TEXTS:
            if (text := getattr(entry, name)) is not None:
                setattr(report, name, text)
        kept.append(report)
    faster = list(begin_entries(new, subject="project_id", period="quarter_id").values())
    faster = faster or list(type_over(changed, names=("percent", *TEXTS)).values())
    taken = {(report.project_id, report.quarter_id) for report in faster}
    refuse_all(
        {
            position: Refused(changed_meanwhile(), code="changed_meanwhile")
            for position, report in enumerate(kept)
            if (report.project_id, report.quarter_id) in taken
        }
    )
    _keep_percents(kept, entries)
    return kept


def _why_not_keep(
    entry: ProgressInput, report: Progress | None, standing: Standing, own: Collection[int]
) -> tuple[str | None, str]:
    if reason := rules.why_not_save(entry.project, entry.quarter, report, standing):
        return reason, "not_allowed"
    seen = report.version if report else 0
    if entry.version is not None and entry.version != seen:
        return changed_meanwhile(), "changed_meanwhile"
    for percent in (entry.percent, *entry.activities.values()):
        if reason := rules.why_not_percent(percent):
            return reason, "percent"
    if any(activity not in own for activity in entry.activities):
        return _("มีกิจกรรมที่ไม่ใช่ของโครงการนี้"), "other_project"
    if own and entry.percent is not None:
        return _("โครงการนี้มีกิจกรรม ให้กรอกร้อยละรายกิจกรรม"), "has_activities"
    return None, ""


def _keep_percents(kept: Sequence[Progress], entries: Sequence[ProgressInput]) -> None:
    """Write the percents of activities: what is emptied goes, the rest is set, in three queries."""
    emptied: list[tuple[int, int]] = []
    given: list[ActivityProgress] = []
    for report, entry in zip(kept, entries, strict=True):
        for activity_id, percent in entry.activities.items():
            if percent is None:
                emptied.append((report.pk, activity_id))
            else:
                given.append(
                    ActivityProgress(progress=report, activity_id=activity_id, percent=percent)
                )
    if emptied:
        stored = ActivityProgress.objects.filter(progress__in={pk for pk, _activity in emptied})
        gone = [row.pk for row in stored if (row.progress_id, row.activity_id) in set(emptied)]
        ActivityProgress.objects.filter(pk__in=gone).delete()
    ActivityProgress.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=["progress", "activity"],
        update_fields=["percent"],
        batch_size=500,
    )


@transaction.atomic
def submit_progress(*, entries: Sequence[Progress], by: User, at: datetime) -> list[Progress]:
    """Send reports to the host's head for signature.

    :raises EntriesRefused: if one is not complete, its quarter still runs, or it moved meanwhile.
    """
    listed = _QUARTERLY.loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    due, reported, before = _completeness(listed)
    refuse_all(
        {
            position: Refused(reason, code="not_ready")
            for position, report in enumerate(listed)
            if (
                reason := rules.why_not_submit(
                    report,
                    standing,
                    at,
                    due=due[report.pk],
                    reported=reported[report.pk],
                    before=before[report.pk],
                )
            )
        }
    )
    _QUARTERLY.move(listed, to=Status.SUBMITTED, by=by, at=at, role=Role.REPORTER)
    return listed


_PerReport = dict[int, dict[int, Decimal]]


def _completeness(
    reports: Sequence[Progress],
) -> tuple[dict[int, dict[int, Activity]], _PerReport, _PerReport]:
    """Return by report: the activities due, what it says, and what was signed before it."""
    due: dict[int, dict[int, Activity]] = {report.pk: {} for report in reports}
    reported: _PerReport = {report.pk: {} for report in reports}
    before: _PerReport = {report.pk: {} for report in reports}
    by_project = defaultdict(list)
    for activity in Activity.objects.filter(
        project__in={report.project_id for report in reports}
    ).in_number_order():
        by_project[activity.project_id].append(activity)
    for row in ActivityProgress.objects.filter(progress__in=reports):
        reported[row.progress_id][row.activity_id] = row.percent
    for report in reports:
        year, number = report.quarter.fiscal_year_id, report.quarter.number
        end = fiscal.quarter_end(year, number)
        due[report.pk] = {
            activity.pk: activity
            for activity in by_project[report.project_id]
            if activity.start_date <= end and activity.end_date >= fiscal.year_start(year)
        }
        if report.percent is not None:
            reported[report.pk][0] = report.percent
    waiting: dict[tuple[int, int], list[Progress]] = defaultdict(list)
    for report in reports:
        waiting[report.project_id, report.quarter.fiscal_year_id].append(report)
    signed_before = (
        Progress.objects.counted()
        .filter(project__in={project for project, _year in waiting})
        .select_related("quarter")
        .prefetch_related("activities")
        .order_by("quarter__number")
    )
    for signed in signed_before:
        percents = {row.activity_id: row.percent for row in signed.activities.all()}
        if signed.percent is not None:
            percents[0] = signed.percent
        for report in waiting[signed.project_id, signed.quarter.fiscal_year_id]:
            if signed.quarter.number < report.quarter.number:
                before[report.pk] |= percents
    return due, reported, before


@transaction.atomic
def approve_progress(*, entries: Sequence[Progress], by: User, at: datetime) -> list[Progress]:
    """Sign reports and refresh the figures above them.

    :raises EntriesRefused: if the person may not sign one, or it moved on meanwhile.
    """
    return _QUARTERLY.approve(entries, by=by, at=at)


@transaction.atomic
def return_progress(
    *, entries: Sequence[Progress], reason: str, by: User, at: datetime
) -> list[Progress]:
    """Send reports back with a reason; a signed one leaves the figures above it.

    :raises EntriesRefused: if the person may not, there is no reason, or one moved meanwhile.
    """
    return _QUARTERLY.send_back(entries, reason=reason, by=by, at=at)


@transaction.atomic
def undo_progress(*, entries: Sequence[Progress], by: User, at: datetime) -> list[Progress]:
    """Take back one's own signature or return of a moment ago.

    :raises EntriesRefused: where it is not one's own, too long ago, or somebody moved it on.
    """
    return _QUARTERLY.undo(entries, by=by, at=at)


def _refresh_above(reports: Sequence[Progress]) -> None:
    rollups.touch([(report.project_id, report.quarter_id) for report in reports])
    by_year: dict[int, set[int]] = defaultdict(set)
    for report in reports:
        by_year[report.quarter.fiscal_year_id].add(report.project_id)
    for year, project_ids in by_year.items():
        ask_refresh(project_ids, year)


_QUARTERLY = Sort(
    reports=lambda: Progress.objects.with_project(),
    name="projects.progress",
    why_not_approve=rules.why_not_approve,
    why_not_return=rules.why_not_return,
    refresh=_refresh_above,
)


@transaction.atomic
def attach_evidence(*, report: Progress, evidence: Evidence, by: User, at: datetime) -> None:
    """Add a stored file to a report that may still be typed.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(report, by=by, at=at)
    report.evidence.add(evidence)
    _tell_evidence("projects.progress.evidence_added", report, evidence, by=by, at=at)


@transaction.atomic
def detach_evidence(*, report: Progress, evidence: Evidence, by: User, at: datetime) -> None:
    """Take a file away from a report that may still be typed; the file itself is kept.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(report, by=by, at=at)
    report.evidence.remove(evidence)
    _tell_evidence("projects.progress.evidence_removed", report, evidence, by=by, at=at)


def _check_evidence(report: Progress, *, by: User, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_save(report.project, report.quarter, report, standing):
        raise Refused(reason, code="not_allowed")
    hold_open(quarters=[report.quarter_id])


def _tell_evidence(
    verb: str, report: Progress, evidence: Evidence, *, by: User, at: datetime
) -> None:
    record(
        verb,
        report,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=report.project.host_agency.code,
        after={"file": evidence.original_name, "sha256": evidence.sha256},
    )
