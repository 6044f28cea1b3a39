"""When a person is told: days around a deadline, working days, what was told already."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

# A step that was missed (a holiday, a machine that stood still) is caught up for this long.
CAUGHT_UP = timedelta(days=7)
FARTHEST = timedelta(days=60)


def steps_reached(
    deadline: date, days: Collection[int], today: date, told: Collection[int] = ()
) -> list[int]:
    """Return the days of the ladder that have come and were not told, in order.

    `days` lie around the deadline: -3 is three days before it, 0 its own day. What came longer ago
    than a week is left.
    """
    return [
        day
        for day in sorted(days)
        if day not in told and today - CAUGHT_UP < deadline + timedelta(days=day) <= today
    ]


def next_reminder(
    deadline: date, days: Collection[int], today: date, is_open: Callable[[date], bool]
) -> date | None:
    """Return the next day after today on which a step of the ladder is told, on an open day."""
    ahead = [day for day in days if deadline + timedelta(days=day) > today]
    if not ahead:
        return None
    day = deadline + timedelta(days=min(ahead))
    while not is_open(day):
        day += timedelta(days=1)
    return day


def put_off_too_far(today: date, until: date, longest: int) -> bool:
    """Tell whether a reminder is put off for longer than is allowed, or not into the future."""
    return not today < until <= today + timedelta(days=longest)
