"""Writes of a run: only rows that differ, in id order, one statement for all of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from psycopg2.extras import execute_batch

from kpi.rollups.rows import Computed

# Compare-and-set: a newer run has been here where the computed version is higher than the one read.
_UPDATE = (
    "UPDATE kpi_figure SET {columns}, computed_version = %s, computed_at = %s "
    "WHERE id = %s AND computed_version <= %s"
)


def write_figures(changed: Sequence[tuple[int, int, Computed]], *, at: datetime) -> int:
    """Store figures, each given with its id and the version that was read; returns how many."""
    columns = ", ".join(f"{name} = %s" for name in Computed._fields)
    moment = connection.ops.adapt_datetimefield_value(at)
    rows = [(*computed, version, moment, pk, version) for pk, version, computed in sorted(changed)]
    write_many(_UPDATE.format(columns=columns), rows)
    return len(rows)


def write_many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement over many rows, in their order."""
    if not rows:
        return
    with connection.cursor() as cursor:
        # psycopg2's own executemany crosses the wire for every row.
        in_batches = partial(execute_batch, cursor.cursor, page_size=500)
        run = in_batches if connection.vendor == "postgresql" else cursor.executemany
        run(statement, rows)
