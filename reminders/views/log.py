"""The log of letters: to whom, when, for what, by which way; send a failed one again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from reminders import actions, rules
from reminders.listings import REMINDERS
from reminders.models import Channel, Reminder
from submissions.rules import standing_of


@require_safe
def reminder_list(request: HttpRequest) -> HttpResponseBase:
    """Newest first, with a search by person or subject and filters, kept in the address."""
    standing = standing_of(request.user, clock.today())
    if reason := rules.why_not_read_log(standing):
        raise PermissionDenied(reason)
    reminders = Reminder.objects.select_related("user").newest_first()
    text = request.GET.get("q", "").strip()
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    if text:
        reminders = reminders.matching(text)
    if state in Reminder.State.values:
        reminders = reminders.filter(state=state)
    if channel in Channel.values:
        reminders = reminders.filter(channel=channel)
    if asked_format(request):
        return download(request, REMINDERS, reminders)
    page = Paginator(reminders, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "reminders/reminder_list.html",
        {
            "page": page,
            "text": text,
            "state": state,
            "states": Reminder.State.choices,
            "channel": channel,
            "channels": Channel.choices,
            "may_retry": rules.why_not_set_rules(standing) is None,
            "reads_log": True,
        },
    )


@require_POST
def reminder_retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a letter that failed once more."""
    assert isinstance(request.user, User)
    if reason := rules.why_not_read_log(standing_of(request.user, clock.today())):
        raise PermissionDenied(reason)
    reminder = get_object_or_404(Reminder, pk=pk)
    try:
        actions.retry_reminder(reminder=reminder, by=request.user, at=clock.now())
    except Refused as refused:
        if refused.code != "changed_meanwhile":
            raise
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("กำลังส่งอีกครั้ง"))
    return redirect("reminders:reminder-list")
