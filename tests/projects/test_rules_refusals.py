"""What the rules of projects refuse, said by the rules themselves: no rows are needed."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Role, User
from accounts.rules import Standing
from projects import rules
from projects.models import ChangeRequest, MonthlyProgress, Project
from submissions.models import FiscalYear, Month, PeriodState, Quarter
from tests.factories import NOON

D = Decimal
HOST, OTHER = 7, 8


def standing(role, agency=HOST, pk=1):
    return Standing(User(pk=pk), frozenset({(role, agency)}))


REPORTER = standing(Role.REPORTER)
STRANGER = standing(Role.REPORTER, OTHER)
OFFICE = standing(Role.STRATEGIST, OTHER)


def project(status=Project.Status.RUNNING, **more):
    return Project(host_agency_id=HOST, status=status, **more)


def change(state=ChangeRequest.State.ASKED, asked_by=1):
    return ChangeRequest(project=project(), state=state, asked_by_id=asked_by)


def month(number=2, year=2570, monthly=True, state=PeriodState.OPEN):
    thresholds = {"progress": {"monthly": monthly}}
    return Month(
        fiscal_year=FiscalYear(year=year, thresholds=thresholds), number=number, state=state
    )


def kept_file(status, who=REPORTER, plan_changes=True):
    return rules.why_not_keep_file(HOST, status, who, plan_changes=plan_changes)


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (lambda: kept_file("running", STRANGER), "เฉพาะหน่วยงานเจ้าภาพ"),
        (lambda: kept_file("finished"), "แฟ้มจึงปิดแล้ว"),
        (lambda: kept_file("cancelled", plan_changes=False), "แฟ้มจึงปิดแล้ว"),
        (lambda: kept_file("running"), "โครงการอนุมัติแล้ว"),
        (lambda: kept_file("running", plan_changes=False), None),
        (lambda: kept_file("proposed"), None),
    ],
)
def test_a_file_is_kept_by_its_own_until_the_project_ends(said, part):
    assert_said(said(), part)


def assert_said(sentence, part):
    if part is None:
        assert sentence is None
    else:
        assert sentence is not None
        assert part in sentence


def planned(plan, start=date(2026, 11, 1)):
    ends = date(2027, 9, 30)
    return rules.why_not_plan((2570, 2570), (start, ends), [D(100)], [(start, ends)], [plan])


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        ({(2570, 1): D(5), (2570, 12): D(100)}, "ก่อนเดือนที่เริ่ม"),
        ({(2570, 3): D(50), (2570, 6): D(40), (2570, 12): D(100)}, "ลดลงจากเดือนก่อน"),
        ({(2570, 3): D(50), (2570, 12): D(90)}, "ต้องถึงร้อยละ 100"),
        ({(2570, 1): D(0), (2570, 3): D(50), (2570, 12): D(100)}, None),
        ({}, None),
    ],
)
def test_a_monthly_plan_lies_in_its_time_rises_and_ends_full(plan, part):
    assert_said(planned(plan), part)


BARE = {
    **dict.fromkeys(("objective_th", "output_th", "outcome_th", "start_date", "end_date"), ""),
    **{key: [] for key in ("years", "targets", "beneficiaries", "year_budgets", "areas")},
}


def activity(number, budget):
    same = dict.fromkeys(("name_th", "name_en", "agency", "related", "weight"), "")
    return {
        **same,
        **dict.fromkeys(("start_date", "end_date", "plan"), ""),
        "number": number,
        "budget": budget,
    }


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([(1, "100")], [(1, "100"), (2, "50")], ["scope", "budget"]),
        ([(1, "100")], [(1, "100"), (2, None)], ["scope"]),
        ([(1, "100"), (2, "50")], [(1, "100")], ["scope", "budget"]),
        ([(1, "100")], [(1, "90")], ["budget"]),
        ([(1, "100")], [(1, "100")], []),
    ],
)
def test_an_activity_more_or_less_is_scope_and_its_money_is_budget(before, after, kinds):
    plans = [BARE | {"activities": [activity(*each) for each in all_]} for all_ in (before, after)]
    assert rules.change_kinds(*plans) == kinds


@pytest.mark.parametrize(
    ("status", "who", "part"),
    [
        ("running", STRANGER, "ยื่นคำขอเปลี่ยนแปลงได้"),
        ("proposed", REPORTER, "โครงการยังไม่อนุมัติ"),
        ("finished", REPORTER, "แฟ้มจึงปิดแล้ว"),
        ("cancelled", OFFICE, "แฟ้มจึงปิดแล้ว"),
        ("running", REPORTER, None),
        ("running", OFFICE, None),
    ],
)
def test_another_plan_is_asked_for_while_a_project_runs(status, who, part):
    assert_said(rules.why_not_request_change(project(status), who), part)


@pytest.mark.parametrize(
    ("request_", "who", "part"),
    [
        (change("withdrawn"), REPORTER, "คำขอนี้มีมติหรือถอนไปแล้ว"),
        (change(asked_by=9), STRANGER, "เฉพาะหน่วยงานที่ยื่น"),
        (change(asked_by=9), REPORTER, None),
        (change(asked_by=1), OFFICE, None),
    ],
)
def test_a_request_is_taken_back_by_its_own(request_, who, part):
    assert_said(rules.why_not_withdraw(request_, who), part)


@pytest.mark.parametrize(
    ("request_", "who", "part"),
    [
        (change("approved", 9), OFFICE, "คำขอนี้มีมติหรือถอนไปแล้ว"),
        (change("rejected", 9), REPORTER, "คำขอนี้มีมติหรือถอนไปแล้ว"),
        (change(asked_by=9), REPORTER, "เป็นผู้บันทึกมติ"),
        (change(asked_by=1), OFFICE, "ของคำขอตนเองไม่ได้"),
        (change(asked_by=9), OFFICE, None),
    ],
)
def test_a_resolution_is_written_down_once_and_by_another(request_, who, part):
    assert_said(rules.why_not_decide_change(request_, who), part)


@pytest.mark.parametrize(
    ("status", "who", "part"),
    [
        ("running", STRANGER, "เขียนการประเมินผลได้"),
        ("approved", REPORTER, "เมื่อโครงการกำลังดำเนินการ"),
        ("running", OFFICE, None),
    ],
)
def test_an_evaluation_is_written_while_a_project_runs(status, who, part):
    assert_said(rules.why_not_evaluate(project(status), who), part)


@pytest.mark.parametrize(
    ("who", "part"),
    [
        (STRANGER, "จัดการไฟล์ของโครงการได้"),
        (REPORTER, None),
        (OFFICE, None),
        (standing(Role.INSPECTOR, OTHER), None),
    ],
)
def test_files_are_added_by_the_host_the_inspectors_and_the_office(who, part):
    assert_said(rules.why_not_attach(project(), who), part)


@pytest.mark.parametrize(
    ("status", "who", "start", "part"),
    [
        ("running", STRANGER, date(2026, 10, 1), "เฉพาะผู้รายงานของหน่วยงานเจ้าภาพ"),
        ("running", OFFICE, date(2026, 10, 1), "เฉพาะผู้รายงานของหน่วยงานเจ้าภาพ"),
        ("finished", REPORTER, date(2026, 10, 1), "จึงไม่ต้องรายงานความก้าวหน้า"),
        ("running", REPORTER, date(2027, 1, 1), "ยังไม่เริ่มในไตรมาสนี้"),
        ("running", REPORTER, date(2026, 12, 31), None),
    ],
)
def test_progress_is_typed_by_the_host_from_the_first_quarter_on(status, who, start, part):
    quarter = Quarter(fiscal_year_id=2570, number=1, state=PeriodState.OPEN)
    said = rules.why_not_save(project(status, start_date=start), quarter, None, who)
    assert_said(said, part)


@pytest.mark.parametrize(
    ("who", "month_", "start", "part"),
    [
        (STRANGER, month(), date(2026, 10, 1), "เฉพาะผู้รายงานของหน่วยงานเจ้าภาพ"),
        (
            REPORTER,
            month(monthly=False),
            date(2026, 10, 1),
            "ปี 2570 ขอรายงานความก้าวหน้าเป็นรายไตรมาส",
        ),
        (REPORTER, month(3), date(2026, 10, 1), "เดือนสิ้นไตรมาส"),
        (REPORTER, month(5), date(2026, 10, 1), "เดือนนี้ยังไม่เริ่ม"),
        (REPORTER, month(2), date(2026, 12, 1), "โครงการยังไม่เริ่มในเดือนนี้"),
        (REPORTER, month(2, state=PeriodState.PLANNED), date(2026, 10, 1), "รอบรายงานนี้ยังไม่เปิด"),
        (REPORTER, month(2), date(2026, 11, 30), None),
    ],
)
def test_a_month_is_typed_where_the_year_asks_and_both_have_begun(who, month_, start, part):
    said = rules.why_not_save_month(project(start_date=start), month_, None, who, NOON)
    assert_said(said, part)


def settled(*bounds):
    return rules.why_not_settings(*(D(bound) for bound in bounds))


@pytest.mark.parametrize(
    ("bounds", "part"),
    [
        ((-15, -5, 30, 50), "เกณฑ์วิกฤตต้องต่ำกว่าเกณฑ์ล่าช้า"),
        ((5, -15, 30, 50), "เกณฑ์วิกฤตต้องต่ำกว่าเกณฑ์ล่าช้า"),
        ((-5, -101, 30, 50), "เกณฑ์วิกฤตต้องต่ำกว่าเกณฑ์ล่าช้า"),
        ((-5, -15, 0, 50), "เกณฑ์เงินกับงานต่างกัน"),
        ((-5, -15, 30, 101), "เกณฑ์เงินกับงานต่างกัน"),
        ((-5, -15, 30, 50), None),
        ((0, -100, 100, 100), None),
    ],
)
def test_the_bounds_of_progress_fall_and_the_gaps_are_points(bounds, part):
    assert_said(settled(*bounds), part)


@pytest.mark.parametrize(
    ("percent", "part"),
    [
        (D("-0.01"), "ต้องอยู่ระหว่าง 0 ถึง 100"),
        (D("100.01"), "ต้องอยู่ระหว่าง 0 ถึง 100"),
        (D(0), None),
        (D(100), None),
        (None, None),
    ],
)
def test_a_percentage_is_one(percent, part):
    assert_said(rules.why_not_percent(percent), part)


def returned_month(reason="แก้ตัวเลข", state=PeriodState.OPEN, status="submitted", agency=HOST):
    report = MonthlyProgress(
        project=project(), month=month(state=state), status=status, entered_by_id=9
    )
    return rules.why_not_return_month(report, standing(Role.APPROVER, agency), reason)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"state": PeriodState.PLANNED}, "รอบรายงานนี้ยังไม่เปิด"),
        ({"state": PeriodState.CLOSED}, "รอบรายงานนี้ปิดแล้ว"),
        ({"reason": "  "}, "เขียนเหตุผลที่ส่งกลับ"),
        ({}, None),
    ],
)
def test_a_month_is_sent_back_with_a_reason_while_its_period_is_open(given, part):
    assert_said(returned_month(**given), part)


def test_a_month_of_another_agency_is_not_sent_back():
    assert_said(returned_month(agency=OTHER), "หัวหน้า")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (lambda: rules.why_not_main_kpi(3, [1, 2]), "ต้องเป็นหนึ่งในตัวชี้วัด"),
        (lambda: rules.why_not_main_kpi(3, []), "ต้องเป็นหนึ่งในตัวชี้วัด"),
        (lambda: rules.why_not_main_kpi(2, [1, 2]), None),
        (lambda: rules.why_not_main_kpi(None, []), None),
        (lambda: rules.why_not_drop([1, 2, 3], [2]), "กิจกรรมที่ 1, 3 มีรายงาน"),
        (lambda: rules.why_not_drop([2], [1, 2]), None),
    ],
)
def test_the_main_kpi_is_answered_and_reported_work_stays(said, part):
    assert_said(said(), part)
