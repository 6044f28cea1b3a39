"""Explain this number: what is listed, computed by another calculator, gives the stored figure."""

from decimal import Decimal as D

import pytest
import time_machine
from django.db.models import Q
from django.urls import reverse
from hypothesis import assume, example, given
from hypothesis import strategies as st

from accounts.models import Role
from accounts.rules import Standing
from audit.models import Event
from common.workings import Worked, number
from kpi import rollups
from kpi.actions.recomputing import keep_what_is_in_force
from kpi.explaining import explanation_of, score_explanation
from kpi.models import KPI, Figure, Link, Score, Scorecard
from kpi.scoring import curves, explaining, targets
from kpi.scoring.words import Direction
from strategy.models import Issue, Plan, PlanEdition
from submissions.models import PeriodState
from tests.factories import NOON, AgencyFactory, HoldingFactory, PostFactory, person, set_state
from tests.house.evaluator import evaluate, printed, rounded
from tests.kpi import cascades, oracle
from tests.kpi.cascades import YEAR, Field
from tests.kpi.factories import kpi_of
from tests.kpi.test_rollups import MAY

measures = st.integers(-(10**7), 10**7).map(lambda units: D(units).scaleb(-4))


# ── Expressions ──────────────────────────────────────────────────────────────


def test_an_expression_reads_as_it_is_computed():
    a, b, c = number(D("1.5")), number(-2), number(3)
    worked = Worked.product_of(Worked.sum_of([a, b]), c).over(a.less(b))
    assert worked.text == "( 1.5 + ( -2 ) ) × 3 ÷ ( 1.5 − ( -2 ) )"
    assert evaluate(worked.text) == worked.value
    nested = a.over(Worked.product_of(b, c))
    assert evaluate(nested.text) == nested.value
    assert evaluate(Worked.largest_of([a, nested, c]).text) == 3
    assert evaluate(Worked.smallest_of([a, b]).text) == -2
    with pytest.raises(ValueError, match="needs a number"):
        Worked.sum_of([])


@given(measures, measures, measures | st.none(), st.sampled_from(["higher", "lower"]))
@example(D(2), D(0), D(10), "lower")
@example(D(12), D(10), None, "lower")
@example(D(-4), D(-5), None, "higher")
@example(D(0), D(0), None, "lower")
def test_an_achievement_is_explained_as_it_is_computed(actual, planned, baseline, direction):
    target = targets.Target(planned)
    worked = explaining.achievement(Direction(direction), actual, target, baseline)
    stored = targets.achievement_percent(Direction(direction), actual, target, baseline=baseline)
    assert rounded(evaluate(worked.text)) == stored == worked.rounded()


@given(measures, measures, measures)
@example(D(33), D(20), D(30))
@example(D(25), D(20), D(30))
def test_a_band_is_explained_as_it_is_computed(actual, low, high):
    assume(low < high)
    target = targets.Target(None, low, high)
    worked = explaining.achievement(Direction.BAND, actual, target)
    assert rounded(evaluate(worked.text)) == targets.achievement_percent(
        Direction.BAND, actual, target
    )


@given(
    st.lists(measures, min_size=1, max_size=5),
    measures,
    st.sampled_from(list(curves.Axis)),
    st.sampled_from([Direction.HIGHER, Direction.LOWER]),
    st.booleans(),
    st.none() | st.tuples(st.integers(0, 40), st.integers(1, 40)),
)
def test_a_score_is_explained_as_it_is_computed(xs, x, axis, direction, steps, share):
    falls = axis is curves.Axis.VALUE and direction is Direction.LOWER
    points = zip(sorted(xs, reverse=falls), curves.FIVE_LEVELS, strict=False)
    curve = curves.Curve(
        tuple(curves.Point(at, score) for at, score in points), axis, is_steps_only=steps
    )
    year = curves.YearShare(D(share[0]), D(share[1])) if share else None
    worked = explaining.on_curve(curve, x, direction, year)
    stored, _reason = curves.score_at(curve, x, direction, year)
    assert rounded(evaluate(worked.text)) == stored


