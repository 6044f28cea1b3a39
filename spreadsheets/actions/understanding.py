"""What a workbook means for a kind of form: which row is which, what each cell says, what differs.

Reads and compares only; nothing here writes.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.translation import override

from common import thaidates, thainumbers
from common.readings import Kind, Note, Reading
from common.sheets import Figure, SheetField, SheetResource, SheetRow
from common.tables import unescape_text
from common.thainumbers import (
    DASHES,
    NOT_REPORTED,
    FormulaWithoutValue,
    NumberColumn,
    format_number,
    normalise_text,
    read_number,
)
from common.workbooks.book import Book, Cell, Sheet, cell_name, cell_text, column_name
from common.workbooks.layout import (
    SEARCHED_ROWS,
    Layout,
    Row,
    RowKind,
    fill_down,
    find_layout,
    headings_of,
    rows_of,
    split_code,
)

ERROR, QUESTION, WARNING = "error", "question", "warning"

SENTENCES: Final = {
    "no_table": "ไม่พบหัวตารางที่มีคอลัมน์รหัสและคอลัมน์ที่ต้องกรอก "
    "เลือกแผ่นงานและจับคู่คอลัมน์เอง หรือใช้แบบกรอกของระบบ",
    "no_rows": "ไม่พบแถวข้อมูลใต้หัวตาราง",
    "unknown_row": "ไม่มี “%(written)s” ในรายการของ%(agency)sสำหรับรอบนี้ แก้รหัสตามแบบกรอก หรือลบแถวนี้",
    "unknown_row_near": "ไม่มี “%(written)s” ในรายการของ%(agency)sสำหรับรอบนี้ "
    "ใกล้เคียงที่สุดคือ %(near)s แก้รหัส หรือลบแถวนี้",
    "no_code": "แถวนี้ไม่มีรหัส ใส่รหัสตามแบบกรอก หรือลบแถวนี้",
    "twice": "“%(name)s” มีมากกว่าหนึ่งแถว (แถว %(other)s) ให้เหลือแถวเดียว",
    "not_typed": "รายการนี้ไม่ใช้ช่องนี้ ค่า %(written)s จึงไม่นำเข้า",
    "may_not": "%(reason)s",
    "verb_refused": "%(reason)s",
    "checksum": "%(label)s เขียนไว้ %(written)s แต่ผลรวมของแถวเป็น %(sum)s ต่างกัน %(difference)s",
    "heading_period": "หัวคอลัมน์ “%(heading)s” เป็นของ %(form)s แต่เลือกนำเข้า %(chosen)s ใช่หรือไม่",
    "another_table": "ตั้งแต่แถว %(row)s เป็นอีกตารางหนึ่งที่หัวคอลัมน์ต่างกัน จึงไม่อ่านต่อ ใช่หรือไม่ "
    "ถ้าต้องการตารางนั้น ใส่แถวหัวตารางที่ “เปลี่ยนการจับคู่”",
    "below_foot": "ใต้ลายมือชื่อหรือหมายเหตุมี %(count)s แถวที่ไม่อ่าน ตั้งแต่แถว %(row)s ใช่หรือไม่ "
    "ถ้าเป็นข้อมูล ย้ายขึ้นไปก่อนหมายเหตุ",
    "same_heading": "หัวคอลัมน์ “%(heading)s” มีมากกว่าหนึ่งคอลัมน์ อ่านเฉพาะคอลัมน์ %(used)s ไม่อ่าน %(others)s ใช่หรือไม่",
    "other_agency": "แบบกรอกนี้ออกให้ %(form)s แต่เลือกนำเข้าของ %(chosen)s ดาวน์โหลดแบบกรอกของหน่วยงานท่าน",
    "other_kind": "แบบกรอกนี้เป็นแบบอื่น (%(form)s) เลือกชนิดของแบบให้ตรงกัน",
    "other_period": "แบบกรอกนี้ออกสำหรับ %(form)s แต่เลือกนำเข้า %(chosen)s ดาวน์โหลดแบบกรอกของรอบนี้",
    "stale": "แบบกรอกนี้ออกก่อนที่รายการหรือกติกาจะเปลี่ยน (%(rows)s) ตรวจว่ายังกรอกถูกช่อง",
    "title_period": "หัวตารางระบุ %(form)s แต่เลือกนำเข้า %(chosen)s ใช่หรือไม่",
    "sheet_period": "แผ่นงาน %(sheet)s เป็นของ %(form)s แต่เลือกนำเข้า %(chosen)s ใช่หรือไม่",
    "other_sheets": "แผ่นงาน %(others)s มีตารางแบบเดียวกัน แต่อ่านเฉพาะแผ่นงาน %(sheet)s ใช่หรือไม่ "
    "ถ้าต้องการแผ่นงานอื่น เลือกที่ “เปลี่ยนการจับคู่”",
    "remembered": "จับคู่คอลัมน์ตามที่หน่วยงานนี้ยืนยันไว้ครั้งก่อน ตรวจว่ายังถูกช่อง",
    "left_out": "มีรายการที่ต้องรายงานแต่ไม่อยู่ในไฟล์ %(count)s รายการ ค่าเดิมคงอยู่",
    "blank_keeps": "ช่องว่างและขีดไม่ลบค่าเดิม %(count)s ช่อง",
    "hidden_row": "แถวนี้ถูกซ่อนอยู่ในไฟล์ ระบบอ่านด้วย",
    "makes_new": "ยังไม่มี “%(written)s” ในระบบ การนำเข้าจะสร้างรายการใหม่ ถ้าพิมพ์รหัสผิดให้แก้ก่อน",
    "makes_new_near": "ยังไม่มี “%(written)s” ในระบบ การนำเข้าจะสร้างรายการใหม่ หรือหมายถึง %(near)s ถ้าพิมพ์ผิดให้แก้ก่อน",
    "required": "รายการใหม่ต้องมี “%(label)s”",
    "not_a_choice": "ไม่มี “%(written)s” ให้เลือกในช่องนี้ ใช้คำใดคำหนึ่ง: %(known)s",
    "several_choices": "มีมากกว่าหนึ่งรายการชื่อ “%(written)s” ใส่รหัสแทนชื่อ: %(known)s",
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
    # The row's cells, and the column of each field.
    cells: Sequence[Cell] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    has_errors: bool = False

    def written(self, name: str) -> str:
        """Return what stands in a field's cell; an empty text where the sheet has no such column."""
        index = self.columns.get(name)
        return "" if index is None else cell_text(self.cells[index])

    def take(self, values: Mapping[str, Figure]) -> None:
        """Keep what the sheet states of the row; a blank states nothing."""
        stored = self.row.stored
        for name, value in values.items():
            if not value and is_blank(value):
                continue
            self.values[name] = value
            there = stored.get(name)
            if there is None or (value != there and not is_same(value, there)):
                self.changes[name] = value

    @property
    def state(self) -> str:
        """new, changed, unchanged or refused."""
        if self.has_errors:
            return "refused"
        if not self.changes:
            return "unchanged"
        return "new" if _BLANK.issuperset(map(self.row.stored.get, self.changes)) else "changed"


