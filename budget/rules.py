"""Why money may not be allocated, moved, typed, sent or signed: a sentence, or None."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from budget import scoring
from budget.models import Allocation, CabinetTarget, Contract, MonthlyFigure, SpendingLine
from common import fiscal, thaidates
from common.references import what_points_at
from common.thainumbers import format_number
from submissions import rules as entries
from submissions.models import Month
from submissions.workflow import COUNTED, Status

MOST_PERCENT = Decimal(100)
# Who may type figures of an agency.
REPORTERS = (Role.REPORTER, Role.APPROVER)


def sentence_of(breach: scoring.Breach) -> str:
    """Return the sentence of a broken invariant."""
    sentences = {
        scoring.Breach.NEGATIVE: _("จำนวนเงินต้องไม่ติดลบ"),
        scoring.Breach.TRANSFERRED_AWAY: _("โอนออกเกินงบประมาณที่มี"),
        scoring.Breach.OVER_REVISED: _("เงินจัดสรรต้องไม่เกินงบประมาณหลังโอนเปลี่ยนแปลง"),
        scoring.Breach.OVER_ALLOTTED: _("เบิกจ่าย ก่อหนี้ กันเงินและส่งคืนรวมกันต้องไม่เกินเงินที่ได้รับจัดสรร"),
        scoring.Breach.RESERVED_OVER_OBLIGATED: _("เงินกันที่มีหนี้ผูกพันต้องไม่เกินยอดก่อหนี้ผูกพัน"),
    }
    return sentences[breach]


def why_not_stand(position: scoring.Position) -> str | None:
    """Say why the money of an allocation cannot stand as it is."""
    broken = scoring.breaches(position)
    return " ".join(sentence_of(breach) for breach in broken) or None


def why_not_keep_books(standing: Standing) -> str | None:
    """Say why this person may not allocate, allot, transfer or correct."""
    if standing.has(Role.COMPTROLLER):
        return None
    return _("เฉพาะคลังจังหวัด จัดสรร โอน หรือแก้ไขยอดย้อนหลังได้")


def what_rests_on(keys: Collection[int]) -> dict[int, str]:
    """Say by key what was built on allocations since they were entered."""
    return what_points_at(Allocation, keys)


def why_not_set_targets(standing: Standing) -> str | None:
    """Say why this person may not set the Cabinet's targets."""
    if standing.has(Role.COMPTROLLER, Role.STRATEGIST):
        return None
    return _("เฉพาะคลังจังหวัดหรือกลุ่มงานยุทธศาสตร์ฯ กำหนดเป้าหมายตามมติคณะรัฐมนตรีได้")


def why_not_in_year(allocation: Allocation, day: date) -> str | None:
    """Say why a day does not lie in the allocation's fiscal year."""
    if fiscal.fiscal_year_of(day) == allocation.fiscal_year_id:
        return None
    return _("วันที่ %(day)s ไม่อยู่ในปีงบประมาณ %(year)s (1 ต.ค. ถึง 30 ก.ย.)") % {
        "day": thaidates.format_date(day),
        "year": allocation.fiscal_year_id,
    }


def question_of_plan(amount: Decimal, plan: Decimal, *, only_more: bool = False) -> str | None:
    """Ask whether an amount a thousand or a million times off its plan is right, before it is kept."""
    factor = scoring.unit_slip(amount, plan)
    if factor is None or (only_more and amount < plan):
        return None
    return _(
        "%(amount)s บาท ต่างจากที่มีอยู่หรือวางแผนไว้ %(plan)s บาท ตั้งแต่ %(factor)s เท่า จึงยังไม่บันทึก "
        "ตรวจว่าพิมพ์เป็นพันบาทหรือล้านบาทหรือไม่ หากถูกต้องแล้วให้ยืนยันจำนวนเงินแล้วบันทึกอีกครั้ง"
    ) % {
        "amount": format_number(amount),
        "plan": format_number(plan),
        "factor": format_number(factor, 0),
    }


def why_not_settle(position: scoring.Position, reason: str) -> str | None:
    """Say why money may not be set aside, given back or called saved like this."""
    if not reason.strip():
        return _("เขียนเหตุผลหรือเลขที่หนังสือของการกันเงิน ส่งคืน หรือเงินเหลือจ่าย")
    if refusal := why_not_stand(position):
        return refusal
    if position.savings > position.allotted - position.spent:
        return _("เงินเหลือจ่าย %(savings)s บาท มากกว่าเงินจัดสรรที่ยังไม่เบิกและไม่ก่อหนี้ %(left)s บาท") % {
            "savings": format_number(position.savings),
            "left": format_number(position.allotted - position.spent),
        }
    return None


