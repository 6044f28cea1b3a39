"""The plan, to be looked at; the words of an issue are mended here and keep their history."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from common.readonly import ReadOnly
from strategy.models import (
    Approach,
    CoreValue,
    Framework,
    FrameworkItem,
    Issue,
    IssueAlignment,
    Mission,
    Plan,
    PlanEdition,
    ProvinceFact,
)


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ("code", "name_th", "kind", "start_year", "end_year")
    list_filter = ("kind",)
    ordering = ("-start_year", "code")


@admin.register(PlanEdition)
class PlanEditionAdmin(ReadOnly):
    list_display = ("plan", "number", "review_year", "state", "approved_date")
    list_filter = ("state",)
    list_select_related = ("plan",)
    ordering = ("-plan__start_year", "number")


@admin.register(Mission)
class MissionAdmin(ReadOnly):
    list_display = ("edition", "number", "name_th")
    list_select_related = ("edition",)
    ordering = ("edition", "number")


@admin.register(CoreValue)
class CoreValueAdmin(ReadOnly):
    list_display = ("edition", "letter", "name_th")
    list_select_related = ("edition",)
    ordering = ("edition", "order")


@admin.register(Issue)
class IssueAdmin(SimpleHistoryAdmin[Issue]):  # type: ignore[misc]
    list_display = ("code", "name_th", "edition", "lead_agency", "is_sample")
    list_filter = ("edition", "is_sample")
    list_select_related = ("edition", "lead_agency")
    search_fields = ("code", "name_th", "name_en")
    autocomplete_fields = ("lead_agency",)
    ordering = ("edition", "order")
    # The code is an address, and a weight moves scores: neither changes here.
    readonly_fields = ("edition", "code", "weight", "missions", "is_sample")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An edition that left the desk never changes: words are mended in the next one.
        if obj is not None and obj.edition.state != PlanEdition.State.DRAFT:
            return False
        return super().has_change_permission(request, obj)  # type: ignore[no-any-return]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Approach)
class ApproachAdmin(ReadOnly):
    list_display = ("code", "name_th", "issue", "is_sample")
    list_select_related = ("issue",)
    search_fields = ("code", "name_th", "name_en")
    ordering = ("issue", "code")


@admin.register(IssueAlignment)
class IssueAlignmentAdmin(ReadOnly):
    list_display = ("issue", "item", "reason_th")
    list_select_related = ("issue", "item")
    ordering = ("issue", "item")


@admin.register(Framework)
class FrameworkAdmin(ReadOnly):
    list_display = ("code", "name_th", "level", "start_year", "end_year")
    ordering = ("order", "code")


@admin.register(FrameworkItem)
class FrameworkItemAdmin(ReadOnly):
    list_display = ("code", "name_th", "framework", "serves", "is_verified")
    list_filter = ("framework", "is_verified")
    list_select_related = ("framework", "serves")
    search_fields = ("code", "name_th", "name_en")
    ordering = ("framework", "order")


@admin.register(ProvinceFact)
class ProvinceFactAdmin(ReadOnly):
    list_display = ("key", "subject", "label_th", "value", "unit_th", "year")
    list_filter = ("subject",)
    ordering = ("subject", "order")
