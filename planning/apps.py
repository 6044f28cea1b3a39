"""SWOT, needs from below, forums, consultations, alignment of money: what joins plan and people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "planning"
    verbose_name = _("การจัดทำแผน")
