"""Places: which projects reach them, and who works for them."""

from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Agency, Area, AreaQuerySet
from common import charts, clock, fiscal
from pages.views.home import project_map
from planning.models import Need
from projects.models import Project


def _with_projects(areas: AreaQuerySet, year: int) -> AreaQuerySet:
    """Count the public projects of the year that name an area itself."""
    return areas.annotate(
        project_count=Count(
            "projects",
            filter=Q(
                projects__status__in=Project.PUBLIC_STATUSES,
                projects__years__fiscal_year_id=year,
            ),
            distinct=True,
        )
    )


@login_not_required
@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    """Show the map and every area with its projects of the year."""
    year = fiscal.fiscal_year_of(clock.today())
    areas = list(_with_projects(Area.objects.all(), year).select_related("parent").in_code_order())
    districts = [area for area in areas if area.kind == Area.Kind.DISTRICT]
    return render(
        request,
        "pages/area_list.html",
        {
            "year": year,
            "province": next((area for area in areas if area.kind == Area.Kind.PROVINCE), None),
            "groups": [
                (district, [area for area in areas if area.parent_id == district.pk])
                for district in districts
            ],
            "map": project_map(year),
            "is_sample": Project.objects.filter(is_sample=True).exists(),
        },
    )


@login_not_required
@require_safe
def area_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one area: where it lies, the projects that reach it, the offices that work for it."""
    area = get_object_or_404(Area.objects.select_related("parent__parent"), code=code)
    year = fiscal.fiscal_year_of(clock.today())
    inside = Q(areas=area) | Q(areas__parent=area) | Q(areas__parent__parent=area)
    # What is done for the whole district or province reaches its tambons too.
    above = Q()
    if area.parent:
        above |= Q(areas=area.parent)
        if area.parent.parent:
            above |= Q(areas=area.parent.parent)
    projects = (
        Project.objects.filter(inside | above, status__in=Project.PUBLIC_STATUSES)
        .for_year(year)
        .with_agency()
        .distinct()
        .in_code_order()
    )
    listed = list(projects)
    offices = Agency.objects.active().filter(
        Q(areas=area) | (Q(areas__parent=area) if area.kind == Area.Kind.DISTRICT else Q(pk=None))
    )
    return render(
        request,
        "pages/area_detail.html",
        {
            "area": area,
            "year": year,
            "projects": listed,
            "offices": offices.distinct().in_code_order(),
            "children": _with_projects(Area.objects.filter(parent=area), year).in_code_order(),
            "map": _map_of(area),
            "needs": Need.objects.public().in_area(area.pk).newest_first()[:5],
            "is_sample": any(project.is_sample for project in listed),
        },
    )


def _map_of(area: Area) -> charts.AreaMap | None:
    """Draw the area among its neighbours, or an area's own parts."""
    kind = Area.Kind.DISTRICT if area.kind == Area.Kind.PROVINCE else area.kind
    around = list(Area.objects.filter(kind=kind).exclude(boundary=None).in_code_order())
    if not around:
        return None
    return charts.area_map(
        [charts.Area(each.code, each.name, charts.rings_of(each.boundary)) for each in around],
        {each.code: Decimal(1 if each.pk == area.pk else 0) for each in around},
        title=_("ที่ตั้งของ%(kind)s%(name)s")
        % {
            "kind": area.get_kind_display(),
            "name": area.name,
        },
        edges=[Decimal(1)],
        outlines=[
            charts.Area(each.code, each.name, charts.rings_of(each.boundary))
            for each in Area.objects.filter(kind=Area.Kind.DISTRICT)
            .exclude(boundary=None)
            .in_code_order()
        ],
        hrefs={each.code: f"/areas/{each.code}/" for each in around},
        picked=area.code,
    )
