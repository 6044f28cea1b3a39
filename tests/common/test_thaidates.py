"""Every cell rule of domain.md §12 that concerns dates, and how dates are shown."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythainlp.util import thai_strftime

from common import thaidates
from common.fiscal import month_start
from common.readings import Kind
from common.thaidates import (
    find_fiscal_year,
    find_month,
    find_quarter,
    format_date,
    format_datetime,
    format_fiscal_year,
    format_month,
    format_quarter,
    read_date,
    read_fiscal_year,
    read_month,
    read_range,
)

NOVEMBER_29 = date(2024, 11, 29)
USUAL_DAYS = st.dates(date(1998, 1, 1), date(2056, 12, 31))
DAYS_NEAR = st.dates(date(1998, 1, 1), date(2042, 12, 31))  # of two digits: 2541 to 2585


def codes(notes):
    return [note.code for note in notes]


@pytest.mark.parametrize(
    "written",
    [
        "29 พ.ย. 67",
        "29 พ.ย. 2567",
        "29 พ.ย.67",
        "29พย67",
        "29-พ.ย.-67",
        "29 พฤศจิกายน 2567",
        "29 พฤศจิกายน พ.ศ. 2567",
        "๒๙ พฤศจิกายน ๒๕๖๗",
        "วันศุกร์ที่ 29 พฤศจิกายน พ.ศ. ๒๕๖๗",
        "วันที่ 29 พ.ย. 67",
        "ณ วันที่ 29 พฤศจิกายน 2567",
        "29\u00a0พ.ย.\u00a02567",
        "29/11/2567",
        "29/11/67",
        "29-11-2567",
        "29.11.2567",
        "29/11/2567 14:03 น.",
        "29/11/2567 0:00:00",
        "2567-11-29",
        "2024-11-29",
        "2024-11-29T00:00:00",
        "29 พ.ย. ค.ศ. 2024",
        NOVEMBER_29,
        datetime(2024, 11, 29, 8, 0, tzinfo=UTC),
    ],
)
def test_a_date_is_read_as_officials_write_it(written):
    reading = read_date(written)
    assert reading.value == NOVEMBER_29
    assert not reading.warnings
    assert not reading.questions


@pytest.mark.parametrize(
    ("written", "warning"),
    [
        ("29/11/2024", "common_era"),
        ("29 Nov 2024", "common_era"),
        ("45625", "serial"),
        ("45625.5", "serial"),
        (45625, "serial"),
        (45625.0, "serial"),
        (Decimal(45625), "serial"),
        (date(2567, 11, 29), "buddhist_era_cell"),
    ],
)
def test_what_had_to_be_assumed_is_a_warning(written, warning):
    reading = read_date(written)
    assert reading.value == NOVEMBER_29
    assert codes(reading.warnings) == [warning]
    assert "67" in str(reading.warnings[0])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("29/11/24", date(1981, 11, 29)),
        ("1/1/3000", date(2457, 1, 1)),
        (date(1967, 1, 1), date(1967, 1, 1)),
    ],
)
def test_a_year_outside_2540_to_2600_is_asked_about(written, value):
    reading = read_date(written)
    assert reading.value == value
    assert codes(reading.questions) == ["unusual_year"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/2567", "no_such_day"),
        ("29/02/2568", "no_such_day"),
        (date(2568, 2, 29), "no_such_day"),
        ("11/29/2567", "day_month_order"),
        ("29 พ.ย.", "no_year"),
        ("พ.ย. 67", "no_day"),
        ("29 กขค 2567", "not_a_date"),
        ("เมื่อวาน", "not_a_date"),
        (2567, "not_a_date"),
        ("9" * 300, "not_a_date"),
    ],
)
def test_what_is_no_date_is_an_error_with_a_remedy(written, code):
    reading = read_date(written)
    assert (reading.kind, reading.value) == (Kind.ERROR, None)
    assert reading.error.code == code
    assert str(reading.error)


@pytest.mark.parametrize("written", [None, "", "-", "–", "..."])
def test_blank_and_dash_are_not_reported(written):
    for read in (read_date, read_month, read_fiscal_year):
        assert read(written).kind is Kind.NOT_REPORTED


def test_leap_day_of_the_buddhist_year_follows_the_common_year():
    assert read_date("29/02/2567").value == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("ต.ค. 66 - ก.ย. 67", date(2023, 10, 1), date(2024, 9, 30)),
        ("ต.ค.66–ก.ย.67", date(2023, 10, 1), date(2024, 9, 30)),
        ("ตุลาคม 2566 ถึง กันยายน 2567", date(2023, 10, 1), date(2024, 9, 30)),
        ("1 ม.ค. 66 - 31 มี.ค. 66", date(2023, 1, 1), date(2023, 3, 31)),
        ("ต.ค.-ธ.ค. 66", date(2023, 10, 1), date(2023, 12, 31)),
        ("ต.ค. - มี.ค. 67", date(2023, 10, 1), date(2024, 3, 31)),
        ("15 ต.ค. - 20 พ.ย. 66", date(2023, 10, 15), date(2023, 11, 20)),
        ("1-31 ม.ค. 70", date(2027, 1, 1), date(2027, 1, 31)),
        ("2024-10-01 to 2025-09-30", date(2024, 10, 1), date(2025, 9, 30)),
    ],
)
def test_a_range_is_its_first_and_last_day(written, first, last):
    assert read_range(written).value == (first, last)


def test_a_range_carries_the_notes_of_both_ends():
    reading = read_range("1/10/2023 - 30/9/3000")
    assert codes(reading.warnings) == ["common_era"]
    assert codes(reading.questions) == ["unusual_year"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ก.ย. 67 - ต.ค. 66", "range_backwards"),
        ("ตลอดปี", "not_a_range"),
        ("ก - ข", "not_a_range"),
        ("x - ก.ย. 67", "not_a_range"),
        ("31 - 30 ก.ย. 67", "not_a_range"),
    ],
)
def test_what_is_no_range_is_an_error(written, code):
    assert read_range(written).error.code == code


def test_a_blank_range_is_not_reported():
    assert read_range("-").kind is Kind.NOT_REPORTED


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ต.ค. 66", (2567, 1)),
        ("ตุลาคม 2566", (2567, 1)),
        ("เดือนตุลาคม 2566", (2567, 1)),
        ("ต.ค.-66", (2567, 1)),
        ("10/2566", (2567, 1)),
        ("ก.ย. 67", (2567, 12)),
        ("Oct 2023", (2567, 1)),
        (date(2023, 10, 31), (2567, 1)),
    ],
)
def test_a_month_is_read_with_its_fiscal_year(written, value):
    assert read_month(written).value == value


def test_a_sheet_named_by_its_month_takes_the_year_of_the_upload():
    assert read_month("ต.ค.", fiscal_year=2570).value == (2570, 1)
    assert read_month("มีนาคม", fiscal_year=2570).value == (2570, 6)
    assert read_month("ต.ค.").error.code == "no_year"


@pytest.mark.parametrize("written", ["13/2566", "กขค", "กขค 2566", "1 2 3", 5])
def test_what_is_no_month_is_an_error(written):
    assert read_month(written).kind is Kind.ERROR


@pytest.mark.parametrize(
    ("written", "year", "warned"),
    [
        ("2567", 2567, []),
        ("2567.0", 2567, []),
        (2567.0, 2567, []),
        (2567, 2567, []),
        ("๒๕๖๗", 2567, []),
        ("67", 2567, []),
        ("พ.ศ. 2567", 2567, []),
        ("ปีงบประมาณ พ.ศ. 2567", 2567, []),
        ("ประจำปีงบประมาณ 2567", 2567, []),
        ("2024", 2567, ["common_era"]),
        ("ค.ศ. 2024", 2567, []),
    ],
)
def test_a_fiscal_year_is_read_in_the_buddhist_era(written, year, warned):
    reading = read_fiscal_year(written)
    assert (reading.value, codes(reading.warnings)) == (year, warned)


def test_a_fiscal_year_out_of_the_usual_is_asked_about_and_prose_is_an_error():
    assert codes(read_fiscal_year("12").questions) == ["unusual_year"]
    assert read_fiscal_year("ปีหน้า").error.code == "not_a_year"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("ไตรมาสที่ 2 (1 ม.ค. 66 - 31 มี.ค. 66)", (2566, 2)),
        ("ไตรมาสที่ 1 (ต.ค. - ธ.ค. 66)", (2567, 1)),
        ("แบบรายงานตัวชี้วัด สสจ.สมุทรสาคร ไตรมาส 1/2570", (2570, 1)),
        ("ไตรมาส ๓ ปีงบประมาณ พ.ศ. ๒๕๗๐", (2570, 3)),
        ("Q1 2570", (2570, 1)),
        ("Q1/2027", (2570, 1)),
        ("ผลไตรมาส 4", (None, 4)),
        ("ไตรมาส 4 (ร้อยละ)", (None, 4)),
        ("รายงานประจำปี", None),
    ],
)
def test_a_quarter_is_found_in_a_title(title, found):
    assert find_quarter(title) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("รายงานผลการเบิกจ่าย เดือน พฤศจิกายน 2569", (2570, 2)),
        ("ข้อมูล ณ สิ้นเดือนต.ค. ๖๙", (2570, 1)),
        ("เดือน ต.ค. - พ.ย. 2569", (2570, 2)),
        ("เดือนตุลาคม พ.ศ. 2569", (2570, 1)),
        ("เดือนกันยายน", (None, 12)),
        ("รายเดือน ณ วันที่ 29 พฤศจิกายน 2567", None),
        ("รายเดือน สำนักงานคลัง", None),
    ],
)
def test_a_month_is_found_in_a_title(title, found):
    assert find_month(title) == found


def test_a_month_is_found_in_the_name_of_a_sheet_and_a_year_in_a_title():
    assert find_month("เบิกจ่าย ต.ค. 69", is_name=True) == (2570, 1)
    assert find_month("สรุป", is_name=True) is None
    assert find_fiscal_year("ประจำปีงบประมาณ พ.ศ. ๒๕๖๙") == 2569
    assert find_fiscal_year("แผน 2569") is None


@pytest.mark.parametrize(
    ("style", "lang", "shown"),
    [
        ("short", "th", "13 ม.ค. 2570"),
        ("long", "th", "13 มกราคม 2570"),
        ("numeric", "th", "13/01/2570"),
        ("short", "en", "13 Jan 2027"),
        ("long", "en", "13 January 2027"),
        ("numeric", "en", "13/01/2027"),
    ],
)
def test_a_date_is_shown_in_its_era_and_kept_together(style, lang, shown):
    assert format_date(date(2027, 1, 13), style, lang) == shown.replace(" ", "\u00a0")


def test_dates_have_a_two_digit_year_and_thai_digits_where_asked():
    day = date(2027, 1, 13)
    assert format_date(day, two_digit=True) == "13\u00a0ม.ค.\u00a070"
    assert format_date(day, "long", thai_digits=True) == "๑๓\u00a0มกราคม\u00a0๒๕๗๐"
    assert format_date(day, lang="en", thai_digits=True) == "13\u00a0Jan\u00a02027"
    assert format_date(None) == format_datetime(None) == ""


def test_a_moment_is_shown_in_bangkok_time():
    at = datetime(2027, 1, 13, 17, 30, tzinfo=UTC)
    assert format_datetime(at) == "14\u00a0ม.ค.\u00a02570\u00a000:30\u00a0น."
    assert format_datetime(at, lang="en") == "14\u00a0Jan\u00a02027\u00a000:30"
    assert thaidates.format_time(at) == "00:30\u00a0น."


def test_periods_are_shown_with_the_year_they_lie_in():
    assert format_month(2570, 1) == "ต.ค.\u00a02569"
    assert format_month(2570, 4, "long", "en") == "January\u00a02027"
    assert format_month(2570, 1, two_digit=True, thai_digits=True) == "ต.ค.\u00a0๖๙"
    assert thaidates.fiscal_month_name(1) == "ต.ค."
    assert format_quarter(2570, 1) == "ไตรมาส\u00a01/2570"
    assert format_quarter(2570, 1, "long") == "ไตรมาส\u00a01 ปีงบประมาณ\u00a0พ.ศ.\u00a02570"
    assert format_quarter(2570, 1, lang="en") == "Q1\u00a02027"
    assert format_quarter(2570, 1, "long", "en") == "Q1, fiscal year\u00a02027"
    assert format_fiscal_year(2570) == "2570"
    assert format_fiscal_year(2570, thai_digits=True) == "๒๕๗๐"


@given(USUAL_DAYS)
def test_dates_agree_with_pythainlp(day):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert format_date(day, "long").replace("\u00a0", " ") == thai_strftime(at, "%-d %B %Y")
    assert format_date(day).replace("\u00a0", " ") == thai_strftime(at, "%-d %b %Y")
    assert format_date(day, thai_digits=True).replace("\u00a0", " ") == thai_strftime(
        at, "%-d %b %Y", thaidigit=True
    )


@given(USUAL_DAYS, st.sampled_from(["short", "long", "numeric"]), st.booleans())
def test_a_shown_date_can_be_read_back(day, style, thai_digits):
    assert read_date(format_date(day, style, thai_digits=thai_digits)).value == day
    assert read_date(format_date(day, style, "en")).value == day


@given(DAYS_NEAR, st.sampled_from(["short", "long", "numeric"]))
def test_a_date_with_a_two_digit_year_can_be_read_back(day, style):
    assert read_date(format_date(day, style, two_digit=True)).value == day


@given(st.integers(2545, 2595), st.integers(1, 12), st.sampled_from(["short", "long"]))
def test_a_shown_month_can_be_read_back(year, month, style):
    assert read_month(format_month(year, month, style)).value == (year, month)
    assert read_month(month_start(year, month)).value == (year, month)


@given(st.integers(2545, 2595), st.integers(1, 4), st.sampled_from(["short", "long"]))
def test_a_shown_quarter_can_be_found_again(year, quarter, style):
    assert find_quarter(format_quarter(year, quarter, style)) == (year, quarter)
    assert find_quarter(format_quarter(year, quarter, lang="en")) == (year, quarter)


@given(st.text())
def test_no_text_crashes_the_readers(text):
    for read in (read_date, read_month, read_range, read_fiscal_year):
        reading = read(text)
        assert (reading.value is None) == (reading.kind is not Kind.VALUE)
    find_quarter(text)
