"""API v1: contracts, from being planned to being signed or taken back."""

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
from budget.models import Allocation, Contract
from common import clock
from common.exact import ExactSerializer


class ContractSerializer(ExactSerializer[Contract]):
    """Something to be bought under an allocation; unsigned until a date says otherwise."""

    allocation = serializers.CharField(source="allocation.code", read_only=True)
    spending_agency = serializers.CharField(
        source="allocation.spending_agency.code", read_only=True
    )

    class Meta:
        model = Contract
        fields = (
            *("id", "allocation", "spending_agency", "kind", "name_th", "amount"),
            *("own_due_date", "signed_date", "number", "party_th", "cancelled_reason"),
            *("version", "is_sample"),
        )


class ContractTypedSerializer(serializers.Serializer[Any]):
    """Something to be contracted."""

    allocation = serializers.SlugRelatedField(slug_field="code", queryset=Allocation.objects.none())
    kind = serializers.ChoiceField(choices=Contract.Kind.choices)
    name_th = serializers.CharField(max_length=500)
    amount = serializers.DecimalField(**BAHT, min_value=Decimal("0.01"))
    own_due_date = serializers.DateField(required=False, allow_null=True, default=None)
    is_confirmed = serializers.BooleanField(required=False, default=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Allocation.objects.visible_to(self.context["standing"])
            self.fields["allocation"].queryset = (  # type: ignore[attr-defined]
                visible.with_owner_and_spender()
            )


class ContractSignedSerializer(serializers.Serializer[Any]):
    """When a contract was signed, under which number, with whom."""

    signed_date = serializers.DateField()
    number = serializers.CharField(max_length=120)
    party_th = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ContractCancelledSerializer(serializers.Serializer[Any]):
    """Why something is not contracted any more."""

    reason = serializers.CharField()


class ContractViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Contract]):
    """Contracts of the allocations that the caller may see."""

    queryset = Contract.objects.none()
    serializer_class = ContractSerializer
    filterset_fields = {
        "allocation__code": ["exact"],
        "allocation__fiscal_year": ["exact"],
        "allocation__spending_agency__code": ["exact"],
        "kind": ["exact"],
        "signed_date": ["exact", "isnull"],
    }

    def get_queryset(self) -> QuerySet[Contract]:
        contracts = Contract.objects.visible_to(standing_here(self.request))
        return contracts.with_allocation().in_code_order()

    @extend_schema(
        request=ContractTypedSerializer(many=True), responses={201: ContractSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Plan contracts: one, or a list that is kept whole or not at all."""
        user = signed_in(request)
        many = isinstance(request.data, list)
        typed = ContractTypedSerializer(
            data=request.data, many=many, context={"standing": standing_here(request)}
        )
        typed.is_valid(raise_exception=True)
        given = typed.validated_data if many else [typed.validated_data]
        contracts = actions.plan_contracts(
            contracts=[actions.ContractInput(**values) for values in given],
            by=user,
            at=clock.now(),
        )
        answer = ContractSerializer(contracts, many=True).data
        return Response(answer if many else answer[0], status=status.HTTP_201_CREATED)

    @extend_schema(request=ContractSignedSerializer, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str | None = None) -> Response:
        """Note that the contract was signed."""
        user, contract = signed_in(request), self.get_object()
        typed = ContractSignedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        contract = actions.sign_contract(
            contract=contract, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(ContractSerializer(contract).data)

    @extend_schema(request=ContractCancelledSerializer, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Take back that something is to be contracted."""
        user, contract = signed_in(request), self.get_object()
        typed = ContractCancelledSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        contract = actions.cancel_contract(
            contract=contract, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(ContractSerializer(contract).data)
