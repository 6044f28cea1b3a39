"""One allocation: its money, what changed it, its months, and what the comptroller may do."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import Standing
from audit.models import Event
from budget import actions, rules
from budget.forms import AmountsForm, CorrectionForm, EnactForm, ReceiptForm, SettleForm
from budget.models import Allocation, Contract, Correction, MonthlyFigure, OutsideReceipt, Transfer
from budget.scoring import monthly, rate
from budget.views.frame import month_label, staff
from common import clock
from common.refusal import EntriesRefused, Refused
from submissions.models import FiscalYear
from submissions.workflow import COUNTED

Forms = Mapping[str, forms.Form]
HISTORY = 30


def _found(request: HttpRequest, code: str) -> tuple[Standing, Allocation]:
    standing = staff(request)
    rows = Allocation.objects.visible_to(standing).with_owner_and_spender()
    rows = rows.select_related("carried_from", "carried_to")
    return standing, get_object_or_404(rows, code=code)


@require_http_methods(["GET", "HEAD", "POST"])
def book_detail(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show an allocation; a post changes what the act gives it and what is allotted."""
    standing, row = _found(request, code)
    if request.method != "POST":
        return _page(request, standing, row)
    form = AmountsForm(request.POST)

    def write(typed: dict[str, Any]) -> None:
        actions.allocate(
            allocations=[
                actions.AllocationInput(
                    code=row.code,
                    project=row.project,
                    source=row.source,
                    expenditure_type=row.expenditure_type,
                    fiscal_year=row.fiscal_year,
                    origin_year=row.origin_year,
                    owner_agency=row.owner_agency,
                    spending_agency=row.spending_agency,
                    is_sample=row.is_sample,
                    is_provisional=row.is_provisional,
                    **typed,
                )
            ],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )

    return _act(request, standing, row, "amounts", form, write, _("บันทึกวงเงินแล้ว"))


@require_POST
def book_settle(request: HttpRequest, code: str) -> HttpResponseBase:
    """Write what is saved, set aside or given back."""
    standing, row = _found(request, code)

    def write(typed: dict[str, Any]) -> None:
        actions.settle_allocation(
            allocation=row,
            settlement=actions.Settlement(**typed),
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )

    done = _("บันทึกเงินกัน ส่งคืน และเงินเหลือจ่ายแล้ว")
    return _act(request, standing, row, "settle", SettleForm(request.POST), write, done)


@require_POST
def book_receive(request: HttpRequest, code: str) -> HttpResponseBase:
    """Add money from outside the budget act."""
    standing, row = _found(request, code)

    def write(typed: dict[str, Any]) -> None:
        actions.receive_outside_money(
            allocation=row,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
            **typed,
        )

    form = ReceiptForm(request.POST)
    return _act(request, standing, row, "receive", form, write, _("รับเงินจากภายนอกแล้ว"))


@require_POST
def book_enact(request: HttpRequest, code: str) -> HttpResponseBase:
    """Put the act's amount in the place of the provisional one."""
    standing, row = _found(request, code)

    def write(typed: dict[str, Any]) -> None:
        actions.enact_allocation(
            allocation=row,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
            **typed,
        )

    form = EnactForm(request.POST)
    return _act(request, standing, row, "enact", form, write, _("บันทึกวงเงินตาม พ.ร.บ. แล้ว"))


@require_POST
def book_carry(request: HttpRequest, code: str) -> HttpResponseBase:
    """Open what is reserved in the next fiscal year."""
    standing, row = _found(request, code)
    try:
        [carried] = actions.carry_over(
            allocations=[row],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, standing, row, refusal=_first(refused).sentence, status=409)
    messages.success(request, _("เปิดเงินกันในปีถัดไปแล้ว"))
    return redirect("budget:book-detail", carried.code)


