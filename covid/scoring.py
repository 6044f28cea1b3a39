"""Sums of known parts held against the total that a source states."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

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


NET_DAYS = 7
LEAST_DAYS = 4


class NoAnswer(StrEnum):
    """Why the days until the beds are full cannot be said."""

    NOT_REPORTED = "not_reported"
    TOO_FEW_DAYS = "too_few_days"
    NOT_FILLING = "not_filling"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class DaysToFull:
    """How many days until the beds are full, or why that cannot be said.

    `mean_net` is the mean of admitted − discharged over `days` days with figures.
    """

    days: Decimal | None
    reason: NoAnswer | None
    mean_net: Decimal | None
    counted: int


def days_to_full(free: int | None, nets: Sequence[int | None]) -> DaysToFull:
    """Return when the free beds run out at the pace of the last seven days that have figures.

    `free` is None where no place has reported the day. `nets` are admitted − discharged by day, the
    newest last, None for a day without figures; at least four days with figures are needed.
    Source: issue "Emergency operations".
    """
    known = [net for net in nets if net is not None][-NET_DAYS:]
    if free is None:
        return DaysToFull(None, NoAnswer.NOT_REPORTED, None, len(known))
    if len(known) < LEAST_DAYS:
        return DaysToFull(None, NoAnswer.TOO_FEW_DAYS, None, len(known))
    mean = Decimal(sum(known)) / len(known)
    shown = round_half_up(mean, 2)
    if free <= 0:
        return DaysToFull(Decimal(0), NoAnswer.FULL, shown, len(known))
    if mean <= 0:
        return DaysToFull(None, NoAnswer.NOT_FILLING, shown, len(known))
    return DaysToFull(round_half_up(free / mean, 1), None, shown, len(known))
