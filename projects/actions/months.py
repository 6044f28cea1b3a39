"""Verbs of monthly progress, where the year asks for it: typed, sent, signed, sent back."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from common import fiscal
from common.refusal import Refused
from projects import rollups, rules
from projects.actions.figures import ask_refresh
from projects.actions.signing import Sort
from projects.models import Activity, MonthlyActivity, MonthlyProgress, Project
from submissions.actions import (
    begin_entries,
    changed_meanwhile,
    hold_open,
    type_over,
)
from submissions.models import Month, Quarter
from submissions.rules import standing_of
from submissions.workflow import Status

WORDS = ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")


@transaction.atomic
def save_month_progress(
    *,
    project: Project,
    month: Month,
    by: User,
    at: datetime,
    version: int | None = None,
    percent: Decimal | None = None,
    activities: Mapping[int, Decimal | None] | None = None,
    words: Mapping[str, str] | None = None,
    is_sample: bool = False,
) -> MonthlyProgress:
    """Keep a month's progress as a draft; `activities` maps each activity to its percentage.

    `version` is the one the page was drawn with, 0 where there was no report yet.

    :raises Refused: if the person may not, the year does not ask for it, or somebody typed meanwhile.
    """
    report = MonthlyProgress.objects.filter(project=project, month=month).first()
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_save_month(project, month, report, standing, at):
        raise Refused(reason, code="not_allowed")
    if version is not None and version != (report.version if report else 0):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    typed = dict(activities or {})
    for value in (percent, *typed.values()):
        if reason := rules.why_not_percent(value):
            raise Refused(reason, code="percent")
    own = set(Activity.objects.filter(project=project).values_list("pk", flat=True))
    if not own.issuperset(typed):
        raise Refused(_("มีกิจกรรมที่ไม่ใช่ของโครงการนี้"), code="other_project")
    hold_open(months=[month.pk])
    is_new = report is None
    report = report or MonthlyProgress(project=project, month=month, is_sample=is_sample)
    report.entered_by, report.entered_at = by, at
    report.percent = None if own else percent
    for name, text in (words or {}).items():
        if name in WORDS:
            setattr(report, name, text)
    faster = (
        begin_entries([report], subject="project_id", period="month_id")
        if is_new
        else type_over([report], names=("percent", *WORDS))
    )
    if faster:
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    _keep_activities(report, typed)
    return report


def _keep_activities(report: MonthlyProgress, typed: Mapping[int, Decimal | None]) -> None:
    emptied = [pk for pk, percent in typed.items() if percent is None]
    MonthlyActivity.objects.filter(report=report, activity__in=emptied).delete()
    MonthlyActivity.objects.bulk_create(
        [
            MonthlyActivity(report=report, activity_id=pk, percent=percent)
            for pk, percent in typed.items()
            if percent is not None
        ],
        update_conflicts=True,
        unique_fields=["report", "activity"],
        update_fields=["percent"],
    )


@transaction.atomic
def submit_month_progress(*, report: MonthlyProgress, by: User, at: datetime) -> MonthlyProgress:
    """Send a month's progress to the host's head.

    :raises Refused: if the person may not, something is missing, or it fell without a reason.
    """
    due = _due(report)
    reported = _reported(report)
    reason = rules.why_not_submit_month(
        report,
        standing_of(by, fiscal.local_date(at)),
        at,
        due=due,
        reported=reported,
        before=_before(report),
    )
    if reason:
        raise Refused(reason, code="not_allowed")
    _MONTHLY.move([report], to=Status.SUBMITTED, by=by, at=at, role=Role.REPORTER)
    return report


@transaction.atomic
def approve_month_progress(
    *, entries: Sequence[MonthlyProgress], by: User, at: datetime
) -> list[MonthlyProgress]:
    """Sign months' progress and refresh the figures above.

    :raises EntriesRefused: if the person may not sign one, or it moved on meanwhile.
    """
    return _MONTHLY.approve(entries, by=by, at=at)


@transaction.atomic
def return_month_progress(
    *, entries: Sequence[MonthlyProgress], reason: str, by: User, at: datetime
) -> list[MonthlyProgress]:
    """Send months' progress back with a reason; a signed one leaves the figures above it.

    :raises EntriesRefused: if the person may not, there is no reason, or one moved meanwhile.
    """
    return _MONTHLY.send_back(entries, reason=reason, by=by, at=at)


@transaction.atomic
def undo_month_progress(
    *, entries: Sequence[MonthlyProgress], by: User, at: datetime
) -> list[MonthlyProgress]:
    """Take back one's own signature or return of a moment ago.

    :raises EntriesRefused: where it is not one's own, too long ago, or somebody moved it on.
    """
    return _MONTHLY.undo(entries, by=by, at=at)


def _refresh(reports: Sequence[MonthlyProgress]) -> None:
    by_quarter: dict[tuple[int, int], set[int]] = defaultdict(set)
    for report in reports:
        year, month = report.month.fiscal_year_id, report.month.number
        by_quarter[year, fiscal.quarter_of_month(month)].add(report.project_id)
    for (year, number), projects in by_quarter.items():
        quarter = Quarter.objects.get(fiscal_year=year, number=number)
        rollups.touch([(project, quarter.pk) for project in sorted(projects)])
        ask_refresh(projects, year)


_MONTHLY = Sort(
    reports=lambda: MonthlyProgress.objects.with_project(),
    name="projects.month",
    why_not_approve=rules.why_not_sign_month,
    why_not_return=rules.why_not_return_month,
    refresh=_refresh,
)


def _due(report: MonthlyProgress) -> dict[int, Activity]:
    """Return the activities that have begun by the month's end and run in its year."""
    year = report.month.fiscal_year_id
    end = fiscal.month_end(year, report.month.number)
    return {
        activity.pk: activity
        for activity in Activity.objects.filter(project=report.project_id).in_number_order()
        if activity.start_date <= end and activity.end_date >= fiscal.year_start(year)
    }


def _reported(report: MonthlyProgress) -> dict[int, Decimal]:
    reported = dict(report.activities.values_list("activity_id", "percent"))
    if report.percent is not None:
        reported[0] = report.percent
    return reported


def _before(report: MonthlyProgress) -> dict[int, Decimal]:
    """Return the last signed percentages before the month, monthly or quarterly; 0 is the project."""
    year, number = report.month.fiscal_year_id, report.month.number
    activities = list(_due(report)) or [0]
    return signed_before(report.project, year, number, activities)


def signed_before(
    project: Project, year: int, month: int, activities: Collection[int]
) -> dict[int, Decimal]:
    """Return what was last signed before a fiscal month, by activity; 0 is the project itself."""
    found = rollups.signed_months([project.pk])
    before = {}
    for key in activities:
        steps = found.get((project.pk, key, year), {})
        earlier = [m for m in steps if m < month]
        if earlier:
            before[key] = steps[max(earlier)]
    return before
