"""API v1: what an edition stands on, what people said of it, and who was told of it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer
from planning.actions import participation
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Consultation,
    ConsultationComment,
    FactorEvidence,
    SwotFactor,
    TowsStrategy,
)
from strategy.models import PlanEdition
from submissions.rules import standing_of


class FactorEvidenceSerializer(ExactSerializer[FactorEvidence]):
    """What shows a factor: a KPI, a need, a stated fact, or a figure with its source."""

    kpi = serializers.CharField(source="kpi.code", default=None, read_only=True)
    need = serializers.CharField(source="need.code", default=None, read_only=True)
    fact = serializers.CharField(source="fact.key", default=None, read_only=True)

    class Meta:
        model = FactorEvidence
        fields = ("kpi", "need", "fact", "label_th", "value", "unit_th", "source_th")


class SwotFactorSerializer(serializers.ModelSerializer[SwotFactor]):
    """A factor with its evidence and the numbers of the pairs that use it."""

    plan = serializers.CharField(source="edition.plan.code", read_only=True)
    code = serializers.CharField(read_only=True)
    evidence = FactorEvidenceSerializer(many=True, read_only=True)
    tows: serializers.SlugRelatedField[TowsStrategy] = serializers.SlugRelatedField(
        slug_field="number", many=True, read_only=True
    )

    class Meta:
        model = SwotFactor
        fields = (
            *("id", "plan", "edition", "code", "kind", "text_th", "group_th", "importance"),
            *("evidence", "tows", "is_sample"),
        )


class TowsSerializer(serializers.ModelSerializer[TowsStrategy]):
    """What factors together ask for, and the approaches that it became; none is "nothing yet"."""

    plan = serializers.CharField(source="edition.plan.code", read_only=True)
    factors: serializers.SlugRelatedField[SwotFactor] = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True
    )
    approaches: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True
    )

    class Meta:
        model = TowsStrategy
        fields = (
            *("id", "plan", "edition", "number", "text_th", "factors", "approaches", "is_sample"),
        )


class ConsultationCommentSerializer(serializers.ModelSerializer[ConsultationComment]):
    """What somebody said, as it is shown, and the answer."""

    class Meta:
        model = ConsultationComment
        fields = (
            *("sector", "about_th", "text_th", "received_at", "answer_th", "answered_at"),
            "is_sample",
        )


class ConsultationSerializer(serializers.ModelSerializer[Consultation]):
    """When people are asked of which edition, and what they said."""

    plan = serializers.CharField(source="edition.plan.code", read_only=True)
    comments = ConsultationCommentSerializer(many=True, read_only=True)

    class Meta:
        model = Consultation
        fields = (
            *("id", "plan", "edition", "question_th", "opens_date", "closes_date", "comments"),
            "is_sample",
        )


class AnnouncementReceiptSerializer(serializers.ModelSerializer[AnnouncementReceipt]):
    """An agency that was told, and when it said that it knows."""

    agency = serializers.CharField(source="agency.code", read_only=True)

    class Meta:
        model = AnnouncementReceipt
        fields = ("agency", "acknowledged_at")


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """That agencies were told of an edition; `receipts` are those that the caller may see."""

    plan = serializers.CharField(source="edition.plan.code", read_only=True)
    channel = serializers.CharField(source="channel.key", read_only=True)
    told = serializers.IntegerField(read_only=True)
    acknowledged = serializers.IntegerField(read_only=True)
    receipts = AnnouncementReceiptSerializer(many=True, read_only=True)

    class Meta:
        model = Announcement
        fields = (
            *("id", "plan", "edition", "channel", "told_date", "reference", "told"),
            *("acknowledged", "receipts", "is_sample"),
        )


def _standing(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


class SwotFactorViewSet(ReadOnlyModelViewSet[SwotFactor]):
    """Factors of the editions that one may read."""

    queryset = SwotFactor.objects.none()
    serializer_class = SwotFactorSerializer
    filterset_fields = ("edition", "edition__plan__code", "kind")

    def get_queryset(self) -> QuerySet[SwotFactor]:
        editions = PlanEdition.objects.visible_to(_standing(self.request))
        return (
            SwotFactor.objects.filter(edition__in=editions)
            .select_related("edition__plan")
            .with_evidence()
            .prefetch_related(Prefetch("tows", TowsStrategy.objects.order_by("number")))
            .order_by("edition", "kind", "number")
        )


class TowsViewSet(ReadOnlyModelViewSet[TowsStrategy]):
    """Pairs of factors of the editions that one may read."""

    queryset = TowsStrategy.objects.none()
    serializer_class = TowsSerializer
    filterset_fields = ("edition", "edition__plan__code")

    def get_queryset(self) -> QuerySet[TowsStrategy]:
        editions = PlanEdition.objects.visible_to(_standing(self.request))
        return (
            TowsStrategy.objects.filter(edition__in=editions)
            .select_related("edition__plan")
            .prefetch_related(
                Prefetch("factors", SwotFactor.objects.order_by("kind", "number")), "approaches"
            )
            .order_by("edition", "number")
        )


class ConsultationViewSet(ReadOnlyModelViewSet[Consultation]):
    """Consultations; everybody reads what was looked at and shown."""

    queryset = (
        Consultation.objects.with_edition()
        .prefetch_related(
            Prefetch(
                "comments",
                ConsultationComment.objects.filter(state=ConsultationComment.State.SHOWN).order_by(
                    "received_at", "pk"
                ),
            )
        )
        .newest_first()
    )
    serializer_class = ConsultationSerializer
    filterset_fields = ("edition", "edition__plan__code")


class AnnouncementViewSet(ReadOnlyModelViewSet[Announcement]):
    """Who was told of the plan by which channel: an agency reads of itself, the office of all."""

    queryset = Announcement.objects.none()
    serializer_class = AnnouncementSerializer
    permission_classes = (IsAuthenticated,)
    filterset_fields = ("edition", "edition__plan__code")

    def get_queryset(self) -> QuerySet[Announcement]:
        standing = _standing(self.request)
        receipts = AnnouncementReceipt.objects.visible_to(standing)
        rows = Announcement.objects.with_counts()
        if not standing.sees_province:
            rows = rows.filter(pk__in=receipts.values("announcement"))
        return rows.prefetch_related(
            Prefetch("receipts", receipts.select_related("agency").order_by("agency__code"))
        ).newest_first()

    @extend_schema(request=None, responses=AnnouncementSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say for one's own agency that it knows of the plan."""
        user, told = signed_in(request), self.get_object()
        own = told.receipts.filter(agency__in=_standing(request).agencies())
        # Said already: the verb refuses it with its sentence.
        receipts = list(own.open().select_related("agency")) or list(own)
        if not receipts:
            raise Http404
        participation.acknowledge(receipts=receipts, by=user, at=clock.now())
        return Response(self.get_serializer(self.get_object()).data)


def register(router: BaseRouter) -> None:
    """Put the resources under the API's root."""
    router.register("swot-factors", SwotFactorViewSet, basename="swot-factor")
    router.register("tows-strategies", TowsViewSet, basename="tows-strategy")
    router.register("consultations", ConsultationViewSet, basename="consultation")
    router.register("announcements", AnnouncementViewSet, basename="announcement")