# By its hash: a decimal compared with an empty text first asks for its place among all numbers.
_BLANK: Final[frozenset[Figure]] = frozenset({None, ""})


def is_blank(value: Figure) -> bool:
    """Say whether a figure states nothing."""
    return value in _BLANK


def is_same(value: Figure, stored: Figure) -> bool:
    """Compare as cells can tell them apart: spaces and line ends of a text do not count."""
    if isinstance(value, str) and isinstance(stored, str):
        return value == normalise_text(stored)
    return value == stored


@dataclass(frozen=True, slots=True)
class Table:
    """Where another table of a workbook stands; without a heading's row it is looked for."""

    sheet: str
    heading: int | None = None


@dataclass(slots=True)
class Understanding:
    """What a workbook says about one agency and period."""

    sheet: Sheet
    layout: Layout | None
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    row_kinds: dict[int, RowKind] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    # What the agency may fill in, as it stood when the file was read.
    rows: Sequence[SheetRow] = ()
    dash_is_zero: bool = False
    # Other tables that may be brought in from the same file, which this reading leaves.
    tables: list["Table"] = field(default_factory=list)

    def of_level(self, level: str) -> list[Finding]:
        """Return the findings of a level, in reading order."""
        return [finding for finding in self.findings if finding.level == level]


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


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an agency confirmed for a layout: by field the heading's text and how far right of the
    first heading it stood, and whether dashes mean zero."""

    columns: Mapping[str, tuple[str, int]]
    dash_is_zero: bool = False


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
    remembered: Mapping[str, Remembered] | None = None,
) -> Understanding:
    """Read a workbook as a form of a kind, for the rows that an agency may fill in.

    `make` gives the row that a code not known yet would make, where the kind takes new ones;
    `remembered` is what the agency confirmed before, by the layout's fingerprint.
    """
    names = [each.name for each in book.sheets]
    found = Understanding(
        book.sheets[0], None, sheets=names, rows=rows, dash_is_zero=choice.dash_is_zero
    )
    found.findings += [Finding(WARNING, note) for note in book.notes]
    period = _Period(resource.period, fiscal_year, number)
    _find_table(found, book, resource, choice, period, remembered or {})
    sheet, layout = found.sheet, found.layout
    if layout is None:
        found.findings.append(Finding(ERROR, _note("no_table"), sheet.name))
        return found
    _question_period(found, layout, period)
    if not choice.columns and not any(each.note.code == "remembered" for each in found.findings):
        _question_headings(found, layout, period)
    _read_rows(found, resource, rows, agency_name, make)
    if not found.lines and not found.of_level(ERROR):
        found.findings.append(
            Finding(ERROR, _note("no_rows"), sheet.name, layout.heading_bottom, 0)
        )
    there = {line.row.code for line in found.lines}
    missing = sum(row.code not in there for row in rows if not row.is_share)
    # An open register owes no row.
    if found.lines and missing > 0 and not resource.is_open:
        found.findings.append(Finding(WARNING, _note("left_out", count=str(missing)), sheet.name))
    return found


def _note(code: str, **params: str) -> Note:
    return Note(code, SENTENCES[code], params)


@dataclass(frozen=True, slots=True)
class _Period:
    """The period that a workbook is brought in for, and what a text says of one."""

    sort: str
    year: int
    number: int

    def of_sheet(self, name: str) -> tuple[int, int] | None:
        """Return the period that a sheet's name states; without a year it is this one's."""
        if self.sort == "quarter":
            found = thaidates.find_quarter(name)
        elif self.sort == "month":
            read = thaidates.read_month(name, fiscal_year=self.year)
            found = read.value or thaidates.find_month(name, is_name=True)
        else:
            found = None
        return found and (found[0] or self.year, found[1])

    def of_title(self, title: str) -> tuple[int, int] | None:
        """Return the period that a title states; a year alone is that year's."""
        find = {"quarter": thaidates.find_quarter, "month": thaidates.find_month}.get(self.sort)
        found = find(title) if find else None
        year = (found and found[0]) or thaidates.find_fiscal_year(title)
        if found is None and year is None:
            return None
        return year or self.year, found[1] if found else self.number

    def is_own(self, heading: str) -> bool | None:
        """Say whether a column's heading states this period; None where it states none."""
        stated = self.of_sheet(heading)
        return stated and stated == self.key

    @property
    def key(self) -> tuple[int, int]:
        return self.year, self.number

    def name(self, key: tuple[int, int]) -> str:
        if self.sort == "quarter":
            return thaidates.format_quarter(*key)
        if self.sort == "month":
            return thaidates.format_month(*key)
        return thaidates.format_fiscal_year(key[0])


