"""Scores: the province's and its issues', the ranking of agencies, one scorecard with its years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules import Standing
from common import charts
from common.downloads import asked_format, download
from common.rounding import round_half_up
from common.tables import CSV_TYPE, Column, Value, csv_chunks
from kpi.listings import RANKING
from kpi.models import AssessmentScheme, Score, Scorecard
from kpi.rules.disclosure import disclosures_of
from kpi.rules.rankings import band_name, bands_of, coverage_of, ranked_quarters, ranking_of
from kpi.rules.score_sheets import sheet_of
from kpi.rules.wording import reason_sentence
from kpi.views.scoring_rules import staff_here
from submissions.models import PeriodState, Quarter

SHOWN_QUARTERS = 12


def _asked(request: HttpRequest, quarters: list[Quarter]) -> Quarter | None:
    named = request.GET.get("quarter", "")
    return next(
        (each for each in quarters if f"{each.fiscal_year_id}-{each.number}" == named),
        quarters[0] if quarters else None,
    )


@require_safe
def score_list(request: HttpRequest) -> HttpResponseBase:
    """The province's score, its issues', and where each agency stands."""
    standing = staff_here(request)
    quarters = ranked_quarters(standing)
    quarter = _asked(request, quarters)
    if asked_format(request):
        return download(request, RANKING, ranking_of(quarter).rows if quarter else [])
    context: dict[str, Any] = {
        "quarter": quarter,
        "quarters": quarters,
        "own": standing.agencies(),
        "own_cards": _own_cards(standing),
    }
    if quarter is not None:
        ranking = ranking_of(quarter)
        context |= {
            "ranking": ranking,
            "sees_all": standing.sees_province,
            "has_small": any(row.placed.is_small for row in ranking.rows),
            "is_sample": any(row.scorecard.is_sample for row in ranking.rows),
        }
    return render(request, "kpi/score_list.html", context)


def _own_cards(standing: Standing) -> list[Scorecard]:
    """Return the person's agencies' newest scorecards."""
    if standing.sees_province:
        return []
    cards = (
        Scorecard.objects.filter(level=Scorecard.Level.AGENCY, agency__in=standing.agencies())
        .select_related("agency")
        .order_by("agency__code", "-fiscal_year")
    )
    newest: dict[int, Scorecard] = {}
    for card in cards:
        newest.setdefault(card.agency_id, card)
    return list(newest.values())


RANKING_COLUMNS = (
    Column("fiscal_year", "ปีงบประมาณ", "integer"),
    Column("quarter", "ไตรมาส", "integer"),
    Column("place", "อันดับ", "integer"),
    Column("is_tied", "อันดับร่วม", "boolean"),
    Column("agency_code", "รหัสหน่วยงาน"),
    Column("agency", "หน่วยงาน"),
    Column("percent", "คะแนนร้อยละ", "percent", 4),
    Column("band", "ระดับผล"),
    Column("coverage_percent", "ความครอบคลุม", "percent", 2),
    Column("is_small_coverage", "ความครอบคลุมต่ำกว่าเกณฑ์", "boolean"),
)


@require_safe
def score_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The ranking as CSV."""
    quarters = ranked_quarters(staff_here(request))
    quarter = _asked(request, quarters)
    if quarter is None:
        return _csv(RANKING_COLUMNS, iter(()), "ranking")

    def rows() -> Iterator[Sequence[Value]]:
        for row in ranking_of(quarter).rows:
            yield (
                quarter.fiscal_year_id,
                quarter.number,
                row.placed.place,
                row.placed.is_tied,
                row.scorecard.agency.code,
                row.scorecard.agency.name_th,
                row.score.percent,
                row.band,
                None if row.coverage is None else round_half_up(row.coverage, 2),
                row.placed.is_small,
            )

    return _csv(RANKING_COLUMNS, rows(), f"ranking-{quarter.fiscal_year_id}-q{quarter.number}")


