"""Deadlines move by one verb, in order, and never in a closed period."""

from datetime import timedelta

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from submissions.actions import move_deadlines, prepare_fiscal_year
from submissions.models import Month, PeriodState, Quarter
from tests.factories import NOON, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    prepare_fiscal_year(year=2570)
    return Quarter.objects.get(fiscal_year=2570, number=1)


def test_a_deadline_moves_and_is_logged_with_before_and_after(quarter):
    later = quarter.report_due_date + timedelta(days=2)
    strategist = person(Role.STRATEGIST)
    move_deadlines(period=quarter, dates={"report_due_date": later}, by=strategist, at=NOON)
    quarter.refresh_from_db()
    assert quarter.report_due_date == later
    event = Event.objects.get(verb="submissions.deadlines.moved")
    assert event.after == {"report_due_date": later.isoformat()}
    move_deadlines(period=quarter, dates={"report_due_date": later}, by=strategist, at=NOON)
    assert Event.objects.filter(verb="submissions.deadlines.moved").count() == 1


@pytest.mark.parametrize("role", [Role.REPORTER, Role.APPROVER, Role.COMPTROLLER])
def test_others_move_no_deadline(quarter, role):
    with pytest.raises(Refused):
        move_deadlines(
            period=quarter,
            dates={"report_due_date": quarter.report_due_date},
            by=person(role),
            at=NOON,
        )


def test_deadlines_stay_in_order_and_a_closed_month_keeps_its_own(quarter):
    admin = person(Role.ADMIN)
    dates = {
        "report_due_date": quarter.accept_due_date,
        "approve_due_date": quarter.approve_due_date,
        "accept_due_date": quarter.accept_due_date,
    }
    with pytest.raises(Refused, match="เรียงตามลำดับ"):
        move_deadlines(period=quarter, dates=dates, by=admin, at=NOON)
    Month.objects.update(state=PeriodState.CLOSED)
    month = Month.objects.get(fiscal_year=2570, number=1)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        move_deadlines(
            period=month, dates={"report_due_date": month.report_due_date}, by=admin, at=NOON
        )
    stale = Month.objects.get(pk=month.pk)
    stale.state = PeriodState.OPEN
    with pytest.raises(Refused) as refused:
        move_deadlines(
            period=stale,
            dates={"report_due_date": month.report_due_date + timedelta(days=1)},
            by=admin,
            at=NOON,
        )
    assert refused.value.code == "changed_meanwhile"


def test_the_administrator_moves_deadlines_in_the_admin_and_nothing_else(client, quarter):
    client.force_login(person(Role.ADMIN, is_staff=True))
    address = f"/admin/submissions/quarter/{quarter.pk}/change/"
    page = client.get(address).content.decode()
    assert 'name="report_due_date"' in page
    assert 'name="state"' not in page
    due = {
        "report_due_date": "2027-01-18",
        "approve_due_date": "2027-01-20",
        "accept_due_date": "2027-01-28",
    }
    assert client.post(address, due).status_code == 302
    quarter.refresh_from_db()
    assert quarter.report_due_date.isoformat() == "2027-01-18"
    answer = client.post(address, due | {"approve_due_date": "2027-01-01"})
    assert answer.status_code == 200
    assert "เรียงตามลำดับ" in answer.content.decode()
    Quarter.objects.filter(pk=quarter.pk).update(state=PeriodState.CLOSED)
    assert 'name="report_due_date"' not in client.get(address).content.decode()


@pytest.mark.parametrize(
    "model",
    [
        "submissions/fiscalyear",
        "submissions/month",
        "submissions/delegation",
        "strategy/plan",
        "strategy/issue",
        "strategy/frameworkitem",
        "strategy/provincefact",
        "covid/facilitycount",
        "covid/statedfact",
        "meetings/committee",
        "meetings/resolution",
    ],
)
def test_reference_data_opens_and_takes_no_new_row(client, quarter, model):
    client.force_login(person(Role.ADMIN, is_staff=True))
    assert client.get(f"/admin/{model}/").status_code == 200
    assert client.get(f"/admin/{model}/add/").status_code == 403
