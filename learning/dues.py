"""What officers still have to learn this year, in the shared shape."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules import Visitor, whose_of
from common import fiscal
from common.bilingual import in_language
from common.dues import Due, Whose
from common.states import CellState
from learning.models import Record, Rule, officers_on
from learning.scoring import Basis, Least, Missing, missing, year_limits, year_of
from submissions.rules import standing_of

KIND = "learning.rule"


def owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return what officers have yet to learn; each hears of the own only, since that is personal.

    One query for one as for all, none for people without a post.
    """
    if whose.posts is not None and not whose.posts:
        return []
    today = fiscal.local_date(at)
    # The fiscal year's rule goes first, as `rules.rule_on` says it.
    in_force = Rule.objects.filter(
        Q(year=year_of(today, Basis.FISCAL), basis=Basis.FISCAL)
        | Q(year=year_of(today, Basis.CALENDAR), basis=Basis.CALENDAR)
    ).order_by(Case(When(basis=Basis.FISCAL, then=0), default=1))
    counted = Record.objects.confirmed().filter(
        officer=OuterRef("user"), year=OuterRef("rule_year")
    )
    held = officers_on(today)
    if whose.people is not None:
        held = held.filter(user__in=whose.people)
    rows = (
        held.annotate(
            rule_year=Subquery(in_force.values("year")[:1]),
            rule_basis=Subquery(in_force.values("basis")[:1]),
            rule_courses_least=Subquery(in_force.values("courses_least")[:1]),
            rule_digital_least=Subquery(in_force.values("digital_least")[:1]),
        )
        .filter(rule_year__isnull=False)
        .annotate(
            agency_th=F("post__agency__name_th"),
            agency_en=F("post__agency__name_en"),
            courses=_number_of(counted),
            digital=_number_of(counted.filter(course__is_digital=True)),
        )
    )
    found: dict[int, Due] = {}
    seen: set[int] = set()
    for row in rows:
        # Whoever holds several posts is asked once, at the first.
        if row["user"] in seen:
            continue
        seen.add(row["user"])
        marks = [True] * row["digital"] + [False] * (row["courses"] - row["digital"])
        lacking = missing(marks, Least(row["rule_courses_least"], row["rule_digital_least"]))
        if not lacking.is_met:
            found[row["user"]] = _due(row, lacking)
    return list(found.values())


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return what the person has yet to learn."""
    return owed_by(whose_of(standing_of(user, fiscal.local_date(at))), at)


def _number_of(records: QuerySet[Record]) -> Coalesce:
    counts = records.order_by().values("officer").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _due(row: Mapping[str, Any], lacking: Missing) -> Due:
    year = row["rule_year"]
    return Due(
        kind=KIND,
        subject_id=row["user"],
        code=str(year),
        label=sentence_of(lacking),
        agency_id=row["post__agency"],
        agency_name=in_language(row["agency_th"], row["agency_en"]),
        owner_ids=(row["user"],),
        period=_("การเรียนรู้ของปี %(year)d") % {"year": year},
        period_key=str(year),
        deadline_date=year_limits(year, Basis(row["rule_basis"]))[1],
        state=CellState.NOT_REPORTED,
        status="",
        url=reverse("learning:my-learning"),
        is_personal=True,
        is_confidential=True,
    )


def sentence_of(lacking: Missing) -> str:
    """Say what is missing: how many courses, how many of them digital."""
    courses = ngettext("เรียนอีก %(n)d เรื่อง", "เรียนอีก %(n)d เรื่อง", lacking.courses) % {
        "n": lacking.courses
    }
    if not lacking.digital:
        return courses
    return _("%(courses)s เป็นเรื่องดิจิทัลอย่างน้อย %(digital)d เรื่อง") % {
        "courses": courses,
        "digital": lacking.digital,
    }
