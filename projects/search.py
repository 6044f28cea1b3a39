"""Projects that match a text, in the shared shape."""

from django.utils.translation import gettext as _

from accounts.rules import Visitor
from common.clock import today
from common.search import Hit
from projects.models import Project
from submissions.rules import standing_of

MOST = 20


def search(text: str, user: Visitor) -> list[Hit]:
    """Return the projects that the person may see and whose code or name holds the text."""
    wanted = text.strip()
    if not wanted:
        return []
    found = (
        Project.objects.visible_to(standing_of(user, today()))
        .matching(wanted)
        .with_agency()
        .in_code_order()
    )
    return [
        Hit(
            kind=_("โครงการ"),
            code=project.code,
            label=project.name,
            url=project.get_absolute_url(),
            extra=project.host_agency.name,
            rank=0 if project.code == wanted else 1,
        )
        for project in found[:MOST]
    ]
