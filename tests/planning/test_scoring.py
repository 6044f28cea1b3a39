"""Ranks and answer times: tables and what holds for every input."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.scoring import Stay, answer_time, median, places, priority, stays
from tests.factories import NOON


@pytest.mark.parametrize(
    ("weights", "points", "expected"),
    [
        ({1: 2, 2: 1}, {1: 5, 2: 2}, "4"),
        ({1: 2, 2: 2, 3: 1}, {1: 5, 2: 4, 3: 3}, "4.2"),
        ({1: 1}, {1: 0}, "0"),
        ({1: 3, 2: 3, 3: 3}, {1: 1, 2: 0, 3: 0}, "0.3333"),
        # Half ranked is not ranked, and without criteria there is nothing to rank by.
        ({1: 2, 2: 1}, {1: 5}, None),
        ({}, {}, None),
        # Points of another level's criterion do not count.
        ({1: 1}, {1: 3, 9: 5}, "3"),
    ],
)
def test_priority(weights, points, expected):
    found = priority({key: Decimal(weight) for key, weight in weights.items()}, points)
    assert found == (None if expected is None else Decimal(expected))


def test_a_weight_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        priority({1: Decimal(0)}, {1: 3})


@given(
    st.lists(
        st.tuples(st.decimals("0.01", 100, places=2), st.integers(0, 5)), min_size=1, max_size=6
    )
)
def test_a_priority_lies_between_the_least_and_the_most_points(pairs):
    weights = {key: weight for key, (weight, _points) in enumerate(pairs)}
    points = {key: given for key, (_weight, given) in enumerate(pairs)}
    found = priority(weights, points)
    assert found is not None
    assert min(points.values()) <= found <= max(points.values())


@pytest.mark.parametrize(
    ("priorities", "expected"),
    [
        ({"a": "3", "b": "5", "c": None}, {"a": 2, "b": 1}),
        # Equal ones share a place; the next place is not taken.
        ({"a": "4", "b": "4", "c": "1"}, {"a": 1, "b": 1, "c": 3}),
        ({}, {}),
    ],
)
def test_places(priorities, expected):
    known = {key: None if value is None else Decimal(value) for key, value in priorities.items()}
    assert places(known) == expected


def moment(days: float) -> datetime:
    return NOON + timedelta(days=days)


def test_stays_of_a_need_that_went_up_came_back_and_waits():
    moves = [
        ("local", "local", moment(0)),
        ("local", "district", moment(2)),
        ("district", "local", moment(5)),
    ]
    assert stays(moves, ended=False) == [
        Stay("local", moment(0), moment(2)),
        Stay("district", moment(2), moment(5)),
        Stay("local", moment(5), None),
    ]


def test_an_answered_need_waits_nowhere():
    moves = [("local", "local", moment(0)), ("local", "local", moment(1.5))]
    assert stays(moves, ended=True) == [Stay("local", moment(0), moment(1.5))]
    assert stays([], ended=False) == []


def test_answer_time_counts_and_takes_the_middle():
    there = [
        Stay("local", moment(0), moment(1)),
        Stay("local", moment(0), moment(3)),
        Stay("local", moment(0), moment(30)),
        Stay("local", moment(10), None),
    ]
    found = answer_time(there, moment(14.25))
    assert (found.answered, found.median_days) == (3, Decimal("3.0"))
    assert (found.waiting, found.longest_days) == (1, Decimal("4.3"))


def test_a_level_without_needs_has_no_time():
    found = answer_time([], NOON)
    assert (found.answered, found.median_days, found.waiting, found.longest_days) == (
        0,
        None,
        0,
        None,
    )


@pytest.mark.parametrize(
    ("values", "expected"), [([], None), (["2"], "2"), (["1", "2"], "1.5"), (["1", "2", "9"], "2")]
)
def test_median(values, expected):
    found = median([Decimal(value) for value in values])
    assert found == (None if expected is None else Decimal(expected))
