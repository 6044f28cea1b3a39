"""Which stored figures stand above a change: their `inputs_version` grows with it."""

from collections.abc import Collection

from django.db import connection

from kpi.models import KPI, Figure
from submissions.models import Quarter

# Upwards over `share`, downwards over `same`, whose children show their parent's figure. Rows are
# locked in id order, so that two changes under one parent wait for each other and never deadlock.
_REACHED = """
WITH RECURSIVE reached(kpi_id) AS (
    SELECT id FROM kpi_kpi WHERE id IN ({kpis})
    UNION
    SELECT CASE WHEN link.kind = 'share' THEN link.parent_id ELSE link.child_id END
    FROM reached JOIN kpi_link AS link
      ON (link.kind = 'share' AND link.child_id = reached.kpi_id)
      OR (link.kind = 'same' AND link.parent_id = reached.kpi_id)
)
"""
_TOUCH = """
UPDATE kpi_figure SET inputs_version = inputs_version + 1
WHERE id IN (
    SELECT figure.id
    FROM kpi_figure AS figure
    JOIN submissions_quarter AS later ON later.id = figure.quarter_id
    JOIN submissions_quarter AS changed ON changed.id = %s
    WHERE figure.kpi_id IN (SELECT kpi_id FROM reached)
      AND later.fiscal_year_id = changed.fiscal_year_id
      AND later.number >= changed.number
    ORDER BY figure.id {lock}
)
RETURNING kpi_id
"""
_NAME = "SELECT kpi_id FROM reached"


def touch_ancestors(*, kpi_ids: Collection[int], quarter_id: int) -> list[int]:
    """Mark the figures of the KPIs, and all that stand above them, as older than their inputs.

    Later quarters of the fiscal year are marked too, since their year to date contains this one.
    Call it inside the transaction of the change. Returns the KPIs marked, in id order.
    """
    if not kpi_ids:
        return []
    touched = _touch(kpi_ids, quarter_id)
    if not touched.issuperset(kpi_ids):
        # A KPI or a quarter is new: its figures get their rows, marked from the start.
        ensure_figures(Quarter.objects.get(pk=quarter_id).fiscal_year_id)
        touched |= _touch(kpi_ids, quarter_id)
    return sorted(touched)


def _reached(kpi_ids: Collection[int]) -> str:
    return _REACHED.format(kpis=", ".join(["%s"] * len(kpi_ids)))


def _touch(kpi_ids: Collection[int], quarter_id: int) -> set[int]:
    lock = "FOR NO KEY UPDATE OF figure" if connection.vendor == "postgresql" else ""
    statement = _reached(kpi_ids) + _TOUCH.format(lock=lock)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*sorted(kpi_ids), quarter_id])
        return {kpi_id for (kpi_id,) in cursor.fetchall()}


def ensure_figures(year: int) -> int:
    """Give every KPI of a fiscal year a figure for each quarter; returns how many are new."""
    kpi_ids = KPI.objects.for_year(year).order_by("pk").values_list("pk", flat=True)
    quarters = Quarter.objects.filter(fiscal_year_id=year).order_by("number")
    quarter_ids = list(quarters.values_list("pk", flat=True))
    there = set(
        Figure.objects.filter(quarter__fiscal_year_id=year).values_list("kpi_id", "quarter_id")
    )
    missing = [
        Figure(kpi_id=kpi_id, quarter_id=quarter_id)
        for kpi_id in kpi_ids
        for quarter_id in quarter_ids
        if (kpi_id, quarter_id) not in there
    ]
    Figure.objects.bulk_create(missing, batch_size=1000, ignore_conflicts=True)
    return len(missing)


def reached_by(kpi_ids: Collection[int]) -> list[int]:
    """Return the KPIs and all whose figures a change of theirs moves, in id order."""
    if not kpi_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_reached(kpi_ids) + _NAME, sorted(kpi_ids))
        return sorted(kpi_id for (kpi_id,) in cursor.fetchall())
