"""What may be typed about KPIs: shape and type only. `entries` (grid, dictionary), `scoring` (rules)."""

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

__all__ = [
    "FIGURES",
    "EvidenceForm",
    "IndicatorForm",
    "NotApplicableForm",
    "TypedRow",
    "read_row",
    "say",
    "written_lines",
]
