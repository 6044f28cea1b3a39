"""Money per project, source, type, fiscal year and origin year; monthly figures; Cabinet targets."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from common.bilingual import Named
from common.fields import BahtField, MeasureField
from projects.models import Project
from submissions.models import Entry, FiscalYear, Month, entry_constraints


class BudgetSource(Named):
    """Where money comes from."""

    code = models.CharField(_("รหัส"), max_length=20, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("แหล่งงบประมาณ")
        verbose_name_plural = _("แหล่งงบประมาณ")

    def __str__(self) -> str:
        return self.name_th


class ExpenditureType(models.TextChoices):
    """รายจ่ายลงทุน / รายจ่ายประจำ."""

    INVESTMENT = "investment", _("รายจ่ายลงทุน")
    RECURRENT = "recurrent", _("รายจ่ายประจำ")


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, standing: Standing) -> Self:
        if standing.sees_province:
            return self
        return self.filter(Q(spending_agency__in=standing.agencies()) | Q(owner_agency__in=standing.agencies()))

    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Allocation(models.Model):
    """Appropriation → transfers → revised → allotted, for one project, source, type, year and origin year.

    The budget owner holds the money, the spending agency spends and reports it. Source: measures.md §7.
    """

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    project = models.ForeignKey(
        Project, verbose_name=_("โครงการ"), null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )
    name_th = models.CharField(_("รายการ"), max_length=500, blank=True)
    source = models.ForeignKey(BudgetSource, verbose_name=_("แหล่งงบประมาณ"), on_delete=models.PROTECT, related_name="allocations")
    expenditure_type = models.CharField(_("ประเภทรายจ่าย"), max_length=10, choices=ExpenditureType)
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="allocations")
    # The year whose budget it is; earlier than the fiscal year for money carried over.
    origin_year = models.PositiveSmallIntegerField(_("ปีงบประมาณต้นทาง"))
    owner_agency = models.ForeignKey(
        Agency, verbose_name=_("เจ้าของงบประมาณ"), on_delete=models.PROTECT, related_name="allocations_owned"
    )
    spending_agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงานผู้เบิกจ่าย"), on_delete=models.PROTECT, related_name="allocations"
    )
    appropriation = BahtField(_("งบประมาณตาม พ.ร.บ."), default=0)
    transferred_in = BahtField(_("โอนเข้า"), default=0)
    transferred_out = BahtField(_("โอนออก"), default=0)
    revised = BahtField(_("งบประมาณหลังโอนเปลี่ยนแปลง"), default=0)
    allotted = BahtField(_("ได้รับจัดสรร"), default=0)
    # The latest signed month's figures, kept by rollups for the constraints of one row.
    disbursed = BahtField(_("เบิกจ่ายสะสม"), default=0)
    obligated = BahtField(_("ก่อหนี้ผูกพันคงค้าง"), default=0)
    reserved_with_obligation = BahtField(_("กันเงินมีหนี้ผูกพัน"), default=0)
    reserved_without_obligation = BahtField(_("กันเงินไม่มีหนี้ผูกพัน"), default=0)
    returned = BahtField(_("ส่งคืน"), default=0)
    savings = BahtField(_("เงินเหลือจ่าย"), default=0)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายการงบประมาณ")
        verbose_name_plural = _("รายการงบประมาณ")
        constraints = [
            models.CheckConstraint(
                condition=Q(appropriation__gte=0)
                & Q(transferred_in__gte=0)
                & Q(transferred_out__gte=0)
                & Q(allotted__gte=0)
                & Q(disbursed__gte=0)
                & Q(obligated__gte=0)
                & Q(reserved_with_obligation__gte=0)
                & Q(reserved_without_obligation__gte=0)
                & Q(returned__gte=0)
                & Q(savings__gte=0),
                name="budget_nothing_negative",
            ),
            models.CheckConstraint(
                condition=Q(revised=F("appropriation") + F("transferred_in") - F("transferred_out")),
                name="budget_revised_is_appropriation_and_transfers",
            ),
            models.CheckConstraint(condition=Q(allotted__lte=F("revised")), name="budget_allotted_within_revised"),
            models.CheckConstraint(
                condition=Q(
                    allotted__gte=F("disbursed")
                    + F("obligated")
                    + F("reserved_without_obligation")
                    + F("returned")
                ),
                name="budget_spent_within_allotted",
            ),
            models.CheckConstraint(
                condition=Q(reserved_with_obligation__lte=F("obligated")), name="budget_reserve_within_obligation"
            ),
            models.CheckConstraint(
                condition=Q(origin_year__lte=F("fiscal_year_id")), name="budget_origin_not_after_the_year"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transfer(models.Model):
    """Money moved from one allocation to another of the same fiscal year; the legs sum to zero by shape."""

    from_allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="transfers_out")
    to_allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="transfers_in")
    amount = BahtField(_("จำนวนเงิน"))
    decided_date = models.DateField(_("วันที่อนุมัติ"))
    reason = models.TextField(_("เหตุผล"))
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("โอนเปลี่ยนแปลง")
        verbose_name_plural = _("โอนเปลี่ยนแปลง")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_transfer_positive"),
            models.CheckConstraint(
                condition=~Q(from_allocation=F("to_allocation")), name="budget_transfer_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_allocation_id} → {self.to_allocation_id}"


class MonthlyFigureQuerySet(models.QuerySet["MonthlyFigure"]):
    def visible_to(self, standing: Standing) -> Self:
        if standing.sees_province:
            return self
        return self.filter(allocation__in=Allocation.objects.visible_to(standing))


class MonthlyFigure(Entry):
    """What was disbursed to date and is obligated (outstanding) at the end of a month."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="monthly_figures")
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
            models.UniqueConstraint(fields=["allocation", "month"], name="budget_one_figure_per_month"),
            models.CheckConstraint(
                condition=(Q(disbursed_to_date=None) | Q(disbursed_to_date__gte=0))
                & (Q(obligated=None) | Q(obligated__gte=0)),
                name="budget_month_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocation_id} {self.month_id}"


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

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="cabinet_targets")
    quarter = models.PositiveSmallIntegerField(_("ไตรมาส"))
    category = models.CharField(_("ประเภท"), max_length=10, choices=Category)
    measure = models.CharField(_("วัดจาก"), max_length=12, choices=Measure)
    percent = MeasureField(_("ร้อยละ"))
    kind = models.CharField(_("ชนิด"), max_length=10, choices=Kind)
    source = models.TextField(_("ที่มา"))
    is_verified = models.BooleanField(_("ตรวจสอบแล้ว"), default=False)

    class Meta:
        verbose_name = _("เป้าหมายตามมติคณะรัฐมนตรี")
        verbose_name_plural = _("เป้าหมายตามมติคณะรัฐมนตรี")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "quarter", "category", "measure"], name="budget_one_cabinet_target"
            ),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="budget_cabinet_quarter_1_to_4"),
            models.CheckConstraint(condition=Q(percent__gte=0), name="budget_cabinet_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} q{self.quarter} {self.category} {self.measure}"
