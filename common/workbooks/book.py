"""What a workbook from outside holds, as plain cells; positions count from 0, names are A1.

calamine reads the values. It shows neither hidden rows and columns, formulas without a result,
error cells nor number formats, so a sheet whose XML hints at any of these is streamed once more.
"""

import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

# Names only: the parser itself is defusedxml's.
from xml.sax import SAXException  # nosec B406
from xml.sax.handler import ContentHandler  # nosec B406
from xml.sax.xmlreader import AttributesImpl  # nosec B406

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from common.readings import Note
from common.thainumbers import FormulaWithoutValue, normalise_text
from common.workbooks.gate import Format, Limits, UnreadableFile

Cell = str | float | bool | date | datetime | FormulaWithoutValue | None
Position = tuple[int, int]


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
    "hidden_unknown": "ไฟล์ .xls รุ่นเก่าไม่บอกว่าแถวหรือคอลัมน์ใดถูกซ่อน จึงอ่านทุกแถวและทุกคอลัมน์ "
    "ถ้ามีที่ซ่อนไว้และไม่ต้องการ ให้ลบออก หรือบันทึกเป็น .xlsx แล้วส่งใหม่",
    "hidden_rows": "แผ่นงาน %(sheet)s มีแถวซ่อน %(count)s แถว ระบบอ่านด้วยและทำเครื่องหมายไว้",
}


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


def read_book(path: Path, format: Format, limits: Limits) -> Book:
    """Read every visible sheet of a file that the gate let pass.

    :raises UnreadableFile: if it cannot be read after all, or is larger than the limits.
    """
    if format is Format.CSV:
        return Book(format, [_read_delimited(path.read_bytes(), limits)])
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
    details: dict[str, _SheetDetails] = {}
    properties: dict[str, str] = {}
    if format in (Format.XLSX, Format.XLSM):
        details, properties = _read_details(path, limits)
    elif format is Format.ODS:
        details = _read_ods_details(path, limits)
    book = Book(format, [], properties=properties)
    if format is Format.XLS:
        book.notes.append(_note("hidden_unknown"))
    with CalamineWorkbook.from_path(str(path)) as source:
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


def _read_sheet(source: CalamineSheet, details: "_SheetDetails | None", limits: Limits) -> Sheet:
    _bound(source.total_height, source.total_width, limits)
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


