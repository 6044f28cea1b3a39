"""The gallery: every component and chart once, with drawn figures."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import gallery as drawn


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with its use; only for staff."""
    if not getattr(request.user, "is_staff", False):
        raise Http404
    form = drawn.GalleryForm(drawn.TYPED)
    form.is_valid()
    context = {
        "form": form,
        "charts": drawn.charts(),
        "facts": drawn.FACTS,
        "bars": drawn.BARS,
        "filters": drawn.filters(request.GET.get("issue", "")),
        "page": Paginator(range(214), 25).get_page(request.GET.get("page")),
        "rows": drawn.GRID_ROWS,
    }
    return render(request, "common/gallery.html", context)
