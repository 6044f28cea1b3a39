"""The public page of money."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budget.models import (
    Allocation,
    CabinetTarget,
    unconfirmed_in,
)
from budget.views.figures import (
    Against,
    latest_of,
    line_of,
    names_of,
    parts_of,
    shown_month,
    whole_of,
)
from budget.views.frame import Kind, asked_year, standing_here, years_known
from common import charts, clock, fiscal
from common.thainumbers import format_number
from submissions.models import Month, PeriodState


@login_not_required
@require_safe
def budget_public(request: HttpRequest) -> HttpResponse:
    """Show everybody the province's money by issue, source, type and agency."""
    standing = standing_here(request)
    published = Month.objects.filter(state=PeriodState.PUBLISHED).in_time_order().last()
    present = fiscal.fiscal_year_of(clock.today())
    usual = present if standing.pairs or published is None else published.fiscal_year_id
    year = asked_year(request, usual)
    month = shown_month(standing, year)
    targets = CabinetTarget.objects.lines(year)
    doubts = unconfirmed_in(year)
    outlook = line_of(standing, year, Kind.PROVINCE, 0, targets)
    whole = whole_of(standing, year, month, Kind.PROVINCE, 0, targets, doubts)

    latest = latest_of(standing, year, month, (Kind.ISSUE, Kind.SOURCE, Kind.AGENCY))

    def parts(kind: Kind) -> list[Against]:
        return parts_of(latest[kind], year, names_of(kind), targets, doubts=doubts)

    groups = [
        (_("ตามประเด็นการพัฒนา"), parts(Kind.ISSUE)),
        (_("ตามแหล่งงบประมาณ"), parts(Kind.SOURCE)),
        (_("ตามหน่วยงาน"), parts(Kind.AGENCY)),
    ]
    return render(
        request,
        "budget/budget_public.html",
        {
            "year": year,
            "years": years_known(),
            "month": month,
            "whole": whole,
            "total": whole[-1] if whole else None,
            "chart": outlook.chart,
            "unconfirmed": len(doubts[Kind.PROJECT]),
            "groups": [(title, _bars(title, rows), rows) for title, rows in groups if rows],
            "targets": CabinetTarget.objects.for_year(year).order_by(
                "measure", "category", "quarter"
            ),
            "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
        },
    )


def _note_of(row: Against) -> str:
    note = _("%(spent)s จาก %(revised)s ล้านบาท") % {
        "spent": format_number(row.figure.disbursed / 1_000_000),
        "revised": format_number(row.figure.revised / 1_000_000),
    }
    return f"{note} · {_('ผลตรวจไม่ยืนยัน')}" if row.is_unconfirmed else note


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
                _note_of(row),
                row.figure.explain_path,
            )
            for row in ordered
        ],
        title=title,
        unit=_("ร้อยละ"),
        top=Decimal(100),
        value_head=_("เบิกจ่าย (ร้อยละ)"),
    )
