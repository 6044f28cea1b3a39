"""What a run of the rollup holds in memory: plain rows, measures as whole units of 1/10,000."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from common.states import CellState
from kpi.scoring.curves import Curve, Scale
from kpi.scoring.targets import Levels, Planned, is_planned
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


# A row as `reading` reads it: a bare tuple, since a run reads thousands and most are only compared.
# After what stands beside it come the figure's id, its two versions, and the columns of Computed.
Stored = tuple[Any, ...]
FIGURE_ID, INPUTS_VERSION, COMPUTED_VERSION, FIRST_COLUMN = range(13, 17)

_STATES = {state.value: state for state in CellState}
_STATE, _YTD_STATE = Computed._fields.index("state"), Computed._fields.index("ytd_state")
_FLAGS = [Computed._fields.index(name) for name in ("is_partial", "is_unconfirmed")]


def computed_of(stored: Stored | None) -> Computed:
    """Return the columns of a stored figure; those of a new one where there is none."""
    if stored is None:
        return Computed()
    cells = list(stored[FIRST_COLUMN:])
    cells[_STATE], cells[_YTD_STATE] = _STATES[cells[_STATE]], _STATES[cells[_YTD_STATE]]
    for place in _FLAGS:
        cells[place] = bool(cells[place])
    return Computed(*cells)


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


class Definition(NamedTuple):
    """A KPI as far as its figure depends on it; all numbers in units."""

    pk: int
    indicator_id: int
    scorecard_id: int
    level: str
    issue_id: int | None
    issue_weight: int | None
    weight: int
    reports_own: bool
    is_unconfirmed: bool
    # None where its points cannot be read.
    curve: Curve | None
    scale: Scale
    top: int | None
    year_target: Planned
    targets: tuple[Planned, ...]
    # None where nothing of it is known.
    base: Levels | None
    # Its rules in each quarter, None before the first.
    rules: tuple["Version | None", ...]

    @property
    def has_gaps(self) -> bool:
        """Say whether an earlier quarter lacks a target that a later one has."""
        seen = [is_planned(target) for target in self.targets]
        return any(later and not all(seen[:n]) for n, later in enumerate(seen))


# A signed entry: whether it is not applicable, its value, its numerator, its denominator.
Reported = tuple[bool, int | None, int | None, int | None]


@dataclass(slots=True)
class Snapshot:
    """All that a run reads; computing it asks the database for nothing more."""

    year: int
    # The last quarter that is read.
    up_to: int = YEAR_END
    periods: dict[int, Period] = field(default_factory=dict)
    # Quarters of the following year, in which late-coming figures are due: 5 is its first.
    later_periods: dict[int, Period] = field(default_factory=dict)
    stored: dict[Key, Stored] = field(default_factory=dict)
    definitions: dict[int, Definition] = field(default_factory=dict)
    # By parent: share children with their link weights in units, in id order.
    children: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    # By child linked as `same`: the parent.
    same: dict[int, int] = field(default_factory=dict)
    results: dict[Key, Reported] = field(default_factory=dict)
    # By KPI: its targets and the bases of the same periods, quarter by quarter.
    planned: dict[int, tuple[list[Planned], list[int | None]]] = field(default_factory=dict)
    # Quarters of KPIs that have no figure yet.
    lacking: list[Key] = field(default_factory=list)

    def stale(self) -> list[Key]:
        """Return which figures are older than their inputs."""
        return [
            key for key, row in self.stored.items() if row[INPUTS_VERSION] > row[COMPUTED_VERSION]
        ]
