"""Quarters to year to date, children to parent: figures with their state, coverage and makers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from common.states import CellState
from kpi.scoring import exact
from kpi.scoring.words import IndicatorRules, LinkKind, OverTime, OverUnits, Reason

HUNDRED = Decimal(100)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One quarter as it counts: a value, the two parts of a ratio, or a state without either."""

    state: CellState
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One child (or one quarter) of a figure: what it brought, or why it was left out."""

    key: int
    state: CellState
    counted: bool
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    weight: Decimal = ONE
    partial: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed figure; without a value `state` and `reason` say why."""

    state: CellState
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    partial: bool = False
    covered: int = 0
    due: int = 0
    covered_weight: Decimal | None = None
    due_weight: Decimal | None = None
    reason: Reason | None = None
    contributions: tuple[Contribution, ...] = field(default=(), compare=False)

    @property
    def is_total(self) -> bool:
        """Say whether the figure may be shown as a total: nothing due is missing from it."""
        return self.state is CellState.VALUE and not self.partial and self.covered == self.due

    @property
    def coverage(self) -> Decimal | None:
        """The percent of due entries with a value; None where nothing is due."""
        return percent_of(self.covered, self.due)


@dataclass(frozen=True, slots=True)
class Child:
    """A child's figure with the link through which it stands under its parent."""

    key: int
    figure: Figure
    weight: Decimal = ONE
    kind: LinkKind = LinkKind.SHARE


@dataclass(frozen=True, slots=True)
class Carried:
    """The last value of a stock, shown "as of" its quarter; it counts nowhere else."""

    value: Decimal
    quarter: int


def percent_of(part: int, whole: int) -> Decimal | None:
    """Return part / whole in percent, None where the whole is 0."""
    units = exact.ratio(part, whole, exact.HUNDRED)
    return exact.maybe_decimal(units)


def state_of_entry(
    *,
    has_value: bool,
    not_applicable: bool,
    is_asked: bool,
    period_is_over: bool,
    deadline_passed: bool,
) -> CellState:
    """Return the state of one cell; only approved entries count as a value or as n/a.

    Source: measures.md §1.
    """
    if has_value:
        return CellState.VALUE
    if not_applicable:
        return CellState.NOT_APPLICABLE
    if not is_asked or not period_is_over:
        return CellState.NOT_DUE
    return CellState.LATE if deadline_passed else CellState.NOT_REPORTED


def why_not_parts(numerator: Decimal | None, denominator: Decimal | None) -> Reason | None:
    """Return why the two parts of a ratio cannot be entered together, or None."""
    if numerator is None or denominator is None:
        return Reason.DENOMINATOR_MISSING if denominator is None else Reason.NO_VALUE
    return Reason.ZERO_DIVISOR if denominator == 0 and numerator != 0 else None


def entry_of_ratio(numerator: Decimal, denominator: Decimal, scale: Decimal) -> Entry:
    """Return the quarter of a ratio from its parts; 0/0 is n/a, no case in the period.

    :raises ValueError: if a numerator stands over 0; the entrance refuses it (`why_not_parts`).
    """
    if why_not_parts(numerator, denominator):
        raise ValueError("a numerator stands over 0")
    units = exact.ratio(
        exact.to_units(numerator), exact.to_units(denominator), exact.to_units(scale)
    )
    if units is None:
        state, reason = CellState.NOT_APPLICABLE, Reason.NO_CASE
        return Entry(state, None, numerator, denominator, reason)
    return Entry(CellState.VALUE, exact.from_units(units), numerator, denominator)


def quarter_figure(entry: Entry) -> Figure:
    """Return the figure of one KPI that reports its own quarter."""
    return _figure(
        exact.leaf(
            entry.state,
            exact.maybe_units(entry.value),
            exact.maybe_units(entry.numerator),
            exact.maybe_units(entry.denominator),
        ),
        reason=entry.reason,
    )


def year_to_date(
    rules: IndicatorRules,
    entries: Sequence[Entry],
    quarter: int,
    *,
    scale: Decimal = ONE,
    since: int = 1,
    kept: Collection[int] | None = None,
) -> Figure:
    """Return a reporting KPI's year to date at the end of a quarter.

    `entries` begin with quarter 1. Its coverage is that of the quarter's own entry. `since` and
    `kept` narrow a flow to a round's quarters and to those with a target.
    Source: measures.md §3, over time.
    """
    states = [entry.state for entry in entries]
    last = entries[quarter - 1]

    def part(rule: OverTime, values: Sequence[Decimal | None]) -> exact.Part:
        units = [exact.maybe_units(value) for value in values]
        return exact.to_date(rule, states, units, quarter, since=since, kept=kept)

    if rules.over_time is not None:
        state, total, partial = part(rules.over_time, [entry.value for entry in entries])
        piece = exact.Piece(state, total, partial=partial)
    else:
        over, under = rules.parts_over_time
        piece = exact.ratio_of(
            last.state,
            part(over, [entry.numerator for entry in entries]),
            part(under, [entry.denominator for entry in entries]),
            exact.to_units(scale),
        )
    own = exact.leaf(last.state)
    contributions = tuple(
        Contribution(
            number,
            entry.state,
            entry.state is CellState.VALUE,
            entry.value,
            entry.numerator,
            entry.denominator,
            reason=entry.reason,
        )
        for number, entry in enumerate(entries[:quarter], start=1)
        if number >= since
    )
    reason = last.reason if piece.state is CellState.NOT_APPLICABLE else None
    return _figure(piece._replace(covered=own.covered, due=own.due), contributions, reason=reason)


