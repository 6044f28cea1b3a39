"""A project's file at the desk: a new proposal, and the eleven items of one that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Agency, Area, Role
from accounts.rules import Standing
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.refusal import Refused
from common.rounding import round_half_up
from common.thainumbers import format_number
from kpi.models import KPI, Indicator, Scorecard
from projects import actions, rules, workflow
from projects.actions.stored import activities_of
from projects.forms import ActivityRow, ParticularsForm, ProjectFileForm, TargetRow, read_rows
from projects.models import Activity, Project, ProjectTarget
from projects.scoring import even_plan
from projects.views.frame import standing_here
from strategy.models import Approach, FrameworkItem, Issue
from submissions.models import FiscalYear

BLANK_ROWS = 2
FEWEST_ROWS = 4
PLAIN = (
    *("code", "name_th", "name_en", "programme_th", "subprogramme_th", "main_kpi_reason_th"),
    *("main_item_reason_th", "value_chain_th", "emenscr_code", "rationale_th", "objective_th"),
    *("beneficiaries_th", "output_th", "outcome_th", "coordinator_name"),
    *("coordinator_position_th", "coordinator_phone", "coordinator_email"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """What the choices of the form stand for, loaded once."""

    agencies: Mapping[int, Agency]
    issues: Mapping[int, Issue]
    approaches: Mapping[int, Approach]
    kpis: Mapping[int, KPI]
    items: Mapping[int, FrameworkItem]
    areas: Mapping[int, Area]
    years: Sequence[int]

    def choices(self, hosts: Sequence[int]) -> dict[str, list[tuple[Any, Any]]]:
        """Return what may be chosen in each field."""
        agencies = [(pk, row.name) for pk, row in self.agencies.items()]
        kpis = [
            (pk, f"{row.code} {row.indicator.name} ({row.fiscal_year_id})")
            for pk, row in self.kpis.items()
        ]
        items = [(pk, f"{row.framework.name} · {row.name}") for pk, row in self.items.items()]
        master = [(pk, row.name) for pk, row in self.items.items() if row.framework.code == "MP"]
        years = [(y, thaidates.format_fiscal_year(y, lang=page_language())) for y in self.years]
        return {
            "issue": [(pk, f"{row.code} {row.name}") for pk, row in self.issues.items()],
            "approach": [(pk, f"{row.code} {row.name}") for pk, row in self.approaches.items()],
            "kpis": kpis,
            "main_kpi": kpis,
            "framework_items": items,
            "main_item": master,
            "areas": [(pk, _area_words(row)) for pk, row in self.areas.items()],
            "supporting_agencies": agencies,
            "host_agency": [(pk, self.agencies[pk].name) for pk in hosts if pk in self.agencies],
            "first_year": years,
            "last_year": years,
        }


def _area_words(area: Area) -> str:
    kind = str(Area.Kind(area.kind).label)
    return f"{kind}{area.name}" if page_language() == "th" else f"{kind} {area.name}"


def load_rows(project: Project | None) -> Rows:
    """Load everything that can be chosen; what the project has stays choosable."""
    own_kpis = set(project.kpis.values_list("pk", flat=True)) if project else set()
    known = set(FiscalYear.objects.values_list("year", flat=True))
    present = fiscal.fiscal_year_of(clock.today())
    years = sorted(known | set(range(present, present + rules.YEARS_AHEAD + 1)))
    return Rows(
        agencies=_by_key(Agency.objects.reporting().in_code_order()),
        issues=_by_key(Issue.objects.in_force().in_code_order()),
        approaches=_by_key(
            Approach.objects.filter(issue__in=Issue.objects.in_force()).order_by("code")
        ),
        kpis={
            row.pk: row
            for row in KPI.objects.select_related("indicator", "scorecard")
            .filter(scorecard__level=Scorecard.Level.PROVINCE)
            .order_by("-fiscal_year_id", "code")
            if row.pk in own_kpis or row.fiscal_year_id >= present - 1
        },
        items=_by_key(
            FrameworkItem.objects.select_related("framework").order_by(
                "framework__order", "order", "code"
            )
        ),
        areas=_by_key(Area.objects.exclude(kind=Area.Kind.VILLAGE).in_code_order()),
        years=years,
    )


def _by_key(rows: Any) -> dict[int, Any]:
    return {row.pk: row for row in rows}


def own_file(standing: Standing, code: str) -> Project:
    """Return the project where the person may read its file; another agency's is a 404."""
    project = get_object_or_404(Project.objects.visible_to(standing).with_agency(), code=code)
    if not standing.sees_province and project.host_agency_id not in standing.agencies():
        raise Http404
    return project


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponseBase:
    """Propose a project."""
    standing = standing_here(request)
    if not standing.has(Role.STRATEGIST, *rules.REPORTERS):
        raise Http404
    return _file_page(request, standing, None)


