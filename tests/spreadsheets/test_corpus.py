"""Workbooks in the layouts that agencies send (domain.md §12), each with what it must come to."""
# ruff: noqa: E501  a layout is easier to see on one line

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from budget.models import SpendingLine
from budget.resources import MonthlySheet
from common.sheets import SheetRow
from common.workbooks.book import read_book
from common.workbooks.gate import Limits, judge
from projects.resources import ProgressSheet
from spreadsheets.actions.understanding import Choice, understand
from tests.spreadsheets.sheets import delimited, workbook

NAMES = ("ซ่อมถนนเลียบคลอง", "จัดซื้อเครื่องวัดฝุ่น", "รวมพลังอบรม อสม.")
MONEY = MonthlySheet()
PROGRESS = ProgressSheet()
# Nothing is allotted yet, so that no amount is far below its plan.
NO_PLAN = SpendingLine(
    1, "70", "", "current", 1, 2570, Decimal(0), Decimal(0), Decimal(0), is_sample=False
)
MONEY_ROWS = [
    SheetRow(
        n, f"70-0{n}", name, ("disbursed_to_date", "obligated", "note"),
        unit="บาท", subject=NO_PLAN,
    )
    for n, name in enumerate(NAMES, 1)
]  # fmt: skip
PROGRESS_ROWS = [
    SheetRow(
        n, f"P-{n}", name, ("percent", "narrative", "problems", "remedies", "note"),
        unit="ร้อยละ", is_percent=True,
    )
    for n, name in enumerate(NAMES, 1)
]  # fmt: skip
HEAD = ["รหัสรายการ", "รายการ", "เบิกจ่ายสะสม", "ก่อหนี้ผูกพัน"]
ONE = ["70-01", "ซ่อมถนน", 100, 50]
TWO = ["70-02", "ซื้อเครื่อง", 200, 60]
READ = {"70-01": (100, 50), "70-02": (200, 60)}


@dataclass
class Sent:
    """A workbook and what it must be understood as: figures by code, and codes of findings."""

    name: str
    sheets: Any
    figures: dict[str, tuple[Any, ...]] = field(default_factory=lambda: dict(READ))
    says: set[str] = field(default_factory=set)
    fields: tuple[str, ...] = ("disbursed_to_date", "obligated")
    choice: Choice = field(default_factory=Choice)
    made: dict[str, Any] = field(default_factory=dict)
    csv: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.name


def progress(name, sheets, figures, says=(), **more):
    return Sent(name, sheets, figures, set(says), ("percent",), **more)


