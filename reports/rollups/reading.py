"""Read a quarter's stored figures and everything in force into the document that is frozen."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import Agency, Area
from budget import scoring as money_scoring
from budget.models import (
    Allocation,
    BudgetSource,
    CabinetTarget,
    MoneyFigure,
    MoneyFigureQuerySet,
    MonthlyFigure,
)
from common import fiscal
from common.thainumbers import format_number
from kpi.models import KPI, Figure, IndicatorVersion, Link, Result, Score, Scorecard, Target
from projects.models import Project, ProjectFigure
from projects.scoring import OverProjects, ProjectPoint, Standing, over_projects
from projects.scoring import Standing as ProjectStanding
from reports import document as shape
from reports.models import Freeze
from reports.scoring import Limits, limits_of, standing_of_achievement, standing_of_score
from strategy.models import Issue
from submissions.models import Quarter
from submissions.workflow import COUNTED

ZERO = Decimal(0)
_PUBLIC_LEVELS = (Scorecard.Level.PROVINCE, Scorecard.Level.AGENCY)
_TOPS = {"five": Decimal(5), "three": Decimal(100)}
_COUNTED = [status.value for status in COUNTED]
_NO_MONEY = shape.Money(ZERO, ZERO, ZERO, ZERO, None, None)


@dataclass(slots=True)
class _Read:
    """What one freezing reads, by the keys under which it is looked up."""

    quarter: Quarter
    limits: Limits
    figures: dict[int, Figure] = field(default_factory=dict)
    last_year: dict[str, Decimal | None] = field(default_factory=dict)
    issue_money: dict[int, shape.Money] = field(default_factory=dict)
    project_money: dict[int, shape.Money] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    project_figures: list[ProjectFigure] = field(default_factory=list)


def frozen_of(quarter: Quarter, *, at: datetime) -> shape.Frozen:
    """Return the quarter's document as the stored figures say; the caller has computed them."""
    read = _read(quarter)
    kpis = list(
        KPI.objects.for_year(quarter.fiscal_year_id)
        .filter(scorecard__level__in=_PUBLIC_LEVELS)
        .with_rules()
        .in_code_order()
    )
    versions = _versions(quarter, kpis)
    previous = _previous(quarter)
    scores = Score.objects.filter(quarter=quarter)
    cards = {score.scorecard_id: score for score in scores if score.scorecard_id}
    of_issues = {score.issue_id: score for score in scores if score.issue_id}
    province = (
        Scorecard.objects.for_year(quarter.fiscal_year_id)
        .filter(level=Scorecard.Level.PROVINCE)
        .first()
    )
    projects = list(Project.objects.for_year(quarter.fiscal_year_id).with_agency().in_code_order())
    own_figures = {figure.project_id: figure for figure in read.project_figures}
    money_rows, money = _money_rows(quarter)
    first = fiscal.quarter_start(quarter.fiscal_year_id, 1)
    return shape.Frozen(
        format=shape.FORMAT,
        period=shape.Period(
            quarter.fiscal_year_id,
            quarter.number,
            first.isoformat(),
            fiscal.quarter_end(quarter.fiscal_year_id, quarter.number).isoformat(),
        ),
        closed_at=at.astimezone(fiscal.ZONE).isoformat(timespec="seconds"),
        is_sample=any(kpi.is_sample for kpi in kpis)
        or any(project.is_sample for project in projects),
        province_name=_province_name(),
        province=_total(cards.get(province.pk) if province else None, province, read.limits),
        previous_score=previous.province.score if previous else None,
        scale=province.scale if province else "",
        issues=_issues(read, kpis, projects, own_figures, of_issues, previous),
        agencies=_agencies(quarter, cards, read.limits),
        kpis=tuple(_kpi_row(read, kpi, versions) for kpi in kpis),
        projects=tuple(
            _project_row(read, project, own_figures[project.pk])
            for project in projects
            if project.pk in own_figures and project.status in Project.PUBLIC_STATUSES
        ),
        delivery=_delivery(read, projects, own_figures),
        money=money,
        money_rows=money_rows,
        money_targets=_money_targets(quarter),
        money_months=_money_months(quarter),
        rules=tuple(_rules_row(kpi, versions[kpi.pk]) for kpi in kpis if kpi.pk in versions),
        targets=_targets(kpis),
        curves=_curves(kpis),
        links=_links(kpis),
        contributions=_contributions(quarter, kpis),
        project_entries=tuple(
            shape.EntryRef("progress", pk, version) for pk, version in _progress_entries(quarter)
        ),
        money_entries=tuple(
            shape.EntryRef("money", pk, version) for pk, version in _money_entries(quarter)
        ),
    )


