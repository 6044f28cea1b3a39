"""API v1: a project's monthly progress, where its year asks for it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer
from projects import actions
from projects.actions.months import WORDS
from projects.api.works import (
    ActivityPercentSerializer,
    ReasonSerializer,
    ReportTypedSerializer,
)
from projects.models import MonthlyProgress
from submissions.models import Month
from submissions.rules import standing_of


def _standing(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


class MonthlyProgressSerializer(ExactSerializer[MonthlyProgress]):
    """A month's report of a project; months are fiscal (1 is October)."""

    project = serializers.CharField(source="project.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="month.fiscal_year_id", read_only=True)
    month = serializers.IntegerField(source="month.number", read_only=True)
    activities = serializers.SerializerMethodField()
    is_unconfirmed = serializers.BooleanField(source="project.is_unconfirmed", read_only=True)

    class Meta:
        model = MonthlyProgress
        fields = (
            *("id", "project", "fiscal_year", "month", "status", "version", "percent"),
            *("activities", *WORDS),
            *("entered_at", "submitted_at", "approved_at", "returned_at", "return_reason"),
            *("is_unconfirmed", "is_sample"),
        )

    @extend_schema(responses=ActivityPercentSerializer(many=True))
    def get_activities(self, report: MonthlyProgress) -> list[dict[str, Any]]:
        rows = sorted(report.activities.all(), key=lambda row: row.activity_id)
        return [{"activity": row.activity_id, "percent": str(row.percent)} for row in rows]


class MonthlyProgressTypedSerializer(ReportTypedSerializer):
    """A month's report as typed."""

    month = serializers.IntegerField(min_value=1, max_value=12)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        year = attrs.pop("fiscal_year")
        months = Month.objects.select_related("fiscal_year")
        month = months.filter(fiscal_year=year, number=attrs["month"]).first()
        if month is None:
            raise serializers.ValidationError({"month": ["ไม่มีเดือนนี้ในระบบ"]})
        return attrs | {"month": month}


class MonthlyProgressViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[MonthlyProgress]
):
    """Months' reports: signed ones for staff, one's own in any status, none for the public."""

    queryset = MonthlyProgress.objects.none()
    serializer_class = MonthlyProgressSerializer
    filterset_fields = {
        "project__code": ["exact"],
        "month__fiscal_year": ["exact"],
        "month__number": ["exact"],
        "status": ["exact"],
    }

    def get_queryset(self) -> QuerySet[MonthlyProgress]:
        reports = MonthlyProgress.objects.visible_to(_standing(self.request)).with_project()
        return reports.prefetch_related("activities").distinct().order_by("pk")

    @extend_schema(
        request=MonthlyProgressTypedSerializer, responses={201: MonthlyProgressSerializer}
    )
    def create(self, request: Request) -> Response:
        """Keep what is typed as a draft."""
        user = signed_in(request)
        typed = MonthlyProgressTypedSerializer(
            data=request.data, context={"standing": _standing(request)}
        )
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        words = {name: values.pop(name) for name in WORDS if name in values}
        percents = {row["activity"]: row["percent"] for row in values.pop("activities", [])}
        report = actions.save_month_progress(
            activities=percents, words=words, by=user, at=clock.now(), **values
        )
        return Response(MonthlyProgressSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=MonthlyProgressSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        """Send the report to the host's head."""
        user, report = signed_in(request), self.get_object()
        report = actions.submit_month_progress(report=report, by=user, at=clock.now())
        return Response(MonthlyProgressSerializer(report).data)

    @extend_schema(request=None, responses=MonthlyProgressSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Sign the report."""
        user, report = signed_in(request), self.get_object()
        [report] = actions.approve_month_progress(entries=[report], by=user, at=clock.now())
        return Response(MonthlyProgressSerializer(report).data)

    @extend_schema(request=None, responses=MonthlyProgressSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back one's own signature or return of a moment ago."""
        user, report = signed_in(request), self.get_object()
        [report] = actions.undo_month_progress(entries=[report], by=user, at=clock.now())
        return Response(MonthlyProgressSerializer(report).data)

    @extend_schema(request=ReasonSerializer, responses=MonthlyProgressSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str | None = None) -> Response:
        """Send the report back with a reason."""
        user, report = signed_in(request), self.get_object()
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        [report] = actions.return_month_progress(
            entries=[report], by=user, at=clock.now(), **given.validated_data
        )
        return Response(MonthlyProgressSerializer(report).data)


def register_months(router: BaseRouter) -> None:
    """Put the months' resource under the API's root."""
    router.register("monthly-progress", MonthlyProgressViewSet, basename="monthly-progress")
