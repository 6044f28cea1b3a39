"""An open incident with two districts, two places and an operator."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from covid.actions import FacilityInput, open_incident, put_facility, record_day
from tests.factories import NOON, TODAY, AreaFactory, person


class Scene:
    def __init__(self, incident, operator, districts, field, centre):
        self.incident, self.operator, self.districts = incident, operator, districts
        self.field, self.centre = field, centre

    def keep(self, *occupancies, day=TODAY, situations=(), by=None):
        return record_day(
            incident=self.incident, day=day, occupancies=occupancies, situations=situations,
            by=by or self.operator, at=NOON,
        )  # fmt: skip

    @property
    def client(self):
        client = Client()
        client.force_login(self.operator, backend="django.contrib.auth.backends.ModelBackend")
        return client


def facility(incident, operator, **more):
    given = {"code": "F1", "name_th": "สถานที่", "kind": "field_hospital", "beds": 10, **more}
    return put_facility(
        incident=incident, facility=FacilityInput(**given), instead_of=None, by=operator, at=NOON
    )


@pytest.fixture
def scene(db):
    districts = [AreaFactory(code=f"740{n}") for n in (1, 2)]
    operator = person(Role.OPERATOR)
    with time_machine.travel(NOON, tick=False):
        incident = open_incident(
            code="flu", name_th="ไข้หวัดใหญ่", name_en="Flu", start_date=TODAY - timedelta(days=9),
            by=operator, at=NOON,
        )  # fmt: skip
        field = facility(incident, operator, code="F1", area=districts[0], beds=50)
        centre = facility(
            incident, operator, code="C1", area=districts[1], beds=20, kind="community"
        )
        yield Scene(incident, operator, districts, field, centre)
