"""What everybody reads of KPIs: the list, and one KPI with its cascade."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules import Standing
from audit.log import record
from common import charts, clock
from common.downloads import asked_format, download
from kpi.explaining import is_not_recorded, kept_for, links_above, links_below, posts_below
from kpi.listings import PROVINCE_KPIS
from kpi.models import KPI, Figure, IndicatorVersion, InForce, Link, Result, Scorecard
from kpi.rules.definitions import may_see_personal
from kpi.rules.disclosure import disclosure_of, disclosures_of
from kpi.rules.surroundings import performance_level, thresholds_of, version_in_force
from kpi.rules.wording import reason_sentence
from kpi.scoring.targets import NO_TARGET, Target
from strategy.models import Issue
from submissions.models import PeriodState, Quarter, QuarterQuerySet
from submissions.rules import standing_of

TREND = 8


def readable_quarters(standing: Standing) -> QuarterQuerySet:
    """Quarters whose figures the person reads: published ones, for staff also what is running."""
    quarters = Quarter.objects.select_related("fiscal_year")
    if standing.pairs:
        return quarters.exclude(state=PeriodState.PLANNED)
    return quarters.filter(state=PeriodState.PUBLISHED)


def asked_quarter(request: HttpRequest, standing: Standing) -> tuple[Quarter | None, list[Quarter]]:
    """Return the quarter of the address (the newest unless it names one) and all that can be asked.

    :raises Http404: if the address names one that the person may not read.
    """
    quarters = list(readable_quarters(standing).in_time_order())[::-1]
    named = request.GET.get("quarter", "")
    if not named:
        return (quarters[0] if quarters else None), quarters
    for quarter in quarters:
        if f"{quarter.fiscal_year_id}-{quarter.number}" == named:
            return quarter, quarters
    raise Http404(_("ไม่มีไตรมาสนี้"))


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI with its figure of the quarter (None where none is computed yet, or none to be read)."""

    kpi: KPI
    figure: Figure | None
    level: str | None
    decimals: int = 2
    # Another agency's, or a total that would tell it, before its quarter is published.
    is_withheld: bool = False
    # Whether the KPI's own page is there for the person.
    opens: bool = True
    # Nobody's secret.
    target: Target = NO_TARGET
    unit: str = ""


def lines_of(kpis: list[KPI], quarter: Quarter, standing: Standing) -> list[Line]:
    figures = {
        figure.kpi_id: figure
        for figure in Figure.objects.for_quarter(quarter)
        .filter(kpi__in=kpis)
        .select_related("version")
    }
    thresholds = thresholds_of(quarter.fiscal_year)
    told = disclosure_of(quarter, standing)
    lines = []
    for kpi in kpis:
        stored, is_read = figures.get(kpi.pk), told.reads(kpi)
        figure = stored if is_read else None
        version = stored.version if stored else None
        lines.append(
            Line(
                kpi,
                figure,
                performance_level(figure.achievement, thresholds) if figure else None,
                version.decimals if version else 2,
                is_withheld=not is_read,
                opens=told.opens(kpi),
                target=Target(stored.target_ytd, stored.target_low, stored.target_high)
                if stored
                else NO_TARGET,
                unit=version.unit if version else "",
            )
        )
    return lines


@login_not_required
@require_safe
def kpi_list(request: HttpRequest) -> HttpResponseBase:
    """The province's KPIs by issue; filters by issue, agency, state and text stay in the address."""
    standing = standing_of(request.user, clock.today())
    quarter, quarters = asked_quarter(request, standing)
    context: dict[str, Any] = {"quarter": quarter, "quarters": quarters, "groups": []}
    if quarter is None and asked_format(request):
        return download(request, PROVINCE_KPIS, [])
    if quarter is not None:
        kpis = (
            KPI.objects.for_year(quarter.fiscal_year_id)
            .of_level(Scorecard.Level.PROVINCE)
            .with_rules()
            .select_related("issue__edition__plan")
            .order_by("issue__order", "issue__code", "code")
        )
        issue, agency = request.GET.get("issue", ""), request.GET.get("agency", "")
        text, level = request.GET.get("q", "").strip(), request.GET.get("level", "")
        everything = list(kpis)
        if issue:
            kpis = kpis.filter(issue__code=issue)
        if agency:
            kpis = kpis.filter(agency__code=agency)
        if text:
            kpis = kpis.filter(
                Q(indicator__name_th__icontains=text)
                | Q(indicator__name_en__icontains=text)
                | Q(code__icontains=text)
            )
        lines = lines_of(list(kpis), quarter, standing)
        if level:
            lines = [
                line
                for line in lines
                if level in (line.level, line.figure.state if line.figure else "")
            ]
        if asked_format(request):
            is_sample = any(line.kpi.is_sample for line in lines)
            return download(request, PROVINCE_KPIS, lines, is_sample=is_sample)
        groups: dict[Issue | None, list[Line]] = {}
        for line in lines:
            groups.setdefault(line.kpi.issue, []).append(line)
        issues = {kpi.issue for kpi in everything if kpi.issue}
        agencies = {kpi.agency for kpi in everything}
        context |= {
            "groups": list(groups.items()),
            "count": len(lines),
            "text": text,
            "level": level,
            "issue": issue,
            "agency": agency,
            "issues": sorted(issues, key=lambda each: (each.order, each.code)),
            "agencies": sorted(agencies, key=lambda each: each.code),
            "is_sample": any(kpi.is_sample for kpi in everything),
        }
    return render(request, "kpi/kpi_list.html", context)


