"""Incidents opened by the wrong hands, places of another incident, and days taken back."""

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from covid.actions import OccupancyEntry, SituationEntry, open_incident
from covid.models import DailySituation, Incident, Occupancy
from tests.covid.conftest import facility
from tests.factories import NOON, TODAY, person


@pytest.mark.parametrize("role", ["reporter", "approver", "planner", "hr", "viewer"])
def test_others_open_no_incident(db, role):
    with pytest.raises(Refused, match="เปิดหรือปิดเหตุการณ์ได้") as refused:
        open_incident(
            code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, by=person(role), at=NOON
        )
    assert refused.value.code == "not_allowed"
    assert not Incident.objects.filter(code="flood").exists()
    assert not Event.objects.exists()


def test_a_place_of_another_incident_is_not_kept(scene):
    flood = open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, by=scene.operator, at=NOON
    )
    theirs = facility(flood, scene.operator, code="S1", area=scene.districts[0])
    with pytest.raises(EntriesRefused, match="ไม่มีสถานที่นี้ในเหตุการณ์") as refused:
        scene.keep(
            OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0),
            OccupancyEntry(theirs, patients=1, admitted=1, discharged=0),
        )
    assert {position: why.code for position, why in refused.value.by_entry.items()} == {
        1: "not_there"
    }
    assert not Occupancy.objects.exists()


def empty(scene, version):
    return {
        "occupancies": [OccupancyEntry(scene.field, None, None, None, version=version)],
        "situations": [SituationEntry(scene.districts[0], None, None, version=version)],
    }


def keep(scene, occupancies, situations):
    return scene.keep(*occupancies, situations=situations)


@pytest.fixture
def written(scene):
    scene.keep(
        OccupancyEntry(scene.field, patients=4, admitted=4, discharged=0),
        situations=[SituationEntry(scene.districts[0], cases=3, deaths=0)],
    )
    return scene


def last_day():
    return Event.objects.filter(verb="covid.day.recorded").order_by("pk").last()


def test_a_day_is_taken_back_as_it_was_seen(written):
    kept = keep(written, **empty(written, 1))
    assert (kept.occupancies, kept.situations) == ([], [])
    assert not Occupancy.objects.exists()
    assert not DailySituation.objects.exists()
    assert last_day().after["taken_back"] == 2


def test_what_was_never_written_is_taken_back_already(scene):
    keep(scene, **empty(scene, 0))
    assert not Occupancy.objects.exists()
    assert not DailySituation.objects.exists()
    assert last_day().after["taken_back"] == 2


@pytest.mark.parametrize("version", [0, 2])
def test_a_day_that_another_wrote_meanwhile_is_not_taken_back(written, version):
    with pytest.raises(EntriesRefused) as refused:
        keep(written, **empty(written, version))
    assert {why.code for why in refused.value.by_entry.values()} == {"changed_meanwhile"}
    assert set(refused.value.by_entry) == {0, 1}
    assert Occupancy.objects.get().patients == 4
    assert DailySituation.objects.get().cases == 3


def test_one_that_moved_on_keeps_the_others_from_being_taken_back(written):
    DailySituation.objects.update(version=2, cases=9)
    with pytest.raises(EntriesRefused) as refused:
        keep(written, **empty(written, 1))
    assert set(refused.value.by_entry) == {1}
    assert Occupancy.objects.get().patients == 4
    assert DailySituation.objects.get().cases == 9


def test_the_governors_office_opens_one(db):
    incident = open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY,
        by=person(Role.GOVERNOR), at=NOON,
    )  # fmt: skip
    assert Incident.objects.get(code="flood", is_open=True) == incident
