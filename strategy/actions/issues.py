"""The plan's own issues with approaches, missions and what they answer to above."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import Agency, User
from audit.actions import Tally, bring_in
from common.refusal import Refused
from strategy.models import Approach, FrameworkItem, Issue, IssueAlignment, Mission, PlanEdition


@dataclass(frozen=True, slots=True)
class ApproachInput:
    """An approach under an issue."""

    code: str
    name_th: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class AlignmentInput:
    """The framework item that an issue serves, by its code, and why."""

    item: str
    reason_th: str = ""


@dataclass(frozen=True, slots=True)
class IssueInput:
    """A development issue as it should stand."""

    code: str
    name_th: str
    name_en: str = ""
    objective_th: str = ""
    objective_en: str = ""
    order: int = 0
    missions: Sequence[int] = field(default_factory=tuple)
    lead_agency: str | None = None
    approaches: Sequence[ApproachInput] = field(default_factory=tuple)
    items: Sequence[AlignmentInput] = field(default_factory=tuple)
    source: str = ""
    is_sample: bool = False


@transaction.atomic
def load_issues(
    *, edition: PlanEdition, issues: Sequence[IssueInput], by: User | None, at: datetime
) -> Tally:
    """Bring an edition's issues in, with approaches, missions and alignments; may be repeated.

    :raises Refused: if a framework item, mission or agency that is named is not there.
    """
    agencies = dict(Agency.objects.values_list("code", "pk"))
    items = dict(FrameworkItem.objects.values_list("code", "pk"))
    missions = dict(Mission.objects.filter(edition=edition).values_list("number", "pk"))
    for issue in issues:
        missing = [
            *(item.item for item in issue.items if item.item not in items),
            *(str(number) for number in issue.missions if number not in missions),
            *(
                [issue.lead_agency]
                if issue.lead_agency and issue.lead_agency not in agencies
                else []
            ),
        ]
        if missing:
            raise Refused(f"{issue.code}: {', '.join(missing)}", code="unknown")
    brought = bring_in(
        rows=[
            Issue(
                edition=edition,
                code=issue.code,
                name_th=issue.name_th,
                name_en=issue.name_en,
                objective_th=issue.objective_th,
                objective_en=issue.objective_en,
                order=issue.order,
                lead_agency_id=agencies[issue.lead_agency] if issue.lead_agency else None,
                source=issue.source,
                is_sample=issue.is_sample,
            )
            for issue in issues
        ],
        key=["edition", "code"],
        fields=[
            *("name_th", "name_en", "objective_th", "objective_en", "order"),
            *("lead_agency", "source", "is_sample"),
        ],
        verb="strategy.issue",
        by=by,
        at=at,
    )
    pairs = list(zip(issues, brought.rows, strict=True))
    for issue, row in pairs:
        row.missions.set([missions[number] for number in issue.missions])
    approaches = bring_in(
        rows=[
            Approach(
                issue=row,
                code=approach.code,
                name_th=approach.name_th,
                name_en=approach.name_en,
                is_sample=issue.is_sample,
            )
            for issue, row in pairs
            for approach in issue.approaches
        ],
        key=["issue", "code"],
        fields=["name_th", "name_en", "is_sample"],
        verb="strategy.approach",
        by=by,
        at=at,
    )
    alignments = bring_in(
        rows=[
            IssueAlignment(
                issue=row,
                item_id=items[item.item],
                reason_th=item.reason_th,
                is_sample=issue.is_sample,
            )
            for issue, row in pairs
            for item in issue.items
        ],
        key=["issue", "item"],
        fields=["reason_th", "is_sample"],
        verb="strategy.alignment",
        by=by,
        at=at,
    )
    return brought.tally + approaches.tally + alignments.tally
