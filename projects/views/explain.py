"""Explain this number: a project's delivery, from the activities and reports that made it."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects.explaining import delivery_explanation
from projects.models import ProjectFigure
from projects.views.frame import standing_here


@login_not_required
@require_safe
def explain(request: HttpRequest, code: str, year: int, number: int) -> HttpResponse:
    """Show where a project's figure of a quarter comes from: formula, activities, who signed."""
    standing = standing_here(request)
    visible = ProjectFigure.objects.visible_to(standing).filter(project__code=code)
    visible = visible.select_related("project__host_agency", "quarter__fiscal_year")
    figure = get_object_or_404(visible, quarter__fiscal_year=year, quarter__number=number)
    earlier = Q(quarter__fiscal_year__lt=year) | Q(
        quarter__fiscal_year=year, quarter__number__lt=number
    )
    before = visible.filter(earlier).order_by("-quarter__fiscal_year", "-quarter__number").first()
    return render(
        request,
        "projects/explain.html",
        {
            "project": figure.project,
            "figure": figure,
            "quarter": figure.quarter,
            "found": delivery_explanation(figure, published_only=not standing.pairs),
            "before": before,
            "is_staff": bool(standing.pairs),
        },
    )
