"""Verbs of projects and their progress.

Everything that loads or types in bulk takes a list; nothing is written when one entry is refused
(`EntriesRefused.by_entry` says which and why, by position).

    register_projects(projects=[ProjectInput(...)], by=None | user, at=…) -> Registered
    decide_project(project=…, to="running", reference="มติ ก.บ.จ. …", decided_date=…, by=…, at=…)
    save_progress(entries=[ProgressInput(project, quarter, ...)], by=…, at=…) -> list[Progress]
    submit_progress(entries=[Progress, …], by=…, at=…) -> list[Progress]
    approve_progress(entries=[…], by=…, at=…) -> list[Progress]
    return_progress(entries=[…], reason="…", by=…, at=…) -> list[Progress]
    attach_evidence(report=…, evidence=…, by=…, at=…); detach_evidence likewise
    mark_unconfirmed(project=…, quarter=…, unconfirmed=True, reason="…", by=…, at=…)

`by=None` is the system (a loader); people need the role that the rules ask for. `register_projects`
matches by code, may be repeated, and says what it added, changed and left.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Agency, Area, Role, User
from accounts.rules import Standing
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from jobruns.runner import schedule
from kpi.models import KPI
from projects import rollups, rules, tasks
from projects.models import (
    Activity,
    ActivityPlan,
    ActivityProgress,
    Decision,
    Progress,
    Project,
    ProjectFigure,
    ProjectPlan,
    ProjectYear,
)
from strategy.models import Approach, FrameworkItem, Issue, PlanEdition
from submissions.actions import changed_meanwhile, hold_open, move_entries, refuse_all
from submissions.models import Evidence, FiscalYear, Quarter
from submissions.rules import standing_of
from submissions.workflow import EDITABLE, Status

# ── What the verbs take ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """An activity; `plan` maps (fiscal year, fiscal month) to the percent due at its end."""

    number: int
    name_th: str
    agency: Agency
    weight: Decimal
    start_date: date
    end_date: date
    name_en: str = ""
    budget: Decimal | None = None
    plan: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectInput:
    """A project as it should stand; `years` maps each fiscal year to its share of the work."""

    code: str
    name_th: str
    host_agency: Agency
    start_date: date
    end_date: date
    years: Mapping[int, Decimal]
    name_en: str = ""
    status: str = Project.Status.PROPOSED
    edition: PlanEdition | None = None
    issue: Issue | None = None
    approach: Approach | None = None
    supporting_agencies: Collection[Agency] = ()
    areas: Collection[Area] = ()
    kpis: Collection[KPI] = ()
    framework_items: Collection[FrameworkItem] = ()
    main_item: FrameworkItem | None = None
    main_item_reason_th: str = ""
    rationale_th: str = ""
    objective_th: str = ""
    output_th: str = ""
    outcome_th: str = ""
    beneficiaries: int | None = None
    coordinator_name: str = ""
    coordinator_phone: str = ""
    activities: Sequence[ActivityInput] = ()
    # Only where there are no activities: (fiscal year, fiscal month) → percent.
    plan: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """What `register_projects` did, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgressInput:
    """What was typed for a project and quarter.

    `version` is the one the page was drawn with: 0 where there was no report yet, None where the
    caller does not mind who typed before. Activities that are not named keep their percent; one
    mapped to None is emptied. A text of None is kept, "" empties it.
    """

    project: Project
    quarter: Quarter
    version: int | None = None
    percent: Decimal | None = None
    activities: Mapping[int, Decimal | None] = field(default_factory=dict)
    narrative_th: str | None = None
    problems_th: str | None = None
    remedies_th: str | None = None
    next_steps_th: str | None = None
    note: str | None = None
    is_sample: bool = False


TEXTS = ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")

# ── Projects ─────────────────────────────────────────────────────────────────

