"""Editions of plans: begun as a copy, written while a draft, moved on, never changed in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import Standing, standing_of
from audit.log import record
from common import fiscal
from common.refusal import Refused
from strategy import rules, workflow
from strategy.actions.issues import IssueInput, load_issues
from strategy.models import (
    Approach,
    CoreValue,
    EditionMove,
    Issue,
    IssueAlignment,
    Mission,
    Plan,
    PlanEdition,
)
from strategy.workflow import Status


@dataclass(frozen=True, slots=True)
class PlanInput:
    """A new plan: its years and name."""

    kind: str
    start_year: int
    end_year: int
    name_th: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class EditionInput:
    """The words of an edition; missions in order, each in Thai and, where known, English."""

    vision_th: str
    vision_en: str = ""
    motto_th: str = ""
    motto_en: str = ""
    missions: Sequence[tuple[str, str]] = field(default_factory=tuple)
    review_year: int | None = None


def _standing(by: User, at: datetime) -> Standing:
    return standing_of(by, fiscal.local_date(at))


def _refuse(reason: str | None, code: str) -> None:
    if reason:
        raise Refused(reason, code=code)


@transaction.atomic
def start_plan(
    *, plan: PlanInput, source: PlanEdition | None, by: User | None, at: datetime
) -> PlanEdition:
    """Begin a new plan with its first edition, a copy of another plan's edition if one is given.

    :raises Refused: if `by` does not make plans, the years do not stand, or the plan is there.
    """
    if by is not None:
        _refuse(rules.why_not_start(_standing(by, at), None, source), "not_allowed")
    if not 2500 <= plan.start_year <= plan.end_year <= 2700:
        raise Refused(_("ปีของแผนต้องเป็น พ.ศ. และปีสิ้นสุดต้องไม่ก่อนปีเริ่ม"), code="years")
    code = f"{plan.start_year}-{plan.end_year}"
    if plan.kind == Plan.Kind.ANNUAL:
        code = f"annual-{plan.start_year}"
    if Plan.objects.filter(code=code).exists():
        raise Refused(_("มีแผนของปีนี้แล้ว เริ่มฉบับใหม่ของแผนนั้นแทน"), code="plan_there")
    row = Plan.objects.create(
        code=code,
        kind=plan.kind,
        name_th=plan.name_th,
        name_en=plan.name_en,
        start_year=plan.start_year,
        end_year=plan.end_year,
    )
    record("strategy.plan.started", row, by=by, at=at, after={"code": code})
    return _begin(row, source, None, by, at)


@transaction.atomic
def start_edition(
    *,
    plan: Plan,
    source: PlanEdition | None,
    by: User | None,
    at: datetime,
    review_year: int | None = None,
) -> PlanEdition:
    """Begin a plan's next edition as a copy of one that was approved; the source stays as it is.

    :raises Refused: if `by` does not make plans, or an edition of the plan is still in work.
    """
    in_work = PlanEdition.objects.filter(
        plan=plan, state__in=[status.value for status in workflow.IN_WORK]
    ).first()
    if by is not None:
        _refuse(rules.why_not_start(_standing(by, at), in_work, source), "in_work")
    return _begin(plan, source, review_year, by, at)


def _begin(
    plan: Plan,
    source: PlanEdition | None,
    review_year: int | None,
    by: User | None,
    at: datetime,
) -> PlanEdition:
    last = plan.editions.aggregate(last=Max("number"))["last"] or 0
    edition = PlanEdition.objects.create(
        plan=plan,
        number=last + 1,
        review_year=review_year,
        state=Status.DRAFT.value,
        based_on=source,
        vision_th=source.vision_th if source else "",
        vision_en=source.vision_en if source else "",
        motto_th=source.motto_th if source else "",
        motto_en=source.motto_en if source else "",
        source=source.source if source else "",
    )
    if source is not None:
        _copy(source, edition)
    record(
        "strategy.edition.started",
        edition,
        by=by,
        at=at,
        after={"plan": plan.code, "number": edition.number, "from": source.pk if source else None},
    )
    return edition


def _copy(source: PlanEdition, edition: PlanEdition) -> None:
    """Copy missions, values, issues, approaches and alignments; a handful of queries."""
    missions = {
        each.number: Mission(
            edition=edition, number=each.number, name_th=each.name_th, name_en=each.name_en
        )
        for each in source.missions.order_by("number")
    }
    Mission.objects.bulk_create(missions.values())
    CoreValue.objects.bulk_create(
        CoreValue(
            edition=edition,
            order=each.order,
            letter=each.letter,
            name_th=each.name_th,
            name_en=each.name_en,
        )
        for each in source.core_values.order_by("order")
    )
    old = list(
        source.issues.prefetch_related("missions", "approaches", "alignments").order_by("order")
    )
    new = Issue.objects.bulk_create(
        Issue(
            edition=edition,
            code=each.code,
            order=each.order,
            name_th=each.name_th,
            name_en=each.name_en,
            objective_th=each.objective_th,
            objective_en=each.objective_en,
            weight=each.weight,
            lead_agency_id=each.lead_agency_id,
            source=each.source,
            is_sample=each.is_sample,
        )
        for each in old
    )
    pairs = list(zip(old, new, strict=True))
    for each, copy in pairs:
        copy.missions.set([missions[mission.number].pk for mission in each.missions.all()])
    Approach.objects.bulk_create(
        Approach(
            issue=copy,
            code=approach.code,
            name_th=approach.name_th,
            name_en=approach.name_en,
            is_sample=approach.is_sample,
        )
        for each, copy in pairs
        for approach in sorted(each.approaches.all(), key=lambda row: row.code)
    )
    IssueAlignment.objects.bulk_create(
        IssueAlignment(
            issue=copy,
            item_id=alignment.item_id,
            reason_th=alignment.reason_th,
            is_sample=alignment.is_sample,
        )
        for each, copy in pairs
        for alignment in each.alignments.all()
    )


@transaction.atomic
def write_edition(
    *, edition: PlanEdition, words: EditionInput, by: User, at: datetime
) -> PlanEdition:
    """Write a draft's vision, policy and missions.

    :raises Refused: if `by` does not make plans, it is no draft, or a mission is gone that an
        issue serves.
    """
    _hold_draft(edition, by, at)
    before = {
        "vision_th": edition.vision_th,
        "motto_th": edition.motto_th,
        "missions": [row.name_th for row in edition.missions.order_by("number")],
    }
    PlanEdition.objects.filter(pk=edition.pk).update(
        vision_th=words.vision_th,
        vision_en=words.vision_en,
        motto_th=words.motto_th,
        motto_en=words.motto_en,
        review_year=words.review_year,
    )
    kept = {row.number: row for row in edition.missions.all()}
    for number, (thai, english) in enumerate(words.missions, start=1):
        row = kept.pop(number, None)
        if row is None:
            Mission.objects.create(edition=edition, number=number, name_th=thai, name_en=english)
        elif (row.name_th, row.name_en) != (thai, english):
            Mission.objects.filter(pk=row.pk).update(name_th=thai, name_en=english)
    served = Mission.objects.filter(pk__in=[row.pk for row in kept.values()], issues__isnull=False)
    if served.exists():
        raise Refused(_("ยังมีประเด็นที่รับใช้พันธกิจที่ตัดออก ปรับประเด็นนั้นก่อน"), code="mission_served")
    Mission.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()
    edition.refresh_from_db()
    record(
        "strategy.edition.written",
        edition,
        by=by,
        at=at,
        before=before,
        after={
            "vision_th": words.vision_th,
            "motto_th": words.motto_th,
            "missions": [thai for thai, _english in words.missions],
        },
    )
    return edition


@transaction.atomic
def put_issue(*, edition: PlanEdition, issue: IssueInput, by: User, at: datetime) -> Issue:
    """Add an issue to a draft, or bring the one of its code to what is given.

    :raises Refused: if `by` does not make plans, it is no draft, or something named is not there.
    """
    _hold_draft(edition, by, at)
    load_issues(edition=edition, issues=[issue], by=by, at=at)
    row = Issue.objects.get(edition=edition, code=issue.code)
    row.alignments.exclude(item__code__in=[each.item for each in issue.items]).delete()
    gone = row.approaches.exclude(code__in=[each.code for each in issue.approaches])
    try:
        _delete_unnamed(gone)
    except ProtectedError as error:
        raise Refused(
            _("แนวทางที่ตัดออกยังถูกอ้างในการวิเคราะห์หรือโครงการ ปรับที่นั่นก่อน"), code="approach_used"
        ) from error
    return row


def _delete_unnamed(approaches: QuerySet[Approach]) -> None:
    """Delete approaches that nothing names.

    A foreign key protects by itself; a row of a many-to-many relation would go without a word.

    :raises ProtectedError: where an analysis or a project names one.
    """
    for relation in Approach._meta.related_objects:
        if not relation.many_to_many:
            continue
        named = approaches.filter(**{f"{relation.name}__isnull": False})
        if named.exists():
            raise ProtectedError("an approach is named elsewhere", set(named))
    approaches.delete()


@transaction.atomic
def drop_issue(*, issue: Issue, by: User, at: datetime) -> None:
    """Take an issue out of a draft.

    :raises Refused: if `by` does not make plans, it is no draft, or something refers to it.
    """
    edition = issue.edition
    _hold_draft(edition, by, at)
    record("strategy.issue.dropped", issue, by=by, at=at, before={"code": issue.code})
    try:
        issue.alignments.all().delete()
        _delete_unnamed(issue.approaches.all())
        issue.delete()
    except ProtectedError as error:
        raise Refused(
            _("มีตัวชี้วัด โครงการ หรือการวิเคราะห์อ้างถึงประเด็นนี้ จึงลบไม่ได้"), code="issue_used"
        ) from error


def _hold_draft(edition: PlanEdition, by: User, at: datetime) -> None:
    """Refuse unless the edition is a draft, and hold its row so that it stays one meanwhile."""
    held = PlanEdition.objects.select_for_update().select_related("plan").get(pk=edition.pk)
    _refuse(rules.why_not_write(held, _standing(by, at)), "not_draft")


@transaction.atomic
def move_edition(
    *,
    edition: PlanEdition,
    to: str,
    by: User,
    at: datetime,
    reference: str = "",
    decided_date: date | None = None,
) -> PlanEdition:
    """Move an edition on: to the public, back to the desk, approved by ก.บ.จ., in force.

    One that comes into force supersedes the one of the same plan that was.

    :raises Refused: if `by` does not make plans, the move is not one, or the decision is not named.
    """
    standing = _standing(by, at)
    _refuse(rules.why_not_move(edition, to, standing), "no_move")
    changes: dict[str, object] = {"state": to}
    if to == Status.CONSULTATION:
        _refuse(
            rules.why_not_complete(edition, edition.missions.count(), edition.issues.count()),
            "not_complete",
        )
    if to == Status.APPROVED:
        _refuse(
            rules.why_not_approve(decided_date, reference, fiscal.local_date(at)), "no_decision"
        )
        changes["approved_date"] = decided_date
    if to == Status.IN_FORCE:
        for former in PlanEdition.objects.filter(
            plan_id=edition.plan_id, state=Status.IN_FORCE.value
        ):
            _move(former, {"state": Status.SUPERSEDED.value}, "", by, at)
    return _move(edition, changes, reference.strip(), by, at)


def _move(
    edition: PlanEdition, changes: dict[str, object], reference: str, by: User, at: datetime
) -> PlanEdition:
    seen, to = edition.state, str(changes["state"])
    if not PlanEdition.objects.filter(pk=edition.pk, state=seen).update(**changes):
        raise Refused(_("มีผู้อื่นเปลี่ยนสถานะของฉบับนี้ไปก่อนแล้ว เปิดหน้านี้ใหม่"), code="changed_meanwhile")
    EditionMove.objects.create(
        edition=edition,
        from_state=seen,
        to_state=to,
        reference=reference,
        made_by=by,
        made_at=at,
    )
    record(
        "strategy.edition.moved",
        edition,
        by=by,
        at=at,
        before={"state": seen},
        after={"state": to},
        reason=reference,
    )
    edition.refresh_from_db()
    return edition
