"""Say to those who owe a report that they do: once for each occasion, and only to them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Holding, Membership, User
from accounts.rules import Visitor
from budget.dues import due_for as budget_due_for
from common import fiscal, thaidates
from common.dues import Due
from jobruns.runner import schedule
from kpi.dues import due_for as kpi_due_for
from projects.dues import due_for as projects_due_for
from reminders.models import Reminder
from reminders.tasks import deliver_reminders
from submissions.models import FiscalYear

# Days after the deadline on which a person is told (negative: before it); a fiscal year may have its
# own under the threshold "reminder_days".
REMINDER_DAYS = (-3, 0, 1, 3, 7)

DueFor = Callable[[Visitor, datetime], Sequence[Due]]


def remind_due(*, at: datetime) -> int:
    """Remind of quarterly reports; returns how many people are told."""
    return _remind("due", [kpi_due_for, projects_due_for], at=at)


def remind_disbursement(*, at: datetime) -> int:
    """Remind of the month's disbursement report; returns how many people are told."""
    return _remind("disbursement", [budget_due_for], at=at)


@transaction.atomic
def _remind(occasion: str, sources: Iterable[DueFor], *, at: datetime) -> int:
    """Write one reminder for each person with something to be told today, and schedule the delivery.

    The unique occasion makes it harmless to run this twice on a day.
    """
    today = fiscal.local_date(at)
    days = _reminder_days(fiscal.fiscal_year_of(today))
    told = Reminder.objects.filter(occasion=f"{occasion}:{today.isoformat()}").values("user")
    reminders = []
    for user in _people(at).exclude(pk__in=told):
        dues = [
            due
            for source in sources
            for due in source(user, at)
            if user.pk in due.owner_ids
            and due.status not in ("submitted", "approved", "accepted")
            and due.deadline_date is not None
            and (today - due.deadline_date).days in days
        ]
        if dues:
            reminders.append(_letter(user, dues, occasion=f"{occasion}:{today.isoformat()}", at=at))
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    if Reminder.objects.waiting().exists():
        schedule(deliver_reminders, key="all", payload={})
    return len(reminders)


def _reminder_days(year: int) -> frozenset[int]:
    thresholds = FiscalYear.objects.filter(year=year).values_list("thresholds", flat=True).first()
    return frozenset((thresholds or {}).get("reminder_days", REMINDER_DAYS))


def _people(at: datetime) -> QuerySet[User]:
    """Active people with a role or a post today."""
    today = fiscal.local_date(at)
    return User.objects.filter(
        Q(pk__in=Membership.objects.current(today).values("user"))
        | Q(pk__in=Holding.objects.current(today).values("user")),
        is_active=True,
    ).order_by("pk")


def _letter(user: User, dues: Sequence[Due], *, occasion: str, at: datetime) -> Reminder:
    """Put what a person owes into one letter, nearest deadline first."""
    ordered = sorted(dues, key=lambda due: (due.deadline_date is None, due.deadline_date, due.code))
    with override("th"):
        lines = [
            _("• %(code)s %(label)s (%(period)s) ครบกำหนด %(deadline)s %(state)s")
            % {
                "code": due.code,
                "label": due.label,
                "period": due.period,
                "deadline": thaidates.format_date(due.deadline_date, "short", "th"),
                "state": _how_late(due, at),
            }
            for due in ordered
        ]
        subject = _("ท่านมีรายงานที่ต้องส่ง %(count)d รายการ") % {"count": len(ordered)}
        body = _(
            "เรียน %(name)s\n\nรายการที่ยังไม่ได้ส่ง\n%(lines)s\n\nกรอกและส่งได้ที่ %(address)s\n\n"
            "เมื่อส่งแล้วระบบจะหยุดเตือนรายการนั้นเอง\n"
        ) % {
            "name": user.get_full_name(),
            "lines": "\n".join(lines),
            "address": f"{settings.SITE_ADDRESS}/desk/",
        }
    return Reminder(
        user=user,
        occasion=occasion,
        subject=subject,
        body=body,
        address=user.email,
        created_at=at,
    )


def _how_late(due: Due, at: datetime) -> str:
    assert due.deadline_date is not None
    late = fiscal.days_late(at, due.deadline_date)
    if late > 0:
        return _("เกินกำหนด %(days)d วัน") % {"days": late}
    left = fiscal.days_left(at, due.deadline_date)
    return _("ครบกำหนดวันนี้") if left == 0 else _("เหลือ %(days)d วัน") % {"days": left}
