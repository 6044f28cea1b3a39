"""A year's scoring rules: curves and schemes, read by staff, kept by the strategy office."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Standing
from common import clock, fiscal
from common.refusal import Refused
from kpi import actions
from kpi.actions.definitions import CurveInput
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.forms.scoring import (
    AgencySchemeForm,
    BandLine,
    CompetencyLine,
    CurveForm,
    Line,
    PointLine,
    RoundLine,
    SchemeForm,
    are_valid,
    filled,
    lines_of,
)
from kpi.models import AssessmentScheme, ScoreCurve
from kpi.rules.definitions import why_not_define
from submissions.models import FiscalYear
from submissions.rules import standing_of


def staff_here(request: HttpRequest) -> Standing:
    """Return what the person is; the section is for staff.

    :raises Http404: if the person has no role.
    """
    standing = standing_of(request.user, clock.today())
    if not standing.pairs:
        raise Http404
    return standing


def asked_year(request: HttpRequest, years: list[int]) -> int:
    """Return the year of the address, otherwise the present one where it is known."""
    named = request.GET.get("year", "")
    if named.isdecimal() and int(named) in years:
        return int(named)
    present = fiscal.fiscal_year_of(clock.today())
    return present if present in years or not years else years[0]


def known_years() -> list[int]:
    return list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))


@require_safe
def scoring_rules(request: HttpRequest) -> HttpResponse:
    """How figures become scores and scores become results in a year."""
    standing = staff_here(request)
    years = known_years()
    year = asked_year(request, years)
    curves = list(ScoreCurve.objects.filter(fiscal_year=year).order_by("code"))
    schemes = list(AssessmentScheme.objects.for_year(year).whole().in_kind_order())
    there = {scheme.kind for scheme in schemes}
    return render(
        request,
        "kpi/scoring_rules.html",
        {
            "year": year,
            "years": years,
            "curves": [(curve, _points(curve)) for curve in curves],
            "schemes": [_told(scheme) for scheme in schemes],
            "missing": [
                (value, label)
                for value, label in AssessmentScheme.Kind.choices
                if value not in there
            ],
            "before": year - 1 if year - 1 in years else None,
            "why_not": why_not_define(standing),
        },
    )


def _points(curve: ScoreCurve) -> list[tuple[str, str]]:
    return [(_plain(point.x), _plain(point.score)) for point in curve.curve.points]


def _plain(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _told(scheme: AssessmentScheme) -> dict[str, Any]:
    return {
        "scheme": scheme,
        "other_share": 100 - scheme.work_share,
        "bands": sorted(scheme.bands.all(), key=lambda band: -band.limit),
        "rounds": sorted(scheme.rounds.all(), key=lambda each: each.number),
        "competencies": sorted(scheme.competencies.all(), key=lambda each: each.order),
    }


def _strategist_here(request: HttpRequest) -> None:
    if reason := why_not_define(staff_here(request)):
        raise PermissionDenied(reason)


# ── Curves ───────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def curve_edit(request: HttpRequest, year: int, code: str = "") -> HttpResponseBase:
    """Draw a curve anew or change one; what was typed stays where it is refused."""
    _strategist_here(request)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    curve = get_object_or_404(ScoreCurve, fiscal_year=year, code=code) if code else None
    posted = request.POST if request.method == "POST" else None
    stated = (
        {
            name: getattr(curve, name)
            for name in ("code", "name_th", "name_en", "preset", "axis", "steps_only")
        }
        | {"below_first": curve.below_first}
        if curve
        else {}
    )
    form = CurveForm(posted, initial=stated)
    if curve:
        form.fields["code"].disabled = True
    points = lines_of(
        PointLine,
        "point",
        posted,
        [{"x": x, "score": score} for x, score in _points(curve)] if curve else [],
        spare=2 if curve else 6,
    )
    refusal = ""
    if posted is not None and are_valid(form, points):
        values = form.cleaned_data
        try:
            actions.draw_curves(
                curves=[
                    CurveInput(
                        fiscal_year=fiscal_year,
                        points=[
                            (_plain(line["x"]), _plain(line["score"])) for line in filled(points)
                        ],
                        is_sample=curve.is_sample if curve else False,
                        **values,
                    )
                ],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกเกณฑ์คะแนนแล้ว คะแนนที่ใช้เกณฑ์นี้กำลังคำนวณใหม่"))
            return redirect(f"{reverse('kpi:scoring-rules')}?year={year}")
    return _edit_page(
        request, "kpi/curve_edit.html", year, form, {"points": points}, refusal, curve=curve
    )


def _edit_page(
    request: HttpRequest,
    template: str,
    year: int,
    form: CurveForm | SchemeForm,
    lists: dict[str, list[Line]],
    refusal: str,
    **more: Any,
) -> HttpResponse:
    everything = [form, *(line for lines in lists.values() for line in lines)]
    wrong = any(each.is_bound and each.errors for each in everything)
    context = {"year": year, "form": form, "refusal": refusal, "everything": everything}
    status = 409 if refusal else 422 if wrong else 200
    return render(request, template, context | lists | more, status=status)


# ── Schemes ──────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def scheme_edit(request: HttpRequest, year: int, kind: str) -> HttpResponseBase:
    """Set or change the scheme of a kind: shares, bands, rounds, competencies."""
    _strategist_here(request)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    if kind not in AssessmentScheme.Kind.values:
        raise Http404
    scheme = AssessmentScheme.objects.for_year(year).filter(kind=kind).whole().first()
    posted = request.POST if request.method == "POST" else None
    form = _scheme_form(posted, scheme, kind, year)
    told = _told(scheme) if scheme else {"bands": [], "rounds": [], "competencies": []}
    bands = lines_of(
        BandLine,
        "band",
        posted,
        [
            {"limit": _plain(each.limit), "name_th": each.name_th, "name_en": each.name_en}
            for each in told["bands"]
        ],
        spare=2 if scheme else 5,
    )
    names = ("first_quarter", "last_quarter", "name_th", "name_en")
    rounds = lines_of(
        RoundLine,
        "round",
        posted,
        [{name: getattr(each, name) for name in names} for each in told["rounds"]],
        spare=1 if scheme else 3,
    )
    lists = {"bands": bands, "rounds": rounds}
    if kind != AssessmentScheme.Kind.AGENCY:
        lists["competencies"] = lines_of(
            CompetencyLine,
            "competency",
            posted,
            [
                {name: getattr(each, name) for name in ("code", "name_th", "name_en")}
                | {"weight": _plain(each.weight)}
                for each in told["competencies"]
            ],
            spare=2 if scheme else 6,
        )
    refusal = ""
    if posted is not None and are_valid(form, *lists.values()):
        values = form.cleaned_data
        try:
            actions.set_schemes(
                schemes=[
                    SchemeInput(
                        fiscal_year=fiscal_year,
                        kind=kind,
                        work_share=values["work_share"],
                        bands=[BandInput(**line) for line in filled(bands)],
                        rounds=[RoundInput(**line) for line in filled(rounds)],
                        competencies=[
                            CompetencyInput(**line)
                            for line in filled(lists.get("competencies", []))
                        ],
                        curve=values.get("curve"),
                        least_coverage=values.get("least_coverage") or Decimal(0),
                        basis_th=values["basis_th"],
                        version=values["version"] or 0,
                        is_sample=scheme.is_sample if scheme else False,
                    )
                ],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกหลักเกณฑ์การประเมินแล้ว"))
            return redirect(f"{reverse('kpi:scoring-rules')}?year={year}")
    label = AssessmentScheme.Kind(kind).label
    return _edit_page(
        request, "kpi/scheme_edit.html", year, form, lists, refusal, scheme=scheme, kind_label=label
    )


def _scheme_form(posted: Any, scheme: AssessmentScheme | None, kind: str, year: int) -> SchemeForm:
    stated: dict[str, Any] = {"version": 0}
    if scheme:
        stated = {
            "version": scheme.version,
            "work_share": _plain(scheme.work_share),
            "basis_th": scheme.basis_th,
            "curve": scheme.curve_id,
            "least_coverage": _plain(scheme.least_coverage),
        }
    if kind == AssessmentScheme.Kind.AGENCY:
        return AgencySchemeForm(posted, initial=stated, year=year)
    return SchemeForm(posted, initial=stated)


@require_POST
def rules_copy(request: HttpRequest, year: int) -> HttpResponseBase:
    """Copy the curves and schemes of the year before that this year has not."""
    staff_here(request)
    to_year = get_object_or_404(FiscalYear, year=year)
    from_year = get_object_or_404(FiscalYear, year=year - 1)
    try:
        count = actions.copy_scoring_rules(
            from_year=from_year,
            to_year=to_year,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(
            request,
            _("คัดลอกเกณฑ์แล้ว %(n)d รายการ ตรวจกับประกาศของปีนี้ก่อนใช้") % {"n": count}
            if count
            else _("ปีนี้มีเกณฑ์ครบอยู่แล้ว ไม่มีอะไรให้คัดลอก"),
        )
    return redirect(f"{reverse('kpi:scoring-rules')}?year={year}")
