"""A quarter's ranking: the province, its issues and where each agency stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.rules import Standing
from kpi.models import AssessmentBand, AssessmentScheme, Score, Scorecard
from kpi.scoring.rankings import Contender, Placed, ranked
from kpi.scoring.scorecards import Band, band_of
from submissions.models import PeriodState, Quarter


def bands_of(scheme: AssessmentScheme | None) -> list[AssessmentBand]:
    return sorted(scheme.bands.all(), key=lambda band: -band.limit) if scheme else []


def band_name(percent: Decimal | None, bands: Sequence[AssessmentBand]) -> str:
    """Return the name of the band that a stored percent reaches; "" without one."""
    found = band_of(percent, [Band(str(place), band.limit) for place, band in enumerate(bands)])
    return bands[int(found.key)].name if found else ""


def coverage_of(score: Score) -> Decimal | None:
    """Return the percent, by weight, of what is due that has a figure; None where nothing is due."""
    due: Decimal = score.due_weight
    covered: Decimal = score.covered_weight
    return covered / due * 100 if due else None


@dataclass(frozen=True, slots=True)
class RankRow:
    """An agency's place with what it stands on."""

    placed: Placed
    scorecard: Scorecard
    score: Score
    band: str
    coverage: Decimal | None
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.score.percent is None or self.before is None:
            return None
        change: Decimal = self.score.percent - self.before
        return change


@dataclass(frozen=True, slots=True)
class Ranking:
    """A quarter's scores from the province down to its agencies."""

    quarter: Quarter
    scheme: AssessmentScheme | None
    province: Score | None
    province_band: str
    issues: list[Score]
    rows: list[RankRow]


def ranked_quarters(standing: Standing) -> list[Quarter]:
    """Return the quarters whose ranking the person reads, newest first.

    A running quarter's is for those who read every agency; others read what is published.
    """
    quarters = Quarter.objects.select_related("fiscal_year").exclude(state=PeriodState.PLANNED)
    if not standing.sees_province:
        quarters = quarters.filter(state=PeriodState.PUBLISHED)
    return list(quarters.in_time_order())[::-1]


def ranking_of(quarter: Quarter) -> Ranking:
    """Return a quarter's ranking; four queries."""
    scheme = (
        AssessmentScheme.objects.for_year(quarter.fiscal_year_id)
        .filter(kind=AssessmentScheme.Kind.AGENCY)
        .prefetch_related("bands")
        .first()
    )
    bands = bands_of(scheme)
    earlier = _quarter_before(quarter)
    scores = list(
        Score.objects.filter(quarter=quarter)
        .exclude(scorecard__level=Scorecard.Level.POST)
        .select_related("quarter", "scorecard__agency", "issue__edition__plan")
        .order_by("issue__order", "scorecard__agency__code")
    )
    agencies = [
        score
        for score in scores
        if score.scorecard and score.scorecard.level == Scorecard.Level.AGENCY
    ]
    before = dict(
        Score.objects.filter(
            quarter__fiscal_year=earlier[0],
            quarter__number=earlier[1],
            scorecard__level=Scorecard.Level.AGENCY,
        ).values_list("scorecard__agency_id", "percent")
    )
    of_scorecard = {score.scorecard_id: score for score in agencies}
    places = ranked(
        [Contender(each.scorecard_id or 0, each.percent, coverage_of(each)) for each in agencies],
        scheme.least_coverage if scheme else Decimal(0),
    )
    rows = []
    for placed in places:
        score = of_scorecard[placed.key]
        assert score.scorecard is not None
        rows.append(
            RankRow(
                placed,
                score.scorecard,
                score,
                band_name(score.percent, bands),
                coverage_of(score),
                before.get(score.scorecard.agency_id),
            )
        )
    province = next(
        (
            score
            for score in scores
            if score.scorecard and score.scorecard.level == Scorecard.Level.PROVINCE
        ),
        None,
    )
    return Ranking(
        quarter,
        scheme,
        province,
        band_name(province.percent if province else None, bands),
        [score for score in scores if score.issue],
        rows,
    )


def _quarter_before(quarter: Quarter) -> tuple[int, int]:
    if quarter.number > 1:
        return quarter.fiscal_year_id, quarter.number - 1
    return quarter.fiscal_year_id - 1, 4
