"""The roof: settings, addresses, API root, Celery."""

from sakhon_portal.celery import app as celery_app

__all__ = ["celery_app"]
