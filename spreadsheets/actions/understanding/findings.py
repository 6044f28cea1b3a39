"""What was found in a workbook: remarks with their places, lines, tables, and what a person chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from common.readings import Note
from common.sheets import Figure, SheetRow
from common.thainumbers import (
    format_number,
    normalise_text,
)
from common.workbooks.book import Sheet
from common.workbooks.cells import Cell, cell_name, cell_text
from common.workbooks.layout import (
    Layout,
    RowKind,
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


def note_of(code: str, **params: str) -> Note:
    return Note(code, SENTENCES[code], params)


def plainly(value: Decimal) -> str:
    shortest = value.normalize()
    return format_number(value, max(0, -int(shortest.as_tuple().exponent)))
