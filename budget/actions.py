"""Verbs of money.

What people use in bulk takes a list; nothing is written when one entry is refused
(`EntriesRefused.by_entry` says which and why, by position).

    register_sources(sources=[SourceInput(...)], at=…)
    set_cabinet_targets(targets=[TargetInput(...)], by=None | user, at=…)
    withdraw_cabinet_target(target=…, reason="…", by=…, at=…)
    allocate(allocations=[AllocationInput(...)], by=None | user, at=…) -> Allocated
    receive_outside_money(allocation=…, amount=…, received_date=…, reference=…, by=…, at=…)
    transfer(transfers=[TransferInput(...)], by=…, at=…) -> list[Transfer]
    record_monthly_figures(entries=[MonthlyInput(...)], by=…, at=…) -> list[MonthlyFigure]
    submit_monthly_figures(entries=[…], by=…, at=…) -> list[MonthlyFigure]
    approve_monthly_figures(entries=[…], by=…, at=…) -> list[MonthlyFigure]
    return_monthly_figures(entries=[…], reason="…", by=…, at=…) -> list[MonthlyFigure]
    attach_evidence(figure=…, evidence=…, by=…, at=…); detach_evidence likewise
    correct_disbursement(figure=…, disbursed_to_date=…, obligated=…, reason=…, by=…, at=…)

`by=None` is the system (a loader); people need the role that the rules ask for. `allocate` matches
by code, may be repeated, and says what it added, changed and left. Amounts are baht; monthly
figures are cumulative from 1 October (disbursed) and outstanding at the month's end (obligated).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Agency, Role, User
from accounts.rules import Standing
from audit.log import Deed, record, record_many
from budget import rollups, rules, tasks
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    Correction,
    MoneyScope,
    MonthlyFigure,
    OutsideReceipt,
    Transfer,
)
from budget.scoring import ZERO
from common import fiscal
from common.refusal import Refused
from jobruns.runner import schedule
from projects.actions import refresh_year
from projects.models import Project
from submissions.actions import changed_meanwhile, hold_open, move_entries, refuse_all
from submissions.models import Evidence, FiscalYear, Month, PeriodState
from submissions.rules import standing_of
from submissions.workflow import EDITABLE, Status

# ── What the verbs take ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SourceInput:
    """A source of money."""

    code: str
    name_th: str
    name_en: str = ""
    order: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class TargetInput:
    """What is asked to be spent by a quarter's end, in percent; an unknown quarter has none."""

    fiscal_year: FiscalYear
    quarter: int
    category: str
    measure: str
    percent: Decimal
    kind: str
    source: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class AllocationInput:
    """An allocation as it should stand; transfers, receipts and months keep their own verbs."""

    code: str
    source: BudgetSource
    expenditure_type: str
    fiscal_year: FiscalYear
    owner_agency: Agency
    spending_agency: Agency
    appropriation: Decimal
    allotted: Decimal = ZERO
    project: Project | None = None
    name_th: str = ""
    # None: the fiscal year's own money.
    origin_year: int | None = None
    reserved_with_obligation: Decimal = ZERO
    reserved_without_obligation: Decimal = ZERO
    returned: Decimal = ZERO
    savings: Decimal = ZERO
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Allocated:
    """What `allocate` did, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransferInput:
    """An amount that moves between two allocations of the same year."""

    from_allocation: Allocation
    to_allocation: Allocation
    amount: Decimal
    decided_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class MonthlyInput:
    """What was typed for an allocation and month; None empties a figure.

    `version` is the one the page was drawn with: 0 where there was no figure yet, None where the
    caller does not mind who typed before. A note of None is kept.
    """

    allocation: Allocation
    month: Month
    disbursed_to_date: Decimal | None
    obligated: Decimal | None
    note: str | None = None
    version: int | None = None
    is_sample: bool = False


# ── Reference ────────────────────────────────────────────────────────────────


@transaction.atomic
def register_sources(*, sources: Sequence[SourceInput], by: User | None, at: datetime) -> int:
    """Add sources or bring known ones (by code) to what is given; return how many moved."""
    moved = 0
    for given in sources:
        wanted = {
            "name_th": given.name_th,
            "name_en": given.name_en,
            "order": given.order,
            "source": given.source,
        }
        source, made = BudgetSource.objects.get_or_create(code=given.code, defaults=wanted)
        differs = {name: value for name, value in wanted.items() if getattr(source, name) != value}
        if differs:
            BudgetSource.objects.filter(pk=source.pk).update(**differs)
        if made or differs:
            moved += 1
            record("budget.source.registered", source, by=by, at=at)
    return moved


@transaction.atomic
def set_cabinet_targets(
    *, targets: Sequence[TargetInput], by: User | None, at: datetime
) -> list[CabinetTarget]:
    """Set targets with their kind, source and verified flag; return those that were new or moved.

    :raises EntriesRefused: where one is out of range or says no source.
    """
    if by is not None:
        _refuse(rules.why_not_set_targets(standing_of(by, fiscal.local_date(at))), "not_allowed")
    refuse_all(
        {
            position: Refused(reason, code="invalid")
            for position, given in enumerate(targets)
            if (
                reason := rules.why_not_target(
                    given.percent, given.quarter, given.kind, given.source
                )
            )
        }
    )
    moved, deeds = [], []
    for given in targets:
        wanted = {
            "percent": given.percent,
            "kind": given.kind,
            "source": given.source,
            "is_verified": given.is_verified,
        }
        target, made = CabinetTarget.objects.get_or_create(
            fiscal_year=given.fiscal_year,
            quarter=given.quarter,
            category=given.category,
            measure=given.measure,
            defaults=wanted,
        )
        before = {
            n: getattr(target, n) for n, value in wanted.items() if getattr(target, n) != value
        }
        if before:
            CabinetTarget.objects.filter(pk=target.pk).update(**wanted)
            target.refresh_from_db()
        if made or before:
            moved.append(target)
            deeds.append(Deed("budget.target.set", target, before=before or None, after=wanted))
    record_many(deeds, by=by, at=at)
    return moved


@transaction.atomic
def withdraw_cabinet_target(*, target: CabinetTarget, reason: str, by: User, at: datetime) -> None:
    """Take a target away: the quarter is unknown again.

    :raises Refused: if the person may not, or gives no reason.
    """
    _refuse(rules.why_not_set_targets(standing_of(by, fiscal.local_date(at))), "not_allowed")
    if not reason.strip():
        raise Refused(_("เขียนเหตุผลที่ถอนเป้าหมาย"), code="no_reason")
    record(
        "budget.target.withdrawn",
        target,
        by=by,
        at=at,
        before={"percent": target.percent, "kind": target.kind, "source": target.source},
        reason=reason,
    )
    CabinetTarget.objects.filter(pk=target.pk).delete()


def _refuse(reason: str | None, code: str) -> None:
    if reason:
        raise Refused(reason, code=code)


# ── Allocations ──────────────────────────────────────────────────────────────

_FIELDS = (
    "project",
    "name_th",
    "source",
    "expenditure_type",
    "fiscal_year",
    "owner_agency",
    "spending_agency",
    "appropriation",
    "allotted",
    "reserved_with_obligation",
    "reserved_without_obligation",
    "returned",
    "savings",
    "is_sample",
)


@transaction.atomic
def allocate(*, allocations: Sequence[AllocationInput], by: User | None, at: datetime) -> Allocated:
    """Add allocations, or bring known ones (by code) to what is given.

    :raises EntriesRefused: where the money of one would not stand.
    """
    if by is not None:
        _refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    known = {
        row.code: row
        for row in Allocation.objects.filter(code__in=[given.code for given in allocations])
        .with_owner_and_spender()
        .select_for_update(of=("self",))
    }
    refusals = {}
    rows = []
    for position, given in enumerate(allocations):
        row = known.get(given.code) or Allocation(code=given.code)
        before = {name: getattr(row, name) for name in _FIELDS} if row.pk else None
        for name in _FIELDS:
            setattr(row, name, getattr(given, name))
        row.origin_year = given.origin_year or given.fiscal_year.year
        row.revised = row.position.revised
        rows.append((row, before))
        if reason := rules.why_not_stand(row.position):
            refusals[position] = Refused(reason, code="does_not_stand")
        elif row.is_carried_over is False and row.origin_year > given.fiscal_year.year:
            refusals[position] = Refused(
                _("ปีงบประมาณต้นทางต้องไม่หลังปีงบประมาณของรายการ"), code="origin"
            )
    refuse_all(refusals)
    new = [row for row, before in rows if before is None]
    changed = [
        (row, before)
        for row, before in rows
        if before is not None and any(getattr(row, n) != value for n, value in before.items())
    ]
    Allocation.objects.bulk_create(new, batch_size=500)
    for row, _before in changed:
        row.version += 1
    Allocation.objects.bulk_update(
        [row for row, _before in changed],
        [*_FIELDS, "origin_year", "revised", "version"],
        batch_size=500,
    )
    record_many(
        [_told("budget.allocation.added", row, None) for row in new]
        + [_told("budget.allocation.changed", row, before) for row, before in changed],
        by=by,
        at=at,
        role=Role.COMPTROLLER if by else "",
    )
    _refresh_above([*new, *(row for row, _before in changed)])
    moved = {row.code for row in new} | {row.code for row, _before in changed}
    return Allocated(
        added=tuple(row.code for row in new),
        changed=tuple(row.code for row, _before in changed),
        left=tuple(given.code for given in allocations if given.code not in moved),
    )


def _told(verb: str, row: Allocation, before: dict[str, object] | None) -> Deed:
    now = {name: getattr(row, name) for name in _FIELDS}
    if before is None:
        return Deed(verb, row, after=now, agency_code=row.spending_agency.code)
    differs = {name for name, value in before.items() if now[name] != value}
    return Deed(
        verb,
        row,
        before={name: before[name] for name in differs},
        after={name: now[name] for name in differs},
        agency_code=row.spending_agency.code,
    )


@transaction.atomic
def receive_outside_money(
    *,
    allocation: Allocation,
    amount: Decimal,
    received_date: date,
    reference: str,
    by: User,
    at: datetime,
) -> OutsideReceipt:
    """Add money from outside the budget act to an allocation, and allot it.

    :raises Refused: if the person may not, or the amount or reference is missing.
    """
    _refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    if amount <= ZERO:
        raise Refused(_("จำนวนเงินที่รับต้องมากกว่าศูนย์"), code="amount")
    if not reference.strip():
        raise Refused(_("ระบุหนังสืออ้างอิงของเงินที่รับ"), code="no_reference")
    grown = Allocation.objects.filter(pk=allocation.pk, version=allocation.version)
    if not grown.update(
        outside=F("outside") + int(amount * 100),
        revised=F("revised") + int(amount * 100),
        allotted=F("allotted") + int(amount * 100),
        version=F("version") + 1,
    ):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    allocation.refresh_from_db()
    receipt = OutsideReceipt.objects.create(
        allocation=allocation,
        amount=amount,
        received_date=received_date,
        reference=reference,
        made_by=by,
        made_at=at,
    )
    record(
        "budget.outside.received",
        allocation,
        by=by,
        at=at,
        role=Role.COMPTROLLER,
        agency_code=allocation.spending_agency.code,
        after={"amount": amount, "reference": reference},
    )
    _refresh_above([allocation])
    return receipt


@transaction.atomic
def transfer(*, transfers: Sequence[TransferInput], by: User, at: datetime) -> list[Transfer]:
    """Move money between allocations of the same year; what leaves one enters the other.

    Only money that is not yet allotted may leave.

    :raises EntriesRefused: if the person may not, the years differ, or there is not enough.
    """
    _refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    ids = {a.pk for given in transfers for a in (given.from_allocation, given.to_allocation)}
    rows = (
        Allocation.objects.filter(pk__in=ids)
        .with_owner_and_spender()
        .select_for_update(of=("self",))
        .order_by("pk")
        .in_bulk()
    )
    refusals, made = {}, []
    for position, given in enumerate(transfers):
        source, target = rows[given.from_allocation.pk], rows[given.to_allocation.pk]
        reason = rules.why_not_transfer(source, target, given.amount)
        if reason is None and not given.reason.strip():
            reason = _("เขียนเหตุผลของการโอน")
        if reason:
            refusals[position] = Refused(reason, code="transfer")
            continue
        source.transferred_out += given.amount
        source.revised -= given.amount
        target.transferred_in += given.amount
        target.revised += given.amount
        made.append(
            Transfer(
                from_allocation=source,
                to_allocation=target,
                amount=given.amount,
                decided_date=given.decided_date,
                reason=given.reason,
                made_by=by,
                made_at=at,
            )
        )
    refuse_all(refusals)
    for row in rows.values():
        row.version += 1
    Allocation.objects.bulk_update(
        rows.values(), ["transferred_in", "transferred_out", "revised", "version"]
    )
    Transfer.objects.bulk_create(made)
    record_many(
        [
            Deed(
                "budget.transfer.made",
                row,
                after={"amount": row.amount, "to": row.to_allocation.code},
                reason=row.reason,
                agency_code=row.from_allocation.spending_agency.code,
            )
            for row in made
        ],
        by=by,
        at=at,
        role=Role.COMPTROLLER,
    )
    _refresh_above(list(rows.values()))
    return made


def _refresh_above(allocations: Collection[Allocation]) -> None:
    for year in sorted(rollups.touch(allocations)):
        schedule(tasks.refresh_money, key=str(year), payload={"year": year})


# ── Months ───────────────────────────────────────────────────────────────────


@transaction.atomic
def record_monthly_figures(
    *, entries: Sequence[MonthlyInput], by: User, at: datetime
) -> list[MonthlyFigure]:
    """Keep what was typed as drafts; drafts are not logged.

    :raises EntriesRefused: if the person may not, an amount cannot be, or somebody typed meanwhile.
    """
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    existing = {
        (figure.allocation_id, figure.month_id): figure
        for figure in MonthlyFigure.objects.filter(
            allocation__in={entry.allocation.pk for entry in entries},
            month__in={entry.month.pk for entry in entries},
        )
    }
    refusals = {}
    for position, entry in enumerate(entries):
        figure = existing.get((entry.allocation.pk, entry.month.pk))
        if reason := rules.why_not_save(entry.allocation, entry.month, figure, standing, today):
            refusals[position] = Refused(reason, code="not_allowed")
        elif entry.version is not None and entry.version != (figure.version if figure else 0):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        elif reason := rules.why_not_amounts(
            entry.allocation, entry.disbursed_to_date, entry.obligated
        ):
            refusals[position] = Refused(reason, code="amounts")
    refuse_all(refusals)
    hold_open(months={entry.month.pk for entry in entries})
    new: list[MonthlyFigure] = []
    kept: list[MonthlyFigure] = []
    lost: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        figure = existing.get((entry.allocation.pk, entry.month.pk))
        if figure is None:
            figure = MonthlyFigure(
                allocation=entry.allocation,
                month=entry.month,
                disbursed_to_date=entry.disbursed_to_date,
                obligated=entry.obligated,
                note=entry.note or "",
                entered_by=by,
                entered_at=at,
                is_sample=entry.is_sample,
            )
            new.append(figure)
        elif not _type_over(figure, entry, by=by, at=at):
            lost[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        kept.append(figure)
    refuse_all(lost)
    MonthlyFigure.objects.bulk_create(new, batch_size=500)
    return kept


def _type_over(figure: MonthlyFigure, entry: MonthlyInput, *, by: User, at: datetime) -> bool:
    """Write a draft over by compare-and-set; False where somebody was faster."""
    unmoved = MonthlyFigure.objects.filter(
        pk=figure.pk, version=figure.version, status__in=[status.value for status in EDITABLE]
    )
    note = figure.note if entry.note is None else entry.note
    if not unmoved.update(
        disbursed_to_date=entry.disbursed_to_date,
        obligated=entry.obligated,
        note=note,
        entered_by=by,
        entered_at=at,
        version=F("version") + 1,
    ):
        return False
    figure.disbursed_to_date, figure.obligated = entry.disbursed_to_date, entry.obligated
    figure.note, figure.entered_by, figure.entered_at = note, by, at
    figure.version += 1
    return True


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
    _refresh_above(list(allocations.values()))


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
    _refuse(
        rules.why_not_correct(row, standing_of(by, fiscal.local_date(at)), reason), "not_allowed"
    )
    _refuse(rules.why_not_amounts(row.allocation, disbursed_to_date, obligated), "amounts")
    _before, after = _signed_around([row])[row.pk]
    _refuse(rules.why_not_between(disbursed_to_date, None, after), "after")
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
    _refuse(
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


# ── Recomputing ──────────────────────────────────────────────────────────────


@transaction.atomic
def recompute_open_years(*, at: datetime, by: User | None) -> list[str]:
    """Compute projects and money of every year with an open month; return what had drifted."""
    years = FiscalYear.objects.filter(months__state=PeriodState.OPEN).distinct().order_by("year")
    drifted = []
    for year in years:
        drifted += [f"project {figure}" for figure in refresh_year(year=year, by=by, at=at)]
        drifted += [f"money {scope}" for scope in recompute_money(year=year, by=by, at=at)]
    return drifted


@transaction.atomic
def recompute_money(*, year: FiscalYear, by: User | None, at: datetime) -> list[MoneyScope]:
    """Make what scopes are missing, compute what is stale, and return what had drifted."""
    have = set(MoneyScope.objects.for_year(year.year).values_list("kind", "subject_id"))
    wanted = {
        key
        for allocation in Allocation.objects.for_year(year.year).select_related("project")
        for key in rollups.scopes_of(allocation)
    }
    MoneyScope.objects.bulk_create(
        [
            MoneyScope(fiscal_year=year, kind=kind, subject_id=subject)
            for kind, subject in sorted(wanted - have)
        ],
        ignore_conflicts=True,
    )
    scopes = list(MoneyScope.objects.for_year(year.year).order_by("pk"))
    rollups.refresh(scopes, at=at)
    settled = [scope for scope in scopes if scope.computed_version == scope.inputs_version]
    drifted = rollups.recompute(settled, at=at)
    record_many([Deed("budget.money.drifted", scope) for scope in drifted], by=by, at=at)
    return drifted
