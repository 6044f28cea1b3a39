"""API v1: a year's scoring rules, rankings and self-assessments; the same rules and verbs as the pages."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.rules import signed_in
from common import clock
from common.exact import ExactSerializer, MeasureApiField
from common.refusal import EntriesRefused, Refused
from kpi import actions
from kpi.actions.definitions import CurveInput
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.api.figures import standing_in
from kpi.explaining import score_address
from kpi.models import (
    AssessmentBand,
    AssessmentRound,
    AssessmentScheme,
    Competency,
    Scorecard,
    ScoreCurve,
    SelfAssessment,
)
from kpi.rules.rankings import RankRow, ranked_quarters, ranking_of
from submissions.models import FiscalYear, PeriodState, Quarter


def _readable_years(request: Request) -> Q:
    """Staff read every year's rules, visitors those of years of which a quarter is published."""
    if standing_in(request).pairs:
        return Q()
    published = Quarter.objects.filter(state=PeriodState.PUBLISHED).values("fiscal_year")
    return Q(fiscal_year__in=published)


def _year(number: int) -> FiscalYear:
    year = FiscalYear.objects.filter(year=number).first()
    if year is None:
        raise ValidationError({"fiscal_year": ["ไม่มีปีงบประมาณนี้ในระบบ"]})
    return year


def _refused(refused: Refused) -> Refused:
    """Return the one entry's own refusal."""
    return refused.by_entry[0] if isinstance(refused, EntriesRefused) else refused


# ── Curves ───────────────────────────────────────────────────────────────────


class PointField(serializers.ListField):
    """A point: its place on the axis and its score, as exact decimals."""

    child = serializers.DecimalField(19, 4)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=2, **kwargs)


class CurveSerializer(serializers.ModelSerializer[ScoreCurve]):
    """How an achievement or a value becomes a score."""

    class Meta:
        model = ScoreCurve
        fields = (
            *("fiscal_year", "code", "name_th", "name_en", "preset", "axis", "points"),
            *("steps_only", "below_first", "is_sample"),
        )


class CurveTypedSerializer(serializers.Serializer[Any]):
    """A curve to be kept; one of the same code in the year is replaced."""

    fiscal_year = serializers.IntegerField()
    code = serializers.RegexField(r"^[A-Za-z0-9._-]+$", max_length=40)
    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    preset = serializers.ChoiceField(choices=ScoreCurve.Preset.choices)
    axis = serializers.ChoiceField(
        choices=ScoreCurve.Axis.choices, default=ScoreCurve.Axis.ACHIEVEMENT
    )
    points = serializers.ListField(child=PointField(), min_length=1, max_length=50)
    steps_only = serializers.BooleanField(default=False)
    below_first = serializers.ChoiceField(
        choices=ScoreCurve.Below.choices, default=ScoreCurve.Below.HOLD
    )


class CurveViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[ScoreCurve]):
    """Score curves by fiscal year; the strategy office keeps them."""

    queryset = ScoreCurve.objects.none()
    serializer_class = CurveSerializer
    filterset_fields = {"fiscal_year": ["exact"], "code": ["exact"]}

    def get_queryset(self) -> QuerySet[ScoreCurve]:
        return ScoreCurve.objects.filter(_readable_years(self.request)).order_by(
            "fiscal_year", "code"
        )

    @extend_schema(request=CurveTypedSerializer, responses={201: CurveSerializer})
    def create(self, request: Request) -> Response:
        """Keep a curve of a fiscal year."""
        user = signed_in(request)
        typed = CurveTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        year = _year(values.pop("fiscal_year"))
        points = [(_plain(x), _plain(score)) for x, score in values.pop("points")]
        try:
            [curve] = actions.draw_curves(
                curves=[CurveInput(fiscal_year=year, points=points, **values)],
                by=user,
                at=clock.now(),
            )
        except Refused as refused:
            raise _refused(refused) from None
        return Response(CurveSerializer(curve).data, status=status.HTTP_201_CREATED)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


# ── Schemes ──────────────────────────────────────────────────────────────────


