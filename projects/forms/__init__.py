"""What may be typed about projects: shape and type only."""

from projects.forms.changes import ChangeDecisionForm, PlanForm, SettingsForm
from projects.forms.dossier import (
    ActivityRow,
    DecisionForm,
    EvaluationForm,
    FileForm,
    ParticularsForm,
    ProjectFileForm,
    TargetRow,
    read_rows,
)
from projects.forms.progress import EvidenceForm, PercentField, PhotoForm, ProgressForm, typed_in
from projects.forms.stories import StoryForm

__all__ = [
    "ActivityRow",
    "ChangeDecisionForm",
    "DecisionForm",
    "EvaluationForm",
    "EvidenceForm",
    "FileForm",
    "ParticularsForm",
    "PercentField",
    "PhotoForm",
    "PlanForm",
    "ProgressForm",
    "ProjectFileForm",
    "SettingsForm",
    "StoryForm",
    "TargetRow",
    "read_rows",
    "typed_in",
]
