"""An assessment as a workbook, laid out as the paper form is: facts, tables, result, signatures."""

import io

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from common.thainumbers import read_number
from kpi.renderers.words import Form, Table

WIDE, NARROW = 46, 12


def xlsx_of(form: Form) -> bytes:
    """Return the form as one printable sheet; text is text, never a formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    ) as book:
        page = book.add_worksheet(_("แบบประเมิน")[:31])
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        width = max(len(table.heads) for table in form.tables)
        page.set_column(0, 0, WIDE)
        page.set_column(1, width - 1, NARROW)
        looks = _looks(book)
        row = _head(page, form, width, looks)
        for table in form.tables:
            row = _table(page, table, row, looks)
        row = _bands(page, form, row, looks)
        row = _texts(page, form, row, width, looks)
        _signatures(page, form, row, looks)
    return target.getvalue()


def _looks(book: xlsxwriter.Workbook) -> dict[str, Format]:
    base = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top", "text_wrap": True}
    edge = {**base, "border": 1}
    return {
        "title": book.add_format(
            {**base, "font_size": 18, "bold": True, "align": "center", "text_wrap": False}
        ),
        "center": book.add_format({**base, "align": "center"}),
        "label": book.add_format({**base, "bold": True}),
        "text": book.add_format(base),
        "head": book.add_format({**edge, "bold": True, "align": "center", "bg_color": "#E3ECF1"}),
        "words": book.add_format(edge),
        "figure": book.add_format({**edge, "align": "right"}),
        "decimal": book.add_format({**edge, "align": "right", "num_format": "#,##0.00##"}),
        "sum": book.add_format({**edge, "bold": True}),
        "sum_figure": book.add_format(
            {**edge, "bold": True, "align": "right", "num_format": "#,##0.00##"}
        ),
    }


def _head(page: Worksheet, form: Form, width: int, looks: dict[str, Format]) -> int:
    row = 0
    for line, look in ((form.title, "title"), (form.subtitle, "center"), (form.sample, "center")):
        if line:
            page.merge_range(row, 0, row, width - 1, line, looks[look])
            row += 1
    for label, value in form.facts:
        page.write_string(row, 0, label, looks["label"])
        page.merge_range(row, 1, row, width - 1, value, looks["text"])
        row += 1
    return row + 1


def _table(page: Worksheet, table: Table, row: int, looks: dict[str, Format]) -> int:
    page.write_string(row, 0, table.title, looks["label"])
    row += 1
    for place, head in enumerate(table.heads):
        page.write_string(row, place, head, looks["head"])
    for cells in table.rows:
        row += 1
        for place, text in enumerate(cells):
            _cell(page, row, place, text, looks, is_left=place in table.left, last=False)
    row += 1
    for place, text in enumerate(table.last):
        _cell(page, row, place, text, looks, is_left=place in table.left, last=True)
    return row + 2


def _cell(
    page: Worksheet,
    row: int,
    place: int,
    text: str,
    looks: dict[str, Format],
    *,
    is_left: bool,
    last: bool,
) -> None:
    if is_left:
        page.write_string(row, place, text, looks["sum" if last else "words"])
        return
    value = read_number(text).value if text and not text.endswith("%") else None
    if value is not None:
        page.write_number(row, place, value, looks["sum_figure" if last else "decimal"])
    else:
        page.write_string(row, place, text, looks["sum_figure" if last else "figure"])


def _bands(page: Worksheet, form: Form, row: int, looks: dict[str, Format]) -> int:
    page.write_string(row, 0, form.band_title, looks["label"])
    for name, limit, is_reached in form.bands:
        row += 1
        page.write_string(row, 0, f"{'☑' if is_reached else '☐'} {name} ({limit})", looks["text"])
    return row + 2


def _texts(page: Worksheet, form: Form, row: int, width: int, looks: dict[str, Format]) -> int:
    for title, text in form.texts:
        page.write_string(row, 0, title, looks["label"])
        page.merge_range(row, 1, row, width - 1, text, looks["text"])
        page.set_row(row, 20 * max(1, len(text) // 90 + 1 + text.count("\n")))
        row += 1
    if form.evidence:
        page.write_string(row, 0, _("รายการหลักฐาน"), looks["label"])
        for code, name in form.evidence:
            row += 1
            page.write_string(row, 0, f"{code} {name}", looks["text"])
        row += 1
    return row + 1


def _signatures(page: Worksheet, form: Form, row: int, looks: dict[str, Format]) -> None:
    for role, name, day in form.signatures:
        page.write_string(
            row, 0, f"{_('ลงชื่อ')} ........................................ {role}", looks["text"]
        )
        page.write_string(
            row + 1,
            0,
            f"({name or '........................................'}) {day}",
            looks["text"],
        )
        row += 3
    if form.footnote:
        page.write_string(row, 0, form.footnote, looks["text"])
