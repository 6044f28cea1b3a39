"""An xls made fit for calamine: bounded before it is parsed, with what it hides looked up ([MS-XLS]).

calamine believes what a container and its records claim: a chain of sectors that bites its own tail
or a wide empty sheet makes it ask for memory until the process dies, which nothing can catch. So
the workbook's stream is taken out, followed record by record, and handed on in a plain container.
"""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import olefile

from common.workbooks.details import SheetDetails, bound
from common.workbooks.gate import Limits, UnreadableFile

_BEGIN, _END, _SHEET = 0x0809, 0x000A, 0x0085
_ENCRYPTED, _STRINGS = 0x002F, 0x00FC
_ROW, _COLUMNS, _EXTENT = 0x0208, 0x007D, 0x0200
_FORMAT, _STYLE = 0x041E, 0x00E0
# Several short numbers; a number, a short one, the outcome of a formula: all begin with their place.
_SHORT_NUMBERS = 0x00BD
_FIGURES = {0x0203, 0x027E, 0x0006, _SHORT_NUMBERS}
# A text of its own, one that is shared, a truth or an error.
_OTHER_CELLS = {0x0204, 0x00FD, 0x0205}
_HIDDEN_ROW, _HIDDEN_COLUMNS = 0x0020, 0x0001
_PERCENT_NUMBERS = {9, 10}  # the built-in formats 0% and 0.00%
_UNICODE_SINCE = 0x0600  # the version of Excel 97
_LEAST_STRING = 3  # bytes
# More than the largest sheet that is taken has cells; whoever writes more wants to keep us busy.
_FOLLOWED_AT_MOST = 2_000_000


class _Record(NamedTuple):
    kind: int
    start: int
    cells: memoryview


class _Book(NamedTuple):
    """Where the sheets begin, and the cell styles that show a figure as percent."""

    starts: list[int]
    percent_styles: set[int]


def read_xls(path: Path, limits: Limits) -> tuple[io.BytesIO, list[SheetDetails]]:
    """Return the workbook in a plain container, and the details of its sheets in its own order.

    :raises UnreadableFile: if its records cannot be followed, or lead beyond the limits.
    """
    try:
        stream = bytearray(_stream_of(path))
        countdown = iter(range(_FOLLOWED_AT_MOST))
        book = _read_book(memoryview(stream), limits, countdown)
        sheets = [_Sheet(stream, book, limits) for _start in book.starts]
        parts = [
            sheet.follow(start, countdown) for sheet, start in zip(sheets, book.starts, strict=True)
        ]
    except (OSError, struct.error, LookupError, ValueError, OverflowError) as error:
        raise UnreadableFile("truncated") from error
    ends_before = 0
    for part in sorted(parts, key=lambda each: each.start):
        # Read from another place, the same bytes would be other records than those bounded here.
        if part.start < ends_before:
            raise UnreadableFile("truncated")
        ends_before = part.stop
    return _container(bytes(stream)), [sheet.details for sheet in sheets]


