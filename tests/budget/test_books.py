"""The books: registered, changed, set aside, carried over, enacted, moved; contracts signed."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from budget import actions
from budget.dues import contracts_due_for
from budget.models import (
    Allocation,
    Contract,
    MoneyFigure,
    MonthlyFigure,
    SigningDeadline,
    Transfer,
)
from common.refusal import EntriesRefused, Refused
from submissions.actions import prepare_fiscal_year
from submissions.models import Month
from tests.budget.factories import AllocationFactory, BudgetSourceFactory
from tests.factories import NOON, AgencyFactory, person, quarter_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read and written at noon of a working day after the quarter."""


@pytest.fixture
def keeper(db):
    return person(Role.COMPTROLLER)


@pytest.fixture
def row(db):
    quarter_of(2570, 1)
    return AllocationFactory(code="B1", spending_agency=AgencyFactory(code="AA"))


@pytest.fixture
def desk(client, keeper):
    client.force_login(keeper)
    return client


def signed(row, number, disbursed, obligated):
    month = Month.objects.get(fiscal_year=2570, number=number)
    by = person(Role.REPORTER, row.spending_agency)
    entry = actions.MonthlyInput(row, month, D(disbursed), D(obligated))
    figures = actions.record_monthly_figures(entries=[entry], by=by, at=NOON)
    figures = actions.submit_monthly_figures(entries=figures, by=by, at=NOON)
    [figure] = actions.approve_monthly_figures(
        entries=figures, by=person(Role.APPROVER, row.spending_agency), at=NOON
    )
    row.refresh_from_db()
    return figure


def input_of(row, **more):
    given = actions.AllocationInput(
        code=row.code,
        source=row.source,
        expenditure_type=row.expenditure_type,
        fiscal_year=row.fiscal_year,
        owner_agency=row.owner_agency,
        spending_agency=row.spending_agency,
        name_th=row.name_th,
        appropriation=row.appropriation,
        allotted=row.allotted,
        project=row.project,
    )
    return replace(given, **more)


def set_aside(row, keeper, **amounts):
    given = dict.fromkeys(
        ("savings", "reserved_with_obligation", "reserved_without_obligation", "returned"), D(0)
    )
    return actions.settle_allocation(
        allocation=row,
        settlement=actions.Settlement(**given | amounts, reason="หนังสือ กค 1"),
        by=keeper,
        at=NOON,
    )


# ── Registering and changing ─────────────────────────────────────────────────
def sent_of(row, **more):
    return {
        "code": "N1",
        "name_th": "จัดซื้อเครื่องเติมอากาศ",
        "project_code": "",
        "source": row.source_id,
        "expenditure_type": "investment",
        "owner_agency": row.owner_agency_id,
        "spending_agency": row.spending_agency_id,
        "appropriation": "๑,๒๐๐,๐๐๐",
        "allotted": "800000",
        **more,
    }


def test_a_new_allocation_is_registered_with_owner_and_spender_apart(desk, row):
    answer = desk.post(reverse("budget:book-new"), sent_of(row))
    assert answer.status_code == 302
    new = Allocation.objects.get(code="N1")
    assert (new.appropriation, new.revised, new.allotted) == (
        D(1_200_000),
        D(1_200_000),
        D(800_000),
    )
    assert (new.owner_agency, new.spending_agency) == (row.owner_agency, row.spending_agency)
    assert Event.objects.get(verb="budget.allocation.added").subject_id == new.pk


@pytest.mark.parametrize(
    ("more", "field", "words", "status"),
    [
        ({"code": "B1"}, "code", "มีรายการรหัสนี้แล้ว", 422),
        ({"code": "A/1"}, "code", "ช่องว่าง", 422),
        ({"project_code": "ไม่มี"}, "project_code", "ไม่มีโครงการ", 422),
        ({"name_th": ""}, "name_th", "ชื่อรายการ", 422),
        ({"appropriation": "สิบบาท"}, "appropriation", "", 422),
        ({"allotted": "1300000"}, "__all__", "ไม่เกินงบประมาณหลังโอน", 409),
    ],
)
def test_what_cannot_be_registered_is_said_at_its_field(desk, row, more, field, words, status):
    answer = desk.post(reverse("budget:book-new"), sent_of(row, **more))
    assert answer.status_code == status
    assert words in " ".join(answer.context["form"].errors[field])
    assert Allocation.objects.count() == 1
    # What was typed stands in the page still.
    assert "๑,๒๐๐,๐๐๐" in answer.content.decode() or "appropriation" in more


