"""Entries that are not kept or sent, and lists that are empty or name an entry twice."""

from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused
from jobruns.models import JobRun
from kpi import actions
from kpi.models import Result
from tests.factories import NOON, person
from tests.kpi import test_actions as entries
from tests.kpi.factories import COUNT, kpi_of
from tests.kpi.test_actions import one_refusal, typed

pytestmark = pytest.mark.django_db
place = entries.place


@pytest.mark.parametrize(("over_time", "over_units"), [("stock", "sum"), ("peak", "max")])
def test_only_a_flow_is_typed_as_year_to_date(place, over_time, over_units):
    rules = COUNT | {"over_time": over_time, "over_units": over_units}
    kpi = kpi_of(place.agency, code="3.1", rules=rules)
    with pytest.raises(EntriesRefused, match="ยังไม่มีค่า") as caught:
        place.record(kpi, year_to_date=Decimal(12))
    assert one_refusal(caught).field == "value"
    assert not Result.objects.exists()


def test_an_entry_named_twice_is_not_kept(place):
    twice = [typed(place.kpi, value=Decimal(1)), typed(place.kpi, value=Decimal(2))]
    with pytest.raises(EntriesRefused, match="มากกว่าหนึ่งครั้ง") as caught:
        actions.record_results(entries=twice, by=place.reporter, at=NOON)
    assert {at: refusal.code for at, refusal in caught.value.by_entry.items()} == {1: "twice"}
    assert not Result.objects.exists()


def test_another_agencys_reporter_sends_nothing(place):
    draft = place.record()
    with pytest.raises(EntriesRefused) as caught:
        place.submit(draft, by=person(Role.REPORTER))
    assert one_refusal(caught).code == "not_yours"
    assert Result.objects.get().status == "draft"
    assert not Event.objects.filter(verb="kpi.result.submitted").exists()


def test_an_empty_list_moves_nothing(place):
    events, jobs = Event.objects.count(), JobRun.objects.count()
    assert actions.submit_results(entries=[], by=place.reporter, at=NOON) == []
    assert actions.approve_results(entries=[], by=place.head, at=NOON) == []
    assert actions.return_results(entries=[], reason="ไม่ครบ", by=place.head, at=NOON) == []
    assert (Event.objects.count(), JobRun.objects.count()) == (events, jobs)