def _find_table(
    found: Understanding,
    book: Book,
    resource: SheetResource,
    choice: Choice,
    period: _Period,
    remembered: Mapping[str, Remembered],
) -> None:
    """Take the sheet that was chosen, else the period's own, else the one with the best heading."""
    chosen = [sheet for sheet in book.sheets if sheet.name == choice.sheet]
    own = [sheet for sheet in book.sheets if period.of_sheet(sheet.name) == period.key]
    sheets = chosen or own or book.sheets
    if chosen and choice.columns and choice.heading is not None:
        found.sheet, found.layout = chosen[0], _chosen_layout(chosen[0], choice)
        return
    only = choice.heading if chosen else None
    layouts = _recall(found, sheets, only, remembered)
    if not layouts:
        fields = [column.heading for column in resource.columns]
        layouts = [
            (sheet, find_layout(sheet, fields, only=only, is_own=period.is_own)) for sheet in sheets
        ]
    found.sheet, found.layout = max(
        layouts, key=lambda pair: len(pair[1].columns) if pair[1] else 0
    )
    if not chosen:
        _question_sheet(found, layouts, period)


def _chosen_layout(sheet: Sheet, choice: Choice) -> Layout | None:
    layout = next(headings_of(sheet, [choice.heading or 0]), None)
    if layout is not None:
        within = {name: column for name, column in choice.columns.items() if column < sheet.width}
        _give(layout, within)
    return layout


