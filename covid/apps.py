"""Emergency operations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CovidConfig(AppConfig):
    name = "covid"
    verbose_name = _("เหตุการณ์ฉุกเฉิน")