def kpi_for(request: HttpRequest, standing: Standing, code: str, quarter: Quarter | None) -> KPI:
    """The KPI of a code in the quarter's year that the person may read; a personal one is logged.

    :raises Http404: if there is none for this person.
    """
    if quarter is None:
        raise Http404
    kpi = get_object_or_404(
        KPI.objects.for_year(quarter.fiscal_year_id)
        .with_rules()
        .select_related(
            "issue__edition__plan", "scorecard__post__supervising_post", "indicator__source_agency"
        ),
        code=code,
    )
    if not kpi.is_personal:
        # Another agency's KPI is public like everybody's: only once its quarter is published.
        running = quarter.state != PeriodState.PUBLISHED
        if running and not KPI.objects.visible_to(standing).filter(pk=kpi.pk).exists():
            raise Http404
        return kpi
    if not may_see_personal(kpi, standing):
        raise Http404
    record(
        "kpi.personal.viewed",
        kpi,
        by=request.user if request.user.is_authenticated else None,
        at=clock.now(),
        agency_code=kpi.agency.code,
    )
    return kpi


@dataclass(frozen=True, slots=True)
class Child:
    """A KPI below, with its own people counted but not named unless the reader is in line."""

    link: Link
    line: Line
    posts: int


def _children(
    kpi: KPI, quarter: Quarter, standing: Standing, kept: InForce | None
) -> tuple[list[Child], int]:
    """Return the readable KPIs below and how many personal ones are only counted."""
    links = links_below(kpi, kept)
    readable = [
        link
        for link in links
        if not link.child.is_personal or may_see_personal(link.child, standing)
    ]
    lines = lines_of([link.child for link in readable], quarter, standing)
    below = posts_below([link.child_id for link in readable], quarter, kept=kept is not None)
    children = [
        Child(link, line, below[link.child_id]) for link, line in zip(readable, lines, strict=True)
    ]
    return children, len(links) - len(readable)


@login_not_required
@require_safe
def kpi_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One KPI: the figure, its gap, where it comes from, its way over the quarters, who carries it."""
    standing = standing_of(request.user, clock.today())
    quarter, quarters = asked_quarter(request, standing)
    kpi = kpi_for(request, standing, code, quarter)
    assert quarter is not None
    version = version_in_force(
        IndicatorVersion.objects.filter(indicator=kpi.indicator).prefetch_related(
            "disaggregations__items"
        ),
        quarter.fiscal_year_id,
        quarter.number,
    )
    [line] = lines_of([kpi], quarter, standing)
    # A closed quarter is told as it was when it was closed, whatever was linked since.
    kept = kept_for(line.figure, quarter)
    children, hidden = _children(kpi, quarter, standing, kept)
    targets = {target.quarter: target for target in kpi.targets.all()}
    return render(
        request,
        "kpi/kpi_detail.html",
        {
            "kpi": kpi,
            "version": version,
            "frameworks": kpi.indicator.framework_items.select_related("framework").order_by(
                "framework__order", "order"
            ),
            "quarter": quarter,
            "quarters": quarters,
            "line": line,
            "figure": line.figure,
            "reason": reason_sentence(line.figure.state_reason) if line.figure else "",
            "children": children,
            "hidden": hidden,
            "parents": links_above(kpi, quarter, kept),
            "not_recorded": is_not_recorded(line.figure, quarter, kept),
            "targets": [(number, targets.get(number)) for number in range(1, 5)],
            "trend": _trend(kpi, quarters, quarter, version, standing),
            "result": entry_of(kpi, quarter, standing),
            "is_staff": bool(standing.pairs),
        },
    )


def _trend(
    kpi: KPI,
    quarters: list[Quarter],
    quarter: Quarter,
    version: IndicatorVersion | None,
    standing: Standing,
) -> charts.LineChart | None:
    """Draw the year to date against the target over the last quarters that the person reads."""
    shown = [
        each
        for each in quarters[::-1]
        if (each.fiscal_year_id, each.number) <= (quarter.fiscal_year_id, quarter.number)
    ][-TREND:]
    told = disclosures_of(shown, standing)
    figures = {
        figure.quarter_id: figure
        for figure in Figure.objects.filter(kpi__code=kpi.code, quarter__in=shown).select_related(
            "kpi__scorecard"
        )
        if told[figure.quarter_id].reads(figure.kpi)
    }
    actual: list[Decimal | None] = []
    target: list[Decimal | None] = []
    for each in shown:
        figure = figures.get(each.pk)
        value = None
        if figure is not None:
            value = (
                figure.measured_against if figure.measured_against is not None else figure.ytd_value
            )
        actual.append(value)
        target.append(figure.target_ytd if figure else None)
    if not any(value is not None for value in actual):
        return None
    return charts.line_chart(
        [f"{each.number}/{each.fiscal_year_id % 100}" for each in shown],
        [
            charts.Series(_("ผล"), tuple(actual), "actual"),
            charts.Series(_("เป้าหมาย"), tuple(target), "plan"),
        ],
        title=_("ผลสะสมเทียบเป้าหมาย"),
        unit=version.unit if version else "",
        decimals=version.decimals if version else 2,
        period_head=_("ไตรมาส"),
    )


def entry_of(kpi: KPI, quarter: Quarter, standing: Standing) -> Result | None:
    """The signed entry behind the figure; staff of the agency also see an unsigned one."""
    results = Result.objects.filter(kpi=kpi, quarter=quarter).select_related(
        "entered_by", "submitted_by", "approved_by", "accepted_by"
    )
    if not kpi.is_personal:
        results = (
            results.visible_to(standing)
            if standing.pairs
            else results.filter(status__in=["approved", "accepted"])
        )
    return results.prefetch_related("evidence").first()