_FIELDS = (
    "name_th",
    "name_en",
    "host_agency",
    "start_date",
    "end_date",
    "edition",
    "issue",
    "approach",
    "main_item",
    "main_item_reason_th",
    "rationale_th",
    "objective_th",
    "output_th",
    "outcome_th",
    "beneficiaries",
    "coordinator_name",
    "coordinator_phone",
    "is_sample",
)
_SETS = ("supporting_agencies", "areas", "kpis", "framework_items")


@transaction.atomic
def register_projects(
    *, projects: Sequence[ProjectInput], by: User | None, at: datetime
) -> Registered:
    """Add projects, or bring known ones (by code) to what is given, plan and activities included.

    The status is set only for new ones; later it moves by `decide_project`. Signed progress keeps
    its activities: one that has progress is never removed.

    :raises EntriesRefused: where a project's dates, weights or places do not stand.
    """
    _check_registrar(by, at)
    refuse_all(
        {
            position: Refused(reason, code="invalid")
            for position, given in enumerate(projects)
            if (
                reason := rules.why_not_register(
                    (given.start_date, given.end_date),
                    {a.number: (a.weight, a.start_date, a.end_date) for a in given.activities},
                )
            )
        }
    )
    known = {
        project.code: project
        for project in Project.objects.filter(code__in=[given.code for given in projects])
    }
    added, changed, left = [], [], []
    deeds = []
    for given in projects:
        project = known.get(given.code)
        if project is None:
            project = Project.objects.create(
                code=given.code,
                status=given.status,
                **{name: getattr(given, name) for name in _FIELDS},
            )
            before: dict[str, object] = {}
        else:
            before = _differences(project, given)
        work_changed = _bring_work(project, given)
        if given.code not in known:
            added.append(given.code)
            deeds.append(_registered(project, "projects.project.added", None))
        elif before or work_changed:
            Project.objects.filter(pk=project.pk).update(
                **{name: getattr(given, name) for name in before if name in _FIELDS}
            )
            changed.append(given.code)
            deeds.append(_registered(project, "projects.project.changed", before))
        else:
            left.append(given.code)
            continue
        _touch_years(project)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST if by else "")
    return Registered(tuple(added), tuple(changed), tuple(left))


def _check_registrar(by: User | None, at: datetime) -> None:
    if by is None:
        return
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(
            _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด ขึ้นทะเบียนโครงการได้"), code="not_strategist"
        )


def _differences(project: Project, given: ProjectInput) -> dict[str, object]:
    return {
        name: getattr(project, name)
        for name in _FIELDS
        if getattr(project, name) != getattr(given, name)
    }


def _registered(project: Project, verb: str, before: dict[str, object] | None) -> Deed:
    return Deed(verb, project, before=before, agency_code=project.host_agency.code)


def _bring_work(project: Project, given: ProjectInput) -> bool:
    """Bring years, relations, activities and plans to what is given; say whether anything moved."""
    moved = False
    for name in _SETS:
        relation = getattr(project, name)
        wanted = {thing.pk for thing in getattr(given, name)}
        if set(relation.values_list("pk", flat=True)) != wanted:
            relation.set(wanted)
            moved = True
    for year, share in given.years.items():
        row, made = ProjectYear.objects.get_or_create(
            project=project, fiscal_year_id=year, defaults={"share": share}
        )
        if not made and row.share != share:
            ProjectYear.objects.filter(pk=row.pk).update(share=share)
            made = True
        moved = moved or made
    moved = _bring_plan(ProjectPlan, {"project": project}, given.plan) or moved
    numbers = {activity.number for activity in given.activities}
    gone = Activity.objects.filter(project=project, progress=None).exclude(number__in=numbers)
    moved = bool(gone.delete()[0]) or moved
    for activity in given.activities:
        moved = _bring_activity(project, activity, is_sample=given.is_sample) or moved
    return moved


_ACTIVITY_FIELDS = (
    "name_th",
    "name_en",
    "agency",
    "weight",
    "start_date",
    "end_date",
    "budget",
)


