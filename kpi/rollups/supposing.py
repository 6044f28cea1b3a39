"""What would be if: weights, targets and results supposed, computed by the rules, stored nowhere."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from common.states import CellState
from kpi.models import KPI, Scorecard
from kpi.rollups.computing import Computation
from kpi.rollups.reading import read_around
from kpi.rollups.rows import YEAR_END, Computed, Definition, Reported, Snapshot
from kpi.rollups.totals import Amounts, ScoreRow, read_rows, totals_of
from kpi.rollups.touching import reached_by
from kpi.scoring import exact
from kpi.scoring.expectations import entry_of
from kpi.scoring.targets import Target
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
    for kpi_id, supposed in changes.items():
        _apply(snapshot, kpi_id, supposed, number)
    wanted = {(kpi_id, number) for kpi_id in reached}
    computation = Computation(snapshot, wanted, at)
    moved = {}
    for kpi_id in reached:
        stored = snapshot.stored.get((kpi_id, number))
        now = Computed() if stored is None else stored.computed
        moved[kpi_id] = Moved(kpi_id, now, computation.figure(kpi_id, number))
    scorecards, issues = _totals(quarter, reached, moved, changes)
    return Supposition(moved, scorecards, issues)


def _apply(snapshot: Snapshot, kpi_id: int, supposed: Supposed, number: int) -> None:
    definition = snapshot.definitions[kpi_id]
    if supposed.weight is not None:
        definition = replace(definition, weight=supposed.weight)
    if supposed.target is not None:
        definition = _with_target(snapshot, definition, supposed.target, number)
    if supposed.result is not None and kpi_id not in snapshot.same:
        _suppose_result(snapshot, definition, supposed.result, number)
        # Whoever supposes a result of a KPI made of others looks past them.
        definition = replace(definition, reports_own=True)
    snapshot.definitions[kpi_id] = definition


def _increments(snapshot: Snapshot, definition: Definition, number: int) -> bool:
    version = next(
        (
            version
            for version in snapshot.versions.get(definition.indicator_id, ())
            if version.since <= (snapshot.year, number)
        ),
        None,
    )
    return version is not None and version.rules.has_increments


def _with_target(
    snapshot: Snapshot, definition: Definition, to_date: Decimal, number: int
) -> Definition:
    """Return the definition with the target of the year to date; of a flow the quarter moves."""
    planned, year = list(definition.targets), definition.year_target
    own = to_date
    if _increments(snapshot, definition, number):
        kept = [
            planned[place - 1].value or Decimal(0)
            for place in range(1, number)
            if not _is_out(snapshot, definition.pk, place)
        ]
        own = to_date - sum(kept, Decimal(0))
        if year.value is not None:
            year = Target(year.value + own - (planned[number - 1].value or Decimal(0)))
    elif number == YEAR_END:
        year = Target(own)
    planned[number - 1] = Target(own)
    return replace(definition, targets=tuple(planned), year_target=year)


def _is_out(snapshot: Snapshot, kpi_id: int, number: int) -> bool:
    stored = snapshot.stored.get((kpi_id, number))
    return stored is not None and stored.computed.state is CellState.NOT_APPLICABLE


def _suppose_result(
    snapshot: Snapshot, definition: Definition, to_date: Decimal, number: int
) -> None:
    """Put entries where the KPI would report: the quarters before as they stand, then this one."""
    kpi_id = definition.pk
    version = next(
        (
            version
            for version in snapshot.versions.get(definition.indicator_id, ())
            if version.since <= (snapshot.year, number)
        ),
        None,
    )
    if version is None:
        return
    before = []
    for earlier in range(1, number):
        stored = snapshot.stored.get((kpi_id, earlier))
        figure = Computed() if stored is None else stored.computed
        if figure.state is CellState.VALUE:
            entry = Reported(False, figure.value, figure.numerator, figure.denominator)
            snapshot.results[kpi_id, earlier] = entry
            before.append(figure)
        elif figure.state is CellState.NOT_APPLICABLE:
            snapshot.results[kpi_id, earlier] = Reported(True, None, None, None)
    here = snapshot.stored.get((kpi_id, number))
    value, numerator, denominator = entry_of(
        version.rules,
        exact.to_units(to_date),
        values=[each.value for each in before],
        numerators=[each.numerator for each in before],
        denominators=[each.denominator for each in before],
        denominator=here.computed.denominator if here else None,
        scale=version.scale,
    )
    snapshot.results[kpi_id, number] = Reported(False, value, numerator, denominator)


_Pairs = dict[int, tuple[Totalled, Totalled]]


def _totals(
    quarter: Quarter,
    reached: Collection[int],
    moved: Mapping[int, Moved],
    changes: Mapping[int, Supposed],
) -> tuple[_Pairs, _Pairs]:
    """Return the totals of every scorecard that one of the KPIs stands on, now and then."""
    ids = set(KPI.objects.filter(pk__in=reached).values_list("scorecard_id", flat=True))
    by_card: dict[int, list[ScoreRow]] = defaultdict(list)
    for row in read_rows([quarter.pk], ids, quarter.fiscal_year_id):
        by_card[row.scorecard_id].append(row)
    cards: _Pairs = {}
    issues: _Pairs = {}
    for card_id, rows in by_card.items():
        own_now, issues_now = totals_of(rows)
        own_then, issues_then = totals_of([_row(row, moved, changes) for row in rows])
        cards[card_id] = (_total(own_now), _total(own_then))
        if rows[0].level == Scorecard.Level.PROVINCE:
            for issue_id, amounts in issues_then.items():
                issues[issue_id] = (_total(issues_now[issue_id]), _total(amounts))
    return cards, issues


def _row(row: ScoreRow, moved: Mapping[int, Moved], changes: Mapping[int, Supposed]) -> ScoreRow:
    if row.kpi_id in moved:
        then = moved[row.kpi_id].then
        row = row._replace(state=then.state.value, score=exact.maybe_decimal(then.score))
    supposed = changes.get(row.kpi_id)
    if supposed is not None and supposed.weight is not None:
        row = row._replace(weight=supposed.weight)
    return row


def _total(amounts: Amounts) -> Totalled:
    percent = exact.maybe_decimal(amounts.percent)
    return Totalled(percent, amounts.covered, amounts.due)
