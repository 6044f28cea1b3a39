"""API v1: editions of plans, begun as a copy and moved on; the same rules and verbs as the pages."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import signed_in
from common import clock
from planning.actions import editions
from planning.api.plans import readable
from strategy.actions.editions import PlanInput, move_edition
from strategy.models import EditionMove, Plan, PlanEdition
from submissions.rules import standing_of


class EditionMoveSerializer(serializers.ModelSerializer[EditionMove]):
    """That an edition moved on: when, and by which decision."""

    class Meta:
        model = EditionMove
        fields = ("from_state", "to_state", "reference", "made_at")


class PlanEditionSerializer(serializers.ModelSerializer[PlanEdition]):
    """Where an edition stands, which one it is a copy of, and how it came there."""

    plan = serializers.CharField(source="plan.code", read_only=True)
    moves = EditionMoveSerializer(many=True, read_only=True)

    class Meta:
        model = PlanEdition
        fields = (
            *("id", "plan", "number", "review_year", "state", "based_on", "approved_date"),
            *("vision_th", "vision_en", "motto_th", "motto_en", "moves"),
        )


class _Years(serializers.IntegerField):
    """A year of the Buddhist Era."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 2500, "max_value": 2700, **kwargs})


class EditionStartedSerializer(serializers.Serializer[Any]):
    """The next edition of a plan, by the plan's code: which edition it is a copy of."""

    plan = serializers.SlugRelatedField(slug_field="code", queryset=Plan.objects.all())
    based_on = serializers.PrimaryKeyRelatedField(queryset=PlanEdition.objects.with_plan())
    review_year = _Years(required=False, allow_null=True, default=None)


class PlanStartedSerializer(serializers.Serializer[Any]):
    """Another plan (the next five years, a year's action plan), a copy of an edition or empty."""

    kind = serializers.ChoiceField(choices=Plan.Kind.choices)
    start_year = _Years()
    end_year = _Years()
    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    based_on = serializers.PrimaryKeyRelatedField(
        queryset=PlanEdition.objects.with_plan(), required=False, allow_null=True, default=None
    )


class EditionMovedSerializer(serializers.Serializer[Any]):
    """Where an edition goes; an approval names the decision of ก.บ.จ. and its day."""

    to = serializers.ChoiceField(choices=PlanEdition.State.choices)
    reference = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    decided_date = serializers.DateField(required=False, allow_null=True, default=None)


class PlanEditionViewSet(ReadOnlyModelViewSet[PlanEdition]):
    """Editions of plans; drafts for those who look over the province."""

    queryset = PlanEdition.objects.none()
    serializer_class = PlanEditionSerializer
    filterset_fields = ("state", "plan__code", "plan__kind")

    def get_queryset(self) -> QuerySet[PlanEdition]:
        return (
            PlanEdition.objects.visible_to(standing_of(self.request.user, clock.today()))
            .with_plan()
            .prefetch_related(Prefetch("moves", EditionMove.objects.order_by("made_at", "pk")))
            .in_time_order()
        )

    @extend_schema(request=EditionStartedSerializer, responses={201: PlanEditionSerializer})
    def create(self, request: Request) -> Response:
        """Begin a plan's next edition as a copy, its SWOT and TOWS with it."""
        user, given = signed_in(request), self._typed(request, EditionStartedSerializer)
        row = editions.start_next_edition(**given, by=user, at=clock.now())
        return self._told(row, status.HTTP_201_CREATED)

    @extend_schema(request=PlanStartedSerializer, responses={201: PlanEditionSerializer})
    @action(detail=False, methods=["post"], url_path="start-plan")
    def start_plan(self, request: Request) -> Response:
        """Begin another plan with its first edition."""
        user, given = signed_in(request), self._typed(request, PlanStartedSerializer)
        source = given.pop("source")
        row = editions.start_next_plan(
            plan=PlanInput(**given), source=source, by=user, at=clock.now()
        )
        return self._told(row, status.HTTP_201_CREATED)

    @extend_schema(request=EditionMovedSerializer, responses=PlanEditionSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Move an edition on: to the public, back to the desk, approved by ก.บ.จ., in force."""
        user, row = signed_in(request), self.get_object()
        given = EditionMovedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        move_edition(edition=row, **given.validated_data, by=user, at=clock.now())
        return self._told(row)

    def _typed(self, request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        typed = dict(given.validated_data)
        if (source := typed.pop("based_on")) is not None:
            source = readable(request, source)
        return {**typed, "source": source}

    def _told(self, row: PlanEdition, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=code)


def register(router: BaseRouter) -> None:
    """Put the resource under the API's root."""
    router.register("plan-editions", PlanEditionViewSet, basename="plan-edition")
