"""Change control at the desk: what is asked for, what it would do, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Area
from common import clock, thaidates
from common.bilingual import page_language
from common.refusal import Refused
from common.thainumbers import format_number
from meetings.models import Meeting
from projects import actions, rules
from projects.actions.stored import activities_of
from projects.forms import ChangeDecisionForm, PlanForm
from projects.models import ChangeRequest, ProjectTarget
from projects.views.dossier import (
    activity_forms,
    activity_input,
    load_rows,
    own_file,
    plan_initial,
    target_forms,
    target_inputs,
    years_of,
)
from projects.views.effects import effect_of
from projects.views.frame import standing_here

MEETINGS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of the plan, before and after."""

    label: str
    before: str
    after: str


@require_safe
def change_list(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show what was asked to change in a project's plan."""
    standing = standing_here(request)
    project = own_file(standing, code)
    context = {
        "project": project,
        "changes": ChangeRequest.objects.visible_to(standing)
        .filter(project=project)
        .with_people()
        .newest_first(),
        "why_not": rules.why_not_request_change(project, standing),
        "standing": standing,
        "tab": "changes",
    }
    return render(request, "projects/change_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_new(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask for another plan: the present one stands in the form, to be changed."""
    standing = standing_here(request)
    project = own_file(standing, code)
    posted = request.POST if request.method == "POST" else None
    rows = load_rows(project)
    years = years_of(project, posted)
    stored = activities_of(project)
    form = PlanForm(
        posted,
        initial=plan_initial(project, years),
        choices=rows.choices([]),
        budget_years=years if len(years) > 1 else (),
    )
    agencies = [(pk, row.name) for pk, row in rows.agencies.items()]
    activities = activity_forms(posted, stored, agencies, years)
    targets = target_forms(posted, list(project.targets.order_by("number")))
    why_not = rules.why_not_request_change(project, standing)
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if not any(each.errors for each in (form, *activities, *targets)):
            typed = form.cleaned_data
            shares = dict(project.years.values_list("fiscal_year_id", "share"))
            given = actions.stored_input(
                project,
                objective_th=typed["objective_th"],
                output_th=typed["output_th"],
                outcome_th=typed["outcome_th"],
                beneficiaries=None
                if typed["beneficiaries"] is None
                else int(typed["beneficiaries"]),
                areas=[rows.areas[pk] for pk in typed["areas"]],
                start_date=typed["start_date"],
                end_date=typed["end_date"],
                years={
                    year: shares.get(year, Decimal(1))
                    for year in range(typed["first_year"], typed["last_year"] + 1)
                },
                targets=target_inputs(targets),
                activities=[
                    activity_input(row, row.number, project.host_agency, rows)
                    for row in activities
                    if not row.is_blank
                ],
                **({"year_budgets": form.year_budgets} if form.budget_years else {}),
            )
            try:
                change = actions.request_change(
                    project=project,
                    given=given,
                    reason_th=typed["reason_th"],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("ยื่นคำขอเปลี่ยนแปลงแล้ว แผนยังไม่เปลี่ยนจนกว่าจะมีมติ"))
                return redirect("projects:change-detail", project.code, change.number)
    context = {
        "project": project,
        "form": form,
        "activities": activities,
        "targets": targets,
        "why_not": why_not,
        "refusal": refusal,
        "standing": standing,
        "tab": "changes",
    }
    return render(request, "projects/change_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change_detail(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Show a request with its effect, and write down what the committee said."""
    standing = standing_here(request)
    project = own_file(standing, code)
    change = get_object_or_404(
        ChangeRequest.objects.visible_to(standing).with_people(), project=project, number=number
    )
    meetings = list(
        Meeting.objects.visible_to(standing)
        .select_related("committee")
        .newest_first()[:MEETINGS_SHOWN]
    )
    posted = request.POST if request.method == "POST" else None
    form = ChangeDecisionForm(
        posted,
        meetings=meetings,
        initial={"decided_date": clock.today()},
    )
    refusal, status = "", 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                actions.decide_change(
                    request=change,
                    approved=form.cleaned_data["answer"] == "approved",
                    reference=form.reference_words,
                    decided_date=form.cleaned_data["decided_date"],
                    meeting=form.chosen_meeting,
                    decision_th=form.cleaned_data["decision_th"],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as error:
                refusal, status = error.sentence, 409
            else:
                messages.success(request, _("บันทึกมติของคำขอเปลี่ยนแปลงแล้ว"))
                return redirect(request.path)
    change = get_object_or_404(ChangeRequest.objects.with_people(), pk=change.pk)
    context = {
        "project": project,
        "change": change,
        "rows": diff_rows(change.before, change.after),
        "effect": effect_of(change, standing)
        if change.state == ChangeRequest.State.ASKED
        else None,
        "form": form,
        "why_not": rules.why_not_decide_change(change, standing),
        "why_not_withdraw": rules.why_not_withdraw(change, standing),
        "refusal": refusal,
        "standing": standing,
        "tab": "changes",
    }
    return render(request, "projects/change_detail.html", context, status=status)


@require_POST
def change_withdraw(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Take a request back before it is decided."""
    standing = standing_here(request)
    project = own_file(standing, code)
    change = get_object_or_404(
        ChangeRequest.objects.visible_to(standing).with_people(), project=project, number=number
    )
    try:
        actions.withdraw_change(
            request=change,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("ถอนคำขอแล้ว"))
    return redirect("projects:change-detail", project.code, change.number)


def diff_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[DiffRow]:
    """Return the lines of a plan that differ, in words."""
    areas = dict(Area.objects.values_list("code", "name_th"))
    old, new = _lines(before, areas), _lines(after, areas)
    return [
        DiffRow(label, old.get(label, "–"), new.get(label, "–"))
        for label in dict.fromkeys([*old, *new])
        if old.get(label) != new.get(label)
    ]


def _lines(plan: Mapping[str, Any], areas: Mapping[str, str]) -> dict[str, str]:
    """Return a plan as label → words."""
    lines = {
        _("วันเริ่มต้น"): _day(plan["start_date"]),
        _("วันสิ้นสุด"): _day(plan["end_date"]),
        _("วัตถุประสงค์"): plan["objective_th"] or "–",
        _("ผลผลิต"): plan["output_th"] or "–",
        _("ผลลัพธ์"): plan["outcome_th"] or "–",
        _("ผู้รับประโยชน์ (คน)"): _figure(plan["beneficiaries"], 0),
        _("พื้นที่เป้าหมาย"): ", ".join(areas.get(code, code) for code in plan["areas"]) or "–",
    }
    for year, budget in plan["year_budgets"].items():
        lines[_("งบประมาณปี %(year)s (บาท)") % {"year": year}] = _figure(budget)
    for kind, name, unit, target in plan["targets"]:
        lines[f"{ProjectTarget.Kind(kind).label}: {name}"] = f"{_figure(target)} {unit}".strip()
    for each in plan["activities"]:
        label = _("กิจกรรมที่ %(n)s") % {"n": each["number"]}
        lines[label] = each["name_th"]
        lines[f"{label} · " + _("น้ำหนัก")] = _figure(each["weight"])
        lines[f"{label} · " + _("ระยะเวลา")] = (
            f"{_day(each['start_date'])} – {_day(each['end_date'])}"
        )
        lines[f"{label} · " + _("งบประมาณ (บาท)")] = _figure(each["budget"])
        lines[f"{label} · " + _("แผนรายเดือน")] = " · ".join(
            f"{key[5:]}/{key[:4]} {_figure(percent)}" for key, percent in each["plan"].items()
        )
        lines[f"{label} · " + _("หน่วยงานรับผิดชอบ")] = each["agency"]
        lines[f"{label} · " + _("หน่วยงานที่เกี่ยวข้อง")] = ", ".join(each["related"]) or "–"
    return lines


def _day(text: str) -> str:
    return thaidates.format_date(date.fromisoformat(text), lang=page_language())


def _figure(value: str | int | None, places: int = 2) -> str:
    return "–" if value is None else format_number(Decimal(value), places)