def _stream_of(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if struct.unpack_from("<HH", head, 30) not in _SECTOR_SIZES:
        raise ValueError("sectors of a size that no container has")
    # Sectors of the two tables and of the list of tables: none may be more than the file holds.
    claimed = max(struct.unpack_from("<I", head, at)[0] for at in (44, 64, 72))
    if claimed * _LEAST_SECTOR > size:
        raise ValueError("a table of sectors is larger than the file")
    try:
        with olefile.OleFileIO(str(path)) as container:
            name = "Workbook" if container.exists("Workbook") else "Book"
            if max(container.get_size(name), container.root.size) > size:
                raise ValueError("a stream is larger than the file")
            content: bytes = container.openstream(name).read()
            return content
    except (AttributeError, TypeError, RecursionError) as error:
        # What olefile meets where a folder is not one, or holds itself.
        raise ValueError("not a container") from error


def _read_book(content: memoryview, limits: Limits, countdown: Iterator[int]) -> _Book:
    starts: list[int] = []
    percent = set(_PERCENT_NUMBERS)
    styles: list[int] = []
    is_unicode = True
    for kind, _start, cells in _records(content, 0, countdown):
        if kind == _BEGIN:
            is_unicode = struct.unpack_from("<H", cells)[0] >= _UNICODE_SINCE
        elif kind == _SHEET:
            starts.append(struct.unpack_from("<I", cells)[0])
        elif kind == _FORMAT and "%" in _written(cells, is_unicode=is_unicode):
            percent.add(struct.unpack_from("<H", cells)[0])
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", cells, 2)[0])
        else:
            _check_claim(kind, cells, len(content))
    if len(starts) > limits.sheets:
        raise UnreadableFile("too_many_sheets", found=str(len(starts)), limit=str(limits.sheets))
    return _Book(starts, {index for index, number in enumerate(styles) if number in percent})


def _check_claim(kind: int, cells: memoryview, size: int) -> None:
    if kind == _ENCRYPTED and struct.unpack_from("<H", cells)[0]:
        raise UnreadableFile("encrypted")
    if kind == _STRINGS and struct.unpack_from("<I", cells, 4)[0] * _LEAST_STRING > size:
        raise ValueError("more strings than the workbook has room for")


def _records(content: memoryview, start: int, countdown: Iterator[int]) -> Iterator[_Record]:
    """Yield the records of one part up to its end, with those of a chart that lies within it.

    One countdown bounds all that is followed.
    """
    depth = 0
    for _left in countdown:
        kind, length = struct.unpack_from("<HH", content, start)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0 and kind != _END:
            raise ValueError("a part that does not say that it begins")
        cells = content[start + 4 : start + 4 + length]
        if len(cells) < length:
            raise ValueError("a record is longer than its stream")
        yield _Record(kind, start, cells)
        if depth <= 0:
            return
        start += 4 + length
    raise UnreadableFile("too_many_cells", limit=f"{_FOLLOWED_AT_MOST:,}")


def _written(cells: memoryview, *, is_unicode: bool) -> str:
    """Return how a number format is written; its signs have one byte or two."""
    if not is_unicode:
        return bytes(cells[3:]).decode("latin-1")
    return bytes(cells[5:]).decode("utf-16-le" if cells[4] & 1 else "latin-1", "replace")


class _Sheet:
    """Measures a sheet while its records go by."""

    def __init__(self, stream: bytearray, book: _Book, limits: Limits) -> None:
        self.details = SheetDetails()
        self._stream = stream
        self._percent_styles = book.percent_styles
        self._limits = limits

    def follow(self, start: int, countdown: Iterator[int]) -> range:
        """Take in the records from a place on; returns the bytes that they span."""
        details = self.details
        end = start
        for kind, place, cells in _records(memoryview(self._stream), start, countdown):
            end = place
            if kind in _FIGURES or kind in _OTHER_CELLS:
                self._take_cells(kind, cells)
            elif kind == _ROW:
                if struct.unpack_from("<H", cells, 12)[0] & _HIDDEN_ROW:
                    details.hidden_rows.add(struct.unpack_from("<H", cells)[0])
            elif kind == _COLUMNS:
                first, last, _width, _style, flags = struct.unpack_from("<5H", cells)
                if flags & _HIDDEN_COLUMNS:
                    details.hidden.append((first, last))
            elif kind == _EXTENT:
                # What it claims, cells that only look empty among it, calamine would make room for.
                cells[:] = bytes(len(cells))
        bound(details.bottom, details.right, self._limits)
        return range(start, end + 4)

    def _take_cells(self, kind: int, cells: memoryview) -> None:
        row, first, style = struct.unpack_from("<3H", cells)
        # Of several, style and number follow each other; behind them stands the last column.
        count = (len(cells) - 6) // 6 if kind == _SHORT_NUMBERS else 1
        details = self.details
        details.bottom = max(details.bottom, row + 1)
        details.right = max(details.right, first + count)
        if kind in _OTHER_CELLS:
            return
        for index in range(count):
            if index:
                (style,) = struct.unpack_from("<H", cells, 4 + 6 * index)
            if style in self._percent_styles:
                details.percent.add((row, first + index))


# ---------------------------------------------------------------- a plain container ([MS-CFB])

_HEAD = 512
_LEAST_SECTOR = 512
_SECTOR_SIZES = {(9, 6), (12, 6)}  # of the file and of small streams, as powers of two
# Sectors of 4,096 bytes, so that the places of all tables stand in the head.
_SECTOR = 4096
_IN_TABLE = _SECTOR // 4
_TABLES_IN_HEAD = 109
_FREE, _LAST, _OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ROOT, _STREAM = 5, 2


def _container(stream: bytes) -> io.BytesIO:
    """Put a workbook's stream into a compound document that holds nothing else."""
    count = max(1, -(-len(stream) // _SECTOR))
    tables = 1
    while tables * _IN_TABLE < tables + 2 + count:
        tables += 1
    # Behind the tables the folder, the sector of small streams, which must be there, and the stream.
    small, first = tables + 1, tables + 2
    chain = [*[_OF_TABLE] * tables, _LAST, _LAST, *range(first + 1, first + count), _LAST]
    chain += [_FREE] * (tables * _IN_TABLE - len(chain))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 4, 0xFFFE, 12, 6),
        *(1, tables, tables, 0, _SECTOR, _LAST, 0, _LAST, 0),
        *range(tables),
        *[_FREE] * (_TABLES_IN_HEAD - tables),
    )
    folder = _entry("Root Entry", _ROOT, 1, small, 0)
    folder += _entry("Workbook", _STREAM, _FREE, first, count * _SECTOR)
    return io.BytesIO(
        head.ljust(_SECTOR, b"\0")
        + struct.pack(f"<{len(chain)}I", *chain)
        + folder.ljust(2 * _SECTOR, b"\0")
        + stream.ljust(count * _SECTOR, b"\0")
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    beside = (_FREE, _FREE, child)
    return struct.pack("<64sHBBIII36xIQ", written, len(written) + 2, kind, 1, *beside, start, size)
