"""A filled form as a workbook: the same cells for the same form, figures as figures."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from reports.returns.form import Cell, Form, Part

FORMATS = {"baht": "#,##0.00", "percent": "0.00", "figure": "#,##0.00##", "count": "0"}
SAMPLE = "ข้อมูลตัวอย่าง / sample data"


class _Looks:
    """The cell formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top"}
        boxed = base | {"border": 1, "text_wrap": True}
        self.title = book.add_format(base | {"bold": True, "font_size": 16})
        self.plain = book.add_format(base)
        self.section = book.add_format(base | {"bold": True, "bg_color": "#DCEAF2", "border": 1})
        self.label = book.add_format(boxed | {"bold": True})
        self.head = book.add_format(
            boxed | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#EDF4F8"}
        )
        self.cells = {
            (kind, is_sum): book.add_format(
                boxed
                | ({"num_format": FORMATS[kind]} if kind in FORMATS else {})
                | ({"bold": True} if is_sum else {})
            )
            for kind in ("text", *FORMATS)
            for is_sum in (False, True)
        }


def workbook_of(form: Form) -> bytes:
    """Write a form as xlsx on one sheet."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        made = form.made_date
        if made:
            book.set_properties(
                {"title": form.title, "created": datetime(made.year, made.month, made.day)}  # noqa: DTZ001
            )
        looks = _Looks(book)
        sheet = book.add_worksheet("แบบฟอร์ม")
        sheet.hide_gridlines(2)
        if form.is_wide:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, form.title, looks.title)
        sheet.write_string(1, 0, form.subject, looks.plain)
        if form.is_sample:
            sheet.write_string(2, 0, SAMPLE, looks.plain)
        row = 4
        widths: dict[int, int] = {0: 36, 1: 60}
        for part in form.parts:
            row = _write_part(sheet, part, row, looks, widths)
        for note in form.notes:
            sheet.write_string(row, 0, note, looks.plain)
            row += 1
        for column, width in widths.items():
            sheet.set_column(column, column, width)
    return target.getvalue()


def _write_part(sheet: Any, part: Part, row: int, looks: _Looks, widths: dict[int, int]) -> int:
    sheet.write_string(row, 0, part.title, looks.section)
    row += 1
    for line in part.lines:
        sheet.write_string(row, 0, line.label, looks.label)
        _write(sheet, row, 1, line.value, "baht" if line.key in _BAHT else "text", looks)
        row += 1
    if part.columns:
        row = _write_heads(sheet, part, row, looks, widths)
        for each in part.rows:
            for at, (cell, column) in enumerate(zip(each.cells, part.columns, strict=True)):
                _write(sheet, row, at, cell, column.kind, looks, is_sum=each.is_sum)
            row += 1
    return row + 1


# Single lines that hold an amount.
_BAHT = frozenset({"budget", "revised", "disbursed", "obligated"})


def _write_heads(sheet: Any, part: Part, row: int, looks: _Looks, widths: dict[int, int]) -> int:
    """Write headings in one storey, or two where some columns share one above them."""
    has_storeys = any(column.storey for column in part.columns)
    lower = row + 1 if has_storeys else row
    at = 0
    while at < len(part.columns):
        column = part.columns[at]
        if len(part.columns) > 2:
            widths[at] = max(widths.get(at, 0), column.width) if at > 1 else column.width
        last = at
        while (
            column.storey
            and last + 1 < len(part.columns)
            and part.columns[last + 1].storey == column.storey
        ):
            last += 1
        if column.storey and last > at:
            sheet.merge_range(row, at, row, last, column.storey, looks.head)
        elif column.storey:
            sheet.write_string(row, at, column.storey, looks.head)
        elif has_storeys:
            sheet.merge_range(row, at, lower, at, column.heading, looks.head)
        for each in range(at, last + 1):
            if part.columns[each].storey or not has_storeys:
                sheet.write_string(lower, each, part.columns[each].heading, looks.head)
            if len(part.columns) > 2:
                widths[each] = max(widths.get(each, 0), part.columns[each].width)
        at = last + 1
    return lower + 1


def _write(
    sheet: Any, row: int, at: int, cell: Cell, kind: str, looks: _Looks, *, is_sum: bool = False
) -> None:
    look = looks.cells[kind, is_sum]
    if cell is None or cell == "":
        sheet.write_blank(row, at, None, look)
    elif isinstance(cell, Decimal | int):
        sheet.write_number(row, at, float(cell), look)
    else:
        sheet.write_string(row, at, str(cell), look)
