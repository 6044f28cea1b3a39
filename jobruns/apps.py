"""The job row written with a change, and heartbeats."""

from django.apps import AppConfig


class JobrunsConfig(AppConfig):
    name = "jobruns"
    verbose_name = "งานเบื้องหลัง"
