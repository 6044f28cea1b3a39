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
from audit.log import Deed, record_many
from common import clock
from common.exact import ExactSerializer
from learning.actions import RecordEntry, add_records, confirm_records, return_records
from learning.models import Course, Goal, Programme, Record, Rule, Turnout
from learning.rules import line_below
from submissions.rules import standing_of


class CourseSerializer(ExactSerializer[Course]):
    """An e-learning course."""

    class Meta:
        model = Course
        fields = (
            *("id", "code", "name_th", "name_en", "provider_th", "hours", "is_digital"),
            *("address", "is_active", "is_sample"),
        )


class CourseViewSet(ReadOnlyModelViewSet[Course]):
    """Courses that count."""

    queryset = Course.objects.in_code_order()
    serializer_class = CourseSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("is_digital", "is_active")


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


class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """Trainings of the province."""

    queryset = (
        Programme.objects.select_related("goal")
        .prefetch_related(Prefetch("turnouts", Turnout.objects.order_by("level")))
        .order_by("code")
    )
    serializer_class = ProgrammeSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("goal__code", "is_digital")


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
