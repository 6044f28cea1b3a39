"""From a snapshot to figures: asks the pure arithmetic, and the database for nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from common.fiscal import local_date
from common.states import CellState
from kpi.rollups.rows import YEAR_END, Computed, Definition, Key, Period, Snapshot, Version
from kpi.scoring import exact, figures
from kpi.scoring.curves import YearShare, percent_of_score
from kpi.scoring.scorecards import line_score
from kpi.scoring.targets import (
    NO_TARGET,
    Assessment,
    TargetToDate,
    assess,
    target_to_date,
)
from kpi.scoring.words import Meaning, OverUnits, Reason, asks_in

VALUE = CellState.VALUE
LARGEST = 2**63 - 1


class Cells(NamedTuple):
    """The four quarters of a KPI that reports itself."""

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
        self._computed: dict[Key, Computed] = {}
        self._cells: dict[int, Cells] = {}

    def figure(self, kpi_id: int, number: int) -> Computed:
        """Return the figure of a KPI at the end of a quarter."""
        key = (kpi_id, number)
        if key not in self.wanted:
            stored = self.snapshot.stored.get(key)
            return Computed() if stored is None else stored.computed
        if key not in self._computed:
            self._computed[key] = _storable(self._compute(kpi_id, number))
        return self._computed[key]

    def _compute(self, kpi_id: int, number: int) -> Computed:
        definition = self.snapshot.definitions[kpi_id]
        if kpi_id in self.snapshot.same:
            shown = self.figure(self.snapshot.same[kpi_id], number)
            unconfirmed = shown.is_unconfirmed or definition.is_unconfirmed
            return shown._replace(is_unconfirmed=unconfirmed)
        version = self._version(definition, number)
        if version is None:
            return Computed(state_reason=Reason.NO_RULES)
        made_of = self._made_of(definition, version)
        if made_of:
            figure = self._parent(version, made_of, number)
        else:
            figure = self._reported(definition, version, number)
        figure = figure._replace(version_id=version.pk, is_unconfirmed=definition.is_unconfirmed)
        return self._scored(figure, definition, version, number)

    def _made_of(self, definition: Definition, version: Version) -> Sequence[tuple[int, int]]:
        """Return the children that make the KPI's figure; none where it reports its own."""
        if definition.reports_own or version.rules.over_units is OverUnits.OWN:
            return ()
        return self.snapshot.children.get(definition.pk, ())

    def _version(self, definition: Definition, number: int) -> Version | None:
        quarter = (self.snapshot.year, number)
        versions = self.snapshot.versions.get(definition.indicator_id, ())
        return next((version for version in versions if version.since <= quarter), None)

    # ── Own entries ──────────────────────────────────────────────────────────

    def _reported(self, definition: Definition, version: Version, number: int) -> Computed:
        cells = self._cells_of(definition)
        index = number - 1
        state = cells.states[index]
        own = exact.leaf(
            state, cells.values[index], cells.numerators[index], cells.denominators[index]
        )
        to_date = self._own_to_date(version, cells, number, None)
        reason = to_date.reason
        if state is CellState.NOT_APPLICABLE and own.denominator is not None:
            reason = Reason.NO_CASE
        return _filled(own, to_date)._replace(state_reason=reason or "")

    def _own_to_date(
        self, version: Version, cells: Cells, number: int, kept: Collection[int] | None
    ) -> exact.Piece:
        rules, states = version.rules, cells.states
        if rules.over_time is not None:
            part = exact.to_date(rules.over_time, states, cells.values, number, kept=kept)
            return exact.Piece(part.state, part.value, partial=part.partial)
        over, under = rules.parts_over_time
        return exact.ratio_of(
            states[number - 1],
            exact.to_date(over, states, cells.numerators, number),
            exact.to_date(under, states, cells.denominators, number),
            version.scale,
        )

    def _cells_of(self, definition: Definition) -> Cells:
        if definition.pk not in self._cells:
            cells = Cells([], [], [], [])
            for number in range(1, YEAR_END + 1):
                state, *measures = self._cell(definition, number)
                cells.states.append(state)
                for column, measure in zip(cells[1:], measures, strict=True):
                    column.append(measure)
            self._cells[definition.pk] = cells
        return self._cells[definition.pk]

    def _cell(
        self, definition: Definition, number: int
    ) -> tuple[CellState, int | None, int | None, int | None]:
        entry = self.snapshot.results.get((definition.pk, number))
        version = self._version(definition, number)
        if entry is not None and version is not None:
            value, numerator, denominator = entry[1:]
            if numerator is not None and denominator is not None:
                value = exact.ratio(numerator, denominator, version.scale)
            has_value = value is not None and not entry.is_not_applicable
            state = VALUE if has_value else CellState.NOT_APPLICABLE
            return state, value, numerator, denominator
        if version is None:
            return CellState.NOT_DUE, None, None, None
        due = self._due_in(number + version.lag)
        state = figures.state_of_entry(
            has_value=False,
            not_applicable=False,
            is_asked=due is not None and due.is_open and asks_in(version.frequency, number),
            period_is_over=due is not None and self.today > due.end,
            deadline_passed=due is not None and self.today > due.deadline,
        )
        return state, None, None, None

    def _due_in(self, number: int) -> Period | None:
        """Return the quarter in which a figure is known; None where it is not on the calendar."""
        if number <= YEAR_END:
            return self.snapshot.periods.get(number)
        return self.snapshot.later_periods.get(number)

    # ── Children ─────────────────────────────────────────────────────────────

    def _parent(
        self, version: Version, made_of: Sequence[tuple[int, int]], number: int
    ) -> Computed:
        below = [(self.figure(child, number), weight) for child, weight in made_of]
        rule = version.rules.over_units
        quarters = [_quarter_piece(figure, weight) for figure, weight in below]
        quarter = exact.combine(rule, quarters, version.scale)
        to_date = exact.combine(
            rule, [_to_date_piece(figure, weight) for figure, weight in below], version.scale
        )
        figure = _filled(quarter, to_date)._replace(
            state_reason=quarter.reason or to_date.reason or ""
        )
        if rule is OverUnits.MEAN:
            covered, due = exact.weight_coverage(quarters)
            figure = figure._replace(covered_weight=covered, due_weight=due)
        return figure

    def _kept_to_date(self, kpi_id: int, number: int, kept: Collection[int]) -> exact.Piece:
        """Return a flow's year to date over some of its quarters only, from the entries upwards."""
        definition = self.snapshot.definitions[kpi_id]
        version = self._version(definition, number)
        if version is None:
            return exact.Piece(CellState.NOT_DUE)
        made_of = self._made_of(definition, version)
        if not made_of:
            return self._own_to_date(version, self._cells_of(definition), number, kept)
        pieces = [
            self._kept_to_date(child, number, kept)._replace(weight=weight)
            for child, weight in made_of
        ]
        return exact.combine(version.rules.over_units, pieces, version.scale)

    # ── Target and score ─────────────────────────────────────────────────────

    def _scored(
        self, figure: Computed, definition: Definition, version: Version, number: int
    ) -> Computed:
        states = [
            figure.state if earlier == number else self._state(definition, version, earlier)
            for earlier in range(1, number + 1)
        ]
        due = target_to_date(version.rules, definition.targets, states, number)
        found = self._assessed(figure, states, definition, version, number, due)
        line = line_score(
            found,
            definition.curve,
            version.rules.direction,
            is_closed=self.snapshot.periods[number].is_closed,
            share=_share(definition, version, due),
        )
        target = due.target if due else NO_TARGET
        is_change = version.rules.meaning is Meaning.CHANGE
        percent = None
        if line.score is not None:
            percent = percent_of_score(line.score, definition.scale, definition.top)
        return figure._replace(
            state_reason=figure.state_reason or found.reason or line.reason or "",
            target_ytd=exact.maybe_units(target.value),
            target_low=exact.maybe_units(target.low),
            target_high=exact.maybe_units(target.high),
            measured_against=exact.maybe_units(found.actual) if is_change else None,
            achievement=exact.maybe_units(found.percent),
            score=exact.maybe_units(line.score),
            score_percent=exact.maybe_units(percent),
        )

    def _state(self, definition: Definition, version: Version, number: int) -> CellState:
        if self._made_of(definition, version):
            return self.figure(definition.pk, number).state
        return self._cells_of(definition).states[number - 1]

    def _assessed(
        self,
        figure: Computed,
        states: Sequence[CellState],
        definition: Definition,
        version: Version,
        number: int,
        due: TargetToDate | None,
    ) -> Assessment:
        state, value, partial = figure.ytd_state, figure.ytd_value, figure.is_partial
        if due is not None and version.rules.has_increments:
            counted = [n for n, cell in enumerate(states, start=1) if cell is VALUE]
            if not due.kept.issuperset(counted):
                narrowed = self._kept_to_date(definition.pk, number, due.kept)
                state, value, partial = narrowed.state, narrowed.value, narrowed.partial
        actual = figures.Figure(
            state,
            exact.maybe_decimal(value),
            partial=partial,
            reason=Reason(figure.state_reason) if figure.state_reason else None,
        )
        return assess(
            version.rules,
            quarter_state=figure.state,
            quarter=number,
            actual=actual,
            due=due,
            base=definition.base,
        )


