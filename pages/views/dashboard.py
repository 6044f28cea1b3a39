"""The governor's page: where we are, what is red and why, who is late, how far the money is."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.rules import Standing
from budget.dues import due_for as budget_due_for
from budget.scoring import gap, next_target
from common import charts, clock, fiscal, thaidates
from common.bilingual import page_language
from common.dues import Due
from common.states import CellState
from kpi.dues import due_for as kpi_due_for
from kpi.models import Figure
from kpi.rules.surroundings import performance_level, thresholds_of
from meetings.models import Meeting, Resolution
from pages import boards
from projects.dues import due_for as projects_due_for
from projects.dues.steps import KINDS as STEP_KINDS
from projects.models import Finding, Risk
from reminders.rules import why_not_read_log
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of

READERS = (Role.GOVERNOR, Role.VIEWER, Role.STRATEGIST, Role.COMPTROLLER, Role.INSPECTOR)

MOST_RAISED = 8


@dataclass(frozen=True, slots=True)
class LateAgency:
    """An agency with reports overdue."""

    name: str
    count: int
    days: int
    dues: tuple[Due, ...]


def why_not_read(standing: Standing) -> str | None:
    """The dashboard is for those who look over the whole province."""
    if standing.has(*READERS):
        return None
    return _("หน้านี้สำหรับสำนักงานผู้ว่าราชการจังหวัดและผู้ที่ดูภาพรวมจังหวัด งานของท่านอยู่ที่ งานของฉัน")


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show a quarter (the one that takes reports now unless the address names another)."""
    user = request.user
    assert isinstance(user, User)
    at = clock.now()
    standing = standing_of(user, at.date())
    if reason := why_not_read(standing):
        raise PermissionDenied(reason)
    choices = list(
        Quarter.objects.exclude(state=PeriodState.PLANNED)
        .select_related("fiscal_year")
        .in_time_order()
    )
    if not choices:
        return render(request, "pages/dashboard.html", {"quarter": None})
    quarter = _chosen(request, choices)
    past = [
        each
        for each in choices
        if (each.fiscal_year_id, each.number) <= (quarter.fiscal_year_id, quarter.number)
    ]
    trend, spark = past[-boards.TREND_QUARTERS :], past[-boards.SPARK_QUARTERS :]
    end = fiscal.quarter_end(quarter.fiscal_year_id, quarter.number)
    figures = boards.province_figures(quarter)
    money = boards.money_board(quarter.fiscal_year_id, up_to_month=quarter.number * 3)
    late = _late(user, quarter)
    meeting = Meeting.objects.select_related("committee").order_by("-held_date", "-pk").first()
    resolutions = (
        list(Resolution.objects.filter(meeting=meeting).select_related("owner").in_due_order())
        if meeting
        else []
    )
    return render(
        request,
        "pages/dashboard.html",
        {
            "quarter": quarter,
            "choices": [(f"{each.fiscal_year_id}-{each.number}", each) for each in choices[::-1]],
            "at": at,
            "headline": boards.headline(trend),
            "issues": boards.issue_lines(trend, as_of=min(end, at.date())),
            "figures": figures,
            "off_target": boards.off_target(spark, figures, at.date()),
            "counts": _counts(figures, quarter),
            "late": late,
            "late_count": sum(agency.count for agency in late),
            "money": money,
            "money_chart": _money_chart(money),
            "next_target": _next_target(money),
            "meeting": meeting,
            "resolutions": resolutions,
            "resolutions_done": sum(each.state != Resolution.State.OPEN for each in resolutions),
            "resolutions_late": sum(
                each.state == Resolution.State.OPEN and each.due_date < at.date()
                for each in resolutions
            ),
            "raised": list(Risk.objects.raised().with_subject().gravest_first()[:MOST_RAISED]),
            "doubted": list(
                Finding.objects.open().serious().with_owner().in_due_order()[:MOST_RAISED]
            ),
            "today": at.date(),
            "may_read_log": why_not_read_log(standing) is None,
            "heat": _heat(quarter, figures),
        },
    )


def _chosen(request: HttpRequest, choices: list[Quarter]) -> Quarter:
    """The quarter that the address names, else the first open one, else the newest."""
    named = request.GET.get("quarter", "")
    if named:
        for each in choices:
            if f"{each.fiscal_year_id}-{each.number}" == named:
                return each
        raise Http404(_("ไม่มีไตรมาสนี้"))
    return next((each for each in choices if each.state == PeriodState.OPEN), choices[-1])


