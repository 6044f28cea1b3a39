"""API v1: indicators, KPIs with their figures, results, scorecards; the same rules and verbs as the pages."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.models import User
from accounts.rules import Standing, signed_in
from audit.log import Deed, record_many
from common import clock
from common.exact import ExactSerializer
from common.refusal import EntriesRefused
from kpi import actions
from kpi.actions.definitions import IndicatorInput
from kpi.actions.results import FieldRefused
from kpi.models import (
    KPI,
    Figure,
    Indicator,
    IndicatorVersion,
    Result,
    ResultPart,
    Scorecard,
    Target,
)
from kpi.rules.disclosure import disclosures_of
from kpi.rules.surroundings import Typed, surroundings_of
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of

# What an indicator keeps of its words where a request does not say them.
_WORDS = ("name_en", "definition_th", "definition_en", "formula_th", "formula_en")


def standing_in(request: Request) -> Standing:
    """Return what the caller is today."""
    return standing_of(request.user, clock.today())


def log_views(request: Request, verb: str, rows: Sequence[Any]) -> None:
    """Write into the log that somebody read personal rows: one event for each."""
    deeds = [Deed(verb, row, after={"as": "api"}, agency_code=row.agency.code) for row in rows]
    if deeds:
        user = request.user if isinstance(request.user, User) else None
        record_many(deeds, by=user, at=clock.now())


class VersionSerializer(serializers.ModelSerializer[IndicatorVersion]):
    """The rules of an indicator from a quarter on."""

    class Meta:
        model = IndicatorVersion
        fields = (
            *("number", "from_year", "from_quarter", "unit_th", "unit_en", "decimals", "is_ratio"),
            *("scale", "over_time", "denominator_over_time", "over_units", "direction"),
            *("target_meaning", "frequency", "lag_quarters"),
        )


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """What is measured."""

    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = Indicator
        fields = (
            *("code", "name_th", "name_en", "definition_th", "definition_en", "formula_th"),
            *("formula_en", "is_active", "is_sample", "versions"),
        )


class RulesTypedSerializer(serializers.ModelSerializer[IndicatorVersion]):
    """Rules as they are given: whether they go together is the verb's to say."""

    class Meta:
        model = IndicatorVersion
        validators: ClassVar[list[Any]] = []
        fields = (
            *VersionSerializer.Meta.fields[1:],
            *("shows_one_to", "numerator_th", "numerator_en", "denominator_th", "denominator_en"),
            *("allows_negative", "milestones"),
        )


class IndicatorTypedSerializer(serializers.Serializer[Any]):
    """An indicator with the rules that hold from a quarter on."""

    code = serializers.RegexField(r"^[A-Za-z0-9ก-๙._-]+$", max_length=40)
    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(max_length=500, required=False, allow_blank=True)
    definition_th = serializers.CharField(required=False, allow_blank=True)
    definition_en = serializers.CharField(required=False, allow_blank=True)
    formula_th = serializers.CharField(required=False, allow_blank=True)
    formula_en = serializers.CharField(required=False, allow_blank=True)
    rules = RulesTypedSerializer()


class IndicatorViewSet(ReadOnlyModelViewSet[Indicator]):
    """The dictionary of indicators; visitors read those of published impersonal KPIs.

    The strategy office puts one in, or gives new rules from a quarter on, by POST.
    """

    queryset = Indicator.objects.none()
    serializer_class = IndicatorSerializer
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    filterset_fields = {"is_active": ["exact"]}

    def get_queryset(self) -> QuerySet[Indicator]:
        standing = standing_in(self.request)
        kpis = KPI.objects.visible_to(standing) if standing.pairs else KPI.objects.public()
        return (
            Indicator.objects.filter(kpis__in=kpis)
            .distinct()
            .prefetch_related("versions")
            .in_code_order()
        )

    @extend_schema(request=IndicatorTypedSerializer, responses={201: IndicatorSerializer})
    def create(self, request: Request) -> Response:
        """Put an indicator into the dictionary; other rules than before become its next version."""
        by = signed_in(request)
        typed = IndicatorTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        given = dict(typed.validated_data)
        rules = given.pop("rules")
        there = Indicator.objects.filter(code=given["code"]).first()
        kept = {
            name: getattr(there, name)
            for name in ("source_agency", "is_active", "is_sample", *_WORDS)
            if there is not None
        }
        [indicator] = actions.define_indicators(
            indicators=[IndicatorInput(**{**kept, **given}, version=rules)], by=by, at=clock.now()
        )
        return Response(IndicatorSerializer(indicator).data, status=status.HTTP_201_CREATED)


class FigureSerializer(ExactSerializer[Figure]):
    """What a KPI came to; `explain` is the address of where the number comes from."""

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    explain = serializers.SerializerMethodField()

    class Meta:
        model = Figure
        fields = (
            *("fiscal_year", "quarter", "state", "state_reason", "value", "numerator"),
            *("denominator", "ytd_state", "ytd_value", "ytd_numerator", "ytd_denominator"),
            *("is_partial", "covered", "due", "target_ytd", "target_low", "target_high"),
            *("measured_against", "achievement", "score", "score_percent", "is_unconfirmed"),
            *("computed_at", "explain"),
        )

    def get_explain(self, figure: Figure) -> str:
        quarter = figure.quarter
        return f"/kpis/{figure.kpi.code}/explain/{quarter.fiscal_year_id}-q{quarter.number}/"


