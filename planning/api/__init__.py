"""API v1 of planning: `needs` from below, `forums` with their minutes, and `plans` in the making.

`editions` are begun and moved on; `plans` are the analysis of one, consultations on it, and who was
told of it.
"""

from rest_framework.routers import BaseRouter

from planning.api import editions, forums, needs, plans


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    editions.register(router)
    forums.register(router)
    needs.register(router)
    plans.register(router)
