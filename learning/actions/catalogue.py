"""What may be learned and what is asked: goals, courses, programmes and the year's rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Tally, bring_in
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI
from learning import rules
from learning.models import Course, Goal, Programme, Rule, Turnout
from strategy.models import Issue
from submissions.actions import changed_meanwhile
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class GoalInput:
    """A goal of the human-resources strategy with the issues that it serves."""

    code: str
    name_th: str
    name_en: str = ""
    issues: Sequence[Issue] = ()
    source: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class CourseInput:
    """A course as typed; `course` is the one that is changed, None for a new one."""

    code: str
    name_th: str
    name_en: str = ""
    provider_th: str = ""
    hours: Decimal | None = None
    is_digital: bool = False
    address: str = ""
    is_active: bool = True
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeInput:
    """A programme as typed; `turnouts` gives (invited, attended) by level, None where unknown."""

    code: str
    name_th: str
    name_en: str = ""
    goal: Goal | None = None
    is_digital: bool = False
    start_date: date | None = None
    end_date: date | None = None
    outcome_th: str = ""
    source: str = ""
    turnouts: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    is_sample: bool = False


@transaction.atomic
def bring_goals(*, goals: Sequence[GoalInput], by: User | None, at: datetime) -> Tally:
    """Bring goals in with the issues that they serve; may be repeated."""
    brought = bring_in(
        rows=[
            Goal(
                code=goal.code,
                name_th=goal.name_th,
                name_en=goal.name_en,
                source=goal.source,
                is_sample=goal.is_sample,
            )
            for goal in goals
        ],
        key=["code"],
        fields=["name_th", "name_en", "source"],
        verb="learning.goal",
        by=by,
        at=at,
    )
    for goal, row in zip(goals, brought.rows, strict=True):
        row.issues.set(goal.issues)
    return brought.tally


@transaction.atomic
def bring_rules(*, stated: Sequence[Rule], by: User | None, at: datetime) -> Tally:
    """Bring in the rules that a folder states; a year that has one keeps it, whoever changed it."""
    there = set(Rule.objects.values_list("year", flat=True))
    new = [rule for rule in stated if rule.year not in there]
    brought = bring_in(rows=new, key=["year"], fields=[], verb="learning.rule", by=by, at=at)
    return brought.tally + Tally(left=len(stated) - len(new))


@transaction.atomic
def put_course(*, course: CourseInput, instead_of: Course | None, by: User, at: datetime) -> Course:
    """Add a course, or change one.

    :raises Refused: if the person may not, or the code is another course's.
    """
    _refuse_unless_keeper(by, at)
    others = Course.objects.filter(code=course.code)
    if instead_of is not None:
        others = others.exclude(pk=instead_of.pk)
    if others.exists():
        raise Refused(
            _("มีหลักสูตรรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": course.code}, code="code_taken"
        )
    names = ("code", "name_th", "name_en", "provider_th", "hours", "is_digital", "address",
             "is_active")  # fmt: skip
    values = {name: getattr(course, name) for name in names}
    if instead_of is None:
        row = Course.objects.create(**values, is_sample=course.is_sample)
        _log("learning.course.added", row, None, values, by=by, at=at)
        return row
    before = {name: getattr(instead_of, name) for name in names}
    Course.objects.filter(pk=instead_of.pk).update(**values)
    _log("learning.course.changed", instead_of, before, values, by=by, at=at)
    instead_of.refresh_from_db()
    return instead_of


@transaction.atomic
def set_rule(
    *,
    year: int,
    version: int,
    basis: str,
    courses_least: int,
    digital_least: int,
    kpi: KPI | None,
    source: str,
    by: User,
    at: datetime,
) -> Rule:
    """Set what each officer learns in a year; `version` is the one that was seen, 0 for a new rule.

    :raises Refused: if the person may not, the numbers are no rule, or somebody set it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    if reason := rules.why_not_rule(courses_least, digital_least):
        raise Refused(reason, code="no_rule")
    if kpi is not None and kpi.fiscal_year_id != year:
        raise Refused(_("ตัวชี้วัดที่ใช้ผลนี้ต้องเป็นของปีเดียวกัน"), code="other_year")
    values: dict[str, Any] = {
        "basis": basis,
        "courses_least": courses_least,
        "digital_least": digital_least,
        "kpi": kpi,
        "source": source,
    }
    before = Rule.objects.filter(pk=year).values(*values).first()
    if version == 0 and before is None:
        rule = Rule.objects.create(year=year, **values)
        _log("learning.rule.set", rule, None, values, by=by, at=at)
        return rule
    unmoved = Rule.objects.filter(pk=year, version=version)
    if not unmoved.update(**values, version=F("version") + 1):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    rule = Rule.objects.get(pk=year)
    _log("learning.rule.set", rule, before, values, by=by, at=at)
    return rule


@transaction.atomic
def put_programme(
    *,
    programme: ProgrammeInput,
    instead_of: Programme | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> Programme:
    """Add a training programme with its turnout by level, or change one as it was seen.

    :raises Refused: if the person may not, the dates do not follow, or somebody changed it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    start, end = programme.start_date, programme.end_date
    if start and end and end < start:
        raise Refused(_("วันสิ้นสุดของการอบรมต้องไม่ก่อนวันเริ่ม"), code="dates")
    others = Programme.objects.filter(code=programme.code)
    if instead_of is not None:
        others = others.exclude(pk=instead_of.pk)
    if others.exists():
        raise Refused(
            _("มีการอบรมรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": programme.code}, code="code_taken"
        )
    names = ("code", "name_th", "name_en", "goal", "is_digital", "start_date", "end_date",
             "outcome_th", "source")  # fmt: skip
    values = {name: getattr(programme, name) for name in names}
    if instead_of is None:
        row = Programme.objects.create(**values, is_sample=programme.is_sample)
    else:
        unmoved = Programme.objects.filter(pk=instead_of.pk, version=version)
        if not unmoved.update(**values, version=F("version") + 1):
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
        row = Programme.objects.get(pk=instead_of.pk)
    Turnout.objects.filter(programme=row).delete()
    Turnout.objects.bulk_create(
        Turnout(programme=row, level=level, invited=invited, attended=attended)
        for level, (invited, attended) in programme.turnouts.items()
        if invited is not None or attended is not None
    )
    after = values | {
        level: f"{invited}/{attended}" for level, (invited, attended) in programme.turnouts.items()
    }
    _log("learning.programme.put", row, None, after, by=by, at=at)
    return row


def _refuse_unless_keeper(by: User, at: datetime) -> None:
    if reason := rules.why_not_keep_catalogue(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")


def _log(
    verb: str,
    row: Course | Rule | Programme,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    by: User,
    at: datetime,
) -> None:
    record_many([Deed(verb, row, before=before, after=after)], by=by, at=at)
