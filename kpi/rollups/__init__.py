"""Figures and scores: what stands above a change is marked, computed and stored here, nowhere else.

`touch_ancestors` belongs into the verb's transaction, `refresh` into the deferred job; `recompute`
is the nightly, quarterly and closing run.
"""

from kpi.rollups.runs import (
    Drift,
    Report,
    find_drift,
    hold_year,
    open_years,
    recompute,
    refresh,
)
from kpi.rollups.touching import ensure_figures, touch_ancestors

__all__ = [
    "Drift",
    "Report",
    "ensure_figures",
    "find_drift",
    "hold_year",
    "open_years",
    "recompute",
    "refresh",
    "touch_ancestors",
]
