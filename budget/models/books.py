"""Allocations of money, and what changed them."""

from decimal import Decimal
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from budget import scoring
from common.bilingual import Named
from common.fields import BahtField
from projects.models import Project
from submissions.models import FiscalYear


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

    def unconfirmed(self) -> Self:
        """Leave only money of projects whose figures a visit did not confirm."""
        return self.filter(project__isnull=False).exclude(project__unconfirmed_reason="")

    def with_owner_and_spender(self) -> Self:
        return self.select_related(
            "project__issue", "source", "owner_agency", "spending_agency", "fiscal_year"
        )

    def in_code_order(self) -> Self:
        return self.order_by("code")

    def as_spending_lines(self) -> list["SpendingLine"]:
        """Return what reporting months asks of each; a tenth of the time of whole rows."""
        label = Coalesce(NullIf("name_th", Value("")), "project__name_th", Value(""))
        wanted = self.annotate(label=label).values_list(*SpendingLine._fields)
        return list(map(SpendingLine._make, wanted))


class SpendingLine(NamedTuple):
    """An allocation as far as its months ask for it."""

    pk: int
    code: str
    label: str
    expenditure_type: str
    spending_agency_id: int
    fiscal_year_id: int
    allotted: Decimal
    reserved_without_obligation: Decimal
    returned: Decimal
    is_sample: bool


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
    # While the year's budget act is late the appropriation is the provisional ceiling.
    is_provisional = models.BooleanField(_("งบประมาณไปพลางก่อน"), default=False)
    provisional = BahtField(_("วงเงินไปพลางก่อน"), null=True, blank=True)
    # Whose reserved money this is; the origin year stays that of the first.
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to"
    )
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
            models.CheckConstraint(
                condition=Q(is_provisional=False)
                | Q(origin_year=F("fiscal_year_id"), provisional__isnull=False),
                name="budget_provisional_is_the_years_own",
            ),
            models.CheckConstraint(
                condition=Q(carried_from=None) | Q(origin_year__lt=F("fiscal_year_id")),
                name="budget_carried_is_of_an_earlier_year",
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
    def is_unconfirmed(self) -> bool:
        """Whether a visit did not confirm its project's figures; read with `with_owner_and_spender`."""
        return bool(self.project and self.project.unconfirmed_reason)

    @property
    def is_carried_over(self) -> bool:
        """Whether the money belongs to an earlier year."""
        return scoring.is_carried_over(self.fiscal_year_id, self.origin_year)


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, standing: Standing) -> Self:
        """Those who see one of the two allocations see what moved between them."""
        if standing.sees_province:
            return self
        return self.touching(Allocation.objects.visible_to(standing))

    def touching(self, allocations: AllocationQuerySet) -> Self:
        return self.filter(Q(from_allocation__in=allocations) | Q(to_allocation__in=allocations))

    def with_allocations(self) -> Self:
        return self.select_related(
            *("from_allocation__project", "from_allocation__spending_agency", "made_by"),
            *("to_allocation__project", "to_allocation__spending_agency"),
        )

    def newest_first(self) -> Self:
        return self.order_by("-decided_date", "-pk")


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

    objects = TransferQuerySet.as_manager()

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

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a visit did not confirm the project on either side; read with `with_allocations`."""
        return self.from_allocation.is_unconfirmed or self.to_allocation.is_unconfirmed


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