def _read(quarter: Quarter) -> _Read:
    read = _Read(quarter, limits_of(quarter.fiscal_year.thresholds))
    read.figures = {
        figure.kpi_id: figure
        for figure in Figure.objects.for_quarter(quarter)
        .filter(kpi__scorecard__level__in=_PUBLIC_LEVELS)
        .select_related("version")
    }
    before = Figure.objects.filter(
        quarter__fiscal_year=quarter.fiscal_year_id - 1,
        quarter__number=quarter.number,
        kpi__scorecard__level__in=_PUBLIC_LEVELS,
    )
    read.last_year = {figure.kpi.code: figure.ytd_value for figure in before.select_related("kpi")}
    read.issue_money = _money_by(quarter, "issue")
    read.project_money = _money_by(quarter, "project")
    read.addresses = {
        issue.pk: address_of(issue) for issue in Issue.objects.select_related("edition__plan")
    }
    read.project_figures = list(ProjectFigure.objects.filter(quarter=quarter))
    return read


def address_of(issue: Issue) -> str:
    """Return the issue's part of its address, such as 2566-1."""
    return f"{issue.edition.plan.start_year}-{issue.code}"


def newest_freeze(quarter: Quarter) -> Freeze | None:
    return Freeze.objects.filter(quarter=quarter).order_by("-number").first()


def _previous(quarter: Quarter) -> shape.Frozen | None:
    """Return the newest document of the quarter before, of the same fiscal year."""
    before = (
        Freeze.objects.filter(
            quarter__fiscal_year=quarter.fiscal_year_id, quarter__number=quarter.number - 1
        )
        .order_by("-number")
        .first()
    )
    return shape.read(shape.Frozen, before.document) if before else None


def _province_name() -> shape.Words:
    area = Area.objects.filter(kind=Area.Kind.PROVINCE).order_by("code").first()
    if area is None:
        return shape.Words("จังหวัด", "Province")
    thai = area.name_th if area.name_th.startswith("จังหวัด") else f"จังหวัด{area.name_th}"
    english = (
        area.name_en
        if not area.name_en or "Province" in area.name_en
        else f"{area.name_en} Province"
    )
    return shape.Words(thai, english)


# ── Scores ───────────────────────────────────────────────────────────────────


def _total(score: Score | None, card: Scorecard | None, limits: Limits) -> shape.Total:
    top = None if card is None else card.top_score or _TOPS.get(card.scale)
    if score is None:
        return shape.Total(None, None, top, 0, 0, ZERO, ZERO, "")
    return shape.Total(
        score.score,
        score.percent,
        top,
        score.covered,
        score.due,
        score.covered_weight,
        score.due_weight,
        standing_of_score(score.percent, limits),
    )


def _issues(
    read: _Read,
    kpis: Iterable[KPI],
    projects: Iterable[Project],
    figures: Mapping[int, ProjectFigure],
    scores: Mapping[int, Score],
    previous: shape.Frozen | None,
) -> tuple[shape.IssueRow, ...]:
    """The issues that the year's KPIs and projects stand under, in the plan's order."""
    used = {
        kpi.issue_id
        for kpi in kpis
        if kpi.issue_id and kpi.scorecard.level == Scorecard.Level.PROVINCE
    }
    by_issue: dict[int, list[Project]] = defaultdict(list)
    for project in projects:
        if project.issue_id:
            by_issue[project.issue_id].append(project)
    before = {row.address: row.percent for row in previous.issues} if previous else {}
    rows = []
    for issue in Issue.objects.filter(pk__in=used | set(by_issue)).with_edition().in_code_order():
        score = scores.get(issue.pk)
        address = read.addresses[issue.pk]
        rows.append(
            shape.IssueRow(
                address=address,
                code=issue.code,
                name=_words(issue),
                weight=score.weight if score else None,
                percent=score.percent if score else None,
                covered=score.covered if score else 0,
                due=score.due if score else 0,
                previous_percent=before.get(address),
                standing=standing_of_score(score.percent if score else None, read.limits),
                delivery=_delivery(read, by_issue[issue.pk], figures),
                money=read.issue_money.get(issue.pk, _NO_MONEY),
                is_sample=issue.is_sample,
            )
        )
    return tuple(rows)


