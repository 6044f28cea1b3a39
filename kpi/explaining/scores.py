"""The scores of scorecards, issues and the province: from the KPIs and issues that made them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from common.workings import Step, weighted_mean
from kpi.explaining.shapes import Contributor, Explanation
from kpi.models import KPI, Figure, Score, Scorecard
from kpi.rules.wording import reason_sentence
from kpi.scoring import explaining as working
from kpi.scoring import scorecards
from kpi.scoring.curves import Scale, percent_of_score
from strategy.models import Issue
from submissions.models import Quarter


def score_explanation(score: Score) -> Explanation:
    """Return how a scorecard's, an issue's or the province's score is worked out; five queries.

    The score is loaded with its quarter, scorecard and issue.
    """
    if score.scorecard is not None and score.scorecard.level == Scorecard.Level.PROVINCE:
        return _of_province(score, score.scorecard)
    kpis = KPI.objects.for_year(score.quarter.fiscal_year_id).with_rules()
    if score.scorecard is not None:
        kpis = kpis.filter(scorecard=score.scorecard)
    else:
        kpis = kpis.of_level(Scorecard.Level.PROVINCE).filter(issue=score.issue)
    figures = _figures_of(kpis, score.quarter)
    lines = [_line(figure, score) for figure in figures]
    found = Explanation(contributors=lines)
    percent = score.scorecard is None
    pairs = [
        (figure.kpi.weight, brought)
        for figure in figures
        if (brought := figure.score_percent if percent else figure.score) is not None
    ]
    if score.score is not None and (worked := weighted_mean(pairs)):
        found.steps.append(Step(_("คะแนน"), worked, score.score))
    if score.scorecard is not None and score.score is not None and score.percent is not None:
        card = score.scorecard
        worked = working.in_percent(score.score, Scale(card.scale), card.top_score)
        if worked is not None:
            found.steps.append(Step(_("คะแนนเป็นร้อยละ"), worked, score.percent))
    return found


def _figures_of(kpis: Iterable[KPI], quarter: Quarter) -> list[Figure]:
    """The figures of KPIs; in a closed quarter with the weights that were in force then."""
    figures = list(
        Figure.objects.for_quarter(quarter)
        .filter(kpi__in=kpis)
        .select_related("kpi__indicator", "kpi__agency", "kpi__scorecard", "kpi__issue", "version")
        .select_related("in_force")
        .order_by("kpi__code")
    )
    for figure in figures:
        if quarter.is_closed and hasattr(figure, "in_force"):
            figure.kpi.weight = figure.in_force.weight
    return figures


def _line(figure: Figure, score: Score) -> Contributor:
    kpi, out = figure.kpi, ""
    brought = figure.score_percent if score.scorecard is None else figure.score
    if brought is None:
        reason = reason_sentence(figure.state_reason) if figure.state_reason else ""
        out = reason or str(figure.get_state_display())
    quarter = score.quarter
    return Contributor(
        code=kpi.code,
        name=kpi.name,
        agency=kpi.agency.short_name,
        kind="",
        weight=kpi.weight,
        figure=figure,
        counted=brought is not None,
        why_out=out,
        url=reverse("kpi:explain", args=[kpi.code, quarter.fiscal_year_id, quarter.number]),
        score=brought,
        state=figure.state,
    )


def _of_province(score: Score, card: Scorecard) -> Explanation:
    quarter = score.quarter
    figures = _figures_of(KPI.objects.filter(scorecard=card), quarter)
    issues = Score.objects.filter(
        quarter=quarter,
        issue__in={figure.kpi.issue_id for figure in figures if figure.kpi.issue_id},
    ).select_related("issue")
    found = Explanation()
    shares: list[tuple[Decimal, Decimal]] = []
    for each in issues.order_by("issue__order", "issue__code"):
        assert each.issue is not None
        found.contributors.append(_issue_line(each, each.issue, quarter))
        if each.percent is not None and each.weight is not None:
            shares.append((each.weight, each.percent))
    alone = [figure for figure in figures if figure.kpi.issue_id is None]
    found.contributors += [_line(figure, score) for figure in alone]
    shares += _without_issue(alone, card)
    pairs = [(each.kpi.weight, each.score) for each in figures if each.score is not None]
    if score.percent is not None and (worked := weighted_mean(shares)):
        found.steps.append(Step(_("คะแนนรวมจังหวัดเป็นร้อยละ"), worked, score.percent))
    if score.score is not None and (worked := weighted_mean(pairs)):
        found.steps.append(Step(_("คะแนนของใบคะแนน"), worked, score.score))
    return found


def _issue_line(score: Score, issue: Issue, quarter: Quarter) -> Contributor:
    return Contributor(
        code=issue.code,
        name=issue.name,
        agency="",
        kind=_("ประเด็นการพัฒนา"),
        weight=score.weight if score.weight is not None else Decimal(0),
        figure=None,
        counted=score.percent is not None,
        why_out="" if score.percent is not None else _("ยังไม่มีค่า"),
        url=score_address(score, quarter),
        score=score.percent,
    )


def _without_issue(figures: Sequence[Figure], card: Scorecard) -> list[tuple[Decimal, Decimal]]:
    """What the KPIs under no issue bring to the province together."""
    weight = scorecards.issue_weight([each.kpi.weight for each in figures])
    scale, top = Scale(card.scale), card.top_score
    pairs = [
        (each.kpi.weight, percent)
        for each in figures
        if each.score is not None
        and (percent := percent_of_score(each.score, scale, top)) is not None
    ]
    worked = weighted_mean(pairs)
    return [(weight, worked.rounded())] if worked else []


def score_address(score: Score, quarter: Quarter) -> str:
    """Return where a score is explained."""
    kind, key = (
        ("scorecards", score.scorecard_id) if score.scorecard_id else ("issues", score.issue_id)
    )
    return reverse("kpi:explain-score", args=[kind, key, quarter.fiscal_year_id, quarter.number])
