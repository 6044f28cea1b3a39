"""Two parts to a total, bands, places: tables and properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.scoring.assessments import (
    Observed,
    SchemeRefusal,
    competency_percent,
    outcome,
    why_not_scheme,
)
from kpi.scoring.rankings import Contender, ranked
from kpi.scoring.scorecards import Band

D = Decimal
USUAL = [Band("best", D(90)), Band("better", D(80)), Band("fair", D(60)), Band("rest", D(0))]
PERCENTS = st.decimals(0, 100, places=4)


@pytest.mark.parametrize(
    ("work", "other", "share", "total", "band"),
    [
        ("85", "90", "70", "86.5", "better"),
        ("100", "100", "70", "100", "best"),
        ("89.995", "0", "100", "89.995", "better"),
        ("90", None, "100", "90", "best"),
        ("85", None, "70", None, None),
        (None, "90", "70", None, None),
        ("0", "0", "50", "0", "rest"),
        ("66.6667", "33.3333", "50", "50.0001", "rest"),
    ],
)
def test_a_total_is_both_parts_by_their_share(work, other, share, total, band):
    found = outcome(work and D(work), other and D(other), D(share), USUAL)
    assert found.total == (None if total is None else D(total))
    assert (found.band.key if found.band else None) == band


@given(PERCENTS, PERCENTS, st.decimals("0.01", "99.99", places=2))
def test_a_total_lies_between_its_parts(work, other, share):
    total = outcome(work, other, share, USUAL).total
    assert min(work, other) - D("0.0001") <= total <= max(work, other) + D("0.0001")


def test_competencies_count_by_weight_and_only_when_all_are_scored():
    assert competency_percent([Observed(D(50), D(4)), Observed(D(50), D(5))]) == D(90)
    assert competency_percent([Observed(D(75), D(4)), Observed(D(25), D(2))]) == D(70)
    assert competency_percent([Observed(D(50), D(4)), Observed(D(50), None)]) is None
    assert competency_percent([]) is None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"work_share": D(0)}, SchemeRefusal.SHARE_OUT_OF_RANGE),
        ({"work_share": D("100.01")}, SchemeRefusal.SHARE_OUT_OF_RANGE),
        ({"limits": []}, SchemeRefusal.NO_BANDS),
        ({"limits": [D(60), D(60), D(0)]}, SchemeRefusal.LIMIT_TWICE),
        ({"limits": [D(101), D(0)]}, SchemeRefusal.LIMIT_OUT_OF_RANGE),
        ({"limits": [D(90), D(60)]}, SchemeRefusal.LOWEST_NOT_ZERO),
        ({"rounds": []}, SchemeRefusal.NO_ROUNDS),
        ({"rounds": [(2, 1)]}, SchemeRefusal.ROUND_OUT_OF_ORDER),
        ({"rounds": [(0, 2)]}, SchemeRefusal.ROUND_OUT_OF_ORDER),
        ({"rounds": [(3, 5)]}, SchemeRefusal.ROUND_OUT_OF_ORDER),
        ({"rounds": [(3, 4), (1, 2)]}, SchemeRefusal.ROUND_OUT_OF_ORDER),
        ({"rounds": [(1, 2), (1, 2)]}, SchemeRefusal.ROUND_OUT_OF_ORDER),
        ({"rounds": [(1, 2), (1, 3), (1, 4)]}, None),
        ({"weights": []}, SchemeRefusal.COMPETENCIES_MISSING),
        ({"weights": [], "work_share": D(100)}, None),
        ({"weights": [D(50), D(49)]}, SchemeRefusal.WEIGHTS_DO_NOT_SUM),
        ({"weights": [D(100), D(0)]}, SchemeRefusal.WEIGHT_NOT_POSITIVE),
        ({"has_competencies": False}, SchemeRefusal.COMPETENCIES_UNUSED),
        ({"has_competencies": False, "weights": []}, None),
    ],
)
def test_a_schemes_numbers_stand_together(change, refusal):
    whole = {
        "work_share": D(70),
        "limits": [D(90), D(60), D(0)],
        "rounds": [(1, 2), (3, 4)],
        "weights": [D(60), D(40)],
        "has_competencies": True,
    }
    assert why_not_scheme(**(whole | change)) == refusal


def places(least, *contenders):
    found = ranked(
        [
            Contender(key, None if percent is None else D(percent), D(coverage))
            for key, percent, coverage in contenders
        ],
        D(least),
    )
    return [(each.key, each.place, each.is_tied, each.is_small) for each in found]


def test_ties_share_a_place_and_the_next_is_skipped():
    assert places(80, (1, "70", 100), (2, "90", 100), (3, "90", 80), (4, "60", 90)) == [
        (2, 1, True, False),
        (3, 1, True, False),
        (1, 3, False, False),
        (4, 4, False, False),
    ]


def test_who_is_half_known_has_no_place_and_takes_nobodys():
    assert places(80, (1, "99", "79.9999"), (2, "50", 80), (3, None, 0), (4, "0", 100)) == [
        (2, 1, False, False),
        (4, 2, False, False),
        (1, None, False, True),
        (3, None, False, False),
    ]


@given(st.lists(st.tuples(st.one_of(st.none(), PERCENTS), PERCENTS), max_size=12), PERCENTS)
def test_everybody_is_listed_once_and_better_never_stands_behind_worse(rows, least):
    contenders = [Contender(key, *row) for key, row in enumerate(rows)]
    found = ranked(contenders, least)
    assert sorted(each.key for each in found) == list(range(len(rows)))
    placed = [(each.place, rows[each.key][0]) for each in found if each.place]
    assert [place for place, _ in placed] == sorted(place for place, _ in placed)
    assert [percent for _, percent in placed] == sorted((p for _, p in placed), reverse=True)
    for place, percent in placed:
        assert place == 1 + sum(other > percent for _, other in placed)
