"""Money against its targets, as pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.rules import Standing
from budget.models import (
    BudgetSource,
    CabinetTarget,
    ExpenditureType,
    MoneyFigure,
    MoneyFigureQuerySet,
)
from budget.scoring import (
    Forecast,
    Gap,
    PastYear,
    forecast,
    gap,
    next_target,
    target_at,
)
from budget.views.frame import CATEGORY_OF, CONTRACT_MONTHS, Kind, Measure, month_label
from common import charts, clock, fiscal, thaidates
from projects.dues import language
from projects.models import Project
from strategy.models import Issue


@dataclass(frozen=True, slots=True)
class Against:
    """Money of one sort against its target at a month's end, and what the next one asks."""

    name: str
    figure: MoneyFigure
    disbursement: Gap | None
    spending: Gap | None
    ahead: Gap | None = None
    ahead_date: date | None = None
    url: str = ""


def _figures(standing: Standing, year: int) -> MoneyFigureQuerySet:
    figures = MoneyFigure.objects.for_year(year).of_the_year_itself().with_scope()
    return figures if standing.pairs else figures.published()


def shown_month(standing: Standing, year: int, asked: str = "") -> int:
    """Return the month to stand at: the asked one, else the last with money of the whole."""
    months = (
        _figures(standing, year)
        .of_kind(Kind.PROVINCE)
        .filter(expenditure_type="")
        .values_list("month", flat=True)
    )
    known = sorted(months)
    if asked.isdecimal() and int(asked) in known:
        return int(asked)
    if not known:
        return 0
    # A month that has only begun to be reported would understate everybody: stand at the last
    # that has ended.
    today = clock.today()
    ended = [m for m in known if fiscal.month_end(year, m) <= today]
    return (ended or known)[-1]


def _against(
    name: str,
    figure: MoneyFigure,
    targets: Mapping[tuple[str, str], Mapping[int, Decimal]],
    year: int,
    url: str = "",
) -> Against:
    category = CATEGORY_OF[figure.expenditure_type]
    paid = targets.get((Measure.DISBURSEMENT, category), {})
    spent = targets.get((Measure.SPENDING, category), {})
    ahead = next_target(paid, figure.month)
    return Against(
        name=name,
        figure=figure,
        disbursement=gap(figure.disbursed, figure.revised, target_at(paid, figure.month)),
        spending=gap(figure.spent, figure.revised, target_at(spent, figure.month)),
        ahead=gap(figure.disbursed, figure.revised, ahead[1]) if ahead else None,
        ahead_date=fiscal.quarter_end(year, ahead[0]) if ahead else None,
        url=url,
    )


def whole_of(standing: Standing, year: int, month: int, kind: str, subject: int) -> list[Against]:
    """Return both types and then all together of one scope."""
    targets = CabinetTarget.objects.lines(year)
    found = {
        figure.expenditure_type: figure
        for figure in _figures(standing, year).of_subjects(kind, [subject]).filter(month=month)
    }
    names = {**{value: str(label) for value, label in ExpenditureType.choices}, "": _("รวม")}
    return [
        _against(name, found[value], targets, year)
        for value, name in names.items()
        if value in found
    ]


def parts_of(
    standing: Standing, year: int, month: int, kind: str, names: Mapping[int, tuple[str, str]]
) -> list[Against]:
    """Return the parts of a kind at a month, furthest behind first; names give (name, address)."""
    targets = CabinetTarget.objects.lines(year)
    rows = []
    latest: dict[int, MoneyFigure] = {}
    for figure in (
        _figures(standing, year)
        .of_kind(kind)
        .filter(expenditure_type="")
        .up_to(month)
        .in_month_order()
    ):
        latest[figure.scope.subject_id] = figure
    for subject, figure in latest.items():
        name, url = names.get(subject, (_("ไม่ระบุ"), ""))
        rows.append(_against(name, figure, targets, year, url))
    return sorted(rows, key=_behind)


def _behind(row: Against) -> tuple[bool, Decimal]:
    if row.disbursement:
        return False, row.disbursement.points
    return True, row.figure.disbursement_rate or Decimal(0)


