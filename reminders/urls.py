"""Addresses of reminders."""

from django.urls import path

from reminders import views

app_name = "reminders"

urlpatterns = [
    path("desk/reminders/", views.reminder_list, name="reminder-list"),
    path("desk/reminders/<int:pk>/retry/", views.reminder_retry, name="reminder-retry"),
    path("desk/reminders/mine/", views.mine, name="mine"),
    path("desk/reminders/mine/snooze/", views.snooze_add, name="snooze-add"),
    path("desk/reminders/mine/snooze/<int:pk>/end/", views.snooze_end, name="snooze-end"),
    path("desk/reminders/mine/calendar/", views.calendar_open, name="calendar-open"),
    path("desk/reminders/mine/calendar/revoke/", views.calendar_revoke, name="calendar-revoke"),
    path("desk/reminders/mine/line/", views.line_ask, name="line-ask"),
    path("desk/reminders/mine/line/unlink/", views.line_unlink, name="line-unlink"),
    path("desk/reminders/rules/", views.rules_page, name="rules"),
    path("desk/reminders/rules/days-off/", views.day_off_set, name="day-off-set"),
    path(
        "desk/reminders/rules/days-off/<int:pk>/remove/",
        views.day_off_remove,
        name="day-off-remove",
    ),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar-feed"),
    path("line/webhook/", views.line_webhook, name="line-webhook"),
]
