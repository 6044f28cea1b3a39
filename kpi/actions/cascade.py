"""A parent's targets given to its children, a child put under it or taken away; all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from common.refusal import EntriesRefused, Refused
from kpi.actions.definitions import (
    KPIInput,
    LinkInput,
    TargetInput,
    link_kpis,
    put_kpis,
    unlink_kpis,
    versions_of,
)
from kpi.actions.scorecards import input_of
from kpi.models import KPI, IndicatorVersion, Link, Scorecard, Target
from kpi.rules.surroundings import version_in_force
from kpi.scoring.targets import Target as Planned
from kpi.scoring.years import year_of
from submissions.actions import refuse_all


@dataclass(frozen=True, slots=True)
class Part:
    """What one child is to carry: its targets by quarter and the kind of its link.

    `seen` is its scorecard's version that the person saw.
    """

    link: Link
    targets: Mapping[int, TargetInput]
    kind: str
    seen: int


@transaction.atomic
def give_targets(*, parts: Sequence[Part], by: User, at: datetime) -> None:
    """Give children their targets and links; the year's target follows from the quarters.

    :raises EntriesRefused: by the part's place, where a scorecard is signed, not the person's to
        change or changed meanwhile, a target cannot stand, or a link is impossible.
    """
    versions = versions_of([part.link.child.indicator for part in parts])
    stored: dict[int, list[Target]] = {}
    for target in Target.objects.filter(kpi__in=[part.link.child_id for part in parts]):
        stored.setdefault(target.kpi_id, []).append(target)
    refusals: dict[int, Refused] = {}
    cards: dict[int, list[int]] = {}
    for place, part in enumerate(parts):
        cards.setdefault(part.link.child.scorecard_id, []).append(place)
    for places in cards.values():
        lines = []
        for place in places:
            part = parts[place]
            child = part.link.child
            version = version_in_force(
                versions.get(child.indicator_id, ()), child.fiscal_year_id, 4
            )
            lines.append(_line(part, version, stored.get(child.pk, [])))
        try:
            put_kpis(
                scorecard=parts[places[0]].link.child.scorecard,
                kpis=lines,
                by=by,
                at=at,
                seen=parts[places[0]].seen,
            )
        except EntriesRefused as refused:
            refusals |= {places[place]: why for place, why in refused.by_entry.items()}
        except Refused as refused:
            refusals |= dict.fromkeys(places, refused)
    refuse_all(refusals)
    changed = [(place, part) for place, part in enumerate(parts) if part.kind != part.link.kind]
    if not changed:
        return
    unlink_kpis(links=[part.link for _place, part in changed], by=by, at=at)
    try:
        link_kpis(
            links=[
                LinkInput(part.link.parent, part.link.child, part.kind, part.link.weight)
                for _place, part in changed
            ],
            by=by,
            at=at,
        )
    except EntriesRefused as refused:
        refuse_all({changed[place][0]: why for place, why in refused.by_entry.items()})


def _line(part: Part, version: IndicatorVersion | None, stored: Sequence[Target]) -> KPIInput:
    given = input_of(part.link.child, stored)
    targets = {**given.targets, **part.targets}
    if version is None or targets == given.targets:
        return given
    year = year_of(
        version.rules,
        [
            Planned(each.value, each.low, each.high)
            for quarter in range(1, 5)
            for each in (targets.get(quarter, TargetInput()),)
        ],
    )
    return input_of(
        part.link.child,
        stored,
        targets=targets,
        year_target=year.value,
        year_low=year.low,
        year_high=year.high,
    )


@transaction.atomic
def carry_down(
    *,
    parent: KPI,
    scorecard: Scorecard,
    code: str,
    weight: Decimal,
    kind: str,
    by: User,
    at: datetime,
) -> KPI:
    """Put the parent's indicator on another scorecard and link it; targets follow.

    :raises Refused: where the scorecard is signed or not the person's, or the link is impossible.
    """
    put_kpis(
        scorecard=scorecard,
        kpis=[
            KPIInput(
                code,
                parent.indicator,
                parent.curve,
                weight,
                issue=parent.issue,
                base_year=parent.base_year,
                base_unit_th=parent.base_unit_th,
                expected_evidence_th=parent.expected_evidence_th,
                is_sample=parent.is_sample,
            )
        ],
        by=by,
        at=at,
    )
    child = KPI.objects.with_rules().get(fiscal_year=parent.fiscal_year_id, code=code)
    link_kpis(links=[LinkInput(parent, child, kind)], by=by, at=at)
    return child
