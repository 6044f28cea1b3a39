"""A copy of what was sent, with the cells to mend marked and a column of reasons."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from common.workbooks.book import Book, read_book
from common.workbooks.cells import Cell, cell_text
from common.workbooks.gate import Format
from spreadsheets.actions.kinds import resource_of
from spreadsheets.actions.reading import limits, local_copy, read_again
from spreadsheets.actions.reports import MOST_LISTED, finding_as_json
from spreadsheets.actions.understanding import ERROR, QUESTION
from spreadsheets.models import Upload

_FILLS = {"error": "F9D5DE", "question": "FCEBC8"}
# openpyxl needs a hundred times the file's size in memory; a larger one is written anew.
_KEPT_AS_IT_IS = 2 * 1024 * 1024
REASONS = "เหตุที่ต้องแก้"
# Wide enough for a sentence; longer ones go over several lines.
_REASONS_WIDTH = 60

Findings = Mapping[int, Sequence[Mapping[str, Any]]]


def write_marked_copy(target: BinaryIO, *, upload: Upload, at: datetime) -> str:
    """Write the uploaded workbook with every wrong or doubtful cell marked; return its name.

    A new xlsx stands in for xls, ods, csv and large ones, which cannot be kept as they are.
    """
    by_row: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for finding in _findings(upload, at):
        if finding["row"]:
            by_row[finding["row"]].append(finding)
    sheet, heading = upload.report.get("sheet", ""), upload.report.get("heading")
    with upload.file.open("rb") as stored, local_copy(stored) as (path, _sha256, _size):
        keeps = upload.format in (Format.XLSX, Format.XLSM)
        book = _opened(path, upload) if keeps and upload.size_bytes <= _KEPT_AS_IT_IS else None
        if book is not None:
            if sheet in book.sheetnames:
                _mark(book[sheet], by_row, heading)
            book.save(target)
            suffix = upload.format
        else:
            read = read_book(path, Format(upload.format), limits())
            _write_anew(target, read, sheet, by_row, heading)
            suffix = "xlsx"
    name = upload.original_name.rpartition(".")[0] or upload.original_name
    return f"{name}-{_('ต้องแก้')}.{suffix}"


def _findings(upload: Upload, at: datetime) -> list[Mapping[str, Any]]:
    """Return every error and question; the file is read again where the report lists not all."""
    report = upload.report
    levels = ("errors", "questions")
    if all(report.get("counts", {}).get(level, 0) <= MOST_LISTED for level in levels):
        return [finding for level in levels for finding in report.get(level, [])]
    found = read_again(upload, resource_of(upload.kind), user=upload.uploaded_by, at=at)
    return [
        finding_as_json(finding) for level in (ERROR, QUESTION) for finding in found.of_level(level)
    ]


def _opened(path: Path, upload: Upload) -> Workbook | None:
    """Return the workbook to be marked as it is, or None where openpyxl cannot take it.

    It gives up on much that Excel and our reader pass over, each time with another exception.
    """
    try:
        with path.open("rb") as content:
            return load_workbook(content, keep_vba=upload.format == Format.XLSM)
    except Exception:
        return None


def _reason(finding: Mapping[str, Any]) -> str:
    sentence = _(finding["sentence"]) % finding["params"]
    return f"{finding['cell']}: {sentence}" if finding["cell"] else sentence


def _mark(page: Worksheet, by_row: Findings, heading: int | None) -> None:
    last = page.max_column + 1
    page.column_dimensions[get_column_letter(last)].width = _REASONS_WIDTH
    page.protection.sheet = False  # the reasons must be readable and the cells mendable
    if heading is not None:
        page.cell(heading + 1, last, _(REASONS))
    for row, findings in by_row.items():
        reasons = page.cell(row, last, "\n".join(_reason(finding) for finding in findings))
        reasons.alignment = Alignment(wrap_text=True, vertical="top")
        for finding in findings:
            if not finding["column"]:
                continue
            cell = page.cell(row, column_index_from_string(finding["column"]))
            colour = _FILLS[finding["level"]]
            cell.fill = PatternFill("solid", start_color=colour, end_color=colour)
            if not isinstance(cell, MergedCell):
                cell.comment = Comment(_reason(finding), "portal")


def _write_anew(
    target: BinaryIO, book: Book, marked: str, by_row: Findings, heading: int | None
) -> None:
    copy = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    fills = {level: copy.add_format({"bg_color": f"#{colour}"}) for level, colour in _FILLS.items()}
    day = copy.add_format({"num_format": "dd/mm/yyyy"})
    wrapped = copy.add_format({"text_wrap": True, "valign": "top"})
    for sheet in book.sheets:
        page = copy.add_worksheet(sheet.name[:31])
        findings = by_row if sheet.name == marked else {}
        if findings:
            page.set_column(sheet.width, sheet.width, _REASONS_WIDTH, wrapped)
        if sheet.name == marked and heading is not None:
            page.write_string(heading, sheet.width, _(REASONS))
        levels = {
            (row - 1, column_index_from_string(finding["column"]) - 1): finding["level"]
            for row, listed in findings.items()
            for finding in reversed(listed)
            if finding["column"]
        }
        for row, cells in enumerate(sheet.rows):
            for column, cell in enumerate(cells):
                shape = fills.get(levels.get((row, column), ""))
                _copy_cell(page, row, column, cell, shape, day)
            if row + 1 in findings:
                reasons = "\n".join(_reason(finding) for finding in findings[row + 1])
                page.write_string(row, sheet.width, reasons, wrapped)
    copy.close()


def _copy_cell(page: Any, row: int, column: int, cell: Cell, shape: Any, day: Any) -> None:
    if cell is None:
        if shape is not None:
            page.write_blank(row, column, None, shape)
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, shape)
    elif isinstance(cell, float | int):
        page.write_number(row, column, cell, shape)
    elif isinstance(cell, datetime | date):
        page.write_datetime(row, column, cell, shape or day)
    else:
        page.write_string(row, column, cell_text(cell), shape)
