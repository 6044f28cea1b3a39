"""What the administrator's role opens in the admin: people and reference data, no figure."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts.models import Role, User
from accounts.rules import standing_of
from common import clock

# Apps whose rows are people or reference data. Workflow rows in them are read-only by their admins.
ADMINISTERED = frozenset(
    {"accounts", "strategy", "submissions", "meetings", "covid", "audit", "jobruns", "reminders"}
    | {"axes", "django_celery_beat", "account"}
)


class AdministratorBackend(BaseBackend):
    """Grant the admin's permissions to whoever holds the administrator's role today."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        return self.has_module_perms(user_obj, perm.partition(".")[0])

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        return app_label in ADMINISTERED and _is_administrator(user_obj)


def _is_administrator(user: Any) -> bool:
    """Ask once for each request's user object; the admin asks for every model."""
    if not isinstance(user, User) or not user.is_active:
        return False
    known: bool | None = user.__dict__.get("_is_administrator")
    if known is None:
        known = standing_of(user, clock.today()).has(Role.ADMIN)
        user.__dict__["_is_administrator"] = known
    return known
