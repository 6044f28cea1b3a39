"""The year's rule and compliance."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.scoring import (
    Basis,
    Compliance,
    Least,
    Missing,
    missing,
    united,
    year_limits,
    year_of,
)

TWO_ONE = Least(2, 1)


@pytest.mark.parametrize(
    ("marks", "least", "lacking"),
    [
        ([], TWO_ONE, Missing(2, 1)),
        ([True], TWO_ONE, Missing(1, 0)),
        ([False], TWO_ONE, Missing(1, 1)),
        ([False, False], TWO_ONE, Missing(1, 1)),
        ([False, False, False], TWO_ONE, Missing(1, 1)),
        ([True, False], TWO_ONE, Missing(0, 0)),
        ([True, True], TWO_ONE, Missing(0, 0)),
        ([True, False], Least(3, 2), Missing(1, 1)),
        ([], Least(1, 0), Missing(1, 0)),
    ],
)
def test_what_is_missing(marks, least, lacking):
    assert missing(marks, least) == lacking
    assert lacking.is_met == (lacking == Missing(0, 0))


@given(
    st.lists(st.booleans(), max_size=8),
    st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
)
def test_learning_what_is_missing_meets_the_rule_and_nothing_less_does(marks, numbers):
    least = Least(*numbers)
    lacking = missing(marks, least)
    learned = [*marks, *[True] * lacking.digital, *[False] * (lacking.courses - lacking.digital)]
    assert missing(learned, least).is_met
    if lacking.courses:
        assert not missing(learned[:-1], least).is_met or not missing(marks, least).is_met


@pytest.mark.parametrize(
    ("day", "basis", "year"),
    [
        (date(2026, 9, 30), Basis.FISCAL, 2569),
        (date(2026, 10, 1), Basis.FISCAL, 2570),
        (date(2026, 10, 1), Basis.CALENDAR, 2569),
        (date(2026, 12, 31), Basis.CALENDAR, 2569),
        (date(2027, 1, 1), Basis.CALENDAR, 2570),
    ],
)
def test_the_year_a_day_counts_in(day, basis, year):
    assert year_of(day, basis) == year
    first, last = year_limits(year, basis)
    assert first <= day <= last


def test_compliance_is_a_ratio_of_sums():
    parts = [Compliance(30, 40, 100), Compliance(1, 1, 2)]
    assert united(parts) == Compliance(31, 41, 102)
    assert united(parts).percent == Decimal("30.3922")
    assert Compliance(0, 0, 0).percent is None
    assert Compliance(0, 0, 5).percent == 0
