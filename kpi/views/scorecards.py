"""Scorecards: whose there are, one with its targets and signatures, and what both sides do with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Exists, OuterRef, Q, Sum, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Agency, Holding, Post, Role, User
from accounts.rules import Standing
from audit.log import record
from common import clock, fiscal
from common.refusal import Refused
from kpi import actions
from kpi.models import KPI, Amendment, IndicatorVersion, Link, Scorecard, Target
from kpi.rules import agreements as rules
from kpi.rules.agreements import Side, Standings
from kpi.rules.definitions import may_see_post
from kpi.rules.surroundings import version_in_force
from kpi.scoring.targets import Target as Planned
from kpi.scoring.years import target_of_round
from submissions.models import FiscalYear
from submissions.rules import standing_of

Level = Scorecard.Level
ROUNDS = (1, 2)


def signed_in(request: HttpRequest) -> User:
    """Return who acts; every page here asks for sign-in."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
def scorecard_list(request: HttpRequest) -> HttpResponse:
    """The scorecards of a year that the person may read; filters stay in the address."""
    today = clock.today()
    standing = standing_of(request.user, today)
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))
    named = request.GET.get("year", "")
    year = int(named) if named.isdecimal() and int(named) in years else fiscal.fiscal_year_of(today)
    level, text = request.GET.get("level", ""), request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    in_line = rules.posts_in_line(standing)
    cards = (
        Scorecard.objects.for_year(year)
        .filter(rules.readable_scorecards(standing, in_line))
        .select_related("agency", "post")
        .annotate(
            lines=Count("kpis"),
            weight=Sum("kpis__weight"),
            waits=Exists(Amendment.objects.waiting().filter(scorecard=OuterRef("pk"))),
            is_vacant=Q(post__isnull=False)
            & ~Exists(Holding.objects.current(today).filter(post=OuterRef("post"))),
        )
        .order_by(
            Case(When(level=Level.PROVINCE, then=0), When(level=Level.AGENCY, then=1), default=2),
            "agency__code",
            "post__code",
        )
    )
    if level in Level.values:
        cards = cards.filter(level=level)
    if state in Scorecard.State.values:
        cards = cards.filter(state=state)
    if text:
        cards = cards.filter(
            Q(agency__name_th__icontains=text)
            | Q(agency__code__icontains=text)
            | Q(post__title_th__icontains=text)
        )
    page = Paginator(cards, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "kpi/scorecard_list.html",
        {
            "page": page,
            "year": year,
            "years": years,
            "level": level,
            "levels": Level.choices,
            "state": state,
            "text": text,
            "makeable": _makeable(standing, year, in_line),
        },
    )


def _makeable(standing: Standing, year: int, in_line: frozenset[int]) -> list[tuple[str, str]]:
    """What the person may make a scorecard for that has none: (`agency-4`, its name)."""
    found: list[tuple[str, str]] = []
    there = Scorecard.objects.for_year(year)
    heads = standing.agencies(Role.APPROVER)
    is_office = standing.has(Role.STRATEGIST)
    if is_office and not there.filter(level=Level.PROVINCE).exists():
        found.append(("province", _("จังหวัด")))
    if is_office or heads:
        agencies = Agency.objects.reporting().exclude(
            pk__in=there.filter(level=Level.AGENCY).values("agency")
        )
        if not is_office:
            agencies = agencies.filter(pk__in=heads)
        found += [(f"agency-{each.pk}", each.name) for each in agencies.in_code_order()]
    if in_line:
        posts = (
            Post.objects.filter(pk__in=in_line, is_active=True)
            .exclude(pk__in=there.filter(level=Level.POST).values("post"))
            .select_related("agency")
        )
        found += [
            (f"post-{post.pk}", f"{post.title} ({post.agency.short_name})")
            for post in posts.in_code_order()
        ]
    return found


