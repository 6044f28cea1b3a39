"""Verbs of months: typed, sent, signed, sent back, corrected."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.models import Role, User
from accounts.rules import Standing
from audit.log import record
from budget import rollups, rules
from budget.actions.above import refresh_above, refuse
from budget.actions.inputs import MonthlyInput
from budget.models import (
    Allocation,
    Correction,
    MonthlyFigure,
    MonthlyFigureQuerySet,
)
from common import fiscal
from common.refusal import Refused
from submissions.actions import (
    begin_entries,
    changed_meanwhile,
    hold_open,
    move_entries,
    refuse_all,
    refuse_twins,
    type_over,
    undo_entries,
)
from submissions.models import Evidence
from submissions.rules import UNDO_WITHIN, standing_of
from submissions.workflow import Status

_TYPED = ("disbursed_to_date", "obligated", "note")


@transaction.atomic
def record_monthly_figures(
    *, entries: Sequence[MonthlyInput], by: User, at: datetime
) -> list[MonthlyFigure]:
    """Keep what was typed as drafts; drafts are not logged.

    :raises EntriesRefused: if the person may not, an amount cannot be, it is a thousand times below
        what was allotted without a note, or somebody typed meanwhile.
    """
    stored = _figures_of(entries)
    if len(entries) > _NAMED_AT_MOST:  # thousands: stamps of persons and days are not asked for
        stored = stored.only("allocation", "month", "status", "version", *_TYPED)
    existing = {(figure.allocation_id, figure.month_id): figure for figure in stored}
    stands = {
        place: (figure.status, figure.version, figure.note) for place, figure in existing.items()
    }
    _refuse(entries, stands, by=by, at=at)
    hold_open(months={entry.month.id for entry in entries})
    blank: dict[int, MonthlyFigure] = {}
    new: list[MonthlyFigure] = []
    changed: list[MonthlyFigure] = []
    kept: list[MonthlyFigure] = []
    for entry in entries:
        allocation_id, month_id = entry.allocation.pk, entry.month.id
        figure = existing.get((allocation_id, month_id))
        if figure is None:
            if month_id not in blank:
                blank[month_id] = MonthlyFigure(month=entry.month, entered_by=by, entered_at=at)
            figure = blank[month_id].another(allocation_id=allocation_id, is_sample=entry.is_sample)
            if isinstance(entry.allocation, Allocation):
                figure.allocation = entry.allocation
            new.append(figure)
        else:
            figure.entered_by, figure.entered_at = by, at
            changed.append(figure)
        figure.disbursed_to_date, figure.obligated = entry.disbursed_to_date, entry.obligated
        if entry.note is not None:
            figure.note = entry.note
        kept.append(figure)
    faster = list(begin_entries(new, subject="allocation_id", period="month_id").values())
    faster = faster or list(type_over(changed, names=_TYPED).values())
    taken = {(figure.allocation_id, figure.month_id) for figure in faster}
    refuse_all(
        {
            position: Refused(changed_meanwhile(), code="changed_meanwhile")
            for position, figure in enumerate(kept)
            if taken and (figure.allocation_id, figure.month_id) in taken
        }
    )
    return kept


@transaction.atomic
def check_monthly_figures(*, entries: Sequence[MonthlyInput], by: User, at: datetime) -> None:
    """Ask what `record_monthly_figures` would refuse, but for what others do meanwhile.

    :raises EntriesRefused: with the refusals by position.
    """
    names = ("allocation_id", "month_id", "status", "version", "note")
    stands = {
        (allocation_id, month_id): (status, version, note)
        for allocation_id, month_id, status, version, note in _figures_of(entries).values_list(
            *names
        )
    }
    _refuse(entries, stands, by=by, at=at)


# From so many on, naming each costs more than reading all of their agencies' figures.
_NAMED_AT_MOST = 200


def _figures_of(entries: Sequence[MonthlyInput]) -> MonthlyFigureQuerySet:
    """What is stored of the entries; of many, also of their agencies' other lines."""
    figures = MonthlyFigure.objects.filter(month__in={entry.month.id for entry in entries})
    if len(entries) > _NAMED_AT_MOST:
        agencies = {entry.allocation.spending_agency_id for entry in entries}
        return figures.filter(allocation__spending_agency__in=agencies)
    return figures.filter(allocation__in={entry.allocation.pk for entry in entries})


