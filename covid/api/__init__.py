"""API v1 of incidents: `stated` facts and orders, the `days` that operators keep, and `registers`."""

from rest_framework.routers import BaseRouter

from covid.api import days, registers, stated


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    stated.register(router)
    days.register(router)
    registers.register(router)
