"""Lists of projects, public and of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Agency, Area, Role
from accounts.rules import Standing
from common import clock, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from projects import rules
from projects.listings import PROJECTS
from projects.models import Progress, Project, ProjectFigure
from projects.scoring import (
    ProjectMoney,
    elapsed,
)
from projects.views.frame import (
    LEVELS,
    MoneyTeller,
    asked_year,
    money_teller,
    shown_quarter,
    standing_here,
)
from strategy.models import Issue
from submissions.models import FiscalYear, Quarter

PAGE_SIZE = 25
SORTS = {
    "code": "code",
    "name": "name_th",
    "delivered": "figure_delivered",
    "variance": "figure_variance",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above a list."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """A project in a list, with its money and the way its report stands."""

    project: Any
    money: ProjectMoney | None
    time: Decimal
    level: str
    standing: str
    report: Progress | None = None
    # Whether its reports are for the reader: of another agency's project they are not.
    opens: bool = False

    @property
    def rate(self) -> Decimal | None:
        """The disbursement rate, where money is known."""
        return self.money.rate if self.money else None

    @property
    def target(self) -> Decimal | None:
        """The Cabinet's target for the same month, where it is known."""
        return self.money.target if self.money else None


def list_filters(request: HttpRequest, teller: MoneyTeller, year: int) -> list[Filter]:
    def chosen(name: str) -> str:
        return request.GET.get(name, "")

    everything = [("", _("ทั้งหมด"))]
    issues = Issue.objects.in_force().in_code_order()
    agencies = Agency.objects.filter(projects_hosted__years__fiscal_year=year).distinct()
    places = list(
        Area.objects.filter(kind__in=[Area.Kind.DISTRICT, Area.Kind.TAMBON])
        .defer("boundary")
        .in_code_order()
    )
    districts = {area.pk: area for area in places if area.kind == Area.Kind.DISTRICT}
    tambons = [
        (area, districts[area.parent_id])
        for area in places
        if area.parent_id in districts
        and chosen("district") in ("", districts[area.parent_id].code)
    ]
    years = FiscalYear.objects.filter(project_years__isnull=False).distinct().order_by("-year")
    return [
        Filter(
            "year",
            _("ปีงบประมาณ"),
            [
                (str(y.year), thaidates.format_fiscal_year(y.year, lang=page_language()))
                for y in years
            ],
            str(year),
        ),
        Filter(
            "issue",
            _("ประเด็นการพัฒนา"),
            everything + [(str(i.pk), f"{i.code} {i.name}") for i in issues],
            chosen("issue"),
        ),
        Filter(
            "agency",
            _("หน่วยงาน"),
            everything + [(a.code, a.short_name) for a in agencies.order_by("code")],
            chosen("agency"),
        ),
        Filter(
            "district",
            _("อำเภอ"),
            everything + [(a.code, a.name) for a in districts.values()],
            chosen("district"),
        ),
        Filter(
            "tambon",
            _("ตำบล"),
            everything + [(a.code, f"{a.name} ({within.name})") for a, within in tambons],
            chosen("tambon"),
        ),
        Filter(
            "status",
            _("สถานะ"),
            everything + [(value, str(label)) for value, label in Project.Status.choices],
            chosen("status"),
        ),
        Filter("source", _("แหล่งงบประมาณ"), everything + teller.sources(), chosen("source")),
    ]


def found_projects(request: HttpRequest, standing: Standing, teller: MoneyTeller, year: int) -> Any:
    """Return the projects that the address asks for."""
    ask = request.GET
    projects = Project.objects.visible_to(standing).for_year(year).with_agency()
    if ask.get("issue", "").isdecimal():
        projects = projects.of_issue(int(ask["issue"]))
    if agency := Agency.objects.filter(code=ask.get("agency", "")).first():
        projects = projects.filter(pk__in=Project.objects.of_agency(agency.pk).values("pk"))
    district, tambon = ask.get("district", ""), ask.get("tambon", "")
    places = Area.objects.defer("boundary")
    # A tambon of another district is left from an earlier choice: the district counts.
    inside = Q(code=tambon) if not district else Q(code=tambon, parent__code=district)
    area = places.filter(inside).first() if tambon else None
    if area is None and district:
        area = places.filter(code=district).first()
    if area:
        projects = projects.filter(pk__in=Project.objects.in_area(area.pk).values("pk"))
    if ask.get("status") in Project.Status.values:
        projects = projects.of_status(ask["status"])
    if ask.get("source"):
        projects = projects.filter(pk__in=teller.of_source(ask["source"]))
    if ask.get("q", "").strip():
        projects = projects.matching(ask["q"].strip())
    return projects


