"""From a snapshot to figures: asks the pure arithmetic, and the database for nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from common.fiscal import local_date
from common.states import CellState
from kpi.rollups.rows import (
    YEAR_END,
    Computed,
    Definition,
    Key,
    Period,
    Snapshot,
    Version,
    computed_of,
)
from kpi.scoring import exact, figures
from kpi.scoring.curves import Axis, percent_in_units
from kpi.scoring.scorecards import score_units
from kpi.scoring.targets import NOT_PLANNED, Planned, assess_units, planned_to_date
from kpi.scoring.words import Meaning, OverUnits, Reason, asks_in

VALUE, NOT_APPLICABLE = CellState.VALUE, CellState.NOT_APPLICABLE
LARGEST = 2**63 - 1
# What arithmetic may make larger than what it was given.
_MEASURES = itemgetter(
    *(
        Computed._fields.index(name)
        for name in (
            *("value", "numerator", "denominator", "ytd_value", "ytd_numerator"),
            *("ytd_denominator", "covered_weight", "due_weight", "target_ytd"),
            *("measured_against", "achievement", "score_percent"),
        )
    )
)
# Computed._make without asking how many cells there are.
_as_figure = tuple.__new__
# What one KPI brings to another: its quarter and its year to date.
Brought = tuple[exact.Piece, exact.Piece]
# The target of a year to date with the quarters that it keeps.
Due = tuple[Planned, frozenset[int]]


class Cells(NamedTuple):
    """The quarters of a KPI that reports itself, as far as they are read."""

    states: list[CellState]
    values: list[int | None]
    numerators: list[int | None]
    denominators: list[int | None]


class Computation:
    """Computes the wanted figures of a snapshot; what is not wanted counts as it is stored."""

    def __init__(self, snapshot: Snapshot, wanted: Collection[Key], at: datetime) -> None:
        self.snapshot = snapshot
        self.wanted = wanted if isinstance(wanted, set | frozenset) else set(wanted)
        self.today = local_date(at)
        self._numbers = range(1, snapshot.up_to + 1)
        self._figures: dict[Key, Computed] = {}
        self._brought: dict[Key, Brought] = {}
        self._cells: dict[int, Cells] = {}
        # By version and quarter: the state of a cell without a signed entry.
        self._missing: dict[tuple[int, int], CellState] = {}

    def figure(self, kpi_id: int, number: int) -> Computed:
        """Return the figure of a KPI at the end of a quarter."""
        key = (kpi_id, number)
        found = self._figures.get(key)
        if found is None:
            if key in self.wanted:
                found = self._compute(kpi_id, number)
            else:
                found = computed_of(self.snapshot.stored.get(key))
            self._figures[key] = found
        return found

    def _compute(self, kpi_id: int, number: int) -> Computed:
        definition = self.snapshot.definitions[kpi_id]
        if kpi_id in self.snapshot.same:
            shown = self.figure(self.snapshot.same[kpi_id], number)
            unconfirmed = shown.is_unconfirmed or definition.is_unconfirmed
            return shown._replace(is_unconfirmed=unconfirmed)
        version = definition.rules[number - 1]
        if version is None:
            return Computed(state_reason=Reason.NO_RULES)
        made_of = self._made_of(definition, version)
        covered_weight = due_weight = None
        if made_of:
            quarters, quarter, to_date = self._parent(version, made_of, number)
            reason = quarter.reason or to_date.reason
            if version.rules.over_units is OverUnits.MEAN:
                covered_weight, due_weight = exact.weight_coverage(quarters)
            states = [self._state(definition, earlier) for earlier in range(1, number)]
            states.append(quarter.state)
        else:
            cells = self._cells_of(definition)
            states, index = cells.states, number - 1
            quarter = exact.leaf(
                states[index], cells.values[index], cells.numerators[index],
                cells.denominators[index],
            )  # fmt: skip
            to_date = _own_to_date(version, cells, number, None)
            reason = to_date.reason
            if quarter.state is NOT_APPLICABLE and quarter.denominator is not None:
                reason = Reason.NO_CASE
        self._brought[kpi_id, number] = (quarter, to_date)

        # ── Target and score ──
        rules = version.rules
        due = planned_to_date(rules, definition.targets, states, number)
        found = assess_units(
            rules,
            quarter_state=quarter.state,
            quarter=number,
            to_date=self._stands(definition, version, number, states, to_date, due, reason),
            due=due,
            base=definition.base,
        )
        _state, achieved, actual, _base, why = found
        _state, score, _is_floor, why_not = score_units(
            found,
            definition.curve,
            rules.direction,
            is_closed=self.snapshot.periods[number].is_closed,
            share=_share(definition, version, due),
        )
        target, low, high = due[0] if due else NOT_PLANNED
        percent = None
        if score is not None:
            percent = percent_in_units(score, definition.scale, definition.top)
        quarter_state, value, numerator, denominator, _, covered, asked, _, _ = quarter
        to_date_state, total, over, under, partial, _, _, _, _ = to_date
        return _storable(
            (
                version.pk,
                quarter_state,
                reason or why or why_not or "",
                value,
                numerator,
                denominator,
                to_date_state,
                total,
                over,
                under,
                partial,
                covered,
                asked,
                covered_weight,
                due_weight,
                target,
                low,
                high,
                actual if rules.meaning is Meaning.CHANGE else None,
                achieved,
                score,
                percent,
                definition.is_unconfirmed,
            )
        )

    def _made_of(self, definition: Definition, version: Version) -> Sequence[tuple[int, int]]:
        """Return the children that make the KPI's figure; none where it reports its own."""
        if definition.reports_own or version.rules.over_units is OverUnits.OWN:
            return ()
        return self.snapshot.children.get(definition.pk, ())

    def _state(self, definition: Definition, number: int) -> CellState:
        """Return the state of a quarter of a KPI that is made of others."""
        return self.figure(definition.pk, number).state

    # ── Own entries ──────────────────────────────────────────────────────────

    def _cells_of(self, definition: Definition) -> Cells:
        cells = self._cells.get(definition.pk)
        if cells is None:
            quarters = [self._cell(definition, number) for number in self._numbers]
            states, values, numerators, denominators = zip(*quarters, strict=True)
            cells = Cells(list(states), list(values), list(numerators), list(denominators))
            self._cells[definition.pk] = cells
        return cells

    def _cell(
        self, definition: Definition, number: int
    ) -> tuple[CellState, int | None, int | None, int | None]:
        version = definition.rules[number - 1]
        if version is None:
            return CellState.NOT_DUE, None, None, None
        entry = self.snapshot.results.get((definition.pk, number))
        if entry is None:
            return self._missing_state(version, number), None, None, None
        is_not_applicable, value, numerator, denominator = entry
        if numerator is not None and denominator is not None:
            value = exact.ratio(numerator, denominator, version.scale)
        has_value = value is not None and not is_not_applicable
        return VALUE if has_value else NOT_APPLICABLE, value, numerator, denominator

    def _missing_state(self, version: Version, number: int) -> CellState:
        key = (version.pk, number)
        state = self._missing.get(key)
        if state is None:
            due = self._due_in(number + version.lag)
            state = self._missing[key] = figures.state_of_entry(
                has_value=False,
                not_applicable=False,
                is_asked=due is not None and due.is_open and asks_in(version.frequency, number),
                period_is_over=due is not None and self.today > due.end,
                deadline_passed=due is not None and self.today > due.deadline,
            )
        return state

    def _due_in(self, number: int) -> Period | None:
        """Return the quarter in which a figure is known; None where it is not on the calendar."""
        if number <= YEAR_END:
            return self.snapshot.periods.get(number)
        return self.snapshot.later_periods.get(number)

    # ── Children ─────────────────────────────────────────────────────────────

    def _parent(
        self, version: Version, made_of: Sequence[tuple[int, int]], number: int
    ) -> tuple[list[exact.Piece], exact.Piece, exact.Piece]:
        """Return the children's quarters, and what they and their years to date come to."""
        rule, scale = version.rules.over_units, version.scale
        below = [self._brought_by(child, number) for child, _weight in made_of]
        quarters, to_dates = [each[0] for each in below], [each[1] for each in below]
        if rule is OverUnits.MEAN:
            weights = [weight for _child, weight in made_of]
            quarters, to_dates = _weighed(quarters, weights), _weighed(to_dates, weights)
        quarter = exact.combine(rule, quarters, scale)
        return quarters, quarter, exact.combine(rule, to_dates, scale)

    def _brought_by(self, kpi_id: int, number: int) -> Brought:
        figure = self.figure(kpi_id, number)
        brought = self._brought.get((kpi_id, number))
        return _pieces_of(figure) if brought is None else brought

    def _kept_to_date(self, kpi_id: int, number: int, kept: Collection[int]) -> exact.Piece:
        """Return a flow's year to date over some of its quarters only, from the entries upwards."""
        definition = self.snapshot.definitions[kpi_id]
        version = definition.rules[number - 1]
        if version is None:
            return exact.Piece(CellState.NOT_DUE)
        made_of = self._made_of(definition, version)
        if not made_of:
            return _own_to_date(version, self._cells_of(definition), number, kept)
        pieces = [self._kept_to_date(child, number, kept) for child, _weight in made_of]
        weighed = _weighed(pieces, [weight for _child, weight in made_of])
        return exact.combine(version.rules.over_units, weighed, version.scale)

    def _stands(
        self,
        definition: Definition,
        version: Version,
        number: int,
        states: Sequence[CellState],
        to_date: exact.Piece,
        due: Due | None,
        reason: Reason | None,
    ) -> tuple[CellState, int | None, Reason | None]:
        """Return the year to date that stands against the target: a flow leaves what has none."""
        if due is not None and version.rules.has_increments and len(due[1]) != number:
            counted = [n for n in range(1, number + 1) if states[n - 1] is VALUE]
            if not due[1].issuperset(counted):
                to_date = self._kept_to_date(definition.pk, number, due[1])
        return to_date.state, to_date.value, reason


