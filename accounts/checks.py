"""Refuse to run in earnest while sample accounts, whose password is published, are there."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError


def check_no_sample_accounts(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Find sample accounts where DEBUG is off; asked with the database checks and at the start."""
    if settings.DEBUG:
        return []
    user_model = apps.get_model("accounts", "User")
    try:
        found = user_model._default_manager.filter(is_sample=True, is_active=True).count()
    except DatabaseError:
        # Not migrated yet: nobody is there.
        return []
    if not found:
        return []
    return [
        Error(
            f"{found} sample accounts are active, and their password is published.",
            hint="Load the province into a database without the sample, or set DEBUG=on.",
            id="accounts.E001",
        )
    ]
