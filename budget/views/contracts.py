"""Contracts: what is to be signed by when, what was signed, and the dates in force."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Agency
from accounts.rules import Standing
from budget import actions, rules
from budget.dues import due_date_of
from budget.forms import ContractForm, DeadlineForm, SigningForm
from budget.listings import CONTRACTS
from budget.models import Allocation, Contract, SigningDeadline
from budget.scoring import ZERO
from budget.views.frame import Filter, asked_year, staff, years_known
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import EntriesRefused, Refused
from submissions.models import FiscalYear

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A contract with the date in force for it, how late it is, and whether it may be written."""

    contract: Contract
    due_date: date | None
    days_late: int
    days_left: int
    why_not: str | None
    signing: SigningForm | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def contract_list(request: HttpRequest) -> HttpResponseBase:
    """Show contracts of a year, the longest overdue first; a post adds one to be signed."""
    standing = staff(request)
    year = asked_year(request, fiscal.fiscal_year_of(clock.today()))
    form = ContractForm(
        request.POST or None, initial={"allocation_code": request.GET.get("allocation", "")}
    )
    status = 200
    if request.method == "POST":
        status = _plan(request, standing, form)
        if status == 302:
            messages.success(request, _("เพิ่มรายการที่ต้องทำสัญญาแล้ว"))
            return redirect(f"{reverse('budget:contract-list')}?year={year}")
    if asked_format(request):
        return download(request, CONTRACTS, lines_of(standing, year))
    return _page(request, standing, year, form=form, status=status)


