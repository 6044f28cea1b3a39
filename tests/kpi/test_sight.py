"""The line of sight: up and down, picture and outline, and posts that are only counted."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from kpi import rollups
from kpi.models import Figure
from strategy.models import Mission
from submissions.models import Quarter
from tests.factories import NOON, person, set_state
from tests.kpi.test_cascade import tree
from tests.reports.factories import IssueFactory

SIGHT = reverse("kpi:sight")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def place(db):
    place = tree()
    issue = IssueFactory(code="3", name_th="เมืองอาหารทะเล")
    place.edition = issue.edition
    place.edition.vision_th = "เมืองแห่งความสุข"
    place.edition.save()
    mission = Mission.objects.create(edition=issue.edition, number=1, name_th="พันธกิจแรก")
    issue.missions.add(mission)
    for kpi in (place.top, place.first, *place.people):
        kpi.issue, kpi.edition = issue, issue.edition
        kpi.save()
    rollups.refresh(2570, at=NOON)
    return place


def read(client, **query):
    return client.get(SIGHT, {"quarter": "2570-1", **query})


def labels(node):
    yield node.label
    for child in node.children:
        yield from labels(child)


@pytest.mark.parametrize("view", ["picture", "outline"])
def test_the_line_reads_from_the_vision_down_to_the_post(client, place, view):
    client.force_login(place.boss)
    page = read(client, view=view)
    text = page.content.decode()
    for word in ("เมืองแห่งความสุข", "พันธกิจแรก", "เมืองอาหารทะเล", place.top.name, "1-P0", "ตำแหน่งว่าง"):
        assert word in text
    assert place.officer.full_name_th in text
    assert Event.objects.filter(verb="kpi.personal.viewed").count() == 2


@pytest.mark.parametrize("who", ["office", "head", "public"])
def test_others_read_from_how_many_posts(client, place, who):
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), "published")
    if who != "public":
        client.force_login(getattr(place, who))
    text = read(client).content.decode()
    assert "จาก 2 ตำแหน่ง" in text
    assert "1-P0" not in text
    assert place.posts[0].title_th not in text
    assert read(client, kpi="1-P0").status_code == 404


def test_what_an_officer_does_moves_the_province(client, place):
    client.force_login(place.officer)
    page = read(client)
    assert [kpi.code for kpi in page.context["mine"]] == ["1-P0"]
    page = read(client, kpi="1-P0")
    moves = page.context["moves"]
    # 40 of the agency's 120, which are three quarters of the province's 160.
    assert [move.share for move in moves[:2]] == [Decimal("33.33"), Decimal("25.00")]
    assert [move.label for move in moves[2:]] == ["เมืองอาหารทะเล", "เมืองแห่งความสุข"]
    shown = list(labels(page.context["root"]))
    assert any("1-AA" in label for label in shown)
    assert not any("1-BB" in label for label in shown)


def test_a_running_figure_of_another_agency_is_not_read(client, place):
    client.force_login(person(Role.REPORTER, place.other))
    assert read(client, kpi="1-AA").status_code == 404
    assert read(client, kpi="1-BB").status_code == 200
    assert read(client, kpi="none").status_code == 404


@pytest.mark.parametrize("name", ["kpi:kpi-detail", "kpi:explain"])
def test_what_makes_the_provinces_figure_is_read_agency_by_agency_when_published(
    client, place, name
):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    Figure.objects.filter(kpi=place.first, quarter=quarter).update(
        state="value", value=Decimal("1234"), ytd_state="value", ytd_value=Decimal("1234")
    )
    on_page = name == "kpi:kpi-detail"
    address = reverse(name, args=["1"] if on_page else ["1", 2570, 1])
    asked = {"quarter": "2570-1"} if on_page else {}

    def page_of(user):
        client.force_login(user)
        return client.get(address, asked).content.decode()

    other = person(Role.REPORTER, place.other)
    withheld, figure = "เห็นเมื่อเผยแพร่ไตรมาสแล้ว", "1,234"
    assert (withheld in page_of(other), figure in page_of(other)) == (True, False)
    for reader in (place.head, place.office):
        assert figure in page_of(reader)
    set_state(quarter, "published")
    assert (withheld in page_of(other), figure in page_of(other)) == (False, True)


def test_nothing_is_published_yet(client, db):
    assert client.get(SIGHT).status_code == 200
