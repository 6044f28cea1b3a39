"""API v1: facilities of an incident as stated."""

from rest_framework.permissions import AllowAny
from rest_framework.routers import BaseRouter
from rest_framework.serializers import CharField, ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from covid.models import FacilityCount


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


def register(router: BaseRouter) -> None:
    """Hang the resource under the API's root."""
    router.register("covid-facilities", FacilityViewSet, basename="covid-facility")