def _bring_activity(project: Project, given: ActivityInput, *, is_sample: bool) -> bool:
    wanted = {name: getattr(given, name) for name in _ACTIVITY_FIELDS}
    activity, made = Activity.objects.get_or_create(
        project=project, number=given.number, defaults={**wanted, "is_sample": is_sample}
    )
    differs = {name: value for name, value in wanted.items() if getattr(activity, name) != value}
    if differs:
        Activity.objects.filter(pk=activity.pk).update(**differs)
    planned = _bring_plan(ActivityPlan, {"activity": activity}, given.plan)
    return made or bool(differs) or planned


def _bring_plan(
    model: type[ActivityPlan] | type[ProjectPlan],
    owner: Mapping[str, Activity | Project],
    wanted: Mapping[tuple[int, int], Decimal],
) -> bool:
    stored = {(row.fiscal_year_id, row.month): row.percent for row in model.objects.filter(**owner)}
    if stored == dict(wanted):
        return False
    model.objects.filter(**owner).delete()
    rows: list[Any] = [
        model(**owner, fiscal_year_id=year, month=month, percent=percent)
        for (year, month), percent in sorted(wanted.items())
    ]
    model.objects.bulk_create(rows)
    return True


def _touch_years(project: Project) -> None:
    """Ask for the figures of every quarter in which the project runs."""
    years = list(ProjectYear.objects.filter(project=project).values_list("fiscal_year", flat=True))
    first = Quarter.objects.filter(fiscal_year__in=years, number=1)
    rollups.touch([(project.pk, quarter.pk) for quarter in first])
    for year in years:
        _ask_refresh({project.pk}, year)


def _ask_refresh(project_ids: Collection[int], year: int) -> None:
    for project_id in sorted(project_ids):
        schedule(
            tasks.refresh_figures,
            key=f"{year}:{project_id}",
            payload={"project_ids": [project_id], "year": year},
        )


@transaction.atomic
def decide_project(
    *,
    project: Project,
    to: str,
    reference: str,
    decided_date: date,
    by: User,
    at: datetime,
    reason: str = "",
) -> Project:
    """Move a project on in its life by a decision.

    :raises Refused: if the person may not, there is no such way, or it moved on meanwhile.
    """
    if refusal := rules.why_not_decide(project, to, standing_of(by, fiscal.local_date(at))):
        raise Refused(refusal, code="not_allowed")
    if not reference.strip():
        raise Refused(_("ระบุมติหรือการประชุมที่ตัดสิน"), code="no_reference")
    before = project.status
    if not Project.objects.filter(pk=project.pk, status=before).update(status=to):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    Decision.objects.create(
        project=project,
        from_status=before,
        to_status=to,
        decided_date=decided_date,
        reference=reference,
        reason=reason,
        made_by=by,
        made_at=at,
    )
    record(
        "projects.project.decided",
        project,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        agency_code=project.host_agency.code,
        before={"status": before},
        after={"status": to, "reference": reference},
        reason=reason,
    )
    project.status = to
    _touch_years(project)
    return project


# ── Progress ─────────────────────────────────────────────────────────────────


