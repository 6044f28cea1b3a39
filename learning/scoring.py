"""Whether an officer has learned what the year's rule asks, and how many have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from common import fiscal
from common.rounding import divide_half_up

PLACES = 4


class Basis(StrEnum):
    """Which year a rule counts in."""

    FISCAL = "fiscal"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Least:
    """What the rule asks of each officer in a year: courses in all, and digital ones among them."""

    courses: int
    digital: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What an officer still lacks; a missing digital course is among the missing courses."""

    courses: int
    digital: int

    @property
    def is_met(self) -> bool:
        return self.courses == 0


@dataclass(frozen=True, slots=True)
class Compliance:
    """How many of the officers have met the rule, and of how many anything is confirmed at all."""

    met: int
    known: int
    officers: int

    @property
    def percent(self) -> Decimal | None:
        """The share of the officers who have met the rule, in percent; None without officers.

        It is a ratio of sums: shares of agencies are never averaged.
        """
        if not self.officers:
            return None
        units = divide_half_up(100 * 10**PLACES * self.met, self.officers)
        return Decimal(units).scaleb(-PLACES)


def missing(digital_marks: Collection[bool], least: Least) -> Missing:
    """Return what is missing after confirmed courses, each given as whether it is digital."""
    digital = max(0, least.digital - sum(digital_marks))
    return Missing(max(least.courses - len(digital_marks), digital, 0), digital)


def united(parts: Collection[Compliance]) -> Compliance:
    """Return the compliance of several groups of different officers together."""
    return Compliance(
        sum(part.met for part in parts),
        sum(part.known for part in parts),
        sum(part.officers for part in parts),
    )


def year_of(day: date, basis: Basis) -> int:
    """Return the Buddhist year that a day counts in."""
    if basis is Basis.CALENDAR:
        return fiscal.to_buddhist_year(day.year)
    return fiscal.fiscal_year_of(day)


def year_limits(year: int, basis: Basis) -> tuple[date, date]:
    """Return the first and the last day of a Buddhist year."""
    if basis is Basis.CALENDAR:
        common = fiscal.to_common_year(year)
        return date(common, 1, 1), date(common, 12, 31)
    return fiscal.year_start(year), fiscal.year_end(year)
