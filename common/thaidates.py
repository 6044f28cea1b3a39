"""Dates as Thai officials write them: shown to people, and read from what they typed or sent.

Storage is ISO dates; years shown in Thai are of the Buddhist Era, in English of the Common Era.
Fiscal years are of the Buddhist Era everywhere; see common.fiscal.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from common.fiscal import (
    ZONE,
    calendar_month_of,
    fiscal_month_of,
    month_start,
    quarter_of,
    to_buddhist_year,
    to_common_year,
)
from common.readings import Kind, Note, Reading
from common.thainumbers import (
    DASHES,
    NO_BREAK_SPACE,
    Language,
    from_thai_digits,
    normalise_text,
    to_thai_digits,
)

Style = Literal["short", "long", "numeric"]

THAI_MONTHS: Final = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
THAI_MONTHS_SHORT: Final = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
ENGLISH_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
THAI_WEEKDAYS: Final = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

# ---------------------------------------------------------------- showing


def month_name(month: int, style: Literal["short", "long"] = "short", lang: Language = "th") -> str:
    """Return the name of a calendar month (1 is January)."""
    if lang == "en":
        name = ENGLISH_MONTHS[month - 1]
        return name if style == "long" else name[:3]
    return (THAI_MONTHS if style == "long" else THAI_MONTHS_SHORT)[month - 1]


def fiscal_month_name(
    month: int, style: Literal["short", "long"] = "short", lang: Language = "th"
) -> str:
    """Return the name of a fiscal month (1 is October)."""
    return month_name(calendar_month_of(month), style, lang)


def format_date(
    day: date | None,
    style: Style = "short",
    lang: Language = "th",
    *,
    two_digit: bool = False,
    thai_digits: bool = False,
) -> str:
    """Return a date for people, kept together by no-break spaces; None gives an empty text."""
    if day is None:
        return ""
    year = _year(day.year, lang, two_digit=two_digit)
    if style == "numeric":
        text = f"{day.day:02d}/{day.month:02d}/{year}"
    else:
        text = NO_BREAK_SPACE.join((str(day.day), month_name(day.month, style, lang), year))
    return _digits(text, lang, thai_digits=thai_digits)


def format_datetime(
    at: datetime | None,
    style: Style = "short",
    lang: Language = "th",
    *,
    two_digit: bool = False,
    thai_digits: bool = False,
) -> str:
    """Return an aware moment as people in Bangkok read it: `13 ม.ค. 2570 14:03 น.`."""
    if at is None:
        return ""
    local = at.astimezone(ZONE)
    day = format_date(local.date(), style, lang, two_digit=two_digit)
    return _digits(f"{day}{NO_BREAK_SPACE}{format_time(at, lang)}", lang, thai_digits=thai_digits)


def format_time(at: datetime, lang: Language = "th") -> str:
    """Return the time of day in Bangkok: `14:03 น.`."""
    clock = at.astimezone(ZONE).strftime("%H:%M")
    return clock if lang == "en" else f"{clock}{NO_BREAK_SPACE}น."


def format_month(
    year: int,
    month: int,
    style: Literal["short", "long"] = "short",
    lang: Language = "th",
    *,
    two_digit: bool = False,
    thai_digits: bool = False,
) -> str:
    """Return a fiscal month with the calendar year that it lies in: (2570, 1) is `ต.ค. 2569`."""
    first = month_start(year, month)
    name = month_name(first.month, style, lang)
    text = f"{name}{NO_BREAK_SPACE}{_year(first.year, lang, two_digit=two_digit)}"
    return _digits(text, lang, thai_digits=thai_digits)


def format_fiscal_year(
    year: int,
    style: Literal["short", "long"] = "short",
    lang: Language = "th",
    *,
    thai_digits: bool = False,
) -> str:
    """Return a fiscal year: `2570`, or in full `ปีงบประมาณ พ.ศ. 2570`."""
    if lang == "en":
        text = str(to_common_year(year))
        return text if style == "short" else f"fiscal year{NO_BREAK_SPACE}{text}"
    text = str(year)
    if style == "long":
        text = NO_BREAK_SPACE.join(("ปีงบประมาณ", "พ.ศ.", text))
    return _digits(text, lang, thai_digits=thai_digits)


def format_quarter(
    year: int,
    quarter: int,
    style: Literal["short", "long"] = "short",
    lang: Language = "th",
    *,
    thai_digits: bool = False,
) -> str:
    """Return a quarter: `ไตรมาส 1/2570`, or in full `ไตรมาส 1 ปีงบประมาณ พ.ศ. 2570`."""
    if lang == "en":
        joint = NO_BREAK_SPACE if style == "short" else ", "
        return f"Q{quarter}{joint}{format_fiscal_year(year, style, lang)}"
    if style == "short":
        text = f"ไตรมาส{NO_BREAK_SPACE}{quarter}/{year}"
    else:
        text = f"ไตรมาส{NO_BREAK_SPACE}{quarter} {format_fiscal_year(year, style, lang)}"
    return _digits(text, lang, thai_digits=thai_digits)


def _year(common_year: int, lang: Language, *, two_digit: bool) -> str:
    year = common_year if lang == "en" else to_buddhist_year(common_year)
    return f"{year % 100:02d}" if two_digit else str(year)


def _digits(text: str, lang: Language, *, thai_digits: bool) -> str:
    return to_thai_digits(text) if thai_digits and lang == "th" else text


# ---------------------------------------------------------------- reading

FIRST_USUAL_YEAR: Final = 2540
LAST_USUAL_YEAR: Final = 2600

SENTENCES: Final = {
    "not_a_date": "“%(written)s” ไม่ใช่วันที่ เขียนแบบ 29 พ.ย. 2569 หรือ 29/11/2569",
    "no_year": "“%(written)s” ไม่มีปี เขียนแบบ 29 พ.ย. 2569",
    "no_day": "“%(written)s” ไม่มีวันที่ เขียนแบบ 29 พ.ย. 2569",
    "no_such_day": "ไม่มีวันที่ “%(written)s” ในปฏิทิน",
    "day_month_order": "“%(written)s” สลับวันกับเดือน เขียนวันก่อนเดือน แบบ 29/11/2569",
    "not_a_month": "“%(written)s” ไม่ใช่เดือน เขียนแบบ ต.ค. 2569",
    "not_a_range": "“%(written)s” ไม่ใช่ช่วงเวลา เขียนแบบ ต.ค. 2569 - ก.ย. 2570",
    "range_backwards": "“%(written)s” สิ้นสุดก่อนเริ่ม",
    "not_a_year": "“%(written)s” ไม่ใช่ปีงบประมาณ เขียนแบบ 2570",
    "not_a_quarter": "“%(written)s” ไม่ใช่ไตรมาส เขียนแบบ ไตรมาส 1/2570",
    "unusual_year": "“%(written)s” อ่านว่า พ.ศ. %(year)s ใช่หรือไม่",
    "common_era": "“%(written)s” เป็นปี ค.ศ. อ่านว่า พ.ศ. %(year)s",
    "buddhist_era_cell": "“%(written)s” พิมพ์ปี พ.ศ. ในช่องวันที่ของ Excel อ่านว่า %(value)s",
    "serial": "“%(written)s” เป็นเลขลำดับวันของ Excel อ่านว่า %(value)s",
}

_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: what a date of ours can be
_BUDDHIST_FROM = 2400
_MONTHS = {
    **{name: number for number, name in enumerate(THAI_MONTHS, 1)},
    **{name.replace(".", ""): number for number, name in enumerate(THAI_MONTHS_SHORT, 1)},
    **{name.lower(): number for number, name in enumerate(ENGLISH_MONTHS, 1)},
    **{name.lower()[:3]: number for number, name in enumerate(ENGLISH_MONTHS, 1)},
    "sept": 9,
    "มิย": 6,
    "กพ": 2,
}
_MONTH = r"(?P<month>[ก-\u0e4e]{1,4}\s?\.\s?[ก-\u0e4e]{1,2}\.?|[ก-\u0e4e]{2,10}|[a-z]{3,9}\.?)"
_ERA = r"(?:(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|[bc]\.?e\.?|a\.?d\.?)\s*)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_GAP = r"[\s/.,-]*"
_LEAD = re.compile(
    r"^(?:(?:ณ|ภายใน|สิ้นสุด|เริ่ม)\s*)?"
    r"(?:วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)?\s*)?"
    r"(?:ที่\s*)?(?:เดือน\s*)?"
)
_TIME = re.compile(r"[\st,]+(?:เวลา\s*)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:น\.?|am|pm|z)?$")
_NAMED = re.compile(rf"(?P<day>\d{{1,2}}){_GAP}{_MONTH}{_GAP}{_ERA}{_YEAR}")
_NAMED_YEARLESS = re.compile(rf"(?P<day>\d{{1,2}}){_GAP}{_MONTH}")
_MONTH_YEAR = re.compile(rf"{_MONTH}{_GAP}{_ERA}{_YEAR}")
_MONTH_ONLY = re.compile(_MONTH)
_NUMERIC = re.compile(
    r"(?P<day>\d{1,2})\s*([/.-])\s*(?P<month>\d{1,2})\s*\2\s*(?P<year>\d{4}|\d{2})"
)
_NUMERIC_MONTH = re.compile(r"(?P<month>\d{1,2})\s*[/-]\s*(?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})([/.-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_BLANK = re.compile(rf"(?:{'|'.join(map(re.escape, DASHES))}|[.\u2026 ])*")
_RANGE_JOINT = re.compile(rf"\s*(?:{'|'.join(map(re.escape, DASHES))}|ถึง|จนถึง|to)\s*")
_FISCAL_YEAR = re.compile(
    r"(?:ประจำ)?(?:ปี)?\s*(?:งบประมาณ)?\s*(?:รายจ่าย)?\s*(?:fy)?\s*(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?)?\s*"
    r"(?P<year>\d{4}|\d{2})(?:\.0+)?",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:ไตรมาส\s*(?:ที่)?|q|quarter)\s*(?P<quarter>[1-4])(?!\d)"
    r"(?:\s*(?:/|ปีงบประมาณ|ปี|พ\.?ศ\.?|fy|,|\s)*\s*(?P<year>25\d\d|26\d\d|20\d\d))?",
    re.IGNORECASE,
)
# Months as titles and sheets name them: in full, or short with their dots.
_NAMED_MONTH = "|".join(
    [*THAI_MONTHS, *(re.escape(name).replace(r"\.", r"\.\s?") for name in THAI_MONTHS_SHORT)]
)
_TITLED_MONTH = re.compile(rf"(?P<month>{_NAMED_MONTH})(?![ก-ฮ]\.)(?:\s*{_ERA}{_YEAR}(?!\d))?")
_AFTER_MONTH = re.compile(rf"เดือน\s*(?={_NAMED_MONTH})")
_TITLED_YEAR = re.compile(r"ปีงบประมาณ\s*(?:พ\.?\s?ศ\.?)?\s*(?P<year>25\d\d|26\d\d)")
_LONGEST = 200  # a longer text is prose; a cut keeps the patterns quick

DateCell = str | int | float | Decimal | date | datetime | None


def read_date(written: DateCell) -> Reading[date]:
    """Read the day that a cell or a field holds; years of two digits are of the Buddhist Era."""
    if written is None:
        return Reading(Kind.NOT_REPORTED)
    if isinstance(written, datetime):
        return _read_day(written.date())
    if isinstance(written, date):
        return _read_day(written)
    if not isinstance(written, str):
        return _read_serial(float(written), _shown(written))
    text = _clean(written)
    if _BLANK.fullmatch(text):
        return Reading(Kind.NOT_REPORTED, written=written)
    if _SERIAL.fullmatch(text):
        return _read_serial(float(text), written)
    return _read_date_text(written, _TIME.sub("", _LEAD.sub("", text, count=1)))


def _read_date_text(written: str, text: str) -> Reading[date]:
    if found := _ISO.fullmatch(text):
        return _compose(written, found["day"], int(found["month"]), found["year"], quiet=True)
    if found := _NUMERIC.fullmatch(text):
        day, month = int(found["day"]), int(found["month"])
        if month > 12 >= day:
            return Reading(Kind.ERROR, written=written, error=_note("day_month_order", written))
        return _compose(written, found["day"], month, found["year"])
    found = _NAMED.fullmatch(text)
    number = _month_number(found["month"]) if found else None
    if found is None or number is None:
        return Reading(Kind.ERROR, written=written, error=_note(_why_no_date(text), written))
    return _compose(written, found["day"], number, found["year"], era=found["era"])


def read_month(written: DateCell, *, fiscal_year: int | None = None) -> Reading[tuple[int, int]]:
    """Read a month as (fiscal year, fiscal month); `fiscal_year` helps where no year is written."""
    if written is None:
        return Reading(Kind.NOT_REPORTED)
    if not isinstance(written, str):
        day = read_date(written)
        return Reading(
            day.kind,
            None if day.value is None else fiscal_month_of(day.value),
            day.written,
            day.warnings,
            day.questions,
            day.error,
        )
    text = _clean(written)
    if _BLANK.fullmatch(text):
        return Reading(Kind.NOT_REPORTED, written=written)
    text = _LEAD.sub("", text, count=1)
    month, year, era = _parts_of_month(text)
    if month is None:
        return Reading(Kind.ERROR, written=written, error=_note("not_a_month", written))
    if year is None:
        if fiscal_year is None:
            return Reading(Kind.ERROR, written=written, error=_note("no_year", written))
        return Reading(Kind.VALUE, (fiscal_year, (month - 10) % 12 + 1), written)
    day = _compose(written, "1", month, year, era=era)
    value = None if day.value is None else fiscal_month_of(day.value)
    return Reading(day.kind, value, written, day.warnings, day.questions, day.error)


def read_range(written: str) -> Reading[tuple[date, date]]:
    """Read a span of days or months, `ต.ค. 66 - ก.ย. 67`, as its first and last day.

    Where only the end carries a year, the start lies in the last such month before it.
    """
    text = _clean(written)
    if _BLANK.fullmatch(text):
        return Reading(Kind.NOT_REPORTED, written=written)
    for joint in _RANGE_JOINT.finditer(text):
        first, last = text[: joint.start()], text[joint.end() :]
        end = _edge(last)
        if end is None:
            continue
        start = _edge(first) or _edge_before(first, end[1])
        if start is None:
            continue
        notes = (*start[2], *end[2])
        if start[0] > end[1]:
            return Reading(Kind.ERROR, written=written, error=_note("range_backwards", written))
        warnings = tuple(note for note in notes if note.code != "unusual_year")
        questions = tuple(note for note in notes if note.code == "unusual_year")
        return Reading(Kind.VALUE, (start[0], end[1]), written, warnings, questions)
    return Reading(Kind.ERROR, written=written, error=_note("not_a_range", written))


def read_fiscal_year(written: DateCell) -> Reading[int]:
    """Read a fiscal year of the Buddhist Era: `2567`, `2567.0`, `ปีงบประมาณ พ.ศ. 2567`, `67`."""
    if written is None:
        return Reading(Kind.NOT_REPORTED)
    shown = _shown(written)
    text = _clean(shown)
    if _BLANK.fullmatch(text):
        return Reading(Kind.NOT_REPORTED, written=shown)
    found = _FISCAL_YEAR.fullmatch(text)
    if found is None:
        return Reading(Kind.ERROR, written=shown, error=_note("not_a_year", shown))
    common, warnings = _common_year(shown, found["year"], found["era"])
    year = to_buddhist_year(common)
    return Reading(Kind.VALUE, year, shown, warnings, _year_questions(shown, year))


def find_quarter(text: str) -> tuple[int | None, int] | None:
    """Find a quarter in a title: `ไตรมาสที่ 2 (1 ม.ค. 66 - 31 มี.ค. 66)` is (2566, 2).

    The year is None where none is stated; the answer is None where no quarter is named.
    """
    cleaned = _clean(text)
    found = _QUARTER.search(cleaned)
    if found is None:
        return None
    quarter = int(found["quarter"])
    if found["year"]:
        common, _ = _common_year(text, found["year"], None)
        return to_buddhist_year(common), quarter
    bracket = re.search(r"\(([^()]*)\)", cleaned[found.end() :])
    span = read_range(bracket.group(1)) if bracket else None
    if span is not None and span.value is not None:
        return quarter_of(span.value[1])[0], quarter
    return None, quarter


def find_month(text: str, *, is_name: bool = False) -> tuple[int | None, int] | None:
    """Find the month that a title is about, `เดือน ต.ค. 2569`, as fiscal year and fiscal month.

    Of a span the last one counts. The year is None where none is stated. A day's month is none:
    only the name of a sheet (`is_name`) says it without the word เดือน.
    """
    cleaned = _clean(text)
    lead = None if is_name else _AFTER_MONTH.search(cleaned)
    if not is_name and lead is None:
        return None
    found = _TITLED_MONTH.match(cleaned, lead.end()) if lead else _TITLED_MONTH.search(cleaned)
    if found is None:
        return None
    joint = _RANGE_JOINT.match(cleaned, found.end())
    found = (_TITLED_MONTH.match(cleaned, joint.end()) if joint else None) or found
    month = _MONTHS[re.sub(r"[.\s]", "", found["month"])]
    number = (month - 10) % 12 + 1
    if not found["year"]:
        return None, number
    common, _ = _common_year(text, found["year"], found["era"])
    return fiscal_month_of(date(common, month, 1))[0], number


def find_fiscal_year(text: str) -> int | None:
    """Find the fiscal year that a title is about: `ประจำปีงบประมาณ พ.ศ. 2570` is 2570."""
    found = _TITLED_YEAR.search(_clean(text))
    return int(found["year"]) if found else None


def _shown(cell: object) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def _clean(written: str) -> str:
    text = from_thai_digits(normalise_text(written[:_LONGEST].replace("\n", " ")))
    return text.removeprefix("'").casefold()


def _note(code: str, written: str, **params: str) -> Note:
    return Note(code, SENTENCES[code], {"written": written, **params})


def _why_no_date(text: str) -> str:
    yearless = _NAMED_YEARLESS.fullmatch(text)
    if yearless and _month_number(yearless["month"]):
        return "no_year"
    return "no_day" if _parts_of_month(text)[0] else "not_a_date"


def _month_number(name: str) -> int | None:
    return _MONTHS.get(re.sub(r"[.\s]", "", name))


def _parts_of_month(text: str) -> tuple[int | None, str | None, str | None]:
    """Return calendar month, written year and era of a text that names a month."""
    if found := _NUMERIC_MONTH.fullmatch(text):
        month = int(found["month"])
        return (month, found["year"], None) if 1 <= month <= 12 else (None, None, None)
    if found := _MONTH_YEAR.fullmatch(text):
        return _month_number(found["month"]), found["year"], found["era"]
    if found := _MONTH_ONLY.fullmatch(text):
        return _month_number(found["month"]), None, None
    return None, None, None


def _common_year(
    written: str, year_text: str, era: str | None, *, quiet: bool = False
) -> tuple[int, tuple[Note, ...]]:
    """Return the year of the Common Era that was written, with a warning if it was one."""
    year = int(year_text)
    if len(year_text) == 2:
        return to_common_year(2500 + year), ()
    if era is not None and era[0] in "คca":
        return year, ()
    if year >= _BUDDHIST_FROM:
        return to_common_year(year), ()
    if quiet:
        return year, ()
    return year, (_note("common_era", written, year=str(to_buddhist_year(year))),)


def _year_questions(written: str, buddhist_year: int) -> tuple[Note, ...]:
    if FIRST_USUAL_YEAR <= buddhist_year <= LAST_USUAL_YEAR:
        return ()
    return (_note("unusual_year", written, year=str(buddhist_year)),)


def _compose(
    written: str,
    day: str,
    month: int,
    year: str,
    *,
    era: str | None = None,
    quiet: bool = False,
) -> Reading[date]:
    common, warnings = _common_year(written, year, era, quiet=quiet)
    try:
        value = date(common, month, int(day))
    except ValueError:
        return Reading(Kind.ERROR, written=written, error=_note("no_such_day", written))
    questions = _year_questions(written, to_buddhist_year(common))
    return Reading(Kind.VALUE, value, written, warnings, questions)


def _read_day(day: date) -> Reading[date]:
    """Read a date cell; from the year 2400 on a Buddhist year was typed where Excel takes CE."""
    written = f"{day.day}/{day.month}/{day.year}"
    if day.year < _BUDDHIST_FROM:
        questions = _year_questions(written, to_buddhist_year(day.year))
        return Reading(Kind.VALUE, day, written, questions=questions)
    reading = _compose(written, str(day.day), day.month, str(day.year))
    if reading.value is None:
        return reading
    warning = _note("buddhist_era_cell", written, value=format_date(reading.value))
    return Reading(Kind.VALUE, reading.value, written, (warning,), reading.questions)


def _read_serial(serial: float, written: str) -> Reading[date]:
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL:
        return Reading(Kind.ERROR, written=written, error=_note("not_a_date", written))
    day = _EXCEL_EPOCH + timedelta(days=int(serial))
    warning = _note("serial", written, value=format_date(day))
    return Reading(Kind.VALUE, day, written, (warning,))


def _edge(text: str) -> tuple[date, date, tuple[Note, ...]] | None:
    """Return first and last day that one side of a range names, with its notes."""
    day = read_date(text)
    if day.value is not None:
        return day.value, day.value, (*day.warnings, *day.questions)
    month = read_month(text)
    if month.value is None:
        return None
    first = month_start(*month.value)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, last, (*month.warnings, *month.questions)


def _edge_before(text: str, end: date) -> tuple[date, date, tuple[Note, ...]] | None:
    """Return the first day named by the start of a range that carries no year of its own."""
    text = _LEAD.sub("", text, count=1)
    if text.isdigit():  # `1 - 31 ม.ค. 2570`
        day, month = int(text), end.month
    else:
        found = _NAMED_YEARLESS.fullmatch(text) or _MONTH_ONLY.fullmatch(text)
        number = _month_number(found["month"]) if found else None
        if found is None or number is None:
            return None
        day, month = int(found.groupdict().get("day") or 1), number
    try:
        start = date(end.year, month, day)
        start = start if start <= end else date(end.year - 1, month, day)
    except ValueError:
        return None
    return start, start, ()


def calendar_month_name(
    fiscal_month: int, style: Literal["short", "long"] = "short", lang: Language = "th"
) -> str:
    """Return the name of a fiscal month (1 is October)."""
    return month_name(calendar_month_of(fiscal_month), style, lang)
