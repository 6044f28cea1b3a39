"""The month's grid and the year's table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Standing
from budget import actions, rules
from budget.dues import grid_url, state_of
from budget.forms import TypedRow, read_row
from budget.listings import YEAR
from budget.models import (
    Allocation,
    MonthlyFigure,
)
from budget.scoring import (
    monthly,
    rate,
)
from budget.views.frame import Filter, asked_year, month_label, staff
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import EntriesRefused, Refused
from common.thainumbers import format_number
from submissions.models import Month
from submissions.workflow import COUNTED, EDITABLE, Status


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
    def evidence_count(self) -> int:
        """How many files support the figure, as they were when the grid was read."""
        return getattr(self.figure, "evidence_count", 0)

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


@require_http_methods(["GET", "HEAD", "POST"])
def month_grid(request: HttpRequest) -> HttpResponseBase:
    """Show the grid of a month; a post without scripts keeps all rows at once."""
    standing = staff(request)
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
        for figure in MonthlyFigure.objects.filter(allocation__in=listed, month=month)
        .select_related("entered_by", "month")
        .with_evidence_count()
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
                        (
                            _month_key(m),
                            thaidates.format_month(year, m.number, lang=page_language()),
                        )
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
        refusal = _("มีช่องที่ต้องแก้ ยังไม่มีค่าใดถูกบันทึก")
        return _grid_page(request, standing, month, rows, refusal=refusal)
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
    standing = staff(request)
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
        if reason.code in ("amounts", "units"):
            return JsonResponse({"errors": {"": reason.sentence}}, status=422)
        return JsonResponse({"refusal": reason.sentence, "code": reason.code}, status=409)
    except Refused as refused:
        return JsonResponse({"refusal": refused.sentence, "code": refused.code}, status=409)
    row.figure = figure
    return JsonResponse(
        {
            "ok": True,
            "saved_at": thaidates.format_time(clock.now(), "en"),
            "version": figure.version,
            "understood": _understood(typed),
            "result": format_number(row.in_month),
            "ytd": format_number(row.rate),
            "state_html": render_to_string("budget/_row_state.html", {"row": row}, request),
            "warning": " ".join(typed.questions) or None,
            "counts": _counts(list(rows.values())),
        }
    )


def _understood(typed: TypedRow) -> str | None:
    """Return how the figures were read, where that is not just what was typed."""
    read = typed.understood
    if all(read[name] == typed.typed[name].strip() or not read[name] for name in read):
        return None
    return _("เบิกจ่าย %(disbursed)s · ก่อหนี้ %(obligated)s") % {
        name: text or "–" for name, text in read.items()
    }


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
    standing = staff(request)
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
        sent = ngettext(
            "ส่งให้หัวหน้าลงนามแล้ว %(n)d รายการ", "ส่งให้หัวหน้าลงนามแล้ว %(n)d รายการ", len(ready)
        )
        messages.success(request, sent % {"n": len(ready)})
    else:
        messages.info(request, _("ยังไม่มีรายการที่กรอกครบ จึงยังไม่ได้ส่ง"))
    return redirect(grid_url(month))


@require_safe
def year_table(request: HttpRequest) -> HttpResponseBase:
    """Show the twelve months of each allocation, cumulative or month by month."""
    standing = staff(request)
    year = asked_year(request, fiscal.fiscal_year_of(clock.today()))
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
    is_sample = any(allocation.is_sample for allocation in allocations)
    if asked_format(request):
        return download(request, YEAR, rows, is_sample=is_sample)
    return render(
        request,
        "budget/year_table.html",
        {
            "year": year,
            "mode": mode,
            "rows": rows,
            "labels": [month_label(year, month) for month in range(1, 13)],
            "is_sample": is_sample,
        },
    )
