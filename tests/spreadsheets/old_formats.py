"""Workbooks as older programs leave them: xls (BIFF8 in its container) and ods, written by hand."""

import io
import struct
import zipfile
from collections.abc import Collection, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_SECTOR = 512
# Below this a stream would go into the container's small sectors.
_LEAST = 4096
_IN_TABLE = _SECTOR // 4
_FREE, _END, _OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def xls(
    rows: Sequence[Sequence[Any]],
    name: str = "แผ่น1",
    *,
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
    percent: Collection[tuple[int, int]] = (),
) -> io.BytesIO:
    """Write texts and numbers as the workbook of Excel 97 to 2003.

    Whole figures are written short, as Excel writes several beside each other.
    """
    lines = b"".join(
        _record(0x0208, struct.pack("<HHHHHHI", at, 0, 256, 255, 0, 0, 0x0120))
        for at in hidden_rows
    )
    columns = b"".join(
        _record(0x007D, struct.pack("<HHHHHH", at, at, 2048, 0, 1, 0)) for at in hidden_columns
    )
    cells = b"".join(
        _figure(at, column, value, int((at, column) in percent))
        if isinstance(value, int | float)
        else _record(0x0204, struct.pack("<HHHHB", at, column, 0, len(value), 1) + _utf16(value))
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
        if value not in ("", None)
    )
    # A chart on the sheet, with a row of its own that hides nothing here.
    chart = _begin(0x0020) + _record(0x0208, struct.pack("<14xH", 0x0020)) + _record(0x000A)
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = (
        _begin(0x0010) + columns + _record(0x0200, size) + lines + cells + chart + _record(0x000A)
    )
    shape = "0.00%ล"
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    head += _record(0x041E, struct.pack("<HHB", 170, len(shape), 1) + _utf16(shape))
    head += _record(0x041E, struct.pack("<HHB", 171, 1, 1) + _utf16("ล"))  # its bytes hold a % sign
    head += _record(0x00E0, struct.pack("<HH16x", 0, 171)) + _record(
        0x00E0, struct.pack("<HH16x", 0, 170)
    )
    bound = 4 + 8 + 2 * len(name)
    offset = len(head) + bound + 4
    named = struct.pack("<IBBBB", offset, 0, 0, len(name), 1) + _utf16(name)
    return container(head + _record(0x0085, named) + _record(0x000A) + sheet)


def _figure(row: int, column: int, value: float, style: int) -> bytes:
    if value == int(value):
        short = struct.pack("<HHHiH", row, column, style, int(value) << 2 | 2, column)
        return _record(0x00BD, short)
    return _record(0x0203, struct.pack("<HHHd", row, column, style, value))


def ods(rows: Sequence[Sequence[Any]]) -> io.BytesIO:
    """Write texts and numbers as LibreOffice does."""
    lines = "".join(
        f"<table:table-row>{''.join(_ods_cell(value) for value in row)}</table:table-row>"
        for row in rows
    )
    spaces = " ".join(f"xmlns:{key}={quoteattr(name)}" for key, name in _NAMES.items())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="แผ่น1">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    target.seek(0)
    return target


def _ods_cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(value)}</text:p></table:table-cell>"
    )


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(what: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0x0DBB, 0x07CC, 0, 6))


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = _utf16(name)
    beside = (_FREE, _FREE, child)
    return struct.pack("<64sHBBIII36xIQ", written, len(written) + 2, kind, 1, *beside, start, size)


def container(stream: bytes) -> io.BytesIO:
    """Put a workbook's records into a compound document."""
    stream = stream.ljust(max(_LEAST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    # The table of sectors names itself, the folder, and each sector of the stream but its first.
    tables = 1
    while tables * _IN_TABLE < tables + 1 + count:
        tables += 1
    first = tables + 1
    following = [*[_OF_TABLE] * tables, _END, *range(first + 1, first + count), _END]
    table = struct.pack(
        f"<{tables * _IN_TABLE}I",
        *following,
        *[_FREE] * (tables * _IN_TABLE - len(following)),
    )
    folder = _entry("Root Entry", 5, 1, _END, 0)
    folder += _entry("Workbook", 2, _FREE, first, len(stream))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, tables, tables, 0, _LEAST, _END, 0, _END, 0),
        *range(tables),
        *[_FREE] * (109 - tables),
    )
    return io.BytesIO(head + table + folder.ljust(_SECTOR, b"\0") + stream)
