"""The verbs of money: what they write, refuse, log and ask to be computed."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from audit.models import Event
from budget import rollups
from budget.actions import (
    AllocationInput,
    MonthlyInput,
    SourceInput,
    TargetInput,
    TransferInput,
    allocate,
    approve_monthly_figures,
    attach_evidence,
    correct_disbursement,
    detach_evidence,
    receive_outside_money,
    recompute_open_years,
    record_monthly_figures,
    register_sources,
    return_monthly_figures,
    set_cabinet_targets,
    submit_monthly_figures,
    transfer,
    withdraw_allocations,
)
from budget.jobs import recompute_all
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    ExpenditureType,
    MoneyFigure,
    MoneyScope,
    MonthlyFigure,
    Transfer,
)
from common.clock import ZONE
from common.refusal import EntriesRefused, Refused
from jobruns.models import JobRun
from submissions.actions import Withdrawal, prepare_fiscal_year
from submissions.models import Evidence, Month, PeriodState
from submissions.workflow import Status
from tests.budget.factories import AllocationFactory, BudgetSourceFactory
from tests.factories import NOON, AgencyFactory, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def october():
    quarter_of(2570, 1)
    return Month.objects.get(fiscal_year_id=2570, number=1)


@pytest.fixture
def november(october):
    return Month.objects.get(fiscal_year_id=2570, number=2)


@pytest.fixture
def allocation(october):
    return AllocationFactory()


@pytest.fixture
def reporter(allocation):
    return person(Role.REPORTER, allocation.spending_agency)


@pytest.fixture
def head(allocation):
    return person(Role.APPROVER, allocation.spending_agency)


@pytest.fixture
def comptroller():
    return person(Role.COMPTROLLER)


def typed(allocation, month, by, disbursed="100000", obligated="50000", **more):
    entry = MonthlyInput(
        allocation,
        month,
        None if disbursed is None else D(disbursed),
        None if obligated is None else D(obligated),
        **more,
    )
    return record_monthly_figures(entries=[entry], by=by, at=NOON)[0]


def signed(allocation, month, reporter, head, disbursed="100000", obligated="50000"):
    figure = typed(allocation, month, reporter, disbursed, obligated)
    [figure] = submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    return approve_monthly_figures(entries=[figure], by=head, at=NOON)[0]


def refused(call):
    with pytest.raises(EntriesRefused) as caught:
        call()
    return caught.value


# ── Typing ───────────────────────────────────────────────────────────────────
def test_a_draft_is_kept_and_not_logged(allocation, october, reporter):
    figure = typed(allocation, october, reporter, note="งวดแรก")
    assert (figure.status, figure.note) == (Status.DRAFT, "งวดแรก")
    assert not Event.objects.filter(verb__startswith="budget.month").exists()


def test_typing_again_keeps_the_note_and_counts_the_version(allocation, october, reporter):
    first = typed(allocation, october, reporter, note="งวดแรก")
    again = typed(allocation, october, reporter, "0", None, version=1)
    again.refresh_from_db()
    assert (again.pk, again.version, again.note) == (first.pk, 2, "งวดแรก")
    assert (again.disbursed_to_date, again.obligated) == (D(0), None)


def test_a_stale_page_is_refused(allocation, october, reporter):
    typed(allocation, october, reporter)
    error = refused(lambda: typed(allocation, october, reporter, "2000", version=0))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_typing_loses_a_race_politely(allocation, october, reporter, monkeypatch):
    figure = typed(allocation, october, reporter)
    query = MonthlyFigure.objects.none().__class__
    hold = query.select_for_update

    def late(self, **options):
        MonthlyFigure.objects.filter(pk=figure.pk).update(version=2)
        return hold(self, **options)

    monkeypatch.setattr(query, "select_for_update", late)
    error = refused(lambda: typed(allocation, october, reporter, "2000", version=1))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_two_people_begin_the_same_month_and_the_slower_is_refused_at_its_place(
    allocation, october, reporter
):
    other = AllocationFactory(spending_agency=allocation.spending_agency)
    entries = [MonthlyInput(each, october, D(2000), D(0)) for each in (other, allocation)]

    def begin_first(execute, sql, params, many, context):
        # Somebody else commits between the reading and the writing, as PostgreSQL lets them.
        if sql.startswith("SELECT state FROM"):
            MonthlyFigure.objects.create(allocation=allocation, month=october)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin_first):
        error = refused(lambda: record_monthly_figures(entries=entries, by=reporter, at=NOON))
    assert {position: each.code for position, each in error.by_entry.items()} == {
        1: "changed_meanwhile"
    }


def test_a_list_that_names_a_month_twice_is_refused(allocation, october, reporter):
    entry = MonthlyInput(allocation, october, D(1), D(1))
    error = refused(lambda: record_monthly_figures(entries=[entry] * 2, by=reporter, at=NOON))
    assert {position: each.code for position, each in error.by_entry.items()} == {1: "twice"}


def test_typing_costs_as_much_for_many_allocations_as_for_two(allocation, october, reporter):
    agency = allocation.spending_agency
    lines = [allocation, *AllocationFactory.create_batch(59, spending_agency=agency)]

    def save(count):
        # Half of them are begun, half typed over.
        begun = [MonthlyInput(line, october, D(1001), D(0)) for line in lines[: count // 2]]
        record_monthly_figures(entries=begun, by=reporter, at=NOON)
        entries = [MonthlyInput(line, october, D(2002), D(0)) for line in lines[:count]]
        with CaptureQueriesContext(connection) as queries:
            record_monthly_figures(entries=entries, by=reporter, at=NOON)
        assert MonthlyFigure.objects.filter(disbursed_to_date=2002).count() == count
        MonthlyFigure.objects.all().delete()
        return len(queries)

    assert save(60) == save(2)


@pytest.mark.parametrize(
    ("disbursed", "obligated"),
    [("-0.01", "0"), ("0", "-0.01"), ("1000000.01", "0"), ("600000", "400000.01")],
)
def test_amounts_that_cannot_be_are_refused(allocation, october, reporter, disbursed, obligated):
    error = refused(lambda: typed(allocation, october, reporter, disbursed, obligated))
    assert error.by_entry[0].code == "amounts"
    assert not MonthlyFigure.objects.exists()


def test_exactly_what_was_allotted_may_be_spent(allocation, october, reporter):
    assert typed(allocation, october, reporter, "998000.01", "1999.99").pk


def test_only_the_spending_agency_types(allocation, october):
    stranger = person(Role.REPORTER)
    refused(lambda: typed(allocation, october, stranger))
    refused(lambda: typed(allocation, october, person(Role.REPORTER, allocation.owner_agency)))


def test_a_month_of_another_year_is_refused(allocation, reporter):
    quarter_of(2569, 1)
    other = Month.objects.get(fiscal_year_id=2569, number=1)
    refused(lambda: typed(allocation, other, reporter))


def test_a_month_that_has_not_begun_is_refused(allocation, reporter):
    quarter_of(2570, 2)
    february = Month.objects.get(fiscal_year_id=2570, number=5)
    error = refused(lambda: typed(allocation, february, reporter))
    assert "ยังไม่เริ่ม" in str(error)


@pytest.mark.parametrize("state", [PeriodState.PLANNED, PeriodState.CLOSED])
def test_a_month_that_is_not_open_is_refused(allocation, october, reporter, state):
    set_state(october, state)
    refused(lambda: typed(allocation, october, reporter))


# ── Sending, signing, returning ──────────────────────────────────────────────
def test_a_signed_month_reaches_the_allocation_and_the_money_above(
    october, reporter, head, allocation, work_off_jobs
):
    signed(allocation, october, reporter, head)
    allocation.refresh_from_db()
    assert (allocation.disbursed, allocation.obligated) == (D(100000), D(50000))
    work_off_jobs()
    figure = MoneyFigure.objects.get(
        scope__kind="province", expenditure_type="", is_carried_over=False
    )
    assert (figure.month, figure.revised, figure.disbursed) == (1, D(1000000), D(100000))
    assert (figure.disbursement_rate, figure.spending_rate) == (D(10), D(15))
    assert (figure.reported, figure.due, figure.is_partial) == (1, 1, False)
    assert (figure.spent, figure.remaining) == (D(150000), D(850000))
    assert MoneyScope.objects.count() == 5
    verbs = list(Event.objects.in_time_order().values_list("verb", flat=True))
    assert verbs == ["budget.month.submitted", "budget.month.approved"]


def test_a_month_without_a_figure_stands_with_its_last_and_is_partial(
    october, november, reporter, head, allocation, work_off_jobs
):
    signed(allocation, october, reporter, head)
    other = AllocationFactory(spending_agency=allocation.spending_agency, origin_year=2570)
    signed(other, november, reporter, head, "300000", "0")
    work_off_jobs()
    money = {
        figure.month: figure
        for figure in MoneyFigure.objects.of_kind("province").filter(expenditure_type="")
    }
    assert (money[1].disbursed, money[1].reported, money[1].due) == (D(100000), 1, 2)
    assert (money[2].disbursed, money[2].reported, money[2].due) == (D(400000), 1, 2)
    assert money[2].is_partial


def test_carried_over_money_stands_apart(october, reporter, head, allocation, work_off_jobs):
    old = AllocationFactory(spending_agency=allocation.spending_agency, origin_year=2569)
    signed(old, october, reporter, head, "900000", "0")
    work_off_jobs()
    by_age = {
        figure.is_carried_over: figure
        for figure in MoneyFigure.objects.of_kind("province").filter(expenditure_type="")
    }
    assert (by_age[True].disbursed, by_age[False].disbursed) == (D(900000), D(0))


@pytest.mark.parametrize(("disbursed", "obligated"), [(None, "0"), ("0", None)])
def test_both_figures_are_needed(allocation, october, reporter, disbursed, obligated):
    figure = typed(allocation, october, reporter, disbursed, obligated)
    refused(lambda: submit_monthly_figures(entries=[figure], by=reporter, at=NOON))


def test_a_month_that_still_runs_is_not_sent(allocation, reporter, october):
    figure = typed(allocation, october, reporter)
    early = datetime(2026, 10, 30, 12, 0, tzinfo=ZONE)
    refused(lambda: submit_monthly_figures(entries=[figure], by=reporter, at=early))
    last_day = datetime(2026, 10, 31, 0, 0, tzinfo=ZONE)
    assert submit_monthly_figures(entries=[figure], by=reporter, at=last_day)


def test_a_cumulative_amount_does_not_fall(allocation, october, november, reporter, head):
    signed(allocation, october, reporter, head)
    figure = typed(allocation, november, reporter, "99999.99", "0")
    error = refused(lambda: submit_monthly_figures(entries=[figure], by=reporter, at=NOON))
    assert "เบิกจ่ายสะสม 99,999.99 บาท ต่ำกว่ายอดที่ลงนามแล้วก่อนหน้า 100,000.00 บาท" in str(error)
    assert MonthlyFigure.objects.get(pk=figure.pk).status == Status.DRAFT


def test_an_earlier_month_stays_below_the_later_one(allocation, october, november, reporter, head):
    signed(allocation, november, reporter, head)
    figure = typed(allocation, october, reporter, "100000.01", "0")
    refused(lambda: submit_monthly_figures(entries=[figure], by=reporter, at=NOON))


def test_outstanding_obligation_may_fall(allocation, october, november, reporter, head):
    signed(allocation, october, reporter, head)
    assert signed(allocation, november, reporter, head, "150000", "0").status == Status.APPROVED


@pytest.mark.parametrize("typo", ["100", "0.1"])
def test_a_figure_a_thousand_times_off_is_asked_about(allocation, october, reporter, typo):
    error = refused(lambda: typed(allocation, october, reporter, typo, "0"))
    assert error.by_entry[0].code == "units"
    error = refused(lambda: typed(allocation, october, reporter, "200000", typo))
    assert "น้อยกว่าเงินจัดสรร" in error.by_entry[0].sentence
    assert not MonthlyFigure.objects.exists()
    figure = typed(allocation, october, reporter, typo, "0", note="ค่าไปรษณีย์จริง")
    assert submit_monthly_figures(entries=[figure], by=reporter, at=NOON)


def test_what_no_longer_fits_the_allotment_is_not_signed(allocation, october, reporter, head):
    figure = typed(allocation, october, reporter)
    [figure] = submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    Allocation.objects.update(allotted=D(1000))
    refused(lambda: approve_monthly_figures(entries=[figure], by=head, at=NOON))


def test_what_no_longer_fits_the_order_of_months_is_not_signed(
    allocation, october, november, reporter, head
):
    waiting = typed(allocation, november, reporter, "100", "0", note="จริง")
    [waiting] = submit_monthly_figures(entries=[waiting], by=reporter, at=NOON)
    signed(allocation, october, reporter, head)
    refused(lambda: approve_monthly_figures(entries=[waiting], by=head, at=NOON))


def test_nobody_signs_what_he_or_she_sent(allocation, october, head):
    figure = typed(allocation, october, head)
    [figure] = submit_monthly_figures(entries=[figure], by=head, at=NOON)
    refused(lambda: approve_monthly_figures(entries=[figure], by=head, at=NOON))


def test_another_agencys_head_neither_signs_nor_returns(allocation, october, reporter):
    figure = typed(allocation, october, reporter)
    [figure] = submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    stranger = person(Role.APPROVER)
    refused(lambda: approve_monthly_figures(entries=[figure], by=stranger, at=NOON))
    refused(lambda: return_monthly_figures(entries=[figure], reason="x", by=stranger, at=NOON))


def test_a_closed_month_is_neither_signed_nor_returned(allocation, october, reporter, head):
    figure = typed(allocation, october, reporter)
    [figure] = submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    set_state(october, PeriodState.CLOSED)
    refused(lambda: approve_monthly_figures(entries=[figure], by=head, at=NOON))
    refused(lambda: return_monthly_figures(entries=[figure], reason="x", by=head, at=NOON))


def test_signing_twice_is_refused(allocation, october, reporter, head):
    figure = signed(allocation, october, reporter, head)
    refused(lambda: approve_monthly_figures(entries=[figure], by=head, at=NOON))


def test_signing_loses_a_race_politely(allocation, october, reporter, head):
    figure = typed(allocation, october, reporter)
    [figure] = submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    MonthlyFigure.objects.update(version=9)
    error = refused(lambda: approve_monthly_figures(entries=[figure], by=head, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_a_return_takes_the_money_out_again(allocation, october, reporter, head, work_off_jobs):
    figure = signed(allocation, october, reporter, head)
    work_off_jobs()
    refused(lambda: return_monthly_figures(entries=[figure], reason=" ", by=head, at=NOON))
    [figure] = return_monthly_figures(entries=[figure], reason="ยอดผิด", by=head, at=NOON)
    assert figure.return_reason == "ยอดผิด"
    allocation.refresh_from_db()
    assert allocation.disbursed == D(0)
    work_off_jobs()
    assert not MoneyFigure.objects.exists()


def test_signing_nothing_does_nothing(head):
    assert approve_monthly_figures(entries=[], by=head, at=NOON) == []


# ── Correcting ───────────────────────────────────────────────────────────────
def correct(figure, by, disbursed="80000", reason="เบิกซ้ำ", obligated="0"):
    return correct_disbursement(
        figure=figure,
        disbursed_to_date=D(disbursed),
        obligated=D(obligated),
        reason=reason,
        by=by,
        at=NOON,
    )


def test_a_correction_may_lower_a_signed_amount_and_is_kept(
    allocation, october, reporter, head, comptroller
):
    figure = signed(allocation, october, reporter, head)
    correction = correct(figure, comptroller)
    assert (correction.disbursed_before, correction.disbursed_after) == (D(100000), D(80000))
    allocation.refresh_from_db()
    assert (allocation.disbursed, figure.disbursed_to_date) == (D(80000), D(80000))
    assert Event.objects.get(verb="budget.month.corrected").reason == "เบิกซ้ำ"


def test_a_correction_that_cannot_be_is_refused(
    allocation, october, november, reporter, head, comptroller
):
    figure = signed(allocation, october, reporter, head)
    signed(allocation, november, reporter, head, "200000", "0")
    for attempt in (
        lambda: correct(figure, reporter),
        lambda: correct(figure, comptroller, reason=" "),
        lambda: correct(figure, comptroller, disbursed="2000000"),
        lambda: correct(figure, comptroller, disbursed="200000.01"),
    ):
        with pytest.raises(Refused):
            attempt()
    set_state(october, PeriodState.CLOSED)
    with pytest.raises(Refused):
        correct(figure, comptroller)


def test_an_unsigned_figure_is_not_corrected(allocation, october, reporter, comptroller):
    with pytest.raises(Refused):
        correct(typed(allocation, october, reporter), comptroller)


def test_a_correction_loses_a_race_politely(allocation, october, reporter, head, comptroller):
    figure = signed(allocation, october, reporter, head)
    MonthlyFigure.objects.update(version=9)
    with pytest.raises(Refused) as caught:
        correct(figure, comptroller)
    assert caught.value.code == "changed_meanwhile"


# ── Allocating ───────────────────────────────────────────────────────────────
@pytest.fixture
def given(october):
    project, _activities = project_with(1)
    return AllocationInput(
        code="B70-1",
        project=project,
        source=BudgetSourceFactory(),
        expenditure_type=ExpenditureType.INVESTMENT,
        fiscal_year=october.fiscal_year,
        owner_agency=AgencyFactory(),
        spending_agency=AgencyFactory(),
        appropriation=D("1000.00"),
        allotted=D("900.00"),
    )


def test_an_allocation_is_made_once_however_often(given, comptroller):
    assert allocate(allocations=[given], by=None, at=NOON).added == ("B70-1",)
    assert allocate(allocations=[given], by=None, at=NOON).left == ("B70-1",)
    assert allocate(
        allocations=[replace(given, allotted=D(1000))], by=comptroller, at=NOON
    ).changed == ("B70-1",)
    row = Allocation.objects.get()
    assert (row.revised, row.allotted, row.version, row.origin_year) == (D(1000), D(1000), 2, 2570)
    assert Event.objects.get(verb="budget.allocation.changed").after == {"allotted": "1000"}


@pytest.mark.parametrize(
    "change",
    [
        {"appropriation": D(-1), "allotted": D(-1)},
        {"allotted": D("1000.01")},
        {"returned": D("900.01")},
        {"reserved_with_obligation": D("0.01")},
        {"origin_year": 2571},
    ],
)
def test_money_that_would_not_stand_is_not_allocated(given, change):
    refused(lambda: allocate(allocations=[replace(given, **change)], by=None, at=NOON))
    assert not Allocation.objects.exists()


def test_a_project_has_one_line_of_a_source_and_type_and_a_new_one_may_take_its_place(given):
    allocate(allocations=[given], by=None, at=NOON)
    twin = replace(given, code="B70-2")
    third = replace(given, code="B70-3", expenditure_type=ExpenditureType.RECURRENT)
    same = replace(third, code="B70-4")
    error = refused(lambda: allocate(allocations=[twin, third, same], by=None, at=NOON))
    assert {n: each.code for n, each in error.by_entry.items()} == {0: "twin", 2: "twin"}
    assert "B70-1" in str(error.by_entry[0])
    assert "B70-3" in str(error.by_entry[2])
    assert Allocation.objects.count() == 1
    moved = replace(given, project=None, name_th="อื่น")
    done = allocate(allocations=[twin, moved], by=None, at=NOON)
    assert (done.added, done.changed) == (("B70-2",), ("B70-1",))


def test_only_the_comptroller_keeps_the_books(given):
    with pytest.raises(Refused):
        allocate(allocations=[given], by=person(Role.REPORTER), at=NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"disbursed": D("1000000.01")},
        {"allotted": D("1000000.01")},
        {"revised": D("999999.99")},
        {"returned": D("-0.01")},
        {"reserved_with_obligation": D("0.01")},
        {"origin_year": 2571},
    ],
)
def test_the_database_holds_the_invariants_by_itself(allocation, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(**change)


def test_money_from_outside_enters_by_its_own_verb(allocation, comptroller):
    def receive(by=comptroller, amount="500.25", reference="หนังสือที่ 1"):
        return receive_outside_money(
            allocation=allocation,
            amount=D(amount),
            received_date=date(2026, 12, 1),
            reference=reference,
            by=by,
            at=NOON,
        )

    receive()
    assert (allocation.outside, allocation.revised) == (D("500.25"), D("1000500.25"))
    assert allocation.position.revised == allocation.revised
    for wrong in ({"by": person(Role.REPORTER)}, {"amount": "0"}, {"reference": " "}):
        with pytest.raises(Refused):
            receive(**wrong)
    Allocation.objects.update(version=9)
    with pytest.raises(Refused) as caught:
        receive()
    assert caught.value.code == "changed_meanwhile"


# ── Transferring ─────────────────────────────────────────────────────────────
def test_what_was_entered_is_withdrawn_by_the_comptroller_as_it_was_seen(
    allocation, october, reporter, comptroller, work_off_jobs
):
    other = AllocationFactory(spending_agency=allocation.spending_agency)
    signed(other, october, reporter, person(Role.APPROVER, other.spending_agency))
    recompute_open_years(at=NOON, by=None)
    entries = [Withdrawal(allocation.pk, allocation.version), Withdrawal(other.pk, other.version)]
    with pytest.raises(Refused, match="คลังจังหวัด"):
        withdraw_allocations(entries=entries, by=reporter, at=NOON)
    error = refused(lambda: withdraw_allocations(entries=entries, by=comptroller, at=NOON))
    assert {n: each.code for n, each in error.by_entry.items()} == {1: "built_on"}
    stale = [Withdrawal(allocation.pk, allocation.version + 1)]
    error = refused(lambda: withdraw_allocations(entries=stale, by=comptroller, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"
    scope = MoneyScope.objects.get(kind=MoneyScope.Kind.PROVINCE)
    assert scope.figures.get(month=1, expenditure_type="").revised == D(2_000_000)
    withdraw_allocations(entries=entries[:1], by=comptroller, at=NOON)
    assert Allocation.objects.get() == other
    work_off_jobs()
    assert scope.figures.get(month=1, expenditure_type="").revised == D(1_000_000)


@pytest.fixture
def pair(october):
    return AllocationFactory(allotted=D(0)), AllocationFactory()


def move(source, target, by, amount="250000.50", reason="เหลือจ่าย", day=date(2026, 11, 15)):
    return transfer(
        transfers=[TransferInput(source, target, D(amount), day, reason)], by=by, at=NOON
    )


def test_what_leaves_one_enters_the_other(pair, comptroller):
    one, other = pair
    move(one, other, comptroller)
    source, target = (Allocation.objects.get(pk=row.pk) for row in pair)
    assert (source.transferred_out, target.transferred_in) == (D("250000.50"), D("250000.50"))
    assert source.revised + target.revised == D(2_000_000)
    assert Event.objects.get(verb="budget.transfer.made").reason == "เหลือจ่าย"


def test_a_transfer_counts_from_the_month_of_its_decision(
    allocation, october, november, reporter, head, comptroller, work_off_jobs
):
    source = AllocationFactory(allotted=D(0))
    move(source, allocation, comptroller, "500000")
    signed(allocation, october, reporter, head)
    signed(allocation, november, reporter, head)
    work_off_jobs()
    money = {
        figure.month: figure.revised
        for figure in MoneyFigure.objects.of_subjects(
            "agency", [allocation.spending_agency_id]
        ).filter(expenditure_type="")
    }
    assert money == {1: D(1_000_000), 2: D(1_500_000)}


def test_a_transfer_that_cannot_be_is_refused(pair, comptroller):
    source, target = pair
    older = AllocationFactory(allotted=D(0), origin_year=2569)
    other_year = AllocationFactory(
        allotted=D(0), fiscal_year=prepare_fiscal_year(year=2571), origin_year=2571
    )
    years = "โอนข้ามปีงบประมาณไม่ได้ ทั้งสองรายการต้องเป็นเงินของปีเดียวกัน"
    for attempt, said in (
        (lambda: move(source, source, comptroller), "โอนไปยังรายการเดียวกันไม่ได้"),
        (lambda: move(older, target, comptroller), years),
        (lambda: move(other_year, target, comptroller), years),
        (lambda: move(source, target, comptroller, amount="0"), "ต้องมากกว่าศูนย์"),
        (lambda: move(source, target, comptroller, amount="1000000.01"), "ไม่พอโอน 1,000,000.01"),
        (lambda: move(target, source, comptroller, amount="0.01"), "ไม่พอโอน 0.01 บาท"),
        (lambda: move(source, target, comptroller, reason=" "), "เหตุผล"),
    ):
        assert said in refused(attempt).by_entry[0].sentence
    with pytest.raises(Refused):
        move(source, target, person(Role.REPORTER))
    assert not Transfer.objects.exists()


# ── Reference ────────────────────────────────────────────────────────────────
def test_sources_are_registered_once(october):
    given = SourceInput("PROV", "งบประมาณจังหวัด")
    assert register_sources(sources=[given], by=None, at=NOON) == 1
    assert register_sources(sources=[given], by=None, at=NOON) == 0
    assert register_sources(sources=[replace(given, order=2)], by=None, at=NOON) == 1
    assert BudgetSource.objects.get().order == 2


def test_targets_are_set_with_kind_and_source(october, comptroller):
    given = TargetInput(
        october.fiscal_year, 1, "overall", "disbursement", D("20.3"), "assumption", "สศช."
    )
    assert set_cabinet_targets(targets=[given], by=None, at=NOON)
    assert not set_cabinet_targets(targets=[given], by=comptroller, at=NOON)
    [moved] = set_cabinet_targets(
        targets=[replace(given, is_verified=True)], by=comptroller, at=NOON
    )
    assert moved.is_verified
    assert CabinetTarget.objects.lines(2570) == {("disbursement", "overall"): {1: D("20.3")}}


@pytest.mark.parametrize(
    "change", [{"percent": D("100.1")}, {"quarter": 5}, {"kind": "guess"}, {"source": " "}]
)
def test_a_target_that_cannot_be_is_refused(october, change):
    given = TargetInput(october.fiscal_year, 1, "overall", "disbursement", D(1), "cabinet", "มติ")
    refused(lambda: set_cabinet_targets(targets=[replace(given, **change)], by=None, at=NOON))


def test_a_reporter_sets_no_targets(october):
    with pytest.raises(Refused):
        set_cabinet_targets(targets=[], by=person(Role.REPORTER), at=NOON)


# ── Recomputing ──────────────────────────────────────────────────────────────
def test_recomputing_finds_and_mends_what_had_drifted(
    allocation, october, reporter, head, work_off_jobs
):
    signed(allocation, october, reporter, head)
    work_off_jobs()
    assert recompute_open_years(at=NOON, by=None) == []
    province = MoneyFigure.objects.of_kind("province")
    province.update(disbursed=D(1))
    MoneyFigure.objects.create(
        scope=MoneyScope.objects.get(kind="source"),
        month=9,
        revised=D(1),
        allotted=D(1),
        disbursed=D(0),
        obligated=D(0),
    )
    assert len(recompute_open_years(at=NOON, by=None)) == 2
    assert set(province.values_list("disbursed", flat=True)) == {D(100000)}
    assert Event.objects.filter(verb="budget.money.drifted").count() == 2
    assert recompute_open_years(at=NOON, by=None) == []


def test_a_missing_scope_is_made_by_night(allocation, october, reporter, head):
    signed(allocation, october, reporter, head)
    MoneyScope.objects.all().delete()
    recompute_all()
    assert MoneyFigure.objects.of_kind("province").exists()


def test_refreshing_twice_or_late_writes_once(allocation, october, reporter, head, work_off_jobs):
    signed(allocation, october, reporter, head)
    work_off_jobs()
    before = list(MoneyScope.objects.order_by("pk").values())
    JobRun.objects.update(state=JobRun.State.WAITING)
    work_off_jobs()
    assert list(MoneyScope.objects.order_by("pk").values()) == before


# ── Evidence ─────────────────────────────────────────────────────────────────
def test_evidence_is_added_and_taken_away_while_a_figure_may_be_typed(
    allocation, october, reporter
):
    figure = typed(allocation, october, reporter)
    file = Evidence.objects.create(
        file="evidence/x.pdf",
        original_name="ฎีกา.pdf",
        media_type="application/pdf",
        size_bytes=1,
        sha256="0" * 64,
        agency=allocation.spending_agency,
        uploaded_by=reporter,
        uploaded_at=NOON,
    )
    attach_evidence(figure=figure, evidence=file, by=reporter, at=NOON)
    assert figure.evidence.get() == file
    detach_evidence(figure=figure, evidence=file, by=reporter, at=NOON)
    assert not figure.evidence.exists()
    verbs = Event.objects.in_time_order().values_list("verb", flat=True)
    assert list(verbs) == ["budget.month.evidence_added", "budget.month.evidence_removed"]
    submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    figure.refresh_from_db()
    with pytest.raises(Refused):
        attach_evidence(figure=figure, evidence=file, by=reporter, at=NOON)


def test_what_no_longer_fits_the_allotment_is_not_sent(allocation, october, reporter):
    figure = typed(allocation, october, reporter)
    Allocation.objects.update(allotted=D(1000))
    error = refused(lambda: submit_monthly_figures(entries=[figure], by=reporter, at=NOON))
    assert "เกินเงินที่ได้รับจัดสรร" in str(error)


def test_a_newer_refresh_is_never_written_over_by_an_older(
    allocation, october, reporter, head, work_off_jobs
):
    signed(allocation, october, reporter, head)
    old = list(MoneyScope.objects.order_by("pk"))
    work_off_jobs()
    MoneyFigure.objects.update(disbursed=D(7))
    assert rollups.refresh(old, at=NOON) == 0
    assert set(MoneyFigure.objects.values_list("disbursed", flat=True)) == {D(7)}
