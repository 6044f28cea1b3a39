"""Resolutions that are owed, in the shared shape."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Visitor, reporters_of, standing_of
from common import fiscal
from common.dues import Due
from common.states import CellState
from meetings.models import Resolution

KIND = "meetings.resolution"


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the open resolutions of the person's agencies; all for those who oversee all.

    `owner_ids` are the reporters of the owning agency, its heads where it has no reporter.
    """
    today = fiscal.local_date(at)
    standing = standing_of(user, today)
    agencies = standing.agencies(Role.REPORTER, Role.APPROVER)
    if not (agencies or standing.sees_province):
        return []
    rows = Resolution.objects.open().select_related("owner", "meeting").in_due_order()
    if not standing.sees_province:
        rows = rows.filter(owner__in=agencies)
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
            period=_("ข้อสั่งการจากที่ประชุม"),
            period_key=f"resolution-{row.pk}",
            deadline_date=row.due_date,
            state=CellState.LATE if row.due_date < today else CellState.NOT_REPORTED,
            status="",
            url=reverse("meetings:resolution-detail", args=[row.pk]),
        )
        for row in rows
    ]