def _recall(
    found: Understanding,
    sheets: Sequence[Sheet],
    only: int | None,
    remembered: Mapping[str, Remembered],
) -> list[tuple[Sheet, Layout | None]]:
    """Return the sheets with a layout that the agency confirmed before, in the columns of then."""
    recalled: list[tuple[Sheet, Layout | None]] = []
    for sheet in sheets if remembered else ():
        for layout in headings_of(sheet, range(SEARCHED_ROWS) if only is None else [only]):
            known = remembered.get(layout.fingerprint)
            first = min(layout.headings, default=0)
            if known is None or any(
                layout.headings.get(first + right, "") != text
                for text, right in known.columns.values()
            ):
                continue
            _give(layout, {name: first + right for name, (_, right) in known.columns.items()})
            found.dash_is_zero = found.dash_is_zero or known.dash_is_zero
            recalled.append((sheet, layout))
            break
    if recalled:
        found.findings.append(Finding(WARNING, _note("remembered"), recalled[0][0].name))
    return recalled


def _give(layout: Layout, columns: Mapping[str, int]) -> None:
    layout.columns = dict(columns)
    for column in columns.values():
        layout.headings.setdefault(column, "")


def _question_sheet(
    found: Understanding, layouts: Sequence[tuple[Sheet, Layout | None]], period: _Period
) -> None:
    """Ask whether the sheet is right where its name says another period, or others are like it."""
    sheet, layout = found.sheet, found.layout
    named = period.of_sheet(sheet.name)
    if named is not None and named != period.key:
        note = _note(
            "sheet_period",
            sheet=sheet.name,
            form=period.name(named),
            chosen=period.name(period.key),
        )
        found.findings.append(Finding(QUESTION, note, sheet.name))
    most = len(layout.columns) if layout else 0
    alike = [
        other.name
        for other, there in layouts
        if other is not sheet and there is not None and len(there.columns) == most
    ]
    if alike:
        note = _note("other_sheets", sheet=sheet.name, others=", ".join(alike)[:200])
        found.findings.append(Finding(QUESTION, note, sheet.name))
        found.tables += map(Table, alike)


