"""After the close: entries reopened for an agency, corrections, restatements; each step by two people."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Agency
from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer
from kpi.models import Result
from reports import actions
from reports.models import Correction, Freeze, Reopening, Restatement
from submissions.models import Quarter
from submissions.rules import standing_of

MEASURE: dict[str, Any] = {"max_digits": 19, "decimal_places": 4}


def standing_in(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


class _OfAQuarter(serializers.Serializer[Any]):
    """Which quarter is meant."""

    fiscal_year = serializers.IntegerField()
    quarter = serializers.IntegerField(min_value=1, max_value=4)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        year, number = attrs.pop("fiscal_year"), attrs["quarter"]
        quarter = (
            Quarter.objects.filter(fiscal_year=year, number=number)
            .select_related("fiscal_year")
            .first()
        )
        if quarter is None:
            raise ValidationError({"quarter": ["ไม่มีไตรมาสนี้ในระบบ"]})
        return attrs | {"quarter": quarter}


class ReopeningSerializer(serializers.ModelSerializer[Reopening]):
    """An agency that may correct its entries of a closed quarter until a day.

    `state` is waiting (for the second person), running or ended.
    """

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    agency = serializers.CharField(source="agency.code", read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Reopening
        fields = (
            *("id", "fiscal_year", "quarter", "agency", "reason", "until_date", "state"),
            *("asked_at", "agreed_at"),
        )

    @extend_schema_field(serializers.CharField())
    def get_state(self, reopening: Reopening) -> str:
        if reopening.agreed_at is None:
            return "waiting"
        return "running" if reopening.until_date >= clock.today() else "ended"


class ReopeningAskedSerializer(_OfAQuarter):
    """Whose entries are to be opened for correction, until when, and why."""

    agency = serializers.SlugRelatedField(
        slug_field="code", queryset=Agency.objects.order_by("code")
    )
    until_date = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class ReopeningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Reopening]):
    """Reopenings: all of them for the office and its readers, its own for an agency."""

    queryset = Reopening.objects.none()
    serializer_class = ReopeningSerializer
    filterset_fields = {
        "quarter__fiscal_year": ["exact"],
        "quarter__number": ["exact"],
        "agency__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Reopening]:
        standing = standing_in(self.request)
        return Reopening.objects.visible_to(standing).with_people().newest_first()

    @extend_schema(request=ReopeningAskedSerializer, responses={201: ReopeningSerializer})
    def create(self, request: Request) -> Response:
        """Ask that an agency may correct; a second person of the office agrees."""
        user = signed_in(request)
        asked = ReopeningAskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = actions.ask_reopening(**asked.validated_data, by=user, at=clock.now())
        return Response(ReopeningSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ReopeningSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str | None = None) -> Response:
        """Agree as the second person; it ends by itself after its last day."""
        user, reopening = signed_in(request), self.get_object()
        actions.agree_reopening(reopening=reopening, by=user, at=clock.now())
        return Response(ReopeningSerializer(self.get_object()).data)


class EntryCorrectionSerializer(ExactSerializer[Correction]):
    """What a signed entry should have said; nothing changes before a restatement takes it up."""

    kpi = serializers.CharField(source="result.kpi.code", read_only=True)
    agency = serializers.CharField(source="result.kpi.agency.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="result.quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="result.quarter.number", read_only=True)

    class Meta:
        model = Correction
        fields = (
            *("id", "result", "kpi", "agency", "fiscal_year", "quarter", "version", "before"),
            *("value", "numerator", "denominator", "note", "typed_at", "restatement"),
        )


class ProposedSerializer(serializers.Serializer[Any]):
    """What an entry should have said; `version` is the one that was read."""

    result = serializers.PrimaryKeyRelatedField(queryset=Result.objects.none())
    version = serializers.IntegerField(min_value=0)
    value = serializers.DecimalField(**MEASURE, required=False, allow_null=True, default=None)
    numerator = serializers.DecimalField(**MEASURE, required=False, allow_null=True, default=None)
    denominator = serializers.DecimalField(**MEASURE, required=False, allow_null=True, default=None)
    note = serializers.CharField(allow_blank=True, default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Result.objects.visible_to(self.context["standing"]).select_related("quarter")
            self.fields["result"].queryset = visible  # type: ignore[attr-defined]


class CorrectionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Correction]
):
    """Proposed corrections: all for the office and its readers, those of its entries for an agency."""

    queryset = Correction.objects.none()
    serializer_class = EntryCorrectionSerializer
    filterset_fields = {
        "result__quarter__fiscal_year": ["exact"],
        "result__quarter__number": ["exact"],
        "result__kpi__code": ["exact"],
        "restatement": ["exact", "isnull"],
    }

    def get_queryset(self) -> QuerySet[Correction]:
        corrections = Correction.objects.visible_to(standing_in(self.request)).with_entry()
        return corrections.select_related("result__quarter").order_by("pk")

    @extend_schema(
        request=ProposedSerializer(many=True), responses={201: EntryCorrectionSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Say what entries should have said: one, or a list that is kept whole or not at all."""
        user = signed_in(request)
        many = isinstance(request.data, list)
        typed = ProposedSerializer(
            data=request.data, many=many, context={"standing": standing_in(request)}
        )
        typed.is_valid(raise_exception=True)
        given = typed.validated_data if many else [typed.validated_data]
        quarters = {each["result"].quarter_id: each["result"].quarter for each in given}
        if len(quarters) != 1:
            raise ValidationError({"result": ["รายการทั้งหมดต้องเป็นของไตรมาสเดียวกัน"]})
        [quarter] = quarters.values()
        kept = actions.propose_corrections(
            quarter=quarter,
            proposed=[actions.Proposed(**each) for each in given],
            by=user,
            at=clock.now(),
        )
        answer = EntryCorrectionSerializer(kept, many=True).data
        return Response(answer if many else answer[0], status=status.HTTP_201_CREATED)


