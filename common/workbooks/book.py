"""What a workbook from outside holds, as plain cells.

calamine reads the values. It shows neither hidden rows and columns, formulas without a result,
error cells nor number formats, so what a format says of these is looked up beside it.
"""

import contextlib
import zipfile
from dataclasses import dataclass, field
from datetime import time, timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, Final

# Names only: the parser itself is defusedxml's.
from xml.sax import SAXException  # nosec B406

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from common.readings import Note
from common.workbooks.cells import Cell, Position, cell_text, column_name
from common.workbooks.delimited import read_delimited
from common.workbooks.details import SheetDetails, bound
from common.workbooks.gate import Format, Limits, UnreadableFile
from common.workbooks.ods import read_ods_details
from common.workbooks.xls import read_xls
from common.workbooks.xlsx import read_xlsx_details


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells as rows of equal width, and what Excel shows of them."""

    name: str
    rows: list[list[Cell]]
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    percent_cells: frozenset[Position] = frozenset()
    merged: tuple[tuple[Position, Position], ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def text(self, row: int, column: int) -> str:
        """Return a cell as normalised text."""
        return cell_text(self.rows[row][column])


@dataclass(slots=True)
class Book:
    """The sheets that were read, and remarks about what was not."""

    format: Format
    sheets: list[Sheet]
    notes: list[Note] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)


SENTENCES: Final = {
    "hidden_sheet": "แผ่นงาน %(sheet)s ถูกซ่อนไว้ จึงไม่อ่าน",
    "hidden_columns": "แผ่นงาน %(sheet)s มีคอลัมน์ซ่อน %(columns)s จึงไม่อ่าน",
    "hidden_rows": "แผ่นงาน %(sheet)s มีแถวซ่อน %(count)s แถว ระบบอ่านด้วยและทำเครื่องหมายไว้",
}


def read_book(path: Path, format: Format, limits: Limits) -> Book:
    """Read every visible sheet of a file that the gate let pass.

    :raises UnreadableFile: if it cannot be read after all, or is larger than the limits.
    """
    if format is Format.CSV:
        return Book(format, [Sheet("csv", read_delimited(path.read_bytes(), limits))])
    try:
        return _read_workbook(path, format, limits)
    except PasswordError as error:
        raise UnreadableFile("encrypted") from error
    except (CalamineError, SAXException, DefusedXmlException, ElementTree.ParseError, LookupError,
            ValueError, OverflowError, zipfile.BadZipFile, EOFError) as error:  # fmt: skip
        raise UnreadableFile("truncated") from error
    except BaseException as error:
        # A panic inside calamine arrives as a BaseException of its own; the file is to blame.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile("truncated") from error


def _read_workbook(path: Path, format: Format, limits: Limits) -> Book:
    details: dict[str, SheetDetails] = {}
    properties: dict[str, str] = {}
    if format in (Format.XLSX, Format.XLSM):
        details, properties = read_xlsx_details(path, limits)
    elif format is Format.ODS:
        details = read_ods_details(path, limits)
    book = Book(format, [], properties=properties)
    place: str | BytesIO = str(path)
    if format is Format.XLS:
        place, in_order = read_xls(path, limits)
    with CalamineWorkbook.from_object(place) as source:
        if format is Format.XLS:
            details = dict(zip(source.sheet_names, in_order, strict=True))
        metadata = [meta for meta in source.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]
        if not metadata:
            raise UnreadableFile("no_sheet")
        if len(metadata) > limits.sheets:
            raise UnreadableFile(
                "too_many_sheets", found=str(len(metadata)), limit=str(limits.sheets)
            )
        for meta in metadata:
            if meta.visible is not SheetVisibleEnum.Visible:
                book.notes.append(_note("hidden_sheet", sheet=meta.name))
                continue
            sheet = _read_sheet(source.get_sheet_by_name(meta.name), details.get(meta.name), limits)
            _note_hidden(book, sheet)
            book.sheets.append(sheet)
    if not book.sheets:
        raise UnreadableFile("no_sheet")
    return book


def _note(code: str, **params: str) -> Note:
    return Note(code, SENTENCES[code], params)


def _note_hidden(book: Book, sheet: Sheet) -> None:
    if sheet.hidden_columns:
        columns = ", ".join(column_name(index) for index in sorted(sheet.hidden_columns)[:10])
        book.notes.append(_note("hidden_columns", sheet=sheet.name, columns=columns))
    if sheet.hidden_rows:
        count = str(len(sheet.hidden_rows))
        book.notes.append(_note("hidden_rows", sheet=sheet.name, count=count))


def _read_sheet(source: CalamineSheet, details: SheetDetails | None, limits: Limits) -> Sheet:
    bound(source.total_height, source.total_width, limits)
    rows = _plain(source.to_python(skip_empty_area=False))
    merged: list[tuple[Position, Position]] = []
    with contextlib.suppress(CalamineError):
        merged = list(source.merged_cell_ranges or ())
    if details is None:
        return Sheet(source.name, rows, merged=tuple(merged))
    for (row, column), formula in details.special.items():
        _widen(rows, row, column)
        rows[row][column] = formula
    used = range(len(rows[0]) if rows else 0)
    return Sheet(
        source.name,
        rows,
        hidden_rows=frozenset(row for row in details.hidden_rows if row < len(rows)),
        hidden_columns=frozenset(
            index for index in used if any(low <= index <= high for low, high in details.hidden)
        ),
        percent_cells=frozenset(details.percent),
        merged=tuple(merged),
    )


def _widen(rows: list[list[Cell]], row: int, column: int) -> None:
    """Make room for a cell that calamine took for empty."""
    width = max(len(rows[0]) if rows else 0, column + 1)
    while len(rows) <= row:
        rows.append([None] * width)
    if len(rows[0]) < width:
        for line in rows:
            line.extend([None] * (width - len(line)))


def _plain(rows: list[list[Any]]) -> list[list[Cell]]:
    """Give empty cells as None and times of day as text."""
    kinds = set(map(type, chain.from_iterable(rows)))
    if kinds & {time, timedelta}:
        rows = [
            [str(cell) if isinstance(cell, time | timedelta) else cell for cell in row]
            for row in rows
        ]
    return [[None if cell == "" else cell for cell in row] if "" in row else row for row in rows]
