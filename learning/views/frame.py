"""What every page of learning starts from: who reads, whom he or she stands above, which tab."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import Standing
from common import clock
from learning.rules import line_below, why_not_keep_catalogue
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class Reader:
    """The person at the page, the posts and roles held, and the officers below."""

    user: User
    standing: Standing
    line: frozenset[int]

    @property
    def oversees(self) -> bool:
        """Whether there may be officers whose records the person reads."""
        return bool(self.line) or self.standing.has(Role.HR)


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads; people without a role or a post have no pages here."""
    user = request.user
    assert isinstance(user, User)
    today = clock.today()
    standing = standing_of(user, today)
    if not standing.pairs and not standing.post_ids:
        raise Http404(_("ไม่มีหน้านี้"))
    return Reader(user, standing, line_below(standing, today))


def tabs_of(reader: Reader, tab: str) -> dict[str, Any]:
    """Return what the section's tabs need."""
    return {
        "tab": tab,
        "oversees": reader.oversees,
        "keeps_catalogue": why_not_keep_catalogue(reader.standing) is None,
    }
