"""Why a visit may not be planned or recorded, or a finding not be mended or verified: a sentence."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from projects import workflow
from projects.models import Finding, Inspection, Project

# Who mends for an agency.
MENDERS = (Role.REPORTER, Role.APPROVER)


def why_not_inspect(standing: Standing) -> str | None:
    """Say why this person may not plan or record visits."""
    if standing.has(Role.INSPECTOR):
        return None
    return _("เฉพาะคณะทำงานตรวจติดตาม วางแผนและบันทึกผลการตรวจได้")


def why_not_plan(project: Project, standing: Standing) -> str | None:
    """Say why this person may not plan a visit to a project."""
    if reason := why_not_inspect(standing):
        return reason
    if workflow.Status(project.status) not in workflow.PUBLIC - {workflow.Status.CANCELLED}:
        return _("โครงการอยู่ในสถานะ “%(now)s” จึงยังไม่ต้องลงตรวจ") % {
            "now": Project.Status(project.status).label
        }
    return None


def why_not_record(inspection: Inspection, standing: Standing) -> str | None:
    """Say why this person may not record a visit, or add to what it found."""
    if reason := why_not_inspect(standing):
        return reason
    if inspection.state == Inspection.State.CANCELLED:
        return _("การตรวจครั้งนี้ยกเลิกไปแล้ว")
    return None


def why_not_visited_on(visited_date: date | None, today: date) -> str | None:
    """Say why a visit cannot have been on that day."""
    if visited_date is None:
        return _("ใส่วันที่ตรวจจริง")
    if visited_date > today:
        return _("วันที่ตรวจจริงต้องไม่เป็นวันในอนาคต")
    return None


def why_not_find(inspection: Inspection, standing: Standing) -> str | None:
    """Say why nothing may be added to what a visit found."""
    if reason := why_not_record(inspection, standing):
        return reason
    if inspection.state != Inspection.State.VISITED:
        return _("บันทึกผลการตรวจก่อน จึงเพิ่มข้อตรวจพบได้")
    return None


def why_not_cancel(inspection: Inspection, standing: Standing) -> str | None:
    """Say why this person may not cancel a visit."""
    if reason := why_not_inspect(standing):
        return reason
    if inspection.state != Inspection.State.PLANNED:
        return _("ยกเลิกได้เฉพาะการตรวจที่ยังไม่ได้บันทึกผล")
    return None


def why_not_fix(finding: Finding, standing: Standing) -> str | None:
    """Say why this person may not report a finding as mended."""
    if not any(standing.is_role_of(role, finding.owner_id) for role in MENDERS):
        return _("เฉพาะผู้รายงานหรือหัวหน้าของหน่วยงานที่รับผิดชอบแก้ไข แจ้งผลได้")
    if finding.state == Finding.State.VERIFIED:
        return _("ข้อตรวจพบนี้ยืนยันไปแล้ว")
    return None


def why_not_verify(finding: Finding, standing: Standing) -> str | None:
    """Say why this person may not verify a finding as mended, or send it back.

    Nobody verifies what he or she reported as mended.
    """
    if reason := why_not_inspect(standing):
        return reason
    if finding.state == Finding.State.OPEN:
        return _("หน่วยงานยังไม่แจ้งว่าแก้ไขแล้ว")
    if finding.state == Finding.State.VERIFIED:
        return _("ข้อตรวจพบนี้ยืนยันไปแล้ว")
    if standing.user.pk == finding.fixed_by_id:
        return _("ยืนยันสิ่งที่ตนแจ้งว่าแก้ไขแล้วไม่ได้ ให้ผู้ตรวจท่านอื่นยืนยัน")
    return None


def why_not_shape_checklists(standing: Standing) -> str | None:
    """Say why this person may not change checklists."""
    if standing.has(Role.INSPECTOR, Role.STRATEGIST):
        return None
    return _("เฉพาะคณะทำงานตรวจติดตามและกลุ่มงานยุทธศาสตร์ฯ แก้แบบตรวจได้")
