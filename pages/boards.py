"""What the home page and the dashboard read: each function a handful of queries, whatever the size."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accounts.models import Membership, Role, User
from budget.models import (
    CabinetTarget,
    ExpenditureType,
    MoneyFigure,
    MoneyScope,
    unconfirmed_in,
)
from budget.scoring import Gap, gap, target_at
from common import fiscal
from kpi.models import KPI, Figure, Result, Score, Scorecard
from kpi.rules.surroundings import performance_level, thresholds_of
from projects.models import ProjectFigure
from projects.scoring import OverProjects, ProjectPoint, elapsed, over_projects
from projects.scoring import Standing as ProjectStanding
from strategy.models import Issue
from submissions.models import FiscalYear, PeriodState, Quarter

TREND_QUARTERS = 5
SPARK_QUARTERS = 8


def latest_published_quarter() -> Quarter | None:
    """Return the newest quarter that the public may read, None before the first publication."""
    return (
        Quarter.objects.filter(state=PeriodState.PUBLISHED)
        .select_related("fiscal_year")
        .in_time_order()
        .last()
    )


def quarters_up_to(quarter: Quarter, count: int) -> list[Quarter]:
    """Return the last `count` quarters up to this one, oldest first; fewer where there are fewer."""
    earlier = [
        other
        for other in Quarter.objects.exclude(state=PeriodState.PLANNED).in_time_order()
        if (other.fiscal_year_id, other.number) <= (quarter.fiscal_year_id, quarter.number)
    ]
    return earlier[-count:]


@dataclass(frozen=True, slots=True)
class Headline:
    """The province's own score for a quarter, with the one before."""

    score: Score | None
    before: Score | None

    @property
    def change(self) -> Decimal | None:
        """How far the score moved since the quarter before; None where either is missing."""
        if self.score is None or self.before is None:
            return None
        if self.score.score is None or self.before.score is None:
            return None
        return Decimal(self.score.score) - Decimal(self.before.score)


def headline(quarters: Sequence[Quarter]) -> Headline:
    """Return the province's score at the last of the quarters and the one before it."""
    scores = {
        score.quarter_id: score
        for score in Score.objects.filter(
            scorecard__level=Scorecard.Level.PROVINCE, quarter__in=quarters[-2:]
        ).select_related("scorecard")
    }
    before = scores.get(quarters[-2].pk) if len(quarters) > 1 else None
    return Headline(scores.get(quarters[-1].pk), before)


def score_level(percent: Decimal | None, fiscal_year: FiscalYear) -> str | None:
    """Return good, watch or bad for a score in percent by the year's result bands.

    Good from the second band's lower limit, watched from the third's; the bands are data of the
    year (`bands` among its thresholds).
    """
    if percent is None:
        return None
    bands = fiscal_year.thresholds.get("bands", [90, 75, 60, 0])
    if percent >= Decimal(str(bands[1])):
        return "good"
    return "watch" if percent >= Decimal(str(bands[2])) else "bad"


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One development issue: its score with trend and coverage, and work, money, time."""

    issue: Issue
    score: Score | None
    trend: tuple[Decimal | None, ...]
    level: str | None
    projects: OverProjects
    money: Decimal | None
    money_target: Decimal | None
    time: Decimal
    # How many of its projects' figures a visit did not confirm.
    unconfirmed: int = 0
    # Where the bars of work and money are explained, without a language; "" where there is none.
    work_path: str = ""
    money_path: str = ""

    @property
    def work(self) -> Decimal | None:
        """The funded projects' mean; the unfunded ones' where none has a budget."""
        if self.projects.funded_actual is not None:
            return self.projects.funded_actual
        return self.projects.unfunded_actual

    @property
    def plan(self) -> Decimal | None:
        if self.projects.funded_actual is not None:
            return self.projects.funded_planned
        return self.projects.unfunded_planned


def issue_lines(quarters: Sequence[Quarter], *, as_of: date) -> list[IssueLine]:
    """Return the issues in force, in order, at the last of the quarters; six queries."""
    quarter = quarters[-1]
    year = quarter.fiscal_year_id
    month = quarter.number * 3
    issues = list(Issue.objects.in_force().with_edition().in_code_order())
    scores: dict[tuple[int, int], Score] = {
        (score.issue_id or 0, score.quarter_id): score
        for score in Score.objects.filter(issue__in=issues, quarter__in=quarters)
    }
    figures = list(ProjectFigure.objects.filter(quarter=quarter).select_related("project"))
    revised = revised_by_project(year, month)
    points: dict[int | None, list[ProjectPoint]] = defaultdict(list)
    doubted: Counter[int | None] = Counter()
    for figure in figures:
        if figure.is_unconfirmed or figure.project.is_unconfirmed:
            doubted[figure.project.issue_id] += 1
        points[figure.project.issue_id].append(point_of(figure, revised))
    money = {
        figure.scope.subject_id: figure for figure in money_at(MoneyScope.Kind.ISSUE, year, month)
    }
    line = CabinetTarget.objects.lines(year).get(
        (CabinetTarget.Measure.DISBURSEMENT, CabinetTarget.Category.OVERALL), {}
    )
    time = elapsed(fiscal.year_start(year), fiscal.year_end(year), as_of)
    lines = []
    for issue in issues:
        score = scores.get((issue.pk, quarter.pk))
        lines.append(
            IssueLine(
                issue=issue,
                score=score,
                trend=tuple(
                    scores[issue.pk, each.pk].percent if (issue.pk, each.pk) in scores else None
                    for each in quarters
                ),
                level=score_level(score.percent, quarter.fiscal_year) if score else None,
                projects=over_projects(points[issue.pk]),
                money=money[issue.pk].disbursement_rate if issue.pk in money else None,
                money_target=target_at(line, month),
                time=time,
                unconfirmed=doubted[issue.pk],
                work_path=f"{issue.path}work/{year}-q{quarter.number}/",
                money_path=money[issue.pk].explain_path if issue.pk in money else "",
            )
        )
    return lines


def point_of(figure: ProjectFigure, revised: Mapping[int, Decimal]) -> ProjectPoint:
    """Return what a project's figure brings into a mean, with its revised budget in baht."""
    return ProjectPoint(
        standing=ProjectStanding(figure.standing),
        physical=figure.delivered,
        planned=figure.planned,
        revised_baht=revised.get(figure.project_id),
    )


