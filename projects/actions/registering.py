"""Verbs of projects: registered, decided."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from meetings.models import Meeting
from projects import rollups, rules
from projects.actions.figures import touch_years
from projects.actions.inputs import ActivityInput, ProjectInput, Registered, TargetInput
from projects.models import (
    Activity,
    ActivityPlan,
    Decision,
    Evaluation,
    Project,
    ProjectPlan,
    ProjectTarget,
    ProjectYear,
)
from submissions.actions import Withdrawal, changed_meanwhile, refuse_all, refuse_what_stays
from submissions.rules import standing_of

FIELDS = (
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
    "main_kpi",
    "main_kpi_reason_th",
    "programme_th",
    "subprogramme_th",
    "value_chain_th",
    "emenscr_code",
    "rationale_th",
    "objective_th",
    "output_th",
    "outcome_th",
    "beneficiaries",
    "beneficiaries_th",
    "coordinator_name",
    "coordinator_position_th",
    "coordinator_phone",
    "coordinator_email",
    "is_sample",
)
SETS = ("supporting_agencies", "areas", "kpis", "framework_items")


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
                **{name: getattr(given, name) for name in FIELDS},
            )
            before: dict[str, object] = {}
        else:
            before = differences(project, given)
        work_changed = bring_work(project, given)
        if given.code not in known:
            added.append(given.code)
            deeds.append(_registered(project, "projects.project.added", None))
        elif before or work_changed:
            if before:
                Project.objects.filter(pk=project.pk).update(
                    version=F("version") + 1, **{name: getattr(given, name) for name in before}
                )
            changed.append(given.code)
            deeds.append(_registered(project, "projects.project.changed", before))
        else:
            left.append(given.code)
            continue
        touch_years(project)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST if by else "")
    return Registered(tuple(added), tuple(changed), tuple(left))


@transaction.atomic
def withdraw_projects(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take away projects on which nothing rests, as if nobody had registered them.

    The log keeps what they were.

    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    _check_registrar(by, at)
    # Held, so that nothing comes to rest on them between the look and the end.
    held = (
        Project.objects.select_for_update(of=("self",))
        .select_related("host_agency", "edition", "issue")
        .order_by("pk")
        .in_bulk([entry.key for entry in entries])
    )
    versions = {key: project.version for key, project in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_projects(held))
    record_many(
        [
            _registered(
                project,
                "projects.project.withdrawn",
                {name: value for name in FIELDS if (value := getattr(project, name))},
            )
            for project in held.values()
        ],
        by=by,
        at=at,
        role=Role.STRATEGIST,
    )
    rollups.forget(held)
    ProjectYear.objects.filter(project__in=held).delete()
    Project.objects.filter(pk__in=held).delete()


@transaction.atomic
def withdraw_activities(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take activities out of their projects on which nothing rests, as if nobody had added them.

    The log keeps what they were.

    :raises EntriesRefused: by position: something rests on it, or it was changed or decided about
        meanwhile.
    """
    _check_registrar(by, at)
    keys = [entry.key for entry in entries]
    # Held, so that nothing comes to rest on them between the look and the end.
    projects = (
        Project.objects.select_for_update()
        .filter(pk__in=Activity.objects.filter(pk__in=keys).values("project"))
        .order_by("pk")
        .in_bulk()
    )
    held = (
        Activity.objects.select_for_update(of=("self",))
        .select_related("project__host_agency", "agency")
        .order_by("pk")
        .in_bulk(keys)
    )
    versions = {key: activity.version for key, activity in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_activities(held))
    record_many(
        [
            Deed(
                "projects.activity.withdrawn",
                activity,
                before={
                    "project": activity.project.code,
                    "number": activity.number,
                    **{name: getattr(activity, name) for name in _ACTIVITY_FIELDS},
                },
                agency_code=activity.project.host_agency.code,
            )
            for activity in held.values()
        ],
        by=by,
        at=at,
        role=Role.STRATEGIST,
    )
    Activity.objects.filter(pk__in=held).delete()
    for project in projects.values():
        touch_years(project)


def _check_registrar(by: User | None, at: datetime) -> None:
    if by is None:
        return
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(
            _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด ขึ้นทะเบียนโครงการได้"), code="not_strategist"
        )


def differences(project: Project, given: ProjectInput) -> dict[str, object]:
    """Return what stands otherwise in the project's own fields, by name."""
    return {
        name: getattr(project, name)
        for name in FIELDS
        if getattr(project, name) != getattr(given, name)
    }


def _registered(project: Project, verb: str, before: dict[str, object] | None) -> Deed:
    return Deed(verb, project, before=before, agency_code=project.host_agency.code)


