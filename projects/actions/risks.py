"""Verbs of the risk register: registered, changed, reviewed, treated, closed; its scales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import Agency, Role, User
from accounts.rules import Standing
from audit.actions import Tally, bring_in
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI
from projects.models import (
    Project,
    Risk,
    RiskAction,
    RiskCategory,
    RiskCell,
    RiskReview,
)
from projects.rules import risks as rules
from projects.scoring.risks import growths_in_a_row, score
from strategy.models import Issue
from submissions.actions import changed_meanwhile, hold_open, refuse_all, refuse_twins
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of

_TEXTS = ("category", "step_th", "name_th", "cause_th", "control_th", "response")


@dataclass(frozen=True, slots=True)
class StatedCategory:
    """A kind of risk as a folder or a page states it."""

    code: str
    name_th: str
    name_en: str = ""
    order: int = 0
    source: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInput:
    """A risk to be registered; exactly one of issue, project and KPI. No code: the next number."""

    fiscal_year: FiscalYear
    agency: Agency
    category: RiskCategory
    name_th: str
    cause_th: str
    likelihood: int
    impact: int
    response: str
    issue: Issue | None = None
    project: Project | None = None
    kpi: KPI | None = None
    step_th: str = ""
    control_th: str = ""
    code: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What a quarter's review found left of a risk; `version` as in `ProgressInput`."""

    risk: Risk
    quarter: Quarter
    likelihood: int
    impact: int
    note_th: str = ""
    version: int | None = None
    is_sample: bool = False


@transaction.atomic
def load_risk_categories(
    *, categories: Sequence[StatedCategory], by: User | None, at: datetime
) -> Tally:
    """Bring kinds of risk in; may be repeated. `by` None: a loader run by the operator.

    :raises Refused: if the person may not set them, or one has no code or name.
    """
    _check_scales(by, at)
    for category in categories:
        if not category.code.strip() or not category.name_th.strip():
            raise Refused(_("ประเภทความเสี่ยงต้องมีรหัสและชื่อ"), code="no_name")
    brought = bring_in(
        rows=[
            RiskCategory(
                code=category.code,
                name_th=category.name_th,
                name_en=category.name_en,
                order=category.order,
                source=category.source,
                is_active=category.is_active,
            )
            for category in categories
        ],
        key=["code"],
        fields=["name_th", "name_en", "order", "source", "is_active"],
        verb="projects.risk_category",
        by=by,
        at=at,
    )
    return brought.tally


@transaction.atomic
def set_risk_map(
    *,
    fiscal_year: FiscalYear,
    levels: Mapping[tuple[int, int], int],
    by: User,
    at: datetime,
) -> None:
    """Set the level of each cell (likelihood, impact) for a year, and of the year's risks with it.

    :raises Refused: if the person may not, or a level falls where the risk rises.
    """
    _check_scales(by, at)
    before = rules.risk_map_of(fiscal_year.year)
    whole = before | dict(levels)
    if reason := rules.why_not_map(whole):
        raise Refused(reason, code="map_falls")
    RiskCell.objects.filter(fiscal_year=fiscal_year).delete()
    RiskCell.objects.bulk_create(
        RiskCell(fiscal_year=fiscal_year, likelihood=row, impact=column, level=level)
        for (row, column), level in sorted(whole.items())
    )
    moved = {cell: level for cell, level in whole.items() if before[cell] != level}
    for (row, column), level in moved.items():
        Risk.objects.for_year(fiscal_year.year).filter(
            now_likelihood=row, now_impact=column
        ).update(level=level)
    record(
        "projects.risk_map.set",
        fiscal_year,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        before={f"{row}×{column}": before[row, column] for row, column in moved},
        after={f"{row}×{column}": level for (row, column), level in moved.items()},
    )


def _check_scales(by: User | None, at: datetime) -> None:
    if by is not None and (reason := rules.why_not_set_scales(_standing(by, at))):
        raise Refused(reason, code="not_strategist")


