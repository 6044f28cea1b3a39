"""What every part of the API of money needs: who asks, and the shape of an amount."""

from typing import Any

from rest_framework.request import Request

from accounts.rules import Standing
from common import clock
from submissions.rules import standing_of

BAHT: dict[str, Any] = {"max_digits": 17, "decimal_places": 2}


def standing_here(request: Request) -> Standing:
    """Return what the caller is today."""
    return standing_of(request.user, clock.today())
