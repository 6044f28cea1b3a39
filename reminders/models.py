"""To whom what was said, when: one row for each occasion and person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Reminder(models.Model):
    """A message to a person about what he or she owes; the occasion is unique, however often the task runs."""

    class State(models.TextChoices):
        WAITING = "waiting", _("รอส่ง")
        SENT = "sent", _("ส่งแล้ว")
        FAILED = "failed", _("ส่งไม่สำเร็จ")

    user = models.ForeignKey(User, verbose_name=_("ถึง"), on_delete=models.PROTECT, related_name="reminders")
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
    sent_at = models.DateTimeField(null=True, blank=True)

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
