"""Machines read an incident, its orders and its registers, and write a district's day down."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role
from audit.models import Event as Logged
from covid.actions import OrderInput, SituationEntry, put_order
from covid.models import DailySituation, Event, Measure, StatedFact
from tests.covid.conftest import facility
from tests.factories import NOON, TODAY, person
from tests.house.machines import queries, rows

YESTERDAY = TODAY - timedelta(days=1)


def order(scene, number, **more):
    given = {
        "number": number, "name_th": "คำสั่งปิดตลาด", "issued_date": YESTERDAY,
        "from_date": YESTERDAY, "closes_th": "ตลาดกลาง", **more,
    }  # fmt: skip
    return put_order(
        incident=scene.incident, order=OrderInput(**given), instead_of=None,
        by=scene.operator, at=NOON,
    )  # fmt: skip


def tell(scene, number):
    """State a figure, a measure and a step of the story."""
    StatedFact.objects.create(
        incident=scene.incident, key=f"k{number}", label_th="ผู้ป่วย", value=0, unit_th="คน",
        area=scene.districts[0],
    )  # fmt: skip
    Measure.objects.create(incident=scene.incident, order=number, name_th="ปิดตลาด")
    Event.objects.create(incident=scene.incident, order=number, text_th="พบผู้ป่วยรายแรก")


def test_everybody_reads_an_incident_with_its_figures_measures_and_story(scene):
    tell(scene, 1)
    [row] = rows(Client(), "incidents")
    assert (row["code"], row["is_open"]) == ("flu", True)
    # Nobody is a stated figure like any other.
    assert (row["facts"][0]["value"], row["facts"][0]["area"]) == (0, "7401")
    assert row["measures"][0]["name_th"] == "ปิดตลาด"
    assert row["events"][0]["happened_date"] is None
    first = queries(Client(), "incidents")
    tell(scene, 2)
    assert len(rows(Client(), "incidents")[0]["measures"]) == 2
    assert queries(Client(), "incidents") == first


def test_the_archive_of_orders_is_public_with_its_files(scene):
    order(scene, "1/2570", file=SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF"))
    first = queries(Client(), "covid-orders")
    order(scene, "2/2570", issued_date=TODAY, from_date=TODAY)
    newer, older = rows(Client(), "covid-orders")
    assert (newer["number"], newer["file"], newer["until_date"]) == ("2/2570", None, None)
    assert (older["incident"], older["closes_th"]) == ("flu", "ตลาดกลาง")
    file = Client().get(older["file"])
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert queries(Client(), "covid-orders") == first
    since = Client().get("/api/v1/covid-orders/", {"issued_date__gte": TODAY.isoformat()})
    assert [row["number"] for row in since.json()["results"]] == ["2/2570"]


def test_a_districts_day_is_written_down_read_and_never_overwritten_unseen(scene):
    client = scene.client
    typed = {"incident": "flu", "area": "7401", "day": TODAY.isoformat(), "cases": 3, "deaths": 0}

    def post(**more):
        return client.post(
            "/api/v1/covid-situations/", typed | more, content_type="application/json"
        )

    for wrong in ({"cases": -1}, {"area": "74"}, {"incident": "none"}, {"deaths": None}):
        assert post(**wrong).status_code == 400, wrong
    found = post(tested=2)
    assert found.status_code == 409
    assert not DailySituation.objects.exists()
    answer = post(tested=9)
    assert answer.status_code == 201
    assert (answer.json()["tested"], answer.json()["vaccinated"]) == (9, None)
    # The version seen is another's by now.
    late = post(cases=4, tested=9)
    assert (late.status_code, late.json()["entries"]["0"]["code"]) == (409, "changed_meanwhile")
    assert post(cases=4, tested=9, version=answer.json()["version"]).status_code == 201
    assert DailySituation.objects.get().cases == 4
    assert Logged.objects.filter(verb__startswith="covid.", actor_id=scene.operator.pk).exists()


def test_days_and_facilities_are_for_operators_and_those_who_look_over_all(scene):
    scene.keep(situations=[SituationEntry(area=scene.districts[0], cases=1, deaths=0)])
    client = scene.client
    first = {
        path: queries(client, path) for path in ("covid-situations", "covid-registered-facilities")
    }
    scene.keep(situations=[SituationEntry(area=scene.districts[1], cases=0, deaths=0)])
    facility(scene.incident, scene.operator, code="F2", area=scene.districts[0])
    assert [(row["area"], row["cases"]) for row in rows(client, "covid-situations")] == [
        ("7401", 1), ("7402", 0),
    ]  # fmt: skip
    places = rows(client, "covid-registered-facilities")
    assert {row["code"]: (row["area"], row["beds"]) for row in places} == {
        "C1": ("7402", 20), "F1": ("7401", 50), "F2": ("7401", 10),
    }  # fmt: skip
    assert first == {path: queries(client, path) for path in first}
    one = f"/api/v1/covid-registered-facilities/{places[0]['id']}/"
    day = DailySituation.objects.first()
    client.force_login(person(Role.REPORTER))
    for path in first:
        assert rows(client, path) == []
    assert client.get(one).status_code == 404
    assert client.get(f"/api/v1/covid-situations/{day.pk}/").status_code == 404
    client.force_login(person(Role.GOVERNOR))
    assert client.get(one).status_code == 200


ROW = {"incident": "flu", "area": "7401", "day": YESTERDAY.isoformat()}
# A register's name, a row of it, what is changed of that, and what cannot be.
KEPT = (
    (
        "factories",
        {"code": "B1", "name_th": "โรงงาน", "thai_workers": 0, "foreign_workers": 70,
         "status": "in_force", "from_date": YESTERDAY.isoformat()},
        {"foreign_workers": 0},
        {"from_date": None},
    ),
    (
        "case-findings",
        {"place": "market", "place_th": "ตลาดกลาง", "tested": 40},
        {"found": 0},
        {"found": 41},
    ),
    (
        "vaccinations",
        {"dose": 1, "group": "elderly", "given": 50, "target": 200},
        {"given": 60},
        {"given": 201},
    ),
    (
        "supply-requests",
        {"requester_th": "รพ.สนาม", "item_th": "ATK", "unit_th": "ชุด", "asked": 100},
        {"given": 40},
        {"given": 101},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("name", "row", "change", "wrong"), KEPT, ids=[each[0] for each in KEPT])
def test_an_operator_keeps_a_register_over_the_api(scene, name, row, change, wrong):
    client, address = scene.client, f"/api/v1/covid-{name}/"
    typed = ROW | row

    def send(method, url, **more):
        return getattr(client, method)(url, typed | more, content_type="application/json")

    for bad in ({"incident": "none"}, {"area": "74"}, {"tested": -1} | {"note": None}):
        assert send("post", address, **bad).status_code == 400, bad
    assert send("post", address, **wrong).status_code == 409
    assert rows(client, f"covid-{name}") == []
    made = send("post", address)
    assert made.status_code == 201, made.content.decode()
    one = f"{address}{made.json()['id']}/"
    assert made.json().items() >= row.items()
    late = send("put", one, **change, version=made.json()["version"] + 1)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    changed = send("put", one, **change, version=made.json()["version"])
    assert changed.status_code == 200
    assert changed.json().items() >= change.items()
    assert changed.json()["version"] == made.json()["version"] + 1
    events = Logged.objects.filter(verb__endswith=".put", actor_id=scene.operator.pk)
    assert events.exclude(verb="covid.facility.put").count() == 2

    # Who looks over the province reads it; others do not know that it is there.
    for role, answers in ((Role.GOVERNOR, (200, 409)), (Role.REPORTER, (404, 404))):
        client.force_login(person(role))
        assert client.get(one).status_code == answers[0]
        assert send("put", one, version=2).status_code == answers[1]
        assert send("post", address).status_code == 409
    client.logout()
    assert send("post", address).status_code == 401
    assert send("put", one).status_code == 401
    assert send("patch", one).status_code in (401, 405)
    assert client.delete(one).status_code in (401, 405)