def test_a_second_allocation_of_a_kind_is_refused_before_the_database_does(desk, row):
    project, _activities = project_with(1)
    sent = sent_of(row, project_code=project.code)
    assert desk.post(reverse("budget:book-new"), sent).status_code == 302
    answer = desk.post(reverse("budget:book-new"), sent | {"code": "N2"})
    assert answer.status_code == 422
    assert "แก้ไขรายการนั้น" in answer.content.decode()


def test_an_amount_a_thousand_times_the_plan_is_asked_about_before_it_is_kept(desk, row):
    page = reverse("budget:book-detail", args=["B1"])
    sent = {"appropriation": "1000000000", "allotted": "1000000", "version": row.version}
    answer = desk.post(page, sent)
    assert answer.status_code == 409
    assert "1,000 เท่า" in answer.content.decode()
    assert "ยืนยันว่าจำนวนเงินถูกต้อง" in answer.content.decode()
    row.refresh_from_db()
    assert row.appropriation == D(1_000_000)
    assert desk.post(page, sent | {"is_confirmed": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.appropriation == D(1_000_000_000)


def test_a_projects_plan_is_what_a_new_amount_is_held_against(keeper, row):
    project, [activity] = project_with(1)
    type(activity).objects.filter(pk=activity.pk).update(budget=D(500_000))
    given = input_of(row, code="N3", project=project, appropriation=D(500), allotted=D(0))
    with pytest.raises(EntriesRefused) as refused:
        actions.allocate(allocations=[given], by=keeper, at=NOON)
    assert refused.value.by_entry[0].code == "units"
    actions.allocate(allocations=[replace(given, is_confirmed=True)], by=keeper, at=NOON)


def test_two_people_who_change_an_allocation_do_not_overwrite_each_other(keeper, row):
    seen = row.version
    actions.allocate(
        allocations=[input_of(row, appropriation=D(1_100_000), version=seen)], by=keeper, at=NOON
    )
    with pytest.raises(EntriesRefused) as refused:
        actions.allocate(
            allocations=[input_of(row, appropriation=D(1_200_000), version=seen)],
            by=keeper,
            at=NOON,
        )
    assert refused.value.by_entry[0].code == "changed_meanwhile"


def test_money_that_moves_to_another_agency_leaves_the_old_ones_total(keeper, row, work_off_jobs):
    signed(row, 1, 100_000, 0)
    other = AgencyFactory()
    left = row.spending_agency
    actions.allocate(allocations=[input_of(row, spending_agency=other)], by=keeper, at=NOON)
    work_off_jobs()
    figures = MoneyFigure.objects.filter(scope__kind="agency", expenditure_type="", month=1)
    assert set(figures.values_list("scope__subject_id", flat=True)) == {other.pk}
    assert left.pk != other.pk


def test_a_loader_that_says_nothing_of_reserves_leaves_them(keeper, row):
    set_aside(row, keeper, returned=D(5))
    actions.allocate(allocations=[input_of(row)], by=None, at=NOON)
    row.refresh_from_db()
    assert row.returned == D(5)


# ── The year's edges ─────────────────────────────────────────────────────────
def test_savings_reserves_and_returns_are_written_with_a_reason(desk, row):
    signed(row, 3, 600_000, 300_000)
    page = reverse("budget:book-settle", args=["B1"])
    sent = {
        "savings": "20000",
        "reserved_with_obligation": "300000",
        "reserved_without_obligation": "50000",
        "returned": "30000",
        "reason": "หนังสือ กค 0402/1",
        "version": row.version,
    }
    assert desk.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert (row.savings, row.returned) == (D(20_000), D(30_000))
    assert Event.objects.get(verb="budget.allocation.settled").reason == "หนังสือ กค 0402/1"
    # 1,000,000 less 600,000 paid, 350,000 set aside and 30,000 given back.
    assert row.position.lapsing == D(20_000)


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ({"reserved_with_obligation": D(1)}, "ยอดก่อหนี้ผูกพัน"),
        ({"returned": D(1_000_001)}, "ไม่เกินเงินที่ได้รับจัดสรร"),
        ({"savings": D(1_000_001)}, "เงินเหลือจ่าย"),
        ({"returned": D(-1)}, "ติดลบ"),
    ],
)
def test_what_cannot_be_set_aside_is_refused(keeper, row, amounts, words):
    with pytest.raises(Refused, match=words):
        set_aside(row, keeper, **amounts)
    row.refresh_from_db()
    assert row.version == 1