# ── Stored figures and scores ────────────────────────────────────────────────


@pytest.fixture
def field(db):
    field = Field()
    for quarter in field.quarters.values():
        set_state(quarter, PeriodState.OPEN)
    return field


def hold(steps):
    """Every step, computed by the calculator, gives the stored figure."""
    for step in steps:
        assert rounded(evaluate(step.expression)) == step.result, step
        assert step.agrees
    return [step.title for step in steps]


def test_every_stored_figure_of_random_cascades_is_explained(field, seeds):
    planted = []
    indicators = {}
    for seed in seeds(5, 200):
        node = oracle.random_cascade(cascades.dice_of(seed))
        cascades.settle(node)
        planted += cascades.plant(field, node, indicators).values()
    rollups.recompute(YEAR, at=MAY)
    standing = Standing(field.person, frozenset())
    explained = 0
    figures = Figure.objects.filter(kpi__in=planted).select_related("version", "quarter")
    kpis = KPI.objects.with_rules().in_bulk()
    for figure in figures:
        found = explanation_of(kpis[figure.kpi_id], figure.quarter, figure, standing)
        titles = hold(found.steps)
        assert ("ผลสะสม" in titles) == (figure.ytd_value is not None)
        assert ("ค่าไตรมาสนี้" in titles) == (figure.value is not None)
        assert ("คะแนน" in titles) == (figure.score is not None)
        explained += len(titles)
    assert explained > 40


def test_change_is_explained_from_its_base(field):
    rules = {"over_time": "stock", "target_meaning": "change", "direction": "lower"}
    kpi = field.kpi(field.indicator(**rules), targets=[D(-5)] * 4, bases=[D(200)] * 4)
    field.report(kpi, 1, D(190))
    rollups.recompute(YEAR, at=MAY)
    figure = Figure.objects.select_related("version").get(kpi=kpi, quarter__number=1)
    found = explanation_of(
        KPI.objects.with_rules().get(pk=kpi.pk),
        field.quarters[1],
        figure,
        Standing(field.person, frozenset()),
    )
    assert "เปลี่ยนจากค่าฐาน" in hold(found.steps)


@pytest.mark.parametrize("rule", ["sum", "mean", "min", "max", "ratio"])
def test_people_below_are_one_number_together_for_who_is_not_in_line(field, rule):
    more = {"is_ratio": True, "denominator_over_time": "flow"} if rule == "ratio" else {}
    over_time = "stock" if rule in ("min", "max") else "flow"
    indicator = field.indicator(over_units=rule, over_time=over_time, **more)
    parent = field.kpi(indicator, targets=[D(10)] * 4)
    post = PostFactory()
    for value in (2, 4, 9):
        card = field.scorecard(Scorecard.Level.POST, post=PostFactory(agency=post.agency))
        child = field.kpi(indicator, card)
        Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
        field.report(child, 1, *([D(value), D(10)] if rule == "ratio" else [D(value)]))
    rollups.recompute(YEAR, at=MAY)
    figure = Figure.objects.select_related("version").get(kpi=parent, quarter__number=1)
    found = explanation_of(
        KPI.objects.with_rules().get(pk=parent.pk),
        field.quarters[1],
        figure,
        Standing(field.person, frozenset()),
    )
    hold(found.steps)
    assert (found.hidden, found.contributors) == (3, [])
    first = found.steps[0].expression
    assert "2 +" not in first
    assert "4 ×" not in first


