"""How the cells of a column are read: figures, words, choices, days."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common import thaidates, thainumbers
from common.readings import Kind, Reading
from common.sheets import SheetField, SheetResource, SheetRow
from common.tables import unescape_text
from common.thainumbers import (
    NOT_REPORTED,
    FormulaWithoutValue,
    NumberColumn,
    normalise_text,
    read_number,
)
from common.workbooks.book import Sheet
from common.workbooks.cells import Cell, cell_text
from common.workbooks.layout import (
    Layout,
)
from spreadsheets.actions.understanding.directory import folded
from spreadsheets.actions.understanding.findings import note_of

ReadCell = Callable[[Cell], Reading[Any]]
# How a column's cell is read in a row of the sheet.
Reader = Callable[[SheetRow, int], ReadCell]


def readers_of(
    resource: SheetResource, sheet: Sheet, layout: Layout, *, dash_is_zero: bool
) -> list[tuple[str, int, Reader]]:
    """Return the typed columns of the sheet with how a cell of each is read."""
    readers: list[tuple[str, int, Reader]] = []
    for column in resource.columns:
        index = layout.columns.get(column.name)
        if index is None or not column.is_typed:
            continue
        if column.reads == "choice":
            reader = _same_for_all(_choice_reader(resource.choices(column.name)))
        elif column.reads == "date":
            reader = _same_for_all(_read_day)
        elif column.reads == "text":
            reader = _same_for_all(_read_text)
        else:
            reader = _figure_reader(column, sheet, layout, index, dash_is_zero=dash_is_zero)
        readers.append((column.name, index, reader))
    return readers


def _figure_reader(
    column: SheetField, sheet: Sheet, layout: Layout, index: int, *, dash_is_zero: bool
) -> Reader:
    """Return the reader of a column of figures; rows of one unit are read alike."""
    is_money = column.reads == "money"
    scale = layout.units.get(index, Decimal(1)) if is_money else Decimal(1)
    dash_is_zero = is_money and dash_is_zero
    percent_cells = sheet.percent_cells
    alike: dict[tuple[str, bool, bool, bool], ReadCell] = {}

    def reader(row: SheetRow, number: int) -> ReadCell:
        of = (row.unit, row.is_percent, row.is_one_to, (number, index) in percent_cells)
        return alike.get(of) or begin(of)

    def begin(of: tuple[str, bool, bool, bool]) -> ReadCell:
        unit, is_percent, is_one_to, shows_percent = of
        if column.unit is not None:  # what a row is counted in says nothing of a weight
            unit, is_percent, is_one_to = str(column.unit), False, False
        percent = column.reads == "percent" or is_percent
        unit = "บาท" if is_money else normalise_text(unit)
        figures = NumberColumn(
            percent, shows_percent, is_money, scale, unit, is_one_to, column.places, dash_is_zero
        )

        def read_figure(cell: Cell) -> Reading[Any]:
            if isinstance(cell, date):
                error = thainumbers.note("not_a_number", written=str(cell))
                return Reading(Kind.ERROR, written=str(cell), error=error)
            return figures.read(cell)

        alike[of] = _once_each(read_figure)
        return alike[of]

    return reader


def _choice_reader(choices: Mapping[str, str]) -> ReadCell:
    """Return the reader of one of a column's choices by its code, its name, or both."""
    by_code = {
        folded(word): value
        for value, label in choices.items()
        for word in (value, f"{value} {label}")
    }
    by_name: dict[str, list[str]] = defaultdict(list)
    for value, label in choices.items():
        for name in {folded(label), folded(label.removeprefix(value))}:
            by_name[name].append(value)

    def read(cell: Cell) -> Reading[Any]:
        reading = _read_text(cell)
        if reading.value is None:
            return reading
        word, written = folded(reading.value), reading.written
        fits = [by_code[word]] if word in by_code else by_name.get(word, [])
        if len(fits) == 1:
            return Reading(Kind.VALUE, fits[0], written)
        if fits:
            note = note_of("several_choices", written=written[:60], known=", ".join(fits[:8]))
        else:
            shown = ", ".join(list(choices.values())[:8])
            note = note_of("not_a_choice", written=written[:60], known=shown)
        return Reading(Kind.ERROR, written=written, error=note)

    return read


def _same_for_all(read: ReadCell) -> Reader:
    """Return the reader of a column of which every row is read in one way."""
    once = _once_each(read)
    return lambda row, number: once


def _once_each(read: ReadCell) -> ReadCell:
    """Return a reader that reads each text and figure once: a column says the same again and again."""
    known: dict[Cell, Reading[Any]] = {}

    def read_once(cell: Cell) -> Reading[Any]:
        if cell is None:
            return NOT_REPORTED
        if type(cell) is not str and type(cell) is not float:  # a truth value would pass for 1.0
            return read(cell)
        reading = known.get(cell)
        if reading is None:
            reading = read(cell)
            if len(known) < _KNOWN_AT_MOST and len(reading.written) < _KNOWN_LENGTH:
                known[cell] = reading
        return reading

    return read_once


# What a column's readings take at most while a file is read.
_KNOWN_AT_MOST, _KNOWN_LENGTH = 4_096, 200


def _read_day(cell: Cell) -> Reading[Any]:
    """Read a day as ISO text, as the figures of a row are kept."""
    if isinstance(cell, FormulaWithoutValue):
        return _read_text(cell)
    read = thaidates.read_date(cell)
    day = read.value.isoformat() if read.value else None
    return Reading(read.kind, day, read.written, read.warnings, read.questions, read.error)


def _read_text(cell: Cell) -> Reading[str]:
    if isinstance(cell, FormulaWithoutValue):
        reading = read_number(cell)
        return Reading(Kind.ERROR, written=reading.written, error=reading.error)
    text = cell_text(cell)
    if text.startswith("'"):
        text = normalise_text(unescape_text(text))
    if not text or text in "-–—":
        return Reading(Kind.NOT_REPORTED, written=text)
    return Reading(Kind.VALUE, text, text)