def _agencies(
    quarter: Quarter, scores: Mapping[int, Score], limits: Limits
) -> tuple[shape.AgencyRow, ...]:
    cards = (
        Scorecard.objects.for_year(quarter.fiscal_year_id)
        .filter(level=Scorecard.Level.AGENCY)
        .select_related("agency")
        .order_by("agency__code")
    )
    return tuple(
        shape.AgencyRow(
            card.agency.code,
            _words(card.agency),
            _total(scores.get(card.pk), card, limits),
            card.scale,
        )
        for card in cards
    )


def _words(thing: Issue | Agency | Project | BudgetSource) -> shape.Words:
    return shape.Words(thing.name_th, thing.name_en)


# ── KPIs ─────────────────────────────────────────────────────────────────────


def _versions(quarter: Quarter, kpis: Iterable[KPI]) -> dict[int, IndicatorVersion]:
    """Return the rules in force of each KPI in the quarter."""
    by_indicator: dict[int, list[IndicatorVersion]] = defaultdict(list)
    for version in IndicatorVersion.objects.filter(
        indicator__in={kpi.indicator_id for kpi in kpis}
    ).order_by("from_year", "from_quarter"):
        if (version.from_year, version.from_quarter) <= (quarter.fiscal_year_id, quarter.number):
            by_indicator[version.indicator_id].append(version)
    return {
        kpi.pk: by_indicator[kpi.indicator_id][-1] for kpi in kpis if by_indicator[kpi.indicator_id]
    }


def _kpi_row(read: _Read, kpi: KPI, versions: Mapping[int, IndicatorVersion]) -> shape.KPIRow:
    figure = read.figures.get(kpi.pk) or Figure(kpi=kpi, quarter=read.quarter)
    version = figure.version or versions.get(kpi.pk)
    return shape.KPIRow(
        code=kpi.code,
        level=kpi.scorecard.level,
        name=shape.Words(kpi.indicator.name_th, kpi.indicator.name_en),
        unit=shape.Words(version.unit_th, version.unit_en) if version else shape.Words(""),
        decimals=version.decimals if version else 2,
        shows_one_to=bool(version and version.shows_one_to),
        direction=version.direction if version else "",
        agency_code=kpi.agency.code,
        agency=_words(kpi.agency),
        issue_address=read.addresses.get(kpi.issue_id or 0, ""),
        weight=kpi.weight,
        state=figure.state,
        state_reason=figure.state_reason,
        value=figure.value,
        ytd_state=figure.ytd_state,
        ytd_value=figure.ytd_value,
        ytd_numerator=figure.ytd_numerator,
        ytd_denominator=figure.ytd_denominator,
        is_partial=figure.is_partial,
        covered=figure.covered,
        due=figure.due,
        target=figure.target_ytd,
        target_low=figure.target_low,
        target_high=figure.target_high,
        measured_against=figure.measured_against,
        achievement=figure.achievement,
        score=figure.score,
        score_percent=figure.score_percent,
        last_year=read.last_year.get(kpi.code),
        standing=standing_of_achievement(figure.achievement, read.limits),
        is_unconfirmed=figure.is_unconfirmed,
        is_sample=kpi.is_sample,
        rules_version=version.number if version else None,
        curve_code=kpi.curve.code,
    )


def _rules_row(kpi: KPI, version: IndicatorVersion) -> shape.RulesInForce:
    return shape.RulesInForce(
        kpi_code=kpi.code,
        indicator_code=kpi.indicator.code,
        number=version.number,
        is_ratio=version.is_ratio,
        scale=version.scale,
        over_time=version.over_time,
        denominator_over_time=version.denominator_over_time,
        over_units=version.over_units,
        direction=version.direction,
        target_meaning=version.target_meaning,
        frequency=version.frequency,
        lag_quarters=version.lag_quarters,
        reports_own=kpi.reports_own,
    )


def _targets(kpis: Iterable[KPI]) -> tuple[shape.TargetInForce, ...]:
    codes = {kpi.pk: kpi.code for kpi in kpis}
    rows = Target.objects.filter(kpi__in=codes).order_by("kpi__code", "quarter")
    return tuple(
        shape.TargetInForce(
            codes[row.kpi_id],
            row.quarter,
            row.value,
            row.low,
            row.high,
            row.planned_denominator,
            row.base,
        )
        for row in rows
    )


def _curves(kpis: Iterable[KPI]) -> tuple[shape.CurveInForce, ...]:
    curves = {kpi.curve.code: kpi.curve for kpi in kpis}
    return tuple(
        shape.CurveInForce(
            code=code,
            preset=curve.preset,
            axis=curve.axis,
            points=tuple((Decimal(str(x)), Decimal(str(score))) for x, score in curve.points),
            steps_only=curve.steps_only,
            below_first=curve.below_first,
        )
        for code, curve in sorted(curves.items())
    )


