"""Money per project, source, type, year and origin year; monthly figures; Cabinet targets."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from budget import scoring
from common.bilingual import Named
from common.fields import BahtField, MeasureField
from projects.models import Project
from submissions.models import Entry, FiscalYear, Month, PeriodState, entry_constraints
from submissions.workflow import COUNTED, Status


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
        agencies = standing.agencies()
        return self.filter(Q(spending_agency__in=agencies) | Q(owner_agency__in=agencies))

    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def of_the_year_itself(self) -> Self:
        """Leave out money carried over from earlier years, which the Cabinet's rates leave out."""
        return self.filter(origin_year=F("fiscal_year_id"))

    def with_owner_and_spender(self) -> Self:
        return self.select_related(
            "project__issue", "source", "owner_agency", "spending_agency", "fiscal_year"
        )

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Allocation(models.Model):
    """Appropriation → transfers → revised → allotted, per project, source, type and two years.

    The budget owner holds the money, the spending agency spends and reports it.
    Source: measures.md §7.
    """

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    project = models.ForeignKey(
        Project,
        verbose_name=_("โครงการ"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="allocations",
    )
    name_th = models.CharField(_("รายการ"), max_length=500, blank=True)
    source = models.ForeignKey(
        BudgetSource,
        verbose_name=_("แหล่งงบประมาณ"),
        on_delete=models.PROTECT,
        related_name="allocations",
    )
    expenditure_type = models.CharField(_("ประเภทรายจ่าย"), max_length=10, choices=ExpenditureType)
    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="allocations"
    )
    # The year whose budget it is; earlier than the fiscal year for money carried over.
    origin_year = models.PositiveSmallIntegerField(_("ปีงบประมาณต้นทาง"))
    owner_agency = models.ForeignKey(
        Agency,
        verbose_name=_("เจ้าของงบประมาณ"),
        on_delete=models.PROTECT,
        related_name="allocations_owned",
    )
    spending_agency = models.ForeignKey(
        Agency,
        verbose_name=_("หน่วยงานผู้เบิกจ่าย"),
        on_delete=models.PROTECT,
        related_name="allocations",
    )
    appropriation = BahtField(_("งบประมาณตาม พ.ร.บ."), default=0)
    outside = BahtField(_("เงินจากภายนอก"), default=0)
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
                & Q(outside__gte=0)
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
                condition=Q(
                    revised=F("appropriation")
                    + F("outside")
                    + F("transferred_in")
                    - F("transferred_out")
                ),
                name="budget_revised_is_appropriation_and_transfers",
            ),
            models.CheckConstraint(
                condition=Q(allotted__lte=F("revised")), name="budget_allotted_within_revised"
            ),
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
                condition=Q(reserved_with_obligation__lte=F("obligated")),
                name="budget_reserve_within_obligation",
            ),
            models.CheckConstraint(
                condition=Q(origin_year__lte=F("fiscal_year_id")),
                name="budget_origin_not_after_the_year",
            ),
            models.UniqueConstraint(
                fields=[
                    "project",
                    "source",
                    "expenditure_type",
                    "fiscal_year",
                    "origin_year",
                    "spending_agency",
                ],
                condition=Q(project__isnull=False),
                name="budget_one_allocation_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["fiscal_year", "spending_agency"], name="budget_year_agency")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The project's name, or the item's own; read with `with_owner_and_spender`."""
        return self.name_th or (self.project.name if self.project else self.code)

    @property
    def position(self) -> scoring.Position:
        """The money of this row, for the pure rules."""
        return scoring.Position(
            appropriation=self.appropriation,
            outside=self.outside,
            transferred_in=self.transferred_in,
            transferred_out=self.transferred_out,
            allotted=self.allotted,
            obligated=self.obligated,
            disbursed=self.disbursed,
            savings=self.savings,
            reserved_obligated=self.reserved_with_obligation,
            reserved_free=self.reserved_without_obligation,
            returned=self.returned,
        )

    @property
    def is_carried_over(self) -> bool:
        """Whether the money belongs to an earlier year."""
        return scoring.is_carried_over(self.fiscal_year_id, self.origin_year)


class Transfer(models.Model):
    """Money moved between two allocations of a fiscal year; its legs sum to zero by shape."""

    from_allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="transfers_out"
    )
    to_allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="transfers_in"
    )
    amount = BahtField(_("จำนวนเงิน"))
    decided_date = models.DateField(_("วันที่อนุมัติ"))
    reason = models.TextField(_("เหตุผล"))
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
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


