"""Why a factor, its evidence or a TOWS strategy does not stand: a sentence, or None."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from common.references import what_points_at
from planning.models import FactorEvidence, SwotFactor


def why_not_factor(text_th: str, importance: int) -> str | None:
    """Say why a factor does not stand."""
    if not text_th.strip():
        return _("เขียนปัจจัยก่อนบันทึก")
    if not 1 <= importance <= 5:
        return _("ความสำคัญเป็นเลข 1 ถึง 5")
    return None


def why_not_tows(text_th: str, factors: Collection[SwotFactor]) -> str | None:
    """Say why a strategy does not come of its factors: one from inside and one from outside."""
    if not text_th.strip():
        return _("เขียนกลยุทธ์ก่อนบันทึก")
    inside = [factor for factor in factors if factor.kind in SwotFactor.INTERNAL]
    if not inside or len(inside) == len(factors):
        return _("จับคู่ปัจจัยภายใน (S หรือ W) กับปัจจัยภายนอก (O หรือ T) อย่างน้อยฝั่งละหนึ่งข้อ")
    return None


def pairing_of(factors: Collection[SwotFactor]) -> str:
    """Return which pairing a strategy is of: SO, WO, ST, WT, or several of them."""
    kinds = {factor.kind for factor in factors}
    return " ".join(
        f"{inner}{outer}" for outer in "OT" for inner in "SW" if {inner, outer} <= kinds
    )


def what_rests_on_factors(keys: Collection[int]) -> dict[int, str]:
    """Say by factor what came to rest on it besides its own evidence, so that it stays."""
    return what_points_at(SwotFactor, keys, apart=[FactorEvidence])
