"""Progress reports that are owed, and those that wait for a signature, in the shared shapes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from accounts.models import Role
from accounts.rules import Standing, Visitor, reporters_of, whose_of
from common import fiscal, thaidates
from common.bilingual import page_language
from common.dues import Due, Waiting, Whose
from common.states import CellState
from common.thainumbers import format_number
from projects import rules
from projects.dues.steps import steps_owed_by
from projects.models import ActivityProgress, MonthlyProgress, Progress, Project, ProjectFigure
from projects.scoring import weighted_mean
from submissions.models import Month, Quarter
from submissions.rules import every_open_quarter, open_quarters, standing_of
from submissions.workflow import COUNTED

KIND = "projects.progress"
MONTH_KIND = "projects.month"


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the progress reports that are owed, what is to be mended, and what is due about risks."""
    return owed_by(whose_of(standing_of(user, fiscal.local_date(at))), at)


def owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return what agencies owe of projects, in as many queries for one as for all."""
    return [*progress_owed_by(whose, at), *steps_owed_by(whose, at)]


def progress_owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return the progress reports that agencies owe.

    `owner_ids` are the reporters of the host agency, its heads where it has no reporter.
    """
    if whose.agencies is not None and not whose.agencies:
        return []
    today = fiscal.local_date(at)
    quarters = open_quarters(at)
    if not quarters:
        return []
    projects = Project.objects.reporting_in_any({q.fiscal_year_id for q in quarters}).with_agency()
    if whose.agencies is not None:
        projects = projects.filter(host_agency__in=whose.agencies)
    listed = list(projects.prefetch_related("years").in_code_order())
    reports = {
        (report.project_id, report.quarter_id): report
        for report in Progress.objects.filter(quarter__in=quarters, project__in=listed)
    }
    owners = reporters_of(today)
    dues = []
    for quarter in quarters:
        for project in listed:
            report = reports.get((project.pk, quarter.pk))
            if not _owes(project, quarter) or (report and report.status in COUNTED):
                continue
            dues.append(
                Due(
                    kind=KIND,
                    subject_id=project.pk,
                    code=project.code,
                    label=project.name,
                    agency_id=project.host_agency_id,
                    agency_name=project.host_agency.name,
                    owner_ids=owners.get(project.host_agency_id, ()),
                    period=thaidates.format_quarter(
                        quarter.fiscal_year_id, quarter.number, lang=page_language()
                    ),
                    period_key=f"{quarter.fiscal_year_id}-q{quarter.number}",
                    deadline_date=quarter.report_due_date,
                    state=state_of(quarter, at),
                    status=report.status if report else "",
                    url=reverse(
                        "projects:progress-form",
                        args=[project.code, quarter.fiscal_year_id, quarter.number],
                    ),
                    returned_reason=report.return_reason if report else "",
                )
            )
    return dues + _month_dues(quarters, listed, owners, at)


def _month_dues(
    quarters: Collection[Quarter],
    projects: Collection[Project],
    owners: Mapping[int, tuple[int, ...]],
    at: datetime,
) -> list[Due]:
    """Return the months' reports that are owed, in the years that ask for them."""
    years = {q.fiscal_year_id: q.fiscal_year for q in quarters if rules.asks_months(q.fiscal_year)}
    if not years:
        return []
    today = fiscal.local_date(at)
    months = [
        month
        for month in Month.objects.open().filter(fiscal_year__in=years).in_time_order()
        if month.number % 3 and fiscal.month_start(month.fiscal_year_id, month.number) <= today
    ]
    reports = {
        (report.project_id, report.month_id): report
        for report in MonthlyProgress.objects.filter(month__in=months, project__in=projects)
    }
    dues = []
    for month in months:
        year, number = month.fiscal_year_id, month.number
        end = fiscal.month_end(year, number)
        for project in projects:
            report = reports.get((project.pk, month.pk))
            runs = any(row.fiscal_year_id == year for row in project.years.all())
            if not runs or project.start_date > end or (report and report.status in COUNTED):
                continue
            late = fiscal.is_late(at, month.report_due_date)
            dues.append(
                Due(
                    kind=KIND,
                    subject_id=project.pk,
                    code=project.code,
                    label=project.name,
                    agency_id=project.host_agency_id,
                    agency_name=project.host_agency.name,
                    owner_ids=owners.get(project.host_agency_id, ()),
                    period=thaidates.format_month(year, number, lang=page_language()),
                    period_key=f"{year}-m{number:02}",
                    deadline_date=month.report_due_date,
                    state=CellState.NOT_DUE
                    if today < end
                    else CellState.LATE
                    if late
                    else CellState.NOT_REPORTED,
                    status=report.status if report else "",
                    url=reverse("projects:month-form", args=[project.code, year, number]),
                    returned_reason=report.return_reason if report else "",
                )
            )
    return dues


