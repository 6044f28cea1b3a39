"""Scorecards as a person may read them: somebody's own only for the line, and each view is logged."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Post, Role, User
from accounts.rules import Standing, in_line_above
from audit.log import record
from common import clock
from kpi.models import Scorecard


def may_read_post(post: Post, agency_id: int, standing: Standing) -> bool:
    """Whether the person reads what belongs to a post: its holder, the line above, HR."""
    return (
        post.pk in standing.post_ids
        or standing.is_role_of(Role.HR, agency_id)
        or in_line_above(post, standing.post_ids)
    )


def readable_card(request: HttpRequest, standing: Standing, named: str, year: int) -> Scorecard:
    """Return the scorecard of a number that the person reads; a post's one is logged.

    :raises Http404: if there is none for this person.
    """
    if not named.isdecimal() or len(named) > 12:
        raise Http404
    card = get_object_or_404(
        Scorecard.objects.for_year(year).select_related(
            "agency", "post__supervising_post", "fiscal_year"
        ),
        pk=named,
    )
    if card.post is None:
        if not Scorecard.objects.visible_to(standing).filter(pk=card.pk).exists():
            raise Http404
        return card
    if not may_read_post(card.post, card.agency_id, standing):
        raise Http404
    record(
        "kpi.scorecard.viewed",
        card,
        by=request.user if isinstance(request.user, User) else None,
        at=clock.now(),
        agency_code=card.agency.code,
    )
    return card
