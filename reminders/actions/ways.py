"""When people are told: put off by one, set for all."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import record
from common import fiscal
from common.dues import Due
from common.refusal import Refused
from reminders import rules
from reminders.models import DayOff, LadderDay, Snooze
from submissions.models import FiscalYear
from submissions.rules import standing_of


def _refuse(reason: str | None, code: str) -> None:
    if reason:
        raise Refused(reason, code=code)


@transaction.atomic
def snooze(*, due: Due, until_date: date, reason: str, by: User, at: datetime) -> Snooze:
    """Put off being told of something that the person owes, with a reason.

    :raises Refused: if it is not the person's own, there is no reason, or it is put off too far.
    """
    if by.pk not in due.owner_ids:
        raise Refused(_("เลื่อนเตือนได้เฉพาะรายการที่ท่านต้องส่งเอง"), code="not_yours")
    _refuse(rules.why_not_snooze(fiscal.local_date(at), until_date, reason), "not_snoozed")
    row = Snooze.objects.create(
        user=by,
        kind=due.kind,
        subject_id=due.subject_id,
        period_key=due.period_key,
        label=f"{due.code} {due.label}"[:600],
        until_date=until_date,
        reason=reason.strip(),
        made_at=at,
    )
    record("reminders.snoozed", row, by=by, at=at, after={"until": until_date}, reason=reason)
    return row


@transaction.atomic
def end_snooze(*, snooze: Snooze, by: User, at: datetime) -> None:
    """Be told again as the ladder says.

    :raises Refused: if it is somebody else's.
    """
    if snooze.user_id != by.pk:
        raise Refused(_("ยกเลิกได้เฉพาะการเลื่อนเตือนของท่านเอง"), code="not_yours")
    record("reminders.snooze_ended", snooze, by=by, at=at)
    Snooze.objects.filter(
        user=by,
        kind=snooze.kind,
        subject_id=snooze.subject_id,
        period_key=snooze.period_key,
    ).delete()


@transaction.atomic
def set_ladder(
    *, year: FiscalYear, days: Mapping[str, Sequence[int]], by: User, at: datetime
) -> None:
    """Set on which days around a deadline each rung is told in a fiscal year.

    :raises Refused: if the person may not, or the days cannot be.
    """
    _refuse(rules.why_not_set_rules(standing_of(by, fiscal.local_date(at))), "not_allowed")
    _refuse(rules.why_not_ladder(days), "days")
    before = {rung: sorted(own) for rung, own in LadderDay.objects.of_year(year.year).items()}
    LadderDay.objects.filter(fiscal_year=year).delete()
    LadderDay.objects.bulk_create(
        LadderDay(fiscal_year=year, rung=rung, days=day)
        for rung, given in days.items()
        for day in sorted(set(given))
    )
    after = {rung: sorted(set(given)) for rung, given in days.items()}
    record("reminders.ladder_set", year, by=by, at=at, before=before, after=after)


@transaction.atomic
def set_day_off(
    *, day: date, name_th: str, is_working: bool, source: str, by: User, at: datetime
) -> DayOff:
    """Add a day off that the calendar does not know, or open one that it knows.

    :raises Refused: if the person may not, or says no source.
    """
    _refuse(rules.why_not_set_rules(standing_of(by, fiscal.local_date(at))), "not_allowed")
    if not name_th.strip() or not source.strip():
        raise Refused(_("ระบุชื่อวันและที่มา เช่น มติคณะรัฐมนตรี"), code="no_source")
    wanted = {"name_th": name_th.strip(), "is_working": is_working, "source": source.strip()}
    row, _made = DayOff.objects.update_or_create(day=day, defaults=wanted)
    record("reminders.day_off_set", row, by=by, at=at, after={"day": day, **wanted})
    return row


@transaction.atomic
def remove_day_off(*, day_off: DayOff, by: User, at: datetime) -> None:
    """Follow the calendar again on a day.

    :raises Refused: if the person may not.
    """
    _refuse(rules.why_not_set_rules(standing_of(by, fiscal.local_date(at))), "not_allowed")
    record("reminders.day_off_removed", day_off, by=by, at=at, before={"day": day_off.day})
    DayOff.objects.filter(pk=day_off.pk).delete()
