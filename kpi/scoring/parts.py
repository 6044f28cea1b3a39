"""Whether the parts that a figure is told apart into add up to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.scoring.words import IndicatorRules, Meaning, OverTime, OverUnits


class PartsRefusal(StrEnum):
    """Why a figure may not be told apart, or its parts do not make it."""

    NOT_ADDITIVE = "not_additive"
    MISSING = "missing"
    DO_NOT_ADD_UP = "do_not_add_up"


@dataclass(frozen=True, slots=True)
class Adding:
    """What the parts come to beside the whole; `difference` = parts − whole, None if one is missing."""

    total: Decimal
    missing: int
    difference: Decimal | None


def why_not_told_apart(rules: IndicatorRules) -> PartsRefusal | None:
    """Return why figures of these rules have no parts that add up, or None.

    A peak, a mean, a smallest, a largest and a milestone are not the sum of parts; the numerator and
    the denominator of a ratio are, each for itself.
    """
    if rules.meaning is Meaning.MILESTONE or rules.over_time is OverTime.PEAK:
        return PartsRefusal.NOT_ADDITIVE
    if not rules.is_ratio and rules.over_units not in (OverUnits.SUM, OverUnits.OWN):
        return PartsRefusal.NOT_ADDITIVE
    return None


def add_up(whole: Decimal | None, parts: Sequence[Decimal | None]) -> Adding:
    """Return what the parts come to; a part without a figure is missing, never 0."""
    known = [part for part in parts if part is not None]
    total = sum(known, Decimal(0))
    missing = len(parts) - len(known)
    difference = None if whole is None or missing else total - whole
    return Adding(total, missing, difference)


def why_not_parts(
    whole: Decimal | None, parts: Sequence[Decimal | None], *, is_required: bool = False
) -> PartsRefusal | None:
    """Return why parts do not stand beside a whole, or None; no part at all is nothing told apart.

    Source: the subtotals of a disaggregation add up to the figure, to the last digit.
    """
    if all(part is None for part in parts):
        return PartsRefusal.MISSING if is_required and whole is not None else None
    added = add_up(whole, parts)
    if added.missing or whole is None:
        return PartsRefusal.MISSING
    return PartsRefusal.DO_NOT_ADD_UP if added.difference else None
