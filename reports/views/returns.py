"""The desk of returns: every form that others ask for, how complete it is, and its files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.rules import Standing
from budget.models import Allocation
from common import clock, fiscal
from common.refusal import Refused
from projects.models import Project
from reports import actions
from reports.forms import LabelForm
from reports.returns import filling, labels
from reports.returns.form import Form, Gauge, gauge_of
from reports.returns.paper import pdf_of
from reports.returns.reading import Record, in_year, records_of
from reports.returns.workbook import workbook_of
from strategy.models import Issue
from submissions.models import Month, PeriodState, Quarter
from submissions.rules import standing_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Those that speak of a year's projects or money together.
TOGETHER = ("plan", "followup", "comptroller")


@dataclass(frozen=True, slots=True)
class Line:
    """A project on the desk: how complete its records are."""

    record: Record
    project_gauge: Gauge
    progress_gauge: Gauge | None
    brief_gauge: Gauge


def _standing(request: HttpRequest) -> Standing:
    standing = standing_of(request.user, clock.today())
    if not standing.pairs:
        raise Http404
    return standing


def _projects(standing: Standing, year: int) -> list[Project]:
    """Return the projects of a year that the person returns forms for: all, or the agency's own."""
    projects = Project.objects.visible_to(standing).for_year(year)
    if not standing.sees_province:
        projects = projects.filter(host_agency__in=standing.agencies())
    return in_year(filling.visible_projects(list(projects.distinct())), year)


def _asked_quarter(request: HttpRequest) -> Quarter | None:
    """Return the quarter that the address names, else the last one that has ended."""
    quarters = list(
        Quarter.objects.exclude(state=PeriodState.PLANNED)
        .select_related("fiscal_year")
        .in_time_order()
    )
    asked = request.GET.get("quarter", "")
    for quarter in quarters:
        if asked == f"{quarter.fiscal_year_id}-{quarter.number}":
            return quarter
    today = clock.today()
    ended = [q for q in quarters if fiscal.quarter_end(q.fiscal_year_id, q.number) <= today]
    return ended[-1] if ended else (quarters[0] if quarters else None)


@require_safe
def returns_desk(request: HttpRequest) -> HttpResponse:
    """Show every form with its files, and each project with what its records still lack."""
    standing = _standing(request)
    quarter = _asked_quarter(request)
    lines: list[Line] = []
    months: list[Month] = []
    if quarter:
        today = clock.today()
        records = records_of(_projects(standing, quarter.fiscal_year_id))
        lines = [_line(record, quarter, today) for record in records]
        months = list(
            Month.objects.filter(fiscal_year=quarter.fiscal_year_id)
            .exclude(state=PeriodState.PLANNED)
            .in_time_order()
        )
    quarters = Quarter.objects.exclude(state=PeriodState.PLANNED).in_time_order().reverse()
    context = {
        "quarter": quarter,
        "quarters": quarters,
        "lines": lines,
        "months": months,
        "issues": Issue.objects.in_force().in_code_order(),
        "forms": [(name, labels.title_of(name)) for name in labels.form_names()],
        "may_label": standing.has(Role.STRATEGIST),
        "is_sample": any(line.record.project.is_sample for line in lines),
    }
    return render(request, "reports/returns_desk.html", context)


def _line(record: Record, quarter: Quarter, today: Any) -> Line:
    return Line(
        record=record,
        project_gauge=gauge_of(filling.emenscr_project(record, today).parts),
        progress_gauge=gauge_of(filling.emenscr_progress(record, quarter, today).parts),
        brief_gauge=gauge_of(filling.brief(record, today).parts),
    )


@require_safe
def returns_project(request: HttpRequest, code: str) -> HttpResponse:
    """Show the records of one project, ready to be copied, with what is missing and where it goes."""
    standing = _standing(request)
    record = _record(standing, code)
    quarter = _asked_quarter(request)
    today = clock.today()
    forms = [filling.emenscr_project(record, today)]
    if quarter:
        forms.append(filling.emenscr_progress(record, quarter, today))
    forms.append(filling.brief(record, today))
    context = {
        "record": record,
        "project": record.project,
        "quarter": quarter,
        "forms": [(form, gauge_of(form.parts)) for form in forms],
    }
    return render(request, "reports/returns_project.html", context)


def _record(standing: Standing, code: str) -> Record:
    project = get_object_or_404(Project.objects.visible_to(standing), code=code)
    if not standing.sees_province and project.host_agency_id not in standing.agencies():
        raise Http404
    return records_of([project])[0]


@require_safe
def return_file(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """Send a filled form as a workbook or on paper."""
    standing = _standing(request)
    form = _filled(request, standing, name)
    if ending == "xlsx":
        answer = HttpResponse(workbook_of(form), content_type=XLSX)
    else:
        answer = HttpResponse(pdf_of(form), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{form.name}.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _filled(request: HttpRequest, standing: Standing, name: str) -> Form:
    today = clock.today()
    if name in TOGETHER:
        return _together(request, standing, name)
    record = _record(standing, request.GET.get("project", ""))
    single: dict[str, Callable[[], Form]] = {
        "brief": lambda: filling.brief(record, today),
        "emenscr-project": lambda: filling.emenscr_project(record, today),
    }
    if name in single:
        return single[name]()
    quarter = _asked_quarter(request)
    if name != "emenscr-progress" or quarter is None:
        raise Http404
    return filling.emenscr_progress(record, quarter, today)


def _together(request: HttpRequest, standing: Standing, name: str) -> Form:
    today = clock.today()
    if name == "plan":
        issue = get_object_or_404(
            Issue.objects.select_related("edition__plan"),
            pk=_number(request.GET.get("issue", "")),
        )
        projects = Project.objects.visible_to(standing).filter(issue=issue).in_code_order()
        return filling.plan(issue, records_of(_own(standing, list(projects))), today)
    if name == "followup":
        quarter = _asked_quarter(request)
        if quarter is None:
            raise Http404
        records = records_of(_projects(standing, quarter.fiscal_year_id))
        return filling.followup(records, quarter, today)
    month = get_object_or_404(
        Month,
        fiscal_year=_number(request.GET.get("year", "")),
        number=_number(request.GET.get("month", "")),
    )
    allocations = (
        Allocation.objects.visible_to(standing)
        .for_year(month.fiscal_year_id)
        .filter(origin_year=month.fiscal_year_id)
        .select_related("spending_agency", "source", "project")
        .order_by("spending_agency__code", "code")
    )
    return filling.comptroller(month, list(allocations), today)


def _own(standing: Standing, projects: Sequence[Project]) -> list[Project]:
    shown = [p for p in projects if p.status != "cancelled"]
    if standing.sees_province:
        return shown
    return [p for p in shown if p.host_agency_id in standing.agencies()]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@require_http_methods(["GET", "HEAD", "POST"])
def returns_labels(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show what a form calls its fields, and let the strategy office set it."""
    standing = _standing(request)
    if not standing.sees_province or name not in labels.form_names():
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = LabelForm(posted, fields_of_form=labels.labels_of(name))
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                actions.set_field_labels(
                    form=name,
                    labels=form.labels,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกชื่อช่องแล้ว"))
                return redirect(request.path)
    context = {
        "name": name,
        "title": labels.title_of(name),
        "form": form,
        "refusal": refusal,
        "may_set": standing.has(Role.STRATEGIST),
    }
    return render(request, "reports/returns_labels.html", context, status=status)
