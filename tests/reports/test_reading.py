"""What is read into a frozen document, and what closing finds missing."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Area, Role
from budget.actions import (
    MonthlyInput,
    approve_monthly_figures,
    record_monthly_figures,
    submit_monthly_figures,
)
from budget.models import CabinetTarget
from kpi.models import Figure, IndicatorVersion, Link, Result, Scorecard, ScoreCurve, Target
from projects.models import Project
from reports import actions, rollups, rules
from reports.document import Frozen, read
from reports.rollups.checking import edited_since
from reports.rollups.totals import with_totals
from reports.scoring import Limits, limits_of, standing_of_achievement, standing_of_score
from sakhon_portal import verification
from submissions.models import Month, Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, person, quarter_of
from tests.projects.factories import ProjectFactory
from tests.reports.factories import Province, accepted, kpi_on, scorecard_of


@pytest.fixture
def rich(db):
    """A province with money, an agency's scorecard, and a KPI of last year."""
    return Province(money=True)


def close(province):
    freeze = actions.close_quarter(
        quarter=province.quarter, by=province.strategist, at=NOON, missing_accepted=True
    )
    return read(Frozen, freeze.document)


def spend(province, month, disbursed):
    allocation = province.allocation
    reporter = person(Role.REPORTER, allocation.spending_agency)
    head = person(Role.APPROVER, allocation.spending_agency)
    period = Month.objects.get(fiscal_year=2570, number=month)
    given = MonthlyInput(
        allocation=allocation,
        month=period,
        disbursed_to_date=Decimal(disbursed),
        obligated=Decimal(10000),
    )
    (figure,) = record_monthly_figures(entries=[given], by=reporter, at=NOON)
    submit_monthly_figures(entries=[figure], by=reporter, at=NOON)
    figure.refresh_from_db()
    approve_monthly_figures(entries=[figure], by=head, at=NOON)


def test_money_stands_beside_the_cabinets_target(rich):
    for measure in CabinetTarget.Measure:
        CabinetTarget.objects.create(
            fiscal_year_id=2570,
            quarter=1,
            category="overall",
            measure=measure,
            percent=Decimal(30),
            kind="cabinet",
            source="มติ",
        )
    CabinetTarget.objects.create(
        fiscal_year_id=2570,
        quarter=1,
        category="recurrent",
        measure="disbursement",
        percent=Decimal(30),
        kind="cabinet",
        source="มติ",
    )
    spend(rich, 1, "100000")
    spend(rich, 2, "250000")
    frozen = close(rich)
    assert frozen.money.disbursed == Decimal("250000.00")
    assert frozen.money.disbursement_rate == Decimal("25.0000")
    (row,) = frozen.money_rows
    assert (row.expenditure_type, row.is_carried_over) == ("investment", False)
    found = {(each.category, each.measure): each for each in frozen.money_targets}
    assert found["overall", "disbursement"].points == Decimal("-5.0000")
    assert found["overall", "disbursement"].baht_needed == Decimal("50000.00")
    assert found["overall", "spending"].rate == Decimal("26.0000")
    assert found["recurrent", "disbursement"].rate is None
    assert [month.disbursed for month in frozen.money_months[:2]] == [
        Decimal("100000.00"),
        Decimal("250000.00"),
    ]
    assert frozen.projects[0].money.disbursed == Decimal("250000.00")
    assert frozen.issues[0].money.disbursed == Decimal("250000.00")
    assert len(frozen.money_entries) == 2
    assert rollups.findings() == []


