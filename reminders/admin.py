"""The log of reminders, to be read only."""

from django.contrib import admin
from django.http import HttpRequest

from reminders.models import Reminder


@admin.register(Reminder)
class ReminderAdmin(admin.ModelAdmin[Reminder]):
    list_display = ("user", "occasion", "subject", "state", "sent_at")
    list_filter = ("state", "channel")
    ordering = ("-pk",)
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False
