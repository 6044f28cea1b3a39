"""The public's first page: what the province wants, how far it is, the latest report in one click."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Area
from common import charts, clock, fiscal
from pages import boards
from projects.models import Project
from reports.models import Edition
from strategy.models import Plan, PlanEdition


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show vision, missions, the latest report, the issues, projects on the map and the money."""
    plan = (
        PlanEdition.objects.in_force()
        .filter(plan__kind=Plan.Kind.FIVE_YEAR)
        .select_related("plan")
        .prefetch_related("missions")
        .first()
    )
    latest = (
        Edition.objects.finished()
        .select_related("quarter__fiscal_year")
        .without_document()
        .newest_first()
        .first()
    )
    context: dict[str, object] = {
        "plan": plan,
        "missions": sorted(plan.missions.all(), key=lambda each: each.number) if plan else [],
        "latest": latest,
    }
    if latest is not None:
        quarter = latest.quarter
        quarters = boards.quarters_up_to(quarter, boards.TREND_QUARTERS)
        end = fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)
        context |= {
            "headline": boards.headline(quarters),
            "issues": boards.issue_lines(quarters, as_of=end),
            "money": boards.money_board(quarter.fiscal_year_id, up_to_month=quarter.number * 3),
            "editions": Edition.objects.finished()
            .with_quarter()
            .without_document()
            .order_by("-published_at")[:6],
        }
    context["map"] = project_map(fiscal.fiscal_year_of(clock.today()))
    return render(request, "pages/home.html", context)


def project_map(year: int) -> charts.AreaMap | None:
    """Draw the tambons by how many public projects of the year reach them, None without boundaries.

    A project of a whole district or province is counted there, not in each of its tambons.
    """
    areas: list[Any] = list(
        Area.objects.filter(kind__in=[Area.Kind.DISTRICT, Area.Kind.TAMBON])
        .exclude(boundary=None)
        .annotate(
            project_count=Count(
                "projects",
                filter=Q(
                    projects__status__in=Project.PUBLIC_STATUSES,
                    projects__years__fiscal_year_id=year,
                ),
                distinct=True,
            )
        )
        .in_code_order()
    )
    tambons = [area for area in areas if area.kind == Area.Kind.TAMBON]
    if not tambons:
        return None
    return charts.area_map(
        [charts.Area(area.code, area.name, charts.rings_of(area.boundary)) for area in tambons],
        {area.code: Decimal(area.project_count) for area in tambons},
        title=_("จำนวนโครงการปี %(year)d รายตำบล") % {"year": year},
        unit=_("โครงการ"),
        outlines=[
            charts.Area(area.code, area.name, charts.rings_of(area.boundary))
            for area in areas
            if area.kind == Area.Kind.DISTRICT
        ],
        hrefs={area.code: f"/areas/{area.code}/" for area in tambons},
    )