def bring_work(project: Project, given: ProjectInput) -> bool:
    """Bring years, relations, activities and plans to what is given; say whether anything moved."""
    moved = False
    for name in SETS:
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
    if given.year_budgets is not None:
        for row in ProjectYear.objects.filter(project=project):
            wanted_budget = given.year_budgets.get(row.fiscal_year_id)
            if row.budget != wanted_budget:
                ProjectYear.objects.filter(pk=row.pk).update(budget=wanted_budget)
                moved = True
    if given.targets is not None:
        moved = _bring_targets(project, given.targets) or moved
    # What the project no longer answers, its targets are no longer counted in.
    ProjectTarget.objects.filter(project=project, indicator__isnull=False).exclude(
        indicator__in=[kpi.indicator_id for kpi in given.kpis]
    ).update(indicator=None)
    moved = _bring_plan(ProjectPlan, {"project": project}, given.plan) or moved
    numbers = {activity.number for activity in given.activities}
    gone = Activity.objects.filter(project=project, progress=None, monthly_progress=None).exclude(
        number__in=numbers
    )
    moved = bool(gone.delete()[0]) or moved
    for activity in given.activities:
        moved = _bring_activity(project, activity, is_sample=given.is_sample) or moved
    return moved


def _bring_targets(project: Project, wanted: Sequence[TargetInput]) -> bool:
    """Bring the targets to what is given, in order; what was reached stays with its number."""
    stored = {row.number: row for row in ProjectTarget.objects.filter(project=project)}
    links = rules.links_kept(
        [(row.number, row.name_th, row.unit_th, row.indicator_id) for row in stored.values()],
        [(given.name_th, given.unit_th) for given in wanted],
    )
    if links != [row.indicator_id for row in sorted(stored.values(), key=lambda row: row.number)]:
        # Two rows may change places: no moment has both counted in one indicator.
        ProjectTarget.objects.filter(project=project).update(indicator=None)
        for each in stored.values():
            each.indicator_id = None
    moved = False
    for number, given in enumerate(wanted, start=1):
        values = {
            "indicator_id": links[number - 1],
            "kind": given.kind,
            "name_th": given.name_th,
            "unit_th": given.unit_th,
            "target": given.target,
        }
        row = stored.pop(number, None)
        if row is None:
            ProjectTarget.objects.create(project=project, number=number, **values)
            moved = True
        elif any(getattr(row, name) != value for name, value in values.items()):
            ProjectTarget.objects.filter(pk=row.pk).update(**values)
            moved = True
    if stored:
        ProjectTarget.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    return moved or bool(stored)


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
    related = {agency.pk for agency in given.related_agencies}
    relates = set(activity.related_agencies.values_list("pk", flat=True)) != related
    if relates:
        activity.related_agencies.set(related)
    planned = _bring_plan(ActivityPlan, {"activity": activity}, given.plan)
    moved = bool(differs) or planned or relates
    if moved and not made:
        Activity.objects.filter(pk=activity.pk).update(version=F("version") + 1, **differs)
    return made or moved


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
    meeting: Meeting | None = None,
) -> Project:
    """Move a project on in its life by a decision; one kept here as a meeting is named by it.

    :raises Refused: if the person may not, there is no such way, it is not evaluated before it is
        finished, or it moved on meanwhile.
    """
    if refusal := rules.why_not_decide(project, to, standing_of(by, fiscal.local_date(at))):
        raise Refused(refusal, code="not_allowed")
    if not reference.strip():
        raise Refused(_("ระบุมติหรือการประชุมที่ตัดสิน"), code="no_reference")
    if decided_date > fiscal.local_date(at):
        raise Refused(_("วันที่มีมติเป็นวันในอนาคต ใส่วันที่ประชุมจริง"), code="future")
    if to == Project.Status.CANCELLED and not reason.strip():
        raise Refused(_("การยกเลิกโครงการต้องมีเหตุผล"), code="no_reason")
    if to == Project.Status.FINISHED and (
        refusal := rules.why_not_finish(
            Evaluation.objects.filter(project=project).exists(),
            list(project.targets.filter(actual=None).values_list("name_th", flat=True)),
        )
    ):
        raise Refused(refusal, code="not_evaluated")
    before = project.status
    if not Project.objects.filter(pk=project.pk, status=before).update(status=to):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    # What was decided was the plan with its activities as they stand.
    Activity.objects.filter(project=project).update(version=F("version") + 1)
    Decision.objects.create(
        project=project,
        from_status=before,
        to_status=to,
        decided_date=decided_date,
        reference=reference,
        meeting=meeting,
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
    touch_years(project)
    return project
