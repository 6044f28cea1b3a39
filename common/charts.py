"""Geometry of the portal's charts: figures in, positions and the same figures as a table out.

Every function returns a frozen shape that `{% chart shape %}` draws as SVG (or as a real table)
from templates/_components/charts/. Positions are texts ready for SVG attributes; None is a gap,
never 0. Text never stretches, lines do: an outer SVG of fixed height is placed in percent,
polylines lie in an inner one of 1000 units that stretches.
"""

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from hashlib import sha1
from typing import Final
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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


# ---------------------------------------------------------------- scales


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


def _text(value: Decimal | float, places: int = 2) -> str:
    """Return a position for an SVG attribute, without trailing zeros."""
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(value: Decimal) -> str:
    """Return a share as an SVG length."""
    return f"{_text(value)}%"


def _tick_text(value: Decimal) -> str:
    """Return a value label with the decimals that it has."""
    plain = value.normalize()
    return format_number(value, max(0, -int(plain.as_tuple().exponent)))


# ---------------------------------------------------------------- bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar to draw: a figure, its notch (plan or target), its role (actual, good, bad …)."""

    label: str
    value: Decimal | None
    notch: Decimal | None = None
    role: str = "actual"
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    bar: Bar
    x: str
    width: str
    notch: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart(Chart):
    bars: tuple[DrawnBar, ...]
    unit: str
    zero: str

    kind = "bars"


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str,
    unit: str = "",
    decimals: int = 2,
    top: Decimal | None = None,
    desc: str = "",
    label_head: str = "",
    value_head: str = "",
    notch_head: str = "",
    csv_url: str = "",
) -> BarChart:
    """Lay out horizontal bars on one scale that starts at zero.

    `top` fixes the scale's end (100 for shares); otherwise the largest figure or notch is it.
    """
    figures = known([value for bar in bars for value in (bar.value, bar.notch)])
    low = min([ZERO, *figures])
    high = top if top is not None else max([ZERO, *figures])
    high = max(high, low + Decimal("0.0001"))
    zero = share(ZERO, low, high)
    drawn = []
    for bar in bars:
        end = zero if bar.value is None else share(bar.value, low, high)
        drawn.append(
            DrawnBar(
                bar,
                percent(min(zero, end)),
                "" if bar.value is None else percent(abs(end - zero)),
                "" if bar.notch is None else percent(share(bar.notch, low, high)),
                format_number(bar.value, decimals),
            )
        )
    with_notch = any(bar.notch is not None for bar in bars)
    heads = [label_head or _("รายการ"), value_head or unit or _("ค่า")]
    if with_notch:
        heads.append(notch_head or _("เป้าหมาย"))
    rows = [
        (bar.label, bar.value, bar.notch) if with_notch else (bar.label, bar.value) for bar in bars
    ]
    return BarChart(
        title=title,
        desc=desc,
        figures=Figures(tuple(heads), tuple(rows), decimals),
        csv_url=csv_url,
        bars=tuple(drawn),
        unit=unit,
        zero=percent(zero),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One contributor to a total; its role colours it."""

    label: str
    value: Decimal | None
    role: str = "actual"
    href: str = ""


@dataclass(frozen=True, slots=True)
class DrawnStep:
    step: Step
    x: str
    width: str
    text: str
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall(Chart):
    steps: tuple[DrawnStep, ...]

    kind = "waterfall"


def waterfall(
    steps: Sequence[Step],
    *,
    title: str,
    total_label: str = "",
    decimals: int = 2,
    top: Decimal | None = None,
    desc: str = "",
    csv_url: str = "",
) -> Waterfall:
    """Lay out how contributors add up to a total; one without a value adds nothing and says so."""
    running = [ZERO]
    for step in steps:
        running.append(running[-1] + (step.value or ZERO))
    low, high = min(running), max(running)
    if top is not None:
        high = max(high, top)
    total = running[-1]
    drawn = []
    for step, start, end in zip(steps, running, running[1:], strict=False):
        signed = "" if step.value is None else format_number(step.value, decimals)
        drawn.append(
            DrawnStep(
                step,
                percent(share(min(start, end), low, high)),
                ""
                if step.value is None
                else percent(share(max(start, end), low, high) - share(min(start, end), low, high)),
                f"+{signed}" if step.value is not None and step.value > 0 else signed,
            )
        )
    label = total_label or _("รวม")
    has_any = any(step.value is not None for step in steps)
    drawn.append(
        DrawnStep(
            Step(label, total if has_any else None, "total"),
            percent(share(min(ZERO, total), low, high)),
            percent(share(max(ZERO, total), low, high) - share(min(ZERO, total), low, high))
            if has_any
            else "",
            format_number(total if has_any else None, decimals),
            is_total=True,
        )
    )
    rows: list[tuple[Cell, ...]] = [(step.label, step.value) for step in steps]
    rows.append((label, total if has_any else None))
    return Waterfall(
        title=title,
        desc=desc,
        figures=Figures((_("ที่มา"), _("ค่า")), tuple(rows), decimals),
        csv_url=csv_url,
        steps=tuple(drawn),
    )


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a role (actual, plan, last, forecast, money), a figure or None for each period."""

    name: str
    values: tuple[Decimal | None, ...]
    role: str = "actual"


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in pieces (a gap splits it), its dots, and its latest value for the legend."""

    series: Series
    pieces: tuple[str, ...]
    dots: tuple[Dot, ...]
    latest: str
    latest_period: str


@dataclass(frozen=True, slots=True)
class Mark:
    at: str
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart(Chart):
    height: int
    base: str
    lines: tuple[DrawnLine, ...]
    bands: tuple[str, ...]
    band_name: str
    band_text: str
    y_marks: tuple[Mark, ...]
    x_marks: tuple[Mark, ...]
    now: str
    now_text: str
    starts_at_zero: bool
    unit: str
    periods: tuple[str, ...]

    kind = "lines"


def line_chart(
    periods: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    unit: str = "",
    decimals: int = 2,
    band: tuple[Sequence[Decimal | None], Sequence[Decimal | None]] | None = None,
    band_name: str = "",
    now: Decimal | float | None = None,
    now_text: str = "",
    low: Decimal | None = None,
    high: Decimal | None = None,
    height: int = 220,
    desc: str = "",
    period_head: str = "",
    csv_url: str = "",
) -> LineChart:
    """Lay out lines over periods, with a hatched band and today's mark where given.

    `band` is a lower and an upper figure for each period. `now` is a place among the periods
    counted from 0 (1.5 lies between the second and the third). `low` and `high` fix the scale;
    without `low` it starts at zero when zero is near, otherwise the chart says that it does not.
    """
    figures = known([value for each in series for value in each.values])
    if band:
        figures += known([*band[0], *band[1]])
    least, most = min(figures, default=ZERO), max(figures, default=HUNDRED)
    if low is None:
        low = ZERO if 0 <= least <= most / 2 or not figures else least
    marks = ticks(min(low, least), max(high if high is not None else most, most))
    bottom, top = marks[0], marks[-1]
    upper, base = 26, height - 30

    def x_of(place: Decimal | float) -> Decimal:
        span = HUNDRED - LEFT - RIGHT
        steps = max(1, len(periods) - 1)
        return LEFT + span * Decimal(str(place)) / steps if len(periods) > 1 else LEFT + span / 2

    def y_of(value: Decimal) -> Decimal:
        return Decimal(base) - share(value, bottom, top) / HUNDRED * (base - upper)

    def point(index: int, value: Decimal) -> str:
        return f"{_text(x_of(index) * WIDE / HUNDRED, 1)},{_text(y_of(value), 1)}"

    lines = []
    for each in series:
        placed = list(enumerate(each.values[: len(periods)]))
        pieces = [" ".join(point(i, v) for i, v in run) for run in _runs(placed)]
        dots = tuple(
            Dot(
                percent(x_of(index)),
                _text(y_of(value), 1),
                f"{each.name} {periods[index]} {format_number(value, decimals)}".strip(),
            )
            for index, value in placed
            if value is not None
        )
        last = next(((i, v) for i, v in reversed(placed) if v is not None), None)
        lines.append(
            DrawnLine(
                each,
                tuple(piece for piece in pieces if " " in piece),
                dots,
                format_number(last[1], decimals) if last else "",
                periods[last[0]] if last else "",
            )
        )
    ends = [
        (lower, upper) if lower is not None and upper is not None else None
        for lower, upper in zip(*(band or ((), ())), strict=False)
    ]
    there = [pair for pair in ends if pair]
    band_text = (
        f"{format_number(there[-1][0], decimals)}–{format_number(there[-1][1], decimals)}"
        if there
        else ""
    )
    crowded = len(periods) > CROWDED
    heads = [period_head or _("ช่วงเวลา"), *(each.name for each in series)]
    columns: list[Sequence[Decimal | None]] = [each.values for each in series]
    if band:
        heads += [_("{band} ต่ำสุด").format(band=band_name), _("{band} สูงสุด").format(band=band_name)]
        columns += [band[0], band[1]]
    rows = tuple(
        (period, *(column[index] if index < len(column) else None for column in columns))
        for index, period in enumerate(periods)
    )
    return LineChart(
        title=title,
        desc=desc,
        figures=Figures(tuple(head.strip() for head in heads), rows, decimals),
        csv_url=csv_url,
        height=height,
        base=str(base),
        lines=tuple(lines),
        bands=_polygons(ends, point),
        band_name=band_name,
        band_text=band_text,
        y_marks=tuple(Mark(_text(y_of(value), 1), _tick_text(value)) for value in marks),
        x_marks=tuple(
            Mark(percent(x_of(index)), period, minor=crowded and index % 3 != 0)
            for index, period in enumerate(periods)
        ),
        now="" if now is None else percent(x_of(now)),
        now_text=now_text or _("วันนี้"),
        starts_at_zero=bottom == 0,
        unit=unit,
        periods=tuple(periods),
    )


def s_curve(
    periods: Sequence[str],
    *,
    plan: Sequence[Decimal | None],
    actual: Sequence[Decimal | None],
    forecast: Sequence[Decimal | None] = (),
    title: str,
    now: Decimal | float | None = None,
    desc: str = "",
    csv_url: str = "",
    height: int = 220,
) -> LineChart:
    """Lay out cumulative progress: planned, actual and forecast, in percent from 0 to 100."""
    series = [Series(_("แผน"), tuple(plan), "plan")]
    if known(forecast):
        series.append(Series(_("คาดการณ์"), tuple(forecast), "forecast"))
    series.append(Series(_("ผลจริง"), tuple(actual), "actual"))
    return line_chart(
        periods,
        series,
        title=title,
        unit=_("ร้อยละ"),
        now=now,
        low=ZERO,
        high=HUNDRED,
        desc=desc,
        csv_url=csv_url,
        height=height,
    )


def _runs(placed: list[tuple[int, Decimal | None]]) -> list[list[tuple[int, Decimal]]]:
    """Split a line where figures are missing."""
    runs: list[list[tuple[int, Decimal]]] = [[]]
    for index, value in placed:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _polygons(
    ends: Sequence[tuple[Decimal, Decimal] | None], point: Callable[[int, Decimal], str]
) -> tuple[str, ...]:
    """Return a band's polygons; a period without both ends splits it."""
    polygons = []
    run: list[tuple[int, Decimal, Decimal]] = []
    for index, pair in enumerate([*ends, None]):
        if pair is not None:
            run.append((index, *pair))
            continue
        if len(run) > 1:
            above = [point(place, high) for place, _low, high in run]
            below = [point(place, low) for place, low, _high in reversed(run)]
            polygons.append(" ".join([*above, *below]))
        run = []
    return tuple(polygons)


@dataclass(frozen=True, slots=True)
class Spark:
    """A line without axes beside its figure; `label` says the figures to those who hear it."""

    label: str
    pieces: tuple[str, ...]
    plan: str
    dot: Dot | None


def spark(
    values: Sequence[Decimal | None], *, label: str, plan: Decimal | None = None, decimals: int = 2
) -> Spark:
    """Lay out a sparkline of 88 by 26; its scale is its own, so it shows direction, not size."""
    figures = known([*values, plan])
    low, high = min(figures, default=ZERO), max(figures, default=ZERO)
    steps = max(1, len(values) - 1)

    def x_of(index: int) -> Decimal:
        return Decimal(4) + Decimal(80) * index / steps

    def y_of(value: Decimal) -> Decimal:
        return Decimal(22) - share(value, low, high) / HUNDRED * 18 if high > low else Decimal(13)

    runs = _runs(list(enumerate(values)))
    pieces = tuple(
        " ".join(f"{_text(x_of(i), 1)},{_text(y_of(v), 1)}" for i, v in run)
        for run in runs
        if len(run) > 1
    )
    last = runs[-1][-1] if runs else None
    dot = (
        Dot(_text(x_of(last[0]), 1), _text(y_of(last[1]), 1), format_number(last[1], decimals))
        if last
        else None
    )
    words = ", ".join(format_number(value, decimals) or _("ไม่มีค่า") for value in values)
    return Spark(f"{label}: {words}", pieces, "" if plan is None else _text(y_of(plan), 1), dot)


# ---------------------------------------------------------------- bullet


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet(Chart):
    actual: str
    target: str
    last: str
    bands: tuple[tuple[str, str, str], ...]
    label: str

    kind = "bullet"


def bullet(
    *,
    title: str,
    actual: Decimal | None,
    target: Decimal | None,
    last: Decimal | None = None,
    unit: str = "",
    decimals: int = 2,
    top: Decimal | None = None,
    desc: str = "",
    csv_url: str = "",
) -> Bullet:
    """Lay out one figure against its target (the notch) and last year (the pale line)."""
    high = top if top is not None else max([ZERO, *known([actual, target, last])]) * Decimal("1.1")
    high = high if high > 0 else Decimal(1)
    edges = [ZERO, Decimal(70), Decimal(90), HUNDRED]
    bands = tuple(
        (f"f-q{3 - index}", percent(edges[index]), percent(edges[index + 1] - edges[index]))
        for index in range(3)
    )
    parts = [(_("ผล"), actual), (_("เป้าหมาย"), target), (_("ปีก่อน"), last)]
    said = " ".join(
        f"{name} {format_number(value, decimals) or _('ไม่มีค่า')}" for name, value in parts
    )
    return Bullet(
        title=title,
        desc=desc,
        figures=Figures((_("รายการ"), unit or _("ค่า")), tuple(parts), decimals),
        csv_url=csv_url,
        actual="" if actual is None else percent(share(actual, ZERO, high)),
        target="" if target is None else percent(share(target, ZERO, high)),
        last="" if last is None else percent(share(last, ZERO, high)),
        bands=bands,
        label=f"{title}: {said} {unit}".strip(),
    )


# ---------------------------------------------------------------- heat grid and risk matrix


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: a state of common.states.CellState ("" for "no such KPI"), a level, its figure.

    `level` is good, watch or bad; `value` is shown whole.
    """

    state: str = ""
    value: Decimal | None = None
    level: str = ""
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    label: str
    cells: tuple[HeatCell, ...]
    href: str = ""
    covered: int | None = None
    due: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatGrid(Chart):
    groups: tuple[tuple[str, int], ...]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[HeatRow, ...]
    row_head: str
    with_coverage: bool
    decimals: int

    kind = "heat"


STATE_WORDS: Final = {
    "not_due": gettext_noop("ยังไม่ถึงกำหนด"),
    "not_applicable": gettext_noop("ไม่เกี่ยวข้อง"),
    "not_reported": gettext_noop("ยังไม่รายงาน"),
    "late": gettext_noop("เกินกำหนด"),
}


def heat_grid(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[HeatRow],
    *,
    title: str,
    groups: Sequence[tuple[str, int]] = (),
    row_head: str = "",
    decimals: int = 0,
    desc: str = "",
    csv_url: str = "",
) -> HeatGrid:
    """Lay out rows against columns: `columns` are code and name, `groups` are name and width."""
    words = {state: _(word) for state, word in STATE_WORDS.items()}
    table: list[tuple[Cell, ...]] = []
    for row in rows:
        line: list[Cell] = [row.label]
        line.extend(
            cell.value if cell.state == "value" else words.get(cell.state, "") for cell in row.cells
        )
        if row.due is not None:
            line.append(f"{row.covered}/{row.due}")
        table.append(tuple(line))
    with_coverage = any(row.due is not None for row in rows)
    heads = [row_head or _("หน่วยงาน"), *(code for code, _name in columns)]
    if with_coverage:
        heads.append(_("รายงาน"))
    return HeatGrid(
        title=title,
        desc=desc,
        figures=Figures(tuple(heads), tuple(table), decimals),
        csv_url=csv_url,
        groups=tuple(groups),
        columns=tuple(columns),
        rows=tuple(rows),
        row_head=row_head or _("หน่วยงาน"),
        with_coverage=with_coverage,
        decimals=decimals,
    )


@dataclass(frozen=True, slots=True)
class Risk:
    code: str
    likelihood: int
    impact: int
    label: str = ""
    href: str = ""
    moved_up: bool = False


@dataclass(frozen=True, slots=True)
class RiskCell:
    level: int
    word: str
    score: int
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMatrix(Chart):
    lines: tuple[tuple[int, tuple[RiskCell, ...]], ...]

    kind = "risk"


def risk_matrix(
    risks: Sequence[Risk],
    *,
    title: str,
    levels: Mapping[tuple[int, int], int],
    words: Mapping[int, str],
    desc: str = "",
    csv_url: str = "",
) -> RiskMatrix:
    """Lay out risks on likelihood (down from 5) and impact (1 to 5).

    `levels` gives every cell (likelihood, impact) its level 1 to 4, `words` each level its name;
    both are data of the fiscal year.
    """
    lines = []
    for likelihood in range(5, 0, -1):
        cells = []
        for impact in range(1, 6):
            level = levels[likelihood, impact]
            here = tuple(
                risk for risk in risks if (risk.likelihood, risk.impact) == (likelihood, impact)
            )
            cells.append(RiskCell(level, words[level], likelihood * impact, here))
        lines.append((likelihood, tuple(cells)))
    rows = tuple(
        (
            risk.code,
            risk.label,
            str(risk.likelihood),
            str(risk.impact),
            str(risk.likelihood * risk.impact),
            words[levels[risk.likelihood, risk.impact]],
        )
        for risk in sorted(risks, key=lambda each: (-each.likelihood * each.impact, each.code))
    )
    heads = (_("รหัส"), _("ความเสี่ยง"), _("โอกาส"), _("ผลกระทบ"), _("คะแนน"), _("ระดับ"))
    return RiskMatrix(
        title=title, desc=desc, figures=Figures(heads, rows, 0), csv_url=csv_url, lines=tuple(lines)
    )


# ---------------------------------------------------------------- line of sight


@dataclass(frozen=True, slots=True)
class Node:
    """One measure in the line of sight with those that feed it.

    `cells` stand under the tree's heads; `link` is a word for how it feeds the one above
    (ถ่ายทอด, สนับสนุน), `support` draws it dashed. `gap` explains a cascade difference and
    `gap_kind` is "", "ok" or "open".
    """

    label: str
    cells: tuple[str, ...] = ()
    href: str = ""
    sub: str = ""
    link: str = ""
    support: bool = False
    level: str = ""
    level_text: str = ""
    gap: str = ""
    gap_kind: str = ""
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree(Chart):
    root: Node
    heads: tuple[str, ...]

    kind = "tree"


def tree(
    root: Node, *, title: str, heads: Sequence[str], desc: str = "", csv_url: str = ""
) -> Tree:
    """Lay out a line of sight; `heads` names each node's cells, the last is its performance."""
    rows: list[tuple[Cell, ...]] = []

    def walk(node: Node, depth: int) -> None:
        cells = [
            node.cells[index] if index < len(node.cells) else "" for index in range(len(heads) - 1)
        ]
        rows.append((str(depth), node.label, *cells, node.level_text))
        for child in node.children:
            walk(child, depth + 1)

    walk(root, 1)
    figures = Figures((_("ชั้น"), _("ตัวชี้วัด"), *heads), tuple(rows), 0)
    return Tree(
        title=title, desc=desc, figures=figures, csv_url=csv_url, root=root, heads=tuple(heads)
    )


# ---------------------------------------------------------------- map

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Area:
    """One area with its outlines in longitude and latitude."""

    code: str
    name: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class DrawnArea:
    area: Area
    path: str
    shade: str
    text: str
    href: str
    picked: bool


@dataclass(frozen=True, slots=True)
class PlaceName:
    name: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Shade:
    css: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap(Chart):
    width: int
    height: int
    areas: tuple[DrawnArea, ...]
    outlines: tuple[str, ...]
    names: tuple[PlaceName, ...]
    shades: tuple[Shade, ...]
    unit: str

    kind = "map"

    @property
    def linked(self) -> bool:
        """Whether areas lead somewhere, so that the drawing is not one picture."""
        return any(drawn.href for drawn in self.areas)


def rings_of(geometry: Mapping[str, object]) -> tuple[Ring, ...]:
    """Return the outer and inner rings of a GeoJSON polygon or multipolygon."""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return tuple(coordinates)  # type: ignore[arg-type]
    return tuple(ring for polygon in coordinates for ring in polygon)  # type: ignore[attr-defined]


class Projection:
    """Longitude and latitude to a drawing of fixed width: one scale, corrected for the latitude."""

    def __init__(self, areas: Sequence[Area], width: int, margin: int = 6) -> None:
        points = [point for area in areas for ring in area.rings for point in ring]
        self.west = min((point[0] for point in points), default=0.0)
        east = max((point[0] for point in points), default=1.0)
        south = min((point[1] for point in points), default=0.0)
        self.north = max((point[1] for point in points), default=1.0)
        self.squeeze = math.cos(math.radians((south + self.north) / 2))
        self.margin = margin
        span = max((east - self.west) * self.squeeze, 1e-9)
        self.scale = (width - 2 * margin) / span
        self.height = round((self.north - south) * self.scale) + 2 * margin

    def place(self, point: Sequence[float]) -> tuple[int, int]:
        """Return where a point lies, in whole units."""
        x = (point[0] - self.west) * self.squeeze * self.scale + self.margin
        y = (self.north - point[1]) * self.scale + self.margin
        return round(x), round(y)

    def path(self, rings: Sequence[Ring]) -> str:
        """Return outlines as an SVG path in relative steps, without points that fall together."""
        parts = []
        for ring in rings:
            points = [self.place(point) for point in ring]
            thinned = [
                point
                for index, point in enumerate(points)
                if index == 0 or point != points[index - 1]
            ]
            if len(thinned) > 1 and thinned[0] == thinned[-1]:
                thinned.pop()
            if len(thinned) < 3:
                continue
            (x, y), *rest = thinned
            steps = []
            for next_x, next_y in rest:
                steps.append(f"{next_x - x} {next_y - y}")
                x, y = next_x, next_y
            parts.append(f"M{thinned[0][0]} {thinned[0][1]}l{' '.join(steps)}z")
        return "".join(parts)

    def middle(self, rings: Sequence[Ring]) -> tuple[int, int]:
        """Return the centre of gravity of the largest outline."""
        best, best_area = (0, 0), -1.0
        for ring in rings:
            points = [self.place(point) for point in ring]
            doubled = x_sum = y_sum = 0.0
            for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
                cross = x0 * y1 - x1 * y0
                doubled += cross
                x_sum += (x0 + x1) * cross
                y_sum += (y0 + y1) * cross
            if abs(doubled) > best_area and doubled:
                best, best_area = (
                    (round(x_sum / (3 * doubled)), round(y_sum / (3 * doubled))),
                    abs(doubled),
                )
        return best


def area_map(
    areas: Sequence[Area],
    values: Mapping[str, Decimal | None],
    *,
    title: str,
    unit: str = "",
    decimals: int = 0,
    edges: Sequence[Decimal] = (),
    outlines: Sequence[Area] = (),
    hrefs: Mapping[str, str] | None = None,
    picked: str = "",
    width: int = 720,
    desc: str = "",
    csv_url: str = "",
) -> AreaMap:
    """Lay out areas shaded by value in up to five steps; without a value an area is hatched.

    `edges` are the lower limits of the darker shades, at most four and rising; without them the
    shades divide the values evenly by rank. `outlines` (districts) are drawn on top with names.
    """
    projection = Projection([*areas, *outlines], width)
    there = sorted(known([values.get(area.code) for area in areas]))
    limits = list(edges)[:4] if edges else _quantiles(there)
    drawn = []
    for area in areas:
        value = values.get(area.code)
        shade = "m-none" if value is None else f"m{sum(value >= limit for limit in limits)}"
        text = format_number(value, decimals) or _("ไม่มีค่า")
        drawn.append(
            DrawnArea(
                area,
                projection.path(area.rings),
                shade,
                f"{area.name} {text} {unit}".strip()
                if value is not None
                else f"{area.name} {text}",
                (hrefs or {}).get(area.code, ""),
                area.code == picked,
            )
        )
    names = []
    for outline in outlines:
        x, y = projection.middle(outline.rings)
        names.append(PlaceName(outline.name, str(x), str(y)))
    shades = []
    bounds = [None, *limits]
    for index, lower in enumerate(bounds):
        upper = bounds[index + 1] if index + 1 < len(bounds) else None
        if lower is None:
            text = (
                _("ต่ำกว่า {value}").format(value=format_number(upper, decimals))
                if upper is not None
                else _("ทุกค่า")
            )
        elif upper is None:
            text = _("ตั้งแต่ {value}").format(value=format_number(lower, decimals))
        else:
            text = f"{format_number(lower, decimals)}–{format_number(upper, decimals)}"
        shades.append(Shade(f"m{index}", text))
    if any(values.get(area.code) is None for area in areas):
        shades.append(Shade("m-none", _("ไม่มีค่า")))
    rows = tuple((area.name, values.get(area.code)) for area in areas)
    return AreaMap(
        title=title,
        desc=desc,
        figures=Figures((_("พื้นที่"), unit or _("ค่า")), rows, decimals),
        csv_url=csv_url,
        width=width,
        height=projection.height,
        areas=tuple(drawn),
        outlines=tuple(projection.path(outline.rings) for outline in outlines),
        names=tuple(names),
        shades=tuple(shades),
        unit=unit,
    )


def _quantiles(values: Sequence[Decimal], steps: int = 5) -> list[Decimal]:
    """Return the lower limits of the shades above the first, without repeats."""
    limits: list[Decimal] = []
    for index in range(1, steps):
        if not values:
            break
        limit = values[min(len(values) - 1, len(values) * index // steps)]
        if limit > values[0] and limit not in limits:
            limits.append(limit)
    return limits


# ---------------------------------------------------------------- three bars


@dataclass(frozen=True, slots=True)
class ThreeBar:
    key: str
    role: str
    said: str
    width: str
    notch: str
    text: str


def three_bars(
    work: Decimal | None,
    money: Decimal | None,
    time: Decimal | None,
    *,
    plan: Decimal | None = None,
    money_target: Decimal | None = None,
) -> tuple[ThreeBar, ...]:
    """Lay out physical progress, money and time as percentages: always three, in this order.

    `plan` and `money_target` are notches; a figure above 100 fills the bar and keeps its text.
    """
    lines = (
        (_("งาน"), "work", _("ความก้าวหน้าทางกายภาพ"), work, plan, _("แผน")),
        (_("เงิน"), "money", _("เบิกจ่าย"), money, money_target, _("เป้าหมาย")),
        (_("เวลา"), "time", _("เวลาผ่านไป"), time, None, ""),
    )
    drawn = []
    for key, role, name, value, notch, notch_name in lines:
        text = format_number(value, 2)
        said = f"{name} {_('ร้อยละ')} {text}" if text else f"{name} {_('ยังไม่มีค่า')}"
        if notch is not None:
            said += f" {notch_name} {format_number(notch, 2)}"
        drawn.append(
            ThreeBar(
                key,
                role,
                said,
                "" if value is None else percent(share(value, ZERO, HUNDRED)),
                "" if notch is None else percent(share(notch, ZERO, HUNDRED)),
                text,
            )
        )
    return tuple(drawn)
