"""Verbs of KPIs.

`results` (entries), `definitions` (indicators, scorecards, targets, links) and `corrections`
(restatements).
"""

from kpi.actions.corrections import ResultCorrection, correct_results
from kpi.actions.definitions import (
    accept_difference,
    define_indicators,
    draw_curves,
    link_kpis,
    make_scorecard,
    put_kpis,
)
from kpi.actions.results import (
    ResultEntry,
    accept_results,
    approve_results,
    attach_evidence,
    detach_evidence,
    mark_unconfirmed,
    record_results,
    return_results,
    submit_results,
)
from kpi.actions.schemes import copy_scoring_rules, set_schemes

__all__ = [
    "ResultCorrection",
    "ResultEntry",
    "accept_difference",
    "accept_results",
    "approve_results",
    "attach_evidence",
    "copy_scoring_rules",
    "correct_results",
    "define_indicators",
    "detach_evidence",
    "draw_curves",
    "link_kpis",
    "make_scorecard",
    "mark_unconfirmed",
    "put_kpis",
    "record_results",
    "return_results",
    "set_schemes",
    "submit_results",
]