def carried(entries: Sequence[Entry], quarter: int) -> Carried | None:
    """Return the last value before a quarter of a stock that has none, to be shown "as of"."""
    if entries[quarter - 1].state is CellState.VALUE:
        return None
    for number in range(quarter - 1, 0, -1):
        value = entries[number - 1].value
        if value is not None and entries[number - 1].state is CellState.VALUE:
            return Carried(value, number)
    return None


def why_not_as_year_to_date(
    rules: IndicatorRules, entries: Sequence[Entry], quarter: int
) -> Reason | None:
    """Return why a quarter may not be entered as year to date, or None.

    Only a flow may, and only when no earlier quarter is missing.
    """
    if rules.over_time is not OverTime.FLOW:
        return Reason.NO_VALUE
    if any(entry.state in exact.MISSING for entry in entries[: quarter - 1]):
        return Reason.EARLIER_QUARTER_MISSING
    return None


def quarter_from_year_to_date(total: Decimal, entries: Sequence[Entry], quarter: int) -> Decimal:
    """Return the quarter of a flow that was entered as year to date."""
    earlier = [entry for entry in entries[: quarter - 1] if entry.state is CellState.VALUE]
    units = exact.to_units(total) - sum(
        exact.to_units(entry.value or Decimal(0)) for entry in earlier
    )
    return exact.from_units(units)


def parent_figure(
    rules: IndicatorRules,
    children: Collection[Child],
    *,
    own: Figure | None = None,
    scale: Decimal = ONE,
) -> Figure:
    """Return a parent's figure from its children's figures of the same kind.

    Give the children's quarters for a quarter and their years to date for a year to date. A KPI
    with the rule `own`, or without share children, has its `own` figure; the children explain it.
    For `mean` the figure carries its coverage by weight. Source: measures.md §3, over units.

    :raises ValueError: if the KPI reports its own figure and none is given.
    """
    sharing = [child for child in children if child.kind is LinkKind.SHARE]
    made_of_children = bool(sharing) and rules.over_units is not OverUnits.OWN
    contributions = tuple(_contribution(child, made_of_children) for child in children)
    if not made_of_children:
        if own is None:
            raise ValueError("this KPI reports its own figure")
        return replace(own, contributions=contributions or own.contributions)
    pieces = [_piece(child) for child in sharing]
    total = exact.combine(rules.over_units, pieces, exact.to_units(scale))
    if rules.over_units is not OverUnits.MEAN:
        return _figure(total, contributions)
    covered, due = exact.weight_coverage(pieces)
    return _figure(total, contributions, exact.from_units(covered), exact.from_units(due))


def _piece(child: Child) -> exact.Piece:
    figure = child.figure
    return exact.Piece(
        figure.state,
        exact.maybe_units(figure.value),
        exact.maybe_units(figure.numerator),
        exact.maybe_units(figure.denominator),
        figure.partial,
        figure.covered,
        figure.due,
        exact.to_units(child.weight),
    )


def _contribution(child: Child, made_of_children: bool) -> Contribution:
    figure = child.figure
    reason = {LinkKind.SUPPORT: Reason.SUPPORTS_ONLY, LinkKind.SAME: Reason.SHOWS_PARENT}.get(
        child.kind
    )
    if reason is None and not made_of_children:
        reason = Reason.EXPLAINS_ONLY
    return Contribution(
        child.key,
        figure.state,
        reason is None and figure.state is CellState.VALUE,
        figure.value,
        figure.numerator,
        figure.denominator,
        child.weight,
        figure.partial,
        reason or figure.reason,
    )


def _figure(
    piece: exact.Piece,
    contributions: tuple[Contribution, ...] = (),
    covered_weight: Decimal | None = None,
    due_weight: Decimal | None = None,
    reason: Reason | None = None,
) -> Figure:
    return Figure(
        piece.state,
        exact.maybe_decimal(piece.value),
        exact.maybe_decimal(piece.numerator),
        exact.maybe_decimal(piece.denominator),
        piece.partial,
        piece.covered,
        piece.due,
        covered_weight,
        due_weight,
        piece.reason or reason,
        contributions,
    )
