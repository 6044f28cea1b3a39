"""API v1: meetings and what they asked for; the owner says how far it is, and ends it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import Standing, signed_in, standing_of
from common import clock
from meetings import actions
from meetings.models import AgendaItem, Meeting, Resolution


def _standing(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


class ResolutionSerializer(serializers.ModelSerializer[Resolution]):
    """Something a meeting asked for: by whom, until when, and how far it is."""

    owner = serializers.CharField(source="owner.code", read_only=True)
    committee = serializers.CharField(source="meeting.committee.code", read_only=True)
    held_date = serializers.DateField(source="meeting.held_date", read_only=True)

    class Meta:
        model = Resolution
        fields = (
            *("id", "meeting", "committee", "held_date", "number", "text_th", "owner"),
            *("due_date", "state", "progress_th", "closed_at", "is_sample"),
        )
        read_only_fields = fields


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    """An item of the agenda as it stood when it was made, and what was said of it."""

    table = serializers.JSONField(read_only=True)

    class Meta:
        model = AgendaItem
        fields = ("number", "title_th", "text_th", "table", "minutes_th")
        read_only_fields = fields


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """A meeting of a committee."""

    committee = serializers.CharField(source="committee.code", read_only=True)

    class Meta:
        model = Meeting
        fields = (
            *("id", "committee", "number", "year", "held_date", "place_th"),
            *("agenda_at", "minutes_at", "is_sample"),
        )
        read_only_fields: tuple[str, ...] = fields


class MeetingDetailSerializer(MeetingSerializer):
    """A meeting with what it asked for; agenda and minutes for those who look over all."""

    resolutions = serializers.SerializerMethodField()
    agenda = serializers.SerializerMethodField()
    minutes = serializers.SerializerMethodField()

    class Meta:
        model = Meeting
        fields = (*MeetingSerializer.Meta.fields, "agenda", "minutes", "resolutions")
        read_only_fields = fields

    @extend_schema(responses=ResolutionSerializer(many=True))
    def get_resolutions(self, meeting: Meeting) -> list[dict[str, Any]]:
        rows = Resolution.objects.visible_to(self.context["standing"]).filter(meeting=meeting)
        listed = rows.with_meeting().order_by("number")
        return list(ResolutionSerializer(listed, many=True).data)

    @extend_schema(responses=AgendaItemSerializer(many=True))
    def get_agenda(self, meeting: Meeting) -> list[dict[str, Any]]:
        if not self.context["standing"].sees_province:
            return []
        return list(AgendaItemSerializer(meeting.agenda.order_by("number"), many=True).data)

    def get_minutes(self, meeting: Meeting) -> str:
        return meeting.minutes_th if self.context["standing"].sees_province else ""


class MeetingViewSet(ReadOnlyModelViewSet[Meeting]):
    """Meetings, newest first: all for those who look over all, for others those that asked them."""

    queryset = Meeting.objects.none()
    serializer_class = MeetingSerializer
    filterset_fields = {"committee__code": ["exact"], "year": ["exact"]}

    def get_queryset(self) -> QuerySet[Meeting]:
        meetings = Meeting.objects.visible_to(_standing(self.request))
        return meetings.select_related("committee").newest_first()

    def get_serializer_class(self) -> type[MeetingSerializer]:
        return MeetingDetailSerializer if self.action == "retrieve" else MeetingSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "standing": _standing(self.request)}


class ResolutionReportSerializer(serializers.Serializer[Any]):
    """How far a resolution is."""

    progress_th = serializers.CharField()


class ResolutionEndSerializer(serializers.Serializer[Any]):
    """How a resolution ended: done, or dropped with a reason."""

    state = serializers.ChoiceField(
        choices=[(s.value, s.label) for s in (Resolution.State.DONE, Resolution.State.DROPPED)]
    )
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ResolutionViewSet(ReadOnlyModelViewSet[Resolution]):
    """What meetings asked for, soonest due first."""

    queryset = Resolution.objects.none()
    serializer_class = ResolutionSerializer
    filterset_fields = {
        "meeting": ["exact"],
        "owner__code": ["exact"],
        "state": ["exact"],
        "due_date": ["exact", "lt", "gte"],
    }

    def get_queryset(self) -> QuerySet[Resolution]:
        return Resolution.objects.visible_to(_standing(self.request)).with_meeting().in_due_order()

    @extend_schema(request=ResolutionReportSerializer, responses=ResolutionSerializer)
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: str | None = None) -> Response:
        """Write how far it is."""
        user, resolution = signed_in(request), self.get_object()
        typed = ResolutionReportSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        resolution = actions.report_resolution(
            resolution=resolution, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(ResolutionSerializer(resolution).data)

    @extend_schema(request=ResolutionEndSerializer, responses=ResolutionSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        """End it as done, or dropped with a reason."""
        user, resolution = signed_in(request), self.get_object()
        typed = ResolutionEndSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        resolution = actions.close_resolution(
            resolution=resolution,
            state=Resolution.State(typed.validated_data["state"]),
            note=typed.validated_data["note"],
            by=user,
            at=clock.now(),
        )
        return Response(ResolutionSerializer(resolution).data)


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    router.register("meetings", MeetingViewSet, basename="meeting")
    router.register("resolutions", ResolutionViewSet, basename="resolution")
