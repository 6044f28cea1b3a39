"""Needs that match a text, in the shared shape."""

from django.utils.translation import gettext as _

from accounts.rules import Visitor
from common.search import Hit
from planning.models import Need

MOST = 20


def search(text: str, user: Visitor) -> list[Hit]:
    """Return the public needs whose code, words or place hold the text."""
    wanted = text.strip()
    if not wanted:
        return []
    found = Need.objects.public().matching(wanted).with_place().newest_first()
    return [
        Hit(
            kind=_("ความต้องการ"),
            code=need.code,
            label=need.title_th,
            url=need.get_absolute_url(),
            extra=need.place,
            rank=0 if need.code == wanted.upper() else 2,
        )
        for need in found[:MOST]
    ]
