"""The shared shape of what can be downloaded as a form and uploaded again.

Each app's `resources.py` declares its kinds as `SheetResource`s: columns, formats, the headings
that officials use, and the rows that an agency may fill in for a period. A resource holds no rule
and no write of its own: it turns cells into the typed entries of its app's verb and hands them on.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from import_export.fields import Field
from import_export.resources import Resource

from common.readings import Note, Reading
from common.refusal import EntriesRefused, Refused
from common.thaidates import format_date
from common.workbooks.layout import Heading

Reads = Literal["key", "shown", "number", "money", "percent", "text", "choice", "date"]
Period = Literal["quarter", "month", "year"]
Figure = Decimal | str | None


class SheetField(Field):  # type: ignore[misc]
    """A column of a form: its English name for machines, its Thai heading, and how cells are read.

    `key` names the row; `shown` is printed for people and never read back; the others are typed.
    A choice is kept by its code and shown by its name, a date is kept as ISO text. `required` says
    what a row that is not known yet must state. `unit` is the column's own; None is the row's.
    `shape` is the number format on the form where the figure is no amount, such as a year.
    """

    def __init__(
        self,
        name: str,
        label: str | Promise,
        *,
        reads: Reads,
        known_as: Sequence[str] = (),
        places: int = 4,
        width: int = 16,
        note: str | Promise = "",
        required: bool = False,
        unit: str | Promise | None = None,
        shape: str = "",
    ) -> None:
        super().__init__(attribute=name, column_name=name, readonly=reads in ("key", "shown"))
        self.name = name
        self.label = label
        self.reads: Reads = reads
        self.known_as = tuple(known_as)
        self.places = places
        self.width = width
        self.note = note
        self.required = required
        self.unit = gettext_lazy("บาท") if reads == "money" else unit
        self.shape = shape

    def unit_of(self, row: "SheetRow") -> str:
        """Return what a figure of a row is counted in here."""
        if self.unit is not None:
            return str(self.unit)
        return row.unit if row.units is None else row.units.get(self.name, row.unit)

    @property
    def is_typed(self) -> bool:
        """Say whether people fill this column in."""
        return self.reads not in ("key", "shown")

    @property
    def heading(self) -> Heading:
        """Return the headings by which the column is known."""
        known_as = (str(self.label), self.name, *self.known_as)
        is_figure = self.reads in ("number", "money", "percent")
        return Heading(self.name, known_as, self.reads == "key", is_figure)


# Not frozen: an agency has thousands, and freezing one costs four times its making.
@dataclass(slots=True)
class SheetRow:
    """One thing that an agency may report in a period, with what is stored of it.

    `code` names it on the form, `part_id` tells parts of one subject apart. `typed` names the
    columns that this row asks for; `stored` and `previous` hold them now and in the period before,
    `shown` the printed ones. `version` is that of the stored entry, 0 where there is none yet.
    `why_not` is the reason why nothing may be typed, or None. `definition` changes with the rules.
    """

    subject_id: int
    code: str
    label: str
    typed: tuple[str, ...]
    part_id: int = 0
    stored: Mapping[str, Figure] = field(default_factory=dict)
    previous: Mapping[str, Figure] = field(default_factory=dict)
    shown: Mapping[str, Figure] = field(default_factory=dict)
    unit: str = ""
    # Columns counted in something else: a ratio's unit is not that of its two figures.
    units: Mapping[str, str] | None = None
    decimals: int = 2
    is_percent: bool = False
    is_one_to: bool = False
    # For suspicion of a figure: the period's target, values before (newest last), ratio's factor.
    target: Decimal | None = None
    earlier: tuple[Decimal, ...] = ()
    scale: Decimal = Decimal(1)
    version: int = 0
    why_not: str | None = None
    definition: str = ""
    is_sample: bool = False
    # Told apart from a row above: in no sum, and may be left out.
    is_share: bool = False
    # Not known yet: bringing it in makes it.
    is_new: bool = False
    # The row's object where its kind has it at hand, so that nothing is read twice.
    subject: Any = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about one column of a row."""

    field: str
    note: Note
    is_question: bool = False