def _csv(
    columns: Sequence[Column], rows: Iterator[Sequence[Value]], name: str
) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(csv_chunks(columns, rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


# ── One scorecard ────────────────────────────────────────────────────────────


def _card(request: HttpRequest, pk: int) -> tuple[Scorecard, Standing]:
    """Return a scorecard of the province or an agency that the person reads; never a person's."""
    standing = staff_here(request)
    cards = Scorecard.objects.visible_to(standing).exclude(level=Scorecard.Level.POST)
    return get_object_or_404(cards.select_related("agency", "fiscal_year"), pk=pk), standing


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A quarter's total of one scorecard."""

    year: int
    number: int
    score: Score
    band: str
    coverage: Decimal | None
    is_year_end: bool


def _trend(card: Scorecard, standing: Standing) -> list[TrendRow]:
    """Return the owner's totals over the years, oldest first, each with the band of its year."""
    found = list(
        Score.objects.filter(scorecard__level=card.level, scorecard__agency=card.agency_id)
        .exclude(quarter__state=PeriodState.PLANNED)
        .select_related("quarter", "scorecard")
        .order_by("quarter__fiscal_year", "quarter__number")
    )
    told = disclosures_of((each.quarter for each in found), standing)
    scores = [each for each in found if told[each.quarter_id].reads_score(each)]
    years = {score.quarter.fiscal_year_id for score in scores}
    schemes = {
        scheme.fiscal_year_id: bands_of(scheme)
        for scheme in AssessmentScheme.objects.filter(
            fiscal_year__in=years, kind=AssessmentScheme.Kind.AGENCY
        ).prefetch_related("bands")
    }
    last = {score.quarter.fiscal_year_id: score.pk for score in scores}
    return [
        TrendRow(
            score.quarter.fiscal_year_id,
            score.quarter.number,
            score,
            band_name(score.percent, schemes.get(score.quarter.fiscal_year_id, [])),
            coverage_of(score),
            last[score.quarter.fiscal_year_id] == score.pk,
        )
        for score in scores
    ]


def _drawn(rows: Sequence[TrendRow], csv_url: str) -> charts.LineChart | None:
    shown = rows[-SHOWN_QUARTERS:]
    if not any(row.score.percent is not None for row in shown):
        return None
    return charts.line_chart(
        [f"{row.number}/{row.year % 100}" for row in shown],
        [charts.Series(_("คะแนน"), tuple(row.score.percent for row in shown), "actual")],
        title=_("คะแนนรวมร้อยละ รายไตรมาส"),
        unit="%",
        decimals=2,
        period_head=_("ไตรมาส"),
        csv_url=csv_url,
    )


@require_safe
def score_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One scorecard's total: each line's weight, score and share, coverage, band, and the years."""
    card, standing = _card(request, pk)
    trend = _trend(card, standing)
    mine = [row for row in trend if row.year == card.fiscal_year_id]
    named = request.GET.get("quarter", "")
    row = next(
        (each for each in mine if f"{each.year}-{each.number}" == named), mine[-1] if mine else None
    )
    number = row.number if row else 1
    sheet = sheet_of(card, first=1, last=number)
    return render(
        request,
        "kpi/score_detail.html",
        {
            "card": card,
            "row": row,
            "rows": mine,
            "number": number,
            "sheet": sheet,
            "lines": [(line, reason_sentence(line.reason)) for line in sheet.lines],
            "trend": trend,
            "chart": _drawn(trend, reverse("kpi:trend-csv", args=[card.pk])),
            "sees_all": standing.sees_province,
        },
    )


TREND_COLUMNS = (
    Column("fiscal_year", "ปีงบประมาณ", "integer"),
    Column("quarter", "ไตรมาส", "integer"),
    Column("score", "คะแนน", "number", 4),
    Column("percent", "คะแนนร้อยละ", "percent", 4),
    Column("band", "ระดับผล"),
    Column("covered", "ตัวชี้วัดที่มีค่า", "integer"),
    Column("due", "ตัวชี้วัดที่ถึงกำหนด", "integer"),
    Column("coverage_percent", "ความครอบคลุม", "percent", 2),
)


@require_safe
def trend_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """A scorecard owner's totals over the years as CSV."""
    card, standing = _card(request, pk)

    def rows() -> Iterator[Sequence[Value]]:
        for row in _trend(card, standing):
            yield (
                row.year,
                row.number,
                row.score.score,
                row.score.percent,
                row.band,
                row.score.covered,
                row.score.due,
                None if row.coverage is None else round_half_up(row.coverage, 2),
            )

    return _csv(TREND_COLUMNS, rows(), f"scores-{card.agency.code}")
