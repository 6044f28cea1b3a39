"""Resolutions that are not done, in the shared shape."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Visitor, reporters_of, standing_of
from common import fiscal
from common.dues import Due
from common.states import CellState
from meetings.models import Resolution

KIND = "meetings.resolution"


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the open resolutions that were asked of the person's agencies, soonest first.

    `owner_ids` are the reporters of the owning agency, its heads where it has no reporter.
    """
    today = fiscal.local_date(at)
    standing = standing_of(user, today)
    if not standing.pairs:
        return []
    owners = reporters_of(today)
    return [
        Due(
            kind=KIND,
            subject_id=row.pk,
            code=f"{row.meeting.number}/{row.meeting.year}-{row.number}",
            label=row.text_th,
            agency_id=row.owner_id,
            agency_name=row.owner.name,
            owner_ids=owners.get(row.owner_id, ()),
            period=_("มติ %(committee)s ครั้งที่ %(number)s/%(year)s")
            % {
                "committee": row.meeting.committee.name,
                "number": row.meeting.number,
                "year": row.meeting.year,
            },
            period_key=f"meeting-{row.meeting_id}",
            deadline_date=row.due_date,
            state=CellState.LATE if fiscal.is_late(at, row.due_date) else CellState.NOT_REPORTED,
            status="",
            url=reverse("meetings:meeting-detail", args=[row.meeting_id]),
        )
        for row in Resolution.objects.visible_to(standing)
        .open()
        .select_related("owner", "meeting__committee")
        .in_due_order()
    ]
