"""Tokens with which a machine acts as a user of the API."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from accounts.models import User
from audit.log import record
from common.refusal import Refused


@transaction.atomic
def issue_token(*, user: User, by: User | None, at: datetime) -> str:
    """Give a user a new API token and return it; an older one stops working.

    :raises Refused: if the user is not active.
    """
    if not user.is_active:
        raise Refused(_("บัญชีนี้ปิดใช้งานแล้ว"), code="inactive")
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    record("accounts.token.issued", user, by=by, at=at)
    return str(token.key)
