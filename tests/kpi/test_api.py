"""API v1 of KPIs: the same verbs, refusals as 409, another agency's rows not there."""

import pytest
import time_machine

from accounts.models import Role
from kpi.models import Result, Scorecard
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, person, set_state
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db
RESULTS = "/api/v1/results/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    return AgencyFactory()


def post(client, path, **body):
    return client.post(path, body, content_type="application/json")


def typed(client, kpi, **figures):
    return post(client, RESULTS, kpi=kpi.code, fiscal_year=2570, quarter=1, **figures)


def publish():
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), "published")


def test_an_entry_goes_from_draft_to_signed_by_the_same_verbs(client, agency):
    kpi = kpi_of(agency)
    client.force_login(person(Role.REPORTER, agency))
    made = typed(client, kpi, value="10")
    assert made.status_code == 201
    address = f"{RESULTS}{made.json()['id']}/"
    assert post(client, f"{address}submit/").json()["status"] == "submitted"
    refused = post(client, f"{address}approve/")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_allowed"
    client.force_login(person(Role.APPROVER, agency))
    assert post(client, f"{address}return/").status_code == 400
    assert post(client, f"{address}approve/").json()["status"] == "approved"


def test_a_stale_version_is_a_conflict_and_a_bad_figure_a_fault_of_its_field(client, agency):
    kpi = kpi_of(agency)
    client.force_login(person(Role.REPORTER, agency))
    fault = typed(client, kpi, value="-1")
    assert (fault.status_code, list(fault.json())) == (400, ["value"])
    typed(client, kpi, value="10")
    clash = typed(client, kpi, value="11")
    assert (clash.status_code, clash.json()["code"]) == (409, "changed_meanwhile")


def test_visitors_write_nothing(client, agency):
    assert typed(client, kpi_of(agency), value="1").status_code in (401, 403)
    assert not Result.objects.exists()


def test_another_agencys_entry_is_not_there(client, agency):
    client.force_login(person(Role.REPORTER, agency))
    made = typed(client, kpi_of(agency), value="10").json()
    client.force_login(person(Role.REPORTER))
    assert client.get(f"{RESULTS}{made['id']}/").status_code == 404
    assert post(client, f"{RESULTS}{made['id']}/submit/").status_code == 404


@pytest.mark.parametrize("path", ["kpis", "results", "scorecards"])
def test_visitors_read_only_what_is_published(client, agency, path):
    kpi = kpi_of(agency, level=Scorecard.Level.PROVINCE)
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    client.force_login(reporter)
    made = typed(client, kpi, value="10").json()
    post(client, f"{RESULTS}{made['id']}/submit/")
    client.force_login(head)
    post(client, f"{RESULTS}{made['id']}/approve/")
    client.logout()
    assert client.get(f"/api/v1/{path}/").json()["count"] == 0
    publish()
    assert client.get(f"/api/v1/{path}/").json()["count"] == 1


@pytest.mark.parametrize("role", [None, Role.STRATEGIST, Role.REPORTER])
@pytest.mark.parametrize("path", ["kpis", "results", "scorecards"])
def test_nobody_reads_another_persons_kpi(client, agency, role, path):
    kpi_of(agency, level=Scorecard.Level.POST, post=PostFactory(agency=agency))
    publish()
    if role:
        client.force_login(person(role, agency))
    assert client.get(f"/api/v1/{path}/").json()["count"] == 0


@pytest.mark.parametrize("path", ["indicators", "kpis", "results", "scorecards"])
def test_a_list_costs_the_same_for_one_row_or_ten(
    client, agency, path, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(person(Role.STRATEGIST))
    kpi_of(agency, code="0")
    with django_assert_max_num_queries(40) as few:
        client.get(f"/api/v1/{path}/")
    for number in range(1, 10):
        kpi_of(AgencyFactory(), code=str(number))
    with django_assert_num_queries(len(few)):
        client.get(f"/api/v1/{path}/")
