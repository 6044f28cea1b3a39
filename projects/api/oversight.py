"""API v1: risks, visits and findings, by the same rules and verbs as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.models import Agency, Area
from accounts.rules import Standing, signed_in
from common import clock
from kpi.models import KPI
from projects.actions import inspections as visits
from projects.actions import risks as register_of_risks
from projects.models import (
    Checklist,
    Finding,
    Inspection,
    InspectionAnswer,
    Project,
    Risk,
    RiskAction,
    RiskCategory,
    RiskReview,
)
from strategy.models import Issue
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of


def _standing(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


def _agency(*, required: bool = True) -> Any:
    return serializers.SlugRelatedField(
        slug_field="code",
        queryset=Agency.objects.all(),
        required=required,
        error_messages={"required": "เลือกหน่วยงานที่รับผิดชอบ", "null": "เลือกหน่วยงานที่รับผิดชอบ"},
    )


# ── Risks ────────────────────────────────────────────────────────────────────
class RiskActionSerializer(serializers.ModelSerializer[RiskAction]):
    """What is done about a risk."""

    owner = serializers.CharField(source="owner.code", read_only=True)

    class Meta:
        model = RiskAction
        fields = ("id", "number", "text_th", "owner", "due_date", "state", "note_th", "ended_at")


class RiskReviewSerializer(serializers.ModelSerializer[RiskReview]):
    """What a quarter left of a risk."""

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    score = serializers.IntegerField(read_only=True)

    class Meta:
        model = RiskReview
        fields = (
            *("fiscal_year", "quarter", "likelihood", "impact", "score", "note_th"),
            *("version", "reviewed_at"),
        )


class RiskSerializer(serializers.ModelSerializer[Risk]):
    """A risk with its subject, its first assessment and what is left of it."""

    agency = serializers.CharField(source="agency.code", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True)
    project = serializers.CharField(source="project.code", read_only=True, default=None)
    kpi = serializers.CharField(source="kpi.code", read_only=True, default=None)
    issue = serializers.CharField(source="issue.code", read_only=True, default=None)
    score = serializers.IntegerField(read_only=True)
    is_raised = serializers.BooleanField(read_only=True)
    actions = RiskActionSerializer(many=True, read_only=True)
    reviews = RiskReviewSerializer(many=True, read_only=True)

    class Meta:
        model = Risk
        fields = (
            *("id", "code", "fiscal_year", "agency", "project", "kpi", "issue", "category"),
            *("step_th", "name_th", "cause_th", "control_th", "likelihood", "impact", "response"),
            *("now_likelihood", "now_impact", "score", "level", "growths", "is_raised", "state"),
            *("version", "actions", "reviews", "closed_at", "closed_reason", "is_sample"),
        )


class RiskTypedSerializer(serializers.Serializer[Any]):
    """A risk to be registered: exactly one of project, kpi (with its year) and issue (by id)."""

    fiscal_year = serializers.PrimaryKeyRelatedField(queryset=FiscalYear.objects.all())
    agency = _agency()
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=RiskCategory.objects.filter(is_active=True)
    )
    project = serializers.SlugRelatedField(
        slug_field="code", queryset=Project.objects.none(), required=False, allow_null=True
    )
    kpi = serializers.CharField(required=False, allow_null=True)
    issue = serializers.PrimaryKeyRelatedField(
        queryset=Issue.objects.all(), required=False, allow_null=True
    )
    name_th = serializers.CharField(max_length=500)
    cause_th = serializers.CharField()
    control_th = serializers.CharField(required=False, allow_blank=True)
    step_th = serializers.CharField(required=False, allow_blank=True, max_length=300)
    likelihood = serializers.IntegerField(min_value=1, max_value=5)
    impact = serializers.IntegerField(min_value=1, max_value=5)
    response = serializers.ChoiceField(choices=Risk.Response.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            self.fields["project"].queryset = Project.objects.visible_to(  # type: ignore[attr-defined]
                self.context["standing"]
            )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the KPI by its code among those that the caller may see."""
        code = attrs.pop("kpi", None)
        if not code:
            return attrs
        kpi = (
            KPI.objects.visible_to(self.context["standing"])
            .filter(code=code, fiscal_year=attrs["fiscal_year"])
            .select_related("scorecard")
            .first()
        )
        if kpi is None:
            raise serializers.ValidationError({"kpi": ["ไม่มีตัวชี้วัดนี้ในปีงบประมาณที่ระบุ"]})
        return attrs | {"kpi": kpi}


