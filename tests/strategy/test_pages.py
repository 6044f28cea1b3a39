"""Strategy, issues and places as everybody reads them, and the verbs that bring issues in."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency, Area
from common.refusal import Refused
from projects.models import Project, ProjectYear
from sakhon_portal.loading import load_province
from sakhon_portal.province import read_province
from strategy.actions.issues import AlignmentInput, ApproachInput, IssueInput, load_issues
from strategy.models import Issue, PlanEdition
from submissions.actions import prepare_fiscal_year
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(settings):
    settings.SAMPLE_TODAY = TODAY.isoformat()
    folder = settings.BASE_DIR / "data" / "samut_sakhon"
    load_province(read_province(folder, year=2570), by=None, at=NOON)
    return PlanEdition.objects.in_force().of_kind("five_year").get()


def issue_input(**changed):
    return IssueInput(
        **{
            "code": "1",
            "name_th": "เพิ่มศักยภาพ",
            "name_en": "Raise the potential",
            "missions": [1, 3],
            "lead_agency": "IND",
            "approaches": [ApproachInput("1.1", "ทางหนึ่ง", "One way")],
            "items": [AlignmentInput("NS2", "เพราะ")],
            "is_sample": True,
        }
        | changed
    )


@pytest.fixture
def issue(edition):
    load_issues(edition=edition, issues=[issue_input()], by=None, at=NOON)
    return Issue.objects.with_edition().get()


def project(number, area_code, **changed):
    made = Project.objects.create(
        **{
            "code": f"P{number}",
            "name_th": f"โครงการที่ {number}",
            "host_agency": Agency.objects.get(code="IND"),
            "status": "running",
            "start_date": "2026-10-01",
            "end_date": "2027-09-30",
        }
        | changed
    )
    made.areas.add(Area.objects.get(code=area_code))
    year = prepare_fiscal_year(year=2570)
    ProjectYear.objects.create(project=made, fiscal_year=year)
    return made


def test_issues_may_be_loaded_again_and_know_their_address(edition, issue):
    again = load_issues(edition=edition, issues=[issue_input()], by=None, at=NOON)
    assert (again.added, again.changed, again.left) == (0, 0, 3)
    assert issue.address_code == "2566-1"
    assert Issue.objects.at_address("2566-1").get() == issue
    assert not Issue.objects.at_address("1").exists()


@pytest.mark.parametrize(
    "changed",
    [{"items": [AlignmentInput("NS9")]}, {"missions": [7]}, {"lead_agency": "NOBODY"}],
)
def test_an_issue_names_only_what_is_there(edition, changed):
    with pytest.raises(Refused) as refused:
        load_issues(edition=edition, issues=[issue_input(**changed)], by=None, at=NOON)
    assert refused.value.code == "unknown"
    assert not Issue.objects.exists()


def test_the_strategy_stands_on_its_page_in_both_languages(issue):
    thai = Client().get("/strategy/").content.decode()
    assert "เมืองอุตสาหกรรมเชิงนิเวศ" in thai
    assert "สุจริตคือเกราะป้องกันภัย" in thai
    assert "เพิ่มศักยภาพ" in thai
    english = Client().get("/en/strategy/").content.decode()
    assert "An eco-industrial city" in english
    assert "Raise the potential" in english


def test_a_portal_without_a_plan_says_so(db):
    assert Client().get("/strategy/").status_code == 200
    assert Client().get("/areas/").status_code == 200


def test_an_issue_shows_approaches_projects_and_what_it_serves(issue):
    shown = project(1, "740202", issue=issue, approach=issue.approaches.get())
    project(2, "740202", issue=issue, status="proposed")
    text = Client().get("/issues/2566-1/").content.decode()
    assert shown.name_th in text
    assert "โครงการที่ 2" not in text
    assert "NS2" in text
    assert Client().get("/issues/2566-9/").status_code == 404


def test_a_tambon_shows_its_own_projects_and_those_of_its_district(issue):
    project(1, "740202")
    project(2, "7402")
    project(3, "740101")
    text = Client().get("/areas/740202/").content.decode()
    assert "โครงการที่ 1" in text
    assert "โครงการที่ 2" in text
    assert "โครงการที่ 3" not in text
    assert "โครงการที่ 3" in Client().get("/areas/74/").content.decode()
    assert Client().get("/areas/9/").status_code == 404


@pytest.mark.parametrize("address", ["/areas/", "/areas/7402/", "/issues/2566-1/", "/strategy/"])
def test_a_page_costs_the_same_for_one_project_or_ten(issue, address):
    project(1, "740202", issue=issue)
    client = Client()
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(2, 11):
        project(number, "740202", issue=issue)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("resource", "count"),
    [("areas", 44), ("agencies", 103), ("plans", 4), ("missions", 6), ("issues", 1)],
)
def test_places_and_plans_are_open_resources(issue, resource, count):
    # A plan that is still a draft is not among them.
    assert Client().get(f"/api/v1/{resource}/").json()["count"] == count


def test_fiscal_years_and_quarters_are_open_resources(edition):
    assert settings.SAMPLE_TODAY
    assert Client().get("/api/v1/fiscal-years/").json()["count"] == 8
    quarters = Client().get("/api/v1/quarters/?fiscal_year=2570").json()
    assert [row["number"] for row in quarters["results"]] == [1, 2, 3, 4]