@transaction.atomic
def save_progress(*, entries: Sequence[ProgressInput], by: User, at: datetime) -> list[Progress]:
    """Keep what was typed as drafts; drafts are not logged.

    :raises EntriesRefused: if the person may not, a figure cannot be, or somebody typed meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    existing = {
        (report.project_id, report.quarter_id): report
        for report in Progress.objects.filter(
            project__in={entry.project.pk for entry in entries},
            quarter__in={entry.quarter.pk for entry in entries},
        )
    }
    activities = defaultdict(set)
    for activity_id, project_id in Activity.objects.filter(
        project__in={entry.project.pk for entry in entries}
    ).values_list("pk", "project_id"):
        activities[project_id].add(activity_id)
    refusals = {}
    for position, entry in enumerate(entries):
        report = existing.get((entry.project.pk, entry.quarter.pk))
        reason, code = _why_not_keep(entry, report, standing, activities[entry.project.pk])
        if reason:
            refusals[position] = Refused(reason, code=code)
    refuse_all(refusals)
    hold_open(quarters={entry.quarter.pk for entry in entries})
    kept = []
    for position, entry in enumerate(entries):
        report = existing.get((entry.project.pk, entry.quarter.pk))
        kept.append(_keep(entry, report, by=by, at=at, position=position))
    _keep_percents(kept, entries)
    return kept


def _why_not_keep(
    entry: ProgressInput, report: Progress | None, standing: Standing, own: Collection[int]
) -> tuple[str | None, str]:
    if reason := rules.why_not_save(entry.project, entry.quarter, report, standing):
        return reason, "not_allowed"
    seen = report.version if report else 0
    if entry.version is not None and entry.version != seen:
        return changed_meanwhile(), "changed_meanwhile"
    for percent in (entry.percent, *entry.activities.values()):
        if reason := rules.why_not_percent(percent):
            return reason, "percent"
    if any(activity not in own for activity in entry.activities):
        return _("มีกิจกรรมที่ไม่ใช่ของโครงการนี้"), "other_project"
    if own and entry.percent is not None:
        return _("โครงการนี้มีกิจกรรม ให้กรอกร้อยละรายกิจกรรม"), "has_activities"
    return None, ""


def _keep(
    entry: ProgressInput, report: Progress | None, *, by: User, at: datetime, position: int
) -> Progress:
    texts = {name: text for name in TEXTS if (text := getattr(entry, name)) is not None}
    if report is None:
        return Progress.objects.create(
            project=entry.project,
            quarter=entry.quarter,
            percent=entry.percent,
            entered_by=by,
            entered_at=at,
            is_sample=entry.is_sample,
            **texts,
        )
    unmoved = Progress.objects.filter(
        pk=report.pk, version=report.version, status__in=[status.value for status in EDITABLE]
    )
    if not unmoved.update(
        percent=entry.percent,
        entered_by=by,
        entered_at=at,
        version=F("version") + 1,
        **texts,
    ):
        refuse_all({position: Refused(changed_meanwhile(), code="changed_meanwhile")})
    report.refresh_from_db()
    return report


def _keep_percents(kept: Sequence[Progress], entries: Sequence[ProgressInput]) -> None:
    """Write the percents of activities: what is emptied goes, the rest is set, in three queries."""
    emptied: list[tuple[int, int]] = []
    given: list[ActivityProgress] = []
    for report, entry in zip(kept, entries, strict=True):
        for activity_id, percent in entry.activities.items():
            if percent is None:
                emptied.append((report.pk, activity_id))
            else:
                given.append(
                    ActivityProgress(progress=report, activity_id=activity_id, percent=percent)
                )
    if emptied:
        stored = ActivityProgress.objects.filter(progress__in={pk for pk, _activity in emptied})
        gone = [row.pk for row in stored if (row.progress_id, row.activity_id) in set(emptied)]
        ActivityProgress.objects.filter(pk__in=gone).delete()
    ActivityProgress.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=["progress", "activity"],
        update_fields=["percent"],
        batch_size=500,
    )


@transaction.atomic
def submit_progress(*, entries: Sequence[Progress], by: User, at: datetime) -> list[Progress]:
    """Send reports to the host's head for signature.

    :raises EntriesRefused: if one is not complete, its quarter still runs, or it moved meanwhile.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    due, reported, before = _completeness(listed)
    refuse_all(
        {
            position: Refused(reason, code="not_ready")
            for position, report in enumerate(listed)
            if (
                reason := rules.why_not_submit(
                    report,
                    standing,
                    at,
                    due=due[report.pk],
                    reported=reported[report.pk],
                    before=before[report.pk],
                )
            )
        }
    )
    _move(listed, to=Status.SUBMITTED, by=by, at=at, verb="submitted", role=Role.REPORTER)
    return listed


def _loaded(entries: Sequence[Progress]) -> list[Progress]:
    """Return the reports with what the rules look at, in order, as the caller saw them."""
    fresh = Progress.objects.with_project().in_bulk([report.pk for report in entries])
    listed = []
    for report in entries:
        row = fresh[report.pk]
        row.status, row.version = report.status, report.version
        listed.append(row)
    return listed


