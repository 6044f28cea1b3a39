"""Pages of reminders, the calendar feed, and what LINE calls."""

from reminders.views.feeds import calendar_feed, line_webhook
from reminders.views.log import reminder_list, reminder_retry
from reminders.views.own import (
    calendar_open,
    calendar_revoke,
    line_ask,
    line_unlink,
    mine,
    snooze_add,
    snooze_end,
)
from reminders.views.settings import day_off_remove, day_off_set, rules_page

__all__ = [
    "calendar_feed",
    "calendar_open",
    "calendar_revoke",
    "day_off_remove",
    "day_off_set",
    "line_ask",
    "line_unlink",
    "line_webhook",
    "mine",
    "reminder_list",
    "reminder_retry",
    "rules_page",
    "snooze_add",
    "snooze_end",
]
