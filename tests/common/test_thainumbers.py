"""Every cell rule of domain.md §12 that concerns numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.readings import Kind
from common.thainumbers import (
    FormulaWithoutValue,
    format_baht,
    format_million_baht,
    format_number,
    format_percent,
    from_thai_digits,
    is_formula_row,
    normalise_text,
    read_number,
    read_stated_unit,
    to_thai_digits,
)

MILLION = Decimal(1_000_000)


def codes(notes):
    return [note.code for note in notes]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("๑๒,๓๔๕.๖๗", "12345.67"),
        ("12,345.67", "12345.67"),
        ("12345.67", "12345.67"),
        ("12 345.67", "12345.67"),
        ("12\u00a0345.67", "12345.67"),
        ("12\u202f345", "12345"),
        ("1\u200b2", "12"),
        ("  7  ", "7"),
        ("0.00", "0"),
        ("0", "0"),
        (".5", "0.5"),
        ("12.", "12"),
        ("+5", "5"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("\u20135", "-5"),
        ("- 5", "-5"),
        ("(1,000)", "-1000"),
        ("( 1,000.50 )", "-1000.5"),
        ("(๕)", "-5"),
        ("1.2E+05", "120000"),
        ("'123", "123"),
        ("5\n", "5"),
        (0, "0"),
        (7, "7"),
        (0.1 + 0.2, "0.3"),
        (Decimal("1.5"), "1.5"),
        (-0.0, "0"),
    ],
)
def test_a_plain_figure_is_read_as_a_person_would(written, value):
    reading = read_number(written)
    assert reading.kind is Kind.VALUE, reading.error
    assert reading.value == Decimal(value)
    assert not reading.questions


@pytest.mark.parametrize("written", [None, "", "  ", "\u00a0", "-", "–", "—", "\u2212", "--", "- "])
def test_blank_and_dash_are_not_reported_and_ask_nothing(written):
    reading = read_number(written)
    assert (reading.kind, reading.value) == (Kind.NOT_REPORTED, None)
    assert not reading.questions


def test_dashes_mean_zero_where_the_person_said_so_once_for_the_upload():
    reading = read_number("–", dash_is_zero=True)
    assert (reading.value, codes(reading.warnings)) == (0, ["dash_as_zero"])
    assert read_number("", dash_is_zero=True).kind is Kind.NOT_REPORTED


@pytest.mark.parametrize(
    "written",
    ["N/A", "n/a", "NA", "n.a.", "…", "...", "ไม่มีข้อมูล", "ยังไม่มีข้อมูล", "อยู่ระหว่างรวบรวม",
     "อยู่ระหว่างการรวบรวมข้อมูล", "รอข้อมูลจากกรม"],
)  # fmt: skip
def test_words_for_no_data_are_not_reported_with_a_question(written):
    reading = read_number(written)
    assert reading.kind is Kind.NOT_REPORTED
    assert codes(reading.questions) == ["no_data_word"]


def test_not_concerned_is_not_applicable():
    assert read_number("ไม่เกี่ยวข้อง").kind is Kind.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("=SUM(A1:A3)", "formula_without_value"),
        (FormulaWithoutValue("=A1"), "formula_without_value"),
        ("#DIV/0!", "sheet_error"),
        ("#N/A", "sheet_error"),
        ("12,34", "separators"),
        ("1.234.567", "separators"),
        ("12.345,67", "separators"),
        ("1 2", "two_numbers"),
        ("412 / 424", "two_numbers"),
        ("2 แห่ง 3 คน", "two_numbers"),
        ("ประมาณ 50", "inexact"),
        ("> 50", "inexact"),
        ("50+", "inexact"),
        ("ดีมาก", "not_a_number"),
        ("5-", "not_a_number"),
        ("-(5)", "not_a_number"),
        ("+-5", "not_a_number"),
        ("(5", "not_a_number"),
        ("x" * 500, "not_a_number"),
        (True, "not_a_number"),
        (False, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        ("1e300", "too_large"),
        (1e300, "too_large"),
        ("9" * 20, "too_large"),
    ],
)
def test_what_is_no_figure_is_an_error_with_a_remedy(written, code):
    reading = read_number(written)
    assert (reading.kind, reading.value) == (Kind.ERROR, None)
    assert reading.error.code == code
    assert str(reading.error)


@pytest.mark.parametrize(
    ("written", "percent_format", "value", "asked"),
    [
        ("46.33%", False, "46.33", []),
        ("46.33 %", False, "46.33", []),
        ("ร้อยละ 46.33", False, "46.33", []),
        ("ร้อยละ ๔๖.๓๓", False, "46.33", []),
        ("0.5%", False, "0.5", []),
        ("(59.92%)", False, "59.92", []),
        ("(ร้อยละ 59.92)", False, "59.92", []),
        ("(-5%)", False, "-5", []),
        ("(59.92)", False, "59.92", ["brackets_in_percent"]),
        ("46.33", False, "46.33", []),
        (0.4633, True, "46.33", []),
        (1.0, True, "100", []),
        (0.4633, False, "0.4633", ["fraction_in_percent"]),
        ("0.4633", False, "0.4633", ["fraction_in_percent"]),
        (1, False, "1", ["fraction_in_percent"]),
        (0, False, "0", []),
        (46.33, False, "46.33", []),
    ],
)
def test_a_percent_column_knows_text_format_and_share_of_one_apart(
    written, percent_format, value, asked
):
    reading = read_number(written, percent=True, percent_format=percent_format)
    assert reading.value == Decimal(value)
    assert codes(reading.questions) == asked


@pytest.mark.parametrize(("written", "shaped"), [("46.33%", False), (0.4633, True)])
def test_a_percent_in_another_column_is_asked_about(written, shaped):
    reading = read_number(written, percent_format=shaped)
    assert reading.value == Decimal("46.33")
    assert codes(reading.questions) == ["percent_in_number"]


@pytest.mark.parametrize(
    ("written", "scale", "value"),
    [
        ("12.5 ล้านบาท", 1, "12500000"),
        ("12.5 ลบ.", 1, "12500000"),
        ("12.5 ล.บ.", 1, "12500000"),
        ("12.5 ล้าน", 1, "12500000"),
        ("(0.25 ล้านบาท)", 1, "-250000"),
        ("3 พันบาท", 1, "3000"),
        ("1,234.56 บาท", 1, "1234.56"),
        ("฿500", 1, "500"),
        ("12.5", MILLION, "12500000"),
        (12.5, MILLION, "12500000"),
        ("12.5 ล้านบาท", MILLION, "12500000"),
        ("1,000 บาท", MILLION, "1000"),
        ("1,234,567.-", Decimal(1), 1_234_567),
        ("๕๐๐.- บาท", Decimal(1), 500),
        ("1,000 บาทถ้วน", Decimal(1), 1_000),
    ],
)
def test_units_of_money_scale_once_and_the_cell_outranks_the_title(written, scale, value):
    reading = read_number(written, money=True, scale=Decimal(scale), places=2)
    assert reading.value == Decimal(value)
    assert not reading.questions


@pytest.mark.parametrize(("written", "scale"), [("538800.0000ล้านบาท", 1), (538800, 1_000_000)])
def test_baht_typed_as_million_baht_is_asked_about(written, scale):
    reading = read_number(written, money=True, scale=Decimal(scale), places=2)
    assert codes(reading.questions) == ["unit_suspicion"]


def test_the_own_unit_behind_a_figure_is_no_news_and_another_is_asked_about():
    assert not read_number("12 ราย", unit="ราย").questions
    assert codes(read_number("12 คน", unit="ราย").questions) == ["other_unit"]
    assert codes(read_number("12.5 ล้านบาท", unit="ราย").questions) == ["other_unit"]


def test_a_word_that_is_no_unit_is_an_error():
    assert read_number("12 [1]").error.code == "two_numbers"
    assert read_number("12 *").error.code == "not_a_number"


def test_a_ratio_of_one_to_n_is_n():
    assert read_number("1:3,366", one_to=True).value == 3366
    assert read_number("3,366", one_to=True).value == 3366
    assert read_number("1:3,366").error.code == "two_numbers"


def test_more_decimals_than_are_stored_are_rounded_half_up_and_said():
    reading = read_number("1,234.565", money=True, places=2)
    assert (reading.value, codes(reading.warnings)) == (Decimal("1234.57"), ["rounded"])
    assert read_number("-0.00005").value == Decimal("-0.0001")


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("หน่วย : ล้านบาท", MILLION),
        ("หน่วย:ล้านบาท", MILLION),
        ("(หน่วย : ล้านบาท)", MILLION),
        ("งบประมาณ (ล้านบาท)", MILLION),
        ("รายงาน ณ วันที่ 29 พ.ย. 67 หน่วย: บาท", Decimal(1)),
        ("งบ (พันบาท)", Decimal(1000)),
        ("เบิกจ่าย (ลบ.)", MILLION),
        ("งบประมาณ", None),
        ("จำนวนบาทแผล (ราย)", None),
    ],
)
def test_the_unit_stated_in_a_title_is_found(title, unit):
    assert read_stated_unit(title) == unit


@pytest.mark.parametrize(
    ("row", "numbered"),
    [
        (["", "(1)", "(2)", "=(1)-(2)"], True),
        (["(1)", "(2)", "(3)=(1)-(2)", "(4)=(3)/(1)x100"], True),
        (["(๑)", "(๒)"], True),
        (["1", "2", "3"], False),
        (["(1)"], False),
        (["โครงการ", "(1)"], False),
        (["(1,000)", "(2)"], False),
        (["", ""], False),
    ],
)
def test_a_row_of_nothing_but_column_numbers_is_a_formula_row(row, numbered):
    assert is_formula_row(row) is numbered


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("น\u0e49\u0e4dา", "น้ำ"),
        ("น\u0e4d\u0e49า", "น้ำ"),
        ("จ\u0e4dานวน", "จำนวน"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("เเผน", "แผน"),
        ("โครง\u200bการ", "โครงการ"),
        ("\ufeffรหัส", "รหัส"),
        ("ก\x00ข", "กข"),
        ("ก\u00a0\u00a0ข", "ก ข"),
        ("ก\r\nข", "ก\nข"),
    ],
)
def test_text_is_normalised_to_what_was_meant(written, meant):
    assert normalise_text(written) == meant
    assert normalise_text(meant) == meant


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("1234.565"), 2, "1,234.57"),
        (Decimal("-1234.565"), 2, "\u22121,234.57"),
        (Decimal("-0.004"), 2, "0.00"),
        (Decimal("0"), 0, "0"),
        (5, 0, "5"),
        (None, 2, ""),
    ],
)
def test_a_figure_is_shown_half_up_with_a_true_minus(value, decimals, shown):
    assert format_number(value, decimals) == shown


def test_money_and_percent_carry_their_units_in_both_languages():
    amount = Decimal("12500000")
    assert format_baht(amount) == "12,500,000.00\u00a0บาท"
    assert format_baht(amount, lang="en") == "12,500,000.00\u00a0baht"
    assert format_baht(amount, unit=False) == "12,500,000.00"
    assert format_baht(None) == ""
    assert format_million_baht(amount) == "12.50\u00a0ล้านบาท"
    assert format_million_baht(amount, 4, lang="en") == "12.5000\u00a0million baht"
    assert format_million_baht(None) == ""
    assert format_percent(Decimal(46)) == "46.00%"
    assert format_percent(Decimal(46), word=True) == "ร้อยละ\u00a046.00"
    assert format_percent(Decimal(46), word=True, lang="en") == "46.00%"
    assert format_percent(None) == ""


def test_thai_digits_are_for_thai_only():
    assert format_baht(Decimal(25), thai_digits=True) == "๒๕.๐๐\u00a0บาท"
    assert format_number(25, 0, thai_digits=True, lang="en") == "25"


figures = st.decimals(min_value=-(10**12), max_value=10**12, places=4)


@given(figures, st.booleans(), st.booleans())
def test_what_is_shown_can_be_read_back(value, thai_digits, grouped):
    shown = format_number(value, 4, thai_digits=thai_digits, grouped=grouped)
    reading = read_number(shown)
    assert reading.value == value
    assert not reading.questions


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_money_shown_in_baht_and_in_millions_can_be_read_back(amount):
    assert read_number(format_baht(amount), money=True, places=2).value == amount
    assert read_number(format_million_baht(amount, 8), money=True, places=2).value == amount


@given(st.text())
def test_digits_round_trip_and_nothing_crashes_the_reader(text):
    assert from_thai_digits(to_thai_digits(text)) == from_thai_digits(text)
    for percent in (True, False):
        reading = read_number(text, percent=percent, money=not percent)
        assert (reading.value is None) == (reading.kind is not Kind.VALUE)
        assert (reading.error is None) == (reading.kind is not Kind.ERROR)