class BandSerializer(ExactSerializer[AssessmentBand]):
    """A result band from its lower limit on, in percent."""

    class Meta:
        model = AssessmentBand
        fields = ("limit", "name_th", "name_en")


class RoundSerializer(serializers.ModelSerializer[AssessmentRound]):
    """A round over quarters; rounds are numbered in their order."""

    class Meta:
        model = AssessmentRound
        fields = ("number", "first_quarter", "last_quarter", "name_th", "name_en")
        read_only_fields = ("number",)


class CompetencySerializer(ExactSerializer[Competency]):
    """What is asked of how the work is done; weights sum to 100."""

    class Meta:
        model = Competency
        fields = ("code", "name_th", "name_en", "weight")


class SchemeSerializer(ExactSerializer[AssessmentScheme]):
    """How one kind of assessment is scored in a fiscal year."""

    curve = serializers.CharField(source="curve.code", read_only=True, default=None)
    bands = BandSerializer(many=True, read_only=True)
    rounds = RoundSerializer(many=True, read_only=True)
    competencies = CompetencySerializer(many=True, read_only=True)

    class Meta:
        model = AssessmentScheme
        fields = (
            *("fiscal_year", "kind", "work_share", "curve", "least_coverage", "basis_th"),
            *("version", "is_sample", "bands", "rounds", "competencies"),
        )


class SchemeTypedSerializer(serializers.Serializer[Any]):
    """A scheme to be kept; `version` is the one that was seen, 0 where there was none."""

    fiscal_year = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AssessmentScheme.Kind.choices)
    version = serializers.IntegerField(min_value=0)
    work_share = MeasureApiField()
    least_coverage = MeasureApiField(default=Decimal(0))
    curve = serializers.CharField(required=False, allow_null=True, default=None)
    basis_th = serializers.CharField(required=False, allow_blank=True, default="")
    bands = BandSerializer(many=True)
    rounds = RoundSerializer(many=True)
    competencies = CompetencySerializer(many=True, default=list)


class SchemeViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[AssessmentScheme]
):
    """Assessment schemes by fiscal year; the strategy office keeps them."""

    queryset = AssessmentScheme.objects.none()
    serializer_class = SchemeSerializer
    filterset_fields = {"fiscal_year": ["exact"], "kind": ["exact"]}

    def get_queryset(self) -> QuerySet[AssessmentScheme]:
        schemes = AssessmentScheme.objects.filter(_readable_years(self.request))
        return schemes.whole().in_kind_order()

    @extend_schema(request=SchemeTypedSerializer, responses={201: SchemeSerializer})
    def create(self, request: Request) -> Response:
        """Keep a scheme of a fiscal year."""
        user = signed_in(request)
        typed = SchemeTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        year = _year(values.pop("fiscal_year"))
        code = values.pop("curve")
        curve = ScoreCurve.objects.filter(fiscal_year=year, code=code).first() if code else None
        if code and curve is None:
            raise ValidationError({"curve": ["ไม่มีเกณฑ์คะแนนนี้ในปีนี้"]})
        given = SchemeInput(
            fiscal_year=year,
            curve=curve,
            bands=[BandInput(**each) for each in values.pop("bands")],
            rounds=[RoundInput(**each) for each in values.pop("rounds")],
            competencies=[CompetencyInput(**each) for each in values.pop("competencies")],
            **values,
        )
        try:
            [scheme] = actions.set_schemes(schemes=[given], by=user, at=clock.now())
        except Refused as refused:
            raise _refused(refused) from None
        kept = AssessmentScheme.objects.whole().get(pk=scheme.pk)
        return Response(SchemeSerializer(kept).data, status=status.HTTP_201_CREATED)


# ── Rankings ─────────────────────────────────────────────────────────────────


class RankedSerializer(serializers.Serializer[Any]):
    """An agency's place; null without a score, or where too little of it is known."""

    agency = serializers.CharField(source="scorecard.agency.code")
    place = serializers.IntegerField(source="placed.place", allow_null=True)
    is_tied = serializers.BooleanField(source="placed.is_tied")
    is_small_coverage = serializers.BooleanField(source="placed.is_small")
    percent = MeasureApiField(source="score.percent", allow_null=True)
    band = serializers.CharField()
    covered = serializers.IntegerField(source="score.covered")
    due = serializers.IntegerField(source="score.due")
    explain = serializers.SerializerMethodField()

    def get_explain(self, row: RankRow) -> str:
        return score_address(row.score, row.score.quarter)


