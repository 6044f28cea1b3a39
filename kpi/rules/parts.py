"""Why the parts of an entry do not stand beside its figure: a sentence, or None."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from common.thainumbers import format_number
from kpi.models import Disaggregation, DisaggregationItem
from kpi.rules import wording
from kpi.rules.surroundings import Surroundings, Typed
from kpi.scoring.parts import PartsRefusal, add_up, why_not_parts

NAMES = ("value", "numerator", "denominator")


def told_apart(around: Surroundings) -> list[tuple[Disaggregation, list[DisaggregationItem]]]:
    """Return the ways to tell the figure apart, each with its items in their order."""
    return [
        (parent, list(items))
        for parent, items in groupby(around.items, key=lambda item: item.disaggregation)
    ]


def why_not_part(around: Surroundings, parts: Mapping[int, Typed]) -> tuple[str, str] | None:
    """Say which part of a draft cannot be kept and why; what is only incomplete may be kept."""
    known = {item.pk: item for item in around.items}
    version = around.version
    for item_id, part in parts.items():
        if item_id not in known or version is None:
            return "parts", _("ยอดย่อยนี้ไม่อยู่ในการจำแนกของตัวชี้วัด โหลดหน้าใหม่")
        name = f"part-{item_id}"
        if version.is_ratio != (part.value is None) and not part.is_empty:
            return name, _("ยอดย่อยกรอกแบบเดียวกับยอดรวม")
        negative = [each for each in _figures(part) if each < 0]
        below_zero = part.denominator is not None and part.denominator < 0
        if below_zero or (negative and not version.allows_negative):
            return name, _("ค่าติดลบไม่ได้สำหรับตัวชี้วัดนี้")
        if part.denominator == 0 and part.numerator:
            return name, _("ตัวหารเป็น 0 แต่ตัวตั้งมากกว่า 0 ตรวจตัวเลขอีกครั้ง")
    return None


def _figures(part: Typed) -> Iterable[Decimal]:
    figures = (part.value, part.numerator, part.denominator)
    return (figure for figure in figures if figure is not None)


def why_not_add_up(
    around: Surroundings, typed: Typed, parts: Mapping[int, Typed]
) -> tuple[str, str] | None:
    """Say which subtotals keep an entry from being sent: one is missing, or they do not add up."""
    for parent, items in told_apart(around):
        for name in ("numerator", "denominator") if _is_ratio(around) else ("value",):
            whole: Decimal | None = getattr(typed, name)
            each = [getattr(parts.get(item.pk, Typed()), name) for item in items]
            refusal = why_not_parts(whole, each, is_required=parent.is_required)
            if refusal is None:
                continue
            sentence = f"{parent.name}: {wording.PARTS[refusal]}"
            if refusal is PartsRefusal.DO_NOT_ADD_UP:
                sentence += " " + sum_words(whole, each)
            return f"part-{items[0].pk}", sentence
    return None


def sum_words(whole: Decimal | None, parts: list[Decimal | None]) -> str:
    """Say what parts come to beside the whole."""
    added = add_up(whole, parts)
    words = _("ยอดย่อยรวม %(total)s จาก %(whole)s") % {
        "total": _shown(added.total),
        "whole": _shown(whole) or "–",
    }
    if added.difference:
        more = _("เกิน %(n)s") if added.difference > 0 else _("ขาด %(n)s")
        words += " " + more % {"n": _shown(abs(added.difference))}
    return words


def _is_ratio(around: Surroundings) -> bool:
    return bool(around.version and around.version.is_ratio)


def _shown(value: Decimal | None) -> str:
    if value is None:
        return ""
    return format_number(value, 0 if value == value.to_integral_value() else 4)
