"""Exports: bounded memory, no formula from text, and the same cells back."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from common.tables import (
    Column,
    csv_chunks,
    escape_text,
    json_chunks,
    unescape_text,
    write_xlsx,
)

COLUMNS = [
    Column("code", "รหัส"),
    Column("amount", "จำนวนเงิน", "money"),
    Column("due_date", "ครบกำหนด", "date"),
]
ROW = ("=1+1", Decimal("1234.50"), date(2027, 1, 15))


def test_csv_has_a_mark_for_excel_and_english_names():
    text = b"".join(csv_chunks(COLUMNS, [ROW, ("ก", None, None)]))
    assert text.startswith(b"\xef\xbb\xbfcode,amount,due_date\r\n")
    assert text.decode("utf-8-sig").splitlines()[1:] == ["'=1+1,1234.50,2027-01-15", "ก,,"]


def test_json_keeps_every_digit_and_is_whole_however_many_rows():
    columns = [Column("n", "n", "integer"), Column("v", "v", "number"), Column("b", "b", "boolean")]
    for count in (0, 1, 500, 501, 1000):
        rows = [(number, Decimal("0.10"), True) for number in range(count)]
        parsed = json.loads(b"".join(json_chunks(columns, rows)))
        assert parsed == [{"n": number, "v": "0.10", "b": True} for number in range(count)]


def test_xlsx_writes_text_as_text_and_figures_as_figures():
    target = io.BytesIO()
    columns = [*COLUMNS, Column("at", "เมื่อ", "datetime"), Column("yes", "ใช่", "boolean")]
    at = datetime(2027, 1, 15, 18, 30, tzinfo=UTC)
    rows = [(*ROW, at, True), ("ก", None, None, None, False)]
    assert write_xlsx(target, columns, rows, sheet="รายการ", title="ข้อมูลตัวอย่าง") == 2
    target.seek(0)
    naive = datetime(2027, 1, 16, 1, 30)  # noqa: DTZ001
    read = CalamineWorkbook.from_filelike(target).get_sheet_by_name("รายการ").to_python()
    assert read[0][0] == "ข้อมูลตัวอย่าง"
    assert read[1][:3] == ["รหัส", "จำนวนเงิน", "ครบกำหนด"]
    assert read[2] == ["=1+1", 1234.5, date(2027, 1, 15), naive, True]
    assert read[3] == ["ก", "", "", "", False]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'", "\x01"])
def test_no_text_starts_a_formula(start):
    assert escape_text(f"{start}x").startswith("'")


@given(st.text())
def test_escaped_text_comes_back_the_same(text):
    assert unescape_text(escape_text(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))))
def test_a_csv_comes_back_the_same(texts):
    written = b"".join(csv_chunks([Column("t", "t")] * 2, [(text, "") for text in texts]))
    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert [unescape_text(row[0]) for row in read[1:]] == texts


def test_many_rows_need_no_more_memory_than_few():
    def rows(count):
        return (("text", Decimal(number), None) for number in range(count))

    tracemalloc.start()
    for _chunk in csv_chunks(COLUMNS, rows(50_000)):
        pass
    for _chunk in json_chunks(COLUMNS, rows(20_000)):
        pass
    write_xlsx(io.BytesIO(), COLUMNS, rows(5_000), sheet="x")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
