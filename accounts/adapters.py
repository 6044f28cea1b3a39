"""How allauth behaves here: nobody signs up, people are invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Close sign-up; accounts are made by administrators and opened by an invitation link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
