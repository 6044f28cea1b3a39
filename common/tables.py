"""Write any list as xlsx, csv or json row by row: 100,000 rows need no more memory than ten.

Column names are English without spaces (open data); labels are for people. Text that could start
a formula is escaped reversibly in csv and written as text in xlsx.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Final, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from common.fiscal import ZONE

CellKind = Literal["text", "number", "money", "percent", "integer", "date", "datetime", "boolean"]
Value = str | int | Decimal | date | datetime | bool | None

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE: Final = "application/json"

_BOM = "\ufeff"
_ROWS_PER_CHUNK = 500
_STARTS_A_FORMULA = frozenset("=+-@'\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: its stable English name, its label, and how its cells look."""

    name: str
    label: str
    kind: CellKind = "text"
    places: int = 2
    width: int = 16


def escape_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; `unescape_text` gives it back."""
    dangerous = text and (text[0] in _STARTS_A_FORMULA or ord(text[0]) < 32)
    return f"'{text}" if dangerous else text


def unescape_text(text: str) -> str:
    """Return the text that `escape_text` was given."""
    return text[1:] if text.startswith("'") else text


def csv_chunks(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield a csv in UTF-8 with a byte order mark (for Excel), English names first."""
    buffer = io.StringIO(_BOM)
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_csv_cell(value) for value in row])
        if number % _ROWS_PER_CHUNK == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def json_chunks(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield one JSON array of objects; decimals are strings, so that no digit is lost."""
    names = [column.name for column in columns]
    opening = "["
    chunk: list[str] = []
    for row in rows:
        record = dict(zip(names, map(_json_value, row), strict=True))
        chunk.append(json.dumps(record, ensure_ascii=False))
        if len(chunk) == _ROWS_PER_CHUNK:
            yield (opening + ",\n".join(chunk)).encode()
            opening = ",\n"
            chunk.clear()
    yield ((opening if chunk or opening == "[" else "") + ",\n".join(chunk) + "]\n").encode()


def write_xlsx(
    target: BinaryIO | str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    sheet: str,
    title: str = "",
) -> int:
    """Write a workbook of one sheet in constant memory and return the number of rows.

    The first line is the title where there is one (it carries the sample mark), then labels.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    page = book.add_worksheet(sheet[:31])
    formats = [_format(book, column) for column in columns]
    head = book.add_format({"bold": True, "bg_color": "#E3ECF1", "bottom": 1, "text_wrap": True})
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width)
    line = 0
    if title:
        page.write_string(0, 0, title, book.add_format({"bold": True}))
        line = 1
    for index, column in enumerate(columns):
        page.write_string(line, index, column.label, head)
    page.freeze_panes(line + 1, 0)
    head_line = line
    write_number, write_string = page.write_number, page.write_string
    for line, row in enumerate(rows, head_line + 1):
        for index, value in enumerate(row):
            # The two usual kinds go straight: a large export is nothing but this line.
            kind = type(value)
            if kind is Decimal or kind is int:
                write_number(line, index, value, formats[index])
            elif kind is str:
                write_string(line, index, value)
            else:
                _write_cell(page, line, index, value, formats[index])
    book.close()
    return line - head_line


def _format(book: Workbook, column: Column) -> Format | None:
    decimals = "." + "0" * column.places if column.places else ""
    pattern = {
        "number": f"#,##0{decimals}",
        "percent": f"#,##0{decimals}",
        "money": "#,##0.00",
        "integer": "0",
        "date": "dd/mm/yyyy",
        "datetime": "dd/mm/yyyy hh:mm",
    }.get(column.kind)
    return book.add_format({"num_format": pattern}) if pattern else None


def _write_cell(page: Worksheet, row: int, index: int, value: Value, shape: Format | None) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, index, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, index, value.astimezone(ZONE).replace(tzinfo=None), shape)
    elif isinstance(value, date):
        page.write_datetime(row, index, value, shape)
    else:
        # A lazy text or a number's subclass.
        page.write(row, index, value if isinstance(value, Decimal | int) else str(value), shape)


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return escape_text(value) if isinstance(value, str) else str(value)


def _json_value(value: Value) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
