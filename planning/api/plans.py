"""API v1: what an edition stands on, what people said of it, and who was told of it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer, MeasureApiField
from kpi.models import KPI
from planning.actions import analysis, editions, participation
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Consultation,
    ConsultationComment,
    FactorEvidence,
    Need,
    SwotFactor,
    TowsStrategy,
)
from strategy.models import Approach, PlanEdition, ProvinceFact
from submissions.actions import as_one
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
            *("evidence", "tows", "version", "is_sample"),
        )


class FactorEvidenceTypedSerializer(serializers.Serializer[Any]):
    """What shows a factor: one of a KPI, a need, a stated fact, or a figure with its source."""

    kpi = serializers.PrimaryKeyRelatedField(
        queryset=KPI.objects.all(), required=False, allow_null=True, default=None
    )
    need = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Need.objects.public(),
        required=False,
        allow_null=True,
        default=None,
    )
    fact = serializers.SlugRelatedField(
        slug_field="key",
        queryset=ProvinceFact.objects.all(),
        required=False,
        allow_null=True,
        default=None,
    )
    label_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    value = MeasureApiField(required=False, allow_null=True, default=None)
    unit_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    source_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class FactorTypedSerializer(serializers.Serializer[Any]):
    """A factor for a draft, with what shows it."""

    edition = serializers.PrimaryKeyRelatedField(queryset=PlanEdition.objects.with_plan())
    kind = serializers.ChoiceField(choices=SwotFactor.Kind.choices)
    text_th = serializers.CharField(max_length=1000)
    group_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    importance = serializers.IntegerField(min_value=1, max_value=5)
    evidence = FactorEvidenceTypedSerializer(many=True, required=False)


class FactorAmendSerializer(serializers.Serializer[Any]):
    """A factor's words and weight as they should stand; `version` is the one seen."""

    version = serializers.IntegerField(min_value=1)
    text_th = serializers.CharField(max_length=1000)
    group_th = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    importance = serializers.IntegerField(min_value=1, max_value=5)


class TowsTypedSerializer(serializers.Serializer[Any]):
    """What factors of a draft ask for together, by their ids, and the approaches that it became."""

    edition = serializers.PrimaryKeyRelatedField(queryset=PlanEdition.objects.with_plan())
    text_th = serializers.CharField(max_length=2000)
    factors = serializers.PrimaryKeyRelatedField(queryset=SwotFactor.objects.all(), many=True)
    approaches = serializers.PrimaryKeyRelatedField(
        queryset=Approach.objects.select_related("issue"), many=True, required=False
    )


class ConsultationTypedSerializer(serializers.Serializer[Any]):
    """A draft to be asked about, from a day to a day."""

    edition = serializers.PrimaryKeyRelatedField(queryset=PlanEdition.objects.with_plan())
    question_th = serializers.CharField()
    opens_date = serializers.DateField()
    closes_date = serializers.DateField()


class ConsultationClosingSerializer(serializers.Serializer[Any]):
    """Why no more comments are taken; everybody reads it."""

    reason = serializers.CharField(max_length=300)


class CommentJudgedSerializer(serializers.Serializer[Any]):
    """Whether everybody may read a comment."""

    shown = serializers.BooleanField()


class CommentAnsweredSerializer(serializers.Serializer[Any]):
    """The answer that everybody reads; `version` is the comment's that was seen."""

    version = serializers.IntegerField(min_value=1)
    answer_th = serializers.CharField(max_length=2000)


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
            *("id", "sector", "about_th", "text_th", "received_at", "answer_th", "answered_at"),
            *("version", "is_sample"),
        )


class CommentAtDeskSerializer(serializers.ModelSerializer[ConsultationComment]):
    """What somebody said, whether it is shown, and the answer."""

    class Meta:
        model = ConsultationComment
        fields = (
            *("id", "consultation", "sector", "about_th", "text_th", "state", "received_at"),
            *("answer_th", "answered_at", "version", "is_sample"),
        )


