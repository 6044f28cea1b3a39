"""An assessment's two parts to its total, and why a scheme's numbers do not stand together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.scoring import exact
from kpi.scoring.curves import HUNDRED, OF_FIVE_LEVELS
from kpi.scoring.scorecards import Band, band_of

LOWEST_LEVEL, HIGHEST_LEVEL = Decimal(1), Decimal(5)
YEAR_END = 4


class SchemeRefusal(StrEnum):
    """Why bands, rounds and competencies make no scheme."""

    SHARE_OUT_OF_RANGE = "share_out_of_range"
    NO_BANDS = "no_bands"
    LIMIT_TWICE = "limit_twice"
    LIMIT_OUT_OF_RANGE = "limit_out_of_range"
    LOWEST_NOT_ZERO = "lowest_not_zero"
    NO_ROUNDS = "no_rounds"
    ROUND_OUT_OF_ORDER = "round_out_of_order"
    WEIGHTS_DO_NOT_SUM = "weights_do_not_sum"
    WEIGHT_NOT_POSITIVE = "weight_not_positive"
    COMPETENCIES_MISSING = "competencies_missing"
    COMPETENCIES_UNUSED = "competencies_unused"


@dataclass(frozen=True, slots=True)
class Observed:
    """The level that was seen of one competency (None: not scored yet), with its weight."""

    weight: Decimal
    level: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An assessment's total in percent with what each part brings to it.

    `total` and `band` are None while a part that counts has no score: half an appraisal is no total.
    """

    work: Decimal | None
    other: Decimal | None
    work_points: Decimal | None
    other_points: Decimal | None
    total: Decimal | None
    band: Band | None


def why_not_scheme(
    *,
    work_share: Decimal,
    limits: Sequence[Decimal],
    rounds: Sequence[tuple[int, int]],
    weights: Collection[Decimal],
    has_competencies: bool,
) -> SchemeRefusal | None:
    """Return why the numbers of a scheme do not stand together, or None.

    `rounds` are first and last quarters in their order, `weights` the competencies'.
    """
    if not 0 < work_share <= HUNDRED:
        return SchemeRefusal.SHARE_OUT_OF_RANGE
    if not limits:
        return SchemeRefusal.NO_BANDS
    if any(not 0 <= limit <= HUNDRED for limit in limits):
        return SchemeRefusal.LIMIT_OUT_OF_RANGE
    if len(set(limits)) < len(limits):
        return SchemeRefusal.LIMIT_TWICE
    if min(limits) != 0:
        return SchemeRefusal.LOWEST_NOT_ZERO
    if not rounds:
        return SchemeRefusal.NO_ROUNDS
    ends = [last for _first, last in rounds]
    in_year = all(1 <= first <= last <= YEAR_END for first, last in rounds)
    if not in_year or ends != sorted(set(ends)):
        return SchemeRefusal.ROUND_OUT_OF_ORDER
    if not has_competencies:
        return SchemeRefusal.COMPETENCIES_UNUSED if weights else None
    return _why_not_weights(work_share, weights)


def _why_not_weights(work_share: Decimal, weights: Collection[Decimal]) -> SchemeRefusal | None:
    if not weights:
        return SchemeRefusal.COMPETENCIES_MISSING if work_share < HUNDRED else None
    if any(weight <= 0 for weight in weights):
        return SchemeRefusal.WEIGHT_NOT_POSITIVE
    return None if sum(weights) == HUNDRED else SchemeRefusal.WEIGHTS_DO_NOT_SUM


def competency_percent(observed: Sequence[Observed]) -> Decimal | None:
    """Return Σ(weight × level) / Σ weight × 20; None until every competency has its level.

    Source: domain.md §7.
    """
    pairs = [
        (exact.to_units(each.weight), exact.to_units(each.level))
        for each in observed
        if each.level is not None
    ]
    if not observed or len(pairs) < len(observed):
        return None
    return exact.from_units(exact.mean(pairs)) * OF_FIVE_LEVELS


def outcome(
    work: Decimal | None, other: Decimal | None, work_share: Decimal, bands: Collection[Band]
) -> Outcome:
    """Return the total of an assessment: each part in percent times its share, then its band.

    A part with a share of 0 is not asked for. Source: domain.md §7.
    """
    other_share = HUNDRED - work_share
    work_points, other_points = _points(work, work_share), _points(other, other_share)
    total = None
    if work_points is not None and (other_points is not None or other_share == 0):
        total = work_points + (other_points or Decimal(0))
    return Outcome(work, other, work_points, other_points, total, band_of(total, bands))


def _points(percent: Decimal | None, share: Decimal) -> Decimal | None:
    if percent is None:
        return None
    units = exact.ratio(exact.to_units(percent), exact.HUNDRED, exact.to_units(share))
    return exact.maybe_decimal(units)
