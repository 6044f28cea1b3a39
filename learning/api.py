"""API v1: goals, rules, courses and programmes; records of oneself and of those one oversees."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.models import User
from accounts.rules import signed_in
from audit.log import Deed, record_many
from common import clock
from common.exact import ExactSerializer, MeasureApiField
from learning.actions import (
    CourseInput,
    ProgrammeInput,
    RecordEntry,
    add_records,
    confirm_records,
    put_course,
    put_programme,
    return_records,
)
from learning.models import Course, Goal, Programme, Record, Rule, Turnout
from learning.rules import line_below
from submissions.rules import standing_of


def _typed(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class CourseSerializer(ExactSerializer[Course]):
    """An e-learning course."""

    class Meta:
        model = Course
        fields = (
            *("id", "code", "name_th", "name_en", "provider_th", "hours", "is_digital"),
            *("address", "is_active", "version", "is_sample"),
        )


class CourseTypedSerializer(serializers.Serializer[Any]):
    """A course as it should stand; `version` is the one seen where one is changed."""

    code = serializers.CharField(max_length=40)
    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    provider_th = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=300
    )
    hours = MeasureApiField(required=False, allow_null=True, default=None)
    is_digital = serializers.BooleanField(required=False, default=False)
    address = serializers.URLField(required=False, allow_blank=True, default="", max_length=200)
    is_active = serializers.BooleanField(required=False, default=True)
    version = serializers.IntegerField(required=False, min_value=0, default=0)


class CourseViewSet(ReadOnlyModelViewSet[Course]):
    """Courses that count; HR and the strategy office keep them."""

    queryset = Course.objects.in_code_order()
    serializer_class = CourseSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("is_digital", "is_active")

    @extend_schema(request=CourseTypedSerializer, responses={201: CourseSerializer})
    def create(self, request: Request) -> Response:
        """Add a course."""
        return self._put(request, None)

    @extend_schema(request=CourseTypedSerializer, responses=CourseSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a course as it was seen."""
        return self._put(request, self.get_object())

    def _put(self, request: Request, there: Course | None) -> Response:
        user, given = signed_in(request), _typed(CourseTypedSerializer, request)
        version = given.pop("version")
        row = put_course(
            course=CourseInput(**given), instead_of=there, version=version, by=user, at=clock.now()
        )
        code = status.HTTP_200_OK if there else status.HTTP_201_CREATED
        return Response(self.get_serializer(row).data, status=code)


class GoalSerializer(serializers.ModelSerializer[Goal]):
    """A goal of the human-resources strategy and the issues that it serves."""

    issues: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True
    )

    class Meta:
        model = Goal
        fields = ("id", "code", "name_th", "name_en", "issues", "source", "is_sample")


class GoalViewSet(ReadOnlyModelViewSet[Goal]):
    """Goals of the human-resources strategy."""

    queryset = Goal.objects.prefetch_related("issues").order_by("code")
    serializer_class = GoalSerializer
    permission_classes = (IsAuthenticated,)


class LearningRuleSerializer(serializers.ModelSerializer[Rule]):
    """How much each officer learns in a year, and the days that count."""

    from_date = serializers.SerializerMethodField()
    until_date = serializers.SerializerMethodField()
    kpi = serializers.CharField(source="kpi.code", default=None, read_only=True)

    class Meta:
        model = Rule
        fields = (
            *("year", "basis", "from_date", "until_date", "courses_least", "digital_least"),
            *("kpi", "version", "source"),
        )

    def get_from_date(self, rule: Rule) -> date:
        return rule.limits[0]

    def get_until_date(self, rule: Rule) -> date:
        return rule.limits[1]


class LearningRuleViewSet(ReadOnlyModelViewSet[Rule]):
    """The rule of each year."""

    queryset = Rule.objects.select_related("kpi").order_by("-year")
    serializer_class = LearningRuleSerializer
    permission_classes = (IsAuthenticated,)


class TurnoutSerializer(serializers.ModelSerializer[Turnout]):
    """How many of a level of administration were asked and came; null is not known."""

    class Meta:
        model = Turnout
        fields = ("level", "invited", "attended")


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A training that the province holds, with who came by level; names are not kept."""

    goal = serializers.CharField(source="goal.code", default=None, read_only=True)
    turnouts = TurnoutSerializer(many=True, read_only=True)

    class Meta:
        model = Programme
        fields = (
            *("id", "code", "name_th", "name_en", "goal", "is_digital", "start_date", "end_date"),
            *("outcome_th", "outcome_en", "turnouts", "source", "version", "is_sample"),
        )


class TurnoutTypedSerializer(serializers.Serializer[Any]):
    """How many of a level of administration were asked and came; null is not known, 0 is nobody."""

    level = serializers.ChoiceField(choices=Turnout.Level.choices)
    invited = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True, default=None
    )
    attended = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True, default=None
    )


class ProgrammeTypedSerializer(serializers.Serializer[Any]):
    """A training as it should stand, with its whole turnout; `version` is the one seen."""

    code = serializers.CharField(max_length=40)
    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    goal = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Goal.objects.all(),
        required=False,
        allow_null=True,
        default=None,
    )
    is_digital = serializers.BooleanField(required=False, default=False)
    start_date = serializers.DateField(required=False, allow_null=True, default=None)
    end_date = serializers.DateField(required=False, allow_null=True, default=None)
    outcome_th = serializers.CharField(required=False, allow_blank=True, default="")
    source = serializers.CharField(required=False, allow_blank=True, default="")  # type: ignore[assignment]
    turnouts = TurnoutTypedSerializer(many=True, required=False)
    version = serializers.IntegerField(required=False, min_value=0, default=0)

    def validate_turnouts(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take each level once."""
        if len({each["level"] for each in given}) < len(given):
            raise serializers.ValidationError(["each level once"])
        return given


