"""Pages of KPIs: who reads what, the grid's answers, and what a list costs."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from kpi import actions
from kpi.models import Result, Scorecard
from submissions.models import Quarter
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    person,
    set_state,
)
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def reporter(agency):
    return person(Role.REPORTER, agency)


def quarter(number=1):
    return Quarter.objects.get(fiscal_year=2570, number=number)


def save(client, kpi, **fields):
    return client.post(
        f"{reverse('kpi:row-save')}?quarter=2570-1",
        {"row": kpi.pk, "version": 0, **fields},
        headers={"accept": "application/json"},
    )


def test_a_typed_cell_is_saved_and_says_what_was_understood(client, agency, reporter):
    kpi = kpi_of(agency)
    client.force_login(reporter)
    answer = save(client, kpi, value="๑๐")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["ok"], said["version"], said["understood"]["value"]) == (True, 1, "10")
    assert Result.objects.get().value == Decimal(10)


def test_the_same_text_sent_twice_never_clashes(client, agency, reporter):
    kpi = kpi_of(agency)
    client.force_login(reporter)
    assert save(client, kpi, value="10").status_code == 200
    assert save(client, kpi, value="10").status_code == 200
    assert Result.objects.get().version == 1


def test_a_clash_shows_the_other_value(client, agency, reporter):
    kpi = kpi_of(agency)
    actions.record_results(
        entries=[actions.ResultEntry(kpi.pk, quarter().pk, value=Decimal(7))],
        by=person(Role.REPORTER, agency),
        at=NOON,
    )
    client.force_login(reporter)
    answer = save(client, kpi, value="8")
    assert answer.status_code == 409
    assert answer.json()["clash"]["theirs"]["value"] == "7"
    assert Result.objects.get().value == Decimal(7)


def test_a_word_for_a_figure_is_an_error_at_its_cell(client, agency, reporter):
    kpi = kpi_of(agency)
    client.force_login(reporter)
    answer = save(client, kpi, value="สิบ")
    assert answer.status_code == 422
    assert "value" in answer.json()["errors"]
    assert not Result.objects.exists()


def test_another_agencys_row_is_not_there(client, reporter):
    kpi = kpi_of()
    client.force_login(reporter)
    assert save(client, kpi, value="1").status_code in (404, 409)
    assert client.get(reverse("kpi:entry-row", args=[kpi.pk])).status_code == 404
    assert not Result.objects.exists()


def test_the_grid_asks_for_sign_in(client):
    assert client.get(reverse("kpi:entry")).status_code == 302


def test_the_public_reads_published_quarters_only(client, agency):
    kpi = kpi_of(agency, level=Scorecard.Level.PROVINCE)
    page = reverse("kpi:kpi-detail", args=[kpi.code])
    assert client.get(page).status_code == 404
    set_state(quarter(), "published")
    assert client.get(page).status_code == 200
    assert client.get(f"{page}?quarter=2570-2").status_code == 404
    assert client.get(reverse("kpi:explain", args=[kpi.code, 2570, 1])).status_code == 200
    assert client.get(reverse("kpi:kpi-list")).status_code == 200


def test_another_agencys_running_quarter_is_not_read(client, agency):
    kpi = kpi_of(agency)
    client.force_login(person(Role.REPORTER))
    page = reverse("kpi:kpi-detail", args=[kpi.code])
    assert client.get(page).status_code == 404
    assert client.get(reverse("kpi:explain", args=[kpi.code, 2570, 1])).status_code == 404
    set_state(quarter(), "published")
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("role", ["public", Role.STRATEGIST, Role.GOVERNOR, Role.REPORTER])
def test_a_personal_kpi_is_not_there_for_others(client, agency, role):
    post = PostFactory(agency=agency)
    kpi = kpi_of(agency, level=Scorecard.Level.POST, post=post)
    set_state(quarter(), "published")
    if role != "public":
        client.force_login(person(role, agency))
    assert client.get(reverse("kpi:kpi-detail", args=[kpi.code])).status_code == 404
    assert client.get(reverse("kpi:explain", args=[kpi.code, 2570, 1])).status_code == 404


def test_each_view_of_a_personal_kpi_is_logged(client, agency):
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    kpi = kpi_of(agency, level=Scorecard.Level.POST, post=post)
    for who in (HoldingFactory(post=post).user, HoldingFactory(post=above).user):
        MembershipFactory(user=who, agency=agency)
        client.force_login(who)
        assert client.get(reverse("kpi:kpi-detail", args=[kpi.code])).status_code == 200
    assert Event.objects.filter(verb="kpi.personal.viewed").count() == 2


@pytest.mark.parametrize("name", ["kpi:entry", "kpi:dictionary", "kpi:kpi-list"])
def test_a_list_costs_the_same_for_one_kpi_or_ten(
    client, agency, reporter, name, django_assert_num_queries, django_assert_max_num_queries
):
    level = Scorecard.Level.PROVINCE
    kpi_of(agency, code="0", level=level)
    client.force_login(reporter)
    client.get(reverse(name))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse(name))
    for number in range(1, 10):
        kpi_of(agency, code=str(number), level=level)
    with django_assert_num_queries(len(few)):
        client.get(reverse(name))
