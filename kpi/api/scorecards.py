"""API v1 of scorecards: scores, signatures, and amendments of what is signed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer
from kpi import actions
from kpi.actions.definitions import KPIInput, TargetInput
from kpi.actions.scorecards import input_of
from kpi.api.figures import log_views, standing_in
from kpi.explaining import score_address
from kpi.models import KPI, Amendment, Score, Scorecard, Target
from kpi.rules.agreements import Side
from kpi.rules.disclosure import disclosures_of
from submissions.models import PeriodState, Quarter

NUMBER = OpenApiParameter("number", OpenApiTypes.INT, OpenApiParameter.PATH)


class ScoreSerializer(ExactSerializer[Score]):
    """A scorecard's score at a quarter's end."""

    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    explain = serializers.SerializerMethodField()

    class Meta:
        model = Score
        fields = (
            *("quarter", "score", "percent", "covered", "due", "covered_weight", "due_weight"),
            "explain",
        )

    def get_explain(self, score: Score) -> str:
        return score_address(score, score.quarter)


class ScorecardSerializer(serializers.ModelSerializer[Scorecard]):
    """Whose KPIs they are, with the scores so far."""

    agency = serializers.CharField(source="agency.code", read_only=True)
    scores = serializers.SerializerMethodField()

    class Meta:
        model = Scorecard
        fields = (
            *("id", "fiscal_year", "level", "agency", "scale", "state", "version"),
            *("owner_signed_at", "supervisor_signed_at", "is_sample", "scores"),
        )

    @extend_schema(responses=ScoreSerializer(many=True))
    def get_scores(self, scorecard: Scorecard) -> list[dict[str, Any]]:
        standing: Standing = self.context["standing"]
        scores = list(scorecard.scores.all())
        if not standing.pairs:
            scores = [each for each in scores if each.quarter.state == PeriodState.PUBLISHED]
        elif scorecard.level == Scorecard.Level.PROVINCE:
            told = disclosures_of((each.quarter for each in scores), standing)
            scores = [each for each in scores if told[each.quarter_id].reads_score(each)]
        return list(ScoreSerializer(sorted(scores, key=lambda s: s.quarter.number), many=True).data)


class SignatureSerializer(serializers.Serializer[Any]):
    """For which side one signs, and which version of the scorecard one saw."""

    side = serializers.ChoiceField(choices=[side.value for side in Side])
    version = serializers.IntegerField(min_value=1)


class AmendmentSerializer(serializers.ModelSerializer[Amendment]):
    """A change of a signed scorecard with old and new, and who has agreed."""

    changes = serializers.JSONField(read_only=True)

    class Meta:
        model = Amendment
        fields = (
            *("number", "state", "reason", "changes", "proposed_at", "owner_agreed_at"),
            *("supervisor_agreed_at", "declined_at", "decline_reason"),
        )


class LineSerializer(serializers.Serializer[Any]):
    """What one KPI is to be; what is not sent stays as it was signed."""

    kpi = serializers.CharField()
    weight = serializers.DecimalField(19, 4, required=False)
    year_target = serializers.DecimalField(19, 4, required=False)
    targets = serializers.DictField(child=serializers.DecimalField(19, 4), required=False)

    def validate_targets(self, targets: dict[str, Decimal]) -> dict[int, Decimal]:
        """Targets are by quarter."""
        if not set(targets) <= {"1", "2", "3", "4"}:
            raise serializers.ValidationError(_("ระบุเป้าหมายตามไตรมาส 1 ถึง 4"))
        return {int(number): value for number, value in targets.items()}


class ProposalSerializer(serializers.Serializer[Any]):
    """An amendment as it is proposed, and which version of the scorecard one saw."""

    reason = serializers.CharField()
    version = serializers.IntegerField(min_value=1)
    lines = LineSerializer(many=True)


class AgreementSerializer(serializers.Serializer[Any]):
    """For which side one agrees."""

    side = serializers.ChoiceField(choices=[side.value for side in Side])


class RefusalSerializer(serializers.Serializer[Any]):
    """Why one does not agree."""

    reason = serializers.CharField()


class ScorecardViewSet(ReadOnlyModelViewSet[Scorecard]):
    """Scorecards of the province and its agencies; a post's own for its holder and the post above.

    Both sides sign, or take a signature back before the other side has signed.
    """

    queryset = Scorecard.objects.none()
    serializer_class = ScorecardSerializer
    filterset_fields = {"fiscal_year": ["exact"], "level": ["exact"], "agency__code": ["exact"]}

    def get_queryset(self) -> QuerySet[Scorecard]:
        standing = standing_in(self.request)
        scorecards = Scorecard.objects.visible_to(standing)
        if not standing.pairs:
            published = Quarter.objects.filter(state=PeriodState.PUBLISHED).values("fiscal_year")
            scorecards = Scorecard.objects.exclude(level=Scorecard.Level.POST).filter(
                fiscal_year__in=published
            )
        return (
            scorecards.select_related("agency")
            .prefetch_related("scores__quarter")
            .distinct()
            .order_by("fiscal_year", "level", "agency__code", "pk")
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        cards = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or [])
        log_views(request, "kpi.scorecard.viewed", [card for card in cards if card.post_id])
        return self.get_paginated_response(self.get_serializer(cards, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        card = self.get_object()
        log_views(request, "kpi.scorecard.viewed", [card] if card.post_id else [])
        return Response(self.get_serializer(card).data)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "standing": standing_in(self.request)}

    @extend_schema(request=SignatureSerializer, responses=ScorecardSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str | None = None) -> Response:
        """Sign for a side; the scorecard is agreed once both have signed what they saw."""
        by, card = signed_in(request), self.get_object()
        given = SignatureSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.sign_scorecard(
            scorecard=card,
            side=Side(given.validated_data["side"]),
            seen=given.validated_data["version"],
            by=by,
            at=clock.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=ScorecardSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take the signature back before the other side has signed."""
        by, card = signed_in(request), self.get_object()
        actions.withdraw_signatures(scorecard=card, by=by, at=clock.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=ScorecardSerializer)
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str | None = None) -> Response:
        """Put last year's KPIs that are not there yet."""
        by, card = signed_in(request), self.get_object()
        actions.copy_scorecard(scorecard=card, by=by, at=clock.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(methods=["GET"], responses=AmendmentSerializer(many=True))
    @extend_schema(
        methods=["POST"], request=ProposalSerializer, responses={201: AmendmentSerializer}
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def amendments(self, request: Request, pk: str | None = None) -> Response:
        """Read the amendments, the newest first, or propose one to a signed scorecard."""
        by, card = signed_in(request), self.get_object()
        if request.method == "GET":
            log_views(request, "kpi.scorecard.viewed", [card] if card.post_id else [])
            listed = Amendment.objects.filter(scorecard=card).in_number_order()
            return Response(AmendmentSerializer(listed, many=True).data)
        given = ProposalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        amendment = actions.propose_amendment(
            scorecard=card,
            lines=[self._line(card, line) for line in given.validated_data["lines"]],
            reason=given.validated_data["reason"],
            seen=given.validated_data["version"],
            by=by,
            at=clock.now(),
        )
        return Response(AmendmentSerializer(amendment).data, status=status.HTTP_201_CREATED)

    def _line(self, card: Scorecard, line: dict[str, Any]) -> actions.LineChange:
        """One KPI of the scorecard as it is to be."""
        kpi = get_object_or_404(
            KPI.objects.with_rules().filter(scorecard=card).prefetch_related("targets"),
            code=line["kpi"],
        )
        stored: list[Target] = list(kpi.targets.all())
        changed = {name: line[name] for name in ("weight", "year_target") if name in line}
        as_signed: KPIInput = input_of(kpi, stored)
        targets = dict(as_signed.targets or {})
        for number, value in line.get("targets", {}).items():
            targets[number] = replace(targets.get(number, TargetInput()), value=value)
        return actions.LineChange(kpi, replace(as_signed, targets=targets, **changed))

    @extend_schema(request=AgreementSerializer, responses=AmendmentSerializer, parameters=[NUMBER])
    @action(detail=True, methods=["post"], url_path=r"amendments/(?P<number>[0-9]{1,4})/agree")
    def agree(self, request: Request, pk: str | None = None, number: str = "0") -> Response:
        """Agree for a side; the amendment holds once both have agreed."""
        by, card = signed_in(request), self.get_object()
        given = AgreementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        amendment = actions.agree_amendment(
            amendment=_amendment(card, number),
            side=Side(given.validated_data["side"]),
            by=by,
            at=clock.now(),
        )
        return Response(AmendmentSerializer(amendment).data)

    @extend_schema(request=RefusalSerializer, responses=AmendmentSerializer, parameters=[NUMBER])
    @action(detail=True, methods=["post"], url_path=r"amendments/(?P<number>[0-9]{1,4})/decline")
    def decline(self, request: Request, pk: str | None = None, number: str = "0") -> Response:
        """Decline with a reason; the scorecard stays as it was signed."""
        by, card = signed_in(request), self.get_object()
        given = RefusalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        amendment = actions.decline_amendment(
            amendment=_amendment(card, number),
            reason=given.validated_data["reason"],
            by=by,
            at=clock.now(),
        )
        return Response(AmendmentSerializer(amendment).data)


def _amendment(card: Scorecard, number: str) -> Amendment:
    return get_object_or_404(
        Amendment.objects.select_related("scorecard__agency", "scorecard__post"),
        scorecard=card,
        number=int(number),
    )


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    router.register("scorecards", ScorecardViewSet, basename="scorecard")
