"""Change control as machines read and write it, by the same verbs as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.rules import signed_in
from common import clock
from meetings.models import Meeting
from projects import actions
from projects.api.dossier import ProjectTypedSerializer
from projects.models import ChangeRequest, Project
from submissions.rules import standing_of


class ChangeRequestSerializer(serializers.ModelSerializer[ChangeRequest]):
    """A request with the plan before and after."""

    project = serializers.CharField(source="project.code", read_only=True)
    kinds = serializers.ListField(child=serializers.CharField(), read_only=True)
    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)

    class Meta:
        model = ChangeRequest
        fields = (
            *("id", "project", "number", "state", "kinds", "reason_th", "before", "after"),
            *("asked_at", "decided_date", "reference", "decision_th", "is_sample"),
        )
        read_only_fields = fields


class ChangeTypedSerializer(serializers.Serializer[Any]):
    """The plan that is asked for, in the shape of a project's file, and why."""

    project = serializers.CharField()
    reason_th = serializers.CharField()
    plan = ProjectTypedSerializer()


class ChangeDecisionSerializer(serializers.Serializer[Any]):
    """What the committee said."""

    approved = serializers.BooleanField()
    decided_date = serializers.DateField()
    reference = serializers.CharField(max_length=300)
    meeting = serializers.PrimaryKeyRelatedField(
        queryset=Meeting.objects.all(), required=False, allow_null=True, default=None
    )
    decision_th = serializers.CharField(required=False, allow_blank=True, default="")


class ChangeRequestViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[ChangeRequest]
):
    """Changes of plans: approved ones for everybody, a host's own in every state."""

    queryset = ChangeRequest.objects.none()
    serializer_class = ChangeRequestSerializer
    filterset_fields = {"project__code": ["exact"], "state": ["exact"]}

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        standing = standing_of(self.request.user, clock.today())
        return ChangeRequest.objects.visible_to(standing).with_people().order_by("pk")

    @extend_schema(request=ChangeTypedSerializer, responses={201: ChangeRequestSerializer})
    def create(self, request: Request) -> Response:
        """Ask for another plan."""
        user = signed_in(request)
        standing = standing_of(user, clock.today())
        sent = dict(request.data)
        code = str(sent.get("project", ""))
        project = Project.objects.visible_to(standing).with_agency().filter(code=code).first()
        own = project and project.host_agency_id in standing.agencies()
        if project is None or not (own or standing.sees_province):
            raise Http404
        typed = ChangeTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        plan = ProjectTypedSerializer(data=sent["plan"])
        plan.is_valid(raise_exception=True)
        change = actions.request_change(
            project=project,
            given=plan.given(),
            reason_th=typed.validated_data["reason_th"],
            by=user,
            at=clock.now(),
        )
        return Response(ChangeRequestSerializer(change).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangeDecisionSerializer, responses=ChangeRequestSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str | None = None) -> Response:
        """Write down what the committee said."""
        user, change = signed_in(request), self.get_object()
        typed = ChangeDecisionSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        change = actions.decide_change(
            request=change, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(ChangeRequestSerializer(change).data)

    @extend_schema(request=None, responses=ChangeRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take a request back."""
        user, change = signed_in(request), self.get_object()
        change = actions.withdraw_change(request=change, by=user, at=clock.now())
        return Response(ChangeRequestSerializer(change).data)