def line_of(
    standing: Standing, year: int, kind: str, subject: int, expenditure_type: str = ""
) -> tuple[charts.LineChart, Forecast]:
    """Return the chart of a scope's months against the target and last year, and its forecast."""
    rates = _rates(standing, year, kind, subject, expenditure_type)
    line = CabinetTarget.objects.lines(year).get(
        (Measure.DISBURSEMENT, CATEGORY_OF[expenditure_type]), {}
    )
    closed = _closed_rates(standing, year, rates)
    expected = forecast(
        closed, _past_years(standing, year, kind, subject, expenditure_type, len(closed))
    )
    last_year = _rates(standing, year - 1, kind, subject, expenditure_type)
    today = clock.today()
    passed = Decimal((today - fiscal.year_start(year)).days) * 12 / 365
    series = [
        charts.Series(_("เบิกจ่ายจริง"), (Decimal(0), *_up_to_last(rates)), "money"),
        charts.Series(
            _("เป้าหมาย ครม."), tuple(target_at(line, month) for month in range(13)), "plan"
        ),
    ]
    if last_year:
        series.append(charts.Series(_("ปีก่อน"), (Decimal(0), *_up_to_last(last_year)), "last"))
    band = None
    if expected.low is not None and expected.high is not None and len(closed) < CONTRACT_MONTHS:
        low: list[Decimal | None] = [None] * 13
        high: list[Decimal | None] = [None] * 13
        now = closed[-1]
        left = CONTRACT_MONTHS - len(closed)
        for month in range(len(closed), 13):
            share = Decimal(month - len(closed)) / left
            low[month] = now + (expected.low - now) * share
            high[month] = now + (expected.high - now) * share
        band = (low, high)
    chart = charts.line_chart(
        ["", *(month_label(year, month) for month in range(1, 13))],
        series,
        title=_("เบิกจ่ายสะสมเทียบเป้าหมายคณะรัฐมนตรี ปีงบประมาณ %(year)s")
        % {"year": thaidates.format_fiscal_year(year, lang=language())},
        unit=_("ร้อยละ"),
        band=band,
        band_name=_("คาดสิ้นปี"),
        now=passed if 0 < passed < CONTRACT_MONTHS else None,
        now_text=_("วันนี้"),
        low=Decimal(0),
        high=Decimal(100),
        height=270,
    )
    return chart, expected


def _rates(
    standing: Standing, year: int, kind: str, subject: int, expenditure_type: str
) -> dict[int, Decimal]:
    figures = (
        _figures(standing, year)
        .of_subjects(kind, [subject])
        .filter(expenditure_type=expenditure_type)
    )
    return {f.month: f.disbursement_rate for f in figures if f.disbursement_rate is not None}


def _up_to_last(rates: Mapping[int, Decimal]) -> list[Decimal | None]:
    return [rates.get(month) for month in range(1, 13)]


def _closed_rates(standing: Standing, year: int, rates: Mapping[int, Decimal]) -> list[Decimal]:
    """Return the rates of the ended months from October on, without a gap."""
    today = clock.today()
    closed = []
    for month in range(1, 13):
        if month not in rates or fiscal.month_end(year, month) > today:
            break
        closed.append(rates[month])
    return closed


def _past_years(
    standing: Standing, year: int, kind: str, subject: int, expenditure_type: str, month: int
) -> list[PastYear]:
    """Return what the same scope and type had disbursed by this month in past years."""
    past = []
    rows = MoneyFigure.objects.filter(
        scope__kind=kind,
        scope__subject_id=subject,
        scope__fiscal_year__lt=year,
        expenditure_type=expenditure_type,
        is_carried_over=False,
        month__in=[month, CONTRACT_MONTHS],
    ).select_related("scope")
    by_year: dict[int, dict[int, Decimal]] = {}
    for row in rows:
        by_year.setdefault(row.scope.fiscal_year_id, {})[row.month] = row.disbursed
    for past_year in sorted(by_year, reverse=True):
        amounts = by_year[past_year]
        if month in amounts and CONTRACT_MONTHS in amounts:
            past.append(PastYear(past_year, amounts[month], amounts[CONTRACT_MONTHS]))
    return past


def names_of(kind: str) -> dict[int, tuple[str, str]]:
    """Return the names and addresses of what a kind of scope stands for."""
    if kind in (Kind.AGENCY, Kind.OWNER):
        return {agency.pk: (agency.name, "") for agency in Agency.objects.all()}
    if kind == Kind.SOURCE:
        return {source.pk: (source.name, "") for source in BudgetSource.objects.all()}
    if kind == Kind.PROJECT:
        return {
            project.pk: (f"{project.code} {project.name}", project.get_absolute_url())
            for project in Project.objects.all()
        }
    issues = {
        issue.pk: (
            f"{issue.code} {issue.name}",
            f"{reverse('projects:project-list')}?issue={issue.pk}",
        )
        for issue in Issue.objects.all()
    }
    return issues | {0: (_("ไม่อยู่ในประเด็นการพัฒนา"), "")}
