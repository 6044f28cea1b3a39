"""What the file of a project and the page of its report both show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.rules import Standing
from common import charts, clock, fiscal, thaidates
from common.bilingual import page_language
from common.thainumbers import format_number
from projects import rollups
from projects.dues import state_of
from projects.models import Activity, Project, ProjectFigure
from projects.scoring import (
    ExpectedFinish,
    MismatchLimits,
    VarianceLimits,
    activity_at,
    elapsed,
    expected_finish,
    mismatch,
    s_curve,
    standing_of_variance,
    variance,
)
from projects.views.frame import LEVELS, money_teller, shown_quarter
from submissions.models import Quarter


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity in a table: its figures, its mark, and its bar over the fiscal year."""

    activity: Activity
    planned: Decimal
    actual: Decimal | None
    level: str
    word: str
    x: str
    width: str
    done: str
    field: Any = None


def board_of(
    project: Project, standing: Standing, year: int, quarter: Quarter | None = None
) -> dict[str, Any]:
    """Return what the page of a project and the page of its report both show."""
    today = clock.today()
    quarter = quarter or shown_quarter(standing, year, today)
    work = rollups.work_of([project], published_only=not standing.pairs)[project.pk]
    month = quarter.number * 3 if quarter else 0
    parts = work.years.get(year, [])
    figure = (
        rollups.figure_of(work, quarter, rollups.limits_of(quarter.fiscal_year))
        if quarter
        else dict.fromkeys(rollups.VALUES)
    )
    marks = ProjectFigure.objects.filter(project=project, quarter=quarter)
    mark = marks.select_related("project", "quarter").first()
    teller = money_teller(standing, year)
    money = teller.of([project.pk]).get(project.pk)
    money_month, lines = teller.lines(project.pk)
    rate = money.rate if money else None
    outlook = _outlook(project, work.years, today)
    delivered = figure["delivered"]
    apart = rollups.mismatch_limits_of(quarter.fiscal_year) if quarter else MismatchLimits()
    return {
        "project": project,
        "year": year,
        "quarter": quarter,
        "figure": figure,
        "explain_path": mark.explain_path if mark and quarter else "",
        "is_unconfirmed": bool(project.unconfirmed_reason or (mark and mark.is_unconfirmed)),
        "level": LEVELS.get(str(figure["standing"]), ""),
        "standing_word": str(ProjectFigure.Standing(figure["standing"]).label)
        if figure["standing"]
        else str(Project.Status(project.status).label),
        "time": elapsed(project.start_date, project.end_date, today),
        "money": money,
        "rate": rate,
        "target": money.target if money else None,
        "money_month": money_month,
        "money_lines": lines,
        "mismatch": mismatch(delivered, rate, apart),
        "apart": apart,
        "days_after_plan": (outlook.finish_date - project.end_date).days
        if outlook.finish_date
        else None,
        "mismatch_gap": None if delivered is None or rate is None else abs(rate - delivered),
        "curve": _curve(project, parts, year, month, outlook, today),
        "outlook": outlook,
        "activities": _activity_rows(project, work, year, month, quarter),
        "now_x": charts.percent(_place(today, year)),
        "standing": standing,
        "report_state": state_of(quarter, clock.now()) if quarter else "",
    }


def _outlook(project: Project, years: dict[int, list[Any]], today: date) -> ExpectedFinish:
    """Return the expected finish over the signed quarters of the present or last year."""
    year = max((y for y in years if y <= fiscal.fiscal_year_of(today)), default=None)
    if year is None:
        return expected_finish([])
    start = max(project.start_date, fiscal.year_start(year))
    months = sorted({month for part in years[year] for month in part.reported})
    points = [(start, Decimal(0))]
    for month in months:
        pairs = [(p.weight, activity_at(p, month).actual) for p in years[year]]
        known = [(w, a) for w, a in pairs if a is not None]
        done = sum((w * a for w, a in known), Decimal(0)) / sum(w for w, _a in known)
        points.append((fiscal.month_end(year, month), done))
    return expected_finish(points)


def _curve(
    project: Project,
    parts: Sequence[Any],
    year: int,
    month: int,
    outlook: ExpectedFinish,
    today: date,
) -> charts.LineChart:
    points = s_curve(parts, month)
    # Reports come by the quarter, or by the month where the year asks for them: other months would
    # only tear the line of what was done.
    reported = {month for part in parts for month in part.reported}
    points = [p for p in points if p.month % 3 == 0 or p.month in reported]
    last = next((p for p in reversed(points) if p.actual is not None), None)
    forecast: list[Decimal | None] = [None] * len(points)
    if last and last.actual is not None and outlook.per_day:
        for at, point in enumerate(points):
            if point.month >= last.month:
                days = (_month_day(year, point.month) - _month_day(year, last.month)).days
                forecast[at] = min(Decimal(100), last.actual + outlook.per_day * days)
    labels = ["", *(_month_label(year, point.month) for point in points[1:])]
    passed = _place(today, year) * 4 / 100
    return charts.s_curve(
        labels,
        plan=[point.planned for point in points],
        actual=[point.actual for point in points],
        forecast=forecast,
        title=_("เส้นโค้งความก้าวหน้าของโครงการ %(code)s") % {"code": project.code},
        now=passed if 0 < passed < 4 else None,
        height=270,
    )


def _month_day(year: int, month: int) -> date:
    return fiscal.year_start(year) if month == 0 else fiscal.month_end(year, month)


def _month_label(year: int, month: int) -> str:
    return (
        thaidates.format_month(year, month, lang=page_language()).split("\u00a0")[0].split(" ")[0]
    )


def _place(day: date, year: int) -> Decimal:
    """Return where a day lies in a fiscal year, in percent."""
    start, end = fiscal.year_start(year), fiscal.year_end(year)
    return charts.share(Decimal((day - start).days), Decimal(0), Decimal((end - start).days + 1))


def _activity_rows(
    project: Project, work: rollups.Work, year: int, month: int, quarter: Quarter | None
) -> list[ActivityRow]:
    """Return the activities of a year in number order, with plan and actual at a month's end."""
    activities = project.activities.in_year(year).in_number_order()
    limits = rollups.limits_of(quarter.fiscal_year) if quarter else VarianceLimits()
    rows = []
    for activity, part in zip(activities, work.years.get(year, []), strict=False):
        figure = activity_at(part, month)
        points = variance(figure.actual, figure.planned)
        start = _place(max(activity.start_date, fiscal.year_start(year)), year)
        end = _place(min(activity.end_date, fiscal.year_end(year)), year)
        done = (end - start) * (figure.actual or 0) / 100
        rows.append(
            ActivityRow(
                activity=activity,
                planned=figure.planned,
                actual=figure.actual,
                level=LEVELS.get(standing_of_variance(points, limits).value, ""),
                word=_pace(figure.actual, points),
                x=charts.percent(start),
                width=charts.percent(end - start),
                done=charts.percent(done) if done else "",
            )
        )
    return rows


def _pace(actual: Decimal | None, points: Decimal | None) -> str:
    if actual is None or points is None:
        return ""
    if actual >= 100:
        return _("เสร็จ")
    if points > 0:
        return _("เร็วกว่าแผน")
    if points == 0:
        return _("ตามแผน")
    return _("ช้า %(points)s จุด") % {"points": format_number(-points)}
