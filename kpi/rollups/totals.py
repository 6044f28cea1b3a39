"""Scores of scorecards, issues and the province from the figures on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from common.states import CellState
from kpi.models import Scorecard
from kpi.rollups.rows import Computed, Definition, Key, Snapshot, computed_of
from kpi.scoring import scorecards
from kpi.scoring.scorecards import Amount, Weighed

# KPIs of the province's scorecard that stand under no issue are a group of their own.
NO_ISSUE = 0
# A KPI on a scorecard with its figure of a quarter.
Lined = tuple[Definition, Computed]


class Amounts(NamedTuple):
    """The columns of a score, in units and as ordered in the update."""

    score: int | None
    percent: int | None
    covered_weight: int
    due_weight: int
    covered: int
    due: int
    weight: int | None


# Scorecard or issue, its id, and the quarter's.
_Of = tuple[str, int, int]

# A row that is right already is not written again, so it keeps its moment and is not returned.
_UPSERT = """
INSERT INTO kpi_score ({of}_id, quarter_id, {columns}, computed_at) VALUES {rows}
ON CONFLICT ({of}_id, quarter_id) WHERE {of}_id IS NOT NULL
DO UPDATE SET {taken}, computed_at = excluded.computed_at WHERE {differs}
RETURNING id
"""
# Within what SQLite takes in one statement.
_AT_ONCE = 500


def write_scores(
    snapshot: Snapshot,
    found: Mapping[Key, Computed],
    *,
    numbers: Collection[int],
    scorecard_ids: Collection[int] | None = None,
    at: datetime,
) -> int:
    """Compute the scores of scorecards (None: all of the year) and of what stands on them.

    What was not `found` counts as it is stored. Returns how many rows were written; those that are
    right already stay untouched.
    """
    totals: dict[_Of, Amounts] = {}
    for scorecard_id, definitions in by_scorecard(snapshot, scorecard_ids).items():
        for number in numbers:
            lines = lines_of(snapshot, definitions, number, found)
            if not lines:
                continue
            quarter_id = snapshot.periods[number].pk
            own, of_issues = totals_of(lines)
            totals["scorecard", scorecard_id, quarter_id] = own
            for issue_id, amounts in of_issues.items():
                totals["issue", issue_id, quarter_id] = amounts
    return _write(totals, at)


def by_scorecard(
    snapshot: Snapshot, scorecard_ids: Collection[int] | None
) -> dict[int, list[Definition]]:
    """Return the KPIs of a snapshot by scorecard; of those named, or of all."""
    found: dict[int, list[Definition]] = defaultdict(list)
    for definition in snapshot.definitions.values():
        if scorecard_ids is None or definition.scorecard_id in scorecard_ids:
            found[definition.scorecard_id].append(definition)
    return found


def lines_of(
    snapshot: Snapshot,
    definitions: Iterable[Definition],
    number: int,
    found: Mapping[Key, Computed],
) -> list[Lined]:
    """Return KPIs with their figures of a quarter; one that has none yet is left out."""
    lines = []
    for definition in definitions:
        key = (definition.pk, number)
        figure = found.get(key)
        if figure is not None:
            lines.append((definition, figure))
        elif key in snapshot.stored:
            lines.append((definition, computed_of(snapshot.stored[key])))
    return lines


def totals_of(lined: Sequence[Lined]) -> tuple[Amounts, dict[int, Amounts]]:
    """Return the total of one scorecard's figures; of the province's also those of its issues."""
    first = lined[0][0]
    scale, top = first.scale, first.top
    lines = [_line(*each) for each in lined]
    own = scorecards.scorecard_amount(lines, scale, top)
    if first.level != Scorecard.Level.PROVINCE:
        return _amounts(own), {}
    under: dict[int, list[tuple[Definition, Weighed]]] = defaultdict(list)
    for (definition, _figure), line in zip(lined, lines, strict=True):
        under[definition.issue_id or NO_ISSUE].append((definition, line))
    issues = {}
    for issue_id, group in under.items():
        set_weight = group[0][0].issue_weight
        weight = sum(each.weight for each, _line in group) if set_weight is None else set_weight
        total = scorecards.issue_amount([line for _definition, line in group], scale, top)
        issues[issue_id] = (weight, total)
    province = scorecards.province_amount(list(issues.values()))
    whole = province if own.score is None else province._replace(score=own.score)
    return _amounts(whole), {
        issue_id: _amounts(total, weight)
        for issue_id, (weight, total) in issues.items()
        if issue_id != NO_ISSUE
    }


def _line(definition: Definition, figure: Computed) -> Weighed:
    """Return a figure as a line; one without a score leaves, as what is not due does."""
    state, score = figure.state, figure.score
    if state is CellState.VALUE and score is None:
        state = CellState.NOT_DUE
    return Weighed(definition.weight, state, score)


def _amounts(total: Amount, weight: int | None = None) -> Amounts:
    return Amounts(
        total.score,
        total.percent,
        total.covered_weight,
        total.due_weight,
        total.covered,
        total.due,
        weight,
    )


def _write(totals: dict[_Of, Amounts], at: datetime) -> int:
    """Store totals, new or changed; returns how many. One statement for scorecards, one for issues."""
    moment = connection.ops.adapt_datetimefield_value(at)
    written = 0
    for kind in ("scorecard", "issue"):
        rows = [
            (key, quarter_id, *amounts, moment)
            for (name, key, quarter_id), amounts in sorted(totals.items(), key=lambda each: each[0])
            if name == kind
        ]
        for first in range(0, len(rows), _AT_ONCE):
            written += _upsert(kind, rows[first : first + _AT_ONCE])
    return written


def _upsert(kind: str, rows: Sequence[Sequence[Any]]) -> int:
    place = f"({', '.join(['%s'] * len(rows[0]))})"
    names = Amounts._fields
    statement = _UPSERT.format(
        of=kind,
        columns=", ".join(names),
        rows=", ".join([place] * len(rows)),
        taken=", ".join(f"{name} = excluded.{name}" for name in names),
        differs=" OR ".join(f"kpi_score.{name} IS DISTINCT FROM excluded.{name}" for name in names),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [cell for row in rows for cell in row])
        return len(cursor.fetchall())
