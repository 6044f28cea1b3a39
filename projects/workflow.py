"""The life of a project: its states and the decisions between them, as plain values."""

from collections.abc import Mapping
from enum import StrEnum


class Life(StrEnum):
    """Where a project is in its life."""

    PROPOSED = "proposed"
    SCREENED = "screened"
    APPROVED = "approved"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


NEXT: Mapping[Life, tuple[Life, ...]] = {
    Life.PROPOSED: (Life.SCREENED, Life.CANCELLED),
    Life.SCREENED: (Life.APPROVED, Life.CANCELLED),
    Life.APPROVED: (Life.RUNNING, Life.CANCELLED),
    Life.RUNNING: (Life.FINISHED, Life.CANCELLED),
    Life.FINISHED: (),
    Life.CANCELLED: (),
}

# States in which a project owes progress.
REPORTING = frozenset({Life.APPROVED, Life.RUNNING})
# States that everybody may see.
PUBLIC = frozenset({Life.APPROVED, Life.RUNNING, Life.FINISHED, Life.CANCELLED})