def _months_waiting(agencies: Collection[int], standing: Standing) -> list[Waiting]:
    """Return the months' reports that wait; asked for only where an open year wants them."""
    if not any(rules.asks_months(quarter.fiscal_year) for quarter in every_open_quarter()):
        return []
    reports = list(
        MonthlyProgress.objects.waiting()
        .filter(project__host_agency__in=agencies)
        .with_project()
        .prefetch_related("activities__activity", "evidence")
    )
    waiting = []
    for report in reports:
        parts = [(row.activity.weight, row.percent) for row in report.activities.all()]
        now = report.percent if report.percent is not None else weighted_mean(parts)
        year, number = report.month.fiscal_year_id, report.month.number
        waiting.append(
            Waiting(
                kind=MONTH_KIND,
                entry_id=report.pk,
                version=report.version,
                code=report.project.code,
                label=report.project.name,
                unit="%",
                agency_id=report.project.host_agency_id,
                agency_name=report.project.host_agency.name,
                period=thaidates.format_month(year, number, lang=page_language()),
                target="",
                last="",
                current=format_number(now),
                change="",
                achievement="",
                note=report.note or report.narrative_th,
                outlier=False,
                entered_by=report.entered_by.get_full_name() if report.entered_by else "",
                submitted_at=report.submitted_at,
                evidence_count=len(report.evidence.all()),
                url=reverse("projects:month-form", args=[report.project.code, year, number]),
                why_not=rules.why_not_sign_month(report, standing),
                is_unconfirmed=report.project.is_unconfirmed,
            )
        )
    return waiting


def waiting_for(user: Visitor, at: datetime) -> list[Waiting]:
    """Return the reports that wait for this person's signature, oldest first, in five queries."""
    standing = standing_of(user, fiscal.local_date(at))
    agencies = standing.agencies(Role.APPROVER)
    if not agencies:
        return []
    reports = list(
        Progress.objects.waiting()
        .filter(project__host_agency__in=agencies)
        .with_project()
        .prefetch_related("evidence")
    )
    reported = _percents(reports)
    figures = {
        (figure.project_id, figure.quarter_id): figure
        for figure in ProjectFigure.objects.filter(project__in=[r.project_id for r in reports])
    }
    before = _figures_before(reports, figures)
    waiting = []
    for report in reports:
        now, last = reported.get(report.pk), before.get(report.pk)
        change = None if now is None or last is None else now - last
        waiting.append(
            Waiting(
                kind=KIND,
                entry_id=report.pk,
                version=report.version,
                code=report.project.code,
                label=report.project.name,
                unit="%",
                agency_id=report.project.host_agency_id,
                agency_name=report.project.host_agency.name,
                period=thaidates.format_quarter(
                    report.quarter.fiscal_year_id, report.quarter.number, lang=page_language()
                ),
                target="",
                last=format_number(last),
                current=format_number(now),
                change=format_number(change),
                achievement="",
                note=report.note or report.narrative_th,
                outlier=change is not None and change < 0,
                entered_by=report.entered_by.get_full_name() if report.entered_by else "",
                submitted_at=report.submitted_at,
                evidence_count=len(report.evidence.all()),
                url=reverse(
                    "projects:progress-form",
                    args=[
                        report.project.code,
                        report.quarter.fiscal_year_id,
                        report.quarter.number,
                    ],
                ),
                why_not=rules.why_not_approve(report, standing),
                is_unconfirmed=report.project.is_unconfirmed,
            )
        )
    return waiting + _months_waiting(agencies, standing)


def state_of(quarter: Quarter, at: datetime) -> CellState:
    """Return whether a report of an open quarter is not due yet, due, or late."""
    if fiscal.local_date(at) < fiscal.quarter_end(quarter.fiscal_year_id, quarter.number):
        return CellState.NOT_DUE
    late = fiscal.is_late(at, quarter.report_due_date)
    return CellState.LATE if late else CellState.NOT_REPORTED


def _owes(project: Project, quarter: Quarter) -> bool:
    runs = any(row.fiscal_year_id == quarter.fiscal_year_id for row in project.years.all())
    return runs and project.start_date <= fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)


def _percents(reports: Collection[Progress]) -> dict[int, Decimal]:
    """Return what each report comes to over the activities that it names."""
    pairs: dict[int, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    rows = ActivityProgress.objects.filter(progress__in=reports).select_related("activity")
    for row in rows:
        pairs[row.progress_id].append((row.activity.weight, row.percent))
    found = {pk: mean for pk, rows in pairs.items() if (mean := weighted_mean(rows)) is not None}
    return found | {r.pk: r.percent for r in reports if r.percent is not None}


def _figures_before(
    reports: Collection[Progress], figures: dict[tuple[int, int], ProjectFigure]
) -> dict[int, Decimal | None]:
    """Return the delivery that stood before each report, as its quarter's figure carries it."""
    found = {}
    for report in reports:
        figure = figures.get((report.project_id, report.quarter_id))
        found[report.pk] = figure.delivered if figure else None
    return found