def _question_headings(found: Understanding, layout: Layout, period: _Period) -> None:
    """Ask which column is meant where more than one bears a field's heading, or another period."""
    for column in sorted(layout.columns.values()):
        heading = layout.headings[column]
        place = (layout.sheet, layout.heading_bottom, column)
        stated = period.of_sheet(heading)
        if stated is not None and stated != period.key:
            note = _note(
                "heading_period", heading=heading[:60], form=period.name(stated),
                chosen=period.name(period.key),
            )  # fmt: skip
            found.findings.append(Finding(QUESTION, note, *place))
        others = [
            column_name(other)
            for other, text in layout.headings.items()
            if text == heading and other not in layout.columns.values()
        ]
        if others:
            note = _note(
                "same_heading", heading=heading[:60], used=column_name(column),
                others=", ".join(others),
            )  # fmt: skip
            found.findings.append(Finding(QUESTION, note, *place))


def _question_period(found: Understanding, layout: Layout, period: _Period) -> None:
    titled = period.of_title(layout.title)
    if titled is None or titled == period.key:
        return
    note = _note("title_period", form=period.name(titled), chosen=period.name(period.key))
    found.findings.append(Finding(QUESTION, note, layout.sheet))


def _read_rows(
    found: Understanding,
    resource: SheetResource,
    rows: Sequence[SheetRow],
    agency_name: str,
    make: Callable[[str], SheetRow | None] | None,
) -> None:
    sheet, layout = found.sheet, found.layout
    assert layout is not None  # without a table there is nothing to read
    directory = _Directory(rows)
    readers = _readers(resource, sheet, layout, dash_is_zero=found.dash_is_zero)
    key_column = layout.columns.get(resource.key.name, 0)
    filled = fill_down(sheet, key_column)
    seen: dict[str, int] = {}
    kept_blank = 0
    fields = [column.heading for column in resource.columns]
    places = rows_of(sheet, layout, fields, lambda text: directory.find(text) is not None)
    found.row_kinds = {place.number: place.kind for place in places}
    kinds = set(found.row_kinds.values())
    sums = _Sums(resource, sheet, layout, is_asked=bool(kinds & {RowKind.SUBTOTAL, RowKind.OVER}))
    for place in places:
        if place.kind is not RowKind.ENTRY:
            found.findings += sums.pass_by(place)
            if place.kind is RowKind.PLAN and sheet.rows[place.number + 1][key_column] is None:
                filled[place.number + 1] = place.number
            if place.kind is RowKind.TABLE:
                note = _note("another_table", row=str(place.number + 1))
                found.findings.append(Finding(QUESTION, note, sheet.name, place.number, 0))
                found.tables.insert(0, Table(sheet.name, place.number))
            continue
        number = place.number
        cells = sheet.rows[number]
        # Most rows bear their code as it is; only the others are looked at more closely.
        row = directory.of_code(cells[key_column]) if number not in filled else None
        written = row.code if row else sheet.text(filled.get(number, number), key_column)
        at = (sheet.name, number, key_column, written)
        row = row or directory.find(written) or _made(found, directory, make, at)
        if row is None:
            found.findings.append(Finding(ERROR, directory.why_unknown(written, agency_name), *at))
            sums.leave_out()
            continue
        if row.code in seen:
            note = _note("twice", name=row.code, other=str(seen[row.code] + 1))
            found.findings.append(Finding(ERROR, note, *at))
            continue
        seen[row.code] = number
        line = Line(sheet.name, number, row, cells=cells, columns=layout.columns)
        kept_blank += _read_cells(found, resource, line, readers)
        sums.add(line)
        found.lines.append(line)
        if row.why_not and line.changes:
            found.findings.append(Finding(ERROR, _note("may_not", reason=row.why_not), *at))
            line.has_errors = True
    found.findings += sums.left_over()
    if left := [place.number for place in places if place.kind is RowKind.LEFT]:
        note = _note("below_foot", count=str(len(left)), row=str(left[0] + 1))
        found.findings.append(Finding(QUESTION, note, sheet.name, left[0], key_column))
    if kept_blank:
        note = _note("blank_keeps", count=str(kept_blank))
        found.findings.append(Finding(WARNING, note, sheet.name))


