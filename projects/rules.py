"""Why a project may not be changed, or progress typed, sent or signed: a sentence, or None."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from common import fiscal
from projects import workflow
from projects.models import Activity, Progress, Project
from submissions import rules as entries
from submissions.models import Quarter
from submissions.workflow import Status

LARGEST_PERCENT = Decimal(100)
# Who may type figures of an agency.
REPORTERS = (Role.REPORTER, Role.APPROVER)


def why_not_decide(project: Project, to: str, standing: Standing) -> str | None:
    """Say why this person may not move a project on in its life."""
    if not standing.has(Role.STRATEGIST):
        return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด บันทึกมติของโครงการได้")
    if workflow.Status(to) not in workflow.NEXT[workflow.Status(project.status)]:
        return _("โครงการอยู่ในสถานะ “%(now)s” จึงเปลี่ยนเป็น “%(to)s” ไม่ได้") % {
            "now": Project.Status(project.status).label,
            "to": Project.Status(to).label,
        }
    return None


def why_not_register(
    project_dates: tuple[date, date], activities: Mapping[int, tuple[Decimal, date, date]]
) -> str | None:
    """Say why a project's dates and activities (number → weight, start, end) do not stand."""
    start, end = project_dates
    if end < start:
        return _("วันสิ้นสุดของโครงการต้องไม่ก่อนวันเริ่มต้น")
    for number, (weight, begins, ends) in activities.items():
        if weight <= 0:
            return _("น้ำหนักของกิจกรรมที่ %(number)d ต้องมากกว่าศูนย์") % {"number": number}
        if ends < begins:
            return _("กิจกรรมที่ %(number)d สิ้นสุดก่อนวันเริ่มต้น") % {"number": number}
        if begins < start or ends > end:
            return _("กิจกรรมที่ %(number)d อยู่นอกช่วงเวลาของโครงการ") % {"number": number}
    return None


def why_not_report(project: Project, standing: Standing) -> str | None:
    """Say why this person may not report for a project at all."""
    if not any(standing.is_role_of(role, project.host_agency_id) for role in REPORTERS):
        return _("เฉพาะผู้รายงานของหน่วยงานเจ้าภาพ กรอกความก้าวหน้าของโครงการนี้ได้")
    if workflow.Status(project.status) not in workflow.REPORTING:
        return _("โครงการอยู่ในสถานะ “%(now)s” จึงไม่ต้องรายงานความก้าวหน้า") % {
            "now": Project.Status(project.status).label
        }
    return None


def why_not_save(
    project: Project, quarter: Quarter, progress: Progress | None, standing: Standing
) -> str | None:
    """Say why progress may not be typed for a project and quarter."""
    if reason := why_not_report(project, standing):
        return reason
    if project.start_date > fiscal.quarter_end(quarter.fiscal_year_id, quarter.number):
        return _("โครงการยังไม่เริ่มในไตรมาสนี้ จึงยังไม่ต้องรายงาน")
    if progress is None:
        return entries.why_not_type_in(quarter)
    return entries.why_not_edit(progress, quarter)


def why_not_percent(percent: Decimal | None) -> str | None:
    """Say why a percentage cannot be one."""
    if percent is not None and not 0 <= percent <= LARGEST_PERCENT:
        return _("ร้อยละความก้าวหน้าต้องอยู่ระหว่าง 0 ถึง 100")
    return None


def why_not_submit(
    progress: Progress,
    standing: Standing,
    at: datetime,
    *,
    due: Mapping[int, Activity],
    reported: Mapping[int, Decimal],
    before: Mapping[int, Decimal],
) -> str | None:
    """Say why a report may not be sent.

    `due` holds the activities that have to report by id, `reported` what stands in the report and
    `before` the last signed percentages; key 0 is the project itself where it has no activities.
    """
    quarter = progress.quarter
    reason = (
        why_not_report(progress.project, standing)
        or entries.why_not_move(progress, Status.SUBMITTED)
        or entries.why_not_send_in(quarter, at)
    )
    if reason:
        return reason
    missing = [activity.number for key, activity in due.items() if key not in reported]
    if missing:
        return _("ยังไม่ได้กรอกร้อยละของกิจกรรมที่ %(numbers)s") % {
            "numbers": ", ".join(str(number) for number in missing)
        }
    if not reported:
        return _("ยังไม่ได้กรอกร้อยละความก้าวหน้า")
    fallen = [key for key, percent in reported.items() if percent < before.get(key, percent)]
    if fallen and not progress.note.strip():
        return _("ความก้าวหน้าต่ำกว่าที่รายงานไว้ครั้งก่อน ให้เขียนเหตุผลในหมายเหตุก่อนส่ง")
    return None


def why_not_approve(progress: Progress, standing: Standing) -> str | None:
    """Say why this person may not sign a report."""
    return (
        entries.why_not_sign(progress, standing, progress.project.host_agency_id)
        or entries.why_not_type_in(progress.quarter)
        or entries.why_not_move(progress, Status.APPROVED)
    )


def why_not_return(progress: Progress, standing: Standing, reason: str) -> str | None:
    """Say why this person may not send a report back; it needs a reason."""
    if refusal := entries.why_not_sign(progress, standing, progress.project.host_agency_id):
        return refusal
    if refusal := entries.why_not_type_in(progress.quarter):
        return refusal
    if not reason.strip():
        return _("เขียนเหตุผลที่ส่งกลับ เพื่อให้ผู้รายงานแก้ได้ตรงจุด")
    return entries.why_not_move(progress, Status.RETURNED)
