"""Rules of an indicator that do not go together, links that are refused, and frequencies."""

import pytest

from kpi.scoring.words import (
    Direction,
    Frequency,
    IndicatorRules,
    Link,
    LinkKind,
    LinkRefusal,
    Meaning,
    OverTime,
    OverUnits,
    PairRefusal,
    asks_in,
    stands_above,
    why_not_link,
    why_not_pair,
)

FLOW, STOCK, PEAK = OverTime
SUM, RATIO, MEAN, MIN, MAX, OWN = OverUnits
SHARE, SAME, SUPPORT = LinkKind


def ratio_rules(units=RATIO, numerator=FLOW, denominator=STOCK, **more):
    return IndicatorRules(units, None, numerator, denominator, **more)


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (IndicatorRules(SUM, PEAK), PairRefusal.PEAK_WITH_SUM),
        (IndicatorRules(MAX, PEAK), None),
        (IndicatorRules(MEAN, PEAK), None),
        (IndicatorRules(SUM, FLOW), None),
        (IndicatorRules(SUM, STOCK), None),
        (ratio_rules(numerator=PEAK), PairRefusal.PEAK_IN_RATIO),
        (ratio_rules(denominator=PEAK), PairRefusal.PEAK_IN_RATIO),
        (ratio_rules(units=SUM), PairRefusal.RATIO_WITH_SUM_OR_MEAN),
        (ratio_rules(units=MEAN), PairRefusal.RATIO_WITH_SUM_OR_MEAN),
        (ratio_rules(units=MIN), None),
        (ratio_rules(units=MAX), None),
        (ratio_rules(units=OWN), None),
        (ratio_rules(), None),
        (IndicatorRules(RATIO, FLOW), PairRefusal.RATIO_NEEDS_PARTS),
        (IndicatorRules(SUM, FLOW, direction=Direction.BAND), PairRefusal.BAND_WITH_FLOW),
        (IndicatorRules(SUM, STOCK, direction=Direction.BAND), None),
        (ratio_rules(numerator=FLOW, denominator=FLOW, direction=Direction.BAND), None),
        (
            IndicatorRules(OWN, STOCK, direction=Direction.BAND, meaning=Meaning.CHANGE),
            PairRefusal.BAND_NEEDS_LEVEL,
        ),
        (IndicatorRules(OWN, FLOW, meaning=Meaning.MILESTONE), PairRefusal.MILESTONE_WITH_FLOW),
        (IndicatorRules(SUM, STOCK, meaning=Meaning.MILESTONE), PairRefusal.MILESTONE_OVER_UNITS),
        (IndicatorRules(MEAN, STOCK, meaning=Meaning.MILESTONE), PairRefusal.MILESTONE_OVER_UNITS),
        (IndicatorRules(OWN, STOCK, meaning=Meaning.MILESTONE), None),
        (IndicatorRules(MIN, STOCK, meaning=Meaning.MILESTONE), None),
        (IndicatorRules(MAX, PEAK, meaning=Meaning.MILESTONE), None),
        (ratio_rules(units=OWN, meaning=Meaning.MILESTONE), PairRefusal.MILESTONE_OF_RATIO),
        (
            IndicatorRules(OWN, STOCK, direction=Direction.LOWER, meaning=Meaning.MILESTONE),
            PairRefusal.MILESTONE_NEEDS_HIGHER,
        ),
        (IndicatorRules(SUM, FLOW, meaning=Meaning.CHANGE), None),
        (IndicatorRules(RATIO, None, FLOW, None), PairRefusal.PARTS_INCOMPLETE),
        (IndicatorRules(RATIO, None, None, FLOW), PairRefusal.PARTS_INCOMPLETE),
        (IndicatorRules(SUM, FLOW, FLOW, FLOW), PairRefusal.PARTS_INCOMPLETE),
        (IndicatorRules(SUM, FLOW, FLOW, None), PairRefusal.PARTS_INCOMPLETE),
    ],
)
def test_pairs_that_do_not_go_together_are_refused(rules, refusal):
    assert why_not_pair(rules) is refusal


@pytest.mark.parametrize(
    ("new", "links", "refusal"),
    [
        (Link(2, 1, SHARE), [], None),
        (Link(1, 1, SUPPORT), [], LinkRefusal.CIRCLE),
        (Link(1, 2, SHARE), [Link(2, 1, SHARE)], LinkRefusal.CIRCLE),
        (
            Link(1, 3, SUPPORT),
            [Link(2, 1, SHARE), Link(3, 2, SUPPORT), Link(3, 1, SUPPORT)],
            LinkRefusal.CIRCLE,
        ),
        (Link(2, 1, SUPPORT), [Link(2, 1, SHARE)], LinkRefusal.SECOND_LINK),
        (Link(3, 2, SHARE), [Link(3, 1, SHARE)], LinkRefusal.SECOND_SHARE_PARENT),
        (Link(3, 2, SUPPORT), [Link(3, 1, SHARE)], None),
        (Link(3, 2, SHARE), [Link(3, 1, SUPPORT)], None),
        (Link(3, 2, SHARE), [Link(3, 1, SAME)], LinkRefusal.SAME_STANDS_ALONE),
        (Link(3, 2, SAME), [Link(3, 1, SAME)], LinkRefusal.SAME_STANDS_ALONE),
        (Link(3, 2, SAME), [Link(3, 1, SHARE)], LinkRefusal.SAME_STANDS_ALONE),
        (Link(3, 2, SAME), [Link(3, 1, SUPPORT)], None),
        (Link(3, 2, SAME), [Link(4, 3, SHARE)], LinkRefusal.SHARE_UNDER_SAME),
        (Link(3, 2, SAME), [Link(4, 3, SAME), Link(5, 3, SUPPORT)], None),
        (Link(4, 3, SHARE), [Link(3, 2, SAME)], LinkRefusal.SHARE_UNDER_SAME),
        (Link(4, 3, SUPPORT), [Link(3, 2, SAME)], None),
        (Link(4, 3, SAME), [Link(3, 2, SAME)], None),
    ],
)
def test_links_that_would_break_the_cascade_are_refused(new, links, refusal):
    assert why_not_link(new, links) is refusal


def test_ancestors_are_found_over_links_of_any_kind_and_over_diamonds():
    diamond = [Link(4, 2, SHARE), Link(4, 3, SUPPORT), Link(2, 1, SHARE), Link(3, 1, SAME)]
    assert stands_above(1, 4, diamond)
    assert not stands_above(4, 1, diamond)
    assert not stands_above(9, 4, diamond)


def test_an_indicator_asks_by_its_frequency():
    asked = {
        frequency: [q for q in (1, 2, 3, 4) if asks_in(frequency, q)] for frequency in Frequency
    }
    assert asked == {
        Frequency.QUARTERLY: [1, 2, 3, 4],
        Frequency.HALF_YEARLY: [2, 4],
        Frequency.YEARLY: [4],
    }


def test_rules_know_what_their_targets_and_levels_are():
    assert IndicatorRules(SUM, FLOW).has_increments
    assert not IndicatorRules(SUM, FLOW, meaning=Meaning.CHANGE).has_increments
    assert not ratio_rules(numerator=FLOW, denominator=FLOW).has_increments
    assert IndicatorRules(SUM, STOCK).is_level_at_end
    assert ratio_rules(numerator=STOCK).is_level_at_end
    assert not ratio_rules().is_level_at_end
