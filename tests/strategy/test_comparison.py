"""Two editions side by side: a table, and what holds for every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.comparison import Piece, compare, marks


def piece(key, text, section="ประเด็น"):
    return Piece(section, key, f"ข้อ {key}", text)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([("1", "ก")], [("1", "ก")], [("ข้อ 1", "same")]),
        ([("1", "ก")], [("1", "ข")], [("ข้อ 1", "changed")]),
        ([], [("1", "ก")], [("ข้อ 1", "added")]),
        ([("1", "ก")], [], [("ข้อ 1", "removed")]),
        # The second edition gives the order; what went stands after it.
        (
            [("1", "ก"), ("2", "ข"), ("3", "ค")],
            [("3", "ค"), ("1", "ฆ"), ("4", "ง")],
            [("ข้อ 3", "same"), ("ข้อ 1", "changed"), ("ข้อ 4", "added"), ("ข้อ 2", "removed")],
        ),
    ],
)
def test_what_became_of_each_thing(before, after, expected):
    lines = compare([piece(*each) for each in before], [piece(*each) for each in after])
    assert [(line.label, line.change) for line in lines] == expected


def test_one_key_in_two_sections_is_two_things():
    before = [piece("1", "ก", "พันธกิจ"), piece("1", "ข", "ประเด็น")]
    after = [piece("1", "ก", "พันธกิจ")]
    assert [(line.section, line.change) for line in compare(before, after)] == [
        ("พันธกิจ", "same"),
        ("ประเด็น", "removed"),
    ]


def test_what_was_put_in_is_marked_and_nothing_else():
    before, after = marks("สังคมมีความสุข", "สังคมและน้ำมีความสุข")
    assert "".join(mark.text for mark in after if mark.is_own) == "และน้ำ"
    assert not [mark for mark in before if mark.is_own]


THAI = st.text("กขคงจฉชซดตนบปพมยรลวสหอเแโใไะาิีึืุู่้๊๋็์ ๑๒12ab.,", max_size=60)


@given(THAI, THAI)
def test_marks_joined_are_the_texts(before, after):
    left, right = marks(before, after)
    assert "".join(mark.text for mark in left) == before
    assert "".join(mark.text for mark in right) == after
    kept = ["".join(mark.text for mark in side if not mark.is_own) for side in (left, right)]
    assert kept[0] == kept[1]
