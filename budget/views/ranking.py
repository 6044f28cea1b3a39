"""Who stands where: agencies, budget owners and projects by a measure and a type."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budget.listings import RANKING
from budget.models import Allocation, CabinetTarget, unconfirmed_in
from budget.scoring import Gap, ranks
from budget.views.figures import Against, latest_of, names_of, parts_of, shown_month
from budget.views.frame import (
    Filter,
    Kind,
    Measure,
    asked_measure,
    asked_sort,
    asked_year,
    measure_filter,
    sort_filter,
    staff,
    year_filter,
)
from common import clock, fiscal
from common.downloads import asked_format, download

PAGE = 50
KINDS = (Kind.AGENCY, Kind.OWNER, Kind.PROJECT)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of the ranking with its place; None where it has no rate."""

    place: int | None
    row: Against
    gap: Gap | None
    ahead: Gap | None


@require_safe
def ranking(request: HttpRequest) -> HttpResponseBase:
    """Rank by the rate at a month's end, the furthest behind or the best first."""
    standing = staff(request)
    if not standing.sees_province:
        raise PermissionDenied(_("เฉพาะผู้ที่ดูแลทั้งจังหวัดเห็นอันดับของทุกหน่วยงาน"))
    year = asked_year(request, fiscal.fiscal_year_of(clock.today()))
    month = shown_month(standing, year, request.GET.get("month", ""))
    kind = request.GET.get("by", "")
    kind = kind if kind in KINDS else Kind.AGENCY.value
    sort, measure = asked_sort(request), asked_measure(request)
    targets = CabinetTarget.objects.lines(year)
    latest = latest_of(standing, year, month, [kind], sort)[kind]
    rows = parts_of(latest, year, names_of(kind, year), targets, measure, unconfirmed_in(year))
    places = ranks([row.rate_by(measure) for row in rows])
    ranked = [
        Ranked(
            place,
            row,
            row.by(measure),
            row.spending_ahead if measure == Measure.SPENDING else row.ahead,
        )
        for place, row in zip(places, rows, strict=True)
    ]
    best = request.GET.get("order") == "best"
    if best:
        ranked.sort(key=lambda each: each.place or len(ranked) + 1)
    is_sample = Allocation.objects.for_year(year).filter(is_sample=True).exists()
    if asked_format(request):
        return download(request, RANKING, ranked, is_sample=is_sample)
    return render(
        request,
        "budget/ranking.html",
        {
            "year": year,
            "month": month,
            "kind": kind,
            "measure": measure,
            "ranked_count": sum(1 for place in places if place is not None),
            "page": Paginator(ranked, PAGE).get_page(request.GET.get("page")),
            "filters": [
                year_filter(year),
                Filter("by", _("จัดอันดับ"), [(k.value, str(k.label)) for k in KINDS], kind),
                sort_filter(sort),
                measure_filter(measure),
                Filter(
                    "order",
                    _("เรียง"),
                    [("", _("ห่างเป้ามากที่สุดก่อน")), ("best", _("อันดับดีที่สุดก่อน"))],
                    "best" if best else "",
                ),
            ],
            "is_sample": is_sample,
        },
    )
