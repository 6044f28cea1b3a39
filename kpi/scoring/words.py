"""The words that an indicator's rules are written in, and the pairs of them that are refused."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class OverTime(StrEnum):
    """How the quarters of a year become the year to date."""

    FLOW = "flow"
    STOCK = "stock"
    PEAK = "peak"


class OverUnits(StrEnum):
    """How children become their parent."""

    SUM = "sum"
    RATIO = "ratio"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    OWN = "own"


class Direction(StrEnum):
    """Which side is better."""

    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"


class Meaning(StrEnum):
    """What a target asks for."""

    LEVEL = "level"
    CHANGE = "change"
    MILESTONE = "milestone"


class LinkKind(StrEnum):
    """What a child KPI does for its parent."""

    SHARE = "share"
    SAME = "same"
    SUPPORT = "support"


class Frequency(StrEnum):
    """How often an indicator asks for a figure."""

    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class Reason(StrEnum):
    """Why a figure has no value, or why one was left out; rules.py has the sentences."""

    NO_CASE = "no_case"
    ZERO_DIVISOR = "zero_divisor"
    NO_TARGET = "no_target"
    NO_PARENT_TARGET = "no_parent_target"
    BASE_MISSING = "base_missing"
    BASE_ZERO = "base_zero"
    BASE_PERIOD_UNKNOWN = "base_period_unknown"
    DENOMINATOR_MISSING = "denominator_missing"
    NO_CURVE = "no_curve"
    CURVE_NOT_SCALABLE = "curve_not_scalable"
    EARLIER_QUARTER_MISSING = "earlier_quarter_missing"
    NO_VALUE = "no_value"
    SUPPORTS_ONLY = "supports_only"
    SHOWS_PARENT = "shows_parent"
    EXPLAINS_ONLY = "explains_only"
    NO_RULES = "no_rules"


class PairRefusal(StrEnum):
    """Why two rules of an indicator do not go together."""

    PEAK_WITH_SUM = "peak_with_sum"
    PEAK_IN_RATIO = "peak_in_ratio"
    RATIO_WITH_SUM_OR_MEAN = "ratio_with_sum_or_mean"
    RATIO_NEEDS_PARTS = "ratio_needs_parts"
    BAND_WITH_FLOW = "band_with_flow"
    BAND_NEEDS_LEVEL = "band_needs_level"
    MILESTONE_WITH_FLOW = "milestone_with_flow"
    MILESTONE_OVER_UNITS = "milestone_over_units"
    MILESTONE_OF_RATIO = "milestone_of_ratio"
    MILESTONE_NEEDS_HIGHER = "milestone_needs_higher"
    PARTS_INCOMPLETE = "parts_incomplete"


class LinkRefusal(StrEnum):
    """Why one KPI may not stand under another."""

    CIRCLE = "circle"
    SECOND_LINK = "second_link"
    SECOND_SHARE_PARENT = "second_share_parent"
    SAME_STANDS_ALONE = "same_stands_alone"
    SHARE_UNDER_SAME = "share_under_same"


@dataclass(frozen=True, slots=True)
class IndicatorRules:
    """The rules of one version of an indicator.

    A ratio has a rule for each part and none of its own; any other indicator has `over_time` only.
    What follows from the words is worked out once: a run asks it for every figure.
    """

    over_units: OverUnits
    over_time: OverTime | None = None
    numerator_over_time: OverTime | None = None
    denominator_over_time: OverTime | None = None
    direction: Direction = Direction.HIGHER
    meaning: Meaning = Meaning.LEVEL
    is_ratio: bool = field(init=False, repr=False, compare=False)
    # Whether quarter targets are increments that sum to the year's.
    has_increments: bool = field(init=False, repr=False, compare=False)
    # Whether a figure is the state of things at a quarter's end.
    is_level_at_end: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        is_ratio = self.over_time is None
        parts = (self.numerator_over_time, self.denominator_over_time)
        ends = parts if is_ratio else (self.over_time, self.over_time)
        follows = {
            "is_ratio": is_ratio,
            "has_increments": self.over_time is OverTime.FLOW and self.meaning is Meaning.LEVEL,
            "is_level_at_end": ends == (OverTime.STOCK, OverTime.STOCK),
        }
        for name, value in follows.items():
            object.__setattr__(self, name, value)

    @property
    def parts_over_time(self) -> tuple[OverTime, OverTime]:
        """The rules of a ratio's numerator and denominator.

        :raises ValueError: if one is missing.
        """
        if self.numerator_over_time is None or self.denominator_over_time is None:
            raise ValueError("a ratio needs a rule over time for each part")
        return self.numerator_over_time, self.denominator_over_time


def why_not_pair(rules: IndicatorRules) -> PairRefusal | None:
    """Return the first pair of rules that do not go together, or None.

    Source: measures.md §3, refused pairs.
    """
    parts = (rules.numerator_over_time, rules.denominator_over_time)
    if rules.is_ratio == (None in parts) or (not rules.is_ratio and parts != (None, None)):
        return PairRefusal.PARTS_INCOMPLETE
    return _why_not_over_units(rules) or _why_not_target(rules)


def _why_not_over_units(rules: IndicatorRules) -> PairRefusal | None:
    if rules.is_ratio:
        if OverTime.PEAK in (rules.numerator_over_time, rules.denominator_over_time):
            return PairRefusal.PEAK_IN_RATIO
        if rules.over_units in (OverUnits.SUM, OverUnits.MEAN):
            return PairRefusal.RATIO_WITH_SUM_OR_MEAN
        return None
    if rules.over_units is OverUnits.RATIO:
        return PairRefusal.RATIO_NEEDS_PARTS
    if rules.over_time is OverTime.PEAK and rules.over_units is OverUnits.SUM:
        return PairRefusal.PEAK_WITH_SUM
    return None


def _why_not_target(rules: IndicatorRules) -> PairRefusal | None:
    if rules.direction is Direction.BAND:
        if rules.over_time is OverTime.FLOW:
            return PairRefusal.BAND_WITH_FLOW
        if rules.meaning is not Meaning.LEVEL:
            return PairRefusal.BAND_NEEDS_LEVEL
    if rules.meaning is not Meaning.MILESTONE:
        return None
    if rules.is_ratio:
        return PairRefusal.MILESTONE_OF_RATIO
    if rules.over_time is OverTime.FLOW:
        return PairRefusal.MILESTONE_WITH_FLOW
    if rules.over_units not in (OverUnits.OWN, OverUnits.MIN, OverUnits.MAX):
        return PairRefusal.MILESTONE_OVER_UNITS
    if rules.direction is not Direction.HIGHER:
        return PairRefusal.MILESTONE_NEEDS_HIGHER
    return None


@dataclass(frozen=True, slots=True)
class Link:
    """One KPI standing under another; keys are whatever names a KPI for the caller."""

    child: int
    parent: int
    kind: LinkKind


def why_not_link(new: Link, links: Collection[Link]) -> LinkRefusal | None:
    """Return why a link may not be added to the links there are, or None.

    Source: measures.md §3, link kind.
    """
    upwards = [link for link in links if link.child == new.child]
    if any(link.parent == new.parent for link in upwards):
        return LinkRefusal.SECOND_LINK
    if stands_above(new.child, new.parent, links):
        return LinkRefusal.CIRCLE
    if new.kind is LinkKind.SHARE:
        return _why_not_share(new, upwards, links)
    if new.kind is LinkKind.SAME:
        below = [link for link in links if link.parent == new.child]
        if any(link.kind is not LinkKind.SUPPORT for link in upwards):
            return LinkRefusal.SAME_STANDS_ALONE
        if any(link.kind is LinkKind.SHARE for link in below):
            return LinkRefusal.SHARE_UNDER_SAME
    return None


def _why_not_share(new: Link, upwards: Iterable[Link], links: Iterable[Link]) -> LinkRefusal | None:
    kinds = {link.kind for link in upwards}
    if LinkKind.SHARE in kinds:
        return LinkRefusal.SECOND_SHARE_PARENT
    if LinkKind.SAME in kinds:
        return LinkRefusal.SAME_STANDS_ALONE
    if any(link.child == new.parent and link.kind is LinkKind.SAME for link in links):
        return LinkRefusal.SHARE_UNDER_SAME
    return None


def stands_above(above: int, below: int, links: Collection[Link]) -> bool:
    """Say whether `above` is `below` itself or an ancestor of it over links of any kind."""
    parents: dict[int, list[int]] = {}
    for link in links:
        parents.setdefault(link.child, []).append(link.parent)
    seen: set[int] = set()
    waiting = [below]
    while waiting:
        key = waiting.pop()
        if key == above:
            return True
        if key not in seen:
            seen.add(key)
            waiting.extend(parents.get(key, ()))
    return False


def asks_in(frequency: Frequency, quarter: int) -> bool:
    """Say whether an indicator of a frequency asks for a figure of a quarter."""
    if frequency is Frequency.QUARTERLY:
        return True
    return quarter == 4 or (frequency is Frequency.HALF_YEARLY and quarter == 2)
