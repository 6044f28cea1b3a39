"""The resource `reports`: editions for everybody, closing and publishing for the office."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from common import clock
from reports import actions
from reports.models import Edition
from submissions.models import Quarter


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """An edition and the files that never change."""

    code = serializers.SerializerMethodField()
    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    edition = serializers.IntegerField(source="number", read_only=True)
    address = serializers.CharField(read_only=True)
    corrections = serializers.CharField(source="corrections_th", read_only=True)

    class Meta:
        model = Edition
        fields = (
            *("code", "fiscal_year", "quarter", "edition", "address", "published_at", "sha256"),
            *("files", "corrections", "is_sample"),
        )

    def get_code(self, edition: Edition) -> str:
        return f"{edition.quarter.fiscal_year_id}-q{edition.quarter.number}"


class EditionDetailSerializer(EditionSerializer):
    """An edition with its whole document."""

    document = serializers.JSONField(read_only=True)

    class Meta:
        model = Edition
        fields = (*EditionSerializer.Meta.fields, "document")


class CloseSerializer(serializers.Serializer[dict[str, bool]]):
    missing_accepted = serializers.BooleanField(default=False)


class SummarySerializer(serializers.Serializer[dict[str, Any]]):
    text_th = serializers.CharField(max_length=5000)
    text_en = serializers.CharField(max_length=5000, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=0, default=0)


class QuarterAnswer(serializers.Serializer[Quarter]):
    """A quarter after a verb."""

    fiscal_year = serializers.IntegerField(source="fiscal_year_id")
    quarter = serializers.IntegerField(source="number")
    state = serializers.CharField()


class ReportViewSet(ReadOnlyModelViewSet[Edition]):
    """Published editions, newest first; `reports/2569-q4/` is the newest of a quarter."""

    queryset = Edition.objects.finished().with_quarter().newest_first()
    serializer_class = EditionSerializer
    lookup_field = "code"
    lookup_value_regex = r"\d{4}-q[1-4]"

    def get_queryset(self) -> Any:
        editions = Edition.objects.finished().with_quarter().newest_first()
        return editions if self.action == "retrieve" else editions.without_document()

    def get_serializer_class(self) -> Any:
        return EditionDetailSerializer if self.action == "retrieve" else EditionSerializer

    def get_object(self) -> Edition:
        year, number = self._period()
        edition = (
            self.get_queryset().filter(quarter__fiscal_year=year, quarter__number=number).first()
        )
        if edition is None:
            raise Http404
        found: Edition = edition
        return found

    def _period(self) -> tuple[int, int]:
        year, _q, number = str(self.kwargs["code"]).partition("-q")
        return int(year), int(number)

    def _quarter(self) -> Quarter:
        year, number = self._period()
        quarter = (
            Quarter.objects.filter(fiscal_year=year, number=number)
            .select_related("fiscal_year")
            .first()
        )
        if quarter is None:
            raise Http404
        return quarter

    def _user(self, request: Request) -> User:
        if not isinstance(request.user, User):
            raise NotAuthenticated
        return request.user

    @extend_schema(request=None, responses=QuarterAnswer)
    @action(detail=True, methods=["post"], url_path="open")
    def open_for_reporting(self, request: Request, code: str) -> Response:
        """Open the quarter for reporting."""
        quarter = actions.open_for_reporting(
            quarter=self._quarter(), by=self._user(request), at=clock.now()
        )
        return Response(QuarterAnswer(quarter).data)

    @extend_schema(request=CloseSerializer, responses=QuarterAnswer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, code: str) -> Response:
        """Close the quarter and freeze its figures."""
        asked = CloseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        freeze = actions.close_quarter(
            quarter=self._quarter(),
            by=self._user(request),
            at=clock.now(),
            missing_accepted=asked.validated_data["missing_accepted"],
        )
        return Response({**QuarterAnswer(freeze.quarter).data, "sha256": freeze.sha256})

    @extend_schema(request=SummarySerializer, responses=SummarySerializer)
    @action(detail=True, methods=["post"])
    def summary(self, request: Request, code: str) -> Response:
        """Write the summary of the next edition; `version` is the one that was read, 0 for none."""
        asked = SummarySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        summary = actions.write_summary(
            quarter=self._quarter(),
            **asked.validated_data,
            by=self._user(request),
            at=clock.now(),
        )
        told = {
            "text_th": summary.text_th,
            "text_en": summary.text_en,
            "version": summary.version,
        }
        return Response(told)

    @extend_schema(request=None, responses={202: EditionSerializer})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, code: str) -> Response:
        """Publish the next edition; its files follow within moments."""
        edition, _run = actions.publish_report(
            quarter=self._quarter(), by=self._user(request), at=clock.now()
        )
        return Response(EditionSerializer(edition).data, status=202)
