"""Evidence, served only to those who may see it."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import in_line_above
from audit.log import record
from common import clock
from submissions.models import Evidence
from submissions.rules import standing_of


@require_safe
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send a file to be saved; the browser never opens it as a page of the portal.

    A personal file is for the holder, the line above at any distance and HR; each view is logged.
    """
    standing = standing_of(request.user, clock.today())
    evidence = get_object_or_404(Evidence.objects.select_related("post", "agency"), pk=pk)
    in_line = evidence.post is not None and in_line_above(evidence.post, standing.post_ids)
    if not in_line and not Evidence.objects.visible_to(standing).filter(pk=pk).exists():
        raise Http404
    if evidence.post is not None:
        assert isinstance(request.user, User)
        record(
            "submissions.evidence.viewed",
            evidence,
            by=request.user,
            at=clock.now(),
            agency_code=evidence.agency.code,
        )
    answer = FileResponse(
        evidence.file.open("rb"),
        as_attachment=True,
        filename=evidence.original_name,
        content_type=evidence.media_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
