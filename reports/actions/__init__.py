"""Verbs of closing, restating and publishing a quarter."""

from reports.actions.closing import close_quarter, open_for_reporting, refresh_quarter
from reports.actions.publishing import publish_report, write_summary
from reports.actions.restating import restate_quarter

__all__ = [
    "close_quarter",
    "open_for_reporting",
    "publish_report",
    "refresh_quarter",
    "restate_quarter",
    "write_summary",
]
