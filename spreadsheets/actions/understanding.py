"""What a workbook means for a kind of form: which row is which, what each cell says, what differs.

Reads and compares only; nothing here writes.
"""

import difflib
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from common import thaidates, thainumbers
from common.readings import Kind, Note, Reading
from common.sheets import Figure, SheetField, SheetResource, SheetRow
from common.tables import unescape_text
from common.thainumbers import FormulaWithoutValue, format_number, normalise_text, read_number
from common.workbooks.book import Book, Cell, Sheet, cell_name, cell_text, column_name
from common.workbooks.layout import (
    Layout,
    Row,
    RowKind,
    fill_down,
    find_layout,
    rows_of,
    split_code,
)

ERROR, QUESTION, WARNING = "error", "question", "warning"

SENTENCES: Final = {
    "no_table": "ไม่พบหัวตารางที่มีคอลัมน์รหัสและคอลัมน์ที่ต้องกรอก "
    "เลือกแผ่นงานและจับคู่คอลัมน์เอง หรือใช้แบบกรอกของระบบ",
    "no_rows": "ไม่พบแถวข้อมูลใต้หัวตาราง",
    "unknown_row": "ไม่มี “%(written)s” ในรายการของ%(agency)sสำหรับรอบนี้",
    "unknown_row_near": "ไม่มี “%(written)s” ในรายการของ%(agency)sสำหรับรอบนี้ ใกล้เคียงที่สุดคือ %(near)s",
    "no_code": "แถวนี้ไม่มีรหัส ใส่รหัสตามแบบกรอก หรือลบแถวนี้",
    "twice": "“%(name)s” มีมากกว่าหนึ่งแถว (แถว %(other)s) ให้เหลือแถวเดียว",
    "not_typed": "รายการนี้ไม่ใช้ช่องนี้ ค่า %(written)s จึงไม่นำเข้า",
    "may_not": "%(reason)s",
    "verb_refused": "%(reason)s",
    "checksum": "%(label)s เขียนไว้ %(written)s แต่ผลรวมของแถวข้างบนเป็น %(sum)s ต่างกัน %(difference)s",
    "other_agency": "แบบกรอกนี้ออกให้ %(form)s แต่เลือกนำเข้าของ %(chosen)s ดาวน์โหลดแบบกรอกของหน่วยงานท่าน",
    "other_kind": "แบบกรอกนี้เป็นแบบอื่น (%(form)s) เลือกชนิดของแบบให้ตรงกัน",
    "other_period": "แบบกรอกนี้ออกสำหรับ %(form)s แต่เลือกนำเข้า %(chosen)s ดาวน์โหลดแบบกรอกของรอบนี้",
    "stale": "แบบกรอกนี้ออกก่อนที่รายการหรือกติกาจะเปลี่ยน (%(rows)s) ตรวจว่ายังกรอกถูกช่อง",
    "title_period": "หัวตารางระบุ %(form)s แต่เลือกนำเข้า %(chosen)s ใช่หรือไม่",
    "left_out": "มีรายการที่ต้องรายงานแต่ไม่อยู่ในไฟล์ %(count)s รายการ ค่าเดิมคงอยู่",
    "blank_keeps": "ช่องว่างและขีดไม่ลบค่าเดิม %(count)s ช่อง",
    "hidden_row": "แถวนี้ถูกซ่อนอยู่ในไฟล์ ระบบอ่านด้วย",
    "makes_new": "ยังไม่มี “%(written)s” ในระบบ การนำเข้าจะสร้างรายการใหม่ ถ้าพิมพ์รหัสผิดให้แก้ก่อน",
    "makes_new_near": "ยังไม่มี “%(written)s” ในระบบ การนำเข้าจะสร้างรายการใหม่ หรือหมายถึง %(near)s ถ้าพิมพ์ผิดให้แก้ก่อน",
    "required": "รายการใหม่ต้องมี “%(label)s”",
    "not_a_choice": "ไม่มี “%(written)s” ให้เลือกในช่องนี้ ใช้คำใดคำหนึ่ง: %(known)s",
    "sudden": "%(written)s เปลี่ยนจากรอบก่อน (%(previous)s) เกิน 10 เท่า ตรวจหน่วยหรือจุดทศนิยม",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark with its place in the workbook; `row` and `column` count from 0, −1 is nowhere."""

    level: str
    note: Note
    sheet: str = ""
    row: int = -1
    column: int = -1
    written: str = ""

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column) if self.row >= 0 and self.column >= 0 else ""


@dataclass(slots=True)
class Line:
    """One row of data as understood; `values` holds only what the sheet states."""

    sheet: str
    number: int
    row: SheetRow
    values: dict[str, Figure] = field(default_factory=dict)
    # The values that differ from what is stored.
    changes: dict[str, Figure] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    has_errors: bool = False

    def take(self, values: Mapping[str, Figure]) -> None:
        """Keep what the sheet states of the row; a blank states nothing."""
        stored = self.row.stored
        self.values = {name: value for name, value in values.items() if value not in (None, "")}
        self.changes = {
            name: value
            for name, value in self.values.items()
            if not is_same(value, stored.get(name))
        }

    @property
    def state(self) -> str:
        """new, changed, unchanged or refused."""
        if self.has_errors:
            return "refused"
        if not self.changes:
            return "unchanged"
        return (
            "new"
            if all(self.row.stored.get(name) in (None, "") for name in self.changes)
            else "changed"
        )


def is_same(value: Figure, stored: Figure) -> bool:
    """Compare as cells can tell them apart: spaces and line ends of a text do not count."""
    if isinstance(value, str) and isinstance(stored, str):
        return value == normalise_text(stored)
    return value == stored


@dataclass(slots=True)
class Understanding:
    """What a workbook says about one agency and period."""

    sheet: Sheet | None = None
    layout: Layout | None = None
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    row_kinds: dict[int, RowKind] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)

    def of_level(self, level: str) -> list[Finding]:
        """Return the findings of a level, in reading order."""
        return [finding for finding in self.findings if finding.level == level]

    @property
    def digest(self) -> str:
        """Return what a person confirms: every change, and the version that it was made against."""
        seen = [
            (line.row.code, line.row.version, sorted((k, str(v)) for k, v in line.changes.items()))
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person chose or a remembered mapping says; empty means: find out."""

    sheet: str = ""
    heading: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    dash_is_zero: bool = False

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Choice":
        """Return the choice that a JSON field holds."""
        return cls(
            sheet=stored.get("sheet", ""),
            heading=stored.get("heading"),
            columns=dict(stored.get("columns", {})),
            dash_is_zero=bool(stored.get("dash_is_zero", False)),
        )


def understand(
    book: Book,
    resource: SheetResource,
    rows: Sequence[SheetRow],
    choice: Choice,
    *,
    agency_name: str,
    fiscal_year: int,
    number: int = 0,
    make: Callable[[str], SheetRow | None] | None = None,
) -> Understanding:
    """Read a workbook as a form of a kind, for the rows that an agency may fill in.

    `make` gives the row that a code not known yet would make, where the kind takes new ones.
    """
    found = Understanding(sheets=[sheet.name for sheet in book.sheets])
    found.findings += [Finding(WARNING, note) for note in book.notes]
    sheet, layout = _choose_sheet(book, resource, choice, fiscal_year, number)
    found.sheet, found.layout = sheet, layout
    if layout is None:
        found.findings.append(Finding(ERROR, _note("no_table"), sheet.name))
        return found
    _question_period(found, resource, layout, fiscal_year, number)
    _read_rows(found, resource, rows, choice, agency_name, make)
    if not found.lines and not found.of_level(ERROR):
        found.findings.append(
            Finding(ERROR, _note("no_rows"), sheet.name, layout.heading_bottom, 0)
        )
    missing = len(rows) - len({line.row.code for line in found.lines})
    if found.lines and missing > 0:
        found.findings.append(Finding(WARNING, _note("left_out", count=str(missing)), sheet.name))
    return found


def _note(code: str, **params: str) -> Note:
    return Note(code, SENTENCES[code], params)


def _choose_sheet(
    book: Book, resource: SheetResource, choice: Choice, fiscal_year: int, number: int
) -> tuple[Sheet, Layout | None]:
    """Take the sheet that was chosen, else the month's own, else the one with the best heading."""
    fields = [column.heading for column in resource.columns]
    named = [sheet for sheet in book.sheets if sheet.name == choice.sheet]
    if not named and resource.period == "month":
        wanted = (fiscal_year, number)
        named = [
            sheet
            for sheet in book.sheets
            if thaidates.read_month(sheet.name, fiscal_year=fiscal_year).value == wanted
        ]
    if named and choice.columns and choice.heading is not None:
        return named[0], _chosen_layout(named[0], choice)
    candidates = [(sheet, find_layout(sheet, fields)) for sheet in named or book.sheets]
    best = max(candidates, key=lambda pair: len(pair[1].columns) if pair[1] else 0)
    return best


def _chosen_layout(sheet: Sheet, choice: Choice) -> Layout:
    heading = min(choice.heading or 0, max(len(sheet.rows) - 1, 0))
    headings = {
        column: sheet.text(heading, column)
        for column in range(sheet.width)
        if sheet.rows and sheet.text(heading, column)
    }
    columns = {name: column for name, column in choice.columns.items() if column < sheet.width}
    for column in columns.values():
        headings.setdefault(column, "")
    return Layout(sheet.name, heading, heading, columns, headings)


def _question_period(
    found: Understanding, resource: SheetResource, layout: Layout, fiscal_year: int, number: int
) -> None:
    if resource.period != "quarter":
        return
    titled = thaidates.find_quarter(layout.title)
    if titled is None or (titled[0] in (None, fiscal_year) and titled[1] == number):
        return
    form = thaidates.format_quarter(titled[0] or fiscal_year, titled[1])
    chosen = thaidates.format_quarter(fiscal_year, number)
    note = _note("title_period", form=form, chosen=chosen)
    found.findings.append(Finding(QUESTION, note, layout.sheet))


def _read_rows(
    found: Understanding,
    resource: SheetResource,
    rows: Sequence[SheetRow],
    choice: Choice,
    agency_name: str,
    make: Callable[[str], SheetRow | None] | None,
) -> None:
    sheet, layout = found.sheet, found.layout
    if sheet is None or layout is None:
        return
    directory = _Directory(rows)
    key_column = layout.columns.get(resource.key.name, 0)
    filled = fill_down(sheet, key_column)
    seen: dict[str, int] = {}
    kept_blank = 0
    sums = _Sums(resource, layout)
    for place in rows_of(sheet, layout, [resource.key.name]):
        found.row_kinds[place.number] = place.kind
        if place.kind is RowKind.SUBTOTAL:
            found.findings += sums.compare(sheet, place)
        if place.kind is not RowKind.ENTRY:
            continue
        written = sheet.text(filled.get(place.number, place.number), key_column)
        at = (sheet.name, place.number, key_column, written)
        row = directory.find(written)
        if row is None and make is not None and (row := make(written)) and row.is_new:
            found.findings.append(Finding(QUESTION, directory.why_new(written), *at))
        if row is None:
            found.findings.append(Finding(ERROR, directory.why_unknown(written, agency_name), *at))
            sums.leave_out()
            continue
        if row.code in seen:
            note = _note("twice", name=row.code, other=str(seen[row.code] + 1))
            found.findings.append(Finding(ERROR, note, *at))
            continue
        seen[row.code] = place.number
        line = Line(sheet.name, place.number, row)
        kept_blank += _read_cells(found, resource, line, choice)
        sums.add(line)
        found.lines.append(line)
        if row.why_not and line.changes:
            found.findings.append(Finding(ERROR, _note("may_not", reason=row.why_not), *at))
            line.has_errors = True
    if kept_blank:
        note = _note("blank_keeps", count=str(kept_blank))
        found.findings.append(Finding(WARNING, note, sheet.name))


def _read_cells(found: Understanding, resource: SheetResource, line: Line, choice: Choice) -> int:
    """Read the typed cells of one row into the line; return how many blanks keep a stored value."""
    sheet, layout = found.sheet, found.layout
    assert sheet is not None
    assert layout is not None
    read: dict[str, Reading[Any]] = {}
    kept = 0
    for column in resource.columns:
        index = layout.columns.get(column.name)
        if index is None or not column.is_typed:
            continue
        cell = sheet.rows[line.number][index]
        if column.reads == "choice":
            reading: Reading[Any] = _read_choice(cell, resource.choices(column.name))
        elif column.reads == "date":
            reading = _read_day(cell)
        else:
            place_in = (line.number, index)
            reading = _read_cell(cell, column, line.row, sheet, layout, place_in, choice)
        written = cell_text(cell)
        line.written[column.name] = written
        place = (sheet.name, line.number, index, written)
        if column.name not in line.row.typed:
            same = is_same(reading.value, line.row.stored.get(column.name))
            if reading.kind is Kind.VALUE and not same:
                note = _note("not_typed", written=written)
                found.findings.append(Finding(WARNING, note, *place))
            continue
        if reading.error is not None:
            found.findings.append(Finding(ERROR, reading.error, *place))
            line.has_errors = True
        # What stands in the portal already was confirmed when it came in.
        stands = reading.kind is Kind.VALUE and reading.value == line.row.stored.get(column.name)
        if not stands:
            found.findings += [Finding(QUESTION, note, *place) for note in reading.questions]
        found.findings += [Finding(WARNING, note, *place) for note in reading.warnings]
        kept += reading.kind is Kind.NOT_REPORTED and line.row.stored.get(column.name) not in (
            None,
            "",
        )
        read[column.name] = reading
    _check_row(found, resource, line, read)
    return kept


def _check_row(
    found: Understanding, resource: SheetResource, line: Line, read: Mapping[str, Reading[Any]]
) -> None:
    """Let the kind say what the cells come to together."""
    layout = found.layout
    assert layout is not None
    checked = resource.check(line.row, read)
    line.take(checked.values)
    for remark in checked.remarks:
        index = layout.columns.get(remark.field, layout.columns.get(resource.key.name, 0))
        level = QUESTION if remark.is_question else ERROR
        written = line.written.get(remark.field, "")
        found.findings.append(Finding(level, remark.note, line.sheet, line.number, index, written))
        line.has_errors = line.has_errors or level == ERROR
    _require(found, resource, line, layout)
    if found.sheet is not None and line.number in found.sheet.hidden_rows and line.changes:
        index = layout.columns.get(resource.key.name, 0)
        found.findings.append(
            Finding(WARNING, _note("hidden_row"), line.sheet, line.number, index, line.row.code)
        )
    _suspect(found, line, layout)


def _require(found: Understanding, resource: SheetResource, line: Line, layout: Layout) -> None:
    """Say what a row that is not known yet leaves out."""
    if not line.row.is_new:
        return
    told = {each.column for each in found.findings if each.row == line.number}
    for column in resource.columns:
        index = layout.columns.get(column.name, layout.columns.get(resource.key.name, 0))
        if column.required and column.name not in line.values and index not in told:
            note = _note("required", label=str(column.label))
            found.findings.append(Finding(ERROR, note, line.sheet, line.number, index))
            line.has_errors = True


def _suspect(found: Understanding, line: Line, layout: Layout) -> None:
    """Ask about a changed figure more than ten times off the target or the period before."""
    for name, value in line.changes.items():
        if not isinstance(value, Decimal) or value == 0 or line.has_errors:
            continue
        place = (line.sheet, line.number, layout.columns.get(name, 0), line.written.get(name, ""))
        previous = line.row.previous.get(name)
        if isinstance(previous, Decimal) and previous and not _within_ten(value, previous):
            note = _note("sudden", written=_shown(value), previous=_shown(previous))
            found.findings.append(Finding(QUESTION, note, *place))


def _within_ten(value: Decimal, other: Decimal) -> bool:
    return abs(other) <= abs(value) * 10 and abs(value) <= abs(other) * 10


def _shown(value: Decimal) -> str:
    shortest = value.normalize()
    return format_number(value, max(0, -int(shortest.as_tuple().exponent)))


def _read_cell(
    cell: Cell,
    column: SheetField,
    row: SheetRow,
    sheet: Sheet,
    layout: Layout,
    position: tuple[int, int],
    choice: Choice,
) -> Reading[Any]:
    if column.reads == "text":
        return _read_text(cell)
    if isinstance(cell, date | datetime):
        error = thainumbers.note("not_a_number", written=str(cell))
        return Reading(Kind.ERROR, written=str(cell), error=error)
    is_money = column.reads == "money"
    return read_number(
        cell,
        percent=column.reads == "percent" or (column.reads == "number" and row.is_percent),
        percent_format=position in sheet.percent_cells,
        money=is_money,
        scale=layout.units.get(position[1], Decimal(1)) if is_money else Decimal(1),
        unit="บาท" if is_money else row.unit,
        one_to=row.is_one_to,
        dash_is_zero=is_money and choice.dash_is_zero,
        places=column.places,
    )


def _read_choice(cell: Cell, choices: Mapping[str, str]) -> Reading[str]:
    """Read one of a column's choices by its code, its name, or both."""
    reading = _read_text(cell)
    if reading.value is None:
        return reading
    wanted = _folded(reading.value)
    for value, label in choices.items():
        if wanted in (_folded(value), _folded(label), _folded(f"{value} {label}")):
            return Reading(Kind.VALUE, value, reading.written)
    known = ", ".join(list(choices.values())[:8])
    note = _note("not_a_choice", written=reading.written[:60], known=known)
    return Reading(Kind.ERROR, written=reading.written, error=note)


def _read_day(cell: Cell) -> Reading[str]:
    """Read a day as ISO text, as the figures of a row are kept."""
    if isinstance(cell, FormulaWithoutValue):
        return _read_text(cell)
    read = thaidates.read_date(cell)
    day = read.value.isoformat() if read.value else None
    return Reading(read.kind, day, read.written, read.warnings, read.questions, read.error)


def _read_text(cell: Cell) -> Reading[str]:
    if isinstance(cell, FormulaWithoutValue):
        reading = read_number(cell)
        return Reading(Kind.ERROR, written=reading.written, error=reading.error)
    text = cell_text(cell)
    if text.startswith("'"):
        text = normalise_text(unescape_text(text))
    if not text or text in "-–—":
        return Reading(Kind.NOT_REPORTED, written=text)
    return Reading(Kind.VALUE, text, text)


class _Directory:
    """Finds the row that a code, a code with a name, or a name alone stands for."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self._by_code = {_folded(row.code): row for row in rows}
        names: dict[str, list[SheetRow]] = defaultdict(list)
        for row in rows:
            names[_folded(row.label)].append(row)
        self._by_name = {name: found[0] for name, found in names.items() if len(found) == 1}
        self._labels = {row.code: row for row in rows}

    def find(self, written: str) -> SheetRow | None:
        """Return the row, or None where nothing or more than one fits."""
        whole = _folded(written)
        if row := self._by_code.get(whole) or self._by_name.get(whole):
            return row
        first = _folded(written.split(maxsplit=1)[0]) if written.strip() else ""
        code, name = split_code(written)
        return (
            self._by_code.get(first)
            or self._by_code.get(_folded(code))
            or self._by_name.get(_folded(name))
        )

    def why_new(self, written: str) -> Note:
        """Say that a row will be made, with the known one that it may have been meant for."""
        near = difflib.get_close_matches(written, self._labels, 1, 0.9)
        if near:
            return _note("makes_new_near", written=written[:60], near=near[0])
        return _note("makes_new", written=written[:60])

    def why_unknown(self, written: str, agency_name: str) -> Note:
        """Say that no row fits, with the nearest one."""
        if not written:
            return _note("no_code")
        code, name = split_code(written)
        near = difflib.get_close_matches(code or written, self._labels, 1, 0.5)
        if not near and name:
            labels = {row.label: row.code for row in self._labels.values()}
            near = [labels[label] for label in difflib.get_close_matches(name, labels, 1, 0.6)]
        if near:
            return _note("unknown_row_near", written=written[:60], agency=agency_name, near=near[0])
        return _note("unknown_row", written=written[:60], agency=agency_name)


def _folded(text: str) -> str:
    return "".join(normalise_text(text).casefold().split())


class _Sums:
    """Adds up the figures above a subtotal row, since the last subtotal and from the top."""

    def __init__(self, resource: SheetResource, layout: Layout) -> None:
        self._columns = {
            column.name: layout.columns[column.name]
            for column in resource.columns
            if column.reads in ("number", "money") and column.name in layout.columns
        }
        self._money = {column.name for column in resource.columns if column.reads == "money"}
        self._layout = layout
        self._total: dict[str, Decimal] = defaultdict(Decimal)
        self._since: dict[str, Decimal] = defaultdict(Decimal)
        self._units: set[str] = set()
        self._is_whole = True

    def leave_out(self) -> None:
        """Remember that a line could not be read, so that no sum above is whole."""
        self._is_whole = False

    def add(self, line: Line) -> None:
        """Count a line in."""
        self._units.add(line.row.unit)
        self._is_whole = self._is_whole and not line.has_errors
        for name, value in line.values.items():
            if isinstance(value, Decimal):
                self._total[name] += value
                self._since[name] += value

    def compare(self, sheet: Sheet, place: Row) -> list[Finding]:
        """Report every column whose subtotal is neither of the two sums.

        Figures of several units have no sum, and neither have lines that could not be read.
        """
        findings: list[Finding] = []
        if not self._is_whole or len(self._units) > 1:
            return findings
        for name, index in self._columns.items():
            cell = sheet.rows[place.number][index]
            if isinstance(cell, date | datetime):
                continue
            scale = self._layout.units.get(index, Decimal(1))
            stated = read_number(cell, money=name in self._money, scale=scale)
            if stated.value is None or stated.value in (self._total[name], self._since[name]):
                continue
            nearest = self._since[name] or self._total[name]
            note = _note(
                "checksum",
                label=place.label[:40],
                written=_shown(stated.value),
                sum=_shown(nearest),
                difference=_shown(stated.value - nearest),
            )
            findings.append(
                Finding(WARNING, note, sheet.name, place.number, index, cell_text(cell))
            )
        self._since.clear()
        return findings


def picture_of(found: Understanding, resource: SheetResource, *, most: int = 14) -> dict[str, Any]:
    """Return the first rows of the sheet with their marks, ready for the page and JSON."""
    sheet, layout = found.sheet, found.layout
    if sheet is None:
        return {}
    columns = [index for index in range(min(sheet.width, 16)) if index not in sheet.hidden_columns]
    names = {index: name for name, index in (layout.columns.items() if layout else ())}
    labels = {column.name: str(column.label) for column in resource.columns}
    marks = _marks(found)
    top = layout.heading_top if layout else 0
    start = max(0, top - 2)
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


def _marks(found: Understanding) -> dict[tuple[int, int], str]:
    marks: dict[tuple[int, int], str] = {}
    for line in found.lines:
        for name in line.changes:
            index = found.layout.columns.get(name, -1) if found.layout else -1
            marks[line.number, index] = "new" if line.row.stored.get(name) in (None, "") else "chg"
    for finding in found.findings:
        if finding.level == ERROR:
            marks[finding.row, finding.column] = "bad"
    return marks


def headings_by_field(layout: Layout) -> dict[str, str]:
    """Return the heading that each field was found under, to be remembered."""
    return {name: layout.headings.get(column, "") for name, column in layout.columns.items()}


def columns_by_heading(sheet: Sheet, row: int, remembered: Mapping[str, str]) -> dict[str, int]:
    """Return the columns of remembered headings on a sheet."""
    headings = {column: sheet.text(row, column) for column in range(sheet.width)}
    found = {}
    for name, text in remembered.items():
        for column, heading in headings.items():
            if heading and heading == text:
                found[name] = column
    return found
