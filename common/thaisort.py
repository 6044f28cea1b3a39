"""Thai dictionary order without a collation of the database."""

import re

from common.thainumbers import from_thai_digits, normalise_text

_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
_MARK = re.compile("[\u0e47-\u0e4c]")  # shortener, tone marks and silencer weigh least
_LETTER = re.compile("[^\u0e47-\u0e4c]")


def thai_key(text: str) -> tuple[str, str, str]:
    """Return the key that sorts Thai words as a dictionary does.

    A leading vowel sorts after its consonant; tone marks, ็ and ์ only break ties.
    """
    plain = from_thai_digits(normalise_text(text)).casefold()
    letters = _LEADING_VOWEL.sub(r"\2\1", _MARK.sub("", plain))
    return letters, _LETTER.sub(" ", plain), text
