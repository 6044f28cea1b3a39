"""The books: every allocation of a year, what it was given and what is left; a new one."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency
from accounts.rules import Standing
from budget import actions, rules
from budget.forms import AllocationForm
from budget.listings import BOOKS
from budget.models import Allocation, AllocationQuerySet, BudgetSource, ExpenditureType
from budget.scoring import ZERO
from budget.views.frame import Filter, asked_year, staff, years_known
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import EntriesRefused, Refused
from projects.models import Project
from submissions.models import FiscalYear

PAGE = 50
SUMMED = (
    *("appropriation", "outside", "transferred_in", "transferred_out", "revised", "allotted"),
    *("disbursed", "obligated", "savings", "reserved_with_obligation"),
    *("reserved_without_obligation", "returned"),
)


@require_safe
def book_list(request: HttpRequest) -> HttpResponseBase:
    """Show the allocations that the person may see, filtered by the address, with their sums."""
    standing = staff(request)
    year = asked_year(request, fiscal.fiscal_year_of(clock.today()))
    seen = Allocation.objects.visible_to(standing).for_year(year)
    rows = _filtered(seen, request.GET)
    if asked_format(request):
        return download(request, BOOKS, rows.with_owner_and_spender().in_code_order())
    sums = {
        name: amount if amount is not None else ZERO
        for name, amount in rows.aggregate(**{name: Sum(name) for name in SUMMED}).items()
    }
    page = Paginator(rows.with_owner_and_spender().in_code_order(), PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "budget/book_list.html",
        {
            "year": year,
            "page": page,
            "sums": sums,
            "transferred": sums["transferred_in"] - sums["transferred_out"],
            "remaining": sums["revised"] - sums["disbursed"] - sums["obligated"],
            "filters": _filters(request, standing, year),
            "why_not_keep": rules.why_not_keep_books(standing),
            "is_sample": any(row.is_sample for row in page.object_list),
        },
    )


def _filtered(rows: AllocationQuerySet, asked: Mapping[str, str]) -> AllocationQuerySet:
    if text := asked.get("q", "").strip():
        rows = rows.filter(
            Q(code__icontains=text)
            | Q(name_th__icontains=text)
            | Q(project__name_th__icontains=text)
        )
    for name, path in (
        ("owner", "owner_agency__code"),
        ("agency", "spending_agency__code"),
        ("source", "source__code"),
        ("type", "expenditure_type"),
    ):
        if value := asked.get(name):
            rows = rows.filter(**{path: value})
    kinds = {
        "own": Q(origin_year=F("fiscal_year_id")),
        "carried": Q(origin_year__lt=F("fiscal_year_id")),
        "provisional": Q(is_provisional=True),
    }
    if kind := kinds.get(asked.get("kind", "")):
        rows = rows.filter(kind)
    return rows


def _filters(request: HttpRequest, standing: Standing, year: int) -> list[Filter]:
    every = ("", _("ทั้งหมด"))
    years = sorted({*years_known(), year}, reverse=True)
    agencies = Agency.objects.in_code_order()
    if not standing.sees_province:
        agencies = agencies.filter(pk__in=standing.agencies())
    named = [(agency.code, agency.short_name) for agency in agencies]
    sources = [(row.code, row.name) for row in BudgetSource.objects.order_by("order", "code")]
    types = [(value, str(label)) for value, label in ExpenditureType.choices]
    kinds = [
        ("own", _("เงินของปีนี้")),
        ("carried", _("เงินกันจากปีก่อน")),
        ("provisional", _("งบไปพลางก่อน")),
    ]
    return [
        Filter(
            "year",
            _("ปีงบประมาณ"),
            [(str(y), thaidates.format_fiscal_year(y, lang=page_language())) for y in years],
            str(year),
        ),
        Filter("owner", _("เจ้าของงบประมาณ"), [every, *named], request.GET.get("owner", "")),
        Filter("agency", _("หน่วยงานผู้เบิกจ่าย"), [every, *named], request.GET.get("agency", "")),
        Filter("source", _("แหล่งงบประมาณ"), [every, *sources], request.GET.get("source", "")),
        Filter("type", _("ประเภทรายจ่าย"), [every, *types], request.GET.get("type", "")),
        Filter("kind", _("ชนิดเงิน"), [every, *kinds], request.GET.get("kind", "")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def book_new(request: HttpRequest) -> HttpResponseBase:
    """Register a new allocation of a year."""
    standing = staff(request)
    year = get_object_or_404(
        FiscalYear, year=asked_year(request, fiscal.fiscal_year_of(clock.today()))
    )
    form = AllocationForm(request.POST or None)
    status, refusal = 200, rules.why_not_keep_books(standing) or ""
    if request.method == "POST":
        status = 409 if refusal else 422
        if not refusal and form.is_valid():
            status, code = _register(request, year, form)
            if status == 302:
                messages.success(request, _("ลงทะเบียนรายการงบประมาณแล้ว"))
                return redirect("budget:book-detail", code)
    return render(
        request,
        "budget/book_new.html",
        {"form": form, "year": year.year, "refusal": refusal},
        status=status,
    )


def _register(request: HttpRequest, year: FiscalYear, form: AllocationForm) -> tuple[int, str]:
    """Give the form to the verb; return 302 and the code, or the status with the form's errors."""
    typed: dict[str, Any] = dict(form.cleaned_data)
    project_code = typed.pop("project_code")
    project = Project.objects.filter(code=project_code).first() if project_code else None
    if project_code and project is None:
        form.add_error("project_code", _("ไม่มีโครงการรหัสนี้ ตรวจรหัสในหน้าโครงการ"))
    if not project_code and not typed["name_th"]:
        form.add_error("name_th", _("ใส่ชื่อรายการ หรือใส่รหัสโครงการ"))
    if Allocation.objects.filter(code=typed["code"]).exists():
        form.add_error("code", _("มีรายการรหัสนี้แล้ว ใช้รหัสอื่น หรือแก้ไขที่หน้าของรายการนั้น"))
    if project and _twin(project, year, typed):
        form.add_error(
            "project_code",
            _("โครงการนี้มีรายการของแหล่ง ประเภท และหน่วยงานเดียวกันในปีนี้แล้ว ให้แก้ไขรายการนั้น"),
        )
    if form.errors:
        return 422, ""
    try:
        actions.allocate(
            allocations=[actions.AllocationInput(fiscal_year=year, project=project, **typed)],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except EntriesRefused as refused:
        reason = refused.by_entry[0]
        form.add_error("is_confirmed" if reason.code == "units" else None, reason.sentence)
        return 409, ""
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return 409, ""
    return 302, typed["code"]


def _twin(project: Project, year: FiscalYear, typed: Mapping[str, Any]) -> bool:
    return Allocation.objects.filter(
        project=project,
        fiscal_year=year,
        origin_year=year.year,
        source=typed["source"],
        expenditure_type=typed["expenditure_type"],
        spending_agency=typed["spending_agency"],
    ).exists()
