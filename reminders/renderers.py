"""A person's deadlines as a calendar (RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from reminders.dues import Asked


def calendar_of(
    asked: Sequence[Asked], *, name: str, address: str, at: datetime, words: tuple[str, str]
) -> bytes:
    """Return the deadlines as all-day events, each with an alarm in the morning of the day before.

    `words` are the heading of the period and of the agency; `address` is the portal's.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//sakhon-portal//deadlines//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Bangkok")
    calendar.add("refresh-interval", timedelta(hours=6), {"value": "DURATION"})
    for each in asked:
        calendar.add_component(_event(each, address=address, at=at, words=words))
    return bytes(calendar.to_ical())


def _event(asked: Asked, *, address: str, at: datetime, words: tuple[str, str]) -> Event:
    due = asked.due
    event = Event()
    event.add("uid", f"{due.kind}-{due.subject_id}-{due.period_key}@sakhon-portal")
    event.add("dtstamp", at)
    event.add("dtstart", asked.deadline)
    event.add("dtend", asked.deadline + timedelta(days=1))
    event.add("summary", f"{due.code} {due.label}")
    event.add("description", f"{words[0]} {due.period}\n{words[1]} {due.agency_name}")
    event.add("url", f"{address}{due.url}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{due.code} {due.label}")
    # All-day events begin at midnight: 09.00 of the day before.
    alarm.add("trigger", timedelta(hours=-15))
    event.add_component(alarm)
    return event
