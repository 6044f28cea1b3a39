"""A signature or a return pressed by mistake is taken back at once, by whoever gave it alone."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine

from accounts.models import Role
from audit.models import Event
from budget import actions as budget_actions
from budget.models import MoneyFigure
from common.refusal import Refused
from kpi import actions, rollups
from kpi.actions.definitions import LinkInput
from kpi.dues import waiting_for
from kpi.models import Figure, Result, Scorecard
from pages.actions import VERBS, moment_key, sign_off, undo_sign_off
from projects import actions as project_actions
from projects.models import ProjectFigure
from submissions.models import FiscalYear, Month, PeriodState, Quarter
from submissions.rules import UNDO_WITHIN
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, AgencyFactory, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.pages.test_approvals import PAGE, key, sent
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
# Sent at noon, signed a minute later.
SIGNED = NOON + timedelta(minutes=1)
SOON = SIGNED + timedelta(seconds=30)


@pytest.fixture
def place():
    """An agency's entry, sent, under a province KPI, with who signs it first and second."""
    agency = AgencyFactory()
    entry = sent(agency, needs_acceptance=True, level=Scorecard.Level.PROVINCE)
    above = kpi_of(code="0", level=Scorecard.Level.PROVINCE)
    actions.link_kpis(links=[LinkInput(above, entry.kpi, "share")], by=None, at=NOON)
    rollups.refresh(2570, at=NOON)
    return SimpleNamespace(
        agency=agency,
        entry=entry,
        above=above,
        head=person(Role.APPROVER, agency),
        office=person(Role.STRATEGIST),
    )


def total(place, work_off_jobs):
    work_off_jobs()
    return Figure.objects.get(kpi=place.above, quarter__number=1).value


def fresh(place):
    return Result.objects.with_kpi().get(pk=place.entry.pk)


def undo(place, by, at=SOON):
    return actions.undo_results(entries=[fresh(place)], by=by, at=at)


def stamps(result):
    names = ("approved", "accepted", "returned")
    return [name for name in names if getattr(result, f"{name}_at") is not None]


def test_a_signature_taken_back_leaves_the_total_and_waits_again(place, work_off_jobs):
    actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
    assert total(place, work_off_jobs) == Decimal(10)
    undo(place, place.head)
    result = fresh(place)
    assert (result.status, stamps(result)) == ("submitted", [])
    assert total(place, work_off_jobs) is None
    assert [each.entry_id for each in waiting_for(place.head, SOON)] == [result.pk]
    event = Event.objects.get(verb="kpi.result.undone")
    assert (event.before["status"], event.after["status"]) == ("approved", "submitted")
    assert event.actor_id == place.head.pk


@pytest.mark.parametrize("before", ["submitted", "approved", "accepted"])
def test_a_return_taken_back_stands_as_before(place, work_off_jobs, before):
    by = place.head
    if before != "submitted":
        actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
        by = place.office
    if before == "accepted":
        actions.accept_results(entries=[fresh(place)], by=place.office, at=SIGNED)
    was = stamps(fresh(place))
    actions.return_results(entries=[fresh(place)], reason="ผิด", by=by, at=SIGNED)
    assert total(place, work_off_jobs) is None
    undo(place, by)
    result = fresh(place)
    assert (result.status, result.return_reason, stamps(result)) == (before, "", was)
    assert total(place, work_off_jobs) == (None if before == "submitted" else Decimal(10))


def test_the_second_signature_taken_back_leaves_the_first(place):
    actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
    actions.accept_results(entries=[fresh(place)], by=place.office, at=SIGNED)
    with pytest.raises(Refused, match="เฉพาะผู้ที่ลงนาม"):
        undo(place, place.head)
    undo(place, place.office)
    assert (fresh(place).status, stamps(fresh(place))) == ("approved", ["approved"])


def test_an_old_signature_of_before_it_was_sent_again_does_not_come_back(place):
    actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
    actions.return_results(entries=[fresh(place)], reason="ผิด", by=place.head, at=SIGNED)
    reporter = fresh(place).submitted_by
    actions.submit_results(entries=[fresh(place)], by=reporter, at=SOON)
    later = SOON + timedelta(minutes=1)
    actions.return_results(entries=[fresh(place)], reason="ยังผิด", by=place.head, at=later)
    undo(place, place.head, at=later)
    assert fresh(place).status == "submitted"


@pytest.mark.parametrize(
    ("at", "said"),
    [(SIGNED + UNDO_WITHIN, None), (SIGNED + UNDO_WITHIN + timedelta(seconds=1), "เกิน 10 นาที")],
)
def test_it_is_possible_to_the_last_second(place, at, said):
    actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
    if said is None:
        undo(place, place.head, at=at)
        return
    with pytest.raises(Refused, match=said):
        undo(place, place.head, at=at)
    assert fresh(place).status == "approved"


def test_what_was_built_upon_stays(place):
    with pytest.raises(Refused, match="เปลี่ยนสถานะไปแล้ว"):
        undo(place, place.head)
    actions.return_results(entries=[fresh(place)], reason="ผิด", by=place.head, at=SIGNED)
    seen = fresh(place)
    entry = actions.ResultEntry(
        seen.kpi_id, seen.quarter_id, value=Decimal(9), note="แก้แล้ว", version=seen.version
    )
    actions.record_results(entries=[entry], by=seen.submitted_by, at=SOON)
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        actions.undo_results(entries=[seen], by=place.head, at=SOON)
    assert (fresh(place).status, fresh(place).value) == ("returned", Decimal(9))
    assert not Event.objects.filter(verb="kpi.result.undone").exists()


