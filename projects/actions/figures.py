"""Figures asked for, marked and recomputed."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import Refused
from jobruns.runner import schedule
from projects import rollups, tasks
from projects.models import (
    Project,
    ProjectFigure,
    ProjectYear,
)
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of


def touch_years(project: Project) -> None:
    """Ask for the figures of every quarter in which the project runs."""
    years = list(ProjectYear.objects.filter(project=project).values_list("fiscal_year", flat=True))
    first = Quarter.objects.filter(fiscal_year__in=years, number=1)
    rollups.touch([(project.pk, quarter.pk) for quarter in first])
    for year in years:
        ask_refresh({project.pk}, year)


def ask_refresh(project_ids: Collection[int], year: int) -> None:
    for project_id in sorted(project_ids):
        schedule(
            tasks.refresh_figures,
            key=f"{year}:{project_id}",
            payload={"project_ids": [project_id], "year": year},
        )


@transaction.atomic
def mark_unconfirmed(*, project: Project, reason: str, by: User, at: datetime) -> None:
    """Mark a project's figures as not confirmed after a visit; an empty reason takes it away.

    Figures of closed quarters keep the mark that they were frozen with.

    :raises Refused: if the person is not of the follow-up working group.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.INSPECTOR):
        raise Refused(_("เฉพาะคณะทำงานตรวจติดตาม ทำเครื่องหมายผลตรวจได้"), code="not_inspector")
    Project.objects.filter(pk=project.pk).update(unconfirmed_reason=reason)
    ProjectFigure.objects.filter(project=project, quarter__closed_at=None).update(
        is_unconfirmed=bool(reason)
    )
    record(
        "projects.project.unconfirmed" if reason else "projects.project.confirmed",
        project,
        by=by,
        at=at,
        role=Role.INSPECTOR,
        agency_code=project.host_agency.code,
        before={"reason": project.unconfirmed_reason},
        after={"reason": reason},
        reason=reason,
    )
    project.unconfirmed_reason = reason


@transaction.atomic
def refresh_year(*, year: FiscalYear, by: User | None, at: datetime) -> list[ProjectFigure]:
    """Make what figures are missing, compute what is stale, and return what had drifted."""
    projects = Project.objects.for_year(year.year).values_list("pk", flat=True)
    quarters = Quarter.objects.filter(fiscal_year=year)
    have = set(ProjectFigure.objects.of_year(year.year).values_list("project_id", "quarter_id"))
    wanted = {(project, quarter.pk) for project in projects for quarter in quarters}
    rollups.make_figures(sorted(wanted - have))
    figures = list(ProjectFigure.objects.of_year(year.year).in_time_order())
    rollups.refresh(figures, at=at)
    settled = [figure for figure in figures if figure.computed_version == figure.inputs_version]
    drifted = rollups.recompute(settled, at=at)
    if drifted:
        record_many(
            [Deed("projects.figure.drifted", figure.project) for figure in drifted], by=by, at=at
        )
    return drifted