def test_agencies_and_last_year_stand_in_the_document(province):
    agency = AgencyFactory()
    card = scorecard_of(Scorecard.Level.AGENCY, agency)
    scorecard_of(Scorecard.Level.AGENCY, AgencyFactory())
    line = kpi_on(card, province.curve, "A-1")
    accepted(line, province.quarter, "70")
    unplaced = kpi_on(province.card, province.curve, "9.9")
    accepted(unplaced, province.quarter, "100")
    before = quarter_of(2569, 1)
    last = kpi_on(
        Scorecard.objects.create(fiscal_year_id=2569, level="province", agency=province.office),
        ScoreCurve.objects.create(
            code="five",
            name_th="x",
            fiscal_year_id=2569,
            preset="five",
            points=[["0", "1"], ["1", "5"]],
        ),
        "L-1",
    )
    type(last).objects.filter(pk=last.pk).update(fiscal_year=2569, code="1.1")
    Figure.objects.update_or_create(
        kpi=last, quarter=before, defaults={"ytd_value": Decimal(77), "ytd_state": "value"}
    )
    frozen = close(province)
    scores = {row.code: row.total.score for row in frozen.agencies}
    assert scores[agency.code] == Decimal("2.0000")
    assert {row.code: row.last_year for row in frozen.kpis}["1.1"] == Decimal(77)
    assert with_totals(frozen, Limits()) == frozen
    assert rollups.findings() == []


def test_the_next_quarter_knows_the_one_before(province):
    close(province)
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    actions.open_for_reporting(quarter=second, by=province.strategist, at=NOON)
    province.quarter = second
    freeze = actions.close_quarter(
        quarter=second,
        by=province.strategist,
        at=NOON + timedelta(days=100),
        missing_accepted=True,
    )
    frozen = read(Frozen, freeze.document)
    assert frozen.previous_score == Decimal("4.6380")
    assert frozen.issues[0].previous_percent == Decimal("92.7600")


def test_a_province_without_anything_closes_too(db):
    quarter = quarter_of(2570, 1)
    office = person(Role.STRATEGIST)
    freeze = actions.close_quarter(quarter=quarter, by=office, at=NOON)
    frozen = read(Frozen, freeze.document)
    assert frozen.kpis == ()
    assert frozen.province_name.th == "จังหวัด"
    assert rollups.findings() == []


def test_the_provinces_name_is_said_once(province):
    Area.objects.update(name_th="จังหวัดสมุทรสาคร", name_en="Samut Sakhon Province")
    project: Any = ProjectFactory(status=Project.Status.PROPOSED)
    project.years.create(fiscal_year_id=2570)
    frozen = close(province)
    assert (frozen.province_name.th, frozen.province_name.en) == (
        "จังหวัดสมุทรสาคร",
        "Samut Sakhon Province",
    )
    assert project.code not in {row.code for row in frozen.projects}


def test_a_kpi_without_rules_yet_stands_without_a_figure(province):
    IndicatorVersion.objects.update(from_year=2571)
    frozen = close(province)
    assert frozen.kpis[0].rules_version is None
    assert frozen.rules == ()


def test_freezing_costs_the_same_for_many_kpis(province):
    actions.refresh_quarter(quarter=province.quarter, by=None, at=NOON)
    with CaptureQueriesContext(
        connection,
    ) as few:
        rollups.frozen_of(province.quarter, at=NOON)
    for number in range(20):
        kpi_on(province.card, province.curve, f"8.{number}", province.issue)
    actions.refresh_quarter(quarter=province.quarter, by=None, at=NOON)
    with CaptureQueriesContext(connection) as many:
        rollups.frozen_of(province.quarter, at=NOON)
    assert len(many) <= len(few) + 1


# ── What is missing ──────────────────────────────────────────────────────────
def test_missing_entries_are_listed_by_who_owes_them(rich):
    unsigned = kpi_on(rich.card, rich.curve, "1.2", rich.issue)
    waiting = kpi_on(rich.card, rich.curve, "1.3", rich.issue, needs_acceptance=True)
    result = accepted(waiting, rich.quarter, "5")
    Result.objects.filter(pk=result.pk).update(
        status="approved", accepted_by=None, accepted_at=None
    )
    post = PostFactory(agency=rich.office)
    kpi_on(scorecard_of(Scorecard.Level.POST, rich.office, post), rich.curve, "P-1")
    actions.refresh_quarter(quarter=rich.quarter, by=None, at=NOON)
    found = {(each.kind, each.code): each.status for each in rules.missing_of(rich.quarter)}
    assert found["kpi", unsigned.code] == "ยังไม่กรอก"
    assert found["kpi", "1.3"] == "รอสำนักงานจังหวัดรับรอง"
    assert found["post", ""] == "ยังไม่กรอก"
    assert found["project", rich.project.code] == "ยังไม่กรอก"
    assert found["money", "01/2570"] == "ยังไม่กรอก"
    assert not any(code == "P-1" for _kind, code in found)
    with pytest.raises(Exception, match="และอีก"):
        actions.close_quarter(quarter=rich.quarter, by=rich.strategist, at=NOON)


