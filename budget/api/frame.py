"""What every part of the API of money needs: who asks, and the shape of an amount."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.models import User
from accounts.rules import Standing
from common import clock
from submissions.rules import standing_of

BAHT: dict[str, Any] = {"max_digits": 17, "decimal_places": 2}


def standing_here(request: Request) -> Standing:
    """Return what the caller is today."""
    return standing_of(request.user, clock.today())


def signed_in(request: Request) -> User:
    """Return the user who acts.

    :raises NotAuthenticated: if nobody is signed in.
    """
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
