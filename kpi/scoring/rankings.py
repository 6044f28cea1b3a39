"""Who stands where: places by score, ties together, nobody placed by half a scorecard."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Contender:
    """A score in percent with the coverage, in percent by weight, that it was made from."""

    key: int
    percent: Decimal | None
    coverage: Decimal | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A contender's place; None without a score, or where too little of it is known."""

    key: int
    place: int | None
    is_tied: bool = False
    is_small: bool = False


def ranked(contenders: Sequence[Contender], least_coverage: Decimal) -> list[Placed]:
    """Return contenders from the best to the last: equal scores share a place, the next is skipped.

    Whoever has less than the least coverage follows without a place, marked; then who has no score.
    Among equals the order given stays.
    """
    known = [each for each in contenders if each.percent is not None]
    small = [each for each in known if (each.coverage or Decimal(0)) < least_coverage]
    counted = [each for each in known if each not in small]
    places: list[Placed] = []
    for each in _best_first(counted):
        better = sum(_percent(other) > _percent(each) for other in counted)
        equal = sum(_percent(other) == _percent(each) for other in counted)
        places.append(Placed(each.key, better + 1, is_tied=equal > 1))
    places += [Placed(each.key, None, is_small=True) for each in _best_first(small)]
    places += [Placed(each.key, None) for each in contenders if each.percent is None]
    return places


def _best_first(contenders: Sequence[Contender]) -> list[Contender]:
    return sorted(contenders, key=_percent, reverse=True)


def _percent(contender: Contender) -> Decimal:
    return Decimal(0) if contender.percent is None else contender.percent
