"""Why an entry of a KPI may not be typed, sent, signed or returned: a sentence, or None."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Post, Role
from accounts.rules import Standing
from common.thainumbers import format_number
from kpi.models import KPI, Result
from kpi.rules import wording
from kpi.rules.parts import why_not_add_up
from kpi.rules.surroundings import Surroundings, Typed, typed_of
from kpi.scoring.words import Meaning
from submissions import rules as submissions_rules
from submissions.workflow import Status

# The largest figure that ten-thousandths fit into a database integer.
LARGEST = Decimal("900000000000000")


def vacant_posts_below(standing: Standing, day: date) -> frozenset[int]:
    """Return the posts right below the person's own that nobody holds on the day; one query."""
    if not standing.post_ids:
        return frozenset()
    return frozenset(
        Post.objects.filter(supervising_post__in=standing.post_ids, is_active=True)
        .vacant_on(day)
        .values_list("pk", flat=True)
    )


def vacant_posts_by_the_one_above(day: date) -> dict[int, tuple[int, ...]]:
    """Return by post the posts right below it that nobody holds on the day; one query for all."""
    found: dict[int, tuple[int, ...]] = {}
    vacant = Post.objects.filter(supervising_post__isnull=False, is_active=True).vacant_on(day)
    for post_id, above in vacant.order_by("pk").values_list("pk", "supervising_post_id"):
        if above is not None:
            found[above] = (*found.get(above, ()), post_id)
    return found


def why_not_report(
    kpi: KPI, standing: Standing, vacant: frozenset[int] = frozenset()
) -> str | None:
    """Say why this person does not type this KPI's figures.

    `vacant` holds the posts below the person's own that nobody holds now.
    """
    if kpi.is_personal:
        if kpi.scorecard.post_id in standing.post_ids | vacant:
            return None
        return _("ตัวชี้วัดรายบุคคลกรอกได้เฉพาะผู้ดำรงตำแหน่ง หรือผู้บังคับบัญชาเมื่อตำแหน่งว่าง")
    if standing.is_role_of(Role.REPORTER, kpi.agency_id):
        return None
    return _("เฉพาะผู้รายงานของ%(agency)s กรอกตัวชี้วัดนี้ได้") % {"agency": kpi.agency.name}


def why_not_record(around: Surroundings) -> str | None:
    """Say why nothing may be typed for this KPI and quarter, whoever types."""
    if around.version is None:
        return _("ตัวชี้วัดนี้ยังไม่มีกติกาที่มีผลในไตรมาสนี้ แจ้งกลุ่มงานยุทธศาสตร์ฯ")
    if not around.reports_itself:
        return _("ตัวเลขของตัวชี้วัดนี้คำนวณจากหน่วยงานที่รับถ่ายทอด ไม่ต้องกรอก")
    if around.result is not None:
        return submissions_rules.why_not_edit(around.result, around.quarter)
    return submissions_rules.why_not_type_in(around.quarter)


def why_not_typed(around: Surroundings, typed: Typed) -> tuple[str, str] | None:
    """Say which field of a draft cannot be kept and why; what is only incomplete may be kept."""
    version = around.version
    assert version is not None
    for name in ("value", "numerator", "denominator"):
        figure: Decimal | None = getattr(typed, name)
        if figure is None:
            continue
        if abs(figure) > LARGEST:
            return name, _("ตัวเลขใหญ่เกินไป ตรวจหน่วยนับ")
        if figure < 0 and (name == "denominator" or not version.allows_negative):
            return name, _("ค่าติดลบไม่ได้สำหรับตัวชี้วัดนี้")
    if version.is_ratio and typed.value is not None:
        return "value", _("ตัวชี้วัดนี้กรอกตัวตั้งและตัวหาร ระบบคำนวณผลให้")
    if not version.is_ratio and (typed.numerator is not None or typed.denominator is not None):
        return "numerator", _("ตัวชี้วัดนี้กรอกค่าเดียว ไม่มีตัวตั้งตัวหาร")
    if typed.denominator == 0 and typed.numerator:
        return "denominator", _("ตัวหารเป็น 0 แต่ตัวตั้งมากกว่า 0 ตรวจตัวเลขอีกครั้ง")
    if version.rules.meaning is Meaning.MILESTONE and typed.value is not None:
        steps = len(version.milestones)
        if typed.value != int(typed.value) or not 0 <= typed.value <= (steps or typed.value):
            return "value", _("กรอกเป็นเลขขั้นตอน 0 ถึง %(steps)d") % {"steps": steps}
    return None


def why_not_fall(around: Surroundings, total: Decimal, quarter: Decimal) -> str | None:
    """Say why a year to date cannot be less than the quarters before it come to."""
    if quarter >= 0 or around.version is None or around.version.allows_negative:
        return None
    before = format_number(total - quarter, around.decimals)
    return _("ยอดสะสมน้อยกว่ายอดของไตรมาสก่อน ๆ รวมกัน (%(before)s) ตรวจตัวเลขอีกครั้ง") % {
        "before": before
    }