@require_http_methods(["GET", "HEAD", "POST"])
def project_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a project's file as a form, and keep what is typed."""
    standing = standing_here(request)
    project = own_file(standing, code)
    if workflow.Status(project.status) in workflow.PLANNING:
        return _file_page(request, standing, project)
    return _particulars_page(request, standing, project)


def _particulars_page(
    request: HttpRequest, standing: Standing, project: Project
) -> HttpResponseBase:
    """Show the plan as it was approved, and keep what may still be typed beside it."""
    form = ParticularsForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(project, name) for name in rules.PARTICULARS}
        | {"version": project.version},
    )
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.keep_project_file(
                    given=actions.stored_input(project, **form.particulars),
                    version=form.cleaned_data["version"],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกแฟ้มโครงการ %(code)s แล้ว") % {"code": project.code})
                return redirect("projects:project-file", project.code)
    activities = activities_of(project)
    context = {
        "project": project,
        "form": form,
        "refusal": refusal,
        "why_not": rules.why_not_keep_file(
            project.host_agency_id, project.status, standing, plan_changes=False
        ),
        "activities": activities,
        "targets": project.targets.select_related("indicator").order_by("number"),
        "years": project.years.order_by("fiscal_year_id"),
        "budget_total": sum((row.budget or Decimal(0) for row in activities), Decimal(0)),
        "standing": standing,
        "tab": "file",
        **_links(project),
    }
    return render(request, "projects/project_particulars.html", context, status=status)


def _file_page(
    request: HttpRequest, standing: Standing, project: Project | None
) -> HttpResponseBase:
    rows = load_rows(project)
    hosts = _hosts(standing, rows, project)
    forms = _Forms(request, project, rows, hosts)
    refusal = ""
    status = 200
    if request.method == "POST":
        status = 422
        if forms.are_valid():
            given = forms.given(project, rows)
            try:
                kept = actions.keep_project_file(
                    given=given,
                    version=(forms.main.cleaned_data["version"] or 0) if project else None,
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกแฟ้มโครงการ %(code)s แล้ว") % {"code": kept.code})
                return redirect("projects:project-file", kept.code)
    why_not = rules.why_not_keep_file(
        project.host_agency_id if project else (hosts[0] if hosts else None),
        project.status if project else Project.Status.PROPOSED,
        standing,
        plan_changes=False,
    )
    context = {
        "project": project,
        "form": forms.main,
        "activities": forms.activities,
        "targets": forms.targets,
        "refusal": refusal,
        "why_not": why_not,
        "weight_total": format_number(sum((row.weight for row in forms.stored), Decimal(0))),
        "budget_total": sum((row.budget or 0 for row in forms.stored), Decimal(0)),
        "standing": standing,
        "tab": "file",
        **(_links(project) if project else {}),
    }
    return render(request, "projects/project_file.html", context, status=status)


def _links(project: Project) -> dict[str, Any]:
    """Return a project's targets as they are kept, and the indicators that they may count in."""
    units = actions.units_answered(project)
    found = Indicator.objects.filter(pk__in=units).order_by("code")
    return {
        "targets_kept": project.targets.order_by("number"),
        "linkable": [(indicator, units[indicator.pk]) for indicator in found],
    }


@require_POST
def target_link(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Have a target of the project counted in a KPI's indicator, or no longer."""
    project = own_file(standing_here(request), code)
    target = get_object_or_404(
        project.targets.select_related("project__host_agency", "indicator"), number=number
    )
    chosen, stands = (request.POST.get(name, "") for name in ("indicator", "stands"))
    indicator = Indicator.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    # What the page was drawn with is what is replaced.
    target.indicator_id = int(stands) if stands.isdecimal() else None
    try:
        if chosen and indicator is None:
            raise Refused(_("ไม่มีตัวชี้วัดนี้ให้ผูก"), code="unknown")
        actions.link_target(
            target=target,
            indicator=indicator,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as error:
        messages.error(request, error.sentence)
    else:
        said = _("ผูก “%(name)s” กับตัวชี้วัดแล้ว") if indicator else _("เลิกผูก “%(name)s” แล้ว")
        messages.success(request, said % {"name": target.name_th})
    return redirect(f"{reverse('projects:project-file', args=[code])}#links")


def _hosts(standing: Standing, rows: Rows, project: Project | None) -> list[int]:
    """Return the agencies that the person may name as host."""
    if standing.has(Role.STRATEGIST):
        return list(rows.agencies)
    own = [pk for pk in rows.agencies if pk in standing.agencies(*rules.REPORTERS)]
    if project and project.host_agency_id not in own:
        own.append(project.host_agency_id)
    return own


class _Forms:
    """The forms of the page: the items, the activities and the targets."""

    def __init__(
        self, request: HttpRequest, project: Project | None, rows: Rows, hosts: Sequence[int]
    ) -> None:
        self.stored: list[Activity] = activities_of(project) if project else []
        targets = list(project.targets.order_by("number")) if project else []
        posted = request.POST if request.method == "POST" else None
        years = years_of(project, posted)
        agencies = [(pk, row.name) for pk, row in rows.agencies.items()]
        self.main = ProjectFileForm(
            posted,
            initial=_initial(project, years),
            choices=rows.choices(hosts),
            budget_years=years if len(years) > 1 else (),
            fixed_code=project is not None,
        )
        self.activities = activity_forms(posted, self.stored, agencies, years)
        self.targets = target_forms(posted, targets)

    def are_valid(self) -> bool:
        """Check everything, so that every fault is shown at once."""
        forms = (self.main, *self.activities, *self.targets)
        return not any(form.errors for form in forms) and self.main.is_bound

    def given(self, project: Project | None, rows: Rows) -> actions.ProjectInput:
        """Return what was typed, as the verb takes it."""
        typed = self.main.cleaned_data
        years = range(typed["first_year"], typed["last_year"] + 1)
        host = rows.agencies.get(typed["host_agency"]) or project.host_agency  # type: ignore[union-attr]
        issue = rows.issues.get(typed["issue"]) or (project.issue if project else None)
        shares = dict(project.years.values_list("fiscal_year_id", "share")) if project else {}
        activities: list[actions.ActivityInput] = []
        for row in self.activities:
            if not row.is_blank:
                activities.append(activity_input(row, len(activities) + 1, host, rows))
        values: dict[str, Any] = {name: typed[name] for name in PLAIN}
        values |= {
            "code": project.code if project else typed["code"],
            "host_agency": host,
            "issue": issue if typed["issue"] else None,
            "edition": issue.edition if issue else (project.edition if project else None),
            "approach": rows.approaches.get(typed["approach"]),
            "kpis": [rows.kpis[pk] for pk in typed["kpis"]],
            "main_kpi": rows.kpis.get(typed["main_kpi"]),
            "framework_items": [rows.items[pk] for pk in typed["framework_items"]],
            "main_item": rows.items.get(typed["main_item"]),
            "areas": [rows.areas[pk] for pk in typed["areas"]],
            "supporting_agencies": [rows.agencies[pk] for pk in typed["supporting_agencies"]],
            "start_date": typed["start_date"],
            "end_date": typed["end_date"],
            "beneficiaries": None
            if typed["beneficiaries"] is None
            else int(typed["beneficiaries"]),
            "years": {year: shares.get(year, Decimal(1)) for year in years},
            "year_budgets": self.main.year_budgets or None,
            "activities": activities,
            "targets": target_inputs(self.targets),
            "is_sample": bool(project and project.is_sample),
        }
        if project and not activities:
            values["plan"] = {
                (row.fiscal_year_id, row.month): row.percent for row in project.plan.all()
            }
        return actions.ProjectInput(**values)


def years_of(project: Project | None, posted: Mapping[str, str] | None) -> list[int]:
    """Return the years whose months the plan asks for: those typed, else those kept."""
    if posted is not None:
        first, last = posted.get("first_year", ""), posted.get("last_year", "")
        if first.isdecimal() and last.isdecimal() and 0 <= int(last) - int(first) < 10:
            return list(range(int(first), int(last) + 1))
    if project:
        years = list(project.years.values_list("fiscal_year_id", flat=True))
        if years:
            return sorted(years)
    return [fiscal.fiscal_year_of(clock.today()) + 1]


def activity_forms(
    posted: Mapping[str, str] | None,
    stored: Sequence[Activity],
    agencies: Sequence[tuple[int, str]],
    years: Sequence[int],
) -> list[ActivityRow]:
    """Return a row for each activity, as typed or as stored, and blank ones after them."""
    blank = max(len(stored) + BLANK_ROWS, FEWEST_ROWS)
    count = blank if posted is None else read_rows(posted, "activity")
    last = max((row.number for row in stored), default=0)
    return [
        ActivityRow(
            posted,
            prefix=f"activity-{n}",
            number=stored[n - 1].number if n <= len(stored) else last + n - len(stored),
            agencies=agencies,
            years=years,
            initial=_activity_initial(stored[n - 1]) if n <= len(stored) else {},
        )
        for n in range(1, count + 1)
    ]


def target_forms(
    posted: Mapping[str, str] | None, stored: Sequence[ProjectTarget]
) -> list[TargetRow]:
    """Return a row for each target, as typed or as stored, and blank ones after them."""
    blank = max(len(stored) + BLANK_ROWS, FEWEST_ROWS)
    count = blank if posted is None else read_rows(posted, "target")
    return [
        TargetRow(
            posted,
            prefix=f"target-{n}",
            number=n,
            initial={
                "kind": stored[n - 1].kind,
                "name_th": stored[n - 1].name_th,
                "unit_th": stored[n - 1].unit_th,
                "target": _number(stored[n - 1].target),
            }
            if n <= len(stored)
            else {},
        )
        for n in range(1, count + 1)
    ]


def target_inputs(rows: Sequence[TargetRow]) -> list[actions.TargetInput]:
    """Return the targets that were typed, as the verbs take them."""
    return [
        actions.TargetInput(
            kind=row.cleaned_data["kind"],
            name_th=row.cleaned_data["name_th"].strip(),
            unit_th=row.cleaned_data["unit_th"],
            target=row.cleaned_data["target"],
        )
        for row in rows
        if not row.is_blank
    ]


def activity_input(
    row: ActivityRow, number: int, host: Agency, rows: Rows
) -> actions.ActivityInput:
    """Return an activity that was typed, as the verbs take it."""
    typed = row.cleaned_data
    agency = rows.agencies.get(typed["agency"] or 0, host)
    start, end = typed["start_date"], typed["end_date"]
    return actions.ActivityInput(
        number=number,
        name_th=typed["name_th"].strip(),
        agency=agency,
        weight=typed["weight"],
        start_date=start,
        end_date=end,
        budget=typed["budget"],
        related_agencies=[rows.agencies[pk] for pk in typed["related"]],
        plan=row.plan or even_plan(start, end),
    )


def _number(value: Decimal | int | None, places: int = 4) -> str:
    """Return a stored figure as it is typed: no needless zeros."""
    if value is None:
        return ""
    whole = round_half_up(Decimal(value), places)
    text = format_number(whole, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _initial(project: Project | None, years: Sequence[int]) -> dict[str, Any]:
    if project is None:
        year = years[0]
        taken = Project.objects.filter(code__startswith=f"{year % 100}-").count()
        return {
            "code": f"{year % 100}-N-{taken + 1:03}",
            "first_year": year,
            "last_year": year,
            "start_date": fiscal.year_start(year),
            "end_date": fiscal.year_end(year),
        }
    initial: dict[str, Any] = {name: getattr(project, name) for name in PLAIN}
    initial |= plan_initial(project, years)
    initial |= {
        "version": project.version,
        "issue": project.issue_id,
        "approach": project.approach_id,
        "main_kpi": project.main_kpi_id,
        "main_item": project.main_item_id,
        "host_agency": project.host_agency_id,
    }
    for name in ("kpis", "framework_items", "supporting_agencies"):
        initial[name] = list(getattr(project, name).values_list("pk", flat=True))
    return initial


def plan_initial(project: Project, years: Sequence[int]) -> dict[str, Any]:
    """Return the plan as it is typed: dates, budgets by year, areas, people."""
    return {
        **{name: getattr(project, name) for name in ("objective_th", "output_th", "outcome_th")},
        "first_year": years[0],
        "last_year": years[-1],
        "start_date": project.start_date,
        "end_date": project.end_date,
        "beneficiaries": _number(project.beneficiaries, 0),
        "areas": list(project.areas.values_list("pk", flat=True)),
        **{f"budget-{row.fiscal_year_id}": _number(row.budget, 2) for row in project.years.all()},
    }


def _activity_initial(activity: Activity) -> dict[str, Any]:
    return {
        "name_th": activity.name_th,
        "agency": activity.agency_id,
        "related": [agency.pk for agency in activity.related_agencies.all()],
        "weight": _number(activity.weight),
        "start_date": activity.start_date,
        "end_date": activity.end_date,
        "budget": _number(activity.budget, 2),
        **{
            f"plan-{step.fiscal_year_id}-{step.month}": _number(step.percent)
            for step in activity.plan.all()
        },
    }
