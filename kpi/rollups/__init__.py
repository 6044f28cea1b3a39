"""Figures and scores: what stands above a change is marked, computed and stored here, nowhere else.

`touch_ancestors` belongs into the verb's transaction; `refresh` into the deferred job;
`recompute` is the nightly and the closing run.
"""

from kpi.rollups.touching import ensure_figures, touch_ancestors

__all__ = ["ensure_figures", "touch_ancestors"]
