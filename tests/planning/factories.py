"""Places, seats and needs of planning."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Agency, Area, Role, User
from planning.models import Criterion, Need, NeedCategory
from tests.factories import NOON, AgencyFactory, MembershipFactory, person


@dataclass
class Valley:
    """A province with one chain of places, and a planner at every level of it."""

    areas: dict[str, Area]
    people: dict[str, User]
    category: NeedCategory
    strategist: User

    def need(self, **given: Any) -> Need:
        """Write a need at a level (local unless given) straight into the table."""
        level = given.pop("level", "local")
        values: dict[str, Any] = {
            "code": f"T{Need.objects.count():04}",
            "title_th": f"เรื่องที่ {Need.objects.count()}",
            "category": self.category,
            "area": self.areas["village"],
            "level": level,
            "received_at": NOON - timedelta(days=3),
            "arrived_at": NOON - timedelta(days=3),
            **given,
        }
        Need.objects.create(**values)
        return Need.objects.with_place().get(code=values["code"])


def valley() -> Valley:
    """Make the chain of places with a planner at each level and the strategy office."""
    areas: dict[str, Area] = {}
    parent = None
    for kind, code in (
        ("province", "74"),
        ("district", "7401"),
        ("tambon", "740114"),
        ("village", "74011405"),
    ):
        parent = Area.objects.create(code=code, kind=kind, name_th=f"{kind} {code}", parent=parent)
        areas[kind] = parent
    offices = {
        "village": (Agency.Kind.UNIT, "village"),
        "tambon": (Agency.Kind.UNIT, "tambon"),
        "local": (Agency.Kind.LOCAL, "tambon"),
        "district": (Agency.Kind.DISTRICT, "district"),
    }
    people = {}
    for level, (kind, place) in offices.items():
        agency = AgencyFactory(code=f"V-{level}", kind=kind)
        agency.areas.add(areas[place])
        people[level] = person(Role.PLANNER, agency)
    category = NeedCategory.objects.create(code="WATER", name_th="น้ำ", order=1)
    for order, weight in enumerate((2, 1), start=1):
        Criterion.objects.create(
            level="local", order=order, name_th=f"เกณฑ์ {order}", weight=Decimal(weight)
        )
    strategist = person(Role.STRATEGIST)
    return Valley(areas, {**people, "province": strategist}, category, strategist)


def planner_elsewhere() -> User:
    """Make a planner of a local administration in another tambon."""
    agency = AgencyFactory(kind=Agency.Kind.LOCAL)
    agency.areas.add(Area.objects.create(code="740999", kind="tambon", name_th="ที่อื่น"))
    user = person(Role.PLANNER)
    MembershipFactory(user=user, agency=agency, role=Role.PLANNER)
    return user
