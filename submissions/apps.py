"""Periods, the workflow of an entry, evidence, delegation."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = "รอบรายงาน"
