"""What the province wants and how far each issue is: joined for everybody."""

from collections import defaultdict

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock, fiscal
from kpi.models import KPI, Figure, Scorecard
from kpi.rules.surroundings import performance_level, thresholds_of
from pages import boards
from pages.explaining import work_explanation
from projects.models import Project, ProjectFigure
from projects.scoring import over_projects
from strategy.models import Framework, Issue, Plan, PlanEdition, ProvinceFact
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of


def _published_quarter() -> Quarter | None:
    """Return the newest quarter that everybody may read."""
    published = Quarter.objects.filter(state=PeriodState.PUBLISHED).select_related("fiscal_year")
    return published.order_by("-fiscal_year", "-number").first()


@login_not_required
@require_safe
def strategy(request: HttpRequest) -> HttpResponse:
    """Show vision, missions, values, the way from national plans down, and the issues."""
    editions = list(
        PlanEdition.objects.exclude(state=PlanEdition.State.DRAFT).with_plan().in_time_order()
    )
    in_force = next(
        (
            edition
            for edition in editions
            if edition.state == PlanEdition.State.IN_FORCE
            and edition.plan.kind == Plan.Kind.FIVE_YEAR
        ),
        None,
    )
    goal = next((each.plan for each in editions if each.plan.kind == Plan.Kind.GOAL), None)
    facts: dict[str, list[ProvinceFact]] = defaultdict(list)
    for fact in ProvinceFact.objects.in_order():
        facts[fact.subject].append(fact)
    facts[ProvinceFact.Subject.BUDGET].sort(key=lambda fact: fact.year or 0)
    quarter = _published_quarter()
    issues = list(
        Issue.objects.in_force().with_edition().prefetch_related("missions").in_code_order()
    )
    return render(
        request,
        "pages/strategy.html",
        {
            "edition": in_force,
            "missions": in_force.missions.order_by("number") if in_force else (),
            "core_values": in_force.core_values.order_by("order") if in_force else (),
            "goal": goal,
            "editions": [each for each in editions if each.plan.kind == Plan.Kind.FIVE_YEAR],
            "issues": issues,
            "lines": boards.issue_lines(
                boards.quarters_up_to(quarter, boards.TREND_QUARTERS),
                as_of=fiscal.quarter_end(quarter.fiscal_year_id, quarter.number),
            )
            if quarter
            else (),
            "quarter": quarter,
            "frameworks": Framework.objects.in_plan_order().prefetch_related("items"),
            "facts": dict(facts),
            "is_sample": any(issue.is_sample for issue in issues),
        },
    )


@login_not_required
@require_safe
def issue(request: HttpRequest, start: int, code: str) -> HttpResponse:
    """Show one issue: objective, approaches, KPIs and projects, at the newest published quarter."""
    found = (
        Issue.objects.at_address(f"{start}-{code}")
        .with_edition()
        .select_related("lead_agency")
        .prefetch_related("missions", "approaches", "alignments__item__framework")
        .first()
    )
    if found is None:
        raise Http404(_("ไม่มีประเด็นการพัฒนานี้"))
    quarter = _published_quarter()
    # KPIs and projects keep the edition that they came from: an issue of the same code of the plan
    # goes on as the same issue.
    same = Issue.objects.filter(edition__plan=found.edition.plan_id, code=found.code)
    figures = (
        {
            figure.kpi_id: figure
            for figure in Figure.objects.for_quarter(quarter)
            .filter(kpi__issue__in=same, kpi__scorecard__level=Scorecard.Level.PROVINCE)
            .select_related("version")
        }
        if quarter
        else {}
    )
    year = quarter.fiscal_year_id if quarter else fiscal.fiscal_year_of(clock.today())
    kpis = list(
        KPI.objects.for_year(year)
        .of_level(Scorecard.Level.PROVINCE)
        .filter(issue__in=same)
        .with_rules()
        .in_code_order()
    )
    projects = list(
        Project.objects.filter(issue__in=same, status__in=Project.PUBLIC_STATUSES)
        .with_agency()
        .in_code_order()
    )
    by_approach: dict[str | None, list[Project]] = defaultdict(list)
    for project in projects:
        by_approach[project.approach.code if project.approach else None].append(project)
    lines = (
        boards.issue_lines(
            boards.quarters_up_to(quarter, boards.TREND_QUARTERS),
            as_of=fiscal.quarter_end(quarter.fiscal_year_id, quarter.number),
        )
        if quarter
        else ()
    )
    return render(
        request,
        "pages/issue.html",
        {
            "issue": found,
            "missions": sorted(found.missions.all(), key=lambda each: each.number),
            "approaches": [
                (approach, by_approach.get(approach.code, []))
                for approach in sorted(found.approaches.all(), key=lambda each: each.code)
            ],
            "projects": projects,
            "kpis": [
                (
                    kpi,
                    figures.get(kpi.pk),
                    performance_level(
                        figures[kpi.pk].achievement, thresholds_of(quarter.fiscal_year)
                    )
                    if quarter and kpi.pk in figures
                    else None,
                )
                for kpi in kpis
            ],
            "alignments": sorted(
                found.alignments.all(), key=lambda each: (each.item.framework.order, each.item.code)
            ),
            "line": next((line for line in lines if line.issue.pk == found.pk), None),
            "quarter": quarter,
        },
    )


@login_not_required
@require_safe
def issue_work(request: HttpRequest, start: int, code: str, year: int, number: int) -> HttpResponse:
    """Show where the mean progress of an issue's projects comes from, project by project."""
    found = Issue.objects.at_address(f"{start}-{code}").with_edition().first()
    if found is None:
        raise Http404(_("ไม่มีประเด็นการพัฒนานี้"))
    standing = standing_of(request.user, clock.today())
    quarter = get_object_or_404(
        Quarter.objects.select_related("fiscal_year"), fiscal_year=year, number=number
    )
    if quarter.state != PeriodState.PUBLISHED and not standing.pairs:
        raise Http404
    figures = list(
        ProjectFigure.objects.filter(quarter=quarter, project__issue=found)
        .select_related("project__host_agency", "quarter")
        .order_by("project__code")
    )
    revised = boards.revised_by_project(year, number * 3)
    means = over_projects([boards.point_of(figure, revised) for figure in figures])
    visible = ProjectFigure.objects.visible_to(standing).filter(
        pk__in=[figure.pk for figure in figures]
    )
    readable = set(visible.values_list("pk", flat=True))
    named = [figure for figure in figures if figure.pk in readable]
    return render(
        request,
        "pages/issue_work.html",
        {
            "issue": found,
            "quarter": quarter,
            "means": means,
            "found": work_explanation(named, revised, means),
            "hidden": len(figures) - len(named),
        },
    )
