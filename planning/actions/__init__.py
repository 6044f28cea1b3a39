"""Verbs of planning.

    record_needs(needs=[NeedInput(…)], by=user, at=…) -> list[Need]        (an officer, an upload)
    tell_need(need=NeedInput(…), contact=ContactInput(…), at=…) -> Need    (the public; waits for a look)
    amend_needs(entries=[Amendment(…)], by=user, at=…) -> list[Need]       (an officer, an upload)
    publish_needs(needs=[…], by=…, at=…) · hide_need(need=…, reason=…)     (the look)
    rank_need · send_up(needs=[…]) · return_need · merge_need · fund_need · adopt_need · reject_need
    finish_need

Needs are decided where they stand: by a planner of that level whose agency works for the place, at
the province by the strategy office. Every step is kept with what the public is told.
"""

from planning.actions.deciding import (
    adopt_need,
    finish_need,
    fund_need,
    merge_need,
    propose_project,
    rank_need,
    reject_need,
    return_need,
    send_up,
)
from planning.actions.needs import (
    AMENDED,
    Amendment,
    ContactInput,
    NeedInput,
    Withdrawal,
    amend_needs,
    forget_contacts,
    hide_need,
    load_categories,
    load_criteria,
    open_contact,
    publish_needs,
    record_needs,
    tell_need,
    withdraw_needs,
)

__all__ = [
    "AMENDED",
    "Amendment",
    "ContactInput",
    "NeedInput",
    "Withdrawal",
    "adopt_need",
    "amend_needs",
    "finish_need",
    "forget_contacts",
    "fund_need",
    "hide_need",
    "load_categories",
    "load_criteria",
    "merge_need",
    "open_contact",
    "propose_project",
    "publish_needs",
    "rank_need",
    "record_needs",
    "reject_need",
    "return_need",
    "send_up",
    "tell_need",
    "withdraw_needs",
]
