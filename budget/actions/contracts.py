"""Verbs of contracts: planned, signed, cancelled; and the dates in force."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from budget import rules
from budget.actions.above import refuse
from budget.actions.inputs import ContractInput, DeadlineInput
from budget.models import Contract, SigningDeadline
from budget.scoring import ZERO
from common import fiscal
from common.refusal import Refused
from submissions.actions import changed_meanwhile, refuse_all
from submissions.rules import standing_of


@transaction.atomic
def plan_contracts(
    *, contracts: Sequence[ContractInput], by: User | None, at: datetime
) -> list[Contract]:
    """Write what is to be contracted under allocations; unsigned until `sign_contract`.

    :raises EntriesRefused: if the person may not, or an amount or name cannot be.
    """
    standing = standing_of(by, fiscal.local_date(at)) if by is not None else None
    planned = dict(
        Contract.objects.filter(
            allocation__in={given.allocation.pk for given in contracts}, cancelled_reason=""
        )
        .values_list("allocation")
        .annotate(all=Sum("amount"))
    )
    refusals, rows = {}, []
    for position, given in enumerate(contracts):
        allocation = given.allocation
        others = planned.get(allocation.pk, ZERO)
        question = (
            None
            if given.is_confirmed or by is None
            else (rules.question_of_plan(given.amount, allocation.revised))
        )
        if standing and (reason := rules.why_not_contract(allocation, standing)):
            refusals[position] = Refused(reason, code="not_allowed")
        elif question:
            refusals[position] = Refused(question, code="units")
        elif reason := _why_not_plan(given, others):
            refusals[position] = Refused(reason, code="invalid")
        planned[allocation.pk] = others + given.amount
        rows.append(
            Contract(
                allocation=allocation,
                kind=given.kind,
                name_th=given.name_th,
                amount=given.amount,
                own_due_date=given.own_due_date,
                is_sample=given.is_sample,
            )
        )
    refuse_all(refusals)
    Contract.objects.bulk_create(rows, batch_size=500)
    record_many(
        [
            Deed(
                "budget.contract.planned",
                row,
                after={"name": row.name_th, "amount": row.amount, "kind": row.kind},
                agency_code=row.allocation.spending_agency.code,
            )
            for row in rows
        ],
        by=by,
        at=at,
    )
    return rows


def _why_not_plan(given: ContractInput, others: Decimal) -> str | None:
    """Say why a contract cannot be planned as given."""
    reason = rules.why_not_plan_contract(given.allocation, given.amount, given.name_th, others)
    if reason is None and given.own_due_date is not None:
        reason = rules.why_not_in_year(given.allocation, given.own_due_date)
    return reason


@transaction.atomic
def sign_contract(
    *,
    contract: Contract,
    signed_date: date,
    number: str,
    party_th: str = "",
    by: User | None,
    at: datetime,
) -> Contract:
    """Note that a contract was signed: when, under which number, with whom.

    :raises Refused: if the person may not, it is signed or cancelled already, or it moved.
    """
    _refuse_others(contract, by, at)
    today = fiscal.local_date(at)
    refuse(rules.why_not_sign(contract, signed_date, number, today), "not_signed")
    wanted = {"signed_date": signed_date, "number": number.strip(), "party_th": party_th.strip()}
    return _change(contract, "signed", wanted, by=by, at=at)


@transaction.atomic
def cancel_contract(*, contract: Contract, reason: str, by: User, at: datetime) -> Contract:
    """Take back that something is to be contracted.

    :raises Refused: if the person may not, it is signed or cancelled already, there is no reason.
    """
    _refuse_others(contract, by, at)
    refuse(rules.why_not_cancel(contract, reason), "not_cancelled")
    return _change(
        contract, "cancelled", {"cancelled_reason": reason.strip()}, by=by, at=at, reason=reason
    )


def _refuse_others(contract: Contract, by: User | None, at: datetime) -> None:
    if by is not None:
        standing = standing_of(by, fiscal.local_date(at))
        refuse(rules.why_not_contract(contract.allocation, standing), "not_allowed")


def _change(
    contract: Contract,
    verb: str,
    wanted: dict[str, object],
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
) -> Contract:
    unmoved = Contract.objects.filter(pk=contract.pk, version=contract.version)
    if not unmoved.update(**wanted, version=F("version") + 1):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        f"budget.contract.{verb}",
        contract,
        by=by,
        at=at,
        agency_code=contract.allocation.spending_agency.code,
        after=wanted,
        reason=reason,
    )
    contract.refresh_from_db(fields=[*wanted, "version"])
    return contract


@transaction.atomic
def set_signing_deadlines(
    *, deadlines: Sequence[DeadlineInput], by: User | None, at: datetime
) -> list[SigningDeadline]:
    """Set by when contracts of a kind are to be signed; return those that were new or moved.

    :raises EntriesRefused: where a date lies outside its year or says no source.
    """
    if by is not None:
        refuse(rules.why_not_set_targets(standing_of(by, fiscal.local_date(at))), "not_allowed")
    refuse_all(
        {
            position: Refused(reason, code="invalid")
            for position, given in enumerate(deadlines)
            if (
                reason := rules.why_not_deadline(
                    given.fiscal_year.year, given.due_date, given.source
                )
            )
        }
    )
    moved, deeds = [], []
    for given in deadlines:
        wanted = {
            "due_date": given.due_date,
            "source": given.source,
            "is_verified": given.is_verified,
        }
        row, made = SigningDeadline.objects.get_or_create(
            fiscal_year=given.fiscal_year, kind=given.kind, defaults=wanted
        )
        before = {name: getattr(row, name) for name in wanted if getattr(row, name) != wanted[name]}
        if before:
            SigningDeadline.objects.filter(pk=row.pk).update(**wanted)
            row.refresh_from_db()
        if made or before:
            moved.append(row)
            deeds.append(Deed("budget.deadline.set", row, before=before or None, after=wanted))
    record_many(deeds, by=by, at=at, role=Role.COMPTROLLER if by else "")
    return moved
