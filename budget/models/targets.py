"""What the Cabinet asks to be spent, and until when contracts are to be signed."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import MeasureField
from submissions.models import FiscalYear


class CabinetTargetQuerySet(models.QuerySet["CabinetTarget"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def lines(self, year: int) -> dict[tuple[str, str], dict[int, Decimal]]:
        """Return the known quarter ends by (measure, category); what is unknown has no key."""
        lines: dict[tuple[str, str], dict[int, Decimal]] = {}
        for target in self.for_year(year):
            lines.setdefault((target.measure, target.category), {})[target.quarter] = target.percent
        return lines


class CabinetTarget(models.Model):
    """What the Cabinet asks to be spent by a quarter's end; unknown quarters have no row."""

    class Measure(models.TextChoices):
        DISBURSEMENT = "disbursement", _("เบิกจ่าย")
        SPENDING = "spending", _("ใช้จ่าย")

    class Category(models.TextChoices):
        OVERALL = "overall", _("ภาพรวม")
        INVESTMENT = "investment", _("รายจ่ายลงทุน")
        RECURRENT = "recurrent", _("รายจ่ายประจำ")

    class Kind(models.TextChoices):
        CABINET = "cabinet", _("มติคณะรัฐมนตรี")
        ASSUMPTION = "assumption", _("สมมติฐาน")
        SAMPLE = "sample", _("ตัวอย่าง")

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="cabinet_targets"
    )
    quarter = models.PositiveSmallIntegerField(_("ไตรมาส"))
    category = models.CharField(_("ประเภท"), max_length=10, choices=Category)
    measure = models.CharField(_("วัดจาก"), max_length=12, choices=Measure)
    percent = MeasureField(_("ร้อยละ"))
    kind = models.CharField(_("ชนิด"), max_length=10, choices=Kind)
    source = models.TextField(_("ที่มา"))
    is_verified = models.BooleanField(_("ตรวจสอบแล้ว"), default=False)

    objects = CabinetTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("เป้าหมายตามมติคณะรัฐมนตรี")
        verbose_name_plural = _("เป้าหมายตามมติคณะรัฐมนตรี")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "quarter", "category", "measure"],
                name="budget_one_cabinet_target",
            ),
            models.CheckConstraint(
                condition=Q(quarter__range=(1, 4)), name="budget_cabinet_quarter_1_to_4"
            ),
            models.CheckConstraint(condition=Q(percent__gte=0), name="budget_cabinet_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} q{self.quarter} {self.category} {self.measure}"