def test_reserved_money_opens_in_the_next_year_under_its_origin_year(desk, keeper, row):
    carry = reverse("budget:book-carry", args=["B1"])
    assert desk.post(carry).status_code == 409
    signed(row, 3, 600_000, 300_000)
    set_aside(row, keeper, reserved_with_obligation=D(300_000), reserved_without_obligation=D(50))
    assert desk.post(carry).status_code == 409  # the next year is not there
    prepare_fiscal_year(year=2571)
    assert desk.post(carry).status_code == 302
    carried = Allocation.objects.get(fiscal_year=2571)
    assert (carried.code, carried.origin_year, carried.revised) == ("B1-C71", 2570, D(300_050))
    assert carried.is_carried_over
    page = desk.get(reverse("budget:book-detail", args=[carried.code])).content.decode()
    assert "มีหนี้ผูกพัน 300,000.00" in page
    # Again it changes nothing; with more set aside the same row is raised.
    row.refresh_from_db()
    actions.carry_over(allocations=[row], by=keeper, at=NOON)
    set_aside(row, keeper, reserved_with_obligation=D(300_000), reserved_without_obligation=D(90))
    actions.carry_over(allocations=[row], by=keeper, at=NOON)
    carried.refresh_from_db()
    assert (carried.revised, carried.allotted) == (D(300_090), D(300_090))
    assert Event.objects.filter(verb="budget.allocation.carried").count() == 2
    # What was carried twice keeps the first origin.
    prepare_fiscal_year(year=2572)
    set_aside(carried, keeper, reserved_without_obligation=D(10))
    [again] = actions.carry_over(allocations=[carried], by=keeper, at=NOON)
    assert (again.fiscal_year_id, again.origin_year) == (2572, 2570)


def test_a_carried_row_that_was_spent_does_not_shrink_below_it(keeper, row):
    prepare_fiscal_year(year=2571)
    set_aside(row, keeper, reserved_without_obligation=D(100))
    [carried] = actions.carry_over(allocations=[row], by=keeper, at=NOON)
    Allocation.objects.filter(pk=carried.pk).update(disbursed=D(80))
    set_aside(row, keeper, reserved_without_obligation=D(50))
    with pytest.raises(EntriesRefused, match="ส่งคืนรวมกันต้องไม่เกิน"):
        actions.carry_over(allocations=[row], by=keeper, at=NOON)


def test_a_provisional_budget_becomes_that_of_the_act_and_is_kept_beside_it(desk, keeper, row):
    given = input_of(row, code="P1", appropriation=D(250_000), allotted=D(250_000))
    actions.allocate(allocations=[replace(given, is_provisional=True)], by=keeper, at=NOON)
    provisional = Allocation.objects.get(code="P1")
    page = reverse("budget:book-detail", args=["P1"])
    assert "งบประมาณไปพลางก่อน" in desk.get(page).content.decode()
    sent = {
        "appropriation": "1000000",
        "allotted": "600000",
        "reference": "พ.ร.บ. งบประมาณ 2570",
        "version": provisional.version,
    }
    enact = reverse("budget:book-enact", args=["P1"])
    assert desk.post(enact, sent | {"reference": " "}).status_code == 422
    assert desk.post(enact, sent | {"appropriation": "1"}).status_code == 409
    assert desk.post(enact, sent).status_code == 302
    provisional.refresh_from_db()
    assert (provisional.is_provisional, provisional.provisional) == (False, D(250_000))
    assert (provisional.revised, provisional.allotted) == (D(1_000_000), D(600_000))
    assert desk.post(enact, sent).status_code == 409
    assert "ใช้งบประมาณไปพลางก่อน 250,000.00" in desk.get(page).content.decode()


