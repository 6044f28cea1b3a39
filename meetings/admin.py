"""Committees and what they asked for, to be looked at; the desk writes by verbs."""

from django.contrib import admin

from common.readonly import ReadOnly
from meetings.models import Committee, CommitteeSeat, Meeting, Resolution


class SeatInline(admin.TabularInline[CommitteeSeat, Committee]):
    model = CommitteeSeat
    fields = ("order", "role_th", "holder_th", "agency")
    ordering = ("order",)
    extra = 0
    can_delete = False


@admin.register(Committee)
class CommitteeAdmin(ReadOnly):
    list_display = ("code", "name_th", "abbreviation_th")
    search_fields = ("code", "name_th", "name_en")
    ordering = ("code",)
    inlines = (SeatInline,)


@admin.register(Meeting)
class MeetingAdmin(ReadOnly):
    list_display = ("committee", "number", "year", "held_date", "is_sample")
    list_filter = ("year",)
    list_select_related = ("committee",)
    ordering = ("-held_date",)


@admin.register(Resolution)
class ResolutionAdmin(ReadOnly):
    list_display = ("meeting", "number", "text_th", "owner", "due_date", "state")
    list_filter = ("state",)
    list_select_related = ("meeting", "owner")
    ordering = ("due_date", "pk")
