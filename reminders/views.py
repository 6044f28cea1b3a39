"""The log of reminders: to whom, when, for what."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from common.downloads import asked_format, download
from reminders import rules
from reminders.listings import REMINDERS
from reminders.models import Reminder
from submissions.rules import standing_of


@require_safe
def reminder_list(request: HttpRequest) -> HttpResponseBase:
    """Newest first, with a search by person or subject and a filter by state, kept in the address."""
    if reason := rules.why_not_read_log(standing_of(request.user, clock.today())):
        raise PermissionDenied(reason)
    reminders = Reminder.objects.select_related("user").newest_first()
    text = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    if text:
        reminders = reminders.matching(text)
    if state in Reminder.State.values:
        reminders = reminders.filter(state=state)
    if asked_format(request):
        return download(request, REMINDERS, reminders)
    page = Paginator(reminders, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "reminders/reminder_list.html",
        {"page": page, "text": text, "state": state, "states": Reminder.State.choices},
    )
