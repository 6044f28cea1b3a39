"""API v1: forums and their minutes; the same rules and verbs as the pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.models import Area
from accounts.rules import signed_in
from common import clock
from planning.actions import participation
from planning.api.plans import readable
from planning.models import Forum, ForumAttendance, ForumFile, ForumProposal
from planning.models.participation import Sector
from planning.resources.participation import MOST_PEOPLE
from strategy.models import PlanEdition
from submissions.actions import as_one
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


class ForumAttendanceTypedSerializer(serializers.Serializer[Any]):
    """How many of a sector came; a sector that is left out is not known."""

    sector = serializers.ChoiceField(choices=Sector.choices)
    people = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE)


class ForumTypedSerializer(serializers.Serializer[Any]):
    """A forum that was held, whole: what is left out is empty."""

    title_th = serializers.CharField(max_length=300)
    held_date = serializers.DateField()
    place_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    area = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Area.objects.filter(kind__in=["province", "district", "tambon"]).defer("boundary"),
        required=False,
        allow_null=True,
        default=None,
    )
    edition = serializers.PrimaryKeyRelatedField(
        queryset=PlanEdition.objects.with_plan(), required=False, allow_null=True, default=None
    )
    minutes_th = serializers.CharField(required=False, allow_blank=True, default="")
    attendance = ForumAttendanceTypedSerializer(many=True)

    def validate_attendance(self, rows: list[dict[str, Any]]) -> dict[str, int]:
        """Hold each sector to one number.

        :raises ValidationError: if a sector stands there twice.
        """
        came = {row["sector"]: row["people"] for row in rows}
        if len(came) < len(rows):
            raise serializers.ValidationError(_("ใส่จำนวนผู้เข้าร่วมของแต่ละภาคส่วนเพียงครั้งเดียว"))
        return came


class ForumAmendSerializer(ForumTypedSerializer):
    """A forum as it should stand; `version` is the one seen."""

    version = serializers.IntegerField(min_value=1)


class ForumSerializer(serializers.ModelSerializer[Forum]):
    """A forum: who came, what was proposed and became of it, and its minutes."""

    area = serializers.CharField(source="area.code", default=None, read_only=True)
    attendance = ForumAttendanceSerializer(many=True, read_only=True)
    proposals = ForumProposalSerializer(many=True, read_only=True)
    files = ForumFileSerializer(many=True, read_only=True)

    class Meta:
        model = Forum
        fields = (
            *("id", "title_th", "held_date", "place_th", "area", "edition", "minutes_th"),
            *("attendance", "proposals", "files", "version", "is_sample"),
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

    @extend_schema(request=ForumTypedSerializer, responses={201: ForumSerializer})
    def create(self, request: Request) -> Response:
        """Write down that a forum was held, with who came by sector."""
        user, given = signed_in(request), self._typed(request, ForumTypedSerializer)
        told = participation.ForumInput(**given)
        forum = participation.record_forum(forum=told, by=user, at=clock.now())
        return self._told(forum, status.HTTP_201_CREATED)

    @extend_schema(request=ForumAmendSerializer, responses=ForumSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Put right what was written of a forum; what was proposed there and its files stay."""
        user, forum = signed_in(request), self.get_object()
        given = self._typed(request, ForumAmendSerializer)
        version = given.pop("version")
        entry = participation.ForumAmendment(forum, version, participation.ForumInput(**given))
        with as_one():
            participation.amend_forums(entries=[entry], by=user, at=clock.now())
        return self._told(forum)

    def _typed(self, request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        typed = dict(given.validated_data)
        if typed["edition"] is not None:
            typed["edition"] = readable(request, typed["edition"])
        return typed

    def _told(self, forum: Forum, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=forum.pk)
        return Response(self.get_serializer(fresh).data, status=code)

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
