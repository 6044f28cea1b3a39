"""Workbooks as agencies send them, written by the tests themselves."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]


def workbook(
    sheets: Mapping[str, Rows] | Rows,
    *,
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
    percent: Sequence[tuple[int, int]] = (),
    formulas: Mapping[tuple[int, int], tuple[str, Any]] | None = None,
) -> io.BytesIO:
    """Write rows of cells as xlsx; formulas carry the result that was stored with them."""
    pages = sheets if isinstance(sheets, Mapping) else {"แผ่น1": sheets}
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    share = book.add_format({"num_format": "0.00%"})
    for name, rows in pages.items():
        page = book.add_worksheet(name)
        _write_cells(page, rows, percent, day, share)
        for top, left, bottom, right in merged:
            page.merge_range(top, left, bottom, right, rows[top][left])
        for r in hidden_rows:
            page.set_row(r, None, None, {"hidden": True})
        for c in hidden_columns:
            page.set_column(c, c, None, None, {"hidden": True})
        for (r, c), (formula, result) in (formulas or {}).items():
            page.write_formula(r, c, formula, None, result)
        if name in hidden_sheets:
            page.hide()
    book.close()
    target.seek(0)
    return target


def _write_cells(page: Any, rows: Rows, percent: Any, day: Any, share: Any) -> None:
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, date):
                page.write_datetime(r, c, cell, day)
            elif isinstance(cell, int | float | Decimal):
                page.write_number(r, c, cell, share if (r, c) in percent else None)
            else:
                page.write_string(r, c, cell)


def delimited(rows: Rows, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> io.BytesIO:
    """Write rows of cells as csv."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [["" if cell is None else cell for cell in row] for row in rows]
    )
    return io.BytesIO(text.getvalue().encode(encoding))
