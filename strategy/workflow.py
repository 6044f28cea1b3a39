"""The states of a plan's edition and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


NEXT: Final[Mapping[Status, frozenset[Status]]] = {
    Status.DRAFT: frozenset({Status.CONSULTATION}),
    # What people said is worked in: it goes back to the desk, then out or to ก.บ.จ. again.
    Status.CONSULTATION: frozenset({Status.DRAFT, Status.APPROVED}),
    Status.APPROVED: frozenset({Status.IN_FORCE}),
    Status.IN_FORCE: frozenset({Status.SUPERSEDED}),
    Status.SUPERSEDED: frozenset(),
}

# Not yet the province's plan: one of a plan at a time.
IN_WORK: Final = frozenset({Status.DRAFT, Status.CONSULTATION, Status.APPROVED})
# Everybody may read it.
PUBLIC: Final = frozenset(Status) - {Status.DRAFT}
