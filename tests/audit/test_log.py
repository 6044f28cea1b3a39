"""The log cannot be changed, and a change made behind its back is found and named."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from audit import append_only, jobs, seals
from audit.log import Deed, record, record_many
from audit.models import Event, Seal
from tests.factories import NOON, AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_which_with_plain_values():
    agency, user = AgencyFactory(), UserFactory(username="kanda")

    record(
        "x.done",
        agency,
        by=user,
        at=NOON,
        role="approver",
        agency_code="A1",
        before={"value": Decimal("1.50"), "on": None},
        after={"value": Decimal("0"), "on": NOON.date(), "who": user},
        reason="because",
    )

    event = Event.objects.get()
    assert (event.actor_id, event.actor_name, event.role) == (user.pk, "kanda", "approver")
    assert event.before == {"value": "1.50", "on": None}
    assert event.after == {"value": "0", "on": "2027-01-13", "who": user.pk}
    assert (event.subject_type, event.subject_id) == ("accounts.agency", agency.pk)
    assert event.reason == "because"
    assert list(Event.objects.of("accounts.agency", agency.pk).since(NOON)) == [event]
    assert "x.done" in str(event)


def test_many_deeds_are_one_statement(django_assert_num_queries):
    deeds = [Deed("x.done", agency) for agency in AgencyFactory.create_batch(3)]
    with django_assert_num_queries(1):
        record_many(deeds, by=None, at=NOON)


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [Event, Seal])
def test_no_row_can_be_changed_or_removed(change, model):
    record("x.done", AgencyFactory(), by=None, at=NOON)
    seals.seal_events(at=NOON)
    rows = model.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.delete() if change == "delete" else rows.update(id=99)


@pytest.mark.postgres
def test_no_table_can_be_truncated():
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_event CASCADE")


def test_a_missing_trigger_is_named():
    assert append_only.missing(connection) == []
    append_only.lift(connection)
    assert any(name.startswith("audit_event_no_") for name in append_only.missing(connection))
    append_only.hold(connection)
    append_only.hold(connection)
    assert append_only.missing(connection) == []


def _three_sealed_events():
    for number in range(3):
        record(f"x.done{number}", AgencyFactory(), by=None, at=NOON)
    jobs.seal_events()
    append_only.lift(connection)
    return list(Event.objects.in_time_order())


def test_untouched_seals_hold_and_nothing_new_makes_no_seal():
    _three_sealed_events()
    assert seals.broken_seals() == []
    assert seals.seal_events(at=NOON) is None


def test_a_changed_event_is_found():
    first, _second, _third = _three_sealed_events()
    Event.objects.filter(pk=first.pk).update(reason="forged")
    assert "changed" in seals.broken_seals()[0]


def test_a_removed_event_is_found():
    _first, second, _third = _three_sealed_events()
    second.delete()
    assert "3 events were sealed, 2 are there" in seals.broken_seals()[0]


def test_reordered_events_are_found():
    first, second, _third = _three_sealed_events()
    Event.objects.filter(pk=first.pk).update(verb="x.done1")
    Event.objects.filter(pk=second.pk).update(verb="x.done0")
    assert "changed or reordered" in seals.broken_seals()[0]


def test_a_broken_chain_is_found():
    _three_sealed_events()
    record("x.more", AgencyFactory(), by=None, at=NOON)
    seals.seal_events(at=NOON)
    Seal.objects.order_by("last_id").first().delete()
    assert "chain is broken" in seals.broken_seals()[0]
