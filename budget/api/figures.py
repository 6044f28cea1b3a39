"""API v1: months' disbursements, by the same rules and verbs as the pages."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.rules import signed_in
from budget import actions
from budget.api.frame import BAHT, standing_here
from budget.models import Allocation, MoneyScope, MonthlyFigure, explain_path
from common import clock
from common.exact import ExactSerializer
from submissions.models import Month


class DisbursementSerializer(ExactSerializer[MonthlyFigure]):
    """What was disbursed to date and is obligated at a month's end, in baht."""

    allocation = serializers.CharField(source="allocation.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="month.fiscal_year_id", read_only=True)
    month = serializers.IntegerField(source="month.number", read_only=True)
    is_unconfirmed = serializers.BooleanField(source="allocation.is_unconfirmed", read_only=True)
    # Where the spending agency's money and rates of the month are explained.
    explain = serializers.SerializerMethodField()

    class Meta:
        model = MonthlyFigure
        fields = (
            *("id", "allocation", "fiscal_year", "month", "disbursed_to_date", "obligated"),
            *("status", "version", "note", "entered_at", "submitted_at", "approved_at"),
            *("returned_at", "return_reason", "is_unconfirmed", "is_sample", "explain"),
        )

    def get_explain(self, figure: MonthlyFigure) -> str:
        month = figure.month
        spender = figure.allocation.spending_agency_id
        return explain_path(MoneyScope.Kind.AGENCY, spender, month.fiscal_year_id, month.number)


class DisbursementTypedSerializer(serializers.Serializer[Any]):
    """A month's figures as typed; months are fiscal (1 is October), null empties a figure."""

    allocation = serializers.SlugRelatedField(slug_field="code", queryset=Allocation.objects.none())
    fiscal_year = serializers.IntegerField()
    month = serializers.IntegerField(min_value=1, max_value=12)
    disbursed_to_date = serializers.DecimalField(**BAHT, min_value=Decimal(0), allow_null=True)
    obligated = serializers.DecimalField(**BAHT, min_value=Decimal(0), allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Allocation.objects.visible_to(self.context["standing"])
            self.fields["allocation"].queryset = visible  # type: ignore[attr-defined]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        year = attrs.pop("fiscal_year")
        month = Month.objects.filter(fiscal_year=year, number=attrs["month"]).first()
        if month is None:
            raise serializers.ValidationError({"month": ["ไม่มีเดือนนี้ในระบบ"]})
        return attrs | {"month": month}


class ReturnSerializer(serializers.Serializer[Any]):
    """Why a figure goes back."""

    reason = serializers.CharField()


class CorrectionSerializer(serializers.Serializer[Any]):
    """What a signed figure becomes, and why."""

    disbursed_to_date = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    obligated = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    reason = serializers.CharField()


class DisbursementViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[MonthlyFigure]
):
    """Months' figures of the allocations that the caller may see."""

    queryset = MonthlyFigure.objects.none()
    serializer_class = DisbursementSerializer
    filterset_fields = {
        "allocation__code": ["exact"],
        "month__fiscal_year": ["exact"],
        "month__number": ["exact"],
        "status": ["exact"],
    }

    def get_queryset(self) -> QuerySet[MonthlyFigure]:
        figures = MonthlyFigure.objects.visible_to(standing_here(self.request))
        return figures.with_allocation().order_by("pk")

    @extend_schema(
        request=DisbursementTypedSerializer(many=True),
        responses={201: DisbursementSerializer(many=True)},
    )
    def create(self, request: Request) -> Response:
        """Keep what is typed as drafts: one figure, or a list that is kept whole or not at all."""
        user = signed_in(request)
        many = isinstance(request.data, list)
        typed = DisbursementTypedSerializer(
            data=request.data, many=many, context={"standing": standing_here(request)}
        )
        typed.is_valid(raise_exception=True)
        given = typed.validated_data if many else [typed.validated_data]
        figures = actions.record_monthly_figures(
            entries=[actions.MonthlyInput(**values) for values in given],
            by=user,
            at=clock.now(),
        )
        answer = DisbursementSerializer(figures, many=True).data
        return Response(answer if many else answer[0], status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DisbursementSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        """Send the figure to the spending agency's head."""
        user, figure = signed_in(request), self.get_object()
        [figure] = actions.submit_monthly_figures(entries=[figure], by=user, at=clock.now())
        return Response(DisbursementSerializer(figure).data)

    @extend_schema(request=None, responses=DisbursementSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Sign the figure."""
        user, figure = signed_in(request), self.get_object()
        [figure] = actions.approve_monthly_figures(entries=[figure], by=user, at=clock.now())
        return Response(DisbursementSerializer(figure).data)

    @extend_schema(request=None, responses=DisbursementSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back one's own signature or return of a moment ago."""
        user, figure = signed_in(request), self.get_object()
        [figure] = actions.undo_monthly_figures(entries=[figure], by=user, at=clock.now())
        return Response(DisbursementSerializer(figure).data)

    @extend_schema(request=ReturnSerializer, responses=DisbursementSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str | None = None) -> Response:
        """Send the figure back with a reason."""
        user, figure = signed_in(request), self.get_object()
        given = ReturnSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        [figure] = actions.return_monthly_figures(
            entries=[figure], reason=given.validated_data["reason"], by=user, at=clock.now()
        )
        return Response(DisbursementSerializer(figure).data)

    @extend_schema(request=CorrectionSerializer, responses=DisbursementSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str | None = None) -> Response:
        """Correct a signed figure with a reason."""
        user, figure = signed_in(request), self.get_object()
        given = CorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.correct_disbursement(figure=figure, by=user, at=clock.now(), **given.validated_data)
        return Response(DisbursementSerializer(figure).data)