def revised_by_project(year: int, month: int) -> dict[int, Decimal]:
    """Return each project's revised budget of the year, in one query."""
    return {
        figure.scope.subject_id: figure.revised
        for figure in money_at(MoneyScope.Kind.PROJECT, year, month)
    }


def money_at(kind: str, year: int, month: int, expenditure_type: str = "") -> list[MoneyFigure]:
    """Return the year's own money of every scope of a kind at the end of a fiscal month."""
    return list(
        MoneyFigure.objects.for_year(year)
        .of_kind(kind)
        .of_the_year_itself()
        .filter(month=month, expenditure_type=expenditure_type)
        .with_scope()
    )


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One expenditure type (or both, "") against the Cabinet's line at a month's end."""

    category: str
    figure: MoneyFigure | None
    target: Decimal | None
    distance: Gap | None


@dataclass(frozen=True, slots=True)
class MoneyBoard:
    """The province's money against the Cabinet's disbursement targets, month by month."""

    year: int
    month: int
    lines: tuple[MoneyLine, ...]
    actual: tuple[Decimal | None, ...]
    target: tuple[Decimal | None, ...]
    last_year: tuple[Decimal | None, ...]
    figure: MoneyFigure | None = field(default=None)
    # How many projects with money in it a visit did not confirm.
    unconfirmed: int = 0


def money_board(year: int, *, up_to_month: int) -> MoneyBoard:
    """Return the province's money at its last month up to `up_to_month`; five queries."""
    figures = list(
        MoneyFigure.objects.filter(scope__fiscal_year_id__in=[year - 1, year])
        .of_kind(MoneyScope.Kind.PROVINCE)
        .of_the_year_itself()
        .with_scope()
    )
    by_key: Mapping[tuple[int, str, int], MoneyFigure] = {
        (figure.scope.fiscal_year_id, figure.expenditure_type, figure.month): figure
        for figure in figures
    }
    reported = [
        month
        for month in range(1, up_to_month + 1)
        if (found := by_key.get((year, "", month))) and found.reported
    ]
    month = max(reported, default=up_to_month)
    targets = CabinetTarget.objects.lines(year)
    categories: tuple[tuple[str, str], ...] = (
        (CabinetTarget.Category.INVESTMENT, ExpenditureType.INVESTMENT),
        (CabinetTarget.Category.RECURRENT, ExpenditureType.RECURRENT),
        (CabinetTarget.Category.OVERALL, ""),
    )
    lines = []
    for category, kind in categories:
        figure = by_key.get((year, kind, month))
        target = target_at(targets.get((CabinetTarget.Measure.DISBURSEMENT, category), {}), month)
        lines.append(
            MoneyLine(
                category,
                figure,
                target,
                gap(figure.disbursed, figure.revised, target) if figure else None,
            )
        )
    overall = targets.get((CabinetTarget.Measure.DISBURSEMENT, CabinetTarget.Category.OVERALL), {})
    return MoneyBoard(
        year=year,
        month=month,
        lines=tuple(lines),
        actual=_rates(by_key, year, month),
        target=tuple(target_at(overall, each) for each in range(13)),
        last_year=_rates(by_key, year - 1, 12),
        figure=by_key.get((year, "", month)),
        unconfirmed=len(unconfirmed_in(year)[MoneyScope.Kind.PROJECT]),
    )


