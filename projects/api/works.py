"""Projects and their progress as machines read and write them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.rules import Standing, signed_in
from common import clock
from common.exact import ExactSerializer
from projects import actions
from projects.api.changes import ChangeRequestViewSet
from projects.api.dossier import (
    ProjectDecisionSerializer,
    ProjectEvaluationSerializer,
    ProjectLinkSerializer,
    ProjectTargetSerializer,
    ProjectTypedSerializer,
)
from projects.models import Activity, Progress, Project, ProjectFigure
from submissions.models import Quarter
from submissions.rules import standing_of


def _standing(request: Request) -> Standing:
    return standing_of(request.user, clock.today())


class ActivitySerializer(ExactSerializer[Activity]):
    """An activity of a project."""

    agency = serializers.CharField(source="agency.code", read_only=True)

    class Meta:
        model = Activity
        fields = (
            *("id", "number", "name_th", "name_en", "agency", "weight", "start_date"),
            *("end_date", "budget"),
        )


class ProjectFigureSerializer(ExactSerializer[ProjectFigure]):
    """What a project came to at a quarter's end, in percent."""

    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    # Where the figure is explained, with its formula and who signed what is in it.
    explain = serializers.CharField(source="explain_path", read_only=True)

    class Meta:
        model = ProjectFigure
        fields = (
            *("fiscal_year", "quarter", "state", "delivered", "planned", "elapsed", "variance"),
            *("standing", "is_partial", "counted", "due", "lifetime", "as_of_date"),
            *("is_unconfirmed", "explain"),
        )


class ProjectSerializer(ExactSerializer[Project]):
    """A project of the plan."""

    host_agency = serializers.CharField(source="host_agency.code", read_only=True)
    issue = serializers.CharField(source="issue.code", read_only=True, default=None)
    # A visit found something serious that nobody has verified as mended.
    is_unconfirmed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Project
        fields = (
            *("id", "code", "name_th", "name_en", "status", "host_agency", "issue"),
            *("start_date", "end_date", "output_th", "outcome_th", "beneficiaries"),
            *("is_unconfirmed", "is_sample"),
        )


class ProjectDetailSerializer(ProjectSerializer):
    """A project with its activities and the figures that the caller may read."""

    activities = ActivitySerializer(many=True, read_only=True)
    targets = ProjectTargetSerializer(many=True, read_only=True)
    figures = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            *ProjectSerializer.Meta.fields,
            *("version", "activities", "targets", "figures"),
        )

    @extend_schema(responses=ProjectFigureSerializer(many=True))
    def get_figures(self, project: Project) -> list[dict[str, Any]]:
        figures = (
            ProjectFigure.objects.visible_to(self.context["standing"])
            .filter(project=project)
            .select_related("quarter")
            .in_time_order()
        )
        return list(ProjectFigureSerializer(figures, many=True).data)


