"""API v1: incidents as sources state them, and the archive of orders; everybody reads all of it."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.serializers import (
    CharField,
    DateField,
    FileField,
    ModelSerializer,
    Serializer,
    SerializerMethodField,
    SlugField,
)
from rest_framework.status import HTTP_201_CREATED
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import signed_in
from common import clock
from covid.actions import OrderInput, close_incident, open_incident, put_order
from covid.api.kept import KeptByOperators, TypedSerializer, told
from covid.models import (
    Event,
    FacilityCount,
    Incident,
    Measure,
    Order,
    StatedFact,
)


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


class FactSerializer(ModelSerializer[StatedFact]):
    """A figure that a source states."""

    area = CharField(source="area.code", default=None, read_only=True)

    class Meta:
        model = StatedFact
        fields = (
            *("key", "label_th", "label_en", "value", "unit_th", "unit_en", "from_date"),
            *("until_date", "area", "source"),
        )


class MeasureSerializer(ModelSerializer[Measure]):
    """What was ordered or done, in order."""

    class Meta:
        model = Measure
        fields = ("order", "name_th", "name_en", "detail_th", "from_date", "until_date", "source")


class EventSerializer(ModelSerializer[Event]):
    """A step of the story as a source tells it."""

    class Meta:
        model = Event
        fields = (
            *("order", "happened_date", "before_date", "text_th", "text_en", "is_press"),
            "source",
        )


class IncidentSerializer(ModelSerializer[Incident]):
    """An incident with its stated figures, its measures and its story."""

    facts = FactSerializer(many=True, read_only=True)
    measures = MeasureSerializer(many=True, read_only=True)
    events = EventSerializer(many=True, read_only=True)

    class Meta:
        model = Incident
        fields = (
            *("code", "name_th", "name_en", "start_date", "end_date", "is_open", "summary_th"),
            *("summary_en", "source", "is_sample", "facts", "measures", "events"),
        )


class IncidentTypedSerializer(Serializer[Any]):
    """An incident that is opened."""

    code = SlugField(max_length=40)
    name_th = CharField(max_length=500)
    name_en = CharField(max_length=500, required=False, allow_blank=True, default="")
    start_date = DateField()


class IncidentClosingSerializer(Serializer[Any]):
    """When an incident ended."""

    end_date = DateField()


class IncidentViewSet(ReadOnlyModelViewSet[Incident]):
    """Incidents, as the public pages tell of them; opened and closed by those who run the response."""

    queryset = Incident.objects.prefetch_related(
        Prefetch("facts", StatedFact.objects.select_related("area").order_by("order", "key")),
        Prefetch("measures", Measure.objects.order_by("order")),
        Prefetch("events", Event.objects.order_by("order")),
    ).order_by("-start_date", "code")
    serializer_class = IncidentSerializer
    permission_classes = (AllowAny,)
    lookup_field = "code"
    filterset_fields = ("is_open",)

    @extend_schema(request=IncidentTypedSerializer, responses={201: IncidentSerializer})
    def create(self, request: Request) -> Response:
        """Open an incident."""
        user = signed_in(request)
        typed = IncidentTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        incident = open_incident(**typed.validated_data, by=user, at=clock.now())
        return Response(self.get_serializer(incident).data, status=HTTP_201_CREATED)

    @extend_schema(request=IncidentClosingSerializer, responses=IncidentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, code: str) -> Response:
        """Close an incident; its figures stay as they are."""
        user, incident = signed_in(request), self.get_object()
        typed = IncidentClosingSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        close_incident(incident=incident, **typed.validated_data, by=user, at=clock.now())
        return Response(self.get_serializer(self.get_object()).data)


class OrderSerializer(ModelSerializer[Order]):
    """An announcement or order; `file` is where its file is read, null without one."""

    incident = CharField(source="incident.code", read_only=True)
    file = SerializerMethodField()

    class Meta:
        model = Order
        fields = (
            *("id", "incident", "number", "name_th", "name_en", "issued_date", "from_date"),
            *("until_date", "basis_th", "closes_th", "opens_th", "meeting", "file", "version"),
            "is_sample",
        )

    def get_file(self, order: Order) -> str | None:
        return reverse("covid:order-file", args=[order.pk]) if order.file else None


class OrderTypedSerializer(TypedSerializer):
    """An order as typed; without a new file the old one stays. What a file is, the verb looks at."""

    file = FileField(required=False, allow_null=True, default=None, allow_empty_file=True)

    class Meta:
        model = Order
        # What is there already, the verb says.
        validators: ClassVar[list[Any]] = []
        fields = (
            *("incident", "number", "name_th", "name_en", "issued_date", "from_date"),
            *("until_date", "basis_th", "closes_th", "opens_th", "meeting", "file", "version"),
        )


@told(OrderTypedSerializer, OrderSerializer)
class OrderViewSet(KeptByOperators):
    """The archive of announcements and orders; everybody reads it."""

    queryset = Order.objects.select_related("incident").newest_first()
    serializer_class = OrderSerializer
    permission_classes = (AllowAny,)
    parser_classes = (JSONParser, MultiPartParser)
    typed = OrderTypedSerializer
    row = OrderInput
    verb = staticmethod(put_order)
    called = "order"
    filterset_fields: ClassVar[dict[str, list[str]]] = {
        "incident__code": ["exact"],
        "issued_date": ["exact", "gte", "lte"],
    }


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register("covid-facilities", FacilityViewSet, basename="covid-facility")
    router.register("incidents", IncidentViewSet, basename="incident")
    router.register("covid-orders", OrderViewSet, basename="covid-order")