class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """Trainings of the province; HR and the strategy office keep them."""

    queryset = (
        Programme.objects.select_related("goal")
        .prefetch_related(Prefetch("turnouts", Turnout.objects.order_by("level")))
        .order_by("code")
    )
    serializer_class = ProgrammeSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("goal__code", "is_digital")

    @extend_schema(request=ProgrammeTypedSerializer, responses={201: ProgrammeSerializer})
    def create(self, request: Request) -> Response:
        """Add a training with how many came of each level."""
        return self._put(request, None)

    @extend_schema(request=ProgrammeTypedSerializer, responses=ProgrammeSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a training as it was seen; its turnout is replaced as a whole."""
        return self._put(request, self.get_object())

    def _put(self, request: Request, there: Programme | None) -> Response:
        user, given = signed_in(request), _typed(ProgrammeTypedSerializer, request)
        version = given.pop("version")
        came = {
            each["level"]: (each["invited"], each["attended"]) for each in given.pop("turnouts", ())
        }
        row = put_programme(
            programme=ProgrammeInput(**given, turnouts=came),
            instead_of=there,
            version=version,
            by=user,
            at=clock.now(),
        )
        fresh = self.get_queryset().get(pk=row.pk)
        code = status.HTTP_200_OK if there else status.HTTP_201_CREATED
        return Response(self.get_serializer(fresh).data, status=code)


class RecordSerializer(serializers.ModelSerializer[Record]):
    """A course that an officer completed; personal."""

    officer = serializers.CharField(source="officer.username", read_only=True)
    agency = serializers.CharField(source="agency.code", read_only=True)
    course = serializers.CharField(source="course.code", read_only=True)

    class Meta:
        model = Record
        fields = (
            *("id", "officer", "agency", "course", "completed_date", "year", "status", "version"),
            *("note", "return_reason", "is_sample"),
        )


class RecordTypedSerializer(serializers.Serializer[Any]):
    """A completed course as typed; without `officer` it is the caller's own."""

    officer = serializers.CharField(required=False)
    course = serializers.SlugRelatedField(slug_field="code", queryset=Course.objects.offered())
    completed_date = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, default="")


class LearningReasonSerializer(serializers.Serializer[Any]):
    """Why a record goes back."""

    reason = serializers.CharField()


class RecordViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Record]):
    """Records of the caller and of the officers whom the caller oversees; reading others' is logged."""

    queryset = Record.objects.none()
    serializer_class = RecordSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("year", "status", "course__code")

    def get_queryset(self) -> QuerySet[Record]:
        if not isinstance(self.request.user, User):
            return Record.objects.none()
        today = clock.today()
        standing = standing_of(self.request.user, today)
        line = line_below(standing, today)
        return Record.objects.visible_to(standing, line).with_course().newest_first()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        self._log(request, page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        self._log(request, [row])
        return Response(self.get_serializer(row).data)

    def _log(self, request: Request, records: Any) -> None:
        assert isinstance(request.user, User)
        officers = {row.officer for row in records if row.officer_id != request.user.pk}
        deeds = [Deed("learning.records.viewed", each) for each in officers]
        record_many(deeds, by=request.user, at=clock.now())

    @extend_schema(request=RecordTypedSerializer, responses={201: RecordSerializer})
    def create(self, request: Request) -> Response:
        """Write a completed course down and send it to be confirmed."""
        assert isinstance(request.user, User)
        typed = RecordTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        officer = request.user
        if name := typed.validated_data.pop("officer", ""):
            officer = get_object_or_404(User, username=name)
        [row] = add_records(
            entries=[RecordEntry(officer=officer, **typed.validated_data)],
            by=request.user,
            at=clock.now(),
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=RecordSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Confirm a record that waits."""
        assert isinstance(request.user, User)
        [row] = confirm_records(entries=[self.get_object()], by=request.user, at=clock.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=LearningReasonSerializer, responses=RecordSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send a record back to be mended."""
        assert isinstance(request.user, User)
        typed = LearningReasonSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        [row] = return_records(
            entries=[self.get_object()], by=request.user, at=clock.now(), **typed.validated_data
        )
        return Response(self.get_serializer(row).data)


def register(router: BaseRouter) -> None:
    """Hang the resources under the API's root."""
    router.register("learning-courses", CourseViewSet, basename="learning-course")
    router.register("learning-goals", GoalViewSet, basename="learning-goal")
    router.register("learning-rules", LearningRuleViewSet, basename="learning-rule")
    router.register("learning-programmes", ProgrammeViewSet, basename="learning-programme")
    router.register("learning-records", RecordViewSet, basename="learning-record")
