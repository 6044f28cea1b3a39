"""Whether the targets of share children add up to their parent's, by the parent's own rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.figures import ONE
from kpi.scoring.targets import NO_TARGET, Target
from kpi.scoring.words import Direction, IndicatorRules, Meaning, OverUnits, Reason


class Finding(StrEnum):
    """What a reconciliation found; a named officer may accept an open one with a reason."""

    RECONCILED = "reconciled"
    OPEN = "open"
    CANNOT_BE_CHECKED = "cannot_be_checked"
    NOT_RECONCILED_BY_RULE = "not_reconciled_by_rule"


@dataclass(frozen=True, slots=True)
class Planned:
    """A target as it is planned: with its link weight, planned denominator and base where needed.

    `state` is the KPI's in the quarter: an n/a child's target stays in and is listed.
    """

    key: int
    target: Target = NO_TARGET
    weight: Decimal = ONE
    denominator: Decimal | None = None
    base: Decimal | None = None
    state: CellState = CellState.NOT_DUE


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Children's targets against the parent's; a difference is children − parent.

    For `change` all figures are target levels. A band has its low and high edge apart.
    """

    finding: Finding
    children: Target = NO_TARGET
    parent: Target = NO_TARGET
    difference: Target = NO_TARGET
    reason: Reason | None = None
    without_target: tuple[int, ...] = ()
    not_applicable: tuple[int, ...] = ()


def reconcile(
    rules: IndicatorRules, parent: Planned, children: Sequence[Planned]
) -> Reconciliation:
    """Return whether the share children's targets come to the parent's.

    Source: measures.md §4, reconciliation.
    """
    if rules.over_units is OverUnits.OWN or not children:
        return Reconciliation(Finding.NOT_RECONCILED_BY_RULE)
    unset = tuple(child.key for child in children if not child.target.is_set)
    left = tuple(child.key for child in children if child.state is CellState.NOT_APPLICABLE)
    if unset or not parent.target.is_set:
        reason = Reason.NO_TARGET if unset else Reason.NO_PARENT_TARGET
        return Reconciliation(
            Finding.OPEN, reason=reason, without_target=unset, not_applicable=left
        )
    if unchecked := _why_not_checked(rules, parent, children):
        return Reconciliation(Finding.CANNOT_BE_CHECKED, reason=unchecked, not_applicable=left)

    def edge(of: Callable[[Planned], Decimal | None]) -> tuple[int, int]:
        return (
            _over(rules, children, [_level(rules, child, of(child)) for child in children]),
            _level(rules, parent, of(parent)),
        )

    if rules.direction is Direction.BAND:
        low, high = (
            edge(lambda planned: planned.target.low),
            edge(lambda planned: planned.target.high),
        )
        targets = [
            Target(low=exact.from_units(low_units), high=exact.from_units(high_units))
            for low_units, high_units in (
                *zip(low, high, strict=True),
                (low[0] - low[1], high[0] - high[1]),
            )
        ]
        is_zero = low[0] == low[1] and high[0] == high[1]
    else:
        whole = edge(lambda planned: planned.target.value)
        targets = [Target(exact.from_units(units)) for units in (*whole, whole[0] - whole[1])]
        is_zero = whole[0] == whole[1]
    finding = Finding.RECONCILED if is_zero else Finding.OPEN
    ours, theirs, difference = targets
    return Reconciliation(finding, ours, theirs, difference, not_applicable=left)


def _why_not_checked(
    rules: IndicatorRules, parent: Planned, children: Sequence[Planned]
) -> Reason | None:
    if rules.meaning is Meaning.CHANGE:
        bases = [planned.base for planned in (parent, *children)]
        if None in bases:
            return Reason.BASE_MISSING
        if 0 in bases:
            return Reason.BASE_ZERO
    if rules.over_units is OverUnits.RATIO:
        denominators = [child.denominator for child in children]
        if None in denominators:
            return Reason.DENOMINATOR_MISSING
        if sum(denominator or 0 for denominator in denominators) == 0:
            return Reason.ZERO_DIVISOR
    return None


def _level(rules: IndicatorRules, planned: Planned, target: Decimal | None) -> int:
    units = exact.to_units(target or Decimal(0))
    if rules.meaning is not Meaning.CHANGE:
        return units
    return exact.level_of_change(exact.to_units(planned.base or Decimal(0)), units)


def _over(rules: IndicatorRules, children: Sequence[Planned], levels: Sequence[int]) -> int:
    by_denominator = rules.over_units is OverUnits.RATIO
    rule = OverUnits.MEAN if by_denominator else rules.over_units
    pieces = []
    for child, level in zip(children, levels, strict=True):
        weight = (child.denominator or Decimal(0)) if by_denominator else child.weight
        pieces.append(exact.Piece(CellState.VALUE, level, weight=exact.to_units(weight)))
    return exact.combine(rule, pieces).value or 0
