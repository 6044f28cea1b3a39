"""API v1: projects, their progress, risks and visits, by the same rules and verbs as the pages."""

from rest_framework.routers import BaseRouter

from projects.api import works
from projects.api.months import register_months
from projects.api.oversight import register_oversight


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    works.register(router)
    register_months(router)
    register_oversight(router)
