"""The ground floor: no models, only what every app shares."""

import gc

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        """Let the collector of cycles leave alone what lives as long as the process.

        Walking all of Django after every 700 new objects was half the time of a large upload.
        """
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