def _links(kpis: Iterable[KPI]) -> tuple[shape.LinkInForce, ...]:
    codes = {kpi.pk: kpi.code for kpi in kpis}
    rows = Link.objects.filter(parent__in=codes, child__in=codes).order_by(
        "parent__code", "child__code"
    )
    return tuple(
        shape.LinkInForce(codes[row.parent_id], codes[row.child_id], row.kind, row.weight)
        for row in rows
    )


def _contributions(quarter: Quarter, kpis: Iterable[KPI]) -> tuple[shape.Contribution, ...]:
    """What each KPI's figure was made of; of posts only rows and versions."""
    codes = {kpi.pk: kpi.code for kpi in kpis}
    up = {
        child: (parent, level)
        for parent, child, level in Link.objects.filter(
            parent__fiscal_year=quarter.fiscal_year_id, kind=Link.Kind.SHARE
        ).values_list("parent_id", "child_id", "child__scorecard__level")
    }
    posts: Counter[int] = Counter(
        parent for parent, level in up.values() if level == Scorecard.Level.POST
    )
    own: dict[int, list[shape.ResultRef]] = defaultdict(list)
    personal: dict[int, list[shape.EntryRef]] = defaultdict(list)
    rows = (
        Result.objects.filter(
            quarter__fiscal_year=quarter.fiscal_year_id,
            quarter__number__lte=quarter.number,
            status__in=_COUNTED,
        )
        .select_related("quarter")
        .order_by("kpi_id", "quarter__number")
    )
    for row in rows:
        if row.kpi_id in codes:
            own[row.kpi_id].append(_result_ref(row))
            continue
        above = row.kpi_id
        while above in up and above not in codes:
            above = up[above][0]
        if above in codes:
            personal[above].append(shape.EntryRef("result", row.pk, row.version))
    return tuple(
        shape.Contribution(code, tuple(own[pk]), posts[pk], tuple(personal[pk]))
        for pk, code in codes.items()
        if pk in own or pk in personal
    )


def _result_ref(row: Result) -> shape.ResultRef:
    return shape.ResultRef(
        row.pk,
        row.version,
        row.quarter.number,
        row.is_not_applicable,
        row.value,
        row.numerator,
        row.denominator,
    )


# ── Projects ─────────────────────────────────────────────────────────────────


def _delivery(
    read: _Read, projects: Iterable[Project], figures: Mapping[int, ProjectFigure]
) -> shape.Delivery:
    points = []
    for project in projects:
        figure = figures.get(project.pk)
        money = read.project_money.get(project.pk)
        points.append(
            ProjectPoint(
                standing=ProjectStanding(figure.standing)
                if figure and figure.standing
                else Standing.UNREPORTED,
                physical=figure.delivered if figure else None,
                planned=figure.planned if figure else None,
                revised_baht=money.revised if money else None,
                partial=bool(figure and figure.is_partial),
            )
        )
    whole: OverProjects = over_projects(points)
    return shape.Delivery(
        projects=len(points),
        actual=whole.funded_actual,
        planned=whole.funded_planned,
        counted=whole.counted,
        due=whole.due,
        is_partial=whole.partial,
        unfunded=whole.unfunded,
        unfunded_actual=whole.unfunded_actual,
        states={standing.value: count for standing, count in whole.standings.items() if count},
    )


def _project_row(read: _Read, project: Project, figure: ProjectFigure) -> shape.ProjectRow:
    return shape.ProjectRow(
        code=project.code,
        name=_words(project),
        issue_address=read.addresses.get(project.issue_id or 0, ""),
        agency_code=project.host_agency.code,
        agency=_words(project.host_agency),
        status=project.status,
        state=figure.state,
        delivered=figure.delivered,
        planned=figure.planned,
        elapsed=figure.elapsed,
        variance=figure.variance,
        standing=figure.standing,
        is_partial=figure.is_partial,
        is_unconfirmed=figure.is_unconfirmed,
        money=read.project_money.get(project.pk, _NO_MONEY),
        is_sample=project.is_sample,
    )


def _progress_entries(quarter: Quarter) -> Iterable[tuple[int, int]]:
    rows = quarter.fiscal_year.quarters.filter(number__lte=quarter.number)
    found = (
        Project.objects.filter(progress__quarter__in=rows, progress__status__in=_COUNTED)
        .order_by("progress__pk")
        .values_list("progress__pk", "progress__version")
    )
    return [(pk, version) for pk, version in found]


# ── Money ────────────────────────────────────────────────────────────────────


