"""Steps of the ladder: each told once, caught up for a week, on open days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.fiscal import is_working_day
from reminders.scoring import CAUGHT_UP, next_reminder, put_off_too_far, steps_reached

DEADLINE = date(2027, 1, 15)
DAYS = (-3, 0, 1, 3, 7)


@pytest.mark.parametrize(
    ("today", "told", "reached"),
    [
        (date(2027, 1, 11), (), []),
        (date(2027, 1, 12), (), [-3]),
        (date(2027, 1, 14), (-3,), []),
        (date(2027, 1, 15), (-3,), [0]),
        # Saturday and Sunday went by.
        (date(2027, 1, 18), (-3, 0), [1, 3]),
        (date(2027, 1, 22), (-3, 0, 1, 3), [7]),
        # What came longer ago than a week is left.
        (date(2027, 1, 21), (), [0, 1, 3]),
        (date(2027, 2, 22), (), []),
    ],
)
def test_the_steps_that_have_come_and_were_not_told(today, told, reached):
    assert steps_reached(DEADLINE, DAYS, today, told) == reached


@given(
    days=st.frozensets(st.integers(-20, 20), max_size=6),
    open_days=st.frozensets(st.integers(-40, 60)),
)
def test_run_on_any_days_each_step_is_told_at_most_once_and_none_is_lost_within_a_week(
    days, open_days
):
    told: list[int] = []
    for offset in range(-40, 60):
        today = DEADLINE + timedelta(days=offset)
        if offset in open_days:
            told += steps_reached(DEADLINE, days, today, told)
    assert len(told) == len(set(told))
    for day in days:
        if any(offset in open_days for offset in range(day, day + CAUGHT_UP.days)):
            assert day in told


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 1, 11), date(2027, 1, 12)),
        (date(2027, 1, 12), date(2027, 1, 15)),
        # The day after is a Saturday.
        (date(2027, 1, 15), date(2027, 1, 18)),
        (date(2027, 1, 22), None),
    ],
)
def test_the_next_reminder_falls_on_an_open_day(today, expected):
    assert next_reminder(DEADLINE, DAYS, today, is_working_day) == expected


@pytest.mark.parametrize(
    ("days", "too_far"), [(-1, True), (0, True), (1, False), (14, False), (15, True)]
)
def test_a_reminder_is_put_off_from_tomorrow_to_a_fortnight(days, too_far):
    assert put_off_too_far(DEADLINE, DEADLINE + timedelta(days=days), 14) is too_far