class TargetSerializer(ExactSerializer[Target]):
    """A quarter's target."""

    class Meta:
        model = Target
        fields = ("quarter", "value", "low", "high", "planned_denominator", "base")


class KPISerializer(ExactSerializer[KPI]):
    """An indicator on somebody's scorecard in a fiscal year."""

    indicator = serializers.CharField(source="indicator.code", read_only=True)
    name_th = serializers.CharField(source="indicator.name_th", read_only=True)
    name_en = serializers.CharField(source="indicator.name_en", read_only=True)
    level = serializers.CharField(source="scorecard.level", read_only=True)
    agency = serializers.CharField(source="agency.code", read_only=True)
    issue = serializers.CharField(source="issue.code", read_only=True, default=None)
    targets = TargetSerializer(many=True, read_only=True)
    figures = serializers.SerializerMethodField()

    class Meta:
        model = KPI
        fields = (
            *("id", "code", "fiscal_year", "indicator", "name_th", "name_en", "level", "agency"),
            *("issue", "weight", "year_target", "year_low", "year_high", "base_year"),
            *("base_value", "needs_acceptance", "is_sample", "targets", "figures"),
        )

    @extend_schema(responses=FigureSerializer(many=True))
    def get_figures(self, kpi: KPI) -> list[dict[str, Any]]:
        figures = self.context["figures"].get(kpi.pk, [])
        return list(FigureSerializer(figures, many=True).data)


