"""A small agency: a head, two officers below, HR, and the rule of the year."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine

from accounts.models import Role
from learning.models import Course, Rule
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    UserFactory,
    person,
)

YEAR = 2570
COMPLETED = date(2026, 11, 12)


@pytest.fixture
def place(db):
    agency = AgencyFactory(code="LRN")
    above = PostFactory(agency=agency, code="L-HEAD")
    posts = [PostFactory(agency=agency, code=f"L-{n}", supervising_post=above) for n in (1, 2)]
    head = person(Role.APPROVER, agency)
    HoldingFactory(post=above, user=head)
    officers = [UserFactory(), UserFactory()]
    for post, officer in zip(posts, officers, strict=True):
        HoldingFactory(post=post, user=officer)
    elsewhere = AgencyFactory(code="OTH")
    stranger = UserFactory()
    HoldingFactory(post=PostFactory(agency=elsewhere, code="O-1"), user=stranger)
    Rule.objects.update_or_create(year=YEAR, defaults={"courses_least": 2, "digital_least": 1})
    with time_machine.travel(NOON, tick=False):
        yield SimpleNamespace(
            agency=agency,
            head=head,
            officer=officers[0],
            colleague=officers[1],
            stranger=stranger,
            hr=person(Role.HR, agency),
            hr_elsewhere=person(Role.HR, elsewhere),
            strategist=person(Role.STRATEGIST),
            digital=Course.objects.create(code="D1", name_th="ดิจิทัล", is_digital=True),
            plain=Course.objects.create(code="P1", name_th="ธรรมาภิบาล"),
            rule=Rule.objects.get(year=YEAR),
        )
