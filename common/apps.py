"""The ground floor: no models, only what every app shares."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
