"""Rows that make a lost, late or doubled message harmless."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def waiting(self) -> Self:
        return self.filter(state=JobRun.State.WAITING)

    def failed(self) -> Self:
        return self.filter(state=JobRun.State.FAILED)


class JobRun(models.Model):
    """A piece of deferred work, written in the transaction of the change that asks for it.

    `key` says what the work is about; at most one row of a task and key waits at a time, so asking
    twice before it ran is asking once. The message only says which row; a message that comes twice
    finds the row taken, and a row whose message was lost is sent again by beat.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("รอ")
        RUNNING = "running", _("กำลังทำ")
        DONE = "done", _("เสร็จ")
        FAILED = "failed", _("ไม่สำเร็จ")

    task = models.CharField(_("งาน"), max_length=120)
    key = models.CharField(_("เรื่อง"), max_length=200)
    payload: Any = models.JSONField(default=dict)
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("ครั้งที่ทำ"), default=0)
    created_at = models.DateTimeField(_("ขอเมื่อ"))
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_label = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("งานเบื้องหลัง")
        verbose_name_plural = _("งานเบื้องหลัง")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "key"],
                condition=Q(state="waiting"),
                name="jobruns_one_waiting_row_per_task_and_key",
            )
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="jobruns_state_created")]

    def __str__(self) -> str:
        return f"{self.task} {self.key}"


class Heartbeat(models.Model):
    """When a process was last seen alive."""

    name = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