class KPIViewSet(ReadOnlyModelViewSet[KPI]):
    """KPIs with targets and figures; visitors read what is published, nobody another's personal ones.

    Before it is published, a figure that would tell another agency's is left out.
    """

    queryset = KPI.objects.none()
    serializer_class = KPISerializer
    filterset_fields = {
        "fiscal_year": ["exact"],
        "code": ["exact"],
        "scorecard__level": ["exact"],
        "agency__code": ["exact"],
        "issue__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[KPI]:
        standing = standing_in(self.request)
        kpis = KPI.objects.visible_to(standing) if standing.pairs else KPI.objects.public()
        return kpis.with_rules().prefetch_related("targets").order_by("fiscal_year", "code")

    def _figures(self, kpis: list[KPI]) -> dict[int, list[Figure]]:
        standing = standing_in(self.request)
        found = Figure.objects.filter(kpi__in=kpis).select_related("quarter", "kpi__scorecard")
        if not standing.pairs:
            found = found.filter(quarter__state=PeriodState.PUBLISHED)
        figures = list(found.order_by("quarter__fiscal_year", "quarter__number"))
        told = disclosures_of((figure.quarter for figure in figures), standing)
        by_kpi: dict[int, list[Figure]] = {}
        for figure in figures:
            if told[figure.quarter_id].reads(figure.kpi):
                by_kpi.setdefault(figure.kpi_id, []).append(figure)
        return by_kpi

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        kpis = list(page or [])
        log_views(request, "kpi.personal.viewed", [kpi for kpi in kpis if kpi.is_personal])
        context = {**self.get_serializer_context(), "figures": self._figures(kpis)}
        return self.get_paginated_response(KPISerializer(kpis, many=True, context=context).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        kpi = self.get_object()
        log_views(request, "kpi.personal.viewed", [kpi] if kpi.is_personal else [])
        context = {**self.get_serializer_context(), "figures": self._figures([kpi])}
        return Response(KPISerializer(kpi, context=context).data)


class PartSerializer(ExactSerializer[ResultPart]):
    """What one item of a disaggregation brings to an entry."""

    item = serializers.CharField(source="item.code", read_only=True)
    told_apart = serializers.CharField(source="item.disaggregation.name_th", read_only=True)

    class Meta:
        model = ResultPart
        fields = ("told_apart", "item", "value", "numerator", "denominator")


class ResultSerializer(ExactSerializer[Result]):
    """One KPI's entry for one quarter, with the parts that add up to it."""

    parts = PartSerializer(many=True, read_only=True)

    kpi = serializers.CharField(source="kpi.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)

    class Meta:
        model = Result
        fields = (
            *("id", "kpi", "fiscal_year", "quarter", "status", "version", "value", "numerator"),
            *("denominator", "is_not_applicable", "not_applicable_reason", "note", "entered_at"),
            *("submitted_at", "approved_at", "accepted_at", "returned_at", "return_reason"),
            *("is_sample", "parts"),
        )


class PartTypedSerializer(serializers.Serializer[Any]):
    """One part: the names of the disaggregation and the item's code, and its figures."""

    told_apart = serializers.CharField()
    item = serializers.CharField()
    value = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    numerator = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    denominator = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)


class ResultTypedSerializer(serializers.Serializer[Any]):
    """What is typed for one KPI and quarter; `version` is the one that was seen (0 for none yet)."""

    kpi = serializers.CharField()
    fiscal_year = serializers.IntegerField()
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    version = serializers.IntegerField(min_value=0, default=0)
    value = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    numerator = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    denominator = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    year_to_date = serializers.DecimalField(19, 4, required=False, allow_null=True, default=None)
    is_not_applicable = serializers.BooleanField(default=False)
    not_applicable_reason = serializers.CharField(required=False, allow_blank=True, default="")
    note = serializers.CharField(required=False, allow_blank=True, default="")
    parts = PartTypedSerializer(many=True, required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        quarter = Quarter.objects.filter(
            fiscal_year=attrs.pop("fiscal_year"), number=attrs.pop("quarter")
        ).first()
        if quarter is None:
            raise ValidationError({"quarter": ["ไม่มีไตรมาสนี้ในระบบ"]})
        kpi = (
            KPI.objects.visible_to(self.context["standing"])
            .filter(fiscal_year=quarter.fiscal_year_id, code=attrs.pop("kpi"))
            .first()
        )
        if kpi is None:
            raise ValidationError({"kpi": ["ไม่มีตัวชี้วัดนี้ในงานของท่าน"]})
        parts = self._parts(kpi, quarter, attrs.pop("parts"))
        return attrs | {"kpi_id": kpi.pk, "quarter_id": quarter.pk, "parts": parts}

    def _parts(
        self, kpi: KPI, quarter: Quarter, given: list[dict[str, Any]] | None
    ) -> dict[int, Typed] | None:
        """The parts by item, None where none are given."""
        if given is None:
            return None
        kpi = KPI.objects.with_rules().get(pk=kpi.pk)
        known = {
            (item.disaggregation.name_th, item.code): item.pk
            for item in surroundings_of([kpi], quarter)[kpi.pk].items
        }
        parts = {}
        for each in given:
            item_id = known.get((each["told_apart"], each["item"]))
            if item_id is None:
                raise ValidationError({"parts": ["ไม่มียอดย่อยนี้ในการจำแนกของตัวชี้วัด"]})
            parts[item_id] = Typed(each["value"], each["numerator"], each["denominator"])
        return parts


class ReturnReasonSerializer(serializers.Serializer[Any]):
    """Why an entry goes back."""

    reason = serializers.CharField()


class ResultViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Result]):
    """Entries: signed ones for staff, published ones for all, one's agency's in any status."""

    queryset = Result.objects.none()
    serializer_class = ResultSerializer
    filterset_fields = {
        "kpi__code": ["exact"],
        "quarter__fiscal_year": ["exact"],
        "quarter__number": ["exact"],
        "status": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Result]:
        standing = standing_in(self.request)
        if standing.pairs:
            results = Result.objects.visible_to(standing)
        else:
            results = Result.objects.filter(
                Q(status__in=["approved", "accepted"]), quarter__state=PeriodState.PUBLISHED
            ).exclude(kpi__scorecard__level=Scorecard.Level.POST)
        return results.with_kpi().prefetch_related("parts__item__disaggregation").order_by("pk")

    @extend_schema(request=ResultTypedSerializer, responses={201: ResultSerializer})
    def create(self, request: Request) -> Response:
        """Keep what is typed as a draft."""
        user = signed_in(request)
        typed = ResultTypedSerializer(data=request.data, context={"standing": standing_in(request)})
        typed.is_valid(raise_exception=True)
        entry = actions.ResultEntry(**typed.validated_data)
        try:
            [result] = actions.record_results(entries=[entry], by=user, at=clock.now())
        except EntriesRefused as refused:
            reason = refused.by_entry[0]
            if isinstance(reason, FieldRefused) and reason.code == "invalid":
                raise ValidationError({reason.field or "non_field_errors": [str(reason)]}) from None
            raise reason from None
        result = Result.objects.with_kpi().get(pk=result.pk)
        return Response(ResultSerializer(result).data, status=status.HTTP_201_CREATED)

    def _moved(self, verb: Any, **arguments: Any) -> Response:
        user, result = signed_in(self.request), self.get_object()
        try:
            [moved] = verb(entries=[result], by=user, at=clock.now(), **arguments)
        except EntriesRefused as refused:
            raise refused.by_entry[0] from None
        return Response(ResultSerializer(moved).data)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        """Send the entry to be signed."""
        return self._moved(actions.submit_results)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Sign the entry."""
        return self._moved(actions.approve_results)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str | None = None) -> Response:
        """Give the second signature."""
        return self._moved(actions.accept_results)

    @extend_schema(request=None, responses=ResultSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back one's own signature or return of a moment ago."""
        return self._moved(actions.undo_results)

    @extend_schema(request=ReturnReasonSerializer, responses=ResultSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str | None = None) -> Response:
        """Send the entry back with a reason."""
        given = ReturnReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self._moved(actions.return_results, reason=given.validated_data["reason"])


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    router.register("indicators", IndicatorViewSet, basename="indicator")
    router.register("kpis", KPIViewSet, basename="kpi")
    router.register("results", ResultViewSet, basename="result")
