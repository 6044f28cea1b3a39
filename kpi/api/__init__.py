"""API v1 of KPIs: `figures` (indicators to scorecards), `scores` (rules, rankings, self-assessments).

Appraisals have no address here: they are read on their page, where each view is logged.
"""

from rest_framework.routers import BaseRouter

from kpi.api import figures, scores


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    figures.register(router)
    scores.register(router)
