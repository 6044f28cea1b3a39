"""Why a resolution may not be added or ended: a sentence, or None."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from meetings.models import Meeting, Resolution


def why_not_add(standing: Standing) -> str | None:
    """Say why this person may not write down what a meeting asked for."""
    if standing.has(Role.STRATEGIST, Role.GOVERNOR):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ และสำนักงานผู้ว่าราชการจังหวัด บันทึกมติได้")


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
