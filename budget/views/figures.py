"""Money against its targets, as pages show it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Agency
from accounts.rules import Standing
from budget.models import (
    BudgetSource,
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
from common.bilingual import page_language
from projects.models import Project
from strategy.models import Issue

Targets = Mapping[tuple[str, str], Mapping[int, Decimal]]
# By kind of scope, the subjects with money of projects that a visit did not confirm.
Doubts = Mapping[str, frozenset[int]]


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
    spending_ahead: Gap | None = None
    spending_ahead_date: date | None = None
    is_unconfirmed: bool = False

    def by(self, measure: str) -> Gap | None:
        """The gap of a measure at the month's end."""
        return self.spending if measure == Measure.SPENDING else self.disbursement

    def rate_by(self, measure: str) -> Decimal | None:
        """The rate of a measure, whether its target is known or not."""
        spends = measure == Measure.SPENDING
        rate: Decimal | None = (
            self.figure.spending_rate if spends else self.figure.disbursement_rate
        )
        return rate


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month on the straight line: what was asked and reached, by both measures."""

    number: int
    label: str
    ends_quarter: bool
    disbursement_target: Decimal | None
    spending_target: Decimal | None
    figure: MoneyFigure | None
    disbursement: Gap | None
    spending: Gap | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A scope's year: its chart and months, the forecast with what it was made of."""

    chart: charts.LineChart
    expected: Forecast
    months: Sequence[MonthLine]
    closed: Sequence[Decimal]
    past: Sequence[PastYear]


def figures_for(standing: Standing, year: int) -> MoneyFigureQuerySet:
    """The year's own money as whoever reads may see it: staff what is signed, others what is published."""
    figures = MoneyFigure.objects.for_year(year).of_the_year_itself().with_scope()
    return figures if standing.pairs else figures.published()


def shown_month(standing: Standing, year: int, asked: str = "") -> int:
    """Return the month to stand at: the asked one, else the last with money of the whole."""
    months = (
        figures_for(standing, year)
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
    targets: Targets,
    year: int,
    url: str = "",
    doubts: Doubts | None = None,
) -> Against:
    category = CATEGORY_OF[figure.expenditure_type]
    paid = targets.get((Measure.DISBURSEMENT, category), {})
    spent = targets.get((Measure.SPENDING, category), {})
    ahead = next_target(paid, figure.month)
    spending_ahead = next_target(spent, figure.month)
    return Against(
        name=name,
        figure=figure,
        disbursement=gap(figure.disbursed, figure.revised, target_at(paid, figure.month)),
        spending=gap(figure.spent, figure.revised, target_at(spent, figure.month)),
        ahead=gap(figure.disbursed, figure.revised, ahead[1]) if ahead else None,
        ahead_date=fiscal.quarter_end(year, ahead[0]) if ahead else None,
        url=url,
        spending_ahead=gap(figure.spent, figure.revised, spending_ahead[1])
        if spending_ahead
        else None,
        spending_ahead_date=fiscal.quarter_end(year, spending_ahead[0]) if spending_ahead else None,
        is_unconfirmed=figure.scope.subject_id in (doubts or {}).get(figure.scope.kind, ()),
    )


def whole_of(
    standing: Standing,
    year: int,
    month: int,
    kind: str,
    subject: int,
    targets: Targets,
    doubts: Doubts | None = None,
) -> list[Against]:
    """Return both types and then all together of one scope."""
    found = {
        figure.expenditure_type: figure
        for figure in figures_for(standing, year).of_subjects(kind, [subject]).filter(month=month)
    }
    names = {**{value: str(label) for value, label in ExpenditureType.choices}, "": _("รวม")}
    return [
        _against(name, found[value], targets, year, doubts=doubts)
        for value, name in names.items()
        if value in found
    ]


def latest_of(
    standing: Standing, year: int, month: int, kinds: Collection[str], expenditure_type: str = ""
) -> dict[str, dict[int, MoneyFigure]]:
    """Return by kind and subject the newest figure up to a month; one query for all kinds."""
    latest: dict[str, dict[int, MoneyFigure]] = {kind: {} for kind in kinds}
    for figure in (
        figures_for(standing, year)
        .of_kinds(kinds)
        .filter(expenditure_type=expenditure_type)
        .up_to(month)
        .in_month_order()
    ):
        latest[figure.scope.kind][figure.scope.subject_id] = figure
    return latest


def parts_of(
    latest: Mapping[int, MoneyFigure],
    year: int,
    names: Mapping[int, tuple[str, str]],
    targets: Targets,
    measure: str = Measure.DISBURSEMENT,
    doubts: Doubts | None = None,
) -> list[Against]:
    """Return the parts of a kind, furthest behind first; names give (name, address)."""
    rows = []
    for subject, figure in latest.items():
        name, url = names.get(subject, (_("ไม่ระบุ"), ""))
        rows.append(_against(name, figure, targets, year, url, doubts))
    return sorted(rows, key=lambda row: _behind(row, measure))


def _behind(row: Against, measure: str) -> tuple[bool, Decimal]:
    if known := row.by(measure):
        return False, known.points
    return True, row.rate_by(measure) or Decimal(0)


