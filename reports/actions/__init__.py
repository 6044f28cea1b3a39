"""Verbs of closing, restating and publishing a quarter, and of what forms call their fields."""

from reports.actions.closing import close_quarter, open_for_reporting, refresh_quarter
from reports.actions.publishing import publish_report, write_summary
from reports.actions.reopening import (
    Proposed,
    agree_reopening,
    agree_restatement,
    ask_reopening,
    ask_restatement,
    decline_restatement,
    propose_corrections,
)
from reports.actions.restating import restate_quarter
from reports.actions.returns import set_field_labels

__all__ = [
    "Proposed",
    "agree_reopening",
    "agree_restatement",
    "ask_reopening",
    "ask_restatement",
    "close_quarter",
    "decline_restatement",
    "open_for_reporting",
    "propose_corrections",
    "publish_report",
    "refresh_quarter",
    "restate_quarter",
    "set_field_labels",
    "write_summary",
]
