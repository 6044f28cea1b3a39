"""Why a resolution may not be added or ended: a sentence, or None."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from meetings.models import Committee, Meeting, Resolution

# Who writes for an agency that holds a committee's secretariat.
SECRETARIES = (Role.REPORTER, Role.APPROVER, Role.COMPTROLLER)


def secretariats_of(committee: Committee) -> frozenset[int]:
    """Return the agencies that hold a committee's secretariat, as its seats say; one query."""
    seats = committee.seats.filter(role_th__contains="เลขานุการ", agency__isnull=False)
    return frozenset(agency for agency in seats.values_list("agency", flat=True) if agency)


def why_not_add(standing: Standing, secretariats: Collection[int] = ()) -> str | None:
    """Say why this person may not call a meeting or write down what it asked for.

    `secretariats` are the agencies that hold the committee's secretariat.
    """
    if standing.has(Role.STRATEGIST, Role.GOVERNOR):
        return None
    if not standing.agencies(*SECRETARIES).isdisjoint(secretariats):
        return None
    if secretariats:
        return _("เฉพาะฝ่ายเลขานุการของคณะกรรมการนี้ กลุ่มงานยุทธศาสตร์ฯ และสำนักงานผู้ว่าราชการจังหวัด บันทึกได้")
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ และสำนักงานผู้ว่าราชการจังหวัด บันทึกมติได้")


def why_not_make_agenda(
    meeting: Meeting, standing: Standing, secretariats: Collection[int]
) -> str | None:
    """Say why the agenda of a meeting may not be made (anew)."""
    if reason := why_not_add(standing, secretariats):
        return reason
    if meeting.minutes_at is not None:
        return _("บันทึกการประชุมแล้ว วาระจึงเปลี่ยนไม่ได้")
    return None


def why_not_write_minutes(
    meeting: Meeting, standing: Standing, secretariats: Collection[int], today: date
) -> str | None:
    """Say why the minutes of a meeting may not be written."""
    if reason := why_not_add(standing, secretariats):
        return reason
    if meeting.held_date > today:
        return _("ยังไม่ถึงวันประชุม บันทึกการประชุมได้ตั้งแต่วันประชุม")
    return None


def why_not_due(meeting: Meeting, due_date: date) -> str | None:
    """Say why a due date does not fit the meeting."""
    if due_date < meeting.held_date:
        return _("กำหนดเสร็จต้องไม่ก่อนวันประชุม")
    return None


def why_not_close(resolution: Resolution, standing: Standing) -> str | None:
    """Say why this person may not end the resolution, or that it has ended already."""
    if resolution.state != Resolution.State.OPEN:
        return _("ข้อสั่งการนี้ปิดไปแล้ว")
    if standing.has(Role.STRATEGIST, Role.GOVERNOR):
        return None
    if standing.is_role_of(Role.APPROVER, resolution.owner_id):
        return None
    return _("เฉพาะหัวหน้าส่วนราชการเจ้าภาพ กลุ่มงานยุทธศาสตร์ฯ หรือสำนักงานผู้ว่าราชการจังหวัด ปิดข้อสั่งการได้")


def why_not_report(resolution: Resolution, standing: Standing) -> str | None:
    """Say why this person may not write how far the resolution is."""
    if resolution.state != Resolution.State.OPEN:
        return _("ข้อสั่งการนี้ปิดไปแล้ว")
    if standing.has(Role.STRATEGIST, Role.GOVERNOR):
        return None
    if resolution.owner_id in standing.agencies(Role.REPORTER, Role.APPROVER):
        return None
    return _("เฉพาะหน่วยงานเจ้าภาพเขียนความคืบหน้าได้")
