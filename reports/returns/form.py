"""The shape of a filled form, whatever it is written as: parts in order, each a list or a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a form: its label, what it holds, and whether the form asks for it.

    `where` is the address at which what is missing can be filled in.
    """

    key: str
    label: str
    value: Cell
    is_required: bool = True
    where: str = ""

    @property
    def is_filled(self) -> bool:
        """Whether something stands here; zero does."""
        return self.value is not None and self.value != ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading in storeys, and how its figures are written."""

    heading: str
    storey: str = ""
    kind: str = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a sum stands out."""

    cells: tuple[Cell, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form: lines of label and value, or a table."""

    title: str
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form; `subject` names what it is about, `notes` stand at its foot."""

    name: str
    title: str
    subject: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    is_sample: bool = False
    is_wide: bool = False
    made_date: date | None = None


@dataclass(frozen=True, slots=True)
class Gauge:
    """How complete a form is: so many of those asked for, and what is missing."""

    filled: int
    asked: int
    missing: tuple[Line, ...]

    @property
    def percent(self) -> Decimal:
        """The share that is filled; a form that asks for nothing is full."""
        return Decimal(100) if not self.asked else Decimal(100 * self.filled) / self.asked


def gauge_of(parts: Sequence[Part]) -> Gauge:
    """Measure what a form asks for against what is filled."""
    asked = [line for part in parts for line in part.lines if line.is_required]
    missing = tuple(line for line in asked if not line.is_filled)
    return Gauge(len(asked) - len(missing), len(asked), missing)
