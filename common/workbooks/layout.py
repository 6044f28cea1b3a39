"""Find the table on a sheet: its heading, which column is which, and where the rows end.

A field says by which headings officials know it. Nothing here knows what the figures mean.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from common.thainumbers import from_thai_digits, is_formula_row, normalise_text, read_stated_unit
from common.workbooks.book import Sheet
from common.workbooks.cells import Cell, Position, cell_text

_HEADING_ROWS = 4
SEARCHED_ROWS = 60
_NOISE = re.compile(r"[^0-9a-zก-\u0e4e%]+")
_BRACKETS = re.compile(r"[(\[\uff08].*?[)\]\uff09]")
_NUMBERING = re.compile(r"^(?:\(?\d{1,3}[.)]\s*|[-•*]\s+)")
_SUBTOTAL = re.compile(
    r"^(?:รวม|ยอดรวม|ผลรวม|รวมทั้งสิ้น|รวมทั้งหมด|รวมงบ|grand total|sub ?total|total)",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"^(?:\d+(?:\.\d+)*[.)]?\s*)?(?:ประเด็นการพัฒนา|ประเด็นยุทธศาสตร์|ยุทธศาสตร์ที่|แผนงาน|ผลผลิต|กิจกรรมหลัก|กลยุทธ์|แนวทางที่)"
)
_SIGNATURE = re.compile(
    r"^(?:\(?\s*)?(?:ลงชื่อ|ลงนาม|ผู้รายงาน|ผู้จัดทำ|ผู้อนุมัติ|ผู้รับรอง|ผู้ตรวจสอบ|ผู้ให้ข้อมูล|ผู้ประสานงาน|หัวหน้าส่วน|ตำแหน่ง|"
    r"โทร|หมายเหตุ\s*:|ที่มา\s*:|ข้อมูล ณ วันที่|วันที่\s*[\d๐-๙.…]|\(\s*(?:\.{3,}|นาย|นาง|น\.ส\.|ว่าที่|ดร\.))"
)
_PLANNED = re.compile(r"\s*(?:เป้าหมาย|แผน)(?:งาน|สะสม)?\s*(?:\(.*)?$")
_DONE = re.compile(r"ผล")
# What the first column of a table is called; a row of texts that begins so heads another table.
_FIRST_HEADING = re.compile(
    r"(?:ลำดับ(?:ที่)?|ที่|no|รหัส.{0,12}|ชื่อ.{0,15}|รายการ|โครงการ|กิจกรรม|หน่วยงาน)$"
)
_YEAR = re.compile(r"2[56]\d\d|๒[๕๖][๐-๙]{2}|[1-9]")
_AMOUNT = re.compile(r"\(?-?[\d๐-๙][\d๐-๙,. ]*%?\)?")
_STATES_UNIT = re.compile(r"\s*\(?\s*หน่วย")
_FIGURE = re.compile(r"[\d๐-๙.,%()=+\s-]+")


class RowKind(StrEnum):
    """What a row below the heading is."""

    ENTRY = "entry"
    SUBTOTAL = "subtotal"
    GROUP = "group"
    OVER = "over"  # a group that states the total of what stands below it
    TABLE = "table"  # another table begins
    FOOT = "foot"  # a signature, or a remark
    LEFT = "left"  # below a signature, and not sure to be an entry
    PLAN = "plan"  # what was planned, above the row of what was done
    FORMULA = "formula"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Heading:
    """A field and the headings by which it is known; the first is the label of our own template."""

    name: str
    known_as: tuple[str, ...]
    is_key: bool = False
    is_figure: bool = False


@dataclass(slots=True)
class Layout:
    """Where a table lies: heading rows, first row of data, and the column of each field."""

    sheet: str
    heading_top: int
    heading_bottom: int
    columns: dict[str, int]
    headings: dict[int, str]
    units: dict[int, Decimal] = field(default_factory=dict)
    title: str = ""

    @property
    def fingerprint(self) -> str:
        """Return what stays the same when the same form is sent again; "" without any heading."""
        keys = [_key(self.headings[column]) for column in sorted(self.headings)]
        text = "|".join(filter(None, keys))
        return hashlib.sha256(text.encode()).hexdigest() if text else ""


class Row(NamedTuple):
    """A row below the heading, by its number on the sheet (from 0)."""

    number: int
    kind: RowKind
    label: str = ""


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    """Return a heading without spaces, signs, brackets and numbering, in Arabic digits."""
    plain = from_thai_digits(normalise_text(text)).casefold().replace("\n", " ")
    without = _BRACKETS.sub(" ", plain)
    return _NOISE.sub("", _NUMBERING.sub("", without if _NOISE.sub("", without) else plain))


@lru_cache(maxsize=4096)
def _match(heading: str, known: tuple[str, ...]) -> tuple[int, int]:
    """Return how well a heading fits, and by which name: the smaller, the better.

    0 the same, 1 its last part, 2 its beginning, 3 within, 4 not at all.
    """
    best = (4, 0)
    for order, name in enumerate(known):
        wanted = _key(name)
        if not heading or not wanted:
            continue
        if heading == wanted:
            fits = 0
        elif heading.endswith(wanted):
            fits = 1
        elif heading.startswith(wanted):
            fits = 2
        elif wanted in heading and len(wanted) > 3:
            fits = 3
        else:
            continue
        best = min(best, (fits, order))
    return best


def assign(
    headings: Mapping[int, str],
    fields: Sequence[Heading],
    is_own: Callable[[str], bool | None] = lambda heading: None,
) -> dict[str, int]:
    """Give each field the column whose heading fits it best; no column serves two fields.

    `is_own` says whether a heading states the period that is asked for; None where it states none.
    """
    candidates = []
    keys = {column: _key(text) for column, text in headings.items()}
    for order, known in enumerate(fields):
        for column, key in keys.items():
            fits, synonym = _match(key, known.known_as)
            if fits < 4 and (known.is_figure or known.is_key or not _is_percent(headings[column])):
                own = is_own(headings[column])
                rank = (own is False, fits, own is None, synonym, len(key))
                candidates.append((*rank, order, column, known.name))
    columns: dict[str, int] = {}
    for *_rank, column, name in sorted(candidates):
        if name not in columns and column not in columns.values():
            columns[name] = column
    return columns


def _is_percent(heading: str) -> bool:
    return "(ร้อยละ" in heading or "(%" in heading


def find_layout(
    sheet: Sheet,
    fields: Sequence[Heading],
    *,
    only: int | None = None,
    is_own: Callable[[str], bool | None] = lambda heading: None,
) -> Layout | None:
    """Find the heading that explains most fields; None where no row looks like one.

    A heading needs a key field and one more. `only` is its last row where a person named it;
    `is_own` is as in `assign`.
    """
    spread = _spread_merged(sheet)
    best: Layout | None = None
    best_score = (0, 0, 0)
    keys = {known.name for known in fields if known.is_key}
    text_at = cache(lambda row, column: sheet.text(row, column).replace("\n", " "))
    searched = range(min(len(sheet.rows), SEARCHED_ROWS)) if only is None else [only]
    for bottom in searched:
        if bottom >= len(sheet.rows) or not _is_heading_like(sheet, bottom):
            continue
        for height in range(1, min(_HEADING_ROWS, bottom + 1) + 1):
            headings = _headings(sheet, spread, text_at, bottom - height + 1, bottom)
            columns = assign(headings, fields, is_own)
            if len(columns) < 2 or not keys & columns.keys():
                continue
            measured = [
                columns[each.name] for each in fields if each.is_figure and each.name in columns
            ]
            if any(
                _is_stated(sheet.rows[bottom - up][c]) for up in range(height) for c in measured
            ):
                continue
            exact = sum(
                _key(headings[column]) in {_key(name) for name in known.known_as}
                for known in fields
                if (column := columns.get(known.name)) is not None
            )
            score = (len(columns), exact, -height)
            if score > best_score:
                best_score = score
                best = Layout(sheet.name, bottom - height + 1, bottom, columns, headings)
    if best is None:
        return None
    measured = [
        best.columns[each.name] for each in fields if each.is_figure and each.name in best.columns
    ]
    key = next(best.columns[name] for name in keys if name in best.columns)
    while best.heading_bottom - best.heading_top + 1 < _HEADING_ROWS and _goes_on(
        sheet, best.heading_bottom + 1, key, measured
    ):
        best.heading_bottom += 1
    best.headings = _headings(sheet, spread, text_at, best.heading_top, best.heading_bottom)
    return _entitled(sheet, best)


def _goes_on(sheet: Sheet, row: int, key: int, measured: Sequence[int]) -> bool:
    """Say whether a heading goes on in the row below the one that explains it: `(ล้านบาท)`."""
    if row >= len(sheet.rows) or sheet.rows[row][key] is not None:
        return False
    stated = [cell for column in measured if (cell := sheet.rows[row][column]) is not None]
    return bool(stated) and all(
        isinstance(cell, str) and not _FIGURE.fullmatch(cell) for cell in stated
    )


def headings_of(sheet: Sheet, rows: Iterable[int]) -> Iterator[Layout]:
    """Yield what each of these rows says as the last row of a heading; no column has a field yet."""
    spread = _spread_merged(sheet)
    text_at = cache(lambda row, column: sheet.text(row, column).replace("\n", " "))
    for bottom in rows:
        if not 0 <= bottom < len(sheet.rows):
            continue
        top = bottom
        while bottom - top + 1 < _HEADING_ROWS and _is_storey(sheet, top - 1):
            top -= 1
        headings = _headings(sheet, spread, text_at, top, bottom)
        yield _entitled(sheet, Layout(sheet.name, top, bottom, {}, headings))


def _is_storey(sheet: Sheet, row: int) -> bool:
    """Say whether a row above a heading belongs to it; a title is one text, or states a unit."""
    cells = [cell for cell in sheet.rows[row] if cell is not None] if row >= 0 else []
    texts = [cell for cell in cells if isinstance(cell, str)]
    return (
        len(texts) == len(cells) > 1
        and not any(read_stated_unit(text) and _STATES_UNIT.match(text) for text in texts)
        and not any(_FIGURE.fullmatch(text) for text in texts)
    )


def _entitled(sheet: Sheet, layout: Layout) -> Layout:
    """Add what stands above the heading, and the units that it and the heading state."""
    layout.title = " ".join(
        sheet.text(row, column)
        for row in range(layout.heading_top)
        for column in range(sheet.width)
        if sheet.rows[row][column] is not None
    )
    layout.units = _units(layout)
    return layout


def rows_of(
    sheet: Sheet, layout: Layout, fields: Sequence[Heading], is_known: Callable[[str], bool]
) -> list[Row]:
    """Say of each row below the heading what it is; another table, or the last row, ends it.

    Below a signature or a remark only what bears a key and a figure is an entry. `is_known` tells
    an entry from a total, a group or a signature that begins with the same word.
    """
    found: list[Row] = []
    table = _Table(sheet, layout, fields, is_known)
    code = _code_column(layout, table.keys)
    is_foot = False
    for number in range(layout.heading_bottom + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if table.pairs is not None and table.is_plan(number):
            found.append(Row(number, RowKind.PLAN))
            continue
        if found and code is not None and not is_foot and table.is_plain_entry(cells, code):
            found.append(Row(number, RowKind.ENTRY))
            continue
        if not any(cell is not None for cell in cells):
            continue
        kind, label = table.kind_of(cells, is_first=not found, is_foot=is_foot)
        if kind is RowKind.FOOT:
            is_foot = True
        elif kind is not None:
            found.append(Row(number, kind, label))
            is_foot = kind is RowKind.LEFT
        if kind is RowKind.TABLE:
            break
    return found


_NOTHING: Final = frozenset({None})


class _Table:
    """Knows what a row below a heading is by what stands in it."""

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        fields: Sequence[Heading],
        is_known: Callable[[str], bool],
    ) -> None:
        self._sheet = sheet
        self._fields = fields
        self._is_known = is_known
        self.keys = [
            layout.columns[known.name]
            for known in fields
            if known.is_key and known.name in layout.columns
        ]
        self._used = sorted(set(layout.columns.values()))
        self._figures = [column for column in self._used if column not in self.keys]
        # From the right: figures and notes differ from a heading sooner than codes, and are cheaper.
        self._joined = [(column, _key(layout.headings[column])) for column in reversed(self._used)]
        self._storeys = {
            tuple(_texts(sheet.rows[row]))
            for row in range(layout.heading_top, layout.heading_bottom + 1)
        }

        below = range(layout.heading_bottom + 1, min(layout.heading_bottom + 20, len(sheet.rows)))
        free = [column for column in range(sheet.width) if column not in self._used]
        # The column that says of two rows, one above the other, which is the plan.
        self.pairs = next((c for c in free for row in below if self._plans(row, c)), None)

    def is_plan(self, number: int) -> bool:
        """Say whether a row states what was planned, and the next one what was done."""
        return self.pairs is not None and self._plans(number, self.pairs)

    def _plans(self, number: int, column: int) -> bool:
        rows = self._sheet.rows
        if number + 1 >= len(rows) or not isinstance(cell := rows[number][column], str):
            return False
        return (
            _PLANNED.match(cell) is not None
            and _DONE.match(cell_text(rows[number + 1][column])) is not None
        )

    def is_plain_entry(self, cells: Sequence[Cell], code: int) -> bool:
        """Say at a glance what most rows are: a code stands first, and something is reported."""
        key = cells[code]
        return (
            isinstance(key, str)
            and _CODE_ALONE.fullmatch(key) is not None
            and not any(cells[:code])
            and self._reports(cells)
        )

    def _reports(self, cells: Sequence[Cell]) -> bool:
        return not _NOTHING.issuperset(map(cells.__getitem__, self._figures))

    def kind_of(
        self, cells: Sequence[Cell], *, is_first: bool, is_foot: bool
    ) -> tuple[RowKind | None, str]:
        """Return what a row is and what it calls itself; None is nothing that concerns anybody."""
        first = next(_texts(cells), "")
        named = next((text for column in self.keys if (text := cell_text(cells[column]))), "")
        reports = self._reports(cells)
        if reports and named and self._is_known(named):
            return RowKind.ENTRY, ""
        if self._repeats(cells):
            return RowKind.HEADING, ""
        if _SIGNATURE.match(first):
            return RowKind.FOOT, ""
        if is_formula_row(_texts(cells)) or (is_first and _numbers_columns(_texts(cells))):
            return RowKind.FORMULA, ""
        if label := _total_label(cells, self.keys):
            return RowKind.SUBTOTAL, label
        if self._heads_another(cells):
            return RowKind.TABLE, ""
        if _GROUP.match(first) or _GROUP.match(named):
            return RowKind.OVER if reports else RowKind.GROUP, named or first
        return self._kind_of_last(cells, named, is_foot=is_foot), first

    def _kind_of_last(self, cells: Sequence[Cell], named: str, *, is_foot: bool) -> RowKind | None:
        reported = [cells[column] for column in self._figures if cells[column] is not None]
        if not reported and sum(1 for _text in _texts(cells)) == 1:
            return None if is_foot else RowKind.GROUP
        if is_foot and not (named and any(_is_amount(cell) for cell in reported)):
            is_numbered = any(letter.isdecimal() for letter in named)
            return RowKind.LEFT if reported and is_numbered else None
        return RowKind.ENTRY if reported or named else None

    def _repeats(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row is the heading, or a storey of it, once more."""
        return (
            all(_key(cell_text(cells[column])) == key for column, key in self._joined)
            or tuple(_texts(cells)) in self._storeys
        )

    def _heads_another(self, cells: Sequence[Cell]) -> bool:
        """Say whether a row heads a table of other columns."""
        texts = [cell for cell in cells if isinstance(cell, str)]
        if (
            len(texts) < 2
            or len(texts) != sum(cell is not None for cell in cells)
            or any(_FIGURE.fullmatch(text) for text in texts)
        ):
            return False
        headings = {column: cell_text(cell) for column, cell in enumerate(cells) if cell}
        there = assign(headings, self._fields)
        exact = sum(
            _match(_key(headings[there[known.name]]), known.known_as)[0] == 0
            for known in self._fields
            if known.name in there
        )
        return exact > 1 or bool(_FIRST_HEADING.match(_key(texts[0])) and len(texts) > 2)


