"""API v1: registers of the response, for operators and those who look over all."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.serializers import CharField, IntegerField, ModelSerializer
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import Role
from accounts.rules import signed_in
from common import clock
from covid.actions import (
    CaseFindingInput,
    FacilityInput,
    FactoryInput,
    InspectionInput,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    put_case_finding,
    put_facility,
    put_factory,
    put_supply_request,
    put_vaccination,
)
from covid.api.kept import KeptByOperators, PlacedSerializer, told
from covid.models import (
    CaseFinding,
    Facility,
    Factory,
    FactoryInspection,
    SupplyRequest,
    Vaccination,
)
from submissions.rules import standing_of


class FactoryInspectionSerializer(ModelSerializer[FactoryInspection]):
    """A visit to a factory."""

    class Meta:
        model = FactoryInspection
        fields = (
            *("id", "day", "inspector_th", "tested", "found", "outcome", "note", "version"),
            "is_sample",
        )


class InspectionTypedSerializer(ModelSerializer[FactoryInspection]):
    """A visit as typed; `version` is the one seen, 0 for a new visit."""

    version = IntegerField(min_value=0, required=False, default=0)

    class Meta:
        model = FactoryInspection
        fields = ("day", "inspector_th", "tested", "found", "outcome", "note", "version")


class RegisterSerializer(ModelSerializer[Any]):
    """What rows of the response have in common."""

    incident = CharField(source="incident.code", read_only=True)
    area = CharField(source="area.code", read_only=True)


class RegisteredFacilitySerializer(RegisterSerializer):
    """A place with beds: its kind, district, operator, and when it was certified."""

    class Meta:
        model = Facility
        fields = (
            *("id", "incident", "area", "code", "kind", "name_th", "name_en", "operator_th"),
            *("beds", "certified_date", "from_date", "until_date", "version", "is_sample"),
        )


class FactorySerializer(RegisterSerializer):
    """A factory under Bubble & Seal, with its inspections."""

    inspections = FactoryInspectionSerializer(many=True, read_only=True)

    class Meta:
        model = Factory
        fields = (
            *("id", "incident", "area", "code", "name_th", "name_en", "thai_workers"),
            *("foreign_workers", "status", "from_date", "until_date", "inspections", "note"),
            *("version", "is_sample"),
        )


class CaseFindingSerializer(RegisterSerializer):
    """A round of active case finding; `found` is null until it is known."""

    class Meta:
        model = CaseFinding
        fields = (
            *("id", "incident", "area", "day", "place", "place_th", "tested", "found", "note"),
            *("version", "is_sample"),
        )


class VaccinationSerializer(RegisterSerializer):
    """Vaccine given up to a day, beside the target."""

    class Meta:
        model = Vaccination
        fields = (
            *("id", "incident", "area", "dose", "group", "day", "given", "target", "note"),
            *("version", "is_sample"),
        )


class SupplyRequestSerializer(RegisterSerializer):
    """Something that was asked for, what was given, and what is lacking."""

    lacking = IntegerField(read_only=True)

    class Meta:
        model = SupplyRequest
        fields = (
            *("id", "incident", "area", "day", "requester_th", "item_th", "unit_th", "asked"),
            *("given", "lacking", "needed_date", "closed_reason", "note", "version", "is_sample"),
        )


class FacilityTypedSerializer(PlacedSerializer):
    """A place with beds as typed; its past days keep the beds that they had."""

    class Meta:
        model = Facility
        # What is there already, the verb says.
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "area", "code", "kind", "name_th", "name_en", "operator_th", "beds"),
            *("certified_date", "from_date", "until_date", "version"),
        )


class FactoryTypedSerializer(PlacedSerializer):
    """A factory under Bubble & Seal as typed."""

    class Meta:
        model = Factory
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "area", "code", "name_th", "name_en", "thai_workers"),
            *("foreign_workers", "status", "from_date", "until_date", "note", "version"),
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {"status": {"required": True}}


class CaseFindingTypedSerializer(PlacedSerializer):
    """A round of case finding as typed; `found` may follow later."""

    class Meta:
        model = CaseFinding
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "area", "day", "place", "place_th", "tested", "found", "note"),
            "version",
        )


class VaccinationTypedSerializer(PlacedSerializer):
    """Vaccine given up to a day as typed."""

    class Meta:
        model = Vaccination
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "area", "dose", "group", "day", "given", "target", "note", "version"),
        )


class SupplyTypedSerializer(PlacedSerializer):
    """A request as typed; a reason closes it."""

    class Meta:
        model = SupplyRequest
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "area", "day", "requester_th", "item_th", "unit_th", "asked", "given"),
            *("needed_date", "closed_reason", "note", "version"),
        )


class RegisterViewSet(ReadOnlyModelViewSet[Any]):
    """A register of the response, for operators and those who look over all."""

    permission_classes = (IsAuthenticated,)
    filterset_fields: tuple[str, ...] = ("incident__code", "area__code")

    def get_queryset(self) -> QuerySet[Any]:
        standing = standing_of(self.request.user, clock.today())
        rows = super().get_queryset()
        if not (standing.sees_province or standing.has(Role.OPERATOR)):
            return rows.none()
        return rows.select_related("incident", "area")


class KeptViewSet(KeptByOperators, RegisterViewSet):
    """A register that operators keep over the API too, by the desk's verb."""


