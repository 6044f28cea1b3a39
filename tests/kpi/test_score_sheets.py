"""A round's sheet against figures worked out by hand: flows, levels, the common curve, what is missing."""

from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from common.states import CellState
from kpi import actions, rollups
from kpi.actions.definitions import CurveInput
from kpi.models import KPI, Result, Scorecard
from kpi.rules.score_sheets import sheet_of, thawed
from submissions.models import PeriodState, Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, set_state
from tests.kpi.factories import COUNT, kpi_of

pytestmark = pytest.mark.django_db
D = Decimal
LEVEL = {**COUNT, "over_time": "stock"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def signed(kpi, *values):
    """Put signed entries into the quarters from the first on; None leaves one out."""
    for number, value in enumerate(values, start=1):
        quarter = Quarter.objects.get(fiscal_year=2570, number=number)
        set_state(quarter, PeriodState.OPEN)
        if value is None:
            continue
        Result.objects.create(
            kpi=kpi,
            quarter=quarter,
            status="approved",
            value=D(value),
            submitted_at=NOON,
            submitted_by_id=_someone(),
            approved_at=NOON,
            approved_by_id=_someone(),
            note=f"ไตรมาส {number}",
        )
    rollups.recompute(2570, at=NOON)


def _someone():
    return User.objects.get_or_create(username="signer", defaults={"is_sample": True})[0].pk


def card(kpi):
    return Scorecard.objects.get(pk=kpi.scorecard_id)


def line(sheet, code):
    return next(each for each in sheet.lines if each.code == code)


def test_a_flows_second_round_has_its_own_two_quarters():
    kpi = kpi_of(targets=("10", "10", "10", "10"))
    signed(kpi, "20", "20", "8", "8")
    whole = line(sheet_of(card(kpi), first=1, last=4), "1.1")
    assert (whole.target, whole.actual, whole.achievement, whole.score) == (40, 56, 140, 5)
    second = line(sheet_of(card(kpi), first=3, last=4), "1.1")
    assert (second.target, second.actual, second.achievement, second.score) == (20, 16, 80, 3)


def test_a_levels_second_round_is_its_value_at_the_end():
    kpi = kpi_of(rules=LEVEL, targets=("10", "20", "30", "40"))
    signed(kpi, "10", "20", "30", "36")
    second = line(sheet_of(card(kpi), first=3, last=4), "1.1")
    assert (second.target, second.actual, second.achievement, second.score) == (40, 36, 90, 4)


def test_a_round_that_runs_stands_at_its_newest_quarter_that_has_begun():
    kpi = kpi_of()
    signed(kpi, "8")
    sheet = sheet_of(card(kpi), first=1, last=2)
    assert (sheet.quarter, line(sheet, "1.1").achievement) == (1, 80)


def test_what_is_missing_leaves_while_open_and_gets_the_floor_once_closed():
    kpi = kpi_of()
    signed(kpi, None)
    open_line = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert (open_line.state, open_line.score) == (CellState.NOT_REPORTED, None)
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), PeriodState.CLOSED)
    closed = line(sheet_of(card(kpi), first=1, last=1), "1.1")
    assert (closed.score, closed.is_floor) == (1, True)


def test_a_common_curve_of_three_levels_scores_who_has_none():
    agency = AgencyFactory()
    kpi = kpi_of(agency)
    own = kpi_of(agency, code="1.2")
    common, stricter = actions.draw_curves(
        curves=[
            CurveInput(
                code,
                kpi.fiscal_year,
                code,
                "three",
                list(zip(xs, ("50", "75", "100"), strict=True)),
                below_first="zero",
            )
            for code, xs in (("three", ("60", "80", "100")), ("strict", ("80", "90", "100")))
        ],
        by=None,
        at=NOON,
    )
    KPI.objects.filter(pk=own.pk).update(curve=stricter)
    signed(kpi, "8")
    signed_too = Result.objects.get(kpi=kpi)
    Result.objects.create(
        kpi=own,
        quarter=signed_too.quarter,
        status="approved",
        value=D(8),
        submitted_at=NOON,
        submitted_by_id=_someone(),
        approved_at=NOON,
        approved_by_id=_someone(),
    )
    rollups.recompute(2570, at=NOON)
    sheet = sheet_of(card(kpi), first=1, last=1, common=common)
    assert (line(sheet, "1.1").score, line(sheet, "1.2").score) == (75, 50)
    assert sheet.total.percent == D("62.5")
    assert line(sheet, "1.1").note == "ไตรมาส 1"


def test_a_kpi_that_takes_all_of_its_parent_has_its_parents_line():
    province = kpi_of(level=Scorecard.Level.PROVINCE, targets=("10", "10", "20", "20"))
    agency = AgencyFactory()
    child = kpi_of(agency, code="1.1-A", targets=("0", "0", "0", "0"))
    actions.link_kpis(
        links=[actions.definitions.LinkInput(province, child, "same")], by=None, at=NOON
    )
    signed(province, "10", "10", "16", "16")
    second = line(sheet_of(card(child), first=3, last=4), "1.1-A")
    assert (second.target, second.actual, second.achievement, second.score) == (40, 32, 80, 3)


def test_a_frozen_sheet_comes_back_the_same():
    kpi = kpi_of(post=PostFactory(), level=Scorecard.Level.POST)
    signed(kpi, "8.5")
    sheet = sheet_of(card(kpi), first=1, last=2)
    assert thawed(sheet.frozen()) == sheet
    assert thawed(sheet.frozen()).total == sheet.total
