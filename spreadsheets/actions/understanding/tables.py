"""Where the table stands: its sheet, its heading, the columns of each field, and what to ask of them."""

from collections.abc import Mapping, Sequence

from common.sheets import SheetResource
from common.workbooks.book import Book, Sheet
from common.workbooks.cells import column_name
from common.workbooks.layout import (
    SEARCHED_ROWS,
    Layout,
    find_layout,
    headings_of,
)
from spreadsheets.actions.understanding.findings import (
    QUESTION,
    WARNING,
    Choice,
    Finding,
    Remembered,
    Table,
    Understanding,
    note_of,
)
from spreadsheets.actions.understanding.periods import StatedPeriod


def find_table(
    found: Understanding,
    book: Book,
    resource: SheetResource,
    choice: Choice,
    period: StatedPeriod,
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
        found.findings.append(Finding(WARNING, note_of("remembered"), recalled[0][0].name))
    return recalled


def _give(layout: Layout, columns: Mapping[str, int]) -> None:
    layout.columns = dict(columns)
    for column in columns.values():
        layout.headings.setdefault(column, "")


def _question_sheet(
    found: Understanding, layouts: Sequence[tuple[Sheet, Layout | None]], period: StatedPeriod
) -> None:
    """Ask whether the sheet is right where its name says another period, or others are like it."""
    sheet, layout = found.sheet, found.layout
    named = period.of_sheet(sheet.name)
    if named is not None and named != period.key:
        note = note_of(
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
        note = note_of("other_sheets", sheet=sheet.name, others=", ".join(alike)[:200])
        found.findings.append(Finding(QUESTION, note, sheet.name))
        found.tables += map(Table, alike)


def question_headings(found: Understanding, layout: Layout, period: StatedPeriod) -> None:
    """Ask which column is meant where more than one bears a field's heading, or another period."""
    for column in sorted(layout.columns.values()):
        heading = layout.headings[column]
        place = (layout.sheet, layout.heading_bottom, column)
        stated = period.of_sheet(heading)
        if stated is not None and stated != period.key:
            note = note_of(
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
            note = note_of(
                "same_heading", heading=heading[:60], used=column_name(column),
                others=", ".join(others),
            )  # fmt: skip
            found.findings.append(Finding(QUESTION, note, *place))


def question_period(found: Understanding, layout: Layout, period: StatedPeriod) -> None:
    titled = period.of_title(layout.title)
    if titled is None or titled == period.key:
        return
    note = note_of("title_period", form=period.name(titled), chosen=period.name(period.key))
    found.findings.append(Finding(QUESTION, note, layout.sheet))
