"""Money per project, source, type, year and origin year; months, contracts, targets, totals."""

from budget.models.books import (
    Allocation,
    AllocationQuerySet,
    BudgetSource,
    ExpenditureType,
    OutsideReceipt,
    SpendingLine,
    Transfer,
)
from budget.models.contracts import Contract, SigningDeadline
from budget.models.months import Correction, MonthlyFigure, MonthlyFigureQuerySet
from budget.models.targets import CabinetTarget
from budget.models.totals import (
    MoneyFigure,
    MoneyFigureQuerySet,
    MoneyScope,
    explain_path,
    unconfirmed_in,
)

__all__ = [
    "Allocation",
    "AllocationQuerySet",
    "BudgetSource",
    "CabinetTarget",
    "Contract",
    "Correction",
    "ExpenditureType",
    "MoneyFigure",
    "MoneyFigureQuerySet",
    "MoneyScope",
    "MonthlyFigure",
    "MonthlyFigureQuerySet",
    "OutsideReceipt",
    "SigningDeadline",
    "SpendingLine",
    "Transfer",
    "explain_path",
    "unconfirmed_in",
]
