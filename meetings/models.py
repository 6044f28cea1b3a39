"""Committees, their seats and meetings, and what was resolved."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from common.bilingual import Named


class Committee(Named):
    """A standing committee or working group of the province."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    abbreviation_th = models.CharField(_("ชื่อย่อ"), max_length=60, blank=True)
    duties_th = models.TextField(_("หน้าที่"), blank=True)
    basis = models.TextField(_("ที่มา"), blank=True)
    # Its agendas say who is behind with spending, by how much, and what was promised.
    watches_spending = models.BooleanField(_("ติดตามการใช้จ่าย"), default=False)

    class Meta:
        verbose_name = _("คณะกรรมการ")
        verbose_name_plural = _("คณะกรรมการ")

    def __str__(self) -> str:
        return self.name_th


class CommitteeSeat(models.Model):
    """A seat on a committee: its role, and the office or person that fills it."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    role_th = models.CharField(_("ตำแหน่งในคณะกรรมการ"), max_length=200)
    holder_th = models.CharField(_("ผู้ดำรงตำแหน่ง"), max_length=300)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)

    class Meta:
        verbose_name = _("กรรมการ")
        verbose_name_plural = _("กรรมการ")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "order"], name="meetings_one_seat_at_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role_th} {self.holder_th}"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, standing: Standing) -> Self:
        """Whoever sees the province sees all; an agency those that asked it for something."""
        if standing.sees_province:
            return self
        return self.filter(resolutions__owner__in=standing.agencies()).distinct()

    def with_counts(self) -> Self:
        return self.select_related("committee").annotate(
            resolution_count=Count("resolutions"),
            open_count=Count("resolutions", filter=Q(resolutions__state="open")),
        )

    def newest_first(self) -> Self:
        return self.order_by("-held_date", "-pk")


class Meeting(models.Model):
    """One meeting of a committee."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField(_("ครั้งที่"))
    year = models.PositiveSmallIntegerField(_("ปี พ.ศ."))
    held_date = models.DateField(_("วันที่ประชุม"))
    place_th = models.CharField(_("สถานที่"), max_length=300, blank=True)
    minutes_th = models.TextField(_("บันทึกการประชุม"), blank=True)
    attendees_th = models.TextField(_("ผู้มาประชุม"), blank=True)
    agenda_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agenda_at = models.DateTimeField(_("จัดทำวาระเมื่อ"), null=True, blank=True)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    minutes_at = models.DateTimeField(_("บันทึกการประชุมเมื่อ"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("การประชุม")
        verbose_name_plural = _("การประชุม")
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"], name="meetings_one_meeting_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(agenda_at=None, agenda_by=None)
                | Q(agenda_at__isnull=False, agenda_by__isnull=False),
                name="meetings_agenda_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(minutes_at=None, minutes_by=None)
                | Q(minutes_at__isnull=False, minutes_by__isnull=False),
                name="meetings_minutes_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.number}/{self.year}"


class AgendaItem(models.Model):
    """One item of a meeting's agenda as it stood when it was made, and what was said of it.

    `table` holds `heads`, `rows` of texts and `numeric`, the places of the columns set to the right;
    it is a snapshot: figures that move later do not change an agenda that was sent out.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    number = models.PositiveSmallIntegerField(_("วาระที่"))
    title_th = models.CharField(_("เรื่อง"), max_length=300)
    text_th = models.TextField(_("รายละเอียด"), blank=True)
    table: Any = models.JSONField(default=dict, blank=True)
    minutes_th = models.TextField(_("ที่ประชุมพิจารณา"), blank=True)

    class Meta:
        verbose_name = _("ระเบียบวาระ")
        verbose_name_plural = _("ระเบียบวาระ")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="meetings_one_agenda_item_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.number} {self.title_th[:80]}"


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def open(self) -> Self:
        return self.filter(state=Resolution.State.OPEN)

    def visible_to(self, standing: Standing) -> Self:
        """Whoever sees the province sees all; an agency what was asked of it."""
        if standing.sees_province:
            return self
        return self.filter(owner__in=standing.agencies())

    def with_meeting(self) -> Self:
        return self.select_related("owner", "meeting__committee")

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_date__lt=day)

    def in_due_order(self) -> Self:
        return self.order_by("due_date", "pk")


class Resolution(models.Model):
    """Something a meeting asked for: by whom, until when, and how far it is."""

    class State(models.TextChoices):
        OPEN = "open", _("กำลังดำเนินการ")
        DONE = "done", _("เสร็จแล้ว")
        DROPPED = "dropped", _("ยกเลิก")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    text_th = models.TextField(_("มติ / ข้อสั่งการ"))
    owner = models.ForeignKey(
        Agency, verbose_name=_("เจ้าภาพ"), on_delete=models.PROTECT, related_name="resolutions"
    )
    due_date = models.DateField(_("กำหนดเสร็จ"))
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.OPEN)
    progress_th = models.TextField(_("ความคืบหน้า"), blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("มติ / ข้อสั่งการ")
        verbose_name_plural = _("มติ / ข้อสั่งการ")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="meetings_one_resolution_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="meetings_resolution_closed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(closed_at__isnull=False),
                name="meetings_ended_resolution_is_stamped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text_th[:80]}"