CORPUS = [
    Sent("our own columns", [HEAD, ONE, TWO]),
    Sent("three title rows above", [["ทะเบียน"], ["สำนักงาน"], ["ณ วันที่ 29 พ.ย. 2567"], HEAD, ONE, TWO]),
    Sent("blank rows and a blank first column", [[], [], ["", *HEAD], [], ["", *ONE], [], ["", *TWO]]),
    Sent(
        "a heading in two storeys",
        [["รหัส", "รายการ", "ผลการเบิกจ่าย", ""], ["", "", "เบิกจ่ายสะสม", "ก่อหนี้"], ONE, TWO],
        made={"merged": [(0, 2, 0, 3)]},
    ),
    Sent(
        "a heading in three storeys with column numbers",
        [
            ["รหัส", "รายการ", "ปีงบประมาณ 2570", ""],
            ["", "", "เงิน", "เงิน"],
            ["", "", "เบิกจ่าย", "ผูกพันสัญญา"],
            ["(1)", "(2)", "(3)", "(4)=(3)-(2)"],
            ONE,
            TWO,
        ],
        made={"merged": [(0, 2, 0, 3)]},
    ),
    Sent("a row that counts the columns", [HEAD, [1, 2, 3, 4], ONE, TWO]),
    Sent("a formula row", [HEAD, ["(1)", "(2)", "(3)", "=(1)-(2)"], ONE, TWO]),
    Sent("numbers as text with commas", [HEAD, ["70-01", "", "1,000.50", "50"]], {"70-01": (Decimal("1000.5"), 50)}),
    Sent("Thai digits in code and figure", [HEAD, ["๗๐-๐๑", "", "๑,๐๐๐", "๕๐"]], {"70-01": (1000, 50)}),
    Sent("sara am in two code points in the heading", [["รหัส", "จ\u0e4dานวนเงิน เบิกจ่ายสะสม"], ["70-01", 5]], {"70-01": (5, None)}),
    Sent("zero-width spaces everywhere", [["รหัส\u200b", "เบิก\u200bจ่าย"], ["70-01\u200b", "5\u200b"]], {"70-01": (5, None)}),
    Sent("no-break spaces in figures", [HEAD, ["70-01", "", "1\u00a0000", "50"]], {"70-01": (1000, 50)}, {"spaces_inside"}),
    Sent("million baht in the title", [["หน่วย : ล้านบาท"], HEAD, ["70-01", "", 0.5, 0.25]], {"70-01": (500000, 250000)}),
    Sent("million baht in one heading", [["รหัส", "เบิกจ่าย (ล้านบาท)", "ก่อหนี้ (บาท)"], ["70-01", 0.5, 250]], {"70-01": (500000, 250)}),
    Sent("million baht in a cell", [HEAD, ["70-01", "", "0.5 ล้านบาท", "0.25 ลบ."]], {"70-01": (500000, 250000)}),
    Sent("baht typed as million baht", [["หน่วย : ล้านบาท"], HEAD, ["70-01", "", 538800, 0]], {"70-01": (538800000000, 0)}, {"unit_suspicion"}),
    Sent("dashes are not zero", [HEAD, ["70-01", "", "-", 0]], {"70-01": (None, 0)}),
    Sent("dashes are zero where said so", [HEAD, ["70-01", "", "–", 5]], {"70-01": (0, 5)}, {"dash_as_zero"}, choice=Choice(dash_is_zero=True)),
    Sent("brackets are minus", [HEAD, ["70-01", "", "(1,000)", 5]], {"70-01": (-1000, 5)}),
    Sent("words for no data", [HEAD, ["70-01", "", "ไม่มีข้อมูล", 5]], {"70-01": (None, 5)}, {"no_data_word"}),
    Sent("totals and groups between", [HEAD, ["ประเด็นการพัฒนาที่ 1 เศรษฐกิจ"], ONE, TWO, ["รวม", "", 300, 110], ["รวมทั้งสิ้น", "", 300, 110]]),
    Sent("a total that is wrong", [HEAD, ONE, TWO, ["รวม", "", 301, 110]], says={"checksum"}),
    Sent("subtotals of groups", [HEAD, ONE, ["รวมงบจังหวัด", "", 100, 50], TWO, ["รวมงบกลุ่มจังหวัด", "", 200, 60], ["รวมทั้งสิ้น", "", 300, 110]]),
    Sent("a signature block at the foot", [HEAD, ONE, TWO, [], ["", "ลงชื่อ.............ผู้รายงาน"], ["", "(นายก ข)"]]),
    Sent("a repeated heading in the middle", [HEAD, ONE, HEAD, TWO]),
    Sent("code and name in one cell", [["รายการ", "เบิกจ่าย", "ก่อหนี้"], ["70-01 ซ่อมถนนเลียบคลอง", 100, 50], ["70-02 จัดซื้อเครื่องวัดฝุ่น", 200, 60]]),
    Sent("what a row is called before its code or name", [["โครงการ", "เบิกจ่าย", "ก่อหนี้"], ["รายการที่ 70-01 ซ่อมถนนเลียบคลอง", 100, 50], ["โครงการจัดซื้อเครื่องวัดฝุ่น", 200, 60]]),
    Sent("names without codes", [["โครงการ", "เบิกจ่าย", "ก่อหนี้"], ["ซ่อมถนนเลียบคลอง", 100, 50], ["จัดซื้อเครื่องวัดฝุ่น", 200, 60]]),
    Sent("a name that begins like a total", [["โครงการ", "เบิกจ่าย"], ["ซ่อมถนนเลียบคลอง", 100], ["รวมพลังอบรม อสม.", 5], ["รวม", 105]], {"70-01": (100, None), "70-03": (5, None)}),
    Sent("a code in the wrong place", [HEAD, ONE, ["70-20", "", 5, 5]], {"70-01": (100, 50)}, {"unknown_row_near"}),
    Sent("a hidden row is read and marked", [HEAD, ONE, TWO], says={"hidden_rows", "hidden_row"}, made={"hidden_rows": [2]}),
    Sent("a hidden column is not read", [HEAD, ONE, TWO], {"70-01": (100, None), "70-02": (200, None)}, {"hidden_columns"}, made={"hidden_columns": [3]}),
    Sent("a hidden sheet is not read", {"ใหม่": [HEAD, ONE, TWO], "เก่า": [HEAD, ["70-03", "", 9, 9], TWO, ONE]}, says={"hidden_sheet"}, made={"hidden_sheets": ["เก่า"]}),
    Sent("a sheet for each month", {"ต.ค.": [HEAD, ["70-01", "", 1, 1]], "พ.ย.": [HEAD, ONE, TWO], "ธ.ค.": [HEAD, ["70-01", "", 9, 9]]}),
    Sent("sheets of other months only", {"ต.ค.": [HEAD, ONE, TWO], "สรุป": [["รวมทุกเดือน"]]}, says={"sheet_period"}),
    Sent("sheets named by month and year among others", {"คำชี้แจง": [["ก"]], "เบิกจ่าย พ.ย. 68": [HEAD, ["70-01", "", 9, 9]], "เบิกจ่าย พ.ย. 69": [HEAD, ONE, TWO]}),
    Sent("two sheets with the same table", {"งบจังหวัด": [HEAD, ONE, TWO], "งบกลุ่มจังหวัด": [HEAD, ["70-03", "", 9, 9]]}, says={"other_sheets"}),
    Sent("another month in the title", [["ผลการเบิกจ่าย เดือนตุลาคม ๒๕๖๙"], HEAD, ONE, TWO], says={"title_period"}),
    Sent("this month at the end of a span in the title", [["ตั้งแต่เดือน ต.ค. - พ.ย. 2569 ข้อมูล ณ วันที่ 4 ธ.ค. 2569"], HEAD, ONE, TWO]),
    Sent("another fiscal year in the title", [["ประจำปีงบประมาณ พ.ศ. 2569"], HEAD, ONE, TWO], says={"title_period"}),
    Sent("the table on the second sheet", {"ปก": [["รายงาน"]], "ข้อมูล": [HEAD, ONE, TWO]}),
    Sent("a formula with its result", [HEAD, ["70-01", "", "", 50]], {"70-01": (300, 50)}, made={"formulas": {(1, 2): ("=100+200", 300)}}),
    Sent("an Excel error in a cell", [HEAD, ["70-01", "", "", 50]], {"70-01": (None, 50)}, {"sheet_error"}, made={"formulas": {(1, 2): ("=1/0", "#DIV/0!")}}),
    Sent("a date in a money cell", [HEAD, ["70-01", "", date(2027, 1, 1), 50]], {"70-01": (None, 50)}, {"not_a_number"}),
    Sent("two figures in one cell", [HEAD, ["70-01", "", "412 / 424", 50]], {"70-01": (None, 50)}, {"two_numbers"}),
    Sent("the same code twice", [HEAD, ONE, ONE], {"70-01": (100, 50)}, {"twice"}),
    Sent("merged code cells", [["รหัส", "หมายเหตุ", "เบิกจ่าย", "ก่อหนี้"], ["70-01", "", 100, 50], ["70-02", "", 200, 60]]),
    Sent("columns in another order", [["ก่อหนี้", "เบิกจ่าย", "รหัส"], [50, 100, "70-01"], [60, 200, "70-02"]]),
    Sent("a ministry's monitor", [["ลำดับ", "รหัสโครงการ", "งบหลังโอนเปลี่ยนแปลง", "ได้รับจัดสรร", "เบิกแทนกัน", "PO", "เบิกจ่าย", "รวมใช้ไป", "คงเหลือ", "ร้อยละ"], [1, "70-01", 900, 900, 0, 50, 100, 150, 750, "16.67%"], [2, "70-02", 900, 900, 0, 60, 200, 260, 640, "28.89%"]]),
    Sent("a csv of Windows-874 with semicolons", [HEAD, ONE, TWO], csv={"encoding": "cp874", "delimiter": ";"}),
    Sent("a csv with a mark and tabs", [HEAD, ONE, TWO], csv={"encoding": "utf-8-sig", "delimiter": "\t"}),
    Sent("codes that Excel took for numbers", [["รหัส", "เบิกจ่าย"], [7001, 5]], {}, {"unknown_row_near"}),
    Sent(
        "a cooperative office's register",
        [
            ["ทะเบียนคุมงบประมาณรายจ่าย"],
            ["สำนักงานสหกรณ์จังหวัดสมุทรสาคร"],
            ["ผลเบิกจ่ายรายเดือน ณ วันที่ 29 พฤศจิกายน 2569"],
            ["รายการ", "งบประมาณ", "", "เบิกจ่าย", "PO", "ร้อยละ", "ร้อยละ"],
            ["", "(เพิ่ม/ลด)", "ทั้งหมด", "ไม่รวม PO", "Not PO", "เบิกจ่าย", "ใช้จ่าย"],
            ["", "(1)", "(2)", "(3)", "(4)", "=(3)/(2)", "=((3)+(4))/(2)"],
            ["1.แผนงาน บุคลากรภาครัฐ", 0, 900, 300, 110, 33.33, 45.55],
            ["กิจกรรมหลัก ถนนและเครื่องมือ", 0, 900, 300, 110, 33.33, 45.55],
            ["- ค่าตอบแทน ช่างซ่อมถนน (70\u201101)", 0, 450, "๑๐๐", 50, 22.22, 33.33],
            ["- จัดซื้อเครื่องวัดฝุ่น", 0, 450, 200, 60, 44.44, 57.77],
            ["2.แผนงาน ยุทธศาสตร์", 0, 0, 1, 0, 0, 0],
            [],
            ["", "", "", "(นางสาวสมหญิง ใจดี)"],
            ["", "", "", "นักวิชาการเงินและบัญชี"],
        ],
        made={"merged": [(3, 1, 3, 2), (3, 0, 5, 0)]},
    ),
    Sent("a group whose total is not that of its lines", [HEAD, ["แผนงานที่ 1", "", 100, 50], ONE, ["แผนงานที่ 2", "", 201, 60], TWO, ["รวม", "", 300, 110]], says={"checksum"}),
    Sent("totals of three storeys below their lines", [HEAD, ONE, ["รวมกิจกรรม", "", 100, 50], TWO, ["รวมกิจกรรม", "", 200, 60], ["รวมแผนงาน", "", 300, 110], ["70-03", "", 5, 5], ["รวมกิจกรรม", "", 5, 5], ["รวมแผนงาน", "", 5, 5], ["รวมทั้งสิ้น", "", 305, 115]], READ | {"70-03": (5, 5)}),
    Sent("a heading that goes on below the row that explains it", [["รหัส", "รายการ", "เบิกจ่าย", "ก่อหนี้"], ["", "", "เงิน", "เงิน"], ONE, TWO]),
    Sent("a second table with the same columns", [["ตารางที่ 1"], HEAD, ONE, ["รวม", "", 100, 50], [], ["ตารางที่ 2"], HEAD, TWO, ["รวม", "", 200, 60], ["รวมทั้งสิ้น", "", 300, 110]]),
    Sent("a second table with its columns changed about", [HEAD, ONE, TWO, [], ["ตารางที่ 2"], [HEAD[0], HEAD[1], HEAD[3], HEAD[2]], ["70-03", "", 1, 2]], says={"another_table"}),
    Sent("a second table of something else", [HEAD, ONE, TWO, [], ["ที่", "ชื่อครุภัณฑ์", "จำนวน"], [1, "รถ", 2], [2, "เรือ", 3]], says={"another_table"}),
    Sent("two tables beside each other", [["รหัส", "เบิกจ่าย", "ก่อหนี้", "", "รหัส", "เบิกจ่าย", "ก่อหนี้"], ["70-01", 100, 50, "", "70-03", 9, 9], ["70-02", 200, 60]], says={"same_heading"}),
    Sent("entries below a remark and below a signature", [HEAD, ONE, ["หมายเหตุ: รายการต่อไปนี้เพิ่มใหม่"], TWO, ["ลงชื่อ..........ผู้รายงาน"], ["นาย ก", "", "ข"], HEAD, ["70-03", "", 9, 9], ["ตำแหน่ง นักวิชาการ"], ["โทร. 034 411 111", "", 5]], READ | {"70-03": (9, 9)}),
    Sent("hyphens and letters of another width", [HEAD, ["70\u201301", "", 100, 50], ["\uff17\uff10-02", "", 200, 60]]),
    Sent("a heading of two storeys repeated on each page", [["รหัส", "เบิกจ่าย", "ก่อหนี้"], ["", "(ล้านบาท)", "(พันบาท)"], ["70-01", 0.0001, 0.05], ["รหัส", "เบิกจ่าย", "ก่อหนี้"], ["", "(ล้านบาท)", "(พันบาท)"], ["70-02", 0.0002, 0.06]]),
    Sent(
        "months beside each other in paired columns",
        [
            ["แผน/ผลการใช้จ่าย"],
            ["รหัส", "รายการ", "ต.ค. 69", "", "พ.ย. 69", "", "ธ.ค. 69", "", "รวม", ""],
            ["", "", *["เบิกจ่าย", "ก่อหนี้"] * 4],
            ["70-01", "ซ่อมถนน", 1, 2, 100, 50, 3, 4, 104, 56],
            ["70-02", "ซื้อเครื่อง", 1, 2, 200, 60, 3, 4, 204, 66],
        ],
        made={"merged": [(1, 2, 1, 3), (1, 4, 1, 5), (1, 6, 1, 7), (1, 8, 1, 9)]},
    ),
    Sent("a column of another month only", [["รหัส", "เบิกจ่าย ต.ค. 69", "ก่อหนี้"], ["70-01", 100, 50]], {"70-01": (100, 50)}, {"heading_period"}),
    progress("the quarter's own column", [["รหัส", "ร้อยละ ไตรมาส 2", "ร้อยละ ไตรมาส 1"], ["P-1", 9, 40]], {"P-1": (40,)}),
    progress("a result in percent beside its target", [["รหัส", "เป้าหมาย (ร้อยละ)", "ผลการดำเนินงาน (ร้อยละ)"], ["P-1", 50, 40]], {"P-1": (40,)}),
    progress(
        "what was planned above what was done, in merged cells",
        [["รหัส", "รายการ", "ร้อยละ"], ["P-1", "เป้าหมาย (ร้อยละ)", 50], ["", "ผลการดำเนินงานจริง (ร้อยละ)", 40], ["P-2", "แผน", 60], ["", "ผล", 0]],
        {"P-1": (40,), "P-2": (0,)},
        made={"merged": [(1, 0, 2, 0)]},
    ),
    progress("percent as text", [["รหัส", "ความก้าวหน้า"], ["P-1", "46.33%"], ["P-2", "ร้อยละ 50"]], {"P-1": (Decimal("46.33"),), "P-2": (50,)}),
    progress("percent by format", [["รหัส", "ร้อยละ"], ["P-1", 0.4633]], {"P-1": (Decimal("46.33"),)}, made={"percent": [(1, 1)]}),
    progress("a share of one is asked about", [["รหัส", "ร้อยละ"], ["P-1", 0.4633]], {"P-1": (Decimal("0.4633"),)}, ["fraction_in_percent"]),
    progress("brackets round a percent are print", [["รหัส", "%"], ["P-1", "(59.92%)"], ["P-2", "(59.92)"]], {"P-1": (Decimal("59.92"),), "P-2": (Decimal("59.92"),)}, ["brackets_in_percent"]),
    progress("another quarter in the title", [["ไตรมาสที่ 4 (1 ก.ค. 69 - 30 ก.ย. 69)"], ["รหัส", "ร้อยละ"], ["P-1", 50]], {"P-1": (50,)}, ["title_period"]),
    progress("this quarter in the title", [["ไตรมาสที่ 1 (ต.ค. - ธ.ค. 69)"], ["รหัส", "ร้อยละ"], ["P-1", 50]], {"P-1": (50,)}),
    progress("status in prose beside the figure", [["รหัส", "ความก้าวหน้า", "สถานะ", "ปัญหา/อุปสรรค", "ข้อเสนอแนะ"], ["P-1", 50, "อยู่ระหว่างดำเนินการ", "ฝนตก", "รอ"]], {"P-1": (50,)}),
    progress("a project that is not known, in words only", [["โครงการ", "ร้อยละ", "สถานะ", "ปัญหา"], ["โครงการใหม่", "ไม่มีข้อมูล", "รอ", "ฝน"], ["ซ่อมถนนเลียบคลอง", 50]], {"P-1": (50,)}, ["unknown_row"]),
    progress("rows in words below a remark", [["รหัส", "ร้อยละ", "สถานะ"], ["P-1", 50, "รอ"], ["หมายเหตุ: ข้อมูลเบื้องต้น"], ["P-9", "", "ยังไม่เริ่ม"], ["", "", "ผู้อำนวยการ"]], {"P-1": (50,)}, ["below_foot"]),
    progress("no heading at all", [["P-1", 50], ["P-2", 60]], {}, ["no_table"]),
    progress("a heading without rows", [["รหัส", "ร้อยละ"]], {}, ["no_rows"]),
]  # fmt: skip


@pytest.mark.parametrize("sent", CORPUS, ids=str)
def test_a_workbook_is_understood(sent, tmp_path):
    name = "a.csv" if sent.csv else "a.xlsx"
    file = delimited(sent.sheets, **sent.csv) if sent.csv else workbook(sent.sheets, **sent.made)
    path = tmp_path / name
    path.write_bytes(file.getvalue())
    is_money = sent.fields[0] == "disbursed_to_date"
    found = understand(
        read_book(path, judge(path, name, Limits()).format, Limits()),
        MONEY if is_money else PROGRESS,
        MONEY_ROWS if is_money else PROGRESS_ROWS,
        sent.choice,
        agency_name="สสจ.",
        fiscal_year=2570,
        number=2 if is_money else 1,
    )
    figures = {
        line.row.code: tuple(line.values.get(name) for name in sent.fields) for line in found.lines
    }
    assert figures == sent.figures, [str(finding.note) for finding in found.findings]
    said = {finding.note.code for finding in found.findings} - {"left_out", "blank_keeps"}
    assert said == sent.says, [str(finding.note) for finding in found.findings]


def test_the_corpus_has_at_least_forty_layouts():
    assert len({sent.name for sent in CORPUS}) >= 40
