"""Explain this number: the mean of an issue's projects, computed by another calculator."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from pages import boards
from projects.models import ProjectFigure
from projects.scoring import over_projects
from strategy.models import Issue, Plan, PlanEdition
from submissions.models import PeriodState
from tests.budget.factories import AllocationFactory
from tests.budget.test_books import signed
from tests.factories import NOON, person, quarter_of, set_state
from tests.house.evaluator import evaluate, printed, rounded
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def quarter():
    return quarter_of(2570, 1)


@pytest.fixture
def issue(quarter, work_off_jobs):
    """An issue with two funded projects, one without money, one not begun, one silent, one proposed."""
    plan = Plan.objects.create(
        kind=Plan.Kind.FIVE_YEAR, start_year=2566, end_year=2570, name_th="แผน"
    )
    edition = PlanEdition.objects.create(plan=plan, number=1, state=PlanEdition.State.IN_FORCE)
    found = Issue.objects.create(edition=edition, code="1", order=1, name_th="ประเด็น")
    for code, standing, delivered, planned, budget in (
        ("A", "on_track", "33.3333", "30", 1_000_000),
        ("B", "behind", "10", "70.5", 3_000_000),
        ("C", "on_track", "50", "50", 0),
        ("D", "not_started", None, None, 500_000),
        ("E", "unreported", None, "10", 700_000),
        ("F", "proposed", None, None, 0),
    ):
        project, _none = project_with(code=f"70-{code}", issue=found)
        if standing == "proposed":
            project.status = "proposed"
            project.save()
        ProjectFigure.objects.create(
            project=project, quarter=quarter, standing=standing,
            state="value" if delivered else "not_reported",
            delivered=delivered and D(delivered), planned=planned and D(planned),
        )  # fmt: skip
        if budget:
            row = AllocationFactory(project=project, appropriation=D(budget))
            signed(row, 3, D(budget) / 4, 0)
    work_off_jobs()
    return found


def address(issue):
    return f"/issues/2566-{issue.code}/work/2570-q1/"


def test_the_mean_of_projects_is_what_the_page_lists(client, issue, quarter):
    client.force_login(person(Role.GOVERNOR))
    page = client.get(address(issue)).content.decode()
    revised = boards.revised_by_project(2570, 3)
    figures = ProjectFigure.objects.filter(quarter=quarter)
    means = over_projects([boards.point_of(figure, revised) for figure in figures])
    steps = printed(page)
    assert [stored for _text, stored in steps] == [
        *(means.funded_actual, means.funded_planned, means.unfunded_actual, means.unfunded_planned)
    ]
    for expression, stored in steps:
        assert rounded(evaluate(expression)) == stored
    assert page.count("ไม่นับ:") == 2
    assert "อีก" not in page
    assert "/projects/70-A/explain/2570-q1/" in page


def test_dashboard_and_issue_lead_to_the_means_and_the_money(client, issue, quarter):
    client.force_login(person(Role.GOVERNOR))
    dashboard = client.get("/dashboard/").content.decode()
    assert address(issue) in dashboard
    assert f"/budget/explain/issue/{issue.pk}/2570-m03/" in dashboard
    set_state(quarter, PeriodState.PUBLISHED)
    assert address(issue) in client.get(f"/issues/2566-{issue.code}/").content.decode()


def test_the_public_reads_published_quarters_and_a_proposal_only_as_a_count(client, issue, quarter):
    assert client.get(address(issue)).status_code == 404
    set_state(quarter, PeriodState.PUBLISHED)
    page = client.get(address(issue)).content.decode()
    assert "70-F" not in page
    assert "อีก 1 โครงการยังเป็นข้อเสนอ" in page
    assert all(rounded(evaluate(text)) == stored for text, stored in printed(page))
    assert client.get(reverse("pages:issue-work", args=[2566, "9", 2570, 1])).status_code == 404
    assert client.get(reverse("pages:issue-work", args=[2566, "1", 2571, 1])).status_code == 404


def test_an_issue_without_projects_says_so(client, quarter):
    plan = Plan.objects.create(
        kind=Plan.Kind.FIVE_YEAR, start_year=2566, end_year=2570, name_th="แผน"
    )
    edition = PlanEdition.objects.create(plan=plan, number=1, state=PlanEdition.State.IN_FORCE)
    issue = Issue.objects.create(edition=edition, code="1", order=1, name_th="ประเด็น")
    client.force_login(person(Role.GOVERNOR))
    assert "ยังไม่มีโครงการที่รายงาน" in client.get(address(issue)).content.decode()
