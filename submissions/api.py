"""API v1: fiscal years and quarters with their states and deadlines."""

from rest_framework.permissions import AllowAny
from rest_framework.routers import BaseRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from submissions.models import FiscalYear, Quarter


class FiscalYearSerializer(ModelSerializer[FiscalYear]):
    """A Thai fiscal year of the Buddhist Era."""

    class Meta:
        model = FiscalYear
        fields = ("year", "is_sample", "thresholds")


class FiscalYearViewSet(ReadOnlyModelViewSet[FiscalYear]):
    """Fiscal years, the newest first."""

    queryset = FiscalYear.objects.order_by("-year")
    serializer_class = FiscalYearSerializer
    permission_classes = (AllowAny,)


class QuarterSerializer(ModelSerializer[Quarter]):
    """A quarter with its state and deadlines."""

    class Meta:
        model = Quarter
        fields = (
            *("id", "fiscal_year", "number", "state", "report_due_date", "approve_due_date"),
            *("accept_due_date", "opened_at", "closed_at"),
        )


class QuarterViewSet(ReadOnlyModelViewSet[Quarter]):
    """Quarters in time order."""

    queryset = Quarter.objects.in_time_order()
    serializer_class = QuarterSerializer
    permission_classes = (AllowAny,)
    filterset_fields = ("fiscal_year", "number", "state")


def register(router: BaseRouter) -> None:
    """Hang the resources under the API's root."""
    router.register("fiscal-years", FiscalYearViewSet, basename="fiscal-year")
    router.register("quarters", QuarterViewSet, basename="quarter")
