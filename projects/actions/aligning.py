"""What a project answers to above: master-plan targets, and the KPIs its own targets count in."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from kpi.models import Indicator, IndicatorVersion
from projects import rules
from projects.models import Project, ProjectTarget
from strategy.models import FrameworkItem
from submissions.actions import changed_meanwhile
from submissions.rules import standing_of


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

    :raises Refused: if `by` is not the strategy office, or no reason is given.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(
            _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด เชื่อมโครงการกับแผนระดับชาติได้"),
            code="not_strategist",
        )
    if not reason_th.strip():
        raise Refused(_("เขียนเหตุผลว่าโครงการส่งผลต่อเป้าหมายหลักอย่างไร"), code="no_reason")
    before = {
        "main_item": project.main_item.code if project.main_item else None,
        "reason": project.main_item_reason_th,
    }
    Project.objects.filter(pk=project.pk).update(
        main_item=main_item, main_item_reason_th=reason_th.strip()
    )
    served = {main_item.pk, *(item.pk for item in items)}
    project.framework_items.set(served)
    record(
        "projects.project.aligned",
        project,
        by=by,
        at=at,
        before=before,
        after={
            "main_item": main_item.code,
            "reason": reason_th.strip(),
            "items": sorted(item.code for item in items),
        },
        agency_code=project.host_agency.code,
    )
    project.refresh_from_db()
    return project


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
