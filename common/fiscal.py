"""Fiscal years, quarters and months of the Thai state, and when a deadline has passed.

A fiscal year is an integer of the Buddhist Era: 2570 is 1 October 2026 to 30 September 2027.
Quarters are 1–4, fiscal months 1–12 where 1 is October. Dates are naive civil dates of Bangkok.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Bangkok")

BUDDHIST_ERA_OFFSET = 543
MONTHS_OF_QUARTER = 3
FIRST_MONTH = 10  # October opens the fiscal year


def to_buddhist_year(year: int) -> int:
    """Return the year of the Buddhist Era for a year of the Common Era."""
    return year + BUDDHIST_ERA_OFFSET


def to_common_year(year: int) -> int:
    """Return the year of the Common Era for a year of the Buddhist Era."""
    return year - BUDDHIST_ERA_OFFSET


def local_date(at: datetime) -> date:
    """Return the civil date in Bangkok at an aware moment.

    :raises ValueError: if `at` carries no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return at.astimezone(ZONE).date()


def fiscal_year_of(day: date) -> int:
    """Return the fiscal year that a date lies in."""
    return to_buddhist_year(day.year + (day.month >= FIRST_MONTH))


def fiscal_month_of(day: date) -> tuple[int, int]:
    """Return the fiscal year and fiscal month (1 is October) that a date lies in."""
    return fiscal_year_of(day), (day.month - FIRST_MONTH) % 12 + 1


def quarter_of(day: date) -> tuple[int, int]:
    """Return the fiscal year and quarter that a date lies in."""
    year, month = fiscal_month_of(day)
    return year, quarter_of_month(month)


def quarter_of_month(month: int) -> int:
    """Return the quarter that a fiscal month belongs to."""
    _check(month, 12, "fiscal month")
    return (month - 1) // MONTHS_OF_QUARTER + 1


def months_of_quarter(quarter: int) -> tuple[int, int, int]:
    """Return the three fiscal months of a quarter."""
    _check(quarter, 4, "quarter")
    first = (quarter - 1) * MONTHS_OF_QUARTER + 1
    return first, first + 1, first + 2


def month_start(year: int, month: int) -> date:
    """Return the first day of a fiscal month."""
    _check(month, 12, "fiscal month")
    calendar_month = (month + FIRST_MONTH - 2) % 12 + 1
    return date(to_common_year(year) - (calendar_month >= FIRST_MONTH), calendar_month, 1)


def month_end(year: int, month: int) -> date:
    """Return the last day of a fiscal month."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return month_start(*following) - timedelta(days=1)


def quarter_start(year: int, quarter: int) -> date:
    """Return the first day of a quarter."""
    return month_start(year, months_of_quarter(quarter)[0])


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a quarter."""
    return month_end(year, months_of_quarter(quarter)[-1])


def year_start(year: int) -> date:
    """Return the first day of a fiscal year."""
    return month_start(year, 1)


def year_end(year: int) -> date:
    """Return the last day of a fiscal year."""
    return month_end(year, 12)


def next_quarter(year: int, quarter: int) -> tuple[int, int]:
    """Return the quarter after a quarter."""
    _check(quarter, 4, "quarter")
    return (year + 1, 1) if quarter == 4 else (year, quarter + 1)


def previous_quarter(year: int, quarter: int) -> tuple[int, int]:
    """Return the quarter before a quarter."""
    _check(quarter, 4, "quarter")
    return (year - 1, 4) if quarter == 1 else (year, quarter - 1)


def next_month(year: int, month: int) -> tuple[int, int]:
    """Return the fiscal month after a fiscal month."""
    _check(month, 12, "fiscal month")
    return (year + 1, 1) if month == 12 else (year, month + 1)


def previous_month(year: int, month: int) -> tuple[int, int]:
    """Return the fiscal month before a fiscal month."""
    _check(month, 12, "fiscal month")
    return (year - 1, 12) if month == 1 else (year, month - 1)


def calendar_month_of(month: int) -> int:
    """Return the calendar month (1 is January) of a fiscal month."""
    _check(month, 12, "fiscal month")
    return (month + FIRST_MONTH - 2) % 12 + 1


def appraisal_round(quarter: int) -> int:
    """Return the appraisal round of a quarter: 1 for quarters 1 and 2, 2 for quarters 3 and 4."""
    _check(quarter, 4, "quarter")
    return (quarter + 1) // 2


def late_from(deadline: date) -> datetime:
    """Return when an entry due on a date becomes late: 00:00 Bangkok time of the next day."""
    return datetime.combine(deadline + timedelta(days=1), time.min, tzinfo=ZONE)


def is_late(at: datetime, deadline: date) -> bool:
    """Say whether a moment lies after a deadline."""
    return at >= late_from(deadline)


def days_late(at: datetime, deadline: date) -> int:
    """Return how many days a moment lies after a deadline, 0 when it is in time."""
    return max(0, (local_date(at) - deadline).days)


def days_left(at: datetime, deadline: date) -> int:
    """Return how many days remain to a deadline, 0 on its day and after it."""
    return max(0, (deadline - local_date(at)).days)


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Say whether a date is neither Saturday, Sunday nor a holiday."""
    return day.weekday() < 5 and day not in holidays


def next_working_day(day: date, holidays: Collection[date] = ()) -> date:
    """Return the date itself if offices work on it, otherwise the first working day after it."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def elapsed_days(start: date, end: date, as_of: date) -> tuple[int, int]:
    """Return the days passed and the days planned, first and last day counted.

    The days passed stay between 0 and the days planned.

    :raises ValueError: if the end lies before the start.
    """
    planned = (end - start).days + 1
    if planned < 1:
        raise ValueError("the end lies before the start")
    passed = (as_of - start).days + 1
    return min(max(passed, 0), planned), planned


def _check(number: int, last: int, name: str) -> None:
    if not 1 <= number <= last:
        raise ValueError(f"{name} must be 1 to {last}, got {number}")
