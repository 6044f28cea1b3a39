"""Verbs of the books: sources, targets, allocations, receipts, transfers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from budget import rules
from budget.actions.above import refresh_above, refuse
from budget.actions.inputs import (
    Allocated,
    AllocationInput,
    SourceInput,
    TargetInput,
    TransferInput,
)
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    OutsideReceipt,
    Transfer,
)
from budget.scoring import ZERO
from common import fiscal
from common.refusal import Refused
from projects.models import Activity
from submissions.actions import Withdrawal, changed_meanwhile, refuse_all, refuse_what_stays
from submissions.rules import standing_of


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
        refuse(rules.why_not_set_targets(standing_of(by, fiscal.local_date(at))), "not_allowed")
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
    refuse(rules.why_not_set_targets(standing_of(by, fiscal.local_date(at))), "not_allowed")
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
    "is_provisional",
    "is_sample",
)
# None in the input leaves them as they stand.
_SETTLED = ("reserved_with_obligation", "reserved_without_obligation", "returned", "savings")


@transaction.atomic
def allocate(*, allocations: Sequence[AllocationInput], by: User | None, at: datetime) -> Allocated:
    """Add allocations, or bring known ones (by code) to what is given.

    :raises EntriesRefused: where the money of one would not stand, somebody wrote meanwhile, an
        amount a thousand times its plan is not confirmed, or its project has one of the kind already.
    """
    if by is not None:
        refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    known = {
        row.code: row
        for row in Allocation.objects.filter(code__in=[given.code for given in allocations])
        .with_owner_and_spender()
        .select_for_update(of=("self",))
    }
    plans = _plans(allocations) if by is not None else {}
    refusals = {}
    rows: list[tuple[Allocation, dict[str, Any] | None]] = []
    brought: dict[int, Allocation] = {}
    for position, given in enumerate(allocations):
        row = known.get(given.code) or Allocation(code=given.code)
        before = _values(row) if row.pk else None
        if refusal := _why_not_bring(row, given, plans.get(position)):
            refusals[position] = refusal
            continue
        _bring(row, given)
        rows.append((row, before))
        if reason := rules.why_not_stand(row.position):
            refusals[position] = Refused(reason, code="does_not_stand")
        brought[position] = row
    refuse_all(_twins(brought) | refusals)
    new = [row for row, before in rows if before is None]
    changed = [
        (row, before)
        for row, before in rows
        if before is not None and any(getattr(row, n) != value for n, value in before.items())
    ]
    # Where it leaves an agency, project or source, the money there is computed anew as well.
    left = [Allocation(**_places(before)) for _row, before in changed]
    for row, _before in changed:
        row.version += 1
    # Two may change places, and the database looks at each row by itself: all stand aside first.
    moved_on = [row.pk for row, before in changed if _place(before) != _place(_values(row))]
    if len(moved_on) > 1:
        Allocation.objects.filter(pk__in=moved_on).update(project=None)
    # Before the new ones: one of those may stand where a known one stood.
    Allocation.objects.bulk_update(
        [row for row, _before in changed],
        [*_FIELDS, *_SETTLED, "origin_year", "provisional", "revised", "version"],
        batch_size=500,
    )
    Allocation.objects.bulk_create(new, batch_size=500)
    record_many(
        [_told("budget.allocation.added", row, None) for row in new]
        + [_told("budget.allocation.changed", row, before) for row, before in changed],
        by=by,
        at=at,
        role=Role.COMPTROLLER if by else "",
    )
    refresh_above([*new, *(row for row, _before in changed), *left])
    moved = {row.code for row in new} | {row.code for row, _before in changed}
    return Allocated(
        added=tuple(row.code for row in new),
        changed=tuple(row.code for row, _before in changed),
        left=tuple(given.code for given in allocations if given.code not in moved),
    )


@transaction.atomic
def withdraw_allocations(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take away allocations on which nothing rests, as if nobody had entered them.

    The log keeps what they were.

    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    # Held, so that nothing comes to rest on them between the look and the end.
    held = (
        Allocation.objects.with_owner_and_spender()
        .select_for_update(of=("self",))
        .order_by("pk")
        .in_bulk([entry.key for entry in entries])
    )
    versions = {key: row.version for key, row in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on(held))
    gone = list(held.values())
    record_many(
        [
            Deed(
                "budget.allocation.withdrawn",
                row,
                before=_values(row),
                agency_code=row.spending_agency.code,
            )
            for row in gone
        ],
        by=by,
        at=at,
        role=Role.COMPTROLLER,
    )
    Allocation.objects.filter(pk__in=held).delete()
    refresh_above(gone)


def _values(row: Allocation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_FIELDS, *_SETTLED)}


def _place(values: dict[str, Any]) -> tuple[Any, ...]:
    """Return what of a project only one allocation may be."""
    return values["project"], values["source"], values["expenditure_type"]


def _places(before: dict[str, Any]) -> dict[str, Any]:
    names = ("project", "source", "fiscal_year", "owner_agency", "spending_agency")
    return {name: before[name] for name in names}


def _plans(allocations: Sequence[AllocationInput]) -> dict[int, Decimal]:
    """Return by position what a project's activities plan to cost, where they say it."""
    planned: dict[int, Decimal] = {}
    for project_id, baht in Activity.objects.filter(
        project__in={given.project.pk for given in allocations if given.project},
        budget__isnull=False,
    ).values_list("project_id", "budget"):
        planned[project_id] = planned.get(project_id, ZERO) + (baht or ZERO)
    return {
        position: planned[given.project.pk]
        for position, given in enumerate(allocations)
        if given.project and given.project.pk in planned
    }


