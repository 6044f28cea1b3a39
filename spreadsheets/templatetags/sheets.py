"""What the desk's pages show of a report."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.translation import gettext as _

from common.bilingual import page_language
from common.thainumbers import format_number

register = template.Library()


@register.simple_tag
def say(finding: Mapping[str, Any]) -> str:
    """Say a finding in the page's language."""
    sentence = _(finding["sentence"])
    try:
        return str(sentence % finding["params"])
    except (KeyError, ValueError):
        return str(sentence)


@register.simple_tag
def label_of(label: str) -> str:
    """Say a column's heading, kept in Thai, in the page's language."""
    return _(label) if label else ""


@register.filter
def in_picture(finding: Mapping[str, Any], picture: Mapping[str, Any]) -> bool:
    """Say whether the picture of the sheet shows the finding's cell."""
    rows = [row["number"] for row in picture.get("rows", [])]
    return finding["row"] in rows and finding["column"] in picture.get("letters", [])


@register.filter
def figure(value: str | None, places: int = 2) -> str:
    """Show a stored figure with its decimals, and text as it is."""
    if value is None:
        return ""
    lang = page_language()
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return format_number(number, places, lang=lang) if number.is_finite() else value
