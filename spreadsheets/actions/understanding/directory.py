"""Which row a written code or name stands for."""

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from common.readings import Note
from common.sheets import SheetRow
from common.thainumbers import (
    DASHES,
    normalise_text,
)
from common.workbooks.cells import Cell
from common.workbooks.layout import (
    split_code,
)
from spreadsheets.actions.understanding.findings import note_of


class Directory:
    """Finds the row that a code, a code with a name, or a name alone stands for."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self._labels = {row.code: row for row in rows}

    @cached_property
    def _by_code(self) -> dict[str, SheetRow]:
        return {folded(code): row for code, row in self._labels.items()}

    @cached_property
    def _all_by_name(self) -> dict[str, list[SheetRow]]:
        names: dict[str, list[SheetRow]] = defaultdict(list)
        for row in self._labels.values():
            names[folded(row.label)].append(row)
        return names

    @cached_property
    def _by_name(self) -> dict[str, SheetRow]:
        return {name: rows[0] for name, rows in self._all_by_name.items() if len(rows) == 1}

    def of_code(self, cell: Cell) -> SheetRow | None:
        """Return the row whose very code stands in a cell."""
        return self._labels.get(cell) if isinstance(cell, str) else None

    def find(self, written: str) -> SheetRow | None:
        """Return the row, or None where nothing or more than one fits."""
        if not written or written in self._labels:
            return self._labels.get(written)
        whole = folded(written)
        if row := self._by_code.get(whole) or self._by_name.get(whole):
            return row
        first = folded(written.split(maxsplit=1)[0]) if written.strip() else ""
        code, name = split_code(written)
        row = (
            self._by_code.get(first)
            or self._by_code.get(folded(code))
            or self._by_name.get(folded(name))
        )
        if row is None and (last := _LAST_BRACKETS.search(written)):
            plain = _LEADING.sub("", written[: last.start()])
            row = self._by_code.get(folded(last[1])) or self._by_name.get(folded(plain))
        row = row or self._by_name.get(folded(_LEADING.sub("", written)))
        if row is None and (called := _CALLED.match(written)):
            row = self.find(written[called.end() :])
        return row

    def why_new(self, written: str) -> Note:
        """Say that a row will be made, with the known one that it may have been meant for."""
        near = difflib.get_close_matches(written, self._labels, 1, 0.9)
        if near:
            return note_of("makes_new_near", written=written[:60], near=near[0])
        return note_of("makes_new", written=written[:60])

    def why_unknown(self, written: str, agency_name: str) -> Note:
        """Say that no row fits, with the nearest one."""
        if not written:
            return note_of("no_code")
        code, name = split_code(written)
        names = (written, name, _LEADING.sub("", written))
        alike = next(filter(None, (self._all_by_name.get(folded(each)) for each in names)), None)
        if alike:
            known = ", ".join(row.code for row in alike[:8])
            return note_of("several_choices", written=written[:60], known=known)
        near = difflib.get_close_matches(code or written, self._labels, 1, 0.5)
        if not near and name:
            labels = {row.label: row.code for row in self._labels.values()}
            near = [labels[label] for label in difflib.get_close_matches(name, labels, 1, 0.6)]
        if near:
            return note_of(
                "unknown_row_near", written=written[:60], agency=agency_name, near=near[0]
            )
        return note_of("unknown_row", written=written[:60], agency=agency_name)


# `- ค่าตอบแทน (07012140002)` and `1.2 ค่าตอบแทน`: a code behind the name, numbering before it.
_LAST_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_LEADING = re.compile(r"^\s*(?:[-–•*]|\(?[\d๐-๙]+(?:\.[\d๐-๙]+)*[.)]?)\s+")
_CALLED = re.compile(r"\s*(?:ตัวชี้วัด|โครงการ|กิจกรรม|รายการ|kpi)(?:ที่)?[\s:.]*", re.IGNORECASE)
# Word writes hyphens that do not break, and Thai keyboards full-width letters.
_SAME_SIGNS = {ord(dash): "-" for dash in DASHES} | {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}


def folded(text: str) -> str:
    folded = "".join(normalise_text(text).casefold().split())
    return folded if folded.isascii() else folded.translate(_SAME_SIGNS)
