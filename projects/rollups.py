"""Progress of projects from signed reports; the only writer of project figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from common import fiscal
from common.states import CellState
from projects import workflow
from projects.models import (
    Activity,
    ActivityPlan,
    ActivityProgress,
    MonthlyActivity,
    MonthlyProgress,
    Progress,
    Project,
    ProjectFigure,
    ProjectPlan,
    ProjectYear,
    start_month_in,
)
from projects.scoring import (
    ActivityYear,
    MismatchLimits,
    Physical,
    Standing,
    VarianceLimits,
    YearShare,
    elapsed,
    lifetime,
    physical,
    standing_of_variance,
)
from submissions.models import FiscalYear, PeriodState, Quarter

VALUES = (
    "state",
    "delivered",
    "planned",
    "elapsed",
    "variance",
    "standing",
    "is_partial",
    "counted",
    "due",
    "lifetime",
    "as_of_date",
)


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of one project: its activities of each year with plan and signed reports."""

    project: Project
    years: dict[int, list[ActivityYear]]
    shares: dict[int, Decimal]
    # The activities behind `years`, in the same order; none where the project reports as a whole.
    running: dict[int, list[Activity]] = field(default_factory=dict)


@dataclass(slots=True)
class _Loaded:
    plans: dict[tuple[int, int], dict[int, Decimal]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    reports: dict[tuple[int, int], dict[int, Decimal]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def limits_of(year: FiscalYear) -> VarianceLimits:
    """Return the variances of a year below which a project is behind and critical."""
    bounds = year.thresholds.get("progress", {})
    usual = VarianceLimits()
    return VarianceLimits(
        behind=Decimal(str(bounds.get("behind", usual.behind))),
        critical=Decimal(str(bounds.get("critical", usual.critical))),
    )


def mismatch_limits_of(year: FiscalYear) -> MismatchLimits:
    """Return how far money and delivery may run apart in a year."""
    bounds = year.thresholds.get("progress", {})
    usual = MismatchLimits()
    return MismatchLimits(
        money_ahead=Decimal(str(bounds.get("money_ahead", usual.money_ahead))),
        delivery_ahead=Decimal(str(bounds.get("delivery_ahead", usual.delivery_ahead))),
    )


def signed_months(
    project_ids: Collection[int], *, published_only: bool = False
) -> dict[tuple[int, int, int], dict[int, Decimal]]:
    """Return what was signed by (project, activity, year) and fiscal month; activity 0 is the project.

    Where a quarter's report speaks of the same month it counts, not the monthly one. Monthly reports
    are never published by themselves, so `published_only` leaves them out.
    """
    found: dict[tuple[int, int, int], dict[int, Decimal]] = defaultdict(dict)
    if not published_only:
        monthly = MonthlyProgress.objects.counted().filter(project__in=project_ids)
        for row in monthly.filter(percent__isnull=False).select_related("month"):
            key = row.project_id, 0, row.month.fiscal_year_id
            found[key][row.month.number] = row.percent
        for part in MonthlyActivity.objects.filter(report__in=monthly).select_related(
            "report__month"
        ):
            month = part.report.month
            key = part.report.project_id, part.activity_id, month.fiscal_year_id
            found[key][month.number] = part.percent
    signed = Progress.objects.counted().filter(project__in=project_ids).select_related("quarter")
    if published_only:
        signed = signed.filter(quarter__state=PeriodState.PUBLISHED)
    for report in signed.filter(percent__isnull=False):
        key = report.project_id, 0, report.quarter.fiscal_year_id
        found[key][report.quarter.number * 3] = report.percent
    for each in ActivityProgress.objects.filter(progress__in=signed).select_related(
        "progress__quarter"
    ):
        quarter = each.progress.quarter
        key = each.progress.project_id, each.activity_id, quarter.fiscal_year_id
        found[key][quarter.number * 3] = each.percent
    return found


def work_of(projects: Iterable[Project], *, published_only: bool = False) -> dict[int, Work]:
    """Return what is known of projects, in eight queries however many there are.

    `published_only` leaves out reports of quarters that are not published.
    """
    by_id = {project.pk: project for project in projects}
    activities: dict[int, list[Activity]] = defaultdict(list)
    for activity in Activity.objects.filter(project__in=by_id).in_number_order():
        activities[activity.project_id].append(activity)
    single = _Loaded()
    parts = _Loaded()
    for plan in ProjectPlan.objects.filter(project__in=by_id):
        single.plans[plan.project_id, plan.fiscal_year_id][plan.month] = plan.percent
    for step in ActivityPlan.objects.filter(activity__project__in=by_id):
        parts.plans[step.activity_id, step.fiscal_year_id][step.month] = step.percent
    reported = signed_months(list(by_id), published_only=published_only)
    for (project_id, activity_id, year), months in reported.items():
        if activity_id:
            parts.reports[activity_id, year] = months
        else:
            single.reports[project_id, year] = months
    found = {pk: Work(project, years={}, shares={}) for pk, project in by_id.items()}
    for row in ProjectYear.objects.filter(project__in=by_id).order_by("fiscal_year_id"):
        work, year = found[row.project_id], row.fiscal_year_id
        work.shares[year] = row.share
        running = [a for a in activities[row.project_id] if _runs_in(a, year)]
        if activities[row.project_id]:
            work.running[year] = running
            work.years[year] = [
                ActivityYear(
                    weight=a.weight,
                    plan=dict(parts.plans[a.pk, year]),
                    start_month=a.start_month_in(year),
                    reported=dict(parts.reports[a.pk, year]),
                )
                for a in running
            ]
        else:
            work.years[year] = [
                ActivityYear(
                    weight=Decimal(1),
                    plan=dict(single.plans[row.project_id, year]),
                    start_month=start_month_in(work.project.start_date, year),
                    reported=dict(single.reports[row.project_id, year]),
                )
            ]
    return found


def _runs_in(activity: Activity, year: int) -> bool:
    return activity.start_date <= fiscal.year_end(year) and activity.end_date >= fiscal.year_start(
        year
    )


def standing_of_project(
    status: str, figure: Physical, started: bool, limits: VarianceLimits
) -> Standing:
    """Say where a project stands: a state of its life, or how it compares with its plan."""
    fixed = {
        workflow.Status.PROPOSED: Standing.PROPOSED,
        workflow.Status.SCREENED: Standing.PROPOSED,
        workflow.Status.FINISHED: Standing.FINISHED,
        workflow.Status.CANCELLED: Standing.CANCELLED,
    }
    life = workflow.Status(status)
    if life in fixed:
        return fixed[life]
    if not started:
        return Standing.NOT_STARTED
    return standing_of_variance(figure.variance, limits)


def year_shares(work: Work, year: int, month: int) -> list[YearShare]:
    """Return what each year of a project brings to its whole life at the end of a fiscal month."""
    return [
        YearShare(work.shares[y], physical(activities, month if y == year else 12).actual)
        for y, activities in work.years.items()
        if y <= year
    ] + [YearShare(share, Decimal(0)) for y, share in work.shares.items() if y > year]


def figure_of(work: Work, quarter: Quarter, limits: VarianceLimits) -> dict[str, Any]:
    """Return the values of a project's figure at a quarter's end."""
    year, month = quarter.fiscal_year_id, quarter.number * 3
    end = fiscal.quarter_end(year, quarter.number)
    found = physical(work.years.get(year, []), month)
    started = work.project.start_date <= end
    shares = year_shares(work, year, month)
    reported = [share for share in shares if share.physical is not None]
    return {
        "state": CellState.NOT_DUE.value
        if not started
        else CellState.VALUE.value
        if found.actual is not None
        else CellState.NOT_REPORTED.value,
        "delivered": found.actual,
        "planned": found.planned,
        "elapsed": elapsed(work.project.start_date, work.project.end_date, end),
        "variance": found.variance,
        "standing": standing_of_project(work.project.status, found, started, limits).value,
        "is_partial": found.partial,
        "counted": found.counted,
        "due": found.due,
        "lifetime": lifetime(shares) if found.actual is not None and reported else None,
        "as_of_date": _month_end(year, found.as_of_month),
    }


def _month_end(year: int, month: int | None) -> date | None:
    return None if month is None else fiscal.month_end(year, month)


@transaction.atomic
def touch(pairs: Collection[tuple[int, int]]) -> None:
    """Note that inputs of (project, quarter) changed: their figures and the later ones of the year.

    Called inside the verb's transaction; rows are made where they are missing.
    """
    quarters = {
        quarter.pk: quarter
        for quarter in Quarter.objects.filter(
            fiscal_year__quarters__in={quarter_id for _project, quarter_id in pairs}
        ).distinct()
    }
    affected = sorted(
        {
            (project_id, later.pk)
            for project_id, quarter_id in pairs
            for later in quarters.values()
            if later.fiscal_year_id == quarters[quarter_id].fiscal_year_id
            and later.number >= quarters[quarter_id].number
        }
    )
    existing = set(
        ProjectFigure.objects.filter(
            project__in={project for project, _quarter in affected}, quarter__in=quarters
        ).values_list("project_id", "quarter_id")
    )
    make_figures([pair for pair in affected if pair not in existing])
    old = [pair for pair in affected if pair in existing]
    by_quarter: dict[int, list[int]] = defaultdict(list)
    for project, quarter in old:
        by_quarter[quarter].append(project)
    for quarter, projects in sorted(by_quarter.items()):
        ProjectFigure.objects.filter(quarter=quarter, project__in=projects).update(
            inputs_version=F("inputs_version") + 1
        )


def forget(project_ids: Collection[int]) -> None:
    """Let the figures of projects go that are taken away."""
    ProjectFigure.objects.filter(project__in=project_ids).delete()


def make_figures(pairs: Sequence[tuple[int, int]]) -> None:
    """Make the figures of (project, quarter) that are missing, not confirmed where the project is."""
    if not pairs:
        return
    doubted = set(
        Project.objects.filter(pk__in={project for project, _quarter in pairs})
        .exclude(unconfirmed_reason="")
        .values_list("pk", flat=True)
    )
    ProjectFigure.objects.bulk_create(
        [
            ProjectFigure(project_id=project, quarter_id=quarter, is_unconfirmed=project in doubted)
            for project, quarter in pairs
        ],
        ignore_conflicts=True,
    )


def refresh(figures: Iterable[ProjectFigure], *, at: datetime) -> int:
    """Compute figures, write those whose inputs are newer, and return how many those were.

    The versions are those of the rows given, read before the inputs are; so it may run twice, late
    or in any order.
    """
    stale = [figure for figure in figures if figure.computed_version < figure.inputs_version]
    return _write(stale, at=at)


def recompute(figures: Iterable[ProjectFigure], *, at: datetime) -> list[ProjectFigure]:
    """Compute figures that nothing changed, and return those whose stored values differ (drift)."""
    listed = list(figures)
    drifted = []
    for figure, values in _computed(listed):
        stored = {name: getattr(figure, name) for name in VALUES}
        if figure.computed_version == figure.inputs_version and stored != values:
            drifted.append(figure)
            ProjectFigure.objects.filter(pk=figure.pk, inputs_version=figure.inputs_version).update(
                **values, computed_at=at
            )
    return drifted


def _write(figures: list[ProjectFigure], *, at: datetime) -> int:
    written = 0
    for figure, values in _computed(figures):
        older = ProjectFigure.objects.filter(
            pk=figure.pk, computed_version__lt=figure.inputs_version
        )
        written += older.update(**values, computed_version=figure.inputs_version, computed_at=at)
    return written


def _computed(figures: list[ProjectFigure]) -> list[tuple[ProjectFigure, dict[str, Any]]]:
    quarters = {
        quarter.pk: quarter
        for quarter in Quarter.objects.filter(
            pk__in={figure.quarter_id for figure in figures}
        ).select_related("fiscal_year")
    }
    projects = Project.objects.filter(pk__in={figure.project_id for figure in figures})
    work = work_of(projects)
    return [
        (
            figure,
            figure_of(
                work[figure.project_id],
                quarters[figure.quarter_id],
                limits_of(quarters[figure.quarter_id].fiscal_year),
            ),
        )
        for figure in figures
    ]
