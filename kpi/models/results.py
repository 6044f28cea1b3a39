"""What people enter: results and the parts they are told apart into."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import Standing
from common.fields import MeasureField
from kpi.models.indicators import DisaggregationItem
from kpi.models.kpis import KPI
from submissions.models import Entry, Quarter, entry_constraints


class ResultQuerySet(models.QuerySet["Result"]):
    def visible_to(self, standing: Standing) -> Self:
        """Entries of readable KPIs; unsigned ones only in one's agency or province-wide."""
        readable = self.filter(kpi__in=KPI.objects.visible_to(standing))
        if standing.sees_province:
            return readable
        return readable.filter(
            Q(status__in=["approved", "accepted"]) | Q(kpi__agency__in=standing.agencies())
        )

    def for_quarter(self, quarter: Quarter) -> Self:
        return self.filter(quarter=quarter)

    def with_kpi(self) -> Self:
        return self.select_related(
            "quarter",
            "kpi__indicator",
            "kpi__scorecard__post",
            "kpi__agency",
            "entered_by",
            "submitted_by",
        )

    def with_what_a_move_asks(self) -> Self:
        """What the rules of signing, accepting and returning read, and nothing to be shown."""
        return self.select_related("quarter", "kpi__scorecard__post", "kpi__agency")


class Result(Entry):
    """One KPI's entry for one quarter: a value, or the two parts of a ratio, or not applicable."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="results")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="results")
    value = MeasureField(_("ผล"), null=True, blank=True)
    numerator = MeasureField(_("ตัวตั้ง"), null=True, blank=True)
    denominator = MeasureField(_("ตัวหาร"), null=True, blank=True)
    is_not_applicable = models.BooleanField(_("ไม่เกี่ยวข้อง"), default=False)
    not_applicable_reason = models.TextField(_("เหตุที่ไม่เกี่ยวข้อง"), blank=True)
    # A flow typed as year to date; the portal derived `value` from it.
    typed_as_ytd = models.BooleanField(default=False)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("ผลการดำเนินงาน")
        verbose_name_plural = _("ผลการดำเนินงาน")
        constraints = [
            *entry_constraints("kpi_result"),
            models.UniqueConstraint(fields=["kpi", "quarter"], name="kpi_one_result_per_quarter"),
            models.CheckConstraint(
                condition=Q(is_not_applicable=False)
                | (Q(value=None, numerator=None, denominator=None) & ~Q(not_applicable_reason="")),
                name="kpi_result_not_applicable_has_reason_and_no_value",
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None)
                | Q(numerator__isnull=False, denominator__isnull=False)
                | Q(status__in=["draft", "returned"]),
                name="kpi_result_sent_ratio_has_both_parts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "returned"])
                | Q(is_not_applicable=True)
                | Q(value__isnull=False)
                | Q(denominator__isnull=False),
                name="kpi_result_sent_has_a_figure",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0),
                name="kpi_result_denominator_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None)
                | Q(denominator__gt=0)
                | Q(numerator=None)
                | Q(numerator=0),
                name="kpi_result_nothing_over_zero_but_zero",
            ),
        ]
        indexes = [models.Index(fields=["quarter", "status"], name="kpi_result_quarter_status")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.quarter_id}"


class ResultPart(models.Model):
    """What one item of a disaggregation brings to an entry; the items of each one add up to it."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="parts")
    item = models.ForeignKey(DisaggregationItem, on_delete=models.PROTECT, related_name="parts")
    value = MeasureField(_("ผล"), null=True, blank=True)
    numerator = MeasureField(_("ตัวตั้ง"), null=True, blank=True)
    denominator = MeasureField(_("ตัวหาร"), null=True, blank=True)

    class Meta:
        verbose_name = _("ผลจำแนก")
        verbose_name_plural = _("ผลจำแนก")
        constraints = [
            models.UniqueConstraint(fields=["result", "item"], name="kpi_one_part_of_an_item"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(numerator=None, denominator=None),
                name="kpi_part_is_a_value_or_a_ratio",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0),
                name="kpi_part_denominator_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None)
                | Q(denominator__gt=0)
                | Q(numerator=None)
                | Q(numerator=0),
                name="kpi_part_nothing_over_zero_but_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id} {self.item_id}"
