"""Sums of known parts held against the total that a source states."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Sum:
    """What the parts come to, and what the source states."""

    computed: int
    stated: int

    @property
    def agrees(self) -> bool:
        return self.computed == self.stated


def checked_sum(parts: Sequence[int], stated: int) -> Sum:
    """Add the parts up beside the stated total; a difference is shown, never mended."""
    return Sum(sum(parts), stated)


def share(part: int, whole: int) -> Decimal | None:
    """Return a part in percent of the whole; None where the whole is 0."""
    if whole == 0:
        return None
    return round_half_up(Decimal(100 * part) / whole, 2)
