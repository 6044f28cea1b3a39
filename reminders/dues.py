"""Everything that a person is asked for, from every app, in the one shared shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zlib import crc32

from accounts.models import Role, User
from accounts.rules import Standing, Visitor
from budget.dues import contracts_due_for
from budget.dues import due_for as budget_due_for
from common.dues import Due
from kpi.dues import due_for as kpi_due_for
from meetings.dues import due_for as meetings_due_for
from projects.dues import due_for as projects_due_for
from reminders.models import Rung

DueFor = Callable[[Visitor, datetime], Sequence[Due]]
SOURCES: tuple[DueFor, ...] = (
    kpi_due_for,
    projects_due_for,
    budget_due_for,
    contracts_due_for,
    meetings_due_for,
)
DONE = frozenset({"submitted", "approved", "accepted"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is owed, and as what the person hears of it."""

    due: Due
    rung: Rung
    deadline: date

    @property
    def key(self) -> tuple[str, int, str]:
        """What it is about."""
        return self.due.kind, self.due.subject_id, self.due.period_key

    @property
    def is_returned(self) -> bool:
        """Whether it was sent back to be mended."""
        return self.due.status == "returned"

    @property
    def return_step(self) -> str:
        """The step of this return: another return, with another reason, is told again."""
        return f"returned:{crc32(self.due.returned_reason.encode())}"


def asked_of(user: User, standing: Standing, at: datetime) -> list[Asked]:
    """Return what was not sent yet and reaches the person by any rung, nearest deadline first."""
    found: dict[tuple[str, int, str], Asked] = {}
    for source in SOURCES:
        for due in source(user, at):
            rung = _rung_of(due, user, standing)
            if rung and due.deadline_date and due.status not in DONE:
                asked = Asked(due, rung, due.deadline_date)
                found.setdefault(asked.key, asked)
    return sorted(found.values(), key=lambda asked: (asked.deadline, asked.due.code))


def _rung_of(due: Due, user: User, standing: Standing) -> Rung | None:
    if user.pk in due.owner_ids:
        return Rung.OWNER
    if standing.is_role_of(Role.APPROVER, due.agency_id):
        return Rung.HEAD
    return Rung.GOVERNOR if standing.has(Role.GOVERNOR) else None
