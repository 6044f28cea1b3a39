"""A lost, late, doubled or failing message does the work once, or says why not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobruns import runner
from jobruns.models import Heartbeat, JobRun
from jobruns.readiness import findings

pytestmark = pytest.mark.django_db

done: list[str] = []


@runner.job("tests.note")
def note(run: JobRun, /, *, word: str) -> None:
    done.append(word)
    runner.report_progress(run, done=1, total=2, label=word)


@runner.job("tests.fail")
def fail(run: JobRun, /) -> None:
    raise ValueError("no luck")


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


def test_asking_twice_before_it_ran_is_asking_once():
    first = runner.schedule(note, key="k", payload={"word": "a"})
    second = runner.schedule(note, key="k", payload={"word": "a"})
    assert first.pk == second.pk
    assert runner.perform(first.pk, at=timezone.now())
    assert done == ["a"]
    first.refresh_from_db()
    assert (first.state, first.progress, first.progress_total) == ("done", 1, 2)


def test_a_message_that_comes_twice_finds_the_row_taken():
    run = runner.schedule(note, key="k", payload={"word": "a"})
    runner.run_job(run.pk)
    runner.run_job(run.pk)
    assert done == ["a"]


def test_asking_after_it_started_makes_a_new_row():
    run = runner.schedule(note, key="k", payload={"word": "a"})
    JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.RUNNING)
    assert runner.schedule(note, key="k", payload={"word": "a"}).pk != run.pk


def test_asking_costs_one_statement_whether_a_row_waits_or_not(django_assert_num_queries):
    with django_assert_num_queries(1):
        first = runner.schedule(note, key="k", payload={"word": "a"})
    with django_assert_num_queries(1):
        second = runner.schedule(note, key="k", payload={"word": "b"})
    assert (second.pk, second.payload) == (first.pk, {"word": "a"})


def test_the_database_holds_one_waiting_row_per_key():
    runner.schedule(note, key="k", payload={"word": "a"})
    with pytest.raises(IntegrityError), transaction.atomic():
        JobRun.objects.create(task="tests.note", key="k", created_at=timezone.now())


def test_failing_work_waits_again_and_fails_for_good_after_the_last_try():
    run = runner.schedule(fail, key="k", payload={})
    for attempt in range(1, runner.MAX_ATTEMPTS + 1):
        runner.perform(run.pk, at=timezone.now())
        run.refresh_from_db()
        assert run.attempts == attempt
    assert run.state == JobRun.State.FAILED
    assert run.error == "ValueError: no luck"
    assert list(JobRun.objects.failed()) == [run]


def test_a_failed_row_gives_way_to_a_newer_one_of_the_same_key():
    run = runner.schedule(fail, key="k", payload={})
    JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.RUNNING, attempts=1)
    runner.schedule(fail, key="k", payload={})
    run.refresh_from_db()
    runner._give_back(run, ValueError("late"))
    run.refresh_from_db()
    assert run.state == JobRun.State.FAILED


def test_what_waits_too_long_or_was_left_running_is_sent_again():
    now = timezone.now()
    waiting = runner.schedule(note, key="waiting", payload={"word": "a"})
    left = runner.schedule(note, key="left", payload={"word": "b"})
    JobRun.objects.filter(pk=waiting.pk).update(created_at=now - timedelta(hours=1))
    JobRun.objects.filter(pk=left.pk).update(
        state=JobRun.State.RUNNING,
        attempts=1,
        created_at=now - timedelta(hours=2),
        started_at=now - timedelta(hours=1),
    )
    assert runner.requeue_stale(at=now) == 2
    left.refresh_from_db()
    assert left.state == JobRun.State.WAITING
    assert runner.requeue_stale(at=now) == 0


def test_a_silent_worker_shows_in_readiness():
    now = timezone.now()
    parts = findings(at=now)
    assert parts["database"]["ok"]
    assert parts["broker"]["ok"]
    assert not parts["beat"]["ok"]
    runner.beat_heart("beat", at=now)
    assert findings(at=now)["worker"]["ok"]
    runner.beat_heart("beat", at=now - timedelta(hours=1))
    assert not findings(at=now)["worker"]["ok"]
    assert str(Heartbeat.objects.get()) == "beat"