SENTENCES = {
    "too_long": "ข้อความยาวเกิน %(most)s ตัวอักษร",
    "other_year": "วันที่นี้ไม่อยู่ในปีของแบบกรอก (%(first)s ถึง %(last)s) เลือกแบบกรอกของปีนั้น",
}


def too_long(values: Mapping[str, Figure], longest: Mapping[str, int]) -> list[Remark]:
    """Say which texts are longer than what keeps them; `longest` gives characters by column."""
    return [
        Remark(name, Note("too_long", SENTENCES["too_long"], {"most": f"{most:,}"}))
        for name, most in longest.items()
        if len(str(values.get(name) or "")) > most
    ]


def other_year(column: str, limits: tuple[date, date]) -> Remark:
    """Say of a day that it lies outside the year of the form, which runs between two days."""
    first, last = (format_date(day) for day in limits)
    told = {"first": first, "last": last}
    return Remark(column, Note("other_year", SENTENCES["other_year"], told))


def is_outside(written: Figure, limits: tuple[date, date]) -> bool:
    """Say whether a day, kept as ISO text, is stated and lies outside two others."""
    first, last = limits
    return bool(written) and not first <= date.fromisoformat(str(written)) <= last


class Checked(NamedTuple):
    """What the cells of a row come to, column by column, and what is to be said of them."""

    values: Mapping[str, Figure]
    remarks: tuple[Remark, ...] = ()


class Prepared(NamedTuple):
    """One entry for the verb, and the positions of the rows that it was made of."""

    entry: Any
    rows: tuple[int, ...]


def record_each(
    entries: Sequence[Any],
    verbs: Mapping[type, Callable[..., Sequence[Any]]],
    *,
    by: Any,
    at: datetime,
) -> list[Any]:
    """Give the entries of each type to its verb, in the verbs' order; returns what they stored.

    Whole or not at all: every verb says what it refuses before anything stays.

    :raises EntriesRefused: with the refusals of all verbs by position.
    """
    refusals: dict[int, Refused] = {}
    stored: dict[int, Any] = {}
    with transaction.atomic():
        for sort, verb in verbs.items():
            positions = [n for n, entry in enumerate(entries) if isinstance(entry, sort)]
            try:
                kept = verb(entries=[entries[n] for n in positions], by=by, at=at)
            except EntriesRefused as refused:
                refusals |= {positions[n]: why for n, why in refused.by_entry.items()}
            else:
                stored |= dict(zip(positions, kept, strict=True))
        if refusals:
            raise EntriesRefused(gettext("มีแถวที่บันทึกไม่ได้"), refusals)
    return [stored[position] for position in range(len(entries))]


