"""The life of a project: its states and the decisions between them, as plain values."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where a project is in its life."""

    PROPOSED = "proposed"
    SCREENED = "screened"
    APPROVED = "approved"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


NEXT: Mapping[Status, tuple[Status, ...]] = {
    Status.PROPOSED: (Status.SCREENED, Status.CANCELLED),
    Status.SCREENED: (Status.APPROVED, Status.CANCELLED),
    Status.APPROVED: (Status.RUNNING, Status.CANCELLED),
    Status.RUNNING: (Status.FINISHED, Status.CANCELLED),
    Status.FINISHED: (),
    Status.CANCELLED: (),
}

# States in which the plan may still be written freely.
PLANNING = frozenset({Status.PROPOSED, Status.SCREENED})
ENDED = frozenset({Status.FINISHED, Status.CANCELLED})
# States in which a project owes progress.
REPORTING = frozenset({Status.APPROVED, Status.RUNNING})
# States that everybody may see.
PUBLIC = frozenset({Status.APPROVED, Status.RUNNING, Status.FINISHED, Status.CANCELLED})
