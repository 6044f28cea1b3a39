"""What the XML of an ods says beside the values that calamine reads."""

import zipfile
from pathlib import Path
from typing import Any

from defusedxml import ElementTree

from common.workbooks.details import SheetDetails, bound
from common.workbooks.gate import Limits

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_FEW = 1_000  # cells of percent that one element may stand for; more are asked about instead


def read_ods_details(path: Path, limits: Limits) -> dict[str, SheetDetails]:
    """Say what each table hides and shows as percent.

    :raises UnreadableFile: if its repeated cells would unfold beyond the limits.
    """
    found: dict[str, SheetDetails] = {}
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
        self.details = SheetDetails()
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
        bound(details.bottom, details.right, self._limits)
        if self._is_used and element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            details.hidden_rows.update(rows)
        for columns in self._percent:
            if len(rows) * len(columns) <= _FEW:
                details.percent.update((row, column) for row in rows for column in columns)
        self._column, self._is_used, self._percent = 0, False, []