@transaction.atomic
def register_risks(*, entries: Sequence[RiskInput], by: User, at: datetime) -> list[Risk]:
    """Register risks with their first assessment, whole or not at all.

    :raises EntriesRefused: if the person may not, a text or the subject is missing, or a score
        is not on the map.
    """
    standing = _standing(by, at)
    refuse_all(
        {
            position: refusal
            for position, entry in enumerate(entries)
            if (refusal := _why_not_register(entry, standing))
        }
    )
    maps = {year: rules.risk_map_of(year) for year in {entry.fiscal_year.year for entry in entries}}
    numbers = {year: _last_number(year) for year in maps}
    made = []
    for entry in entries:
        year = entry.fiscal_year.year
        numbers[year] += 1
        made.append(
            Risk(
                code=entry.code or f"R{year % 100:02}-{numbers[year]:03}",
                fiscal_year=entry.fiscal_year,
                agency=entry.agency,
                issue=entry.issue,
                project=entry.project,
                kpi=entry.kpi,
                likelihood=entry.likelihood,
                impact=entry.impact,
                now_likelihood=entry.likelihood,
                now_impact=entry.impact,
                level=maps[year][entry.likelihood, entry.impact],
                registered_at=at,
                is_sample=entry.is_sample,
                **{name: getattr(entry, name) for name in _TEXTS},
            )
        )
    Risk.objects.bulk_create(made)
    record_many(
        [
            Deed(
                "projects.risk.registered",
                risk,
                after={"score": risk.first_score, "level": risk.level},
                agency_code=risk.agency.code,
            )
            for risk in made
        ],
        by=by,
        at=at,
    )
    return made


def _why_not_register(entry: RiskInput, standing: Standing) -> Refused | None:
    if reason := rules.why_not_keep(entry.agency.pk, standing):
        return Refused(reason, code="not_allowed")
    if sum(subject is not None for subject in (entry.issue, entry.project, entry.kpi)) != 1:
        return Refused(_("เลือกสิ่งที่มีความเสี่ยงหนึ่งอย่าง: ประเด็น โครงการ หรือตัวชี้วัด"), code="one_subject")
    if entry.project and not standing.has(Role.STRATEGIST):
        concerned = {entry.project.host_agency_id} | set(
            entry.project.supporting_agencies.values_list("pk", flat=True)
        )
        if entry.agency.pk not in concerned:
            return Refused(_("โครงการนี้เป็นของหน่วยงานอื่น"), code="others_subject")
    if entry.kpi and entry.kpi.scorecard.post_id is not None:
        return Refused(_("ทะเบียนความเสี่ยงไม่รับตัวชี้วัดรายบุคคล"), code="personal_subject")
    return _why_not_told(entry.name_th, entry.cause_th) or _why_not_on_map(
        entry.likelihood, entry.impact
    )


def _why_not_told(name_th: str, cause_th: str) -> Refused | None:
    if not name_th.strip() or not cause_th.strip():
        return Refused(_("เขียนความเสี่ยงและสาเหตุก่อนบันทึก"), code="no_text")
    return None


def _why_not_on_map(likelihood: int, impact: int) -> Refused | None:
    reason = rules.why_not_score(likelihood, impact)
    return Refused(reason, code="off_the_map") if reason else None


def _last_number(year: int) -> int:
    """Return the last number given to a risk of a year."""
    head = f"R{year % 100:02}-"
    last = Risk.objects.filter(code__startswith=head).aggregate(last=Max("code"))["last"]
    digits = (last or "").removeprefix(head)
    return int(digits) if digits.isdecimal() else 0


