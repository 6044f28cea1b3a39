"""Everything that a person is asked for, from every app, in the one shared shape."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zlib import crc32

from accounts.models import Role, User
from accounts.rules import Standing, whose_of
from budget.dues import contracts_owed_by
from budget.dues import owed_by as budget_owed_by
from common import fiscal
from common.dues import EVERYBODY, Due, Whose
from kpi.dues import owed_by as kpi_owed_by
from kpi.rules.entries import vacant_posts_below, vacant_posts_by_the_one_above
from learning.dues import owed_by as learning_owed_by
from meetings.dues import owed_by as meetings_owed_by
from planning.dues import comments_owed_by, needs_owed_by
from projects.dues import owed_by as projects_owed_by
from reminders.models import Rung
from submissions.rules import standings_of

OwedBy = Callable[[Whose, datetime], Sequence[Due]]
SOURCES: tuple[OwedBy, ...] = (
    kpi_owed_by,
    projects_owed_by,
    budget_owed_by,
    contracts_owed_by,
    meetings_owed_by,
    learning_owed_by,
    needs_owed_by,
    comments_owed_by,
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
    vacant = vacant_posts_below(standing, fiscal.local_date(at))
    whose = whose_of(standing, vacant)
    return _heard(user, standing, whose, [due for source in SOURCES for due in source(whose, at)])


def asked_of_all(users: Sequence[User], at: datetime) -> Iterator[tuple[User, list[Asked]]]:
    """Yield with each person what `asked_of` says of that one, from what is asked once for all."""
    today = fiscal.local_date(at)
    dues = [
        due
        for source in SOURCES
        for due in source(EVERYBODY, at)
        if due.deadline_date and due.status not in DONE
    ]
    of_owner: dict[int, list[int]] = defaultdict(list)
    of_agency: dict[int, list[int]] = defaultdict(list)
    for position, due in enumerate(dues):
        of_agency[due.agency_id].append(position)
        for owner in due.owner_ids:
            of_owner[owner].append(position)
    standings = standings_of(users, today)
    vacant = vacant_posts_by_the_one_above(today)
    for user in users:
        standing = standings[user.pk]
        below = {post for own in standing.post_ids for post in vacant.get(own, ())}
        reached: Iterable[int] = range(len(dues))
        if not standing.has(Role.GOVERNOR):
            reached = set(of_owner[user.pk]).union(
                *(of_agency[agency] for agency in standing.agencies(Role.APPROVER))
            )
        found = [dues[position] for position in sorted(reached)]
        yield user, _heard(user, standing, whose_of(standing, below), found)


def _heard(user: User, standing: Standing, whose: Whose, dues: Iterable[Due]) -> list[Asked]:
    """Return how a person hears of dues: of each once, nearest deadline first."""
    found: dict[tuple[str, int, str], Asked] = {}
    for due in dues:
        rung = _rung_of(due, user, standing) if _is_of(due, whose) else None
        if rung and due.deadline_date and due.status not in DONE:
            asked = Asked(due, rung, due.deadline_date)
            found.setdefault(asked.key, asked)
    return sorted(found.values(), key=lambda asked: (asked.deadline, asked.due.code))


def _is_of(due: Due, whose: Whose) -> bool:
    """Tell whether a due is one of those that are asked for."""
    if due.is_personal:
        return whose.people is None or not whose.people.isdisjoint(due.owner_ids)
    if due.post_id is not None:
        return whose.posts is None or due.post_id in whose.posts
    return whose.agencies is None or due.agency_id in whose.agencies


def _rung_of(due: Due, user: User, standing: Standing) -> Rung | None:
    if user.pk in due.owner_ids:
        return Rung.OWNER
    if standing.is_role_of(Role.APPROVER, due.agency_id):
        return Rung.HEAD
    return Rung.GOVERNOR if standing.has(Role.GOVERNOR) else None
