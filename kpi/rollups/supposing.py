"""What would be if: weights, targets and results supposed, computed by the rules, stored nowhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from common.states import CellState
from kpi.models import Scorecard
from kpi.rollups.computing import Computation
from kpi.rollups.reading import read_around
from kpi.rollups.rows import YEAR_END, Computed, Definition, Snapshot, computed_of
from kpi.rollups.totals import Amounts, by_scorecard, lines_of, totals_of
from kpi.rollups.touching import reached_by
from kpi.scoring import exact
from kpi.scoring.expectations import entry_of
from submissions.models import Quarter


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is changed about one KPI; None leaves it. Target and result are of the year to date."""

    weight: Decimal | None = None
    target: Decimal | None = None
    result: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A KPI today and as supposed, scores with it."""

    kpi_id: int
    now: Computed
    then: Computed

    @property
    def achievement_now(self) -> Decimal | None:
        return exact.maybe_decimal(self.now.achievement)

    @property
    def achievement_then(self) -> Decimal | None:
        return exact.maybe_decimal(self.then.achievement)

    @property
    def score_then(self) -> Decimal | None:
        return exact.maybe_decimal(self.then.score)

    @property
    def has_moved(self) -> bool:
        """Whether anything that people read has changed."""
        return (self.now.ytd_value, self.now.achievement, self.now.score) != (
            self.then.ytd_value,
            self.then.achievement,
            self.then.score,
        )


@dataclass(frozen=True, slots=True)
class Totalled:
    """A total in percent with its coverage."""

    percent: Decimal | None
    covered: int
    due: int


NOTHING = Totalled(None, 0, 0)


@dataclass(frozen=True, slots=True)
class Supposition:
    """All that a supposition moves: KPIs, scorecards and issues by their numbers, now and then."""

    kpis: Mapping[int, Moved] = field(default_factory=dict)
    scorecards: Mapping[int, tuple[Totalled, Totalled]] = field(default_factory=dict)
    issues: Mapping[int, tuple[Totalled, Totalled]] = field(default_factory=dict)


def suppose(quarter: Quarter, changes: Mapping[int, Supposed], *, at: datetime) -> Supposition:
    """Return what changed weights, targets and results of KPIs would come to at a quarter's end.

    The figures above follow over the links, `same` ones below too; nothing is written.
    """
    year, number = quarter.fiscal_year_id, quarter.number
    reached = reached_by(changes)
    snapshot = Snapshot(year)
    read_around(snapshot, set(reached))
    before = dict(snapshot.definitions)
    for kpi_id, supposed in changes.items():
        _apply(snapshot, kpi_id, supposed, number)
    wanted = {(kpi_id, number) for kpi_id in reached}
    computation = Computation(snapshot, wanted, at)
    moved = {}
    for kpi_id in reached:
        now = computed_of(snapshot.stored.get((kpi_id, number)))
        moved[kpi_id] = Moved(kpi_id, now, computation.figure(kpi_id, number))
    scorecards, issues = _totals(snapshot, number, reached, moved, before)
    return Supposition(moved, scorecards, issues)


def _apply(snapshot: Snapshot, kpi_id: int, supposed: Supposed, number: int) -> None:
    definition = snapshot.definitions[kpi_id]
    if supposed.weight is not None:
        definition = definition._replace(weight=exact.to_units(supposed.weight))
    if supposed.target is not None:
        definition = _with_target(snapshot, definition, exact.to_units(supposed.target), number)
    if supposed.result is not None and kpi_id not in snapshot.same:
        _suppose_result(snapshot, definition, supposed.result, number)
        # Whoever supposes a result of a KPI made of others looks past them.
        definition = definition._replace(reports_own=True)
    snapshot.definitions[kpi_id] = definition


def _increments(definition: Definition, number: int) -> bool:
    version = definition.rules[number - 1]
    return version is not None and version.rules.has_increments


def _with_target(
    snapshot: Snapshot, definition: Definition, to_date: int, number: int
) -> Definition:
    """Return the definition with the target of the year to date; of a flow the quarter moves."""
    planned, year = list(definition.targets), definition.year_target
    own = to_date
    if _increments(definition, number):
        own -= sum(
            planned[place - 1][0] or 0
            for place in range(1, number)
            if not _is_out(snapshot, definition.pk, place)
        )
        if year[0] is not None:
            year = (year[0] + own - (planned[number - 1][0] or 0), None, None)
    elif number == YEAR_END:
        year = (own, None, None)
    planned[number - 1] = (own, None, None)
    return definition._replace(targets=tuple(planned), year_target=year)


def _is_out(snapshot: Snapshot, kpi_id: int, number: int) -> bool:
    stored = snapshot.stored.get((kpi_id, number))
    return computed_of(stored).state is CellState.NOT_APPLICABLE


def _suppose_result(
    snapshot: Snapshot, definition: Definition, to_date: Decimal, number: int
) -> None:
    """Put entries where the KPI would report: the quarters before as they stand, then this one."""
    kpi_id = definition.pk
    version = definition.rules[number - 1]
    if version is None:
        return
    before = []
    for earlier in range(1, number):
        figure = computed_of(snapshot.stored.get((kpi_id, earlier)))
        if figure.state is CellState.VALUE:
            entry = (False, figure.value, figure.numerator, figure.denominator)
            snapshot.results[kpi_id, earlier] = entry
            before.append(figure)
        elif figure.state is CellState.NOT_APPLICABLE:
            snapshot.results[kpi_id, earlier] = (True, None, None, None)
    here = computed_of(snapshot.stored.get((kpi_id, number)))
    value, numerator, denominator = entry_of(
        version.rules,
        exact.to_units(to_date),
        values=[each.value for each in before],
        numerators=[each.numerator for each in before],
        denominators=[each.denominator for each in before],
        denominator=here.denominator,
        scale=version.scale,
    )
    snapshot.results[kpi_id, number] = (False, value, numerator, denominator)


_Pairs = dict[int, tuple[Totalled, Totalled]]


def _totals(
    snapshot: Snapshot,
    number: int,
    reached: Collection[int],
    moved: Mapping[int, Moved],
    before: Mapping[int, Definition],
) -> tuple[_Pairs, _Pairs]:
    """Return the totals of every scorecard that one of the KPIs stands on, now and then."""
    then = {(kpi_id, number): each.then for kpi_id, each in moved.items()}
    cards: _Pairs = {}
    issues: _Pairs = {}
    ids = {snapshot.definitions[kpi_id].scorecard_id for kpi_id in reached}
    for card_id, definitions in by_scorecard(snapshot, ids).items():
        stored = lines_of(snapshot, [before[each.pk] for each in definitions], number, {})
        if not stored:
            continue
        own_now, issues_now = totals_of(stored)
        own_then, issues_then = totals_of(
            [
                (snapshot.definitions[each.pk], then.get((each.pk, number), figure))
                for each, figure in stored
            ]
        )
        cards[card_id] = (_total(own_now), _total(own_then))
        if definitions[0].level == Scorecard.Level.PROVINCE:
            for issue_id, amounts in issues_then.items():
                issues[issue_id] = (_total(issues_now[issue_id]), _total(amounts))
    return cards, issues


def _total(amounts: Amounts) -> Totalled:
    percent = exact.maybe_decimal(amounts.percent)
    return Totalled(percent, amounts.covered, amounts.due)
