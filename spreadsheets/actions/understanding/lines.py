"""The rows below a heading as lines of the form: what each states, and what is to be said of it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from common.readings import Kind, Reading
from common.sheets import SheetResource, SheetRow
from common.workbooks.layout import (
    Layout,
    RowKind,
    fill_down,
    rows_of,
)
from spreadsheets.actions.understanding.cells import Reader, readers_of
from spreadsheets.actions.understanding.directory import Directory
from spreadsheets.actions.understanding.findings import (
    ERROR,
    QUESTION,
    WARNING,
    Finding,
    Line,
    Table,
    Understanding,
    is_blank,
    is_same,
    note_of,
    plainly,
)
from spreadsheets.actions.understanding.sums import Sums


def read_rows(
    found: Understanding,
    resource: SheetResource,
    rows: Sequence[SheetRow],
    agency_name: str,
    make: Callable[[str], SheetRow | None] | None,
) -> None:
    sheet, layout = found.sheet, found.layout
    assert layout is not None  # without a table there is nothing to read
    directory = Directory(rows)
    readers = readers_of(resource, sheet, layout, dash_is_zero=found.dash_is_zero)
    key_column = layout.columns.get(resource.key.name, 0)
    filled = fill_down(sheet, key_column)
    seen: dict[str, int] = {}
    kept_blank = 0
    fields = [column.heading for column in resource.columns]
    places = rows_of(sheet, layout, fields, lambda text: directory.find(text) is not None)
    found.row_kinds = {place.number: place.kind for place in places}
    kinds = set(found.row_kinds.values())
    sums = Sums(resource, sheet, layout, is_asked=bool(kinds & {RowKind.SUBTOTAL, RowKind.OVER}))
    for place in places:
        if place.kind is not RowKind.ENTRY:
            found.findings += sums.pass_by(place)
            if place.kind is RowKind.PLAN and sheet.rows[place.number + 1][key_column] is None:
                filled[place.number + 1] = place.number
            if place.kind is RowKind.TABLE:
                note = note_of("another_table", row=str(place.number + 1))
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
            note = note_of("twice", name=row.code, other=str(seen[row.code] + 1))
            found.findings.append(Finding(ERROR, note, *at))
            continue
        seen[row.code] = number
        line = Line(sheet.name, number, row, cells=cells, columns=layout.columns)
        kept_blank += _read_cells(found, resource, line, readers)
        sums.add(line)
        found.lines.append(line)
        if row.why_not and line.changes:
            found.findings.append(Finding(ERROR, note_of("may_not", reason=row.why_not), *at))
            line.has_errors = True
    found.findings += sums.left_over()
    if left := [place.number for place in places if place.kind is RowKind.LEFT]:
        note = note_of("below_foot", count=str(len(left)), row=str(left[0] + 1))
        found.findings.append(Finding(QUESTION, note, sheet.name, left[0], key_column))
    if kept_blank:
        note = note_of("blank_keeps", count=str(kept_blank))
        found.findings.append(Finding(WARNING, note, sheet.name))


def _made(
    found: Understanding,
    directory: "Directory",
    make: Callable[[str], SheetRow | None] | None,
    at: tuple[str, int, int, str],
) -> SheetRow | None:
    """Return the row that a code not known yet would make, with a question whether it is meant."""
    row = make(at[-1]) if make is not None else None
    if row is not None and row.is_new:
        found.findings.append(Finding(QUESTION, directory.why_new(at[-1]), *at))
    return row


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
                note = note_of("not_typed", written=line.written(name))
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
            Finding(WARNING, note_of("hidden_row"), line.sheet, line.number, index, line.row.code)
        )
    if line.row.previous:
        _suspect(found, line)


def _require(found: Understanding, resource: SheetResource, line: Line, layout: Layout) -> None:
    """Say what a row that is not known yet leaves out."""
    told = {each.column for each in found.findings if each.row == line.number}
    for column in resource.columns:
        index = layout.columns.get(column.name, layout.columns.get(resource.key.name, 0))
        if column.required and column.name not in line.values and index not in told:
            note = note_of("required", label=str(column.label))
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
            note = note_of("sudden", written=plainly(value), previous=plainly(previous))
            found.findings.append(Finding(QUESTION, note, *_place(line, name)))


def _within_ten(value: Decimal, other: Decimal) -> bool:
    return abs(other) <= abs(value) * 10 and abs(value) <= abs(other) * 10
