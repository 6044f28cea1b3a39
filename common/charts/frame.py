"""What every chart has: its figures as a table, its title, and scales."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from hashlib import sha1
from typing import Final
from urllib.parse import quote

from common.thainumbers import format_number

ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)
WIDE: Final = 1000  # units of the stretching inner SVG
LEFT: Final = Decimal(9)  # percent kept free for value labels
RIGHT: Final = Decimal(4)  # percent kept free behind the last point
CROWDED: Final = 6  # more periods than this: every third label on a phone

Cell = str | Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a chart as a table; a Decimal is a figure, None a missing one."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    decimals: int = 2

    @property
    def shown(self) -> list[list[tuple[str, bool]]]:
        """The rows as texts, each with whether it is a figure (or a missing one)."""
        return [[(self.show(cell), not isinstance(cell, str)) for cell in row] for row in self.rows]

    def show(self, cell: Cell) -> str:
        """Return a cell as people read it; a missing figure is an empty text."""
        return cell if isinstance(cell, str) else format_number(cell, self.decimals)

    @property
    def csv(self) -> str:
        """Exactly these figures as CSV, plain digits; what a spreadsheet would run is escaped."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        for row in (self.heads, *self.rows):
            writer.writerow([self._plain(cell) for cell in row])
        return out.getvalue()

    @property
    def csv_href(self) -> str:
        """The CSV as an address that works without a server."""
        return "data:text/csv;charset=utf-8," + quote("\ufeff" + self.csv)

    def _plain(self, cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, Decimal):
            return format_number(cell, self.decimals, grouped=False).replace("\u2212", "-")
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What every chart has: a title, a description for those who hear it, its figures."""

    title: str
    desc: str = ""
    figures: Figures
    csv_url: str = ""

    kind = ""

    @property
    def template(self) -> str:
        """The part that draws it."""
        return f"_components/charts/{self.kind}.html"

    @property
    def key(self) -> str:
        """A name for ids on the page; equal charts have equal names."""
        return sha1(
            repr((self.kind, self.title, self.figures)).encode(), usedforsecurity=False
        ).hexdigest()[:8]

    @property
    def file_name(self) -> str:
        """A name for the CSV file."""
        return (
            "".join(letter if letter.isalnum() or letter in "ัิีึืฺุู็่้๊๋์ํ๎" else "-" for letter in self.title)[
                :60
            ]
            + ".csv"
        )

    @property
    def csv_href(self) -> str:
        """Where the CSV of exactly these figures is."""
        return self.csv_url or self.figures.csv_href


def share(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return where a value lies between two others, in percent, kept inside 0 to 100."""
    if high <= low:
        return ZERO
    return min(HUNDRED, max(ZERO, (value - low) / (high - low) * HUNDRED))


def ticks(low: Decimal, high: Decimal, about: int = 4) -> list[Decimal]:
    """Return round values that enclose a range: steps of 1, 2, 2.5 or 5 of a power of ten."""
    if high <= low:
        high = low + 1
    rough = (high - low) / max(1, about)
    power = Decimal(10) ** (rough.adjusted())
    steps = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
    step = next(each * power for each in steps if each * power >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [(first + index) * step for index in range(int(last - first) + 1)]


def known(values: Sequence[Decimal | None]) -> list[Decimal]:
    """Return the values that are there."""
    return [value for value in values if value is not None]


def place_text(value: Decimal | float, places: int = 2) -> str:
    """Return a position for an SVG attribute, without trailing zeros."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(value: Decimal) -> str:
    """Return a share as an SVG length."""
    return f"{place_text(value)}%"


def tick_text(value: Decimal) -> str:
    """Return a value label with the decimals that it has."""
    plain = value.normalize()
    return format_number(value, max(0, -int(plain.as_tuple().exponent)))