def why_not_carry(allocation: Allocation, has_next_year: bool) -> str | None:
    """Say why reserved money may not be opened in the next fiscal year."""
    if allocation.reserved_with_obligation + allocation.reserved_without_obligation <= 0:
        return _("ยังไม่มีเงินกันไว้เบิกเหลื่อมปี ให้บันทึกเงินกันของรายการนี้ก่อน")
    if not has_next_year:
        return _("ยังไม่มีปีงบประมาณ %(year)s ในระบบ") % {"year": allocation.fiscal_year_id + 1}
    return None


def why_not_enact(allocation: Allocation, reference: str) -> str | None:
    """Say why a provisional budget may not become that of the act."""
    if not allocation.is_provisional:
        return _("รายการนี้ไม่ใช่งบประมาณไปพลางก่อน")
    if not reference.strip():
        return _("ระบุพระราชบัญญัติหรือหนังสือที่ประกาศวงเงินจริง")
    return None


def why_not_transfer(source: Allocation, target: Allocation, amount: Decimal) -> str | None:
    """Say why an amount may not move from one allocation to another."""
    if source.pk == target.pk:
        return _("โอนไปยังรายการเดียวกันไม่ได้")
    if source.fiscal_year_id != target.fiscal_year_id or source.origin_year != target.origin_year:
        return _("โอนข้ามปีงบประมาณไม่ได้ ทั้งสองรายการต้องเป็นเงินของปีเดียวกัน")
    if amount <= 0:
        return _("จำนวนเงินที่โอนต้องมากกว่าศูนย์")
    if source.revised - source.allotted < amount:
        return _("เงินที่ยังไม่จัดสรรของรายการต้นทางเหลือ %(left)s บาท ไม่พอโอน %(amount)s บาท") % {
            "left": format_number(source.revised - source.allotted),
            "amount": format_number(amount),
        }
    return None


def why_not_target(target_percent: Decimal, quarter: int, kind: str, source: str) -> str | None:
    """Say why a Cabinet target cannot be one."""
    if not 0 <= target_percent <= MOST_PERCENT:
        return _("เป้าหมายต้องอยู่ระหว่างร้อยละ 0 ถึง 100")
    if quarter not in range(1, 5):
        return _("ไตรมาสต้องเป็น 1 ถึง 4")
    if kind not in CabinetTarget.Kind.values:
        return _("ระบุชนิดของเป้าหมาย: มติคณะรัฐมนตรี สมมติฐาน หรือตัวอย่าง")
    if not source.strip():
        return _("ระบุที่มาของเป้าหมาย")
    return None


def why_not_report(allocation: Allocation | SpendingLine, standing: Standing) -> str | None:
    """Say why this person may not report the money of an allocation."""
    agency = allocation.spending_agency_id
    if any(standing.is_role_of(role, agency) for role in REPORTERS):
        return None
    return _("เฉพาะผู้รายงานของหน่วยงานผู้เบิกจ่าย กรอกยอดของรายการนี้ได้")


def why_not_save(
    allocation: Allocation | SpendingLine,
    month: Month,
    figure: MonthlyFigure | None,
    standing: Standing,
    today: date,
) -> str | None:
    """Say why a month's figure may not be typed."""
    if reason := why_not_report(allocation, standing):
        return reason
    if month.fiscal_year_id != allocation.fiscal_year_id:
        return _("เดือนนี้ไม่อยู่ในปีงบประมาณของรายการ")
    if today < fiscal.month_start(month.fiscal_year_id, month.number):
        return _("เดือนนี้ยังไม่เริ่ม กรอกได้ตั้งแต่วันแรกของเดือน")
    if figure is None:
        return entries.why_not_type_in(month)
    return entries.why_not_edit(figure, month)


def why_not_amounts(
    allocation: Allocation | SpendingLine, disbursed: Decimal | None, obligated: Decimal | None
) -> str | None:
    """Say why typed amounts cannot be: negative, or more than was allotted."""
    for amount in (disbursed, obligated):
        if amount is not None and amount < 0:
            return _("จำนวนเงินต้องไม่ติดลบ")
        if amount is None or amount <= allocation.allotted:
            continue
        if factor := scoring.unit_slip(amount, allocation.allotted):
            return _(
                "%(amount)s บาท มากกว่าเงินจัดสรร %(plan)s บาท ตั้งแต่ %(factor)s เท่า จึงยังไม่บันทึก "
                "ยอดนี้เป็นบาทแล้วหรือไม่ หากอ่านจากรายงานหน่วยพันบาทหรือล้านบาทให้พิมพ์เป็นบาท"
            ) % {
                "amount": format_number(amount),
                "plan": format_number(allocation.allotted),
                "factor": format_number(factor, 0),
            }
    spent = (disbursed or scoring.ZERO) + (obligated or scoring.ZERO)
    room = allocation.allotted - allocation.reserved_without_obligation - allocation.returned
    if spent > room:
        return _("เบิกจ่ายรวมก่อหนี้ %(spent)s บาท เกินเงินที่ได้รับจัดสรรที่ใช้ได้ %(room)s บาท") % {
            "spent": format_number(spent),
            "room": format_number(room),
        }
    return None


