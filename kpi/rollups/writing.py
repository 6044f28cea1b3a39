"""Writes of a run: only rows and columns that differ, in one statement for all of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kpi.rollups.rows import Computed

_WORDS = {"state", "ytd_state", "state_reason"}
_FLAGS = {"is_partial", "is_unconfirmed"}
# Compare-and-set: a newer run has been here where the computed version is higher than the one read.
_ROW_BY_ROW = (
    "UPDATE kpi_figure SET {columns}computed_version = %s, computed_at = %s "
    "WHERE id = %s AND computed_version <= %s"
)
# The rows are held in id order first, as who marks them does: so nobody deadlocks.
_AT_ONCE = """
UPDATE kpi_figure AS figure
SET {columns}computed_version = given.read_version, computed_at = %s
FROM unnest(%s::bigint[], %s::integer[]{arrays}) AS given(id, read_version{names}), (
    SELECT id FROM kpi_figure WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
) AS held
WHERE figure.id = held.id AND given.id = held.id
  AND figure.computed_version <= given.read_version
"""


def write_figures(
    changed: Sequence[tuple[int, int, Computed]],
    *,
    at: datetime,
    columns: Collection[str] = Computed._fields,
) -> int:
    """Store figures, each given with its id and the version that was read; returns how many.

    `columns` names what differs in any of them: what stays is not written.
    """
    if not changed:
        return 0
    rows = sorted(changed)
    ids, versions = [row[0] for row in rows], [row[1] for row in rows]
    by_column = dict(
        zip(Computed._fields, zip(*(row[2] for row in rows), strict=True), strict=True)
    )
    cells = {name: _bare(name, column) for name, column in by_column.items() if name in columns}
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = _AT_ONCE.format(
                columns="".join(f"{name} = given.{name}, " for name in cells),
                arrays="".join(f", %s::{_type(name)}[]" for name in cells),
                names="".join(f", {name}" for name in cells),
            )
            arrays = [_array(column) for column in cells.values()]
            cursor.execute(statement, [moment, ids, versions, *arrays, ids])
        else:
            statement = _ROW_BY_ROW.format(columns="".join(f"{name} = %s, " for name in cells))
            moments = [moment] * len(ids)
            columns_of_row = (*cells.values(), versions, moments, ids, versions)
            cursor.executemany(statement, list(zip(*columns_of_row, strict=True)))
    return len(rows)


def _bare(name: str, column: Sequence[Any]) -> Sequence[Any]:
    """Return a column in plain words and whole numbers: SQLite asks long how to bind any other."""
    if name in _WORDS:
        return [str(cell) for cell in column]
    return [int(cell) for cell in column] if name in _FLAGS else column


def _type(name: str) -> str:
    """Return what a column is given as to PostgreSQL."""
    if name in _WORDS:
        return "text"
    return "boolean" if name in _FLAGS else "bigint"


def _array(column: Sequence[Any]) -> str:
    """Return a column as PostgreSQL writes an array; words are of letters and lines only."""
    return "{" + ",".join(["NULL" if cell is None else str(cell) or '""' for cell in column]) + "}"
