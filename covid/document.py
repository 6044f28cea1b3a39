"""What an incident's day comes to, as the page and the paper show it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

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
class AreaTotal:
    """A district from the beginning of the incident; `days` is how many were written down."""

    area: Area
    cases: int
    deaths: int
    days: int


@dataclass(frozen=True, slots=True)
class DoseTotal:
    """A dose over all groups and districts; the share is of those with a target only."""

    dose: int
    given: int
    target: int | None
    given_share: Decimal | None


@dataclass(frozen=True, slots=True)
class Response:
    """What is done: factories and requests as they stand now, the rest up to the board's day.

    Case finding is of the last seven days; tests whose result is not known yet are apart.
    """

    factories: int
    workers: int
    unsafe: int
    rounds: int
    tested: int
    found: int | None
    found_share: Decimal | None
    doses: tuple[DoseTotal, ...]
    short: int
    overdue: int


@dataclass(frozen=True, slots=True)
class DayTotal:
    """A day of the whole incident; None where nothing was written down."""

    day: date
    patients: int | None
    beds: int | None
    net: int | None
    cases: int | None
    deaths: int | None
    vaccinated: int | None


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
    response: Response
    orders: tuple[Order, ...]
    began: tuple[Order, ...]
    ended: tuple[Order, ...]
    # Those that came into force in the days that the curves show, oldest first.
    entered: tuple[Order, ...]

    @property
    def today(self) -> DayTotal:
        return self.days[-1]

    @property
    def yesterday(self) -> DayTotal:
        return self.days[-2]


class FigureKind(StrEnum):
    """Figures of an incident that a KPI can be fed from."""

    CASES = "cases"
    DEATHS = "deaths"
    FOUND = "found"
    VACCINATED = "vaccinated"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """A figure over some days: a count, or the two sides of a ratio; `until` is its newest day."""

    until: date
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
