"""Figures and scores as stored: what stands above a change, in any order, and nothing else."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from common.clock import ZONE
from common.states import CellState
from jobruns.models import JobRun
from kpi import jobs, rollups, tasks
from kpi.models import KPI, Figure, IndicatorVersion, Link, Result, Score, Scorecard, Target
from strategy.models import Issue, Plan, PlanEdition
from submissions.models import PeriodState, Quarter
from tests.factories import NOON, quarter_of, set_state
from tests.kpi import cascades, oracle
from tests.kpi.cascades import YEAR, Field

pytestmark = pytest.mark.django_db

# Two quarters are over and their deadlines passed; the third runs.
MAY = datetime(2027, 5, 20, 12, 0, tzinfo=ZONE)
VALUE, NOT_DUE, NA, NOT_REPORTED, LATE = CellState


@pytest.fixture
def field():
    field = Field()
    for quarter in field.quarters.values():
        set_state(quarter, PeriodState.OPEN)
    return field


def touch(field, *kpis, quarter=1):
    return rollups.touch_ancestors(
        kpi_ids=[kpi.pk for kpi in kpis], quarter_id=field.quarters[quarter].pk
    )


def figure(kpi, quarter=1):
    return Figure.objects.get(kpi=kpi, quarter__number=quarter)


def family(field, *values, **rules):
    """A parent with one share child for each value, reported in quarter 1."""
    indicator = field.indicator(**rules)
    parent = field.kpi(indicator, targets=[D(10)] * 4)
    children = [field.kpi(indicator) for _ in values]
    for child, value in zip(children, values, strict=True):
        Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
        if value is not None:
            field.report(child, 1, D(value))
    return parent, children


# ── Against the oracle ───────────────────────────────────────────────────────


def test_random_cascades_are_stored_as_the_oracle_computes_them(field, seeds):
    indicators = {}
    planted = []
    for seed in seeds(200, 2000):
        node = oracle.random_cascade(cascades.dice_of(seed))
        cascades.settle(node)
        planted.append((seed, node, cascades.plant(field, node, indicators)))
    report = rollups.recompute(YEAR, at=MAY)
    assert report.failed == ()
    assert report.drifted == ()
    for seed, node, kpis in planted:
        cascades.hold_against_oracle(node, kpis, seed)
    # A quarter's own run reads less of the year and finds nothing else.
    for number in range(1, 5):
        alone = rollups.recompute(YEAR, at=MAY, numbers={number})
        assert (alone.written, alone.scores_written, alone.failed) == (0, 0, ())


def test_refreshing_only_what_changed_equals_computing_all_after_random_edits(field, seeds):
    dice = cascades.dice_of(42)
    roots = [oracle.random_cascade(dice) for _ in range(12)]
    planted = []
    for root in roots:
        cascades.settle(root)
        planted.append(cascades.plant(field, root))
    rollups.recompute(YEAR, at=MAY)
    for edit in seeds(200, 2000):
        index = dice.randrange(len(roots))
        root, kpis = roots[index], planted[index]
        node = dice.choice([below for below in cascades.nodes(root) if below.reports])
        quarter = dice.randint(1, 4)
        node.entries[quarter] = cascades.random_entry(dice, node)
        cascades.settle(root)
        cascades.sow(field, node, kpis[node.name], quarter)
        touch(field, kpis[node.name], quarter=quarter)
        if edit % 3 == 0:
            rollups.refresh(YEAR, at=MAY)
    rollups.refresh(YEAR, at=MAY)
    assert not Figure.objects.stale().exists()
    for root, kpis in zip(roots, planted, strict=True):
        cascades.hold_against_oracle(root, kpis)
    before = cascades.computed_columns()
    report = rollups.recompute(YEAR, at=MAY)
    assert (report.written, report.drifted, report.scores_written) == (0, (), 0)
    assert cascades.computed_columns() == before


# ── Touching ─────────────────────────────────────────────────────────────────


def test_a_change_marks_its_ancestors_from_its_quarter_on_and_nothing_else(field):
    parent, (child, sibling) = family(field, 1, 2)
    stranger = field.kpi(field.indicator())
    rollups.recompute(YEAR, at=MAY)
    assert touch(field, child, quarter=2) == sorted([parent.pk, child.pk])
    stale = set(Figure.objects.stale().values_list("kpi_id", "quarter__number"))
    assert stale == {(kpi.pk, number) for kpi in (parent, child) for number in (2, 3, 4)}
    assert sibling.pk not in {kpi_id for kpi_id, _ in stale}
    assert stranger.pk not in {kpi_id for kpi_id, _ in stale}


def test_a_kpi_that_has_no_figures_yet_gets_them_when_it_is_touched(field):
    kpi = field.kpi(field.indicator())
    assert touch(field, kpi) == [kpi.pk]
    assert Figure.objects.filter(kpi=kpi).count() == 4


def test_touching_nothing_asks_the_database_for_nothing(field, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rollups.touch_ancestors(kpi_ids=[], quarter_id=1) == []


def test_supporting_children_do_not_mark_the_kpi_that_they_support(field):
    parent, child = field.kpi(field.indicator()), field.kpi(field.indicator())
    Link.objects.create(parent=parent, child=child, kind=Link.Kind.SUPPORT)
    rollups.recompute(YEAR, at=MAY)
    assert touch(field, child) == [child.pk]


# ── Refreshing ───────────────────────────────────────────────────────────────


def test_a_refresh_brings_parents_and_later_quarters_up_to_date(field):
    parent, (first, second) = family(field, 3, 4)
    touch(field, first, second)
    report = rollups.refresh(YEAR, at=MAY)
    assert report.written == 12
    now = figure(parent)
    assert (now.state, now.value, now.ytd_value) == (VALUE, D(7), D(7))
    assert (now.covered, now.due, now.is_partial) == (2, 2, False)
    assert (now.achievement, now.score, now.score_percent) == (D(70), D(2), D(40))
    assert now.computed_at == MAY
    later = figure(parent, 2)
    assert (later.state, later.ytd_state, later.ytd_value) == (LATE, VALUE, D(7))
    assert (later.achievement, later.is_partial) == (None, True)
    assert figure(parent, 3).state == NOT_DUE


def test_refreshing_twice_writes_nothing_the_second_time(field):
    _parent, children = family(field, 3, 4)
    touch(field, *children)
    rollups.refresh(YEAR, at=MAY)
    before = list(Figure.objects.order_by("pk").values())
    assert rollups.refresh(YEAR, at=MAY + timedelta(hours=1)).written == 0
    assert list(Figure.objects.order_by("pk").values()) == before


def test_a_late_refresh_serves_all_changes_and_the_ones_asked_for_before_find_nothing(field):
    parent, (first, second) = family(field, 3, 4)
    for child, value in ((first, 30), (second, 40)):
        field.report(child, 1, D(value))
        touch(field, child)
    assert rollups.refresh(YEAR, at=MAY).written == 12
    assert rollups.refresh(YEAR, at=MAY).written == 0
    assert figure(parent).value == D(70)


def test_a_refresh_that_read_an_older_version_never_overwrites_a_newer_figure(field):
    parent, children = family(field, 3, 4)
    touch(field, *children)
    rollups.refresh(YEAR, at=MAY)
    # A newer run has been here.
    Figure.objects.update(inputs_version=9, computed_version=9, value=D(99))
    stale = Figure.objects.get(kpi=parent, quarter__number=1)
    from_old_run = rollups.writing.write_figures(
        [(stale.pk, 2, rollups.rows.Computed(value=1))], at=MAY
    )
    assert from_old_run == 1
    assert figure(parent).value == D(99)


def test_two_approvals_under_one_parent_leave_it_right_in_either_order(field):
    for order in (0, 1), (1, 0):
        parent, children = family(field, 0, 0)
        rollups.recompute(YEAR, at=MAY)
        for index in order:
            field.report(children[index], 1, D(index + 5))
            touch(field, children[index])
        rollups.refresh(YEAR, at=MAY)
        assert figure(parent).value == D(11)


def test_an_entry_that_is_not_signed_does_not_count(field):
    parent, (child,) = family(field, None)
    field.report(child, 1, D(5), status="draft")
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).state, figure(parent).value) == (LATE, None)
    assert (figure(parent).covered, figure(parent).due) == (0, 1)


def test_zero_stays_zero_all_the_way_up(field):
    parent, _children = family(field, 0)
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).state, figure(parent).value) == (VALUE, D(0))


def test_the_calendar_decides_what_is_missing_and_how(field):
    kpi = field.kpi(field.indicator())
    first = field.quarters[1]
    moments = [
        (datetime(2026, 12, 31, 23, 59, tzinfo=ZONE), NOT_DUE),
        (datetime(2027, 1, 1, 0, 0, tzinfo=ZONE), NOT_REPORTED),
        (datetime.combine(first.report_due_date, datetime.max.time(), tzinfo=ZONE), NOT_REPORTED),
        (
            datetime.combine(
                first.report_due_date + timedelta(days=1), datetime.min.time(), tzinfo=ZONE
            ),
            LATE,
        ),
    ]
    for at, state in moments:
        rollups.recompute(YEAR, at=at)
        assert figure(kpi).state == state, at


def test_a_quarter_that_is_not_opened_asks_for_nothing(field):
    kpi = field.kpi(field.indicator())
    set_state(field.quarters[1], PeriodState.PLANNED)
    rollups.recompute(YEAR, at=MAY)
    assert figure(kpi).state == NOT_DUE


def test_frequency_and_lag_ask_for_nothing_in_between(field):
    yearly = field.kpi(field.indicator(frequency="yearly"))
    slow = field.kpi(field.indicator(lag_quarters=1))
    slower = field.kpi(field.indicator(lag_quarters=4))
    quarter_of(YEAR + 1, 1)
    rollups.recompute(YEAR, at=MAY)
    assert [figure(yearly, n).state for n in (1, 2)] == [NOT_DUE, NOT_DUE]
    assert [figure(slow, n).state for n in (1, 2)] == [LATE, NOT_DUE]
    assert figure(slower).state == NOT_DUE
    after = datetime(2028, 1, 2, 12, 0, tzinfo=ZONE)
    rollups.recompute(YEAR, at=after)
    assert figure(slower).state == NOT_REPORTED
    assert figure(yearly, 4).state == LATE
    assert figure(slower, 2).state == NOT_DUE


def test_what_is_known_after_the_calendars_end_is_not_due(field):
    slow = field.kpi(field.indicator(lag_quarters=9))
    rollups.recompute(YEAR, at=datetime(2029, 1, 1, 12, 0, tzinfo=ZONE))
    assert figure(slow, 4).state == NOT_DUE


def test_no_case_in_the_period_is_not_applicable_with_its_reason(field):
    indicator = field.indicator(
        is_ratio=True, denominator_over_time="flow", over_units="ratio", scale=100
    )
    kpi = field.kpi(indicator, targets=[D(50)] * 4)
    field.report(kpi, 1, D(0), D(0))
    field.report(kpi, 2, D(1), D(4))
    rollups.recompute(YEAR, at=MAY)
    assert (figure(kpi).state, figure(kpi).state_reason) == (NA, "no_case")
    assert (figure(kpi, 2).ytd_value, figure(kpi, 2).achievement) == (D(25), D(50))


def test_a_mean_stores_its_coverage_by_weight(field):
    parent, children = family(field, 10, None, 0, over_units="mean")
    Link.objects.filter(child=children[0]).update(weight=D(2))
    rollups.recompute(YEAR, at=MAY)
    now = figure(parent)
    assert (now.value, now.covered, now.due) == (D("6.6667"), 2, 3)
    assert (now.covered_weight, now.due_weight) == (D(3), D(4))


def test_own_reports_its_own_figure_over_its_children(field):
    parent, _children = family(field, 3, 4)
    KPI.objects.filter(pk=parent.pk).update(reports_own=True)
    field.report(parent, 1, D(100))
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).value, figure(parent).due) == (D(100), 1)


def test_a_child_linked_as_same_shows_its_parent_and_takes_its_score(field):
    parent, (child,) = family(field, 7)
    shown = field.kpi(parent.indicator, targets=[D(1)] * 4, unconfirmed_reason="รอตรวจ")
    Link.objects.create(parent=parent, child=shown, kind=Link.Kind.SAME)
    touch(field, child)
    touch(field, shown)
    rollups.refresh(YEAR, at=MAY)
    above, same = figure(parent), figure(shown)
    assert (same.value, same.state, same.score) == (above.value, above.state, above.score)
    assert (same.target_ytd, same.is_unconfirmed, above.is_unconfirmed) == (D(10), True, False)
    # A change below the parent reaches it too, and it enters no arithmetic.
    field.report(child, 1, D(9))
    assert shown.pk in touch(field, child)
    rollups.refresh(YEAR, at=MAY)
    assert figure(shown).value == D(9)
    assert figure(parent).due == 1


def test_the_version_in_force_in_the_quarter_rules(field):
    parent, _children = family(field, 3, 4)
    newer = IndicatorVersion.objects.create(
        indicator=parent.indicator,
        number=2,
        from_year=YEAR,
        from_quarter=2,
        unit_th="คน",
        over_time="flow",
        over_units="max",
        direction="higher",
    )
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).ytd_value, figure(parent, 2).ytd_value) == (D(7), D(4))
    assert figure(parent, 2).version == newer


def test_an_indicator_without_rules_in_force_is_not_due_with_its_reason(field):
    parent, _children = family(field, 3, from_year=2571)
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).state, figure(parent).state_reason) == (NOT_DUE, "no_rules")


def test_a_version_that_begins_within_the_year_asks_for_nothing_before(field):
    parent, _children = family(field, 3, from_year=YEAR, from_quarter=2)
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).state, figure(parent, 2).state) == (NOT_DUE, LATE)
    assert figure(parent, 2).ytd_state == LATE


# ── Targets and scores ───────────────────────────────────────────────────────


def test_a_quarter_without_a_target_leaves_both_sides_also_for_a_parent(field):
    indicator = field.indicator(over_units="mean")
    parent = field.kpi(indicator, targets=[None, D(10)])
    middle = field.kpi(indicator)
    leaf, other = field.kpi(indicator), field.kpi(indicator)
    Link.objects.create(parent=parent, child=middle, kind=Link.Kind.SHARE)
    Link.objects.create(parent=parent, child=other, kind=Link.Kind.SHARE)
    Link.objects.create(parent=middle, child=leaf, kind=Link.Kind.SHARE)
    for kpi, numbers in ((leaf, (100, 4)), (other, (100, 8))):
        for quarter, number in enumerate(numbers, start=1):
            field.report(kpi, quarter, D(number))
    rollups.recompute(YEAR, at=MAY)
    assert (figure(parent).achievement, figure(parent).state_reason) == (None, "no_target")
    assert (figure(parent, 2).ytd_value, figure(parent, 2).achievement) == (D(106), D(60))
    # The same, when only what stands above a change is computed.
    field.report(other, 2, D(12))
    touch(field, other, quarter=2)
    rollups.refresh(YEAR, at=MAY)
    assert figure(parent, 2).achievement == D(80)


def test_a_descendant_without_rules_leaves_a_narrowed_flow(field):
    indicator = field.indicator()
    parent = field.kpi(indicator, targets=[None, D(10)])
    for rules, number in ((indicator, 4), (field.indicator(from_year=2571), 8)):
        child = field.kpi(rules)
        Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
        field.report(child, 1, D(1))
        field.report(child, 2, D(number))
    rollups.recompute(YEAR, at=MAY)
    assert figure(parent, 2).achievement == D(40)


def test_a_change_is_stored_beside_its_achievement(field):
    indicator = field.indicator(over_time="stock", target_meaning="change", direction="lower")
    kpi = field.kpi(indicator, targets=[D(-5)] * 4, base_value=D(200))
    field.report(kpi, 1, D(190))
    rollups.recompute(YEAR, at=MAY)
    assert (figure(kpi).measured_against, figure(kpi).achievement) == (D(-5), D(100))


def test_a_band_is_stored_with_its_edges(field):
    indicator = field.indicator(over_time="stock", direction="band")
    kpi = field.kpi(indicator)
    Target.objects.create(kpi=kpi, quarter=1, low=D(20), high=D(30))
    field.report(kpi, 1, D(33))
    rollups.recompute(YEAR, at=MAY)
    now = figure(kpi)
    assert (now.target_low, now.target_high, now.achievement) == (D(20), D(30), D(70))


@pytest.mark.parametrize(("year_target", "score"), [(D(100), D("3.5")), (None, D("3.5"))])
def test_a_flows_curve_over_value_moves_with_the_year(field, year_target, score):
    field.curve.axis = "value"
    field.curve.save()
    kpi = field.kpi(field.indicator(), targets=[D(25)] * 4, year_target=year_target)
    field.report(kpi, 1, D("21.25"))
    rollups.recompute(YEAR, at=MAY)
    assert figure(kpi).score == score


def test_what_is_missing_takes_the_floor_once_its_quarter_is_closed(field):
    kpi = field.kpi(field.indicator(), targets=[D(10)] * 4)
    rollups.recompute(YEAR, at=MAY)
    assert figure(kpi).score is None
    set_state(field.quarters[1], PeriodState.CLOSED)
    rollups.recompute(YEAR, at=MAY, numbers={1}, closed_too=True)
    assert (figure(kpi).state, figure(kpi).score) == (LATE, D(1))
    row = Score.objects.get(scorecard=kpi.scorecard, quarter__number=1)
    assert (row.score, row.percent, row.covered, row.due) == (D(1), D(20), 0, 1)


def test_closed_quarters_stay_as_they_are(field):
    parent, _children = family(field, 7)
    rollups.recompute(YEAR, at=MAY)
    set_state(field.quarters[1], PeriodState.CLOSED)
    Target.objects.filter(kpi=parent).update(value=D(1))
    rollups.recompute(YEAR, at=MAY)
    assert figure(parent).achievement == D(70)
    rollups.recompute(YEAR, at=MAY, closed_too=True)
    assert figure(parent).achievement == D(700)


def test_a_curve_that_cannot_be_read_costs_scores_and_nothing_else(field):
    field.curve.points = [["sixty", "1"]]
    field.curve.save()
    parent, _children = family(field, 7)
    rollups.recompute(YEAR, at=MAY)
    now = figure(parent)
    assert (now.achievement, now.score, now.state_reason) == (D(70), None, "no_curve")


def test_one_bad_record_costs_itself_and_what_stands_above_it(field):
    parent, (child,) = family(field, 7)
    fine, _ = family(field, 5)
    # Two own top scores that do not exist: nothing in the database forbids it yet.
    Scorecard.objects.filter(pk=child.scorecard_id).update(scale="own", top_score=None)
    Target.objects.create(kpi=child, quarter=1, value=D(7))
    report = rollups.recompute(YEAR, at=MAY, numbers={1})
    assert set(report.failed) == {(child.pk, 1), (parent.pk, 1)}
    assert figure(fine).value == D(5)
    assert figure(parent).computed_version == 0


def test_a_figure_too_large_for_its_column_costs_itself_only(field):
    indicator = field.indicator(
        is_ratio=True, denominator_over_time="stock", over_units="ratio", scale=100_000
    )
    huge, fine = field.kpi(indicator), field.kpi(indicator)
    field.report(huge, 1, D(9_000_000_000), D("0.0001"))
    field.report(fine, 1, D(1), D(4))
    report = rollups.recompute(YEAR, at=MAY, numbers={1})
    assert report.failed == ((huge.pk, 1),)
    assert figure(fine).value == D(25_000)


def scored(field, scorecard, score, weight, issue=None, status="approved"):
    """A KPI on a scorecard that reached a target of 100 by `score` percent."""
    kpi = field.kpi(field.indicator(), scorecard, targets=[D(100)], weight=D(weight), issue=issue)
    if score is not None:
        field.report(kpi, 1, D(score), status=status)
    return kpi


def test_a_scorecard_has_the_mean_of_what_counts_and_its_coverage(field):
    scorecard = field.scorecard()
    scored(field, scorecard, 90, 30)
    scored(field, scorecard, None, 50)
    last = scored(field, scorecard, 75, 20)
    rollups.recompute(YEAR, at=MAY)
    row = Score.objects.get(scorecard=scorecard, quarter__number=1)
    assert (row.score, row.percent, row.weight) == (D("3.4"), D(68), None)
    assert (row.covered, row.due, row.covered_weight, row.due_weight) == (2, 3, D(50), D(100))
    field.report(last, 1, D(100))
    touch(field, last)
    assert rollups.refresh(YEAR, at=MAY).scores_written == 1
    row.refresh_from_db()
    assert row.score == D("4.4")


def test_the_province_is_the_mean_of_its_issues(field):
    plan = Plan.objects.create(**plan_fields())
    edition = PlanEdition.objects.create(**edition_fields(plan))
    first, second = (
        Issue.objects.create(edition=edition, code=str(n), name_th=f"ประเด็น {n}", weight=weight)
        for n, weight in ((1, None), (2, D(60)))
    )
    province = field.scorecard(Scorecard.Level.PROVINCE)
    scored(field, province, 90, 30, first)
    scored(field, province, 70, 10, first)
    scored(field, province, 80, 40, second)
    scored(field, province, 100, 20)
    rollups.recompute(YEAR, at=MAY)
    rows = {row.issue_id: row for row in Score.objects.filter(quarter__number=1)}
    assert (rows[first.pk].percent, rows[first.pk].weight) == (D(70), D(40))
    assert (rows[second.pk].percent, rows[second.pk].weight) == (D(60), D(60))
    # (40 × 70 + 60 × 60 + 20 × 100) / 120
    assert rows[None].percent == D(70)
    assert (rows[None].score, rows[None].covered) == (D("3.6"), 4)


def plan_fields():
    return {"name_th": "แผนพัฒนาจังหวัด", "start_year": 2566, "end_year": 2570}


def edition_fields(plan):
    return {"plan": plan, "number": 1}


# ── Runs, drift, commands ────────────────────────────────────────────────────


def test_recomputing_when_nothing_changed_rewrites_no_row(field):
    family(field, 3, 4)
    rollups.recompute(YEAR, at=MAY)
    before = list(Figure.objects.order_by("pk").values())
    report = rollups.recompute(YEAR, at=MAY + timedelta(minutes=5))
    assert (report.written, report.scores_written, report.drifted) == (0, 0, ())
    assert report.computed == 12
    assert list(Figure.objects.order_by("pk").values()) == before


def test_a_quarter_alone_comes_to_what_the_whole_year_gives_it(field):
    # Each asks for something of a later quarter: when it is known, the year's target, a base.
    late = field.kpi(field.indicator(lag_quarters=1))
    field.curve.axis, field.curve.points = "value", [["0", "1"], ["100", "5"]]
    field.curve.save()
    flow = field.kpi(field.indicator(), targets=[D(10), D(20), D(30), D(40)])
    change = field.kpi(
        field.indicator(over_time="stock", target_meaning="change"),
        targets=[D(5)] * 4,
        bases=[None, None, D(8), None],
    )
    for kpi in (flow, change):
        field.report(kpi, 1, D(7))
    rollups.recompute(YEAR, at=MAY, numbers={1})
    alone = cascades.computed_columns([late, flow, change])[::4]
    assert (figure(late).state, figure(flow).score) == (LATE, D("3.8"))
    assert figure(change).state_reason == "base_period_unknown"
    report = rollups.recompute(YEAR, at=MAY)
    assert (report.computed, report.drifted) == (12, ())
    assert cascades.computed_columns([late, flow, change])[::4] == alone


def test_a_run_leaves_alone_what_it_did_not_find_otherwise(field):
    parent, (_child,) = family(field, 7)
    rollups.recompute(YEAR, at=MAY)
    Figure.objects.filter(kpi=parent, quarter__number=1).update(value=D(1))
    with CaptureQueriesContext(connection) as queries:
        assert rollups.recompute(YEAR, at=MAY).written == 1
    (update,) = [each["sql"] for each in queries if "UPDATE kpi_figure" in each["sql"]]
    assert "value = " in update
    assert "achievement = " not in update
    assert figure(parent).value == D(7)


def test_drift_is_found_logged_and_mended(field):
    parent, _children = family(field, 3, 4)
    rollups.recompute(YEAR, at=MAY)
    Figure.objects.filter(kpi=parent, quarter__number=1).update(value=D(8))
    (drift,) = rollups.find_drift(YEAR, at=MAY)
    assert (drift.before, drift.after) == ({"value": 80_000}, {"value": 70_000})
    assert figure(parent).value == D(8)
    assert rollups.recompute(YEAR, at=MAY).drifted == (drift,)
    assert figure(parent).value == D(7)
    event = Event.objects.get(verb="kpi.figure.drifted")
    assert (event.subject_id, event.actor_id) == (drift.figure_id, None)


def test_what_is_marked_as_older_than_its_inputs_is_no_drift(field):
    _parent, (child,) = family(field, 3)
    rollups.recompute(YEAR, at=MAY)
    field.report(child, 1, D(5))
    touch(field, child)
    assert rollups.find_drift(YEAR, at=MAY) == ()
    assert rollups.recompute(YEAR, at=MAY).drifted == ()


def test_a_passing_deadline_is_no_drift(field):
    field.kpi(field.indicator())
    rollups.recompute(YEAR, at=NOON)
    report = rollups.recompute(YEAR, at=MAY)
    assert report.written > 0
    assert report.drifted == ()


def test_a_verb_asks_once_and_the_job_refreshes(field, work_off_jobs, settings):
    settings.SAMPLE_TODAY = "2027-05-20"
    parent, children = family(field, 3, 4)
    with transaction.atomic():
        for child in children:
            tasks.ask_refresh(kpi_ids=[child.pk], quarter=field.quarters[1])
    assert JobRun.objects.filter(task="kpi.refresh_figures").count() == 1
    assert work_off_jobs() == 1
    assert figure(parent).value == D(7)


def test_the_nightly_job_computes_open_years_and_reports_drift(field, settings):
    settings.SAMPLE_TODAY = "2027-05-20"
    parent, _children = family(field, 3, 4)
    assert jobs.recompute_all() == 0
    Figure.objects.filter(kpi=parent, quarter__number=1).update(value=D(8))
    assert jobs.recompute_all() == 1
    for quarter in Quarter.objects.all():
        set_state(quarter, PeriodState.CLOSED)
    assert rollups.open_years() == []


def test_the_quarterly_job_computes_the_quarter_that_has_just_ended(field, settings):
    settings.SAMPLE_TODAY = "2027-01-01"
    family(field, 3, 4)
    assert jobs.roll_up_quarter() == 3


def test_the_command_computes_a_quarter_and_says_what_it_did(field):
    family(field, 3, 4)
    out = StringIO()
    call_command("rollup", str(YEAR), "1", stdout=out)
    assert "คำนวณ 3 ค่า เขียนใหม่ 3 ค่า" in out.getvalue()


def test_the_command_refuses_what_it_cannot_compute(field):
    with pytest.raises(CommandError, match="ไม่มีไตรมาส"):
        call_command("rollup", "2599", "1")
    set_state(field.quarters[1], PeriodState.CLOSED)
    with pytest.raises(CommandError, match="ปิดแล้ว"):
        call_command("rollup", str(YEAR), "1")


def test_the_command_names_what_failed(field):
    parent, _children = family(field, 7)
    Scorecard.objects.filter(pk=parent.scorecard_id).update(scale="own", top_score=None)
    with pytest.raises(CommandError, match=f"คำนวณไม่ได้ 1 ค่า.*{parent.pk}"):
        call_command("rollup", str(YEAR), "1", stdout=StringIO())


# ── How much is asked of the database ────────────────────────────────────────


def statements(run):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_a_refresh_costs_the_same_for_a_small_and_a_large_family(field):
    small, (one,) = family(field, 1)
    large, many = family(field, *[0] * 30)
    rollups.recompute(YEAR, at=MAY)
    costs = []
    for changed in ([one], many):
        for child in changed:
            field.report(child, 1, D(50))
        touch(field, *changed)
        costs.append(len(statements(lambda: rollups.refresh(YEAR, at=MAY))))
    assert costs[0] == costs[1]
    assert (figure(small).value, figure(large).value) == (D(50), D(1500))


def test_touching_is_one_statement(field):
    _parent, (child,) = family(field, 1)
    rollups.recompute(YEAR, at=MAY)
    assert len(statements(lambda: touch(field, child))) == 1


def test_more_kpis_than_a_statement_names_are_read_whole(field, monkeypatch):
    monkeypatch.setattr(rollups.reading, "_NAMED_AT_MOST", 1)
    parent, children = family(field, 3, 4)
    touch(field, *children)
    assert rollups.refresh(YEAR, at=MAY).written == 12
    assert figure(parent).value == D(7)


def test_results_of_other_years_do_not_enter(field):
    parent, (child,) = family(field, 3)
    quarter_of(YEAR - 1, 1)
    other = Quarter.objects.get(fiscal_year_id=YEAR - 1, number=1)
    Result.objects.filter(kpi=child).update(quarter=other)
    rollups.recompute(YEAR, at=MAY)
    assert figure(parent).value is None
