"""Evidence, served only to those who may see it."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common import clock
from submissions.models import Evidence
from submissions.rules import standing_of


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send a file to be saved; the browser never opens it as a page of the portal."""
    standing = standing_of(request.user, clock.today())
    evidence = get_object_or_404(Evidence.objects.visible_to(standing), pk=pk)
    answer = FileResponse(
        evidence.file.open("rb"),
        as_attachment=True,
        filename=evidence.original_name,
        content_type=evidence.media_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
