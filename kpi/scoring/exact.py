"""The rules of measures.md over whole numbers of 1/10,000 ("units"); each division is rounded once.

Rollups call these with what stands in the database; the other modules call them for Decimals.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from common.rounding import divide_half_up
from common.states import CellState
from kpi.scoring.words import Direction, OverTime, OverUnits, Reason

PLACES = 4
ONE = 10**PLACES
HUNDRED = 100 * ONE

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_UNIT = Decimal(1).scaleb(-PLACES)

FLOW, STOCK = OverTime.FLOW, OverTime.STOCK
VALUE = CellState.VALUE
NOT_DUE = CellState.NOT_DUE
NOT_APPLICABLE = CellState.NOT_APPLICABLE
MISSING = frozenset({CellState.NOT_REPORTED, CellState.LATE})
DUE = MISSING | {VALUE}
_OVER: Mapping[OverUnits, Callable[[Iterable[int]], int]] = {
    OverUnits.SUM: sum,
    OverUnits.MIN: min,
    OverUnits.MAX: max,
}
# A parent without a value takes the first of these that one of its children is in.
PRECEDENCE = (CellState.LATE, CellState.NOT_REPORTED, NOT_DUE, NOT_APPLICABLE)


def to_units(value: Decimal) -> int:
    """Return a Decimal as units, rounded half-up where it is finer than 1/10,000."""
    return int(value.quantize(_UNIT, context=_WIDE).scaleb(PLACES, context=_WIDE))


def from_units(units: int) -> Decimal:
    """Return units as a Decimal with 4 decimals."""
    return Decimal(units).scaleb(-PLACES, context=_WIDE)


def maybe_units(value: Decimal | None) -> int | None:
    """Return a Decimal as units, None as None."""
    return None if value is None else to_units(value)


def maybe_decimal(units: int | None) -> Decimal | None:
    """Return units as a Decimal, None as None."""
    return None if units is None else from_units(units)


def ratio(numerator: int, denominator: int, scale: int) -> int | None:
    """Return scale × numerator / denominator, or None where the denominator is 0."""
    if denominator == 0:
        return None
    return divide_half_up(scale * numerator, denominator)


# One part of a figure over quarters: its state, its value, and whether a due quarter of it is missing.
# A bare tuple, as `Assessed` and `Scored` are: a run asks for thousands.
Part = tuple[CellState, int | None, bool]


def to_date(
    rule: OverTime,
    states: Sequence[CellState],
    values: Sequence[int | None],
    quarter: int,
    *,
    since: int = 1,
    kept: Collection[int] | None = None,
) -> Part:
    """Return the figure of quarters `since` to `quarter`; position 0 of the sequences is quarter 1.

    For `flow`, `kept` names the quarters that count at all; the others are as if they had not been.
    Source: measures.md §3, over time.
    """
    state = states[quarter - 1]
    if rule is STOCK:
        return state, values[quarter - 1] if state is VALUE else None, False
    is_flow = rule is FLOW
    total: int | None = None
    partial = False
    for index in range(since - 1, quarter):
        if kept is not None and is_flow and index + 1 not in kept:
            continue
        value = values[index]
        if states[index] is not VALUE or value is None:
            partial = partial or states[index] in MISSING
        elif total is None:
            total = value
        else:
            total = total + value if is_flow else max(total, value)
    if total is None:
        return state, None, False
    return VALUE, total, partial


class Piece(NamedTuple):
    """What one KPI brings to the figure above it, or has itself; all numbers in units.

    `covered` of `due` leaf entries have a value. A ratio carries its two parts.
    """

    state: CellState
    value: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    partial: bool = False
    covered: int = 0
    due: int = 0
    weight: int = ONE
    reason: Reason | None = None


def leaf(
    state: CellState,
    value: int | None = None,
    numerator: int | None = None,
    denominator: int | None = None,
) -> Piece:
    """Return one entry as a piece that counts itself once where it is due."""
    covered = int(state is VALUE)
    due = int(state in DUE)
    return Piece(state, value, numerator, denominator, False, covered, due)


def ratio_of(state: CellState, numerator: Part, denominator: Part, scale: int) -> Piece:
    """Return a ratio from its two parts; it has a value when both have one and it can be divided.

    `state` is the state of the last quarter, which stands where a part has no value.
    """
    _over, above, is_partial = numerator
    _under, below, lacks = denominator
    if above is None or below is None:
        return Piece(state)
    value = ratio(above, below, scale)
    if value is None:
        return _without_value(above, below)
    return Piece(VALUE, value, above, below, is_partial or lacks)


def _without_value(numerator: int, denominator: int) -> Piece:
    reason = Reason.NO_CASE if numerator == 0 else Reason.ZERO_DIVISOR
    return Piece(NOT_APPLICABLE, None, numerator, denominator, reason=reason)


def combine(rule: OverUnits, pieces: Collection[Piece], scale: int = ONE) -> Piece:
    """Return the parent of its share children; never called for `own`.

    Source: measures.md §3, over units and parent's state.

    :raises ValueError: if there is no child.
    """
    if not pieces:
        raise ValueError("a parent needs a child; without one it reports its own figure")
    covered = due = 0
    partial = False
    with_value: list[Piece] = []
    for piece in pieces:
        covered += piece.covered
        due += piece.due
        if piece.state is VALUE:
            with_value.append(piece)
            partial = partial or piece.partial
        elif piece.state in MISSING:
            partial = True
    if not with_value:
        states = {piece.state for piece in pieces}
        state = next(state for state in PRECEDENCE if state in states)
        return Piece(state, covered=covered, due=due)
    if rule is OverUnits.RATIO:
        numerator = sum(piece.numerator or 0 for piece in with_value)
        denominator = sum(piece.denominator or 0 for piece in with_value)
        value = ratio(numerator, denominator, scale)
        if value is None:
            return _without_value(numerator, denominator)._replace(covered=covered, due=due)
        return Piece(VALUE, value, numerator, denominator, partial, covered, due)
    return Piece(VALUE, _over(rule, with_value), None, None, partial, covered, due)


def _over(rule: OverUnits, pieces: Sequence[Piece]) -> int:
    if rule is OverUnits.MEAN:
        return mean((piece.weight, piece.value or 0) for piece in pieces)
    if rule not in _OVER:
        raise ValueError(f"{rule} does not combine children")
    return _OVER[rule](piece.value or 0 for piece in pieces)


def mean(weighted: Iterable[tuple[int, int]]) -> int:
    """Return Σ(weight × value) / Σ weight.

    :raises ZeroDivisionError: if the weights come to nothing.
    """
    total = weights = 0
    for weight, value in weighted:
        total += weight * value
        weights += weight
    return divide_half_up(total, weights)


def weight_coverage(pieces: Iterable[Piece]) -> tuple[int, int]:
    """Return the weight of the children with a value and of those due."""
    covered = due = 0
    for piece in pieces:
        if piece.state in DUE:
            due += piece.weight
            covered += piece.weight if piece.state is VALUE else 0
    return covered, due


def change(level: int, base: int) -> int | None:
    """Return the signed change in percent against a base, or None where the base is 0."""
    if base == 0:
        return None
    return divide_half_up(HUNDRED * (level - base), abs(base))


def level_of_change(base: int, percent: int) -> int:
    """Return the level that a change in percent leads to from a base."""
    return divide_half_up(HUNDRED * base + abs(base) * percent, HUNDRED)


def achievement(
    direction: Direction, actual: int, target: int, *, baseline: int | None = None
) -> int:
    """Return how much of a target was reached, in percent, floored at 0 and not capped.

    A milestone is `higher` over its steps. `baseline` counts for `lower` where it lies above the
    target. Source: measures.md §4.

    :raises ValueError: for `band`, which has two edges (see `band_achievement`).
    """
    if direction is Direction.BAND:
        raise ValueError("a band has two edges")
    if direction is Direction.LOWER:
        if baseline is not None and baseline > target:
            return max(0, divide_half_up(HUNDRED * (baseline - actual), baseline - target))
        better_by = target - actual
    else:
        better_by = actual - target
    if target == 0:
        return HUNDRED if better_by >= 0 else 0
    return max(0, divide_half_up(HUNDRED * (abs(target) + better_by), abs(target)))


def band_achievement(actual: int, low: int, high: int) -> int:
    """Return 100 % inside [low, high], outside less by the distance in widths of the band."""
    gap = max(low - actual, actual - high, 0)
    width = high - low
    return max(0, divide_half_up(HUNDRED * (width - gap), width))
