"""Uploads for machines: the same path and the same report as the pages."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.models import Agency, User
from common import fiscal
from common.clock import now
from spreadsheets import actions
from spreadsheets.models import Upload
from submissions.rules import standing_of


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload with its whole report."""

    agency = serializers.CharField(source="agency.code")
    period = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id", "kind", "agency", "period", "original_name", "size_bytes", "sha256", "action",
            "state", "uploaded_at", "committed_at", "undone_at", "report",
        ]  # fmt: skip

    def get_period(self, upload: Upload) -> str:
        return actions.period_key(upload.period)


class SendSerializer(serializers.Serializer[Any]):
    """A file with what it is about."""

    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.ChoiceField(choices=sorted(actions.KINDS))
    agency = serializers.CharField(help_text="agency code")
    period = serializers.RegexField(
        r"^25\d\d(-(q[1-4]|m\d\d))?$", help_text="2570-q1, 2570-m03 or 2570"
    )
    action = serializers.ChoiceField(choices=Upload.Action.choices, default=Upload.Action.DRAFT)


class TableSerializer(serializers.Serializer[Any]):
    """Another table of the file, as the report's `tables` names it."""

    sheet = serializers.CharField(trim_whitespace=False)
    heading = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0)


class ConfirmSerializer(serializers.Serializer[Any]):
    """Whether the questions of the report were read and are right."""

    confirmed = serializers.BooleanField(default=False)


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


class UploadViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Upload]
):
    """Workbooks sent, what they would change, and what became of them."""

    queryset = Upload.objects.none()
    serializer_class = UploadSerializer
    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser, JSONParser]

    def get_queryset(self) -> Any:
        standing = standing_of(self.request.user, fiscal.local_date(now()))
        return Upload.objects.visible_to(standing).with_period().in_time_order()

    @extend_schema(
        request={"multipart/form-data": SendSerializer}, responses={201: UploadSerializer}
    )
    def create(self, request: Request) -> Response:
        """Send a workbook; the answer says what it would change. Nothing is written yet."""
        sent = SendSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given, at = sent.validated_data, now()
        standing = standing_of(request.user, fiscal.local_date(at))
        agencies = Agency.objects.active()
        if not standing.has(*actions.KINDS[given["kind"]].province_senders):
            agencies = agencies.filter(pk__in=standing.agencies())
        upload = actions.receive_upload(
            file=given["file"],
            name=given["file"].name,
            kind=given["kind"],
            agency=get_object_or_404(agencies, code=given["agency"]),
            period=actions.find_period(given["kind"], given["period"]),
            action=given["action"],
            by=_user(request),
            at=at,
        )
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ConfirmSerializer, responses=UploadSerializer)
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        """Bring the whole file in, or nothing."""
        given = ConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        upload = actions.commit_upload(
            upload=self.get_object(),
            confirmed=given.validated_data["confirmed"],
            by=_user(request),
            at=now(),
        )
        return Response(UploadSerializer(upload).data)

    @extend_schema(request=TableSerializer, responses={201: UploadSerializer})
    @action(detail=True, methods=["post"], url_path="next")
    def next(self, request: Request, pk: str) -> Response:
        """Open another table of the file, which is here already, as an upload of its own."""
        upload = self.get_object()
        given = TableSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        upload = actions.receive_next_table(
            upload=upload, **given.validated_data, by=_user(request), at=now()
        )
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=UploadSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Put back what the file changed and take away what it made, while nothing was built on it."""
        return self._do(actions.undo_upload, request)

    @extend_schema(request=None, responses=UploadSerializer)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: str) -> Response:
        """Lay a file aside that was not brought in."""
        return self._do(actions.discard_upload, request)

    def _do(self, verb: Any, request: Request) -> Response:
        at: datetime = now()
        upload = verb(upload=self.get_object(), by=_user(request), at=at)
        return Response(UploadSerializer(upload).data)


def register(router: BaseRouter) -> None:
    """Join the API's root."""
    router.register("uploads", UploadViewSet, basename="upload")
