"""Two people sign at the same moment, on connections of their own."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from accounts.models import Role
from jobruns import runner
from jobruns.models import JobRun
from kpi import actions, rollups
from kpi.models import Figure, Link, Result
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.house.waiting import wait_until
from tests.kpi.factories import kpi_of

YEAR = 2570


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_under_one_parent_leave_the_parent_right():
    agency = AgencyFactory()
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    parent = kpi_of(agency, code="1")
    children = [kpi_of(agency, code=f"1.{number}") for number in (1, 2)]
    quarter = Quarter.objects.get(fiscal_year_id=YEAR, number=1)
    Link.objects.bulk_create(
        Link(parent=parent, child=child, kind=Link.Kind.SHARE) for child in children
    )
    typed = actions.record_results(
        entries=[
            actions.ResultEntry(child.pk, quarter.pk, value=Decimal(10)) for child in children
        ],
        by=reporter,
        at=NOON,
    )
    first, second = actions.submit_results(entries=typed, by=reporter, at=NOON)
    rollups.recompute(YEAR, at=NOON)
    signed, may_commit = threading.Event(), threading.Event()
    problems: list[BaseException] = []

    def on_a_connection_of_its_own(work):
        def run():
            try:
                work()
            except BaseException as error:  # a thread's failure is the test's
                problems.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def sign_slowly():
        with transaction.atomic():
            actions.approve_results(entries=[first], by=head, at=NOON)
            signed.set()
            assert may_commit.wait(20)

    def sign():
        actions.approve_results(entries=[second], by=head, at=NOON)

    slow = on_a_connection_of_its_own(sign_slowly)
    assert signed.wait(20)
    quick = on_a_connection_of_its_own(sign)
    # The second waits for the parent's row, which the first holds.
    wait_until(_somebody_waits_for_a_lock, "the second to wait for the first")
    may_commit.set()
    slow.join(20)
    quick.join(20)
    assert problems == []
    assert Figure.objects.stale().filter(kpi=parent).exists()

    together = threading.Barrier(2)

    def refresh():
        together.wait(20)
        rollups.refresh(YEAR, at=NOON)

    for thread in [on_a_connection_of_its_own(refresh) for _turn in range(2)]:
        thread.join(20)
    assert problems == []
    assert not Figure.objects.stale().exists()
    assert Figure.objects.get(kpi=parent, quarter=quarter).value == Decimal(20)
    # What was asked for does no harm when it comes late.
    for run in JobRun.objects.waiting():
        runner.perform(run.pk, at=NOON)
    assert Figure.objects.get(kpi=parent, quarter=quarter).value == Decimal(20)
    assert rollups.find_drift(YEAR, at=NOON) == ()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_begin_one_entry_at_once_and_the_slower_is_shown_the_other():
    agency = AgencyFactory()
    people = [person(Role.REPORTER, agency), person(Role.REPORTER, agency)]
    kpi = kpi_of(agency)
    quarter = Quarter.objects.get(fiscal_year_id=YEAR, number=1)
    written, may_commit = threading.Event(), threading.Event()
    answers: dict[str, BaseException | None] = {}

    def record(name, by, value, *, slowly):
        entry = actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(value))
        try:
            with transaction.atomic():
                actions.record_results(entries=[entry], by=by, at=NOON)
                if slowly:
                    written.set()
                    assert may_commit.wait(20)
            answers[name] = None
        except BaseException as error:  # a thread's failure is the test's
            answers[name] = error
        finally:
            connections.close_all()

    slow = threading.Thread(target=record, args=("first", people[0], 1), kwargs={"slowly": True})
    slow.start()
    assert written.wait(20)
    quick = threading.Thread(target=record, args=("second", people[1], 2), kwargs={"slowly": False})
    quick.start()
    wait_until(_somebody_waits_for_a_lock, "the second to wait for the first")
    may_commit.set()
    slow.join(20)
    quick.join(20)
    assert answers["first"] is None
    [clash] = answers["second"].by_entry.values()
    assert (clash.theirs.value, clash.theirs.entered_by) == (Decimal(1), people[0])
    assert Result.objects.get().value == Decimal(1)


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0
