"""An assessment as its form shows it: the sheet, the second part, the total with its band.

Live while it is written, thawed from what was frozen once it is sent or signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Holding, Post, User
from common import fiscal
from common.bilingual import in_language
from kpi.models import Appraisal, AssessmentRound, AssessmentScheme, Scorecard, SelfAssessment
from kpi.rules.score_sheets import ScoreSheet, sheet_of, thawed
from kpi.scoring.assessments import Observed, Outcome, competency_percent, outcome
from kpi.scoring.scorecards import Band


@dataclass(frozen=True, slots=True)
class BandLine:
    """A band of the scheme from its limit on."""

    limit: Decimal
    name_th: str
    name_en: str

    @property
    def name(self) -> str:
        return in_language(self.name_th, self.name_en)


@dataclass(frozen=True, slots=True)
class CompetencyLine:
    """A competency with the level seen, None while it is not scored."""

    pk: int
    code: str
    name_th: str
    name_en: str
    weight: Decimal
    level: Decimal | None

    @property
    def name(self) -> str:
        return in_language(self.name_th, self.name_en)

    @property
    def weighted(self) -> Decimal | None:
        return None if self.level is None else self.weight * self.level / 100


@dataclass(frozen=True, slots=True)
class Assessed:
    """The whole form. `potential` is an agency's second part; an officer's are the competencies."""

    sheet: ScoreSheet
    work_share: Decimal
    bands: tuple[BandLine, ...]
    competencies: tuple[CompetencyLine, ...] = ()
    potential: Decimal | None = None
    remarks: tuple[tuple[int, str], ...] = ()

    @property
    def other_share(self) -> Decimal:
        return 100 - self.work_share

    @property
    def remark_of(self) -> dict[int, str]:
        return dict(self.remarks)

    @property
    def outcome(self) -> Outcome:
        other = self.potential
        if self.competencies:
            other = competency_percent(
                [Observed(each.weight, each.level) for each in self.competencies]
            )
        bands = [Band(str(place), band.limit) for place, band in enumerate(self.bands)]
        return outcome(self.sheet.total.percent, other, self.work_share, bands)

    @property
    def band(self) -> BandLine | None:
        found = self.outcome.band
        return self.bands[int(found.key)] if found else None

    def frozen(self) -> dict[str, Any]:
        """Return the form as JSON keeps it, its total beside it for whoever reads the row."""
        total = self.outcome.total
        return {
            "sheet": self.sheet.frozen(),
            "work_share": f"{self.work_share:f}",
            "bands": [[f"{each.limit:f}", each.name_th, each.name_en] for each in self.bands],
            "competencies": [
                [
                    *(each.pk, each.code, each.name_th, each.name_en, f"{each.weight:f}"),
                    None if each.level is None else f"{each.level:f}",
                ]
                for each in self.competencies
            ],
            "potential": None if self.potential is None else f"{self.potential:f}",
            "remarks": [list(each) for each in self.remarks],
            "total": None if total is None else f"{total:f}",
        }


def assessed_as(kept: Mapping[str, Any]) -> Assessed:
    """Return a form as it was frozen."""
    return Assessed(
        thawed(kept["sheet"]),
        Decimal(kept["work_share"]),
        tuple(BandLine(Decimal(limit), *names) for limit, *names in kept["bands"]),
        tuple(
            CompetencyLine(
                pk, code, th, en, Decimal(weight), None if level is None else Decimal(level)
            )
            for pk, code, th, en, weight, level in kept["competencies"]
        ),
        None if kept["potential"] is None else Decimal(kept["potential"]),
        tuple((kpi_id, text) for kpi_id, text in kept["remarks"]),
    )


def _bands(scheme: AssessmentScheme) -> tuple[BandLine, ...]:
    found = [BandLine(each.limit, each.name_th, each.name_en) for each in scheme.bands.all()]
    return tuple(sorted(found, key=lambda band: -band.limit))


def self_assessment_of(
    scorecard: Scorecard, round_: AssessmentRound, assessment: SelfAssessment | None
) -> Assessed:
    """Return an agency's form of a round; the round is loaded with its scheme's bands and curve."""
    if assessment is not None and assessment.frozen is not None:
        return assessed_as(assessment.frozen)
    scheme = round_.scheme
    sheet = sheet_of(
        scorecard,
        first=round_.first_quarter,
        last=round_.last_quarter,
        common=scheme.curve,
    )
    remarks: tuple[tuple[int, str], ...] = ()
    if assessment is not None:
        remarks = tuple((each.kpi_id, each.text_th) for each in assessment.remarks.all())
    return Assessed(
        sheet,
        scheme.work_share,
        _bands(scheme),
        potential=assessment.potential if assessment else None,
        remarks=remarks,
    )


def appraisal_of(
    scorecard: Scorecard, round_: AssessmentRound, appraisal: Appraisal | None
) -> Assessed:
    """Return an officer's form of a round; the round is loaded with its whole scheme."""
    if appraisal is not None and appraisal.frozen is not None:
        return assessed_as(appraisal.frozen)
    levels: dict[int, Decimal] = {}
    if appraisal is not None:
        levels = {each.competency_id: each.score for each in appraisal.scores.all()}
    competencies = sorted(round_.scheme.competencies.all(), key=lambda each: each.order)
    return Assessed(
        sheet_of(scorecard, first=round_.first_quarter, last=round_.last_quarter),
        round_.scheme.work_share,
        _bands(round_.scheme),
        tuple(
            CompetencyLine(
                *(each.pk, each.code, each.name_th, each.name_en, each.weight),
                levels.get(each.pk),
            )
            for each in competencies
        ),
    )


def round_days(year: int, round_: AssessmentRound) -> tuple[date, date]:
    """Return the first and the last day of a round."""
    return (
        fiscal.quarter_start(year, round_.first_quarter),
        fiscal.quarter_end(year, round_.last_quarter),
    )


def holder_in_round(post: Post, year: int, round_: AssessmentRound) -> User | None:
    """Return who is assessed for a post in a round: its last holder within it; one query."""
    begin, end = round_days(year, round_)
    holding = (
        Holding.objects.filter(post=post, from_date__lte=end)
        .exclude(until_date__lt=begin)
        .select_related("user")
        .order_by("-from_date")
        .first()
    )
    return holding.user if holding else None


def posts_below(post_ids: Sequence[int] | frozenset[int]) -> set[int]:
    """Return the posts below others at any distance; one query."""
    if not post_ids:
        return set()
    below: dict[int, list[int]] = {}
    for pk, above in Post.objects.filter(
        supervising_post__isnull=False, is_active=True
    ).values_list("pk", "supervising_post_id"):
        below.setdefault(above, []).append(pk)
    found: set[int] = set()
    waiting = list(post_ids)
    while waiting:
        for pk in below.get(waiting.pop(), ()):
            if pk not in found:
                found.add(pk)
                waiting.append(pk)
    return found
