"""Courses and training programmes, kept by HR and the strategy office."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from learning import rules
from learning.actions import CourseInput, ProgrammeInput, put_course, put_programme
from learning.forms import CourseForm, ProgrammeForm
from learning.listings import COURSES, PROGRAMMES
from learning.models import Course, Programme, Turnout
from learning.views.frame import Reader, reader_of, tabs_of


@require_http_methods(["GET", "HEAD", "POST"])
def course_list(request: HttpRequest) -> HttpResponseBase:
    """List courses; POST adds one."""
    reader = reader_of(request)
    form = CourseForm(request.POST or None)
    answer, refusal, status = _put_course(request, reader, form, None)
    if answer is not None:
        return answer
    if asked_format(request):
        return download(request, COURSES, Course.objects.in_code_order())
    return render(
        request,
        "learning/course_list.html",
        {
            **tabs_of(reader, "courses"),
            "courses": Course.objects.in_code_order(),
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def course_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a course."""
    reader = reader_of(request)
    if reason := rules.why_not_keep_catalogue(reader.standing):
        raise PermissionDenied(reason)
    course = get_object_or_404(Course, pk=pk)
    names = ("code", "name_th", "name_en", "provider_th", "hours", "address", "is_digital",
             "is_active", "version")  # fmt: skip
    form = CourseForm(request.POST or None, initial={name: getattr(course, name) for name in names})
    answer, refusal, status = _put_course(request, reader, form, course)
    if answer is not None:
        return answer
    return render(
        request,
        "learning/course_edit.html",
        {**tabs_of(reader, "courses"), "course": course, "form": form, "refusal": refusal},
        status=status,
    )


def _put_course(
    request: HttpRequest, reader: Reader, form: CourseForm, course: Course | None
) -> tuple[HttpResponse | None, str, int]:
    if request.method != "POST":
        return None, "", 200
    if reason := rules.why_not_keep_catalogue(reader.standing):
        raise PermissionDenied(reason)
    if not form.is_valid():
        return None, "", 422
    typed = form.cleaned_data
    version = typed.pop("version")
    try:
        put_course(
            course=CourseInput(**typed),
            instead_of=course,
            version=version,
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        return None, str(refused), 409
    messages.success(request, _("บันทึกหลักสูตรแล้ว"))
    return redirect("learning:course-list"), "", 302


@require_http_methods(["GET", "HEAD", "POST"])
def programme_list(request: HttpRequest) -> HttpResponseBase:
    """List trainings with how many came of each level; POST adds one."""
    reader = reader_of(request)
    form = ProgrammeForm(request.POST or None)
    answer, refusal, status = _put_programme(request, reader, form, None)
    if answer is not None:
        return answer
    programmes = list(
        Programme.objects.select_related("goal").prefetch_related("turnouts").order_by("code")
    )
    if asked_format(request):
        return download(request, PROGRAMMES, programmes)
    totals = dict(
        Turnout.objects.values_list("level").annotate(people=Sum("attended")).order_by("level")
    )
    return render(
        request,
        "learning/programme_list.html",
        {
            **tabs_of(reader, "programmes"),
            "rows": [
                (each, {turnout.level: turnout for turnout in each.turnouts.all()})
                for each in programmes
            ],
            "levels": Turnout.Level.choices,
            "totals": [(label, totals.get(level)) for level, label in Turnout.Level.choices],
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a training."""
    reader = reader_of(request)
    if reason := rules.why_not_keep_catalogue(reader.standing):
        raise PermissionDenied(reason)
    programme = get_object_or_404(Programme.objects.prefetch_related("turnouts"), pk=pk)
    names = ("code", "name_th", "name_en", "goal", "is_digital", "outcome_th", "version")
    initial: dict[str, Any] = {name: getattr(programme, name) for name in names}
    for name in ("start_date", "end_date"):
        day = getattr(programme, name)
        initial[name] = day.isoformat() if day else ""
    for turnout in programme.turnouts.all():
        initial[f"{turnout.level}_invited"] = turnout.invited
        initial[f"{turnout.level}_attended"] = turnout.attended
    form = ProgrammeForm(request.POST or None, initial=initial)
    answer, refusal, status = _put_programme(request, reader, form, programme)
    if answer is not None:
        return answer
    return render(
        request,
        "learning/programme_edit.html",
        {
            **tabs_of(reader, "programmes"),
            "programme": programme,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


def _put_programme(
    request: HttpRequest, reader: Reader, form: ProgrammeForm, programme: Programme | None
) -> tuple[HttpResponse | None, str, int]:
    if request.method != "POST":
        return None, "", 200
    if reason := rules.why_not_keep_catalogue(reader.standing):
        raise PermissionDenied(reason)
    if not form.is_valid():
        return None, "", 422
    typed = form.cleaned_data
    names = ("code", "name_th", "name_en", "goal", "is_digital", "start_date", "end_date",
             "outcome_th")  # fmt: skip
    try:
        put_programme(
            programme=ProgrammeInput(
                **{name: typed[name] for name in names},
                # The page does not ask for it.
                source=programme.source if programme else "",
                turnouts=form.turnouts,
            ),
            instead_of=programme,
            version=typed["version"] or 0,
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        return None, str(refused), 409
    messages.success(request, _("บันทึกการอบรมแล้ว"))
    return redirect("learning:programme-list"), "", 302
