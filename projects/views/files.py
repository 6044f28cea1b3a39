"""The file of one project."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.rules import Standing
from common import clock, fiscal
from projects import rules
from projects.models import ChangeRequest, Evaluation, Progress, Project, ProjectFile
from projects.views.board import board_of
from projects.views.frame import asked_year, shown_quarter, standing_here
from submissions.models import PeriodState


@login_not_required
@require_safe
def project_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a project: delivery, money and time, its curve, activities, money and story."""
    standing = standing_here(request)
    project = get_object_or_404(Project.objects.visible_to(standing).with_agency(), code=code)
    years = list(project.years.order_by("fiscal_year").values_list("fiscal_year", flat=True))
    year = _project_year(request, standing, years)
    context = board_of(project, standing, year)
    context |= {
        "years": years,
        "report": _last_report(project, standing, year),
        "areas": project.areas.in_code_order(),
        "supporting": project.supporting_agencies.in_code_order(),
        "kpis": project.kpis.in_code_order(),
        "frameworks": project.framework_items.select_related("framework").order_by(
            "framework__order", "order"
        ),
        "decisions": project.decisions.order_by("-decided_date", "-pk"),
        "targets": project.targets.select_related("indicator").order_by("number"),
        "photos": ProjectFile.objects.visible_to(standing)
        .photos()
        .filter(project=project)
        .with_evidence()
        .in_time_order(),
        "changes": ChangeRequest.objects.approved().filter(project=project).newest_first(),
        "evaluation": Evaluation.objects.filter(project=project).first()
        if project.status == Project.Status.FINISHED or standing.pairs
        else None,
        "is_own_file": standing.sees_province or project.host_agency_id in standing.agencies(),
        "report_url": _report_url(project, standing, year),
    }
    return render(request, "projects/project_detail.html", context)


def _project_year(request: HttpRequest, standing: Standing, years: list[int]) -> int:
    today = clock.today()
    asked = request.GET.get("year", "")
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    preferred = asked_year(request, standing, today) if not asked else 0
    if preferred in years or not years:
        return preferred or fiscal.fiscal_year_of(today)
    return years[-1]


def _last_report(project: Project, standing: Standing, year: int) -> Progress | None:
    """Return the last signed report that the person may read."""
    return (
        Progress.objects.visible_to(standing)
        .counted()
        .filter(project=project, quarter__fiscal_year__lte=year)
        .with_project()
        .order_by("-quarter__fiscal_year", "-quarter__number")
        .first()
    )


def _report_url(project: Project, standing: Standing, year: int) -> str:
    """Return the address of the report to type now, or "" where there is none for this person."""
    if rules.why_not_report(project, standing):
        return ""
    quarter = shown_quarter(standing, year, clock.today())
    if quarter is None or quarter.state != PeriodState.OPEN:
        return ""
    return reverse("projects:progress-form", args=[project.code, year, quarter.number])
