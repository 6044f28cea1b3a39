"""Who may read and set what of reminders, and on which days they are sent."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import holidays
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing
from common import fiscal
from reminders.models import DayOff, Reminder, Rung
from reminders.scoring import put_off_too_far

LONGEST_SNOOZE_DAYS = 14
FARTHEST_DAYS = 60
MOST_STEPS = 12


def why_not_read_log(standing: Standing) -> str | None:
    """The strategy office chases the late; the auditor reads."""
    if standing.has(Role.STRATEGIST, Role.VIEWER, Role.GOVERNOR):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานผู้ว่าราชการจังหวัด และผู้ตรวจสอบ ดูบันทึกการเตือนได้")


def why_not_set_rules(standing: Standing) -> str | None:
    """Say why this person may not set on which days people are told."""
    if standing.has(Role.STRATEGIST):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ กำหนดวันเตือนและวันหยุดได้")


def why_not_ladder(days: Mapping[str, Sequence[int]]) -> str | None:
    """Say why the days of a ladder cannot be."""
    for rung, given in days.items():
        if rung not in Rung.values:
            return _("ไม่รู้จักขั้นของการเตือน")
        if len(set(given)) > MOST_STEPS:
            return _("ขั้นหนึ่งเตือนได้ไม่เกิน %(n)d วัน") % {"n": MOST_STEPS}
        if any(abs(day) > FARTHEST_DAYS for day in given):
            return _("วันเตือนต้องห่างจากครบกำหนดไม่เกิน %(n)d วัน") % {"n": FARTHEST_DAYS}
    if not days.get(Rung.OWNER):
        return _("ผู้รับผิดชอบต้องมีวันเตือนอย่างน้อยหนึ่งวัน")
    return None


def why_not_snooze(today: date, until: date, reason: str) -> str | None:
    """Say why a reminder may not be put off."""
    if not reason.strip():
        return _("เขียนเหตุผลที่เลื่อนเตือน")
    if put_off_too_far(today, until, LONGEST_SNOOZE_DAYS):
        return _("เลื่อนเตือนได้ตั้งแต่พรุ่งนี้ และไม่เกิน %(n)d วัน") % {"n": LONGEST_SNOOZE_DAYS}
    return None


def why_not_retry(reminder: Reminder, standing: Standing) -> str | None:
    """Say why a letter may not be sent once more."""
    if refusal := why_not_set_rules(standing):
        return refusal
    if reminder.state != Reminder.State.FAILED:
        return _("ส่งซ้ำได้เฉพาะรายการที่ส่งไม่สำเร็จ")
    if not reminder.address:
        return _("ผู้รับยังไม่มีอีเมลในระบบ ให้ผู้ดูแลระบบเพิ่มก่อน")
    return None


def offices_open(first: date, last: date) -> Callable[[date], bool]:
    """Return whether offices are open on a day of a span: one query however long it is."""
    known = holidays.country_holidays("TH", years=range(first.year, last.year + 1))
    changed = dict(DayOff.objects.between(first, last).values_list("day", "is_working"))

    def is_open(day: date) -> bool:
        if day in changed:
            return changed[day]
        return fiscal.is_working_day(day) and day not in known

    return is_open


def public_holidays(year: int) -> list[tuple[date, str]]:
    """Return the public holidays that the calendar knows in a fiscal year."""
    first, last = fiscal.year_start(year), fiscal.year_end(year)
    years = range(first.year, last.year + 1)
    known = holidays.country_holidays("TH", years=years, language="th")
    return sorted((day, name) for day, name in known.items() if first <= day <= last)


def read_days(text: str) -> list[int] | None:
    """Read days such as "-3, 0, 1 7"; None where something else stands there."""
    parts = [part for part in re.split(r"[\s,]+", text.strip()) if part]
    if not all(re.fullmatch(r"[+-]?\d{1,3}", part) for part in parts):
        return None
    return sorted({int(part) for part in parts})
