"""Villages lie in tambons, under a number that is free; one bad one keeps all out."""

import pytest

from accounts.actions.places import VillageInput, add_villages
from accounts.models import Area
from audit.models import Event
from common.refusal import Refused
from tests.factories import NOON, AreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tambon():
    return AreaFactory(code="740101", kind=Area.Kind.TAMBON)


def add(*villages):
    return add_villages(villages=villages, by=None, at=NOON)


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        (Area.Kind.DISTRICT, 2, "not_tambon"),
        (Area.Kind.VILLAGE, 2, "not_tambon"),
        (Area.Kind.TAMBON, 51, "number"),
        (Area.Kind.TAMBON, -1, "number"),
        (Area.Kind.TAMBON, 1, "village_there"),
    ],
)
def test_a_village_that_cannot_be_keeps_all_out(kind, number, code, tambon):
    place = tambon if kind == Area.Kind.TAMBON else AreaFactory(kind=kind)
    with pytest.raises(Refused) as refused:
        add(VillageInput(tambon, 1, "บ้านหนึ่ง"), VillageInput(place, number, "บ้านสอง"))
    assert refused.value.code == code
    assert not Area.objects.filter(name_th__startswith="บ้าน").exists()
    assert not Event.objects.exists()


def test_communities_of_a_town_are_numbered_after_its_villages(tambon):
    rows = add(
        VillageInput(tambon, 7, "บ้านเจ็ด"),
        VillageInput(tambon, 0, "ชุมชนหนึ่ง"),
        VillageInput(tambon, 0, "ชุมชนสอง"),
    )
    assert [row.code for row in rows] == ["74010107", "74010151", "74010152"]
    assert add(VillageInput(tambon, 0, "ชุมชนสาม"))[0].code == "74010153"
    assert {row.parent_id for row in Area.objects.filter(kind="village")} == {tambon.pk}