_PerReport = dict[int, dict[int, Decimal]]


def _completeness(
    reports: Sequence[Progress],
) -> tuple[dict[int, dict[int, Activity]], _PerReport, _PerReport]:
    """Return by report: the activities due, what it says, and what was signed before it."""
    due: dict[int, dict[int, Activity]] = {report.pk: {} for report in reports}
    reported: _PerReport = {report.pk: {} for report in reports}
    before: _PerReport = {report.pk: {} for report in reports}
    by_project = defaultdict(list)
    for activity in Activity.objects.filter(
        project__in={report.project_id for report in reports}
    ).in_number_order():
        by_project[activity.project_id].append(activity)
    for row in ActivityProgress.objects.filter(progress__in=reports):
        reported[row.progress_id][row.activity_id] = row.percent
    for report in reports:
        year, number = report.quarter.fiscal_year_id, report.quarter.number
        end = fiscal.quarter_end(year, number)
        due[report.pk] = {
            activity.pk: activity
            for activity in by_project[report.project_id]
            if activity.start_date <= end and activity.end_date >= fiscal.year_start(year)
        }
        if report.percent is not None:
            reported[report.pk][0] = report.percent
    earlier = (
        Progress.objects.counted()
        .filter(
            project__in={report.project_id for report in reports},
            quarter__fiscal_year__in={report.quarter.fiscal_year_id for report in reports},
        )
        .select_related("quarter")
        .prefetch_related("activities")
        .order_by("quarter__number")
    )
    for signed in earlier:
        for report in reports:
            if (
                signed.project_id == report.project_id
                and signed.quarter.fiscal_year_id == report.quarter.fiscal_year_id
                and signed.quarter.number < report.quarter.number
            ):
                for row in signed.activities.all():
                    before[report.pk][row.activity_id] = row.percent
                if signed.percent is not None:
                    before[report.pk][0] = signed.percent
    return due, reported, before


@transaction.atomic
def approve_progress(*, entries: Sequence[Progress], by: User, at: datetime) -> list[Progress]:
    """Sign reports and refresh the figures above them.

    :raises EntriesRefused: if the person may not sign one, or it moved on meanwhile.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    refuse_all(
        {
            position: Refused(reason, code="not_allowed")
            for position, report in enumerate(listed)
            if (reason := rules.why_not_approve(report, standing))
        }
    )
    _move(listed, to=Status.APPROVED, by=by, at=at, verb="approved", role=Role.APPROVER)
    _refresh_above(listed)
    return listed


@transaction.atomic
def return_progress(
    *, entries: Sequence[Progress], reason: str, by: User, at: datetime
) -> list[Progress]:
    """Send reports back with a reason; a signed one leaves the figures above it.

    :raises EntriesRefused: if the person may not, there is no reason, or one moved meanwhile.
    """
    listed = _loaded(entries)
    standing = standing_of(by, fiscal.local_date(at))
    refuse_all(
        {
            position: Refused(refusal, code="not_allowed")
            for position, report in enumerate(listed)
            if (refusal := rules.why_not_return(report, standing, reason))
        }
    )
    _move(
        listed,
        to=Status.RETURNED,
        by=by,
        at=at,
        verb="returned",
        role=Role.APPROVER,
        reason=reason,
    )
    _refresh_above(listed)
    return listed


def _move(
    reports: list[Progress],
    *,
    to: Status,
    by: User,
    at: datetime,
    verb: str,
    role: str,
    reason: str = "",
) -> None:
    if not reports:
        return
    move_entries(
        reports,
        to=to,
        by=by,
        at=at,
        verb=f"projects.progress.{verb}",
        role=role,
        agency_code=lambda report: report.project.host_agency.code,
        reason=reason,
    )


def _refresh_above(reports: Sequence[Progress]) -> None:
    rollups.touch([(report.project_id, report.quarter_id) for report in reports])
    by_year: dict[int, set[int]] = defaultdict(set)
    for report in reports:
        by_year[report.quarter.fiscal_year_id].add(report.project_id)
    for year, project_ids in by_year.items():
        _ask_refresh(project_ids, year)


@transaction.atomic
def attach_evidence(*, report: Progress, evidence: Evidence, by: User, at: datetime) -> None:
    """Add a stored file to a report that may still be typed.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(report, by=by, at=at)
    report.evidence.add(evidence)
    _tell_evidence("projects.progress.evidence_added", report, evidence, by=by, at=at)