def test_what_was_typed_but_not_signed_says_how_far_it_is(rich):
    spend(rich, 1, "90000")
    reporter = person(Role.REPORTER, rich.kpi.agency)
    draft = kpi_on(rich.card, rich.curve, "1.4", rich.issue)
    Result.objects.create(
        kpi=draft, quarter=rich.quarter, value=1, entered_by=reporter, entered_at=NOON
    )
    actions.refresh_quarter(quarter=rich.quarter, by=None, at=NOON)
    found = {(each.kind, each.code): each.status for each in rules.missing_of(rich.quarter)}
    assert found["kpi", "1.4"] == "ร่าง"
    assert ("money", "01/2570") not in found
    assert ("money", "02/2570") in found


# ── Limits ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("percent", "of_target", "of_score"),
    [
        (None, "", ""),
        ("100", "good", "good"),
        ("99.99", "watch", "good"),
        ("90", "watch", "good"),
        ("79.99", "bad", "watch"),
        ("59.99", "bad", "bad"),
    ],
)
def test_limits_say_how_a_figure_is_called(percent, of_target, of_score):
    value = None if percent is None else Decimal(percent)
    assert standing_of_achievement(value, Limits()) == of_target
    assert standing_of_score(value, Limits()) == of_score


def test_limits_are_data_of_the_year():
    assert limits_of({}) == Limits()
    own = limits_of({"kpi": {"watch": 80}, "score": {"good": "75.5"}})
    assert own == Limits(Decimal(100), Decimal(80), Decimal("75.5"), Decimal(60))


# ── Open findings ────────────────────────────────────────────────────────────
def test_targets_that_do_not_add_up_are_an_open_finding(province):
    agency = AgencyFactory()
    child = kpi_on(scorecard_of(Scorecard.Level.AGENCY, agency), province.curve, "A-1")
    Link.objects.create(parent=province.kpi, child=child, kind=Link.Kind.SHARE)
    Target.objects.filter(kpi=child).update(value=Decimal(60))
    (found,) = [each for each in verification.open_findings(NOON) if "quarter 1" in each]
    assert re.search(r"KPI 1\.1 .*-40", found)
    Target.objects.filter(kpi=child).update(value=Decimal(100))
    assert not [each for each in verification.open_findings(NOON) if "quarter 1" in each]
    province.kpi.accepted_differences.create(
        quarter=1, difference=1, reason="x", accepted_by=province.strategist, accepted_at=NOON
    )
    IndicatorVersion.objects.all().update(from_year=2571)
    assert list(verification.open_findings(NOON)) == []


def test_an_edited_curve_marks_its_kpis(province):
    frozen = close(province)
    assert edited_since(frozen, frozen) == set()
    other = ScoreCurve.objects.create(
        code="own", name_th="x", fiscal_year_id=2570, preset="own", points=[["0", "1"], ["1", "5"]]
    )
    type(province.kpi).objects.update(curve=other)
    again = rollups.frozen_of(province.quarter, at=NOON)
    assert edited_since(frozen, again) == {"1.1"}


def test_money_that_its_parts_deny_is_found(rich):
    spend(rich, 1, "90000")
    assert verification.money(NOON) == []
    type(rich.allocation).objects.filter(pk=rich.allocation.pk).update(disbursed=Decimal(5))
    assert any("last signed month" in each for each in verification.money(NOON))
