"""What machines ask without signing in: the calendar under its secret address, LINE's calls."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.refusal import Refused
from reminders.actions import link_line, secret_digest
from reminders.channels import line_signature_fits
from reminders.dues import asked_of
from reminders.models import CalendarFeed, Rung
from reminders.renderers import calendar_of
from submissions.rules import standing_of

MOST_BYTES = 100_000


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Return the deadlines of whoever opened this address; a revoked one is not found."""
    feed = get_object_or_404(
        CalendarFeed.objects.select_related("user").filter(revoked_at=None, user__is_active=True),
        token_sha256=secret_digest(secret),
    )
    at = clock.now()
    own = [
        each
        for each in asked_of(feed.user, standing_of(feed.user, clock.today()), at)
        if each.rung == Rung.OWNER
    ]
    body = calendar_of(
        own,
        name=_("งานที่ต้องส่งของ %(name)s") % {"name": feed.user.get_full_name()},
        address=settings.SITE_ADDRESS,
        at=at,
        words=(_("งวด"), _("หน่วยงาน")),
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    answer["Cache-Control"] = "private, max-age=300"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@csrf_exempt
@login_not_required
@require_POST
def line_webhook(request: HttpRequest) -> HttpResponse:
    """Take what people wrote to the portal's LINE account: a code links the account that sent it."""
    if not settings.LINE_CHANNEL_SECRET:
        raise Http404
    body = request.read(MOST_BYTES)
    if not line_signature_fits(body, request.headers.get("X-Line-Signature", "")):
        return HttpResponse(status=403)
    try:
        events: Any = json.loads(body).get("events", [])
    except (ValueError, AttributeError):
        return HttpResponse(status=400)
    for event in events if isinstance(events, list) else []:
        code, account = _code_and_account(event)
        if code and account:
            try:
                link_line(code=code, line_user_id=account, at=clock.now())
            except Refused:
                # Somebody chats with the account: LINE is told that all was taken.
                continue
    return HttpResponse(status=200)


def _code_and_account(event: Any) -> tuple[str, str]:
    """Return the text and the sender of a message, empty where it is something else."""
    if not isinstance(event, dict) or event.get("type") != "message":
        return "", ""
    message, source = event.get("message"), event.get("source")
    if not isinstance(message, dict) or not isinstance(source, dict):
        return "", ""
    if source.get("type") != "user":
        return "", ""
    return str(message.get("text", ""))[:40], str(source.get("userId", ""))[:64]
