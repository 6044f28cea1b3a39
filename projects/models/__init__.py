"""Projects and their work, what was reported of it, and the figures made of it."""

from projects.models.dossier import Evaluation, ProjectFile, ProjectTarget
from projects.models.progress import ActivityProgress, Progress, ProjectFigure
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
    "Decision",
    "Evaluation",
    "Progress",
    "Project",
    "ProjectFigure",
    "ProjectFile",
    "ProjectPlan",
    "ProjectTarget",
    "ProjectYear",
    "start_month_in",
]
