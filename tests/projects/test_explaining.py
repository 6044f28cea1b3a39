"""Explain this number: delivery of projects, computed by another calculator from what is listed."""

import random
from copy import copy
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Role
from projects.explaining import delivery_explanation
from projects.models import (
    ActivityProgress,
    MonthlyActivity,
    MonthlyProgress,
    Progress,
    ProjectFigure,
    ProjectYear,
)
from projects.rollups import recompute, touch
from submissions.models import Month, PeriodState, Quarter
from tests.factories import NOON, person, quarter_of, set_state
from tests.house.evaluator import evaluate, printed, rounded
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read at noon of a working day after the quarter."""


def signature():
    return {
        "entered_by": person(Role.REPORTER),
        "entered_at": NOON,
        "submitted_at": NOON,
        "submitted_by": person(Role.REPORTER),
        "approved_by": person(Role.APPROVER),
        "approved_at": NOON,
        "status": "approved",
    }


def report(project, quarter, percents=None, percent=None):
    """Sign a quarter's report: by activity, or as a whole."""
    made = Progress.objects.create(project=project, quarter=quarter, percent=percent, **signature())
    for activity, reached in (percents or {}).items():
        ActivityProgress.objects.create(progress=made, activity=activity, percent=reached)
    return made


def figure_of(project, quarter):
    touch([(project.pk, quarter.pk)])
    figures = ProjectFigure.objects.filter(project=project, quarter=quarter)
    recompute(_settled(figures), at=NOON)
    return figures.select_related("project", "quarter__fiscal_year").get()


def _settled(figures):
    for figure in figures:
        ProjectFigure.objects.filter(pk=figure.pk).update(computed_version=figure.inputs_version)
    return list(figures.all())


def comes_out(found):
    for step in found.steps:
        assert rounded(evaluate(step.expression)) == step.result
        assert step.agrees
    return {step.title: step.result for step in found.steps}


def test_a_weighted_mean_is_explained_with_what_was_left_out():
    quarter = quarter_of(2570, 1)
    project, (first, second, third) = project_with(50, 30, 20)
    report(project, quarter, {first: D("33.3333"), second: D(70)})
    figure = figure_of(project, quarter)
    found = delivery_explanation(figure)
    told = comes_out(found)
    assert (
        told["ผลงานสะสม"]
        == figure.delivered
        == rounded(evaluate("( 50 × 33.3333 + 30 × 70 ) ÷ 80"))
    )
    assert told["เทียบแผน"] == figure.variance
    assert told["เวลาที่ผ่านไป"] == figure.elapsed
    assert [(piece.number, piece.counted) for piece in found.pieces] == [
        *((first.number, True), (second.number, True), (third.number, False))
    ]
    assert found.pieces[2].why_out == "ถึงกำหนดแล้วยังไม่มีรายงานที่ลงนาม"
    assert [each.approved_by.pk for each in found.reports] == [
        Progress.objects.get().approved_by_id
    ]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_was_reported_the_explanation_comes_to_the_stored_figure(seed):
    dice = random.Random(seed)
    first, second = quarter_of(2570, 1), quarter_of(2570, 2)
    weights = [dice.randint(1, 60) for _each in range(dice.randint(0, 4))]
    project, activities = project_with(*weights, planned=dice.randint(0, 100))
    for quarter in (first, second):
        if dice.random() < 0.3:
            continue
        percents = {
            activity: D(dice.randint(0, 1_000_000)).scaleb(-4)
            for activity in activities
            if dice.random() < 0.7
        }
        percent = None if activities else D(dice.randint(0, 1_000_000)).scaleb(-4)
        report(project, quarter, percents, percent)
    figure = figure_of(project, second)
    told = comes_out(delivery_explanation(figure))
    assert told.get("ผลงานสะสม") == figure.delivered
    assert told.get("เทียบแผน") == figure.variance


def test_nothing_reported_counts_nothing_not_even_what_has_not_begun():
    quarter = quarter_of(2570, 1)
    project, (_first, second) = project_with(1, 1)
    second.start_date = project.end_date
    second.save()
    found = delivery_explanation(figure_of(project, quarter))
    assert [piece.counted for piece in found.pieces] == [False, False]
    assert found.pieces[1].why_out == "ยังไม่มีกิจกรรมใดที่รายงาน"
    assert found.reports == []


