"""Explain this number: a KPI's figures and every score, with what went into them and who signed."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.rules import Standing
from audit.log import record
from audit.models import Event
from common import clock
from kpi.explaining import explanation_of, score_address, score_explanation
from kpi.models import KPI, Figure, Result, Score, Scorecard
from kpi.rules.definitions import may_see_post
from kpi.rules.disclosure import disclosure_of
from kpi.rules.wording import reason_sentence
from kpi.views.public import entry_of, kpi_for, lines_of, readable_quarters
from kpi.views.results import happened
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of

# What the address of a score names.
SUBJECTS = {"scorecards": "scorecard", "issues": "issue"}


def _quarter(standing: Standing, year: int, number: int) -> Quarter:
    return get_object_or_404(readable_quarters(standing), fiscal_year__year=year, number=number)


def _before(standing: Standing, quarter: Quarter) -> Q:
    """Quarters before this one that the person reads."""
    year, number = quarter.fiscal_year_id, quarter.number
    return Q(quarter__in=readable_quarters(standing)) & (
        Q(quarter__fiscal_year__lt=year) | Q(quarter__fiscal_year=year, quarter__number__lt=number)
    )


@login_not_required
@require_safe
def explain(request: HttpRequest, code: str, year: int, number: int) -> HttpResponse:
    """Where one number comes from: formula, contributors, what was left out, who signed, when."""
    standing = standing_of(request.user, clock.today())
    quarter = _quarter(standing, year, number)
    kpi = kpi_for(request, standing, code, quarter)
    [line] = lines_of([kpi], quarter, standing)
    before = (
        Figure.objects.filter(_before(standing, quarter), kpi__code=kpi.code)
        .select_related("quarter__fiscal_year", "version", "kpi__scorecard")
        .order_by("-quarter__fiscal_year", "-quarter__number")
        .first()
    )
    if before is not None and not disclosure_of(before.quarter, standing).reads(before.kpi):
        before = None
    result = entry_of(kpi, quarter, standing)
    history = (
        [happened(event) for event in Event.objects.of("kpi.result", result.pk).in_time_order()]
        if result and standing.pairs
        else []
    )
    return render(
        request,
        "kpi/explain.html",
        {
            "kpi": kpi,
            # At this quarter: another agency's running one is not there.
            "kpi_url": f"{reverse('kpi:kpi-detail', args=[kpi.code])}?quarter={year}-{number}",
            "quarter": quarter,
            "line": line,
            "figure": line.figure,
            "version": line.figure.version if line.figure else None,
            "reason": reason_sentence(line.figure.state_reason) if line.figure else "",
            "found": explanation_of(kpi, quarter, line.figure, standing),
            "result": result,
            "history": history,
            "before": before,
            "result_before": _entry_before(before),
            "is_staff": bool(standing.pairs),
        },
    )


def _entry_before(before: Figure | None) -> Result | None:
    """The signed entry behind the figure of the quarter before."""
    if before is None:
        return None
    return (
        Result.objects.filter(
            kpi=before.kpi_id, quarter=before.quarter_id, status__in=["approved", "accepted"]
        )
        .select_related("entered_by", "approved_by")
        .first()
    )


@login_not_required
@require_safe
def explain_score(
    request: HttpRequest, kind: str, key: int, year: int, number: int
) -> HttpResponse:
    """Where the score of a scorecard, an issue or the province comes from."""
    standing = standing_of(request.user, clock.today())
    quarter = _quarter(standing, year, number)
    if kind not in SUBJECTS:
        raise Http404
    subject: dict[str, Any] = {SUBJECTS[kind]: key}
    score = get_object_or_404(
        Score.objects.select_related(
            "quarter",
            "scorecard__agency",
            "scorecard__post__supervising_post",
            "issue__edition__plan",
        ),
        quarter=quarter,
        **subject,
    )
    card = score.scorecard
    if card is not None:
        _why_not_card(request, card, quarter, standing)
    if not disclosure_of(quarter, standing).reads_score(score):
        raise Http404
    before = (
        Score.objects.filter(_before(standing, quarter), **subject)
        .select_related("quarter", "scorecard")
        .order_by("-quarter__fiscal_year", "-quarter__number")
        .first()
    )
    if before is not None and not disclosure_of(before.quarter, standing).reads_score(before):
        before = None
    return render(
        request,
        "kpi/explain_score.html",
        {
            "score": score,
            "card": card,
            "issue": score.issue,
            "quarter": quarter,
            "found": score_explanation(score),
            "before": before,
            "before_url": score_address(before, before.quarter) if before else "",
            "is_province": card is not None and card.level == Scorecard.Level.PROVINCE,
            "is_sample": KPI.objects.for_year(year).filter(is_sample=True).exists(),
        },
    )


def _why_not_card(
    request: HttpRequest, card: Scorecard, quarter: Quarter, standing: Standing
) -> None:
    """Let a person's card be read by the line and HR only, each view logged.

    :raises Http404: if the person may not read the card.
    """
    if card.level != Scorecard.Level.POST:
        running = quarter.state != PeriodState.PUBLISHED
        if running and not Scorecard.objects.visible_to(standing).filter(pk=card.pk).exists():
            raise Http404
        return
    if card.post is None or not may_see_post(card.post, standing):
        raise Http404
    record(
        "kpi.personal.viewed",
        card,
        by=request.user if request.user.is_authenticated else None,
        at=clock.now(),
        agency_code=card.agency.code,
    )
