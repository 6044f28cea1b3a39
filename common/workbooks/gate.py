"""Judge an uploaded file before anything parses it: what it really is, and whether it is safe.

The archive's directory is read first; every part is then inflated once, in small pieces, against
the size that it declares. Nothing is executed, no link is followed.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from common.readings import Note

MEGABYTE: Final = 1024 * 1024


class Format(StrEnum):
    """The kinds of file that are read."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may measure; the entrance takes them from the settings."""

    file_bytes: int = 20 * MEGABYTE
    inflated_bytes: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_from_bytes: int = 10 * MEGABYTE
    parts: int = 2_000
    sheets: int = 60
    rows: int = 200_000
    columns: int = 400
    cells: int = 6_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A file that may be read: what it is, and what was left aside."""

    format: Format
    notes: tuple[Note, ...] = ()


class UnreadableFile(Exception):
    """The file is refused; `note` says why and what to do."""

    def __init__(self, code: str, **params: str) -> None:
        self.note = Note(code, SENTENCES[code], params)
        super().__init__(str(self.note))


SENTENCES: Final = {
    "empty_file": "ไฟล์ว่างเปล่า เลือกไฟล์ที่มีข้อมูล",
    "file_too_large": "ไฟล์ใหญ่ %(size)s MB เกิน %(limit)s MB แบ่งเป็นหลายไฟล์ หรือลบรูปภาพออก",
    "not_a_workbook": "ไฟล์นี้ไม่ใช่ตารางคำนวณ รับเฉพาะ .xlsx .xlsm .xls .ods และ .csv",
    "wrong_name": "ไฟล์นี้ตั้งชื่อเป็น .%(named)s แต่เนื้อในเป็น %(found)s บันทึกใหม่เป็น .xlsx แล้วอัปโหลด",
    "web_page": "ไฟล์นี้เป็นหน้าเว็บที่ตั้งชื่อเป็นไฟล์ Excel เปิดใน Excel แล้วบันทึกเป็น .xlsx",
    "binary_workbook": "ไม่รับไฟล์ .xlsb เปิดใน Excel แล้วบันทึกเป็น .xlsx",
    "encrypted": "ไฟล์มีรหัสผ่าน เอารหัสผ่านออกแล้วบันทึกใหม่",
    "truncated": "ไฟล์ไม่สมบูรณ์หรือเสียหาย เปิดใน Excel แล้วบันทึกใหม่",
    "inflates": "ไฟล์ขยายออกแล้วใหญ่ผิดปกติ จึงไม่เปิดอ่าน บันทึกใหม่จาก Excel แล้วลองอีกครั้ง",
    "lying_archive": "สารบัญภายในไฟล์ไม่ตรงกับเนื้อไฟล์ จึงไม่เปิดอ่าน บันทึกใหม่จาก Excel แล้วลองอีกครั้ง",
    "strange_path": "ไฟล์มีส่วนประกอบที่ตั้งชื่อผิดปกติ จึงไม่เปิดอ่าน บันทึกใหม่จาก Excel แล้วลองอีกครั้ง",
    "entities": "ไฟล์มีการประกาศ DTD หรือ entity ซึ่งไม่ปลอดภัย จึงไม่เปิดอ่าน",
    "too_many_parts": "ไฟล์มีส่วนประกอบเกิน %(limit)s ส่วน บันทึกใหม่เฉพาะแผ่นงานที่ใช้",
    "too_many_sheets": "ไฟล์มี %(found)s แผ่นงาน รับได้ไม่เกิน %(limit)s แผ่น ลบแผ่นที่ไม่ใช้",
    "too_many_rows": "แผ่นงานมีข้อมูลเกิน %(limit)s แถว แบ่งเป็นหลายไฟล์",
    "too_many_columns": "แผ่นงานมีข้อมูลเกิน %(limit)s คอลัมน์ ลบคอลัมน์ที่ไม่ใช้",
    "too_many_cells": "แผ่นงานกินพื้นที่เกิน %(limit)s ช่อง ลบข้อมูลที่อยู่ไกลจากตาราง",
    "no_sheet": "ไฟล์ไม่มีแผ่นงานที่อ่านได้",
    "unknown_encoding": "อ่านตัวอักษรในไฟล์ csv ไม่ได้ บันทึกเป็น CSV UTF-8 หรือ .xlsx",
    "macros_ignored": "ไฟล์มีแมโคร ระบบไม่เรียกใช้และไม่สนใจแมโคร",
    "links_ignored": "ไฟล์มีลิงก์ไปไฟล์อื่น ระบบไม่เปิดตามลิงก์ ใช้ค่าที่เก็บไว้ในช่อง",
}

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY", "<!doctype")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_XML_PART = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PIECE = 256 * 1024
_WEB_PAGE = re.compile(rb"^\s*(?:<!doctype|<html|<head|<table|<\?xml[^>]*>\s*<html)", re.IGNORECASE)
_NAMES = {
    "xlsx": {Format.XLSX, Format.XLSM},
    "xlsm": {Format.XLSX, Format.XLSM},
    "xls": {Format.XLS},
    "ods": {Format.ODS},
    "csv": {Format.CSV},
    "tsv": {Format.CSV},
    "txt": {Format.CSV},
}


def judge(path: Path, name: str, limits: Limits) -> Judged:
    """Say what the file really is, whatever it is called.

    :raises UnreadableFile: if it may not be read.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("empty_file")
    if size > limits.file_bytes:
        raise UnreadableFile(
            "file_too_large",
            size=f"{size / MEGABYTE:.1f}",
            limit=f"{limits.file_bytes / MEGABYTE:.0f}",
        )
    with path.open("rb") as file:
        start = file.read(4096)
    judged = _judge_contents(path, start, limits)
    named = name.rpartition(".")[2].lower() if "." in name else ""
    allowed = _NAMES.get(named)
    if allowed is None:
        raise UnreadableFile("not_a_workbook")
    if judged.format not in allowed:
        raise UnreadableFile("wrong_name", named=named, found=judged.format.value)
    return judged


