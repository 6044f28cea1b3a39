"""What an allocation disbursed by a month's end, and corrections of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from budget.models.books import Allocation
from common.fields import BahtField
from submissions.models import Entry, Month, entry_constraints
from submissions.workflow import COUNTED, Status


class MonthlyFigureQuerySet(models.QuerySet["MonthlyFigure"]):
    def visible_to(self, standing: Standing) -> Self:
        if standing.sees_province:
            return self
        return self.filter(allocation__in=Allocation.objects.visible_to(standing))

    def with_allocation(self) -> Self:
        return self.select_related(
            "allocation__project",
            "allocation__source",
            "allocation__spending_agency",
            "month",
            "entered_by",
        )

    def with_evidence_count(self) -> Self:
        """Annotate how many files support each figure."""
        return self.annotate(evidence_count=models.Count("evidence"))

    def for_lines_of(self, agency: Agency, year: int) -> Self:
        """Figures of what an agency spends from in a fiscal year."""
        return self.filter(allocation__spending_agency=agency, allocation__fiscal_year=year)

    def counted(self) -> Self:
        """Figures that rollups count."""
        return self.filter(status__in=[status.value for status in COUNTED])

    def waiting(self) -> Self:
        """Figures that wait for a signature, oldest first."""
        return self.filter(status=Status.SUBMITTED.value).order_by("submitted_at", "pk")

    def in_time_order(self) -> Self:
        return self.order_by("allocation_id", "month__fiscal_year_id", "month__number")


class MonthlyFigure(Entry):
    """What was disbursed to date and is obligated (outstanding) at the end of a month."""

    # Its index is that of the pair with the month.
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="monthly_figures", db_index=False
    )
    month = models.ForeignKey(Month, on_delete=models.PROTECT, related_name="monthly_figures")
    disbursed_to_date = BahtField(_("เบิกจ่ายสะสม"), null=True, blank=True)
    obligated = BahtField(_("ก่อหนี้ผูกพันคงค้าง"), null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = MonthlyFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("ผลเบิกจ่ายรายเดือน")
        verbose_name_plural = _("ผลเบิกจ่ายรายเดือน")
        constraints = [
            *entry_constraints("budget_month"),
            models.UniqueConstraint(
                fields=["allocation", "month"], name="budget_one_figure_per_month"
            ),
            models.CheckConstraint(
                condition=(Q(disbursed_to_date=None) | Q(disbursed_to_date__gte=0))
                & (Q(obligated=None) | Q(obligated__gte=0)),
                name="budget_month_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocation_id} {self.month_id}"


class Correction(models.Model):
    """That a signed month's figure was corrected: from what, to what, why; only so may it fall."""

    figure = models.ForeignKey(MonthlyFigure, on_delete=models.PROTECT, related_name="corrections")
    disbursed_before = BahtField(_("เบิกจ่ายสะสมเดิม"))
    disbursed_after = BahtField(_("เบิกจ่ายสะสมใหม่"))
    obligated_before = BahtField(_("ก่อหนี้เดิม"))
    obligated_after = BahtField(_("ก่อหนี้ใหม่"))
    reason = models.TextField(_("เหตุผล"))
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("การแก้ไขยอดเบิกจ่าย")
        verbose_name_plural = _("การแก้ไขยอดเบิกจ่าย")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="budget_correction_has_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(disbursed_after__gte=0) & Q(obligated_after__gte=0),
                name="budget_correction_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure_id} {self.disbursed_before} → {self.disbursed_after}"