def why_not_submit(around: Surroundings, at: datetime) -> tuple[str, str] | None:
    """Say which field keeps the entry from being sent and what to do about it, or None."""
    result = around.result
    if result is None:
        return "value", _("ยังไม่ได้กรอกตัวเลข")
    if reason := why_not_record(around):
        return "", reason
    if reason := submissions_rules.why_not_send_in(around.quarter, at):
        return "", reason
    typed = Typed(result.value, result.numerator, result.denominator, result.is_not_applicable)
    if wrong := why_not_typed(around, typed):
        return wrong
    if typed.not_applicable:
        return None
    if missing := _why_not_whole(around, typed) or why_not_add_up(around, typed, around.parts):
        return missing
    if not result.note.strip() and (why := why_note_is_needed(around, typed, at)):
        return "note", why
    return None


def _why_not_whole(around: Surroundings, typed: Typed) -> tuple[str, str] | None:
    version = around.version
    assert version is not None
    if version.is_ratio:
        if typed.numerator is None:
            return "numerator", _("กรอกตัวตั้ง")
        if typed.denominator is None:
            return "denominator", _("กรอกตัวหาร")
    elif typed.value is None:
        return "value", _("ยังไม่ได้กรอกตัวเลข")
    return None


def why_note_is_needed(around: Surroundings, typed: Typed, at: datetime) -> str | None:
    """Say why the figure needs a word beside it: off target, far from the last one, an outlier."""
    assessed = around.assessment(typed, at)
    if (
        assessed is not None
        and assessed.percent is not None
        and assessed.percent < around.thresholds.note_below
    ):
        return _("ผลต่ำกว่าร้อยละ %(limit)s ของเป้า เขียนสาเหตุและแนวทางแก้ในหมายเหตุ") % {
            "limit": f"{around.thresholds.note_below:f}"
        }
    if found := around.outlier(typed):
        return _("%(what)s ตรวจแล้วเขียนเหตุผลในหมายเหตุ") % {"what": wording.OUTLIERS[found]}
    moved = around.moved_percent(typed)
    if moved is not None and abs(moved) > around.thresholds.note_moved:
        return _("เปลี่ยนจากครั้งก่อนเกินร้อยละ %(limit)s เขียนเหตุผลในหมายเหตุ") % {
            "limit": f"{around.thresholds.note_moved:f}"
        }
    return None


def why_not_sign_together(around: Surroundings) -> str | None:
    """Say why the entry is signed alone, after a look, and never in one go with others."""
    if found := around.outlier(typed_of(around.result)):
        return _("%(what)s ดูแล้วลงนามทีละรายการ") % {"what": wording.OUTLIERS[found]}
    return None


def why_not_sign_for(result: Result, standing: Standing) -> str | None:
    """Say why this person may not give the first signature on (or return) this entry.

    A personal entry is signed by the post above; everything else by the agency's head.
    """
    kpi = result.kpi
    if kpi.is_personal:
        post = kpi.scorecard.post
        if post is None or post.supervising_post_id not in standing.post_ids:
            return _("ตัวชี้วัดรายบุคคลลงนามโดยผู้บังคับบัญชาของตำแหน่งนั้น")
        return submissions_rules.why_not_own(result, standing)
    return submissions_rules.why_not_sign(result, standing, kpi.agency_id)


def why_not_approve(result: Result, standing: Standing) -> str | None:
    """Say why the entry may not be signed by this person now."""
    return (
        submissions_rules.why_not_type_in(result.quarter)
        or submissions_rules.why_not_move(result, Status.APPROVED)
        or why_not_sign_for(result, standing)
    )


def why_not_accept(result: Result, standing: Standing) -> str | None:
    """Say why the second signature may not be given by this person now."""
    if not result.kpi.needs_acceptance:
        return _("ตัวชี้วัดนี้ไม่ต้องรับรองชั้นที่สอง")
    return (
        submissions_rules.why_not_type_in(result.quarter)
        or submissions_rules.why_not_move(result, Status.ACCEPTED)
        or submissions_rules.why_not_accept(result, standing)
    )


def why_not_return(result: Result, standing: Standing, reason: str) -> str | None:
    """Say why the entry may not be sent back: by its signer, or by the strategy office once signed."""
    if refusal := submissions_rules.why_not_type_in(
        result.quarter
    ) or submissions_rules.why_not_move(result, Status.RETURNED):
        return refusal
    if not reason.strip():
        return _("ใส่เหตุผลที่ส่งกลับ ผู้รายงานต้องรู้ว่าแก้อะไร")
    signed = Status(result.status) in (Status.APPROVED, Status.ACCEPTED)
    if signed and not result.kpi.is_personal and standing.has(Role.STRATEGIST):
        return None
    return why_not_sign_for(result, standing)
