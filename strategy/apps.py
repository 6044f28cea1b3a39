"""Plans and editions, vision, missions, issues, approaches, national frameworks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    name = "strategy"
    verbose_name = _("แผนและยุทธศาสตร์")
