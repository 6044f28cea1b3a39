"""Why an entry may not be typed, sent, signed or returned: a sentence, or None."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from accounts.models import Membership, Role, User
from accounts.rules import Standing, Visitor, rows_of_standing
from accounts.rules import standing_of as own_standing_of
from accounts.rules import standings_of as own_standings_of
from common import fiscal
from common.asked import once
from common.prepared import PreparedRows
from submissions.models import Delegation, Entry, EntryStatus, Month, PeriodState, Quarter
from submissions.workflow import EDITABLE, NEXT, UNDONE, Status

# How long a signature or a return may be taken back without a reason; afterwards an entry is returned.
UNDO_WITHIN = timedelta(minutes=10)
# What a move is stamped with on the entry.
STAMPS = {
    Status.SUBMITTED: "submitted",
    Status.APPROVED: "approved",
    Status.ACCEPTED: "accepted",
    Status.RETURNED: "returned",
}


def standing_of(user: Visitor, day: date) -> Standing:
    """Return what a person is on a day, with the signatures lent to him or her; one query."""
    return once(("standing", user.pk, day), lambda: own_standing_of(user, day, asked=_WITH_LOANS))


def open_quarters(at: datetime) -> list[Quarter]:
    """Return the open quarters that have begun, oldest first; one query."""
    day = fiscal.local_date(at)
    return [
        quarter
        for quarter in every_open_quarter()
        if fiscal.quarter_start(quarter.fiscal_year_id, quarter.number) <= day
    ]


def every_open_quarter() -> list[Quarter]:
    """Return the open quarters, begun or not, oldest first; one query."""
    return once(
        "open quarters",
        lambda: list(Quarter.objects.open().select_related("fiscal_year").in_time_order()),
    )


def _rows_of_standing(user_id: int, day: date) -> QuerySet[Any, Any]:
    return rows_of_standing(user_id, day, _lent_on(day).filter(deputy_id=user_id))


_WITH_LOANS = PreparedRows(_rows_of_standing, int, date)


def standings_of(users: Collection[User], day: date) -> dict[int, Standing]:
    """Return by person what people are on a day, with what is lent to them; three queries for all."""
    lent = _lent_on(day).values_list("deputy_id", Value(Role.APPROVER.value), "agency_id")
    return own_standings_of(users, day, lent=lent)


def _lent_on(day: date) -> QuerySet[Delegation]:
    return (
        Delegation.objects.current(day)
        # The lender must still be able to sign: a loan does not outlive the office.
        .filter(lender__in=Membership.objects.current(day).with_role(Role.APPROVER).values("user"))
        .annotate(role=Value(Role.APPROVER.value))
    )


def lenders_of(user: Visitor, day: date) -> dict[str, dict[str, str]]:
    """Return by agency code who lends this person the signature that he or she has not; one query."""
    own = Membership.objects.current(day).with_role(Role.APPROVER).filter(user=user.pk)
    lent = (
        Delegation.objects.current(day)
        .filter(deputy_id=user.pk)
        .exclude(agency__in=own.values("agency"))
        .select_related("agency", "lender")
    )
    return {each.agency.code: {"lent_by": each.lender.get_full_name()} for each in lent}


def why_not_type_in(period: Quarter | Month) -> str | None:
    """Say why nothing may be typed for this period; a running period takes drafts."""
    if period.state == PeriodState.PLANNED:
        return _("รอบรายงานนี้ยังไม่เปิด สำนักงานจังหวัดจะเปิดเมื่อถึงรอบ")
    if period.is_closed:
        return _("รอบรายงานนี้ปิดแล้ว แก้ไขไม่ได้ หากจำเป็นให้แจ้งกลุ่มงานยุทธศาสตร์ขอแก้ไขย้อนหลัง")
    return None


def why_not_move_deadlines(
    period: Quarter | Month, standing: Standing, dates: Sequence[date]
) -> str | None:
    """Say why a period's deadlines, in their order, may not be set so by this person."""
    if not standing.has(Role.ADMIN, Role.STRATEGIST):
        return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ หรือผู้ดูแลระบบ เลื่อนกำหนดส่งได้")
    if period.is_closed:
        return _("รอบรายงานนี้ปิดแล้ว เลื่อนกำหนดส่งไม่ได้")
    return why_not_dates(dates)


