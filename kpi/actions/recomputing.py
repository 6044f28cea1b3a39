"""Compute a quarter's figures here and now, for who closes, restates or checks it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from kpi import rollups
from kpi.models import Figure, InForce, Link
from kpi.rollups import Report
from submissions.models import Quarter


@transaction.atomic
def recompute_quarters(*, year: int, numbers: Collection[int], at: datetime) -> Report:
    """Compute all figures and scores of quarters of a fiscal year again, closed ones too."""
    return rollups.recompute(year, at=at, numbers=numbers, closed_too=True)


@transaction.atomic
def keep_what_is_in_force(quarter: Quarter) -> None:
    """Keep for every figure of a quarter what it is made of; three queries and one write.

    For who closes the quarter; what was kept once stays.
    """
    below: dict[int, list[dict[str, Any]]] = defaultdict(list)
    shown: dict[int, int] = {}
    for link in Link.objects.filter(parent__fiscal_year=quarter.fiscal_year_id).order_by("pk"):
        below[link.parent_id].append(
            {"child": link.child_id, "kind": link.kind, "weight": f"{link.weight:f}"}
        )
        if link.kind == Link.Kind.SAME:
            shown[link.child_id] = link.parent_id
    figures = Figure.objects.for_quarter(quarter).select_related("kpi").order_by("pk")
    InForce.objects.bulk_create(
        [
            InForce(
                figure=figure,
                weight=figure.kpi.weight,
                year_target=figure.kpi.year_target,
                reports_own=figure.kpi.reports_own,
                shown_id=shown.get(figure.kpi_id),
                below=below.get(figure.kpi_id, []),
            )
            for figure in figures
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