def _storable(figure: Computed) -> Computed:
    """Return the figure; no column holds what is further from zero than 64 bits.

    :raises OverflowError: if a measure is too large.
    """
    for measure in figure:
        if isinstance(measure, int) and abs(measure) > LARGEST:
            raise OverflowError(f"{measure} units are more than a column holds")
    return figure


def _share(definition: Definition, version: Version, due: TargetToDate | None) -> YearShare | None:
    """Return how far a flow's year is, by its targets; None where the curve stands still."""
    if due is None or due.target.value is None or not version.rules.has_increments:
        return None
    year = definition.year_target.value
    if year is None:
        year = sum((target.value or Decimal(0) for target in definition.targets), Decimal(0))
    return YearShare(due.target.value, year)


def _quarter_piece(figure: Computed, weight: int) -> exact.Piece:
    return exact.Piece(
        figure.state,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.covered < figure.due,
        figure.covered,
        figure.due,
        weight,
    )


def _to_date_piece(figure: Computed, weight: int) -> exact.Piece:
    return exact.Piece(
        figure.ytd_state,
        figure.ytd_value,
        figure.ytd_numerator,
        figure.ytd_denominator,
        figure.is_partial,
        figure.covered,
        figure.due,
        weight,
    )


def _filled(quarter: exact.Piece, to_date: exact.Piece) -> Computed:
    return Computed(
        state=quarter.state,
        value=quarter.value,
        numerator=quarter.numerator,
        denominator=quarter.denominator,
        ytd_state=to_date.state,
        ytd_value=to_date.value,
        ytd_numerator=to_date.numerator,
        ytd_denominator=to_date.denominator,
        is_partial=to_date.partial,
        covered=quarter.covered,
        due=quarter.due,
    )
