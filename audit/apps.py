"""The append-only event log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "บันทึกเหตุการณ์"