class ConsultationSerializer(serializers.ModelSerializer[Consultation]):
    """When people are asked of which edition, and what they said."""

    plan = serializers.CharField(source="edition.plan.code", read_only=True)
    comments = ConsultationCommentSerializer(many=True, read_only=True)

    class Meta:
        model = Consultation
        fields = (
            *("id", "plan", "edition", "question_th", "opens_date", "closes_date", "closed_at"),
            *("closed_reason", "comments", "is_sample"),
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


def _typed(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def readable(request: Request, edition: PlanEdition) -> PlanEdition:
    """Return an edition that the caller may read; another's draft is not there."""
    return get_object_or_404(
        PlanEdition.objects.visible_to(_standing(request)).with_plan(), pk=edition.pk
    )


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

    @extend_schema(request=FactorTypedSerializer, responses={201: SwotFactorSerializer})
    def create(self, request: Request) -> Response:
        """Add a factor to a draft's analysis; it gets its kind's next number."""
        user, given = signed_in(request), _typed(FactorTypedSerializer, request)
        edition = readable(request, given.pop("edition"))
        shown = [analysis.EvidenceInput(**each) for each in given.pop("evidence", ())]
        row = analysis.add_factor(
            edition=edition,
            factor=analysis.FactorInput(**given, evidence=shown),
            by=user,
            at=clock.now(),
        )
        return self._told(row.pk, status.HTTP_201_CREATED)

    @extend_schema(request=FactorAmendSerializer, responses=SwotFactorSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Put a factor's words and weight right."""
        user, row = signed_in(request), self.get_object()
        entry = analysis.FactorAmendment(row, **_typed(FactorAmendSerializer, request))
        with as_one():
            analysis.amend_factors(entries=[entry], by=user, at=clock.now())
        return self._told(row.pk)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Take a factor on which no strategy stands out of a draft's analysis."""
        user, row = signed_in(request), self.get_object()
        analysis.drop_factor(factor=row, by=user, at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=FactorEvidenceTypedSerializer, responses=SwotFactorSerializer)
    @action(detail=True, methods=["post"])
    def evidence(self, request: Request, pk: str) -> Response:
        """Show a factor by one more thing."""
        user, row = signed_in(request), self.get_object()
        shown = analysis.EvidenceInput(**_typed(FactorEvidenceTypedSerializer, request))
        analysis.add_evidence(factor=row, evidence=shown, by=user, at=clock.now())
        return self._told(row.pk)

    def _told(self, key: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=key)).data, status=code)


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

    @extend_schema(request=TowsTypedSerializer, responses={201: TowsSerializer})
    def create(self, request: Request) -> Response:
        """Say what factors from inside and outside ask for together."""
        user, given = signed_in(request), _typed(TowsTypedSerializer, request)
        row = analysis.add_tows(
            edition=readable(request, given["edition"]),
            text_th=given["text_th"],
            factors=given["factors"],
            approaches=given.get("approaches", ()),
            by=user,
            at=clock.now(),
        )
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Take a strategy out of a draft's analysis."""
        user, row = signed_in(request), self.get_object()
        analysis.drop_tows(tows=row, by=user, at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


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

    @extend_schema(request=ConsultationTypedSerializer, responses={201: ConsultationSerializer})
    def create(self, request: Request) -> Response:
        """Ask the public about an edition that is out for consultation, from a day to a day."""
        user, given = signed_in(request), _typed(ConsultationTypedSerializer, request)
        given["edition"] = readable(request, given["edition"])
        row = editions.open_consultation(**given, by=user, at=clock.now())
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ConsultationClosingSerializer, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Take no more comments, before the last day; the reason is public."""
        user, row = signed_in(request), self.get_object()
        given = _typed(ConsultationClosingSerializer, request)
        editions.close_consultation(consultation=row, by=user, at=clock.now(), **given)
        return Response(self.get_serializer(self.get_object()).data)


class ConsultationCommentViewSet(ReadOnlyModelViewSet[ConsultationComment]):
    """Comments one by one: those that are shown for all, all of them at the desk."""

    queryset = ConsultationComment.objects.none()
    serializer_class = CommentAtDeskSerializer
    filterset_fields = ("consultation", "state", "sector")

    def get_queryset(self) -> QuerySet[ConsultationComment]:
        rows = ConsultationComment.objects.order_by("-received_at", "-pk")
        if _standing(self.request).sees_province:
            return rows
        return rows.filter(state=ConsultationComment.State.SHOWN)

    @extend_schema(request=CommentJudgedSerializer, responses=CommentAtDeskSerializer)
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, pk: str) -> Response:
        """Show a comment to everybody, or keep it back."""
        user, row = signed_in(request), self.get_object()
        given = _typed(CommentJudgedSerializer, request)
        editions.judge_comments(comments=[row], by=user, at=clock.now(), **given)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=CommentAnsweredSerializer, responses=CommentAtDeskSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer a comment in public, or mend the answer."""
        user, row = signed_in(request), self.get_object()
        given = _typed(CommentAnsweredSerializer, request)
        row = editions.answer_comment(comment=row, by=user, at=clock.now(), **given)
        return Response(self.get_serializer(row).data)


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
    router.register(
        "consultation-comments", ConsultationCommentViewSet, basename="consultation-comment"
    )
    router.register("announcements", AnnouncementViewSet, basename="announcement")
