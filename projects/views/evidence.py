"""Files that support a quarter's report: attached and taken away on the report's page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.refusal import Refused
from projects import actions, rules
from projects.forms import EvidenceForm, PhotoForm
from projects.models import Progress, Project, ProjectFile
from projects.views.frame import standing_here
from projects.views.reports import own_project
from submissions.actions import store_evidence
from submissions.models import Quarter


@require_POST
def evidence_add(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """Store a file and add it to the report; a draft is begun where there is none."""
    standing = standing_here(request)
    project, quarter = own_project(standing, code, year, number)
    report = _report(project, quarter)
    form = EvidenceForm(request.POST, request.FILES)
    reason = rules.why_not_save(project, quarter, report, standing)
    if reason or not form.is_valid():
        messages.error(request, reason or _("เลือกไฟล์ก่อนกดแนบ"))
        return redirect(_page(project, quarter))
    try:
        if report is None:
            [report] = actions.save_progress(
                entries=[actions.ProgressInput(project=project, quarter=quarter)],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        evidence = store_evidence(
            file=form.cleaned_data["file"],
            agency=project.host_agency,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        actions.attach_evidence(
            report=report,
            evidence=evidence,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("แนบหลักฐานแล้ว"))
    return redirect(_page(project, quarter))


@require_POST
def evidence_remove(
    request: HttpRequest, code: str, year: int, number: int, pk: int
) -> HttpResponseBase:
    """Take a file away from a report that can still be typed."""
    project, quarter = own_project(standing_here(request), code, year, number)
    report = _report(project, quarter)
    if report is None:
        raise Http404
    evidence = get_object_or_404(report.evidence.all(), pk=pk)
    try:
        actions.detach_evidence(
            report=report,
            evidence=evidence,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("เอาหลักฐานออกแล้ว"))
    return redirect(_page(project, quarter))


@require_POST
def photo_add(request: HttpRequest, code: str, year: int, number: int) -> HttpResponseBase:
    """Add a photo of the work to a quarter's report that may still be typed."""
    standing = standing_here(request)
    project, quarter = own_project(standing, code, year, number)
    form = PhotoForm(request.POST, request.FILES)
    reason = rules.why_not_save(project, quarter, _report(project, quarter), standing)
    if reason or not form.is_valid():
        messages.error(request, reason or _("เลือกไฟล์ภาพและเขียนคำอธิบายก่อนเพิ่ม"))
        return redirect(_page(project, quarter))
    try:
        actions.add_project_file(
            project=project,
            quarter=quarter,
            kind=ProjectFile.Kind.DURING,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
            **form.cleaned_data,
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("เพิ่มภาพแล้ว"))
    return redirect(_page(project, quarter))


def _report(project: Project, quarter: Quarter) -> Progress | None:
    return Progress.objects.with_project().filter(project=project, quarter=quarter).first()


def _page(project: Project, quarter: Quarter) -> str:
    return reverse(
        "projects:progress-form", args=[project.code, quarter.fiscal_year_id, quarter.number]
    )
