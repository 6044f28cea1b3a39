"""On which days people are told: the ladder and the days off, as data."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.rules import Standing
from common import clock, fiscal
from common.refusal import Refused
from reminders import actions, rules
from reminders.forms import DayOffForm, LadderForm
from reminders.models import DayOff, LadderDay
from submissions.models import FiscalYear
from submissions.rules import standing_of


def _reader(request: HttpRequest) -> tuple[User, Standing]:
    standing = standing_of(request.user, clock.today())
    if reason := rules.why_not_read_log(standing):
        raise PermissionDenied(reason)
    assert isinstance(request.user, User)
    return request.user, standing


@require_http_methods(["GET", "HEAD", "POST"])
def rules_page(request: HttpRequest) -> HttpResponseBase:
    """Show the ladder and the days off of this fiscal year; a post sets the ladder."""
    user, standing = _reader(request)
    if request.method != "POST":
        return _page(request, standing)
    year = _year()
    form = LadderForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.set_ladder(year=year, days=form.cleaned_data, by=user, at=clock.now())
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
        else:
            messages.success(request, _("บันทึกวันเตือนแล้ว"))
            return redirect("reminders:rules")
    return _page(request, standing, ladder=form, status=status)


@require_POST
def day_off_set(request: HttpRequest) -> HttpResponseBase:
    """Add a day off, or open one that the calendar knows."""
    user, standing = _reader(request)
    form = DayOffForm(request.POST, auto_id="id_off_%s")
    status = 422
    if form.is_valid():
        try:
            actions.set_day_off(by=user, at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
        else:
            messages.success(request, _("บันทึกวันหยุดแล้ว"))
            return redirect("reminders:rules")
    return _page(request, standing, day_off=form, status=status)


@require_POST
def day_off_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Follow the calendar again on a day."""
    user, _standing = _reader(request)
    actions.remove_day_off(day_off=get_object_or_404(DayOff, pk=pk), by=user, at=clock.now())
    messages.success(request, _("กลับไปใช้ปฏิทินวันหยุดตามเดิมแล้ว"))
    return redirect("reminders:rules")


def _year() -> FiscalYear:
    return get_object_or_404(FiscalYear, year=fiscal.fiscal_year_of(clock.today()))


def _page(
    request: HttpRequest,
    standing: Standing,
    *,
    ladder: LadderForm | None = None,
    day_off: DayOffForm | None = None,
    status: int = 200,
) -> HttpResponse:
    year = fiscal.fiscal_year_of(clock.today())
    days = LadderDay.objects.of_year(year)
    first, last = fiscal.year_start(year), fiscal.year_end(year)
    return render(
        request,
        "reminders/rules.html",
        {
            "year": year,
            "has_own": LadderDay.objects.filter(fiscal_year=year).exists(),
            "ladder": ladder or LadderForm(initial=days),
            "day_off": day_off or DayOffForm(auto_id="id_off_%s"),
            "days_off": DayOff.objects.between(first, last).in_time_order(),
            "holidays": rules.public_holidays(year),
            "why_not": rules.why_not_set_rules(standing),
            "reads_log": True,
        },
        status=status,
    )