def _made(
    found: Understanding,
    directory: "_Directory",
    make: Callable[[str], SheetRow | None] | None,
    at: tuple[str, int, int, str],
) -> SheetRow | None:
    """Return the row that a code not known yet would make, with a question whether it is meant."""
    row = make(at[-1]) if make is not None else None
    if row is not None and row.is_new:
        found.findings.append(Finding(QUESTION, directory.why_new(at[-1]), *at))
    return row


ReadCell = Callable[[Cell], Reading[Any]]
# How a column's cell is read in a row of the sheet.
Reader = Callable[[SheetRow, int], ReadCell]


def _readers(
    resource: SheetResource, sheet: Sheet, layout: Layout, *, dash_is_zero: bool
) -> list[tuple[str, int, Reader]]:
    """Return the typed columns of the sheet with how a cell of each is read."""
    readers: list[tuple[str, int, Reader]] = []
    for column in resource.columns:
        index = layout.columns.get(column.name)
        if index is None or not column.is_typed:
            continue
        if column.reads == "choice":
            reader = _same_for_all(_choice_reader(resource.choices(column.name)))
        elif column.reads == "date":
            reader = _same_for_all(_read_day)
        elif column.reads == "text":
            reader = _same_for_all(_read_text)
        else:
            reader = _figure_reader(column, sheet, layout, index, dash_is_zero=dash_is_zero)
        readers.append((column.name, index, reader))
    return readers


def _read_cells(
    found: Understanding,
    resource: SheetResource,
    line: Line,
    readers: Sequence[tuple[str, int, Reader]],
) -> int:
    """Read the typed cells of one row into the line; return how many blanks keep a stored value."""
    read: dict[str, Reading[Any]] = {}
    kept = 0
    row, cells, typed = line.row, line.cells, line.row.typed
    for name, index, reader in readers:
        reading = reader(row, line.number)(cells[index])
        if name not in typed:
            same = is_same(reading.value, row.stored.get(name))
            if reading.kind is Kind.VALUE and not same:
                note = _note("not_typed", written=line.written(name))
                found.findings.append(Finding(WARNING, note, *_place(line, name)))
            continue
        if reading.error is not None or reading.questions or reading.warnings:
            _tell(found, line, name, reading)
        if reading.kind is Kind.NOT_REPORTED and not is_blank(row.stored.get(name)):
            kept += 1
        read[name] = reading
    _check_row(found, resource, line, read)
    return kept


def _place(line: Line, name: str) -> tuple[str, int, int, str]:
    return line.sheet, line.number, line.columns.get(name, 0), line.written(name)


def _tell(found: Understanding, line: Line, name: str, reading: Reading[Any]) -> None:
    """Keep what the reading of a cell has to say."""
    place = _place(line, name)
    if reading.error is not None:
        found.findings.append(Finding(ERROR, reading.error, *place))
        line.has_errors = True
    # What stands in the portal already was confirmed when it came in.
    stands = reading.kind is Kind.VALUE and reading.value == line.row.stored.get(name)
    if not stands:
        found.findings += [Finding(QUESTION, note, *place) for note in reading.questions]
    found.findings += [Finding(WARNING, note, *place) for note in reading.warnings]


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
        written = line.written(remark.field)
        found.findings.append(Finding(level, remark.note, line.sheet, line.number, index, written))
        line.has_errors = line.has_errors or level == ERROR
    if line.row.is_new:
        _require(found, resource, line, layout)
    if not line.changes:
        return
    if line.number in found.sheet.hidden_rows:
        index = layout.columns.get(resource.key.name, 0)
        found.findings.append(
            Finding(WARNING, _note("hidden_row"), line.sheet, line.number, index, line.row.code)
        )
    if line.row.previous:
        _suspect(found, line)


def _require(found: Understanding, resource: SheetResource, line: Line, layout: Layout) -> None:
    """Say what a row that is not known yet leaves out."""
    told = {each.column for each in found.findings if each.row == line.number}
    for column in resource.columns:
        index = layout.columns.get(column.name, layout.columns.get(resource.key.name, 0))
        if column.required and column.name not in line.values and index not in told:
            note = _note("required", label=str(column.label))
            found.findings.append(Finding(ERROR, note, line.sheet, line.number, index))
            line.has_errors = True