@require_POST
def figure_correct(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Correct a signed month's figure, with a reason."""
    standing, row = _found(request, code)
    figure = get_object_or_404(
        MonthlyFigure.objects.with_allocation().filter(allocation=row), pk=pk
    )

    def write(typed: dict[str, Any]) -> None:
        actions.correct_disbursement(
            figure=figure,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
            **typed,
        )

    form = CorrectionForm(request.POST, auto_id=f"id_{pk}_%s")
    return _act(request, standing, row, f"correct-{pk}", form, write, _("แก้ไขยอดแล้ว"))


def _act(
    request: HttpRequest,
    standing: Standing,
    row: Allocation,
    name: str,
    form: forms.Form,
    write: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponseBase:
    """Give a form to its verb; what is refused stays typed, with the sentence at its field."""
    if not form.is_valid():
        return _page(request, standing, row, {name: form}, status=422)
    try:
        write(dict(form.cleaned_data))
    except Refused as refused:
        reason = _first(refused)
        form.add_error("is_confirmed" if reason.code == "units" else None, reason.sentence)
        return _page(request, standing, row, {name: form}, status=409)
    messages.success(request, done)
    return redirect("budget:book-detail", row.code)


def _first(refused: Refused) -> Refused:
    if isinstance(refused, EntriesRefused):
        return next(iter(refused.by_entry.values()))
    return refused


def _page(
    request: HttpRequest,
    standing: Standing,
    row: Allocation,
    bound: Forms | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    bound = bound or {}
    why_not = rules.why_not_keep_books(standing)
    initial = {
        name: getattr(row, name)
        for form in (AmountsForm, SettleForm)
        for name in form.base_fields
        if hasattr(row, name)
    }
    shown = {
        "amounts": AmountsForm(initial=initial, auto_id="id_amounts_%s"),
        "settle": SettleForm(initial=initial, auto_id="id_settle_%s"),
        "receive": ReceiptForm(auto_id="id_receive_%s"),
        "enact": EnactForm(
            initial={"version": row.version, "allotted": row.allotted}, auto_id="id_enact_%s"
        ),
    }
    has_next_year = FiscalYear.objects.filter(year=row.fiscal_year_id + 1).exists()
    events = Event.objects.of("budget.allocation", row.pk).order_by("-pk")[:HISTORY]
    return render(
        request,
        "budget/book_detail.html",
        {
            "row": row,
            "position": row.position,
            "why_not_keep": why_not,
            "why_not_carry": rules.why_not_carry(row, has_next_year),
            "forms": shown | dict(bound),
            "open": next(iter(bound), ""),
            "failed": list(bound.values()),
            "refusal": refusal,
            "months": _months(row, bound, may_correct=why_not is None),
            "transfers": _transfers(row),
            "receipts": OutsideReceipt.objects.filter(allocation=row)
            .select_related("made_by")
            .order_by("received_date", "pk"),
            "contracts": Contract.objects.filter(allocation=row).in_code_order(),
            "events": [(event, _VERBS.get(event.verb, event.verb)) for event in events],
        },
        status=status,
    )


_VERBS = {
    "budget.allocation.added": gettext_lazy("ลงทะเบียน"),
    "budget.allocation.changed": gettext_lazy("แก้ไข"),
    "budget.allocation.settled": gettext_lazy("กันเงิน ส่งคืน เงินเหลือจ่าย"),
    "budget.allocation.carried": gettext_lazy("เปิดเงินกัน"),
    "budget.allocation.enacted": gettext_lazy("วงเงินตาม พ.ร.บ."),
    "budget.outside.received": gettext_lazy("รับเงินจากภายนอก"),
}


def _transfers(row: Allocation) -> list[tuple[Transfer, bool]]:
    """Return the allocation's transfers with whether the money came in."""
    moved = (row.transfers_out.all() | row.transfers_in.all()).select_related(
        "from_allocation", "to_allocation", "made_by"
    )
    return [
        (transfer, transfer.to_allocation_id == row.pk)
        for transfer in moved.order_by("decided_date", "pk")
    ]


def _months(row: Allocation, bound: Forms, *, may_correct: bool) -> list[dict[str, Any]]:
    """Return what is known of each month: cumulative, its own, rate, corrections and their form."""
    figures = {
        figure.month.number: figure
        for figure in MonthlyFigure.objects.filter(allocation=row).select_related(
            "month", "entered_by"
        )
    }
    corrections: dict[int, list[Correction]] = {}
    for correction in (
        Correction.objects.filter(figure__allocation=row).select_related("made_by").order_by("pk")
    ):
        corrections.setdefault(correction.figure_id, []).append(correction)
    cumulative = [
        figures[n].disbursed_to_date if n in figures and figures[n].status in COUNTED else None
        for n in range(1, 13)
    ]
    lines = []
    for number, own in enumerate(monthly(cumulative), start=1):
        figure = figures.get(number)
        if figure is None:
            continue
        counts = figure.status in COUNTED
        form = bound.get(f"correct-{figure.pk}")
        if form is None and may_correct and counts and not figure.month.is_closed:
            form = CorrectionForm(
                initial={
                    "disbursed_to_date": figure.disbursed_to_date,
                    "obligated": figure.obligated,
                },
                auto_id=f"id_{figure.pk}_%s",
            )
        lines.append(
            {
                "label": month_label(row.fiscal_year_id, number),
                "figure": figure,
                "own": own,
                "rate": rate(figure.disbursed_to_date, row.revised)
                if figure.disbursed_to_date is not None
                else None,
                "corrections": corrections.get(figure.pk, []),
                "form": form,
                "name": f"correct-{figure.pk}",
            }
        )
    return lines