def _late(user: User, quarter: Quarter) -> list[LateAgency]:
    """Who is late now, the latest first; only an open quarter has anything late."""
    at = clock.now()
    if quarter.is_closed:
        return []
    by_agency: dict[str, list[Due]] = defaultdict(list)
    for source in (kpi_due_for, projects_due_for, budget_due_for):
        for due in source(user, at):
            if due.kind in STEP_KINDS:
                continue
            if due.state == CellState.LATE and due.status not in ("submitted", "approved"):
                by_agency[due.agency_name].append(due)
    agencies = [
        LateAgency(
            name=name,
            count=len(dues),
            days=max(fiscal.days_late(at, due.deadline_date) for due in dues if due.deadline_date),
            dues=tuple(dues),
        )
        for name, dues in by_agency.items()
    ]
    return sorted(agencies, key=lambda each: (-each.days, -each.count, each.name))


def _counts(figures: list[Figure], quarter: Quarter) -> dict[str, int]:
    thresholds = thresholds_of(quarter.fiscal_year)
    counts = {"good": 0, "watch": 0, "bad": 0, "all": len(figures)}
    for figure in figures:
        level = performance_level(figure.achievement, thresholds)
        if level:
            counts[level] += 1
    return counts


def _money_chart(money: boards.MoneyBoard) -> charts.LineChart:
    """Draw disbursed against the Cabinet's line and last year, month by month."""
    return charts.line_chart(
        ["", *(thaidates.fiscal_month_name(month, lang=page_language()) for month in range(1, 13))],
        [
            charts.Series(_("เบิกจ่ายจริง"), money.actual, "actual"),
            charts.Series(_("เป้าหมาย ครม."), money.target, "plan"),
            charts.Series(_("ปีก่อน"), money.last_year, "last"),
        ],
        title=_("เบิกจ่ายสะสมเทียบเป้าหมายคณะรัฐมนตรี"),
        unit="%",
        low=Decimal(0),
        high=Decimal(100),
        period_head=_("เดือน"),
    )


def _next_target(money: boards.MoneyBoard) -> dict[str, object] | None:
    """What is still to be spent to reach the next known quarter end."""
    overall = money.lines[-1]
    if overall.figure is None:
        return None
    from_line = {
        quarter: value
        for quarter in range(1, 5)
        if (value := money.target[quarter * 3]) is not None
    }
    following = next_target(from_line, money.month)
    if following is None:
        return None
    quarter, percent = following
    distance = gap(overall.figure.disbursed, overall.figure.revised, percent)
    return {
        "day": fiscal.quarter_end(money.year, quarter),
        "percent": percent,
        "gap": distance,
    }


def _heat(quarter: Quarter, province: list[Figure]) -> charts.HeatGrid | None:
    """Draw agencies × province KPIs by achievement; an empty cell has no such KPI."""
    thresholds = thresholds_of(quarter.fiscal_year)
    figures = boards.agency_figures(quarter)
    if not figures:
        return None
    above = boards.parents_of(figures)
    codes = [figure.kpi.code for figure in province]
    cells: dict[str, dict[str, Figure]] = defaultdict(dict)
    names: dict[str, str] = {}
    for figure in figures:
        agency = figure.kpi.agency
        names[agency.code] = agency.short_name
        if above[figure.kpi_id] in codes:
            cells[agency.code][above[figure.kpi_id]] = figure
    rows = []
    for code in sorted(cells):
        row = cells[code]
        rows.append(
            charts.HeatRow(
                label=names[code],
                cells=tuple(_heat_cell(row.get(each), quarter, thresholds) for each in codes),
                covered=sum(figure.state == CellState.VALUE for figure in row.values()),
                due=sum(
                    figure.state not in (CellState.NOT_DUE, CellState.NOT_APPLICABLE)
                    for figure in row.values()
                ),
            )
        )
    return charts.heat_grid(
        [(code, _name(province, code)) for code in codes],
        rows,
        title=_("หน่วยงาน × ตัวชี้วัด: ร้อยละความสำเร็จของเป้าหมาย"),
        row_head=_("หน่วยงาน"),
    )


def _name(province: list[Figure], code: str) -> str:
    return next(figure.kpi.indicator.name for figure in province if figure.kpi.code == code)


def _heat_cell(figure: Figure | None, quarter: Quarter, thresholds: object) -> charts.HeatCell:
    if figure is None:
        return charts.HeatCell()
    return charts.HeatCell(
        state=figure.state,
        value=figure.achievement,
        level=performance_level(figure.achievement, thresholds) or "",  # type: ignore[arg-type]
        href=f"/kpis/{figure.kpi.code}/explain/{quarter.fiscal_year_id}-q{quarter.number}/",
        title=figure.kpi.indicator.name,
    )
