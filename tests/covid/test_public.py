"""What the public reads of any incident: the newest day, sums by district, the archive of orders."""

from datetime import timedelta

from django.test import Client

from accounts.models import Role
from covid.actions import (
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    VaccinationInput,
    open_incident,
    put_order,
    put_vaccination,
)
from tests.factories import NOON, TODAY, person


def test_the_public_reads_an_incidents_newest_day_and_its_orders(scene):
    text = Client().get("/covid/flu/").content.decode()
    assert "ยังไม่มีตัวเลขที่เผยแพร่" in text
    assert "ยังไม่มีคำสั่ง" in text
    for offset in (2, 1):
        scene.keep(
            OccupancyEntry(scene.field, patients=20, admitted=1, discharged=0),
            day=TODAY - timedelta(days=offset),
            situations=[SituationEntry(scene.districts[0], cases=111, deaths=1)],
        )
    put_vaccination(
        incident=scene.incident, instead_of=None, by=scene.operator, at=NOON,
        row=VaccinationInput(1, "elderly", scene.districts[0], TODAY - timedelta(days=1), 30, 90),
    )  # fmt: skip
    put_order(
        incident=scene.incident, instead_of=None, by=scene.operator, at=NOON,
        order=OrderInput(
            number="1/2570", name_th="ปิดตลาด", issued_date=TODAY, from_date=TODAY,
            closes_th="ตลาดนัด", opens_th="ร้านยา",
        ),
    )  # fmt: skip
    flood = open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, at=NOON,
        by=person(Role.OPERATOR),
    )  # fmt: skip
    type(scene.field).objects.filter(pk=scene.field.pk).update(name_th="ศูนย์พักคอยวัดใหญ่")
    text = Client().get("/covid/flu/").content.decode()
    for words in ("222", "30", "33.33", "ปิดตลาด", "ตลาดนัด", "ร้านยา", "/covid/flood/"):
        assert words in text
    # No place is named to the public, and no other incident's order is listed.
    assert "ศูนย์พักคอยวัดใหญ่" not in text
    assert "ปิดตลาด" not in Client().get(f"/covid/{flood.code}/").content.decode()
    assert Client().get("/en/covid/flu/").status_code == 200
    assert Client().get("/covid/none/").status_code == 404


def test_the_map_of_the_site_names_the_public_places(db):
    text = Client().get("/site-map/").content.decode()
    for address in (
        "/needs/",
        "/needs/new/",
        "/covid/",
        "/strategy/editions/",
        "/strategy/forums/",
    ):
        assert f'href="{address}"' in text
