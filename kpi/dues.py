"""KPI entries that are owed, and those that wait for a signature, in the shared shapes."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Holding, Role, User
from accounts.rules import Standing, Visitor, reporters_of, whose_of
from common import fiscal, thaidates
from common.bilingual import page_language
from common.dues import Due, File, Waiting, Whose
from common.states import CellState
from common.thainumbers import format_number
from kpi.models import (
    KPI,
    Amendment,
    Appraisal,
    AssessmentRound,
    AssessmentScheme,
    Result,
    Scorecard,
)
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
        period=thaidates.format_quarter(year, number, lang=page_language()),
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
            result.quarter.fiscal_year_id, result.quarter.number, lang=page_language()
        ),
        target=_shown(target.value if target else None, place),
        last=_shown(place.last_value, place),
        current=_shown(place.quarter_value(typed), place),
        change="" if moved is None else f"{format_number(moved, 1, lang=page_language())}%",
        achievement=format_number(assessed.percent if assessed else None, 2, lang=page_language()),
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
        is_unconfirmed=bool(place.kpi.unconfirmed_reason),
    )


def _shown(value: Decimal | None, place: Surroundings) -> str:
    return format_number(value, place.decimals, lang=page_language())


def grid_url(quarter: Quarter, kpi: KPI | None = None) -> str:
    """Return the address of a quarter's grid, at a KPI's row."""
    address = f"{reverse('kpi:entry')}?quarter={quarter.fiscal_year_id}-{quarter.number}"
    return f"{address}#r{kpi.pk}" if kpi else address


def agreements_due_for(standing: Standing, at: datetime) -> list[Due]:
    """Return the scorecards, amendments and appraisals that wait for the person, one query for all.

    A scorecard comes to the one who agrees to it after the one who answers for it has signed. An
    appraisal that is due in the round, or was in the one before, is told to the officer and to the one
    above before it is begun. None has a deadline that the portal knows. Nothing is asked for people
    who cannot owe any.
    """
    if not standing.post_ids and not standing.has(Role.APPROVER, Role.STRATEGIST, Role.GOVERNOR):
        return []
    day = fiscal.local_date(at)
    year = fiscal.fiscal_year_of(day)
    owner, supervisor = _as_owner(standing), _as_supervisor(standing)
    to_sign = Q(state=Scorecard.State.DRAFT) & (
        (owner & Q(owner_signed_at=None))
        | (supervisor & Q(owner_signed_at__isnull=False, supervisor_signed_at=None))
    )
    to_agree = Q(proposed__isnull=False) & (
        (owner & Q(proposed__owner_agreed_at=None))
        | (supervisor & Q(proposed__supervisor_agreed_at=None))
    )
    to_acknowledge = Q(
        appraised__state=Appraisal.State.SIGNED, appraised__assessed=standing.user.pk
    )
    to_appraise = Q(
        appraised__state=Appraisal.State.DRAFT, post__supervising_post__in=standing.post_ids
    )
    to_begin = Q(begin__isnull=False, held_from__isnull=False) & (
        Q(post__in=standing.post_ids) | Q(post__supervising_post__in=standing.post_ids)
    )
    due_rounds = _rounds_to_begin(*fiscal.quarter_of(day))
    waits = (Q(fiscal_year=year) & (to_sign | to_agree)) | to_acknowledge | to_appraise
    cards = (
        Scorecard.objects.annotate(
            begin=Subquery(due_rounds.values("number")[:1]),
            begin_until=Subquery(due_rounds.values("last_quarter")[:1]),
            held_from=Subquery(
                Holding.objects.current(day)
                .filter(post=OuterRef("post"))
                .order_by("-from_date")
                .values("from_date")[:1]
            ),
            proposed=FilteredRelation(
                "amendments", condition=Q(amendments__state=Amendment.State.PROPOSED)
            ),
            appraised=FilteredRelation(
                "appraisals", condition=~Q(appraisals__state=Appraisal.State.ACKNOWLEDGED)
            ),
        )
        .filter(waits | to_begin)
        .annotate(
            waits=Case(When(waits, then=True), default=False),
            amendment=_number_where(Q(fiscal_year=year) & to_agree, "proposed__number"),
            acknowledge=_number_where(to_acknowledge, "appraised__round__number"),
            appraise=_number_where(to_appraise, "appraised__round__number"),
        )
        .select_related("agency", "post")
        .order_by("fiscal_year", "level", "agency__code", "post__code", "appraised__round__number")
    )
    # A card that is to be signed is joined once for each of its appraisals.
    found = {(due.url, due.label): due for card in cards for due in _of_a_card(card, standing, day)}
    return list(found.values())


def _rounds_to_begin(year: int, quarter: int) -> QuerySet[AssessmentRound]:
    """The officers' rounds of a card's year that run or ended half a year ago at most, not begun there."""
    near = Q(scheme__fiscal_year=year, first_quarter__lte=quarter, last_quarter__gte=quarter - 2)
    last_year = Q(scheme__fiscal_year=year - 1, last_quarter__gte=quarter + 2)
    begun = Appraisal.objects.filter(
        scorecard=OuterRef(OuterRef("pk")), round__number=OuterRef("number")
    )
    return AssessmentRound.objects.filter(
        near | last_year,
        ~Exists(begun),
        scheme__fiscal_year=OuterRef("fiscal_year"),
        scheme__kind=AssessmentScheme.Kind.OFFICIAL,
    ).order_by("number")


def _of_a_card(card: Any, standing: Standing, day: date) -> Iterator[Due]:
    """What waits about one scorecard: what is begun, and the appraisal that is not."""
    if card.waits:
        yield _agreement(card, standing.user.pk)
    if card.begin is None or card.held_from is None or card.post is None:
        return
    ends = fiscal.quarter_end(card.fiscal_year_id, card.begin_until)
    # Whoever came after the round is not assessed in it: the list of appraisals has who was.
    if card.held_from > ends:
        return
    if card.post_id in standing.post_ids:
        label = _("รอผู้บังคับบัญชาเริ่มประเมินรอบที่ %(n)d")
    elif card.post.supervising_post_id in standing.post_ids:
        label = _("เริ่มประเมินรอบที่ %(n)d")
    else:
        return
    yield replace(
        _agreement(card, standing.user.pk),
        kind="kpi.appraisal",
        label=label % {"n": card.begin},
        url=reverse("kpi:appraisal", args=[card.pk, card.begin]),
        state=CellState.NOT_REPORTED if day > ends else CellState.NOT_DUE,
    )


def _number_where(condition: Q, number: str) -> Case:
    """The number of what waits by a condition, None where it is not what waits."""
    return Case(When(condition, then=F(number)), default=None)


def _as_owner(standing: Standing) -> Q:
    """What narrows scorecards to those that the person answers for, as `agreements.sides_of`."""
    level = Scorecard.Level
    own = Q(level=level.POST, post__in=standing.post_ids) | Q(
        level=level.AGENCY, agency__in=standing.agencies(Role.APPROVER)
    )
    return own | Q(level=level.PROVINCE) if standing.has(Role.STRATEGIST) else own


def _as_supervisor(standing: Standing) -> Q:
    """What narrows scorecards to those that the person agrees to, as `agreements.sides_of`."""
    level = Scorecard.Level
    below = Q(level=level.POST, post__supervising_post__in=standing.post_ids)
    return below | ~Q(level=level.POST) if standing.has(Role.GOVERNOR) else below


def _agreement(card: Any, user_id: int | None) -> Due:
    """One line of what waits: an appraisal to be read, an amendment, or the scorecard itself."""
    address, kind = reverse("kpi:scorecard", args=[card.pk]), "kpi.scorecard"
    label = _("ลงนามใบคะแนน")
    number = card.acknowledge if card.acknowledge is not None else card.appraise
    if number is not None:
        address, kind = reverse("kpi:appraisal", args=[card.pk, number]), "kpi.appraisal"
        label = (
            _("ประเมินและลงนามรอบที่ %(n)d")
            if card.acknowledge is None
            else _("รับทราบผลการประเมินรอบที่ %(n)d")
        ) % {"n": number}
    elif card.amendment is not None:
        label = _("เห็นชอบบันทึกแก้ไขข้อตกลงครั้งที่ %(n)d") % {"n": card.amendment}
    whose = card.post.title if card.post else card.agency.name
    return Due(
        kind=kind,
        subject_id=card.pk,
        code=whose,
        label=label,
        agency_id=card.agency_id,
        agency_name=card.agency.name,
        owner_ids=(user_id,) if user_id else (),
        period=thaidates.format_fiscal_year(card.fiscal_year_id, lang=page_language()),
        period_key=str(card.fiscal_year_id),
        deadline_date=None,
        state=CellState.NOT_REPORTED,
        status="",
        url=address,
        post_id=card.post_id,
        is_personal=card.post_id is not None,
    )
