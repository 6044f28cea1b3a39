"""The list of villages and communities, as those keep it who plan for their places."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.places import (
    VillageInput,
    VillageNames,
    add_villages,
    rename_village,
    withdraw_villages,
)
from accounts.models import Area, User
from common import fiscal
from common.refusal import Refused
from planning.actions.needs import area_line
from planning.rules import needs as rules
from submissions.actions import refuse_all
from submissions.rules import standing_of


@transaction.atomic
def keep_villages(
    *, entries: Sequence[VillageInput | VillageNames], by: User, at: datetime
) -> list[Area]:
    """Add and rename villages of one's own places; all of them or none.

    :raises EntriesRefused: by position: it lies elsewhere, its number is taken, it would have no name,
        or somebody renamed it meanwhile.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    refusals: dict[int, Refused] = {}
    kept = []
    for position, entry in enumerate(entries):
        place = entry.tambon if isinstance(entry, VillageInput) else entry.area
        try:
            _refuse_elsewhere(place, seats)
            with transaction.atomic():
                if isinstance(entry, VillageInput):
                    kept += add_villages(villages=[entry], by=by, at=at)
                else:
                    kept.append(rename_village(names=entry, by=by, at=at))
        except Refused as refused:
            refusals[position] = refused
    refuse_all(refusals)
    return kept


@transaction.atomic
def take_villages_away(*, villages: Sequence[Area], by: User, at: datetime) -> None:
    """Take villages of one's own places away on which nothing rests; given with the names seen.

    :raises Refused: if one lies elsewhere.
    :raises EntriesRefused: by position: something rests on it, or somebody renamed it meanwhile.
    """
    seats = rules.seats_of(standing_of(by, fiscal.local_date(at)))
    for area in villages:
        _refuse_elsewhere(area, seats)
    withdraw_villages(villages=villages, by=by, at=at)


def _refuse_elsewhere(area: Area, seats: Sequence[rules.Seat]) -> None:
    if not any(seat.covers(area_line(area)) for seat in seats):
        raise Refused(_("พื้นที่นี้ไม่อยู่ในความรับผิดชอบของท่าน"), code="elsewhere")
