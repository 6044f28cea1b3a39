"""Compliance of agencies and the province, the year's rule, and the KPI that it feeds."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from learning import rules
from learning.actions import feed_kpi, set_rule
from learning.forms import RuleForm
from learning.listings import GOALS, RULES
from learning.models import Goal, Rule
from learning.rollups import by_agency, standings_of
from learning.views.frame import reader_of, tabs_of
from submissions.models import FiscalYear, Quarter
from submissions.rules import every_open_quarter

# An agency of fewer officers would show each of them; a year may have its own limit.
SHOWN_FROM = 5


@require_safe
def overview(request: HttpRequest) -> HttpResponseBase:
    """Show how many officers have met the rule, by agency; small agencies only to their own line."""
    reader = reader_of(request)
    goals = Goal.objects.prefetch_related("issues__edition__plan").order_by("code")
    years = Rule.objects.select_related("kpi").order_by("-year")
    if asked_format(request):
        if request.GET.get("list") == "rules":
            return download(request, RULES, years)
        return download(request, GOALS, goals)
    today = clock.today()
    rule = rules.rule_among(years, today)
    province, lines = by_agency(standings_of(rule, today)) if rule else (None, [])
    year = FiscalYear.objects.filter(pk=rule.year).first() if rule else None
    least = (year.thresholds if year else {}).get("learning", {}).get("shown_from", SHOWN_FROM)
    hr = reader.standing.agencies(Role.HR)
    rows = [(line, line.compliance.officers >= least or line.agency.pk in hr) for line in lines]
    return render(
        request,
        "learning/overview.html",
        {
            **tabs_of(reader, "overview"),
            "rule": rule,
            "province": province,
            "rows": rows,
            "shown_from": least,
            "goals": goals,
            "years": years,
            "quarters": [each for each in every_open_quarter() if each.fiscal_year_id == rule.year]
            if rule and rule.kpi_id
            else [],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, year: int) -> HttpResponse:
    """Set what each officer learns in a year."""
    reader = reader_of(request)
    if reason := rules.why_not_keep_catalogue(reader.standing):
        raise PermissionDenied(reason)
    if not 2540 <= year <= 2700:
        raise Http404(_("ไม่มีปีนี้"))
    rule = Rule.objects.filter(pk=year).first()
    shown = rule or Rule(year=year, version=0)
    form = RuleForm(
        request.POST or None,
        year=year,
        initial={
            name: getattr(shown, name)
            for name in ("basis", "courses_least", "digital_least", "kpi", "source", "version")
        },
    )
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                set_rule(year=year, by=reader.user, at=clock.now(), **form.cleaned_data)
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("บันทึกเกณฑ์แล้ว"))
                return redirect("learning:overview")
    return render(
        request,
        "learning/rule_edit.html",
        {**tabs_of(reader, "overview"), "year": year, "form": form, "refusal": refusal},
        status=status,
    )


@require_POST
def kpi_feed(request: HttpRequest, year: int) -> HttpResponse:
    """Write the compliance of today into the rule's KPI as a draft."""
    reader = reader_of(request)
    rule = get_object_or_404(Rule.objects.select_related("kpi"), pk=year)
    number = request.POST.get("quarter", "")
    quarter = get_object_or_404(
        Quarter, fiscal_year=year, number=int(number) if number.isdecimal() else 0
    )
    try:
        feed_kpi(rule=rule, quarter=quarter, by=reader.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("ใส่ผลเป็นร่างของตัวชี้วัดแล้ว ตรวจและส่งที่หน้า งานของฉัน"))
    return redirect("learning:overview")
