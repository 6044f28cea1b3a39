"""Approvers, strategists and administrators sign in with a second factor."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import SECOND_FACTOR_ROLES, Membership, User
from common import clock

_PASSED = "second_factor_seen"


class SecondFactorMiddleware:
    """Lead whoever must have a second factor and has none to the page that sets it up.

    Sample accounts may skip it. The answer is kept in the session once it is yes.
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
        ):
            must = (
                user.is_staff
                or Membership.objects.current(clock.today())
                .with_role(*SECOND_FACTOR_ROLES)
                .filter(user=user)
                .exists()
            )
            if must and not Authenticator.objects.filter(user=user).exists():
                return redirect(reverse("mfa_index"))
            request.session[_PASSED] = True
        return self.get_response(request)
