"""One letter a day for each person with something to be told, once for each step of the ladder."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Holding, Membership, User
from audit.log import record
from common import fiscal, thaidates
from common.refusal import Refused
from jobruns.runner import schedule
from reminders import rules
from reminders.channels import WAYS
from reminders.dues import Asked, asked_of_all
from reminders.models import Channel, LadderDay, LineLink, Notice, Reminder, Rung, Snooze
from reminders.scoring import CAUGHT_UP, steps_reached
from reminders.tasks import deliver_reminders
from submissions.rules import standing_of

NoticeKey = tuple[int, str, int, str, str]
LISTED = 30


@dataclass(frozen=True, slots=True)
class _Told:
    """What all letters of a day ask of the database, read once."""

    ladder: Mapping[str, frozenset[int]]
    steps: Mapping[NoticeKey, set[str]]
    snoozes: Mapping[tuple[int, str, int, str], Snooze]
    lines: Mapping[int, str]


@transaction.atomic
def remind_people(*, at: datetime) -> int:
    """Write today's letters and schedule their delivery; returns how many people are told.

    On days off nobody is told; what came due meanwhile is told on the next open day. A day's
    letter and each step are unique, so it may run again on the same day.
    """
    today = fiscal.local_date(at)
    if not rules.offices_open(today, today)(today):
        return 0
    occasion = f"digest:{today.isoformat()}"
    told = _Told(
        LadderDay.objects.of_year(fiscal.fiscal_year_of(today)),
        Notice.objects.all().told(),
        Snooze.objects.all().by_due(),
        _line_accounts(),
    )
    reminders: list[Reminder] = []
    notices: list[Notice] = []
    untold = _people(at).exclude(pk__in=Reminder.objects.filter(occasion=occasion).values("user"))
    for user, asked in asked_of_all(list(untold), at):
        steps = [(each, found) for each in asked if (found := _steps(each, user, today, told))]
        if steps:
            reminders.append(_letter(user, [each for each, _found in steps], told, occasion, at))
            notices += [
                Notice(
                    user=user,
                    occasion=occasion,
                    kind=each.due.kind,
                    subject_id=each.due.subject_id,
                    period_key=each.due.period_key,
                    rung=each.rung,
                    step=step,
                    told_on=today,
                )
                for each, found in steps
                for step in found
            ]
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    Notice.objects.bulk_create(notices, batch_size=500, ignore_conflicts=True)
    if Reminder.objects.waiting().exists():
        schedule(deliver_reminders, key="all", payload={})
    return len(reminders)


def _steps(asked: Asked, user: User, today: date, told: _Told) -> list[str]:
    """Return the steps of the ladder that the person is told today of one thing."""
    done = told.steps.get((user.pk, *asked.key, asked.rung), set())
    days = [int(step) for step in done if step.lstrip("-").isdecimal()]
    reached = [
        str(day) for day in steps_reached(asked.deadline, told.ladder[asked.rung], today, days)
    ]
    if asked.rung is not Rung.OWNER:
        return reached
    if asked.is_returned and asked.return_step not in done:
        reached.append(asked.return_step)
    if put_off := told.snoozes.get((user.pk, *asked.key)):
        if today < put_off.until_date:
            return []
        again = f"snoozed:{put_off.until_date.isoformat()}"
        if again not in done and today - CAUGHT_UP < put_off.until_date:
            reached.append(again)
    return reached


def _people(at: datetime) -> QuerySet[User]:
    """Active people with a role or a post today."""
    today = fiscal.local_date(at)
    return User.objects.filter(
        Q(pk__in=Membership.objects.current(today).values("user"))
        | Q(pk__in=Holding.objects.current(today).values("user")),
        is_active=True,
    ).order_by("pk")


def _line_accounts() -> dict[int, str]:
    """Return the linked LINE accounts by person, none where the portal has no channel."""
    if not WAYS[Channel.LINE].is_open():
        return {}
    linked = LineLink.objects.filter(line_user_id__isnull=False)
    return {user: account or "" for user, account in linked.values_list("user", "line_user_id")}


def _letter(
    user: User, asked: Sequence[Asked], told: _Told, occasion: str, at: datetime
) -> Reminder:
    """Put what a person is told today into one letter: the own, the agency's, the province's."""
    by_rung: dict[Rung, list[Asked]] = defaultdict(list)
    for each in asked:
        by_rung[each.rung].append(each)
    with override("th"):
        parts = []
        if own := by_rung[Rung.OWNER]:
            parts.append("\n".join([_("รายการของท่านที่ยังไม่ได้ส่ง"), *_lines(own, at)]))
        if below := by_rung[Rung.HEAD]:
            parts.append("\n".join([_("รายการของหน่วยงานท่านที่ยังไม่ได้ส่ง"), *_lines(below, at)]))
        if province := by_rung[Rung.GOVERNOR]:
            parts.append("\n".join([_("หน่วยงานที่ยังค้างส่ง"), *_by_agency(province, at)]))
        body = _(
            "เรียน %(name)s\n\n%(parts)s\n\nกรอกและส่งได้ที่ %(address)s/desk/\n\n"
            "เมื่อส่งแล้วระบบจะหยุดเตือนรายการนั้นเอง เลื่อนเตือนหรือเปิดปฏิทินได้ที่ "
            "%(address)s/desk/reminders/mine/\n"
        ) % {
            "name": user.get_full_name(),
            "parts": "\n\n".join(parts),
            "address": settings.SITE_ADDRESS,
        }
        subject = _("ท่านมีรายงานที่ต้องส่ง %(count)d รายการ") % {"count": len(by_rung[Rung.OWNER])}
        if not by_rung[Rung.OWNER]:
            subject = _("มีรายงานค้างส่ง %(count)d รายการ") % {"count": len(asked)}
    account = told.lines.get(user.pk, "")
    return Reminder(
        user=user,
        occasion=occasion,
        subject=subject,
        body=body,
        channel=Channel.LINE if account else Channel.EMAIL,
        address=account or user.email,
        created_at=at,
    )


def _lines(asked: Sequence[Asked], at: datetime) -> list[str]:
    lines = [
        _("• %(code)s %(label)s (%(period)s) ครบกำหนด %(deadline)s %(state)s")
        % {
            "code": "" if each.due.is_confidential else each.due.code,
            "label": _("เรื่องส่วนบุคคลของท่าน") if each.due.is_confidential else each.due.label,
            "period": _("ดูที่หน้า งานของฉัน") if each.due.is_confidential else each.due.period,
            "deadline": thaidates.format_date(each.deadline, "short", "th"),
            "state": _state(each, at),
        }
        for each in asked[:LISTED]
    ]
    if len(asked) > LISTED:
        lines.append(_("และอีก %(n)d รายการ") % {"n": len(asked) - LISTED})
    return lines


def _by_agency(asked: Sequence[Asked], at: datetime) -> list[str]:
    counts: dict[str, list[int]] = defaultdict(list)
    for each in asked:
        counts[each.due.agency_name].append(fiscal.days_late(at, each.deadline))
    return [
        _("• %(agency)s ค้าง %(n)d รายการ นานที่สุด %(days)d วัน")
        % {"agency": agency, "n": len(late), "days": max(late)}
        for agency, late in sorted(counts.items(), key=lambda pair: (-max(pair[1]), pair[0]))
    ]


def _state(asked: Asked, at: datetime) -> str:
    if asked.is_returned:
        return _("ส่งกลับแก้ไข: %(reason)s") % {"reason": asked.due.returned_reason}
    late = fiscal.days_late(at, asked.deadline)
    if late > 0:
        return _("เกินกำหนด %(days)d วัน") % {"days": late}
    left = fiscal.days_left(at, asked.deadline)
    return _("ครบกำหนดวันนี้") if left == 0 else _("เหลือ %(days)d วัน") % {"days": left}


@transaction.atomic
def retry_reminder(*, reminder: Reminder, by: User, at: datetime) -> Reminder:
    """Send a letter that failed once more.

    :raises Refused: if the person may not, it did not fail, or there is no address.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_retry(reminder, standing):
        raise Refused(reason, code="not_retried")
    failed = Reminder.objects.filter(pk=reminder.pk, state=Reminder.State.FAILED)
    if not failed.update(state=Reminder.State.WAITING, attempts=0, error=""):
        raise Refused(_("มีผู้อื่นส่งซ้ำไปก่อนแล้ว"), code="changed_meanwhile")
    schedule(deliver_reminders, key="all", payload={})
    record("reminders.retried", reminder, by=by, at=at)
    reminder.refresh_from_db()
    return reminder