def why_not_so_little(
    allocation: Allocation | SpendingLine,
    disbursed: Decimal | None,
    obligated: Decimal | None,
    note: str,
) -> str | None:
    """Ask, before it is kept, about an amount a thousand or a million times below what was allotted.

    A note that says why answers the question: unlike too much, so little may be right.
    """
    if note.strip():
        return None
    for amount in (disbursed, obligated):
        factor = amount is not None and scoring.unit_slip(amount, allocation.allotted)
        if amount is not None and factor and amount < allocation.allotted:
            return _(
                "%(amount)s บาท น้อยกว่าเงินจัดสรร %(plan)s บาท ตั้งแต่ %(factor)s เท่า จึงยังไม่บันทึก "
                "หากอ่านจากรายงานหน่วยพันบาทหรือล้านบาทให้พิมพ์เป็นบาท หากถูกต้องแล้วให้เขียนเหตุผลในหมายเหตุ"
            ) % {
                "amount": format_number(amount),
                "plan": format_number(allocation.allotted),
                "factor": format_number(factor, 0),
            }
    return None


def question_of_units(
    allocation: Allocation, disbursed: Decimal | None, obligated: Decimal | None
) -> str | None:
    """Ask whether thousands or millions were typed as baht, against what was allotted."""
    for amount in (disbursed, obligated):
        factor = amount is not None and scoring.unit_slip(amount, allocation.allotted)
        if factor:
            return _(
                "%(amount)s บาท ต่างจากเงินจัดสรร %(plan)s บาท ตั้งแต่ %(factor)s เท่า "
                "ตรวจว่าพิมพ์เป็นพันบาทหรือล้านบาทหรือไม่ หากถูกต้องแล้วให้เขียนเหตุผลในหมายเหตุ"
            ) % {
                "amount": format_number(amount),
                "plan": format_number(allocation.allotted),
                "factor": format_number(factor, 0),
            }
    return None


def why_not_submit(
    figure: MonthlyFigure,
    standing: Standing,
    at: datetime,
    *,
    before: Decimal | None,
    after: Decimal | None = None,
) -> str | None:
    """Say why a month's figure may not be sent.

    `before` and `after` are the signed cumulative amounts of the nearest months around it.
    """
    reason = (
        why_not_report(figure.allocation, standing)
        or entries.why_not_move(figure, Status.SUBMITTED)
        or entries.why_not_send_in(figure.month, at)
    )
    if reason:
        return reason
    if figure.disbursed_to_date is None or figure.obligated is None:
        return _("กรอกทั้งยอดเบิกจ่ายสะสมและยอดก่อหนี้ผูกพันคงค้าง ถ้าไม่มีให้ใส่ 0")
    if reason := why_not_amounts(figure.allocation, figure.disbursed_to_date, figure.obligated):
        return reason
    if reason := why_not_between(figure.disbursed_to_date, before, after):
        return reason
    if not figure.note.strip():
        return question_of_units(figure.allocation, figure.disbursed_to_date, figure.obligated)
    return None


def why_not_between(
    disbursed: Decimal, before: Decimal | None, after: Decimal | None
) -> str | None:
    """Say why a cumulative amount breaks the order of the months around it."""
    if before is not None and disbursed < before:
        return _(
            "เบิกจ่ายสะสม %(now)s บาท ต่ำกว่ายอดที่ลงนามแล้วก่อนหน้า %(before)s บาท "
            "หากต้องลดยอด ให้คลังจังหวัดแก้ไขยอดพร้อมเหตุผล"
        ) % {"now": format_number(disbursed), "before": format_number(before)}
    if after is not None and disbursed > after:
        return _("เบิกจ่ายสะสม %(now)s บาท สูงกว่ายอดที่ลงนามแล้วของเดือนถัดไป %(after)s บาท") % {
            "now": format_number(disbursed),
            "after": format_number(after),
        }
    return None


def why_not_approve(figure: MonthlyFigure, standing: Standing) -> str | None:
    """Say why this person may not sign a month's figure."""
    return (
        entries.why_not_sign(figure, standing, figure.allocation.spending_agency_id)
        or entries.why_not_type_in(figure.month)
        or entries.why_not_move(figure, Status.APPROVED)
    )