@transaction.atomic
def detach_evidence(*, report: Progress, evidence: Evidence, by: User, at: datetime) -> None:
    """Take a file away from a report that may still be typed; the file itself is kept.

    :raises Refused: if the person may not type it, or it was sent.
    """
    _check_evidence(report, by=by, at=at)
    report.evidence.remove(evidence)
    _tell_evidence("projects.progress.evidence_removed", report, evidence, by=by, at=at)


def _check_evidence(report: Progress, *, by: User, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_save(report.project, report.quarter, report, standing):
        raise Refused(reason, code="not_allowed")
    hold_open(quarters=[report.quarter_id])


def _tell_evidence(
    verb: str, report: Progress, evidence: Evidence, *, by: User, at: datetime
) -> None:
    record(
        verb,
        report,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=report.project.host_agency.code,
        after={"file": evidence.original_name, "sha256": evidence.sha256},
    )


# ── Marks and recomputing ────────────────────────────────────────────────────


@transaction.atomic
def mark_unconfirmed(
    *,
    project: Project,
    quarter: Quarter,
    unconfirmed: bool,
    reason: str,
    by: User,
    at: datetime,
) -> None:
    """Mark a project's figure as not confirmed after an inspection, or take the mark away.

    :raises Refused: if the person is not of the follow-up working group or gives no reason.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.INSPECTOR):
        raise Refused(_("เฉพาะคณะทำงานตรวจติดตาม ทำเครื่องหมายผลตรวจได้"), code="not_inspector")
    if not reason.strip():
        raise Refused(_("เขียนเหตุผลของผลตรวจ"), code="no_reason")
    rollups.touch([(project.pk, quarter.pk)])
    ProjectFigure.objects.filter(project=project, quarter=quarter).update(
        is_unconfirmed=unconfirmed
    )
    record(
        "projects.figure.unconfirmed" if unconfirmed else "projects.figure.confirmed",
        project,
        by=by,
        at=at,
        role=Role.INSPECTOR,
        agency_code=project.host_agency.code,
        after={"quarter": str(quarter), "unconfirmed": unconfirmed},
        reason=reason,
    )
    _ask_refresh({project.pk}, quarter.fiscal_year_id)


@transaction.atomic
def refresh_year(*, year: FiscalYear, by: User | None, at: datetime) -> list[ProjectFigure]:
    """Make what figures are missing, compute what is stale, and return what had drifted."""
    projects = Project.objects.for_year(year.year).values_list("pk", flat=True)
    quarters = Quarter.objects.filter(fiscal_year=year)
    have = set(ProjectFigure.objects.of_year(year.year).values_list("project_id", "quarter_id"))
    wanted = {(project, quarter.pk) for project in projects for quarter in quarters}
    ProjectFigure.objects.bulk_create(
        [
            ProjectFigure(project_id=project, quarter_id=quarter)
            for project, quarter in sorted(wanted - have)
        ],
        ignore_conflicts=True,
    )
    figures = list(ProjectFigure.objects.of_year(year.year).in_time_order())
    rollups.refresh(figures, at=at)
    settled = [figure for figure in figures if figure.computed_version == figure.inputs_version]
    drifted = rollups.recompute(settled, at=at)
    if drifted:
        record_many(
            [Deed("projects.figure.drifted", figure.project) for figure in drifted], by=by, at=at
        )
    return drifted
