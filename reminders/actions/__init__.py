"""Verbs of reminders.

remind_people(at=…) -> int                        one letter a day for each who is to be told
retry_reminder(reminder=…, by=…, at=…)
snooze(due=…, until_date=…, reason="…", by=…, at=…); end_snooze(snooze=…, by=…, at=…)
set_ladder(year=…, days={rung: [-3, 0, …]}, by=…, at=…)
set_day_off(day=…, name_th="…", is_working=…, source="…", by=…, at=…); remove_day_off likewise
open_calendar(by=…, at=…) -> str                  the secret, shown once
revoke_calendar(by=…, at=…)
ask_line_code(by=…, at=…) -> str; link_line(code=…, line_user_id=…, at=…); unlink_line(by=…, at=…)
"""

from reminders.actions.digests import remind_people, retry_reminder
from reminders.actions.places import (
    ask_line_code,
    link_line,
    open_calendar,
    revoke_calendar,
    secret_digest,
    unlink_line,
)
from reminders.actions.ways import end_snooze, remove_day_off, set_day_off, set_ladder, snooze

__all__ = [
    "ask_line_code",
    "end_snooze",
    "link_line",
    "open_calendar",
    "remind_people",
    "remove_day_off",
    "retry_reminder",
    "revoke_calendar",
    "secret_digest",
    "set_day_off",
    "set_ladder",
    "snooze",
    "unlink_line",
]
