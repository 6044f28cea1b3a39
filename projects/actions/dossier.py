"""Verbs of a project's file: written by people, its documents and photos, its evaluation."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import Standing
from audit.log import record
from common import fiscal
from common.refusal import Refused
from projects import rules
from projects.actions.figures import touch_years
from projects.actions.inputs import ProjectInput
from projects.actions.registering import FIELDS, SETS, bring_work, differences
from projects.models import Evaluation, Project, ProjectFile, ProjectTarget, ProjectYear
from submissions.actions import changed_meanwhile, prepare_fiscal_year, store_evidence
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of


@transaction.atomic
def keep_project_file(
    *, given: ProjectInput, version: int | None, by: User, at: datetime
) -> Project:
    """Write a project's file as people typed it: a new proposal, or one that is there already.

    `version` is the one the page was drawn with, None for a new project. After the approval only
    particulars (coordinator, codes, reasons) change here; the plan changes by a request.

    :raises Refused: if the person may not, the plan does not stand, or somebody wrote meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    project = Project.objects.filter(code=given.code).first()
    if version is None and project is not None:
        raise Refused(
            _("มีโครงการรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": given.code}, code="code_taken"
        )
    _check_file(project, given, standing, fiscal.local_date(at))
    if project is None:
        project = Project.objects.create(
            code=given.code,
            status=Project.Status.PROPOSED,
            **{name: getattr(given, name) for name in FIELDS},
        )
        before: dict[str, Any] = {}
        verb = "projects.project.proposed"
    else:
        unmoved = Project.objects.filter(pk=project.pk, version=version or 0, status=project.status)
        if not unmoved.update(version=F("version") + 1):
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
        before = differences(project, given)
        Project.objects.filter(pk=project.pk).update(
            **{name: getattr(given, name) for name in before}
        )
        verb = "projects.project.changed"
    bring_work(project, given)
    gone = ProjectYear.objects.filter(project=project).exclude(fiscal_year__in=list(given.years))
    gone.delete()
    record(
        verb,
        project,
        by=by,
        at=at,
        role=Role.STRATEGIST if standing.has(Role.STRATEGIST) else Role.REPORTER,
        agency_code=given.host_agency.code,
        before={name: str(value) for name, value in before.items()},
        after={name: str(getattr(given, name)) for name in before},
    )
    project.refresh_from_db()
    touch_years(project)
    return project


def _check_file(
    project: Project | None, given: ProjectInput, standing: Standing, today: date
) -> None:
    """Refuse what the person may not write, or what does not stand."""
    status = project.status if project else Project.Status.PROPOSED
    plan_changes = project is None or plan_differs(project, given)
    hosts = {given.host_agency.pk} | ({project.host_agency_id} if project else set())
    for host in sorted(hosts):
        if reason := rules.why_not_keep_file(
            host,
            status,
            standing,
            plan_changes=project is not None and plan_changes,
        ):
            raise Refused(reason, code="not_allowed")
    if not plan_changes:
        return
    known = set(
        FiscalYear.objects.filter(year__in=list(given.years)).values_list("year", flat=True)
    )
    last = fiscal.fiscal_year_of(today) + rules.YEARS_AHEAD
    for year in sorted(set(given.years) - known):
        # A province plans ahead of its open years: those within reach are made ready here.
        if fiscal.fiscal_year_of(today) <= year <= last:
            prepare_fiscal_year(year=year)
            known.add(year)
    if missing := sorted(set(given.years) - known):
        raise Refused(
            _("ยังไม่มีปีงบประมาณ %(year)s ในระบบ ให้กลุ่มงานยุทธศาสตร์ฯ เปิดปีก่อน") % {"year": missing[0]},
            code="no_year",
        )
    activities = given.activities
    reason = (
        rules.why_not_register(
            (given.start_date, given.end_date),
            {a.number: (a.weight, a.start_date, a.end_date) for a in activities},
        )
        or rules.why_not_plan(
            (min(given.years), max(given.years)),
            (given.start_date, given.end_date),
            [a.weight for a in activities],
            [(a.start_date, a.end_date) for a in activities],
            [a.plan for a in activities],
        )
        or rules.why_not_main_kpi(
            given.main_kpi.pk if given.main_kpi else None, [kpi.pk for kpi in given.kpis]
        )
    )
    if reason:
        raise Refused(reason, code="plan")


