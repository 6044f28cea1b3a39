"""How allauth behaves here: nobody signs up, and each lands where the day's work is."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import Role
from accounts.rules import standing_of
from common import clock

# Where a role lands after signing in; whoever reports or signs has a desk, whatever else he is.
_DESK = frozenset(
    {
        Role.REPORTER,
        Role.APPROVER,
        Role.STRATEGIST,
        Role.INSPECTOR,
        Role.PLANNER,
        Role.OPERATOR,
        Role.HR,
    }
)


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Close sign-up; accounts are made by administrators and opened by an invitation link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page of the person's role."""
        standing = standing_of(request.user, clock.today())
        if standing.has(*_DESK):
            return "/desk/"
        if standing.has(Role.GOVERNOR, Role.VIEWER):
            return "/dashboard/"
        if standing.has(Role.COMPTROLLER):
            return "/desk/budget/"
        return "/admin/" if standing.has(Role.ADMIN) else "/"
