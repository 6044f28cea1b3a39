"""The COVID-19 record: stated facts stay stated, sums are computed beside them."""

import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from covid import scoring
from covid.models import FacilityCount, Incident
from sakhon_portal.loading import load_province
from sakhon_portal.province import read_province
from tests.factories import NOON


@pytest.fixture
def record(db):
    folder = settings.BASE_DIR / "data" / "samut_sakhon"
    load_province(read_province(folder, year=2570), by=None, at=NOON)


@pytest.mark.parametrize(
    ("parts", "stated", "agrees"),
    [([17, 9, 9], 35, True), ([1901, 1485, 755], 4141, True), ([1, 2], 4, False), ([], 0, True)],
)
def test_parts_are_held_against_the_stated_total(parts, stated, agrees):
    found = scoring.checked_sum(parts, stated)
    assert (found.computed, found.stated, found.agrees) == (sum(parts), stated, agrees)


def test_a_share_is_in_percent_and_of_nothing_there_is_none():
    assert scoring.share(33385, 40306) == Decimal("82.83")
    assert scoring.share(0, 0) is None


@pytest.mark.parametrize("address", ["/covid/", "/en/covid/"])
def test_the_page_shows_the_provinces_figures_in_both_languages(record, address):
    text = Client().get(address).content.decode()
    for figure in ("40,452", "220,000", "40,306", "1,190", "33,385", "4,141", "1,901", "82.83"):
        assert figure in text
    assert ("The sum is the stated total" if address.startswith("/en") else "ผลรวมตรงกับยอด") in text


def test_a_sum_that_differs_is_said_and_not_mended(record):
    FacilityCount.objects.filter(area__code="7403").update(beds=700)
    text = Client().get("/covid/").content.decode()
    assert "ผลรวมไม่ตรงกับยอดที่เอกสารระบุ 35 แห่ง 4,141 เตียง" in text


def test_without_an_incident_there_is_no_page(db):
    assert Client().get("/covid/").status_code == 404


def test_facilities_are_an_open_resource(record):
    answer = Client().get("/api/v1/covid-facilities/?kind=community").json()
    assert sorted(row["beds"] for row in answer["results"]) == [755, 1485, 1901, 4141]


def test_an_incident_is_named_in_the_language_of_the_page(record):
    incident = Incident.objects.get()
    assert str(incident) == incident.name_th
    assert str(incident.facts.get(key="first_wave_cases")) == "first_wave_cases 18"


def test_the_measures_of_an_incident_are_taken_away_by_everybody(record):
    page = Client().get("/covid/").content.decode()
    assert all(f"list=measures&amp;download={each}" in page for each in ("xlsx", "csv", "json"))
    other = Incident.objects.create(code="flood", name_th="น้ำท่วม")
    other.measures.create(order=1, name_th="=ปิดถนน", from_date=NOON.date())

    def rows(address):
        answer = Client().get(address, {"list": "measures", "download": "json"})
        return json.loads(b"".join(answer.streaming_content))

    stated = rows("/covid/")
    first = Incident.objects.order_by("pk").first()
    assert [(each["order"], each["name_th"]) for each in stated] == list(
        first.measures.order_by("order").values_list("order", "name_th")
    )
    # No day is invented for a measure without one.
    assert {each["from_date"] for each in stated} == {None}
    [flood] = rows("/covid/flood/")
    assert (flood["incident_code"], flood["name_th"]) == ("flood", "=ปิดถนน")
    assert flood["from_date"] == NOON.date().isoformat()