def _money_by(quarter: Quarter, kind: str) -> dict[int, shape.Money]:
    """Return this year's money of each subject at the quarter's end, of its last signed month."""
    found: dict[int, shape.Money] = {}
    for figure in _money_figures(quarter, kind).filter(expenditure_type="", is_carried_over=False):
        found[figure.scope.subject_id] = _money(figure)
    return found


def _money_figures(quarter: Quarter, kind: str) -> MoneyFigureQuerySet:
    return (
        MoneyFigure.objects.for_year(quarter.fiscal_year_id)
        .of_kind(kind)
        .up_to(quarter.number * 3)
        .with_scope()
        .in_month_order()
    )


def _money(figure: MoneyFigure) -> shape.Money:
    return shape.Money(
        figure.revised,
        figure.allotted,
        figure.obligated,
        figure.disbursed,
        figure.disbursement_rate,
        figure.spending_rate,
    )


def _money_rows(quarter: Quarter) -> tuple[tuple[shape.MoneyRow, ...], shape.Money]:
    sources = {source.pk: source for source in BudgetSource.objects.order_by("order", "code")}
    latest: dict[tuple[int, str, bool], MoneyFigure] = {}
    for figure in _money_figures(quarter, "source").exclude(expenditure_type=""):
        latest[figure.scope.subject_id, figure.expenditure_type, figure.is_carried_over] = figure
    rows = [
        shape.MoneyRow(source.code, _words(source), kind, carried, _money(figure))
        for pk, source in sources.items()
        for (subject, kind, carried), figure in sorted(latest.items(), key=lambda each: each[0])
        if subject == pk
    ]
    whole = _money_by(quarter, "province").get(0, _NO_MONEY)
    return tuple(rows), whole


def _money_months(quarter: Quarter) -> tuple[shape.MoneyMonth, ...]:
    found = {
        figure.month: figure
        for figure in _money_figures(quarter, "province").filter(
            expenditure_type="", is_carried_over=False
        )
    }
    return tuple(
        shape.MoneyMonth(
            month,
            found[month].disbursed if month in found else None,
            found[month].disbursement_rate if month in found else None,
        )
        for month in range(1, quarter.number * 3 + 1)
    )


def _money_targets(quarter: Quarter) -> tuple[shape.MoneyTarget, ...]:
    positions: dict[str, MoneyFigure] = {}
    for figure in _money_figures(quarter, "province").filter(is_carried_over=False):
        positions[figure.expenditure_type or "overall"] = figure
    rows = CabinetTarget.objects.filter(
        fiscal_year=quarter.fiscal_year_id, quarter=quarter.number
    ).order_by("category", "measure")
    found = []
    for row in rows:
        position = positions.get(row.category)
        gap = None
        if position is not None:
            spent = position.disbursed if row.measure == "disbursement" else position.spent
            gap = money_scoring.gap(spent, position.revised, row.percent)
        found.append(
            shape.MoneyTarget(
                row.category,
                row.measure,
                row.percent,
                row.kind,
                row.source,
                row.is_verified,
                gap.rate if gap else None,
                gap.points if gap else None,
                gap.baht_needed if gap else None,
            )
        )
    return tuple(found)


def _money_entries(quarter: Quarter) -> Iterable[tuple[int, int]]:
    rows = MonthlyFigure.objects.filter(
        allocation__in=Allocation.objects.for_year(quarter.fiscal_year_id),
        month__number__lte=quarter.number * 3,
        status__in=_COUNTED,
    )
    return list(rows.order_by("pk").values_list("pk", "version"))


# ── Restatements ─────────────────────────────────────────────────────────────


def corrections_between(
    before: shape.Frozen, after: shape.Frozen, freeze: Freeze, edition: int
) -> tuple[shape.Correction, ...]:
    """List the KPIs whose year-to-date figure differs, with the restatement's reason."""
    old = {row.code: row for row in before.kpis}
    return tuple(
        shape.Correction(
            edition=edition,
            restated_at=freeze.made_at.astimezone(fiscal.ZONE).isoformat(timespec="seconds"),
            code=row.code,
            name=row.name,
            before=_text(old[row.code], old[row.code].ytd_value),
            after=_text(row, row.ytd_value),
            reason=freeze.reason,
            unit=row.unit,
        )
        for row in after.kpis
        if row.code in old
        and (old[row.code].ytd_value, old[row.code].ytd_state) != (row.ytd_value, row.ytd_state)
    )


def _text(row: shape.KPIRow, value: Decimal | None) -> str:
    return format_number(value, row.decimals) or "–"
