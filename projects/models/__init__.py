"""Projects and their work, what was reported of it, and the figures made of it."""

from projects.models.changes import ChangeRequest
from projects.models.dossier import Evaluation, ProjectFile, ProjectTarget
from projects.models.progress import (
    ActivityProgress,
    MonthlyActivity,
    MonthlyProgress,
    Progress,
    ProjectFigure,
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
    "Decision",
    "Evaluation",
    "MonthlyActivity",
    "MonthlyProgress",
    "Progress",
    "Project",
    "ProjectFigure",
    "ProjectFile",
    "ProjectPlan",
    "ProjectTarget",
    "ProjectYear",
    "Story",
    "start_month_in",
]
