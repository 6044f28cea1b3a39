"""Verbs and rules of definitions: what stands together, what is refused, what is logged."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.rules import Standing
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from kpi import actions
from kpi.actions.definitions import CurveInput, IndicatorInput, KPIInput, LinkInput, TargetInput
from kpi.models import KPI, AcceptedDifference, Figure, IndicatorVersion, Link, Scorecard
from kpi.rules import definitions as rules
from kpi.scoring.targets import Target
from kpi.scoring.words import Direction
from submissions.models import Quarter
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    person,
    quarter_of,
    set_state,
)
from tests.kpi.factories import COUNT, FIVE, RATIO, kpi_of

pytestmark = pytest.mark.django_db
FOUR = {number: TargetInput(Decimal(10)) for number in range(1, 5)}


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


def define(by=None, code="I-1", **version):
    given = IndicatorInput(code, "ตัวชี้วัด", {**COUNT, **version})
    [indicator] = actions.define_indicators(indicators=[given], by=by, at=NOON)
    return indicator


def refusal_of(caught):
    [refusal] = caught.value.by_entry.values()
    return refusal


def close(year, number):
    closer = person(Role.STRATEGIST)
    quarter = Quarter.objects.get(fiscal_year=year, number=number)
    set_state(quarter, "closed")
    Quarter.objects.filter(pk=quarter.pk).update(closed_at=NOON, closed_by=closer)


# ── Who ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [role for role in Role if role != Role.STRATEGIST])
def test_nobody_but_the_strategy_office_changes_a_definition(role):
    standing = Standing(person(role), frozenset({(role, 1)}))
    assert rules.why_not_define(standing) is not None


def test_the_operators_command_and_the_strategy_office_change_definitions(strategist):
    assert rules.why_not_define(None) is None
    assert define(by=strategist).code == "I-1"


@pytest.mark.parametrize("verb", ["define_indicators", "draw_curves"])
def test_every_verb_asks_who(verb):
    name = {"define_indicators": "indicators", "draw_curves": "curves"}[verb]
    with pytest.raises(Refused) as caught:
        getattr(actions, verb)(**{name: []}, by=person(Role.REPORTER), at=NOON)
    assert caught.value.code == "not_strategist"


# ── Indicators ───────────────────────────────────────────────────────────────
def test_the_same_definition_again_changes_nothing(strategist):
    define(by=strategist)
    define(by=strategist)
    assert IndicatorVersion.objects.count() == 1
    assert Event.objects.filter(verb__startswith="kpi.indicator").count() == 1


def test_changed_rules_are_a_new_version_from_their_quarter(strategist):
    quarter_of(2570, 1)
    define(by=strategist)
    define(by=strategist, decimals=2, from_year=2570, from_quarter=2)
    assert list(IndicatorVersion.objects.order_by("number").values_list("number", "decimals")) == [
        (1, 0),
        (2, 2),
    ]
    assert Event.objects.get(verb="kpi.indicator.rules_changed").after == {"version": 2}


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ({"over_time": "peak"}, "rules"),
        ({"is_ratio": True, "over_units": "ratio"}, "rules"),
        ({"decimals": 2}, "closed"),
        ({"decimals": 2, "from_year": 2570, "from_quarter": 1}, "closed"),
        ({"decimals": 2, "from_year": 2569, "from_quarter": 3}, "closed"),
    ],
)
def test_rules_that_cannot_be_or_come_too_late_are_refused(strategist, version, code):
    quarter_of(2570, 1)
    define()
    close(2570, 1)
    with pytest.raises(EntriesRefused) as caught:
        define(by=strategist, **version)
    assert refusal_of(caught).code == code
    assert IndicatorVersion.objects.count() == 1


def test_two_rules_never_begin_in_one_quarter(strategist):
    define()
    with pytest.raises(EntriesRefused) as caught:
        define(by=strategist, decimals=2)
    assert refusal_of(caught).code == "begun"


# ── Curves ───────────────────────────────────────────────────────────────────
def curve(points=FIVE, **more):
    year = quarter_of(2570, 1).fiscal_year
    return CurveInput("c", year, "เกณฑ์", "own", points, **more)


def test_a_curve_is_drawn_once_and_redrawn_while_the_year_is_open(strategist):
    [drawn] = actions.draw_curves(curves=[curve()], by=strategist, at=NOON)
    [same] = actions.draw_curves(curves=[curve()], by=strategist, at=NOON)
    assert same == drawn
    [redrawn] = actions.draw_curves(
        curves=[curve([("0", "1"), ("100", "5")])], by=strategist, at=NOON
    )
    assert redrawn.pk == drawn.pk
    assert Event.objects.filter(verb="kpi.curve.drawn").count() == 2
    close(2570, 1)
    with pytest.raises(EntriesRefused) as caught:
        actions.draw_curves(curves=[curve()], by=strategist, at=NOON)
    assert refusal_of(caught).code == "closed"


def test_a_curve_over_values_may_fall_where_lower_is_better(strategist):
    falling = curve([("30", "1"), ("10", "5")], axis="value")
    [drawn] = actions.draw_curves(curves=[falling], by=strategist, at=NOON)
    assert rules.why_not_curve(drawn, Direction.LOWER) is None
    assert rules.why_not_curve(drawn, Direction.HIGHER) is not None


@pytest.mark.parametrize("points", [[], [("60", "5"), ("70", "1")], [("60", "-1")]])
def test_points_that_make_no_curve_are_refused(strategist, points):
    with pytest.raises(EntriesRefused) as caught:
        actions.draw_curves(curves=[curve(points)], by=strategist, at=NOON)
    assert refusal_of(caught).code == "curve"


# ── KPIs and targets ─────────────────────────────────────────────────────────
def given_of(kpi, **changes):
    given = KPIInput(
        kpi.code,
        kpi.indicator,
        kpi.curve,
        Decimal(100),
        FOUR,
        year_target=Decimal(40),
    )
    return replace(given, **changes)


def put(kpi, by=None, **changes):
    return actions.put_kpis(
        scorecard=kpi.scorecard, kpis=[given_of(kpi, **changes)], by=by, at=NOON
    )


def test_the_same_kpi_again_changes_nothing(strategist):
    kpi = kpi_of()
    events = Event.objects.count()
    assert put(kpi, by=strategist) == [kpi]
    assert Event.objects.count() == events


def test_changes_and_targets_are_logged_with_what_was_before(strategist):
    kpi = kpi_of()
    targets = FOUR | {1: TargetInput(Decimal(20)), 2: TargetInput(Decimal(0))}
    put(kpi, by=strategist, weight=Decimal(60), targets=targets)
    changed = Event.objects.get(verb="kpi.kpi.changed")
    assert (changed.before, changed.after) == ({"weight": "100.0000"}, {"weight": "60"})
    latest = Event.objects.filter(verb="kpi.target.set").in_time_order().last()
    assert latest.after["1"] == "20"
    assert kpi.targets.get(quarter=1).value == Decimal(20)
    assert Figure.objects.filter(kpi=kpi).count() == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"weight": Decimal(0)},
        {"year_target": Decimal(41)},
        {"year_low": Decimal(5), "year_high": Decimal(4)},
        {"year_low": Decimal(5)},
    ],
)
def test_a_kpi_that_does_not_stand_together_is_refused(strategist, changes):
    kpi = kpi_of()
    with pytest.raises(EntriesRefused) as caught:
        put(kpi, by=strategist, **changes)
    assert refusal_of(caught).code == "kpi"


def test_an_indicator_without_rules_yet_is_not_put_on_a_scorecard(strategist):
    kpi = kpi_of()
    future = define(code="I-later", from_year=2580)
    with pytest.raises(EntriesRefused, match="กติกา"):
        put(kpi, by=strategist, code="2", indicator=future)


def test_a_curve_that_falls_scores_no_kpi_where_higher_is_better(strategist):
    kpi = kpi_of()
    falling = curve([("30", "1"), ("10", "5")], axis="value")
    [drawn] = actions.draw_curves(curves=[falling], by=None, at=NOON)
    with pytest.raises(EntriesRefused):
        put(kpi, by=strategist, curve=drawn)


def test_a_signed_scorecard_stays_as_it_is(strategist):
    kpi = kpi_of()
    Scorecard.objects.update(
        state="signed",
        owner_signed_by=strategist,
        owner_signed_at=NOON,
        supervisor_signed_by=strategist,
        supervisor_signed_at=NOON,
    )
    kpi.scorecard.refresh_from_db()
    with pytest.raises(Refused, match="ลงนามแล้ว"):
        put(kpi, by=strategist)
    with pytest.raises(EntriesRefused, match="ลงนามแล้ว"):
        put(kpi, by=None)


def test_targets_of_a_year_with_a_closed_quarter_are_frozen(strategist):
    kpi = kpi_of()
    close(2570, 1)
    targets = FOUR | {1: TargetInput(Decimal(20)), 2: TargetInput(Decimal(0))}
    with pytest.raises(EntriesRefused, match="ปิดแล้ว"):
        put(kpi, by=strategist, targets=targets)
    assert rules.why_not_change_targets(list(Quarter.objects.filter(number=2))) is None


def test_a_year_closed_to_its_end_asks_for_no_refresh(strategist):
    kpi = kpi_of()
    for number in range(1, 5):
        close(2570, number)
    assert put(kpi, by=None, weight=Decimal(60)) == [kpi]


def test_a_kpi_without_targets_is_put_first_and_planned_later(strategist):
    kpi = kpi_of()
    other = define(code="I-2")
    [bare] = put(kpi, by=strategist, code="2", indicator=other, targets={}, year_target=None)
    assert not bare.targets.exists()


def test_targets_are_checked_by_the_rules_of_the_indicator():
    version = IndicatorVersion(**RATIO, number=1)
    last = [Target(Decimal(number)) for number in (10, 20, 30, 40)]
    assert rules.why_not_targets_of(version, Target(Decimal(40)), last) is None
    assert rules.why_not_targets_of(version, Target(Decimal(41)), last) is not None


# ── Links ────────────────────────────────────────────────────────────────────
def link(parent, child, kind="share", by=None):
    return actions.link_kpis(links=[LinkInput(parent, child, kind)], by=by, at=NOON)


def test_a_link_is_made_once_and_logged(strategist):
    parent, child = kpi_of(code="1"), kpi_of(code="2")
    [made] = link(parent, child, by=strategist)
    assert link(parent, child, by=strategist) == [made]
    event = Event.objects.get(verb="kpi.link.made")
    assert (event.subject_id, event.after) == (child.pk, {"parent": "1", "kind": "share"})


@pytest.mark.parametrize("what", ["circle", "second share", "other year", "ratio under count"])
def test_links_that_cannot_be_are_refused(strategist, what):
    parent, child = kpi_of(code="1"), kpi_of(code="2")
    above, below = {
        "circle": lambda: (child, parent),
        "second share": lambda: (kpi_of(code="3"), child),
        "other year": lambda: (kpi_of(code="1", year=2571), kpi_of(code="3")),
        "ratio under count": lambda: (parent, kpi_of(code="3", rules=RATIO)),
    }[what]()
    link(parent, child)
    with pytest.raises(EntriesRefused) as caught:
        link(above, below, by=strategist)
    assert refusal_of(caught).code == "link"
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("level", "is_own", "is_refused"),
    [("province", True, True), ("agency", False, True), ("agency", True, False)],
)
def test_a_persons_target_comes_from_his_or_her_own_agency(level, is_own, is_refused):
    """Straight under the province the figure would be the total less those of agencies."""
    agency = AgencyFactory()
    personal = kpi_of(agency, code="P", level="post", post=PostFactory(agency=agency))
    above = kpi_of(agency if is_own else AgencyFactory(), code="A", level=level)
    if not is_refused:
        assert link(above, personal)
        return
    with pytest.raises(EntriesRefused) as caught:
        link(above, personal)
    assert "หน่วยงานตนเอง" in refusal_of(caught).sentence
    assert not Link.objects.exists()
    assert link(above, personal, "support")


# ── Differences and marks ────────────────────────────────────────────────────
def test_a_difference_is_accepted_by_name_and_with_a_reason(strategist):
    kpi = kpi_of(level=Scorecard.Level.PROVINCE)
    wanted = {"kpi": kpi, "quarter": 4, "difference": Decimal(3), "at": NOON}
    with pytest.raises(Refused, match="เหตุผล"):
        actions.accept_difference(**wanted, reason=" ", by=strategist)
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        actions.accept_difference(**wanted, reason="ปัดเศษ", by=person(Role.APPROVER))
    actions.accept_difference(**wanted, reason="ปัดเศษ", by=strategist)
    assert AcceptedDifference.objects.get().accepted_by == strategist
    assert Event.objects.get(verb="kpi.difference.accepted").reason == "ปัดเศษ"


def test_a_mark_of_an_inspection_is_set_and_taken_away():
    inspector = person(Role.INSPECTOR)
    kpi = kpi_of()
    with pytest.raises(Refused, match="คณะทำงานตรวจติดตาม"):
        actions.mark_unconfirmed(kpi=kpi, reason="x", by=person(Role.APPROVER), at=NOON)
    actions.mark_unconfirmed(kpi=kpi, reason="ไม่พบหลักฐาน", by=inspector, at=NOON)
    assert set(Figure.objects.values_list("is_unconfirmed", flat=True)) == {True}
    actions.mark_unconfirmed(kpi=kpi, reason="", by=inspector, at=NOON)
    assert KPI.objects.get().unconfirmed_reason == ""
    verbs = Event.objects.filter(verb__contains="confirmed").in_time_order()
    assert [event.verb for event in verbs] == ["kpi.kpi.unconfirmed", "kpi.kpi.confirmed"]


# ── Personal figures ─────────────────────────────────────────────────────────
def test_personal_figures_are_for_the_holder_the_whole_line_above_and_hr():
    agency = AgencyFactory()
    top = PostFactory(agency=agency)
    above = PostFactory(agency=agency, supervising_post=top)
    post = PostFactory(agency=agency, supervising_post=above)
    beside = PostFactory(agency=agency, supervising_post=above)
    kpi = kpi_of(agency, level=Scorecard.Level.POST, post=post)
    readers = {
        "holder": (Standing(HoldingFactory(post=post).user, frozenset(), frozenset({post.pk}))),
        "above": Standing(None, frozenset(), frozenset({above.pk})),
        "top": Standing(None, frozenset(), frozenset({top.pk})),
        "hr": Standing(None, frozenset({(Role.HR, agency.pk)})),
        "beside": Standing(None, frozenset(), frozenset({beside.pk})),
        "other hr": Standing(None, frozenset({(Role.HR, AgencyFactory().pk)})),
        "head": Standing(None, frozenset({(Role.APPROVER, agency.pk)})),
        "governor": Standing(None, frozenset({(Role.GOVERNOR, agency.pk)})),
    }
    seeing = {who for who, standing in readers.items() if rules.may_see_personal(kpi, standing)}
    assert seeing == {"holder", "above", "top", "hr"}
    assert not rules.may_see_personal(kpi_of(agency, code="2"), readers["hr"])
