"""What may be typed about KPIs: shape and type only. `entries` (grid, dictionary),
`scoring` (rules), `scorecards` (agreements).
"""

from kpi.forms.entries import (
    FIGURES,
    EvidenceForm,
    IndicatorForm,
    NotApplicableForm,
    TypedRow,
    read_row,
    say,
    written_lines,
)
from kpi.forms.scorecards import LINE_PARTS, NewLineForm, TypedLine, read_line

__all__ = [
    "FIGURES",
    "LINE_PARTS",
    "EvidenceForm",
    "IndicatorForm",
    "NewLineForm",
    "NotApplicableForm",
    "TypedLine",
    "TypedRow",
    "read_line",
    "read_row",
    "say",
    "written_lines",
]
