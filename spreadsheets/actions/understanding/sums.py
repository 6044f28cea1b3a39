"""Totals that a sheet states, checked against their lines."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from common.sheets import SheetResource
from common.thainumbers import (
    read_number,
)
from common.workbooks.book import Sheet
from common.workbooks.cells import cell_text
from common.workbooks.layout import (
    Layout,
    Row,
    RowKind,
)
from spreadsheets.actions.understanding.findings import WARNING, Finding, Line, note_of, plainly


@dataclass(slots=True)
class _Stated:
    """A total that a group states above its lines; `sum` is that of the first lines below it."""

    place: Row
    name: str
    value: Decimal
    start: Decimal
    sum: Decimal | None = None


class Sums:
    """Adds up the figures between totals: a total is of the lines above it back to any total or
    group, a group's own is of the lines below it down to any."""

    def __init__(
        self, resource: SheetResource, sheet: Sheet, layout: Layout, *, is_asked: bool
    ) -> None:
        self._is_asked = is_asked
        self._columns = {
            column.name: layout.columns[column.name]
            for column in resource.columns
            if column.reads in ("number", "money") and column.name in layout.columns
        }
        self._money = {column.name for column in resource.columns if column.reads == "money"}
        self._sheet, self._layout = sheet, layout
        self._total: dict[str, Decimal] = defaultdict(Decimal)
        # Where lines of a sum may begin: what had been added up at each total and group.
        self._starts = {name: {Decimal(0)} for name in self._columns}
        self._last: dict[str, Decimal] = defaultdict(Decimal)
        # Groups whose total is not reached yet, by column and what that would be.
        self._stated: dict[tuple[str, Decimal], list[_Stated]] = defaultdict(list)
        self._fresh: list[_Stated] = []
        self._units: set[str] = set()
        self._is_whole = True

    def leave_out(self) -> None:
        """Remember that a line could not be read, so that no sum above is whole."""
        self._is_whole = False

    def add(self, line: Line) -> None:
        """Count a line in, where a total asks for it."""
        if not self._is_asked or line.row.is_share:
            return
        self._units.add(line.row.unit)
        self._is_whole = self._is_whole and not line.has_errors
        for name, value in line.values.items():
            if isinstance(value, Decimal):
                self._total[name] += value

    def pass_by(self, place: Row) -> list[Finding]:
        """Take note of a row that is no entry; report every column whose total above is no sum."""
        if not self._is_asked or place.kind not in (RowKind.SUBTOTAL, RowKind.OVER, RowKind.GROUP):
            return []
        findings = []
        if place.kind is RowKind.SUBTOTAL and self._is_summable:
            for name, value in self._values(place):
                total = self._total[name]
                if total - value not in self._starts[name]:
                    nearest = total - self._last[name] or total
                    findings.append(self._difference(place, name, value, nearest))
        self._bound()
        if place.kind is RowKind.OVER:
            for name, value in self._values(place):
                stated = _Stated(place, name, value, self._total[name])
                self._stated[name, stated.start + value].append(stated)
                self._fresh.append(stated)
        return findings

    def left_over(self) -> list[Finding]:
        """Report the groups whose total was never reached, once all lines are read."""
        self._bound()
        if not self._is_summable:
            return []
        left = [stated for listed in self._stated.values() for stated in listed]
        return [
            self._difference(each.place, each.name, each.value, each.sum)
            for each in sorted(left, key=lambda each: each.place.number)
            if each.sum is not None
        ]

    @property
    def _is_summable(self) -> bool:
        """Figures of several units have no sum, and neither have lines that could not be read."""
        return self._is_whole and len(self._units) <= 1

    def _bound(self) -> None:
        for name in self._columns:
            total = self._total[name]
            self._last[name] = total
            self._starts[name].add(total)
            self._stated.pop((name, total), None)
        for each in self._fresh:
            if self._total[each.name] != each.start:
                each.sum = self._total[each.name] - each.start
        self._fresh = [each for each in self._fresh if each.sum is None]

    def _values(self, place: Row) -> list[tuple[str, Decimal]]:
        values = []
        for name, index in self._columns.items():
            cell = self._sheet.rows[place.number][index]
            if isinstance(cell, date | datetime):
                continue
            scale = self._layout.units.get(index, Decimal(1))
            stated = read_number(cell, money=name in self._money, scale=scale)
            if stated.value is not None:
                values.append((name, stated.value))
        return values

    def _difference(self, place: Row, name: str, value: Decimal, total: Decimal) -> Finding:
        index = self._columns[name]
        note = note_of(
            "checksum",
            label=place.label[:40],
            written=plainly(value),
            sum=plainly(total),
            difference=plainly(value - total),
        )
        written = cell_text(self._sheet.rows[place.number][index])
        return Finding(WARNING, note, self._sheet.name, place.number, index, written)
