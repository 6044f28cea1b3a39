"""Telling a figure apart: which rules allow it, how a version keeps it, and that parts add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refusal import EntriesRefused
from kpi import actions
from kpi.actions.definitions import IndicatorInput
from kpi.actions.disaggregations import DisaggregationInput, ItemInput
from kpi.models import Disaggregation, Indicator
from kpi.scoring.parts import PartsRefusal, add_up, why_not_parts
from tests.factories import NOON, quarter_of
from tests.kpi.factories import COUNT, RATIO

SEX = DisaggregationInput("sex", "ตามเพศ", [ItemInput("m", "ชาย", "Male"), ItemInput("f", "หญิง")])
PARTS = st.lists(st.decimals(-999, 999, places=2), min_size=1, max_size=8)


def figures(*texts):
    return [None if text is None else Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("whole", "parts", "required", "refusal"),
    [
        ("10", ["4", "6"], False, None),
        ("10", ["4", "5"], False, PartsRefusal.DO_NOT_ADD_UP),
        ("10", ["10", None], False, PartsRefusal.MISSING),
        ("10", ["10", "0"], True, None),
        ("10", [None, None], False, None),
        ("10", [None, None], True, PartsRefusal.MISSING),
        (None, [None, None], True, None),
        (None, ["1", "2"], False, PartsRefusal.MISSING),
        ("0", ["0", "0"], True, None),
        ("0.0001", ["0", "0"], False, PartsRefusal.DO_NOT_ADD_UP),
    ],
)
def test_parts_stand_beside_a_whole(whole, parts, required, refusal):
    [whole] = figures(whole)
    assert why_not_parts(whole, figures(*parts), is_required=required) is refusal


@given(PARTS)
def test_what_parts_come_to_is_what_they_add_up_to(parts):
    assert add_up(sum(parts, Decimal(0)), parts).difference == 0
    assert why_not_parts(sum(parts, Decimal(0)), parts) is None
    assert why_not_parts(sum(parts, Decimal(0)) + 1, parts) is PartsRefusal.DO_NOT_ADD_UP


def define(rules, told_apart, code="I1"):
    [indicator] = actions.define_indicators(
        indicators=[IndicatorInput(code, "ผู้ป่วย", rules, disaggregations=told_apart)],
        by=None,
        at=NOON,
    )
    return indicator


@pytest.mark.django_db
def test_a_version_keeps_its_own_parts_and_the_next_one_may_have_others():
    indicator = define(COUNT, [SEX])
    assert define(COUNT, [SEX]).versions.count() == 1
    later = COUNT | {"from_year": 2570}
    define(later, None)
    first, second = indicator.versions.order_by("number")
    for version in (first, second):
        [kept] = version.disaggregations.all()
        assert [item.name_th for item in kept.items.order_by("order")] == ["ชาย", "หญิง"]
    define(COUNT | {"from_year": 2570, "from_quarter": 2}, [])
    assert not Disaggregation.objects.filter(version__number=3).exists()


@pytest.mark.django_db
def test_other_parts_need_another_quarter():
    define(COUNT, [SEX])
    with pytest.raises(EntriesRefused, match="ไตรมาสถัดไป"):
        define(COUNT, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rules", "told_apart", "sentence"),
    [
        (COUNT | {"over_time": "peak", "over_units": "max"}, [SEX], "รวมกันไม่ได้"),
        (COUNT | {"over_units": "mean"}, [SEX], "รวมกันไม่ได้"),
        (
            COUNT | {"over_time": "stock", "over_units": "own", "target_meaning": "milestone"},
            [SEX],
            "รวมกันไม่ได้",
        ),
        (COUNT, [DisaggregationInput("list", "รายการ", [ItemInput("a", "ก")])], "อย่างน้อยสอง"),
        (
            COUNT,
            [DisaggregationInput("list", "รายการ", [ItemInput("a", "ก"), ItemInput("a", "ข")])],
            "ซ้ำกัน",
        ),
        (COUNT, [SEX, SEX], "ซ้ำกัน"),
        (COUNT, [DisaggregationInput("sex", " ", SEX.items)], "ใส่ชื่อ"),
    ],
)
def test_what_cannot_add_up_is_refused(rules, told_apart, sentence):
    quarter_of(2570, 1)
    with pytest.raises(EntriesRefused, match=sentence):
        define(rules, told_apart)
    assert not Indicator.objects.exists()


@pytest.mark.django_db
def test_both_parts_of_a_ratio_may_be_told_apart():
    assert define(RATIO, [SEX]).versions.get().disaggregations.count() == 1
