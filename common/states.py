"""The five states of a cell of a scorecard; they never share a look, a code or a spreadsheet cell."""

from enum import StrEnum


class CellState(StrEnum):
    """Source: measures.md §1."""

    VALUE = "value"
    NOT_DUE = "not_due"
    NOT_APPLICABLE = "not_applicable"
    NOT_REPORTED = "not_reported"
    LATE = "late"