def _refuse(
    entries: Sequence[MonthlyInput],
    stands: Mapping[tuple[int, int], tuple[str, int, str]],
    *,
    by: User,
    at: datetime,
) -> None:
    """Ask the rules for each entry; `stands` holds status, version and note of what is stored."""
    refuse_twins([(entry.allocation.pk, entry.month.id) for entry in entries])
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    # Thousands of lines of one agency and month have one answer for each status.
    answers: dict[Hashable, str | None] = {}
    refusals = {}
    for position, entry in enumerate(entries):
        line, month, month_id = entry.allocation, entry.month, entry.month.id
        status, version, note = stands.get((line.pk, month_id), (None, 0, ""))
        alike = (line.spending_agency_id, line.fiscal_year_id, month_id, status)
        if alike not in answers:
            figure = None if status is None else MonthlyFigure(status=status)
            answers[alike] = rules.why_not_save(line, month, figure, standing, today)
        if reason := answers[alike]:
            refusals[position] = Refused(reason, code="not_allowed")
        elif entry.version is not None and entry.version != version:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        elif reason := rules.why_not_amounts(line, entry.disbursed_to_date, entry.obligated):
            refusals[position] = Refused(reason, code="amounts")
        elif not entry.is_confirmed and (
            reason := rules.why_not_so_little(
                line,
                entry.disbursed_to_date,
                entry.obligated,
                note if entry.note is None else entry.note,
            )
        ):
            refusals[position] = Refused(reason, code="units")
    refuse_all(refusals)


def _loaded(entries: Sequence[MonthlyFigure]) -> list[MonthlyFigure]:
    """Return the figures with what the rules look at, in order, as the caller saw them."""
    fresh = MonthlyFigure.objects.with_allocation().in_bulk([figure.pk for figure in entries])
    listed = []
    for figure in entries:
        row = fresh[figure.pk]
        row.status, row.version = figure.status, figure.version
        listed.append(row)
    return listed


def _signed_around(
    figures: Sequence[MonthlyFigure],
) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Return by figure the cumulative amounts of the nearest signed months before and after it."""
    signed: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for other in (
        MonthlyFigure.objects.counted()
        .filter(allocation__in={figure.allocation_id for figure in figures})
        .select_related("month")
        .order_by("month__number")
    ):
        signed[other.allocation_id].append((other.month.number, other.disbursed_to_date))
    around = {}
    for figure in figures:
        number = figure.month.number
        rows = signed[figure.allocation_id]
        earlier = [amount for month, amount in rows if month < number]
        later = [amount for month, amount in rows if month > number]
        around[figure.pk] = (
            earlier[-1] if earlier else None,
            later[0] if later else None,
        )
    return around


@transaction.atomic
def submit_monthly_figures(
    *, entries: Sequence[MonthlyFigure], by: User, at: datetime
) -> list[MonthlyFigure]:
    """Send months' figures to the spending agency's head for signature.

    :raises EntriesRefused: if one is not complete or cannot be, its month still runs, or it moved.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    around = _signed_around(listed)
    refuse_all(
        {
            position: Refused(reason, code="not_ready")
            for position, figure in enumerate(listed)
            if (
                reason := rules.why_not_submit(
                    figure,
                    standing,
                    at,
                    before=around[figure.pk][0],
                    after=around[figure.pk][1],
                )
            )
        }
    )
    _move(listed, to=Status.SUBMITTED, by=by, at=at, verb="submitted", role=Role.REPORTER)
    return listed


@transaction.atomic
def approve_monthly_figures(
    *, entries: Sequence[MonthlyFigure], by: User, at: datetime
) -> list[MonthlyFigure]:
    """Sign months' figures, keep the latest in the allocations, and refresh the money above.

    :raises EntriesRefused: if the person may not sign one, an amount cannot stand, or one moved.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    around = _signed_around(listed)
    refuse_all(
        {
            position: Refused(reason, code="not_allowed")
            for position, figure in enumerate(listed)
            if (reason := _why_not_sign(figure, standing, around[figure.pk]))
        }
    )
    _move(listed, to=Status.APPROVED, by=by, at=at, verb="approved", role=Role.APPROVER)
    _carry_up(listed)
    return listed


def _why_not_sign(
    figure: MonthlyFigure,
    standing: Standing,
    around: tuple[Decimal | None, Decimal | None],
) -> str | None:
    """Ask again what may have changed since it was sent: the allocation and the months around."""
    return (
        rules.why_not_approve(figure, standing)
        or rules.why_not_amounts(figure.allocation, figure.disbursed_to_date, figure.obligated)
        or rules.why_not_between(figure.disbursed_to_date, *around)
    )


@transaction.atomic
def return_monthly_figures(
    *, entries: Sequence[MonthlyFigure], reason: str, by: User, at: datetime
) -> list[MonthlyFigure]:
    """Send months' figures back with a reason; a signed one leaves the money above it.

    :raises EntriesRefused: if the person may not, there is no reason, or one moved meanwhile.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    refuse_all(
        {
            position: Refused(refusal, code="not_allowed")
            for position, figure in enumerate(listed)
            if (refusal := rules.why_not_return(figure, standing, reason))
        }
    )
    _move(
        listed,
        to=Status.RETURNED,
        by=by,
        at=at,
        verb="returned",
        role=Role.APPROVER,
        reason=reason,
    )
    _carry_up(listed)
    return listed


