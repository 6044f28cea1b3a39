"""A project's life at the desk: what was decided, what it came to, its documents and photos."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.pictures import picture
from common.refusal import Refused
from common.thainumbers import format_number
from meetings.models import Meeting
from projects import actions, rules, workflow
from projects.forms import DecisionForm, EvaluationForm, FileForm
from projects.models import Evaluation, Project, ProjectFile
from projects.views.dossier import own_file
from projects.views.frame import standing_here

MEETINGS_SHOWN = 24


@require_http_methods(["GET", "HEAD", "POST"])
def project_life(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show who decided what on a project, and write a decision down."""
    standing = standing_here(request)
    project = own_file(standing, code)
    moves = [move.value for move in workflow.NEXT[workflow.Status(project.status)]]
    meetings = list(
        Meeting.objects.visible_to(standing)
        .select_related("committee")
        .newest_first()[:MEETINGS_SHOWN]
    )
    posted = request.POST if request.method == "POST" else None
    form = DecisionForm(
        posted,
        moves=moves,
        meetings=meetings,
        initial={"decided_date": clock.today()},
    )
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                actions.decide_project(
                    project=project,
                    to=form.cleaned_data["to"],
                    reference=form.reference_words,
                    decided_date=form.cleaned_data["decided_date"],
                    meeting=form.chosen_meeting,
                    reason=form.cleaned_data["reason"],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(
                    request,
                    _("บันทึกมติแล้ว โครงการอยู่ในสถานะ “%(now)s”")
                    % {"now": project.get_status_display()},
                )
                return redirect("projects:project-life", project.code)
    why_not = rules.why_not_decide(project, moves[0], standing) if moves else ""
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "moves": moves,
        "why_not": why_not,
        "refusal": refusal,
        "decisions": project.decisions.select_related("made_by", "meeting__committee").order_by(
            "-decided_date", "-pk"
        ),
        "steps": _steps(project),
        "standing": standing,
        "tab": "life",
    }
    return render(request, "projects/project_life.html", context, status=status)


def _steps(project: Project) -> list[tuple[str, str]]:
    """Return the usual way of a project as (word, place): done, now or to come."""
    way = [status for status in workflow.Status if status is not workflow.Status.CANCELLED]
    now = workflow.Status(project.status)
    if now is workflow.Status.CANCELLED:
        return [(str(Project.Status(now).label), "now")]
    at = way.index(now)
    return [
        (str(Project.Status(step).label), "done" if n < at else "now" if n == at else "next")
        for n, step in enumerate(way)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_form(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show how a project ended, and keep what is typed."""
    standing = standing_here(request)
    project = own_file(standing, code)
    written = Evaluation.objects.select_related("written_by").filter(project=project).first()
    targets = list(project.targets.order_by("number"))
    initial: dict[str, Any] = {
        f"actual-{row.pk}": "" if row.actual is None else format_number(row.actual)
        for row in targets
    }
    if written:
        initial |= {
            name: getattr(written, name) for name in ("reached_th", "learned_th", "stays_th")
        }
    posted = request.POST if request.method == "POST" else None
    form = EvaluationForm(posted, targets=targets, initial=initial)
    why_not = rules.why_not_evaluate(project, standing)
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                actions.evaluate_project(
                    project=project,
                    reached_th=form.cleaned_data["reached_th"],
                    learned_th=form.cleaned_data["learned_th"],
                    stays_th=form.cleaned_data["stays_th"],
                    actuals=form.actuals,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกการประเมินผลแล้ว"))
                return redirect("projects:evaluation-form", project.code)
    context = {
        "project": project,
        "form": form,
        "written": written,
        "why_not": why_not,
        "refusal": refusal,
        "standing": standing,
        "tab": "evaluation",
    }
    return render(request, "projects/project_evaluation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def project_files(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a project's documents and photos, and add one."""
    standing = standing_here(request)
    project = own_file(standing, code)
    posted = request.method == "POST"
    form = (
        FileForm(request.POST, request.FILES)
        if posted
        else FileForm(initial={"kind": ProjectFile.Kind.DURING})
    )
    refusal, status = "", 200
    if posted:
        status = 422
        if form.is_valid():
            try:
                actions.add_project_file(
                    project=project,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                    **form.cleaned_data,
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("เพิ่มไฟล์แล้ว"))
                return redirect("projects:project-files", project.code)
    files = list(
        ProjectFile.objects.visible_to(standing)
        .filter(project=project)
        .with_evidence()
        .in_time_order()
    )
    context = {
        "project": project,
        "form": form,
        "refusal": refusal,
        "why_not": rules.why_not_attach(project, standing),
        "documents": [row for row in files if row.kind == ProjectFile.Kind.DOCUMENT],
        "photos": [row for row in files if row.kind != ProjectFile.Kind.DOCUMENT],
        "standing": standing,
        "tab": "files",
    }
    return render(request, "projects/project_files.html", context, status=status)


@require_POST
def project_file_remove(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Take a document or photo out of a project's file."""
    standing = standing_here(request)
    project = own_file(standing, code)
    file = get_object_or_404(
        ProjectFile.objects.select_related("project__host_agency"), project=project, pk=pk
    )
    try:
        actions.remove_project_file(
            file=file,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("เอาไฟล์ออกจากแฟ้มแล้ว"))
    return redirect("projects:project-files", project.code)


@login_not_required
@require_safe
def project_photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """Send a photo of a project to be looked at in a page."""
    standing = standing_here(request)
    files = ProjectFile.objects.visible_to(standing).photos().select_related("evidence")
    photo = get_object_or_404(files, project__code=code, pk=pk)
    if not photo.evidence.media_type.startswith("image/"):
        raise Http404
    return picture(photo.evidence.file, photo.evidence.media_type)