@require_POST
def scorecard_make(request: HttpRequest) -> HttpResponse:
    """Make an empty scorecard of a year for the province, an agency or a post."""
    level, _dash, key = request.POST.get("whose", "").partition("-")
    year = get_object_or_404(FiscalYear, year=_whole(request.POST.get("year", "")))
    post = get_object_or_404(Post, pk=_whole(key)) if level == Level.POST else None
    if post is not None:
        agency = post.agency
    elif level == Level.AGENCY:
        agency = get_object_or_404(Agency.objects.reporting(), pk=_whole(key))
    elif level == Level.PROVINCE:
        agency = get_object_or_404(
            Agency, pk__in=standing_of(request.user, clock.today()).agencies(Role.STRATEGIST)
        )
    else:
        raise Http404
    try:
        card = actions.make_scorecard(
            fiscal_year=year,
            level=level,
            agency=agency,
            post=post,
            by=signed_in(request),
            at=clock.now(),
        )
    except Refused as refused:
        return render(request, "errors/409.html", {"refusal": refused.sentence}, status=409)
    return redirect("kpi:scorecard", card.pk)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def readable_scorecard(request: HttpRequest, pk: int, standing: Standing) -> Scorecard:
    """Return a scorecard that the person reads; the view of a personal one is logged.

    :raises Http404: if there is none for this person.
    """
    card = get_object_or_404(
        Scorecard.objects.select_related(
            "agency", "post__supervising_post", "owner_signed_by", "supervisor_signed_by"
        ),
        pk=pk,
    )
    if card.post is not None:
        if not may_see_post(card.post, standing):
            raise Http404
        record(
            "kpi.scorecard.viewed",
            card,
            by=signed_in(request),
            at=clock.now(),
            agency_code=card.agency.code,
        )
        return card
    if not Scorecard.objects.filter(rules.readable_scorecards(standing, ()), pk=pk).exists():
        raise Http404
    return card


@dataclass(frozen=True, slots=True)
class QuarterCell:
    """A quarter's target on a scorecard, with last year's where it differs (None: not copied)."""

    number: int
    target: Target | None
    before: Target | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class CardLine:
    """One KPI of a scorecard as it is shown: targets, the round's target, what changed."""

    kpi: KPI
    version: IndicatorVersion | None
    quarters: Sequence[QuarterCell]
    round_target: Planned | None
    parents: Sequence[Link]
    is_same: bool
    changed: frozenset[str]

    @property
    def decimals(self) -> int:
        return self.version.decimals if self.version else 2


def lines_of(card: Scorecard, standings: Standings, appraisal_round: int | None) -> list[CardLine]:
    """Return the lines of a scorecard; four queries however many."""
    kpis = standings.kpis
    versions: dict[int, list[IndicatorVersion]] = {}
    for version in IndicatorVersion.objects.filter(
        indicator__in={kpi.indicator_id for kpi in kpis}
    ):
        versions.setdefault(version.indicator_id, []).append(version)
    before: dict[int, dict[int, Target]] = {}
    copied = {kpi.copied_from_id for kpi in kpis if kpi.copied_from_id}
    for target in Target.objects.filter(kpi__in=copied):
        before.setdefault(target.kpi_id, {})[target.quarter] = target
    parents: dict[int, list[Link]] = {}
    for link in Link.objects.filter(child__in=kpis).select_related(
        "parent__indicator", "parent__scorecard"
    ):
        parents.setdefault(link.child_id, []).append(link)
    return [
        _line(
            kpi,
            version_in_force(versions.get(kpi.indicator_id, ()), card.fiscal_year_id, 4),
            standings,
            before.get(kpi.copied_from_id or 0, {}),
            parents.get(kpi.pk, []),
            appraisal_round,
        )
        for kpi in kpis
    ]


