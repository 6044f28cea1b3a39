"""Stored totals of money: written by rollups only."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budget.models.books import Allocation, ExpenditureType
from common.fields import BahtField, MeasureField
from submissions.models import FiscalYear, Month, PeriodState


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


def unconfirmed_in(year: int) -> dict[str, frozenset[int]]:
    """Return by kind the subjects whose money of the year itself holds unconfirmed projects'.

    One query, whatever is shown; the province's is {0} where there is any.
    """
    found: dict[str, set[int]] = {kind.value: set() for kind in MoneyScope.Kind}
    rows = Allocation.objects.for_year(year).of_the_year_itself().unconfirmed()
    for project, issue, source, spender, owner in rows.values_list(
        "project", "project__issue", "source", "spending_agency", "owner_agency"
    ):
        found[MoneyScope.Kind.PROVINCE].add(0)
        found[MoneyScope.Kind.PROJECT].add(project)
        found[MoneyScope.Kind.ISSUE].add(issue or 0)
        found[MoneyScope.Kind.SOURCE].add(source)
        found[MoneyScope.Kind.AGENCY].add(spender)
        found[MoneyScope.Kind.OWNER].add(owner)
    return {kind: frozenset(subjects) for kind, subjects in found.items()}


def explain_path(
    kind: str, subject_id: int, year: int, month: int, expenditure_type: str = ""
) -> str:
    """Return where the money of a scope at a month's end is explained, without a language."""
    sort = f"?type={expenditure_type}" if expenditure_type else ""
    return f"/budget/explain/{kind}/{subject_id}/{year}-m{month:02d}/{sort}"


class MoneyFigureQuerySet(models.QuerySet["MoneyFigure"]):
    def for_year(self, year: int) -> Self:
        return self.filter(scope__fiscal_year_id=year)

    def of_kind(self, kind: str) -> Self:
        return self.filter(scope__kind=kind)

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        return self.filter(scope__kind__in=list(kinds))

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
    def explain_path(self) -> str:
        """Where this money is explained, without a language; read with its scope."""
        scope = self.scope
        year = scope.fiscal_year_id
        return explain_path(scope.kind, scope.subject_id, year, self.month, self.expenditure_type)

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
