"""API v1: forums and their minutes; the same rules and verbs as the pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.rules import signed_in
from common import clock
from planning.actions import participation
from planning.models import Forum, ForumAttendance, ForumFile, ForumProposal
from submissions.rules import standing_of


class ForumFileSerializer(serializers.ModelSerializer[ForumFile]):
    """Minutes as a file; `address` is where it is read, under the same rule."""

    address = serializers.SerializerMethodField()

    class Meta:
        model = ForumFile
        fields = (
            "id",
            "caption_th",
            "file_name",
            "file_type",
            "size_bytes",
            "is_public",
            "address",
        )

    def get_address(self, file: ForumFile) -> str:
        return reverse("planning:forum-file", args=[file.pk])


class ForumFileSentSerializer(serializers.Serializer[Any]):
    """Minutes as they are sent; what the file really is, the verb looks at."""

    file = serializers.FileField(allow_empty_file=True)
    caption_th = serializers.CharField(max_length=300)


class ForumFileReasonSerializer(serializers.Serializer[Any]):
    """Why minutes are taken away; the office reads it."""

    reason = serializers.CharField(max_length=300)


class ForumAttendanceSerializer(serializers.ModelSerializer[ForumAttendance]):
    """How many of a sector came."""

    class Meta:
        model = ForumAttendance
        fields = ("sector", "people")


class ForumProposalSerializer(serializers.ModelSerializer[ForumProposal]):
    """What was proposed and what became of it."""

    approach = serializers.CharField(source="approach.code", default=None, read_only=True)
    need = serializers.CharField(source="need.code", default=None, read_only=True)

    class Meta:
        model = ForumProposal
        fields = ("number", "sector", "text_th", "outcome", "outcome_th", "approach", "need")


class ForumSerializer(serializers.ModelSerializer[Forum]):
    """A forum: who came, what was proposed and became of it, and its minutes."""

    area = serializers.CharField(source="area.code", default=None, read_only=True)
    attendance = ForumAttendanceSerializer(many=True, read_only=True)
    proposals = ForumProposalSerializer(many=True, read_only=True)
    files = ForumFileSerializer(many=True, read_only=True)

    class Meta:
        model = Forum
        fields = (
            *("id", "title_th", "held_date", "place_th", "area", "minutes_th", "is_sample"),
            *("attendance", "proposals", "files"),
        )


class ForumViewSet(ReadOnlyModelViewSet[Forum]):
    """Forums are public; their minutes once they are marked so, before that at the desk only."""

    queryset = Forum.objects.none()
    serializer_class = ForumSerializer
    filterset_fields = {"held_date": ["exact", "gte", "lte"]}

    def get_queryset(self) -> QuerySet[Forum]:
        seen = ForumFile.objects.visible_to(standing_of(self.request.user, clock.today()))
        return (
            Forum.objects.with_counts()
            .prefetch_related(
                Prefetch("files", seen.kept().in_time_order()),
                Prefetch(
                    "proposals",
                    ForumProposal.objects.select_related("approach", "need").order_by("number"),
                ),
            )
            .newest_first()
        )

    @extend_schema(
        request={"multipart/form-data": ForumFileSentSerializer},
        responses={201: ForumFileSerializer},
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def files(self, request: Request, pk: str) -> Response:
        """Add minutes to the forum; nobody but the desk sees them until they are shown."""
        user, forum = signed_in(request), self.get_object()
        sent = ForumFileSentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = participation.add_forum_file(
            forum=forum, by=user, at=clock.now(), **sent.validated_data
        )
        return Response(ForumFileSerializer(file).data, status=status.HTTP_201_CREATED)


class ForumFileViewSet(mixins.RetrieveModelMixin, GenericViewSet[ForumFile]):
    """Minutes one by one: shown to the public or not, taken away with a reason, put back."""

    queryset = ForumFile.objects.none()
    serializer_class = ForumFileSerializer

    def get_queryset(self) -> QuerySet[ForumFile]:
        seen = ForumFile.objects.visible_to(standing_of(self.request.user, clock.today()))
        # What was taken away is on record at the desk; here only its removal is undone, or refused.
        return seen.kept() if self.action == "retrieve" else seen

    @extend_schema(request=None, responses=ForumFileSerializer)
    @action(detail=True, methods=["post"])
    def show(self, request: Request, pk: str) -> Response:
        """Put the file before the public."""
        return self._do(request, participation.show_forum_file, is_public=True)

    @extend_schema(request=None, responses=ForumFileSerializer)
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, pk: str) -> Response:
        """Take the file from the public; those at the desk still read it."""
        return self._do(request, participation.show_forum_file, is_public=False)

    @extend_schema(request=ForumFileReasonSerializer, responses=ForumFileSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Take the file away with the reason; it stays on record and may be put back."""
        given = ForumFileReasonSerializer(data=request.data)
        signed_in(request)
        given.is_valid(raise_exception=True)
        return self._do(request, participation.remove_forum_file, **given.validated_data)

    @extend_schema(request=None, responses=ForumFileSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Put back a file that was taken away; it is not public until it is shown again."""
        return self._do(request, participation.restore_forum_file)

    def _do(self, request: Request, verb: Callable[..., ForumFile], **given: Any) -> Response:
        user = signed_in(request)
        file = verb(file=self.get_object(), by=user, at=clock.now(), **given)
        return Response(ForumFileSerializer(file).data)


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register("forums", ForumViewSet, basename="forum")
    router.register("forum-files", ForumFileViewSet, basename="forum-file")
