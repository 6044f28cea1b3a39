"""Visits of the follow-up working group on the desk: planned, recorded, found, mended, verified."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import Standing
from common import clock
from common.downloads import asked_format, download
from common.pictures import picture
from common.refusal import Refused
from projects.actions import inspections as actions
from projects.forms.inspections import (
    CancelForm,
    ChecklistForm,
    FindingForm,
    FixForm,
    PlanForm,
    RecordForm,
    VerdictForm,
)
from projects.listings import CHECKLISTS, FINDINGS, INSPECTIONS
from projects.models import Checklist, Finding, Inspection, Project
from projects.rules import inspections as rules
from projects.views.frame import standing_here
from projects.views.lists import Filter

PAGE_SIZE = 25
MOST_OPEN = 50


def _staff(request: HttpRequest) -> Standing:
    """Return what the reader is; visits are for people with a role."""
    standing = standing_here(request)
    if not standing.pairs:
        raise Http404
    return standing


@require_safe
def inspection_list(request: HttpRequest) -> HttpResponseBase:
    """Show visits, newest first, and the findings that are not verified yet, nearest day first."""
    standing = _staff(request)
    state = request.GET.get("state", "")
    visits = Inspection.objects.visible_to(standing).with_project().with_counts().newest_first()
    if state in Inspection.State.values:
        visits = visits.of_state(state)
    open_ = Finding.objects.visible_to(standing).open().with_owner().in_due_order()
    if asked_format(request) and request.GET.get("list") == "findings":
        return download(request, FINDINGS, open_)
    if asked_format(request):
        return download(request, INSPECTIONS, visits)
    page = Paginator(visits, PAGE_SIZE).get_page(request.GET.get("page"))
    findings = list(open_[:MOST_OPEN])
    return render(
        request,
        "projects/inspection_list.html",
        {
            "page": page,
            "findings": findings,
            "waiting": sum(finding.state == Finding.State.FIXED for finding in findings),
            "filters": [
                Filter(
                    "state",
                    _("สถานะ"),
                    [("", _("ทั้งหมด"))]
                    + [(each.value, str(each.label)) for each in Inspection.State],
                    state,
                )
            ],
            "may_plan": rules.why_not_inspect(standing) is None,
            "may_shape": rules.why_not_shape_checklists(standing) is None,
            "today": clock.today(),
            "is_sample": any(visit.is_sample for visit in page.object_list),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_plan(request: HttpRequest) -> HttpResponseBase:
    """Plan a visit."""
    standing = _staff(request)
    if reason := rules.why_not_inspect(standing):
        raise PermissionDenied(reason)
    first = {"project": Project.objects.filter(code=request.GET.get("project", "")).first()}
    form = PlanForm(request.POST or None, initial=first)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                inspection = actions.plan_inspection(
                    **form.cleaned_data,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, refused.sentence
            else:
                messages.success(request, _("นัดตรวจแล้ว หน่วยงานเจ้าภาพเห็นนัดนี้ในหน้าการตรวจติดตาม"))
                return redirect("projects:inspection-detail", inspection.pk)
    context = {"form": form, "refusal": refusal}
    return render(request, "projects/inspection_plan.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a visit; POST records it, adds a finding, or cancels it, by its `do`."""
    standing = _staff(request)
    inspection = get_object_or_404(Inspection.objects.visible_to(standing).with_project(), pk=pk)
    questions = list(inspection.answers.order_by("number"))
    forms: dict[str, Any] = {
        "record": RecordForm(
            questions=questions,
            initial={
                "version": inspection.version,
                "visited_date": inspection.visited_date or clock.today(),
                "summary_th": inspection.summary_th,
            },
        ),
        "find": FindingForm(
            project=inspection.project,
            initial={"owner": inspection.project.host_agency_id, "area": inspection.area_id},
        ),
        "cancel": CancelForm(),
    }
    if request.method != "POST":
        return _inspection_page(request, standing, inspection, forms)
    kind = request.POST.get("do", "")
    if kind == "record":
        forms[kind] = RecordForm(request.POST, questions=questions)
    elif kind == "find":
        forms[kind] = FindingForm(request.POST, request.FILES, project=inspection.project)
    elif kind == "cancel":
        forms[kind] = CancelForm(request.POST)
    else:
        raise Http404
    if not forms[kind].is_valid():
        return _inspection_page(request, standing, inspection, forms, status=422)
    try:
        told = _do(request, inspection, kind, forms[kind])
    except Refused as refused:
        return _inspection_page(
            request, standing, inspection, forms, refusal=refused.sentence, status=409
        )
    messages.success(request, told)
    return redirect("projects:inspection-detail", inspection.pk)


def _do(request: HttpRequest, inspection: Inspection, kind: str, form: Any) -> str:
    """Call the verb of a form and return what is said about it."""
    typed = form.cleaned_data
    who: dict[str, Any] = {"by": request.user, "at": clock.now()}
    if kind == "record":
        actions.record_inspection(
            inspection=inspection,
            visited_date=typed["visited_date"],
            summary_th=typed["summary_th"],
            answers=form.answers,
            version=typed["version"],
            **who,
        )
        return _("บันทึกผลการตรวจแล้ว เพิ่มข้อตรวจพบได้ด้านล่าง")
    if kind == "find":
        finding = actions.add_finding(
            inspection=inspection, finding=actions.FindingInput(**typed), **who
        )
        if finding.doubts:
            return _("บันทึกข้อตรวจพบแล้ว ตัวเลขของโครงการขึ้นว่ายังไม่ยืนยันจนกว่าจะแก้และตรวจยืนยัน")
        return _("บันทึกข้อตรวจพบแล้ว")
    actions.cancel_inspection(inspection=inspection, reason=typed["reason"], **who)
    return _("ยกเลิกการตรวจแล้ว")


