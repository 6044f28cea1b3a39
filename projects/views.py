"""Pages of projects: the public list and file, the desk's list and a quarter's report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency, Area
from accounts.rules import Standing
from common import charts, clock, fiscal, thaidates
from common.refusal import Refused
from common.thainumbers import format_number
from projects import actions, rollups, rules
from projects.dues import language, state_of
from projects.forms import ProgressForm
from projects.models import Activity, Progress, Project, ProjectFigure
from projects.scoring import (
    ExpectedFinish,
    MismatchLimits,
    MoneyLine,
    ProjectMoney,
    VarianceLimits,
    activity_at,
    elapsed,
    expected_finish,
    mismatch,
    s_curve,
    standing_of_variance,
    variance,
    weighted_mean,
)
from strategy.models import Issue
from submissions.models import FiscalYear, PeriodState, Quarter
from submissions.rules import standing_of
from submissions.workflow import EDITABLE, Status

PAGE_SIZE = 25
LEVELS = {"on_track": "good", "behind": "watch", "critical": "bad"}
SORTS = {
    "code": "code",
    "name": "name_th",
    "delivered": "figure_delivered",
    "variance": "figure_variance",
}


class MoneyTeller(Protocol):
    """What the floor above answers about money; settings.PROJECT_MONEY names it."""

    def __init__(self, standing: Standing, year: int) -> None: ...
    def of(self, project_ids: Collection[int]) -> dict[int, ProjectMoney]: ...
    def lines(self, project_id: int) -> tuple[int | None, list[MoneyLine]]: ...
    def sources(self) -> list[tuple[str, str]]: ...
    def of_source(self, code: str) -> list[int]: ...


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

    @property
    def rate(self) -> Decimal | None:
        """The disbursement rate, where money is known."""
        return self.money.rate if self.money else None

    @property
    def target(self) -> Decimal | None:
        """The Cabinet's target for the same month, where it is known."""
        return self.money.target if self.money else None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity in a table: its figures, its mark, and its bar over the fiscal year."""

    activity: Activity
    planned: Decimal
    actual: Decimal | None
    level: str
    word: str
    x: str
    width: str
    done: str
    field: Any = None


def _money(standing: Standing, year: int) -> MoneyTeller:
    teller: type[MoneyTeller] = import_string(settings.PROJECT_MONEY)
    return teller(standing, year)


def _standing(request: HttpRequest) -> Standing:
    return standing_of(request.user, clock.today())


# ── Which year and quarter ───────────────────────────────────────────────────


def _asked_year(request: HttpRequest, standing: Standing, today: date) -> int:
    asked = request.GET.get("year", "")
    if asked.isdecimal() and 2500 <= int(asked) <= 2700:
        return int(asked)
    if standing.pairs:
        return fiscal.fiscal_year_of(today)
    published = Quarter.objects.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    return published.fiscal_year_id if published else fiscal.fiscal_year_of(today)


def _shown_quarter(standing: Standing, year: int, today: date) -> Quarter | None:
    """Return the quarter whose figures are shown: the last ended; to others the last published."""
    quarters = Quarter.objects.filter(fiscal_year=year).select_related("fiscal_year")
    if not standing.pairs:
        return quarters.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    known = list(quarters.in_time_order())
    ended = [q for q in known if fiscal.quarter_end(year, q.number) <= today]
    return ended[-1] if ended else (known[0] if known else None)


# ── Lists ────────────────────────────────────────────────────────────────────


def _filters(request: HttpRequest, teller: MoneyTeller, year: int) -> list[Filter]:
    def chosen(name: str) -> str:
        return request.GET.get(name, "")

    everything = [("", _("ทั้งหมด"))]
    issues = Issue.objects.in_force().in_code_order()
    agencies = Agency.objects.filter(projects_hosted__years__fiscal_year=year).distinct()
    districts = Area.objects.of_kind(Area.Kind.DISTRICT).in_code_order()
    years = FiscalYear.objects.filter(project_years__isnull=False).distinct().order_by("-year")
    return [
        Filter(
            "year",
            _("ปีงบประมาณ"),
            [(str(y.year), thaidates.format_fiscal_year(y.year, lang=language())) for y in years],
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
            everything + [(a.code, a.name) for a in districts],
            chosen("district"),
        ),
        Filter(
            "status",
            _("สถานะ"),
            everything + [(value, str(label)) for value, label in Project.Status.choices],
            chosen("status"),
        ),
        Filter("source", _("แหล่งงบประมาณ"), everything + teller.sources(), chosen("source")),
    ]


def _found(request: HttpRequest, standing: Standing, teller: MoneyTeller, year: int) -> Any:
    """Return the projects that the address asks for."""
    ask = request.GET
    projects = Project.objects.visible_to(standing).for_year(year).with_agency()
    if ask.get("issue", "").isdecimal():
        projects = projects.of_issue(int(ask["issue"]))
    if agency := Agency.objects.filter(code=ask.get("agency", "")).first():
        projects = projects.filter(pk__in=Project.objects.of_agency(agency.pk).values("pk"))
    area = Area.objects.filter(code=ask.get("tambon") or ask.get("district", "")).first()
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


def _rows(page: Page[Any], teller: MoneyTeller, quarter: Quarter | None, today: date) -> list[Row]:
    projects = list(page.object_list)
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
    year = _asked_year(request, standing, today)
    quarter = _shown_quarter(standing, year, today)
    teller = _money(standing, year)
    projects = _found(request, standing, teller, year).with_figure(quarter.pk if quarter else None)
    page = Paginator(_sorted(request, projects), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "year": year,
        "quarter": quarter,
        "page": page,
        "rows": _rows(page, teller, quarter, today),
        "filters": _filters(request, teller, year),
        "keep": [(n, request.GET[n]) for n in ("sort", "q", "tambon") if request.GET.get(n)],
        "query": request.GET.get("q", ""),
        "is_sample": any(project.is_sample for project in page.object_list),
        "standing": standing,
    }


@login_not_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Show the projects that everybody may see, as the address filters them."""
    return render(request, "projects/project_list.html", _list_context(request, _standing(request)))