@transaction.atomic
def change_risk(
    *, risk: Risk, changes: Mapping[str, Any], version: int, by: User, at: datetime
) -> Risk:
    """Change the description and the response of a risk; scores move by reviews only.

    :raises Refused: if the person may not, a text is missing, or somebody changed it meanwhile.
    """
    if reason := rules.why_not_change(risk, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    given = {name: value for name, value in changes.items() if name in _TEXTS}
    if refusal := _why_not_told(
        given.get("name_th", risk.name_th), given.get("cause_th", risk.cause_th)
    ):
        raise refusal
    before = {name: getattr(risk, name) for name in given if getattr(risk, name) != given[name]}
    if not before:
        return risk
    _move(risk, version=version, **{name: given[name] for name in before})
    record(
        "projects.risk.changed",
        risk,
        by=by,
        at=at,
        before={name: str(value) for name, value in before.items()},
        after={name: str(given[name]) for name in before},
        agency_code=risk.agency.code,
    )
    return risk


def _move(risk: Risk, *, version: int, **changes: Any) -> None:
    """Change an open risk by compare-and-set.

    :raises Refused: if somebody changed or closed it meanwhile.
    """
    same = Risk.objects.filter(pk=risk.pk, version=version, state=Risk.State.OPEN)
    if not same.update(version=F("version") + 1, **changes):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    for name, value in changes.items():
        setattr(risk, name, value)
    risk.version = version + 1


@transaction.atomic
def review_risks(*, entries: Sequence[ReviewInput], by: User, at: datetime) -> list[RiskReview]:
    """Write down what a quarter left of risks; the same quarter may be reviewed again until it closes.

    The risk takes over the scores of its last review, its level, and how often in a row it grew.

    :raises EntriesRefused: if the person may not, a score is not on the map, or somebody else
        reviewed or changed one meanwhile.
    """
    refuse_twins([(entry.risk.pk, entry.quarter.pk) for entry in entries])
    standing = _standing(by, at)
    risk_ids = {entry.risk.pk for entry in entries}
    known: dict[int, list[RiskReview]] = {pk: [] for pk in risk_ids}
    for review in (
        RiskReview.objects.filter(risk__in=risk_ids)
        .select_related("quarter", "risk__agency")
        .order_by("quarter__fiscal_year", "quarter__number")
    ):
        known[review.risk_id].append(review)
    refusals = {}
    for position, entry in enumerate(entries):
        there = _of_quarter(known[entry.risk.pk], entry.quarter)
        reason = rules.why_not_review(entry.risk, entry.quarter, standing)
        seen = there.version if there else 0
        if reason:
            refusals[position] = Refused(reason, code="not_allowed")
        elif refusal := _why_not_on_map(entry.likelihood, entry.impact):
            refusals[position] = refusal
        elif entry.version is not None and entry.version != seen:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)
    hold_open(quarters={entry.quarter.pk for entry in entries})
    maps = {
        year: rules.risk_map_of(year)
        for year in {entry.quarter.fiscal_year_id for entry in entries}
    }
    kept, deeds = [], []
    for entry in entries:
        review, before = _keep_review(entry, known[entry.risk.pk], by=by, at=at)
        kept.append(review)
        _take_over(entry.risk, known[entry.risk.pk], maps)
        deeds.append(
            Deed(
                "projects.risk.reviewed",
                entry.risk,
                before=before,
                after={"quarter": str(entry.quarter), "score": review.score},
                reason=entry.note_th,
                agency_code=entry.risk.agency.code,
            )
        )
    record_many(deeds, by=by, at=at)
    return kept


def _of_quarter(reviews: Sequence[RiskReview], quarter: Quarter) -> RiskReview | None:
    return next((review for review in reviews if review.quarter_id == quarter.pk), None)


def _keep_review(
    entry: ReviewInput, reviews: list[RiskReview], *, by: User, at: datetime
) -> tuple[RiskReview, dict[str, Any] | None]:
    """Write a review anew or over, and put it in its place among the others."""
    there = _of_quarter(reviews, entry.quarter)
    stated: dict[str, Any] = {
        "likelihood": entry.likelihood,
        "impact": entry.impact,
        "note_th": entry.note_th,
        "reviewed_by": by,
        "reviewed_at": at,
    }
    if there is None:
        made = RiskReview.objects.create(
            risk=entry.risk, quarter=entry.quarter, is_sample=entry.is_sample, **stated
        )
        reviews.append(made)
        reviews.sort(key=lambda each: (each.quarter.fiscal_year_id, each.quarter.number))
        return made, None
    before = {"score": there.score, "note": there.note_th}
    same = RiskReview.objects.filter(pk=there.pk, version=there.version)
    if not same.update(version=F("version") + 1, **stated):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    there.version += 1
    for name, value in stated.items():
        setattr(there, name, value)
    return there, before


