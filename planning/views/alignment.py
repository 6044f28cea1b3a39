"""What the plan answers to above: rows × items of a national or regional plan, with money and gaps."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from budget.models import Allocation
from common import clock, fiscal
from common.downloads import asked_format, download
from common.refusal import Refused
from kpi.models import KPI, Scorecard
from planning.forms.plans import AlignForm
from planning.listings import ALIGNMENT, MAIN_TARGETS, AlignedCell
from planning.rules import participation as rules
from planning.scoring import Backing, Cell, Matrix, closure, matrix
from planning.views.plandesk import standing_at_desk, user_of
from projects.actions import align_project
from projects.models import Project, ProjectTarget
from strategy.models import Framework, FrameworkItem, Issue, IssueAlignment

ROWS = ("issues", "kpis", "projects")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix with its cells in the items' order."""

    pk: int
    code: str
    name: str
    cells: tuple[Cell, ...]
    baht: Decimal
    is_idle: bool
    # Of a KPI: how many of the projects that answer it have a target of their own counted in it.
    linked: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """An item with its sum, and whether nothing serves it."""

    item: FrameworkItem
    baht: Decimal
    is_unserved: bool


@require_safe
def alignment(request: HttpRequest) -> HttpResponseBase:
    """Show the matrix of a framework, its gaps both ways, and each project's main target."""
    standing = standing_at_desk(request)
    return _page(request, standing)