def test_a_closed_quarter_keeps_its_signatures(place):
    actions.approve_results(entries=[fresh(place)], by=place.head, at=SIGNED)
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), PeriodState.CLOSED)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        undo(place, place.head)
    assert fresh(place).status == "approved"


# ── All kinds, in one go ─────────────────────────────────────────────────────


def one_of_each(agency):
    """What waits for the head: an entry of each kind that is signed."""
    reporter = person(Role.REPORTER, agency)
    sent(agency, by=reporter)
    quarter = quarter_of(2570, 1)
    FiscalYear.objects.update(thresholds={"progress": {"monthly": True}})
    month = Month.objects.select_related("fiscal_year").get(fiscal_year=2570, number=2)
    set_state(month, PeriodState.OPEN)
    month.fiscal_year.refresh_from_db()
    project, activities = project_with(1, host_agency=agency, code="P-1")
    percents = {activity.pk: Decimal(40) for activity in activities}
    report = project_actions.save_month_progress(
        project=project, month=month, activities=percents, by=reporter, at=NOON
    )
    project_actions.submit_month_progress(report=report, by=reporter, at=NOON)
    entry = project_actions.ProgressInput(project, quarter, activities=percents)
    drafts = project_actions.save_progress(entries=[entry], by=reporter, at=NOON)
    project_actions.submit_progress(entries=drafts, by=reporter, at=NOON)
    money = AllocationFactory(code="B1", spending_agency=agency, project=project)
    given = budget_actions.MonthlyInput(money, month, Decimal(100_000), Decimal(0))
    figures = budget_actions.record_monthly_figures(entries=[given], by=reporter, at=NOON)
    budget_actions.submit_monthly_figures(entries=figures, by=reporter, at=NOON)


def entries():
    return {
        kind: verbs.model._default_manager.values_list("status", flat=True).get()
        for kind, verbs in VERBS.items()
    }


def totals(work_off_jobs):
    work_off_jobs()
    return (
        Figure.objects.get(kpi__code="1.1", quarter__number=1).value,
        ProjectFigure.objects.filter(quarter__number=1).values_list("delivered", flat=True).first(),
        MoneyFigure.objects.filter(scope__kind="province", expenditure_type="", month=2)
        .values_list("disbursed", flat=True)
        .first(),
    )


def test_the_message_takes_all_of_it_back_and_a_second_press_nothing(client, work_off_jobs):
    agency = AgencyFactory()
    head = person(Role.APPROVER, agency)
    with time_machine.travel(NOON, tick=False):
        one_of_each(agency)
        nothing = totals(work_off_jobs)
        client.force_login(head)
        keys = [line.key for line in client.get(PAGE).context["lines"] if not line.is_watched]
        assert len(keys) == len(VERBS)
    with time_machine.travel(SIGNED, tick=False):
        page = client.post(PAGE, {"sign": keys}, follow=True).content.decode()
        address = f"{PAGE}undo/{moment_key(at=SIGNED)}/"
        assert f'action="{address}"' in page
        assert set(entries().values()) == {"approved"}
        assert totals(work_off_jobs) != nothing
    with time_machine.travel(SOON, tick=False):
        client.force_login(person(Role.APPROVER))
        client.post(address)
        assert set(entries().values()) == {"approved"}
        client.force_login(head)
        said = client.post(address, follow=True).content.decode()
        assert "เลิกทำแล้ว 4 รายการ" in said
        assert set(entries().values()) == {"submitted"}
        assert totals(work_off_jobs) == nothing
        again = client.post(address, follow=True).content.decode()
        assert "ไม่มีรายการที่เลิกทำได้" in again
    assert client.post(f"{PAGE}undo/{10**30}/").status_code == 404


def test_signatures_of_another_moment_stay(place):
    other = sent(place.agency, code="2")
    first, second = sorted(waiting_for(place.head, NOON), key=lambda each: each.code)
    sign_off(signed=[first], returned=[], by=place.head, at=SIGNED)
    sign_off(signed=[], returned=[(second, "ผิด")], by=place.head, at=SOON)
    assert undo_sign_off(moment=SOON, by=place.head, at=SOON) == 1
    other.refresh_from_db()
    assert (fresh(place).status, other.status) == ("approved", "submitted")


def test_an_amount_that_the_comptroller_corrected_stays_signed():
    agency = AgencyFactory()
    with time_machine.travel(NOON, tick=False):
        one_of_each(agency)
    model = VERBS["budget.month"].model
    head = person(Role.APPROVER, agency)
    budget_actions.approve_monthly_figures(entries=[model.objects.get()], by=head, at=SIGNED)
    budget_actions.correct_disbursement(
        figure=model.objects.get(),
        disbursed_to_date=Decimal(90_000),
        obligated=Decimal(0),
        reason="เบิกเกินส่งคืน",
        by=person(Role.COMPTROLLER),
        at=SOON,
    )
    with pytest.raises(Refused, match="คลังจังหวัดแก้ไขยอดนี้แล้ว"):
        budget_actions.undo_monthly_figures(entries=[model.objects.get()], by=head, at=SOON)
    assert model.objects.get().status == "approved"


def test_machines_take_back_too(client, place):
    with time_machine.travel(SIGNED, tick=False):
        client.force_login(place.head)
        address = f"/api/v1/results/{place.entry.pk}"
        client.post(f"{address}/approve/")
        assert key(place.entry).endswith(":3")
        assert client.post(f"{address}/undo/").json()["status"] == "submitted"
        refused = client.post(f"{address}/undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undone")
