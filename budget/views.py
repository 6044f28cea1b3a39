"""Pages of money: the month's grid, the year, the overview against the Cabinet's targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from accounts.rules import Standing
from budget import actions, rules
from budget.dues import grid_url, state_of
from budget.forms import TargetForm, TypedRow, read_row
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    ExpenditureType,
    MoneyFigure,
    MoneyFigureQuerySet,
    MoneyScope,
    MonthlyFigure,
)
from budget.scoring import (
    Forecast,
    Gap,
    PastYear,
    forecast,
    gap,
    monthly,
    next_target,
    rate,
    target_at,
)
from common import charts, clock, fiscal, thaidates
from common.refusal import EntriesRefused, Refused
from common.thainumbers import format_number
from projects.dues import language
from projects.models import Project
from strategy.models import Issue
from submissions.models import FiscalYear, Month, PeriodState
from submissions.rules import standing_of
from submissions.workflow import COUNTED, EDITABLE, Status

Kind = MoneyScope.Kind
Measure, Category = CabinetTarget.Measure, CabinetTarget.Category
CATEGORY_OF = {
    "": Category.OVERALL,
    ExpenditureType.INVESTMENT: Category.INVESTMENT,
    ExpenditureType.RECURRENT: Category.RECURRENT,
}
CONTRACT_MONTHS = 12
LAPSE_FROM_MONTH = 9  # June


def _standing(request: HttpRequest) -> Standing:
    return standing_of(request.user, clock.today())


def _staff(request: HttpRequest) -> Standing:
    standing = _standing(request)
    if not standing.pairs:
        raise Http404
    return standing


def _asked_year(request: HttpRequest, default: int) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2500 <= int(asked) <= 2700 else default


# ── The month's grid ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above a page."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


@dataclass(slots=True)
class GridRow:
    """One allocation in the month's grid."""

    allocation: Allocation
    figure: MonthlyFigure | None
    before: Decimal | None
    why_not: str | None
    typed: TypedRow | None = None
    refusal: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The version that the page was drawn with."""
        return self.figure.version if self.figure else 0

    def shown(self, name: str) -> str:
        """Return what stands in a cell: what was typed, else what is stored."""
        if self.typed:
            return self.typed.typed.get(name, "")
        if self.figure is None:
            return ""
        stored = {"disbursed": self.figure.disbursed_to_date, "obligated": self.figure.obligated}
        return format_number(stored[name])

    @property
    def disbursed(self) -> str:
        """The cumulative disbursement as the cell shows it."""
        return self.shown("disbursed")

    @property
    def obligated(self) -> str:
        """The outstanding obligation as the cell shows it."""
        return self.shown("obligated")

    @property
    def note(self) -> str:
        """The note as the cell shows it."""
        if self.typed and self.typed.note is not None:
            return self.typed.note
        return self.figure.note if self.figure else ""

    @property
    def in_month(self) -> Decimal | None:
        """What was disbursed in the month itself."""
        if self.figure is None or self.figure.disbursed_to_date is None:
            return None
        amount: Decimal = self.figure.disbursed_to_date - (self.before or Decimal(0))
        return amount

    @property
    def rate(self) -> Decimal | None:
        """The disbursement rate with what was typed."""
        if self.figure is None or self.figure.disbursed_to_date is None:
            return None
        return rate(self.figure.disbursed_to_date, self.allocation.revised)


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """Lead those who look over all to the overview, the others to their month's grid."""
    standing = _staff(request)
    return overview(request) if standing.sees_province else month_grid(request)


@require_http_methods(["GET", "HEAD", "POST"])
def month_grid(request: HttpRequest) -> HttpResponseBase:
    """Show the grid of a month; a post without scripts keeps all rows at once."""
    standing = _staff(request)
    month = _asked_month(request)
    if month is None:
        return render(request, "budget/month_grid.html", {"month": None, "rows": []})
    rows = _grid_rows(standing, month)
    if request.method == "POST":
        return _keep_all(request, standing, month, rows)
    return _grid_page(request, standing, month, rows)


def _asked_month(request: HttpRequest) -> Month | None:
    """Return the month of the address, else the open one that is due, else the present one."""
    asked = request.GET.get("month") or request.POST.get("month") or ""
    year, _dash, number = asked.partition("-m")
    if year.isdecimal() and number.isdecimal():
        return get_object_or_404(Month, fiscal_year=int(year), number=int(number))
    today = clock.today()
    open_months = [
        month
        for month in Month.objects.open().in_time_order()
        if fiscal.month_end(month.fiscal_year_id, month.number) <= today
    ]
    if open_months:
        return open_months[-1]
    year_now, month_now = fiscal.fiscal_month_of(today)
    return Month.objects.filter(fiscal_year=year_now, number=month_now).first()


