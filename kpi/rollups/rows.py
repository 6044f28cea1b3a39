"""What a run of the rollup holds in memory: plain rows, measures as whole units of 1/10,000."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.states import CellState
from kpi.scoring.curves import Curve, Scale
from kpi.scoring.targets import Base, Target
from kpi.scoring.words import Frequency, IndicatorRules

YEAR_END = 4


class Computed(NamedTuple):
    """The columns of a figure that the arithmetic fills, named and ordered as in the table."""

    version_id: int | None = None
    state: CellState = CellState.NOT_DUE
    state_reason: str = ""
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    ytd_state: CellState = CellState.NOT_DUE
    ytd_value: int | None = None
    ytd_numerator: int | None = None
    ytd_denominator: int | None = None
    is_partial: bool = False
    covered: int = 0
    due: int = 0
    covered_weight: int | None = None
    due_weight: int | None = None
    target_ytd: int | None = None
    target_low: int | None = None
    target_high: int | None = None
    measured_against: int | None = None
    achievement: int | None = None
    score: int | None = None
    score_percent: int | None = None
    is_unconfirmed: bool = False


class Stored(NamedTuple):
    """A figure as it stands in its table."""

    pk: int
    inputs_version: int
    computed_version: int
    computed: Computed


# A KPI and the number of a quarter.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter of the year with what decides whether its entries are due, late and final."""

    pk: int
    number: int
    is_open: bool
    is_closed: bool
    end: date
    deadline: date


@dataclass(frozen=True, slots=True)
class Version:
    """An indicator's rules from a quarter on; `scale` in units."""

    pk: int
    since: tuple[int, int]
    rules: IndicatorRules
    scale: int
    frequency: Frequency
    lag: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A KPI as far as its figure depends on it."""

    pk: int
    indicator_id: int
    scorecard_id: int
    issue_id: int | None
    weight: Decimal
    reports_own: bool
    is_unconfirmed: bool
    # None where its points cannot be read.
    curve: Curve | None
    scale: Scale
    top: Decimal | None
    year_target: Target
    targets: tuple[Target, ...]
    base: Base

    @property
    def has_gaps(self) -> bool:
        """Say whether an earlier quarter lacks a target that a later one has."""
        seen = [target.is_set for target in self.targets]
        return any(later and not all(seen[:n]) for n, later in enumerate(seen))


class Reported(NamedTuple):
    """A signed entry."""

    is_not_applicable: bool
    value: int | None
    numerator: int | None
    denominator: int | None


@dataclass(slots=True)
class Snapshot:
    """All that a run reads; computing it asks the database for nothing more."""

    year: int
    periods: dict[int, Period] = field(default_factory=dict)
    # Quarters of the following year, in which late-coming figures are due: 5 is its first.
    later_periods: dict[int, Period] = field(default_factory=dict)
    stored: dict[Key, Stored] = field(default_factory=dict)
    definitions: dict[int, Definition] = field(default_factory=dict)
    # By indicator, the newest first.
    versions: dict[int, list[Version]] = field(default_factory=dict)
    # By parent: share children with their link weights in units, in id order.
    children: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    # By child linked as `same`: the parent.
    same: dict[int, int] = field(default_factory=dict)
    results: dict[Key, Reported] = field(default_factory=dict)