@pytest.fixture
def province(field):
    edition = PlanEdition.objects.create(
        plan=Plan.objects.create(name_th="แผน", start_year=2566, end_year=2570), number=1
    )
    first, second = (
        Issue.objects.create(edition=edition, code=str(n), name_th=f"ประเด็น {n}", weight=weight)
        for n, weight in ((1, None), (2, D(60)))
    )
    card = field.scorecard(Scorecard.Level.PROVINCE)
    for value, weight, issue in (
        (90, 30, first),
        (73, 10, first),
        (81, 40, second),
        (99, 20, None),
    ):
        indicator = field.indicator(over_time="stock")
        kpi = field.kpi(indicator, card, [D(100)] * 4, weight=D(weight), issue=issue)
        field.report(kpi, 1, D(value))
    late = field.kpi(field.indicator(), card, [D(100)] * 4, weight=D(5), issue=first)
    rollups.recompute(YEAR, at=MAY)
    return card, first, late


def test_scores_of_issues_and_the_province_are_explained(field, province):
    _card, first, late = province
    for score in Score.objects.filter(quarter__number=1).select_related(
        "quarter", "scorecard", "issue"
    ):
        found = score_explanation(score)
        assert hold(found.steps)
    issue = Score.objects.select_related("quarter", "scorecard", "issue").get(
        issue=first, quarter__number=1
    )
    found = score_explanation(issue)
    assert {each.code for each in found.contributors if not each.counted} == {late.code}


def test_a_closed_quarter_is_explained_by_what_was_in_force_then(field, province):
    card, first, _late = province
    parent = field.kpi(field.indicator(), targets=[D(10)] * 4)
    shows = field.kpi(field.indicator(), targets=[D(10)] * 4)
    for value in (2, 5):
        child = field.kpi(field.indicator(), targets=[D(10)] * 4)
        link = Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
        field.report(child, 1, D(value))
    same = Link.objects.create(parent=parent, child=shows, kind=Link.Kind.SAME)
    KPI.objects.filter(pk=parent.pk).update(reports_own=False)
    rollups.recompute(YEAR, at=MAY)
    set_state(field.quarters[1], PeriodState.CLOSED)
    keep_what_is_in_force(field.quarters[1])
    keep_what_is_in_force(field.quarters[1])
    # What is edited afterwards is of the quarters still open.
    link.delete()
    same.delete()
    KPI.objects.filter(scorecard=card).update(weight=D(1))
    KPI.objects.filter(pk=parent.pk).update(reports_own=True, year_target=D(77))
    standing = Standing(field.person, frozenset({(Role.STRATEGIST, card.agency_id)}))
    for kpi, count in ((parent, 3), (shows, 1)):
        figure = Figure.objects.select_related("version").get(kpi=kpi, quarter__number=1)
        found = explanation_of(
            KPI.objects.with_rules().get(pk=kpi.pk), field.quarters[1], figure, standing
        )
        assert (figure.ytd_value, len(found.contributors)) == (D(7), count)
        assert hold(found.steps)
    scores = Score.objects.filter(quarter__number=1).select_related("quarter", "scorecard", "issue")
    for score in scores.filter(Q(scorecard=card) | Q(issue=first)):
        assert hold(score_explanation(score).steps)