def _sorted(request: HttpRequest, projects: Any) -> Any:
    asked = request.GET.get("sort", "code")
    column = SORTS.get(asked.removeprefix("-"), "code")
    order = (
        F(column).desc(nulls_last=True) if asked.startswith("-") else F(column).asc(nulls_last=True)
    )
    return projects.order_by(order, "code")


def _rows(
    projects: Sequence[Any],
    teller: MoneyTeller,
    quarter: Quarter | None,
    today: date,
    standing: Standing,
) -> list[Row]:
    own = standing.agencies()
    money = teller.of([project.pk for project in projects])
    reports = {
        report.project_id: report
        for report in Progress.objects.filter(project__in=projects, quarter=quarter)
    }
    return [
        Row(
            project=project,
            money=money.get(project.pk),
            time=elapsed(project.start_date, project.end_date, today),
            level=LEVELS.get(project.figure_standing or "", ""),
            standing=_standing_word(project),
            report=reports.get(project.pk),
            opens=standing.sees_province or project.host_agency_id in own,
        )
        for project in projects
    ]


def _standing_word(project: Any) -> str:
    word = project.figure_standing
    if not word or word in ("finished", "cancelled", "proposed", "not_started"):
        return str(Project.Status(project.status).label)
    return str(ProjectFigure.Standing(word).label)


def _list_context(request: HttpRequest, standing: Standing) -> dict[str, Any]:
    today = clock.today()
    year = asked_year(request, standing, today)
    quarter = shown_quarter(standing, year, today)
    teller = money_teller(standing, year)
    projects = found_projects(request, standing, teller, year).with_figure(
        quarter.pk if quarter else None
    )
    page = Paginator(_sorted(request, projects), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "year": year,
        "quarter": quarter,
        "page": page,
        "rows": _rows(list(page.object_list), teller, quarter, today, standing),
        "filters": list_filters(request, teller, year),
        "keep": [(n, request.GET[n]) for n in ("sort", "q") if request.GET.get(n)],
        "query": request.GET.get("q", ""),
        "is_sample": any(project.is_sample for project in page.object_list),
        "standing": standing,
        "tab": "list",
    }


def _download(request: HttpRequest, standing: Standing, *, mine: bool = False) -> HttpResponseBase:
    """Answer with every project that the address asks for, whatever the page shows."""
    today = clock.today()
    year = asked_year(request, standing, today)
    quarter = shown_quarter(standing, year, today)
    teller = money_teller(standing, year)
    found = found_projects(request, standing, teller, year)
    if mine:
        found = _own(found, standing)
    projects = list(_sorted(request, found.with_figure(quarter.pk if quarter else None)))
    is_sample = any(project.is_sample for project in projects)
    rows = _rows(projects, teller, quarter, today, standing)
    return download(request, PROJECTS, rows, is_sample=is_sample)


def _own(projects: Any, standing: Standing) -> Any:
    return projects.filter(
        Q(host_agency__in=standing.agencies()) | Q(supporting_agencies__in=standing.agencies())
    ).distinct()


@login_not_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponseBase:
    """Show the projects that everybody may see, as the address filters them."""
    if asked_format(request):
        return _download(request, standing_here(request))
    return render(
        request, "projects/project_list.html", _list_context(request, standing_here(request))
    )


@require_safe
def desk_list(request: HttpRequest) -> HttpResponseBase:
    """Show projects with how far they are and how their report stands; one's own come by choice."""
    standing = standing_here(request)
    if not standing.pairs:
        raise Http404
    if asked_format(request):
        return _download(request, standing, mine=request.GET.get("mine") == "1")
    context = _list_context(request, standing)
    context["mine"] = request.GET.get("mine") == "1"
    if context["mine"]:
        today, year = clock.today(), context["year"]
        quarter = context["quarter"]
        teller = money_teller(standing, year)
        own = _own(found_projects(request, standing, teller, year), standing)
        own = own.with_figure(quarter.pk if quarter else None)
        page = Paginator(_sorted(request, own), PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "rows": _rows(list(page.object_list), teller, quarter, today, standing),
        }
    context["counts"] = _counts(standing, context["quarter"])
    context["may_propose"] = standing.has(Role.STRATEGIST, *rules.REPORTERS)
    context["may_report"] = bool(standing.agencies(*rules.REPORTERS))
    return render(request, "projects/desk_list.html", context)


def _counts(standing: Standing, quarter: Quarter | None) -> list[tuple[str, str, int]]:
    """Return how many projects stand where, as (level, word, count), only those that occur."""
    figures = ProjectFigure.objects.visible_to(standing).filter(quarter=quarter)
    found: dict[str, int] = {}
    for word in figures.values_list("standing", flat=True):
        found[word] = found.get(word, 0) + 1
    return [
        (LEVELS.get(value, ""), str(label), found[value])
        for value, label in ProjectFigure.Standing.choices
        if value in found
    ]
