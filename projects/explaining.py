"""How a project's delivery at a quarter's end is worked out, and from whose reports."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common import fiscal
from common.workings import Step, Worked, number, weighted_mean
from projects import rollups
from projects.models import Activity, MonthlyProgress, Progress, ProjectFigure
from projects.scoring import ActivityYear, activity_at

HUNDRED = number(100)


@dataclass(frozen=True, slots=True)
class Piece:
    """One activity (or the whole project, without a number) as it counts at the quarter's end."""

    number: int | None
    name: str
    weight: Decimal
    percent: Decimal | None
    planned: Decimal
    as_of_date: date | None
    counted: bool
    why_out: str = ""


@dataclass(slots=True)
class Delivery:
    """A project's figure: its steps, its activities, and the reports that said so."""

    steps: list[Step] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    reports: list[Progress | MonthlyProgress] = field(default_factory=list)


def delivery_explanation(figure: ProjectFigure, *, published_only: bool = False) -> Delivery:
    """Return how a figure is worked out; a dozen queries however many activities there are.

    The figure is loaded with its project and its quarter's year. `published_only` tells it as the
    project's public page does, without what was only reported by the month.
    """
    quarter, project = figure.quarter, figure.project
    year, month = quarter.fiscal_year_id, quarter.number * 3
    work = rollups.work_of([project], published_only=published_only)[project.pk]
    if published_only:
        figure = copy(figure)
        read = rollups.figure_of(work, quarter, rollups.limits_of(quarter.fiscal_year))
        for name, value in read.items():
            setattr(figure, name, value)
    parts = work.years.get(year, [])
    pieces = [
        _piece(part, activity, year, month)
        for part, activity in zip(parts, _activities(work, year), strict=True)
    ]
    if figure.delivered is None:
        # The zeros of what has not begun would speak for all.
        pieces = [_left_out(piece) for piece in pieces]
    used = {piece.as_of_date for piece in pieces if piece.counted and piece.as_of_date}
    reports = _reports(figure, used)
    if published_only:
        reports = [report for report in reports if isinstance(report, Progress)]
    found = Delivery(pieces=pieces, reports=reports)
    found.steps = [*_steps(figure, pieces), *_time(figure), *_lifetime(figure, work)]
    return found


def _activities(work: rollups.Work, year: int) -> Sequence[Activity | None]:
    return work.running.get(year) or [None] * len(work.years.get(year, []))


def _piece(part: ActivityYear, activity: Activity | None, year: int, month: int) -> Piece:
    at = activity_at(part, month)
    return Piece(
        number=activity.number if activity else None,
        name=activity.name if activity else _("ทั้งโครงการ"),
        weight=part.weight,
        percent=at.actual,
        planned=at.planned,
        as_of_date=fiscal.month_end(year, at.as_of_month) if at.as_of_month else None,
        counted=at.actual is not None,
        why_out="" if at.actual is not None else _("ถึงกำหนดแล้วยังไม่มีรายงานที่ลงนาม"),
    )


def _left_out(piece: Piece) -> Piece:
    why = piece.why_out or _("ยังไม่มีกิจกรรมใดที่รายงาน")
    return Piece(
        piece.number, piece.name, piece.weight, piece.percent, piece.planned, None, False, why
    )


def _steps(figure: ProjectFigure, pieces: Iterable[Piece]) -> Iterable[Step]:
    percent = _("ร้อยละ")
    counted = [piece for piece in pieces if piece.counted]
    done = weighted_mean([(piece.weight, piece.percent or Decimal(0)) for piece in counted])
    planned = weighted_mean([(piece.weight, piece.planned) for piece in counted])
    if done is not None and figure.delivered is not None:
        yield Step(_("ผลงานสะสม"), done, figure.delivered, percent)
    if planned is not None and figure.planned is not None:
        yield Step(_("แผนงานสะสม"), planned, figure.planned, percent)
    if figure.variance is not None and figure.delivered is not None and figure.planned is not None:
        apart = number(figure.delivered).less(number(figure.planned))
        yield Step(_("เทียบแผน"), apart, figure.variance, _("จุด"))


def _time(figure: ProjectFigure) -> Iterable[Step]:
    if figure.elapsed is None:
        return
    project, quarter = figure.project, figure.quarter
    end = fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)
    passed, days = fiscal.elapsed_days(project.start_date, project.end_date, end)
    worked = Worked.product_of(number(passed).over(number(days)), HUNDRED)
    yield Step(_("เวลาที่ผ่านไป"), worked, figure.elapsed, _("ร้อยละ"))


def _lifetime(figure: ProjectFigure, work: rollups.Work) -> Iterable[Step]:
    if figure.lifetime is None or len(work.shares) < 2:
        return
    shares = rollups.year_shares(work, figure.quarter.fiscal_year_id, figure.quarter.number * 3)
    pairs = [(share.weight, share.physical) for share in shares if share.physical is not None]
    if worked := weighted_mean(pairs):
        yield Step(_("ตลอดอายุโครงการ"), worked, figure.lifetime, _("ร้อยละ"))


def _reports(figure: ProjectFigure, used: set[date]) -> list[Progress | MonthlyProgress]:
    """The signed reports of the year whose percentages the figure carries, the oldest first."""
    year = figure.quarter.fiscal_year_id
    people = ("entered_by", "submitted_by", "approved_by")
    quarters = Progress.objects.counted().filter(
        project=figure.project,
        quarter__fiscal_year=year,
        quarter__number__lte=figure.quarter.number,
    )
    months = MonthlyProgress.objects.counted().filter(
        project=figure.project,
        month__fiscal_year=year,
        month__number__lte=figure.quarter.number * 3,
    )
    found: list[tuple[date, Progress | MonthlyProgress]] = [
        (fiscal.quarter_end(year, report.quarter.number), report)
        for report in quarters.select_related("quarter", *people).prefetch_related("evidence")
    ]
    of_quarters = {day for day, _report in found}
    for monthly in months.select_related("month", *people).prefetch_related("evidence"):
        day = fiscal.month_end(year, monthly.month.number)
        # The quarter's own report counts where both speak of one month.
        if day not in of_quarters:
            found.append((day, monthly))
    return [report for day, report in sorted(found, key=lambda each: each[0]) if day in used]
