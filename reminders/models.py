"""To whom what was said, when: one row for each occasion and person."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


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
    """A message to a person about what he or she owes.

    The occasion is unique, however often the task runs.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("รอส่ง")
        # Claimed by a worker. One that died here is not tried again: nobody is told twice.
        SENDING = "sending", _("กำลังส่ง")
        SENT = "sent", _("ส่งแล้ว")
        FAILED = "failed", _("ส่งไม่สำเร็จ")

    user = models.ForeignKey(
        User, verbose_name=_("ถึง"), on_delete=models.PROTECT, related_name="reminders"
    )
    # Such as "due:2570-q1:before" or "disbursement:2570-m03:on".
    occasion = models.CharField(_("โอกาส"), max_length=120)
    subject = models.CharField(_("เรื่อง"), max_length=300)
    body = models.TextField(_("ข้อความ"))
    address = models.CharField(_("ส่งไปที่"), max_length=254, blank=True)
    channel = models.CharField(_("ช่องทาง"), max_length=20, default="email")
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
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

    def __str__(self) -> str:
        return f"{self.user_id} {self.occasion}"