def _line(
    kpi: KPI,
    version: IndicatorVersion | None,
    standings: Standings,
    before: Mapping[int, Target],
    parents: Sequence[Link],
    appraisal_round: int | None,
) -> CardLine:
    targets = standings.targets.get(kpi.pk, {})
    cells = []
    for number in range(1, 5):
        now, old = targets.get(number), before.get(number)
        is_changed = kpi.copied_from_id is not None and _planned(now) != _planned(old)
        cells.append(QuarterCell(number, now, old, is_changed))
    of_round = None
    if version is not None and appraisal_round is not None:
        of_round = target_of_round(
            version.rules, [_planned(targets.get(n)) for n in range(1, 5)], appraisal_round
        )
    changed = set()
    if (last := kpi.copied_from) is not None:
        changed = {
            name
            for name in ("weight", "year_target", "expected_evidence_th")
            if getattr(kpi, name) != getattr(last, name)
        }
        if kpi.curve.code != last.curve.code:
            changed.add("curve")
    return CardLine(
        kpi, version, cells, of_round, parents, kpi.pk in standings.same, frozenset(changed)
    )


def _planned(target: Target | None) -> Planned:
    return target.target if target else Planned()


@require_safe
def scorecard_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One scorecard: KPIs with weights and targets, what changed since last year, who has signed."""
    standing = standing_of(request.user, clock.today())
    card = readable_scorecard(request, pk, standing)
    return render(request, "kpi/scorecard_detail.html", page_of(request, card, standing))


def page_of(
    request: HttpRequest, card: Scorecard, standing: Standing, refusal: str = ""
) -> dict[str, Any]:
    """Return what a scorecard's page shows."""
    named = request.GET.get("round", "")
    appraisal_round = int(named) if named in ("1", "2") else None
    standings = rules.standings_of(card)
    missing = rules.missing_of(standings)
    names = rules.side_names(card)
    mine = rules.sides_of(card, standing)
    amendments = list(
        Amendment.objects.filter(scorecard=card)
        .select_related(
            "scorecard__post",
            *("proposed_by", "owner_agreed_by", "supervisor_agreed_by", "declined_by"),
        )
        .in_number_order()
    )
    holder = None
    if card.post is not None:
        holder = (
            Holding.objects.current(clock.today()).filter(post=card.post).select_related("user")
        ).first()
    return {
        "card": card,
        "holder": holder,
        "lines": lines_of(card, standings, appraisal_round),
        "total": sum((kpi.weight for kpi in standings.kpis), Decimal(0)),
        "missing": missing,
        "round": appraisal_round,
        "rounds": ROUNDS,
        "sides": [
            {
                "key": side.value,
                "name": names[side],
                "signed_by": getattr(card, f"{side}_signed_by"),
                "signed_at": getattr(card, f"{side}_signed_at"),
                "is_mine": side in mine,
                "why_not": rules.why_not_sign(card, side, standing, missing),
            }
            for side in Side
        ],
        "why_not_change": rules.why_not_change(card, standing),
        "why_not_withdraw": rules.why_not_withdraw(card, standing),
        "why_not_propose": rules.why_not_propose(
            card,
            standing,
            "…",
            waits=any(each.state == Amendment.State.PROPOSED for each in amendments),
        ),
        "amendments": [_amendment(each, standing, names) for each in amendments],
        "refusal": refusal,
    }


def _amendment(each: Amendment, standing: Standing, names: Mapping[Side, str]) -> dict[str, Any]:
    mine = rules.sides_of(each.scorecard, standing)
    return {
        "row": each,
        "changes": [change | {"label": field_label(change["field"])} for change in each.changes],
        "sides": [
            {
                "key": side.value,
                "name": names[side],
                "by": getattr(each, f"{side}_agreed_by"),
                "at": getattr(each, f"{side}_agreed_at"),
                "may": side in mine and rules.why_not_agree(each, side, standing) is None,
            }
            for side in Side
        ],
        "may_decline": rules.why_not_decline(each, standing, "…") is None,
    }


