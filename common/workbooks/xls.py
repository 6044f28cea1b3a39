"""What the records of an xls say beside the values that calamine reads ([MS-XLS] 2.4)."""

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from common.workbooks.details import SheetDetails

_BEGIN, _END, _SHEET = 0x0809, 0x000A, 0x0085
_ROW, _COLUMNS = 0x0208, 0x007D
_FORMAT, _STYLE = 0x041E, 0x00E0
# Several short numbers; a number, a short one, the outcome of a formula: all begin with their place.
_SHORT_NUMBERS = 0x00BD
_FIGURES = {0x0203, 0x027E, 0x0006, _SHORT_NUMBERS}
_HIDDEN_ROW, _HIDDEN_COLUMNS = 0x0020, 0x0001
_PERCENT_NUMBERS = {9, 10}  # the built-in formats 0% and 0.00%
_UNICODE_SINCE = 0x0600  # the version of Excel 97
# More than the largest sheet that is taken has cells; whoever writes more wants to keep us busy.
_FOLLOWED_AT_MOST = 2_000_000

_Record = tuple[int, memoryview]


def read_xls_details(path: Path) -> list[SheetDetails] | None:
    """Return what each sheet hides and shows as percent, in the workbook's own order.

    None: its records cannot be followed, so nobody can say.
    """
    try:
        with olefile.OleFileIO(str(path)) as container:
            name = "Workbook" if container.exists("Workbook") else "Book"
            content = memoryview(container.openstream(name).read())
        return _read(content)
    except (OSError, struct.error, LookupError, ValueError, OverflowError):
        return None


def _read(content: memoryview) -> list[SheetDetails]:
    starts: list[int] = []
    percent = set(_PERCENT_NUMBERS)
    styles: list[int] = []
    is_unicode = True
    countdown = iter(range(_FOLLOWED_AT_MOST))
    for kind, cells in _records(content, 0, countdown):
        if kind == _BEGIN:
            is_unicode = struct.unpack_from("<H", cells)[0] >= _UNICODE_SINCE
        elif kind == _SHEET:
            starts.append(struct.unpack_from("<I", cells)[0])
        elif kind == _FORMAT and "%" in _written(cells, is_unicode=is_unicode):
            percent.add(struct.unpack_from("<H", cells)[0])
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", cells, 2)[0])
    shown = {index for index, number in enumerate(styles) if number in percent}
    return [_read_sheet(content, start, shown, countdown) for start in starts]


def _records(content: memoryview, start: int, countdown: Iterator[int]) -> Iterator[_Record]:
    """Yield the records of one part, without those of a drawing or chart that lies within it.

    The parts may name each other's places, so one countdown bounds all that is followed.
    """
    depth = 0
    for _left in countdown:
        kind, length = struct.unpack_from("<HH", content, start)
        if kind == _BEGIN:
            depth += 1
        if depth == 1:
            yield kind, content[start + 4 : start + 4 + length]
        if kind == _END:
            depth -= 1
            if depth <= 0:
                return
        start += 4 + length
    raise ValueError("more records than a workbook has")


def _written(cells: memoryview, *, is_unicode: bool) -> str:
    """Return how a number format is written; its signs have one byte or two."""
    if not is_unicode:
        return bytes(cells[3:]).decode("latin-1")
    return bytes(cells[5:]).decode("utf-16-le" if cells[4] & 1 else "latin-1", "replace")


def _read_sheet(
    content: memoryview, start: int, percent_styles: set[int], countdown: Iterator[int]
) -> SheetDetails:
    details = SheetDetails()
    for kind, cells in _records(content, start, countdown):
        if kind == _ROW:
            (flags,) = struct.unpack_from("<H", cells, 12)
            if flags & _HIDDEN_ROW:
                details.hidden_rows.add(struct.unpack_from("<H", cells)[0])
        elif kind == _COLUMNS:
            first, last, _width, _style, flags = struct.unpack_from("<5H", cells)
            if flags & _HIDDEN_COLUMNS:
                details.hidden.append((first, last))
        elif kind in _FIGURES:
            details.percent.update(
                (row, column)
                for row, column, style in _figures(kind, cells)
                if style in percent_styles
            )
    return details


def _figures(kind: int, cells: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and style of a figure, or of the several that one record may hold."""
    row, first = struct.unpack_from("<2H", cells)
    # Of several, style and number follow each other; behind them stands the last column.
    count = (len(cells) - 6) // 6 if kind == _SHORT_NUMBERS else 1
    for index in range(count):
        yield row, first + index, struct.unpack_from("<H", cells, 4 + 6 * index)[0]
