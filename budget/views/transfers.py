"""Transfers between allocations: what moved, and moving more."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.rules import Standing
from budget import actions, rules
from budget.forms import TransferForm
from budget.listings import TRANSFERS
from budget.models import Allocation, Transfer
from budget.views.frame import Filter, asked_year, staff, years_known
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import EntriesRefused, Refused

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def transfer_list(request: HttpRequest) -> HttpResponseBase:
    """Show the year's transfers, newest first; a post moves money."""
    standing = staff(request)
    year = asked_year(request, fiscal.fiscal_year_of(clock.today()))
    initial = {"from_code": request.GET.get("from", ""), "to_code": request.GET.get("to", "")}
    form = TransferForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = _move(request, standing, form)
        if status == 302:
            messages.success(request, _("โอนเปลี่ยนแปลงแล้ว"))
            return redirect(f"{reverse('budget:transfer-list')}?year={year}")
    seen = Allocation.objects.visible_to(standing).for_year(year)
    rows = Transfer.objects.touching(seen).with_allocations().newest_first()
    if asked_format(request):
        return download(request, TRANSFERS, rows)
    return render(
        request,
        "budget/transfer_list.html",
        {
            "year": year,
            "form": form,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "why_not_keep": rules.why_not_keep_books(standing),
            "filters": [
                Filter(
                    "year",
                    _("ปีงบประมาณ"),
                    [
                        (str(y), thaidates.format_fiscal_year(y, lang=page_language()))
                        for y in sorted({*years_known(), year}, reverse=True)
                    ],
                    str(year),
                )
            ],
        },
        status=status,
    )


def _move(request: HttpRequest, standing: Standing, form: TransferForm) -> int:
    """Give the form to the verb; return 302, or the status with the form's errors."""
    if reason := rules.why_not_keep_books(standing):
        form.add_error(None, reason)
        return 409
    if not form.is_valid():
        return 422
    typed: dict[str, Any] = dict(form.cleaned_data)
    names = {"from_allocation": "from_code", "to_allocation": "to_code"}
    found = {
        row.code: row
        for row in Allocation.objects.visible_to(standing).filter(
            code__in=[typed[code] for code in names.values()]
        )
    }
    for code in names.values():
        if typed[code] not in found:
            form.add_error(code, _("ไม่มีรายการรหัสนี้ ตรวจรหัสในบัญชีงบประมาณ"))
    if form.errors:
        return 422
    for name, code in names.items():
        typed[name] = found[typed.pop(code)]
    try:
        actions.transfer(
            transfers=[actions.TransferInput(**typed)],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        form.add_error(None, refused.by_entry[0].sentence)
        return 409
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return 409
    return 302
