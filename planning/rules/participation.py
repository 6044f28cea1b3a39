"""Why a forum, consultation, comment or announcement may not be written so: a sentence, or None."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from common import thaidates
from common.bilingual import page_language
from common.references import what_points_at
from planning.models import (
    AnnouncementReceipt,
    Consultation,
    ConsultationComment,
    Forum,
    ForumAttendance,
    ForumFile,
    ForumProposal,
)
from strategy.models import PlanEdition
from strategy.workflow import Status


def why_not_organise(standing: Standing) -> str | None:
    """Say why this person does not keep forums, consultations and announcements."""
    if standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด บันทึกเรื่องนี้ได้")


def why_not_show_file(file: ForumFile, standing: Standing) -> str | None:
    """Say why this person may not put a forum's file before the public, or take it from there."""
    if file.removed_at is not None:
        return _("ไฟล์นี้เอาออกแล้ว นำกลับก่อนจึงเผยแพร่ได้")
    return why_not_organise(standing)


def why_not_remove_file(file: ForumFile, standing: Standing, reason: str) -> str | None:
    """Say why this person may not take a forum's file away; it needs a reason."""
    if refusal := why_not_organise(standing):
        return refusal
    if file.removed_at is not None:
        return _("ไฟล์นี้เอาออกไปแล้ว")
    if not reason.strip():
        return _("เขียนเหตุผลที่เอาไฟล์ออก")
    return None


def why_not_read_desk(standing: Standing) -> str | None:
    """Say why a person has no desk of planning."""
    if standing.sees_province:
        return None
    return _("หน้านี้สำหรับกลุ่มงานยุทธศาสตร์ฯ และผู้ที่ดูภาพรวมจังหวัด แผนที่เผยแพร่แล้วอยู่ที่ /strategy/editions/")


def why_not_consult(edition: PlanEdition, opens: date, closes: date) -> str | None:
    """Say why people may not be asked about an edition in these days."""
    if edition.state != Status.CONSULTATION:
        return _("เปิดรับความคิดเห็นได้เมื่อฉบับอยู่ในสถานะ “รับฟังความคิดเห็น”")
    if closes < opens:
        return _("วันปิดรับต้องไม่ก่อนวันเปิดรับ")
    return None


def _day(day: date) -> str:
    return thaidates.format_date(day, lang=page_language())


def why_not_close(consultation: Consultation, standing: Standing, today: date) -> str | None:
    """Say why this person may not close a consultation before its last day."""
    if refusal := why_not_organise(standing):
        return refusal
    if consultation.closed_at is not None or today > consultation.closes_date:
        return _("ปิดรับความคิดเห็นไปแล้วตั้งแต่ %(day)s") % {"day": _day(consultation.last_date)}
    return None


def why_not_comment(consultation: Consultation, today: date) -> str | None:
    """Say why no comment is taken now."""
    if consultation.closed_at is None and today < consultation.opens_date:
        return _("ยังไม่เปิดรับความคิดเห็น เปิด %(day)s") % {"day": _day(consultation.opens_date)}
    if consultation.closed_at is not None or today > consultation.closes_date:
        return _("ปิดรับความคิดเห็นแล้วตั้งแต่ %(day)s อ่านความคิดเห็นและคำตอบได้ในหน้านี้") % {
            "day": _day(consultation.last_date)
        }
    if consultation.edition.state != Status.CONSULTATION:
        return _("ฉบับนี้ไม่ได้รับฟังความคิดเห็นแล้ว (%(state)s)") % {
            "state": consultation.edition.get_state_display()
        }
    return None


def why_not_answer(comment: ConsultationComment) -> str | None:
    """Say why a comment may not be answered yet."""
    if comment.state == ConsultationComment.State.WAITING:
        return _("ตรวจความคิดเห็นนี้ก่อน แล้วจึงตอบ")
    return None


def why_not_acknowledge(receipt: AnnouncementReceipt, standing: Standing) -> str | None:
    """Say why this person may not say that an agency knows."""
    if receipt.acknowledged_at is not None:
        return _("หน่วยงานของท่านรับทราบไว้แล้ว")
    if any(standing.is_role_of(role, receipt.agency_id) for role in (Role.APPROVER, Role.REPORTER)):
        return None
    return _("เฉพาะหัวหน้าส่วนราชการหรือผู้รายงานของหน่วยงานนั้น กดรับทราบได้")


def why_not_tell(edition: PlanEdition, told_date: date, today: date, agencies: int) -> str | None:
    """Say why it may not be written down that agencies were told of an edition."""
    if edition.state not in (Status.APPROVED, Status.IN_FORCE):
        return _("แจ้งได้เฉพาะฉบับที่ ก.บ.จ. เห็นชอบหรือใช้บังคับแล้ว")
    if told_date > today:
        return _("วันที่แจ้งต้องไม่เลยวันนี้")
    if not agencies:
        return _("เลือกหน่วยงานอย่างน้อยหนึ่งแห่ง")
    return None


def why_not_forum(title_th: str, held_date: date, today: date) -> str | None:
    """Say why this is no forum that was held."""
    if not title_th.strip():
        return _("ใส่ชื่อเวที")
    if held_date > today:
        return _("บันทึกได้หลังจัดเวทีแล้ว ตรวจวันที่จัด")
    return None


def what_rests_on_forums(keys: Collection[int]) -> dict[int, str]:
    """Say by forum what was kept about it besides who came, so that it stays."""
    return what_points_at(Forum, keys, apart=[ForumAttendance])


def what_rests_on_proposals(keys: Collection[int]) -> dict[int, str]:
    """Say by proposal what was kept about it, so that it stays."""
    return what_points_at(ForumProposal, keys)
