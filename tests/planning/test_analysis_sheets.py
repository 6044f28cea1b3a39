"""The SWOT of a draft as a workbook: brought in with evidence, mended, taken back, refused at its cells."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from planning.actions import analysis, editions
from planning.actions.analysis import FactorAmendment, FactorInput, NewFactor
from planning.models import FactorEvidence, SwotFactor
from spreadsheets import actions
from strategy.actions.editions import PlanInput, move_edition
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from tests.factories import NOON, AgencyFactory, person, quarter_of
from tests.kpi.cascades import Field
from tests.planning.factories import valley
from tests.planning.test_plans import factor
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

pytestmark = pytest.mark.django_db
HEAD = ["ที่", "ประเภท", "ประเด็น", "หมวด", "คะแนน", "หลักฐาน", "แหล่งข้อมูล"]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def year(db):
    quarter_of(2570, 1)
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def agency(db):
    return AgencyFactory(code="ANA")


def send(agency, year, rows, by):
    return actions.receive_upload(
        file=workbook(rows), name="swot.xlsx", kind="swot-factors", agency=agency,
        period=year, action="draft", by=by, at=NOON,
    )  # fmt: skip


def brought_in(agency, year, rows, by):
    upload = send(agency, year, rows, by)
    assert upload.report["errors"] == []
    actions.commit_upload(upload=upload, confirmed=True, by=by, at=NOON)
    return upload


def told(upload):
    return {(each["code"], each["cell"]) for each in upload.report["errors"]}


def code_of(row):
    return f"{row.edition.plan.code}.{row.edition.number}/{row.code}"


def standing(edition):
    rows = SwotFactor.objects.filter(edition=edition).order_by("kind", "number")
    return [(row.code, row.text_th, row.importance) for row in rows]


def test_a_swot_as_an_office_keeps_it_is_brought_in_with_its_evidence(
    agency, year, draft, strategist
):
    need = valley().need()
    field = Field()
    kpi = field.kpi(field.indicator())
    old = factor(draft, strategist, text_th="ฐานอาหาร")
    rows = [
        ["ผลการวิเคราะห์สภาพแวดล้อม (SWOT)"],
        HEAD,
        [1, "จุดแข็ง", "อุตสาหกรรมอาหารทะเล", "เศรษฐกิจ", "๕", kpi.code, ""],
        [2, "W", "น้ำเสียในคลอง", "สิ่งแวดล้อม", 4, need.code.lower(), ""],
        [3, "O โอกาส", "ตลาดโลก", "", 3, "มูลค่าส่งออกเพิ่ม", "สำนักงานพาณิชย์จังหวัด"],
        [4, "ภัยคุกคาม", "=โรคระบาด", "", 2, "", ""],
    ]
    upload = send(agency, year, rows, strategist)
    assert upload.report["errors"] == []
    assert {each["code"] for each in upload.report["questions"]} == {"makes_new"}
    assert SwotFactor.objects.count() == 1
    actions.commit_upload(upload=upload, confirmed=True, by=strategist, at=NOON)
    assert standing(draft) == [
        ("O1", "ตลาดโลก", 3),
        ("S1", "ฐานอาหาร", 4),
        ("S2", "อุตสาหกรรมอาหารทะเล", 5),
        ("T1", "=โรคระบาด", 2),
        ("W1", "น้ำเสียในคลอง", 4),
    ]
    shown = FactorEvidence.objects.order_by("factor__kind")
    assert list(shown.values_list("kpi", "need", "label_th", "source_th")) == [
        (None, None, "มูลค่าส่งออกเพิ่ม", "สำนักงานพาณิชย์จังหวัด"),
        (kpi.pk, None, "", ""),
        (None, need.pk, "", ""),
    ]
    comes_back("swot-factors", agency, year, strategist)
    actions.undo_upload(upload=upload, by=strategist, at=NOON)
    assert SwotFactor.objects.get() == old
    assert not FactorEvidence.objects.exists()
    gone = Event.objects.filter(verb="planning.factor.withdrawn")
    assert {each.before["text"] for each in gone} == {
        "ตลาดโลก", "อุตสาหกรรมอาหารทะเล", "=โรคระบาด", "น้ำเสียในคลอง"
    }  # fmt: skip


def test_a_factor_is_mended_and_an_undo_puts_it_back(agency, year, draft, strategist):
    row = factor(draft, strategist, group_th="เดิม")
    head = ["เลขที่ปัจจัย", "ปัจจัย", "กลุ่ม", "ความสำคัญ"]
    upload = brought_in(agency, year, [head, [code_of(row), "ฐานอาหารทะเล", "", 1]], strategist)
    row.refresh_from_db()
    assert (row.text_th, row.group_th, row.importance) == ("ฐานอาหารทะเล", "เดิม", 1)
    event = Event.objects.get(verb="planning.factor.amended")
    assert event.before == {"text_th": "ฐานอาหาร", "importance": 4}
    assert event.after == {"text_th": "ฐานอาหารทะเล", "importance": 1}
    actions.undo_upload(upload=upload, by=strategist, at=NOON)
    row.refresh_from_db()
    assert (row.text_th, row.group_th, row.importance) == ("ฐานอาหาร", "เดิม", 4)


def test_what_was_built_on_new_factors_is_listed_and_nothing_is_taken_away(
    agency, year, draft, strategist
):
    upload = brought_in(
        agency, year, [HEAD[:5], *([n, "S", f"ข้อ {n}", "", 3] for n in (1, 2, 3))], strategist
    )
    used, shown, kept = SwotFactor.objects.filter(edition=draft).order_by("number")
    outside = factor(draft, strategist, kind="O")
    analysis.add_tows(
        edition=draft, text_th="กลยุทธ์", factors=[used, outside], approaches=[], by=strategist,
        at=NOON,
    )  # fmt: skip
    stated = analysis.EvidenceInput(label_th="x", source_th="y")
    analysis.add_evidence(factor=shown, evidence=stated, by=strategist, at=NOON)
    assert in_the_way(upload, strategist) == [
        f"{code_of(used)}: มีกลยุทธ์ TOWSแล้ว",
        f"{code_of(shown)}: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
    ]
    assert SwotFactor.objects.filter(pk=kept.pk).exists()
    move_on(draft, strategist)
    assert len(in_the_way(upload, strategist)) == 3


def move_on(edition, by):
    move_edition(edition=edition, to="consultation", by=by, at=NOON)


def test_an_edition_that_is_out_is_shown_and_takes_nothing(agency, year, draft, strategist):
    row = factor(draft, strategist)
    move_on(draft, strategist)
    resource = actions.KINDS["swot-factors"]()
    [shown] = resource.rows_for(user=strategist, agency=agency, period=year, at=NOON)
    assert shown.code == code_of(row)
    assert "กำลังรับฟังความคิดเห็น" in shown.why_not
    rows = [["เลขที่ปัจจัย", "ประเภท", "ปัจจัย", "ความสำคัญ"], [code_of(row), "", "x", ""]]
    assert told(send(agency, year, rows, strategist)) == {("may_not", "A2")}
    # There is no draft: no line makes a factor.
    rows = [HEAD, [1, "S", "ใหม่", "", 3, "", ""]]
    assert told(send(agency, year, rows, strategist)) == {("unknown_row", "A2")}


def test_of_two_drafts_the_line_says_which(agency, year, draft, strategist):
    plan = PlanInput("five_year", 2571, 2575, "แผน 2571")
    other = editions.start_next_plan(plan=plan, source=None, by=strategist, at=NOON)
    rows = [
        [*HEAD[:5], "แผนฉบับ"],
        [1, "S", "ก", "", 3, ""],
        [2, "S", "ข", "", 3, "2571-2575.1"],
        [3, "S", "ค", "", 3, f"{draft.plan.name_th} ฉบับที่ {draft.number}"],
    ]
    assert told(send(agency, year, rows, strategist)) == {("which_edition", "F2")}
    brought_in(agency, year, [rows[0], *rows[2:]], strategist)
    assert (standing(other), standing(draft)) == ([("S1", "ข", 3)], [("S1", "ค", 3)])


def test_what_cannot_be_is_said_at_its_cell(agency, year, draft, strategist):
    rows = [
        HEAD,
        [1, "X", "ก", "", 3, "", ""],
        [2, "S", "", "", 3, "", ""],
        [3, "S", "ค", "", 6, "", ""],
        [4, "S", "ง", "", "", "", ""],
        [5, "S", "จ", "", 3, "K99-9", ""],
        [6, "S", "ฉ", "", 3, "ประชากรเพิ่มขึ้น", ""],
        [f"{draft.plan.code}.{draft.number}/S9", "S", "ช", "", 3, "", ""],
        [8, "S", "ก" * 1001, "", 3, "", ""],
    ]
    assert told(send(agency, year, rows, strategist)) == {
        ("not_a_choice", "B2"), ("required", "C3"), ("importance", "E4"), ("required", "E5"),
        ("no_evidence", "F6"), ("no_source", "G7"), ("unknown_row", "A8"), ("too_long", "C9"),
    }  # fmt: skip
    assert not SwotFactor.objects.exists()


def test_factors_are_written_together_or_not_at_all(edition, draft, strategist):
    row, in_force = factor(draft, strategist), factor(edition)
    new = NewFactor(draft, FactorInput("S", "ใหม่", 3))
    bare = analysis.EvidenceInput(label_th="x")
    before = standing(draft)
    for verb, entries, wrong in (
        (analysis.add_factors, [new, NewFactor(draft, FactorInput("S", " ", 3))], {1: "factor"}),
        (
            analysis.add_factors,
            [NewFactor(edition, FactorInput("S", "x", 3)), new,
             NewFactor(draft, FactorInput("S", "x", 3, evidence=[bare]))],
            {0: "not_draft", 2: "no_source"},
        ),
        (
            analysis.amend_factors,
            [FactorAmendment(row, 1, "แก้", 5), FactorAmendment(in_force, 1, "แก้", 5)],
            {1: "not_draft"},
        ),
        (analysis.amend_factors, [FactorAmendment(row, 2, "แก้", 5)], {0: "changed_meanwhile"}),
        (analysis.amend_factors, [FactorAmendment(row, 1, "แก้", 6)], {0: "factor"}),
        (analysis.amend_factors, [FactorAmendment(row, 1, "ก", 5)] * 2, {1: "twice"}),
        (
            analysis.withdraw_factors,
            [Withdrawal(row.pk, 2), Withdrawal(in_force.pk, 1)],
            {0: "changed_meanwhile", 1: "built_on"},
        ),
    ):  # fmt: skip
        with pytest.raises(EntriesRefused) as refused:
            verb(entries=entries, by=strategist, at=NOON)
        assert {n: why.code for n, why in refused.value.by_entry.items()} == wrong
        assert standing(draft) == before


@pytest.mark.parametrize("role", [Role.REPORTER, Role.GOVERNOR, Role.HR, Role.PLANNER, Role.ADMIN])
def test_nobody_but_the_strategy_office_sends_it(agency, year, draft, strategist, role):
    row, by = factor(draft, strategist), person(role, agency)
    with pytest.raises(Refused):
        send(agency, year, [HEAD, [1, "S", "x", "", 3, "", ""]], by)
    resource = actions.KINDS["swot-factors"]()
    rows = resource.rows_for(user=by, agency=agency, period=year, at=NOON)
    # A draft stays with those who look over the province.
    assert len(rows) == (1 if role == Role.GOVERNOR else 0)
    assert all(each.why_not for each in rows)
    for verb, entries in (
        (analysis.add_factors, [NewFactor(draft, FactorInput("S", "x", 3))]),
        (analysis.amend_factors, [FactorAmendment(row, 1, "x", 3)]),
        (analysis.withdraw_factors, [Withdrawal(row.pk, 1)]),
    ):
        with pytest.raises(EntriesRefused):
            verb(entries=entries, by=by, at=NOON)


def test_more_factors_cost_no_more_queries(
    agency, year, draft, strategist, django_assert_max_num_queries
):
    resource = actions.KINDS["swot-factors"]()
    which = {"user": strategist, "agency": agency, "period": year, "at": NOON}
    for n in range(3):
        factor(draft, strategist, text_th=f"ข้อ {n}")
    with django_assert_max_num_queries(12) as few:
        assert len(resource.rows_for(**which)) == 3
    for n in range(9):
        factor(draft, strategist, text_th=f"อีก {n}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(actions.KINDS["swot-factors"]().rows_for(**which)) == 12


def test_a_factor_is_mended_on_its_page(client, draft, strategist):
    row = factor(draft, strategist)
    client.force_login(strategist)
    address = reverse("planning:factor-amend", args=[row.pk])
    assert address in client.get(reverse("planning:swot", args=[draft.pk])).content.decode()
    typed = {"text_th": "ใหม่", "group_th": "", "importance": "2", "version": "1"}
    assert client.post(address, {**typed, "text_th": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    row.refresh_from_db()
    assert (row.text_th, Decimal(row.importance), row.version) == ("ใหม่", 2, 2)
    again = client.post(address, {**typed, "text_th": "ชนกัน"})
    assert again.status_code == 409
    page = again.content.decode()
    assert "ชนกัน" in page
    row.refresh_from_db()
    assert row.text_th == "ใหม่"
