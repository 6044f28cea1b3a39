"""API v1 of KPIs: `figures` (indicators to results), `scorecards` and `scores`.

`scores` are rules, rankings and self-assessments. Appraisals have no address here: they are read
on their page, where each view is logged.
"""

from rest_framework.routers import BaseRouter

from kpi.api import figures, scorecards, scores


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    figures.register(router)
    scorecards.register(router)
    scores.register(router)