# ── Money in and between ─────────────────────────────────────────────────────
def test_money_from_outside_enters_by_its_own_page(desk, row):
    page = reverse("budget:book-receive", args=["B1"])
    sent = {"amount": "500,000", "received_date": "5 ม.ค. 70", "reference": "งบกลาง นร 1"}
    assert desk.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert (row.outside, row.revised, row.allotted) == (D(500_000), D(1_500_000), D(1_500_000))
    # The year before, and a thousand times what is there.
    assert desk.post(page, sent | {"received_date": "5 ม.ค. 69"}).status_code == 409
    assert desk.post(page, sent | {"amount": "2000 ล้านบาท"}).status_code == 409
    row.refresh_from_db()
    assert row.outside == D(500_000)


def transfer_of(**more):
    return {
        "from_code": "B1",
        "to_code": "B2",
        "amount": "๓๐๐,๐๐๐",
        "decided_date": "12/01/2570",
        "reason": "มติ ก.บ.จ.",
        **more,
    }


def test_a_transfer_leaves_one_and_enters_the_other_so_that_all_sums_to_zero(desk, row):
    Allocation.objects.filter(pk=row.pk).update(allotted=D(500_000))
    AllocationFactory(code="B2")
    page = reverse("budget:transfer-list")
    assert desk.post(page, transfer_of()).status_code == 302
    rows = Allocation.objects.in_bulk(["B1", "B2"], field_name="code")
    assert (rows["B1"].revised, rows["B2"].revised) == (D(700_000), D(1_300_000))
    assert sum(each.position.transferred_net for each in rows.values()) == 0
    assert "มติ ก.บ.จ." in desk.get(page).content.decode()
    detail = desk.get(reverse("budget:book-detail", args=["B2"])).content.decode()
    assert "โอนเข้า 300,000.00 บาท" in detail.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("more", "words", "status"),
    [
        ({"amount": "1,000,000"}, "ไม่พอโอน", 409),
        ({"amount": "0"}, "มากกว่าศูนย์", 409),
        ({"to_code": "B1"}, "รายการเดียวกัน", 409),
        ({"to_code": "B9"}, "ไม่มีรายการรหัสนี้", 422),
        ({"to_code": "OLD"}, "ข้ามปีงบประมาณไม่ได้", 409),
        ({"decided_date": "1 ต.ค. 70"}, "ไม่อยู่ในปีงบประมาณ", 409),
        ({"decided_date": "เมื่อวาน"}, "อ่านวันที่ไม่ได้", 422),
        ({"reason": ""}, "", 422),
    ],
)
def test_a_transfer_that_cannot_be_is_said_and_changes_nothing(desk, row, more, words, status):
    Allocation.objects.filter(pk=row.pk).update(allotted=D(500_000))
    AllocationFactory(code="B2")
    AllocationFactory(code="OLD", fiscal_year=prepare_fiscal_year(year=2569), origin_year=2569)
    answer = desk.post(reverse("budget:transfer-list"), transfer_of(**more))
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "มติ ก.บ.จ." in answer.content.decode() or "reason" in more
    assert not Transfer.objects.exists()


# ── Corrections ──────────────────────────────────────────────────────────────
def test_a_signed_months_figure_is_corrected_with_a_reason_and_shown_with_it(desk, row):
    figure = signed(row, 1, 400_000, 0)
    page = reverse("budget:figure-correct", args=["B1", figure.pk])
    sent = {"disbursed_to_date": "350000", "obligated": "0", "reason": "เบิกซ้ำ"}
    assert desk.post(page, sent | {"reason": ""}).status_code == 422
    assert desk.post(page, sent | {"disbursed_to_date": "1,000,001"}).status_code == 409
    assert desk.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert row.disbursed == D(350_000)
    shown = desk.get(reverse("budget:book-detail", args=["B1"])).content.decode()
    assert "แก้ 400,000.00 → 350,000.00" in shown
    assert "เบิกซ้ำ" in shown


def test_a_figure_of_another_allocation_is_not_found(desk, row):
    figure = signed(row, 1, 5_000, 0)
    AllocationFactory(code="B2")
    assert desk.post(reverse("budget:figure-correct", args=["B2", figure.pk])).status_code == 404


