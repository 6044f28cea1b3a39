"""What may be typed about projects: shape and type only."""

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
from projects.forms.progress import EvidenceForm, PercentField, ProgressForm

__all__ = [
    "ActivityRow",
    "DecisionForm",
    "EvaluationForm",
    "EvidenceForm",
    "FileForm",
    "ParticularsForm",
    "PercentField",
    "ProgressForm",
    "ProjectFileForm",
    "TargetRow",
    "read_rows",
]
