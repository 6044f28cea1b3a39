"""The page behind an invitation link."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator


@method_decorator(login_not_required, name="dispatch")
class Invitation(PasswordResetConfirmView):
    """Let a person who was invited choose a password, once."""

    template_name = "accounts/invitation.html"
    success_url: Any = reverse_lazy("account_login")