def _grid_rows(standing: Standing, month: Month) -> list[GridRow]:
    """Return the rows that the person's agencies report, in five queries however many."""
    agencies = standing.agencies(*rules.REPORTERS)
    allocations = Allocation.objects.visible_to(standing).for_year(month.fiscal_year_id)
    if agencies:
        allocations = allocations.filter(spending_agency__in=agencies)
    listed = list(allocations.with_owner_and_spender().in_code_order())
    figures = {
        figure.allocation_id: figure
        for figure in MonthlyFigure.objects.filter(
            allocation__in=listed, month=month
        ).select_related("entered_by", "month")
    }
    before: dict[int, Decimal] = {}
    for figure in (
        MonthlyFigure.objects.counted()
        .filter(allocation__in=listed, month__number__lt=month.number)
        .order_by("month__number")
    ):
        before[figure.allocation_id] = figure.disbursed_to_date
    today = clock.today()
    return [
        GridRow(
            allocation,
            figures.get(allocation.pk),
            before.get(allocation.pk),
            rules.why_not_save(allocation, month, figures.get(allocation.pk), standing, today),
        )
        for allocation in listed
    ]


def _grid_page(
    request: HttpRequest,
    standing: Standing,
    month: Month,
    rows: Sequence[GridRow],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    state = state_of(month, clock.now())
    year = month.fiscal_year_id
    months = Month.objects.filter(fiscal_year=year).in_time_order()
    today = clock.today()
    return render(
        request,
        "budget/month_grid.html",
        {
            "month": month,
            "filters": [
                Filter(
                    "month",
                    _("เดือน"),
                    [
                        (_month_key(m), thaidates.format_month(year, m.number, lang=language()))
                        for m in months
                        if fiscal.month_start(year, m.number) <= today
                    ],
                    _month_key(month),
                )
            ],
            "rows": rows,
            "state": state,
            "days_late": fiscal.days_late(clock.now(), month.report_due_date),
            "days_left": fiscal.days_left(clock.now(), month.report_due_date),
            "counts": _counts(rows),
            "refusal": refusal,
            "standing": standing,
            "is_sample": any(row.allocation.is_sample for row in rows),
            "may_report": bool(standing.agencies(*rules.REPORTERS)),
            "grid_key": f"budget-{month.fiscal_year_id}-{month.number}",
        },
        status=status,
    )


def _month_key(month: Month) -> str:
    return f"{month.fiscal_year_id}-m{month.number:02d}"


def _is_filled(figure: MonthlyFigure | None) -> bool:
    return (
        figure is not None and figure.disbursed_to_date is not None and figure.obligated is not None
    )


def _counts(rows: Sequence[GridRow]) -> dict[str, int]:
    filled = [row for row in rows if _is_filled(row.figure)]
    return {
        "all": len(rows),
        "filled": len(filled),
        "ready": sum(1 for row in filled if row.figure and row.figure.status in EDITABLE),
        "sent": sum(1 for row in rows if row.figure and row.figure.status == Status.SUBMITTED),
        "signed": sum(1 for row in rows if row.figure and row.figure.status in COUNTED),
    }


def _keep_all(
    request: HttpRequest, standing: Standing, month: Month, rows: list[GridRow]
) -> HttpResponseBase:
    """Keep every row that was typed (the way without scripts)."""
    posted = request.POST.dict()
    changed: list[GridRow] = []
    for row in rows:
        suffix = f"-{row.allocation.pk}"
        if row.why_not or f"disbursed{suffix}" not in posted:
            continue
        typed = read_row(posted, suffix)
        if {n: typed.typed[n] for n in typed.typed} == {
            "disbursed": row.disbursed,
            "obligated": row.obligated,
        } and (typed.note or "") == row.note:
            continue
        row.typed, row.errors = typed, typed.errors
        changed.append(row)
    if any(row.errors for row in changed):
        return _grid_page(request, standing, month, rows)
    try:
        actions.record_monthly_figures(
            entries=[_entry(row, month, row.typed) for row in changed if row.typed],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        for position, reason in refused.by_entry.items():
            changed[position].refusal = reason.sentence
        return _grid_page(request, standing, month, rows, refusal=refused.sentence, status=409)
    messages.success(request, _("บันทึกร่างแล้ว %(n)d รายการ") % {"n": len(changed)})
    return redirect(grid_url(month))


def _entry(row: GridRow, month: Month, typed: TypedRow) -> actions.MonthlyInput:
    return actions.MonthlyInput(
        allocation=row.allocation,
        month=month,
        disbursed_to_date=typed.values["disbursed"],
        obligated=typed.values["obligated"],
        note=typed.note,
        version=typed.version,
    )


@require_POST
def month_row_save(request: HttpRequest) -> JsonResponse:
    """Keep one row of the grid as it is typed; the answer is that of static/js/grid.js."""
    standing = _staff(request)
    month = _asked_month(request)
    rows = {str(row.allocation.pk): row for row in _grid_rows(standing, month)} if month else {}
    row = rows.get(request.POST.get("row", ""))
    if row is None or month is None:
        raise Http404
    typed = read_row(request.POST.dict())
    if typed.errors:
        return JsonResponse({"errors": dict(typed.errors)}, status=422)
    try:
        [figure] = actions.record_monthly_figures(
            entries=[_entry(row, month, typed)],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        reason = refused.by_entry[0]
        if reason.code == "changed_meanwhile" and row.figure is not None:
            return JsonResponse({"clash": _clash(row.figure)}, status=409)
        if reason.code == "amounts":
            return JsonResponse({"errors": {"": reason.sentence}}, status=422)
        return JsonResponse({"refusal": reason.sentence, "code": reason.code}, status=409)
    except Refused as refused:
        return JsonResponse({"refusal": refused.sentence, "code": refused.code}, status=409)
    row.figure = figure
    asked = [*typed.questions]
    if not figure.note.strip():
        question = rules.question_of_units(row.allocation, *typed.values.values())
        asked += [question] if question else []
    return JsonResponse(
        {
            "ok": True,
            "saved_at": thaidates.format_time(clock.now(), "en"),
            "version": figure.version,
            "understood": typed.understood,
            "result": format_number(row.in_month),
            "ytd": format_number(row.rate),
            "state_html": render_to_string("budget/_row_state.html", {"row": row}, request),
            "warning": " ".join(asked) or None,
            "counts": _counts(list(rows.values())),
        }
    )


def _clash(figure: MonthlyFigure) -> dict[str, Any]:
    return {
        "theirs": {
            "disbursed": format_number(figure.disbursed_to_date),
            "obligated": format_number(figure.obligated),
        },
        "by": figure.entered_by.get_full_name() if figure.entered_by else "",
        "at": thaidates.format_time(figure.entered_at, "en") if figure.entered_at else "",
        "version": figure.version,
    }


@require_POST
def months_submit(request: HttpRequest) -> HttpResponseBase:
    """Send every complete draft of the month to the agency's head."""
    standing = _staff(request)
    month = _asked_month(request)
    if month is None:
        raise Http404
    rows = _grid_rows(standing, month)
    ready = [
        row
        for row in rows
        if _is_filled(row.figure) and row.figure and row.figure.status in EDITABLE
    ]
    try:
        actions.submit_monthly_figures(
            entries=[row.figure for row in ready if row.figure],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        for position, reason in refused.by_entry.items():
            ready[position].refusal = reason.sentence
        return _grid_page(request, standing, month, rows, refusal=refused.sentence, status=409)
    if ready:
        messages.success(request, _("ส่งให้หัวหน้าลงนามแล้ว %(n)d รายการ") % {"n": len(ready)})
    else:
        messages.info(request, _("ยังไม่มีรายการที่กรอกครบ จึงยังไม่ได้ส่ง"))
    return redirect(grid_url(month))


@require_safe
def year_table(request: HttpRequest) -> HttpResponse:
    """Show the twelve months of each allocation, cumulative or month by month."""
    standing = _staff(request)
    year = _asked_year(request, fiscal.fiscal_year_of(clock.today()))
    mode = "monthly" if request.GET.get("mode") == "monthly" else "cumulative"
    allocations = list(
        Allocation.objects.visible_to(standing)
        .for_year(year)
        .with_owner_and_spender()
        .in_code_order()
    )
    signed: dict[int, dict[int, Decimal]] = {allocation.pk: {} for allocation in allocations}
    for figure in (
        MonthlyFigure.objects.counted().filter(allocation__in=allocations).select_related("month")
    ):
        signed[figure.allocation_id][figure.month.number] = figure.disbursed_to_date
    rows = []
    for allocation in allocations:
        amounts = [signed[allocation.pk].get(month) for month in range(1, 13)]
        rows.append((allocation, monthly(amounts) if mode == "monthly" else amounts))
    return render(
        request,
        "budget/year_table.html",
        {
            "year": year,
            "mode": mode,
            "rows": rows,
            "labels": [_month_label(year, month) for month in range(1, 13)],
            "is_sample": any(allocation.is_sample for allocation in allocations),
        },
    )


def _month_label(year: int, month: int) -> str:
    return thaidates.format_month(year, month, lang=language()).split("\u00a0")[0].split(" ")[0]


# ── Against the Cabinet's targets ────────────────────────────────────────────


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


def _shown_month(standing: Standing, year: int, asked: str = "") -> int:
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


def _whole(standing: Standing, year: int, month: int, kind: str, subject: int) -> list[Against]:
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


def _parts(
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


def _line(
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
        ["", *(_month_label(year, month) for month in range(1, 13))],
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


def _names(kind: str) -> dict[int, tuple[str, str]]:
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


def _lapsing(standing: Standing, year: int, month: int) -> list[Allocation]:
    """Return what will lapse on 30 September, listed from June on: neither spent nor reserved."""
    if month < LAPSE_FROM_MONTH:
        return []
    rows = Allocation.objects.visible_to(standing).for_year(year).with_owner_and_spender()
    left = [
        row
        for row in rows.in_code_order()
        if row.revised - row.disbursed - row.reserved_with_obligation - row.returned > 0
    ]
    return sorted(left, key=lambda row: row.position.remaining, reverse=True)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show money against the Cabinet's targets: the province, or one's own agency."""
    standing = _staff(request)
    today = clock.today()
    year = _asked_year(request, fiscal.fiscal_year_of(today))
    month = _shown_month(standing, year, request.GET.get("month", ""))
    kind, subject, name = _overview_scope(request, standing)
    chart, expected = _line(standing, year, kind, subject)
    targets = CabinetTarget.objects.for_year(year).order_by("measure", "category", "quarter")
    context: dict[str, Any] = {
        "year": year,
        "month": month,
        "filters": [
            Filter(
                "year",
                _("ปีงบประมาณ"),
                [(str(y), thaidates.format_fiscal_year(y, lang=language())) for y in _years()],
                str(year),
            ),
            Filter(
                "month",
                _("ณ สิ้นเดือน"),
                [("", _("ล่าสุด"))]
                + [
                    (str(m), thaidates.format_month(year, m, lang=language()))
                    for m in range(1, 13)
                    if fiscal.month_end(year, m) <= today
                ],
                request.GET.get("month", ""),
            ),
        ],
        "keep": [("agency", request.GET["agency"])] if request.GET.get("agency") else [],
        "scope_name": name,
        "is_province": kind == Kind.PROVINCE,
        "whole": _whole(standing, year, month, kind, subject),
        "chart": chart,
        "expected": expected,
        "targets": targets,
        "lapsing": _lapsing(standing, year, month),
        "may_report": bool(standing.agencies(*rules.REPORTERS)),
        "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
    }
    if standing.sees_province:
        context["agencies"] = _parts(standing, year, month, Kind.AGENCY, _names(Kind.AGENCY))
        context["projects"] = _parts(standing, year, month, Kind.PROJECT, _names(Kind.PROJECT))[:15]
        context["owed"] = _owed(year, month)
    return render(request, "budget/overview.html", context)


def _overview_scope(request: HttpRequest, standing: Standing) -> tuple[str, int, str]:
    """Return the scope that the address asks for, within what the person may see."""
    agencies = Agency.objects.all()
    if not standing.sees_province:
        agencies = agencies.filter(pk__in=standing.agencies())
    agency = agencies.filter(code=request.GET.get("agency", "")).first()
    if agency is None and not standing.sees_province:
        agency = agencies.in_code_order().first()
    if agency:
        return Kind.AGENCY, agency.pk, agency.name
    return Kind.PROVINCE, 0, _("ทั้งจังหวัด")


def _years() -> list[int]:
    years = FiscalYear.objects.filter(allocations__isnull=False).distinct().order_by("-year")
    return list(years.values_list("year", flat=True))


def _owed(year: int, number: int) -> list[tuple[str, int, int]]:
    """Return the agencies whose figures of the month are not all signed: name, signed, due."""
    due: dict[int, list[Allocation]] = {}
    for row in Allocation.objects.for_year(year).with_owner_and_spender():
        due.setdefault(row.spending_agency_id, []).append(row)
    signed = set(
        MonthlyFigure.objects.counted()
        .filter(month__fiscal_year=year, month__number=number)
        .values_list("allocation_id", flat=True)
    )
    found = []
    for rows in due.values():
        done = sum(1 for row in rows if row.pk in signed)
        if done < len(rows):
            found.append((rows[0].spending_agency.name, done, len(rows)))
    return sorted(found, key=lambda row: (row[1] - row[2], row[0]))


@require_http_methods(["GET", "HEAD", "POST"])
def target_list(request: HttpRequest) -> HttpResponseBase:
    """Show the year's targets with kind, source and verification, and set one."""
    standing = _staff(request)
    year = get_object_or_404(
        FiscalYear, year=_asked_year(request, fiscal.fiscal_year_of(clock.today()))
    )
    form = TargetForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_cabinet_targets(
                targets=[actions.TargetInput(fiscal_year=year, **form.cleaned_data)],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกเป้าหมายแล้ว"))
            return redirect(f"{reverse('budget:target-list')}?year={year.year}")
    return _target_page(request, standing, year, form, refusal)


def _target_page(
    request: HttpRequest, standing: Standing, year: FiscalYear, form: TargetForm, refusal: str
) -> HttpResponse:
    lines = CabinetTarget.objects.lines(year.year)
    context = {
        "year": year.year,
        "form": form,
        "refusal": refusal,
        "why_not": rules.why_not_set_targets(standing),
        "targets": CabinetTarget.objects.for_year(year.year).order_by(
            "measure", "category", "quarter"
        ),
        "unknown": [
            (measure.label, category.label, quarter)
            for measure in [Measure.DISBURSEMENT]
            for category in Category
            for quarter in range(1, 5)
            if quarter not in lines.get((measure, category), {})
        ],
        "filters": [
            Filter(
                "year",
                _("ปีงบประมาณ"),
                [
                    (str(y.year), thaidates.format_fiscal_year(y.year, lang=language()))
                    for y in FiscalYear.objects.order_by("-year")
                ],
                str(year.year),
            )
        ],
    }
    return render(request, "budget/target_list.html", context, status=409 if refusal else 200)


@require_POST
def target_withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a target away with a reason."""
    standing = _staff(request)
    target = get_object_or_404(CabinetTarget.objects.select_related("fiscal_year"), pk=pk)
    year = target.fiscal_year
    try:
        actions.withdraw_cabinet_target(
            target=target,
            reason=request.POST.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        return _target_page(request, standing, year, TargetForm(), refused.sentence)
    messages.success(request, _("ถอนเป้าหมายแล้ว ไตรมาสนั้นกลับเป็นไม่ทราบ"))
    return redirect(f"{reverse('budget:target-list')}?year={year.year}")


@login_not_required
@require_safe
def budget_public(request: HttpRequest) -> HttpResponse:
    """Show everybody the province's money by issue, source, type and agency."""
    standing = _standing(request)
    published = Month.objects.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    present = fiscal.fiscal_year_of(clock.today())
    usual = present if standing.pairs or published is None else published.fiscal_year_id
    year = _asked_year(request, usual)
    month = _shown_month(standing, year)
    chart, _expected = _line(standing, year, Kind.PROVINCE, 0)
    whole = _whole(standing, year, month, Kind.PROVINCE, 0)
    groups = [
        (_("ตามประเด็นการพัฒนา"), _parts(standing, year, month, Kind.ISSUE, _names(Kind.ISSUE))),
        (_("ตามแหล่งงบประมาณ"), _parts(standing, year, month, Kind.SOURCE, _names(Kind.SOURCE))),
        (_("ตามหน่วยงาน"), _parts(standing, year, month, Kind.AGENCY, _names(Kind.AGENCY))),
    ]
    return render(
        request,
        "budget/budget_public.html",
        {
            "year": year,
            "years": _years(),
            "month": month,
            "whole": whole,
            "total": whole[-1] if whole else None,
            "chart": chart,
            "groups": [(title, _bars(title, rows), rows) for title, rows in groups if rows],
            "targets": CabinetTarget.objects.for_year(year).order_by(
                "measure", "category", "quarter"
            ),
            "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
        },
    )


def _bars(title: str, rows: Sequence[Against]) -> charts.BarChart:
    ordered = sorted(rows, key=lambda row: row.figure.revised, reverse=True)
    return charts.bar_chart(
        [
            charts.Bar(
                row.name,
                row.figure.disbursement_rate,
                row.disbursement.target if row.disbursement else None,
                "money",
                row.url,
                _("%(spent)s จาก %(revised)s ล้านบาท")
                % {
                    "spent": format_number(row.figure.disbursed / 1_000_000),
                    "revised": format_number(row.figure.revised / 1_000_000),
                },
            )
            for row in ordered
        ],
        title=title,
        unit=_("ร้อยละ"),
        top=Decimal(100),
        value_head=_("เบิกจ่าย (ร้อยละ)"),
    )
