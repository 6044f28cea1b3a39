"""The first rows of a sheet with their marks, and what is remembered of its columns."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from common.readings import Kind
from common.sheets import SheetResource
from common.thainumbers import (
    read_number,
)
from common.workbooks.book import Sheet
from common.workbooks.cells import column_name
from common.workbooks.layout import (
    Layout,
)
from spreadsheets.actions.understanding.findings import ERROR, Understanding, is_blank


def labels_of(resource: SheetResource) -> dict[str, str]:
    """Return the columns' headings in Thai, as they are kept; the page says them in its language."""
    with override("th"):
        return {column.name: str(column.label) for column in resource.columns}


def picture_of(found: Understanding, resource: SheetResource, *, most: int = 14) -> dict[str, Any]:
    """Return the first rows of the sheet with their marks, ready for the page and JSON."""
    sheet, layout = found.sheet, found.layout
    columns = [index for index in range(min(sheet.width, 16)) if index not in sheet.hidden_columns]
    names = {index: name for name, index in (layout.columns.items() if layout else ())}
    labels = labels_of(resource)
    top = layout.heading_top if layout else 0
    start = max(0, top - 2)
    marks = _marks(found, start + most)
    rows = []
    for number in range(start, min(len(sheet.rows), start + most)):
        kind = found.row_kinds.get(number)
        rows.append(
            {
                "number": number + 1,
                "alone": _alone(sheet, columns, number),
                "kind": "heading"
                if layout and number <= layout.heading_bottom
                else (kind.value if kind else ""),
                "cells": [
                    {
                        "text": sheet.text(number, index)[:60],
                        "mark": marks.get((number, index), ""),
                        "end": isinstance(sheet.rows[number][index], float)
                        or (
                            index in names
                            and index != columns[0]
                            and _is_figure(sheet.text(number, index))
                        ),
                    }
                    for index in columns
                ],
            }
        )
    return {
        "letters": [column_name(index) for index in columns],
        "mapped": [labels.get(names.get(index, ""), "") for index in columns],
        "rows": rows,
    }


def _alone(sheet: Sheet, columns: Sequence[int], number: int) -> str:
    """Return the text of a row that holds nothing else, such as a title; else an empty text."""
    texts = [text for index in columns if (text := sheet.text(number, index))]
    return texts[0] if len(texts) == 1 else ""


def _is_figure(text: str) -> bool:
    return read_number(text).kind is Kind.VALUE


def _marks(found: Understanding, end: int) -> dict[tuple[int, int], str]:
    marks: dict[tuple[int, int], str] = {}
    for line in found.lines:
        if line.number >= end:
            break
        for name in line.changes:
            index = found.layout.columns.get(name, -1) if found.layout else -1
            marks[line.number, index] = "new" if is_blank(line.row.stored.get(name)) else "chg"
    for finding in found.findings:
        if finding.level == ERROR:
            marks[finding.row, finding.column] = "bad"
    return marks


def columns_to_remember(layout: Layout) -> dict[str, tuple[str, int]]:
    """Return of each field the heading that it was found under, and how far right it stands."""
    first = min((column for column, text in layout.headings.items() if text), default=0)
    return {
        name: (layout.headings.get(column, ""), column - first)
        for name, column in layout.columns.items()
    }
