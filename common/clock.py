"""What time it is at the entrances; below them the time is passed in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

ZONE = ZoneInfo("Asia/Bangkok")


def now() -> datetime:
    """Return the present moment, aware, in Bangkok.

    While sample data is loaded the day is `SAMPLE_TODAY`; the time of day is the real one.
    """
    moment = timezone.now().astimezone(ZONE)
    if settings.SAMPLE_TODAY:
        day = date.fromisoformat(settings.SAMPLE_TODAY)
        return moment.replace(year=day.year, month=day.month, day=day.day)
    return moment


def today() -> date:
    """Return the present day in Bangkok."""
    return now().date()
