"""Verbs of the spreadsheet desk."""

from spreadsheets.actions.forms import table_of, write_form
from spreadsheets.actions.kinds import KINDS, find_period, period_key, period_name, resource_of
from spreadsheets.actions.marking import write_marked_copy
from spreadsheets.actions.understanding import Choice
from spreadsheets.actions.uploads import (
    choose_columns,
    commit_upload,
    discard_upload,
    finish_commit,
    in_the_way_of_undo,
    read_upload,
    receive_next_table,
    receive_upload,
    refresh_preview,
    undo_upload,
)

__all__ = [
    "KINDS",
    "Choice",
    "choose_columns",
    "commit_upload",
    "discard_upload",
    "find_period",
    "finish_commit",
    "in_the_way_of_undo",
    "period_key",
    "period_name",
    "read_upload",
    "receive_next_table",
    "receive_upload",
    "refresh_preview",
    "resource_of",
    "table_of",
    "undo_upload",
    "write_form",
    "write_marked_copy",
]
