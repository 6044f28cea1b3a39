"""Verbs of KPIs.

`results` (entries), `definitions` (indicators, scorecards, targets, links) and `corrections`
(restatements).
"""

from kpi.actions.amendments import (
    LineChange,
    agree_amendment,
    decline_amendment,
    propose_amendment,
)
from kpi.actions.assessments import (
    acknowledge_appraisal,
    save_appraisal,
    save_self_assessment,
    send_self_assessment,
    sign_appraisal,
)
from kpi.actions.cascade import Part, carry_down, give_targets
from kpi.actions.corrections import ResultCorrection, correct_results
from kpi.actions.definitions import (
    accept_difference,
    define_indicators,
    draw_curves,
    link_kpis,
    make_scorecard,
    put_kpis,
    unlink_kpis,
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
    undo_results,
)
from kpi.actions.schemes import copy_scoring_rules, set_schemes
from kpi.actions.scorecards import (
    copy_scorecard,
    drop_kpi,
    sign_scorecard,
    withdraw_signatures,
)

__all__ = [
    "LineChange",
    "Part",
    "ResultCorrection",
    "ResultEntry",
    "accept_difference",
    "accept_results",
    "acknowledge_appraisal",
    "agree_amendment",
    "approve_results",
    "attach_evidence",
    "carry_down",
    "copy_scorecard",
    "copy_scoring_rules",
    "correct_results",
    "decline_amendment",
    "define_indicators",
    "detach_evidence",
    "draw_curves",
    "drop_kpi",
    "give_targets",
    "link_kpis",
    "make_scorecard",
    "mark_unconfirmed",
    "propose_amendment",
    "put_kpis",
    "record_results",
    "return_results",
    "save_appraisal",
    "save_self_assessment",
    "send_self_assessment",
    "set_schemes",
    "sign_appraisal",
    "sign_scorecard",
    "submit_results",
    "undo_results",
    "unlink_kpis",
    "withdraw_signatures",
]
