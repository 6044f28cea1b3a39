"""API v1: plans, missions and issues; everybody may read them."""

from rest_framework.permissions import AllowAny
from rest_framework.routers import BaseRouter
from rest_framework.serializers import CharField, IntegerField, ModelSerializer, SlugRelatedField
from rest_framework.viewsets import ReadOnlyModelViewSet

from strategy.models import Approach, Issue, IssueAlignment, Mission, PlanEdition


class PlanSerializer(ModelSerializer[PlanEdition]):
    """An edition of a plan."""

    code = CharField(source="plan.code", read_only=True)
    kind = CharField(source="plan.kind", read_only=True)
    name_th = CharField(source="plan.name_th", read_only=True)
    name_en = CharField(source="plan.name_en", read_only=True)
    start_year = IntegerField(source="plan.start_year", read_only=True)
    end_year = IntegerField(source="plan.end_year", read_only=True)
    goal_th = CharField(source="plan.goal_th", read_only=True)
    goal_en = CharField(source="plan.goal_en", read_only=True)

    class Meta:
        model = PlanEdition
        fields = (
            *("id", "code", "kind", "name_th", "name_en", "start_year", "end_year", "number"),
            *("state", "goal_th", "goal_en", "vision_th", "vision_en", "motto_th", "motto_en"),
            "source",
        )


class PlanViewSet(ReadOnlyModelViewSet[PlanEdition]):
    """Plans by edition."""

    queryset = PlanEdition.objects.exclude(state="draft").with_plan().in_time_order()
    serializer_class = PlanSerializer
    permission_classes = (AllowAny,)
    filterset_fields = ("state", "plan__kind")


class MissionSerializer(ModelSerializer[Mission]):
    """A mission of an edition."""

    plan = CharField(source="edition.plan.code", read_only=True)

    class Meta:
        model = Mission
        fields = ("id", "plan", "number", "name_th", "name_en")


class MissionViewSet(ReadOnlyModelViewSet[Mission]):
    """Missions in order."""

    queryset = (
        Mission.objects.exclude(edition__state="draft")
        .select_related("edition__plan")
        .order_by("edition__plan__start_year", "edition__number", "number")
    )
    serializer_class = MissionSerializer
    permission_classes = (AllowAny,)
    filterset_fields = ("edition",)


class ApproachSerializer(ModelSerializer[Approach]):
    """An approach under an issue."""

    class Meta:
        model = Approach
        fields = ("code", "name_th", "name_en")


class AlignmentSerializer(ModelSerializer[IssueAlignment]):
    """What an issue serves above, and why."""

    item = CharField(source="item.code", read_only=True)
    framework = CharField(source="item.framework.code", read_only=True)

    class Meta:
        model = IssueAlignment
        fields = ("framework", "item", "reason_th")


class IssueSerializer(ModelSerializer[Issue]):
    """A development issue; `address` is its code in the portal's addresses."""

    address = CharField(source="address_code", read_only=True)
    plan = CharField(source="edition.plan.code", read_only=True)
    lead_agency = CharField(
        source="lead_agency.code", allow_null=True, default=None, read_only=True
    )
    missions = SlugRelatedField[Mission](slug_field="number", many=True, read_only=True)
    approaches = ApproachSerializer(many=True, read_only=True)
    alignments = AlignmentSerializer(many=True, read_only=True)

    class Meta:
        model = Issue
        fields = (
            *("id", "address", "plan", "code", "name_th", "name_en", "objective_th"),
            *("objective_en", "lead_agency", "missions", "approaches", "alignments", "is_sample"),
        )


class IssueViewSet(ReadOnlyModelViewSet[Issue]):
    """Development issues in order."""

    queryset = (
        Issue.objects.exclude(edition__state="draft")
        .with_edition()
        .select_related("lead_agency")
        .prefetch_related("missions", "approaches", "alignments__item__framework")
        .in_code_order()
    )
    serializer_class = IssueSerializer
    permission_classes = (AllowAny,)
    filterset_fields = ("edition", "code", "is_sample")


def register(router: BaseRouter) -> None:
    """Hang the resources under the API's root."""
    router.register("plans", PlanViewSet, basename="plan")
    router.register("missions", MissionViewSet, basename="mission")
    router.register("issues", IssueViewSet, basename="issue")