class ProjectViewSet(ReadOnlyModelViewSet[Project]):
    """Projects; everybody reads approved ones, agencies their own proposals too."""

    http_method_names = ["get", "head", "options", "post", "put"]

    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    filterset_fields = {
        "status": ["exact"],
        "issue__code": ["exact"],
        "host_agency__code": ["exact"],
        "years__fiscal_year": ["exact"],
        "areas__code": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Project]:
        projects = Project.objects.visible_to(_standing(self.request)).with_agency()
        if self.action == "retrieve":
            projects = projects.prefetch_related("activities__agency", "targets__indicator")
        return projects.distinct().in_code_order()

    def get_serializer_class(self) -> type[ProjectSerializer]:
        return ProjectDetailSerializer if self.action == "retrieve" else ProjectSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "standing": _standing(self.request)}

    @extend_schema(request=ProjectTypedSerializer, responses={201: ProjectDetailSerializer})
    def create(self, request: Request) -> Response:
        """Propose a project."""
        user = signed_in(request)
        typed = ProjectTypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        project = actions.keep_project_file(
            given=typed.given(), version=None, by=user, at=clock.now()
        )
        return Response(self._shown(project), status=status.HTTP_201_CREATED)

    @extend_schema(request=ProjectTypedSerializer, responses=ProjectDetailSerializer)
    def update(self, request: Request, code: str | None = None) -> Response:
        """Write the file of a project that is there."""
        user, project = signed_in(request), self._own()
        typed = ProjectTypedSerializer(data={**dict(request.data), "code": project.code})
        typed.is_valid(raise_exception=True)
        project = actions.keep_project_file(
            given=typed.given(),
            version=typed.validated_data["version"] or 0,
            by=user,
            at=clock.now(),
        )
        return Response(self._shown(project))

    @extend_schema(request=ProjectDecisionSerializer, responses=ProjectDetailSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, code: str | None = None) -> Response:
        """Move the project on in its life."""
        user, project = signed_in(request), self._own()
        typed = ProjectDecisionSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        project = actions.decide_project(
            project=project, by=user, at=clock.now(), **typed.validated_data
        )
        return Response(self._shown(project))

    @extend_schema(request=ProjectEvaluationSerializer, responses=ProjectDetailSerializer)
    @action(detail=True, methods=["post"])
    def evaluate(self, request: Request, code: str | None = None) -> Response:
        """Write how the project ended."""
        user, project = signed_in(request), self._own()
        typed = ProjectEvaluationSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        actuals = {row["target"]: row["actual"] for row in values.pop("actuals", [])}
        actions.evaluate_project(
            project=project, actuals=actuals, by=user, at=clock.now(), **values
        )
        return Response(self._shown(project))

    @extend_schema(request=ProjectLinkSerializer, responses=ProjectDetailSerializer)
    @action(detail=True, methods=["post"])
    def link(self, request: Request, code: str | None = None) -> Response:
        """Have one of the project's targets counted in an indicator whose KPI it answers."""
        user, project = signed_in(request), self._own()
        typed = ProjectLinkSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        target = get_object_or_404(
            project.targets.select_related("project__host_agency", "indicator"),
            number=typed.validated_data["number"],
        )
        actions.link_target(
            target=target, indicator=typed.validated_data["indicator"], by=user, at=clock.now()
        )
        return Response(self._shown(project))

    def _own(self) -> Project:
        """Return the project where the caller may read its file; another agency's is a 404."""
        project, standing = self.get_object(), _standing(self.request)
        if not standing.sees_province and project.host_agency_id not in standing.agencies():
            raise Http404
        return project

    def _shown(self, project: Project) -> dict[str, Any]:
        return dict(ProjectDetailSerializer(project, context=self.get_serializer_context()).data)


class ActivityPercentSerializer(serializers.Serializer[Any]):
    """The percentage of one activity; null empties it."""

    activity = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=8,
        decimal_places=4,
        min_value=Decimal(0),
        max_value=Decimal(100),
        allow_null=True,
    )


class ProgressSerializer(ExactSerializer[Progress]):
    """A quarter's report of a project."""

    project = serializers.CharField(source="project.code", read_only=True)
    fiscal_year = serializers.IntegerField(source="quarter.fiscal_year_id", read_only=True)
    quarter = serializers.IntegerField(source="quarter.number", read_only=True)
    activities = serializers.SerializerMethodField()
    is_unconfirmed = serializers.BooleanField(source="project.is_unconfirmed", read_only=True)

    class Meta:
        model = Progress
        fields = (
            *("id", "project", "fiscal_year", "quarter", "status", "version", "percent"),
            *("activities", "narrative_th", "problems_th", "remedies_th", "next_steps_th", "note"),
            *("entered_at", "submitted_at", "approved_at", "returned_at", "return_reason"),
            *("is_unconfirmed", "is_sample"),
        )

    @extend_schema(responses=ActivityPercentSerializer(many=True))
    def get_activities(self, report: Progress) -> list[dict[str, Any]]:
        return [
            {"activity": row.activity_id, "percent": str(row.percent)}
            for row in report.activities.all()
        ]


