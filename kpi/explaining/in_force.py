"""What a KPI was made of: of a closed quarter as it was when it was closed, else as it is."""

from collections import Counter
from collections.abc import Collection
from copy import copy
from decimal import Decimal

from kpi.models import KPI, Figure, InForce, Link, Scorecard
from submissions.models import Quarter


def kept_for(figure: Figure | None, quarter: Quarter) -> InForce | None:
    """Return what was kept of a figure when its quarter was closed.

    None while the quarter can still change, and for one that was closed before anything was kept.
    """
    if figure is None or not quarter.is_closed:
        return None
    return InForce.objects.filter(figure=figure).first()


def is_not_recorded(figure: Figure | None, quarter: Quarter, kept: InForce | None) -> bool:
    """Whether the quarter was closed before it was kept what its figures were made of."""
    return quarter.is_closed and figure is not None and kept is None


def as_it_was(kpi: KPI, kept: InForce | None) -> KPI:
    """Return the KPI with its weight, year target and whether it reported as they were then."""
    if kept is None:
        return kpi
    then = copy(kpi)
    then.weight, then.year_target = kept.weight, kept.year_target
    then.reports_own = kept.reports_own
    return then


def links_below(kpi: KPI, kept: InForce | None) -> list[Link]:
    """Return the links to the KPIs below, by kind and code; two queries at most."""
    if kept is None:
        return list(
            Link.objects.filter(parent=kpi)
            .select_related("child__indicator", "child__agency", "child__scorecard__post")
            .order_by("kind", "child__code")
        )
    children = KPI.objects.select_related("indicator", "agency", "scorecard__post").in_bulk(
        [each["child"] for each in kept.below]
    )
    links = [
        Link(
            parent=kpi,
            child=children[each["child"]],
            kind=each["kind"],
            weight=Decimal(each["weight"]),
        )
        for each in kept.below
        # A KPI that was taken away altogether is only missed here.
        if each["child"] in children
    ]
    return sorted(links, key=lambda link: (link.kind, link.child.code))


def links_above(kpi: KPI, quarter: Quarter, kept: InForce | None) -> list[Link]:
    """Return the links to the KPIs above that are nobody's own, by code; two queries at most."""
    if kept is None:
        links = Link.objects.filter(child=kpi).select_related(
            "parent__indicator", "parent__scorecard"
        )
        return sorted(
            (link for link in links if not link.parent.is_personal),
            key=lambda link: link.parent.code,
        )
    rows = (
        InForce.objects.filter(figure__quarter=quarter)
        .exclude(figure__kpi__scorecard__level=Scorecard.Level.POST)
        .exclude(below=[])
        .select_related("figure__kpi__indicator", "figure__kpi__scorecard")
        .order_by("figure__kpi__code")
    )
    return [
        Link(parent=row.figure.kpi, child=kpi, kind=each["kind"], weight=Decimal(each["weight"]))
        for row in rows
        for each in row.below
        if each["child"] == kpi.pk
    ]


def posts_below(kpi_ids: Collection[int], quarter: Quarter, *, kept: bool) -> Counter[int]:
    """Return how many KPIs of posts stood directly below each; two queries at most."""
    if not kept:
        return Counter(
            Link.objects.filter(
                parent__in=kpi_ids, child__scorecard__level=Scorecard.Level.POST
            ).values_list("parent_id", flat=True)
        )
    rows = InForce.objects.filter(figure__quarter=quarter, figure__kpi__in=kpi_ids).values_list(
        "figure__kpi", "below"
    )
    pairs = [(parent_id, each["child"]) for parent_id, below in rows for each in below]
    personal = set(
        KPI.objects.filter(
            pk__in={child_id for _parent_id, child_id in pairs},
            scorecard__level=Scorecard.Level.POST,
        ).values_list("pk", flat=True)
    )
    return Counter(parent_id for parent_id, child_id in pairs if child_id in personal)
