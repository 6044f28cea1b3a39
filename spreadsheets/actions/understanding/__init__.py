"""What a workbook means for a kind of form: which row is which, what each cell says, what differs.

Reads and compares only; nothing here writes.
"""

from spreadsheets.actions.understanding.findings import (
    ERROR,
    QUESTION,
    SENTENCES,
    WARNING,
    Choice,
    Finding,
    Line,
    Remembered,
    Table,
    Understanding,
    is_blank,
    is_same,
)
from spreadsheets.actions.understanding.pictures import columns_to_remember, labels_of, picture_of
from spreadsheets.actions.understanding.workbooks import understand

__all__ = [
    "ERROR",
    "QUESTION",
    "SENTENCES",
    "WARNING",
    "Choice",
    "Finding",
    "Line",
    "Remembered",
    "Table",
    "Understanding",
    "columns_to_remember",
    "is_blank",
    "is_same",
    "labels_of",
    "picture_of",
    "understand",
]