class ReportTypedSerializer(serializers.Serializer[Any]):
    """What is typed of a quarter or a month: figures replace those named, texts left out stay."""

    project = serializers.SlugRelatedField(slug_field="code", queryset=Project.objects.none())
    fiscal_year = serializers.IntegerField()
    version = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    percent = serializers.DecimalField(
        max_digits=8,
        decimal_places=4,
        min_value=Decimal(0),
        max_value=Decimal(100),
        required=False,
        allow_null=True,
        default=None,
    )
    activities = ActivityPercentSerializer(many=True, required=False)
    narrative_th = serializers.CharField(required=False, allow_blank=True)
    problems_th = serializers.CharField(required=False, allow_blank=True)
    remedies_th = serializers.CharField(required=False, allow_blank=True)
    next_steps_th = serializers.CharField(required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.context:
            visible = Project.objects.visible_to(self.context["standing"])
            self.fields["project"].queryset = visible  # type: ignore[attr-defined]


class ProgressTypedSerializer(ReportTypedSerializer):
    """A quarter's report as typed."""

    quarter = serializers.IntegerField(min_value=1, max_value=4)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        year, number = attrs.pop("fiscal_year"), attrs["quarter"]
        quarter = Quarter.objects.filter(fiscal_year=year, number=number).first()
        if quarter is None:
            raise serializers.ValidationError({"quarter": ["ไม่มีไตรมาสนี้ในระบบ"]})
        return attrs | {"quarter": quarter}


class ReasonSerializer(serializers.Serializer[Any]):
    """Why an entry goes back."""

    reason = serializers.CharField()


class ProgressViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Progress]):
    """Progress reports: signed ones for staff, published ones for all, one's own in any status."""

    queryset = Progress.objects.none()
    serializer_class = ProgressSerializer
    filterset_fields = {
        "project__code": ["exact"],
        "quarter__fiscal_year": ["exact"],
        "quarter__number": ["exact"],
        "status": ["exact"],
    }

    def get_queryset(self) -> QuerySet[Progress]:
        reports = Progress.objects.visible_to(_standing(self.request)).with_project()
        return reports.prefetch_related("activities").distinct().order_by("pk")

    @extend_schema(request=ProgressTypedSerializer, responses={201: ProgressSerializer})
    def create(self, request: Request) -> Response:
        """Keep what is typed as a draft."""
        user = signed_in(request)
        typed = ProgressTypedSerializer(data=request.data, context={"standing": _standing(request)})
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        percents = {row["activity"]: row["percent"] for row in values.pop("activities", [])}
        [report] = actions.save_progress(
            entries=[actions.ProgressInput(activities=percents, **values)], by=user, at=clock.now()
        )
        return Response(ProgressSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ProgressSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        """Send the report to the host's head."""
        user, report = signed_in(request), self.get_object()
        [report] = actions.submit_progress(entries=[report], by=user, at=clock.now())
        return Response(ProgressSerializer(report).data)

    @extend_schema(request=None, responses=ProgressSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Sign the report."""
        user, report = signed_in(request), self.get_object()
        [report] = actions.approve_progress(entries=[report], by=user, at=clock.now())
        return Response(ProgressSerializer(report).data)

    @extend_schema(request=None, responses=ProgressSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Take back one's own signature or return of a moment ago."""
        user, report = signed_in(request), self.get_object()
        [report] = actions.undo_progress(entries=[report], by=user, at=clock.now())
        return Response(ProgressSerializer(report).data)

    @extend_schema(request=ReasonSerializer, responses=ProgressSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str | None = None) -> Response:
        """Send the report back with a reason."""
        user, report = signed_in(request), self.get_object()
        given = ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        [report] = actions.return_progress(
            entries=[report], reason=given.validated_data["reason"], by=user, at=clock.now()
        )
        return Response(ProgressSerializer(report).data)


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    router.register("projects", ProjectViewSet, basename="project")
    router.register("progress", ProgressViewSet, basename="progress")
    router.register("project-changes", ChangeRequestViewSet, basename="change-request")