@require_POST
def contract_sign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note that a contract was signed."""
    standing, contract = _found(request, pk)
    form = SigningForm(request.POST, auto_id=f"id_{pk}_%s")
    status = 422
    if form.is_valid():
        try:
            actions.sign_contract(
                contract=contract,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
        else:
            messages.success(request, _("บันทึกการลงนามแล้ว"))
            return redirect(_home(contract))
    year = contract.allocation.fiscal_year_id
    return _page(request, standing, year, signing={pk: form}, status=status)


@require_POST
def contract_cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take back that something is to be contracted."""
    standing, contract = _found(request, pk)
    try:
        actions.cancel_contract(
            contract=contract,
            reason=request.POST.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        year = contract.allocation.fiscal_year_id
        return _page(request, standing, year, refusal=refused.sentence, status=409)
    messages.success(request, _("ยกเลิกรายการแล้ว"))
    return redirect(_home(contract))


@require_POST
def deadline_set(request: HttpRequest, year: int) -> HttpResponseBase:
    """Set by when contracts of a kind are to be signed."""
    standing = staff(request)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    form = DeadlineForm(request.POST, auto_id="id_deadline_%s")
    status = 422
    if form.is_valid():
        try:
            actions.set_signing_deadlines(
                deadlines=[actions.DeadlineInput(fiscal_year=fiscal_year, **form.cleaned_data)],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except EntriesRefused as refused:
            form.add_error(None, refused.by_entry[0].sentence)
            status = 409
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
        else:
            messages.success(request, _("บันทึกกำหนดลงนามแล้ว"))
            return redirect(f"{reverse('budget:contract-list')}?year={year}")
    return _page(request, standing, year, deadline=form, status=status)


def _found(request: HttpRequest, pk: int) -> tuple[Standing, Contract]:
    standing = staff(request)
    contracts = Contract.objects.visible_to(standing).with_allocation()
    return standing, get_object_or_404(contracts, pk=pk)


def _home(contract: Contract) -> str:
    return f"{reverse('budget:contract-list')}?year={contract.allocation.fiscal_year_id}"


def _plan(request: HttpRequest, standing: Standing, form: ContractForm) -> int:
    """Give the form to the verb; return 302, or the status with the form's errors."""
    if not form.is_valid():
        return 422
    typed: dict[str, Any] = dict(form.cleaned_data)
    allocation = (
        Allocation.objects.visible_to(standing)
        .with_owner_and_spender()
        .filter(code=typed.pop("allocation_code"))
        .first()
    )
    if allocation is None:
        form.add_error("allocation_code", _("ไม่มีรายการรหัสนี้ ตรวจรหัสในบัญชีงบประมาณ"))
        return 422
    try:
        actions.plan_contracts(
            contracts=[actions.ContractInput(allocation=allocation, **typed)],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        reason = refused.by_entry[0]
        form.add_error("is_confirmed" if reason.code == "units" else None, reason.sentence)
        return 409
    return 302


def lines_of(
    standing: Standing, year: int, signing: dict[int, SigningForm] | None = None
) -> list[Line]:
    """Return a year's contracts that are not cancelled: unsigned first, the longest overdue on top."""
    deadlines = SigningDeadline.objects.by_kind(year)
    today = clock.today()
    lines = []
    for contract in (
        Contract.objects.visible_to(standing)
        .for_year(year)
        .filter(cancelled_reason="")
        .with_allocation()
        .in_code_order()
    ):
        due = due_date_of(contract, deadlines)
        ended = contract.signed_date or today
        why_not = rules.why_not_contract(contract.allocation, standing)
        form = (signing or {}).get(contract.pk)
        if form is None and why_not is None and contract.signed_date is None:
            form = SigningForm(auto_id=f"id_{contract.pk}_%s")
        lines.append(
            Line(
                contract,
                due,
                max(0, (ended - due).days) if due else 0,
                max(0, (due - today).days) if due else 0,
                why_not,
                form,
            )
        )
    return sorted(lines, key=_urgency)


def unsigned_late(standing: Standing, year: int) -> list[Line]:
    """Return the contracts that were not signed by the dates in force, the longest overdue first."""
    deadlines = SigningDeadline.objects.by_kind(year)
    today = clock.today()
    lines = []
    for contract in (
        Contract.objects.visible_to(standing).for_year(year).unsigned().with_allocation()
    ):
        due = due_date_of(contract, deadlines)
        if due is not None and due < today:
            lines.append(Line(contract, due, (today - due).days, 0, None))
    return sorted(lines, key=_urgency)


def _urgency(line: Line) -> tuple[bool, bool, date, int]:
    signed = line.contract.signed_date is not None
    return signed, line.due_date is None, line.due_date or date.max, line.contract.pk


def _page(
    request: HttpRequest,
    standing: Standing,
    year: int,
    *,
    form: ContractForm | None = None,
    deadline: DeadlineForm | None = None,
    signing: dict[int, SigningForm] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = lines_of(standing, year, signing)
    if agency := request.GET.get("agency", ""):
        lines = [ln for ln in lines if ln.contract.allocation.spending_agency.code == agency]
    state = request.GET.get("state", "")
    signed = [line for line in lines if line.contract.signed_date is not None]
    unsigned = [line for line in lines if line.contract.signed_date is None]
    late = [line for line in unsigned if line.days_late]
    shown = {"signed": signed, "unsigned": unsigned, "late": late}.get(state, lines)
    agencies = Agency.objects.in_code_order()
    if not standing.sees_province:
        agencies = agencies.filter(pk__in=standing.agencies())
    every = ("", _("ทั้งหมด"))
    return render(
        request,
        "budget/contract_list.html",
        {
            "year": year,
            "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
            "all": len(lines),
            "signed": len(signed),
            "late": len(late),
            "late_baht": sum((line.contract.amount for line in late), ZERO),
            "deadlines": SigningDeadline.objects.for_year(year).order_by("due_date"),
            "form": form
            or ContractForm(initial={"allocation_code": request.GET.get("allocation")}),
            "deadline": deadline or DeadlineForm(auto_id="id_deadline_%s"),
            "may_plan": bool(standing.agencies(*rules.REPORTERS))
            or rules.why_not_keep_books(standing) is None,
            "why_not_deadline": rules.why_not_set_targets(standing),
            "refusal": refusal,
            "signing": list((signing or {}).values()),
            "filters": [
                Filter(
                    "year",
                    _("ปีงบประมาณ"),
                    [
                        (str(y), thaidates.format_fiscal_year(y, lang=page_language()))
                        for y in sorted({*years_known(), year}, reverse=True)
                    ],
                    str(year),
                ),
                Filter(
                    "agency",
                    _("หน่วยงานผู้เบิกจ่าย"),
                    [every, *[(row.code, row.short_name) for row in agencies]],
                    agency,
                ),
                Filter(
                    "state",
                    _("สถานะ"),
                    [
                        every,
                        ("late", _("เลยกำหนดลงนาม")),
                        ("unsigned", _("ยังไม่ลงนาม")),
                        ("signed", _("ลงนามแล้ว")),
                    ],
                    state,
                ),
            ],
        },
        status=status,
    )
