"""What everybody reads: filters of the list, the cascade below a KPI, and where its figure comes from."""

from decimal import Decimal

import pytest
import time_machine

from accounts.models import Role
from common.refusal import EntriesRefused
from kpi import actions
from kpi.actions.definitions import LinkInput
from kpi.models import Scorecard
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, person
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def count(client, **asked):
    return client.get("/kpis/", asked).context["count"]


def test_the_list_is_filtered_by_its_address(client):
    agency = AgencyFactory()
    kpi_of(agency, level=Scorecard.Level.PROVINCE)
    client.force_login(person(Role.VIEWER))
    assert count(client) == 1
    assert count(client, q="1.1") == 1
    assert count(client, q="ไม่มี") == 0
    assert count(client, agency=agency.code) == 1
    assert count(client, agency="none") == 0
    assert count(client, issue="none") == 0
    assert count(client, level="good") == 0


def test_a_cascade_names_what_serves_and_only_counts_people(client):
    agency = AgencyFactory()
    parent = kpi_of(agency, code="1", level=Scorecard.Level.PROVINCE)
    share, support = kpi_of(agency, code="2"), kpi_of(agency, code="3")
    post = PostFactory(agency=agency)
    personal = kpi_of(agency, code="4", level=Scorecard.Level.POST, post=post)
    links = [LinkInput(parent, share, "share"), LinkInput(parent, support, "support")]
    links.append(LinkInput(parent, personal, "support"))
    actions.link_kpis(links=links, by=None, at=NOON)
    client.force_login(person(Role.VIEWER))
    page = client.get("/kpis/1/")
    assert [child.link.child for child in page.context["children"]] == [share, support]
    assert page.context["hidden"] == 1
    explained = client.get("/kpis/1/explain/2570-q1/").context
    assert [each.counted for each in explained["found"].contributors] == [False, False]
    assert explained["found"].hidden == 1
    assert client.get("/kpis/1/explain/99999999999999999999-q1/").status_code == 404


@pytest.mark.parametrize("address", ["/privacy/", "/policy/", "/site-map/"])
def test_words_are_for_everybody(client, address):
    assert client.get(address).status_code == 200


def refused(agency, kpis, **figures):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    entries = [actions.ResultEntry(kpi_id, quarter.pk, **figures) for kpi_id in kpis]
    by = person(Role.REPORTER, agency)
    with pytest.raises(EntriesRefused) as caught:
        actions.record_results(entries=entries, by=by, at=NOON)
    return {position: each.code for position, each in caught.value.by_entry.items()}


def test_one_entry_sent_twice_or_for_nothing_is_refused():
    agency = AgencyFactory()
    kpi = kpi_of(agency)
    assert refused(agency, [kpi.pk, kpi.pk], value=Decimal(1)) == {1: "twice"}
    assert refused(agency, [kpi.pk + 999], value=Decimal(1)) == {0: "not_yours"}