def _inspection_page(
    request: HttpRequest,
    standing: Standing,
    inspection: Inspection,
    forms: dict[str, Any],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    bound = next((form for form in forms.values() if form.is_bound), None)
    findings = (
        inspection.findings.with_owner()
        .prefetch_related("photos", "kpis__indicator")
        .order_by("number")
    )
    context = {
        "inspection": inspection,
        "project": inspection.project,
        "answers": inspection.answers.order_by("number"),
        "findings": findings,
        "forms": forms,
        "bound": bound if bound and bound.errors else None,
        "refusal": refusal,
        "may_record": rules.why_not_record(inspection, standing) is None,
        "may_find": rules.why_not_find(inspection, standing) is None,
        "may_cancel": rules.why_not_cancel(inspection, standing) is None,
        "today": clock.today(),
    }
    return render(request, "projects/inspection_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a finding; POST reports it as mended, verifies it or sends it back, by its `do`."""
    standing = _staff(request)
    finding = get_object_or_404(Finding.objects.visible_to(standing).with_owner(), pk=pk)
    fix = FixForm(initial={"version": finding.version, "fixed_th": finding.fixed_th})
    verdict = VerdictForm(initial={"version": finding.version})
    if request.method != "POST":
        return _finding_page(request, standing, finding, fix, verdict)
    kind = request.POST.get("do", "")
    if kind == "fix":
        form: Any = FixForm(request.POST, request.FILES)
        fix = form
    elif kind in ("accept", "send_back"):
        form = VerdictForm(request.POST)
        verdict = form
    else:
        raise Http404
    if not form.is_valid():
        return _finding_page(request, standing, finding, fix, verdict, status=422)
    who: dict[str, Any] = {"by": request.user, "at": clock.now()}
    try:
        if kind == "fix":
            actions.fix_finding(finding=finding, **form.cleaned_data, **who)
            told = _("แจ้งว่าแก้ไขแล้ว คณะทำงานตรวจติดตามจะตรวจยืนยัน")
        else:
            actions.verify_finding(
                finding=finding, accepted=kind == "accept", **form.cleaned_data, **who
            )
            told = _("ยืนยันแล้ว") if kind == "accept" else _("ส่งกลับให้แก้ไขอีกครั้งแล้ว")
    except Refused as refused:
        return _finding_page(
            request, standing, finding, fix, verdict, refusal=refused.sentence, status=409
        )
    messages.success(request, told)
    return redirect("projects:finding-detail", finding.pk)


@require_safe
def finding_photo(request: HttpRequest, pk: int, photo: int) -> FileResponse:
    """Send a photo of a finding to whoever may read the finding, the host agency too."""
    finding = get_object_or_404(Finding.objects.visible_to(_staff(request)), pk=pk)
    kept = get_object_or_404(finding.photos, pk=photo)
    return picture(kept.file, kept.media_type)


def _finding_page(
    request: HttpRequest,
    standing: Standing,
    finding: Finding,
    fix: FixForm,
    verdict: VerdictForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    bound = next((form for form in (fix, verdict) if form.is_bound), None)
    return render(
        request,
        "projects/finding_detail.html",
        {
            "finding": finding,
            "inspection": finding.inspection,
            "project": finding.inspection.project,
            "photos": finding.photos.order_by("pk"),
            "kpis": finding.kpis.select_related("indicator").in_code_order(),
            "fix": fix,
            "verdict": verdict,
            "bound": bound if bound and bound.errors else None,
            "refusal": refusal,
            "may_fix": rules.why_not_fix(finding, standing) is None,
            "may_verify": rules.why_not_verify(finding, standing) is None,
            "today": clock.today(),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def checklist_list(request: HttpRequest) -> HttpResponseBase:
    """Show the checklists; the working group and the strategy office change them."""
    standing = _staff(request)
    chosen = Checklist.objects.filter(code=request.GET.get("code", "")).first()
    names = ("code", "name_th", "questions_th", "is_active")
    form = ChecklistForm(
        request.POST or None,
        initial={name: getattr(chosen, name) for name in names} if chosen else None,
    )
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.load_checklists(
                    checklists=[actions.StatedChecklist(**form.cleaned_data)],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, refused.sentence
            else:
                messages.success(request, _("บันทึกแบบตรวจแล้ว"))
                return redirect("projects:checklist-list")
    if asked_format(request):
        return download(request, CHECKLISTS, Checklist.objects.order_by("code"))
    context = {
        "checklists": Checklist.objects.order_by("code"),
        "form": form,
        "refusal": refusal,
        "why_not": rules.why_not_shape_checklists(standing),
    }
    return render(request, "projects/checklist_list.html", context, status=status)
