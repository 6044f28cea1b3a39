"""Money, to be looked at; it changes by its verbs only."""

from django.contrib import admin

from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    Correction,
    MonthlyFigure,
    OutsideReceipt,
    Transfer,
)
from common.readonly import ReadOnly


@admin.register(BudgetSource)
class BudgetSourceAdmin(ReadOnly):
    list_display = ("code", "name_th", "name_en", "order")
    ordering = ("order", "code")


@admin.register(Allocation)
class AllocationAdmin(ReadOnly):
    list_display = ("code", "project", "source", "expenditure_type", "fiscal_year", "revised")
    list_filter = ("fiscal_year", "expenditure_type", "source", "is_sample")
    list_select_related = ("project", "source", "fiscal_year")
    search_fields = ("code", "project__code", "project__name_th", "name_th")
    ordering = ("code",)


@admin.register(MonthlyFigure)
class MonthlyFigureAdmin(ReadOnly):
    list_display = ("allocation", "month", "disbursed_to_date", "obligated", "status")
    list_filter = ("status", "month__fiscal_year", "month__number")
    list_select_related = ("allocation", "month")
    search_fields = ("allocation__code",)
    ordering = ("-pk",)


@admin.register(Transfer)
class TransferAdmin(ReadOnly):
    list_display = ("from_allocation", "to_allocation", "amount", "decided_date", "reason")
    list_select_related = ("from_allocation", "to_allocation")
    ordering = ("-pk",)


@admin.register(Correction)
class CorrectionAdmin(ReadOnly):
    list_display = ("figure", "disbursed_before", "disbursed_after", "reason", "made_by", "made_at")
    list_select_related = ("figure", "made_by")
    ordering = ("-pk",)


@admin.register(OutsideReceipt)
class OutsideReceiptAdmin(ReadOnly):
    list_display = ("allocation", "amount", "received_date", "reference")
    list_select_related = ("allocation",)
    ordering = ("-pk",)


@admin.register(CabinetTarget)
class CabinetTargetAdmin(ReadOnly):
    list_display = ("fiscal_year", "quarter", "category", "measure", "percent", "kind")
    list_filter = ("fiscal_year", "measure", "kind", "is_verified")
    ordering = ("-fiscal_year", "quarter", "category")
