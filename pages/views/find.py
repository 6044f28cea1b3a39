"""Search over everything the reader may see, in Thai without spaces."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.search import search as search_places
from common.search import Hit
from common.thainumbers import normalise_text
from kpi.search import search as search_kpis
from planning.search import search as search_needs
from projects.search import search as search_projects
from reports.search import search as search_reports
from strategy.search import search as search_strategy

# Each app answers at most so many, so that one word never floods the page.
SOURCES = (
    search_kpis,
    search_projects,
    search_strategy,
    search_places,
    search_needs,
    search_reports,
)
SHORTEST = 2


@login_not_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show what was found by kind; the words stay in the address."""
    text = normalise_text(request.GET.get("q", "")).strip()[:100]
    hits: list[Hit] = []
    if len(text) >= SHORTEST:
        hits = [hit for source in SOURCES for hit in source(text, request.user)]
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.kind, []).append(hit)
    return render(
        request,
        "pages/find.html",
        {"text": text, "groups": groups, "count": len(hits), "shortest": SHORTEST},
    )