class SheetResource(Resource):  # type: ignore[misc]
    """A kind of form. Subclasses say which rows there are and make entries of what was read."""

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    period: ClassVar[Period]
    columns: ClassVar[tuple[SheetField, ...]]
    # Roles that send it for their own agency, and roles that send it for any.
    senders: ClassVar[tuple[str, ...]] = ("reporter",)
    province_senders: ClassVar[tuple[str, ...]] = ()
    # Whether what is brought in may go on for signature; a register has none.
    submits: ClassVar[bool] = True
    # What becomes of a register's rows once they are brought in.
    outcome: ClassVar[str | Promise] = gettext_lazy("นำเข้าแล้วมีผลทันที ไม่ต้องส่งลงนาม")
    # Whether a code that is not known yet makes a new row.
    is_open: ClassVar[bool] = False
    # About persons: its uploads are for the agency's own HR and nobody else.
    is_personal: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the columns the Resource's declared fields."""
        super().__init_subclass__(**kwargs)
        cls.fields = {column.name: column for column in cls.columns}

    def rows_for(self, *, user: Any, agency: Any, period: Any, at: datetime) -> list[SheetRow]:
        """Return what the agency may report in the quarter or month, in code order."""
        raise NotImplementedError

    def new_row(self, code: str, *, agency: Any, period: Any) -> SheetRow | None:
        """Return the row that a code not known yet would make, or None where it may not."""
        return None

    def given_out(self, rows: Sequence[SheetRow], *, by: Any, at: datetime) -> None:
        """Log that somebody took rows away, where they are about persons."""

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return what a choice column may hold: names by code, in order."""
        raise NotImplementedError

    def choices(self, name: str) -> Mapping[str, str]:
        """Return the choices of a column, asked for once; of one name are told apart by code."""
        known: dict[str, Mapping[str, str]] = self.__dict__.setdefault("_known_choices", {})
        if name not in known:
            choices = self.choices_of(name)
            times = Counter(choices.values())
            known[name] = {
                code: label if times[label] == 1 else f"{code} {label}"
                for code, label in choices.items()
            }
        return known[name]

    def said(self, name: str, text: str) -> str:
        """Return what a text column's value is called, where it is kept by a code."""
        return text

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Say what the cells of a row come to; `read` holds only the columns that it types."""
        return Checked({name: reading.value for name, reading in read.items()})

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Any
    ) -> list[Prepared]:
        """Make the verb's entries; a column that is missing from a row's values stays as stored."""
        raise NotImplementedError

    def record(self, entries: Sequence[Any], *, by: Any, at: datetime) -> list[Any]:
        """Call the app's verb that keeps drafts, whole or not at all; returns what it stored.

        :raises EntriesRefused: with the refusals by position.
        """
        raise NotImplementedError

    def rehearse(self, entries: Sequence[Any], *, by: Any, at: datetime) -> None:
        """Raise what `record` would refuse and leave nothing behind.

        The verb itself runs and is rolled back; a kind whose verb tells its checks from its writing
        may ask for the checks alone, which is a third of the time of a preview.

        :raises EntriesRefused: with the refusals by position.
        """
        with transaction.atomic():
            try:
                self.record(entries, by=by, at=at)
            finally:
                transaction.set_rollback(True)

    def submit(self, stored: Sequence[Any], *, by: Any, at: datetime) -> None:
        """Call the app's verb that sends entries for signature.

        :raises EntriesRefused: with the refusals by position.
        """
        raise NotImplementedError

    def version_of(self, stored: Any) -> int:
        """Return the version that a stored entry has reached, as `SheetRow.version` will show it."""
        version: int = stored.version
        return version

    def code_made(self, stored: Any) -> str:
        """Return the code that the portal gave to what a new row made; "" where the sheet's stays."""
        return ""

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say by code what was built on rows that an import made, so that an undo leaves them."""
        return {}

    def take_back(self, rows: Sequence[SheetRow], *, by: Any, at: datetime) -> None:
        """Call the app's verb that takes away what an import made.

        :raises EntriesRefused: with the refusals by position.
        """
        raise NotImplementedError

    def column_of_refusal(self, field: str) -> str:
        """Return the column where a field that the verb refused is mended."""
        return field

    def why_not_put_back(self, before: Mapping[str, Figure]) -> str | None:
        """Say why an undo cannot bring back what stood in a row before an import."""
        return None

    def is_refused_in(self, field: str, row: SheetRow) -> bool:
        """Say whether a refusal of an entry's field is to be shown at this one of its rows."""
        return True

    def column(self, name: str) -> SheetField:
        """Return a column by its name."""
        column: SheetField = self.fields[name]
        return column

    @cached_property
    def exact_columns(self) -> frozenset[str]:
        """The columns of figures."""
        exact = ("number", "money", "percent")
        return frozenset(column.name for column in self.columns if column.reads in exact)

    @property
    def key(self) -> SheetField:
        """The column that names a row."""
        return next(column for column in self.columns if column.reads == "key")
