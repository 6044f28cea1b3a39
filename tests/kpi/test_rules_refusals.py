"""Rules asked directly, with plain objects: each says its sentence, or what stands instead."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from kpi.forms.scoring import PointLine
from kpi.models import (
    KPI,
    AssessmentRound,
    AssessmentScheme,
    IndicatorVersion,
    Link,
    Scorecard,
    ScoreCurve,
    Target,
)
from kpi.rules import agreements, assessments, cascades, definitions, parts
from kpi.rules.agreements import Side
from kpi.rules.surroundings import Typed
from kpi.scoring.reconciliation import Finding

D = Decimal


def version(**rules):
    usual = {"over_time": "flow", "over_units": "sum", "direction": "higher", "unit_th": "ราย"}
    return IndicatorVersion(**(usual | rules))


# ── Agreements and assessments ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "owner", "supervisor"),
    [
        ("post", "ผู้ดำรงตำแหน่ง", "ผู้บังคับบัญชา"),
        ("agency", "หัวหน้าส่วนราชการ", "ผู้ว่าราชการจังหวัด"),
        ("province", "กลุ่มงานยุทธศาสตร์ฯ", "ผู้ว่าราชการจังหวัด"),
    ],
)
def test_both_sides_have_names_at_every_level(level, owner, supervisor):
    assert agreements.side_names(Scorecard(level=level)) == {
        Side.OWNER: owner,
        Side.SUPERVISOR: supervisor,
    }


@pytest.mark.parametrize(
    ("curve", "said"),
    [
        (None, "ต้องเลือกเกณฑ์คะแนนสามระดับ"),
        ({"fiscal_year_id": 2569}, "ปีงบประมาณเดียวกัน"),
        ({"preset": "five"}, "ต้องเป็นสามระดับ"),
        ({"axis": "value"}, "ต้องเป็นสามระดับ"),
        ({}, None),
    ],
)
def test_which_curve_serves_agencies(curve, said):
    usual = {"fiscal_year_id": 2570, "preset": "three", "axis": "achievement"}
    drawn = None if curve is None else ScoreCurve(**(usual | curve))
    reason = assessments.why_not_serve(drawn, 2570)
    assert reason is None if said is None else said in reason


@pytest.mark.parametrize(
    ("year", "kind", "level", "stands"),
    [
        (2570, "agency", "agency", True),
        (2570, "agency", "province", True),
        (2570, "official", "post", True),
        (2569, "agency", "agency", False),
        (2570, "official", "agency", False),
        (2570, "agency", "post", False),
    ],
)
def test_a_scorecard_is_assessed_in_a_round_of_its_year_and_kind(year, kind, level, stands):
    round_ = AssessmentRound(scheme=AssessmentScheme(fiscal_year_id=year, kind=kind))
    reason = assessments.why_not_round(round_, Scorecard(fiscal_year_id=2570, level=level))
    assert reason == (None if stands else "รอบการประเมินนี้ไม่ใช่ของใบคะแนนนี้")


# ── Cascades and definitions ─────────────────────────────────────────────────

TEN = Target(value=D(10))


@pytest.mark.parametrize(
    ("rules", "reports_own", "own", "its"),
    [
        (None, False, {1: TEN}, {1: Target(value=D(7))}),
        ({}, True, {1: TEN}, {1: Target(value=D(7))}),
        ({}, False, {}, {}),
        ({}, False, {2: TEN}, {2: TEN}),
    ],
    ids=["without rules", "reports its own", "nothing planned", "planned in another quarter"],
)
def test_what_is_not_reconciled_asks_for_nothing(rules, reports_own, own, its):
    parent, child = KPI(pk=1, reports_own=reports_own), KPI(pk=2)
    link = Link(parent=parent, child=child, kind="share", weight=D(1))
    check = cascades.check_of(
        parent, None if rules is None else version(**rules), own, [(link, its)], 1
    )
    assert check.found.finding is Finding.NOT_RECONCILED_BY_RULE
    assert check.is_settled


def step(**more):
    usual = {"parent": KPI(), "version": version(), "targets": {}, "branches": [], "hidden": []}
    return cascades.Step(**(usual | {"checks": [], "why_not_accept": None} | more))


@pytest.mark.parametrize("method", ["equal", "percent", "amount", "last"])
def test_nothing_is_divided_among_nobody(method):
    weights, reason = cascades.weights_of(method, step(), {})
    assert weights == []
    assert reason == "ยังไม่มีผู้รับถ่ายทอดแบบแบ่งค่าเป้าหมาย เพิ่มผู้รับก่อน"


@pytest.mark.parametrize(
    ("above", "mine", "other", "stands"),
    [
        (True, "sum", "sum", True),
        (True, "ratio", "own", True),
        (True, "sum", "ratio", False),
        (False, "ratio", "sum", False),
        (False, "own", "ratio", True),
    ],
)
def test_new_rules_go_with_the_kpis_that_share_targets(above, mine, other, stands):
    beside = [(above, KPI(code="1.1"), version(over_units=other))]
    reason = definitions.why_not_rules_beside(version(over_units=mine), beside)
    assert reason is None if stands else reason.startswith("1.1: ตัวชี้วัดแม่และลูกต้องเป็นอัตราส่วน")


# ── Parts ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("is_ratio", "part", "said"),
    [
        (True, Typed(None, D(3), D(0)), "ตัวหารเป็น 0 แต่ตัวตั้งมากกว่า 0"),
        (True, Typed(None, D(3), D(-1)), "ค่าติดลบไม่ได้"),
        (False, Typed(D(-3)), "ค่าติดลบไม่ได้"),
        (False, Typed(None, D(3), D(4)), "แบบเดียวกับยอดรวม"),
        (True, Typed(None, D(0), D(0)), None),
    ],
)
def test_a_part_is_refused_at_its_place(is_ratio, part, said):
    around = SimpleNamespace(items=[SimpleNamespace(pk=5)], version=version(is_ratio=is_ratio))
    wrong = parts.why_not_part(around, {5: part})
    if said is None:
        assert wrong is None
    else:
        name, sentence = wrong
        assert name == "part-5"
        assert said in sentence


@pytest.mark.parametrize(
    ("whole", "each", "said"),
    [
        (D(10), [D(6), D(4)], "ยอดย่อยรวม 10 จาก 10"),
        (D(10), [D(6), D(5)], "ยอดย่อยรวม 11 จาก 10 เกิน 1"),
        (D(10), [D(6), D("3.5")], "ยอดย่อยรวม 9.5000 จาก 10 ขาด 0.5000"),
        (None, [D(6), D(4)], "ยอดย่อยรวม 10 จาก –"),
    ],
)
def test_what_parts_come_to_is_said_beside_the_whole(whole, each, said):
    assert parts.sum_words(whole, each) == said


# ── Forms ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["n/a", "-"])
def test_a_figure_is_a_number_and_not_a_word_for_none(text):
    line = PointLine({"x": text, "score": "1"})
    assert line.errors == {"x": ["ใส่เป็นตัวเลข"]}
