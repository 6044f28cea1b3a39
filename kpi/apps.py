"""Indicators, KPIs on scorecards, targets, results, scores, rollups."""

from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "kpi"
    verbose_name = "ตัวชี้วัด"
