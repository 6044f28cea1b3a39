"""The Cabinet's targets, set and withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import Standing
from budget import actions, rules
from budget.forms import TargetForm
from budget.models import (
    CabinetTarget,
)
from budget.views.frame import Category, Filter, Measure, asked_year, staff
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.refusal import Refused
from submissions.models import FiscalYear


@require_http_methods(["GET", "HEAD", "POST"])
def target_list(request: HttpRequest) -> HttpResponseBase:
    """Show the year's targets with kind, source and verification, and set one."""
    standing = staff(request)
    year = get_object_or_404(
        FiscalYear, year=asked_year(request, fiscal.fiscal_year_of(clock.today()))
    )
    form = TargetForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_cabinet_targets(
                targets=[actions.TargetInput(fiscal_year=year, **form.cleaned_data)],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกเป้าหมายแล้ว"))
            return redirect(f"{reverse('budget:target-list')}?year={year.year}")
    return _target_page(request, standing, year, form, refusal)


def _target_page(
    request: HttpRequest, standing: Standing, year: FiscalYear, form: TargetForm, refusal: str
) -> HttpResponse:
    lines = CabinetTarget.objects.lines(year.year)
    context = {
        "year": year.year,
        "form": form,
        "refusal": refusal,
        "why_not": rules.why_not_set_targets(standing),
        "targets": CabinetTarget.objects.for_year(year.year).order_by(
            "measure", "category", "quarter"
        ),
        "unknown": [
            (measure.label, category.label, quarter)
            for measure in [Measure.DISBURSEMENT]
            for category in Category
            for quarter in range(1, 5)
            if quarter not in lines.get((measure, category), {})
        ],
        "filters": [
            Filter(
                "year",
                _("ปีงบประมาณ"),
                [
                    (str(y.year), thaidates.format_fiscal_year(y.year, lang=page_language()))
                    for y in FiscalYear.objects.order_by("-year")
                ],
                str(year.year),
            )
        ],
    }
    return render(request, "budget/target_list.html", context, status=409 if refusal else 200)


@require_POST
def target_withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a target away with a reason."""
    standing = staff(request)
    target = get_object_or_404(CabinetTarget.objects.select_related("fiscal_year"), pk=pk)
    year = target.fiscal_year
    try:
        actions.withdraw_cabinet_target(
            target=target,
            reason=request.POST.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        return _target_page(request, standing, year, TargetForm(), refused.sentence)
    messages.success(request, _("ถอนเป้าหมายแล้ว ไตรมาสนั้นกลับเป็นไม่ทราบ"))
    return redirect(f"{reverse('budget:target-list')}?year={year.year}")
