"""The API's root and its one way to say no."""

from typing import Any

from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
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


router = DefaultRouter()
router.root_view_name = "api-root"

__all__ = ["refuse_with_a_sentence", "router"]
