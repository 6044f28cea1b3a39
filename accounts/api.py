"""API v1: places and agencies; everybody may read them."""

from rest_framework.permissions import AllowAny
from rest_framework.routers import BaseRouter
from rest_framework.serializers import CharField, ModelSerializer, SlugRelatedField
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import Agency, Area


class AreaSerializer(ModelSerializer[Area]):
    """A province, district, tambon or village with its boundary (GeoJSON geometry)."""

    parent_code = CharField(source="parent.code", allow_null=True, default=None, read_only=True)

    class Meta:
        model = Area
        fields = (
            *("code", "kind", "name_th", "name_en", "parent_code", "postal_codes", "point"),
            *("boundary", "official_area_sqkm", "source"),
        )


class AreaViewSet(ReadOnlyModelViewSet[Area]):
    """Areas by code."""

    queryset = Area.objects.select_related("parent").in_code_order()
    serializer_class = AreaSerializer
    permission_classes = (AllowAny,)
    lookup_field = "code"
    filterset_fields = ("kind", "parent__code")


class AgencySerializer(ModelSerializer[Agency]):
    """An agency, a unit inside one, or a budget holder."""

    parent_code = CharField(source="parent.code", allow_null=True, default=None, read_only=True)
    areas = SlugRelatedField[Area](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Agency
        fields = (
            *("code", "kind", "name_th", "name_en", "short_name_th", "parent_code", "ministry_th"),
            *("areas", "is_active", "is_sample"),
        )


class AgencyViewSet(ReadOnlyModelViewSet[Agency]):
    """Agencies by code."""

    queryset = Agency.objects.select_related("parent").prefetch_related("areas").in_code_order()
    serializer_class = AgencySerializer
    permission_classes = (AllowAny,)
    lookup_field = "code"
    filterset_fields = ("kind", "is_active")


def register(router: BaseRouter) -> None:
    """Hang the resources under the API's root."""
    router.register("areas", AreaViewSet, basename="area")
    router.register("agencies", AgencyViewSet, basename="agency")
