"""Sign what waits, whatever app it belongs to: all of it or nothing."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Event
from budget import actions as budget_actions
from budget.models import MonthlyFigure
from common.dues import Waiting
from common.refusal import EntriesRefused, Refused
from kpi import actions as kpi_actions
from kpi.models import Result
from projects import actions as projects_actions
from projects.models import MonthlyProgress, Progress
from submissions.actions import changed_meanwhile


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verbs of one kind of entry."""

    model: type[Model]
    approve: Callable[..., Any]
    give_back: Callable[..., Any]
    undo: Callable[..., Any]
    accept: Callable[..., Any] | None = None


VERBS: Mapping[str, Verbs] = {
    "kpi.result": Verbs(
        Result,
        kpi_actions.approve_results,
        kpi_actions.return_results,
        kpi_actions.undo_results,
        kpi_actions.accept_results,
    ),
    "projects.progress": Verbs(
        Progress,
        projects_actions.approve_progress,
        projects_actions.return_progress,
        projects_actions.undo_progress,
    ),
    "projects.month": Verbs(
        MonthlyProgress,
        projects_actions.approve_month_progress,
        projects_actions.return_month_progress,
        projects_actions.undo_month_progress,
    ),
    "budget.month": Verbs(
        MonthlyFigure,
        budget_actions.approve_monthly_figures,
        budget_actions.return_monthly_figures,
        budget_actions.undo_monthly_figures,
    ),
}


class SigningRefused(Refused):
    """Some of what was chosen could not be signed; `by_key` says which and why."""

    def __init__(self, by_key: Mapping[str, str]) -> None:
        super().__init__(
            _("ลงนามไม่ได้ %(count)d รายการ จึงยังไม่มีรายการใดเปลี่ยน") % {"count": len(by_key)},
            code="signing_refused",
        )
        self.by_key = dict(by_key)


def key_of(waiting: Waiting) -> str:
    """The name of one waiting entry on the page; the version makes a stale page be noticed."""
    return f"{waiting.kind}:{waiting.entry_id}:{waiting.version}"


@transaction.atomic
def sign_off(
    *,
    signed: Collection[Waiting],
    returned: Sequence[tuple[Waiting, str]],
    by: User,
    at: datetime,
) -> None:
    """Sign the chosen entries and send the others back with their reasons, all or nothing.

    What is far from the usual is signed alone.

    :raises SigningRefused: with a sentence for each entry that could not be.
    """
    refusals: dict[str, str] = {}
    if len(signed) > 1:
        refusals = {
            key_of(waiting): _("ผิดไปจากที่เคย ดูแล้วลงนามทีละรายการ")
            for waiting in signed
            if waiting.outlier
        }
    if refusals:
        raise SigningRefused(refusals)
    groups: dict[tuple[str, str], list[Waiting]] = defaultdict(list)
    for waiting in signed:
        groups[waiting.kind, waiting.move].append(waiting)
    for (kind, move), group in groups.items():
        verb = VERBS[kind].accept if move == "accept" else VERBS[kind].approve
        assert verb is not None
        _apply(group, verb, refusals, by=by, at=at)
    reasons: dict[tuple[str, str], list[Waiting]] = defaultdict(list)
    for waiting, reason in returned:
        reasons[waiting.kind, reason].append(waiting)
    for (kind, reason), group in reasons.items():
        _apply(group, VERBS[kind].give_back, refusals, by=by, at=at, reason=reason)
    if refusals:
        raise SigningRefused(refusals)


def _apply(
    group: Sequence[Waiting],
    verb: Callable[..., Any],
    refusals: dict[str, str],
    **arguments: Any,
) -> None:
    """Call one list verb on the entries as the page saw them."""
    model = VERBS[group[0].kind].model
    rows = model._default_manager.in_bulk([waiting.entry_id for waiting in group])
    entries = []
    for waiting in group:
        entry: Any = rows.get(waiting.entry_id)
        if entry is None or entry.version != waiting.version:
            refusals[key_of(waiting)] = changed_meanwhile()
        else:
            entries.append(entry)
    if len(entries) < len(group):
        return
    try:
        with transaction.atomic():
            verb(entries=entries, **arguments)
    except EntriesRefused as refused:
        for position, refusal in refused.by_entry.items():
            refusals[key_of(group[position])] = str(refusal)
    except Refused as refused:
        for waiting in group:
            refusals[key_of(waiting)] = str(refused)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_key(*, at: datetime) -> int:
    """Name the moment of a `sign_off`: all that it moved carries this stamp and no other."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment_of(key: int) -> datetime | None:
    """Return the moment of a key, None where there is no such moment."""
    try:
        return EPOCH + timedelta(microseconds=key)
    except OverflowError:
        return None


@transaction.atomic
def undo_sign_off(*, moment: datetime, by: User, at: datetime) -> int:
    """Take back what the person signed and returned at a moment, as far as it still stands; how much.

    :raises Refused: where nothing stands any more, it is too long ago, or somebody is faster.
    """
    ours = Q()
    for status in ("approved", "accepted", "returned"):
        ours |= Q(status=status, **{f"{status}_by": by, f"{status}_at": moment})
    logged = Event.objects.filter(at=moment, actor_id=by.pk)
    undone = 0
    for verbs in VERBS.values():
        # The log is ordered by time; entries have no index of who signed them.
        moved = logged.filter(subject_type=verbs.model._meta.label_lower).values("subject_id")
        found = verbs.model._default_manager.filter(ours, pk__in=moved)
        entries = list(found.order_by("pk"))
        if entries:
            verbs.undo(entries=entries, by=by, at=at)
            undone += len(entries)
    if not undone:
        raise Refused(_("ไม่มีรายการที่เลิกทำได้ มีผู้ทำรายการต่อไปแล้ว"), code="not_undone")
    return undone
