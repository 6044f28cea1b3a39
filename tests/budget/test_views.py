"""The pages of money: the grid, the year, the overview, the public page."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from budget.actions import (
    MonthlyInput,
    approve_monthly_figures,
    record_monthly_figures,
    submit_monthly_figures,
)
from budget.models import CabinetTarget, MonthlyFigure
from submissions.models import Month, PeriodState
from submissions.workflow import Status
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def months():
    quarter_of(2570, 1)
    return {m.number: m for m in Month.objects.filter(fiscal_year_id=2570)}


@pytest.fixture
def allocation(months):
    project, _activities = project_with(1)
    return AllocationFactory(project=project, spending_agency=project.host_agency)


@pytest.fixture
def reporter(allocation):
    return person(Role.REPORTER, allocation.spending_agency)


GRID = "/desk/budget/months/"
SAVE = "/desk/budget/months/save/?month=2570-m03"


def row(allocation, **more):
    return {"row": allocation.pk, "version": 0, "disbursed": "๒๕๐,๐๐๐", "obligated": "0", **more}


def signed(allocation, month, disbursed="250000", obligated="100000"):
    by = person(Role.REPORTER, allocation.spending_agency)
    head = person(Role.APPROVER, allocation.spending_agency)
    entry = MonthlyInput(allocation, month, D(disbursed), D(obligated))
    figures = record_monthly_figures(entries=[entry], by=by, at=NOON)
    figures = submit_monthly_figures(entries=figures, by=by, at=NOON)
    return approve_monthly_figures(entries=figures, by=head, at=NOON)


# ── The grid ─────────────────────────────────────────────────────────────────
def test_a_row_is_kept_as_it_is_typed(client, allocation, reporter):
    client.force_login(reporter)
    answer = client.post(SAVE, row(allocation))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["ok"], told["version"], told["ytd"]) == (True, 1, "25.00")
    assert told["understood"] == "เบิกจ่าย 250,000.00 · ก่อหนี้ 0.00"
    assert told["result"] == "250,000.00"
    assert told["counts"]["ready"] == 1
    assert told["warning"] is None
    assert MonthlyFigure.objects.get().disbursed_to_date == D(250000)


def test_a_figure_a_thousand_times_off_is_asked_about(client, allocation, reporter):
    client.force_login(reporter)
    asked = client.post(SAVE, row(allocation, disbursed="250"))
    assert asked.status_code == 422
    assert "ล้านบาท" in asked.json()["errors"][""]
    assert not MonthlyFigure.objects.exists()
    told = client.post(SAVE, row(allocation, disbursed="250", note="ค่าส่งจริง")).json()
    assert (told["ok"], told["warning"]) == (True, None)
    # A note that stands there answers the question for what is typed after it.
    assert client.post(SAVE, row(allocation, disbursed="260", version=1)).json()["ok"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"disbursed": "สองแสน"}, "disbursed"),
        ({"obligated": "1,2,3"}, "obligated"),
        ({"disbursed": "ไม่เกี่ยวข้อง"}, "disbursed"),
        ({"disbursed": "1,000,000.01"}, ""),
        ({"disbursed": "(1,000)"}, ""),
    ],
)
def test_what_cannot_be_is_told_beside_the_row(client, allocation, reporter, typed, field):
    client.force_login(reporter)
    answer = client.post(SAVE, row(allocation, **typed))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not MonthlyFigure.objects.exists()


def test_two_people_on_one_row_see_both_values(client, allocation, reporter):
    other = person(Role.REPORTER, allocation.spending_agency)
    client.force_login(other)
    client.post(SAVE, row(allocation, disbursed="111111"))
    client.force_login(reporter)
    answer = client.post(SAVE, row(allocation))
    assert answer.status_code == 409
    clash = answer.json()["clash"]
    assert clash["theirs"]["disbursed"] == "111,111.00"
    assert clash["by"] == other.get_full_name()
    assert client.post(SAVE, row(allocation, version=clash["version"])).status_code == 200


def test_a_closed_month_is_refused_with_a_sentence(client, allocation, reporter, months):
    set_state(months[3], PeriodState.CLOSED)
    client.force_login(reporter)
    answer = client.post(SAVE, row(allocation))
    assert answer.status_code == 409
    assert "ปิดแล้ว" in answer.json()["refusal"]


def test_another_agencys_row_is_not_found(client, allocation):
    client.force_login(person(Role.REPORTER))
    assert client.post(SAVE, row(allocation)).status_code == 404


def test_all_rows_are_kept_and_sent_without_scripts(client, allocation, reporter):
    other = AllocationFactory(spending_agency=allocation.spending_agency)
    client.force_login(reporter)
    assert "พิมพ์ตรงนี้" in client.get("/desk/budget/").content.decode()
    posted = {"month": "2570-m03"}
    for each in (allocation, other):
        posted |= {
            f"version-{each.pk}": 0,
            f"disbursed-{each.pk}": "12.5 ล้านบาท" if each is other else "100000",
            f"obligated-{each.pk}": "0",
            f"note-{each.pk}": "",
        }
    refused = client.post(GRID, posted)
    assert refused.status_code == 409
    assert "12.5 ล้านบาท" in refused.content.decode()
    assert not MonthlyFigure.objects.exists()
    wrong = client.post(GRID, posted | {f"disbursed-{other.pk}": "สิบ"})
    assert wrong.status_code == 200
    assert "ไม่ใช่ตัวเลข" in wrong.content.decode()
    assert client.post(GRID, posted | {f"disbursed-{other.pk}": "0.9 ล้านบาท"}).status_code == 302
    assert MonthlyFigure.objects.count() == 2
    assert client.post(f"{GRID}submit/", {"month": "2570-m03"}).status_code == 302
    assert set(MonthlyFigure.objects.values_list("status", flat=True)) == {Status.SUBMITTED}
    assert client.post(f"{GRID}submit/", {"month": "2570-m03"}).status_code == 302


def test_what_is_not_ready_is_told_and_nothing_is_sent(client, allocation, reporter, months):
    signed(allocation, months[2])
    client.force_login(reporter)
    client.post(SAVE, row(allocation, disbursed="200000"))
    answer = client.post(f"{GRID}submit/", {"month": "2570-m03"})
    assert answer.status_code == 409
    assert "ต่ำกว่ายอดที่ลงนามแล้ว" in answer.content.decode()
    assert not MonthlyFigure.objects.filter(status=Status.SUBMITTED).exists()


def test_an_agency_without_money_is_told_what_will_be_here(client, months):
    client.force_login(person(Role.REPORTER))
    assert "ไม่มีรายการงบประมาณ" in client.get(GRID).content.decode()


def test_before_any_year_there_is_no_grid(client):
    client.force_login(person(Role.REPORTER))
    assert client.get(GRID).status_code == 200
    assert client.post(f"{GRID}submit/").status_code == 404


def test_nobody_without_a_role_sees_the_desk(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="nobody"))
    assert client.get("/desk/budget/").status_code == 404


# ── Overview, year, public ───────────────────────────────────────────────────
@pytest.fixture
def money(allocation, months, work_off_jobs):
    for number, amount in ((1, "50000"), (2, "120000"), (3, "250000")):
        signed(allocation, months[number], amount)
    work_off_jobs()
    CabinetTarget.objects.create(
        fiscal_year_id=2570,
        quarter=1,
        category="overall",
        measure="disbursement",
        percent=D(32),
        kind="assumption",
        source="ทดสอบ",
    )


def test_the_comptroller_sees_the_gap_in_points_and_in_baht(client, money):
    client.force_login(person(Role.COMPTROLLER))
    text = client.get("/desk/budget/").content.decode()
    assert "25.00" in text
    assert "−7.00" in text
    assert "70,000.00" in text
    assert "คาดสิ้นปีร้อยละ" in text
    assert client.get("/desk/budget/overview/?month=2&year=2570").status_code == 200


def test_an_agency_sees_its_own_money_only(client, money, allocation, reporter):
    client.force_login(reporter)
    text = client.get("/desk/budget/overview/").content.decode()
    assert allocation.spending_agency.name in text
    stranger = person(Role.REPORTER)
    client.force_login(stranger)
    text = client.get(
        f"/desk/budget/overview/?agency={allocation.spending_agency.code}"
    ).content.decode()
    assert "ยังไม่มียอดที่ลงนาม" in text


def test_the_year_is_shown_cumulative_and_by_month(client, money, reporter):
    client.force_login(reporter)
    assert "250,000.00" in client.get("/desk/budget/year/").content.decode()
    assert "130,000.00" in client.get("/desk/budget/year/?mode=monthly").content.decode()


def test_the_public_sees_published_months(client, money, months):
    assert "ยังไม่มียอดที่เผยแพร่" in client.get("/budget/").content.decode()
    for number in (1, 2, 3):
        set_state(months[number], PeriodState.PUBLISHED)
    text = client.get("/budget/").content.decode()
    assert "25.00" in text
    assert "ตามแหล่งงบประมาณ" in text


def test_what_will_lapse_is_listed_from_june_on(
    client, allocation, work_off_jobs, time_machine_noon
):
    quarter_of(2570, 3)
    june = Month.objects.get(fiscal_year_id=2570, number=9)
    time_machine_noon.move_to(NOON.replace(month=7, day=5))
    by = person(Role.REPORTER, allocation.spending_agency)
    head = person(Role.APPROVER, allocation.spending_agency)
    at = NOON.replace(month=7, day=5)
    figures = record_monthly_figures(
        entries=[MonthlyInput(allocation, june, D(400000), D(0))], by=by, at=at
    )
    figures = submit_monthly_figures(entries=figures, by=by, at=at)
    approve_monthly_figures(entries=figures, by=head, at=at)
    work_off_jobs()
    client.force_login(person(Role.COMPTROLLER))
    text = client.get("/desk/budget/").content.decode()
    assert "พับไป" in text
    assert "600,000.00" in text


def test_the_project_page_shows_its_money(client, money, allocation, reporter):
    client.force_login(reporter)
    text = client.get(allocation.project.get_absolute_url()).content.decode()
    assert "250,000.00" in text
    assert "25.00" in text
    listed = client.get(reverse("projects:desk-list") + f"?source={allocation.source.code}")
    assert allocation.project.code in listed.content.decode()


@pytest.mark.parametrize("page", ["/desk/budget/overview/", GRID, "/desk/budget/year/", "/budget/"])
def test_a_page_costs_the_same_for_one_row_or_ten(
    client, money, months, allocation, page, work_off_jobs
):
    for number in (1, 2, 3):
        set_state(months[number], PeriodState.OPEN)
    user = person(Role.COMPTROLLER, allocation.spending_agency)
    client.force_login(user)
    client.get(page)
    with CaptureQueriesContext(connection) as one:
        client.get(page)
    for _n in range(9):
        project, _activities = project_with(1)
        more = AllocationFactory(project=project, spending_agency=allocation.spending_agency)
        signed(more, months[1])
    work_off_jobs()
    with CaptureQueriesContext(connection) as ten:
        client.get(page)
    assert len(ten) == len(one)


# ── Targets ──────────────────────────────────────────────────────────────────
TARGET = {
    "quarter": "2",
    "category": "overall",
    "measure": "disbursement",
    "percent": "๕๑",
    "kind": "cabinet",
    "source": "มติ ครม. 1 ต.ค. 2569",
}


def test_the_comptroller_sets_and_withdraws_a_target(client, months):
    client.force_login(person(Role.COMPTROLLER))
    page = "/desk/budget/targets/?year=2570"
    assert "ยังไม่มีเป้าหมาย" in client.get(page).content.decode()
    assert client.post(page, TARGET).status_code == 302
    target = CabinetTarget.objects.get()
    assert (target.percent, target.is_verified) == (D(51), False)
    assert "51.00" in client.get(page).content.decode()
    withdraw = f"/desk/budget/targets/{target.pk}/withdraw/"
    assert client.post(withdraw, {"reason": " "}).status_code == 409
    assert client.post(withdraw, {"reason": "ลงผิดปี"}).status_code == 302
    assert not CabinetTarget.objects.exists()


@pytest.mark.parametrize(("typed", "status"), [("ห้าสิบ", 200), ("-", 200), ("120", 409)])
def test_a_target_that_cannot_be_is_told_and_kept_in_the_form(client, months, typed, status):
    client.force_login(person(Role.STRATEGIST))
    answer = client.post("/desk/budget/targets/?year=2570", TARGET | {"percent": typed})
    assert answer.status_code == status
    assert "มติ ครม. 1 ต.ค. 2569" in answer.content.decode()
    assert not CabinetTarget.objects.exists()


def test_others_read_targets_and_set_none(client, months):
    client.force_login(person(Role.REPORTER))
    page = "/desk/budget/targets/?year=2570"
    assert "กำหนดเป้าหมาย" not in client.get(page).content.decode()
    assert client.post(page, TARGET).status_code == 409
