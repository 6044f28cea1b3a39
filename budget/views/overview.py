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
    ExpenditureType,
    MonthlyFigure,
    unconfirmed_in,
)
from budget.scoring import ZERO
from budget.views.contracts import unsigned_late
from budget.views.figures import latest_of, line_of, names_of, parts_of, shown_month, whole_of
from budget.views.frame import (
    Filter,
    Kind,
    asked_measure,
    asked_sort,
    asked_year,
    measure_filter,
    sort_filter,
    staff,
    year_filter,
)
from budget.views.grid import month_grid
from common import clock, fiscal, thaidates
from common.bilingual import page_language

LAPSE_FROM_MONTH = 9  # June
LAPSING_SHOWN = 50
# What the overview shows of a ranking; its own page has all.
SHOWN = 10


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """Lead those who look over all to the overview, the others to their month's grid."""
    standing = staff(request)
    return overview(request) if standing.sees_province else month_grid(request)


def _lapsing(standing: Standing, year: int) -> list[Allocation]:
    """Return what lapses on 30 September as it stands, the most first; from June on."""
    today = clock.today()
    if today < fiscal.month_start(year, LAPSE_FROM_MONTH) or today > fiscal.year_end(year):
        return []
    rows = Allocation.objects.visible_to(standing).for_year(year).with_owner_and_spender()
    left = [row for row in rows.in_code_order() if row.position.lapsing > 0]
    return sorted(left, key=lambda row: row.position.lapsing, reverse=True)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show money against the Cabinet's targets: the province, or one's own agency."""
    standing = staff(request)
    today = clock.today()
    year = asked_year(request, fiscal.fiscal_year_of(today))
    month = shown_month(standing, year, request.GET.get("month", ""))
    kind, subject, name = _overview_scope(request, standing)
    sort, measure = asked_sort(request), asked_measure(request)
    lines = CabinetTarget.objects.lines(year)
    doubts = unconfirmed_in(year)
    outlook = line_of(standing, year, kind, subject, lines, sort, measure)
    lapsing = _lapsing(standing, year)
    context: dict[str, Any] = {
        "year": year,
        "month": month,
        "measure": measure,
        "filters": [
            year_filter(year),
            Filter(
                "month",
                _("ณ สิ้นเดือน"),
                [("", _("ล่าสุด"))]
                + [
                    (str(m), thaidates.format_month(year, m, lang=page_language()))
                    for m in range(1, 13)
                    if fiscal.month_end(year, m) <= today
                ],
                request.GET.get("month", ""),
            ),
            sort_filter(sort),
            measure_filter(measure),
        ],
        "keep": [("agency", request.GET["agency"])] if request.GET.get("agency") else [],
        "scope_name": name,
        "sort_name": str(ExpenditureType(sort).label) if sort else "",
        "is_province": kind == Kind.PROVINCE,
        "whole": whole_of(standing, year, month, kind, subject, lines, doubts),
        "outlook": outlook,
        "chart": outlook.chart,
        "expected": outlook.expected,
        "targets": CabinetTarget.objects.for_year(year).order_by("measure", "category", "quarter"),
        "lapsing": lapsing[:LAPSING_SHOWN],
        "lapsing_count": len(lapsing),
        "lapsing_baht": sum((row.position.lapsing for row in lapsing), ZERO),
        "unsigned": unsigned_late(standing, year),
        "may_report": bool(standing.agencies(*rules.REPORTERS)),
        "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
    }
    context["asked"] = next(
        (row for row in context["whole"] if row.figure.expenditure_type == sort), None
    )
    if standing.sees_province:
        names = names_of(Kind.AGENCY, year)
        latest = latest_of(standing, year, month, [Kind.AGENCY], sort)
        context["agencies"] = parts_of(latest[Kind.AGENCY], year, names, lines, measure, doubts)[
            :SHOWN
        ]
        context["owed"] = _owed(year, month)
    return render(request, "budget/overview.html", context)


def _overview_scope(request: HttpRequest, standing: Standing) -> tuple[str, int, str]:
    """Return the scope that the address asks for, within what the person may see."""
    agencies = Agency.objects.all()
    if not standing.sees_province:
        agencies = agencies.filter(pk__in=standing.agencies())
    asked = request.GET.get("agency", "")
    agency = agencies.filter(code=asked).first() if asked else None
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
