"""The shared shapes of what is due and what waits for a signature.

Each app offers them; `pages` and `reminders` unite them.
"""

from dataclasses import dataclass
from datetime import date, datetime

from common.states import CellState


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose dues are asked for: what these agencies, posts and people owe; None is everybody's.

    `planners` are the agencies where the people plan, `strategists` those of the strategy office.
    """

    agencies: frozenset[int] | None
    posts: frozenset[int] | None
    people: frozenset[int] | None
    planners: frozenset[int] | None = None
    strategists: frozenset[int] | None = None


EVERYBODY = Whose(None, None, None)


@dataclass(frozen=True, slots=True)
class Due:
    """One report that somebody owes.

    `kind` names the app's sort of entry ("kpi.result", "projects.progress", "budget.month").
    `owner_ids` are the users who owe it now (holders, or the supervising post's where vacant).
    `period` is ready for the page ("ไตรมาส 1/2570"); `period_key` is stable ("2570-q1", "2570-m03").
    `status` is the entry's workflow status, "" where nothing was typed yet.
    `post_id` is the post whose own entry it is: of it only the line hears. `is_personal` says that
    nobody but its owners does.
    """

    kind: str
    subject_id: int
    code: str
    label: str
    agency_id: int
    agency_name: str
    owner_ids: tuple[int, ...]
    period: str
    period_key: str
    deadline_date: date | None
    state: CellState
    status: str
    url: str
    returned_reason: str = ""
    post_id: int | None = None
    is_personal: bool = False
    # A letter, which others can look up in the log, does not say what it is.
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that supports an entry, as it can be looked at before signing."""

    name: str
    url: str
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that waits for a signature of the person who asked.

    `move` is the signature asked for: "approve" (the agency's head) or "accept" (the strategy office).
    `why_not` is the reason why this person may not sign it (own entry), or None.
    `figures` are pairs of label and ready text: target, last quarter, this quarter, change.
    """

    kind: str
    entry_id: int
    version: int
    code: str
    label: str
    unit: str
    agency_id: int
    agency_name: str
    period: str
    target: str
    last: str
    current: str
    change: str
    achievement: str
    note: str
    outlier: bool
    entered_by: str
    submitted_at: datetime | None
    evidence_count: int
    url: str
    why_not: str | None = None
    move: str = "approve"
    files: tuple[File, ...] = ()
    # Where both sides read what happened to the entry so far; "" where there is no such page.
    history_url: str = ""
    # A visit did not confirm the figures of the project or KPI that the entry is for.
    is_unconfirmed: bool = False