def _suspect(found: Understanding, line: Line) -> None:
    """Ask about a changed figure more than ten times off the target or the period before."""
    if not line.row.previous or line.has_errors:
        return
    for name, value in line.changes.items():
        if not isinstance(value, Decimal) or not value:
            continue
        previous = line.row.previous.get(name)
        if isinstance(previous, Decimal) and previous and not _within_ten(value, previous):
            note = _note("sudden", written=_shown(value), previous=_shown(previous))
            found.findings.append(Finding(QUESTION, note, *_place(line, name)))


def _within_ten(value: Decimal, other: Decimal) -> bool:
    return abs(other) <= abs(value) * 10 and abs(value) <= abs(other) * 10


def _shown(value: Decimal) -> str:
    shortest = value.normalize()
    return format_number(value, max(0, -int(shortest.as_tuple().exponent)))


def _figure_reader(
    column: SheetField, sheet: Sheet, layout: Layout, index: int, *, dash_is_zero: bool
) -> Reader:
    """Return the reader of a column of figures; rows of one unit are read alike."""
    is_money = column.reads == "money"
    scale = layout.units.get(index, Decimal(1)) if is_money else Decimal(1)
    dash_is_zero = is_money and dash_is_zero
    percent_cells = sheet.percent_cells
    alike: dict[tuple[str, bool, bool, bool], ReadCell] = {}

    def reader(row: SheetRow, number: int) -> ReadCell:
        of = (row.unit, row.is_percent, row.is_one_to, (number, index) in percent_cells)
        return alike.get(of) or begin(of)

    def begin(of: tuple[str, bool, bool, bool]) -> ReadCell:
        unit, is_percent, is_one_to, shows_percent = of
        if column.unit is not None:  # what a row is counted in says nothing of a weight
            unit, is_percent, is_one_to = str(column.unit), False, False
        percent = column.reads == "percent" or is_percent
        unit = "บาท" if is_money else normalise_text(unit)
        figures = NumberColumn(
            percent, shows_percent, is_money, scale, unit, is_one_to, column.places, dash_is_zero
        )

        def read_figure(cell: Cell) -> Reading[Any]:
            if isinstance(cell, date):
                error = thainumbers.note("not_a_number", written=str(cell))
                return Reading(Kind.ERROR, written=str(cell), error=error)
            return figures.read(cell)

        alike[of] = _once_each(read_figure)
        return alike[of]

    return reader


def _choice_reader(choices: Mapping[str, str]) -> ReadCell:
    """Return the reader of one of a column's choices by its code, its name, or both."""
    by_code = {
        _folded(word): value
        for value, label in choices.items()
        for word in (value, f"{value} {label}")
    }
    by_name: dict[str, list[str]] = defaultdict(list)
    for value, label in choices.items():
        for name in {_folded(label), _folded(label.removeprefix(value))}:
            by_name[name].append(value)

    def read(cell: Cell) -> Reading[Any]:
        reading = _read_text(cell)
        if reading.value is None:
            return reading
        word, written = _folded(reading.value), reading.written
        fits = [by_code[word]] if word in by_code else by_name.get(word, [])
        if len(fits) == 1:
            return Reading(Kind.VALUE, fits[0], written)
        if fits:
            note = _note("several_choices", written=written[:60], known=", ".join(fits[:8]))
        else:
            shown = ", ".join(list(choices.values())[:8])
            note = _note("not_a_choice", written=written[:60], known=shown)
        return Reading(Kind.ERROR, written=written, error=note)

    return read


def _same_for_all(read: ReadCell) -> Reader:
    """Return the reader of a column of which every row is read in one way."""
    once = _once_each(read)
    return lambda row, number: once


