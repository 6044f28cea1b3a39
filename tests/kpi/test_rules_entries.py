"""Rules of entries as truth tables: role × status × agency, and what a figure may be."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.rules import Standing
from common import fiscal
from common.states import CellState
from kpi import actions
from kpi.models import KPI, Result, Scorecard
from kpi.rules import entries as rules
from kpi.rules import surroundings
from kpi.rules.surroundings import Typed, surroundings_of
from kpi.rules.wording import reason_sentence
from submissions.models import Quarter
from submissions.rules import standing_of
from submissions.workflow import Status
from tests.factories import (
    NOON,
    TODAY,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    person,
    set_state,
)
from tests.kpi.factories import COUNT, RATIO, kpi_of

pytestmark = pytest.mark.django_db
MILESTONES = COUNT | {
    "over_time": "stock",
    "over_units": "own",
    "target_meaning": "milestone",
    "milestones": ["ร่าง", "ประกาศ", "ใช้"],
}
BEFORE = NOON.replace(year=2026, month=12, day=1)


def place_of(kpi, number=1):
    quarter = Quarter.objects.select_related("fiscal_year").get(fiscal_year=2570, number=number)
    return surroundings_of([KPI.objects.with_rules().get(pk=kpi.pk)], quarter)[kpi.pk]


def entry_of(kpi, status=Status.DRAFT, number=1, **figures):
    """Put an entry into a status, whatever the way there."""
    by = person(Role.REPORTER, kpi.agency)
    stamps = {
        f"{stamp}_{what}": value
        for stamp in ("entered", "submitted", "approved", "accepted", "returned")
        for what, value in (("by", by), ("at", NOON))
    }
    quarter = Quarter.objects.get(fiscal_year=kpi.fiscal_year_id, number=number)
    return Result.objects.create(
        kpi=kpi,
        quarter=quarter,
        status=status,
        return_reason="ผิดช่วง",
        **({"value": Decimal(10)} | figures),
        **stamps,
    )


# ── Who signs what ───────────────────────────────────────────────────────────
WHO = [(role, own) for role in Role for own in (True, False)]


def says_yes(rule, status, *more, needs_acceptance=True):
    """Return who may, as (role, in the agency)."""
    agency, other = AgencyFactory(), AgencyFactory()
    kpi = kpi_of(agency, level=Scorecard.Level.PROVINCE, needs_acceptance=needs_acceptance)
    result = Result.objects.with_kpi().get(pk=entry_of(kpi, status).pk)
    return {
        (role, own)
        for role, own in WHO
        if rule(
            result,
            Standing(person(role), frozenset({(role.value, (agency if own else other).pk)})),
            *more,
        )
        is None
    }


@pytest.mark.parametrize("status", list(Status))
def test_only_the_agencys_head_signs_only_what_was_sent(status):
    head = {(Role.APPROVER, True)} if status is Status.SUBMITTED else set()
    assert says_yes(rules.why_not_approve, status) == head


@pytest.mark.parametrize("status", list(Status))
def test_only_the_strategy_office_accepts_only_what_is_signed(status):
    office = {(Role.STRATEGIST, True), (Role.STRATEGIST, False)}
    assert says_yes(rules.why_not_accept, status) == (
        office if status is Status.APPROVED else set()
    )


def test_what_needs_no_second_signature_gets_none():
    assert not says_yes(rules.why_not_accept, Status.APPROVED, needs_acceptance=False)


@pytest.mark.parametrize("status", list(Status))
def test_the_head_returns_what_was_sent_and_the_strategy_office_what_is_signed(status):
    may = {
        Status.SUBMITTED: {(Role.APPROVER, True)},
        Status.APPROVED: {
            (Role.APPROVER, True),
            *((Role.STRATEGIST, own) for own in (True, False)),
        },
    }
    may[Status.ACCEPTED] = may[Status.APPROVED]
    assert says_yes(rules.why_not_return, status, "ไม่ครบ") == may.get(status, set())


def test_nothing_is_returned_without_a_reason():
    assert not says_yes(rules.why_not_return, Status.SUBMITTED, " ")


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
@pytest.mark.parametrize("rule", ["approve", "accept", "return"])
def test_nothing_moves_in_a_quarter_that_is_not_open(state, rule):
    kpi = kpi_of(needs_acceptance=True)
    status = Status.APPROVED if rule == "accept" else Status.SUBMITTED
    result = Result.objects.with_kpi().get(pk=entry_of(kpi, status).pk)
    set_state(result.quarter, state)
    everything = frozenset((role.value, kpi.agency_id) for role in Role)
    more = ("เหตุผล",) if rule == "return" else ()
    standing = Standing(person(Role.VIEWER), everything)
    assert getattr(rules, f"why_not_{rule}")(result, standing, *more) is not None


def test_nobody_signs_what_he_typed_or_sent():
    kpi = kpi_of()
    result = Result.objects.with_kpi().get(pk=entry_of(kpi, Status.SUBMITTED).pk)
    standing = Standing(result.entered_by, frozenset({(Role.APPROVER.value, kpi.agency_id)}))
    assert "เอง" in rules.why_not_approve(result, standing)


def test_a_personal_entry_is_signed_by_the_post_right_above_only():
    agency = AgencyFactory()
    top = PostFactory(agency=agency)
    above = PostFactory(agency=agency, supervising_post=top)
    post = PostFactory(agency=agency, supervising_post=above)
    kpi = kpi_of(agency, level=Scorecard.Level.POST, post=post)
    result = Result.objects.with_kpi().get(pk=entry_of(kpi, Status.SUBMITTED).pk)
    for signer, may in ((above, True), (top, False), (post, False)):
        holder = HoldingFactory(post=signer).user
        assert (rules.why_not_approve(result, standing_of(holder, TODAY)) is None) is may
    head = Standing(person(Role.APPROVER), frozenset({(Role.APPROVER.value, agency.pk)}))
    assert rules.why_not_approve(result, head) is not None
    strategist = Standing(person(Role.STRATEGIST), frozenset({(Role.STRATEGIST.value, agency.pk)}))
    Result.objects.update(status="approved")
    result.refresh_from_db()
    assert rules.why_not_return(result, strategist, "ผิด") is not None


def test_a_post_at_the_top_has_nobody_who_signs():
    post = PostFactory()
    kpi = kpi_of(post.agency, level=Scorecard.Level.POST, post=post)
    result = Result.objects.with_kpi().get(pk=entry_of(kpi, Status.SUBMITTED).pk)
    nobody = Standing(person(Role.APPROVER), frozenset())
    assert rules.why_not_approve(result, nobody) is not None


# ── Who types ────────────────────────────────────────────────────────────────
def test_only_the_agencys_reporter_types():
    agency = AgencyFactory()
    kpi = kpi_of(agency)
    may = {
        (role, own)
        for role, own in WHO
        if rules.why_not_report(
            kpi, Standing(None, frozenset({(role.value, agency.pk if own else 0)}))
        )
        is None
    }
    assert may == {(Role.REPORTER, True)}


def test_a_vacant_posts_kpi_is_typed_from_the_post_above():
    above = PostFactory()
    post = PostFactory(agency=above.agency, supervising_post=above)
    kpi = kpi_of(post.agency, level=Scorecard.Level.POST, post=post)
    boss = Standing(None, frozenset(), frozenset({above.pk}))
    assert rules.vacant_posts_below(Standing(None, frozenset()), TODAY) == frozenset()
    vacant = rules.vacant_posts_below(boss, TODAY)
    assert vacant == {post.pk}
    assert rules.why_not_report(kpi, boss, vacant) is None
    HoldingFactory(post=post)
    assert rules.vacant_posts_below(boss, TODAY) == frozenset()
    assert rules.why_not_report(kpi, boss) is not None


# ── What may be typed ────────────────────────────────────────────────────────
def test_no_rules_in_force_and_computed_figures_take_no_entry():
    place = place_of(kpi_of())
    assert rules.why_not_record(place) is None
    assert "กติกา" in rules.why_not_record(replace(place, version=None))
    assert "คำนวณ" in rules.why_not_record(replace(place, reports_itself=False))


@pytest.mark.parametrize("status", list(Status))
def test_figures_are_typed_over_only_before_they_are_sent(status):
    kpi = kpi_of()
    entry_of(kpi, status)
    editable = status in (Status.DRAFT, Status.RETURNED)
    assert (rules.why_not_record(place_of(kpi)) is None) is editable


@pytest.mark.parametrize(
    ("text", "field"),
    [("0", None), ("3", None), ("4", "value"), ("-1", "value"), ("1.5", "value")],
)
def test_a_milestone_is_the_number_of_a_step(text, field):
    place = place_of(
        kpi_of(rules=MILESTONES | {"allows_negative": True}, targets=("1", "1", "2", "3"))
    )
    wrong = rules.why_not_typed(place, Typed(Decimal(text)))
    assert (wrong and wrong[0]) == field


@pytest.mark.parametrize(
    ("kind", "figures", "field"),
    [
        (COUNT, {"value": "-1"}, "value"),
        (COUNT | {"allows_negative": True}, {"value": "-1"}, None),
        (COUNT, {"value": "900000000000000"}, None),
        (COUNT, {"value": "900000000000000.0001"}, "value"),
        (COUNT, {"denominator": "1"}, "numerator"),
        (RATIO, {"value": "1"}, "value"),
        (RATIO | {"allows_negative": True}, {"denominator": "-1"}, "denominator"),
        (RATIO, {"numerator": "1", "denominator": "0"}, "denominator"),
        (RATIO, {"numerator": "0", "denominator": "0"}, None),
        (RATIO, {"numerator": "1"}, None),
    ],
)
def test_a_figure_is_refused_at_the_field_that_is_wrong(kind, figures, field):
    place = place_of(kpi_of(rules=kind))
    typed = Typed(**{name: Decimal(text) for name, text in figures.items()})
    wrong = rules.why_not_typed(place, typed)
    assert (wrong and wrong[0]) == field


# ── What may be sent ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "figures", "field"),
    [
        (COUNT, {"value": None}, "value"),
        (COUNT, {"value": Decimal(10)}, None),
        (COUNT, {"value": Decimal(-1)}, "value"),
        (COUNT, {"value": Decimal(5)}, "note"),
        (COUNT, {"value": Decimal(5), "note": "ฝน"}, None),
        (COUNT, {"value": Decimal(5), "note": " "}, "note"),
        (COUNT, {"value": Decimal(1000)}, "note"),
        (COUNT, {"value": None, "is_not_applicable": True, "not_applicable_reason": "-"}, None),
        (RATIO, {"value": None}, "numerator"),
        (RATIO, {"value": None, "numerator": Decimal(1)}, "denominator"),
        (RATIO, {"value": None, "numerator": Decimal(1), "denominator": Decimal(10)}, None),
    ],
)
def test_an_entry_is_sent_only_when_it_is_whole(kind, figures, field):
    kpi = kpi_of(rules=kind)
    entry_of(kpi, **figures)
    wrong = rules.why_not_submit(place_of(kpi), NOON)
    assert (wrong and wrong[0]) == field


def test_nothing_is_sent_before_the_quarters_last_day_or_without_an_entry():
    kpi = kpi_of()
    assert rules.why_not_submit(place_of(kpi), NOON)[0] == "value"
    entry_of(kpi)
    assert rules.why_not_submit(place_of(kpi), BEFORE)[0] == ""
    Result.objects.update(status="submitted")
    assert rules.why_not_submit(place_of(kpi), NOON)[0] == ""


def test_a_figure_far_from_the_last_one_asks_for_a_word():
    kpi = kpi_of()
    entry_of(kpi, Status.APPROVED, value=Decimal(10))
    set_state(Quarter.objects.get(fiscal_year=2570, number=2), "open")
    place = place_of(kpi, 2)
    assert rules.why_note_is_needed(place, Typed(Decimal(11)), NOON) is None
    assert "25" in rules.why_note_is_needed(place, Typed(Decimal(13)), NOON)
    assert place.moved_percent(Typed(Decimal(13))) == Decimal(30)
    assert place.moved_percent(Typed()) is None


def test_a_year_may_have_its_own_limits():
    kpi = kpi_of()
    kpi.fiscal_year.thresholds = {"kpi": {"note_below": 40, "good": 50}}
    kpi.fiscal_year.save()
    place = place_of(kpi)
    assert place.thresholds.good == Decimal(50)
    assert rules.why_note_is_needed(place, Typed(Decimal(5)), NOON) is None
    levels = [surroundings.performance_level(each, place.thresholds) for each in (None, 50, 49)]
    assert levels == [None, "good", "bad"]
    assert surroundings.performance_level(Decimal(95), surroundings.Thresholds()) == "watch"


# ── What stands around ───────────────────────────────────────────────────────
def test_the_rules_that_hold_are_the_newest_before_the_quarter():
    kpi = kpi_of()
    [indicator] = actions.define_indicators(
        indicators=[
            actions.definitions.IndicatorInput(
                kpi.indicator.code,
                "ใหม่",
                COUNT | {"decimals": 2, "from_year": 2570, "from_quarter": 2},
            )
        ],
        by=None,
        at=NOON,
    )
    versions = list(indicator.versions.all())
    held = [surroundings.version_in_force(versions, 2570, number) for number in (1, 2, 3)]
    assert [version.number for version in held] == [1, 2, 2]
    assert surroundings.version_in_force(versions, 2500, 1) is None


def test_a_figure_known_late_has_a_later_deadline():
    kpi = kpi_of(rules=COUNT | {"lag_quarters": 1})
    place = place_of(kpi)
    assert surroundings.deadline_of(place.version, place.quarter) == fiscal.quarter_end(
        2570, 2
    ).replace(month=4, day=15)
    assert surroundings.period_end_of(place.version, place.quarter) == fiscal.quarter_end(2570, 2)
    assert place.state(NOON) == CellState.NOT_DUE
    assert place_of(kpi_of(code="2")).state(NOON) == CellState.NOT_REPORTED


def test_without_rules_there_is_no_year_to_date():
    place = replace(place_of(kpi_of()), version=None)
    typed = Typed(Decimal(1))
    assert place.year_to_date(typed, NOON) is None
    assert place.assessment(typed, NOON) is None
    assert place.target_to_date(NOON) is None
    assert place.why_not_year_to_date(NOON) is not None
    assert (place.decimals, place.scale) == (2, Decimal(1))
    assert place.outlier(typed) is None or place.outlier(typed)


def test_previews_count_what_was_sent_and_totals_only_what_is_signed():
    kpi = kpi_of()
    set_state(Quarter.objects.get(fiscal_year=2570, number=2), "open")
    entry_of(kpi, Status.SUBMITTED, value=Decimal(4))
    place = place_of(kpi, 2)
    typed = Typed(Decimal(6))
    assert place.year_to_date(typed, NOON).value == Decimal(10)
    assert place.year_to_date(None, NOON).value is None
    assert place_of(kpi, 1).state(NOON) == CellState.NOT_REPORTED
    Result.objects.update(status="approved")
    assert place_of(kpi, 1).state(NOON) == CellState.VALUE
    assert place_of(kpi, 1).target_to_date(NOON).value == Decimal(10)
    Result.objects.update(value=None, is_not_applicable=True, not_applicable_reason="ไม่มี")
    assert place_of(kpi, 1).state(NOON) == CellState.NOT_APPLICABLE


def test_a_ratio_over_zero_has_no_value_and_none_over_zero_none():
    place = place_of(kpi_of(rules=RATIO))
    assert place.quarter_value(Typed(None, Decimal(1), Decimal(0))) is None
    assert place.quarter_value(Typed(None, Decimal(1), Decimal(4))) == Decimal(25)
    assert place.quarter_value(Typed(None, Decimal(1))) is None
    assert place.outlier(Typed()) is None


def test_the_last_values_come_over_the_years_the_newest_last():
    earlier = kpi_of(year=2569)
    entry_of(earlier, Status.APPROVED, value=Decimal(7), number=4)
    ratio = kpi_of(year=2569, code="2", rules=RATIO)
    entry_of(
        ratio, Status.APPROVED, value=None, numerator=Decimal(1), denominator=Decimal(4), number=4
    )
    assert place_of(kpi_of()).last_value == Decimal(7)
    assert place_of(kpi_of(code="2", rules=RATIO)).last_value == Decimal(25)
    assert place_of(kpi_of(code="3")).last_value is None
    assert surroundings_of([], Quarter.objects.first()) == {}


def test_a_change_is_not_held_against_its_target_in_percent():
    change = COUNT | {"over_time": "stock", "over_units": "own", "target_meaning": "change"}
    place = place_of(kpi_of(rules=change, targets=("1", "1", "1", "1"), base_value=Decimal(1000)))
    assert place.outlier(Typed(Decimal(1010))) is None


def test_a_year_without_all_its_quarters_counts_what_is_there():
    place = place_of(kpi_of())
    alone = replace(place, quarters={1: place.quarter}, targets={})
    assert alone.entries(Typed(), NOON)[3].state == CellState.NOT_DUE
    assert alone.base.quarters == (None,) * 4


def test_a_reason_that_is_not_known_is_shown_as_it_is():
    assert reason_sentence("no_target") != "no_target"
    assert reason_sentence("odd") == "odd"
