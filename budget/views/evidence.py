"""Files that support a month's figure: looked at, attached and taken away beside the grid."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import Standing
from budget import actions, rules
from budget.dues import grid_url
from budget.forms import EvidenceForm
from budget.models import Allocation, MonthlyFigure
from budget.views.frame import staff
from common import clock
from common.refusal import Refused
from submissions.actions import store_evidence
from submissions.models import Month


@require_http_methods(["GET", "HEAD", "POST"])
def month_evidence(request: HttpRequest, year: int, number: int, code: str) -> HttpResponseBase:
    """Show the files of an allocation's month; a post adds one, a draft is begun where none is."""
    standing = staff(request)
    allocation, month = _place(standing, year, number, code)
    figure = _figure(allocation, month)
    why_not = rules.why_not_save(allocation, month, figure, standing, clock.today())
    form = EvidenceForm(request.POST or None, request.FILES or None)
    refusal, status = "", 200
    if request.method == "POST":
        refusal, status = why_not or "", 409 if why_not else 422
        if not refusal and form.is_valid():
            refusal, status = _attach(request, allocation, month, figure, form)
            if not refusal:
                messages.success(request, _("แนบหลักฐานแล้ว"))
                return redirect(request.path)
    return _page(request, allocation, month, figure, form, why_not, refusal, status)


def _attach(
    request: HttpRequest,
    allocation: Allocation,
    month: Month,
    figure: MonthlyFigure | None,
    form: EvidenceForm,
) -> tuple[str, int]:
    """Store the file and add it; return why not with the status, or an empty text."""
    by, at = request.user, clock.now()
    try:
        if figure is None:
            [figure] = actions.record_monthly_figures(
                entries=[actions.MonthlyInput(allocation, month, None, None)],
                by=by,  # type: ignore[arg-type]
                at=at,
            )
        evidence = store_evidence(
            file=form.cleaned_data["file"],
            agency=allocation.spending_agency,
            by=by,  # type: ignore[arg-type]
            at=at,
        )
        actions.attach_evidence(figure=figure, evidence=evidence, by=by, at=at)  # type: ignore[arg-type]
    except Refused as refused:
        return refused.sentence, 409
    return "", 302


@require_POST
def month_evidence_remove(
    request: HttpRequest, year: int, number: int, code: str, pk: int
) -> HttpResponseBase:
    """Take a file away from a figure that may still be typed."""
    standing = staff(request)
    allocation, month = _place(standing, year, number, code)
    figure = _figure(allocation, month)
    if figure is None:
        raise Http404
    evidence = get_object_or_404(figure.evidence.all(), pk=pk)
    try:
        actions.detach_evidence(
            figure=figure,
            evidence=evidence,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        why_not = rules.why_not_save(allocation, month, figure, standing, clock.today())
        form = EvidenceForm()
        return _page(request, allocation, month, figure, form, why_not, refused.sentence, 409)
    messages.success(request, _("เอาหลักฐานออกแล้ว"))
    return redirect("budget:month-evidence", year, number, code)


def _place(standing: Standing, year: int, number: int, code: str) -> tuple[Allocation, Month]:
    allocations = Allocation.objects.visible_to(standing).with_owner_and_spender()
    allocation = get_object_or_404(allocations, code=code, fiscal_year=year)
    return allocation, get_object_or_404(Month, fiscal_year=year, number=number)


def _figure(allocation: Allocation, month: Month) -> MonthlyFigure | None:
    figures = MonthlyFigure.objects.with_allocation()
    return figures.filter(allocation=allocation, month=month).first()


def _page(
    request: HttpRequest,
    allocation: Allocation,
    month: Month,
    figure: MonthlyFigure | None,
    form: EvidenceForm,
    why_not: str | None,
    refusal: str,
    status: int,
) -> HttpResponse:
    context = {
        "allocation": allocation,
        "month": month,
        "figure": figure,
        "files": figure.evidence.order_by("pk") if figure else [],
        "form": form,
        "why_not": why_not,
        "refusal": refusal,
        "back": f"{grid_url(month)}#r{allocation.pk}",
        "here": reverse(
            "budget:month-evidence", args=[month.fiscal_year_id, month.number, allocation.code]
        ),
    }
    return render(request, "budget/month_evidence.html", context, status=status)