class FrozenAgainSerializer(serializers.ModelSerializer[Freeze]):
    """A closed quarter's figures as they were frozen once more."""

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)

    class Meta:
        model = Freeze
        fields = ("fiscal_year", "quarter", "number", "sha256")


class RestatementSerializer(serializers.ModelSerializer[Restatement]):
    """A restatement that was asked for; `state` is waiting, done or declined.

    `corrections` are the entries' corrections that it takes up.
    """

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    state = serializers.SerializerMethodField()
    corrections = serializers.PrimaryKeyRelatedField[Correction](many=True, read_only=True)

    class Meta:
        model = Restatement
        fields = (
            *("id", "fiscal_year", "quarter", "reason", "state", "corrections"),
            *("asked_at", "agreed_at", "declined_at"),
        )

    @extend_schema_field(serializers.CharField())
    def get_state(self, restatement: Restatement) -> str:
        if restatement.agreed_at is not None:
            return "done"
        return "waiting" if restatement.declined_at is None else "declined"


class RestatedSerializer(RestatementSerializer):
    """A restatement that was agreed to, with every quarter that was frozen again."""

    frozen = FrozenAgainSerializer(many=True, read_only=True)

    class Meta:
        model = Restatement
        fields = (*RestatementSerializer.Meta.fields, "frozen")


class RestatementAskedSerializer(_OfAQuarter):
    """Which waiting corrections a closed quarter is to be restated with, and why."""

    corrections = serializers.PrimaryKeyRelatedField(many=True, queryset=Correction.objects.none())
    reason = serializers.CharField(max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Correction.objects.visible_to(self.context["standing"]).waiting()
            field = self.fields["corrections"].child_relation  # type: ignore[attr-defined]
            field.queryset = visible.select_related("result")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if any(each.result.quarter_id != attrs["quarter"].pk for each in attrs["corrections"]):
            raise ValidationError({"corrections": ["มีรายการที่ไม่ใช่ของไตรมาสนี้"]})
        return attrs


class RestatementViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Restatement]
):
    """Restatements, for those who read the whole province; everybody reads them in the editions."""

    queryset = Restatement.objects.none()
    serializer_class = RestatementSerializer
    filterset_fields = {"quarter__fiscal_year": ["exact"], "quarter__number": ["exact"]}

    def get_queryset(self) -> QuerySet[Restatement]:
        if not standing_in(self.request).sees_province:
            return Restatement.objects.none()
        restatements = Restatement.objects.select_related("quarter__fiscal_year", "asked_by")
        return restatements.prefetch_related("corrections").order_by("-pk")

    @extend_schema(request=RestatementAskedSerializer, responses={201: RestatementSerializer})
    def create(self, request: Request) -> Response:
        """Ask that a closed quarter be restated; a second person of the office agrees or declines."""
        user = signed_in(request)
        context = {"standing": standing_in(request)}
        asked = RestatementAskedSerializer(data=request.data, context=context)
        asked.is_valid(raise_exception=True)
        made = actions.ask_restatement(**asked.validated_data, by=user, at=clock.now())
        return Response(RestatementSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=RestatedSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str | None = None) -> Response:
        """Agree as the second person: the quarter and every later closed one are restated now."""
        user, restatement = signed_in(request), self.get_object()
        frozen = actions.agree_restatement(restatement=restatement, by=user, at=clock.now())
        told = RestatementSerializer(self.get_object()).data
        return Response({**told, "frozen": FrozenAgainSerializer(frozen, many=True).data})

    @extend_schema(request=None, responses=RestatementSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str | None = None) -> Response:
        """Decline what another asked for, or take back one's own."""
        user, restatement = signed_in(request), self.get_object()
        actions.decline_restatement(restatement=restatement, by=user, at=clock.now())
        return Response(RestatementSerializer(self.get_object()).data)
