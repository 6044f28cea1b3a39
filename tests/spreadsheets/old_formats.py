"""Workbooks as older programs leave them: xls (BIFF8 in its container) and ods, written by hand."""

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_SECTOR = 512
# Below this a stream would go into the container's small sectors.
_LEAST = 4096
_FREE, _END, _OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def xls(rows: Sequence[Sequence[Any]], name: str = "แผ่น1") -> io.BytesIO:
    """Write texts and numbers as the workbook of Excel 97 to 2003."""
    cells = b"".join(
        _record(0x0203, struct.pack("<HHHd", at, column, 0, value))
        if isinstance(value, int | float)
        else _record(0x0204, struct.pack("<HHHHB", at, column, 0, len(value), 1) + _utf16(value))
        for at, row in enumerate(rows)
        for column, value in enumerate(row)
        if value not in ("", None)
    )
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = _begin(0x0010) + _record(0x0200, size) + cells + _record(0x000A)
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    bound = 4 + 8 + 2 * len(name)
    offset = len(head) + bound + 4
    named = struct.pack("<IBBBB", offset, 0, 0, len(name), 1) + _utf16(name)
    return _container(head + _record(0x0085, named) + _record(0x000A) + sheet)


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


def _container(stream: bytes) -> io.BytesIO:
    stream = stream.ljust(max(_LEAST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    following = [_OF_TABLE, _END, *range(3, 2 + count), _END]
    table = struct.pack("<128I", *following, *[_FREE] * (128 - len(following)))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, _LEAST, _END, 0, _END, 0),
        *(0, *[_FREE] * 108),
    )
    return io.BytesIO(head + table + folder.ljust(_SECTOR, b"\0") + stream)
