"""The one workflow of everything that is reported: statuses and moves, as plain values."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    RETURNED = "returned"


# From each status, where an entry may go. Accepted only where a second signature is asked for.
NEXT: Mapping[Status, tuple[Status, ...]] = {
    Status.DRAFT: (Status.SUBMITTED,),
    Status.SUBMITTED: (Status.APPROVED, Status.RETURNED),
    Status.APPROVED: (Status.ACCEPTED, Status.RETURNED),
    Status.ACCEPTED: (Status.RETURNED,),
    Status.RETURNED: (Status.SUBMITTED,),
}

# Where an entry may fall back to when who made the move takes it back at once (`rules.why_not_undo`).
UNDONE: Mapping[Status, tuple[Status, ...]] = {
    Status.APPROVED: (Status.SUBMITTED,),
    Status.ACCEPTED: (Status.APPROVED,),
    Status.RETURNED: (Status.SUBMITTED, Status.APPROVED, Status.ACCEPTED),
}

# Statuses in which the person who reports may still type.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})
# Statuses that rollups count.
COUNTED = frozenset({Status.APPROVED, Status.ACCEPTED})
