"""Rules, rankings and self-assessments by API: the same verbs, their refusals, who reads what."""

import pytest
import time_machine

from accounts.models import Role
from audit.models import Event
from kpi.models import AssessmentScheme, Scorecard, ScoreCurve, SelfAssessment
from submissions.models import FiscalYear, PeriodState, Quarter
from tests.factories import NOON, AgencyFactory, HoldingFactory, PostFactory, person, set_state
from tests.kpi.factories import kpi_of
from tests.kpi.test_assessments import APRIL, House
from tests.kpi.test_schemes import three

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    found = AgencyFactory()
    kpi_of(found)
    return found


def curve(**change):
    return {
        "fiscal_year": 2570,
        "code": "own",
        "name_th": "ของเรา",
        "preset": "own",
        "points": [["50", "1"], ["100", "10"]],
    } | change


def scheme(**change):
    return {
        "fiscal_year": 2570,
        "kind": "official",
        "version": 0,
        "work_share": "70",
        "bands": [{"limit": "90", "name_th": "ดีเด่น"}, {"limit": "0", "name_th": "ปรับปรุง"}],
        "rounds": [{"first_quarter": 1, "last_quarter": 2, "name_th": "รอบ 1"}],
        "competencies": [{"code": "C1", "name_th": "บริการ", "weight": "100"}],
    } | change


def test_the_office_keeps_a_curve_and_others_read_it(client, agency):
    client.force_login(person(Role.STRATEGIST))
    answer = client.post("/api/v1/score-curves/", curve(), **JSON)
    assert answer.status_code == 201
    assert answer.json()["points"] == [["50", "1"], ["100", "10"]]
    client.force_login(person(Role.REPORTER))
    codes = [each["code"] for each in client.get("/api/v1/score-curves/").json()["results"]]
    assert codes == ["five", "own"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"points": [["100", "1"], ["50", "2"]]}, 409),
        ({"points": [["x", "1"]]}, 400),
        ({"points": []}, 400),
        ({"fiscal_year": 2599}, 400),
        ({"code": "a b"}, 400),
        ({"preset": "five"}, 409),
    ],
)
def test_a_curve_that_is_none_is_refused_as_the_page_does(client, agency, change, status):
    client.force_login(person(Role.STRATEGIST))
    answer = client.post("/api/v1/score-curves/", curve(**change), **JSON)
    assert answer.status_code == status
    assert ScoreCurve.objects.count() == 1


def test_a_scheme_is_kept_and_a_stale_one_refused(client, agency):
    client.force_login(person(Role.STRATEGIST))
    answer = client.post("/api/v1/assessment-schemes/", scheme(), **JSON)
    assert answer.status_code == 201
    assert answer.json()["bands"][0]["name_th"] == "ดีเด่น"
    answer = client.post("/api/v1/assessment-schemes/", scheme(work_share="80"), **JSON)
    assert answer.status_code == 409
    assert AssessmentScheme.objects.get().work_share == 70
    for change in ({"curve": "none"}, {"kind": "x"}, {"bands": [{"limit": "x"}]}):
        answer = client.post("/api/v1/assessment-schemes/", scheme(**change), **JSON)
        assert answer.status_code == 400


def test_only_the_office_keeps_rules(client, agency):
    assert client.post("/api/v1/score-curves/", curve(), **JSON).status_code in (401, 403)
    client.force_login(person(Role.APPROVER, agency))
    assert client.post("/api/v1/score-curves/", curve(), **JSON).status_code == 409
    assert client.post("/api/v1/assessment-schemes/", scheme(), **JSON).status_code == 409


def test_visitors_read_rules_and_ranking_of_published_years_only(client, agency):
    three(FiscalYear.objects.get(year=2570))
    assert client.get("/api/v1/score-curves/").json()["results"] == []
    assert client.get("/api/v1/rankings/").status_code == 404
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), PeriodState.PUBLISHED)
    assert len(client.get("/api/v1/score-curves/").json()["results"]) == 2
    answer = client.get("/api/v1/rankings/", {"fiscal_year": 2570, "quarter": 1})
    assert answer.json() == {"fiscal_year": 2570, "quarter": 1, "agencies": []}
    assert client.get("/api/v1/rankings/", {"quarter": 3}).status_code == 404


def test_a_self_assessment_is_sent_by_its_head_only(client):
    with time_machine.travel(APRIL, tick=False):
        house = House()
        assessment = house.write()
        url = f"/api/v1/self-assessments/{assessment.pk}/"
        client.force_login(house.officer)
        assert client.get(url).json()["total"] is None
        assert client.post(f"{url}send/", {"version": 1}, **JSON).status_code == 409
        client.force_login(person(Role.APPROVER))
        assert client.get(url).status_code == 404
        client.force_login(house.boss)
        assert client.post(f"{url}send/", {}, **JSON).status_code == 400
        assert client.post(f"{url}send/", {"version": 9}, **JSON).status_code == 409
        answer = client.post(f"{url}send/", {"version": 1}, **JSON)
        assert answer.json()["total"] == "80.8750"
        assert SelfAssessment.objects.get().state == "sent"


def test_who_reads_a_personal_scorecard_or_kpi_by_api_is_logged(client, agency):
    post = PostFactory(agency=agency)
    personal = kpi_of(agency, code="9.9", level=Scorecard.Level.POST, post=post)
    holder = person(Role.REPORTER, agency)
    HoldingFactory(post=post, user=holder)
    client.force_login(holder)
    for url, verb in (
        (f"/api/v1/scorecards/{personal.scorecard_id}/", "kpi.scorecard.viewed"),
        (f"/api/v1/kpis/{personal.pk}/", "kpi.personal.viewed"),
    ):
        assert client.get(url).status_code == 200
        assert Event.objects.filter(verb=verb, actor_id=holder.pk).count() == 1
        assert client.get(url.rsplit("/", 2)[0] + "/").status_code == 200
        assert Event.objects.filter(verb=verb, actor_id=holder.pk).count() == 2
