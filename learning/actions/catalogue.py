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
from submissions.actions import (
    Withdrawal,
    as_one,
    changed_meanwhile,
    refuse_all,
    refuse_twins,
    refuse_what_stays,
)
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


@dataclass(frozen=True, slots=True)
class CourseWrite:
    """A course to be written; `instead_of` is the one that is changed, `version` the one seen."""

    course: CourseInput
    instead_of: Course | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ProgrammeWrite:
    """A programme to be written; `instead_of` is the one that is changed, `version` the one seen."""

    programme: ProgrammeInput
    instead_of: Programme | None = None
    version: int = 0


COURSE_FIELDS = (
    *("code", "name_th", "name_en", "provider_th", "hours", "is_digital", "address", "is_active"),
)
PROGRAMME_FIELDS = (
    *("code", "name_th", "name_en", "goal", "is_digital", "start_date", "end_date", "outcome_th"),
    "source",
)


@transaction.atomic
def put_course(
    *, course: CourseInput, instead_of: Course | None, version: int = 0, by: User, at: datetime
) -> Course:
    """Add a course, or change one as it was seen.

    :raises Refused: if the person may not, the code is another course's, or somebody changed it
        meanwhile.
    """
    with as_one():
        [row] = put_courses(entries=[CourseWrite(course, instead_of, version)], by=by, at=at)
    return row


@transaction.atomic
def put_courses(*, entries: Sequence[CourseWrite], by: User, at: datetime) -> list[Course]:
    """Add courses and change those that were seen so; one entry is a list of one.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: the code is another course's, the hours are none, or
        somebody changed it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    refuse_twins([entry.course.code for entry in entries])
    taken = _taken(Course, [entry.course.code for entry in entries])
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        course, own = entry.course, entry.instead_of.pk if entry.instead_of else None
        if taken.get(course.code, own) != own:
            refusals[position] = Refused(
                _("มีหลักสูตรรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": course.code}, code="code_taken"
            )
        elif reason := rules.why_not_course(course.name_th, course.hours):
            refusals[position] = Refused(reason, code="no_course")
    refuse_all(refusals)
    kept: list[Course] = []
    deeds: list[Deed] = []
    for position, entry in enumerate(entries):
        values = {name: getattr(entry.course, name) for name in COURSE_FIELDS}
        there = entry.instead_of
        if there is None:
            row = Course.objects.create(**values, is_sample=entry.course.is_sample)
            deeds.append(Deed("learning.course.added", row, after=values))
        elif not _write_over(Course, there.pk, entry.version, values):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
            continue
        else:
            row = there
            before = {name: getattr(there, name) for name in COURSE_FIELDS}
            deeds.append(Deed("learning.course.changed", row, before=before, after=values))
        kept.append(row)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at)
    fresh = Course.objects.in_bulk([row.pk for row in kept])
    return [fresh[row.pk] for row in kept]


@transaction.atomic
def withdraw_courses(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take courses away that nobody has learned yet, as if nobody had added them.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    held = Course.objects.select_for_update().in_bulk([entry.key for entry in entries])
    versions = {key: row.version for key, row in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_courses(held))
    record_many(
        [
            Deed(
                "learning.course.withdrawn",
                row,
                before={name: getattr(row, name) for name in COURSE_FIELDS},
            )
            for row in held.values()
        ],
        by=by,
        at=at,
    )
    Course.objects.filter(pk__in=held).delete()


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
    entry = ProgrammeWrite(programme, instead_of, version)
    with as_one():
        [row] = put_programmes(entries=[entry], by=by, at=at)
    return row


@transaction.atomic
def put_programmes(*, entries: Sequence[ProgrammeWrite], by: User, at: datetime) -> list[Programme]:
    """Add programmes with their turnout and change those that were seen so.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: the code is another's, the dates do not follow, or somebody
        changed it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    refuse_twins([entry.programme.code for entry in entries])
    taken = _taken(Programme, [entry.programme.code for entry in entries])
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        given, own = entry.programme, entry.instead_of.pk if entry.instead_of else None
        if taken.get(given.code, own) != own:
            refusals[position] = Refused(
                _("มีการอบรมรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": given.code}, code="code_taken"
            )
        elif reason := rules.why_not_programme(given.name_th, given.start_date, given.end_date):
            refusals[position] = Refused(reason, code="dates")
    refuse_all(refusals)
    before = _as_they_stand([entry.instead_of for entry in entries if entry.instead_of])
    rows: list[Programme] = []
    for position, entry in enumerate(entries):
        values = {name: getattr(entry.programme, name) for name in PROGRAMME_FIELDS}
        there = entry.instead_of
        if there is None:
            there = Programme.objects.create(**values, is_sample=entry.programme.is_sample)
        elif not _write_over(Programme, there.pk, entry.version, values):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        rows.append(there)
    refuse_all(refusals)
    Turnout.objects.filter(programme__in=rows).delete()
    Turnout.objects.bulk_create(
        Turnout(programme=row, level=level, invited=invited, attended=attended)
        for row, entry in zip(rows, entries, strict=True)
        for level, (invited, attended) in entry.programme.turnouts.items()
        if invited is not None or attended is not None
    )
    after = _as_they_stand(rows)
    record_many(
        [
            Deed("learning.programme.put", row, before=before.get(row.pk), after=after[row.pk])
            for row in rows
        ],
        by=by,
        at=at,
    )
    fresh = Programme.objects.in_bulk([row.pk for row in rows])
    return [fresh[row.pk] for row in rows]


def _as_they_stand(programmes: Sequence[Programme]) -> dict[int, dict[str, Any]]:
    """Return by key what the log says of programmes: as stored, with invited/attended by level."""
    stored = Programme.objects.prefetch_related("turnouts").in_bulk([row.pk for row in programmes])
    return {
        key: {name: getattr(row, name) for name in PROGRAMME_FIELDS}
        | {each.level: f"{each.invited}/{each.attended}" for each in row.turnouts.all()}
        for key, row in stored.items()
    }


@transaction.atomic
def withdraw_programmes(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take programmes away with their turnout, as if nobody had added them.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    _refuse_unless_keeper(by, at)
    held = Programme.objects.select_for_update().in_bulk([entry.key for entry in entries])
    versions = {key: row.version for key, row in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_programmes(held))
    before = _as_they_stand(list(held.values()))
    record_many(
        [
            Deed("learning.programme.withdrawn", row, before=before[key])
            for key, row in held.items()
        ],
        by=by,
        at=at,
    )
    Turnout.objects.filter(programme__in=held).delete()
    Programme.objects.filter(pk__in=held).delete()


def _taken(model: type[Course] | type[Programme], codes: Sequence[str]) -> dict[str, int]:
    """Return whose the codes are that somebody has already."""
    return dict(model._default_manager.filter(code__in=codes).values_list("code", "pk"))


def _write_over(
    model: type[Course] | type[Programme], key: int, version: int, values: dict[str, Any]
) -> bool:
    """Write over a row that is still as it was seen; say whether it was."""
    unmoved = model._default_manager.filter(pk=key, version=version)
    return bool(unmoved.update(**values, version=F("version") + 1))


def _refuse_unless_keeper(by: User, at: datetime) -> None:
    if reason := rules.why_not_keep_catalogue(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")


def _log(
    verb: str,
    row: Rule,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    by: User,
    at: datetime,
) -> None:
    record_many([Deed(verb, row, before=before, after=after)], by=by, at=at)
