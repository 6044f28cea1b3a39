"""To whom what was said, when, and by which way; who wants to be told when, and where."""

import uuid
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from submissions.models import FiscalYear


class Rung(models.TextChoices):
    """Whom a reminder climbs to."""

    OWNER = "owner", _("ผู้รับผิดชอบ")
    HEAD = "head", _("หัวหน้าส่วนราชการ")
    GOVERNOR = "governor", _("สำนักงานผู้ว่าราชการจังหวัด")


# Where a year says nothing of its own (negative: before the deadline).
USUAL_DAYS: dict[str, tuple[int, ...]] = {
    Rung.OWNER: (-3, 0, 1, 3, 7),
    Rung.HEAD: (1, 3, 7),
    Rung.GOVERNOR: (7, 14),
}


class LadderDayQuerySet(models.QuerySet["LadderDay"]):
    def of_year(self, year: int) -> dict[str, frozenset[int]]:
        """Return the days by rung; a year without its own takes the usual ones."""
        own: dict[str, set[int]] = {}
        for rung, days in self.filter(fiscal_year=year).values_list("rung", "days"):
            own.setdefault(rung, set()).add(days)
        if not own:
            return {rung: frozenset(days) for rung, days in USUAL_DAYS.items()}
        return {rung: frozenset(own.get(rung, ())) for rung in Rung.values}


class LadderDay(models.Model):
    """A day around the deadline on which a rung of the ladder is told."""

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="ladder")
    rung = models.CharField(_("ถึงใคร"), max_length=10, choices=Rung)
    days = models.SmallIntegerField(_("กี่วันจากครบกำหนด"))

    objects = LadderDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("วันเตือน")
        verbose_name_plural = _("วันเตือน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "rung", "days"], name="reminders_one_ladder_day"
            ),
            models.CheckConstraint(
                condition=Q(days__range=(-60, 60)), name="reminders_ladder_day_near"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} {self.rung} {self.days}"


class DayOffQuerySet(models.QuerySet["DayOff"]):
    def between(self, first: date, last: date) -> Self:
        return self.filter(day__range=(first, last))

    def in_time_order(self) -> Self:
        return self.order_by("day")


class DayOff(models.Model):
    """A day that the calendar of public holidays does not know, or knows wrongly."""

    day = models.DateField(_("วันที่"), unique=True)
    name_th = models.CharField(_("ชื่อวัน"), max_length=200)
    # A holiday of the calendar on which offices work after all.
    is_working = models.BooleanField(_("เปิดทำการ"), default=False)
    source = models.CharField(_("ที่มา"), max_length=300)

    objects = DayOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("วันหยุดที่เพิ่มหรือยกเลิก")
        verbose_name_plural = _("วันหยุดที่เพิ่มหรือยกเลิก")

    def __str__(self) -> str:
        return f"{self.day} {self.name_th}"


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def by_due(self) -> dict[tuple[int, str, int, str], "Snooze"]:
        """Return the latest by (person, kind, subject, period)."""
        return {
            (row.user_id, row.kind, row.subject_id, row.period_key): row
            for row in self.order_by("pk")
        }


class Snooze(models.Model):
    """That a person put off being told of something until a day, and why."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="snoozes")
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    period_key = models.CharField(max_length=40)
    label = models.CharField(_("เรื่อง"), max_length=600)
    until_date = models.DateField(_("เตือนอีกครั้ง"))
    reason = models.CharField(_("เหตุผล"), max_length=300)
    made_at = models.DateTimeField()

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("การเลื่อนเตือน")
        verbose_name_plural = _("การเลื่อนเตือน")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reminders_snooze_has_its_reason")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.label} {self.until_date}"


class Channel(models.TextChoices):
    """The ways to a person."""

    EMAIL = "email", _("อีเมล")
    LINE = "line", _("LINE")


class LineLink(models.Model):
    """A person's LINE account: a code that was shown, or the account that sent it back."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="line_link")
    code = models.CharField(max_length=12, unique=True, null=True, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    line_user_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    linked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("บัญชี LINE")
        verbose_name_plural = _("บัญชี LINE")
        constraints = [
            models.CheckConstraint(
                condition=Q(line_user_id=None, linked_at=None)
                | Q(line_user_id__isnull=False, linked_at__isnull=False),
                name="reminders_line_linked_and_when",
            )
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class CalendarFeed(models.Model):
    """A secret address of a person's deadlines; only its digest is kept."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="calendar_feed")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("เปิดเมื่อ"))
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ปฏิทิน")
        verbose_name_plural = _("ปฏิทิน")

    def __str__(self) -> str:
        return str(self.user_id)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def waiting(self) -> Self:
        return self.filter(state=Reminder.State.WAITING)

    def stuck(self, before: datetime) -> Self:
        """Claimed, and never heard of again."""
        return self.filter(state=Reminder.State.SENDING, claimed_at__lt=before)

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def matching(self, text: str) -> Self:
        return self.filter(
            Q(subject__icontains=text)
            | Q(user__full_name_th__icontains=text)
            | Q(user__username__icontains=text)
        )


class Reminder(models.Model):
    """A day's letter to a person by one way; the occasion is unique, however often the task runs."""

    class State(models.TextChoices):
        WAITING = "waiting", _("รอส่ง")
        # Claimed by a worker. Where the way cannot tell a second letter from the first, one that
        # died here is not tried again: nobody is told twice.
        SENDING = "sending", _("กำลังส่ง")
        SENT = "sent", _("ส่งแล้ว")
        FAILED = "failed", _("ส่งไม่สำเร็จ")

    user = models.ForeignKey(
        User, verbose_name=_("ถึง"), on_delete=models.PROTECT, related_name="reminders"
    )
    # Such as "digest:2027-01-15".
    occasion = models.CharField(_("โอกาส"), max_length=120)
    subject = models.CharField(_("เรื่อง"), max_length=300)
    body = models.TextField(_("ข้อความ"))
    address = models.CharField(_("ส่งไปที่"), max_length=254, blank=True)
    channel = models.CharField(_("ช่องทาง"), max_length=20, choices=Channel, default=Channel.EMAIL)
    # The same for every try, so that a way that knows it drops the second.
    retry_key = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("ครั้งที่ส่ง"), default=0)
    error = models.TextField(_("เหตุที่ส่งไม่ได้"), blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("ส่งเมื่อ"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("การเตือน")
        verbose_name_plural = _("การเตือน")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "occasion", "channel"], name="reminders_one_for_each_occasion"
            )
        ]
        indexes = [models.Index(fields=["state", "claimed_at"], name="reminders_state_claimed")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.occasion}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def told(self) -> dict[tuple[int, str, int, str, str], set[str]]:
        """Return the steps told by (person, kind, subject, period, rung)."""
        steps: dict[tuple[int, str, int, str, str], set[str]] = {}
        for user, kind, subject, period, rung, step in self.values_list(
            "user_id", "kind", "subject_id", "period_key", "rung", "step"
        ):
            steps.setdefault((user, kind, subject, period, rung), set()).add(step)
        return steps


class Notice(models.Model):
    """That a step of the ladder was put into a person's letter of a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    occasion = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    period_key = models.CharField(max_length=40)
    rung = models.CharField(max_length=10, choices=Rung)
    # "-3", "0", "7" around the deadline; "returned:…" and "snoozed:…" for their occasions.
    step = models.CharField(max_length=40)
    told_on = models.DateField()

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject_id", "period_key", "rung", "step"],
                name="reminders_one_notice_of_a_step",
            )
        ]
        indexes = [models.Index(fields=["told_on"], name="reminders_told_on")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.subject_id} {self.rung} {self.step}"