def test_the_page_of_a_closed_quarter_shows_the_cascade_that_was_in_force(client, field):
    top, middle = field.kpi(field.indicator()), field.kpi(field.indicator())
    gone, later = field.kpi(field.indicator()), field.kpi(field.indicator())
    shows = field.kpi(field.indicator())
    post = PostFactory(agency=middle.agency)
    personal = kpi_of(middle.agency, code="P.1", level=Scorecard.Level.POST, post=post)
    other = kpi_of(middle.agency, code="P.2", level=Scorecard.Level.POST, post=post)
    links = [
        Link.objects.create(parent=parent, child=child, kind=kind)
        for parent, child, kind in (
            (top, middle, "share"), (middle, gone, "share"), (middle, personal, "support"),
            (middle, other, "support"), (top, shows, "same"),
        )
    ]  # fmt: skip
    rollups.recompute(YEAR, at=MAY)
    quarter = field.quarters[1]
    set_state(quarter, PeriodState.CLOSED)
    with time_machine.travel(NOON, tick=False):
        client.force_login(person(Role.VIEWER))

    def page(kpi, number=1):
        with time_machine.travel(NOON, tick=False):
            answer = client.get(f"/kpis/{kpi.code}/?quarter={YEAR}-{number}")
        return answer.context, answer.content.decode()

    # Closed before anything was kept: today's links, and it says so.
    unrecorded = "จึงไม่มีบันทึกว่าขณะนั้นถ่ายทอดอย่างไร"
    assert unrecorded in page(middle)[1]
    with time_machine.travel(NOON, tick=False):
        explained = client.get(reverse("kpi:explain", args=[middle.code, YEAR, 1]))
    assert unrecorded in explained.content.decode()
    assert unrecorded not in page(middle, 2)[1]
    keep_what_is_in_force(quarter)
    for link in links:
        link.delete()
    Link.objects.create(parent=later, child=middle, kind="share")
    Link.objects.create(parent=middle, child=later, kind="support")
    context, text = page(middle)
    assert unrecorded not in text
    assert [child.link.child.code for child in context["children"]] == [gone.code]
    assert context["hidden"] == 2
    assert [link.parent.code for link in context["parents"]] == [top.code]
    context, _text = page(top)
    told = {child.link.child.code: child for child in context["children"]}
    assert {code: each.link.kind for code, each in told.items()} == {
        middle.code: "share", shows.code: "same"
    }  # fmt: skip
    assert told[middle.code].posts == 2
    assert [link.parent.code for link in page(shows)[0]["parents"]] == [top.code]
    # A quarter still open is told by today's links.
    context, _text = page(middle, 2)
    assert [child.link.child.code for child in context["children"]] == [later.code]
    assert [link.parent.code for link in context["parents"]] == [later.code]


def test_the_page_of_a_score_prints_what_another_calculator_computes(client, field, province):
    card, first, _late = province
    set_state(field.quarters[1], PeriodState.PUBLISHED)
    with time_machine.travel(NOON, tick=False):
        for kind, key in (("scorecards", card.pk), ("issues", first.pk)):
            page = client.get(reverse("kpi:explain-score", args=[kind, key, YEAR, 1]))
            assert page.status_code == 200
            pairs = printed(page.content.decode())
            assert pairs
            assert all(rounded(evaluate(text)) == result for text, result in pairs)
        assert client.get(f"/scores/issues/{first.pk}/{YEAR}-q2/").status_code == 404
        assert client.get(f"/scores/agencies/{first.pk}/{YEAR}-q1/").status_code == 404
        [listed] = client.get("/api/v1/scorecards/?level=province").json()["results"]
        assert client.get(listed["scores"][0]["explain"]).status_code == 200
        [told] = client.get(f"/api/v1/kpis/?code={_late.code}").json()["results"]
        assert client.get(told["figures"][0]["explain"]).status_code == 200


def test_a_persons_score_opens_for_the_line_only_and_each_view_is_logged(client, field):
    agency = AgencyFactory()
    boss = HoldingFactory(post__agency=agency)
    post = PostFactory(agency=agency, supervising_post=boss.post)
    card = field.scorecard(Scorecard.Level.POST, post=post)
    kpi = field.kpi(field.indicator(), card, [D(10)] * 4)
    field.report(kpi, 1, D(9))
    rollups.recompute(YEAR, at=MAY)
    set_state(field.quarters[1], PeriodState.PUBLISHED)
    address = reverse("kpi:explain-score", args=["scorecards", card.pk, YEAR, 1])
    with time_machine.travel(NOON, tick=False):
        assert client.get(address).status_code == 404
        client.force_login(person(Role.STRATEGIST))
        assert client.get(address).status_code == 404
        assert not Event.objects.filter(verb="kpi.personal.viewed").exists()
        client.force_login(boss.user)
        assert client.get(address).status_code == 200
    assert Event.objects.filter(verb="kpi.personal.viewed").count() == 1
