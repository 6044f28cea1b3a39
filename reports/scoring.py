"""How a figure of a report is called: reached, close, or below; no Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower limits in percent, of achievement and of a score; data per fiscal year."""

    reached: Decimal = Decimal(100)
    close: Decimal = Decimal(90)
    good_score: Decimal = Decimal(80)
    fair_score: Decimal = Decimal(60)


def limits_of(thresholds: Mapping[str, Any]) -> Limits:
    """Read a fiscal year's limits: `kpi: {good, watch}` of achievement, `score: {good, watch}`.

    What the year does not name keeps its usual limit.
    """
    of_kpi, of_score = thresholds.get("kpi", {}), thresholds.get("score", {})
    usual = Limits()
    return Limits(
        reached=_percent(of_kpi.get("good"), usual.reached),
        close=_percent(of_kpi.get("watch"), usual.close),
        good_score=_percent(of_score.get("good"), usual.good_score),
        fair_score=_percent(of_score.get("watch"), usual.fair_score),
    )


def _percent(stored: object, usual: Decimal) -> Decimal:
    return usual if stored is None else Decimal(str(stored))


def standing_of_achievement(percent: Decimal | None, limits: Limits) -> str:
    """Return good, watch or bad; nothing where there is no achievement."""
    return _standing(percent, limits.reached, limits.close)


def standing_of_score(percent: Decimal | None, limits: Limits) -> str:
    """Return good, watch or bad for a score in percent; nothing where there is none."""
    return _standing(percent, limits.good_score, limits.fair_score)


def _standing(percent: Decimal | None, good: Decimal, watch: Decimal) -> str:
    if percent is None:
        return ""
    return "good" if percent >= good else "watch" if percent >= watch else "bad"
