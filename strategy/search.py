"""Issues and approaches that match a text, in the shared shape."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.rules import Visitor
from common.search import Hit
from strategy.models import Issue

MOST = 20


def search(text: str, user: Visitor) -> list[Hit]:
    """Return the issues in force whose name, objective or approaches hold the text."""
    wanted = text.strip()
    if not wanted:
        return []
    found = (
        Issue.objects.in_force()
        .filter(
            Q(name_th__icontains=wanted)
            | Q(name_en__icontains=wanted)
            | Q(objective_th__icontains=wanted)
            | Q(approaches__name_th__icontains=wanted)
        )
        .with_edition()
        .distinct()
        .in_code_order()
    )
    return [
        Hit(
            kind=_("ประเด็นการพัฒนา"),
            code=issue.code,
            label=issue.name,
            url=f"/issues/{issue.edition.plan.start_year}-{issue.code}/",
        )
        for issue in found[:MOST]
    ]
