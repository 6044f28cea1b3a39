"""Where a person reads: the calendar's secret address, the LINE account."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import record
from common.refusal import Refused
from reminders.models import CalendarFeed, LineLink

CODE_LASTS = timedelta(minutes=30)
# Without what is mistaken for something else: 0 O 1 I L.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def secret_digest(secret: str) -> str:
    """Return what is kept of a secret address."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def open_calendar(*, by: User, at: datetime) -> str:
    """Make a new secret address of the person's calendar; an older one ends. Return the secret."""
    secret = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(
        user=by,
        defaults={"token_sha256": secret_digest(secret), "made_at": at, "revoked_at": None},
    )
    record("reminders.calendar_opened", feed, by=by, at=at)
    return secret


@transaction.atomic
def revoke_calendar(*, by: User, at: datetime) -> None:
    """End the person's secret address.

    :raises Refused: if there is none.
    """
    open_ones = CalendarFeed.objects.filter(user=by, revoked_at=None)
    feed = open_ones.first()
    if feed is None or not open_ones.update(revoked_at=at):
        raise Refused(_("ยังไม่มีที่อยู่ปฏิทินที่เปิดอยู่"), code="no_calendar")
    record("reminders.calendar_revoked", feed, by=by, at=at)


@transaction.atomic
def ask_line_code(*, by: User, at: datetime) -> str:
    """Return a code that the person sends to the portal's LINE account; an older one ends."""
    code = "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))
    LineLink.objects.update_or_create(
        user=by, defaults={"code": code, "code_until": at + CODE_LASTS}
    )
    return code


@transaction.atomic
def link_line(*, code: str, line_user_id: str, at: datetime) -> LineLink:
    """Link the LINE account that sent a code to the person to whom it was shown.

    :raises Refused: if nobody was shown it, it is too old, or the account is somebody's already.
    """
    link = LineLink.objects.filter(code=code.strip().upper(), code_until__gte=at).first()
    if link is None:
        raise Refused(_("ไม่รู้จักรหัสนี้ หรือรหัสหมดอายุแล้ว ขอรหัสใหม่ในหน้าการเตือนของฉัน"), code="no_code")
    if LineLink.objects.filter(line_user_id=line_user_id).exclude(pk=link.pk).exists():
        raise Refused(_("บัญชี LINE นี้เชื่อมกับผู้ใช้อื่นแล้ว"), code="taken")
    unlinked = LineLink.objects.filter(pk=link.pk, code=link.code)
    if not unlinked.update(line_user_id=line_user_id, linked_at=at, code=None, code_until=None):
        raise Refused(_("รหัสนี้ใช้ไปแล้ว"), code="used")
    link.refresh_from_db()
    record("reminders.line_linked", link, by=link.user, at=at)
    return link


@transaction.atomic
def unlink_line(*, by: User, at: datetime) -> None:
    """Be told by mail again.

    :raises Refused: if no account is linked.
    """
    linked = LineLink.objects.filter(user=by, line_user_id__isnull=False)
    link = linked.first()
    if link is None:
        raise Refused(_("ยังไม่ได้เชื่อมบัญชี LINE"), code="not_linked")
    linked.update(line_user_id=None, linked_at=None, code=None, code_until=None)
    record("reminders.line_unlinked", link, by=by, at=at)
