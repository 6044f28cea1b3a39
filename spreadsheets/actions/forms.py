"""Pre-filled forms: made for one agency and one period, with only the asked cells open."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from accounts.models import Agency, User
from common.refusal import Refused
from common.sheets import Figure, SheetField, SheetResource, SheetRow
from common.tables import Column, Value
from common.thaidates import format_datetime
from common.workbooks.cells import column_name
from spreadsheets.actions.kinds import period_key, period_name, resource_of
from spreadsheets.actions.reading import FORM_PROPERTY, form_stamp
from spreadsheets.models import Period

_HEAD_ROW = 4
_LONGEST_TEXT = 2_000
_BLANK_LINES = 30  # for what is not known yet, where the kind takes new rows
_LARGEST = 10**14


def write_form(
    target: BinaryIO,
    *,
    kind: str,
    agency: Agency,
    period: Period,
    user: User,
    at: datetime,
) -> str:
    """Write the form of a kind for what an agency owes in a period; return its file name.

    :raises Refused: if the agency has nothing to fill in.
    """
    resource = resource_of(kind)
    rows = resource.rows_for(user=user, agency=agency, period=period, at=at)
    if not rows and not resource.is_open:
        raise Refused(_("หน่วยงานนี้ไม่มีรายการที่ต้องกรอกในรอบนี้"), code="nothing_due")
    resource.given_out(rows, by=user, at=at)
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": str(resource.title), "comments": period_name(period)})
    book.set_custom_property(FORM_PROPERTY, form_stamp(resource, agency, period, rows))
    page = book.add_worksheet(_sheet_name(period))
    _write_head(book, page, resource, agency, period, rows, at)
    help_page = book.add_worksheet(_("วิธีกรอก"))
    lists = _write_help(book, help_page, resource)
    typed = tuple(column.name for column in resource.columns if column.is_typed)
    lines = [*rows, *[SheetRow(0, "", "", typed)] * (_BLANK_LINES if resource.is_open else 0)]
    for number, row in enumerate(lines, _HEAD_ROW + 1):
        _write_row(book, page, resource, number, row, lists)
    _lock(page, resource, lines)
    book.close()
    return f"{kind}-{agency.code}-{period_key(period)}.xlsx"


def table_of(
    *, kind: str, agency: Agency, period: Period, user: User, at: datetime
) -> tuple[list[Column], list[list[Value]]]:
    """Return what is stored of a kind as a table of English names; a csv of it may be sent back.

    :raises Refused: if the agency has nothing to fill in.
    """
    resource = resource_of(kind)
    rows = resource.rows_for(user=user, agency=agency, period=period, at=at)
    if not rows and not resource.is_open:
        raise Refused(_("หน่วยงานนี้ไม่มีรายการที่ต้องกรอกในรอบนี้"), code="nothing_due")
    resource.given_out(rows, by=user, at=at)
    columns = [Column(column.name, str(column.label)) for column in resource.columns]
    return columns, [[_value(column, row) for column in resource.columns] for row in rows]


def _sheet_name(period: Period) -> str:
    return period_name(period).replace("/", "-").replace("\u00a0", " ")[:31]


def _write_head(
    book: Workbook,
    page: Worksheet,
    resource: SheetResource,
    agency: Agency,
    period: Period,
    rows: Sequence[SheetRow],
    at: datetime,
) -> None:
    title = book.add_format({"bold": True, "font_size": 14})
    quiet = book.add_format({"font_color": "#51606B"})
    sample = book.add_format({"bold": True, "font_color": "#9A3B1C"})
    page.write_string(0, 0, f"{resource.title} · {agency.name_th}", title)
    page.write_string(1, 0, f"{period_name(period)}")
    page.write_string(
        2, 0, _("ออกแบบกรอกเมื่อ %(at)s กรอกเฉพาะช่องสีขาว") % {"at": format_datetime(at)}, quiet
    )
    if any(row.is_sample for row in rows):
        page.write_string(3, 0, _("ข้อมูลตัวอย่าง"), sample)
    shape = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#0F3D56",
         "font_color": "#FFFFFF", "border": 1}
    )  # fmt: skip
    for index, column in enumerate(resource.columns):
        page.write_string(_HEAD_ROW, index, str(column.label), shape)
        page.set_column(index, index, column.width)
        if column.note:
            page.write_comment(_HEAD_ROW, index, str(column.note), {"x_scale": 2})
    page.set_row(_HEAD_ROW, 36)
    page.freeze_panes(_HEAD_ROW + 1, 2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD_ROW)


def _write_row(
    book: Workbook,
    page: Worksheet,
    resource: SheetResource,
    number: int,
    row: SheetRow,
    lists: Mapping[str, str],
) -> None:
    for index, column in enumerate(resource.columns):
        is_open = column.is_typed and column.name in row.typed and row.why_not is None
        is_open = is_open or not row.code  # a line for something new
        shape = _shape(book, column, row, is_open=is_open)
        value = _value(column, row)
        if value and column.reads == "choice":
            value = resource.choices(column.name).get(str(value), value)
        _write_cell(page, number, index, column, value, shape)
        if column.name in lists and is_open:
            page.data_validation(
                number, index, number, index,
                {"validate": "list", "source": lists[column.name], "error_type": "warning"},
            )  # fmt: skip
        elif is_open and column.is_typed and column.reads not in ("date", "choice"):
            _guide(page, number, index, column, row)


def _value(column: SheetField, row: SheetRow) -> Figure:
    if column.reads == "key":
        return row.code
    if column.is_typed:
        return row.stored.get(column.name)
    return row.shown.get(column.name)


def _shape(book: Workbook, column: SheetField, row: SheetRow, *, is_open: bool) -> Format:
    """Return the cell's format; equal formats are made once for a workbook."""
    settings: dict[str, object] = {"border": 1, "border_color": "#B9C6CE", "valign": "top"}
    if column.reads == "money":
        settings["num_format"] = "#,##0.00"
    elif column.shape:
        settings["num_format"] = column.shape
    elif column.reads in ("number", "percent"):
        decimals = min(row.decimals, column.places)
        settings["num_format"] = "#,##0" + ("." + "0" * decimals if decimals else "")
    elif column.reads == "date":
        settings["num_format"] = "dd/mm/yyyy"
    elif column.reads in ("key", "text", "choice"):
        settings |= {"num_format": "@", "text_wrap": True}
    else:
        settings |= {"text_wrap": True, "num_format": "#,##0.####"}
    settings |= {"locked": not is_open} if is_open else {"bg_color": "#EEF2F4"}
    key = tuple(sorted(settings.items()))
    known: dict[object, Format] = book.__dict__.setdefault("portal_formats", {})
    if key not in known:
        known[key] = book.add_format(settings)
    return known[key]