def _bound(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise UnreadableFile("too_many_rows", limit=f"{limits.rows:,}")
    if columns > limits.columns:
        raise UnreadableFile("too_many_columns", limit=f"{limits.columns:,}")
    if rows * columns > limits.cells:
        raise UnreadableFile("too_many_cells", limit=f"{limits.cells:,}")


# ---------------------------------------------------------------- xlsx, looked into

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_PERCENT_NUMBERS = {9, 10}  # the built-in formats 0% and 0.00%
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What makes a sheet worth a second look; plain searches, since a large sheet is searched whole.
_HINTS = (b"hidden=", b"<f", b'="e"')
_DECLARED = 2048  # so far names are declared, with colons
_THREE_LETTERS = rb"[A-Z]{3}[0-9]"
# From 8,000 rows on, columns of two letters may span more cells than the limit.
_TALL = re.compile(rb'<row r="(?:[89][0-9]{3}|[0-9]{5,})"')
_TWO_LETTERS = re.compile(rb' r="[A-Z]{2}[0-9]')
_WIDE_COLUMN = 702  # ZZ; three letters begin behind it
_ONE_LETTER = 26  # Z
# Any capital letter as A and any digit as 0: what a place looks like.
_SHAPES = bytes.maketrans(
    b"BCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"AAAAAAAAAAAAAAAAAAAAAAAAA000000000"
)


@dataclass(slots=True)
class _SheetDetails:
    hidden_rows: set[int] = field(default_factory=set)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    special: dict[Position, Cell] = field(default_factory=dict)
    percent: set[Position] = field(default_factory=set)
    bottom: int = 0
    right: int = 0


def _read_details(path: Path, limits: Limits) -> tuple[dict[str, _SheetDetails], dict[str, str]]:
    """Look into the XML of each sheet for what calamine does not show, before it is parsed."""
    found: dict[str, _SheetDetails] = {}
    with zipfile.ZipFile(path) as archive:
        percent_styles = _percent_styles(archive)
        for name, part in _sheet_parts(archive):
            content = archive.read(part)
            styles = _style_hint(percent_styles)
            shown = any(hint in content for hint in _HINTS) or _is_strangely_written(content)
            shown = shown or (styles is not None and styles.search(content) is not None)
            if shown or _may_be_too_large(content, limits):
                details = _stream(content, percent_styles)
                _bound(details.bottom, details.right, limits)
                found[name] = details
        return found, _custom_properties(archive)


def _is_strangely_written(content: bytes) -> bool:
    """Say whether a cell may be written otherwise than `<c r="A1"`."""
    cells = content.count(b'<c r="')
    return (
        (
            content.count(b"<c") != cells
            and (content.count(b"<c ") != cells or b"<c>" in content or b"<c/" in content)
        )
        or _holds(content, (b":f", b":c"), shared=b":")
        or _holds(content, (b"='",), shared=b"'")
    )


def _holds(content: bytes, marks: Sequence[bytes], *, shared: bytes) -> bool:
    """Say whether one of the marks is there; most sheets lack even the sign that they share."""
    if content.find(shared, _DECLARED) < 0:
        content = content[: _DECLARED + 1]
    return any(mark in content for mark in marks)


def _may_be_too_large(content: bytes, limits: Limits) -> bool:
    """Say whether a sheet must be measured exactly: calamine lays out the whole rectangle."""
    shape = content.translate(_SHAPES)
    # Plain searches first, in a third of the time: most sheets have a few columns and short numbers.
    far = b"0" * len(str(limits.rows))
    if limits.columns >= _ONE_LETTER and not any(
        b' r="%b' % place in shape for place in (b"AA", b"A" + far, far)
    ):
        return False
    return bool(
        _out_of_bounds(limits.rows, limits.columns).search(content)
        or (_TALL.search(content) and _TWO_LETTERS.search(content))
    )


@cache
def _out_of_bounds(rows: int, columns: int) -> re.Pattern[bytes]:
    """Return one pattern of whatever names a place beyond the limits: a large sheet is passed once."""
    beyond = [_THREE_LETTERS, _below(rows)]
    beyond += [_beyond(columns)] if columns < _WIDE_COLUMN else []
    return re.compile(rb' r="(?:%b)' % b"|".join(beyond))


def _below(rows: int) -> bytes:
    """Return a pattern of the rows beyond the limit; the last few allowed may match as well."""
    digits = str(rows)
    return rb'[A-Z]*(?:[%s-9][0-9]{%d}|[0-9]{%d,})"' % (
        digits[0].encode(),
        len(digits) - 1,
        len(digits) + 1,
    )


def _beyond(columns: int) -> bytes:
    """Return the pattern of a cell right of the last column allowed, up to ZZ."""
    name = column_name(columns)  # the first one too many
    if len(name) == 1:
        return rb"(?:[%b-Z]|[A-Z]{2})[0-9]" % name.encode()
    first, second = name.encode()[:1], name.encode()[1:]
    following = bytes([first[0] + 1])
    later = b"|[%b-Z][A-Z]" % following if first < b"Z" else b""
    return rb"(?:%b[%b-Z]%b)[0-9]" % (first, second, later)


def _style_hint(styles: set[int]) -> re.Pattern[bytes] | None:
    if not styles:
        return None
    numbers = "|".join(str(style) for style in sorted(styles))
    return re.compile(rf' s="(?:{numbers})"[ >/]'.encode())


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name and the part of each sheet, by the workbook's own relations."""
    names = set(archive.namelist())
    relations = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
            relations[relation.get("Id")] = relation.get("Target", "")
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation_id = next(
            (value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id"), None
        )
        target = relations.get(relation_id, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            yield sheet.get("name", ""), part


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the cell styles that show a figure as percent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    percent = set(_PERCENT_NUMBERS)
    styles: set[int] = set()
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and "%" in element.get("formatCode", ""):
            percent.add(int(element.get("numFmtId", "0")))
        if tag == "cellXfs":
            styles = {
                index
                for index, shape in enumerate(element)
                if int(shape.get("numFmtId", "0")) in percent
            }
    return styles


def _custom_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    if "docProps/custom.xml" not in archive.namelist():
        return {}
    root = ElementTree.fromstring(archive.read("docProps/custom.xml"))
    return {
        element.get("name", ""): "".join(element.itertext())
        for element in root
        if element.get("name")
    }


def _stream(content: bytes, percent_styles: set[int]) -> _SheetDetails:
    handler = _SheetHandler(percent_styles)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    parser.parse(io.BytesIO(content))
    return handler.details


class _SheetHandler(ContentHandler):
    """Collects what Excel shows of a sheet while its XML streams by."""

    def __init__(self, percent_styles: set[int]) -> None:
        super().__init__()
        self.details = _SheetDetails()
        self._percent = {str(style) for style in percent_styles}
        self._row = self._column = -1
        self._attributes: dict[str, str] = {}
        self._collect: list[str] | None = None
        self._formula: str | None = None
        self._value: str | None = None

    def startElement(self, name: str, attributes: AttributesImpl) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._start_cell(dict(attributes.items()))
        elif tag in ("f", "v", "t"):
            self._collect = []
        elif tag == "row":
            self._row = int(attributes.get("r") or self._row + 2) - 1
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.details.hidden_rows.add(self._row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            low, high = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.details.hidden.append((low - 1, high - 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        if reference:
            self._column = column_index(reference[1])
            self._row = int(reference[2]) - 1
        else:
            self._column += 1
        self._attributes = attributes
        self._formula = self._value = None

    def characters(self, content: str) -> None:
        if self._collect is not None:
            self._collect.append(content)

    def endElement(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("f", "v", "t") and self._collect is not None:
            text = "".join(self._collect)
            self._collect = None
            if tag == "f":
                self._formula = text
            else:
                self._value = (self._value or "") + text
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        details = self.details
        position = (self._row, self._column)
        if self._value is None and self._formula is None:
            return
        details.bottom = max(details.bottom, self._row + 1)
        details.right = max(details.right, self._column + 1)
        if self._formula is not None and not self._value:
            # A stored empty text is a value: the formula said so.
            if self._attributes.get("t") != "str":
                details.special[position] = FormulaWithoutValue(f"={self._formula}")
        elif self._attributes.get("t") == "e":
            details.special[position] = self._value
        if self._attributes.get("s") in self._percent:
            details.percent.add(position)


# ---------------------------------------------------------------- ods and csv

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_FEW = 1_000  # cells of percent that one element may stand for; more are asked about instead


def _read_ods_details(path: Path, limits: Limits) -> dict[str, _SheetDetails]:
    """Say what each table hides and shows as percent.

    :raises UnreadableFile: if its repeated cells would unfold beyond the limits.
    """
    found: dict[str, _SheetDetails] = {}
    table = _OdsTable(limits)
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        for event, element in ElementTree.iterparse(
            content, events=("start", "end"), forbid_dtd=True
        ):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    table = _OdsTable(limits)
                    found[element.get(f"{_TABLE}name", "")] = table.details
            elif element.tag in _CELLS:
                table.end_cell(element)
            elif element.tag == f"{_TABLE}table-row":
                table.end_row(element)
                element.clear()
            elif element.tag == f"{_TABLE}table-column":
                table.end_column(element)
    return found


class _OdsTable:
    """Measures a table while its XML streams by."""

    def __init__(self, limits: Limits) -> None:
        self.details = _SheetDetails()
        self._limits = limits
        self._row = self._column = self._columns = 0
        self._is_used = False
        self._percent: list[range] = []

    def end_column(self, element: Any) -> None:
        times = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            self.details.hidden.append((self._columns, self._columns + times - 1))
        self._columns += times

    def end_cell(self, element: Any) -> None:
        start = self._column
        self._column += int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        kind = element.get(f"{_OFFICE}value-type")
        # A figure may stand in the attributes alone.
        if len(element) or kind is not None:
            self._is_used = True
            self.details.right = max(self.details.right, self._column)
        if kind == "percentage":
            self._percent.append(range(start, self._column))

    def end_row(self, element: Any) -> None:
        times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
        details = self.details
        rows = range(self._row, self._row + times)
        self._row += times
        if self._is_used:
            details.bottom = max(details.bottom, self._row)
        _bound(details.bottom, details.right, self._limits)
        if self._is_used and element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            details.hidden_rows.update(rows)
        for columns in self._percent:
            if len(rows) * len(columns) <= _FEW:
                details.percent.update((row, column) for row in rows for column in columns)
        self._column, self._is_used, self._percent = 0, False, []


_DELIMITERS = "\t;,|"


def _read_delimited(content: bytes, limits: Limits) -> Sheet:
    text = _decode(content)
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    width = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell if cell.strip() else None for cell in line])
            width = max(width, len(line))
            _bound(len(rows), width, limits)
    except csv.Error as error:
        raise UnreadableFile("truncated") from error
    if not any(cell is not None for row in rows for cell in row):
        raise UnreadableFile("empty_file")
    for row in rows:
        row.extend([None] * (width - len(row)))
    return Sheet("csv", rows)


def _decode(content: bytes) -> str:
    """Decode by byte order mark, else as UTF-8, else as Windows-874 (which holds TIS-620)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp874")
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\x00" not in text:
                return text
    raise UnreadableFile("unknown_encoding")


def _delimiter(text: str) -> str:
    """Return the sign that stands most often, and most evenly, in the first lines."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in lines]

    def evidence(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in unquoted]
        return sum(1 for count in counts if count), sum(counts)

    best = max(_DELIMITERS, key=evidence)
    return best if evidence(best)[0] else ","
