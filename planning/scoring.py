"""Pure arithmetic of planning: how a need ranks, and how long levels take to answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from common.rounding import round_half_up

K = TypeVar("K")

MOST_POINTS = 5


def priority(weights: Mapping[K, Decimal], points: Mapping[K, int]) -> Decimal | None:
    """Return Σ weight × points / Σ weight on the scale 0–5, to 4 places.

    None unless every criterion has points: a half-ranked need has no place among ranked ones.

    :raises ValueError: if a weight is not positive.
    """
    if any(weight <= 0 for weight in weights.values()):
        raise ValueError("weights must be positive")
    if not weights or any(criterion not in points for criterion in weights):
        return None
    total = sum((weight * points[criterion] for criterion, weight in weights.items()), Decimal(0))
    return round_half_up(total / sum(weights.values(), Decimal(0)), 4)


def places(priorities: Mapping[K, Decimal | None]) -> dict[K, int]:
    """Return the place of each ranked need, 1 for the highest; equal ones share a place."""
    known = sorted((value for value in priorities.values() if value is not None), reverse=True)
    return {key: known.index(value) + 1 for key, value in priorities.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Stay:
    """A need's stay at a level: from its arrival to the answer, None while it waits."""

    level: str
    from_at: datetime
    until_at: datetime | None

    def days(self, at: datetime) -> Decimal:
        """Return how long it lasted, or lasts at a moment, in days to 1 place."""
        span = (self.until_at or at) - self.from_at
        return round_half_up(Decimal(int(span.total_seconds())) / 86400, 1)


def stays(moves: Sequence[tuple[str, str, datetime]], *, ended: bool) -> list[Stay]:
    """Return a need's stays from its moves (from level, to level, moment) in time order.

    A move within a level that is not the last word (ranked) is not given. `ended` says that the
    last move answered the need for good.
    """
    found: list[Stay] = []
    arrived: datetime | None = None
    for position, (from_level, to_level, at) in enumerate(moves):
        if arrived is not None:
            found.append(Stay(from_level, arrived, at))
        arrived = at
        if position == len(moves) - 1 and not ended:
            found.append(Stay(to_level, at, None))
    return found


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How a level answers: answered ones, their median in days, waiting ones and the longest."""

    answered: int
    median_days: Decimal | None
    waiting: int
    longest_days: Decimal | None


def answer_time(stays_there: Iterable[Stay], at: datetime) -> AnswerTime:
    """Sum the stays at one level up; medians, because one forgotten need says little of a level."""
    listed = list(stays_there)
    answered = sorted(stay.days(at) for stay in listed if stay.until_at is not None)
    waiting = [stay.days(at) for stay in listed if stay.until_at is None]
    return AnswerTime(len(answered), median(answered), len(waiting), max(waiting, default=None))


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the middle of sorted values, to 1 place; None where there are none."""
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return round_half_up((values[middle - 1] + values[middle]) / 2, 1)


# ── Alignment ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Backing:
    """A project behind a matrix: in which rows it stands, the items it serves, its money."""

    project: int
    rows: frozenset[int]
    items: frozenset[int]
    baht: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """One row × item: whether the row itself says so, and the projects and money behind it."""

    linked: bool
    projects: int
    baht: Decimal

    @property
    def is_empty(self) -> bool:
        return not self.linked and not self.projects


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows × items with sums by project: no baht is counted twice in a row, a column or the whole."""

    cells: Mapping[tuple[int, int], Cell]
    by_row: Mapping[int, Decimal]
    by_item: Mapping[int, Decimal]
    total: Decimal
    unserved_items: tuple[int, ...]
    idle_rows: tuple[int, ...]


def closure(served: Iterable[int], above: Mapping[int, Iterable[int]]) -> frozenset[int]:
    """Return the items served and all that those serve in turn, at any distance."""
    found: set[int] = set()
    waiting = list(served)
    while waiting:
        item = waiting.pop()
        if item not in found:
            found.add(item)
            waiting.extend(above.get(item, ()))
    return frozenset(found)


def matrix(
    rows: Sequence[int],
    items: Sequence[int],
    links: Iterable[tuple[int, int]],
    backings: Iterable[Backing],
) -> Matrix:
    """Lay projects behind the rows and items that they serve.

    A project that serves two items stands in both columns with its whole money; sums of a row, a
    column and the whole count it once.
    """
    linked = {link for link in links if link[0] in set(rows) and link[1] in set(items)}
    listed = list(backings)
    cells: dict[tuple[int, int], Cell] = {}
    for row in rows:
        for item in items:
            behind = [each for each in listed if row in each.rows and item in each.items]
            cells[row, item] = Cell(
                (row, item) in linked,
                len(behind),
                sum((each.baht for each in behind), Decimal(0)),
            )
    wanted = frozenset(items)
    inside = frozenset(rows)
    serving = [each for each in listed if each.items & wanted and each.rows & inside]
    return Matrix(
        cells=cells,
        by_row={
            row: sum((each.baht for each in serving if row in each.rows), Decimal(0))
            for row in rows
        },
        by_item={
            item: sum((each.baht for each in serving if item in each.items), Decimal(0))
            for item in items
        },
        total=sum((each.baht for each in serving), Decimal(0)),
        unserved_items=tuple(
            item for item in items if all(cells[row, item].is_empty for row in rows)
        ),
        idle_rows=tuple(row for row in rows if all(cells[row, item].is_empty for item in items)),
    )
