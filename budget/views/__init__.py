"""Pages of money."""

from budget.views.allocation import (
    book_carry,
    book_detail,
    book_enact,
    book_receive,
    book_settle,
    figure_correct,
)
from budget.views.books import book_list, book_new
from budget.views.contracts import contract_cancel, contract_list, contract_sign, deadline_set
from budget.views.evidence import month_evidence, month_evidence_remove
from budget.views.explain import explain
from budget.views.grid import month_grid, month_row_save, months_submit, year_table
from budget.views.overview import desk, overview
from budget.views.public import budget_public
from budget.views.ranking import ranking
from budget.views.targets import target_list, target_withdraw
from budget.views.transfers import transfer_list

__all__ = [
    "book_carry",
    "book_detail",
    "book_enact",
    "book_list",
    "book_new",
    "book_receive",
    "book_settle",
    "budget_public",
    "contract_cancel",
    "contract_list",
    "contract_sign",
    "deadline_set",
    "desk",
    "explain",
    "figure_correct",
    "month_evidence",
    "month_evidence_remove",
    "month_grid",
    "month_row_save",
    "months_submit",
    "overview",
    "ranking",
    "target_list",
    "target_withdraw",
    "transfer_list",
    "year_table",
]
