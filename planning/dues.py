"""Needs and comments that wait for an answer, in the shared shape."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agency, Area, Membership, Role
from common import fiscal
from common.bilingual import in_language
from common.dues import Due, Whose
from common.states import CellState
from planning.models import Consultation, ConsultationComment, Need
from planning.models.needs import LevelChoices, in_areas
from planning.rules.needs import FINEST_FIRST
from planning.workflow import Level
from submissions.models import FiscalYear

NEED = "planning.need"
COMMENT = "planning.comment"
# Where the fiscal year's thresholds name no `planning: {answer_days}`. Not verified: the Royal Decree
# on Good Governance, B.E. 2546, section 38, asks for an answer, or what is being done, in 15 days.
ANSWER_DAYS = 15


def needs_owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return what waits where agencies decide, a line each; one query for one as for all.

    The deadline is that of the need that has waited longest there. Only who plans there hears of it.
    """
    asks = Q()
    for role, agencies in ((Role.PLANNER, whose.planners), (Role.STRATEGIST, whose.strategists)):
        if agencies is None:
            asks |= Q(role=role)
        elif agencies:
            asks |= Q(role=role, agency__in=agencies)
    if not asks:
        return []
    today = fiscal.local_date(at)
    waiting = Need.objects.unanswered().filter(level=OuterRef("level")).order_by()
    there = waiting.filter(in_areas(Area.objects.filter(agencies=OuterRef(OuterRef("agency")))))
    rows = (
        Membership.objects.current(today)
        .filter(asks, user__is_active=True)
        .annotate(level=_level())
        .filter(level__isnull=False)
        .annotate(
            waiting=_of_seat(waiting, there, Count("pk"), IntegerField()),
            oldest=_of_seat(waiting, there, Min("arrived_at"), None),
            answer_days=Subquery(
                FiscalYear.objects.filter(year=fiscal.fiscal_year_of(today))
                .annotate(days=Cast("thresholds__planning__answer_days", IntegerField()))
                .values("days")
            ),
        )
        .filter(oldest__isnull=False)
        .order_by("agency__code", "user")
        .values(
            "user", "role", "agency", "agency__name_th", "agency__name_en", "level", "waiting",
            "oldest", "answer_days",
        )
    )  # fmt: skip
    seats: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        seats[row["agency"], row["level"]].append(row)
    return [_need_due(listed, today) for listed in seats.values()]


def comments_owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return the consultations with comments not answered yet, which the strategy office hears of.

    One query, none for people of other offices; for everybody one more.
    """
    if whose.strategists is not None and not whose.strategists:
        return []
    today = fiscal.local_date(at)
    unanswered = Q(comments__answer_th="") & ~Q(
        comments__state=ConsultationComment.State.HIDDEN.value
    )
    asked = Consultation.objects.annotate(waiting=Count("comments", filter=unanswered))
    found: list[Any] = list(asked.filter(waiting__gt=0).order_by("closes_date", "pk"))
    if not found:
        return []
    owners = whose.people if whose.people is not None else _strategists(today)
    return [
        Due(
            kind=COMMENT,
            subject_id=row.pk,
            code=_("ความคิดเห็นต่อร่างแผน"),
            label=ngettext("ยังไม่ตอบ %(n)d ความคิดเห็น", "ยังไม่ตอบ %(n)d ความคิดเห็น", row.waiting)
            % {"n": row.waiting},
            agency_id=0,
            agency_name=_("กลุ่มงานยุทธศาสตร์ฯ"),
            owner_ids=tuple(sorted(owners)),
            period=_("การรับฟังความคิดเห็น"),
            period_key=f"consultation-{row.pk}",
            deadline_date=row.last_date,
            state=_state(row.last_date, today),
            status="",
            url=reverse("planning:edition-write", args=[row.edition_id]),
            is_personal=True,
        )
        for row in found
    ]


def _strategists(day: date) -> frozenset[int]:
    office = Membership.objects.current(day).with_role(Role.STRATEGIST)
    return frozenset(office.filter(user__is_active=True).values_list("user", flat=True))


def _level() -> Case:
    """The level at which a member decides, as `rules.needs.seats_of` says it; none without places."""
    places = Area.objects.filter(agencies=OuterRef("agency"))
    levels = [
        When(role=Role.STRATEGIST, then=Value(Level.PROVINCE.value)),
        When(
            Exists(places),
            agency__kind=Agency.Kind.LOCAL,
            then=Value(Level.LOCAL.value),
        ),
    ]
    for kind, level in FINEST_FIRST:
        levels.append(
            When(
                Exists(places.filter(kind=kind)) & ~Q(agency__kind=Agency.Kind.LOCAL),
                then=Value(level.value),
            )
        )
    return Case(*levels, default=None, output_field=CharField(null=True))


def _of_seat(all_there: QuerySet[Need], in_places: QuerySet[Need], what: Any, field: Any) -> Case:
    """A figure of what waits: for the strategy office of everything at its level."""

    def figure(needs: QuerySet[Need]) -> Subquery:
        counted = needs.values("level").annotate(figure=what).values("figure")
        return Subquery(counted, output_field=field) if field else Subquery(counted)

    return Case(When(role=Role.STRATEGIST, then=figure(all_there)), default=figure(in_places))


def _need_due(listed: list[Mapping[str, Any]], today: date) -> Due:
    row = listed[0]
    deadline = fiscal.local_date(row["oldest"]) + timedelta(days=row["answer_days"] or ANSWER_DAYS)
    level = str(LevelChoices(row["level"]).label)
    return Due(
        kind=NEED,
        subject_id=row["agency"],
        code=_("ความต้องการ"),
        label=ngettext(
            "รอพิจารณาที่ระดับ%(level)s %(n)d เรื่อง",
            "รอพิจารณาที่ระดับ%(level)s %(n)d เรื่อง",
            row["waiting"],
        )
        % {"level": level, "n": row["waiting"]},
        agency_id=row["agency"],
        agency_name=in_language(row["agency__name_th"], row["agency__name_en"]),
        owner_ids=tuple(each["user"] for each in listed),
        period=_("เรื่องที่รอนานที่สุด"),
        # Another oldest need is another thing to be told of.
        period_key=f"{row['level']}-{row['oldest']:%Y%m%d%H%M%S}",
        deadline_date=deadline,
        state=_state(deadline, today),
        status="",
        url=reverse("planning:need-desk"),
        is_personal=True,
    )


def _state(deadline: date, today: date) -> CellState:
    return CellState.LATE if deadline < today else CellState.NOT_REPORTED
