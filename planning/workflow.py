"""The levels through which a need comes up, its statuses, and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """Where planning is done, from the village up."""

    VILLAGE = "village"
    TAMBON = "tambon"
    LOCAL = "local"
    DISTRICT = "district"
    PROVINCE = "province"


UPWARD: Final = tuple(Level)


class Status(StrEnum):
    """Where a need stands."""

    WAITING = "waiting"
    HIDDEN = "hidden"
    OPEN = "open"
    RETURNED = "returned"
    MERGED = "merged"
    FUNDED = "funded"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    DONE = "done"


NEXT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.WAITING: frozenset({Status.OPEN, Status.HIDDEN}),
    # Hidden by mistake: it may be looked at again.
    Status.HIDDEN: frozenset({Status.OPEN}),
    Status.OPEN: frozenset(
        {Status.RETURNED, Status.MERGED, Status.FUNDED, Status.ADOPTED, Status.REJECTED}
    ),
    Status.RETURNED: frozenset({Status.OPEN, Status.MERGED, Status.FUNDED, Status.REJECTED}),
    Status.MERGED: frozenset(),
    Status.FUNDED: frozenset({Status.DONE}),
    Status.ADOPTED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.DONE: frozenset(),
}

# Somebody is to decide about it.
PENDING: Final = frozenset({Status.OPEN, Status.RETURNED})
# Everybody may read it.
PUBLIC: Final = frozenset(Status) - {Status.WAITING, Status.HIDDEN}


def levels_above(level: Level) -> tuple[Level, ...]:
    """Return the levels above one, the nearest first."""
    return UPWARD[UPWARD.index(level) + 1 :]
