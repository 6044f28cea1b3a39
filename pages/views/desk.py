"""My desk: everything that is due from the person, the grid to type it in, and what waits."""

from collections import defaultdict
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.rules import whose_of
from budget.dues import CONTRACT_KIND, contracts_owed_by
from budget.dues import owed_by as budget_owed_by
from common import clock, fiscal
from common.dues import Due, Whose
from common.states import CellState
from kpi.dues import agreements_due_for
from kpi.dues import owed_by as kpi_owed_by
from kpi.grid import entry_grid, quarter_to_type
from learning.dues import due_for as learning_due_for
from meetings.dues import KIND as RESOLUTION
from meetings.dues import owed_by as meetings_owed_by
from pages.views.approvals import may_sign, waiting_for
from planning.dues import comments_owed_by, needs_owed_by
from projects.dues import owed_by as projects_owed_by
from projects.dues.steps import KINDS as STEP_KINDS
from spreadsheets.actions import KINDS
from spreadsheets.rules import sends
from submissions.rules import standing_of

DONE = ("submitted", "approved", "accepted")
# What is to be done by a day: after a visit, about a risk, for a meeting, to sign a contract.
PROMISES = (*STEP_KINDS, RESOLUTION, CONTRACT_KIND)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what is due, oldest deadline first, with the KPI grid open to be typed in."""
    user = request.user
    assert isinstance(user, User)
    at = clock.now()
    standing = standing_of(user, at.date())
    quarter = quarter_to_type(at)
    grid = entry_grid(user, quarter, at, standing) if quarter else None
    signs = may_sign(standing)
    whose = whose_of(standing)
    sources = (projects_owed_by, budget_owed_by, contracts_owed_by, meetings_owed_by)
    seen = [due for source in sources for due in source(whose, at)]
    answers = [*needs_owed_by(whose, at), *comments_owed_by(whose, at)]
    open_dues = [due for due in seen if due.status not in DONE]
    own = [due for due in open_dues if user.pk in due.owner_ids]
    # The strategy office chases everybody's; the others see what they owe themselves.
    todo = open_dues if standing.has(Role.STRATEGIST) else own
    chased = _chased(whose, at) if standing.has(Role.STRATEGIST) else []
    return render(
        request,
        "pages/desk.html",
        {
            "grid": grid if grid and grid.rows else None,
            "quarter": quarter,
            "standing": standing,
            "answers": answers,
            "projects": [due for due in todo if due.kind == "projects.progress"][:40],
            "steps": [due for due in todo if due.kind in PROMISES][:40],
            "money": _by_month([due for due in todo if due.kind == "budget.month"]),
            "todo": len(own) + len(answers) + (_open_rows(grid) if grid else 0),
            "chasing": len(todo) - len(own),
            "waiting": waiting_for(user) if signs else [],
            "signs": signs,
            "chased": chased,
            "agreements": agreements_due_for(standing, at),
            "learning": learning_due_for(user, at),
            "may_enter": standing.has(Role.REPORTER) or bool(standing.post_ids),
            "may_import": any(sends(kind, standing) for kind in KINDS.values()),
        },
    )


def _open_rows(grid: object) -> int:
    counts = grid.counts  # type: ignore[attr-defined]
    return int(counts["all"] - counts["sent"] - counts["signed"])


def _by_month(dues: list[Due]) -> list[tuple[Due, int]]:
    """One line a month: the first due of it and how many there are."""
    months: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        months[due.period_key].append(due)
    return [(listed[0], len(listed)) for _key, listed in sorted(months.items())]


def _chased(whose: Whose, at: datetime) -> list[tuple[str, int, int]]:
    """For the strategy office: agencies with late KPI figures, how many and how long."""
    late: dict[str, list[int]] = defaultdict(list)
    for due in kpi_owed_by(whose, at):
        if due.state == CellState.LATE and due.status not in DONE and due.deadline_date:
            late[due.agency_name].append(fiscal.days_late(at, due.deadline_date))
    return sorted(
        ((name, len(days), max(days)) for name, days in late.items()),
        key=lambda each: (-each[2], -each[1], each[0]),
    )
