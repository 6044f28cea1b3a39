"""API v1: facilities of an incident as stated, and the days that operators keep."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.serializers import (
    CharField,
    DateField,
    IntegerField,
    ModelSerializer,
    Serializer,
    SlugRelatedField,
)
from rest_framework.status import HTTP_201_CREATED
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.models import Role, User
from common import clock
from covid.actions import OccupancyEntry, record_day
from covid.models import (
    CaseFinding,
    Facility,
    FacilityCount,
    Factory,
    FactoryInspection,
    Incident,
    Occupancy,
    SupplyRequest,
    Vaccination,
)
from submissions.rules import standing_of


class FacilitySerializer(ModelSerializer[FacilityCount]):
    """Sites and beds of a type, in an area or (null) as the stated total."""

    incident = CharField(source="incident.code", read_only=True)
    area = CharField(source="area.code", allow_null=True, default=None, read_only=True)

    class Meta:
        model = FacilityCount
        fields = (
            *("id", "incident", "kind", "label_th", "label_en", "area", "sites", "beds"),
            *("as_of_date", "source"),
        )


class FacilityViewSet(ReadOnlyModelViewSet[FacilityCount]):
    """Facilities by type and area."""

    queryset = FacilityCount.objects.select_related("incident", "area").in_order()
    serializer_class = FacilitySerializer
    permission_classes = (AllowAny,)
    filterset_fields = ("kind", "area__code")


class OccupancySerializer(ModelSerializer[Occupancy]):
    """A facility at the end of a day."""

    incident = CharField(source="facility.incident.code", read_only=True)
    facility = CharField(source="facility.code", read_only=True)
    area = CharField(source="facility.area.code", read_only=True)

    class Meta:
        model = Occupancy
        fields = (
            *("id", "incident", "facility", "area", "day", "beds", "patients", "admitted"),
            *("discharged", "note", "version", "is_sample"),
        )


class OccupancyTypedSerializer(Serializer[Any]):
    """A facility's day as typed; `version` is the one seen, 0 for a new day."""

    incident = SlugRelatedField(slug_field="code", queryset=Incident.objects.all())
    facility = CharField()
    day = DateField()
    patients = IntegerField(min_value=0)
    admitted = IntegerField(min_value=0)
    discharged = IntegerField(min_value=0)
    note = CharField(required=False, allow_blank=True, default="")
    version = IntegerField(min_value=0, required=False, default=0)


class OccupancyViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Occupancy]):
    """Days of facilities, for operators and those who look over all."""

    queryset = Occupancy.objects.none()
    serializer_class = OccupancySerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("day", "facility__code", "facility__incident__code")

    def get_queryset(self) -> QuerySet[Occupancy]:
        standing = standing_of(self.request.user, clock.today())
        if not (standing.sees_province or standing.has(Role.OPERATOR)):
            return Occupancy.objects.none()
        return Occupancy.objects.select_related("facility__incident", "facility__area").order_by(
            "-day", "facility__code"
        )

    @extend_schema(request=OccupancyTypedSerializer, responses={201: OccupancySerializer})
    def create(self, request: Request) -> Response:
        """Write a facility's day down."""
        assert isinstance(request.user, User)
        typed = OccupancyTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        said = dict(typed.validated_data)
        incident, day = said.pop("incident"), said.pop("day")
        facility = get_object_or_404(Facility, incident=incident, code=said.pop("facility"))
        kept = record_day(
            incident=incident,
            day=day,
            occupancies=[OccupancyEntry(facility=facility, **said)],
            by=request.user,
            at=clock.now(),
        )
        return Response(self.get_serializer(kept.occupancies[0]).data, status=HTTP_201_CREATED)


class FactoryInspectionSerializer(ModelSerializer[FactoryInspection]):
    """A visit to a factory."""

    class Meta:
        model = FactoryInspection
        fields = ("id", "day", "inspector_th", "tested", "found", "outcome", "note", "is_sample")


class RegisterSerializer(ModelSerializer[Any]):
    """What rows of the response have in common."""

    incident = CharField(source="incident.code", read_only=True)
    area = CharField(source="area.code", read_only=True)


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
    """Hang the resource under the API's root."""
    router.register("covid-facilities", FacilityViewSet, basename="covid-facility")
    router.register("covid-occupancies", OccupancyViewSet, basename="covid-occupancy")
    router.register("covid-factories", FactoryViewSet, basename="covid-factory")
    router.register("covid-case-findings", CaseFindingViewSet, basename="covid-case-finding")
    router.register("covid-vaccinations", VaccinationViewSet, basename="covid-vaccination")
    router.register("covid-supply-requests", SupplyRequestViewSet, basename="covid-supply-request")
