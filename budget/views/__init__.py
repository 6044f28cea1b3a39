"""Pages of money."""

from budget.views.grid import month_grid, month_row_save, months_submit, year_table
from budget.views.overview import desk, overview
from budget.views.public import budget_public
from budget.views.targets import target_list, target_withdraw

__all__ = [
    "budget_public",
    "desk",
    "month_grid",
    "month_row_save",
    "months_submit",
    "overview",
    "target_list",
    "target_withdraw",
    "year_table",
]