def why_not_dates(dates: Sequence[date]) -> str | None:
    """Say why deadlines do not follow each other: reports, signatures, acceptance."""
    if list(dates) != sorted(dates):
        return _("กำหนดส่ง ลงนาม และรับรอง ต้องเรียงตามลำดับ")
    return None


def why_not_send_in(period: Quarter | Month, at: datetime) -> str | None:
    """Say why nothing may be submitted for this period yet; submissions begin on its last day."""
    if reason := why_not_type_in(period):
        return reason
    last_day = (
        fiscal.quarter_end(period.fiscal_year_id, period.number)
        if isinstance(period, Quarter)
        else fiscal.month_end(period.fiscal_year_id, period.number)
    )
    if fiscal.local_date(at) < last_day:
        return _("ยังไม่สิ้นรอบรายงาน บันทึกร่างไว้ได้ ส่งได้ตั้งแต่วันสุดท้ายของรอบ")
    return None


def why_not_edit(entry: Entry, period: Quarter | Month) -> str | None:
    """Say why the figures of an entry may not be typed over."""
    if reason := why_not_type_in(period):
        return reason
    if Status(entry.status) not in EDITABLE:
        return _("รายการนี้ส่งแล้ว ขอให้ผู้ลงนามส่งกลับแก้ไขก่อน")
    return None


def why_not_move(entry: Entry, to: Status) -> str | None:
    """Say why the workflow has no way from where the entry stands."""
    if to in NEXT[Status(entry.status)]:
        return None
    return _("รายการนี้อยู่ในสถานะ “%(status)s” จึงทำรายการนี้ไม่ได้ โหลดหน้าใหม่เพื่อดูสถานะล่าสุด") % {
        "status": EntryStatus(entry.status).label
    }


def why_not_undo(entry: Entry, period: Quarter | Month, by: User, at: datetime) -> str | None:
    """Say why this person may not take his or her signature, or a return, back now."""
    if reason := why_not_type_in(period):
        return reason
    if Status(entry.status) not in UNDONE:
        return _("รายการนี้เปลี่ยนสถานะไปแล้ว จึงเลิกทำไม่ได้")
    stamp = STAMPS[Status(entry.status)]
    if getattr(entry, f"{stamp}_by_id") != by.pk:
        return _("เลิกทำได้เฉพาะผู้ที่ลงนามหรือส่งกลับเอง")
    if not timedelta() <= at - getattr(entry, f"{stamp}_at") <= UNDO_WITHIN:
        return _("เกิน %(minutes)d นาทีแล้ว เลิกทำไม่ได้ หากต้องแก้ให้ส่งกลับพร้อมเหตุผล") % {
            "minutes": UNDO_WITHIN.seconds // 60
        }
    return None


def stood_before(entry: Entry) -> Status:
    """Return where an entry stood before it was signed or returned, by its stamps."""
    if entry.status == Status.ACCEPTED.value:
        return Status.APPROVED
    if entry.status == Status.RETURNED.value and entry.submitted_at is not None:
        # A signature of before it was sent again is no longer one.
        for signed in (Status.ACCEPTED, Status.APPROVED):
            when = getattr(entry, f"{STAMPS[signed]}_at")
            if when is not None and when > entry.submitted_at:
                return signed
    return Status.SUBMITTED


def why_not_sign(entry: Entry, standing: Standing, agency_id: int) -> str | None:
    """Say why this person may not sign (or return) an entry of this agency."""
    if not standing.is_role_of(Role.APPROVER, agency_id):
        return _("เฉพาะหัวหน้าส่วนราชการของหน่วยงานนี้ หรือผู้ได้รับมอบอำนาจ ลงนามได้")
    return why_not_own(entry, standing)


def why_not_accept(entry: Entry, standing: Standing) -> str | None:
    """Say why this person may not give the second signature."""
    if not standing.has(Role.STRATEGIST):
        return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด รับรองได้")
    return why_not_own(entry, standing)


def why_not_own(entry: Entry, standing: Standing) -> str | None:
    """Nobody signs his or her own entry."""
    if standing.user.pk in (entry.entered_by_id, entry.submitted_by_id):
        return _("ลงนามรายการที่ตนกรอกหรือส่งเองไม่ได้ ให้ผู้มีอำนาจท่านอื่นลงนาม")
    return None
