"""What I am told: my dues with the next reminder, putting off, the calendar, the LINE account."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.rules import Standing
from common import clock, fiscal
from common.refusal import Refused
from reminders import actions, rules
from reminders.channels import WAYS
from reminders.dues import Asked, asked_of
from reminders.forms import SnoozeForm
from reminders.models import CalendarFeed, Channel, LadderDay, LineLink, Reminder, Rung, Snooze
from reminders.scoring import next_reminder
from submissions.rules import standing_of

SHOWN_LETTERS = 10
AHEAD = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Line:
    """Something I am told of, when next, and whether I put it off."""

    asked: Asked
    next_date: date | None
    days_late: int
    snooze: Snooze | None
    form: SnoozeForm | None

    @property
    def key(self) -> str:
        """What stands in the form for it."""
        return "|".join(map(str, self.asked.key))


def _me(request: HttpRequest) -> tuple[User, Standing]:
    standing = standing_of(request.user, clock.today())
    if not standing.pairs or not isinstance(request.user, User):
        raise Http404
    return request.user, standing


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what I am told of, and where."""
    user, standing = _me(request)
    return _page(request, user, standing)


def _page(
    request: HttpRequest,
    user: User,
    standing: Standing,
    *,
    bound: dict[str, SnoozeForm] | None = None,
    refusal: str = "",
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    link = LineLink.objects.filter(user=user).first()
    code = link.code if link and link.code_until and link.code_until >= clock.now() else ""
    feed = CalendarFeed.objects.filter(user=user, revoked_at=None).first()
    address = reverse("reminders:calendar-feed", args=[secret]) if secret else ""
    lines = _lines(user, standing, bound or {})
    return render(
        request,
        "reminders/mine.html",
        {
            "own": [line for line in lines if line.asked.rung == Rung.OWNER],
            "below": [line for line in lines if line.asked.rung != Rung.OWNER],
            "failed": list((bound or {}).values()),
            "refusal": refusal,
            "feed": feed,
            "calendar_address": f"{settings.SITE_ADDRESS}{address}" if secret else "",
            "line_is_open": WAYS[Channel.LINE].is_open(),
            "line_account": settings.LINE_ACCOUNT,
            "link": link,
            "code": code,
            "letters": Reminder.objects.filter(user=user).newest_first()[:SHOWN_LETTERS],
            "longest": rules.LONGEST_SNOOZE_DAYS,
            "reads_log": rules.why_not_read_log(standing) is None,
        },
        status=status,
    )


def _lines(user: User, standing: Standing, bound: dict[str, SnoozeForm]) -> list[Line]:
    today, at = clock.today(), clock.now()
    ladder = LadderDay.objects.of_year(fiscal.fiscal_year_of(today))
    snoozes = Snooze.objects.of(user).by_due()
    is_open = rules.offices_open(today, today + AHEAD)
    lines = []
    for asked in asked_of(user, standing, at):
        put_off = snoozes.get((user.pk, *asked.key))
        if put_off and put_off.until_date <= today:
            put_off = None
        key = "|".join(map(str, asked.key))
        usual = next_reminder(asked.deadline, ladder[asked.rung], today, is_open)
        lines.append(
            Line(
                asked,
                put_off.until_date if put_off else usual,
                fiscal.days_late(at, asked.deadline),
                put_off,
                bound.get(key)
                or (
                    SnoozeForm(auto_id=f"id_{asked.due.kind}_{asked.due.subject_id}_%s")
                    if asked.rung == Rung.OWNER
                    else None
                ),
            )
        )
    return lines


@require_POST
def snooze_add(request: HttpRequest) -> HttpResponseBase:
    """Put a reminder off, with a reason."""
    user, standing = _me(request)
    key = request.POST.get("due", "")
    asked = next(
        (each for each in asked_of(user, standing, clock.now()) if _key(each) == key), None
    )
    if asked is None:
        raise Http404
    auto_id = f"id_{asked.due.kind}_{asked.due.subject_id}_%s"
    form = SnoozeForm(request.POST, auto_id=auto_id)
    status = 422
    if form.is_valid():
        try:
            actions.snooze(due=asked.due, by=user, at=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
        else:
            messages.success(request, _("เลื่อนเตือนแล้ว"))
            return redirect("reminders:mine")
    return _page(request, user, standing, bound={key: form}, status=status)


def _key(asked: Asked) -> str:
    return "|".join(map(str, asked.key))


@require_POST
def snooze_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Be told again as the ladder says."""
    user, _standing = _me(request)
    row = get_object_or_404(Snooze.objects.of(user), pk=pk)
    actions.end_snooze(snooze=row, by=user, at=clock.now())
    messages.success(request, _("กลับมาเตือนตามปกติแล้ว"))
    return redirect("reminders:mine")


@require_POST
def calendar_open(request: HttpRequest) -> HttpResponse:
    """Make a secret address of my calendar; it is shown this once."""
    user, standing = _me(request)
    secret = actions.open_calendar(by=user, at=clock.now())
    return _page(request, user, standing, secret=secret)


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponseBase:
    """End the secret address of my calendar."""
    user, _standing = _me(request)
    actions.revoke_calendar(by=user, at=clock.now())
    messages.success(request, _("ยกเลิกที่อยู่ปฏิทินแล้ว ที่อยู่เดิมใช้ไม่ได้อีก"))
    return redirect("reminders:mine")


@require_POST
def line_ask(request: HttpRequest) -> HttpResponseBase:
    """Show a code to be sent to the portal's LINE account."""
    user, _standing = _me(request)
    if not WAYS[Channel.LINE].is_open():
        raise Http404
    actions.ask_line_code(by=user, at=clock.now())
    return redirect("reminders:mine")


@require_POST
def line_unlink(request: HttpRequest) -> HttpResponseBase:
    """Be told by mail again."""
    user, _standing = _me(request)
    actions.unlink_line(by=user, at=clock.now())
    messages.success(request, _("เลิกเชื่อม LINE แล้ว การเตือนจะไปทางอีเมล"))
    return redirect("reminders:mine")
