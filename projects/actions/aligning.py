"""What a project answers to above: master-plan targets, and the KPIs its own targets count in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from kpi.models import Indicator, IndicatorVersion
from projects import rules
from projects.models import Project, ProjectTarget
from strategy.models import FrameworkItem
from submissions.actions import as_one, changed_meanwhile, refuse_all, refuse_twins
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class Alignment:
    """What a project serves: its main target with the reason, and other items.

    `project` is as it was seen. Without a main target there is no reason: it is not stated yet.
    """

    project: Project
    main_item: FrameworkItem | None
    reason_th: str
    items: Collection[FrameworkItem] = ()


@transaction.atomic
def align_project(
    *,
    project: Project,
    main_item: FrameworkItem,
    reason_th: str,
    items: Collection[FrameworkItem],
    by: User,
    at: datetime,
) -> Project:
    """Set a project's main target with its reason, and everything it serves (the main one too).

    :raises Refused: if `by` is not the strategy office, no reason is given, or somebody set it
        meanwhile.
    """
    with as_one():
        [row] = align_projects(
            entries=[Alignment(project, main_item, reason_th, items)], by=by, at=at
        )
    return row


@transaction.atomic
def align_projects(*, entries: Sequence[Alignment], by: User, at: datetime) -> list[Project]:
    """Set what projects serve: main targets with reasons, and other items.

    :raises Refused: if `by` is not the strategy office.
    :raises EntriesRefused: by position: a main target without a reason or the other way round, or
        somebody set it meanwhile.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(
            _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด เชื่อมโครงการกับแผนระดับชาติได้"),
            code="not_strategist",
        )
    refuse_twins([entry.project.pk for entry in entries])
    served_before = _served([entry.project for entry in entries])
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        seen = entry.project
        unmoved = Project.objects.filter(
            pk=seen.pk, main_item=seen.main_item_id, main_item_reason_th=seen.main_item_reason_th
        )
        if reason := rules.why_not_align(entry.main_item, entry.reason_th):
            code = "no_reason" if entry.main_item else "no_main_item"
            refusals[position] = Refused(reason, code=code)
        elif not unmoved.update(
            main_item=entry.main_item, main_item_reason_th=entry.reason_th.strip()
        ):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)
    for entry in entries:
        main = [entry.main_item.pk] if entry.main_item else []
        entry.project.framework_items.set({*main, *(item.pk for item in entry.items)})
    served = _served([entry.project for entry in entries])
    record_many(
        [
            Deed(
                "projects.project.aligned",
                entry.project,
                before={
                    "main_item": entry.project.main_item.code if entry.project.main_item else None,
                    "reason": entry.project.main_item_reason_th,
                    "items": served_before[entry.project.pk],
                },
                after={
                    "main_item": entry.main_item.code if entry.main_item else None,
                    "reason": entry.reason_th.strip(),
                    "items": served[entry.project.pk],
                },
                agency_code=entry.project.host_agency.code,
            )
            for entry in entries
        ],
        by=by,
        at=at,
    )
    fresh = Project.objects.select_related("main_item", "host_agency").in_bulk(
        [entry.project.pk for entry in entries]
    )
    return [fresh[entry.project.pk] for entry in entries]


def _served(projects: Sequence[Project]) -> dict[int, list[str]]:
    """Return by project the codes of what it serves."""
    found: dict[int, list[str]] = {project.pk: [] for project in projects}
    for key, code in (
        Project.framework_items.through.objects.filter(project__in=found)
        .order_by("frameworkitem__code")
        .values_list("project_id", "frameworkitem__code")
    ):
        found[key].append(code)
    return found


@transaction.atomic
def link_target(
    *, target: ProjectTarget, indicator: Indicator | None, by: User, at: datetime
) -> ProjectTarget:
    """Have a project's own target counted in an indicator whose KPI it answers; None takes it away.

    It is no part of the plan: it may be set after the approval, until the project has ended.

    :raises Refused: if the person may not, the project does not answer it, the units differ, another
        target of the project is counted in it, or somebody wrote meanwhile.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=target.project_id)
    others = project.targets.exclude(pk=target.pk).exclude(indicator=None)
    reason = rules.why_not_link_target(
        target,
        indicator,
        standing_of(by, fiscal.local_date(at)),
        answered=units_answered(project),
        linked=set(others.values_list("indicator_id", flat=True)),
    )
    if reason:
        raise Refused(reason, code="not_linked")
    unmoved = ProjectTarget.objects.filter(
        pk=target.pk,
        name_th=target.name_th,
        unit_th=target.unit_th,
        indicator=target.indicator_id,
    )
    if not unmoved.update(indicator=indicator):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "projects.target.linked",
        project,
        by=by,
        at=at,
        before={"indicator": target.indicator.code if target.indicator else None},
        after={"target": target.name_th, "indicator": indicator.code if indicator else None},
        agency_code=project.host_agency.code,
    )
    target.indicator = indicator
    return target


def units_answered(project: Project) -> dict[int, str]:
    """Return the indicators whose KPIs a project answers, with the unit of their newest rules."""
    versions = IndicatorVersion.objects.filter(indicator__kpis__projects=project)
    return {
        version.indicator_id: version.unit_th
        for version in versions.order_by("from_year", "from_quarter").distinct()
    }
