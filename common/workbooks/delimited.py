"""Delimited text: csv with comma, semicolon, tab or bar, in UTF-8, UTF-16 or Windows-874."""

import contextlib
import csv
import io
import re
from collections.abc import Sequence

from common.workbooks.cells import Cell
from common.workbooks.details import bound
from common.workbooks.gate import Limits, UnreadableFile

_DELIMITERS = "\t;,|"


def read_delimited(content: bytes, limits: Limits) -> list[list[Cell]]:
    """Return the rows, all of equal width; an empty cell is None.

    :raises UnreadableFile: if it cannot be decoded, is empty or larger than the limits.
    """
    text = _decode(content)
    delimiter = _delimiter(text)
    rows: list[list[Cell]] = []
    width = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell if cell.strip() else None for cell in line])
            width = max(width, len(line))
            bound(len(rows), width, limits)
    except csv.Error as error:
        raise UnreadableFile("truncated") from error
    if not any(cell is not None for row in rows for cell in row):
        raise UnreadableFile("empty_file")
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows


def _decode(content: bytes) -> str:
    """Decode by byte order mark, else as UTF-8, else as Windows-874 (which holds TIS-620)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp874")
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\x00" not in text:
                return text
    raise UnreadableFile("unknown_encoding")


def _delimiter(text: str) -> str:
    """Return the sign that stands most often, and most evenly, in the first lines."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in lines]

    def evidence(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in unquoted]
        return sum(1 for count in counts if count), sum(counts)

    best = max(_DELIMITERS, key=evidence)
    return best if evidence(best)[0] else ","
