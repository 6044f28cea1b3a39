"""The shape of a project's file as machines send it."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.models import Agency, Area
from common.exact import ExactSerializer
from kpi.models import KPI, Indicator, Scorecard
from meetings.models import Meeting
from projects import actions
from projects.models import Project, ProjectTarget
from strategy.models import Approach, FrameworkItem, Issue

PERCENT = {"max_digits": 8, "decimal_places": 4, "min_value": Decimal(0), "max_value": Decimal(100)}


def _baht(**more: Any) -> Any:
    return serializers.DecimalField(
        max_digits=17, decimal_places=2, min_value=Decimal(0), allow_null=True, default=None, **more
    )


def _agency(**more: Any) -> Any:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=Agency.objects.reporting(), **more
    )


class ProjectPlanStepSerializer(serializers.Serializer[Any]):
    """What percent should be done at the end of a fiscal month (1 is October)."""

    fiscal_year = serializers.IntegerField()
    month = serializers.IntegerField(min_value=1, max_value=12)
    percent = serializers.DecimalField(**PERCENT)  # type: ignore[arg-type]


class ProjectActivityTypedSerializer(serializers.Serializer[Any]):
    """An activity of the plan; weights sum to 100."""

    name_th = serializers.CharField(max_length=500)
    name_en = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    agency = _agency()
    related_agencies = _agency(many=True, required=False)
    weight = serializers.DecimalField(**PERCENT)  # type: ignore[arg-type]
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    budget = _baht()
    plan = ProjectPlanStepSerializer(many=True, required=False)


class ProjectTargetTypedSerializer(serializers.Serializer[Any]):
    """An indicator, output or outcome."""

    kind = serializers.ChoiceField(choices=ProjectTarget.Kind.choices)
    name_th = serializers.CharField(max_length=500)
    unit_th = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    target = serializers.DecimalField(
        max_digits=18, decimal_places=4, allow_null=True, required=False, default=None
    )


class ProjectTypedSerializer(serializers.Serializer[Any]):
    """A project's file; what is left out is empty. `version` is asked for where it is there already."""

    code = serializers.RegexField(r"^[0-9A-Za-zก-ฮ][0-9A-Za-zก-๙._-]*$", max_length=40)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    name_th = serializers.CharField(max_length=500)
    host_agency = _agency()
    supporting_agencies = _agency(many=True, required=False)
    years = serializers.ListField(
        child=serializers.IntegerField(min_value=2500, max_value=2700), min_length=1, max_length=10
    )
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    issue = serializers.PrimaryKeyRelatedField(
        queryset=Issue.objects.all(), required=False, allow_null=True, default=None
    )
    approach = serializers.PrimaryKeyRelatedField(
        queryset=Approach.objects.all(), required=False, allow_null=True, default=None
    )
    kpis = serializers.PrimaryKeyRelatedField(
        queryset=KPI.objects.filter(scorecard__level=Scorecard.Level.PROVINCE),
        many=True,
        required=False,
    )
    main_kpi = serializers.PrimaryKeyRelatedField(
        queryset=KPI.objects.filter(scorecard__level=Scorecard.Level.PROVINCE),
        required=False,
        allow_null=True,
        default=None,
    )
    areas = serializers.SlugRelatedField(
        slug_field="code", queryset=Area.objects.all(), many=True, required=False
    )
    framework_items = serializers.PrimaryKeyRelatedField(
        queryset=FrameworkItem.objects.all(), many=True, required=False
    )
    main_item = serializers.PrimaryKeyRelatedField(
        queryset=FrameworkItem.objects.all(), required=False, allow_null=True, default=None
    )
    beneficiaries = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, default=None
    )
    coordinator_email = serializers.EmailField(required=False, allow_blank=True, default="")
    activities = ProjectActivityTypedSerializer(many=True, required=False)
    targets = ProjectTargetTypedSerializer(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Add the plain texts, all of one shape."""
        texts = (
            *("name_en", "programme_th", "subprogramme_th", "main_kpi_reason_th"),
            *("main_item_reason_th", "value_chain_th", "emenscr_code", "rationale_th"),
            *("objective_th", "beneficiaries_th", "output_th", "outcome_th", "coordinator_name"),
            *("coordinator_position_th", "coordinator_phone"),
        )
        fields = super().get_fields()
        for name in texts:
            limit = getattr(Project._meta.get_field(name), "max_length", None) or 8000
            fields[name] = serializers.CharField(
                required=False, allow_blank=True, default="", max_length=limit
            )
        return fields

    def given(self) -> actions.ProjectInput:
        """Return what was sent, as the verb takes it."""
        values = dict(self.validated_data)
        values.pop("version")
        values["years"] = {year: Decimal(1) for year in sorted(values["years"])}
        values["edition"] = values["issue"].edition if values["issue"] else None
        values["targets"] = [actions.TargetInput(**row) for row in values.pop("targets", [])]
        values["activities"] = [
            actions.ActivityInput(
                number=number,
                **{name: value for name, value in row.items() if name != "plan"},
                plan={
                    (step["fiscal_year"], step["month"]): step["percent"]
                    for step in row.get("plan", [])
                },
            )
            for number, row in enumerate(values.pop("activities", []), start=1)
        ]
        return actions.ProjectInput(**values)


class ProjectDecisionSerializer(serializers.Serializer[Any]):
    """A decision on a project: to what, when, by which meeting, why."""

    to = serializers.ChoiceField(choices=Project.Status.choices)
    decided_date = serializers.DateField()
    reference = serializers.CharField(max_length=300)
    meeting = serializers.PrimaryKeyRelatedField(
        queryset=Meeting.objects.all(), required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class ProjectReachedSerializer(serializers.Serializer[Any]):
    """What one target reached; null where it is not known."""

    target = serializers.IntegerField()
    actual = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)


class ProjectLinkSerializer(serializers.Serializer[Any]):
    """The indicator, by its code, that a target (by its number) counts in; null takes it away."""

    number = serializers.IntegerField(min_value=1)
    indicator = serializers.SlugRelatedField(
        slug_field="code", queryset=Indicator.objects.all(), allow_null=True
    )


class ProjectEvaluationSerializer(serializers.Serializer[Any]):
    """How a project ended."""

    reached_th = serializers.CharField()
    learned_th = serializers.CharField()
    stays_th = serializers.CharField()
    actuals = ProjectReachedSerializer(many=True, required=False)


class ProjectTargetSerializer(ExactSerializer[ProjectTarget]):
    """An indicator, output or outcome with what it reached, and the KPI's indicator it counts in."""

    indicator = serializers.CharField(source="indicator.code", default=None, read_only=True)

    class Meta:
        model = ProjectTarget
        fields = ("id", "number", "kind", "name_th", "unit_th", "target", "actual", "indicator")
