"""Events that nobody can change, and the seals over ranges of them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject_type: str, subject_id: int) -> Self:
        """Events of one thing."""
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def in_time_order(self) -> Self:
        return self.order_by("pk")

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)


class Event(models.Model):
    """Something that a person or the system did, written in the transaction that did it.

    The actor is kept by number and name, not by a foreign key: the log outlives accounts.
    """

    at = models.DateTimeField(_("เมื่อ"))
    verb = models.CharField(_("การกระทำ"), max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("ผู้กระทำ"), max_length=200, blank=True)
    role = models.CharField(_("บทบาท"), max_length=40, blank=True)
    agency_code = models.CharField(_("หน่วยงาน"), max_length=40, blank=True)
    address = models.GenericIPAddressField(_("ที่อยู่เครือข่าย"), null=True)
    subject_type = models.CharField(_("ประเภท"), max_length=80)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(_("เรื่อง"), max_length=300, blank=True)
    before = models.JSONField(_("ก่อน"), null=True)
    after = models.JSONField(_("หลัง"), null=True)
    reason = models.TextField(_("เหตุผล"), blank=True)
    request_id = models.CharField(max_length=80, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("เหตุการณ์")
        verbose_name_plural = _("เหตุการณ์")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_event_subject"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_label}"


class Seal(models.Model):
    """A chained hash over a range of events: a changed, removed or reordered row breaks it."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    event_count = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_id__gte=models.F("first_id")), name="audit_seal_range_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
