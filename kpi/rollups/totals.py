"""Scores of scorecards, issues and the province from the figures on them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common.states import CellState
from kpi.models import Figure, Scorecard
from kpi.scoring import exact, scorecards
from kpi.scoring.curves import Scale
from kpi.scoring.scorecards import IssueTotal, Line, LineScore, Total

# KPIs of the province's scorecard that stand under no issue are a group of their own.
NO_ISSUE = 0


class ScoreRow(NamedTuple):
    """A figure with what its scorecard and issue need of it."""

    quarter_id: int
    kpi_id: int
    state: str
    score: Decimal | None
    weight: Decimal
    scorecard_id: int
    level: str
    scale: str
    top: Decimal | None
    issue_id: int | None
    issue_weight: Decimal | None


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


def refresh_scores(
    *, quarter_ids: Collection[int], scorecard_ids: Collection[int] | None, year: int, at: datetime
) -> int:
    """Compute the scores of scorecards (None: all of the year) and of what stands on them.

    Returns how many rows were written; those that are right already stay untouched.
    """
    rows = read_rows(quarter_ids, scorecard_ids, year)
    by_scorecard: dict[tuple[int, int], list[ScoreRow]] = defaultdict(list)
    for row in rows:
        by_scorecard[row.scorecard_id, row.quarter_id].append(row)
    totals: dict[_Of, Amounts] = {}
    for (scorecard_id, quarter_id), lines in by_scorecard.items():
        own, of_issues = totals_of(lines)
        totals["scorecard", scorecard_id, quarter_id] = own
        for issue_id, amounts in of_issues.items():
            totals["issue", issue_id, quarter_id] = amounts
    return _write(totals, at)


def read_rows(
    quarter_ids: Collection[int], scorecard_ids: Collection[int] | None, year: int
) -> Iterable[ScoreRow]:
    """Read the figures that stand on scorecards (None: all of the year) in quarters."""
    figures = Figure.objects.filter(quarter_id__in=quarter_ids, kpi__fiscal_year_id=year)
    if scorecard_ids is not None:
        figures = figures.filter(kpi__scorecard_id__in=scorecard_ids)
    columns = figures.order_by("kpi_id", "quarter_id").values_list(
        "quarter_id",
        "kpi_id",
        "state",
        "score",
        "kpi__weight",
        "kpi__scorecard_id",
        "kpi__scorecard__level",
        "kpi__scorecard__scale",
        "kpi__scorecard__top_score",
        "kpi__issue_id",
        "kpi__issue__weight",
    )
    return (ScoreRow(*cells) for cells in columns)


def line_of(state: str, score: Decimal | None) -> LineScore:
    """Return a stored figure as a line; one without a score leaves, as what is not due does."""
    if state == CellState.VALUE and score is None:
        return LineScore(CellState.NOT_DUE)
    return LineScore(CellState(state), score, is_floor=state != CellState.VALUE)


def totals_of(rows: list[ScoreRow]) -> tuple[Amounts, dict[int, Amounts]]:
    """Return the total of one scorecard's figures; of the province's also those of its issues."""
    first = rows[0]
    scale, top = Scale(first.scale), first.top
    lines = [Line(row.kpi_id, row.weight, line_of(row.state, row.score)) for row in rows]
    own = scorecards.scorecard_total(lines, scale, top)
    if first.level != Scorecard.Level.PROVINCE:
        return _amounts(own, own.percent, None), {}
    under: dict[int, list[tuple[ScoreRow, Line]]] = defaultdict(list)
    for row, line in zip(rows, lines, strict=True):
        under[row.issue_id or NO_ISSUE].append((row, line))
    issues = [
        IssueTotal(
            issue_id,
            scorecards.issue_weight([row.weight for row, _ in group], group[0][0].issue_weight),
            scorecards.issue_total([line for _, line in group], scale, top),
        )
        for issue_id, group in under.items()
    ]
    province = scorecards.province_total(issues)
    return (
        _amounts(province, province.percent, None, own.score),
        {
            issue.key: _amounts(issue.total, issue.total.percent, issue.weight)
            for issue in issues
            if issue.key != NO_ISSUE
        },
    )


def _amounts(
    total: Total, percent: Decimal | None, weight: Decimal | None, score: Decimal | None = None
) -> Amounts:
    return Amounts(
        exact.maybe_units(total.score if score is None else score),
        exact.maybe_units(percent),
        exact.to_units(total.covered_weight),
        exact.to_units(total.due_weight),
        total.covered,
        total.due,
        exact.maybe_units(weight),
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