def line_of(
    standing: Standing,
    year: int,
    kind: str,
    subject: int,
    targets: Targets,
    expenditure_type: str = "",
    measure: str = Measure.DISBURSEMENT,
) -> Outlook:
    """Return a scope's months against the line and last year, and the forecast of its year."""
    figures = _months_of(standing, year, kind, subject, expenditure_type)
    category = CATEGORY_OF[expenditure_type]
    line = targets.get((measure, category), {})
    closed = _closed_rates(year, figures)
    past = _past_years(year, kind, subject, expenditure_type, len(closed))
    expected = forecast(closed, past)
    last_year = _months_of(standing, year - 1, kind, subject, expenditure_type)
    today = clock.today()
    passed = Decimal((today - fiscal.year_start(year)).days) * 12 / 365
    spends = measure == Measure.SPENDING
    series = [
        charts.Series(
            _("ใช้จ่ายจริง") if spends else _("เบิกจ่ายจริง"),
            (Decimal(0), *_rates(figures, measure)),
            "money",
        ),
        charts.Series(
            _("เป้าหมาย ครม."), tuple(target_at(line, month) for month in range(13)), "plan"
        ),
    ]
    if last_year:
        series.append(charts.Series(_("ปีก่อน"), (Decimal(0), *_rates(last_year, measure)), "last"))
    title = (
        _("ใช้จ่ายสะสมเทียบเป้าหมายคณะรัฐมนตรี ปีงบประมาณ %(year)s")
        if spends
        else _("เบิกจ่ายสะสมเทียบเป้าหมายคณะรัฐมนตรี ปีงบประมาณ %(year)s")
    )
    chart = charts.line_chart(
        ["", *(month_label(year, month) for month in range(1, 13))],
        series,
        title=title % {"year": thaidates.format_fiscal_year(year, lang=page_language())},
        unit=_("ร้อยละ"),
        # The forecast is of what is paid, whatever the line shows.
        band=None if spends else _band(expected, closed),
        band_name=_("คาดสิ้นปี"),
        now=passed if 0 < passed < CONTRACT_MONTHS else None,
        now_text=_("วันนี้"),
        low=Decimal(0),
        high=Decimal(100),
        height=270,
    )
    return Outlook(chart, expected, _month_lines(year, figures, targets, category), closed, past)


def _band(
    expected: Forecast, closed: Sequence[Decimal]
) -> tuple[list[Decimal | None], list[Decimal | None]] | None:
    """Return the forecast as a wedge from the last closed month to the year's end."""
    left = CONTRACT_MONTHS - len(closed)
    if expected.low is None or expected.high is None or left <= 0:
        return None
    low: list[Decimal | None] = [None] * 13
    high: list[Decimal | None] = [None] * 13
    now = closed[-1]
    for month in range(len(closed), 13):
        share = Decimal(month - len(closed)) / left
        low[month] = now + (expected.low - now) * share
        high[month] = now + (expected.high - now) * share
    return low, high


def _month_lines(
    year: int, figures: Mapping[int, MoneyFigure], targets: Targets, category: str
) -> list[MonthLine]:
    paid = targets.get((Measure.DISBURSEMENT, category), {})
    spent = targets.get((Measure.SPENDING, category), {})
    lines = []
    for month in range(1, CONTRACT_MONTHS + 1):
        figure = figures.get(month)
        asked = target_at(paid, month), target_at(spent, month)
        lines.append(
            MonthLine(
                number=month,
                label=month_label(year, month),
                ends_quarter=month % fiscal.MONTHS_OF_QUARTER == 0,
                disbursement_target=asked[0],
                spending_target=asked[1],
                figure=figure,
                disbursement=gap(figure.disbursed, figure.revised, asked[0]) if figure else None,
                spending=gap(figure.spent, figure.revised, asked[1]) if figure else None,
            )
        )
    return lines


def _months_of(
    standing: Standing, year: int, kind: str, subject: int, expenditure_type: str
) -> dict[int, MoneyFigure]:
    figures = (
        figures_for(standing, year)
        .of_subjects(kind, [subject])
        .filter(expenditure_type=expenditure_type)
    )
    return {figure.month: figure for figure in figures}


def _rates(figures: Mapping[int, MoneyFigure], measure: str) -> list[Decimal | None]:
    name = "spending_rate" if measure == Measure.SPENDING else "disbursement_rate"
    return [getattr(figures.get(month), name, None) for month in range(1, 13)]


def _closed_rates(year: int, figures: Mapping[int, MoneyFigure]) -> list[Decimal]:
    """Return the disbursement rates of the ended months from October on, without a gap."""
    today = clock.today()
    closed: list[Decimal] = []
    for month in range(1, 13):
        figure = figures.get(month)
        if figure is None or fiscal.month_end(year, month) > today:
            break
        if figure.disbursement_rate is None:
            break
        closed.append(figure.disbursement_rate)
    return closed


def _past_years(
    year: int, kind: str, subject: int, expenditure_type: str, month: int
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


def names_of(kind: str, year: int = 0) -> dict[int, tuple[str, str]]:
    """Return the names and addresses of what a kind of scope stands for."""
    if kind in (Kind.AGENCY, Kind.OWNER):
        address = f"{reverse('budget:book-list')}?year={year}&" if year else ""
        param = "owner" if kind == Kind.OWNER else "agency"
        return {
            agency.pk: (agency.name, f"{address}{param}={agency.code}" if address else "")
            for agency in Agency.objects.all()
        }
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
