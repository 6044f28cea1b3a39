"""Published reports, open data, the feed and the site map."""

from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Area
from common.bilingual import page_language
from common.tables import CSV_TYPE, JSON_TYPE, csv_chunks, json_chunks
from covid.models import Incident
from kpi.models import KPI, Scorecard
from projects.models import Project
from reports import document as shape
from reports.models import Edition
from reports.published import TYPES, place_of
from reports.renderers.catalogue import DATA_SETS, DataSetEntry
from reports.renderers.tables import DataSet, data_sets
from reports.rollups import address_of
from strategy.models import Issue


@login_not_required
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Every published quarter by fiscal year, newest first, with all its editions."""
    editions = list(Edition.objects.finished().with_quarter().without_document().newest_first())
    quarters = [
        (quarter, list(group))
        for quarter, group in groupby(editions, key=lambda each: each.quarter)
    ]
    years = [
        (year, list(group))
        for year, group in groupby(quarters, key=lambda each: each[0].fiscal_year_id)
    ]
    context = {"years": years, "is_sample": any(edition.is_sample for edition in editions)}
    return render(request, "reports/report_list.html", context)


@login_not_required
@require_safe
def published_file(request: HttpRequest, **place: object) -> HttpResponse:
    """Answer a published file where the WSGI entrance is not in front, as under the test client."""
    found = place_of(request.path)
    path = settings.PUBLISHED_ROOT / found if found else None
    if path is None or not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type=TYPES[path.suffix])


@login_not_required
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """The catalogue: each data set with the fields of the government data catalogue."""
    newest = Edition.objects.finished().with_quarter().newest_first().first()
    counts = {}
    if newest is not None:
        report = shape.read(shape.Report, newest.document)
        counts = {each.name: len(each.rows) for each in data_sets(report)}
    entries = [(entry, counts.get(entry.name)) for entry in DATA_SETS]
    return render(request, "reports/open_data.html", {"entries": entries, "newest": newest})


@login_not_required
@require_safe
def data_set(request: HttpRequest, name: str, ending: str) -> StreamingHttpResponse:
    """Every published quarter's rows of a data set, as CSV or JSON, from the newest editions."""
    tables = _tables(_entry(name))
    columns = tables[0].columns if tables else ()
    rows = (row for table in tables for row in table.rows)
    is_csv = ending == "csv"
    chunks = csv_chunks(columns, rows) if is_csv else json_chunks(columns, rows)
    answer = StreamingHttpResponse(chunks, content_type=CSV_TYPE if is_csv else JSON_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _entry(name: str) -> DataSetEntry:
    for entry in DATA_SETS:
        if entry.name == name:
            return entry
    raise Http404


def _tables(entry: DataSetEntry) -> list[DataSet]:
    """Return the data set of each quarter's newest edition, the newest quarter first."""
    seen: set[int] = set()
    tables = []
    for edition in Edition.objects.finished().with_quarter().newest_first():
        if edition.quarter_id in seen:
            continue
        seen.add(edition.quarter_id)
        report = shape.read(shape.Report, edition.document)
        tables += [table for table in data_sets(report) if table.name == entry.name]
    return tables


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """An Atom feed of editions; what was corrected stands in an edition's text."""
    editions = list(
        Edition.objects.finished().with_quarter().without_document().newest_first()[:40]
    )
    updated = max((edition.published_at for edition in editions), default=None)
    context = {"editions": editions, "updated": updated, **_place()}
    return render(
        request, "reports/feed.xml", context, content_type="application/atom+xml; charset=utf-8"
    )


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in both languages."""
    pages: list[tuple[str, datetime | None]] = [
        (place, None)
        for place in (
            *("/", "/strategy/", "/kpis/", "/projects/", "/budget/", "/needs/", "/covid/"),
            *("/needs/new/", "/strategy/editions/", "/strategy/forums/"),
            *("/reports/", "/open-data/"),
        )
    ]
    for edition in Edition.objects.finished().with_quarter().without_document().newest_first():
        pages += [(edition.quarter_address, None), (edition.address, edition.published_at)]
    issues = Issue.objects.in_force().with_edition().in_code_order()
    kpis = (
        KPI.objects.of_level(Scorecard.Level.PROVINCE)
        .order_by("code")
        .values_list("code", flat=True)
    )
    projects = Project.objects.filter(status__in=Project.PUBLIC_STATUSES).in_code_order()
    areas = Area.objects.in_code_order().exclude(kind=Area.Kind.VILLAGE)
    incidents = Incident.objects.order_by("code").values_list("code", flat=True)
    pages += [(f"/covid/{code}/", None) for code in incidents]
    pages += [(f"/issues/{address_of(issue)}/", None) for issue in issues]
    pages += [(f"/kpis/{code}/", None) for code in kpis.distinct()]
    pages += [(f"/projects/{code}/", None) for code in projects.values_list("code", flat=True)]
    pages += [(f"/areas/{code}/", None) for code in areas.values_list("code", flat=True)]
    context = {"pages": list(dict(pages).items()), **_place()}
    return render(request, "reports/sitemap.xml", context, content_type="application/xml")


def _place() -> dict[str, str]:
    return {
        "site": settings.SITE_ADDRESS,
        "root": "/en" if page_language() == "en" else "",
    }