@transaction.atomic
def undo_monthly_figures(
    *, entries: Sequence[MonthlyFigure], by: User, at: datetime
) -> list[MonthlyFigure]:
    """Take back one's own signature or return of a moment ago; the money above is refreshed.

    :raises EntriesRefused: where it is not one's own, too long ago, or built upon: somebody moved it
        on, the comptroller corrected it, or its amounts no longer stand.
    """
    listed = _loaded(entries)
    around = _signed_around(listed)
    corrected = set(
        Correction.objects.filter(figure__in=listed, made_at__gte=at - UNDO_WITHIN).values_list(
            "figure_id", flat=True
        )
    )
    refuse_all(
        {
            position: Refused(reason, code="not_undone")
            for position, figure in enumerate(listed)
            if (reason := rules.why_not_undo(figure, around[figure.pk], figure.pk in corrected))
        }
    )
    undo_entries(
        listed,
        by=by,
        at=at,
        verb="budget.month.undone",
        agency_code=lambda figure: figure.allocation.spending_agency.code,
    )
    _carry_up(listed)
    return listed


def _move(
    figures: list[MonthlyFigure],
    *,
    to: Status,
    by: User,
    at: datetime,
    verb: str,
    role: str,
    reason: str = "",
) -> None:
    if figures:
        move_entries(
            figures,
            to=to,
            by=by,
            at=at,
            verb=f"budget.month.{verb}",
            role=role,
            agency_code=lambda figure: figure.allocation.spending_agency.code,
            reason=reason,
        )


def _carry_up(figures: Sequence[MonthlyFigure]) -> None:
    allocations = {figure.allocation_id: figure.allocation for figure in figures}
    rollups.keep_latest(list(allocations))
    refresh_above(list(allocations.values()))


@transaction.atomic
def correct_disbursement(
    *,
    figure: MonthlyFigure,
    disbursed_to_date: Decimal,
    obligated: Decimal,
    reason: str,
    by: User,
    at: datetime,
) -> Correction:
    """Correct a signed month's figure; only so may a cumulative amount fall.

    :raises Refused: if the person may not, there is no reason, it cannot be, or it moved meanwhile.
    """
    [row] = _loaded([figure])
    refuse(
        rules.why_not_correct(row, standing_of(by, fiscal.local_date(at)), reason), "not_allowed"
    )
    refuse(rules.why_not_amounts(row.allocation, disbursed_to_date, obligated), "amounts")
    _before, after = _signed_around([row])[row.pk]
    refuse(rules.why_not_between(disbursed_to_date, None, after), "after")
    hold_open(months=[row.month_id])
    correction = Correction(
        figure=row,
        disbursed_before=row.disbursed_to_date,
        disbursed_after=disbursed_to_date,
        obligated_before=row.obligated,
        obligated_after=obligated,
        reason=reason,
        made_by=by,
        made_at=at,
    )
    unmoved = MonthlyFigure.objects.filter(pk=row.pk, version=row.version, status=row.status)
    if not unmoved.update(
        disbursed_to_date=disbursed_to_date, obligated=obligated, version=F("version") + 1
    ):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    Correction.objects.bulk_create([correction])
    record(
        "budget.month.corrected",
        row,
        by=by,
        at=at,
        role=Role.COMPTROLLER,
        agency_code=row.allocation.spending_agency.code,
        before={"disbursed": row.disbursed_to_date, "obligated": row.obligated},
        after={"disbursed": disbursed_to_date, "obligated": obligated},
        reason=reason,
    )
    _carry_up([row])
    figure.refresh_from_db()
    return correction


@transaction.atomic
def attach_evidence(*, figure: MonthlyFigure, evidence: Evidence, by: User, at: datetime) -> None:
    """Add a stored file to a figure that may still be typed.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(figure, by=by, at=at)
    figure.evidence.add(evidence)
    _tell_evidence("budget.month.evidence_added", figure, evidence, by=by, at=at)


@transaction.atomic
def detach_evidence(*, figure: MonthlyFigure, evidence: Evidence, by: User, at: datetime) -> None:
    """Take a file away from a figure that may still be typed; the file itself is kept.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(figure, by=by, at=at)
    figure.evidence.remove(evidence)
    _tell_evidence("budget.month.evidence_removed", figure, evidence, by=by, at=at)


def _check_evidence(figure: MonthlyFigure, *, by: User, at: datetime) -> None:
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    refuse(
        rules.why_not_save(figure.allocation, figure.month, figure, standing, today),
        "not_allowed",
    )
    hold_open(months=[figure.month_id])


def _tell_evidence(
    verb: str, figure: MonthlyFigure, evidence: Evidence, *, by: User, at: datetime
) -> None:
    record(
        verb,
        figure,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=figure.allocation.spending_agency.code,
        after={"file": evidence.original_name, "sha256": evidence.sha256},
    )
