"""What an incident's day comes to, as the page and the paper show it."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Area
from covid.models import Incident, Occupancy, Order
from covid.scoring import DaysToFull


@dataclass(frozen=True, slots=True)
class Beds:
    """Beds of a group on a day; `reported` of `facilities` have figures for it."""

    beds: int
    patients: int
    facilities: int
    reported: int

    @property
    def free(self) -> int:
        """Free beds, below zero where it is over capacity."""
        return self.beds - self.patients

    def __add__(self, other: "Beds") -> "Beds":
        return Beds(
            self.beds + other.beds,
            self.patients + other.patients,
            self.facilities + other.facilities,
            self.reported + other.reported,
        )


NO_BEDS = Beds(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BedLine:
    """A kind of facility, by district and in all."""

    kind: str
    by_area: tuple[Beds | None, ...]
    total: Beds


@dataclass(frozen=True, slots=True)
class DayTotal:
    """A day of the whole incident; None where nothing was written down."""

    day: date
    patients: int | None
    beds: int | None
    net: int | None
    cases: int | None
    deaths: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """What the operations page and the day's paper show."""

    incident: Incident
    day: date
    areas: tuple[Area, ...]
    lines: tuple[BedLine, ...]
    total: Beds
    over: tuple[Occupancy, ...]
    days: tuple[DayTotal, ...]
    until_full: DaysToFull
    orders: tuple[Order, ...]
    began: tuple[Order, ...]
    ended: tuple[Order, ...]

    @property
    def today(self) -> DayTotal:
        return self.days[-1]

    @property
    def yesterday(self) -> DayTotal:
        return self.days[-2]