def _why_not_bring(row: Allocation, given: AllocationInput, plan: Decimal | None) -> Refused | None:
    """Say why an allocation may not be brought to what is given, before its money is looked at."""
    if row.pk and given.version is not None and given.version != row.version:
        return Refused(changed_meanwhile(), code="changed_meanwhile")
    if (given.origin_year or given.fiscal_year.year) > given.fiscal_year.year:
        return Refused(_("ปีงบประมาณต้นทางต้องไม่หลังปีงบประมาณของรายการ"), code="origin")
    if given.is_provisional and given.origin_year not in (None, given.fiscal_year.year):
        return Refused(_("งบประมาณไปพลางก่อนเป็นเงินของปีนั้นเอง ไม่ใช่เงินกัน"), code="provisional")
    against = row.appropriation if row.pk and row.appropriation else plan
    if against is not None and not given.is_confirmed:
        question = rules.question_of_plan(given.appropriation, against)
        if question:
            return Refused(question, code="units")
    return None


def _twins(brought: Mapping[int, Allocation]) -> dict[int, Refused]:
    """Refuse by position what its project has already: one of a source, type, year and spender."""
    kind = (
        *("project_id", "source_id", "expenditure_type", "fiscal_year_id", "origin_year"),
        "spending_agency_id",
    )
    kinds = {
        position: tuple(getattr(row, name) for name in kind)
        for position, row in brought.items()
        if row.project_id
    }
    others = Allocation.objects.filter(project__in={project for project, *_rest in kinds.values()})
    others = others.exclude(code__in=[row.code for row in brought.values()])
    taken = {tuple(rest): code for code, *rest in others.values_list("code", *kind)}
    refusals = {}
    for position, wanted in kinds.items():
        code = taken.setdefault(wanted, brought[position].code)
        if code != brought[position].code:
            refusals[position] = Refused(
                _("โครงการนี้มีเงินของแหล่งและประเภทรายจ่ายนี้แล้วในรายการ %(code)s แก้ที่รายการนั้น")
                % {"code": code},
                code="twin",
            )
    return refusals


def _bring(row: Allocation, given: AllocationInput) -> None:
    for name in _FIELDS:
        setattr(row, name, getattr(given, name))
    for name in _SETTLED:
        if getattr(given, name) is not None:
            setattr(row, name, getattr(given, name))
    if given.is_provisional:
        row.provisional = given.appropriation
    row.origin_year = given.origin_year or given.fiscal_year.year
    row.revised = row.position.revised


def _told(verb: str, row: Allocation, before: dict[str, Any] | None) -> Deed:
    now = _values(row)
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
    is_confirmed: bool = False,
) -> OutsideReceipt:
    """Add money from outside the budget act to an allocation, and allot it.

    :raises Refused: if the person may not, or the amount or reference is missing.
    """
    refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    if amount <= ZERO:
        raise Refused(_("จำนวนเงินที่รับต้องมากกว่าศูนย์"), code="amount")
    refuse(rules.why_not_in_year(allocation, received_date), "date")
    if not is_confirmed:
        refuse(rules.question_of_plan(amount, allocation.revised, only_more=True), "units")
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
    refresh_above([allocation])
    return receipt


@transaction.atomic
def transfer(*, transfers: Sequence[TransferInput], by: User, at: datetime) -> list[Transfer]:
    """Move money between allocations of the same year; what leaves one enters the other.

    Only money that is not yet allotted may leave.

    :raises EntriesRefused: if the person may not, the years differ, or there is not enough.
    """
    refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
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
        reason = rules.why_not_transfer(source, target, given.amount) or rules.why_not_in_year(
            source, given.decided_date
        )
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
    refresh_above(list(rows.values()))
    return made
