"""Numbers and money as Thai officials write them: read from cells, shown to people.

Reading is exact (Decimal in and out) and never guesses in silence: what had to be assumed is a
warning, what may mean two things is a question, and what cannot be read is an error.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from common.readings import Kind, Note, Reading
from common.rounding import round_half_up

MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"
MILLION: Final = Decimal(1_000_000)
LARGEST: Final = Decimal(10) ** 14  # what a stored figure of 1/10,000 can hold, with room for sums

Language = Literal["th", "en"]

# ---------------------------------------------------------------- text

_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_THAI = str.maketrans("0123456789", _THAI_DIGITS)
_FROM_THAI = str.maketrans(_THAI_DIGITS, "0123456789")
_ZERO_WIDTH = re.compile("[\x00\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile("[\u0009\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
_SPLIT_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_LATE_TONE = re.compile("\u0e33([\u0e48-\u0e4b])")
# Whatever normalising would change; nearly every cell holds none of it and is left alone.
_TO_NORMALISE = re.compile(
    "[\x00\r\t\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff\u0e4d]"
    "|  |\u0e40\u0e40|\u0e33[\u0e48-\u0e4b]|^\\s|\\s$|\\s\\Z"
)


def to_thai_digits(text: str) -> str:
    """Return the text with 0–9 written as ๐–๙."""
    return text.translate(_TO_THAI)


def from_thai_digits(text: str) -> str:
    """Return the text with ๐–๙ written as 0–9."""
    return text.translate(_FROM_THAI)


def normalise_text(text: str) -> str:
    """Return Thai text as it is meant: one code point for ำ, แ for เเ, plain spaces.

    Zero-width characters and NULs (no database keeps one) go, runs of spaces become one, and the
    ends are stripped. Line breaks and digits stay as written.
    """
    if not _TO_NORMALISE.search(text):
        return text
    text = _ZERO_WIDTH.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("เเ", "แ")
    text = _LATE_TONE.sub("\\1\u0e33", _SPLIT_SARA_AM.sub("\\1\u0e33", text))
    return _SPACES.sub(" ", text).strip()


# ---------------------------------------------------------------- rounding and showing


def format_number(
    value: Decimal | int | None,
    decimals: int = 2,
    *,
    lang: Language = "th",
    thai_digits: bool = False,
    grouped: bool = True,
) -> str:
    """Return a figure for people: comma groups, a true minus sign, half-up, never −0.00.

    None gives an empty text: what a missing figure looks like is its state's matter.
    """
    if value is None:
        return ""
    rounded = round_half_up(Decimal(value), decimals)
    text = f"{abs(rounded):{',' if grouped else ''}.{decimals}f}"
    text = f"{MINUS}{text}" if rounded < 0 else text
    return to_thai_digits(text) if thai_digits and lang == "th" else text


def format_baht(
    amount: Decimal | int | None,
    *,
    lang: Language = "th",
    thai_digits: bool = False,
    unit: bool = True,
) -> str:
    """Return an amount of baht with two decimals and, unless told otherwise, its unit."""
    return _with_unit(
        format_number(amount, 2, lang=lang, thai_digits=thai_digits),
        ("บาท" if lang == "th" else "baht") if unit else "",
    )


def format_million_baht(
    amount: Decimal | int | None,
    decimals: int = 2,
    *,
    lang: Language = "th",
    thai_digits: bool = False,
    unit: bool = True,
) -> str:
    """Return an amount given in baht as million baht, with its unit unless told otherwise."""
    millions = None if amount is None else Decimal(amount) / MILLION
    return _with_unit(
        format_number(millions, decimals, lang=lang, thai_digits=thai_digits),
        ("ล้านบาท" if lang == "th" else "million baht") if unit else "",
    )


def format_percent(
    value: Decimal | int | None,
    decimals: int = 2,
    *,
    lang: Language = "th",
    thai_digits: bool = False,
    word: bool = False,
) -> str:
    """Return a percentage (46 means 46 %) with its sign, or in Thai with the word ร้อยละ."""
    text = format_number(value, decimals, lang=lang, thai_digits=thai_digits)
    if not text:
        return ""
    return f"ร้อยละ{NO_BREAK_SPACE}{text}" if word and lang == "th" else f"{text}%"


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{NO_BREAK_SPACE}{unit}" if text and unit else text


# ---------------------------------------------------------------- reading

SENTENCES: Final = {
    "not_a_number": "“%(written)s” ไม่ใช่ตัวเลข ใส่ตัวเลขอย่างเดียว หรือเว้นว่างถ้ายังไม่มีผล",
    "separators": "“%(written)s” มีเครื่องหมายคั่นผิดที่ เขียนแบบ 12,345.67",
    "two_numbers": "“%(written)s” มีตัวเลขมากกว่าหนึ่งจำนวน แยกเป็นคนละช่อง",
    "inexact": "“%(written)s” ไม่ใช่ตัวเลขที่แน่นอน ใส่ตัวเลขที่วัดได้จริง",
    "formula_without_value": "สูตร %(written)s ไม่มีค่าที่คำนวณไว้ เปิดไฟล์ใน Excel แล้วบันทึกใหม่ หรือวางเป็นค่า",
    "sheet_error": "ช่องนี้เป็นข้อผิดพลาดของ Excel (%(written)s) แก้สูตรหรือใส่ค่าแทน",
    "too_large": "“%(written)s” ใหญ่เกินกว่าที่ระบบรับได้ ตรวจหน่วยและจำนวนหลัก",
    "no_data_word": "“%(written)s” อ่านว่ายังไม่รายงาน ใช่หรือไม่",
    "fraction_in_percent": "%(written)s อยู่ในคอลัมน์ร้อยละ อ่านว่าร้อยละ %(value)s "
    "ใช่หรือไม่ (ไม่ใช่ %(times_100)s)",
    "brackets_in_percent": "%(written)s ในคอลัมน์ร้อยละ อ่านว่าร้อยละ %(value)s ไม่ใช่ค่าลบ ใช่หรือไม่",
    "percent_in_number": "“%(written)s” เป็นร้อยละ แต่คอลัมน์นี้ไม่ใช่ร้อยละ อ่านว่า %(value)s ใช่หรือไม่",
    "other_unit": "“%(written)s” มีหน่วย %(found)s อ่านว่า %(value)s ใช่หรือไม่",
    "unit_suspicion": "%(written)s ล้านบาท คือ %(value)s บาท หน่วยถูกต้องหรือไม่",
    "dash_as_zero": "ขีดอ่านว่า 0 ตามที่เลือกไว้สำหรับไฟล์นี้",
    "spaces_inside": "“%(written)s” อ่านว่า %(value)s",
    "rounded": "“%(written)s” ปัดเป็น %(value)s",
}


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A cell that holds a formula whose result was never stored."""

    formula: str = ""


