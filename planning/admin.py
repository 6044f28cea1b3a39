"""Reference data of needs, mended here; needs themselves move by verbs and are only looked at."""

from django.contrib import admin

from common.readonly import ReadOnly
from planning.models import Criterion, Need, NeedCategory


@admin.register(NeedCategory)
class NeedCategoryAdmin(admin.ModelAdmin[NeedCategory]):
    list_display = ("code", "name_th", "order", "is_active")
    ordering = ("order",)


@admin.register(Criterion)
class CriterionAdmin(admin.ModelAdmin[Criterion]):
    list_display = ("level", "order", "name_th", "weight", "is_active")
    list_filter = ("level",)
    ordering = ("level", "order")


@admin.register(Need)
class NeedAdmin(ReadOnly):
    list_display = ("code", "title_th", "level", "status", "received_at", "is_sample")
    list_filter = ("level", "status", "origin")
    search_fields = ("code", "title_th")
    ordering = ("-received_at",)
