"""Why an edition may not be started, written or moved on: a sentence, or None."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from strategy import workflow
from strategy.models import PlanEdition
from strategy.workflow import Status


def why_not_plan(standing: Standing) -> str | None:
    """Say why this person does not make plans."""
    if standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด จัดทำแผนได้")


def why_not_start(
    standing: Standing, in_work: PlanEdition | None, source: PlanEdition | None
) -> str | None:
    """Say why no new edition of a plan may begin; `in_work` is one that is not in force yet."""
    if reason := why_not_plan(standing):
        return reason
    if in_work is not None:
        return _("แผนนี้มีฉบับที่ %(number)d ที่ยังไม่ใช้บังคับอยู่แล้ว (%(state)s) ทำต่อในฉบับนั้น") % {
            "number": in_work.number,
            "state": in_work.get_state_display(),
        }
    if source is not None and source.state == Status.DRAFT:
        return _("คัดลอกจากร่างไม่ได้ เลือกฉบับที่ ก.บ.จ. เห็นชอบหรือใช้บังคับแล้ว")
    return None


def why_not_write(edition: PlanEdition, standing: Standing) -> str | None:
    """Say why this person may not change an edition's words; one in force never changes."""
    if reason := why_not_plan(standing):
        return reason
    if edition.state == Status.DRAFT:
        return None
    if edition.state == Status.CONSULTATION:
        return _("ฉบับนี้กำลังรับฟังความคิดเห็น ดึงกลับเป็นร่างก่อนแก้ไข")
    return _("ฉบับนี้%(state)sแล้ว แก้ไขไม่ได้ เริ่มฉบับใหม่จากสำเนาของฉบับนี้") % {
        "state": edition.get_state_display()
    }


def why_not_move(edition: PlanEdition, to: str, standing: Standing) -> str | None:
    """Say why this person may not move an edition on."""
    if reason := why_not_plan(standing):
        return reason
    if Status(to) not in workflow.NEXT[Status(edition.state)] or to == Status.SUPERSEDED:
        return _("ฉบับนี้อยู่ในสถานะ “%(now)s” จึงเปลี่ยนเป็น “%(to)s” ไม่ได้") % {
            "now": edition.get_state_display(),
            "to": PlanEdition.State(to).label,
        }
    return None


def why_not_complete(edition: PlanEdition, missions: int, issues: int) -> str | None:
    """Say what an edition lacks before people may be asked about it."""
    if not edition.vision_th.strip():
        return _("ฉบับนี้ยังไม่มีวิสัยทัศน์ เขียนก่อนรับฟังความคิดเห็น")
    if not missions:
        return _("ฉบับนี้ยังไม่มีพันธกิจ เขียนก่อนรับฟังความคิดเห็น")
    if not issues:
        return _("ฉบับนี้ยังไม่มีประเด็นการพัฒนา เพิ่มอย่างน้อยหนึ่งประเด็นก่อนรับฟังความคิดเห็น")
    return None


def why_not_approve(decided_date: date | None, reference: str, today: date) -> str | None:
    """Say why ก.บ.จ.'s decision cannot be written down so."""
    if decided_date is None or not reference.strip():
        return _("ใส่วันที่และเลขที่มติของ ก.บ.จ.")
    if decided_date > today:
        return _("วันที่มีมติต้องไม่เลยวันนี้")
    return None
