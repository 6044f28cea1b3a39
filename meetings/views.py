"""The desk's page of meetings: what was asked of whom, until when, and how far it is."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.rules import Standing, standing_of
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from meetings import rules
from meetings.actions import NewResolution, add_resolution, close_resolution
from meetings.forms import ClosingForm, ResolutionForm
from meetings.listings import RESOLUTIONS
from meetings.models import Committee, Meeting, Resolution


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
            "today": today,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting with its resolutions; POST adds one."""
    standing = _standing(request)
    meetings = Meeting.objects.visible_to(standing).select_related("committee")
    meeting = get_object_or_404(meetings, pk=pk)
    why_not_add = rules.why_not_add(standing)
    form = ResolutionForm(request.POST or None)
    status, refusal = 200, ""
    if request.method == "POST" and form.is_valid():
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
    return render(
        request,
        "meetings/meeting_detail.html",
        {
            "meeting": meeting,
            "lines": _lines(meeting, standing),
            "form": form,
            "why_not_add": why_not_add,
            "refusal": refusal,
            "closing": ClosingForm(),
        },
        status=status,
    )


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
