"""Outstanding results, finished projects and the map: what the public finds beside the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Area, Role
from common import charts, clock
from common.refusal import Refused
from kpi.models import KPI, Figure, Scorecard
from kpi.rules.disclosure import disclosures_of
from projects import actions
from projects.actions.stories import StoryInput
from projects.forms import StoryForm
from projects.models import Evaluation, Project, ProjectFile, ProjectTarget, Story
from projects.views.frame import asked_year, money_teller, standing_here
from projects.views.lists import found_projects, list_filters
from submissions.models import PeriodState

PAGE_SIZE = 12


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished project with the photos that stand side by side, and what it reached."""

    project: Project
    before: ProjectFile | None
    after: ProjectFile | None
    targets: Sequence[ProjectTarget]
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True)
class ServiceFigure:
    """A KPI of a story with its latest figure that the reader may see."""

    kpi: KPI
    figure: Figure | None


@login_not_required
@require_safe
def finished_list(request: HttpRequest) -> HttpResponse:
    """Show finished projects, with photos before and after and what they reached."""
    standing = standing_here(request)
    year = asked_year(request, standing, clock.today())
    teller = money_teller(standing, year)
    found = found_projects(request, standing, teller, year).of_status(Project.Status.FINISHED)
    page = Paginator(found.in_code_order(), PAGE_SIZE).get_page(request.GET.get("page"))
    projects = list(page.object_list)
    photos: dict[tuple[int, str], ProjectFile] = {}
    for photo in (
        ProjectFile.objects.visible_to(standing)
        .filter(project__in=projects, kind__in=["before", "after"])
        .with_evidence()
        .in_time_order()
    ):
        photos.setdefault((photo.project_id, photo.kind), photo)
    targets: dict[int, list[ProjectTarget]] = {}
    for target in ProjectTarget.objects.filter(project__in=projects).order_by("number"):
        targets.setdefault(target.project_id, []).append(target)
    written = {row.project_id: row for row in Evaluation.objects.filter(project__in=projects)}
    rows = [
        Finished(
            project,
            photos.get((project.pk, "before")),
            photos.get((project.pk, "after")),
            targets.get(project.pk, []),
            written.get(project.pk),
        )
        for project in projects
    ]
    context = {
        "year": year,
        "page": page,
        "rows": rows,
        "filters": [f for f in list_filters(request, teller, year) if f.name != "status"],
        "is_sample": any(project.is_sample for project in projects),
        "tab": "finished",
    }
    return render(request, "projects/finished_list.html", context)


@login_not_required
@require_safe
def project_map(request: HttpRequest) -> HttpResponse:
    """Show where the projects of the list are, by tambon; a project of a whole district is counted there."""
    standing = standing_here(request)
    year = asked_year(request, standing, clock.today())
    teller = money_teller(standing, year)
    projects = found_projects(request, standing, teller, year)
    counts = dict(
        Area.objects.filter(projects__in=projects)
        .annotate(count=Count("projects", distinct=True))
        .values_list("code", "count")
    )
    areas = list(
        Area.objects.filter(kind__in=[Area.Kind.DISTRICT, Area.Kind.TAMBON])
        .exclude(boundary=None)
        .in_code_order()
    )
    tambons = [area for area in areas if area.kind == Area.Kind.TAMBON]
    query = request.GET.copy()
    hrefs = {}
    for area in tambons:
        query["tambon"] = area.code
        hrefs[area.code] = f"../?{query.urlencode()}"
    drawn = charts.area_map(
        [charts.Area(area.code, area.name, charts.rings_of(area.boundary)) for area in tambons],
        {area.code: Decimal(counts.get(area.code, 0)) for area in tambons},
        title=_("จำนวนโครงการปี %(year)d รายตำบล") % {"year": year},
        unit=_("โครงการ"),
        outlines=[
            charts.Area(area.code, area.name, charts.rings_of(area.boundary))
            for area in areas
            if area.kind == Area.Kind.DISTRICT
        ],
        hrefs=hrefs,
    )
    wide = [
        (area, counts[area.code])
        for area in Area.objects.filter(
            kind__in=[Area.Kind.PROVINCE, Area.Kind.DISTRICT]
        ).in_code_order()
        if area.code in counts
    ]
    context = {
        "year": year,
        "map": drawn if tambons else None,
        "wide": wide,
        "total": projects.count(),
        "filters": list_filters(request, teller, year),
        "is_sample": projects.filter(is_sample=True).exists(),
        "tab": "map",
    }
    return render(request, "projects/project_map.html", context)


