"""Indicators, KPIs on scorecards, targets, results, scores, rollups."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    name = "kpi"
    verbose_name = _("ตัวชี้วัด")
