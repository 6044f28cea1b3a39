"""The comptroller's overview, and an agency's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Agency
from accounts.rules import Standing
from budget import rules
from budget.models import (
    Allocation,
    CabinetTarget,
    MonthlyFigure,
)
from budget.views.figures import line_of, names_of, parts_of, shown_month, whole_of
from budget.views.frame import Filter, Kind, asked_year, staff, years_known
from budget.views.grid import month_grid
from common import clock, fiscal, thaidates
from projects.dues import language

LAPSE_FROM_MONTH = 9  # June


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """Lead those who look over all to the overview, the others to their month's grid."""
    standing = staff(request)
    return overview(request) if standing.sees_province else month_grid(request)


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
    standing = staff(request)
    today = clock.today()
    year = asked_year(request, fiscal.fiscal_year_of(today))
    month = shown_month(standing, year, request.GET.get("month", ""))
    kind, subject, name = _overview_scope(request, standing)
    chart, expected = line_of(standing, year, kind, subject)
    targets = CabinetTarget.objects.for_year(year).order_by("measure", "category", "quarter")
    context: dict[str, Any] = {
        "year": year,
        "month": month,
        "filters": [
            Filter(
                "year",
                _("ปีงบประมาณ"),
                [(str(y), thaidates.format_fiscal_year(y, lang=language())) for y in years_known()],
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
        "whole": whole_of(standing, year, month, kind, subject),
        "chart": chart,
        "expected": expected,
        "targets": targets,
        "lapsing": _lapsing(standing, year, month),
        "may_report": bool(standing.agencies(*rules.REPORTERS)),
        "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
    }
    if standing.sees_province:
        context["agencies"] = parts_of(standing, year, month, Kind.AGENCY, names_of(Kind.AGENCY))
        context["projects"] = parts_of(standing, year, month, Kind.PROJECT, names_of(Kind.PROJECT))[
            :15
        ]
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
