"""API v1 of projects and progress: the same rules, said to machines."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from accounts.models import Role
from projects.models import Progress, ProjectFigure
from submissions.models import PeriodState
from submissions.workflow import Status
from tests.factories import person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """Machines call at noon of a working day after the quarter."""


@pytest.fixture
def scene():
    quarter = quarter_of(2570, 1)
    project, activities = project_with(3, 1)
    reporter = person(Role.REPORTER, project.host_agency)
    head = person(Role.APPROVER, project.host_agency)
    return quarter, project, activities, reporter, head


def caller(user=None):
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def typed(scene, **more):
    _quarter, project, activities, _reporter, _head = scene
    return {
        "project": project.code,
        "fiscal_year": 2570,
        "quarter": 1,
        "activities": [{"activity": a.pk, "percent": "40"} for a in activities],
        "narrative_th": "เริ่มแล้ว",
        **more,
    }


def test_the_whole_way_of_a_report(scene, work_off_jobs):
    quarter, project, _activities, reporter, head = scene
    made = caller(reporter).post("/api/v1/progress/", typed(scene), format="json")
    assert made.status_code == 201
    address = f"/api/v1/progress/{made.json()['id']}"
    assert caller(reporter).post(f"{address}/submit/").json()["status"] == "submitted"
    own = caller(reporter).post(f"{address}/approve/")
    assert own.status_code == 409
    assert caller(head).post(f"{address}/return/", {}, format="json").status_code == 400
    back = caller(head).post(f"{address}/return/", {"reason": "ไม่ครบ"}, format="json")
    assert back.json()["return_reason"] == "ไม่ครบ"
    caller(reporter).post(f"{address}/submit/")
    assert caller(head).post(f"{address}/approve/").json()["status"] == "approved"
    work_off_jobs()
    figures = caller(head).get(f"/api/v1/projects/{project.code}/").json()["figures"]
    assert figures[0]["delivered"] == "40.0000"
    assert caller().get(f"/api/v1/projects/{project.code}/").json()["figures"] == []
    assert caller().get("/api/v1/progress/").json()["results"] == []
    set_state(quarter, PeriodState.PUBLISHED)
    assert len(caller().get("/api/v1/progress/").json()["results"]) == 1
    assert len(caller().get(f"/api/v1/projects/{project.code}/").json()["figures"]) == 1
    assert ProjectFigure.objects.filter(delivered=D(40)).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quarter": 5}, "quarter"),
        ({"fiscal_year": 2580}, "quarter"),
        ({"project": "none"}, "project"),
        ({"percent": "101"}, "percent"),
        ({"activities": [{"activity": 1, "percent": "x"}]}, "activities"),
    ],
)
def test_what_cannot_be_is_answered_field_by_field(scene, change, field):
    answer = caller(scene[3]).post("/api/v1/progress/", typed(scene, **change), format="json")
    assert answer.status_code == 400
    assert field in answer.json()
    assert not Progress.objects.exists()


def test_a_refusal_has_its_sentence_and_code(scene):
    _quarter, _project, _activities, reporter, _head = scene
    caller(reporter).post("/api/v1/progress/", typed(scene), format="json")
    answer = caller(reporter).post("/api/v1/progress/", typed(scene, version=0), format="json")
    assert answer.status_code == 409
    assert answer.json()["entries"]["0"]["code"] == "changed_meanwhile"
    assert "มีผู้อื่นแก้ไข" in answer.json()["detail"]


def test_another_agencys_draft_is_not_found(scene):
    made = caller(scene[3]).post("/api/v1/progress/", typed(scene), format="json").json()
    stranger = caller(person(Role.APPROVER))
    assert stranger.post(f"/api/v1/progress/{made['id']}/approve/").status_code == 404
    assert stranger.post("/api/v1/progress/", typed(scene), format="json").status_code == 409
    assert Progress.objects.get().status == Status.DRAFT


def test_nobody_writes_without_signing_in(scene):
    assert caller().post("/api/v1/progress/", typed(scene), format="json").status_code in (401, 403)
    made = caller(scene[3]).post("/api/v1/progress/", typed(scene), format="json").json()
    answer = caller().post(f"/api/v1/progress/{made['id']}/submit/")
    assert answer.status_code in (401, 403)


def test_projects_are_filtered(scene):
    other, _activities = project_with(1)
    answer = caller().get(f"/api/v1/projects/?host_agency__code={other.host_agency.code}")
    assert [row["code"] for row in answer.json()["results"]] == [other.code]
