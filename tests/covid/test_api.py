"""Machines read an incident, its orders and its registers, and write a district's day down."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import Role
from audit.models import Event as Logged
from covid.actions import (
    FactoryInput,
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    open_incident,
    put_factory,
    put_order,
)
from covid.models import DailySituation, Event, Measure, Order, StatedFact
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
        "registered-facilities",
        {"code": "F9", "kind": "home", "name_th": "แยกกักที่บ้าน", "beds": 30,
         "from_date": YESTERDAY.isoformat(), "certified_date": None},
        {"beds": 0, "certified_date": TODAY.isoformat()},
        {"until_date": (YESTERDAY - timedelta(days=1)).isoformat()},
    ),
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


def test_a_facility_moves_to_no_other_incident_and_its_past_days_keep_their_beds(scene):
    with_days = scene.keep(
        OccupancyEntry(facility=scene.field, patients=5, admitted=5, discharged=0)
    ).occupancies[0]
    open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, by=scene.operator, at=NOON
    )
    answer = scene.client.put(
        f"/api/v1/covid-registered-facilities/{scene.field.pk}/",
        {"incident": "flood", "area": "7401", "code": "F1", "kind": "field_hospital",
         "name_th": "สถานที่", "beds": 8, "version": scene.field.version},
        content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, answer.json()["incident"], answer.json()["beds"]) == (200, "flu", 8)
    with_days.refresh_from_db()
    assert with_days.beds == 50


ORDER = {
    "incident": "flu", "number": "5/2570", "name_th": "คำสั่งปิดตลาด",
    "issued_date": YESTERDAY.isoformat(), "from_date": YESTERDAY.isoformat(), "closes_th": "ตลาดกลาง",
}  # fmt: skip
ORDERS = "/api/v1/covid-orders/"


def test_an_operator_keeps_orders_with_their_files_over_the_api(scene):
    client = scene.client

    def send(method, url, **more):
        return getattr(client, method)(url, ORDER | more, content_type="application/json")

    for bad in ({"incident": "none"}, {"meeting": 0}, {"from_date": "เมื่อวาน"}, {"file": "a.pdf"}):
        assert send("post", ORDERS, **bad).status_code == 400, bad
    before = send("post", ORDERS, until_date=(YESTERDAY - timedelta(days=1)).isoformat())
    assert (before.status_code, before.json()["code"]) == (409, "dates")
    assert not Order.objects.exists()

    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF")
    made = client.post(ORDERS, ORDER | {"file": pdf})
    assert made.status_code == 201, made.content.decode()
    assert send("post", ORDERS).json()["code"] == "number_taken"
    one, seen = f"{ORDERS}{made.json()['id']}/", made.json()["version"]
    late = send("put", one, version=seen + 1)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    changed = send("put", one, opens_th="ตลาดนัด", version=seen)
    assert (changed.status_code, changed.json()["opens_th"]) == (200, "ตลาดนัด")
    # Without a new file the old one stays.
    assert changed.json()["file"] == made.json()["file"]
    picture = SimpleUploadedFile("a.pdf", b"no file that is taken")
    again = ORDER | {"version": str(changed.json()["version"]), "file": picture}
    refused = client.put(one, encode_multipart(BOUNDARY, again), content_type=MULTIPART_CONTENT)
    assert refused.status_code == 409
    assert Order.objects.get().version == changed.json()["version"]
    events = Logged.objects.filter(verb="covid.order.put", actor_id=scene.operator.pk)
    assert events.count() == 2

    # Everybody reads it; who does not operate is refused, whoever else he or she is.
    for role in (Role.GOVERNOR, Role.REPORTER):
        client.force_login(person(role))
        assert client.get(one).status_code == 200
        assert send("put", one, version=2).json()["code"] == "not_allowed"
        assert send("post", ORDERS, number="6/2570").json()["code"] == "not_allowed"
    client.logout()
    assert send("post", ORDERS).status_code == 401
    assert send("put", one, version=2).status_code == 401
    assert client.delete(one).status_code in (401, 405)


def test_an_incident_is_opened_and_closed_over_the_api_and_nothing_is_kept_in_it_after(scene):
    client = scene.client

    def send(url, **given):
        return client.post(f"/api/v1/{url}/", given, content_type="application/json")

    flood = {"code": "flood", "name_th": "น้ำท่วม", "start_date": TODAY.isoformat()}
    for bad in ({"code": "น้ำ"}, {"name_th": ""}, {"start_date": ""}):
        assert send("incidents", **(flood | bad)).status_code == 400, bad
    opened = send("incidents", **flood)
    assert opened.status_code == 201, opened.content.decode()
    assert (opened.json()["is_open"], opened.json()["end_date"]) == (True, None)
    assert send("incidents", **flood).json()["code"] == "code_taken"
    assert send("incidents/none/close", end_date=TODAY.isoformat()).status_code == 404
    assert send("incidents/flood/close").status_code == 400
    early = send("incidents/flood/close", end_date=YESTERDAY.isoformat())
    assert (early.status_code, early.json()["code"]) == (409, "dates")

    client.force_login(person(Role.REPORTER))
    assert send("incidents", **(flood | {"code": "fire"})).json()["code"] == "not_allowed"
    refused = send("incidents/flood/close", end_date=TODAY.isoformat())
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed")
    client.logout()
    assert send("incidents", **flood).status_code == 401
    assert send("incidents/flood/close", end_date=TODAY.isoformat()).status_code == 401

    client.force_login(person(Role.GOVERNOR))
    closed = send("incidents/flood/close", end_date=TODAY.isoformat())
    assert (closed.status_code, closed.json()["is_open"]) == (200, False)
    assert send("incidents/flood/close", end_date=TODAY.isoformat()).json()["code"] == "closed"
    kept = scene.client.post(ORDERS, ORDER | {"incident": "flood"})
    assert (kept.status_code, kept.json()["code"]) == (409, "not_allowed")
    log = Logged.objects.filter(verb__startswith="covid.incident.", after__has_key="end").get()
    assert (log.verb, log.after["end"]) == ("covid.incident.closed", TODAY.isoformat())


@pytest.mark.parametrize(("name", "row", "change", "wrong"), KEPT, ids=[each[0] for each in KEPT])
def test_an_operator_keeps_a_register_over_the_api(scene, name, row, change, wrong):
    client, address = scene.client, f"/api/v1/covid-{name}/"
    typed = ROW | row

    def send(method, url, **more):
        return getattr(client, method)(url, typed | more, content_type="application/json")

    there, log = rows(client, f"covid-{name}"), Logged.objects.filter(verb__endswith=".put").count()
    for bad in ({"incident": "none"}, {"area": "74"}, {"beds": -1, "note": None}):
        assert send("post", address, **bad).status_code == 400, bad
    assert send("post", address, **wrong).status_code == 409
    assert rows(client, f"covid-{name}") == there
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
    assert events.count() == log + 2

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


def test_a_factorys_visits_are_kept_over_the_api(scene):
    factory = put_factory(
        incident=scene.incident,
        row=FactoryInput("B1", "โรงงาน", scene.districts[0], 10, 20, "preparing"),
        instead_of=None, by=scene.operator, at=NOON,
    )  # fmt: skip
    address = f"/api/v1/covid-factories/{factory.pk}/inspections/"

    def send(method, url, **given):
        visit = {"day": TODAY.isoformat(), "inspector_th": "สสจ.", "outcome": "passed", **given}
        send = getattr(scene.client, method)
        return send(url, visit, content_type="application/json")

    made = send("post", address, tested=9, found=1)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert send("post", address).status_code == 409
    faulty = send("put", f"{address}{made.json()['id']}/", outcome="failed", version=1)
    assert "ต้องแก้ไขอะไร" in faulty.content.decode()
    words = {"outcome": "failed", "note": "ไม่มีจุดล้างมือ", "version": 1}
    assert send("put", f"{address}{made.json()['id']}/", **words).json()["version"] == 2
    assert send("put", f"{address}{made.json()['id']}/", **words).status_code == 409
    other = put_factory(
        incident=scene.incident,
        row=FactoryInput("B2", "อีกโรงงาน", scene.districts[0], 1, 2, "preparing"),
        instead_of=None, by=scene.operator, at=NOON,
    )  # fmt: skip
    astray = f"/api/v1/covid-factories/{other.pk}/inspections/{made.json()['id']}/"
    assert send("put", astray, version=2).status_code == 404
    listed = scene.client.get(f"/api/v1/covid-factories/{factory.pk}/").json()["inspections"]
    assert [(each["outcome"], each["found"]) for each in listed] == [("failed", None)]
