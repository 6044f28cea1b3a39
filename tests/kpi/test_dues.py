"""What is owed and what waits: who sees which, in which state, at what cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from accounts.models import Role
from kpi import actions
from kpi.dues import due_for, owners_of, waiting_for
from kpi.models import KPI, Result, Scorecard
from kpi.search import search
from submissions.models import Quarter
from submissions.rules import open_quarters
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    person,
    quarter_of,
    set_state,
)
from tests.kpi.factories import COUNT, RATIO, kpi_of

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(days=5)


@pytest.fixture
def agency():
    return AgencyFactory(name_th="สำนักงานประมง")


def codes(user, at=NOON):
    return [due.code for due in due_for(user, at)]


def record(kpi, by, **figures):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    entry = actions.ResultEntry(kpi.pk, quarter.pk, **({"value": Decimal(10)} | figures))
    [result] = actions.record_results(entries=[entry], by=by, at=NOON)
    return result


def test_each_sees_what_his_place_owes(agency):
    post = PostFactory(agency=agency)
    kpi_of(agency, code="1")
    kpi_of(code="2")
    kpi_of(agency, code="3", level=Scorecard.Level.POST, post=post)
    seen = {
        "reporter": codes(person(Role.REPORTER, agency)),
        "head": codes(person(Role.APPROVER, agency)),
        "holder": codes(HoldingFactory(post=post).user),
        "strategist": codes(person(Role.STRATEGIST)),
        "hr": codes(person(Role.HR, agency)),
        "visitor": codes(AnonymousUser()),
    }
    assert seen == {
        "reporter": ["1"],
        "head": ["1"],
        "holder": ["3"],
        "strategist": ["1", "2"],
        "hr": [],
        "visitor": [],
    }


def test_a_due_says_what_by_when_in_which_state(agency):
    reporter = person(Role.REPORTER, agency)
    kpi = kpi_of(agency)
    [due] = due_for(reporter, NOON)
    assert (due.kind, due.subject_id, due.period, due.period_key) == (
        "kpi.result",
        kpi.pk,
        due.period,
        "2570-q1",
    )
    assert "2570" in due.period
    assert (due.state, due.status, due.owner_ids) == ("not_reported", "", (reporter.pk,))
    assert due.url.endswith(f"?quarter=2570-1#r{kpi.pk}")
    [late] = due_for(reporter, LATE)
    assert late.state == "late"


def test_what_is_signed_or_not_asked_is_not_owed(agency):
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    kpi = kpi_of(agency)
    kpi_of(agency, code="2", rules=COUNT | {"frequency": "yearly"})
    result = record(kpi, reporter)
    assert due_for(reporter, NOON)[0].status == "draft"
    actions.submit_results(entries=[result], by=reporter, at=NOON)
    result.refresh_from_db()
    actions.return_results(entries=[result], reason="ไม่ครบ", by=head, at=NOON)
    [due] = due_for(reporter, NOON)
    assert (due.status, due.returned_reason) == ("returned", "ไม่ครบ")
    result.refresh_from_db()
    actions.submit_results(entries=[result], by=reporter, at=NOON)
    result.refresh_from_db()
    actions.approve_results(entries=[result], by=head, at=NOON)
    assert due_for(reporter, NOON) == []


def test_an_indicator_without_rules_owes_nothing(agency):
    kpi = kpi_of(agency)
    kpi.indicator.versions.update(from_year=2580)
    assert codes(person(Role.REPORTER, agency)) == []


def test_only_open_quarters_that_have_begun_count():
    quarter_of(2570, 1)
    set_state(Quarter.objects.get(fiscal_year=2570, number=4), "open")
    set_state(Quarter.objects.get(fiscal_year=2570, number=2), "open")
    assert [quarter.number for quarter in open_quarters(NOON)] == [1, 2]


def test_an_entry_is_owed_by_the_next_in_line(agency):
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    alone = PostFactory(agency=agency)
    kpis = {
        "team": kpi_of(agency, code="1"),
        "post": kpi_of(agency, code="2", level=Scorecard.Level.POST, post=post),
        "alone": kpi_of(agency, code="3", level=Scorecard.Level.POST, post=alone),
    }

    def owners():
        loaded = list(KPI.objects.with_rules().in_code_order())
        found = owners_of(loaded, NOON)
        return {name: found[kpi.pk] for name, kpi in kpis.items()}

    assert owners() == {"team": (), "post": (), "alone": ()}
    head = person(Role.APPROVER, agency)
    boss = HoldingFactory(post=above).user
    assert owners() == {"team": (head.pk,), "post": (boss.pk,), "alone": ()}
    reporter, holder = person(Role.REPORTER, agency), HoldingFactory(post=post).user
    assert owners() == {"team": (reporter.pk,), "post": (holder.pk,), "alone": ()}


def test_what_waits_is_for_the_one_who_signs(agency):
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    strategist = person(Role.STRATEGIST)
    kpi = kpi_of(agency, level=Scorecard.Level.PROVINCE, needs_acceptance=True)
    assert waiting_for(AnonymousUser(), NOON) == []
    result = record(kpi, reporter)
    assert waiting_for(head, NOON) == []
    actions.submit_results(entries=[result], by=reporter, at=NOON)
    [waiting] = waiting_for(head, NOON)
    assert (waiting.move, waiting.why_not, waiting.change) == ("approve", None, "")
    assert waiting_for(strategist, NOON) == []
    result.refresh_from_db()
    actions.approve_results(entries=[result], by=head, at=NOON)
    assert waiting_for(head, NOON) == []
    [waiting] = waiting_for(strategist, NOON)
    assert waiting.move == "accept"
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), "closed")
    assert waiting_for(strategist, NOON) == []


def test_a_waiting_ratio_or_not_applicable_one_says_what_was_typed(agency):
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    ratio = record(
        kpi_of(agency, code="1", rules=RATIO),
        reporter,
        value=None,
        numerator=Decimal(9),
        denominator=Decimal(90),
    )
    nothing = record(
        kpi_of(agency, code="2"),
        reporter,
        value=None,
        is_not_applicable=True,
        not_applicable_reason="ไม่มีกรณี",
    )
    actions.submit_results(entries=[ratio, nothing], by=reporter, at=NOON)
    first, second = waiting_for(head, NOON)
    assert first.current.startswith("10")
    assert (second.current, second.note) == (second.current, "ไม่มีกรณี")


def test_dues_cost_the_same_for_one_or_ten(
    agency, django_assert_num_queries, django_assert_max_num_queries
):
    reporter = person(Role.REPORTER, agency)
    kpi_of(agency, code="0")
    with django_assert_max_num_queries(20) as few:
        due_for(reporter, NOON)
    for number in range(1, 10):
        kpi_of(agency, code=str(number))
    with django_assert_num_queries(len(few)):
        assert len(due_for(reporter, NOON)) == 10


# ── Search ───────────────────────────────────────────────────────────────────
def test_visitors_find_what_is_published_and_staff_what_runs(agency):
    kpi_of(agency, code="1.1", level=Scorecard.Level.PROVINCE)
    reader = person(Role.VIEWER)
    assert search("  ", reader) == []
    assert search("1.1", AnonymousUser()) == []
    [hit] = search("ตัวชี้วัด 1", reader)
    assert (hit.code, hit.rank) == ("1.1", 0)
    assert hit.url.endswith("/kpis/1.1/")
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), "published")
    assert [hit.code for hit in search("1.1", AnonymousUser())] == ["1.1"]


@time_machine.travel(NOON, tick=False)
def test_personal_kpis_are_found_by_their_holder_only(agency):
    post = PostFactory(agency=agency)
    kpi_of(agency, level=Scorecard.Level.POST, post=post)
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), "published")
    holder = HoldingFactory(post=post).user
    person_of_agency = person(Role.REPORTER, agency)
    assert search("1.1", AnonymousUser()) == []
    assert search("1.1", person_of_agency) == []
    holder.memberships.create(agency=agency, role=Role.REPORTER, from_date=NOON.date())
    assert [hit.rank for hit in search("1.1", holder)] == [1]
    assert Result.objects.count() == 0


def test_of_a_kpi_over_years_only_the_newest_is_found(agency):
    kpi_of(agency, year=2569)
    kpi_of(agency, year=2570)
    assert len(search("1.1", person(Role.VIEWER))) == 1