def plan_differs(project: Project, given: ProjectInput) -> bool:
    """Say whether what is given would change the plan, not only particulars."""
    if differences(project, given).keys() - rules.PARTICULARS:
        return True
    for name in SETS:
        wanted = {thing.pk for thing in getattr(given, name)}
        if set(getattr(project, name).values_list("pk", flat=True)) != wanted:
            return True
    if given.targets is not None:
        stored = list(
            project.targets.order_by("number").values_list("kind", "name_th", "unit_th", "target")
        )
        if stored != [(t.kind, t.name_th, t.unit_th, t.target) for t in given.targets]:
            return True
    work = {
        activity.number: (
            *(activity.name_th, activity.agency_id, activity.weight),
            *(activity.start_date, activity.end_date, activity.budget),
            {(row.fiscal_year_id, row.month): row.percent for row in activity.plan.all()},
        )
        for activity in project.activities.prefetch_related("plan")
    }
    return work != {
        a.number: (
            *(a.name_th, a.agency.pk, a.weight, a.start_date, a.end_date, a.budget),
            dict(a.plan),
        )
        for a in given.activities
    }


@transaction.atomic
def evaluate_project(
    *,
    project: Project,
    reached_th: str,
    learned_th: str,
    stays_th: str,
    actuals: Mapping[int, Decimal | None],
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> Evaluation:
    """Write how a project ended, and what each of its targets (by id) reached.

    :raises Refused: if the person may not, or a part of the story is missing.
    """
    if reason := rules.why_not_evaluate(project, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    story = {"reached_th": reached_th, "learned_th": learned_th, "stays_th": stays_th}
    if not all(text.strip() for text in story.values()):
        raise Refused(_("เขียนให้ครบทั้งสามข้อ: สิ่งที่บรรลุ บทเรียนที่ได้ และสิ่งที่คงอยู่"), code="incomplete")
    for target in ProjectTarget.objects.filter(project=project, pk__in=list(actuals)):
        ProjectTarget.objects.filter(pk=target.pk).update(actual=actuals[target.pk])
    evaluation, _made = Evaluation.objects.update_or_create(
        project=project,
        defaults={**story, "written_by": by, "written_at": at, "is_sample": is_sample},
    )
    record(
        "projects.project.evaluated",
        project,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=project.host_agency.code,
        after={**story, "actuals": {str(pk): str(value) for pk, value in actuals.items()}},
    )
    return evaluation


@transaction.atomic
def add_project_file(
    *,
    project: Project,
    file: UploadedFile[bytes],
    kind: str,
    caption_th: str,
    by: User,
    at: datetime,
    quarter: Quarter | None = None,
    is_sample: bool = False,
) -> ProjectFile:
    """Add a document or photo to a project; photos are made anew without their place.

    :raises Refused: if the person may not, the file is not taken, or a photo is not one.
    """
    if reason := rules.why_not_attach(project, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    if not caption_th.strip():
        raise Refused(_("เขียนคำอธิบายของไฟล์ ผู้ที่มองไม่เห็นภาพจะได้ยินข้อความนี้"), code="no_caption")
    evidence = store_evidence(file=file, agency=project.host_agency, by=by, at=at)
    if reason := rules.why_not_photo(kind, evidence.media_type):
        # The transaction takes the row back; the file itself holds nothing yet.
        evidence.file.delete(save=False)
        raise Refused(reason, code="not_a_photo")
    row = ProjectFile.objects.create(
        project=project,
        evidence=evidence,
        kind=kind,
        caption_th=caption_th.strip(),
        quarter=quarter,
        added_by=by,
        added_at=at,
        is_sample=is_sample,
    )
    record(
        "projects.file.added",
        project,
        by=by,
        at=at,
        agency_code=project.host_agency.code,
        after={"kind": kind, "caption": row.caption_th, "file": evidence.original_name},
    )
    return row


@transaction.atomic
def remove_project_file(*, file: ProjectFile, by: User, at: datetime) -> None:
    """Take a document or photo out of a project's file; the stored file is kept for the record.

    :raises Refused: if the person may not.
    """
    if reason := rules.why_not_attach(file.project, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    record(
        "projects.file.removed",
        file.project,
        by=by,
        at=at,
        agency_code=file.project.host_agency.code,
        before={"kind": file.kind, "caption": file.caption_th},
    )
    ProjectFile.objects.filter(pk=file.pk).delete()
