"""Who signs, closes or administers does so with a second factor."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import SECOND_FACTOR_ROLES, User
from common import clock
from submissions.rules import standing_of

_PASSED = "second_factor_seen"


class SecondFactorMiddleware:
    """Lead whoever must have a second factor and has none to the page that sets it up.

    A role counts from the moment it is given, a signature from the moment it is lent; sample
    accounts may skip the factor. Only a factor that was seen is remembered in the session, never
    that none was needed: who holds no such role now may be given one before the session ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            isinstance(user, User)
            and not user.is_sample
            and not request.session.get(_PASSED)
            and not request.path.startswith(
                ("/accounts/", "/en/accounts/", "/static/", "/healthz", "/readyz")
            )
            and (user.is_staff or standing_of(user, clock.today()).has(*SECOND_FACTOR_ROLES))
        ):
            if not Authenticator.objects.filter(user=user).exists():
                return redirect(reverse("mfa_index"))
            request.session[_PASSED] = True
        return self.get_response(request)
