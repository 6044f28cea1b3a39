"""Contracts of an allocation, and the dates by which contracts are to be signed."""

from collections.abc import Collection
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import Standing
from budget.models.books import Allocation
from common.fields import BahtField
from submissions.models import FiscalYear


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, standing: Standing) -> Self:
        """Those who see the allocation see its contracts."""
        if standing.sees_province:
            return self
        return self.filter(allocation__in=Allocation.objects.visible_to(standing))

    def for_year(self, year: int) -> Self:
        return self.filter(allocation__fiscal_year=year)

    def unsigned(self) -> Self:
        """Contracts that are still to be signed."""
        return self.filter(signed_date=None, cancelled_reason="")

    def of_agencies(self, agencies: Collection[int]) -> Self:
        return self.filter(allocation__spending_agency__in=agencies)

    def with_allocation(self) -> Self:
        return self.select_related(
            "allocation__project", "allocation__source", "allocation__spending_agency"
        )

    def in_code_order(self) -> Self:
        return self.order_by("allocation__code", "pk")


class Contract(models.Model):
    """Something to be bought under an allocation; unsigned until a date says otherwise.

    The date by which it is due to be signed is its own, where one is set, else that of its kind.
    """

    class Kind(models.TextChoices):
        SINGLE_YEAR = "single_year", _("รายการปีเดียว")
        NEW_MULTI_YEAR = "new_multi", _("ผูกพันใหม่")
        OLD_MULTI_YEAR = "old_multi", _("ผูกพันเดิม")

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(_("ชนิดรายการ"), max_length=12, choices=Kind)
    name_th = models.CharField(_("รายการจัดซื้อจัดจ้าง"), max_length=500)
    amount = BahtField(_("วงเงิน (บาท)"))
    own_due_date = models.DateField(_("กำหนดลงนามเฉพาะรายการ"), null=True, blank=True)
    signed_date = models.DateField(_("วันที่ลงนาม"), null=True, blank=True)
    number = models.CharField(_("เลขที่สัญญา"), max_length=120, blank=True)
    party_th = models.CharField(_("คู่สัญญา"), max_length=300, blank=True)
    cancelled_reason = models.TextField(_("เหตุผลที่ยกเลิก"), blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("สัญญา")
        verbose_name_plural = _("สัญญา")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_contract_positive"),
            models.CheckConstraint(
                condition=Q(signed_date=None, number="")
                | (Q(signed_date__isnull=False) & ~Q(number="")),
                name="budget_contract_signed_with_its_number",
            ),
            models.CheckConstraint(
                condition=Q(signed_date=None) | Q(cancelled_reason=""),
                name="budget_contract_signed_or_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.name_th


class SigningDeadlineQuerySet(models.QuerySet["SigningDeadline"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def by_kind(self, year: int) -> dict[str, date]:
        """Return the known dates by the contract's kind."""
        return dict(self.for_year(year).values_list("kind", "due_date"))


class SigningDeadline(models.Model):
    """By when contracts of a kind are to be signed in a fiscal year; unknown kinds have no row."""

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="signing_deadlines"
    )
    kind = models.CharField(_("ชนิดรายการ"), max_length=12, choices=Contract.Kind)
    due_date = models.DateField(_("ต้องลงนามภายใน"))
    source = models.TextField(_("ที่มา"))
    is_verified = models.BooleanField(_("ตรวจสอบแล้ว"), default=False)

    objects = SigningDeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("กำหนดลงนามสัญญา")
        verbose_name_plural = _("กำหนดลงนามสัญญา")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "kind"], name="budget_one_signing_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} {self.kind} {self.due_date}"
