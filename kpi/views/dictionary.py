"""The dictionary of KPIs for staff: every scorecard's lines with rules, targets and links."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock, fiscal
from common.downloads import asked_format, download
from kpi.listings import DICTIONARY
from kpi.models import KPI, Scorecard
from kpi.rules.surroundings import version_in_force
from submissions.models import FiscalYear
from submissions.rules import standing_of

SORTS = {"code": "code", "name": "indicator__name_th", "weight": "weight", "agency": "agency__code"}


@require_safe
def dictionary(request: HttpRequest) -> HttpResponseBase:
    """The KPIs of a year that the person may read; filters, sort and page stay in the address."""
    today = clock.today()
    standing = standing_of(request.user, today)
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))
    named = request.GET.get("year", "")
    year = int(named) if named.isdecimal() and int(named) in years else fiscal.fiscal_year_of(today)
    kpis = KPI.objects.for_year(year).visible_to(standing).with_rules()
    level, text = request.GET.get("level", ""), request.GET.get("q", "").strip()
    if level in Scorecard.Level.values:
        kpis = kpis.of_level(level)
    if text:
        kpis = kpis.filter(
            Q(code__icontains=text)
            | Q(indicator__name_th__icontains=text)
            | Q(indicator__name_en__icontains=text)
            | Q(agency__name_th__icontains=text)
        )
    sort = request.GET.get("sort", "code")
    column = SORTS.get(sort.removeprefix("-"), "code")
    kpis = kpis.order_by(f"-{column}" if sort.startswith("-") else column, "pk")
    kpis = kpis.prefetch_related("targets", "indicator__versions")
    if asked_format(request):
        lines = (
            (kpi, version_in_force(kpi.indicator.versions.all(), year, 4))
            for kpi in kpis.iterator(chunk_size=500)
        )
        return download(request, DICTIONARY, lines, is_sample=kpis.filter(is_sample=True).exists())
    page = Paginator(kpis, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "kpi/dictionary.html",
        {
            "page": page,
            "lines": [
                (kpi, version_in_force(kpi.indicator.versions.all(), year, 4))
                for kpi in page.object_list
            ],
            "year": year,
            "years": years,
            "level": level,
            "levels": Scorecard.Level.choices,
            "text": text,
        },
    )
