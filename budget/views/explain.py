"""Explain this number: a scope's money at a month's end, its rates, and who signed what is in it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budget.explaining import money_explanation
from budget.models import Allocation, ExpenditureType, MoneyScope, unconfirmed_in
from budget.views.figures import figures_for, names_of
from budget.views.frame import Kind, standing_here
from projects.models import Project


@login_not_required
@require_safe
def explain(request: HttpRequest, kind: str, key: int, year: int, number: int) -> HttpResponse:
    """Show where the money of the province or a part of it comes from, as whoever reads may see it."""
    standing = standing_here(request)
    sort = request.GET.get("type", "")
    if kind not in MoneyScope.Kind.values or sort not in ("", *ExpenditureType.values):
        raise Http404
    if kind == Kind.PROJECT and not Project.objects.visible_to(standing).filter(pk=key).exists():
        raise Http404
    known = list(
        figures_for(standing, year)
        .of_subjects(kind, [key])
        .filter(expenditure_type=sort)
        .up_to(number)
        .in_month_order()
    )
    # A part stands with its last signed month, as in the tables that lead here.
    if not known or number not in range(1, 13):
        raise Http404
    figure, before = known[-1], known[-2] if len(known) > 1 else None
    return render(
        request,
        "budget/explain.html",
        {
            "figure": figure,
            "year": year,
            "month": figure.month,
            "name": _name(kind, key, year),
            "kind_name": Kind(kind).label,
            "sort_name": str(ExpenditureType(sort).label) if sort else "",
            "found": money_explanation(figure, standing),
            "before": before,
            "is_staff": bool(standing.pairs),
            "is_province": kind == Kind.PROVINCE,
            "is_unconfirmed": key in unconfirmed_in(year)[kind],
            "is_sample": Allocation.objects.for_year(year).filter(is_sample=True).exists(),
        },
    )


def _name(kind: str, key: int, year: int) -> str:
    if kind == Kind.PROVINCE:
        return _("ทั้งจังหวัด")
    return names_of(Kind(kind), year).get(key, (_("ไม่ระบุ"), ""))[0]
