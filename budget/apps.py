"""Money per project, source and month."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "budget"
    verbose_name = "งบประมาณ"