def _once_each(read: ReadCell) -> ReadCell:
    """Return a reader that reads each text and figure once: a column says the same again and again."""
    known: dict[Cell, Reading[Any]] = {}

    def read_once(cell: Cell) -> Reading[Any]:
        if cell is None:
            return NOT_REPORTED
        if type(cell) is not str and type(cell) is not float:  # a truth value would pass for 1.0
            return read(cell)
        reading = known.get(cell)
        if reading is None:
            reading = read(cell)
            if len(known) < _KNOWN_AT_MOST and len(reading.written) < _KNOWN_LENGTH:
                known[cell] = reading
        return reading

    return read_once


# What a column's readings take at most while a file is read.
_KNOWN_AT_MOST, _KNOWN_LENGTH = 4_096, 200


def _read_day(cell: Cell) -> Reading[Any]:
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
        self._labels = {row.code: row for row in rows}

    @cached_property
    def _by_code(self) -> dict[str, SheetRow]:
        return {_folded(code): row for code, row in self._labels.items()}

    @cached_property
    def _all_by_name(self) -> dict[str, list[SheetRow]]:
        names: dict[str, list[SheetRow]] = defaultdict(list)
        for row in self._labels.values():
            names[_folded(row.label)].append(row)
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
        whole = _folded(written)
        if row := self._by_code.get(whole) or self._by_name.get(whole):
            return row
        first = _folded(written.split(maxsplit=1)[0]) if written.strip() else ""
        code, name = split_code(written)
        row = (
            self._by_code.get(first)
            or self._by_code.get(_folded(code))
            or self._by_name.get(_folded(name))
        )
        if row is None and (last := _LAST_BRACKETS.search(written)):
            plain = _LEADING.sub("", written[: last.start()])
            row = self._by_code.get(_folded(last[1])) or self._by_name.get(_folded(plain))
        row = row or self._by_name.get(_folded(_LEADING.sub("", written)))
        if row is None and (called := _CALLED.match(written)):
            row = self.find(written[called.end() :])
        return row

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
        names = (written, name, _LEADING.sub("", written))
        alike = next(filter(None, (self._all_by_name.get(_folded(each)) for each in names)), None)
        if alike:
            known = ", ".join(row.code for row in alike[:8])
            return _note("several_choices", written=written[:60], known=known)
        near = difflib.get_close_matches(code or written, self._labels, 1, 0.5)
        if not near and name:
            labels = {row.label: row.code for row in self._labels.values()}
            near = [labels[label] for label in difflib.get_close_matches(name, labels, 1, 0.6)]
        if near:
            return _note("unknown_row_near", written=written[:60], agency=agency_name, near=near[0])
        return _note("unknown_row", written=written[:60], agency=agency_name)


# `- ค่าตอบแทน (07012140002)` and `1.2 ค่าตอบแทน`: a code behind the name, numbering before it.
_LAST_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_LEADING = re.compile(r"^\s*(?:[-–•*]|\(?[\d๐-๙]+(?:\.[\d๐-๙]+)*[.)]?)\s+")
_CALLED = re.compile(r"\s*(?:ตัวชี้วัด|โครงการ|กิจกรรม|รายการ|kpi)(?:ที่)?[\s:.]*", re.IGNORECASE)
# Word writes hyphens that do not break, and Thai keyboards full-width letters.
_SAME_SIGNS = {ord(dash): "-" for dash in DASHES} | {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}


def _folded(text: str) -> str:
    folded = "".join(normalise_text(text).casefold().split())
    return folded if folded.isascii() else folded.translate(_SAME_SIGNS)


@dataclass(slots=True)
class _Stated:
    """A total that a group states above its lines; `sum` is that of the first lines below it."""

    place: Row
    name: str
    value: Decimal
    start: Decimal
    sum: Decimal | None = None


class _Sums:
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
        note = _note(
            "checksum",
            label=place.label[:40],
            written=_shown(value),
            sum=_shown(total),
            difference=_shown(value - total),
        )
        written = cell_text(self._sheet.rows[place.number][index])
        return Finding(WARNING, note, self._sheet.name, place.number, index, written)


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
