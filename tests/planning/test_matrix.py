"""The alignment matrix: no baht twice in a sum, and gaps both ways."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.scoring import Backing, closure, matrix


def backing(project, rows, items, baht):
    return Backing(project, frozenset(rows), frozenset(items), Decimal(baht))


def test_a_project_of_two_items_is_counted_once_in_sums():
    laid = matrix([1, 2], [10, 20, 30], [(1, 10)], [backing(5, [1], [10, 20], 100)])
    assert (laid.cells[1, 10].baht, laid.cells[1, 20].baht) == (100, 100)
    assert (laid.by_row[1], laid.by_item[10], laid.by_item[20], laid.total) == (100, 100, 100, 100)
    assert laid.unserved_items == (30,)
    assert laid.idle_rows == (2,)


def test_a_row_that_says_so_serves_without_money():
    laid = matrix([1], [10], [(1, 10), (9, 10)], [])
    assert (laid.cells[1, 10].linked, laid.cells[1, 10].projects, laid.total) == (True, 0, 0)
    assert laid.unserved_items == laid.idle_rows == ()


@pytest.mark.parametrize(
    ("served", "above", "expected"),
    [
        ([4], {4: [2], 2: [1]}, {4, 2, 1}),
        ([], {4: [2]}, set()),
        # A circle in the data ends.
        ([1], {1: [2], 2: [1]}, {1, 2}),
    ],
)
def test_what_is_served_serves_in_turn(served, above, expected):
    assert closure(served, above) == expected


BACKINGS = st.lists(
    st.tuples(
        st.sets(st.integers(1, 4), max_size=3),
        st.sets(st.integers(10, 13), max_size=3),
        st.integers(0, 10**9),
    ),
    max_size=8,
)


@given(BACKINGS)
def test_sums_never_exceed_the_money_there_is(given_backings):
    listed = [
        backing(number, rows, items, baht)
        for number, (rows, items, baht) in enumerate(given_backings)
    ]
    laid = matrix([1, 2, 3], [10, 11, 12], [], listed)
    there = sum((each.baht for each in listed), Decimal(0))
    for total in (*laid.by_row.values(), *laid.by_item.values(), laid.total):
        assert total <= there
    for (row, item), cell in laid.cells.items():
        assert cell.baht <= min(laid.by_row[row], laid.by_item[item])
