"""What a written cell was understood to mean: a value, no report, not applicable, or an error.

Every reader of dates and numbers answers with a Reading. Its notes carry a Thai sentence with
named gaps (`%(written)s`), so that an entrance may translate the sentence before filling it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """The four things that a cell can say."""

    VALUE = "value"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """One remark about a cell: a stable code, the Thai sentence, and what fills its gaps."""

    code: str
    sentence: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.params


# A tuple, not a frozen dataclass: a sheet has one for each cell, made in a third of the time.
class Reading(NamedTuple, Generic[T]):
    """What was understood, beside what was written.

    `value` is None unless `kind` is VALUE. `warnings` only inform; `questions` have to be
    confirmed by a person before the value is used; `error` says why there is no reading.
    """

    kind: Kind
    value: T | None = None
    written: str = ""
    warnings: tuple[Note, ...] = ()
    questions: tuple[Note, ...] = ()
    error: Note | None = None

    @property
    def has_value(self) -> bool:
        """Say whether a value was understood."""
        return self.kind is Kind.VALUE