def test_the_whole_life_is_explained_by_years():
    quarter_of(2569, 4)
    quarter = quarter_of(2570, 1)
    project, _none = project_with(start_date="2025-10-01")
    project.refresh_from_db()
    ProjectYear.objects.create(project=project, fiscal_year_id=2569, share=D(3))
    report(project, Quarter.objects.get(fiscal_year=2569, number=4), percent=D(90))
    report(project, quarter, percent=D("33.3333"))
    figure = figure_of(project, quarter)
    assert comes_out(delivery_explanation(figure))["ตลอดอายุโครงการ"] == figure.lifetime


def test_a_months_report_counts_for_staff_and_the_quarters_own_where_both_speak_of_one_month():
    quarter = quarter_of(2570, 1)
    project, (activity,) = project_with(1)
    for number, reached in ((2, 20), (3, 30)):
        month = Month.objects.get(fiscal_year=2570, number=number)
        monthly = MonthlyProgress.objects.create(project=project, month=month, **signature())
        MonthlyActivity.objects.create(report=monthly, activity=activity, percent=D(reached))
    figure = figure_of(project, quarter)
    assert comes_out(delivery_explanation(figure))["ผลงานสะสม"] == 30
    assert [type(each) for each in delivery_explanation(figure).reports] == [MonthlyProgress]
    report(project, quarter, {activity: D(40)})
    figure = figure_of(project, quarter)
    found = delivery_explanation(figure)
    assert comes_out(found)["ผลงานสะสม"] == 40
    assert [type(each) for each in found.reports] == [Progress]


def test_the_public_is_told_published_reports_only(client):
    quarter = quarter_of(2570, 1)
    project, (activity,) = project_with(1, planned=15)
    month = Month.objects.get(fiscal_year=2570, number=2)
    monthly = MonthlyProgress.objects.create(project=project, month=month, **signature())
    MonthlyActivity.objects.create(report=monthly, activity=activity, percent=D(20))
    figure = figure_of(project, quarter)
    stored = copy(figure)
    found = delivery_explanation(figure, published_only=True)
    assert [piece.percent for piece in found.pieces] == [None]
    assert found.reports == []
    assert figure.delivered == stored.delivered == 20
    address = reverse("projects:explain", args=[project.code, 2570, 1])
    assert client.get(address).status_code == 404
    set_state(quarter, PeriodState.PUBLISHED)
    page = client.get(address)
    assert page.status_code == 200
    assert "20.00" not in page.content.decode()
    report(project, quarter, {activity: D(60)})
    figure_of(project, quarter)
    shown = client.get(address).content.decode()
    assert ("1.0000 × 60.0000 ÷ 1.0000", D(60)) in printed(shown)
    assert Progress.objects.get().approved_by.get_full_name() not in shown


def test_the_page_names_people_and_the_quarter_before_and_the_api_leads_there(client):
    first, second = quarter_of(2570, 1), quarter_of(2570, 2)
    project, (activity,) = project_with(1)
    made = report(project, first, {activity: D(10)})
    figure_of(project, first)
    report(project, second, {activity: D(25)})
    figure_of(project, second)
    client.force_login(person(Role.GOVERNOR))
    address = reverse("projects:explain", args=[project.code, 2570, 2])
    page = client.get(address).content.decode()
    assert all(rounded(evaluate(text)) == stored for text, stored in printed(page))
    assert reverse("projects:explain", args=[project.code, 2570, 1]) in page
    before = client.get(reverse("projects:explain", args=[project.code, 2570, 1]))
    assert made.entered_by.get_full_name() in before.content.decode()
    told = client.get(f"/api/v1/projects/{project.code}/").json()
    assert [each["explain"] for each in told["figures"]][:2] == [
        *(
            f"/projects/{project.code}/explain/2570-q1/",
            f"/projects/{project.code}/explain/2570-q2/",
        )
    ]
    shown = client.get(reverse("projects:project-detail", args=[project.code]))
    assert f"/projects/{project.code}/explain/2570-q1/" in shown.content.decode()
    assert client.get(reverse("projects:explain", args=[project.code, 2571, 1])).status_code == 404
