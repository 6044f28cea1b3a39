"""Verbs of visits: planned, recorded, what was found, mended, verified; checklists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import Agency, Area, Role, User
from accounts.rules import Standing
from audit.actions import Tally, bring_in
from audit.log import record
from common import fiscal
from common.refusal import Refused
from kpi import actions as kpi_actions
from kpi.models import KPI
from projects.actions.figures import mark_unconfirmed
from projects.models import Checklist, Finding, Inspection, InspectionAnswer, Project
from projects.rules import inspections as rules
from submissions.actions import changed_meanwhile, store_evidence
from submissions.models import Evidence
from submissions.rules import standing_of

_ROLE = Role.INSPECTOR
MOST_PHOTOS = 10


@dataclass(frozen=True, slots=True)
class StatedChecklist:
    """A template of what visits look at; `questions_th` has one a line."""

    code: str
    name_th: str
    questions_th: str
    name_en: str = ""
    source: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingInput:
    """What a visit found. Coordinates come both or not at all."""

    text_th: str
    severity: str
    corrective_th: str
    owner: Agency | None
    due_date: date | None
    area: Area | None = None
    place_th: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    kpis: Collection[KPI] = ()
    photos: Sequence[UploadedFile[bytes]] = ()
    is_sample: bool = False


@transaction.atomic
def load_checklists(
    *, checklists: Sequence[StatedChecklist], by: User | None, at: datetime
) -> Tally:
    """Bring checklists in, by code; may be repeated. Visits keep the questions they began with.

    :raises Refused: if the person may not, or one has no code, name or question.
    """
    if by is not None and (reason := rules.why_not_shape_checklists(_standing(by, at))):
        raise Refused(reason, code="not_inspector")
    for checklist in checklists:
        texts = (checklist.code, checklist.name_th, checklist.questions_th)
        if not all(text.strip() for text in texts):
            raise Refused(_("แบบตรวจต้องมีรหัส ชื่อ และรายการตรวจอย่างน้อยหนึ่งข้อ"), code="empty")
    return bring_in(
        rows=[
            Checklist(
                code=checklist.code,
                name_th=checklist.name_th,
                name_en=checklist.name_en,
                questions_th=checklist.questions_th,
                source=checklist.source,
                is_active=checklist.is_active,
            )
            for checklist in checklists
        ],
        key=["code"],
        fields=["name_th", "name_en", "questions_th", "source", "is_active"],
        verb="projects.checklist",
        by=by,
        at=at,
    ).tally


@transaction.atomic
def plan_inspection(
    *,
    project: Project,
    planned_date: date,
    purpose_th: str,
    by: User,
    at: datetime,
    checklist: Checklist | None = None,
    team_th: str = "",
    area: Area | None = None,
    place_th: str = "",
    is_sample: bool = False,
) -> Inspection:
    """Plan a visit to a project, with a copy of a checklist's questions.

    :raises Refused: if the person may not, the project takes no visits, or the day has passed.
    """
    if reason := rules.why_not_plan(project, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if not purpose_th.strip():
        raise Refused(_("เขียนวัตถุประสงค์ของการตรวจ"), code="no_text")
    if planned_date < fiscal.local_date(at):
        raise Refused(_("วันนัดตรวจผ่านไปแล้ว เลือกวันตั้งแต่วันนี้เป็นต้นไป"), code="date_past")
    inspection = Inspection.objects.create(
        project=project,
        planned_date=planned_date,
        purpose_th=purpose_th,
        team_th=team_th,
        area=area,
        place_th=place_th,
        planned_by=by,
        planned_at=at,
        is_sample=is_sample,
    )
    if checklist:
        InspectionAnswer.objects.bulk_create(
            InspectionAnswer(inspection=inspection, number=number, question_th=question[:500])
            for number, question in enumerate(checklist.questions, start=1)
        )
    record(
        "projects.inspection.planned",
        inspection,
        by=by,
        at=at,
        role=_ROLE,
        after={"date": planned_date, "project": project.code},
        agency_code=project.host_agency.code,
    )
    return inspection


@transaction.atomic
def record_inspection(
    *,
    inspection: Inspection,
    visited_date: date | None,
    summary_th: str,
    answers: Mapping[int, tuple[str, str]],
    version: int,
    by: User,
    at: datetime,
) -> Inspection:
    """Write down that a visit was made: when, what came of it, and the answers by number.

    :raises Refused: if the person may not, the day or the summary is missing, or somebody else
        wrote meanwhile.
    """
    if reason := rules.why_not_record(inspection, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if reason := rules.why_not_visited_on(visited_date, fiscal.local_date(at)):
        raise Refused(reason, code="visited_date")
    if not summary_th.strip():
        raise Refused(_("เขียนสรุปผลการตรวจ"), code="no_text")
    _move(
        inspection,
        version=version,
        state=Inspection.State.VISITED,
        visited_date=visited_date,
        summary_th=summary_th,
        recorded_by=by,
        recorded_at=at,
    )
    rows = [row for row in inspection.answers.all() if row.number in answers]
    for row in rows:
        row.answer, row.note_th = answers[row.number]
    InspectionAnswer.objects.bulk_update(rows, ["answer", "note_th"])
    record(
        "projects.inspection.recorded",
        inspection,
        by=by,
        at=at,
        role=_ROLE,
        after={"visited": visited_date, "answers": {row.number: row.answer for row in rows}},
        agency_code=inspection.project.host_agency.code,
    )
    return inspection


@transaction.atomic
def cancel_inspection(*, inspection: Inspection, reason: str, by: User, at: datetime) -> Inspection:
    """Cancel a planned visit.

    :raises Refused: if the person may not, gives no reason, or it was recorded meanwhile.
    """
    if refusal := rules.why_not_cancel(inspection, _standing(by, at)):
        raise Refused(refusal, code="not_allowed")
    if not reason.strip():
        raise Refused(_("เขียนเหตุผลที่ยกเลิกการตรวจ"), code="no_reason")
    _move(
        inspection,
        version=inspection.version,
        state=Inspection.State.CANCELLED,
        cancelled_reason=reason,
    )
    record(
        "projects.inspection.cancelled",
        inspection,
        by=by,
        at=at,
        role=_ROLE,
        reason=reason,
        agency_code=inspection.project.host_agency.code,
    )
    return inspection


def _move(row: Inspection | Finding, *, version: int, **changes: Any) -> None:
    """Write by compare-and-set.

    :raises Refused: if somebody else wrote meanwhile.
    """
    same = type(row)._default_manager.filter(pk=row.pk, version=version)
    if not same.update(version=F("version") + 1, **changes):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    for name, value in changes.items():
        setattr(row, name, value)
    row.version = version + 1


@transaction.atomic
def add_finding(
    *, inspection: Inspection, finding: FindingInput, by: User, at: datetime
) -> Finding:
    """Write down what a visit found, with photos; an open serious one leaves figures not confirmed.

    Photos are made anew without their place and camera.

    :raises Refused: if the person may not, something is missing, or a photo is not one.
    """
    if reason := rules.why_not_find(inspection, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if refusal := _why_not_finding(finding, inspection):
        raise refusal
    assert finding.owner is not None
    assert finding.due_date is not None
    last = inspection.findings.aggregate(last=Max("number"))["last"] or 0
    row = Finding.objects.create(
        inspection=inspection,
        number=last + 1,
        text_th=finding.text_th,
        severity=finding.severity,
        area=finding.area,
        place_th=finding.place_th,
        latitude=finding.latitude,
        longitude=finding.longitude,
        corrective_th=finding.corrective_th,
        owner=finding.owner,
        due_date=finding.due_date,
        found_by=by,
        found_at=at,
        is_sample=finding.is_sample,
    )
    row.kpis.set(finding.kpis)
    _keep_photos(row, finding.photos, by=by, at=at)
    record(
        "projects.finding.added",
        row,
        by=by,
        at=at,
        role=_ROLE,
        after={
            "severity": row.severity,
            "owner": finding.owner.code,
            "due": finding.due_date,
            "kpis": sorted(kpi.code for kpi in finding.kpis),
        },
        agency_code=finding.owner.code,
    )
    if row.doubts:
        _settle_marks(row, by=by, at=at)
    return row


def _why_not_finding(finding: FindingInput, inspection: Inspection) -> Refused | None:
    if not finding.text_th.strip() or not finding.corrective_th.strip():
        return Refused(_("เขียนสิ่งที่ตรวจพบและสิ่งที่ต้องแก้ไข"), code="no_text")
    if finding.severity not in Finding.Severity.values:
        return Refused(_("เลือกความรุนแรงของข้อตรวจพบ"), code="no_severity")
    if finding.owner is None:
        return Refused(_("เลือกหน่วยงานที่รับผิดชอบแก้ไข"), code="no_owner")
    if finding.due_date is None:
        return Refused(_("ใส่กำหนดแก้เสร็จ"), code="no_due_date")
    if inspection.visited_date and finding.due_date < inspection.visited_date:
        return Refused(_("กำหนดแก้เสร็จต้องไม่ก่อนวันที่ตรวจ"), code="due_before_visit")
    if (finding.latitude is None) != (finding.longitude is None):
        return Refused(_("ใส่พิกัดให้ครบทั้งละติจูดและลองจิจูด หรือเว้นทั้งสองช่อง"), code="half_a_place")
    if finding.latitude is not None and not (
        -90 <= finding.latitude <= 90 and -180 <= (finding.longitude or 0) <= 180
    ):
        return Refused(_("พิกัดไม่ถูกต้อง ละติจูด −90 ถึง 90 ลองจิจูด −180 ถึง 180"), code="no_such_place")
    if any(kpi.scorecard.post_id is not None for kpi in finding.kpis):
        return Refused(_("ข้อตรวจพบไม่ผูกกับตัวชี้วัดรายบุคคล"), code="personal_kpi")
    return None


def _keep_photos(
    row: Finding, photos: Sequence[UploadedFile[bytes]], *, by: User, at: datetime
) -> None:
    """Store photos for the agency that has to mend, and add them to the finding.

    :raises Refused: if one is not a photo, or there are too many.
    """
    if row.photos.count() + len(photos) > MOST_PHOTOS:
        raise Refused(_("แนบภาพได้ไม่เกิน %(most)d ภาพต่อข้อ") % {"most": MOST_PHOTOS}, code="too_many")
    kept: list[Evidence] = []
    for photo in photos:
        try:
            kept.append(store_evidence(file=photo, agency=row.owner, only_photo=True, by=by, at=at))
        except Refused as refused:
            if refused.code == "not_a_photo":
                raise
            raise Refused(f"{photo.name}: {refused.sentence}", code=refused.code) from refused
    row.photos.add(*kept)


@transaction.atomic
def fix_finding(
    *,
    finding: Finding,
    fixed_th: str,
    version: int,
    by: User,
    at: datetime,
    photos: Sequence[UploadedFile[bytes]] = (),
) -> Finding:
    """Report a finding as mended; it stays open until somebody of the working group verifies it.

    :raises Refused: if the person may not, says nothing, or somebody else wrote meanwhile.
    """
    if reason := rules.why_not_fix(finding, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if not fixed_th.strip():
        raise Refused(_("เขียนว่าแก้ไขอย่างไร"), code="no_text")
    _move(
        finding,
        version=version,
        state=Finding.State.FIXED,
        fixed_th=fixed_th,
        fixed_by=by,
        fixed_at=at,
    )
    _keep_photos(finding, photos, by=by, at=at)
    record(
        "projects.finding.fixed",
        finding,
        by=by,
        at=at,
        after={"how": fixed_th},
        agency_code=finding.owner.code,
    )
    return finding


@transaction.atomic
def verify_finding(
    *,
    finding: Finding,
    accepted: bool,
    verdict_th: str,
    version: int,
    by: User,
    at: datetime,
) -> Finding:
    """Verify that a finding is mended, or send it back with a reason.

    With the last open serious one, the figures stand confirmed again.

    :raises Refused: if the person may not (least of all who mended it), or somebody else wrote
        meanwhile.
    """
    if reason := rules.why_not_verify(finding, _standing(by, at)):
        raise Refused(reason, code="not_allowed")
    if not verdict_th.strip():
        raise Refused(_("เขียนผลการตรวจยืนยัน"), code="no_text")
    if accepted:
        _move(
            finding,
            version=version,
            state=Finding.State.VERIFIED,
            verified_by=by,
            verified_at=at,
            verdict_th=verdict_th,
        )
    else:
        _move(finding, version=version, state=Finding.State.OPEN, verdict_th=verdict_th)
    record(
        "projects.finding.verified" if accepted else "projects.finding.sent_back",
        finding,
        by=by,
        at=at,
        role=_ROLE,
        reason=verdict_th,
        agency_code=finding.owner.code,
    )
    if accepted and finding.severity == Finding.Severity.SERIOUS:
        _settle_marks(finding, by=by, at=at)
    return finding


def _settle_marks(finding: Finding, *, by: User, at: datetime) -> None:
    """Bring the marks of a finding's project and KPIs to what its open serious findings say."""
    project = finding.inspection.project
    doubted = Finding.objects.open().serious()
    of_project = doubted.filter(inspection__project=project).in_due_order()
    reason = _reason_of(of_project)
    if project.unconfirmed_reason != reason:
        mark_unconfirmed(project=project, reason=reason, by=by, at=at)
    for kpi in finding.kpis.select_related("agency").order_by("pk"):
        told = _reason_of(doubted.filter(kpis=kpi).in_due_order())
        if kpi.unconfirmed_reason != told:
            kpi_actions.mark_unconfirmed(kpi=kpi, reason=told, by=by, at=at)


def _reason_of(findings: Any) -> str:
    return " · ".join(finding.text_th for finding in findings)


def _standing(by: User, at: datetime) -> Standing:
    return standing_of(by, fiscal.local_date(at))