def field_label(name: str) -> str:
    """Return what a field of an amendment is called."""
    plain = {
        "weight": _("น้ำหนัก"),
        "year_target": _("เป้าหมายปี"),
        "year_low": _("ขอบล่างของปี"),
        "year_high": _("ขอบบนของปี"),
        "curve": _("เกณฑ์คะแนน"),
        "expected_evidence_th": _("หลักฐานที่ต้องใช้"),
    }
    if name in plain:
        return plain[name]
    column, _under, number = name.rpartition("_")
    words = {
        "value": _("เป้าหมาย"),
        "low": _("ขอบล่าง"),
        "high": _("ขอบบน"),
        "planned_denominator": _("ตัวหารตามแผน"),
        "base": _("ค่าฐานช่วงเดียวกัน"),
    }
    return _("%(what)s ไตรมาส %(number)s") % {"what": words.get(column, column), "number": number}


def act(
    request: HttpRequest, pk: int, verb: Callable[[Scorecard, User], object], done: str
) -> HttpResponse:
    """Do something with a readable scorecard and go back to it; a refusal is shown there."""
    standing = standing_of(request.user, clock.today())
    card = readable_scorecard(request, pk, standing)
    try:
        verb(card, signed_in(request))
    except Refused as refused:
        card = readable_scorecard(request, pk, standing)
        context = page_of(request, card, standing, refused.sentence)
        return render(request, "kpi/scorecard_detail.html", context, status=409)
    messages.success(request, done)
    return redirect("kpi:scorecard", pk)


@require_POST
def scorecard_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy last year's KPIs that are not there yet."""
    return act(
        request,
        pk,
        lambda card, by: actions.copy_scorecard(scorecard=card, by=by, at=clock.now()),
        _("คัดลอกจากปีก่อนแล้ว ช่องที่แก้ต่างจากปีก่อนจะมีเครื่องหมาย"),
    )


def side_of(request: HttpRequest) -> Side:
    """Return the side that is posted.

    :raises Http404: if it names none.
    """
    try:
        return Side(request.POST.get("side", ""))
    except ValueError:
        raise Http404 from None


@require_POST
def scorecard_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the scorecard for a side, as it was seen."""
    side, seen = side_of(request), _whole(request.POST.get("version", ""))
    return act(
        request,
        pk,
        lambda card, by: actions.sign_scorecard(
            scorecard=card, side=side, seen=seen, by=by, at=clock.now()
        ),
        _("ลงนามแล้ว"),
    )


@require_POST
def scorecard_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the signature back before the other side has signed."""
    return act(
        request,
        pk,
        lambda card, by: actions.withdraw_signatures(scorecard=card, by=by, at=clock.now()),
        _("ถอนการลงนามแล้ว แก้ไขได้"),
    )


@require_POST
def line_drop(request: HttpRequest, pk: int, kpi_id: int) -> HttpResponse:
    """Take a KPI off a scorecard that nobody has signed."""
    seen = _whole(request.POST.get("version", ""))

    def drop(card: Scorecard, by: User) -> None:
        kpi = get_object_or_404(
            KPI.objects.filter(scorecard=card).select_related(
                "scorecard__agency", "scorecard__post", "agency"
            ),
            pk=kpi_id,
        )
        actions.drop_kpi(kpi=kpi, seen=seen, by=by, at=clock.now())

    return act(request, pk, drop, _("เอาตัวชี้วัดออกจากใบคะแนนแล้ว"))


def _waiting(card: Scorecard, number: int) -> Amendment:
    return get_object_or_404(
        Amendment.objects.select_related("scorecard__agency", "scorecard__post"),
        scorecard=card,
        number=number,
    )


@require_POST
def amendment_agree(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Agree to an amendment for a side."""
    side = side_of(request)
    return act(
        request,
        pk,
        lambda card, by: actions.agree_amendment(
            amendment=_waiting(card, number), side=side, by=by, at=clock.now()
        ),
        _("เห็นชอบแล้ว"),
    )


@require_POST
def amendment_decline(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Decline an amendment with a reason."""
    reason = request.POST.get("reason", "")
    return act(
        request,
        pk,
        lambda card, by: actions.decline_amendment(
            amendment=_waiting(card, number), reason=reason, by=by, at=clock.now()
        ),
        _("บันทึกว่าไม่เห็นชอบแล้ว ใบคะแนนไม่เปลี่ยน"),
    )