class RiskReviewTypedSerializer(serializers.Serializer[Any]):
    """A quarter's review; `version` 0 where there is none yet, left out where it does not matter."""

    fiscal_year = serializers.IntegerField()
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    likelihood = serializers.IntegerField(min_value=1, max_value=5)
    impact = serializers.IntegerField(min_value=1, max_value=5)
    note_th = serializers.CharField(required=False, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the quarter."""
        year, number = attrs.pop("fiscal_year"), attrs["quarter"]
        quarter = Quarter.objects.filter(fiscal_year=year, number=number).first()
        if quarter is None:
            raise serializers.ValidationError({"quarter": ["ไม่มีไตรมาสนี้ในระบบ"]})
        return attrs | {"quarter": quarter}


class RiskStepTypedSerializer(serializers.Serializer[Any]):
    """What is done about a risk, by whom, until when."""

    text_th = serializers.CharField(max_length=500)
    owner = _agency()
    due_date = serializers.DateField()


class RiskStepEndedSerializer(serializers.Serializer[Any]):
    """How a step ended."""

    state = serializers.ChoiceField(choices=["done", "dropped"])
    note_th = serializers.CharField()


class WhyEndedSerializer(serializers.Serializer[Any]):
    """Why something ends."""

    reason = serializers.CharField()


class RiskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Risk]):
    """The risk register: all of it for those who see the province, an agency's own for its people."""

    queryset = Risk.objects.none()
    serializer_class = RiskSerializer
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    filterset_fields = {
        "fiscal_year": ["exact"],
        "agency__code": ["exact"],
        "category__code": ["exact"],
        "level": ["exact"],
        "state": ["exact"],
        "project__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Risk]:
        risks = Risk.objects.visible_to(_standing(self.request)).with_subject()
        return risks.prefetch_related("actions__owner", "reviews__quarter").order_by("code")

    def _answer(self, risk: Risk, code: int = status.HTTP_200_OK) -> Response:
        return Response(RiskSerializer(self.get_queryset().get(pk=risk.pk)).data, status=code)

    @extend_schema(request=RiskTypedSerializer, responses={201: RiskSerializer})
    def create(self, request: Request) -> Response:
        """Register a risk."""
        user = signed_in(request)
        typed = RiskTypedSerializer(data=request.data, context={"standing": _standing(request)})
        typed.is_valid(raise_exception=True)
        [risk] = register_of_risks.register_risks(
            entries=[register_of_risks.RiskInput(**typed.validated_data)],
            by=user,
            at=clock.now(),
        )
        return self._answer(risk, status.HTTP_201_CREATED)

    @extend_schema(request=RiskReviewTypedSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, code: str | None = None) -> Response:
        """Write down what a quarter left of the risk."""
        user, risk = signed_in(request), self.get_object()
        typed = RiskReviewTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        register_of_risks.review_risks(
            entries=[register_of_risks.ReviewInput(risk=risk, **typed.validated_data)],
            by=user,
            at=clock.now(),
        )
        return self._answer(risk)

    @extend_schema(request=RiskStepTypedSerializer, responses={201: RiskSerializer})
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, code: str | None = None) -> Response:
        """Add what is done about the risk."""
        user, risk = signed_in(request), self.get_object()
        typed = RiskStepTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        register_of_risks.add_risk_action(
            risk=risk, by=user, at=clock.now(), **typed.validated_data
        )
        return self._answer(risk, status.HTTP_201_CREATED)

    @extend_schema(request=RiskStepEndedSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"], url_path=r"steps/(?P<number>\d+)/finish")
    def finish(
        self, request: Request, code: str | None = None, number: str | None = None
    ) -> Response:
        """End one of the steps."""
        user, risk = signed_in(request), self.get_object()
        step = get_object_or_404(risk.actions.select_related("risk", "owner"), number=number)
        typed = RiskStepEndedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        register_of_risks.finish_risk_action(
            action=step, by=user, at=clock.now(), **typed.validated_data
        )
        return self._answer(risk)

    @extend_schema(request=WhyEndedSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, code: str | None = None) -> Response:
        """End the watch over the risk."""
        user, risk = signed_in(request), self.get_object()
        typed = WhyEndedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        register_of_risks.close_risk(
            risk=risk, reason=typed.validated_data["reason"], by=user, at=clock.now()
        )
        return self._answer(risk)


# ── Visits ───────────────────────────────────────────────────────────────────
class FindingSerializer(serializers.ModelSerializer[Finding]):
    """What a visit found, and how far its mending is."""

    inspection = serializers.IntegerField(source="inspection_id", read_only=True)
    project = serializers.CharField(source="inspection.project.code", read_only=True)
    owner = serializers.CharField(source="owner.code", read_only=True)
    area = serializers.CharField(source="area.code", read_only=True, default=None)
    doubts = serializers.BooleanField(read_only=True)
    photo_count = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = (
            *("id", "inspection", "project", "number", "text_th", "severity", "area", "place_th"),
            *("latitude", "longitude", "corrective_th", "owner", "due_date", "state", "version"),
            *("doubts", "photo_count", "found_at", "fixed_th", "fixed_at", "verdict_th"),
            *("verified_at", "is_sample"),
        )

    def get_photo_count(self, finding: Finding) -> int:
        """Return how many photos there are; the files are evidence of the agency."""
        return len(finding.photos.all())


class VisitAnswerSerializer(serializers.ModelSerializer[InspectionAnswer]):
    """One question of a visit's checklist with its answer."""

    class Meta:
        model = InspectionAnswer
        fields = ("number", "question_th", "answer", "note_th")


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    """A visit, with its answers."""

    project = serializers.CharField(source="project.code", read_only=True)
    area = serializers.CharField(source="area.code", read_only=True, default=None)
    answers = VisitAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Inspection
        fields = (
            *("id", "project", "planned_date", "purpose_th", "team_th", "area", "place_th"),
            *("state", "version", "visited_date", "summary_th", "answers", "cancelled_reason"),
            "is_sample",
        )


class VisitPlannedSerializer(serializers.Serializer[Any]):
    """A visit to be made."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.all())
    planned_date = serializers.DateField()
    purpose_th = serializers.CharField()
    checklist = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Checklist.objects.filter(is_active=True),
        required=False,
        allow_null=True,
    )
    team_th = serializers.CharField(required=False, allow_blank=True, max_length=500)
    area = serializers.SlugRelatedField(
        slug_field="code", queryset=Area.objects.all(), required=False, allow_null=True
    )
    place_th = serializers.CharField(required=False, allow_blank=True, max_length=300)


class VisitAnsweredSerializer(serializers.Serializer[Any]):
    """The answer to one question, by its number."""

    number = serializers.IntegerField()
    answer = serializers.ChoiceField(
        choices=[("", "–"), *InspectionAnswer.Answer.choices], allow_blank=True
    )
    note_th = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class VisitRecordedSerializer(serializers.Serializer[Any]):
    """What came of a visit."""

    visited_date = serializers.DateField()
    summary_th = serializers.CharField()
    version = serializers.IntegerField(min_value=1)
    answers = VisitAnsweredSerializer(many=True, required=False)


class FindingTypedSerializer(serializers.Serializer[Any]):
    """What a visit found; photos are added on the page of the visit."""

    text_th = serializers.CharField()
    severity = serializers.ChoiceField(choices=Finding.Severity.choices)
    corrective_th = serializers.CharField()
    owner = _agency()
    due_date = serializers.DateField()
    area = serializers.SlugRelatedField(
        slug_field="code", queryset=Area.objects.all(), required=False, allow_null=True
    )
    place_th = serializers.CharField(required=False, allow_blank=True, max_length=300)
    latitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, required=False, allow_null=True
    )
    longitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, required=False, allow_null=True
    )
    kpis = serializers.PrimaryKeyRelatedField(
        many=True, required=False, queryset=KPI.objects.filter(scorecard__post=None)
    )


class FindingFixedSerializer(serializers.Serializer[Any]):
    """How a finding was mended."""

    fixed_th = serializers.CharField()
    version = serializers.IntegerField(min_value=1)


class FindingVerdictSerializer(serializers.Serializer[Any]):
    """Whether a finding is mended."""

    accepted = serializers.BooleanField()
    verdict_th = serializers.CharField()
    version = serializers.IntegerField(min_value=1)


class InspectionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Inspection]
):
    """Visits of the follow-up working group; agencies read those to their projects."""

    queryset = Inspection.objects.none()
    serializer_class = InspectionSerializer
    filterset_fields = {"project__code": ["exact"], "state": ["exact"]}

    def get_queryset(self) -> QuerySet[Inspection]:
        visits_ = Inspection.objects.visible_to(_standing(self.request)).with_project()
        return visits_.prefetch_related("answers").newest_first()

    @extend_schema(request=VisitPlannedSerializer, responses={201: InspectionSerializer})
    def create(self, request: Request) -> Response:
        """Plan a visit."""
        user = signed_in(request)
        typed = VisitPlannedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        visit = visits.plan_inspection(by=user, at=clock.now(), **typed.validated_data)
        return Response(InspectionSerializer(visit).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=VisitRecordedSerializer, responses=InspectionSerializer)
    @action(detail=True, methods=["post"])
    def record(self, request: Request, pk: str | None = None) -> Response:
        """Write down what came of the visit."""
        user, visit = signed_in(request), self.get_object()
        typed = VisitRecordedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        answers = {
            row["number"]: (row["answer"], row["note_th"]) for row in values.pop("answers", [])
        }
        visits.record_inspection(
            inspection=visit, answers=answers, by=user, at=clock.now(), **values
        )
        return Response(InspectionSerializer(self.get_object()).data)

    @extend_schema(request=FindingTypedSerializer, responses={201: FindingSerializer})
    @action(detail=True, methods=["post"])
    def findings(self, request: Request, pk: str | None = None) -> Response:
        """Write down what the visit found."""
        user, visit = signed_in(request), self.get_object()
        typed = FindingTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        finding = visits.add_finding(
            inspection=visit,
            finding=visits.FindingInput(**typed.validated_data),
            by=user,
            at=clock.now(),
        )
        return Response(FindingSerializer(finding).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WhyEndedSerializer, responses=InspectionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Cancel a planned visit."""
        user, visit = signed_in(request), self.get_object()
        typed = WhyEndedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        visits.cancel_inspection(
            inspection=visit, reason=typed.validated_data["reason"], by=user, at=clock.now()
        )
        return Response(InspectionSerializer(self.get_object()).data)


class FindingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Finding]):
    """Findings: all for those who see the province, else of visits to one's projects or to mend."""

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_fields = {
        "state": ["exact"],
        "severity": ["exact"],
        "owner__code": ["exact"],
        "inspection__project__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Finding]:
        findings = Finding.objects.visible_to(_standing(self.request)).with_owner()
        return findings.prefetch_related("photos").in_due_order()

    @extend_schema(request=FindingFixedSerializer, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def fix(self, request: Request, pk: str | None = None) -> Response:
        """Report the finding as mended."""
        user, finding = signed_in(request), self.get_object()
        typed = FindingFixedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        visits.fix_finding(finding=finding, by=user, at=clock.now(), **typed.validated_data)
        return Response(FindingSerializer(finding).data)

    @extend_schema(request=FindingVerdictSerializer, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str | None = None) -> Response:
        """Verify that it is mended, or send it back."""
        user, finding = signed_in(request), self.get_object()
        typed = FindingVerdictSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        visits.verify_finding(finding=finding, by=user, at=clock.now(), **typed.validated_data)
        return Response(FindingSerializer(finding).data)


def register_oversight(router: BaseRouter) -> None:
    """Put risks, visits and findings under the API's root."""
    router.register("risks", RiskViewSet, basename="risk")
    router.register("inspections", InspectionViewSet, basename="inspection")
    router.register("findings", FindingViewSet, basename="finding")
