"""Compute a quarter's figures here and now, for who closes, restates or checks it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kpi import rollups
from kpi.rollups import Report


@transaction.atomic
def recompute_quarters(*, year: int, numbers: Collection[int], at: datetime) -> Report:
    """Compute all figures and scores of quarters of a fiscal year again, closed ones too."""
    return rollups.recompute(year, at=at, numbers=numbers, closed_too=True)