@login_not_required
@require_safe
def story_list(request: HttpRequest) -> HttpResponse:
    """Show the province's outstanding results."""
    standing = standing_here(request)
    stories = (
        Story.objects.in_order() if standing.sees_province else Story.objects.shown().in_order()
    )
    context = {"stories": stories, "may_write": standing.has(Role.STRATEGIST), "tab": "stories"}
    return render(request, "projects/story_list.html", context)


@login_not_required
@require_safe
def story_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one outstanding result: what it does, for whom, its projects and its service figures."""
    standing = standing_here(request)
    stories = Story.objects.all() if standing.sees_province else Story.objects.shown()
    story = get_object_or_404(stories, slug=slug)
    figures = Figure.objects.filter(kpi__in=story.kpis.all()).exclude(ytd_value=None)
    if not standing.pairs:
        figures = figures.filter(quarter__state=PeriodState.PUBLISHED)
    found = list(
        figures.select_related("kpi__scorecard", "quarter").order_by(
            "quarter__fiscal_year_id", "quarter__number"
        )
    )
    told = disclosures_of((figure.quarter for figure in found), standing)
    latest = {
        figure.kpi.code: figure for figure in found if told[figure.quarter_id].reads(figure.kpi)
    }
    by_code = {
        kpi.code: kpi
        for kpi in story.kpis.select_related("indicator", "agency").order_by("fiscal_year_id")
    }
    context = {
        "story": story,
        "projects": Project.objects.visible_to(standing)
        .filter(stories=story)
        .with_agency()
        .in_code_order(),
        "services": [ServiceFigure(kpi, latest.get(code)) for code, kpi in sorted(by_code.items())],
        "may_write": standing.has(Role.STRATEGIST),
        "tab": "stories",
    }
    return render(request, "projects/story_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def story_write(request: HttpRequest, slug: str = "") -> HttpResponseBase:
    """Write an outstanding result and say which projects and KPIs it rests on."""
    standing = standing_here(request)
    if not standing.sees_province:
        raise Http404
    story = get_object_or_404(Story, slug=slug) if slug else None
    projects = {p.pk: p for p in Project.objects.visible_to(standing).in_code_order()}
    kpis = {
        k.pk: k
        for k in KPI.objects.filter(scorecard__level=Scorecard.Level.PROVINCE)
        .select_related("indicator")
        .order_by("-fiscal_year_id", "code")
    }
    posted = request.POST if request.method == "POST" else None
    form = StoryForm(
        posted,
        projects=[(pk, f"{p.code} {p.name}") for pk, p in projects.items()],
        kpis=[(pk, f"{k.code} {k.indicator.name} ({k.fiscal_year_id})") for pk, k in kpis.items()],
        fixed_slug=story is not None,
        initial=_initial(story),
    )
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            typed: dict[str, Any] = dict(form.cleaned_data)
            chosen = [projects[pk] for pk in typed.pop("projects")]
            measured = [kpis[pk] for pk in typed.pop("kpis")]
            version = typed.pop("version") or 0
            try:
                written = actions.write_story(
                    given=StoryInput(**typed),
                    projects=chosen,
                    kpis=measured,
                    version=version if story else None,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกเรื่องแล้ว"))
                return redirect(written)
    context = {
        "story": story,
        "form": form,
        "refusal": refusal,
        "may_write": standing.has(Role.STRATEGIST),
    }
    return render(request, "projects/story_form.html", context, status=status)


def _initial(story: Story | None) -> dict[str, Any]:
    if story is None:
        return {"is_shown": True}
    names = (
        *("slug", "name_th", "name_en", "lede_th", "lede_en", "body_th", "system_name", "source"),
        *("order", "is_shown", "version"),
    )
    return {name: getattr(story, name) for name in names} | {
        "online_th": "\n".join(story.online_th),
        "countries_th": "\n".join(story.countries_th),
        "projects": list(story.projects.values_list("pk", flat=True)),
        "kpis": list(story.kpis.values_list("pk", flat=True)),
    }
