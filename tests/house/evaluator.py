"""A small calculator of its own: reads an expression as the explanation prints it, in fractions."""

import re
from decimal import Decimal
from fractions import Fraction
from html import unescape

PIECES = re.compile(r"\s*(-?[0-9]+(?:\.[0-9]+)?|max|min|[()+×÷−,])")
SHOWN = re.compile(r'data-expression="([^"]*)" data-result="([^"]*)"')


def evaluate(text):
    """Return what an expression comes to."""
    pieces = PIECES.findall(text)
    assert "".join(pieces) == text.replace(" ", ""), text
    value, rest = _sum(pieces)
    assert rest == [], text
    return value


def rounded(value, places=4):
    """Round a fraction half away from zero."""
    scaled = abs(value) * 10**places
    whole = int(scaled) + (1 if scaled - int(scaled) >= Fraction(1, 2) else 0)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def printed(page):
    """Return the (expression, stored figure) pairs that a page prints."""
    return [(unescape(text), Decimal(result)) for text, result in SHOWN.findall(page)]


def _sum(pieces):
    value, rest = _product(pieces)
    while rest and rest[0] in "+−":
        other, after = _product(rest[1:])
        value, rest = (value + other if rest[0] == "+" else value - other), after
    return value, rest


def _product(pieces):
    value, rest = _one(pieces)
    while rest and rest[0] in "×÷":
        other, after = _one(rest[1:])
        value, rest = (value * other if rest[0] == "×" else value / other), after
    return value, rest


def _one(pieces):
    first, *rest = pieces
    if first in ("max", "min"):
        values, after = [], rest
        while after[0] in "(,":
            value, after = _sum(after[1:])
            values.append(value)
        return {"max": max, "min": min}[first](values), after[1:]
    if first == "(":
        value, after = _sum(rest)
        return value, after[1:]
    return Fraction(first), rest
