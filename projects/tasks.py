"""The deferred tail of the verbs: figures of projects whose reports changed."""

from jobruns.models import JobRun
from jobruns.runner import job
from projects import rollups
from projects.models import ProjectFigure


@job("projects.refresh")
def refresh_figures(run: JobRun, *, project_ids: list[int], year: int) -> None:
    """Compute the figures of projects in a fiscal year where their inputs are newer."""
    figures = ProjectFigure.objects.of_year(year).filter(project__in=project_ids)
    rollups.refresh(figures.in_time_order(), at=run.started_at or run.created_at)
