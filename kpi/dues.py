"""KPI entries that are owed, and those that wait for a signature, in the shared shapes."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import Holding, Role, User
from accounts.rules import Standing, Visitor, reporters_of, whose_of
from common import fiscal, thaidates
from common.dues import Due, File, Waiting, Whose
from common.states import CellState
from common.thainumbers import Language, format_number
from kpi.models import KPI, Result, Scorecard
from kpi.rules import entries as rules
from kpi.rules.surroundings import (
    Surroundings,
    deadline_of,
    entries_asked_of,
    surroundings_of,
    typed_of,
)
from submissions.models import Quarter
from submissions.rules import open_quarters, standing_of
from submissions.workflow import COUNTED

KIND = "kpi.result"


def reported_kpis(standing: Standing, vacant: Collection[int], year: int) -> list[KPI]:
    """Return the KPIs of a year whose figures the person types, in code order."""
    return list(
        KPI.objects.for_year(year)
        .reported_by(standing, vacant)
        .reporting_themselves()
        .with_rules()
        .in_code_order()
    )


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return the entries that the person owes; every agency's for those who oversee all."""
    if not isinstance(user, User):
        return []
    day = fiscal.local_date(at)
    standing = standing_of(user, day)
    return owed_by(whose_of(standing, rules.vacant_posts_below(standing, day)), at)


def owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return the entries that agencies and posts owe, in as many queries for one as for all.

    A vacant post's entries are owed by the holder of the post above it. `owner_ids` are the holder
    of the post, or the agency's reporters, or its heads where it has no reporter.
    """
    day = fiscal.local_date(at)
    of_posts = Q(scorecard__level=Scorecard.Level.POST)
    own = of_posts if whose.posts is None else Q(scorecard__post__in=whose.posts)
    of_agencies = ~of_posts
    if whose.agencies is not None:
        of_agencies &= Q(agency__in=whose.agencies)
    dues: list[Due] = []
    for quarter in open_quarters(at):
        kpis = KPI.objects.for_year(quarter.fiscal_year_id).reporting_themselves().with_rules()
        kpis = kpis.filter(own | of_agencies)
        listed = list(kpis.select_related("scorecard__post").in_code_order())
        owners = owners_of(listed, at)
        asked = entries_asked_of(listed, quarter)
        found = (_due(place, owners.get(place.kpi.pk, ()), at) for place in asked)
        dues += [due for due in found if due]
    return sorted(dues, key=lambda due: (due.deadline_date or day, due.code))


def _due(place: Surroundings, owner_ids: tuple[int, ...], at: datetime) -> Due | None:
    """Return what is owed of one KPI, None where nothing is asked or it is signed."""
    result = place.result
    if place.version is None or (result is not None and result.status in COUNTED):
        return None
    state = place.state(at)
    day = fiscal.local_date(at)
    year, number = place.quarter.fiscal_year_id, place.quarter.number
    if state == CellState.NOT_DUE and not place.is_asked_now(day):
        return None
    return Due(
        kind=KIND,
        subject_id=place.kpi.pk,
        code=place.kpi.code,
        label=place.kpi.name,
        agency_id=place.kpi.agency_id,
        agency_name=place.kpi.agency.name,
        owner_ids=owner_ids,
        period=thaidates.format_quarter(year, number, lang=language()),
        period_key=f"{year}-q{number}",
        deadline_date=deadline_of(place.version, place.quarter),
        state=state,
        status=result.status if result else "",
        url=grid_url(place.quarter, place.kpi),
        returned_reason=result.return_reason if result else "",
        post_id=place.kpi.scorecard.post_id,
    )


def owners_of(kpis: Collection[KPI], at: datetime) -> dict[int, tuple[int, ...]]:
    """Return by KPI who owes its entry; two queries however many KPIs."""
    day = fiscal.local_date(at)
    posts = {kpi.scorecard.post for kpi in kpis if kpi.scorecard.post is not None}
    post_ids = {post.pk for post in posts} | {
        post.supervising_post_id for post in posts if post.supervising_post_id
    }
    holders: dict[int, list[int]] = defaultdict(list)
    if post_ids:
        for post_id, user_id in (
            Holding.objects.current(day).filter(post__in=post_ids).values_list("post_id", "user_id")
        ):
            holders[post_id].append(user_id)
    members = reporters_of(day)
    owners: dict[int, tuple[int, ...]] = {}
    for kpi in kpis:
        post = kpi.scorecard.post
        if post is not None:
            found = holders.get(post.pk) or holders.get(post.supervising_post_id or 0, [])
            owners[kpi.pk] = tuple(found)
        else:
            owners[kpi.pk] = members.get(kpi.agency_id, ())
    return owners


def waiting_for(user: Visitor, at: datetime) -> list[Waiting]:
    """Return the entries that wait for this person's signature, by quarter and code.

    Heads (and posts above a post) approve what was sent; the strategy office accepts what is
    approved where a second signature is asked for.
    """
    standing = standing_of(user, fiscal.local_date(at))
    heads = standing.agencies(Role.APPROVER)
    first = Q(status="submitted") & (
        (Q(kpi__agency__in=heads) & ~Q(kpi__scorecard__level=Scorecard.Level.POST))
        | Q(kpi__scorecard__post__supervising_post__in=standing.post_ids)
    )
    second = (
        Q(status="approved", kpi__needs_acceptance=True)
        if standing.has(Role.STRATEGIST)
        else Q(pk__in=[])
    )
    results = list(
        Result.objects.filter(first | second, quarter__state="open")
        .with_kpi()
        .select_related("quarter__fiscal_year", "kpi__curve", "kpi__issue")
        .prefetch_related("evidence")
        .order_by("quarter__fiscal_year", "quarter__number", "kpi__code")
    )
    by_quarter: dict[Quarter, list[Result]] = defaultdict(list)
    for result in results:
        by_quarter[result.quarter].append(result)
    waiting = []
    for quarter, listed in by_quarter.items():
        around = surroundings_of([result.kpi for result in listed], quarter)
        waiting += [_waiting(result, around[result.kpi_id], standing, at) for result in listed]
    return waiting


def _waiting(result: Result, place: Surroundings, standing: Standing, at: datetime) -> Waiting:
    typed = typed_of(result)
    assessed = place.assessment(typed, at)
    target = place.target_to_date(at)
    moved = place.moved_percent(typed)
    accepting = result.status == "approved"
    why_not = (
        rules.why_not_accept(result, standing)
        if accepting
        else rules.why_not_approve(result, standing)
    )
    return Waiting(
        kind=KIND,
        entry_id=result.pk,
        version=result.version,
        code=place.kpi.code,
        label=place.kpi.name,
        unit=place.version.unit if place.version else "",
        agency_id=place.kpi.agency_id,
        agency_name=place.kpi.agency.name,
        period=thaidates.format_quarter(
            result.quarter.fiscal_year_id, result.quarter.number, lang=language()
        ),
        target=_shown(target.value if target else None, place),
        last=_shown(place.last_value, place),
        current=_shown(place.quarter_value(typed), place),
        change="" if moved is None else f"{format_number(moved, 1, lang=language())}%",
        achievement=format_number(assessed.percent if assessed else None, 2, lang=language()),
        note=result.note or result.not_applicable_reason,
        outlier=place.outlier(typed) is not None,
        entered_by=result.entered_by.get_full_name() if result.entered_by else "",
        submitted_at=result.submitted_at,
        evidence_count=len(result.evidence.all()),
        url=reverse("kpi:kpi-detail", args=[place.kpi.code]),
        why_not=why_not,
        move="accept" if accepting else "approve",
        files=tuple(
            File(
                file.original_name,
                reverse("submissions:evidence-file", args=[file.pk]),
                file.media_type.startswith("image/"),
            )
            for file in result.evidence.all()
        ),
        history_url=reverse("kpi:result-detail", args=[result.pk]),
    )


def _shown(value: Decimal | None, place: Surroundings) -> str:
    return format_number(value, place.decimals, lang=language())


def grid_url(quarter: Quarter, kpi: KPI | None = None) -> str:
    """Return the address of a quarter's grid, at a KPI's row."""
    address = f"{reverse('kpi:entry')}?quarter={quarter.fiscal_year_id}-{quarter.number}"
    return f"{address}#r{kpi.pk}" if kpi else address


def language() -> Language:
    """Return the language that figures and dates are shown in."""
    return "en" if (get_language() or "th").startswith("en") else "th"
