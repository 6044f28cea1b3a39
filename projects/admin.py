"""Projects, to be looked at; they change by their verbs only."""

from django.contrib import admin

from common.readonly import ReadOnly
from projects.models import (
    Activity,
    ChangeRequest,
    Checklist,
    Decision,
    Evaluation,
    Finding,
    Inspection,
    MonthlyProgress,
    Progress,
    Project,
    ProjectFigure,
    ProjectFile,
    ProjectTarget,
    Risk,
    RiskAction,
    RiskCategory,
    Story,
)


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    list_display = ("code", "name_th", "host_agency", "status", "start_date", "end_date")
    list_filter = ("status", "is_sample")
    list_select_related = ("host_agency",)
    search_fields = ("code", "name_th", "name_en")
    ordering = ("code",)


@admin.register(Activity)
class ActivityAdmin(ReadOnly):
    list_display = ("project", "number", "name_th", "weight", "start_date", "end_date")
    list_select_related = ("project",)
    search_fields = ("project__code", "name_th")
    ordering = ("project__code", "number")


@admin.register(Progress)
class ProgressAdmin(ReadOnly):
    list_display = ("project", "quarter", "status", "entered_by", "submitted_at", "approved_at")
    list_filter = ("status", "quarter__fiscal_year")
    list_select_related = ("project", "quarter", "entered_by")
    search_fields = ("project__code", "project__name_th")
    ordering = ("-pk",)


@admin.register(ProjectFigure)
class ProjectFigureAdmin(ReadOnly):
    list_display = ("project", "quarter", "delivered", "planned", "variance", "standing")
    list_filter = ("standing", "quarter__fiscal_year")
    list_select_related = ("project", "quarter")
    search_fields = ("project__code",)
    ordering = ("-pk",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("project", "from_status", "to_status", "decided_date", "reference", "made_by")
    list_select_related = ("project", "made_by")
    ordering = ("-pk",)


@admin.register(ProjectTarget)
class ProjectTargetAdmin(ReadOnly):
    list_display = ("project", "kind", "name_th", "target", "actual", "unit_th")
    list_filter = ("kind",)
    list_select_related = ("project",)
    search_fields = ("project__code", "name_th")
    ordering = ("project__code", "number")


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnly):
    list_display = ("project", "written_by", "written_at")
    list_select_related = ("project", "written_by")
    ordering = ("-pk",)


@admin.register(ProjectFile)
class ProjectFileAdmin(ReadOnly):
    list_display = ("project", "kind", "caption_th", "added_by", "added_at")
    list_filter = ("kind",)
    list_select_related = ("project", "added_by")
    ordering = ("-pk",)


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnly):
    list_display = ("project", "number", "state", "asked_by", "asked_at", "decided_date")
    list_filter = ("state",)
    list_select_related = ("project", "asked_by")
    ordering = ("-pk",)


@admin.register(MonthlyProgress)
class MonthlyProgressAdmin(ReadOnly):
    list_display = ("project", "month", "status", "entered_by", "submitted_at", "approved_at")
    list_filter = ("status",)
    list_select_related = ("project", "month", "entered_by")
    ordering = ("-pk",)


@admin.register(Story)
class StoryAdmin(ReadOnly):
    list_display = ("slug", "name_th", "is_shown", "order")
    ordering = ("order", "pk")


@admin.register(RiskCategory)
class RiskCategoryAdmin(ReadOnly):
    list_display = ("code", "name_th", "name_en", "order", "is_active")
    ordering = ("order", "code")


@admin.register(Risk)
class RiskAdmin(ReadOnly):
    list_display = ("code", "name_th", "agency", "category", "level", "growths", "state")
    list_filter = ("level", "state", "fiscal_year")
    list_select_related = ("agency", "category")
    search_fields = ("code", "name_th")
    ordering = ("code",)


@admin.register(RiskAction)
class RiskActionAdmin(ReadOnly):
    list_display = ("risk", "number", "text_th", "owner", "due_date", "state")
    list_filter = ("state",)
    list_select_related = ("risk", "owner")
    ordering = ("due_date", "pk")


@admin.register(Checklist)
class ChecklistAdmin(ReadOnly):
    list_display = ("code", "name_th", "is_active")
    ordering = ("code",)


@admin.register(Inspection)
class InspectionAdmin(ReadOnly):
    list_display = ("project", "planned_date", "visited_date", "state", "planned_by")
    list_filter = ("state",)
    list_select_related = ("project", "planned_by")
    ordering = ("-planned_date",)


@admin.register(Finding)
class FindingAdmin(ReadOnly):
    list_display = ("inspection", "number", "text_th", "severity", "owner", "due_date", "state")
    list_filter = ("severity", "state")
    list_select_related = ("inspection", "owner")
    ordering = ("due_date", "pk")
