"""That everyone was told of the plan: by which channel, and who acknowledged it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from strategy.models import PlanEdition, ProvinceFact


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def with_counts(self) -> Self:
        """Annotate `told` and `acknowledged`: how many agencies."""
        return self.select_related("edition__plan", "channel").annotate(
            told=Count("receipts"),
            acknowledged=Count("receipts", filter=Q(receipts__acknowledged_at__isnull=False)),
        )

    def newest_first(self) -> Self:
        return self.order_by("-told_date", "-pk")


class Announcement(models.Model):
    """That agencies were told of an edition through one of the province's channels."""

    edition = models.ForeignKey(
        PlanEdition,
        verbose_name=_("แผนฉบับ"),
        on_delete=models.PROTECT,
        related_name="announcements",
    )
    # The channels are stated facts of the province; another is added there.
    channel = models.ForeignKey(
        ProvinceFact, verbose_name=_("ช่องทาง"), on_delete=models.PROTECT, related_name="+"
    )
    told_date = models.DateField(_("วันที่แจ้ง"))
    reference = models.CharField(_("เลขที่หนังสือ / การประชุม / ที่อยู่เว็บ"), max_length=300)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("การสื่อสารแผน")
        verbose_name_plural = _("การสื่อสารแผน")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "channel", "reference"],
                name="planning_one_announcement_of_a_reference",
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.reference}"


class ReceiptQuerySet(models.QuerySet["AnnouncementReceipt"]):
    def visible_to(self, standing: Standing) -> Self:
        if standing.sees_province:
            return self
        return self.filter(agency__in=standing.agencies())

    def open(self) -> Self:
        return self.filter(acknowledged_at=None)


class AnnouncementReceipt(models.Model):
    """That an agency was told, and whether it said that it knows."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="receipts"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="receipts")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("การรับทราบแผน")
        verbose_name_plural = _("การรับทราบแผน")
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "agency"], name="planning_an_agency_is_told_once"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="planning_acknowledged_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.agency_id}"
