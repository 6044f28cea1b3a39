"""What calamine does not show of a sheet, and how large a sheet may be."""

from dataclasses import dataclass, field

from common.workbooks.cells import Cell, Position
from common.workbooks.gate import Limits, UnreadableFile


@dataclass(slots=True)
class SheetDetails:
    """What Excel hides of a sheet (columns as first and last), cells to read otherwise, its extent."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    special: dict[Position, Cell] = field(default_factory=dict)
    percent: set[Position] = field(default_factory=set)
    bottom: int = 0
    right: int = 0


def bound(rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet that is larger than the limits.

    :raises UnreadableFile: if it is.
    """
    if rows > limits.rows:
        raise UnreadableFile("too_many_rows", limit=f"{limits.rows:,}")
    if columns > limits.columns:
        raise UnreadableFile("too_many_columns", limit=f"{limits.columns:,}")
    if rows * columns > limits.cells:
        raise UnreadableFile("too_many_cells", limit=f"{limits.cells:,}")
