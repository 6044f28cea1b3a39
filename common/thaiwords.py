"""Amounts of baht in Thai words, as official letters and vouchers write them."""

from decimal import Decimal

from common.rounding import round_half_up

_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION = 1_000_000


def number_words(number: int) -> str:
    """Return a whole number in Thai words."""
    if number < 0:
        return "ลบ" + number_words(-number)
    if number == 0:
        return _DIGITS[0]
    millions, rest = divmod(number, _MILLION)
    head = number_words(millions) + "ล้าน" if millions else ""
    return head + _below_million(rest, follows=bool(millions))


def baht_words(amount: Decimal) -> str:
    """Return an amount of baht in Thai words, rounded half-up to the satang."""
    satang = int(round_half_up(amount, 2) * 100)
    sign = "ลบ" if satang < 0 else ""
    baht, rest = divmod(abs(satang), 100)
    whole = number_words(baht) + "บาท" if baht or not rest else ""
    return f"{sign}{whole}" + (number_words(rest) + "สตางค์" if rest else "ถ้วน")


def _below_million(number: int, *, follows: bool) -> str:
    """Spell 0 to 999,999; `follows` tells that a higher group stands before it."""
    words = ""
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            continue
        if place == 1 and digit == 1:
            words += "สิบ"
        elif place == 1 and digit == 2:
            words += "ยี่สิบ"
        elif place == 0 and digit == 1 and (number > 1 or follows):
            words += "เอ็ด"
        else:
            words += _DIGITS[digit] + _PLACES[place]
    return words
