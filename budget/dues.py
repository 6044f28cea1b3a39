"""Months' figures that are owed, and those that wait for a signature, in the shared shapes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Visitor, reporters_of, whose_of
from budget import rules
from budget.models import Allocation, Contract, MonthlyFigure, SigningDeadline
from budget.scoring import rate
from common import fiscal, thaidates
from common.bilingual import page_language
from common.dues import Due, File, Waiting, Whose
from common.states import CellState
from common.thainumbers import format_number
from submissions.models import Month
from submissions.rules import standing_of
from submissions.workflow import COUNTED

KIND = "budget.month"
CONTRACT_KIND = "budget.contract"


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the months' figures that the person's agencies owe; all for those who oversee all."""
    return owed_by(whose_of(standing_of(user, fiscal.local_date(at))), at)


def owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return the months' figures that agencies owe, in as many queries for one as for all.

    `owner_ids` are the reporters of the spending agency, its heads where it has no reporter.
    """
    if whose.agencies is not None and not whose.agencies:
        return []
    today = fiscal.local_date(at)
    months = [
        month
        for month in Month.objects.open().in_time_order()
        if fiscal.month_start(month.fiscal_year_id, month.number) <= today
    ]
    if not months:
        return []
    allocations = Allocation.objects.filter(
        fiscal_year__in={month.fiscal_year_id for month in months}
    ).with_owner_and_spender()
    if whose.agencies is not None:
        allocations = allocations.filter(spending_agency__in=whose.agencies)
    listed = list(allocations.in_code_order())
    figures = {
        (figure.allocation_id, figure.month_id): figure
        for figure in MonthlyFigure.objects.filter(month__in=months, allocation__in=listed)
    }
    owners = reporters_of(today)
    dues = []
    for month in months:
        for allocation in listed:
            figure = figures.get((allocation.pk, month.pk))
            if allocation.fiscal_year_id != month.fiscal_year_id or (
                figure and figure.status in COUNTED
            ):
                continue
            dues.append(
                Due(
                    kind=KIND,
                    subject_id=allocation.pk,
                    code=allocation.code,
                    label=allocation.name,
                    agency_id=allocation.spending_agency_id,
                    agency_name=allocation.spending_agency.name,
                    owner_ids=owners.get(allocation.spending_agency_id, ()),
                    period=thaidates.format_month(
                        month.fiscal_year_id, month.number, lang=page_language()
                    ),
                    period_key=f"{month.fiscal_year_id}-m{month.number:02d}",
                    deadline_date=month.report_due_date,
                    state=state_of(month, at),
                    status=figure.status if figure else "",
                    url=grid_url(month),
                    returned_reason=figure.return_reason if figure else "",
                )
            )
    return dues


def due_date_of(contract: Contract, deadlines: Mapping[str, date]) -> date | None:
    """Return by when a contract is to be signed: its own date, else that in force for its kind."""
    return contract.own_due_date or deadlines.get(contract.kind)


def contracts_due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the contracts that the person's agencies have to sign; all for those who oversee all."""
    return contracts_owed_by(whose_of(standing_of(user, fiscal.local_date(at))), at)


