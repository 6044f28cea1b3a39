"""Resolutions that are owed, in the shared shape."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import reporters_of
from common import fiscal
from common.dues import Due, Whose
from common.states import CellState
from meetings.models import Resolution

KIND = "meetings.resolution"


def owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return the open resolutions that agencies owe, in two queries for one as for all.

    `owner_ids` are the reporters of the owning agency, its heads where it has no reporter.
    """
    if whose.agencies is not None and not whose.agencies:
        return []
    today = fiscal.local_date(at)
    rows = Resolution.objects.open().select_related("owner", "meeting").in_due_order()
    if whose.agencies is not None:
        rows = rows.filter(owner__in=whose.agencies)
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