def _write_cell(
    page: Worksheet, row: int, index: int, column: SheetField, value: Figure, shape: Format
) -> None:
    if value is None or value == "":
        page.write_blank(row, index, None, shape)
    elif column.reads == "date":
        page.write_datetime(row, index, date.fromisoformat(str(value)), shape)
    # What is printed for people comes back from nobody, so it need not be exact.
    elif isinstance(value, Decimal) and (
        column.reads == "shown" or Decimal(repr(float(value))) == value
    ):
        page.write_number(row, index, value, shape)
    elif isinstance(value, Decimal):  # more digits than a cell's number holds
        page.write_string(row, index, f"{value:f}", shape)
    else:
        # Whoever uploads it drops one apostrophe, as Excel does.
        page.write_string(row, index, f"'{value}" if value.startswith("'") else value, shape)


def _guide(page: Worksheet, number: int, index: int, column: SheetField, row: SheetRow) -> None:
    """Show the unit and the last figure where the cell is typed; Excel only warns."""
    previous = row.previous.get(column.name)
    unit = column.unit_of(row)
    hint = [_("หน่วย: %(unit)s") % {"unit": unit}] if unit else []
    if isinstance(previous, Decimal):
        hint.append(_("รอบก่อน: %(value)s") % {"value": f"{previous.normalize():,f}"})
    if column.reads == "text":
        rule: dict[str, object] = {
            "validate": "length", "criteria": "<=", "value": _LONGEST_TEXT,
        }  # fmt: skip
        hint = []
    elif column.reads == "percent":
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
    else:
        rule = {
            "validate": "decimal", "criteria": "between",
            "minimum": -_LARGEST, "maximum": _LARGEST,
        }  # fmt: skip
    rule["error_type"] = "warning"
    rule["error_title"] = _("ตรวจค่าที่กรอก")
    rule["error_message"] = _("ใส่ตัวเลขอย่างเดียว หรือ ไม่เกี่ยวข้อง พร้อมเหตุผลในหมายเหตุ")
    if hint:
        rule["input_title"] = row.code[:32]
        rule["input_message"] = "\n".join(hint)[:255]
    page.data_validation(number, index, number, index, rule)


def _lock(page: Worksheet, resource: SheetResource, rows: Sequence[SheetRow]) -> None:
    page.protect(
        "",
        {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True},
    )
    page.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(rows), len(resource.columns) - 1)


def _write_help(book: Workbook, page: Worksheet, resource: SheetResource) -> dict[str, str]:
    """Explain the cells, list what may be chosen, and return the lists' places by column."""
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 90)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [
        (_("ช่องว่างหรือขีด"), _("ยังไม่รายงาน ค่าเดิมในระบบคงอยู่ ไม่ใช่ศูนย์")),
        ("0", _("ศูนย์เป็นค่าจริง")),
        (_("ไม่เกี่ยวข้อง"), _("ใช้กับตัวชี้วัดที่ไม่มีเหตุการณ์ให้วัด เขียนเหตุผลในหมายเหตุ")),
        (_("ตัวเลข"), _("ใช้เลขไทยหรืออารบิก มีจุลภาคได้ เช่น ๑๒,๓๔๕.๖๗")),
    ]
    lines += [(str(column.label), str(column.note)) for column in resource.columns if column.note]
    for number, (name, text) in enumerate(lines):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, text, wrap)
    lists = {}
    choices = [column for column in resource.columns if column.reads == "choice"]
    for index, column in enumerate(choices, 3):
        names = list(resource.choices(column.name).values())
        page.set_column(index, index, column.width)
        page.write_string(0, index, _("ตัวเลือก: %(name)s") % {"name": column.label}, bold)
        for number, name in enumerate(names, 1):
            page.write_string(number, index, name)
        if names:
            letter = column_name(index)
            lists[column.name] = f"='{page.get_name()}'!${letter}$2:${letter}${len(names) + 1}"
    return lists
