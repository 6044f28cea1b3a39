"""The life of an uploaded workbook, as plain values."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where an upload stands."""

    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"
    COMMITTING = "committing"
    COMMITTED = "committed"
    UNDONE = "undone"
    DISCARDED = "discarded"


# Committing goes back to ready where the figures changed since the preview.
NEXT: Mapping[Status, tuple[Status, ...]] = {
    Status.RECEIVED: (Status.READY, Status.REFUSED),
    Status.READY: (Status.READY, Status.COMMITTING, Status.COMMITTED, Status.DISCARDED),
    Status.REFUSED: (Status.DISCARDED,),
    Status.COMMITTING: (Status.COMMITTED, Status.READY),
    Status.COMMITTED: (Status.UNDONE,),
    Status.UNDONE: (),
    Status.DISCARDED: (),
}
