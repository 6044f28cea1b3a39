"""Projects and their work, what was reported of it, and the figures made of it."""

from projects.models.changes import ChangeRequest
from projects.models.dossier import Evaluation, ProjectFile, ProjectTarget
from projects.models.inspections import Checklist, Finding, Inspection, InspectionAnswer
from projects.models.progress import (
    ActivityProgress,
    MonthlyActivity,
    MonthlyProgress,
    Progress,
    ProjectFigure,
)
from projects.models.risks import (
    Risk,
    RiskAction,
    RiskCategory,
    RiskCell,
    RiskLevel,
    RiskReview,
)
from projects.models.stories import Story
from projects.models.work import (
    Activity,
    ActivityPlan,
    Decision,
    Project,
    ProjectPlan,
    ProjectYear,
    start_month_in,
)

__all__ = [
    "Activity",
    "ActivityPlan",
    "ActivityProgress",
    "ChangeRequest",
    "Checklist",
    "Decision",
    "Evaluation",
    "Finding",
    "Inspection",
    "InspectionAnswer",
    "MonthlyActivity",
    "MonthlyProgress",
    "Progress",
    "Project",
    "ProjectFigure",
    "ProjectFile",
    "ProjectPlan",
    "ProjectTarget",
    "ProjectYear",
    "Risk",
    "RiskAction",
    "RiskCategory",
    "RiskCell",
    "RiskLevel",
    "RiskReview",
    "Story",
    "start_month_in",
]
