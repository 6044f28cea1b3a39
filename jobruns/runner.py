"""Ask for deferred work, and do it exactly as often as it is asked for.

    @job("kpi.refresh")
    def refresh_figures(run: JobRun, *, kpi_ids: list[int]) -> None: ...

    schedule(refresh_figures, key="2570-q1:17", payload={"kpi_ids": [17]})   # inside the verb

Times here are the machine's own: a sample day must not hold work back.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, Protocol

import structlog
from celery import current_app, shared_task
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import KombuError

from jobruns.models import Heartbeat, JobRun

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
# Where a row waits already it is written over with itself: that holds it, so that no worker starts it
# before our change is committed. One that a worker is about to start is waited for; where it has
# started, and may have read before our change, the statement puts in a row of its own.
_ASK = """
INSERT INTO jobruns_jobrun
    (task, key, payload, state, attempts, created_at, progress, progress_total, progress_label, error)
VALUES (%s, %s, %s, 'waiting', 0, %s, 0, 0, '', '')
ON CONFLICT (task, key) WHERE state = 'waiting' DO UPDATE SET attempts = jobruns_jobrun.attempts
RETURNING *
"""
STALE_WAITING = timedelta(minutes=1)
STALE_RUNNING = timedelta(minutes=30)


class Work(Protocol):
    """A piece of work: takes its row and its payload as keywords."""

    def __call__(self, run: JobRun, /, **payload: Any) -> None: ...


class Job(Protocol):
    """A registered piece of work."""

    job_name: str


_jobs: dict[str, Callable[..., None]] = {}


def job(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as deferred work under a stable name."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def work(*args: Any, **kwargs: Any) -> None:
            function(*args, **kwargs)

        work.job_name = name  # type: ignore[attr-defined]
        _jobs[name] = function
        return work

    return register


def schedule(work: Callable[..., None] | str, *, key: str, payload: dict[str, Any]) -> JobRun:
    """Write the job row in the running transaction and send its message on commit.

    Where a row of the same task and key waits already, that row is returned: one run does both.
    The payload of the waiting row stays as it is, so the key must determine the payload.
    A work that lies on a higher floor than the one who asks is named.
    """
    name: str = work if isinstance(work, str) else work.job_name  # type: ignore[attr-defined]
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    [run] = JobRun.objects.raw(_ASK, [name, key, json.dumps(payload), moment])
    transaction.on_commit(partial(send, run.pk))
    return run


def send(run_id: int) -> None:
    """Send the row's message; where the broker is away the row waits for beat."""
    try:
        current_app.send_task("jobruns.run", kwargs={"run_id": run_id})
    except (KombuError, OSError) as error:
        log.warning("broker_away", run_id=run_id, error=type(error).__name__)
        return
    JobRun.objects.filter(pk=run_id).update(sent_at=timezone.now())


@shared_task(name="jobruns.run")
def run_job(run_id: int) -> None:
    """Do the work of one row, unless somebody else has taken it."""
    perform(run_id, at=timezone.now())


def perform(run_id: int, *, at: datetime) -> bool:
    """Claim the row and do its work; False where it was not there to be taken."""
    claimed = JobRun.objects.waiting().filter(pk=run_id)
    if not claimed.update(state=JobRun.State.RUNNING, started_at=at, attempts=F("attempts") + 1):
        return False
    run = JobRun.objects.get(pk=run_id)
    try:
        _jobs[run.task](run, **run.payload)
    except Exception as error:  # the row must say what happened, whatever it was
        log.exception("job_failed", task=run.task, key=run.key)
        _give_back(run, error)
        return True
    JobRun.objects.filter(pk=run_id, state=JobRun.State.RUNNING).update(
        state=JobRun.State.DONE, finished_at=timezone.now(), error=""
    )
    return True


def _give_back(run: JobRun, error: Exception) -> None:
    """Let the row wait for another try, or mark it failed after the last."""
    sentence = f"{type(error).__name__}: {error}"[:2000]
    if run.attempts < MAX_ATTEMPTS:
        try:
            with transaction.atomic():
                JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.WAITING, error=sentence)
            return
        except IntegrityError:
            # A newer row of the same key waits: it will do this work too.
            pass
    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.FAILED, error=sentence, finished_at=timezone.now()
    )


def requeue_stale(*, at: datetime) -> int:
    """Send again what waits too long, and give back what a dead worker left running."""
    for run in JobRun.objects.filter(state=JobRun.State.RUNNING, started_at__lt=at - STALE_RUNNING):
        _give_back(run, TimeoutError("the worker went away"))
    stale = JobRun.objects.waiting().filter(
        Q(sent_at__lt=at - STALE_WAITING) | Q(sent_at=None, created_at__lt=at - STALE_WAITING)
    )
    ids = list(stale.order_by("pk").values_list("pk", flat=True)[:500])
    for run_id in ids:
        send(run_id)
    return len(ids)


def report_progress(run: JobRun, *, done: int, total: int, label: str = "") -> None:
    """Say how far the work is; the page that waits reads it."""
    JobRun.objects.filter(pk=run.pk).update(
        progress=done, progress_total=total, progress_label=label
    )


def beat_heart(name: str, *, at: datetime) -> None:
    """Note that a process was alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
