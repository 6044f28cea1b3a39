"""A month's progress at the desk, where the year asks for it, and what a year asks for."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from common import clock, fiscal
from common.refusal import Refused
from projects import actions, rollups, rules
from projects.actions.months import signed_before
from projects.actions.settings import ProgressSettings
from projects.forms import ProgressForm, SettingsForm, typed_in
from projects.models import MonthlyProgress, Project
from projects.scoring import activity_at
from projects.views.dossier import own_file
from projects.views.frame import standing_here
from submissions.models import FiscalYear, Month
from submissions.workflow import Status

SIGNING = ("approve", "return")


@require_http_methods(["GET", "HEAD", "POST"])
def month_form(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """Show a month's progress, keep what is typed, send it, sign it or send it back."""
    standing = standing_here(request)
    project = own_file(standing, code)
    month = get_object_or_404(
        Month.objects.select_related("fiscal_year"), fiscal_year=year, number=number
    )
    report = MonthlyProgress.objects.with_project().filter(project=project, month=month).first()
    activities = [
        activity
        for activity in project.activities.in_year(year).in_number_order()
        if activity.start_date <= fiscal.month_end(year, number)
    ]
    posted = request.POST if request.method == "POST" else None
    signing = posted is not None and posted.get("action") in SIGNING
    form = ProgressForm(
        None if signing else posted, initial=typed_in(report), activities=activities
    )
    refusal, status = "", 200
    if posted is not None and (signing or form.is_valid()):
        try:
            if signing:
                _sign(request, report)
            else:
                _keep(request, project, month, form)
            return redirect(request.path)
        except Refused as error:
            refusal, status = error.sentence, 409
    elif posted is not None:
        status = 422
    report = MonthlyProgress.objects.with_project().filter(project=project, month=month).first()
    if posted is not None and not signing:
        form.data = posted.dict() | {"version": str(report.version if report else 0)}
    why_not = rules.why_not_save_month(project, month, report, standing, clock.now())
    before = signed_before(project, year, number, [a.pk for a in activities] or [0])
    parts = rollups.work_of([project])[project.pk].years.get(year, [])
    planned = [activity_at(part, number).planned for part in parts]
    context: dict[str, Any] = {
        "project": project,
        "month": month,
        "report": report,
        "form": form,
        "rows": [
            (activity, form[f"percent-{activity.pk}"], plan, before.get(activity.pk))
            for activity, plan in zip(activities, planned, strict=False)
        ],
        "why_not": why_not,
        "refusal": refusal,
        "is_editable": why_not is None,
        "may_sign": bool(
            report
            and report.status == Status.SUBMITTED
            and rules.why_not_sign_month(report, standing) is None
        ),
        "standing": standing,
        "tab": "months",
    }
    return render(request, "projects/month_form.html", context, status=status)


def _keep(request: HttpRequest, project: Project, month: Month, form: ProgressForm) -> None:
    report = actions.save_month_progress(
        project=project,
        month=month,
        version=form.cleaned_data["version"],
        percent=form.cleaned_data.get("percent"),
        activities=form.percents,
        words=form.texts,
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    if request.POST.get("action") == "submit":
        actions.submit_month_progress(
            report=report,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        messages.success(request, _("ส่งรายงานให้หัวหน้าลงนามแล้ว"))
    else:
        messages.success(request, _("บันทึกร่างแล้ว"))


def _sign(request: HttpRequest, report: MonthlyProgress | None) -> None:
    if report is None:
        raise Http404
    if request.POST["action"] == "approve":
        actions.approve_month_progress(
            entries=[report],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        messages.success(request, _("ลงนามแล้ว ระบบกำลังคำนวณภาพรวม"))
    else:
        actions.return_month_progress(
            entries=[report],
            reason=request.POST.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        messages.success(request, _("ส่งกลับให้ผู้รายงานแก้ไขแล้ว"))


@require_http_methods(["GET", "HEAD", "POST"])
def progress_settings(request: HttpRequest, year: int) -> HttpResponseBase:
    """Show what a year asks of progress, and let the strategy office set it."""
    standing = standing_here(request)
    if not standing.sees_province:
        raise Http404
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    limits = rollups.limits_of(fiscal_year)
    apart = rollups.mismatch_limits_of(fiscal_year)
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(
        posted,
        initial={
            "behind": _plain(limits.behind),
            "critical": _plain(limits.critical),
            "money_ahead": _plain(apart.money_ahead),
            "delivery_ahead": _plain(apart.delivery_ahead),
            "monthly": rules.asks_months(fiscal_year),
        },
    )
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                actions.set_progress_settings(
                    year=fiscal_year,
                    settings=ProgressSettings(**form.cleaned_data),
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("ตั้งเกณฑ์ของปี %(year)d แล้ว") % {"year": year})
                return redirect(request.path)
    context = {
        "year": year,
        "form": form,
        "refusal": refusal,
        "may_set": standing.has(Role.STRATEGIST),
        "standing": standing,
    }
    return render(request, "projects/progress_settings.html", context, status=status)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