# ── The list ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["B1", "B2"]),
        ({"agency": "AA"}, ["B1"]),
        ({"owner": "OO"}, ["B2"]),
        ({"type": "recurrent"}, ["B2"]),
        ({"source": "SS"}, ["B2"]),
        ({"kind": "carried"}, []),
        ({"kind": "own"}, ["B1", "B2"]),
        ({"kind": "provisional"}, []),
        ({"q": "เติมอากาศ"}, ["B2"]),
        ({"year": "2569"}, []),
    ],
)
def test_the_books_are_filtered_by_their_address_and_summed(desk, row, asked, codes):
    AllocationFactory(
        code="B2",
        name_th="เครื่องเติมอากาศ",
        owner_agency=AgencyFactory(code="OO"),
        source=BudgetSourceFactory(code="SS"),
        expenditure_type="recurrent",
    )
    context = desk.get(reverse("budget:book-list"), asked).context
    assert [each.code for each in context["page"].object_list] == codes
    assert context["sums"]["revised"] == D(1_000_000) * len(codes)


def test_an_agency_sees_its_own_books_and_may_not_write_them(client, row):
    AllocationFactory(code="B2")
    client.force_login(person(Role.REPORTER, row.spending_agency))
    context = client.get(reverse("budget:book-list")).context
    assert [each.code for each in context["page"].object_list] == ["B1"]
    page = client.get(reverse("budget:book-detail", args=["B1"])).content.decode()
    assert "คลังจังหวัดบันทึก" not in page
    assert client.get(reverse("budget:book-detail", args=["B2"])).status_code == 404


# ── Figures typed in the wrong unit ──────────────────────────────────────────
def test_a_months_figure_a_thousand_times_the_allotment_is_asked_about_and_not_kept(client, row):
    client.force_login(person(Role.REPORTER, row.spending_agency))
    answer = client.post(
        "/desk/budget/months/save/?month=2570-m03",
        {"row": row.pk, "version": 0, "disbursed": "1000000000", "obligated": "0"},
    )
    assert answer.status_code == 422
    assert "พันบาทหรือล้านบาท" in answer.json()["errors"][""]
    assert not MonthlyFigure.objects.exists()


# ── Contracts ────────────────────────────────────────────────────────────────
@pytest.fixture
def dated(keeper, row):
    year = row.fiscal_year
    given = actions.DeadlineInput(year, "single_year", date(2026, 12, 31), "มติ ครม.")
    actions.set_signing_deadlines(deadlines=[given], by=keeper, at=NOON)
    return row


def contract_of(row, **more):
    given = {"kind": "single_year", "name_th": "จ้างขุดลอก", "amount": D(400_000), **more}
    [made] = actions.plan_contracts(
        contracts=[actions.ContractInput(row, **given)], by=None, at=NOON
    )
    return made