@require_safe
def desk_list(request: HttpRequest) -> HttpResponse:
    """Show projects with how far they are and how their report stands; one's own come by choice."""
    standing = _standing(request)
    if not standing.pairs:
        raise Http404
    context = _list_context(request, standing)
    context["mine"] = request.GET.get("mine") == "1"
    if context["mine"]:
        today, year = clock.today(), context["year"]
        quarter = context["quarter"]
        teller = _money(standing, year)
        own = _found(request, standing, teller, year).filter(
            Q(host_agency__in=standing.agencies()) | Q(supporting_agencies__in=standing.agencies())
        )
        own = own.distinct().with_figure(quarter.pk if quarter else None)
        page = Paginator(_sorted(request, own), PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": _rows(page, teller, quarter, today)}
    context["counts"] = _counts(standing, context["quarter"])
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


# ── One project ──────────────────────────────────────────────────────────────


@login_not_required
@require_safe
def project_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a project: delivery, money and time, its curve, activities, money and story."""
    standing = _standing(request)
    project = get_object_or_404(Project.objects.visible_to(standing).with_agency(), code=code)
    years = list(project.years.order_by("fiscal_year").values_list("fiscal_year", flat=True))
    year = _project_year(request, standing, years)
    context = _board(project, standing, year)
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
        "report_url": _report_url(project, standing, year),
    }
    return render(request, "projects/project_detail.html", context)


def _project_year(request: HttpRequest, standing: Standing, years: list[int]) -> int:
    today = clock.today()
    asked = request.GET.get("year", "")
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    preferred = _asked_year(request, standing, today) if not asked else 0
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
    quarter = _shown_quarter(standing, year, clock.today())
    if quarter is None or quarter.state != PeriodState.OPEN:
        return ""
    return reverse("projects:progress-form", args=[project.code, year, quarter.number])


def _board(
    project: Project, standing: Standing, year: int, quarter: Quarter | None = None
) -> dict[str, Any]:
    """Return what the page of a project and the page of its report both show."""
    today = clock.today()
    quarter = quarter or _shown_quarter(standing, year, today)
    work = rollups.work_of([project], published_only=not standing.pairs)[project.pk]
    month = quarter.number * 3 if quarter else 0
    parts = work.years.get(year, [])
    figure = (
        rollups.figure_of(work, quarter, rollups.limits_of(quarter.fiscal_year))
        if quarter
        else dict.fromkeys(rollups.VALUES)
    )
    mark = ProjectFigure.objects.filter(project=project, quarter=quarter).first()
    teller = _money(standing, year)
    money = teller.of([project.pk]).get(project.pk)
    money_month, lines = teller.lines(project.pk)
    rate = money.rate if money else None
    outlook = _outlook(project, work.years, today)
    delivered = figure["delivered"]
    return {
        "project": project,
        "year": year,
        "quarter": quarter,
        "figure": figure,
        "is_unconfirmed": bool(mark and mark.is_unconfirmed),
        "level": LEVELS.get(str(figure["standing"]), ""),
        "standing_word": str(ProjectFigure.Standing(figure["standing"]).label)
        if figure["standing"]
        else str(Project.Status(project.status).label),
        "time": elapsed(project.start_date, project.end_date, today),
        "money": money,
        "rate": rate,
        "target": money.target if money else None,
        "money_month": money_month,
        "money_lines": lines,
        "mismatch": mismatch(delivered, rate, MismatchLimits()),
        "mismatch_gap": None if delivered is None or rate is None else abs(rate - delivered),
        "curve": _curve(project, parts, year, month, outlook, today),
        "outlook": outlook,
        "activities": _activity_rows(project, work, year, month, quarter),
        "now_x": charts.percent(_place(today, year)),
        "standing": standing,
        "report_state": state_of(quarter, clock.now()) if quarter else "",
    }


def _outlook(project: Project, years: dict[int, list[Any]], today: date) -> ExpectedFinish:
    """Return the expected finish over the signed quarters of the present or last year."""
    year = max((y for y in years if y <= fiscal.fiscal_year_of(today)), default=None)
    if year is None:
        return expected_finish([])
    start = max(project.start_date, fiscal.year_start(year))
    months = sorted({month for part in years[year] for month in part.reported})
    points = [(start, Decimal(0))]
    for month in months:
        pairs = [(p.weight, activity_at(p, month).actual) for p in years[year]]
        known = [(w, a) for w, a in pairs if a is not None]
        done = sum((w * a for w, a in known), Decimal(0)) / sum(w for w, _a in known)
        points.append((fiscal.month_end(year, month), done))
    return expected_finish(points)


def _curve(
    project: Project,
    parts: Sequence[Any],
    year: int,
    month: int,
    outlook: ExpectedFinish,
    today: date,
) -> charts.LineChart:
    points = s_curve(parts, month)
    # Reports come by the quarter: months between would only tear the line of what was done.
    points = [point for point in points if point.month % 3 == 0]
    last = next((p for p in reversed(points) if p.actual is not None), None)
    forecast: list[Decimal | None] = [None] * len(points)
    if last and last.actual is not None and outlook.per_day:
        for at, point in enumerate(points):
            if point.month >= last.month:
                days = (_month_day(year, point.month) - _month_day(year, last.month)).days
                forecast[at] = min(Decimal(100), last.actual + outlook.per_day * days)
    labels = ["", *(_month_label(year, point.month) for point in points[1:])]
    passed = _place(today, year) * 4 / 100
    return charts.s_curve(
        labels,
        plan=[point.planned for point in points],
        actual=[point.actual for point in points],
        forecast=forecast,
        title=_("เส้นโค้งความก้าวหน้าของโครงการ %(code)s") % {"code": project.code},
        now=passed if 0 < passed < 4 else None,
        height=270,
    )


def _month_day(year: int, month: int) -> date:
    return fiscal.year_start(year) if month == 0 else fiscal.month_end(year, month)


def _month_label(year: int, month: int) -> str:
    return thaidates.format_month(year, month, lang=language()).split("\u00a0")[0].split(" ")[0]


def _place(day: date, year: int) -> Decimal:
    """Return where a day lies in a fiscal year, in percent."""
    start, end = fiscal.year_start(year), fiscal.year_end(year)
    return charts.share(Decimal((day - start).days), Decimal(0), Decimal((end - start).days + 1))


def _activity_rows(
    project: Project, work: rollups.Work, year: int, month: int, quarter: Quarter | None
) -> list[ActivityRow]:
    """Return the activities of a year in number order, with plan and actual at a month's end."""
    activities = project.activities.in_year(year).in_number_order()
    limits = rollups.limits_of(quarter.fiscal_year) if quarter else VarianceLimits()
    rows = []
    for activity, part in zip(activities, work.years.get(year, []), strict=False):
        figure = activity_at(part, month)
        points = variance(figure.actual, figure.planned)
        start = _place(max(activity.start_date, fiscal.year_start(year)), year)
        end = _place(min(activity.end_date, fiscal.year_end(year)), year)
        done = (end - start) * (figure.actual or 0) / 100
        rows.append(
            ActivityRow(
                activity=activity,
                planned=figure.planned,
                actual=figure.actual,
                level=LEVELS.get(standing_of_variance(points, limits).value, ""),
                word=_pace(figure.actual, points),
                x=charts.percent(start),
                width=charts.percent(end - start),
                done=charts.percent(done) if done else "",
            )
        )
    return rows


def _pace(actual: Decimal | None, points: Decimal | None) -> str:
    if actual is None or points is None:
        return ""
    if actual >= 100:
        return _("เสร็จ")
    if points > 0:
        return _("เร็วกว่าแผน")
    if points == 0:
        return _("ตามแผน")
    return _("ช้า %(points)s จุด") % {"points": format_number(-points)}


# ── A quarter's report ───────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def progress_form(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """Show a quarter's report, keep what is typed, send it, sign it or send it back."""
    standing = _standing(request)
    project, quarter = _own_project(standing, code, year, number)
    report = Progress.objects.with_project().filter(project=project, quarter=quarter).first()
    activities = [
        activity
        for activity in project.activities.in_year(year).in_number_order()
        if activity.start_date <= fiscal.quarter_end(year, number)
    ]
    if request.method != "POST":
        form = ProgressForm(initial=_typed(report), activities=activities)
        return _report_page(request, standing, project, quarter, report, form)
    if request.POST.get("action") in ("approve", "return"):
        return _sign(request, standing, project, quarter, report, activities)
    return _keep(request, standing, project, quarter, report, activities)


def _own_project(standing: Standing, code: str, year: int, number: int) -> tuple[Project, Quarter]:
    """Return the project where the person may read its reports; another agency's row is a 404."""
    project = get_object_or_404(Project.objects.visible_to(standing).with_agency(), code=code)
    if not standing.sees_province and project.host_agency_id not in standing.agencies():
        raise Http404
    quarter = get_object_or_404(
        Quarter.objects.select_related("fiscal_year"), fiscal_year=year, number=number
    )
    return project, quarter


def _typed(report: Progress | None) -> dict[str, Any]:
    if report is None:
        return {"version": 0}
    typed: dict[str, Any] = {
        name: getattr(report, name)
        for name in ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")
    }
    typed["version"] = report.version
    if report.percent is not None:
        typed["percent"] = format_number(report.percent)
    for row in report.activities.all():
        typed[f"percent-{row.activity_id}"] = format_number(row.percent)
    return typed


def _keep(
    request: HttpRequest,
    standing: Standing,
    project: Project,
    quarter: Quarter,
    report: Progress | None,
    activities: list[Activity],
) -> HttpResponseBase:
    form = ProgressForm(request.POST, activities=activities)
    wants_part = bool(request.headers.get("HX-Request"))
    if not form.is_valid():
        status = 422 if wants_part else 200
        return _report_page(
            request, standing, project, quarter, report, form, status=status, part=wants_part
        )
    try:
        [report] = actions.save_progress(
            entries=[
                actions.ProgressInput(
                    project=project,
                    quarter=quarter,
                    version=form.cleaned_data["version"],
                    percent=form.cleaned_data.get("percent"),
                    activities=form.percents,
                    **form.texts,
                )
            ],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        if request.POST.get("action") == "submit":
            actions.submit_progress(
                entries=[report],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
            messages.success(request, _("ส่งรายงานให้หัวหน้าลงนามแล้ว"))
            return redirect(request.path)
    except Refused as refusal:
        return _report_page(
            request,
            standing,
            project,
            quarter,
            report,
            _with_version(form, report),
            refusal=refusal.sentence,
            status=409,
            part=wants_part,
        )
    if wants_part:
        return _report_page(
            request,
            standing,
            project,
            quarter,
            report,
            _with_version(form, report),
            saved=True,
            part=True,
        )
    messages.success(request, _("บันทึกร่างแล้ว"))
    return redirect(request.path)


def _with_version(form: ProgressForm, report: Progress | None) -> ProgressForm:
    """Let the form carry on from what is stored now, with everything typed kept."""
    typed = form.data.dict() if isinstance(form.data, QueryDict) else dict(form.data)
    form.data = typed | {"version": report.version if report else 0}
    return form


def _sign(
    request: HttpRequest,
    standing: Standing,
    project: Project,
    quarter: Quarter,
    report: Progress | None,
    activities: list[Activity],
) -> HttpResponseBase:
    if report is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        if request.POST["action"] == "approve":
            actions.approve_progress(
                entries=[report],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
            messages.success(request, _("ลงนามแล้ว ระบบกำลังคำนวณภาพรวม"))
        else:
            actions.return_progress(
                entries=[report],
                reason=reason,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
            messages.success(request, _("ส่งกลับให้ผู้รายงานแก้ไขแล้ว"))
    except Refused as refusal:
        form = ProgressForm(initial=_typed(report), activities=activities)
        return _report_page(
            request,
            standing,
            project,
            quarter,
            report,
            form,
            refusal=refusal.sentence,
            status=409,
            reason=reason,
        )
    return redirect(request.path)


def _report_page(
    request: HttpRequest,
    standing: Standing,
    project: Project,
    quarter: Quarter,
    report: Progress | None,
    form: ProgressForm,
    *,
    refusal: str = "",
    saved: bool = False,
    status: int = 200,
    part: bool = False,
    reason: str = "",
) -> HttpResponse:
    why_not = rules.why_not_save(project, quarter, report, standing)
    typed_total = _total_typed(form) if form.is_bound else _total_stored(report, form)
    context: dict[str, Any] = {
        "project": project,
        "quarter": quarter,
        "report": report,
        "form": form,
        "refusal": refusal,
        "saved": saved,
        "saved_at": clock.now(),
        "why_not": why_not,
        "typed_total": typed_total,
        "reason": reason,
        "standing": standing,
    }
    if part:
        return render(request, "projects/progress_form.html#answer", context, status=status)
    board = _board(project, standing, quarter.fiscal_year_id, quarter)
    before = _before(project, quarter)
    rows = []
    for row in board["activities"]:
        name = f"percent-{row.activity.pk}"
        rows.append((row, form[name] if name in form.fields else None, before.get(row.activity.pk)))
    context |= board | {
        "rows": rows,
        "report": report,
        "before": before,
        "report_state": state_of(quarter, clock.now()),
        "days_late": fiscal.days_late(clock.now(), quarter.report_due_date),
        "days_left": fiscal.days_left(clock.now(), quarter.report_due_date),
        "may_sign": bool(
            report
            and report.status == Status.SUBMITTED
            and rules.why_not_approve(report, standing) is None
        ),
        "is_editable": why_not is None,
        "is_draft": report is None or Status(report.status) in EDITABLE,
    }
    return render(request, "projects/progress_form.html", context, status=status)


def _before(project: Project, quarter: Quarter) -> dict[int, Decimal]:
    """Return the last signed percentages before a quarter, by activity; 0 is the project itself."""
    found: dict[int, Decimal] = {}
    for report in (
        Progress.objects.counted()
        .filter(
            project=project,
            quarter__fiscal_year=quarter.fiscal_year_id,
            quarter__number__lt=quarter.number,
        )
        .prefetch_related("activities")
        .order_by("quarter__number")
    ):
        found |= {row.activity_id: row.percent for row in report.activities.all()}
        if report.percent is not None:
            found[0] = report.percent
    return found


def _total_typed(form: ProgressForm) -> Decimal | None:
    """Return what the typed percentages come to, over those that are there."""
    if not form.is_valid():
        return None
    if not form.activities:
        percent: Decimal | None = form.cleaned_data.get("percent")
        return percent
    pairs = [(a.weight, p) for a in form.activities if (p := form.percents[a.pk]) is not None]
    return weighted_mean(pairs)


def _total_stored(report: Progress | None, form: ProgressForm) -> Decimal | None:
    if report is None:
        return None
    if report.percent is not None:
        stored: Decimal = report.percent
        return stored
    weights = {activity.pk: activity.weight for activity in form.activities}
    return weighted_mean(
        (weights[row.activity_id], row.percent)
        for row in report.activities.all()
        if row.activity_id in weights
    )
