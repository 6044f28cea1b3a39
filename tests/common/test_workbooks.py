"""Hostile, broken and foreign workbooks: refused before parsing, or read as plain cells."""

import contextlib
import io
import random
import struct
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook as OpenpyxlWorkbook

from common.thainumbers import FormulaWithoutValue
from common.workbooks.book import read_book
from common.workbooks.cells import cell_name, cell_text, column_index, column_name
from common.workbooks.gate import Format, Limits, UnreadableFile, judge
from tests.spreadsheets import old_formats
from tests.spreadsheets.old_formats import container, xls
from tests.spreadsheets.sheets import delimited, workbook

ROWS = [["รหัส", "ผล"], ["ก1", 5], ["ก2", "๖"]]
LIMITS = Limits()
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
FAR = b'<row r="90000"><c r="NN90000"><v>1</v></c></row>'
UNUSED = b'<row r="1048576"><c r="XFD1048576" s="0"/></row>'


@pytest.fixture
def kept(tmp_path):
    """Keep bytes as a file and give its path."""

    def keep(content, name="a.xlsx"):
        path = tmp_path / name
        path.write_bytes(content.getvalue() if isinstance(content, io.BytesIO) else content)
        return path

    return keep


def rebuilt(source, changes, *, without=()):
    """Write a workbook again with some parts replaced, added or left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in names:
            if name not in without:
                new.writestr(name, changes.get(name, old.read(name)))
        for name, content in changes.items():
            if name not in names:
                new.writestr(name, content)
    return target


def sheet_of(cells):
    return rebuilt(workbook(ROWS), {"xl/worksheets/sheet1.xml": HEAD + cells + TAIL})


def judged_and_read(path, name, limits):
    return read_book(path, judge(path, name, limits).format, limits)


def why_refused(path, name=None, limits=LIMITS):
    with pytest.raises(UnreadableFile) as refused:
        judged_and_read(path, name or path.name, limits)
    assert str(refused.value.note)
    return refused.value.note.code


def read(path, limits=LIMITS):
    return judged_and_read(path, path.name, limits)


def test_an_honest_workbook_is_let_in_and_read(kept):
    path = kept(workbook(ROWS))
    assert judge(path, "a.xlsx", LIMITS).format is Format.XLSX
    assert read(path).sheets[0].rows == [["รหัส", "ผล"], ["ก1", 5.0], ["ก2", "๖"]]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty_file"),
        (b"  \r\n ,,\r\n", "a.csv", "empty_file"),
        (b"%PDF-1.7 ...", "a.pdf", "not_a_workbook"),
        (b"%PDF-1.7 ...", "a.xlsx", "not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.xlsx", "not_a_workbook"),
        (b"a,b\n1,2\n", "a.xlsx", "wrong_name"),
        (b"a,b\n1,2\n", "a.exe", "not_a_workbook"),
        (b"a,b\n1,2\n", "noname", "not_a_workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "web_page"),
        (b"a\0b,c\n", "a.csv", "not_a_workbook"),
        (b"\xfc\xfd\xfe\xff,1\n", "a.csv", "unknown_encoding"),
        (b"PK\x03\x04 not an archive", "a.xlsx", "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "not_a_workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 4,
            "a.xlsx",
            "encrypted",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0" * 600,
            "a.xls",
            "truncated",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_sentence(kept, content, name, code):
    assert why_refused(kept(content, name)) == code


def test_the_content_decides_and_the_name_must_agree(kept):
    path = kept(workbook(ROWS))
    assert why_refused(path, "a.csv") == "wrong_name"
    assert why_refused(path, "a.ods") == "wrong_name"


def test_a_file_beyond_the_size_limit_is_refused(kept):
    assert why_refused(kept(workbook(ROWS)), limits=Limits(file_bytes=100)) == "file_too_large"


def test_every_cut_of_a_workbook_is_refused(kept):
    whole = workbook(ROWS).getvalue()
    for length in range(4, len(whole), len(whole) // 60):
        assert why_refused(kept(whole[:length])) == "truncated"


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/passwd", "xl\\evil.xml", "C:/evil.xml", "xl/../../evil"]
)
def test_names_that_lead_out_of_the_archive_are_refused(kept, name):
    assert why_refused(kept(rebuilt(workbook(ROWS), {name: b"x"}))) == "strange_path"


def test_an_archive_that_inflates_is_refused_quickly(kept):
    bomb = rebuilt(workbook(ROWS), {"xl/media/image1.bin": b"\0" * 30_000_000})
    path = kept(bomb)
    started = time.perf_counter()
    assert why_refused(path) == "inflates"
    assert time.perf_counter() - started < 0.5


def test_an_archive_larger_than_the_limit_in_all_is_refused(kept):
    noise = random.Random(1).randbytes(400_000)
    path = kept(rebuilt(workbook(ROWS), {"xl/media/image1.bin": noise}))
    assert why_refused(path, limits=Limits(inflated_bytes=300_000)) == "inflates"


def test_an_archive_that_lies_about_sizes_is_refused_without_much_memory(kept):
    honest = rebuilt(workbook(ROWS), {"xl/media/image1.bin": b"\0" * 50_000_000}).getvalue()
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("xl/media/image1.bin").file_size
    lying = honest.replace(struct.pack("<I", size), struct.pack("<I", 1000))
    path = kept(lying)
    tracemalloc.start()
    assert why_refused(path) == "lying_archive"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_part_twice_is_a_lie(kept):
    target = workbook(ROWS)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert why_refused(kept(target)) == "lying_archive"


def test_a_part_under_another_local_name_is_a_lie(kept):
    content = workbook(ROWS).getvalue()
    at = content.index(b"xl/styles.xml")
    assert (
        why_refused(kept(content[:at] + b"xl/Styles.xml" + content[at + 13 :])) == "lying_archive"
    )


def test_a_part_in_an_encoding_that_does_not_exist_is_refused(kept):
    source = workbook([["รหัส"], ["ก1"]])
    name = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(source) as archive:
        part = archive.read(name).replace(b'encoding="UTF-8"', b'encoding="TTF-8"')
    assert b"TTF-8" in part
    with pytest.raises(UnreadableFile):
        read(kept(rebuilt(source, {name: part})))


def test_an_encrypted_part_is_refused(kept):
    content = bytearray(workbook(ROWS).getvalue())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert why_refused(kept(bytes(content))) == "encrypted"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(kept, encoding):
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa">'
        '<!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'
    ).encode(encoding)
    assert why_refused(kept(rebuilt(workbook(ROWS), {"xl/sharedStrings.xml": xml}))) == "entities"


def test_other_office_files_are_no_workbooks(kept):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert why_refused(kept(target)) == "not_a_workbook"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.bin", "x")
    assert why_refused(kept(target)) == "binary_workbook"


def test_too_many_sheets_and_parts_are_refused(kept):
    path = kept(workbook({f"s{n}": ROWS for n in range(4)}))
    assert why_refused(path, limits=Limits(sheets=3)) == "too_many_sheets"
    assert why_refused(path, limits=Limits(parts=5)) == "too_many_parts"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="1"><c r="OK1"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
        (b'<row r="200001"><c r="A200001"><v>1</v></c></row>', "too_many_rows"),
        (b'<row r="1"><c r="A1"><v>1</v></c></row>' + FAR, "too_many_cells"),
        (b'<row r="1">' + b"<c><v>1</v></c>" * 401 + b"</row>", "too_many_columns"),
        (b"<row r='1'><c r='XFD1'><v>1</v></c></row>", "too_many_columns"),
        (b'<row r="1"><c r="B27122295"><v>1</v></c></row>', "too_many_rows"),
        (b'<row r="1"><c r="b2712229"><v>1</v></c></row>', "too_many_rows"),
        (b'<row r="1"><c r="Zz1"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="1"><c r="XFd1"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="1"><c r="AAAa1"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="1"><c r="AAAAA1"><v>1</v></c></row>', "too_many_columns"),
    ],
)
def test_far_away_cells_are_refused_before_the_sheet_is_laid_out(kept, monkeypatch, cells, code):
    path = kept(sheet_of(cells))
    monkeypatch.setattr("common.workbooks.book.CalamineWorkbook", None)
    assert why_refused(path) == code


def test_formats_far_away_are_no_data(kept):
    cells = (
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    assert read(kept(sheet_of(cells))).sheets[0].rows == [[1.0]]


def test_four_hundred_columns_are_read(kept):
    sheet = read(kept(workbook([list(range(400))] * 3))).sheets[0]
    assert sheet.width == 400


def test_a_formula_without_a_result_and_an_error_cell_are_told_from_blanks(kept):
    book = OpenpyxlWorkbook()
    page = book.active
    page.append(["ก", 1])
    page["C1"] = "=B1*2"
    target = io.BytesIO()
    book.save(target)
    sheet = read(kept(target)).sheets[0]
    assert sheet.rows == [["ก", 1.0, FormulaWithoutValue("=B1*2")]]
    errors = read(kept(workbook([["ก"]], formulas={(0, 1): ("=1/0", "#DIV/0!")}))).sheets[0]
    assert errors.rows == [["ก", "#DIV/0!"]]
    computed = read(kept(workbook([["ก"]], formulas={(0, 1): ("=1+1", 2)}))).sheets[0]
    assert computed.rows == [["ก", 2.0]]
    empty = read(kept(workbook([["ก"]], formulas={(0, 1): ('=""', "")}))).sheets[0]
    assert empty.rows[0][:1] == ["ก"]


def test_percent_formats_are_seen(kept):
    sheet = read(kept(workbook([["ก", 0.4633], ["ข", 0.5]], percent=[(0, 1)]))).sheets[0]
    assert sheet.percent_cells == {(0, 1)}


def test_hidden_rows_are_read_hidden_columns_and_sheets_are_named(kept):
    path = kept(
        workbook(
            {"เปิด": [["ก", "ข"], [1, 2]], "ลับ": [["x"]]},
            hidden_rows=[1],
            hidden_columns=[1],
            hidden_sheets=["ลับ"],
        )
    )
    book = read(path)
    assert [sheet.name for sheet in book.sheets] == ["เปิด"]
    assert book.sheets[0].hidden_rows == {1}
    assert book.sheets[0].hidden_columns == {1}
    codes = {note.code for note in book.notes}
    assert codes == {"hidden_sheet", "hidden_columns", "hidden_rows"}


def test_an_old_workbook_says_what_it_hides_and_shows_as_percent(kept):
    rows = [["ก", "ข", "ค"], [1, 2, 3], [0.4633, 0.5, 1]]
    hidden = xls(rows, hidden_rows=[1], hidden_columns=[1], percent=[(2, 0), (2, 2)])
    book = read(kept(hidden, "a.xls"))
    assert {note.code for note in book.notes} == {"hidden_columns", "hidden_rows"}
    sheet = book.sheets[0]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1}, {1})
    assert (sheet.percent_cells, sheet.rows) == ({(2, 0), (2, 2)}, rows)
    plain = read(kept(xls(rows), "a.xls"))
    assert (plain.notes, plain.sheets[0].percent_cells) == ([], frozenset())


def part(kind, content=b""):
    return struct.pack("<HH", kind, len(content)) + content


BEGINS, ENDS = (
    part(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)),
    part(0x000A),
)
A_FIGURE = part(0x0203, struct.pack("<HHHd", 0, 0, 0, 1))


def old_book(*sheets, before=b""):
    """Write an xls of sheets that are given as their records; those given twice stand at one place."""
    head = part(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + before
    place = len(head) + 20 * len(sheets) + len(ENDS)
    named, written, places = b"", b"", {}
    for number, sheet in enumerate(sheets):
        at = places.setdefault(id(sheet), place + len(written))
        if at == place + len(written):
            written += sheet
        name = f"{number:04d}".encode("utf-16-le")
        named += part(0x0085, struct.pack("<IBBBB", at, 0, 0, 4, 1) + name)
    return container(head + named + ENDS + written)


WIDE = BEGINS + part(0x0200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 2**16 - 1, 0)) + A_FIGURE + ENDS
FAR_AWAY = BEGINS + A_FIGURE + part(0x0203, struct.pack("<HHHd", 65_000, 60_000, 0, 1)) + ENDS
CLAIMS_STRINGS = part(0x00FC, struct.pack("<II", 1, 2**31 - 1))


def test_an_old_workbook_that_claims_an_endless_sheet_is_read_without_it(kept):
    """The reader would ask for the room at once, and the process would die of it."""
    assert read(kept(old_book(WIDE), "a.xls")).sheets[0].rows == [[1]]


@pytest.mark.parametrize(
    ("book", "code"),
    [
        (lambda: old_book(FAR_AWAY), "too_many_columns"),
        (lambda: old_book(BEGINS + part(1) * 2_000 + ENDS), "too_many_cells"),
        (
            lambda: old_book(*[BEGINS + part(1) * n + ENDS for n in (600, 601, 602)]),
            "too_many_cells",
        ),
        (lambda: old_book(*[BEGINS + ENDS] * 100), "too_many_sheets"),
        (lambda: old_book(*[FAR_AWAY] * 2), "too_many_columns"),
        (lambda: old_book(*[BEGINS + A_FIGURE + ENDS] * 2), "truncated"),
        (lambda: old_book(BEGINS + A_FIGURE + ENDS, before=CLAIMS_STRINGS), "truncated"),
        (lambda: old_book(A_FIGURE + ENDS), "truncated"),
        (lambda: old_book(BEGINS + A_FIGURE), "truncated"),
        (lambda: old_book(BEGINS + A_FIGURE + ENDS, before=part(0x002F, b"\1\0")), "encrypted"),
    ],
)
def test_an_old_workbook_that_would_keep_the_reader_busy_is_refused_before_it_is_read(
    kept, monkeypatch, book, code
):
    path = kept(book(), "a.xls")
    monkeypatch.setattr("common.workbooks.xls._FOLLOWED_AT_MOST", 1_500)
    monkeypatch.setattr("common.workbooks.book.CalamineWorkbook", None)
    assert why_refused(path) == code


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (512 + 4, 1),  # the folder's chain bites its own tail
        (30, 2**31 + 31),  # the size of a sector
        (44, 2**31),
        (64, 2**31),
        (72, 2**31),
        (1024 + 128 + 120, 2**31),  # the stream's size
        (1024 + 120, 2**31),  # the size of what small streams lie in
    ],
)
def test_a_container_that_claims_more_than_it_holds_brings_nobody_down(kept, at, value):
    content = bytearray(old_book(BEGINS + A_FIGURE + ENDS).getvalue())
    struct.pack_into("<I", content, at, value)
    path = kept(bytes(content), "a.xls")
    tracemalloc.start()
    with contextlib.suppress(UnreadableFile):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_workbook_of_hidden_sheets_only_has_nothing_to_read(kept):
    target = workbook({"ก": ROWS})
    with zipfile.ZipFile(target) as archive:
        xml = archive.read("xl/workbook.xml").replace(b"<sheet ", b'<sheet state="hidden" ')
    assert why_refused(kept(rebuilt(target, {"xl/workbook.xml": xml}))) == "no_sheet"


def test_macros_and_links_are_ignored_and_said(kept):
    parts = {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"}
    path = kept(rebuilt(workbook(ROWS), parts), "a.xlsm")
    judged = judge(path, path.name, LIMITS)
    assert judged.format is Format.XLSM
    assert [note.code for note in judged.notes] == ["macros_ignored", "links_ignored"]
    assert read(path).sheets[0].rows[1] == ["ก1", 5.0]


def test_dates_and_times_keep_their_kind(kept):
    sheet = read(kept(workbook([[date(2027, 1, 15)]]))).sheets[0]
    assert sheet.rows == [[date(2027, 1, 15)]]
    book = OpenpyxlWorkbook()
    book.active.append([datetime(2027, 1, 15, 8, 30), datetime(2027, 1, 1, 9, 5).time()])  # noqa: DTZ001
    target = io.BytesIO()
    book.save(target)
    rows = read(kept(target)).sheets[0].rows
    assert rows == [[datetime(2027, 1, 15, 8, 30), "09:05:00"]]  # noqa: DTZ001


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_delimiter(kept, encoding, delimiter):
    rows = [["รหัส", "ผล", "หมายเหตุ"], ["ก1", "1,000", 'เขาว่า "ดี"'], ["", "", ""]]
    path = kept(delimited(rows, encoding=encoding, delimiter=delimiter), "a.csv")
    sheet = read(path).sheets[0]
    assert sheet.rows == [[cell or None for cell in row] for row in rows]


def test_a_csv_beyond_the_limits_is_refused(kept):
    path = kept(delimited([["a"] * 3] * 5), "a.csv")
    assert why_refused(path, limits=Limits(rows=4)) == "too_many_rows"
    assert why_refused(path, limits=Limits(columns=2)) == "too_many_columns"
    assert why_refused(kept(b'"' + b"x" * 200_000, "a.csv")) == "truncated"


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="ก">{}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)
CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'


MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods(rows):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(rows))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return target


def test_ods_is_read_and_its_repeats_are_bounded(kept):
    empties = '<table:table-cell table:number-columns-repeated="16384"/>'
    cells = CELL.format("", "รหัส") + CELL.format("", "ผล") + empties
    row = f"<table:table-row>{cells}</table:table-row>"
    tail = f'<table:table-row table:number-rows-repeated="1048570">{empties}</table:table-row>'
    assert read(kept(ods(row + tail), "a.ods")).sheets[0].rows == [["รหัส", "ผล"]]
    wide = CELL.format(' table:number-columns-repeated="16384"', "x")
    bomb = f'<table:table-row table:number-rows-repeated="1048576">{wide}</table:table-row>'
    assert why_refused(kept(ods(bomb), "a.ods")) in ("too_many_columns", "too_many_rows")


def test_figures_without_a_text_count_where_repeated_cells_are_bounded(kept):
    figure = '<table:table-cell office:value-type="float" office:value="1"{}/>'
    wide = figure.format(' table:number-columns-repeated="16384"')
    high = f'<table:table-row table:number-rows-repeated="1048576">{figure.format("")}</table:table-row>'
    assert why_refused(kept(ods(f"<table:table-row>{wide}</table:table-row>"), "a.ods")) == (
        "too_many_columns"
    )
    assert why_refused(kept(ods(high), "a.ods")) == "too_many_rows"


def test_what_an_ods_hides_or_shows_as_percent_is_seen(kept):
    hidden = ' table:visibility="collapse"'
    columns = f"<table:table-column/><table:table-column{hidden}/><table:table-column/>"
    share = '<table:table-cell office:value-type="percentage" office:value="0.4633"/>'
    cells = CELL.format("", "ก1") + CELL.format("", "ลับ") + share
    rows = f"<table:table-row>{cells}</table:table-row><table:table-row{hidden}>{cells}</table:table-row>"
    book = read(kept(ods(columns + rows), "a.ods"))
    [sheet] = book.sheets
    assert sheet.rows == [["ก1", "ลับ", 0.4633]] * 2
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1}, {1})
    assert sheet.percent_cells == {(0, 2), (1, 2)}
    assert {note.code for note in book.notes} == {"hidden_columns", "hidden_rows"}


def test_cells_are_named_as_people_know_them():
    assert [column_name(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert cell_name(4, 4) == "E5"
    assert all(column_index(column_name(index)) == index for index in range(2_000))
    cells = (None, 5.0, 5.5, " ก\u00a0ข ", FormulaWithoutValue("=A"))
    assert [cell_text(cell) for cell in cells] == ["", "5", "5.5", "ก ข", "=A"]


def test_flipped_bytes_never_crash_the_reader(kept, seeds):
    whole = workbook(
        [["รหัส", "ผล", "ร้อยละ"], *[[f"ก{n}", n * 1.5, 0.5] for n in range(40)]],
        percent=[(3, 2)],
        formulas={(5, 3): ("=B1", 2)},
    ).getvalue()
    for seed in seeds(88, 880):
        chance = random.Random(seed)
        mutated = bytearray(whole)
        for _flip in range(chance.randint(1, 30)):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        path = kept(bytes(mutated))
        with contextlib.suppress(UnreadableFile):
            read(path)


def test_flipped_bytes_inside_honest_archives_never_crash_the_reader(kept, seeds):
    source = workbook([["รหัส", "ผล"], *[[f"ก{n}", n] for n in range(20)]])
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for seed in seeds(88, 880):
        chance = random.Random(seed)
        name = chance.choice([each for each in parts if each.startswith("xl/")])
        mutated = bytearray(parts[name])
        for _flip in range(chance.randint(1, 20)):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        path = kept(rebuilt(source, {name: bytes(mutated)}))
        with contextlib.suppress(UnreadableFile):
            read(path)


def test_flipped_bytes_of_old_formats_never_crash_the_reader(kept, seeds):
    rows = [["รหัส", "ผล"], *[[f"ก{n}", n * 1.5] for n in range(40)]]
    old = xls(rows, hidden_rows=[3], hidden_columns=[1], percent=[(1, 1)]).getvalue()
    opened = old_formats.ods(rows)
    with zipfile.ZipFile(opened) as archive:
        content = archive.read("content.xml")
    for seed in seeds(80, 800):
        chance = random.Random(seed)
        mutated = bytearray(old if seed % 2 else content)
        for _flip in range(chance.randint(1, 20)):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        if seed % 2:
            path = kept(bytes(mutated), "a.xls")
        else:
            path = kept(rebuilt(opened, {"content.xml": bytes(mutated)}), "a.ods")
        with contextlib.suppress(UnreadableFile):
            read(path)


@pytest.mark.long
def test_ten_thousand_rows_are_read_in_time_and_memory(kept):
    path = kept(workbook([[f"ก{n}", n, n * 2.5, "ข้อความ"] for n in range(10_000)]))
    # What it costs, not how long it waits for a busy machine.
    started = time.process_time()
    assert len(read(path).sheets[0].rows) == 10_000
    assert time.process_time() - started < 2


def test_the_note_of_a_refusal_is_what_people_read():
    assert "ว่าง" in str(UnreadableFile("empty_file"))
