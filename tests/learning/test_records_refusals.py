"""Records mended into another year, looks that are logged, and officers with two posts."""

from datetime import date

import pytest

from audit.models import Event
from common.refusal import EntriesRefused, Refused
from learning.actions import (
    RecordEntry,
    add_records,
    confirm_records,
    correct_record,
    look_at_officer,
    return_records,
)
from learning.models import Record, Rule
from learning.rollups import standings_of
from learning.rules import line_below
from submissions.rules import standing_of
from tests.factories import NOON, TODAY, HoldingFactory, PostFactory
from tests.learning.conftest import COMPLETED, YEAR

A_YEAR_BEFORE = date(2026, 3, 12)


def add(place, **given):
    values = {"officer": place.officer, "course": place.digital, "completed_date": COMPLETED}
    [record] = add_records(entries=[RecordEntry(**{**values, **given})], by=place.officer, at=NOON)
    return record


def mend(place, record, day):
    return correct_record(
        record=record,
        version=record.version,
        completed_date=day,
        certificate=None,
        note="แก้ปี",
        by=place.officer,
        at=NOON,
    )


@pytest.fixture
def returned(place):
    record = add(place)
    return_records(entries=[record], reason="วันไม่ตรง", by=place.head, at=NOON)
    return Record.objects.get(pk=record.pk)


def test_a_record_is_not_mended_into_a_year_that_has_its_course(place, returned):
    Rule.objects.update_or_create(year=YEAR - 1, defaults={"courses_least": 2, "digital_least": 1})
    earlier = add(place, completed_date=A_YEAR_BEFORE)
    assert earlier.year == YEAR - 1
    with pytest.raises(Refused, match="D1 ในปี 2569 แล้ว") as refused:
        mend(place, returned, A_YEAR_BEFORE)
    assert refused.value.code == "same_course"
    stored = Record.objects.get(pk=returned.pk)
    assert (stored.status, stored.year, stored.completed_date) == ("returned", YEAR, COMPLETED)
    # Where that year has none, the record moves there.
    Record.objects.filter(pk=earlier.pk).delete()
    assert mend(place, returned, A_YEAR_BEFORE).year == YEAR - 1


@pytest.mark.parametrize(
    ("day", "says"), [(date(2014, 1, 1), "ยังไม่มีเกณฑ์"), (date(2027, 1, 14), "ยังมาไม่ถึง")]
)
def test_a_record_is_not_mended_into_a_day_that_cannot_be(place, returned, day, says):
    with pytest.raises(Refused, match=says):
        mend(place, returned, day)
    stored = Record.objects.get(pk=returned.pk)
    assert (stored.status, stored.completed_date) == ("returned", COMPLETED)


def test_nothing_to_decide_is_nothing_done(place):
    add(place)
    assert confirm_records(entries=[], by=place.head, at=NOON) == []
    assert return_records(entries=[], reason="x", by=place.head, at=NOON) == []
    assert Record.objects.get().status == "submitted"
    assert Event.objects.exclude(verb="learning.record.sent").count() == 0


def test_one_that_may_not_be_confirmed_keeps_the_others_back(place):
    mine = add(place)
    [theirs] = add_records(
        entries=[RecordEntry(place.stranger, place.plain, COMPLETED)], by=place.stranger, at=NOON
    )
    with pytest.raises(EntriesRefused) as refused:
        confirm_records(entries=[mine, theirs], by=place.head, at=NOON)
    assert set(refused.value.by_entry) == {1}
    assert set(Record.objects.values_list("status", flat=True)) == {"submitted"}


@pytest.mark.parametrize(("who", "logged"), [("officer", 0), ("head", 1), ("hr", 1)])
def test_a_look_at_ones_own_records_is_not_logged(place, who, logged):
    record = add(place)
    by = getattr(place, who)
    standing = standing_of(by, TODAY)
    seen = look_at_officer(
        officer=place.officer,
        standing=standing,
        line=line_below(standing, TODAY),
        by=by,
        at=NOON,
    )
    assert seen == [record]
    assert Event.objects.filter(verb="learning.records.viewed").count() == logged


def test_an_officer_with_two_posts_is_counted_once_at_the_first(place):
    later = PostFactory(agency=place.agency, code="L-9")
    HoldingFactory(post=later, user=place.officer)
    found = [each for each in standings_of(place.rule, TODAY) if each.user_id == place.officer.pk]
    [standing] = found
    assert standing.post_id != later.pk
    assert len(standings_of(place.rule, TODAY)) == 4
