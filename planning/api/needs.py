"""API v1: needs from below; the same rules and verbs as the pages."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.models import Area, User
from accounts.rules import signed_in
from common import clock
from common.exact import ExactSerializer
from planning import actions
from planning.models import (
    Need,
    NeedCategory,
    NeedStep,
)
from planning.scoring import MOST_POINTS
from projects.models import Project
from submissions.rules import standing_of


class NeedStepSerializer(serializers.ModelSerializer[NeedStep]):
    """One step of a need's way; who made it is not said."""

    agency = serializers.CharField(source="agency.code", default=None, read_only=True)
    other = serializers.CharField(source="other.code", default=None, read_only=True)

    class Meta:
        model = NeedStep
        fields = ("kind", "from_level", "to_level", "note_th", "agency", "other", "happened_at")


class NeedSerializer(ExactSerializer[Need]):
    """What people of a place need, where it stands and what was answered."""

    category = serializers.CharField(source="category.code", read_only=True)
    area = serializers.CharField(source="area.code", read_only=True)
    agency = serializers.CharField(source="agency.code", default=None, read_only=True)
    merged_into = serializers.CharField(source="merged_into.code", default=None, read_only=True)
    project = serializers.SerializerMethodField()
    steps = NeedStepSerializer(many=True, read_only=True)

    class Meta:
        model = Need
        fields = (
            *("code", "title_th", "detail_th", "category", "area", "place_th", "latitude"),
            *("longitude", "people_affected", "cost_guess", "origin", "level", "status", "agency"),
            *("received_at", "arrived_at", "answer_th", "answered_at", "funded_baht"),
            *("funded_year", "funded_source_th", "project", "merged_into", "version"),
            *("is_sample", "steps"),
        )

    def get_project(self, need: Need) -> str | None:
        """Return the project's code once everybody may read the project."""
        if need.project is None or need.project.status not in Project.PUBLIC_STATUSES:
            return None
        return need.project.code


class NeedTypedSerializer(serializers.Serializer[Any]):
    """A need as an officer of its place writes it down."""

    title_th = serializers.CharField(max_length=300)
    detail_th = serializers.CharField(required=False, allow_blank=True, default="")
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=NeedCategory.objects.filter(is_active=True)
    )
    area = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Area.objects.select_related("parent__parent__parent").filter(
            kind__in=["tambon", "village"]
        ),
    )
    place_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    latitude = serializers.DecimalField(
        max_digits=8, decimal_places=5, required=False, allow_null=True, default=None
    )
    longitude = serializers.DecimalField(
        max_digits=8, decimal_places=5, required=False, allow_null=True, default=None
    )
    people_affected = serializers.IntegerField(
        min_value=0, max_value=5_000_000, required=False, allow_null=True, default=None
    )
    cost_guess = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        allow_null=True,
        default=None,
    )


class NeedAmendSerializer(serializers.Serializer[Any]):
    """What an officer puts right of a need; what is left out stays. `version` is the one seen."""

    version = serializers.IntegerField(min_value=1)
    title_th = serializers.CharField(required=False, max_length=300)
    detail_th = serializers.CharField(required=False, allow_blank=True)
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=NeedCategory.objects.filter(is_active=True), required=False
    )
    place_th = serializers.CharField(required=False, allow_blank=True, max_length=300)
    people_affected = serializers.IntegerField(
        min_value=0, max_value=5_000_000, required=False, allow_null=True
    )
    cost_guess = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take at least one thing to put right."""
        if given.keys() == {"version"}:
            raise serializers.ValidationError(["name at least one field to put right"])
        return given


class NeedNoteSerializer(serializers.Serializer[Any]):
    """A word on the way."""

    note = serializers.CharField(required=False, allow_blank=True, default="")


class NeedReasonSerializer(serializers.Serializer[Any]):
    """A reason that everybody reads."""

    reason = serializers.CharField()


class NeedResultSerializer(serializers.Serializer[Any]):
    """What came of a funded need; everybody reads it."""

    note = serializers.CharField()


class NeedMergeSerializer(NeedNoteSerializer):
    """The main need."""

    into = serializers.SlugRelatedField(slug_field="code", queryset=Need.objects.with_place())


class NeedFundSerializer(NeedNoteSerializer):
    """Money of the level's own."""

    baht = serializers.DecimalField(max_digits=16, decimal_places=2)
    fiscal_year = serializers.IntegerField()
    source_th = serializers.CharField(max_length=200)


class NeedAdoptSerializer(NeedNoteSerializer):
    """The project that answers a need."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.all())


class NeedRankSerializer(serializers.Serializer[Any]):
    """Points by the id of each criterion of the level."""

    points = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_POINTS)
    )

    def validate_points(self, points: dict[str, int]) -> dict[int, int]:
        """Take the criteria's ids."""
        if not all(key.isdecimal() for key in points):
            raise serializers.ValidationError(["criteria are named by their id"])
        return {int(key): given for key, given in points.items()}


class NeedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Need]):
    """Needs: public ones for all, those that wait for a look for who checks them."""

    queryset = Need.objects.none()
    serializer_class = NeedSerializer
    lookup_field = "code"
    filterset_fields = {
        "status": ["exact"],
        "level": ["exact"],
        "category__code": ["exact"],
        "area__code": ["exact"],
        "origin": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Need]:
        needs = Need.objects.visible_to(standing_of(self.request.user, clock.today()))
        return (
            needs.with_place()
            .select_related("merged_into")
            .prefetch_related("steps__agency", "steps__other")
            .newest_first()
        )

    @extend_schema(request=NeedTypedSerializer, responses={201: NeedSerializer})
    def create(self, request: Request) -> Response:
        """Write a need down as a planner of its place."""
        user = signed_in(request)
        typed = NeedTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        [need] = actions.record_needs(
            needs=[actions.NeedInput(**typed.validated_data)], by=user, at=clock.now()
        )
        return self._told(need, status.HTTP_201_CREATED)

    @extend_schema(request=NeedAmendSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, code: str | None = None) -> Response:
        """Put right what an officer wrote down, while it is decided where one has a seat."""
        user, need, given = self._asked(request, NeedAmendSerializer)
        words = {name: given.get(name, getattr(need, name)) for name in actions.AMENDED}
        entry = actions.Amendment(need=need, version=given["version"], **words)
        [amended] = actions.amend_needs(entries=[entry], by=user, at=clock.now())
        return self._told(amended)

    @extend_schema(request=NeedRankSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def rank(self, request: Request, code: str | None = None) -> Response:
        """Give points by the criteria of the level."""
        user, need, given = self._asked(request, NeedRankSerializer)
        return self._told(actions.rank_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedNoteSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"], url_path="send-up")
    def send_up(self, request: Request, code: str | None = None) -> Response:
        """Send the need to the next level."""
        user, need, given = self._asked(request, NeedNoteSerializer)
        [need] = actions.send_up(needs=[need], by=user, at=clock.now(), **given)
        return self._told(need)

    @extend_schema(request=NeedReasonSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, code: str | None = None) -> Response:
        """Send the need back to the level it came from."""
        user, need, given = self._asked(request, NeedReasonSerializer)
        return self._told(actions.return_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedReasonSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, code: str | None = None) -> Response:
        """Say no, with the reason that everybody reads."""
        user, need, given = self._asked(request, NeedReasonSerializer)
        return self._told(actions.reject_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedMergeSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, code: str | None = None) -> Response:
        """Merge the need into another that says the same."""
        user, need, given = self._asked(request, NeedMergeSerializer)
        return self._told(actions.merge_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedFundSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def fund(self, request: Request, code: str | None = None) -> Response:
        """Fund the need from the level's own money."""
        user, need, given = self._asked(request, NeedFundSerializer)
        return self._told(actions.fund_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedAdoptSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, code: str | None = None) -> Response:
        """Answer the need with a project of the plan."""
        user, need, given = self._asked(request, NeedAdoptSerializer)
        return self._told(actions.adopt_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=None, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, code: str | None = None) -> Response:
        """Show what the public sent, after a look."""
        user, need = signed_in(request), self.get_object()
        [need] = actions.publish_needs(needs=[need], by=user, at=clock.now())
        return self._told(need)

    @extend_schema(request=NeedReasonSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, code: str | None = None) -> Response:
        """Keep back what the public sent; whoever sent it reads the reason."""
        user, need, given = self._asked(request, NeedReasonSerializer)
        return self._told(actions.hide_need(need=need, by=user, at=clock.now(), **given))

    @extend_schema(request=NeedResultSerializer, responses=NeedSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, code: str | None = None) -> Response:
        """Say that what was funded is done, and what came of it."""
        user, need, given = self._asked(request, NeedResultSerializer)
        return self._told(actions.finish_need(need=need, by=user, at=clock.now(), **given))

    def _asked(
        self, request: Request, shape: type[serializers.Serializer[Any]]
    ) -> tuple[User, Need, dict[str, Any]]:
        user, need = signed_in(request), self.get_object()
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        return user, need, dict(given.validated_data)

    def _told(self, need: Need, code: int = status.HTTP_200_OK) -> Response:
        # What is kept back is read no more by those who list; whoever kept it back is told.
        fresh = self.get_queryset().filter(pk=need.pk).first() or need
        return Response(NeedSerializer(fresh).data, status=code)


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register("needs", NeedViewSet, basename="need")