class OutsideReceipt(models.Model):
    """Money that came from outside the budget act: the central fund or private givers."""

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="receipts")
    amount = BahtField(_("จำนวนเงิน"))
    received_date = models.DateField(_("วันที่รับ"))
    reference = models.CharField(_("หนังสืออ้างอิง"), max_length=300)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("เงินจากภายนอก")
        verbose_name_plural = _("เงินจากภายนอก")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_receipt_positive")
        ]

    def __str__(self) -> str:
        return f"{self.allocation_id} {self.amount}"


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

    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="monthly_figures"
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


class MoneyScopeQuerySet(models.QuerySet["MoneyScope"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def stale(self) -> Self:
        """Scopes whose inputs changed since they were computed."""
        return self.filter(computed_version__lt=F("inputs_version"))


class MoneyScope(models.Model):
    """Something whose money is summed over a fiscal year: the province or a part of it.

    `subject_id` is the primary key of the agency (as spender), owner (as budget holder), issue,
    project or source; 0 for the province and for money without an issue.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", _("จังหวัด")
        AGENCY = "agency", _("หน่วยงานผู้เบิกจ่าย")
        OWNER = "owner", _("เจ้าของงบประมาณ")
        ISSUE = "issue", _("ประเด็นการพัฒนา")
        PROJECT = "project", _("โครงการ")
        SOURCE = "source", _("แหล่งงบประมาณ")

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="money_scopes"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    subject_id = models.BigIntegerField(default=0)
    inputs_version = models.PositiveIntegerField(default=1)
    computed_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    objects = MoneyScopeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "kind", "subject_id"], name="budget_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(computed_version__lte=F("inputs_version")),
                name="budget_scope_not_newer_than_its_inputs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} {self.kind} {self.subject_id}"


class MoneyFigureQuerySet(models.QuerySet["MoneyFigure"]):
    def for_year(self, year: int) -> Self:
        return self.filter(scope__fiscal_year_id=year)

    def of_kind(self, kind: str) -> Self:
        return self.filter(scope__kind=kind)

    def of_subjects(self, kind: str, subject_ids: Iterable[int]) -> Self:
        return self.filter(scope__kind=kind, scope__subject_id__in=list(subject_ids))

    def published(self) -> Self:
        """Figures of months whose quarter is published, for those who do not sign in."""
        published = Month.objects.filter(
            fiscal_year=models.OuterRef("scope__fiscal_year"),
            number=models.OuterRef("month"),
            state=PeriodState.PUBLISHED,
        )
        return self.filter(models.Exists(published))

    def of_the_year_itself(self) -> Self:
        return self.filter(is_carried_over=False)

    def up_to(self, month: int) -> Self:
        return self.filter(month__lte=month)

    def with_scope(self) -> Self:
        return self.select_related("scope")

    def in_month_order(self) -> Self:
        return self.order_by("scope_id", "is_carried_over", "expenditure_type", "month")


class MoneyFigure(models.Model):
    """The money of a scope at the end of a fiscal month: written by rollups only.

    `expenditure_type` is "" for both together. An allocation without a signed figure for the month
    stands with its last one, and `reported` of `due` allocations says how many have their own.
    """

    scope = models.ForeignKey(MoneyScope, on_delete=models.CASCADE, related_name="figures")
    month = models.PositiveSmallIntegerField()
    expenditure_type = models.CharField(
        max_length=10, choices=ExpenditureType, blank=True, default=""
    )
    is_carried_over = models.BooleanField(default=False)
    revised = BahtField()
    allotted = BahtField()
    disbursed = BahtField()
    obligated = BahtField()
    # Percent of revised; None where nothing is revised.
    disbursement_rate = MeasureField(null=True)
    spending_rate = MeasureField(null=True)
    reported = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)

    objects = MoneyFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "month", "expenditure_type", "is_carried_over"],
                name="budget_one_money_figure",
            ),
            models.CheckConstraint(
                condition=Q(month__range=(1, 12)), name="budget_money_month_1_to_12"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_id} {self.month} {self.expenditure_type}"

    @property
    def is_partial(self) -> bool:
        """Whether an allocation has no signed figure of its own for the month."""
        return self.reported < self.due

    @property
    def spent(self) -> Decimal:
        """Disbursed plus outstanding obligation (ใช้จ่าย)."""
        total: Decimal = self.disbursed + self.obligated
        return total

    @property
    def remaining(self) -> Decimal:
        """Revised less spent."""
        left: Decimal = self.revised - self.spent
        return left
