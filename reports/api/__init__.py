"""Reports over the API: editions, and what is corrected after a quarter was closed."""

from rest_framework.routers import BaseRouter

from reports.api.corrections import CorrectionViewSet, ReopeningViewSet, RestatementViewSet
from reports.api.editions import ReportViewSet


def register(router: BaseRouter) -> None:
    """Hang the resources under the API's root."""
    router.register("reports", ReportViewSet, basename="report")
    router.register("reopenings", ReopeningViewSet, basename="reopening")
    router.register("corrections", CorrectionViewSet, basename="correction")
    router.register("restatements", RestatementViewSet, basename="restatement")
