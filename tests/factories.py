"""Rows for tests, named as the field names them; app-specific ones live beside the app's tests."""

from datetime import date, datetime

import factory
from django.db.models import Model
from factory.django import DjangoModelFactory

from accounts.models import Agency, Area, Holding, Membership, Post, Role, User
from common.clock import ZONE
from submissions.actions import prepare_fiscal_year
from submissions.models import Month, PeriodState, Quarter

# A working day within the first quarter of FY 2570, after its last day.
NOON = datetime(2027, 1, 13, 12, 0, tzinfo=ZONE)
TODAY = NOON.date()
PASSWORD = "a-long-test-password"


class AreaFactory(DjangoModelFactory[Area]):
    class Meta:
        model = Area

    code = factory.Sequence(lambda n: f"{n:04}")
    name_th = factory.Sequence(lambda n: f"อำเภอที่ {n}")
    name_en = factory.Sequence(lambda n: f"District {n}")
    kind = Area.Kind.DISTRICT


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"A{n:03}")
    name_th = factory.Sequence(lambda n: f"สำนักงานที่ {n}")
    name_en = factory.Sequence(lambda n: f"Office {n}")
    kind = Agency.Kind.REGIONAL


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    full_name_th = factory.Sequence(lambda n: f"นางสาวที่ {n} ทะเลงาม")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.test")
    # Sample accounts may skip the second factor; tests about it make real ones.
    is_sample = True


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = Role.REPORTER
    from_date = date(2025, 10, 1)


class PostFactory(DjangoModelFactory[Post]):
    class Meta:
        model = Post

    code = factory.Sequence(lambda n: f"P{n:03}")
    agency = factory.SubFactory(AgencyFactory)
    title_th = factory.Sequence(lambda n: f"นักวิเคราะห์นโยบายและแผน {n}")


class HoldingFactory(DjangoModelFactory[Holding]):
    class Meta:
        model = Holding

    post = factory.SubFactory(PostFactory)
    user = factory.SubFactory(UserFactory)
    from_date = date(2025, 10, 1)


def person(role: str, agency: Agency | None = None, **attributes: object) -> User:
    """Make a user with one role in an agency (a new one unless given)."""
    user: User = UserFactory(**attributes)
    MembershipFactory(user=user, agency=agency or AgencyFactory(), role=role)
    return user


def quarter_of(year: int, number: int, state: str = PeriodState.OPEN) -> Quarter:
    """Make a fiscal year's periods and give one quarter, in a state, its months with it."""
    prepare_fiscal_year(year=year)
    quarter = Quarter.objects.get(fiscal_year_id=year, number=number)
    set_state(quarter, state)
    for month in Month.objects.filter(
        fiscal_year_id=year, number__range=(number * 3 - 2, number * 3)
    ):
        set_state(month, state)
    return quarter


def set_state(period: Model, state: str) -> None:
    """Put a period into a state, whatever the way there."""
    type(period)._default_manager.filter(pk=period.pk).update(state=state)
    period.refresh_from_db()
