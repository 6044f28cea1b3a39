"""What the forms are filled from, read once for all of them: projects, their money and reports."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from budget.models import Allocation, MonthlyFigure
from budget.scoring import ZERO
from kpi.models import KPI, Scorecard
from projects.models import (
    Activity,
    Decision,
    Progress,
    Project,
    ProjectFigure,
    ProjectFile,
    ProjectTarget,
    ProjectYear,
)
from submissions.models import Quarter


@dataclass(slots=True)
class Money:
    """A project's money in a fiscal year, own money and what was carried over together."""

    appropriation: Decimal = ZERO
    transferred: Decimal = ZERO
    revised: Decimal = ZERO
    allotted: Decimal = ZERO
    sources: dict[str, Decimal] = field(default_factory=dict)
    # Signed figures by fiscal month: disbursed to date, outstanding obligation.
    disbursed: dict[int, Decimal] = field(default_factory=dict)
    obligated: dict[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """One project with everything the forms ask of it."""

    project: Project
    activities: list[Activity] = field(default_factory=list)
    targets: list[ProjectTarget] = field(default_factory=list)
    years: list[ProjectYear] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    reports: dict[tuple[int, int], Progress] = field(default_factory=dict)
    figures: dict[tuple[int, int], ProjectFigure] = field(default_factory=dict)
    photos: dict[int | None, int] = field(default_factory=dict)
    money: dict[int, Money] = field(default_factory=dict)
    # The province's KPIs of the project's issue, in the project's last year.
    issue_kpis: list[KPI] = field(default_factory=list)

    @property
    def budget(self) -> Decimal | None:
        """The whole plan's budget, by activity; by year where activities have none."""
        amounts: list[Decimal] = [a.budget for a in self.activities if a.budget is not None]
        amounts = amounts or [y.budget for y in self.years if y.budget is not None]
        return sum(amounts, ZERO) if amounts else None

    def budget_of(self, year: int) -> Decimal | None:
        """The plan's budget of a year; the whole where the plan has that one year only."""
        for row in self.years:
            if row.fiscal_year_id == year and row.budget is not None:
                stated: Decimal = row.budget
                return stated
        only = [row.fiscal_year_id for row in self.years]
        return self.budget if only == [year] else None


def records_of(projects: Sequence[Project]) -> list[Record]:
    """Return the projects with their work, reports and money, in as many queries for one as for all."""
    found = {project.pk: Record(project) for project in projects}
    loaded = (
        Project.objects.filter(pk__in=found)
        .with_agency()
        .prefetch_related(
            "supporting_agencies", "areas__parent", "kpis__indicator", "framework_items__framework"
        )
    )
    for project in loaded:
        found[project.pk].project = project
    for activity in (
        Activity.objects.filter(project__in=found)
        .select_related("agency")
        .prefetch_related("related_agencies")
        .in_number_order()
    ):
        found[activity.project_id].activities.append(activity)
    for target in ProjectTarget.objects.filter(project__in=found).order_by("number"):
        found[target.project_id].targets.append(target)
    for year in ProjectYear.objects.filter(project__in=found).order_by("fiscal_year_id"):
        found[year.project_id].years.append(year)
    for decision in Decision.objects.filter(project__in=found).order_by("decided_date", "pk"):
        found[decision.project_id].decisions.append(decision)
    reports = Progress.objects.counted().filter(project__in=found)
    for report in reports.select_related("quarter", "approved_by").prefetch_related("activities"):
        key = report.quarter.fiscal_year_id, report.quarter.number
        found[report.project_id].reports[key] = report
    for figure in ProjectFigure.objects.filter(project__in=found).select_related("quarter"):
        key = figure.quarter.fiscal_year_id, figure.quarter.number
        found[figure.project_id].figures[key] = figure
    for project_id, quarter_id in (
        ProjectFile.objects.photos().filter(project__in=found).values_list("project", "quarter")
    ):
        photos = found[project_id].photos
        photos[quarter_id] = photos.get(quarter_id, 0) + 1
    _read_money(found)
    _read_issue_kpis(found)
    return [found[project.pk] for project in projects]


def _read_money(found: dict[int, Record]) -> None:
    allocations = {
        row.pk: row for row in Allocation.objects.filter(project__in=found).select_related("source")
    }
    for row in allocations.values():
        assert row.project_id is not None  # the filter says so
        money = found[row.project_id].money.setdefault(row.fiscal_year_id, Money())
        money.appropriation += row.appropriation
        money.transferred += row.transferred_in - row.transferred_out
        money.revised += row.revised
        money.allotted += row.allotted
        money.sources[row.source.name_th] = (
            money.sources.get(row.source.name_th, ZERO) + row.revised
        )
    figures = MonthlyFigure.objects.counted().filter(allocation__in=allocations)
    by_month: dict[tuple[int, int], list[MonthlyFigure]] = defaultdict(list)
    for figure in figures.select_related("month"):
        by_month[figure.allocation_id, figure.month.fiscal_year_id].append(figure)
    for (allocation_id, year), listed in by_month.items():
        project_id = allocations[allocation_id].project_id
        assert project_id is not None
        money = found[project_id].money[allocations[allocation_id].fiscal_year_id]
        if year != allocations[allocation_id].fiscal_year_id:
            continue
        for month in range(1, 13):
            known = [f for f in listed if f.month.number <= month]
            if known and any(f.month.number == month for f in listed):
                last = max(known, key=lambda f: f.month.number)
                money.disbursed[month] = money.disbursed.get(month, ZERO) + (
                    last.disbursed_to_date or ZERO
                )
                money.obligated[month] = money.obligated.get(month, ZERO) + (last.obligated or ZERO)


def _read_issue_kpis(found: dict[int, Record]) -> None:
    asked = {
        (record.project.issue_id, record.years[-1].fiscal_year_id)
        for record in found.values()
        if record.years
    }
    by_issue: dict[tuple[int | None, int], list[KPI]] = defaultdict(list)
    for kpi in (
        KPI.objects.filter(
            issue__in={issue_id for issue_id, _year in asked if issue_id},
            fiscal_year__in={year for _issue_id, year in asked},
            scorecard__level=Scorecard.Level.PROVINCE,
        )
        .select_related("indicator")
        .in_code_order()
    ):
        by_issue[kpi.issue_id, kpi.fiscal_year_id].append(kpi)
    for record in found.values():
        if record.years:
            last = record.years[-1].fiscal_year_id
            record.issue_kpis = by_issue.get((record.project.issue_id, last), [])


def quarters_of(year: int, upto: int = 4) -> list[Quarter]:
    """Return the quarters of a year up to one of them."""
    return list(Quarter.objects.filter(fiscal_year=year, number__lte=upto).in_time_order())


def in_year(projects: Collection[Project], year: int) -> list[Project]:
    """Return the projects that run in a fiscal year, in code order."""
    running = set(
        ProjectYear.objects.filter(
            project__in=[p.pk for p in projects], fiscal_year=year
        ).values_list("project", flat=True)
    )
    return sorted((p for p in projects if p.pk in running), key=lambda p: p.code)