@told(FacilityTypedSerializer, RegisteredFacilitySerializer)
class RegisteredFacilityViewSet(KeptViewSet):
    """Places with beds, one by one; their days are `covid-occupancies`."""

    queryset = Facility.objects.in_order()
    serializer_class = RegisteredFacilitySerializer
    typed = FacilityTypedSerializer
    row = FacilityInput
    verb = staticmethod(put_facility)
    called = "facility"
    filterset_fields = (*RegisterViewSet.filterset_fields, "kind")


@told(FactoryTypedSerializer, FactorySerializer)
class FactoryViewSet(KeptViewSet):
    """Factories under Bubble & Seal."""

    queryset = Factory.objects.prefetch_related("inspections").in_order()
    serializer_class = FactorySerializer
    typed = FactoryTypedSerializer
    row = FactoryInput
    verb = staticmethod(put_factory)
    filterset_fields = (*RegisterViewSet.filterset_fields, "status")

    @extend_schema(request=InspectionTypedSerializer, responses={201: FactoryInspectionSerializer})
    @action(detail=True, methods=["post"])
    def inspections(self, request: Request, pk: str) -> Response:
        """Write a visit to the factory down."""
        return self._inspect(request, None, HTTP_201_CREATED)

    @extend_schema(request=InspectionTypedSerializer, responses=FactoryInspectionSerializer)
    @action(
        detail=True,
        methods=["put"],
        url_path=r"inspections/(?P<visit>\d+)",
        url_name="inspection",
    )
    def inspection(self, request: Request, pk: str, visit: str) -> Response:
        """Put a visit right as it was seen."""
        visits = FactoryInspection.objects.filter(factory=self.get_object())
        return self._inspect(request, get_object_or_404(visits, pk=visit), HTTP_200_OK)

    def _inspect(self, request: Request, visit: FactoryInspection | None, code: int) -> Response:
        typed = InspectionTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        given = dict(typed.validated_data)
        kept = inspect_factory(
            factory=self.get_object(),
            version=given.pop("version"),
            row=InspectionInput(**given),
            instead_of=visit,
            by=signed_in(request),
            at=clock.now(),
        )
        return Response(FactoryInspectionSerializer(kept).data, status=code)


@told(CaseFindingTypedSerializer, CaseFindingSerializer)
class CaseFindingViewSet(KeptViewSet):
    """Rounds of active case finding."""

    queryset = CaseFinding.objects.newest_first()
    serializer_class = CaseFindingSerializer
    typed = CaseFindingTypedSerializer
    row = CaseFindingInput
    verb = staticmethod(put_case_finding)
    filterset_fields = (*RegisterViewSet.filterset_fields, "day", "place")


@told(VaccinationTypedSerializer, VaccinationSerializer)
class VaccinationViewSet(KeptViewSet):
    """Vaccine given, by dose, group and district."""

    queryset = Vaccination.objects.in_order()
    serializer_class = VaccinationSerializer
    typed = VaccinationTypedSerializer
    row = VaccinationInput
    verb = staticmethod(put_vaccination)
    filterset_fields = (*RegisterViewSet.filterset_fields, "day", "dose", "group")


@told(SupplyTypedSerializer, SupplyRequestSerializer)
class SupplyRequestViewSet(KeptViewSet):
    """Requests for supplies."""

    queryset = SupplyRequest.objects.in_order()
    serializer_class = SupplyRequestSerializer
    typed = SupplyTypedSerializer
    row = SupplyInput
    verb = staticmethod(put_supply_request)


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register(
        "covid-registered-facilities",
        RegisteredFacilityViewSet,
        basename="covid-registered-facility",
    )
    router.register("covid-factories", FactoryViewSet, basename="covid-factory")
    router.register("covid-case-findings", CaseFindingViewSet, basename="covid-case-finding")
    router.register("covid-vaccinations", VaccinationViewSet, basename="covid-vaccination")
    router.register("covid-supply-requests", SupplyRequestViewSet, basename="covid-supply-request")
