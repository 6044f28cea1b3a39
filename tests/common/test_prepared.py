from datetime import date, timedelta

import pytest
from django.db.models import Value

from accounts.models import Membership, Role
from accounts.rules import rows_of_standing
from common.prepared import PreparedRows
from tests.factories import AgencyFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 13)


def test_each_call_answers_for_its_own_key_and_day():
    agency = AgencyFactory()
    first, second = UserFactory(), UserFactory()
    MembershipFactory(user=first, agency=agency, role=Role.REPORTER, until_date=DAY)
    MembershipFactory(user=second, agency=agency, role=Role.APPROVER)
    prepared = PreparedRows(rows_of_standing, int, date)
    asked = [(user.pk, day) for user in (first, second, first) for day in (DAY, DAY + timedelta(1))]
    answers = [prepared.rows(*each) for each in asked]
    assert answers == [list(rows_of_standing(*each)) for each in asked]
    assert answers[0] == [("role", Role.REPORTER, agency.pk)]
    assert answers[1] == []


def test_the_sql_is_put_together_once(django_assert_num_queries):
    built = []

    def build(user_id, day):
        built.append((user_id, day))
        return Membership.objects.current(day).filter(user_id=user_id).values_list("role")

    prepared = PreparedRows(build, int, date)
    with django_assert_num_queries(3):
        for user_id in (1, 2, 3):
            assert prepared.rows(user_id, DAY) == []
    assert len(built) == 1


def test_two_keys_and_two_days_keep_their_places():
    def build(low, day, high, later):
        return Membership.objects.filter(
            user_id__gte=low, from_date__lte=day, user_id__lte=high
        ).values_list("role", Value(7))

    with pytest.raises(LookupError):
        PreparedRows(build, int, date, int, date).rows(1, DAY, 9, DAY)

    member = MembershipFactory(role=Role.REPORTER, from_date=DAY)

    def whole(low, day, high, later):
        return build(low, day, high, later).filter(from_date__lt=later)

    prepared = PreparedRows(whole, int, date, int, date)
    key, tomorrow = member.user_id, DAY + timedelta(1)
    assert prepared.rows(key, DAY, key, tomorrow) == [(Role.REPORTER, 7)]
    assert prepared.rows(key, DAY, key, DAY) == []
    assert prepared.rows(key + 1, DAY, key + 1, tomorrow) == []
    assert prepared.rows(key, DAY - timedelta(1), key, tomorrow) == []
