"""The scores of a frozen document from its own rows and weights; pure."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from common.states import CellState
from kpi.scoring import scorecards
from kpi.scoring.curves import Scale
from kpi.scoring.scorecards import IssueTotal, Line, LineScore
from reports.document import AgencyRow, Frozen, IssueRow, KPIRow, Total
from reports.scoring import Limits, standing_of_score


def with_totals(frozen: Frozen, limits: Limits) -> Frozen:
    """Return the document with the scores of issues, agencies and the province computed again."""
    own = [row for row in frozen.kpis if row.level == "province"]
    scale = Scale(frozen.scale) if frozen.scale else Scale.FIVE
    top = frozen.province.top
    known = {issue.address for issue in frozen.issues}
    groups: list[tuple[IssueRow | None, list[KPIRow]]] = [
        (issue, [row for row in own if row.issue_address == issue.address])
        for issue in frozen.issues
    ]
    groups.append((None, [row for row in own if row.issue_address not in known]))
    issues, totals = [], []
    for key, (issue, rows) in enumerate(groups):
        if not rows:
            issues += [issue] if issue else []
            continue
        total = scorecards.issue_total(_lines(rows), scale, top)
        set_weight = issue.weight if issue else None
        weight = scorecards.issue_weight([row.weight for row in rows], set_weight)
        totals.append(IssueTotal(key, weight, total))
        if issue is not None:
            issues.append(_issue(issue, total, limits))
    if not totals:
        return frozen
    whole = scorecards.scorecard_total(_lines(own), scale, top)
    province = scorecards.province_total(totals)
    return replace(
        frozen,
        issues=tuple(issues),
        province=_total(frozen.province, whole.score, province, limits),
        agencies=tuple(_agency(row, frozen.kpis, limits) for row in frozen.agencies),
    )


def _lines(rows: Iterable[KPIRow]) -> list[Line]:
    return [Line(key, row.weight, _line(row)) for key, row in enumerate(rows)]


def _line(row: KPIRow) -> LineScore:
    if row.state == CellState.VALUE and row.score is None:
        return LineScore(CellState.NOT_DUE)
    return LineScore(CellState(row.state), row.score, is_floor=row.state != CellState.VALUE)


def _issue(issue: IssueRow, total: scorecards.Total, limits: Limits) -> IssueRow:
    return replace(
        issue,
        percent=total.percent,
        covered=total.covered,
        due=total.due,
        standing=standing_of_score(total.percent, limits),
    )


def _agency(agency: AgencyRow, kpis: Iterable[KPIRow], limits: Limits) -> AgencyRow:
    rows = [row for row in kpis if row.level == "agency" and row.agency_code == agency.code]
    if not rows:
        return agency
    scale = Scale(agency.scale) if agency.scale else Scale.FIVE
    total = scorecards.scorecard_total(_lines(rows), scale, agency.total.top)
    return replace(agency, total=_total(agency.total, total.score, total, limits))


def _total(before: Total, score: Decimal | None, total: scorecards.Total, limits: Limits) -> Total:
    return replace(
        before,
        score=score,
        percent=total.percent,
        covered=total.covered,
        due=total.due,
        covered_weight=total.covered_weight,
        due_weight=total.due_weight,
        standing=standing_of_score(total.percent, limits),
    )
