"""The desk's page of meetings: what was asked of whom, until when, and how far it is."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.rules import Standing, standing_of
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from meetings import rules
from meetings.actions import (
    NewResolution,
    StatedItem,
    StatedMeeting,
    add_resolution,
    close_resolution,
    make_agenda,
    record_meeting,
    report_resolution,
    write_minutes,
)
from meetings.forms import ClosingForm, MeetingForm, MinutesForm, ProgressForm, ResolutionForm
from meetings.listings import RESOLUTIONS
from meetings.models import Committee, CommitteeSeat, Meeting, Resolution
from meetings.renderers import agenda_pdf, minutes_pdf


@dataclass(frozen=True, slots=True)
class Line:
    """A resolution with how late it is and whether this person may end it."""

    resolution: Resolution
    days_late: int
    why_not_close: str | None


def _standing(request: HttpRequest) -> Standing:
    """Return what the reader is; people without a role have no meetings here."""
    standing = standing_of(request.user, clock.today())
    if not standing.pairs:
        raise Http404(_("ไม่มีหน้านี้"))
    return standing


def _lines(meeting: Meeting, standing: Standing) -> list[Line]:
    today = clock.today()
    rows = meeting.resolutions.visible_to(standing).select_related("owner").order_by("number")
    return [
        Line(
            row,
            max(0, (today - row.due_date).days) if row.state == Resolution.State.OPEN else 0,
            rules.why_not_close(row, standing),
        )
        for row in rows
    ]


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponseBase:
    """Show committees, meetings and the resolutions that are not done."""
    standing = _standing(request)
    today = clock.today()
    waiting = (
        Resolution.objects.visible_to(standing)
        .open()
        .select_related("owner", "meeting__committee")
        .in_due_order()
    )
    if asked_format(request):
        return download(request, RESOLUTIONS, waiting)
    return render(
        request,
        "meetings/meeting_list.html",
        {
            "meetings": Meeting.objects.visible_to(standing).with_counts().newest_first(),
            "open": waiting,
            "committees": Committee.objects.prefetch_related("seats").order_by("pk"),
            "may_call": _callable(standing).exists(),
            "today": today,
        },
    )


def _callable(standing: Standing) -> QuerySet[Committee]:
    """Return the committees whose meetings this person may call."""
    committees = Committee.objects.order_by("-watches_spending", "pk")
    if rules.why_not_add(standing) is None:
        return committees
    seats = CommitteeSeat.objects.filter(
        role_th__contains="เลขานุการ", agency__in=standing.agencies(*rules.SECRETARIES)
    )
    return committees.filter(pk__in=seats.values("committee"))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_call(request: HttpRequest) -> HttpResponse:
    """Call a meeting; its agenda is made of what stands in the portal."""
    standing = _standing(request)
    committees = _callable(standing)
    if not committees.exists():
        raise PermissionDenied(rules.why_not_add(standing))
    form = MeetingForm(request.POST or None, committees=committees, initial=_next(committees))
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            assert isinstance(request.user, User)
            typed = dict(form.cleaned_data)
            try:
                meeting = _call(typed, by=request.user)
            except Refused as error:
                status, refusal = 409, str(error)
            else:
                messages.success(request, _("เปิดการประชุมและจัดทำวาระจากข้อมูลแล้ว"))
                return redirect("meetings:meeting-detail", meeting.pk)
    context = {"form": form, "refusal": refusal}
    return render(request, "meetings/meeting_call.html", context, status=status)


def _call(typed: dict[str, Any], *, by: User) -> Meeting:
    """Record the meeting, then make its agenda."""
    committee = typed.pop("committee")
    meeting = record_meeting(
        committee=committee, meeting=StatedMeeting(**typed), by=by, at=clock.now()
    )
    return make_agenda(
        meeting=meeting, items=_items_of(meeting), version=meeting.version, by=by, at=clock.now()
    )


def _items_of(meeting: Meeting) -> list[StatedItem]:
    """Ask the floor above, which knows money and projects, what the agenda holds."""
    asked: list[StatedItem] = import_string(settings.MEETING_AGENDA)(meeting, clock.today())
    return asked


def _next(committees: QuerySet[Committee]) -> dict[str, Any]:
    """Return what a new meeting usually is: the next number of the first committee, this year."""
    committee = committees.first()
    year = clock.today().year + 543
    last = Meeting.objects.filter(committee=committee, year=year).aggregate(last=Max("number"))
    return {"committee": committee, "number": (last["last"] or 0) + 1, "year": year}


def _meeting(standing: Standing, pk: int) -> Meeting:
    """Return a meeting that the person may see; another agency's is a 404."""
    meetings = Meeting.objects.visible_to(standing).select_related("committee")
    return get_object_or_404(meetings, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting with its agenda and its resolutions; POST adds one."""
    standing = _standing(request)
    meeting = _meeting(standing, pk)
    form = ResolutionForm(request.POST or None)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                add_resolution(
                    meeting=meeting,
                    resolution=NewResolution(**form.cleaned_data),
                    by=request.user,
                    at=clock.now(),
                )
            except Refused as error:
                status, refusal = 409, str(error)
            else:
                messages.success(request, _("บันทึกข้อสั่งการแล้ว"))
                return redirect("meetings:meeting-detail", meeting.pk)
    return _meeting_page(request, standing, meeting, form, refusal=refusal, status=status)


def _meeting_page(
    request: HttpRequest,
    standing: Standing,
    meeting: Meeting,
    form: ResolutionForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    secretariats = rules.secretariats_of(meeting.committee)
    today = clock.today()
    return render(
        request,
        "meetings/meeting_detail.html",
        {
            "meeting": meeting,
            # An agency that was only asked for something reads that, not the whole table.
            "agenda": list(meeting.agenda.order_by("number")) if standing.sees_province else [],
            "lines": _lines(meeting, standing),
            "form": form,
            "why_not_add": rules.why_not_add(standing, secretariats),
            "may_make": rules.why_not_make_agenda(meeting, standing, secretariats) is None,
            "may_write": rules.why_not_write_minutes(meeting, standing, secretariats, today)
            is None,
            "sees_province": standing.sees_province,
            "refusal": refusal,
            "closing": ClosingForm(),
        },
        status=status,
    )


@require_POST
def agenda_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the agenda anew of what stands in the portal now."""
    standing = _standing(request)
    meeting = _meeting(standing, pk)
    version = request.POST.get("version", "")
    assert isinstance(request.user, User)
    try:
        make_agenda(
            meeting=meeting,
            items=_items_of(meeting),
            version=int(version) if version.isdecimal() else 0,
            by=request.user,
            at=clock.now(),
        )
    except Refused as error:
        return _meeting_page(
            request, standing, meeting, ResolutionForm(), refusal=str(error), status=409
        )
    messages.success(request, _("จัดทำวาระใหม่จากข้อมูลล่าสุดแล้ว"))
    return redirect("meetings:meeting-detail", meeting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the minutes of a meeting, item by item."""
    standing = _standing(request)
    meeting = _meeting(standing, pk)
    secretariats = rules.secretariats_of(meeting.committee)
    if reason := rules.why_not_write_minutes(meeting, standing, secretariats, clock.today()):
        raise PermissionDenied(reason)
    items = list(meeting.agenda.order_by("number"))
    first = {
        "version": meeting.version,
        "attendees_th": meeting.attendees_th or _seats(meeting.committee),
        "minutes_th": meeting.minutes_th,
    }
    form = MinutesForm(request.POST or None, items=items, initial=first)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                write_minutes(
                    meeting=meeting,
                    attendees_th=form.cleaned_data["attendees_th"],
                    minutes_th=form.cleaned_data["minutes_th"],
                    said=form.said,
                    version=form.cleaned_data["version"],
                    by=request.user,
                    at=clock.now(),
                )
            except Refused as error:
                status, refusal = 409, str(error)
            else:
                messages.success(request, _("บันทึกรายงานการประชุมแล้ว"))
                return redirect("meetings:meeting-detail", meeting.pk)
    context = {"meeting": meeting, "form": form, "refusal": refusal}
    return render(request, "meetings/minutes_form.html", context, status=status)


def _seats(committee: Committee) -> str:
    """Return who sits on a committee, one a line, to begin the list of who came."""
    seats = committee.seats.order_by("order")
    return "\n".join(f"{seat.holder_th} {seat.role_th}" for seat in seats)


def _paper(made: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _meeting_on_paper(request: HttpRequest, pk: int) -> Meeting:
    """Return a meeting for its papers: they name every agency, so they are for the province."""
    standing = _standing(request)
    if not standing.sees_province:
        raise Http404(_("ไม่มีหน้านี้"))
    return _meeting(standing, pk)


@require_safe
def agenda_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the agenda as PDF."""
    meeting = _meeting_on_paper(request, pk)
    items = list(meeting.agenda.order_by("number"))
    if not items:
        raise Http404(_("ยังไม่ได้จัดทำวาระ"))
    return _paper(agenda_pdf(meeting, items), f"agenda-{meeting.year}-{meeting.number}")


@require_safe
def minutes_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the minutes as PDF."""
    meeting = _meeting_on_paper(request, pk)
    if meeting.minutes_at is None:
        raise Http404(_("ยังไม่ได้บันทึกรายงานการประชุม"))
    made = minutes_pdf(
        meeting,
        list(meeting.agenda.order_by("number")),
        list(meeting.resolutions.select_related("owner").order_by("number")),
    )
    return _paper(made, f"minutes-{meeting.year}-{meeting.number}")


@require_http_methods(["GET", "HEAD", "POST"])
def resolution_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a resolution; POST writes how far it is."""
    standing = _standing(request)
    rows = Resolution.objects.visible_to(standing).select_related(
        "owner", "meeting__committee", "closed_by"
    )
    resolution = get_object_or_404(rows, pk=pk)
    form = ProgressForm(request.POST or None, initial={"progress_th": resolution.progress_th})
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                report_resolution(
                    resolution=resolution,
                    progress_th=form.cleaned_data["progress_th"],
                    by=request.user,
                    at=clock.now(),
                )
            except Refused as error:
                status, refusal = 409, str(error)
            else:
                messages.success(request, _("บันทึกความคืบหน้าแล้ว"))
                return redirect("meetings:resolution-detail", resolution.pk)
    context = {
        "resolution": resolution,
        "form": form,
        "refusal": refusal,
        "may_report": rules.why_not_report(resolution, standing) is None,
        "may_close": rules.why_not_close(resolution, standing) is None,
        "days_late": max(0, (clock.today() - resolution.due_date).days),
        "closing": ClosingForm(),
    }
    return render(request, "meetings/resolution_detail.html", context, status=status)


@require_POST
def resolution_close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a resolution as done or dropped."""
    rows = Resolution.objects.visible_to(_standing(request)).select_related("owner")
    resolution = get_object_or_404(rows, pk=pk)
    form = ClosingForm(request.POST)
    assert isinstance(request.user, User)
    if not form.is_valid():
        messages.error(request, _("เลือกว่าเสร็จแล้วหรือยกเลิก"))
        return redirect("meetings:meeting-detail", resolution.meeting_id)
    close_resolution(
        resolution=resolution,
        state=Resolution.State(form.cleaned_data["state"]),
        note=form.cleaned_data["note"],
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("ปิดข้อสั่งการแล้ว"))
    return redirect("meetings:meeting-detail", resolution.meeting_id)
