"""Seal ranges of events with a chained hash, and find what was changed since."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.models import Event, Seal

BATCH = 5000
_COLUMNS = [field.attname for field in Event._meta.concrete_fields]


@transaction.atomic
def seal_events(*, at: datetime) -> Seal | None:
    """Seal every event since the last seal; None where there is none."""
    last = Seal.objects.order_by("-last_id").first()
    events = Event.objects.in_time_order()
    if last:
        events = events.filter(pk__gt=last.last_id)
    previous = last.digest if last else ""
    digest, ids = _digest(events.values(*_COLUMNS).iterator(BATCH), previous)
    if not ids:
        return None
    return Seal.objects.create(
        first_id=ids[0],
        last_id=ids[-1],
        event_count=len(ids),
        previous_digest=previous,
        digest=digest,
        sealed_at=at,
    )


def broken_seals() -> list[str]:
    """Return a sentence for each seal whose events are no longer what was sealed."""
    findings = []
    previous = ""
    for seal in Seal.objects.order_by("last_id"):
        events = Event.objects.in_time_order().filter(pk__range=(seal.first_id, seal.last_id))
        digest, ids = _digest(events.values(*_COLUMNS).iterator(BATCH), seal.previous_digest)
        if seal.previous_digest != previous:
            findings.append(f"seal {seal}: the chain is broken before it")
        if len(ids) != seal.event_count:
            findings.append(
                f"seal {seal}: {seal.event_count} events were sealed, {len(ids)} are there"
            )
        elif digest != seal.digest:
            findings.append(f"seal {seal}: an event was changed or reordered")
        previous = seal.digest
    return findings


def _digest(rows: Any, previous: str) -> tuple[str, list[int]]:
    """Hash rows in order onto the digest before them."""
    running = hashlib.sha256(previous.encode())
    ids = []
    for row in rows:
        row["at"] = row["at"].timestamp()
        running.update(json.dumps(row, sort_keys=True, default=str).encode())
        ids.append(row["id"])
    return running.hexdigest(), ids
