"""Verbs at the edges of a year: set aside, give back, carry over; the act that came late."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from budget import rules
from budget.actions.above import refresh_above, refuse
from budget.actions.inputs import Settlement
from budget.models import Allocation
from common import fiscal
from common.refusal import Refused
from submissions.actions import changed_meanwhile, refuse_all
from submissions.models import FiscalYear
from submissions.rules import standing_of

_SETTLED = ("savings", "reserved_with_obligation", "reserved_without_obligation", "returned")


@transaction.atomic
def settle_allocation(
    *, allocation: Allocation, settlement: Settlement, by: User, at: datetime
) -> Allocation:
    """Write what of an allocation is saved, set aside for the next year, or given back.

    :raises Refused: if the person may not, there is no reason, it cannot stand, or it moved.
    """
    refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    position = replace(
        allocation.position,
        savings=settlement.savings,
        reserved_obligated=settlement.reserved_with_obligation,
        reserved_free=settlement.reserved_without_obligation,
        returned=settlement.returned,
    )
    refuse(rules.why_not_settle(position, settlement.reason), "does_not_stand")
    seen = allocation.version if settlement.version is None else settlement.version
    wanted = {name: getattr(settlement, name) for name in _SETTLED}
    unmoved = Allocation.objects.filter(pk=allocation.pk, version=seen)
    if not unmoved.update(**wanted, version=F("version") + 1):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "budget.allocation.settled",
        allocation,
        by=by,
        at=at,
        role=Role.COMPTROLLER,
        agency_code=allocation.spending_agency.code,
        before={name: getattr(allocation, name) for name in _SETTLED},
        after=wanted,
        reason=settlement.reason,
    )
    refresh_above([allocation])
    allocation.refresh_from_db(fields=[*_SETTLED, "version"])
    return allocation


@transaction.atomic
def carry_over(
    *, allocations: Sequence[Allocation], by: User | None, at: datetime
) -> list[Allocation]:
    """Open reserved money in the next fiscal year under its origin year; may be repeated.

    What is reserved later raises the same row; it keeps its origin year and stays outside the
    Cabinet's rates. Return the rows of the next year.

    :raises EntriesRefused: if nothing is reserved, the next year is not there, or the row that was
        carried before would not stand.
    """
    if by is not None:
        refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    years = {
        year.year: year
        for year in FiscalYear.objects.filter(
            year__in={allocation.fiscal_year_id + 1 for allocation in allocations}
        )
    }
    there = {
        row.carried_from_id: row
        for row in Allocation.objects.filter(carried_from__in=allocations)
        .with_owner_and_spender()
        .select_for_update(of=("self",))
    }
    refusals, carried, deeds = {}, [], []
    new: list[Allocation] = []
    raised: list[Allocation] = []
    for position, allocation in enumerate(allocations):
        year = years.get(allocation.fiscal_year_id + 1)
        reason = rules.why_not_carry(allocation, year is not None)
        if reason or year is None:
            refusals[position] = Refused(reason or "", code="carry")
            continue
        amount: Decimal = (
            allocation.reserved_with_obligation + allocation.reserved_without_obligation
        )
        row = there.get(allocation.pk)
        before = row.appropriation if row else None
        if row is None:
            row = _carried(allocation, year)
            new.append(row)
        elif row.appropriation != amount:
            raised.append(row)
        row.allotted += amount - row.appropriation
        row.appropriation = amount
        row.revised = row.position.revised
        if refusal := rules.why_not_stand(row.position):
            refusals[position] = Refused(refusal, code="does_not_stand")
        carried.append(row)
        if before != amount:
            deeds.append(
                Deed(
                    "budget.allocation.carried",
                    row,
                    before=None if before is None else {"appropriation": before},
                    after={"appropriation": amount, "origin_year": row.origin_year},
                    agency_code=row.spending_agency.code,
                )
            )
    refuse_all(refusals)
    Allocation.objects.bulk_create(new)
    for row in raised:
        row.version += 1
    Allocation.objects.bulk_update(raised, ["appropriation", "allotted", "revised", "version"])
    record_many(deeds, by=by, at=at, role=Role.COMPTROLLER if by else "")
    refresh_above([*new, *raised])
    return carried


def _carried(allocation: Allocation, year: FiscalYear) -> Allocation:
    return Allocation(
        code=f"{allocation.code}-C{year.year % 100}"[:40],
        project=allocation.project,
        name_th=allocation.name_th,
        source=allocation.source,
        expenditure_type=allocation.expenditure_type,
        fiscal_year=year,
        origin_year=allocation.origin_year,
        owner_agency=allocation.owner_agency,
        spending_agency=allocation.spending_agency,
        carried_from=allocation,
        appropriation=Decimal(0),
        allotted=Decimal(0),
        is_sample=allocation.is_sample,
    )


@transaction.atomic
def enact_allocation(
    *,
    allocation: Allocation,
    appropriation: Decimal,
    allotted: Decimal,
    reference: str,
    by: User,
    at: datetime,
    version: int | None = None,
    is_confirmed: bool = False,
) -> Allocation:
    """Put the act's amount in the place of the provisional one, which is kept beside it.

    :raises Refused: if the person may not, it is not provisional, it cannot stand, or it moved.
    """
    refuse(rules.why_not_keep_books(standing_of(by, fiscal.local_date(at))), "not_allowed")
    refuse(rules.why_not_enact(allocation, reference), "not_enacted")
    if not is_confirmed:
        refuse(rules.question_of_plan(appropriation, allocation.appropriation), "units")
    position = replace(allocation.position, appropriation=appropriation, allotted=allotted)
    refuse(rules.why_not_stand(position), "does_not_stand")
    seen = allocation.version if version is None else version
    unmoved = Allocation.objects.filter(pk=allocation.pk, version=seen, is_provisional=True)
    wanted = {"appropriation": appropriation, "allotted": allotted}
    if not unmoved.update(
        **wanted, revised=position.revised, is_provisional=False, version=F("version") + 1
    ):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "budget.allocation.enacted",
        allocation,
        by=by,
        at=at,
        role=Role.COMPTROLLER,
        agency_code=allocation.spending_agency.code,
        before={"appropriation": allocation.appropriation, "allotted": allocation.allotted},
        after=wanted,
        reason=reference,
    )
    allocation.refresh_from_db()
    refresh_above([allocation])
    return allocation
