"""Entries begun together: who was faster is told apart from what the database forbids."""

import pytest
from django.db import IntegrityError

from kpi.models import Result
from submissions.actions import begin_entries
from submissions.models import Quarter
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db


def begin(*new):
    return begin_entries(new, subject="kpi_id", period="quarter_id")


def test_what_the_database_forbids_is_not_taken_for_a_race():
    kpi, quarter = kpi_of(), Quarter.objects.get(fiscal_year=2570, number=1)
    # Not applicable without its reason: no entry of somebody else stands in the way.
    unfounded = Result(kpi=kpi, quarter=quarter, is_not_applicable=True)
    with pytest.raises(IntegrityError, match="not_applicable_has_reason"):
        begin(unfounded)
    assert not Result.objects.exists()


def test_the_slower_is_shown_what_the_faster_began_and_writes_nothing():
    kpi = kpi_of()
    first, second = Quarter.objects.filter(fiscal_year=2570, number__lte=2).order_by("number")
    theirs = Result.objects.create(kpi=kpi, quarter=first, value=3)
    found = begin(Result(kpi=kpi, quarter=second, value=9), Result(kpi=kpi, quarter=first, value=9))
    assert found == {(kpi.pk, first.pk): theirs}
    assert [(row.pk, row.value) for row in Result.objects.all()] == [(theirs.pk, 3)]


def test_nothing_to_begin_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert begin() == {}