def _take_over(
    risk: Risk,
    reviews: Sequence[RiskReview],
    maps: dict[int, dict[tuple[int, int], int]],
) -> None:
    """Let a risk take over its last review, with its level by the map of that review's year."""
    last = reviews[-1]
    year = last.quarter.fiscal_year_id
    if year not in maps:
        maps[year] = rules.risk_map_of(year)
    levels = maps[year]
    scores = [score(risk.likelihood, risk.impact), *(review.score for review in reviews)]
    _move(
        risk,
        version=risk.version,
        now_likelihood=last.likelihood,
        now_impact=last.impact,
        level=levels[last.likelihood, last.impact],
        growths=growths_in_a_row(scores),
    )


@transaction.atomic
def close_risk(*, risk: Risk, reason: str, by: User, at: datetime) -> Risk:
    """End the watch over a risk.

    :raises Refused: if the person may not, gives no reason, or it was changed meanwhile.
    """
    if refusal := rules.why_not_close(risk, _standing(by, at)):
        raise Refused(refusal, code="not_allowed")
    if not reason.strip():
        raise Refused(_("เขียนเหตุผลที่ปิดความเสี่ยง"), code="no_reason")
    _move(
        risk,
        version=risk.version,
        state=Risk.State.CLOSED,
        closed_by=by,
        closed_at=at,
        closed_reason=reason,
    )
    record("projects.risk.closed", risk, by=by, at=at, reason=reason, agency_code=risk.agency.code)
    return risk


@transaction.atomic
def add_risk_action(
    *,
    risk: Risk,
    text_th: str,
    owner: Agency | None,
    due_date: date | None,
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> RiskAction:
    """Say what is done about a risk, by whom, until when; it gets the risk's next number.

    :raises Refused: if the person may not, or the text, the owner or the day is missing or past.
    """
    if reason := rules.why_not_change(risk, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if not text_th.strip():
        raise Refused(_("เขียนกิจกรรมก่อนบันทึก"), code="no_text")
    if owner is None:
        raise Refused(_("เลือกหน่วยงานที่รับผิดชอบกิจกรรม"), code="no_owner")
    if due_date is None:
        raise Refused(_("ใส่กำหนดเสร็จของกิจกรรม"), code="no_due_date")
    if due_date < fiscal.local_date(at):
        raise Refused(_("กำหนดเสร็จผ่านไปแล้ว เลือกวันตั้งแต่วันนี้เป็นต้นไป"), code="due_past")
    last = risk.actions.aggregate(last=Max("number"))["last"] or 0
    action = RiskAction.objects.create(
        risk=risk,
        number=last + 1,
        text_th=text_th,
        owner=owner,
        due_date=due_date,
        is_sample=is_sample,
    )
    record(
        "projects.risk_action.added",
        action,
        by=by,
        at=at,
        after={"text": text_th, "owner": owner.code, "due": due_date},
        agency_code=owner.code,
    )
    return action


@transaction.atomic
def finish_risk_action(
    *, action: RiskAction, state: str, note_th: str, by: User, at: datetime
) -> RiskAction:
    """End what is done about a risk: done, or dropped with a reason.

    :raises Refused: if the person may not, it ended already, or a dropped one has no reason.
    """
    if reason := rules.why_not_finish(action, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if state not in (RiskAction.State.DONE, RiskAction.State.DROPPED):
        raise Refused(_("เลือกว่าเสร็จแล้วหรือยกเลิก"), code="no_end")
    if not note_th.strip():
        raise Refused(_("เขียนผลที่ทำได้ หรือเหตุผลที่ยกเลิก"), code="no_reason")
    ended = {"state": state, "note_th": note_th, "ended_by": by, "ended_at": at}
    if not RiskAction.objects.filter(pk=action.pk, state=RiskAction.State.OPEN).update(**ended):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    for name, value in ended.items():
        setattr(action, name, value)
    record(
        "projects.risk_action.ended",
        action,
        by=by,
        at=at,
        after={"state": state},
        reason=note_th,
        agency_code=action.owner.code,
    )
    return action


def _standing(by: User, at: datetime) -> Standing:
    return standing_of(by, fiscal.local_date(at))