def _is_stated(cell: Cell) -> bool:
    """Say whether a figure stands here, so that no heading does; a year may head a column."""
    if isinstance(cell, str):
        return not cell.startswith("(") and _is_amount(cell) and not _YEAR.fullmatch(cell.strip())
    return isinstance(cell, float) and not _YEAR.fullmatch(cell_text(cell))


def _is_amount(cell: Cell) -> bool:
    return isinstance(cell, float) or (
        isinstance(cell, str) and _AMOUNT.fullmatch(cell.strip()) is not None
    )


# No signature, numbering, subtotal or group is written so.
_CODE_ALONE = re.compile(r"(?!total|sub|grand)[a-z0-9][a-z0-9._/-]*", re.IGNORECASE)


def _code_column(layout: Layout, keys: Sequence[int]) -> int | None:
    """Return the one column of codes, where its own heading could not pass for one."""
    if len(keys) != 1 or _key(layout.headings[keys[0]]).isascii():
        return None
    return keys[0]


def _texts(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield what stands in a row, from the left; most rows are known by their first cell."""
    return (text for cell in cells if cell is not None and (text := cell_text(cell)))


def _total_label(cells: Sequence[Cell], keys: Collection[int]) -> str:
    """Return what a row calls its total, or ""; a row with a key of its own may say รวม in a note."""
    for column in keys:
        text = cell_text(cells[column])
        if text and not _SUBTOTAL.match(text):
            return ""
    return next((text for text in _texts(cells) if _SUBTOTAL.match(text)), "")


def fill_down(sheet: Sheet, column: int) -> dict[int, int]:
    """Return, for rows inside a merged cell of a column, the row that holds the text."""
    return {
        row: top
        for (top, left), (bottom, right) in sheet.merged
        if left <= column <= right and bottom > top
        for row in range(top + 1, bottom + 1)
    }


def _is_heading_like(sheet: Sheet, row: int) -> bool:
    texts = [cell for cell in sheet.rows[row] if isinstance(cell, str) and cell.strip()]
    return bool(texts)


def _numbers_columns(texts: Iterable[str]) -> bool:
    """Say whether the first row below a heading only counts columns: 1 2 3 4."""
    numbers = list(texts)
    return len(numbers) > 2 and numbers == [str(index) for index in range(1, len(numbers) + 1)]


def _spread_merged(sheet: Sheet) -> dict[Position, Position]:
    """Return for cells inside a merged range, near the top, where their text stands."""
    return {
        (row, column): (top, left)
        for (top, left), (bottom, right) in sheet.merged
        if top < SEARCHED_ROWS
        for row in range(top, min(bottom, top + _HEADING_ROWS) + 1)
        for column in range(left, min(right, sheet.width - 1) + 1)
    }


def _headings(
    sheet: Sheet,
    spread: Mapping[Position, Position],
    text_at: Callable[[int, int], str],
    top: int,
    bottom: int,
) -> dict[int, str]:
    """Join what stands above each column, storey by storey, each text once."""
    headings: dict[int, str] = {}
    for column in range(sheet.width):
        if column in sheet.hidden_columns:
            continue
        parts: list[str] = []
        for row in range(top, bottom + 1):
            place = spread.get((row, column), (row, column))
            if place[0] < top or place[0] >= len(sheet.rows):
                continue
            text = text_at(*place)
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        if parts:
            headings[column] = " ".join(parts)
    return headings


def _units(layout: Layout) -> dict[int, Decimal]:
    """Return the unit of money of each column: its heading's own, else the title's."""
    stated = read_stated_unit(layout.title)
    units = {}
    for column, heading in layout.headings.items():
        own = read_stated_unit(heading)
        if unit := own if own is not None else stated:
            units[column] = unit
    return units


CODE: Final = re.compile(
    r"^\s*\(?(?P<code>[A-Za-z0-9ก-ฮ][A-Za-z0-9ก-\u0e4e./_-]*?\d[A-Za-z0-9ก-ฮ./_-]*)\)?"
)


def split_code(text: str) -> tuple[str, str]:
    """Split `4.4ก เยี่ยมบ้าน` into its code and its name; either may be empty."""
    plain = from_thai_digits(normalise_text(text))
    found = CODE.match(plain)
    if found is None:
        return "", plain
    rest = plain[found.end() :].strip(" :-.")
    return found["code"].strip("."), rest
