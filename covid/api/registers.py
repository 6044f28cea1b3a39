"""API v1: registers of the response, for operators and those who look over all."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import BaseRouter
from rest_framework.serializers import (
    CharField,
    IntegerField,
    ModelSerializer,
)
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import Role
from common import clock
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
        fields = ("id", "day", "inspector_th", "tested", "found", "outcome", "note", "is_sample")


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
            *("beds", "certified_date", "from_date", "until_date", "is_sample"),
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


class RegisteredFacilityViewSet(RegisterViewSet):
    """Places with beds, one by one; their days are `covid-occupancies`."""

    queryset = Facility.objects.in_order()
    serializer_class = RegisteredFacilitySerializer
    filterset_fields = (*RegisterViewSet.filterset_fields, "kind")


class FactoryViewSet(RegisterViewSet):
    """Factories under Bubble & Seal."""

    queryset = Factory.objects.prefetch_related("inspections").in_order()
    serializer_class = FactorySerializer
    filterset_fields = (*RegisterViewSet.filterset_fields, "status")


class CaseFindingViewSet(RegisterViewSet):
    """Rounds of active case finding."""

    queryset = CaseFinding.objects.newest_first()
    serializer_class = CaseFindingSerializer
    filterset_fields = (*RegisterViewSet.filterset_fields, "day", "place")


class VaccinationViewSet(RegisterViewSet):
    """Vaccine given, by dose, group and district."""

    queryset = Vaccination.objects.in_order()
    serializer_class = VaccinationSerializer
    filterset_fields = (*RegisterViewSet.filterset_fields, "day", "dose", "group")


class SupplyRequestViewSet(RegisterViewSet):
    """Requests for supplies."""

    queryset = SupplyRequest.objects.in_order()
    serializer_class = SupplyRequestSerializer


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