def contracts_owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return this year's unsigned contracts with a known date, in three queries for one as for all.

    `owner_ids` are the reporters of the spending agency, its heads where it has no reporter.
    """
    if whose.agencies is not None and not whose.agencies:
        return []
    today = fiscal.local_date(at)
    year = fiscal.fiscal_year_of(today)
    deadlines = SigningDeadline.objects.by_kind(year)
    contracts = Contract.objects.for_year(year).unsigned().with_allocation()
    if whose.agencies is not None:
        contracts = contracts.of_agencies(whose.agencies)
    listed = list(contracts.in_code_order())
    owners = reporters_of(today)
    dues = []
    for contract in listed:
        agency = contract.allocation.spending_agency
        due = due_date_of(contract, deadlines)
        if due is None:
            continue
        dues.append(
            Due(
                kind=CONTRACT_KIND,
                subject_id=contract.pk,
                code=contract.allocation.code,
                label=_("ลงนามสัญญา %(name)s") % {"name": contract.name_th},
                agency_id=agency.pk,
                agency_name=agency.name,
                owner_ids=owners.get(agency.pk, ()),
                period=thaidates.format_fiscal_year(year, lang=page_language()),
                period_key=str(year),
                deadline_date=due,
                state=CellState.LATE if fiscal.is_late(at, due) else CellState.NOT_REPORTED,
                status="",
                url=f"{reverse('budget:contract-list')}?year={year}&state=unsigned",
            )
        )
    return dues


def waiting_for(user: Visitor, at: datetime) -> list[Waiting]:
    """Return the months' figures that wait for this person's signature, oldest first."""
    standing = standing_of(user, fiscal.local_date(at))
    agencies = standing.agencies(Role.APPROVER)
    if not agencies:
        return []
    figures = list(
        MonthlyFigure.objects.waiting()
        .filter(allocation__spending_agency__in=agencies)
        .with_allocation()
        .prefetch_related("evidence")
    )
    before = _signed_before(figures)
    waiting = []
    for figure in figures:
        allocation, last = figure.allocation, before.get(figure.pk)
        now = figure.disbursed_to_date
        change = None if last is None or now is None else now - last
        reached = None if now is None else rate(now, allocation.revised)
        waiting.append(
            Waiting(
                kind=KIND,
                entry_id=figure.pk,
                version=figure.version,
                code=allocation.code,
                label=allocation.name,
                unit=_("บาท"),
                agency_id=allocation.spending_agency_id,
                agency_name=allocation.spending_agency.name,
                period=thaidates.format_month(
                    figure.month.fiscal_year_id, figure.month.number, lang=page_language()
                ),
                target=format_number(allocation.allotted),
                last=format_number(last),
                current=format_number(now),
                change=format_number(change),
                achievement=format_number(reached),
                note=figure.note,
                outlier=rules.question_of_units(allocation, now, figure.obligated) is not None,
                entered_by=figure.entered_by.get_full_name() if figure.entered_by else "",
                submitted_at=figure.submitted_at,
                evidence_count=len(figure.evidence.all()),
                files=tuple(
                    File(
                        file.original_name,
                        reverse("submissions:evidence-file", args=[file.pk]),
                        file.media_type.startswith("image/"),
                    )
                    for file in figure.evidence.all()
                ),
                url=grid_url(figure.month),
                why_not=rules.why_not_approve(figure, standing),
                is_unconfirmed=allocation.is_unconfirmed,
            )
        )
    return waiting


def grid_url(month: Month) -> str:
    """Return the address of a month's grid."""
    return f"{reverse('budget:month-grid')}?month={month.fiscal_year_id}-m{month.number:02d}"


def state_of(month: Month, at: datetime) -> CellState:
    """Return whether a figure of an open month is not due yet, due, or late."""
    if fiscal.local_date(at) < fiscal.month_end(month.fiscal_year_id, month.number):
        return CellState.NOT_DUE
    late = fiscal.is_late(at, month.report_due_date)
    return CellState.LATE if late else CellState.NOT_REPORTED


def _signed_before(figures: list[MonthlyFigure]) -> dict[int, Decimal]:
    """Return the last signed cumulative amount before each figure's month."""
    signed: dict[int, list[MonthlyFigure]] = defaultdict(list)
    for other in (
        MonthlyFigure.objects.counted()
        .filter(allocation__in={figure.allocation_id for figure in figures})
        .select_related("month")
        .order_by("month__number")
    ):
        signed[other.allocation_id].append(other)
    found: dict[int, Decimal] = {}
    for figure in figures:
        for other in signed[figure.allocation_id]:
            if other.month.number < figure.month.number:
                found[figure.pk] = other.disbursed_to_date
    return found