Cell = str | int | float | Decimal | bool | FormulaWithoutValue | None

DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
_DASH = f"[{re.escape(DASHES)}]"
_DASH_ONLY = re.compile(rf"(?:{_DASH}| )+")
_DOTS_ONLY = re.compile(r"[.\u2026 ]+")
_NO_DATA = re.compile(
    r"n\s*[/.]?\s*a\.?|none|null|tbd|"
    r"(ยัง)?ไม่มีข้อมูล.*|(ยัง)?ไม่ได้?รับข้อมูล.*|ไม่ระบุ|ยังไม่รายงาน|ยังไม่มีผล.*|"
    r"(อยู่)?ระหว่าง(การ)?(รวบรวม|จัดเก็บ|ประมวลผล|ตรวจสอบ|รอ|เก็บ).*|รอ(ข้อมูล|ผล|ประกาศ|รายงาน).*",
    re.IGNORECASE,
)
_NOT_APPLICABLE = re.compile(r"ไม่เกี่ยวข้อง.*|ไม่เข้าข่าย.*|not applicable", re.IGNORECASE)
_SHEET_ERROR = re.compile(r"#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_INEXACT = re.compile(
    r"^(ประมาณ|ราว|กว่า|เกือบ|มากกว่า|น้อยกว่า|ไม่เกิน|ไม่น้อยกว่า|[<>≤≥~≈±]).*\d"
    r"|\d\s*(\+|กว่า)$"
)
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_AMOUNT = re.compile(
    rf"(?P<lead>ร้อยละ|จำนวน|฿)?\s*(?P<sign>\+|{_DASH})?\s*(?P<open>\()?\s*"
    rf"(?P<inner>ร้อยละ|฿)?\s*(?P<inner_sign>\+|{_DASH})?\s*"
    r"(?P<digits>[\d.,][\d., ]*(?:[eE][+-]?\d{1,3})?)\s*"
    r"(?P<tail>[^\d()]*)(?P<close>\))?(?P<after>[^\d()]*)"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|" + _NUMBER)
_SCIENTIFIC = re.compile(_NUMBER + r"[eE][+-]?\d{1,3}")
_ONE_TO = re.compile(r"1\s*:\s*(?P<rest>.+)")
_PERCENT_WORDS = {"%", "ร้อยละ", "เปอร์เซ็นต์", "เปอร์เซนต์", "percent"}
_BAHT_UNITS = {
    "บาท": Decimal(1),
    "บาทถ้วน": Decimal(1),
    "บ.": Decimal(1),
    "฿": Decimal(1),
    "baht": Decimal(1),
    "thb": Decimal(1),
    "พันบาท": Decimal(1_000),
    "หมื่นบาท": Decimal(10_000),
    "แสนบาท": Decimal(100_000),
    "ล้านบาท": MILLION,
    "ล้าน": MILLION,
    "ลบ.": MILLION,
    "ลบ": MILLION,
    "ล.บ.": MILLION,
    "mb": MILLION,
    "million baht": MILLION,
    "พันล้านบาท": MILLION * 1_000,
    "หมื่นล้านบาท": MILLION * 10_000,
    "แสนล้านบาท": MILLION * 100_000,
}
_NO_SATANG = re.compile(rf"(?<=\d)\s*[.,]\s*{_DASH}{{1,2}}(?=\s*(?:บาท)?$)")  # 1,000.- baht
_SUSPICIOUS_MILLIONS = Decimal(100_000)  # 100 billion baht: more than any one line of a province
_STATED_UNIT = re.compile(
    r"(?:หน่วย(?:นับ)?(?:เงิน)?\s*[:\uff1a=]?\s*|\()\s*"
    r"(?P<unit>(?:พัน|หมื่น|แสน)?ล้านบาท|พันบาท|หมื่นบาท|แสนบาท|ล\.?บ\.?|บาท)(?=$|[\s)/,])"
)
_FORMULA_ROW_CELL = re.compile(r"[\d()=+\-*/x×÷.\s]{3,40}")
_COLUMN_NUMBER = re.compile(r"\(\d{1,2}\)")
_LONGEST_FIGURE = 80  # a longer text is prose, whatever digits it holds


def read_stated_unit(text: str) -> Decimal | None:
    """Return how many baht one unit is where a title states it: `หน่วย : ล้านบาท` is 1,000,000.

    None means that the text states no unit of money.
    """
    found = _STATED_UNIT.search(normalise_text(text))
    return _BAHT_UNITS[found["unit"]] if found else None


def is_formula_row(cells: Iterable[str]) -> bool:
    """Say whether a row only numbers its columns, like (1) (2) (3)=(1)-(2)."""
    written = 0
    for cell in cells:
        if text := from_thai_digits(normalise_text(cell)):
            if not (_FORMULA_ROW_CELL.fullmatch(text) and _COLUMN_NUMBER.search(text)):
                return False
            written += 1
    return written > 1


def read_number(
    written: Cell,
    *,
    percent: bool = False,
    percent_format: bool = False,
    money: bool = False,
    scale: Decimal = Decimal(1),
    unit: str = "",
    one_to: bool = False,
    dash_is_zero: bool = False,
    places: int = 4,
) -> Reading[Decimal]:
    """Read the figure that a cell holds, as a person would and no further.

    :param percent: the column holds percentages (46.33 means 46.33 %).
    :param percent_format: the cell is shown with a % format, so 0.4633 means 46.33 %.
    :param money: the column holds baht; words like ล้านบาท scale the figure.
    :param scale: how many baht one unit of the column is, where its title states it.
    :param unit: the unit of the column; the same word behind a figure is no news.
    :param one_to: the column holds ratios written 1:N; the value is N.
    :param dash_is_zero: the person said once for this upload that a dash means zero.
    :param places: decimals that are stored; more are rounded half-up.
    """
    return NumberColumn(
        percent, percent_format, money, scale, normalise_text(unit), one_to, places, dash_is_zero
    ).read(written)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """What a column's heading says of its cells, once for all of them; see `read_number`.

    `unit` is normalised already.
    """

    percent: bool
    percent_format: bool
    money: bool
    scale: Decimal
    unit: str
    one_to: bool
    places: int
    dash_is_zero: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a figure stands for itself."""
        return not (self.percent or self.percent_format) and (not self.money or self.scale == 1)

    def read(self, written: Cell) -> Reading[Decimal]:
        """Read the figure that a cell holds."""
        if written is None:
            return NOT_REPORTED
        if type(written) is float and written.is_integer() and self.is_plain:
            whole = int(written)  # most cells; nothing can be said of them but their size
            if abs(whole) < LARGEST:
                value = round_half_up(Decimal(whole), self.places)
                return Reading(Kind.VALUE, value, str(whole))
        if isinstance(written, FormulaWithoutValue):
            return _error("formula_without_value", written.formula)
        if isinstance(written, bool):
            return _error("not_a_number", "TRUE" if written else "FALSE")
        if not isinstance(written, str):
            return _read_figure(written, self)
        text = from_thai_digits(normalise_text(written.replace("\n", " ")))
        text = text.removeprefix("'").strip()
        return _read_word(written, text, self, self.dash_is_zero) or _read_text(written, text, self)


NOT_REPORTED: Final[Reading[Decimal]] = Reading(Kind.NOT_REPORTED)


def _read_word(
    written: str, text: str, column: NumberColumn, dash_is_zero: bool
) -> Reading[Decimal] | None:
    """Read what stands in place of a figure; None where the text may hold one."""
    if not text:
        return Reading(Kind.NOT_REPORTED, written=written)
    if _DASH_ONLY.fullmatch(text):
        if dash_is_zero:
            zero = round_half_up(Decimal(0), column.places)
            return Reading(Kind.VALUE, zero, written, warnings=(note("dash_as_zero"),))
        return Reading(Kind.NOT_REPORTED, written=written)
    if _NOT_APPLICABLE.fullmatch(text):
        return Reading(Kind.NOT_APPLICABLE, written=written)
    if _DOTS_ONLY.fullmatch(text) or _NO_DATA.fullmatch(text[:_LONGEST_FIGURE]):
        question = note("no_data_word", written=written)
        return Reading(Kind.NOT_REPORTED, written=written, questions=(question,))
    if text.startswith("="):
        return _error("formula_without_value", written)
    if _SHEET_ERROR.fullmatch(text.upper()):
        return _error("sheet_error", written)
    return None


def note(code: str, **params: str) -> Note:
    """Return the remark of a code with its Thai sentence."""
    return Note(code, SENTENCES[code], params)


def _error(code: str, written: str) -> Reading[Decimal]:
    return Reading(Kind.ERROR, written=written, error=note(code, written=written))


def _read_figure(figure: float | Decimal, column: NumberColumn) -> Reading[Decimal]:
    """Read a cell that is a number; a float carries 15 digits, what is behind them is noise."""
    if not math.isfinite(figure):
        return _error("not_a_number", str(figure))
    exact = Decimal(f"{figure:.15g}") if isinstance(figure, float) else Decimal(figure)
    if abs(exact) >= LARGEST:
        return _error("too_large", str(figure))
    written = f"{exact:f}"
    questions: list[Note] = []
    if not (column.percent or column.percent_format):
        return _finish(exact, written, column, stated=False)
    if column.percent_format:
        exact *= 100
        written = f"{exact.normalize():f}%"
        if not column.percent:
            questions.append(note("percent_in_number", written=written, value=_plain(exact)))
    else:
        questions += _fraction_question(exact, written)
    return _finish(exact, written, column, stated=column.percent_format, questions=questions)


def _read_text(written: str, text: str, column: NumberColumn) -> Reading[Decimal]:
    if column.one_to and (ratio := _ONE_TO.fullmatch(text)):
        text = ratio["rest"]
    if column.money:
        text = _NO_SATANG.sub("", text)
    if len(text) > _LONGEST_FIGURE:
        return _error("not_a_number", written)
    if _INEXACT.search(text):
        return _error("inexact", written)
    found = _AMOUNT.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        several = len(re.findall(_NUMBER, text)) > 1
        return _error("two_numbers" if several else "not_a_number", written)
    digits = found["digits"].strip()
    scientific = _SCIENTIFIC.fullmatch(digits)
    if not scientific and not _GROUPED.fullmatch(digits):
        spaced = " " in digits and all(_GROUPED.fullmatch(part) for part in digits.split())
        return _error("two_numbers" if spaced else "separators", written)
    value = Decimal(digits.replace(",", "").replace(" ", ""))
    if value >= LARGEST:
        return _error("too_large", written)
    warnings: list[Note] = []
    if " " in digits or scientific:
        warnings.append(note("spaces_inside", written=written, value=_plain(value)))
    signs = [found["sign"], found["inner_sign"]]
    if all(signs):
        return _error("not_a_number", written)
    negative = any(sign and sign != "+" for sign in signs)
    words = [found[name] for name in ("lead", "inner", "tail", "after") if found[name]]
    return _with_words(
        value, written, words, column,
        negative=negative, bracketed=bool(found["open"]), warnings=warnings,
    )  # fmt: skip


def _with_words(
    value: Decimal,
    written: str,
    words: list[str],
    column: NumberColumn,
    *,
    negative: bool,
    bracketed: bool,
    warnings: list[Note],
) -> Reading[Decimal]:
    """Apply what the words round a figure say: percent, a unit of money, brackets."""
    said = _read_words(words, written, _plain(value), column)
    if said is None:
        return _error("not_a_number", written)
    percent, factor, questions = said
    if bracketed and negative and not percent:
        return _error("not_a_number", written)
    if bracketed and not percent:
        if column.percent:
            questions.append(note("brackets_in_percent", written=written, value=_plain(value)))
        else:
            negative = True
    value = -value if negative else value
    if percent and not column.percent:
        questions.append(note("percent_in_number", written=written, value=_plain(value)))
    if column.percent and not percent:
        questions += _fraction_question(value, written)
    return _finish(
        value, written, column,
        stated=percent, factor=factor, warnings=warnings, questions=questions,
    )  # fmt: skip


def _read_words(
    words: Iterable[str], written: str, shown: str, column: NumberColumn
) -> tuple[bool, Decimal | None, list[Note]] | None:
    """Return whether a percent is meant, the factor of a unit of money, and questions.

    None means that a word is no unit at all.
    """
    percent, factor = False, None
    questions: list[Note] = []
    for raw in words:
        word = raw.strip().casefold()
        if word in _PERCENT_WORDS:
            percent = True
        elif word in _BAHT_UNITS and column.money:
            factor = _BAHT_UNITS[word]
        elif word in {column.unit.casefold(), "จำนวน"}:
            continue
        elif re.fullmatch(r"[ก-\u0e4ea-z.² ]+", word):
            questions.append(note("other_unit", written=written, found=raw.strip(), value=shown))
        else:
            return None
    return percent, factor, questions


def _fraction_question(value: Decimal, written: str) -> list[Note]:
    """Ask about a figure up to 1 in a percent column: it may be a share of one."""
    if not 0 < abs(value) <= 1:
        return []
    times_100 = _plain(value * 100)
    return [note("fraction_in_percent", written=written, value=_plain(value), times_100=times_100)]


def _finish(
    value: Decimal,
    written: str,
    column: NumberColumn,
    *,
    stated: bool,
    factor: Decimal | None = None,
    warnings: Iterable[Note] = (),
    questions: Iterable[Note] = (),
) -> Reading[Decimal]:
    """Scale, round and bound a figure; a unit in the cell itself outranks the title's."""
    multiplier = factor if factor is not None else column.scale
    if column.money and not stated and multiplier != 1:
        if multiplier >= MILLION and abs(value) >= _SUSPICIOUS_MILLIONS:
            baht = format_number(value * multiplier, 2)
            questions = [*questions, note("unit_suspicion", written=_plain(value), value=baht)]
        value *= multiplier
    if abs(value) >= LARGEST:
        return _error("too_large", written)
    rounded = round_half_up(value, column.places)
    if rounded != value:
        warnings = [*warnings, note("rounded", written=written, value=_plain(rounded))]
    return Reading(Kind.VALUE, rounded, written, tuple(warnings), tuple(questions))


def _plain(value: Decimal) -> str:
    """Show a figure with the decimals that it has."""
    shortest = value.normalize()
    decimals = max(0, -int(shortest.as_tuple().exponent))
    return format_number(value, decimals)
