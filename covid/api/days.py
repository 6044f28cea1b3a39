"""API v1: the days that operators keep, of facilities and of districts."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
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
from rest_framework.viewsets import GenericViewSet

from accounts.models import Area, Role, User
from common import clock
from covid.actions import OccupancyEntry, SituationEntry, record_day
from covid.models import (
    DailySituation,
    Facility,
    Incident,
    Occupancy,
)
from submissions.rules import standing_of


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


class SituationSerializer(ModelSerializer[DailySituation]):
    """A district's day; null is not known."""

    incident = CharField(source="incident.code", read_only=True)
    area = CharField(source="area.code", read_only=True)

    class Meta:
        model = DailySituation
        fields = (
            *("id", "incident", "area", "day", "cases", "deaths", "tested", "vaccinated", "note"),
            *("version", "is_sample"),
        )


class SituationTypedSerializer(Serializer[Any]):
    """A district's day as typed; `version` is the one seen, 0 for a new day."""

    incident = SlugRelatedField(slug_field="code", queryset=Incident.objects.all())
    area = SlugRelatedField(
        slug_field="code", queryset=Area.objects.filter(kind=Area.Kind.DISTRICT)
    )
    day = DateField()
    cases = IntegerField(min_value=0)
    deaths = IntegerField(min_value=0)
    tested = IntegerField(min_value=0, required=False, allow_null=True, default=None)
    vaccinated = IntegerField(min_value=0, required=False, allow_null=True, default=None)
    note = CharField(required=False, allow_blank=True, default="")
    version = IntegerField(min_value=0, required=False, default=0)


class SituationViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[DailySituation]):
    """Days of districts, for operators and those who look over all."""

    queryset = DailySituation.objects.none()
    serializer_class = SituationSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("day", "area__code", "incident__code")

    def get_queryset(self) -> QuerySet[DailySituation]:
        standing = standing_of(self.request.user, clock.today())
        if not (standing.sees_province or standing.has(Role.OPERATOR)):
            return DailySituation.objects.none()
        return DailySituation.objects.select_related("incident", "area").order_by(
            "-day", "area__code"
        )

    @extend_schema(request=SituationTypedSerializer, responses={201: SituationSerializer})
    def create(self, request: Request) -> Response:
        """Write a district's day down."""
        assert isinstance(request.user, User)
        typed = SituationTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        said = dict(typed.validated_data)
        incident, day = said.pop("incident"), said.pop("day")
        kept = record_day(
            incident=incident,
            day=day,
            situations=[SituationEntry(**said)],
            by=request.user,
            at=clock.now(),
        )
        return Response(self.get_serializer(kept.situations[0]).data, status=HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register("covid-occupancies", OccupancyViewSet, basename="covid-occupancy")
    router.register("covid-situations", SituationViewSet, basename="covid-situation")