def _rates(
    figures: Mapping[tuple[int, str, int], MoneyFigure], year: int, last: int
) -> tuple[Decimal | None, ...]:
    """The disbursement rates of months 0 to 12, None where nothing was reported."""
    rates: list[Decimal | None] = [Decimal(0) if (year, "", 1) in figures else None]
    for month in range(1, 13):
        figure = figures.get((year, "", month))
        rates.append(
            figure.disbursement_rate if figure and figure.reported and month <= last else None
        )
    return tuple(rates)


@dataclass(frozen=True, slots=True)
class OffTarget:
    """A province KPI below its target: how far, how it went, what was said, who answers."""

    figure: Figure
    level: str
    trend: tuple[Decimal | None, ...]
    note: str
    responsible: str = ""
    phone: str = ""


def province_figures(quarter: Quarter) -> list[Figure]:
    """Return the figures of the province's scorecard for a quarter, in code order; one query."""
    return list(
        Figure.objects.for_quarter(quarter)
        .filter(kpi__scorecard__level=Scorecard.Level.PROVINCE)
        .with_kpi()
        .select_related("version")
        .order_by("kpi__code")
    )


def heads_of(agency_ids: Collection[int], day: date) -> dict[int, User]:
    """Return the head of each agency on a day, the longest in office where there are several."""
    heads: dict[int, User] = {}
    members = (
        Membership.objects.current(day)
        .with_role(Role.APPROVER)
        .filter(agency__in=agency_ids, user__is_active=True)
        .select_related("user")
        .order_by("-from_date", "-pk")
    )
    for member in members:
        heads[member.agency_id] = member.user
    return heads


def off_target(
    quarters: Sequence[Quarter], figures: Sequence[Figure], day: date
) -> list[OffTarget]:
    """Return the province's KPIs below target, the furthest first, with trend, note and people."""
    thresholds = thresholds_of(quarters[-1].fiscal_year)
    below = [
        figure
        for figure in figures
        if figure.achievement is not None
        and performance_level(figure.achievement, thresholds) != "good"
    ]
    below.sort(key=lambda figure: figure.achievement)
    codes = [figure.kpi.code for figure in below]
    past: dict[tuple[str, int], Decimal | None] = {
        (figure.kpi.code, figure.quarter_id): figure.ytd_value
        for figure in Figure.objects.filter(
            kpi__code__in=codes, quarter__in=quarters
        ).select_related("kpi")
    }
    notes = {
        note.kpi_id: note.note
        for note in Result.objects.filter(
            kpi__in=[figure.kpi_id for figure in below], quarter=quarters[-1]
        )
    }
    heads = heads_of({figure.kpi.agency_id for figure in below}, day)
    return [
        OffTarget(
            figure=figure,
            level=performance_level(figure.achievement, thresholds) or "",
            trend=tuple(past.get((figure.kpi.code, quarter.pk)) for quarter in quarters),
            note=notes.get(figure.kpi_id, ""),
            responsible=head.get_full_name() if (head := heads.get(figure.kpi.agency_id)) else "",
            phone=(head.phone if head else "") or figure.kpi.agency.phone,
        )
        for figure in below
    ]


def agency_figures(quarter: Quarter) -> list[Figure]:
    """Return the figures of every agency's scorecard for a quarter; one query."""
    return list(
        Figure.objects.for_quarter(quarter)
        .filter(kpi__scorecard__level=Scorecard.Level.AGENCY)
        .with_kpi()
        .order_by("kpi__agency__code", "kpi__code")
    )


def parents_of(figures: Sequence[Figure]) -> dict[int, str]:
    """Return the code of the KPI above each figure's KPI, its own where there is none; one query."""
    above = dict(
        KPI.objects.filter(pk__in=[figure.kpi_id for figure in figures])
        .filter(links_up__kind__in=["share", "same"])
        .values_list("pk", "links_up__parent__code")
    )
    return {figure.kpi_id: above.get(figure.kpi_id) or figure.kpi.code for figure in figures}