class RankingSerializer(serializers.Serializer[Any]):
    """A quarter's ranking of agencies."""

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id")
    quarter = serializers.IntegerField(source="quarter.number")
    agencies = RankedSerializer(source="rows", many=True)


class RankingViewSet(ViewSet):
    """Where each agency stands at a quarter's end; a running quarter's for the provincial offices."""

    @extend_schema(
        parameters=[
            OpenApiParameter("fiscal_year", int, required=False),
            OpenApiParameter("quarter", int, required=False),
        ],
        responses=RankingSerializer,
    )
    def list(self, request: Request) -> Response:
        """Return the newest ranking, or that of a quarter."""
        year, number = request.query_params.get("fiscal_year"), request.query_params.get("quarter")
        for quarter in ranked_quarters(standing_in(request)):
            if year in (None, str(quarter.fiscal_year_id)) and number in (
                None,
                str(quarter.number),
            ):
                return Response(RankingSerializer(ranking_of(quarter)).data)
        raise NotFound


# ── Self-assessments ─────────────────────────────────────────────────────────


class SelfAssessmentSerializer(ExactSerializer[SelfAssessment]):
    """An agency's self-assessment of a round; `total` is in percent once it is sent."""

    fiscal_year = serializers.IntegerField(source="scorecard.fiscal_year_id", read_only=True)
    agency = serializers.CharField(source="scorecard.agency.code", read_only=True)
    level = serializers.CharField(source="scorecard.level", read_only=True)
    round = serializers.IntegerField(source="round.number", read_only=True)
    total = serializers.SerializerMethodField()

    class Meta:
        model = SelfAssessment
        fields = (
            *("id", "fiscal_year", "agency", "level", "round", "state", "version", "potential"),
            *("summary_th", "sent_at", "total", "is_sample"),
        )

    def get_total(self, assessment: SelfAssessment) -> str | None:
        total: str | None = (assessment.frozen or {}).get("total")
        return total


class SelfAssessmentSendSerializer(serializers.Serializer[Any]):
    """The version that was seen."""

    version = serializers.IntegerField(min_value=0)


class SelfAssessmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[SelfAssessment]
):
    """Self-assessments of one's agency; all for the provincial offices."""

    queryset = SelfAssessment.objects.none()
    serializer_class = SelfAssessmentSerializer
    filterset_fields = {
        "scorecard__fiscal_year": ["exact"],
        "scorecard__agency__code": ["exact"],
        "state": ["exact"],
    }

    def get_queryset(self) -> QuerySet[SelfAssessment]:
        standing = standing_in(self.request)
        readable = SelfAssessment.objects.exclude(scorecard__level=Scorecard.Level.POST)
        if not standing.sees_province:
            readable = readable.filter(scorecard__agency__in=standing.agencies())
        return (
            readable.select_related("scorecard__agency", "scorecard__fiscal_year")
            .select_related("round__scheme__curve")
            .order_by("pk")
        )

    @extend_schema(request=SelfAssessmentSendSerializer, responses=SelfAssessmentSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str | None = None) -> Response:
        """Send it and freeze its figures."""
        user, assessment = signed_in(request), self.get_object()
        typed = SelfAssessmentSendSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        sent = actions.send_self_assessment(
            scorecard=assessment.scorecard,
            round_=assessment.round,
            version=typed.validated_data["version"],
            by=user,
            at=clock.now(),
        )
        return Response(SelfAssessmentSerializer(sent).data)


def register(router: BaseRouter) -> None:
    """Put the rules, rankings and self-assessments under the API's root."""
    router.register("score-curves", CurveViewSet, basename="score-curve")
    router.register("assessment-schemes", SchemeViewSet, basename="assessment-scheme")
    router.register("rankings", RankingViewSet, basename="ranking")
    router.register("self-assessments", SelfAssessmentViewSet, basename="self-assessment")
