"""Committees, meetings, resolutions with owner and due date."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "คณะกรรมการและการประชุม"
