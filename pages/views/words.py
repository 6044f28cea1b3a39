"""Pages of words: policies and the map of the site."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What personal data the portal keeps, why and how long."""
    return render(request, "pages/privacy.html")


@login_not_required
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Website, security and licence policy."""
    return render(request, "pages/policy.html")


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public place on one page."""
    return render(request, "pages/site_map.html")
