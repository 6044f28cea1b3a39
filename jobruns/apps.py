"""The job row written with a change, and heartbeats."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobrunsConfig(AppConfig):
    name = "jobruns"
    verbose_name = _("งานเบื้องหลัง")
