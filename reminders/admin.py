"""Reminders, to be looked at; they change by their verbs only."""

from django.contrib import admin

from common.readonly import ReadOnly
from reminders.models import CalendarFeed, DayOff, LadderDay, LineLink, Reminder, Snooze


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    list_display = ("user", "occasion", "channel", "subject", "state", "attempts", "sent_at")
    list_filter = ("state", "channel")
    ordering = ("-pk",)
    list_select_related = ("user",)


@admin.register(LadderDay)
class LadderDayAdmin(ReadOnly):
    list_display = ("fiscal_year", "rung", "days")
    list_select_related = ("fiscal_year",)
    ordering = ("-fiscal_year", "rung", "days")


@admin.register(DayOff)
class DayOffAdmin(ReadOnly):
    list_display = ("day", "name_th", "is_working", "source")
    ordering = ("-day",)


@admin.register(Snooze)
class SnoozeAdmin(ReadOnly):
    list_display = ("user", "label", "until_date", "reason", "made_at")
    list_select_related = ("user",)
    ordering = ("-pk",)


@admin.register(LineLink)
class LineLinkAdmin(ReadOnly):
    list_display = ("user", "linked_at")
    exclude = ("code", "line_user_id")
    list_select_related = ("user",)
    ordering = ("user",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly):
    list_display = ("user", "made_at", "revoked_at")
    exclude = ("token_sha256",)
    list_select_related = ("user",)
    ordering = ("user",)