def why_not_return(figure: MonthlyFigure, standing: Standing, reason: str) -> str | None:
    """Say why this person may not send a month's figure back; it needs a reason."""
    if refusal := entries.why_not_sign(figure, standing, figure.allocation.spending_agency_id):
        return refusal
    if refusal := entries.why_not_type_in(figure.month):
        return refusal
    if not reason.strip():
        return _("เขียนเหตุผลที่ส่งกลับ เพื่อให้ผู้รายงานแก้ได้ตรงจุด")
    return entries.why_not_move(figure, Status.RETURNED)


def why_not_undo(
    figure: MonthlyFigure, around: tuple[Decimal | None, Decimal | None], is_corrected: bool
) -> str | None:
    """Say what was built on a month's figure since it was signed or returned; `around` as signed."""
    if is_corrected:
        return _("คลังจังหวัดแก้ไขยอดนี้แล้ว จึงเลิกทำไม่ได้")
    if entries.stood_before(figure) not in COUNTED:
        return None
    # Sent back and now to be counted again: ask what was asked when it was signed.
    return why_not_amounts(
        figure.allocation, figure.disbursed_to_date, figure.obligated
    ) or why_not_between(figure.disbursed_to_date, *around)


def why_not_correct(figure: MonthlyFigure, standing: Standing, reason: str) -> str | None:
    """Say why this person may not correct a signed month's figure."""
    if refusal := why_not_keep_books(standing):
        return refusal
    if Status(figure.status) not in COUNTED:
        return _("แก้ไขยอดได้เฉพาะรายการที่ลงนามแล้ว รายการนี้ให้ส่งกลับแก้ไข")
    if figure.month.is_closed:
        return entries.why_not_type_in(figure.month)
    if not reason.strip():
        return _("เขียนเหตุผลที่แก้ไขยอด")
    return None


def why_not_contract(allocation: Allocation, standing: Standing) -> str | None:
    """Say why this person may not write contracts of an allocation."""
    if standing.has(Role.COMPTROLLER):
        return None
    if any(standing.is_role_of(role, allocation.spending_agency_id) for role in REPORTERS):
        return None
    return _("เฉพาะหน่วยงานผู้เบิกจ่ายและคลังจังหวัด บันทึกสัญญาของรายการนี้ได้")


def why_not_plan_contract(
    allocation: Allocation, amount: Decimal, name: str, others: Decimal
) -> str | None:
    """Say why a contract cannot be one; `others` is what the allocation's other contracts come to."""
    if not name.strip():
        return _("ระบุชื่อรายการจัดซื้อจัดจ้าง")
    if amount <= 0:
        return _("วงเงินสัญญาต้องมากกว่าศูนย์")
    if amount + others > allocation.revised:
        return _("วงเงินสัญญารวม %(all)s บาท เกินงบประมาณหลังโอนเปลี่ยนแปลงของรายการ %(revised)s บาท") % {
            "all": format_number(amount + others),
            "revised": format_number(allocation.revised),
        }
    return None


def why_not_sign(contract: Contract, signed_date: date, number: str, today: date) -> str | None:
    """Say why a contract may not be noted as signed."""
    if contract.signed_date is not None:
        return _("สัญญานี้ลงนามแล้วเมื่อ %(day)s") % {"day": thaidates.format_date(contract.signed_date)}
    if contract.cancelled_reason:
        return _("สัญญานี้ยกเลิกไปแล้ว")
    if signed_date > today:
        return _("วันที่ลงนามต้องไม่อยู่ในอนาคต บันทึกเมื่อลงนามแล้ว")
    if not number.strip():
        return _("ระบุเลขที่สัญญาหรือใบสั่งซื้อ")
    return None


def why_not_cancel(contract: Contract, reason: str) -> str | None:
    """Say why a contract may not be cancelled."""
    if contract.signed_date is not None:
        return _("สัญญาที่ลงนามแล้วยกเลิกที่นี่ไม่ได้")
    if contract.cancelled_reason:
        return _("สัญญานี้ยกเลิกไปแล้ว")
    if not reason.strip():
        return _("เขียนเหตุผลที่ยกเลิกรายการนี้")
    return None


def why_not_deadline(year: int, due_date: date, source: str) -> str | None:
    """Say why a date cannot be that by which contracts are to be signed."""
    if fiscal.fiscal_year_of(due_date) != year:
        return _("กำหนดลงนามต้องอยู่ในปีงบประมาณ %(year)s") % {"year": year}
    if not source.strip():
        return _("ระบุที่มาของกำหนดลงนาม")
    return None