def test_contracts_not_signed_by_the_dates_in_force_stand_first(client, dated):
    late = contract_of(dated)
    contract_of(dated, kind="old_multi", name_th="ไม่ทราบกำหนด", amount=D(1))
    own = contract_of(dated, name_th="กำหนดเอง", amount=D(1), own_due_date=date(2027, 1, 20))
    reporter = person(Role.REPORTER, dated.spending_agency)
    client.force_login(reporter)
    page = client.get(reverse("budget:contract-list"))
    lines = page.context["page"].object_list
    assert [line.contract.name_th for line in lines] == ["จ้างขุดลอก", "กำหนดเอง", "ไม่ทราบกำหนด"]
    assert [(line.days_late, line.days_left) for line in lines] == [(13, 0), (0, 7), (0, 0)]
    assert (page.context["late"], page.context["late_baht"]) == (1, D(400_000))
    # The day of a kind of contract does not run into the source that states it.
    assert re.search(r"2569 <span class=\"sub\">", page.content.decode())
    dues = contracts_due_for(reporter, NOON)
    assert [(due.subject_id, due.state.value) for due in dues] == [
        (late.pk, "late"),
        (own.pk, "not_reported"),
    ]
    assert all(due.owner_ids == (reporter.pk,) for due in dues)
    desk = client.get(reverse("pages:desk")).context["steps"]
    assert [due.subject_id for due in desk] == [late.pk, own.pk]
    sent = {"signed_date": "12 ม.ค. 70", "number": "1/2570", "party_th": "หจก. ทะเลงาม"}
    answer = client.post(reverse("budget:contract-sign", args=[late.pk]), sent)
    assert answer.status_code == 302
    assert [due.subject_id for due in contracts_due_for(reporter, NOON)] == [own.pk]
    assert "ช้า 12 วัน" in client.get(reverse("budget:contract-list")).content.decode()
    assert (
        client.get(reverse("budget:contract-list"), {"state": "late"})
        .context["page"]
        .paginator.count
        == 0
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"amount": D(1_000_001)}, "เกินงบประมาณหลังโอน"),
        ({"amount": D(0)}, "มากกว่าศูนย์"),
        ({"name_th": " "}, "ชื่อรายการ"),
        ({"own_due_date": date(2027, 10, 1)}, "ไม่อยู่ในปีงบประมาณ"),
    ],
)
def test_a_contract_that_cannot_be_is_refused(dated, more, words):
    with pytest.raises(EntriesRefused) as refused:
        contract_of(dated, **more)
    assert words in refused.value.by_entry[0].sentence
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"signed_date": date(2027, 1, 14)}, "อนาคต"),
        ({"number": " "}, "เลขที่สัญญา"),
    ],
)
def test_a_signing_that_cannot_be_is_refused(keeper, dated, more, words):
    contract = contract_of(dated)
    given = {"signed_date": date(2027, 1, 5), "number": "1", **more}
    with pytest.raises(Refused, match=words):
        actions.sign_contract(contract=contract, by=keeper, at=NOON, **given)


def test_a_signed_contract_is_neither_signed_again_nor_cancelled(keeper, dated):
    contract = contract_of(dated)
    given = {"signed_date": date(2027, 1, 5), "number": "1", "by": keeper, "at": NOON}
    actions.sign_contract(contract=contract, **given)
    with pytest.raises(Refused, match="ลงนามแล้ว"):
        actions.sign_contract(contract=contract, **given)
    with pytest.raises(Refused, match="ลงนามแล้ว"):
        actions.cancel_contract(contract=contract, reason="ผิด", by=keeper, at=NOON)


def test_a_cancelled_contract_leaves_room_for_another(keeper, dated):
    contract = contract_of(dated, amount=D(900_000))
    with pytest.raises(Refused, match="เหตุผล"):
        actions.cancel_contract(contract=contract, reason=" ", by=keeper, at=NOON)
    actions.cancel_contract(contract=contract, reason="ไม่ทำ", by=keeper, at=NOON)
    contract_of(dated, amount=D(900_000))
    with pytest.raises(Refused, match="ยกเลิกไปแล้ว"):
        actions.cancel_contract(contract=contract, reason="อีก", by=keeper, at=NOON)
    with pytest.raises(Refused, match="ยกเลิกไปแล้ว"):
        actions.sign_contract(
            contract=contract, signed_date=date(2027, 1, 5), number="1", by=keeper, at=NOON
        )


def test_somebody_who_changed_a_contract_first_is_heard(keeper, dated):
    contract = contract_of(dated)
    Contract.objects.update(version=9)
    with pytest.raises(Refused) as refused:
        actions.cancel_contract(contract=contract, reason="ผิด", by=keeper, at=NOON)
    assert refused.value.code == "changed_meanwhile"


def test_the_dates_in_force_are_set_with_their_source(desk, row):
    page = reverse("budget:deadline-set", args=[2570])
    sent = {"kind": "new_multi", "due_date": "31 มี.ค. 70", "source": "ว 68"}
    assert desk.post(page, sent | {"source": ""}).status_code == 422
    assert desk.post(page, sent | {"due_date": "31 มี.ค. 71"}).status_code == 409
    assert desk.post(page, sent).status_code == 302
    assert desk.post(page, sent | {"due_date": "30 เม.ย. 70"}).status_code == 302
    assert SigningDeadline.objects.get().due_date == date(2027, 4, 30)
    assert Event.objects.filter(verb="budget.deadline.set").count() == 2
