"""Whose figures of an unpublished quarter a person reads: a total and its parts, or neither.

Source: docs/adr/0016-totals-with-their-parts.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.rules import Standing
from common.asked import once
from kpi.models import KPI, Figure, InForce, Link, Score, Scorecard
from kpi.scoring.words import OverUnits
from submissions.models import PeriodState, Quarter

SHARE, SAME = Link.Kind.SHARE.value, Link.Kind.SAME.value


@dataclass(frozen=True, slots=True)
class Known:
    """What decides who reads a KPI: who answers for it, and whether share children make its figure."""

    # Whose it is and who keeps its scorecard.
    agencies: frozenset[int]
    is_province: bool = False
    is_personal: bool = False
    is_made: bool = True
    issue_id: int | None = None


# (parent, child, kind)
Tie = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one person reads of one quarter; everything impersonal where nothing is held back.

    Personal KPIs are asked for one by one (`definitions.may_see_personal`), never here.
    """

    reads_all: bool = True
    agencies: Collection[int] = ()
    # What they answer for, with what comes with it.
    granted: Collection[int] = ()
    # The province's totals that would tell what somebody else's part is, and their issues.
    withheld: Collection[int] = ()
    issues_withheld: Collection[int | None] = ()

    def reads(self, kpi: KPI) -> bool:
        """Whether the person reads the KPI's figure of the quarter; load it with `with_rules`."""
        if self.reads_all or kpi.is_personal or kpi.pk in self.granted:
            return True
        return kpi.scorecard.level == Scorecard.Level.PROVINCE and kpi.pk not in self.withheld

    def opens(self, kpi: KPI) -> bool:
        """Whether the KPI's own page is there for the person: another agency's is not."""
        if self.reads_all or kpi.is_personal or kpi.agency_id in self.agencies:
            return True
        return kpi.scorecard.level == Scorecard.Level.PROVINCE

    def reads_score(self, score: Score) -> bool:
        """Whether the person reads a score of the province or an issue, made of all figures below.

        Other scorecards are the agency's or the person's own: who reads them reads their lines.
        """
        if score.issue_id is not None:
            return score.issue_id not in self.issues_withheld
        card = score.scorecard
        return card is None or card.level != Scorecard.Level.PROVINCE or not self.withheld


EVERYTHING = Disclosure()


def disclosure_of(quarter: Quarter, standing: Standing) -> Disclosure:
    """Return what the person reads of a quarter's figures; two queries at most, often none."""
    if quarter.state == PeriodState.PUBLISHED or standing.sees_province:
        return EVERYTHING
    year = quarter.fiscal_year_id
    known = once(("known kpis", year), lambda: _known(year))
    of_then = ("ties", quarter.pk) if quarter.is_closed else ("ties of the year", year)
    ties = once(of_then, lambda: _ties(quarter))
    agencies = standing.agencies()
    granted = granted_with(known, ties, agencies)
    withheld = withheld_from(known, ties, granted)
    issues = frozenset(known[pk].issue_id for pk in withheld)
    return Disclosure(False, agencies, granted, withheld, issues)


def disclosures_of(quarters: Iterable[Quarter], standing: Standing) -> dict[int, Disclosure]:
    """Return by quarter what the person reads of each."""
    return {quarter.pk: disclosure_of(quarter, standing) for quarter in set(quarters)}


def _known(year: int) -> dict[int, Known]:
    """Return every KPI of a year by what decides who reads it; one query."""
    made = Figure.objects.filter(kpi=OuterRef("pk"), version__isnull=False).exclude(
        version__over_units=OverUnits.OWN
    )
    rows = (
        KPI.objects.for_year(year)
        .annotate(is_made=Exists(made))
        .values_list(
            *("pk", "agency_id", "scorecard__agency_id", "scorecard__level", "reports_own"),
            *("is_made", "issue_id"),
        )
    )
    return {
        pk: Known(
            frozenset((agency_id, keeper_id)),
            is_province=level == Scorecard.Level.PROVINCE,
            is_personal=level == Scorecard.Level.POST,
            is_made=is_made and not reports_own,
            issue_id=issue_id,
        )
        for pk, agency_id, keeper_id, level, reports_own, is_made, issue_id in rows
    }


def _ties(quarter: Quarter) -> list[Tie]:
    """Return how the KPIs of a quarter hang together; of a closed one as they did then."""
    if not quarter.is_closed:
        links = Link.objects.filter(parent__fiscal_year=quarter.fiscal_year_id)
        return list(links.values_list("parent_id", "child_id", "kind"))
    rows = InForce.objects.filter(figure__quarter=quarter).values_list(
        "figure__kpi_id", "shown_id", "below"
    )
    ties = [(pk, each["child"], each["kind"]) for pk, _shown, below in rows for each in below]
    return ties + [(shown, pk, SAME) for pk, shown, _below in rows if shown]


def granted_with(
    known: Mapping[int, Known], ties: Iterable[Tie], agencies: Collection[int]
) -> frozenset[int]:
    """Return the KPIs that the agencies answer for, with those that come with them.

    Whoever takes the whole of a KPI is shown its figure, and what a figure is made of comes with it.
    """
    comes_with: dict[int, list[int]] = defaultdict(list)
    for parent, child, kind in ties:
        if parent in known and child in known:
            if kind == SAME:
                comes_with[child].append(parent)
            elif kind == SHARE and known[parent].is_made:
                comes_with[parent].append(child)
    waiting = [pk for pk, each in known.items() if not each.agencies.isdisjoint(agencies)]
    found: set[int] = set()
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += comes_with[here]
    return frozenset(pk for pk in found if not known[pk].is_personal)


def withheld_from(
    known: Mapping[int, Known], ties: Iterable[Tie], granted: Collection[int]
) -> frozenset[int]:
    """Return the province's KPIs whose figures would tell what an unread part of them is.

    Posts' parts hold nothing back: an agency's figure may be made from its people's.
    """
    made_of: dict[int, list[int]] = defaultdict(list)
    for parent, child, kind in ties:
        if parent in known and child in known:
            if kind == SAME:
                made_of[child].append(parent)
            elif kind == SHARE and known[parent].is_made and not known[child].is_personal:
                made_of[parent].append(child)

    def is_read(pk: int) -> bool:
        return pk in granted or (known[pk].is_province and all(map(is_read, made_of[pk])))

    return frozenset(pk for pk, each in known.items() if each.is_province and not is_read(pk))
