"""A whole workbook read as a form of a kind."""

from collections.abc import Callable, Mapping, Sequence

from common.sheets import SheetResource, SheetRow
from common.workbooks.book import Book
from spreadsheets.actions.understanding.findings import (
    ERROR,
    WARNING,
    Choice,
    Finding,
    Remembered,
    Understanding,
    note_of,
)
from spreadsheets.actions.understanding.lines import read_rows
from spreadsheets.actions.understanding.periods import StatedPeriod
from spreadsheets.actions.understanding.tables import find_table, question_headings, question_period


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
    period = StatedPeriod(resource.period, fiscal_year, number)
    find_table(found, book, resource, choice, period, remembered or {})
    sheet, layout = found.sheet, found.layout
    if layout is None:
        found.findings.append(Finding(ERROR, note_of("no_table"), sheet.name))
        return found
    question_period(found, layout, period)
    if not choice.columns and not any(each.note.code == "remembered" for each in found.findings):
        question_headings(found, layout, period)
    read_rows(found, resource, rows, agency_name, make)
    if not found.lines and not found.of_level(ERROR):
        found.findings.append(
            Finding(ERROR, note_of("no_rows"), sheet.name, layout.heading_bottom, 0)
        )
    there = {line.row.code for line in found.lines}
    missing = sum(row.code not in there for row in rows if not row.is_share)
    # An open register owes no row.
    if found.lines and missing > 0 and not resource.is_open:
        found.findings.append(Finding(WARNING, note_of("left_out", count=str(missing)), sheet.name))
    return found
