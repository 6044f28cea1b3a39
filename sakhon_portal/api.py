"""The API's root and its one way to say no."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.decorators import login_not_required
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.views import exception_handler

from common.refusal import EntriesRefused, Refused


def refuse_with_a_sentence(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal with 409, its sentence and its code."""
    if not isinstance(error, Refused):
        return exception_handler(error, context)
    answer: dict[str, Any] = {"detail": error.sentence, "code": error.code}
    if isinstance(error, EntriesRefused):
        answer["entries"] = {
            str(position): {"detail": refusal.sentence, "code": refusal.code}
            for position, refusal in error.by_entry.items()
        }
    return Response(answer, status=409)


class Root(APIRootView):
    """Provincial strategy and KPI portal, version 1."""


class Router(DefaultRouter):
    """A router whose views decide for themselves who may read what.

    So the sign-in page never answers a machine.
    """

    APIRootView = Root

    def get_urls(self) -> list[Any]:
        urls = super().get_urls()
        for url in urls:
            assert url.callback is not None
            url.callback = login_not_required(url.callback)
        return urls


_APPS = (
    "submissions",
    "accounts",
    "strategy",
    "kpi",
    "projects",
    "budget",
    "covid",
    "learning",
    "reports",
    "spreadsheets",
    "planning",
    "meetings",
)

router = Router()
for app in _APPS:
    if find_spec(f"{app}.api"):
        import_module(f"{app}.api").register(router)