def _page(
    request: HttpRequest,
    standing: Any,
    *,
    form: AlignForm | None = None,
    aligning: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponseBase:
    frameworks = list(Framework.objects.in_plan_order().filter(items__isnull=False).distinct())
    asked = request.GET.get("framework", "")
    framework = next(
        (row for row in frameworks if row.code == asked), frameworks[0] if frameworks else None
    )
    kind = request.GET.get("rows", "issues")
    kind = kind if kind in ROWS else "issues"
    year = _year(request)
    projects = list(
        Project.objects.exclude(status=Project.Status.CANCELLED)
        .for_year(year)
        .select_related("main_item__framework", "host_agency", "issue")
        .prefetch_related("framework_items", "kpis")
        .in_code_order()
    )
    money = dict(
        Allocation.objects.filter(fiscal_year=year, origin_year=year, project__in=projects)
        .order_by()
        .values_list("project")
        .annotate(Sum("revised"))
    )
    rows: list[Row] = []
    columns: list[Column] = []
    total = Decimal(0)
    if framework is not None:
        rows, columns, total = _laid_out(framework, kind, year, projects, money)
    is_sample = any(project.is_sample for project in projects)
    if request.method != "POST" and asked_format(request):
        if request.GET.get("list") == "main-targets":
            return download(request, MAIN_TARGETS, [(row, money.get(row.pk)) for row in projects])
        cells = [
            AlignedCell(column.item, row.code, row.name, cell)
            for row in rows
            for column, cell in zip(columns, row.cells, strict=True)
        ]
        return download(request, ALIGNMENT, cells, is_sample=is_sample)
    return render(
        request,
        "planning/alignment.html",
        {
            "framework": framework,
            "filters": [
                {
                    "name": "framework",
                    "label": _("แผนข้างบน"),
                    "options": [(row.code, row.name) for row in frameworks],
                    "value": framework.code if framework else "",
                },
                {
                    "name": "rows",
                    "label": _("แถว"),
                    "options": [
                        ("issues", _("ประเด็นการพัฒนา")),
                        ("kpis", _("ตัวชี้วัดจังหวัด")),
                        ("projects", _("โครงการ")),
                    ],
                    "value": kind,
                },
                {
                    "name": "year",
                    "label": _("ปีงบประมาณ"),
                    "options": [(str(each), str(each)) for each in range(year - 2, year + 3)],
                    "value": str(year),
                },
            ],
            "rows": rows,
            "columns": columns,
            "total": total,
            "unserved": [column.item for column in columns if column.is_unserved],
            "idle": [row for row in rows if row.is_idle],
            "projects": [(project, money.get(project.pk)) for project in projects],
            "without_main": sum(project.main_item_id is None for project in projects),
            "without_any": [
                project
                for project in projects
                if project.main_item_id is None and not project.framework_items.all()
            ],
            "form": form or AlignForm(),
            "aligning": aligning,
            "refusal": refusal,
            "may_align": rules.why_not_organise(standing) is None,
            "year": year,
            "is_sample": is_sample,
        },
        status=status,
    )


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    if asked.isdecimal() and 2550 <= int(asked) <= 2650:
        return int(asked)
    return fiscal.fiscal_year_of(clock.today())


def _laid_out(
    framework: Framework,
    kind: str,
    year: int,
    projects: list[Project],
    money: dict[int, Decimal],
) -> tuple[list[Row], list[Column], Decimal]:
    items = list(framework.items.order_by("order", "code"))
    above: dict[int, list[int]] = defaultdict(list)
    for pk, parent, serves in FrameworkItem.objects.filter(
        Q(parent__isnull=False) | Q(serves__isnull=False)
    ).values_list("pk", "parent_id", "serves_id"):
        above[pk] += [each for each in (parent, serves) if each]
    named: list[tuple[int, str, str]]
    counted: dict[int, tuple[int, int]] = {}
    links: set[tuple[int, int]] = set()
    if kind == "issues":
        issues = list(Issue.objects.in_force().in_code_order())
        named = [(row.pk, row.code, row.name) for row in issues]
        pairs = IssueAlignment.objects.filter(issue__in=issues).values_list("issue_id", "item_id")
        links = {(row, item) for row, first in pairs for item in closure([first], above)}
        rows_of = {row.pk: {row.issue_id} if row.issue_id else set() for row in projects}
    elif kind == "kpis":
        kpis = list(
            KPI.objects.for_year(year)
            .of_level(Scorecard.Level.PROVINCE)
            .select_related("indicator")
            .prefetch_related("indicator__framework_items")
            .in_code_order()
        )
        named = [(row.pk, row.code, row.indicator.name) for row in kpis]
        links = {
            (row.pk, item)
            for row in kpis
            for item in closure([each.pk for each in row.indicator.framework_items.all()], above)
        }
        rows_of = {row.pk: {each.pk for each in row.kpis.all()} for row in projects}
        counted = _counted(kpis, projects)
    else:
        named = [(row.pk, row.code, row.name) for row in projects]
        rows_of = {row.pk: {row.pk} for row in projects}
    laid = matrix(
        [pk for pk, _code, _name in named],
        [item.pk for item in items],
        links,
        [
            Backing(
                row.pk,
                frozenset(rows_of[row.pk]),
                closure(
                    [
                        *(each.pk for each in row.framework_items.all()),
                        *([row.main_item_id] if row.main_item_id else []),
                    ],
                    above,
                ),
                money.get(row.pk) or Decimal(0),
            )
            for row in projects
        ],
    )
    return _rows(named, items, laid, counted), _columns(items, laid), laid.total


def _counted(kpis: list[KPI], projects: list[Project]) -> dict[int, tuple[int, int]]:
    """Return by KPI how many of its projects have a target counted in it, and how many there are."""
    linked = set(
        ProjectTarget.objects.filter(project__in=projects, indicator__isnull=False).values_list(
            "project_id", "indicator_id"
        )
    )
    answering: dict[int, list[int]] = defaultdict(list)
    for project in projects:
        for each in project.kpis.all():
            answering[each.pk].append(project.pk)
    return {
        kpi.pk: (
            sum((pk, kpi.indicator_id) in linked for pk in answering[kpi.pk]),
            len(answering[kpi.pk]),
        )
        for kpi in kpis
        if kpi.pk in answering
    }


def _rows(
    named: list[tuple[int, str, str]],
    items: list[FrameworkItem],
    laid: Matrix,
    counted: dict[int, tuple[int, int]],
) -> list[Row]:
    return [
        Row(
            pk,
            code,
            name,
            tuple(laid.cells[pk, item.pk] for item in items),
            laid.by_row[pk],
            pk in laid.idle_rows,
            counted.get(pk),
        )
        for pk, code, name in named
    ]


def _columns(items: list[FrameworkItem], laid: Matrix) -> list[Column]:
    return [Column(item, laid.by_item[item.pk], item.pk in laid.unserved_items) for item in items]


@require_POST
def project_align(request: HttpRequest, code: str) -> HttpResponseBase:
    """Set a project's main master-plan target with the reason."""
    standing = standing_at_desk(request)
    project = get_object_or_404(
        Project.objects.visible_to(standing).select_related("main_item", "host_agency"), code=code
    )
    form = AlignForm(request.POST)
    if not form.is_valid():
        return _page(request, standing, form=form, aligning=code, status=422)
    try:
        align_project(project=project, by=user_of(request), at=clock.now(), **form.cleaned_data)
    except Refused as refused:
        return _page(
            request, standing, form=form, aligning=code, refusal=refused.sentence, status=409
        )
    messages.success(request, _("บันทึกเป้าหมายหลักของ %(code)s แล้ว") % {"code": code})
    return redirect("planning:alignment")
