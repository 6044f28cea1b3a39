"""What every operators' page starts from: who reads, and which incident."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import Standing
from common import clock, thaidates
from covid import rules
from covid.models import Incident
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class Reader:
    """The person, what he or she is, the incidents there are, and the one that is shown."""

    user: User
    standing: Standing
    incidents: list[Incident]
    incident: Incident | None


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads and which incident: the one asked for, else the newest open one.

    :raises PermissionDenied: for people who neither operate nor oversee.
    """
    user = request.user
    assert isinstance(user, User)
    standing = standing_of(user, clock.today())
    if not (standing.sees_province or standing.has(Role.OPERATOR)):
        raise PermissionDenied(_("เฉพาะผู้ปฏิบัติงานเหตุการณ์ฉุกเฉินและส่วนกลางของจังหวัด เปิดหน้านี้ได้"))
    incidents = list(Incident.objects.order_by("-is_open", "-start_date", "-pk"))
    asked = request.GET.get("incident") or request.POST.get("incident") or ""
    chosen = next((each for each in incidents if each.code == asked), None)
    return Reader(user, standing, incidents, chosen or next(iter(incidents), None))


def day_asked(request: HttpRequest) -> date:
    """Return the day that is asked for, today where none is or it cannot be read."""
    text = request.GET.get("day") or request.POST.get("day") or ""
    reading = thaidates.read_date(text) if text else None
    today = clock.today()
    if reading is None or reading.value is None or reading.value > today:
        return today
    return reading.value


def frame_of(reader: Reader, tab: str) -> dict[str, Any]:
    """Return what the section's tabs and head need."""
    incident = reader.incident
    return {
        "tab": tab,
        "incident": incident,
        "incidents": reader.incidents,
        "why_not_operate": rules.why_not_operate(incident, reader.standing)
        if incident
        else _("ยังไม่มีเหตุการณ์ เปิดเหตุการณ์ก่อน"),
        "may_open": rules.why_not_open(reader.standing) is None,
    }
