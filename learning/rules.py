"""Who may write, confirm and read learning records: a sentence why not, or None."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Holding, Post, Role
from accounts.rules import Standing
from common.references import what_points_at
from learning.models import Course, Programme, Record, Rule, Turnout, officers_on
from learning.scoring import Basis, year_of
from submissions.workflow import Status


def rule_on(day: date) -> Rule | None:
    """Return the rule in whose year a day lies; the fiscal year's goes first. None: nobody set one."""
    return rules_on([day])[day]


def rules_on(days: Collection[date]) -> dict[date, Rule | None]:
    """Return the rule of each day; one query."""
    years = {year_of(day, basis) for day in days for basis in Basis}
    rules = Rule.objects.filter(year__in=years)
    return {day: rule_among(rules, day) for day in days}


def rule_among(rules: Iterable[Rule], day: date) -> Rule | None:
    """Return which of the rules holds on a day; the fiscal year's goes first."""
    holding = [rule for rule in rules if rule.limits[0] <= day <= rule.limits[1]]
    return min(holding, key=lambda rule: rule.basis != Basis.FISCAL, default=None)


def line_below(standing: Standing, day: date) -> frozenset[int]:
    """Return the officers whose posts stand below the person's, at any distance; two queries."""
    if not standing.post_ids:
        return frozenset()
    above = dict(Post.objects.filter(is_active=True).values_list("pk", "supervising_post"))
    below = {pk for pk in above if _is_below(pk, above, standing.post_ids)}
    holders = Holding.objects.current(day).filter(post__in=below, user__is_active=True)
    return frozenset(holders.values_list("user", flat=True)) - {standing.user.pk or 0}


def _is_below(post_id: int, above: dict[int, int | None], post_ids: Collection[int]) -> bool:
    seen: set[int] = set()
    current = above.get(post_id)
    while current is not None and current not in seen:
        if current in post_ids:
            return True
        seen.add(current)
        current = above.get(current)
    return False


def agency_of_officer(officer_id: int, day: date) -> int | None:
    """Return the agency of the post that an officer holds on a day, None where there is no post."""
    return agencies_of_officers([officer_id], day).get(officer_id)


def agencies_of_officers(officer_ids: Collection[int], day: date) -> dict[int, int]:
    """Return the agencies of the officers who hold a post on a day; of several, the first."""
    found: dict[int, int] = {}
    for held in officers_on(day).filter(user__in=officer_ids):
        found.setdefault(held["user"], held["post__agency"])
    return found


def why_not_add(officer_id: int, agency_id: int | None, standing: Standing) -> str | None:
    """Say why this person may not write down a course that an officer completed."""
    if agency_id is None:
        return _("ผู้เรียนยังไม่มีตำแหน่งในหน่วยงาน แจ้งผู้ดูแลระบบให้กำหนดตำแหน่งก่อน")
    if officer_id == standing.user.pk or standing.is_role_of(Role.HR, agency_id):
        return None
    return _("บันทึกการเรียนรู้ได้เฉพาะของตนเอง หรือโดยผู้ดูแลงานบุคคลของหน่วยงาน")


def why_not_complete(completed_date: date, rule: Rule | None, today: date) -> str | None:
    """Say why a day cannot be the day on which a course was completed."""
    if completed_date > today:
        return _("วันที่เรียนจบยังมาไม่ถึง ใส่วันที่ในประกาศนียบัตร")
    if rule is None:
        return _("ยังไม่มีเกณฑ์การเรียนรู้ของปีที่เรียนจบ แจ้งผู้ดูแลงานบุคคลให้กำหนดก่อน")
    return None


def why_not_confirm(record: Record, standing: Standing, line: Collection[int]) -> str | None:
    """Say why this person may not confirm or return a record that was sent."""
    if record.status != Status.SUBMITTED:
        return _("รายการนี้ไม่ได้รอยืนยันแล้ว")
    if standing.user.pk in (record.officer_id, record.entered_by_id):
        return _("ยืนยันรายการของตนเองหรือที่ตนกรอกไม่ได้ ต้องเป็นผู้บังคับบัญชาหรือผู้ดูแลงานบุคคลคนอื่น")
    if record.officer_id in line or standing.is_role_of(Role.HR, record.agency_id):
        return None
    return _("เฉพาะผู้บังคับบัญชาหรือผู้ดูแลงานบุคคลของหน่วยงาน ยืนยันได้")


def why_not_correct(record: Record, standing: Standing) -> str | None:
    """Say why this person may not mend a record: it was confirmed, or is another's."""
    if record.status not in (Status.RETURNED, Status.SUBMITTED):
        return _("แก้ได้เฉพาะรายการที่ส่งกลับแก้ไขหรือยังรอยืนยัน")
    return why_not_add(record.officer_id, record.agency_id, standing)


def why_not_withdraw(record: Record) -> str | None:
    """Say what came to rest on a record since it was written down, so that it stays."""
    if record.status != Status.SUBMITTED:
        return _("เอาออกได้เฉพาะรายการที่ยังรอยืนยัน")
    if record.certificate:
        return _("แนบประกาศนียบัตรแล้ว")
    return None


def why_not_keep_catalogue(standing: Standing) -> str | None:
    """Say why this person may not change courses, programmes and the year's rule."""
    if standing.has(Role.HR, Role.STRATEGIST):
        return None
    return _("เฉพาะผู้ดูแลงานบุคคลและกลุ่มงานยุทธศาสตร์ฯ แก้ไขได้")


def why_not_rule(courses_least: int, digital_least: int) -> str | None:
    """Say why numbers are no rule."""
    if courses_least < 1:
        return _("จำนวนเรื่องต้องไม่น้อยกว่า 1")
    if digital_least > courses_least:
        return _("เรื่องดิจิทัลต้องไม่มากกว่าจำนวนเรื่องทั้งหมด")
    return None


def why_not_course(name_th: str, hours: Decimal | None) -> str | None:
    """Say why this is no course."""
    if not name_th.strip():
        return _("ใส่ชื่อหลักสูตร")
    if hours is not None and hours <= 0:
        return _("จำนวนชั่วโมงต้องมากกว่า 0 ไม่ทราบให้เว้นว่าง")
    return None


def why_not_programme(name_th: str, start: date | None, end: date | None) -> str | None:
    """Say why this is no training."""
    if not name_th.strip():
        return _("ใส่ชื่อการอบรม")
    if start and end and end < start:
        return _("วันสิ้นสุดของการอบรมต้องไม่ก่อนวันเริ่ม")
    return None


def what_rests_on_courses(keys: Collection[int]) -> dict[int, str]:
    """Say by course what was kept about it, so that it stays."""
    return what_points_at(Course, keys)


def what_rests_on_programmes(keys: Collection[int]) -> dict[int, str]:
    """Say by programme what was kept about it besides its turnout, so that it stays."""
    return what_points_at(Programme, keys, apart=[Turnout])
