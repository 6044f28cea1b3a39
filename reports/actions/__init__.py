"""Verbs of closing, restating and publishing a quarter, and of what forms call their fields."""

from reports.actions.closing import close_quarter, open_for_reporting, refresh_quarter
from reports.actions.publishing import publish_report, write_summary
from reports.actions.restating import restate_quarter
from reports.actions.returns import set_field_labels

__all__ = [
    "close_quarter",
    "open_for_reporting",
    "publish_report",
    "refresh_quarter",
    "restate_quarter",
    "set_field_labels",
    "write_summary",
]
