"""SWOT with its evidence, TOWS, and the approaches that came of them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import MeasureField
from kpi.models import KPI
from planning.models.needs import Need
from strategy.models import Approach, PlanEdition, ProvinceFact


class SwotFactorQuerySet(models.QuerySet["SwotFactor"]):
    def of_edition(self, edition: PlanEdition) -> Self:
        return self.filter(edition=edition)

    def with_evidence(self) -> Self:
        return self.prefetch_related("evidence__kpi__indicator", "evidence__need", "evidence__fact")

    def in_rank_order(self) -> Self:
        """By kind, the weightiest first."""
        return self.order_by("kind", "-importance", "number")


class SwotFactor(models.Model):
    """A strength, weakness, opportunity or threat that an edition of the plan stands on."""

    class Kind(models.TextChoices):
        STRENGTH = "S", _("จุดแข็ง")
        WEAKNESS = "W", _("จุดอ่อน")
        OPPORTUNITY = "O", _("โอกาส")
        THREAT = "T", _("ภัยคุกคาม")

    INTERNAL = ("S", "W")

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="swot_factors")
    kind = models.CharField(_("ชนิด"), max_length=1, choices=Kind)
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    text_th = models.TextField(_("ปัจจัย"))
    group_th = models.CharField(_("กลุ่ม"), max_length=120, blank=True)
    importance = models.PositiveSmallIntegerField(_("ความสำคัญ 1–5"))
    # Goes on with the words, the weight and what shows them.
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = SwotFactorQuerySet.as_manager()

    class Meta:
        verbose_name = _("ปัจจัย SWOT")
        verbose_name_plural = _("ปัจจัย SWOT")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "number"], name="planning_one_factor_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(importance__range=(1, 5)), name="planning_importance_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text_th[:60]}"

    @property
    def code(self) -> str:
        return f"{self.kind}{self.number}"


class FactorEvidence(models.Model):
    """What shows a factor: a KPI, a need, a stated fact, or a figure with its source."""

    factor = models.ForeignKey(SwotFactor, on_delete=models.CASCADE, related_name="evidence")
    kpi = models.ForeignKey(
        KPI, null=True, blank=True, on_delete=models.PROTECT, related_name="swot_evidence"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="swot_evidence"
    )
    fact = models.ForeignKey(
        ProvinceFact, null=True, blank=True, on_delete=models.PROTECT, related_name="swot_evidence"
    )
    label_th = models.CharField(_("ข้อมูล"), max_length=300, blank=True)
    value = MeasureField(_("ค่า"), null=True, blank=True)
    unit_th = models.CharField(_("หน่วย"), max_length=80, blank=True)
    source_th = models.CharField(_("ที่มา"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("หลักฐานของปัจจัย")
        verbose_name_plural = _("หลักฐานของปัจจัย")
        constraints = [
            models.CheckConstraint(
                condition=Q(kpi__isnull=False, need=None, fact=None, label_th="")
                | Q(kpi=None, need__isnull=False, fact=None, label_th="")
                | Q(kpi=None, need=None, fact__isnull=False, label_th="")
                | (Q(kpi=None, need=None, fact=None) & ~Q(label_th="") & ~Q(source_th="")),
                name="planning_evidence_is_one_thing_with_its_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.factor_id} {self.label_th[:60]}"


class TowsStrategy(models.Model):
    """What an internal and an external factor together ask for, and the approaches it became."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="tows")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    text_th = models.TextField(_("กลยุทธ์ที่ได้"))
    factors = models.ManyToManyField(SwotFactor, verbose_name=_("ปัจจัย"), related_name="tows")
    approaches = models.ManyToManyField(
        Approach, verbose_name=_("แนวทางการพัฒนา"), blank=True, related_name="tows"
    )
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("กลยุทธ์ TOWS")
        verbose_name_plural = _("กลยุทธ์ TOWS")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], name="planning_one_tows_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text_th[:60]}"
