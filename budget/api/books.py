"""API v1: allocations with what changes them, and transfers between them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.rules import signed_in
from budget import actions
from budget.api.frame import BAHT, standing_here
from budget.models import Allocation, OutsideReceipt, Transfer
from common import clock
from common.exact import ExactSerializer


class AllocationSerializer(ExactSerializer[Allocation]):
    """Money of a project, source, type and year, in baht."""

    project = serializers.CharField(source="project.code", read_only=True, default=None)
    source = serializers.CharField(source="source.code", read_only=True)  # type: ignore[assignment]
    fiscal_year = serializers.IntegerField(source="fiscal_year_id", read_only=True)
    owner_agency = serializers.CharField(source="owner_agency.code", read_only=True)
    spending_agency = serializers.CharField(source="spending_agency.code", read_only=True)
    is_unconfirmed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Allocation
        fields = (
            *("id", "code", "name_th", "project", "source", "expenditure_type", "fiscal_year"),
            *("origin_year", "owner_agency", "spending_agency", "appropriation", "outside"),
            *("transferred_in", "transferred_out", "revised", "allotted", "obligated"),
            *("disbursed", "reserved_with_obligation", "reserved_without_obligation"),
            *("returned", "savings", "is_provisional", "is_unconfirmed", "version", "is_sample"),
        )


class SettlementSerializer(serializers.Serializer[Any]):
    """What of an allocation is left over, set aside for the next year, or given back."""

    savings = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    reserved_with_obligation = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    reserved_without_obligation = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    returned = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    reason = serializers.CharField()
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class EnactedSerializer(serializers.Serializer[Any]):
    """The act's amount in the place of the provisional one."""

    appropriation = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    allotted = serializers.DecimalField(**BAHT, min_value=Decimal(0))
    reference = serializers.CharField()
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    # That an amount a thousand or a million times off is right.
    is_confirmed = serializers.BooleanField(required=False, default=False)


class ReceivedSerializer(serializers.Serializer[Any]):
    """Money from outside the budget act."""

    amount = serializers.DecimalField(**BAHT, min_value=Decimal("0.01"))
    received_date = serializers.DateField()
    reference = serializers.CharField(max_length=300)
    is_confirmed = serializers.BooleanField(required=False, default=False)


class ReceiptSerializer(ExactSerializer[OutsideReceipt]):
    """What came from outside, and to which allocation."""

    allocation = serializers.CharField(source="allocation.code", read_only=True)

    class Meta:
        model = OutsideReceipt
        fields = ("id", "allocation", "amount", "received_date", "reference", "made_at")


class AllocationViewSet(ReadOnlyModelViewSet[Allocation]):
    """Allocations, for those who hold or spend them and those who look over all."""

    queryset = Allocation.objects.none()
    serializer_class = AllocationSerializer
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    filterset_fields = {
        "fiscal_year": ["exact"],
        "origin_year": ["exact"],
        "expenditure_type": ["exact"],
        "source__code": ["exact"],
        "project__code": ["exact"],
        "spending_agency__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Allocation]:
        allocations = Allocation.objects.visible_to(standing_here(self.request))
        return allocations.with_owner_and_spender().in_code_order()

    @extend_schema(request=SettlementSerializer, responses=AllocationSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, code: str | None = None) -> Response:
        """Write what is saved, set aside for the next year, or given back."""
        user, allocation = signed_in(request), self.get_object()
        typed = SettlementSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        allocation = actions.settle_allocation(
            allocation=allocation,
            settlement=actions.Settlement(**typed.validated_data),
            by=user,
            at=clock.now(),
        )
        return Response(AllocationSerializer(allocation).data)

    @extend_schema(request=None, responses={201: AllocationSerializer})
    @action(detail=True, methods=["post"], url_path="carry-over")
    def carry_over(self, request: Request, code: str | None = None) -> Response:
        """Open what is set aside in the next fiscal year; the answer is the row there."""
        user, allocation = signed_in(request), self.get_object()
        [row] = actions.carry_over(allocations=[allocation], by=user, at=clock.now())
        return Response(AllocationSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EnactedSerializer, responses=AllocationSerializer)
    @action(detail=True, methods=["post"])
    def enact(self, request: Request, code: str | None = None) -> Response:
        """Put the act's amount in the place of the provisional one."""
        user, allocation = signed_in(request), self.get_object()
        typed = EnactedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        allocation = actions.enact_allocation(
            allocation=allocation, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(AllocationSerializer(allocation).data)

    @extend_schema(request=ReceivedSerializer, responses={201: ReceiptSerializer})
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, code: str | None = None) -> Response:
        """Add money from outside the budget act, and allot it."""
        user, allocation = signed_in(request), self.get_object()
        typed = ReceivedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        receipt = actions.receive_outside_money(
            allocation=allocation, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(ReceiptSerializer(receipt).data, status=status.HTTP_201_CREATED)


class TransferSerializer(ExactSerializer[Transfer]):
    """Money that moved between two allocations of a fiscal year."""

    from_allocation = serializers.CharField(source="from_allocation.code", read_only=True)
    to_allocation = serializers.CharField(source="to_allocation.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="from_allocation.fiscal_year_id", read_only=True)
    is_unconfirmed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Transfer
        fields = (
            *("id", "from_allocation", "to_allocation", "fiscal_year", "amount"),
            *("decided_date", "reason", "made_at", "is_unconfirmed"),
        )


class TransferTypedSerializer(serializers.Serializer[Any]):
    """An amount to move: what leaves one allocation enters the other."""

    from_allocation = serializers.SlugRelatedField(
        slug_field="code", queryset=Allocation.objects.none()
    )
    to_allocation = serializers.SlugRelatedField(
        slug_field="code", queryset=Allocation.objects.none()
    )
    amount = serializers.DecimalField(**BAHT, min_value=Decimal("0.01"))
    decided_date = serializers.DateField()
    reason = serializers.CharField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Allocation.objects.visible_to(self.context["standing"])
            for name in ("from_allocation", "to_allocation"):
                self.fields[name].queryset = (  # type: ignore[attr-defined]
                    visible.with_owner_and_spender()
                )


class TransferViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Transfer]):
    """Transfers that touch an allocation which the caller may see, newest first."""

    queryset = Transfer.objects.none()
    serializer_class = TransferSerializer
    filterset_fields = {
        "from_allocation__code": ["exact"],
        "to_allocation__code": ["exact"],
        "from_allocation__fiscal_year": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Transfer]:
        transfers = Transfer.objects.visible_to(standing_here(self.request))
        return transfers.with_allocations().newest_first()

    @extend_schema(
        request=TransferTypedSerializer(many=True), responses={201: TransferSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Move money: one transfer, or a list that is kept whole or not at all."""
        user = signed_in(request)
        many = isinstance(request.data, list)
        typed = TransferTypedSerializer(
            data=request.data, many=many, context={"standing": standing_here(request)}
        )
        typed.is_valid(raise_exception=True)
        given = typed.validated_data if many else [typed.validated_data]
        transfers = actions.transfer(
            transfers=[actions.TransferInput(**values) for values in given],
            by=user,
            at=clock.now(),
        )
        answer = TransferSerializer(transfers, many=True).data
        return Response(answer if many else answer[0], status=status.HTTP_201_CREATED)
