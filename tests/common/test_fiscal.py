"""The Thai fiscal clock: measures.md §2."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import fiscal

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def test_fiscal_year_2570_runs_from_october_2026_to_september_2027():
    assert fiscal.year_start(2570) == date(2026, 10, 1)
    assert fiscal.year_end(2570) == date(2027, 9, 30)


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (1, date(2026, 10, 1), date(2026, 12, 31)),
        (2, date(2027, 1, 1), date(2027, 3, 31)),
        (3, date(2027, 4, 1), date(2027, 6, 30)),
        (4, date(2027, 7, 1), date(2027, 9, 30)),
    ],
)
def test_quarters_are_those_of_the_thai_state(quarter, first, last):
    assert fiscal.quarter_start(2570, quarter) == first
    assert fiscal.quarter_end(2570, quarter) == last
    assert fiscal.quarter_of(first) == fiscal.quarter_of(last) == (2570, quarter)


@pytest.mark.parametrize(
    ("day", "year", "month"),
    [
        (date(2026, 9, 30), 2569, 12),
        (date(2026, 10, 1), 2570, 1),
        (date(2026, 12, 31), 2570, 3),
        (date(2027, 1, 1), 2570, 4),
        (date(2027, 9, 30), 2570, 12),
    ],
)
def test_fiscal_month_one_is_october(day, year, month):
    assert fiscal.fiscal_month_of(day) == (year, month)
    assert fiscal.fiscal_year_of(day) == year


def test_february_of_a_leap_year_ends_on_the_29th():
    assert fiscal.month_end(2567, 5) == date(2024, 2, 29)
    assert fiscal.month_end(2570, 5) == date(2027, 2, 28)


@given(DAYS)
def test_a_day_lies_inside_its_own_year_quarter_and_month(day):
    year, month = fiscal.fiscal_month_of(day)
    assert fiscal.month_start(year, month) <= day <= fiscal.month_end(year, month)
    assert fiscal.calendar_month_of(month) == day.month
    _, quarter = fiscal.quarter_of(day)
    assert fiscal.quarter_start(year, quarter) <= day <= fiscal.quarter_end(year, quarter)
    assert month in fiscal.months_of_quarter(quarter)
    assert fiscal.year_start(year) <= day <= fiscal.year_end(year)


@given(st.integers(2500, 2650), st.integers(1, 12))
def test_months_follow_one_another_without_gap(year, month):
    following = fiscal.next_month(year, month)
    assert fiscal.month_end(year, month) + timedelta(days=1) == fiscal.month_start(*following)
    assert fiscal.previous_month(*following) == (year, month)


@given(st.integers(2500, 2650), st.integers(1, 4))
def test_quarters_follow_one_another_without_gap(year, quarter):
    following = fiscal.next_quarter(year, quarter)
    assert fiscal.quarter_end(year, quarter) + timedelta(days=1) == fiscal.quarter_start(*following)
    assert fiscal.previous_quarter(*following) == (year, quarter)


def test_appraisal_rounds_are_half_years():
    assert [fiscal.appraisal_round(quarter) for quarter in (1, 2, 3, 4)] == [1, 1, 2, 2]


@pytest.mark.parametrize("number", [0, 5, -1])
def test_a_quarter_that_does_not_exist_is_refused(number):
    with pytest.raises(ValueError, match="quarter must be 1 to 4"):
        fiscal.quarter_start(2570, number)


def test_late_begins_at_midnight_in_bangkok_after_the_deadline():
    deadline = date(2027, 1, 15)
    last_minute = datetime(2027, 1, 15, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Bangkok
    midnight = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    assert not fiscal.is_late(last_minute, deadline)
    assert fiscal.is_late(midnight, deadline)
    assert fiscal.late_from(deadline) == midnight
    assert fiscal.late_from(deadline).utcoffset() == timedelta(hours=7)


def test_days_late_and_left_count_civil_days_of_bangkok():
    deadline = date(2027, 1, 15)
    evening_before = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)  # already the 13th in Bangkok
    assert fiscal.days_left(evening_before, deadline) == 2
    assert fiscal.days_late(evening_before, deadline) == 0
    after = datetime(2027, 1, 17, 18, 0, tzinfo=UTC)
    assert (fiscal.days_left(after, deadline), fiscal.days_late(after, deadline)) == (0, 3)


def test_a_moment_without_a_zone_has_no_civil_date():
    with pytest.raises(ValueError, match="zone"):
        fiscal.local_date(datetime(2027, 1, 15))  # noqa: DTZ001


def test_the_next_working_day_passes_weekends_and_holidays():
    saturday, holiday = date(2027, 1, 16), date(2027, 1, 18)
    assert fiscal.next_working_day(saturday) == date(2027, 1, 18)
    assert fiscal.next_working_day(saturday, {holiday}) == date(2027, 1, 19)
    assert fiscal.next_working_day(date(2027, 1, 15)) == date(2027, 1, 15)


def test_elapsed_days_count_the_first_and_the_last_day():
    start, end = date(2026, 10, 1), date(2026, 10, 10)
    assert fiscal.elapsed_days(start, end, date(2026, 10, 1)) == (1, 10)
    assert fiscal.elapsed_days(start, end, date(2026, 10, 10)) == (10, 10)
    assert fiscal.elapsed_days(start, end, date(2026, 9, 1)) == (0, 10)
    assert fiscal.elapsed_days(start, end, date(2027, 9, 1)) == (10, 10)
    with pytest.raises(ValueError, match="before the start"):
        fiscal.elapsed_days(end, start, end)


def test_eras_convert_both_ways():
    assert fiscal.to_buddhist_year(2027) == 2570
    assert fiscal.to_common_year(2570) == 2027
