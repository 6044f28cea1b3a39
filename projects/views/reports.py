"""A quarter's report of a project: typed, sent, signed, sent back."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules import Standing
from common import clock, fiscal
from common.refusal import Refused
from projects import actions, rules
from projects.dues import state_of
from projects.forms import EvidenceForm, PhotoForm, ProgressForm, typed_in
from projects.models import Activity, Progress, Project, ProjectFile
from projects.scoring import (
    weighted_mean,
)
from projects.views.board import board_of
from projects.views.frame import standing_here
from submissions.models import Quarter
from submissions.workflow import EDITABLE, Status


@require_http_methods(["GET", "HEAD", "POST"])
def progress_form(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """Show a quarter's report, keep what is typed, send it, sign it or send it back."""
    standing = standing_here(request)
    project, quarter = own_project(standing, code, year, number)
    report = Progress.objects.with_project().filter(project=project, quarter=quarter).first()
    activities = [
        activity
        for activity in project.activities.in_year(year).in_number_order()
        if activity.start_date <= fiscal.quarter_end(year, number)
    ]
    if request.method != "POST":
        form = ProgressForm(initial=typed_in(report), activities=activities)
        return _report_page(request, standing, project, quarter, report, form)
    if request.POST.get("action") in ("approve", "return"):
        return _sign(request, standing, project, quarter, report, activities)
    return _keep(request, standing, project, quarter, report, activities)


def own_project(standing: Standing, code: str, year: int, number: int) -> tuple[Project, Quarter]:
    """Return the project where the person may read its reports; another agency's row is a 404."""
    project = get_object_or_404(Project.objects.visible_to(standing).with_agency(), code=code)
    if not standing.sees_province and project.host_agency_id not in standing.agencies():
        raise Http404
    quarter = get_object_or_404(
        Quarter.objects.select_related("fiscal_year"), fiscal_year=year, number=number
    )
    return project, quarter


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
        form = ProgressForm(initial=typed_in(report), activities=activities)
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
    board = board_of(project, standing, quarter.fiscal_year_id, quarter)
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
        "evidence": report.evidence.order_by("pk") if report else [],
        "evidence_form": EvidenceForm(),
        "photo_form": PhotoForm(auto_id="photo_%s"),
        "photos": ProjectFile.objects.filter(project=project, quarter=quarter)
        .with_evidence()
        .in_time_order(),
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