def _own_to_date(
    version: Version, cells: Cells, number: int, kept: Collection[int] | None
) -> exact.Piece:
    rules, states = version.rules, cells.states
    if rules.over_time is not None:
        state, value, partial = exact.to_date(
            rules.over_time, states, cells.values, number, kept=kept
        )
        return exact.Piece(state, value, None, None, partial)
    over, under = rules.parts_over_time
    return exact.ratio_of(
        states[number - 1],
        exact.to_date(over, states, cells.numerators, number),
        exact.to_date(under, states, cells.denominators, number),
        version.scale,
    )


def _storable(cells: tuple[Any, ...]) -> Computed:
    """Return the columns as a figure; no column holds what is further from zero than 64 bits.

    :raises OverflowError: if a measure is too large.
    """
    # Each number's bits; where one is beyond, so is what they come to.
    bits = 0
    for measure in _MEASURES(cells):
        if measure is not None:
            bits |= measure if measure >= 0 else ~measure
    if bits > LARGEST:
        raise OverflowError("a measure is more than a column holds")
    return _as_figure(Computed, cells)


def _share(definition: Definition, version: Version, due: Due | None) -> tuple[int, int] | None:
    """Return how far a flow's year is, by its targets; None where the curve stands still."""
    curve = definition.curve
    if curve is None or curve.axis is not Axis.VALUE or not version.rules.has_increments:
        return None
    if due is None or due[0][0] is None:
        return None
    year = definition.year_target[0]
    if year is None:
        year = sum(value or 0 for value, _low, _high in definition.targets)
    return due[0][0], year


def _weighed(pieces: Sequence[exact.Piece], weights: Sequence[int]) -> list[exact.Piece]:
    return [piece._replace(weight=weight) for piece, weight in zip(pieces, weights, strict=True)]


def _pieces_of(figure: Computed) -> Brought:
    return (
        exact.Piece(
            figure.state,
            figure.value,
            figure.numerator,
            figure.denominator,
            figure.covered < figure.due,
            figure.covered,
            figure.due,
        ),
        exact.Piece(
            figure.ytd_state,
            figure.ytd_value,
            figure.ytd_numerator,
            figure.ytd_denominator,
            figure.is_partial,
            figure.covered,
            figure.due,
        ),
    )
