"""Periods, delegated signatures and the rules every entry shares."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Role
from audit.models import Event
from common.clock import ZONE
from common.refusal import EntriesRefused, Refused
from submissions import actions, rules
from submissions.models import Delegation, Month, PeriodState, Quarter
from submissions.workflow import NEXT, Status
from tests.factories import (
    NOON,
    TODAY,
    AgencyFactory,
    UserFactory,
    person,
    quarter_of,
    set_state,
)

pytestmark = pytest.mark.django_db


def test_a_year_has_its_periods_and_deadlines_and_may_be_prepared_again():
    actions.prepare_fiscal_year(year=2570)
    actions.prepare_fiscal_year(year=2570)
    first = Quarter.objects.in_time_order().first()
    assert Quarter.objects.count() == 4
    assert Month.objects.count() == 12
    assert (first.report_due_date.isoformat(), first.accept_due_date.isoformat()) == (
        "2027-01-15",
        "2027-01-28",
    )
    assert Month.objects.in_time_order().first().report_due_date.isoformat() == "2026-11-05"


def test_a_planned_quarter_opens_once_with_its_months():
    quarter = quarter_of(2570, 1, PeriodState.PLANNED)
    actions.open_quarter(quarter=quarter, by=None, at=NOON)
    assert quarter.state == PeriodState.OPEN
    assert Month.objects.open().count() == 3
    assert list(Quarter.objects.open()) == [quarter]
    with pytest.raises(Refused, match="เปิดหรือปิดไปแล้ว"):
        actions.open_quarter(quarter=quarter, by=None, at=NOON)
    assert Event.objects.filter(verb="submissions.quarter.opened").count() == 1


@pytest.mark.parametrize(
    ("state", "moment", "type_in", "send_in"),
    [
        (PeriodState.PLANNED, "2027-01-13 12:00", "ยังไม่เปิด", "ยังไม่เปิด"),
        (PeriodState.OPEN, "2026-12-30 23:59", None, "ยังไม่สิ้นรอบ"),
        (PeriodState.OPEN, "2026-12-31 00:00", None, None),
        (PeriodState.OPEN, "2027-02-01 00:00", None, None),
        (PeriodState.CLOSED, "2027-01-13 12:00", "ปิดแล้ว", "ปิดแล้ว"),
        (PeriodState.PUBLISHED, "2027-01-13 12:00", "ปิดแล้ว", "ปิดแล้ว"),
    ],
)
def test_a_running_period_takes_drafts_and_submissions_from_its_last_day(
    state, moment, type_in, send_in
):
    quarter = quarter_of(2570, 1, state)
    month = Month.objects.get(number=3)
    at = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
    for period in (quarter, month):
        for reason, said in (
            (rules.why_not_type_in(period), type_in),
            (rules.why_not_send_in(period, at), send_in),
        ):
            assert (reason is None) if said is None else (said in reason)


def test_every_status_has_its_moves():
    assert set(NEXT) == set(Status)
    assert {to for moves in NEXT.values() for to in moves} <= set(Status)


def test_a_lent_signature_counts_from_to_until_taken_back():
    agency = AgencyFactory()
    head, deputy = person(Role.APPROVER, agency), person(Role.REPORTER, agency)
    delegation = actions.delegate_signature(
        agency=agency,
        lender=head,
        deputy=deputy,
        from_date=TODAY,
        until_date=TODAY + timedelta(days=2),
        reason="ไปราชการ",
        at=NOON,
    )
    assert rules.standing_of(deputy, TODAY).is_role_of(Role.APPROVER, agency.pk)
    assert not rules.standing_of(deputy, TODAY + timedelta(days=3)).has(Role.APPROVER)
    with pytest.raises(Refused, match="เฉพาะผู้มอบ"):
        actions.revoke_delegation(delegation=delegation, by=deputy, at=NOON)
    actions.revoke_delegation(delegation=delegation, by=head, at=NOON)
    assert not rules.standing_of(deputy, TODAY).has(Role.APPROVER)
    with pytest.raises(Refused, match="ยกเลิกการมอบอำนาจนี้ไปแล้ว"):
        actions.revoke_delegation(delegation=delegation, by=head, at=NOON)


def test_a_loan_does_not_outlive_the_office():
    agency = AgencyFactory()
    head, deputy = person(Role.APPROVER, agency), person(Role.REPORTER, agency)
    Delegation.objects.create(
        agency=agency,
        lender=head,
        deputy=deputy,
        from_date=TODAY,
        until_date=TODAY,
        reason="x",
        created_at=NOON,
    )
    head.memberships.update(until_date=TODAY - timedelta(days=1))
    assert not rules.standing_of(deputy, TODAY).has(Role.APPROVER)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lender": "other"}, "not_approver"),
        ({"deputy": "lender"}, "to_oneself"),
        ({"until_date": TODAY - timedelta(days=1)}, "dates"),
    ],
)
def test_a_loan_that_cannot_be_is_refused(change, code):
    agency = AgencyFactory()
    head = person(Role.APPROVER, agency)
    loan = {
        "agency": agency,
        "lender": head,
        "deputy": UserFactory(),
        "from_date": TODAY,
        "until_date": TODAY,
        "reason": "x",
    } | change
    loan["lender"] = UserFactory() if loan["lender"] == "other" else loan["lender"]
    loan["deputy"] = loan["lender"] if loan["deputy"] == "lender" else loan["deputy"]
    with pytest.raises(Refused) as refusal:
        actions.delegate_signature(**loan, at=NOON)
    assert refusal.value.code == code
    assert not Delegation.objects.exists()


def test_a_list_of_one_keeps_its_own_sentence_and_many_are_counted():
    actions.refuse_all({})
    with pytest.raises(EntriesRefused, match=r"^only$"):
        actions.refuse_all({0: Refused("only")})
    with pytest.raises(EntriesRefused, match="2 รายการ") as refusal:
        actions.refuse_all({0: Refused("a"), 3: Refused("b")})
    assert set(refusal.value.by_entry) == {0, 3}


def test_a_closed_period_says_so():
    quarter = quarter_of(2570, 1)
    assert not quarter.is_closed
    set_state(quarter, PeriodState.PUBLISHED)
    assert quarter.is_closed
