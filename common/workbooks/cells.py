"""Cells of a workbook as plain values; positions count from 0, names are A1."""

from datetime import date, datetime

from common.thainumbers import FormulaWithoutValue, normalise_text

Cell = str | float | bool | date | datetime | FormulaWithoutValue | None
Position = tuple[int, int]


def column_name(index: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the index of a column's letters: A is 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int) -> str:
    """Return the name that a person knows a cell by: (4, 4) is E5."""
    return f"{column_name(column)}{row + 1}"


def cell_text(cell: Cell) -> str:
    """Return a cell as normalised text; a whole number carries no `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return normalise_text(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, FormulaWithoutValue):
        return cell.formula
    return str(cell)
