"""Emergency operations."""

from django.apps import AppConfig


class CovidConfig(AppConfig):
    name = "covid"
    verbose_name = "เหตุการณ์ฉุกเฉิน"
