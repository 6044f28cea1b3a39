"""What pages, reminders and the KPI are told: each officer's standing, and agencies' compliance."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Agency
from learning.models import Record, Rule, officers_on
from learning.scoring import Compliance, Missing, missing, united


@dataclass(frozen=True, slots=True)
class OfficerStanding:
    """An officer at a post and what he or she still lacks of the year's rule."""

    user_id: int
    post_id: int
    agency_id: int
    confirmed: int
    waiting: int
    missing: Missing


@dataclass(frozen=True, slots=True)
class AgencyStanding:
    """An agency's compliance."""

    agency: Agency
    compliance: Compliance


def standings_of(rule: Rule, day: date) -> list[OfficerStanding]:
    """Return every officer's standing on a day, by agency and post; two queries.

    Whoever holds several posts is counted once, at the first.
    """
    confirmed: dict[int, list[bool]] = defaultdict(list)
    waiting: dict[int, int] = defaultdict(int)
    records = Record.objects.of_year(rule.year).filter(
        status__in=["submitted", "approved", "accepted"]
    )
    for officer_id, status, is_digital in records.values_list(
        "officer", "status", "course__is_digital"
    ):
        if status == "submitted":
            waiting[officer_id] += 1
        else:
            confirmed[officer_id].append(is_digital)
    seen: set[int] = set()
    found = []
    for held in officers_on(day):
        user_id = held["user"]
        if user_id in seen:
            continue
        seen.add(user_id)
        marks = confirmed[user_id]
        found.append(
            OfficerStanding(
                user_id=user_id,
                post_id=held["post"],
                agency_id=held["post__agency"],
                confirmed=len(marks),
                waiting=waiting[user_id],
                missing=missing(marks, rule.least),
            )
        )
    return found


def compliance_of(standings: Sequence[OfficerStanding]) -> Compliance:
    """Return how many of these officers have met the rule."""
    return Compliance(
        met=sum(each.missing.is_met for each in standings),
        known=sum(each.confirmed > 0 for each in standings),
        officers=len(standings),
    )


def by_agency(standings: Sequence[OfficerStanding]) -> tuple[Compliance, list[AgencyStanding]]:
    """Return the province's compliance and each agency's, by code; one query."""
    groups: dict[int, list[OfficerStanding]] = defaultdict(list)
    for each in standings:
        groups[each.agency_id].append(each)
    agencies = Agency.objects.in_bulk(groups)
    lines = [
        AgencyStanding(agencies[agency_id], compliance_of(group))
        for agency_id, group in groups.items()
    ]
    lines.sort(key=lambda line: line.agency.code)
    return united([line.compliance for line in lines]), lines
