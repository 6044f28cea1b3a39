"""What the verbs of money take and answer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Agency
from budget.models import (
    Allocation,
    BudgetSource,
    SpendingLine,
)
from budget.scoring import ZERO
from projects.models import Project
from submissions.models import FiscalYear, Month


@dataclass(frozen=True, slots=True)
class SourceInput:
    """A source of money."""

    code: str
    name_th: str
    name_en: str = ""
    order: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class TargetInput:
    """What is asked to be spent by a quarter's end, in percent; an unknown quarter has none."""

    fiscal_year: FiscalYear
    quarter: int
    category: str
    measure: str
    percent: Decimal
    kind: str
    source: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class AllocationInput:
    """An allocation as it should stand; transfers, receipts and months keep their own verbs."""

    code: str
    source: BudgetSource
    expenditure_type: str
    fiscal_year: FiscalYear
    owner_agency: Agency
    spending_agency: Agency
    appropriation: Decimal
    allotted: Decimal = ZERO
    project: Project | None = None
    name_th: str = ""
    # None: the fiscal year's own money.
    origin_year: int | None = None
    # None: as it stands; `settle_allocation` is the verb of people.
    reserved_with_obligation: Decimal | None = None
    reserved_without_obligation: Decimal | None = None
    returned: Decimal | None = None
    savings: Decimal | None = None
    is_sample: bool = False
    # The year's budget act is late: the appropriation is the provisional ceiling.
    is_provisional: bool = False
    # The one the page was drawn with; None where the caller does not mind who wrote before.
    version: int | None = None
    # That an amount a thousand or a million times the plan is right.
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """What of an allocation is left over, set aside for the next year, or given back."""

    savings: Decimal
    reserved_with_obligation: Decimal
    reserved_without_obligation: Decimal
    returned: Decimal
    reason: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ContractInput:
    """Something to be contracted under an allocation."""

    allocation: Allocation
    kind: str
    name_th: str
    amount: Decimal
    own_due_date: date | None = None
    is_sample: bool = False
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineInput:
    """By when contracts of a kind are to be signed in a fiscal year."""

    fiscal_year: FiscalYear
    kind: str
    due_date: date
    source: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Allocated:
    """What `allocate` did, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransferInput:
    """An amount that moves between two allocations of the same year."""

    from_allocation: Allocation
    to_allocation: Allocation
    amount: Decimal
    decided_date: date
    reason: str


# Not frozen: a workbook brings thousands, and freezing one costs three times its making.
@dataclass(slots=True)
class MonthlyInput:
    """What was typed for an allocation and month; None empties a figure.

    `version` is the one the page was drawn with: 0 where there was no figure yet, None where the
    caller does not mind who typed before. A note of None is kept.
    """

    allocation: Allocation | SpendingLine
    month: Month
    disbursed_to_date: Decimal | None
    obligated: Decimal | None
    note: str | None = None
    version: int | None = None
    is_sample: bool = False
    # That the entrance asked already about amounts far below what was allotted.
    is_confirmed: bool = False