def _judge_contents(path: Path, start: bytes, limits: Limits) -> Judged:
    if start.startswith((_ZIP, _EMPTY_ZIP)):
        return _judge_archive(path, limits)
    if start.startswith(_OLE):
        return _judge_compound(path.read_bytes())
    if _WEB_PAGE.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise UnreadableFile("web_page")
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if (b"\x00" in start and not wide) or start.startswith((b"%PDF", b"{\\rtf", b"\x89PNG")):
        raise UnreadableFile("not_a_workbook")
    return Judged(Format.CSV)


def _judge_compound(content: bytes) -> Judged:
    """Tell an old workbook from an encrypted new one: both are compound documents."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise UnreadableFile("encrypted")
    if not (holds("Workbook") or holds("Book")):
        raise UnreadableFile("not_a_workbook")
    notes = (note("macros_ignored"),) if holds("_VBA_PROJECT") else ()
    return Judged(Format.XLS, notes)


def note(code: str, **params: str) -> Note:
    """Return the remark of a code with its Thai sentence."""
    return Note(code, SENTENCES[code], params)


def _judge_archive(path: Path, limits: Limits) -> Judged:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _judge_directory(parts, path.stat().st_size, limits)
            names = {part.filename for part in parts}
            found = _format_of(archive, names)
            _judge_parts(path, parts, limits)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error,
            NotImplementedError, RuntimeError, LookupError, OverflowError) as error:  # fmt: skip
        raise UnreadableFile("truncated") from error
    notes = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        notes.append(note("macros_ignored"))
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append(note("links_ignored"))
    return Judged(found, tuple(notes))


def _judge_directory(parts: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    """Judge what the directory declares, before one byte is inflated."""
    if len(parts) > limits.parts:
        raise UnreadableFile("too_many_parts", limit=f"{limits.parts:,}")
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names):
        raise UnreadableFile("lying_archive")
    for part in parts:
        if _is_strange(part):
            raise UnreadableFile("strange_path")
        if part.flag_bits & 0x1:
            raise UnreadableFile("encrypted")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile("lying_archive")
        if part.file_size > limits.ratio_from_bytes and part.file_size > limits.ratio * max(
            part.compress_size, 1
        ):
            raise UnreadableFile("inflates")
    if sum(part.file_size for part in parts) > limits.inflated_bytes:
        raise UnreadableFile("inflates")
    if sum(part.compress_size for part in parts) > size:
        raise UnreadableFile("lying_archive")


def _is_strange(part: zipfile.ZipInfo) -> bool:
    """Say whether a name leads out of the archive, or reads differently from what is stored."""
    name = part.orig_filename
    if name != part.filename or "\\" in name or ":" in name or name.startswith("/"):
        return True
    return ".." in name.split("/")


def _format_of(archive: zipfile.ZipFile, names: set[str]) -> Format:
    if "xl/workbook.xml" in names:
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return Format.XLSM if macros else Format.XLSX
    if "xl/workbook.bin" in names:
        raise UnreadableFile("binary_workbook")
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            if part.read(100).strip() == b"application/vnd.oasis.opendocument.spreadsheet":
                return Format.ODS
    raise UnreadableFile("not_a_workbook")


def _judge_parts(path: Path, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Inflate every part once against what it declares, and look for declarations and size."""
    sheets = 0
    with path.open("rb") as file:
        for part in parts:
            watched = _XML_PART.search(part.filename) is not None
            is_sheet = _SHEET_PART.fullmatch(part.filename) is not None
            sheets += is_sheet
            tail, inflated = b"", 0
            for piece in _inflate(file, part):
                inflated += len(piece)
                if inflated > part.file_size:
                    raise UnreadableFile("lying_archive")
                if watched and any(word in tail + piece for word in _DECLARATIONS):
                    raise UnreadableFile("entities")
                tail = piece[-64:]
            if inflated != part.file_size:
                raise UnreadableFile("lying_archive")
    if sheets > limits.sheets:
        raise UnreadableFile("too_many_sheets", found=str(sheets), limit=str(limits.sheets))


def _inflate(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part's bytes by its own stream, trusting neither declared size nor checksum."""
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(_ZIP):
        raise UnreadableFile("lying_archive")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    local_name = file.read(name_length)
    if local_name != part.orig_filename.encode("utf-8" if part.flag_bits & 0x800 else "cp437"):
        raise UnreadableFile("lying_archive")
    file.seek(extra_length, 1)
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (stored := file.read(min(left, _PIECE))):
            left -= len(stored)
            yield stored
        return
    stream = zlib.decompressobj(-15)
    while left > 0 and not stream.eof:
        packed = file.read(min(left, _PIECE))
        if not packed:
            raise UnreadableFile("truncated")
        left -= len(packed)
        yield stream.decompress(packed, _PIECE)
        while stream.unconsumed_tail and not stream.eof:
            yield stream.decompress(stream.unconsumed_tail, _PIECE)
    if not stream.eof:
        raise UnreadableFile("truncated")
