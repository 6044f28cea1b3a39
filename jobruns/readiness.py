"""Whether the portal's parts answer: database, broker, worker, beat."""

from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError

from jobruns.models import Heartbeat, JobRun

SILENT_AFTER = timedelta(minutes=5)


def findings(*, at: datetime) -> dict[str, dict[str, Any]]:
    """Return for each part whether it is well and what was seen.

    Beat sends a heartbeat message each minute and a worker takes it: a fresh heartbeat means both live.
    """
    try:
        connection.ensure_connection()
        heartbeat = Heartbeat.objects.filter(name="beat").first()
        waiting = JobRun.objects.waiting().count()
        failed = JobRun.objects.failed().count()
    except DatabaseError as error:
        return {"database": {"ok": False, "error": type(error).__name__}}
    alive = heartbeat is not None and at - heartbeat.at < SILENT_AFTER
    return {
        "database": {"ok": True},
        "broker": _broker(),
        "worker": {"ok": alive, "last_seen": heartbeat.at if heartbeat else None},
        "beat": {"ok": alive, "last_run": heartbeat.at if heartbeat else None},
        "jobs": {"ok": True, "waiting": waiting, "failed": failed},
    }


def _broker() -> dict[str, Any]:
    try:
        with current_app.connection_for_read(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except (KombuError, OSError) as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}
