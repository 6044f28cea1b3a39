"""Plans and editions, vision, missions, issues, approaches, national frameworks."""

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "strategy"
    verbose_name = "แผนและยุทธศาสตร์"
