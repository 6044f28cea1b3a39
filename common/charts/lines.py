"""Lines over periods, with bands, today's mark and gaps; sparklines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts.frame import (
    CROWDED,
    HUNDRED,
    LEFT,
    RIGHT,
    WIDE,
    ZERO,
    Chart,
    Figures,
    known,
    percent,
    place_text,
    share,
    tick_text,
    ticks,
)
from common.thainumbers import format_number

# Flags of events: nearer than so many percent they would cover each other on a phone.
NEAR = Decimal(7)
HIGH_FLAG, LOW_FLAG = "10", "34"


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


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at a period: a numbered line on the chart, its words below and in the table."""

    number: int
    at: str
    y: str
    period: str
    texts: tuple[str, ...]


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
    events: tuple[Event, ...] = ()
    events_name: str = ""

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
    label_every: int = 1,
    events: Sequence[tuple[int, str]] = (),
    events_name: str = "",
) -> LineChart:
    """Lay out lines over periods, with a hatched band and today's mark where given.

    `band` is a lower and an upper figure for each period. `now` is a place among the periods
    counted from 0 (1.5 lies between the second and the third). `low` and `high` fix the scale;
    without `low` it starts at zero when zero is near, otherwise the chart says that it does not.
    `label_every` names every nth period below the chart, the last one always; the table has all.
    `events` are a period's index with what happened then; those of one period share a number.
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
        return f"{place_text(x_of(index) * WIDE / HUNDRED, 1)},{place_text(y_of(value), 1)}"

    lines = []
    for each in series:
        placed = list(enumerate(each.values[: len(periods)]))
        pieces = [" ".join(point(i, v) for i, v in run) for run in _runs(placed)]
        dots = tuple(
            Dot(
                percent(x_of(index)),
                place_text(y_of(value), 1),
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
    told: dict[int, list[str]] = {}
    for index, text in sorted(events, key=lambda each: each[0]):
        told.setdefault(index, []).append(text)
    if told:
        heads.append(events_name)
        rows = tuple((*row, ", ".join(told.get(index, ()))) for index, row in enumerate(rows))
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
        y_marks=tuple(Mark(place_text(y_of(value), 1), tick_text(value)) for value in marks),
        x_marks=tuple(
            Mark(percent(x_of(index)), periods[index], minor=crowded and place % 3 != 0)
            for place, index in enumerate(
                range((len(periods) - 1) % label_every if periods else 0, len(periods), label_every)
            )
        ),
        now="" if now is None else percent(x_of(now)),
        now_text=now_text or _("วันนี้"),
        starts_at_zero=bottom == 0,
        unit=unit,
        periods=tuple(periods),
        events=_flags(told, periods, x_of),
        events_name=events_name,
    )


def _flags(
    told: Mapping[int, list[str]], periods: Sequence[str], x_of: Callable[[int], Decimal]
) -> tuple[Event, ...]:
    """Number what happened; a flag too near the one before stands a row lower, so both are read."""
    flags: list[Event] = []
    before, was_low = Decimal(-HUNDRED), True
    for number, (index, texts) in enumerate(told.items(), start=1):
        place = x_of(index)
        was_low = place - before < NEAR and not was_low
        y = LOW_FLAG if was_low else HIGH_FLAG
        flags.append(Event(number, percent(place), y, periods[index], tuple(texts)))
        before = place
    return tuple(flags)


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
        " ".join(f"{place_text(x_of(i), 1)},{place_text(y_of(v), 1)}" for i, v in run)
        for run in runs
        if len(run) > 1
    )
    last = runs[-1][-1] if runs else None
    dot = (
        Dot(
            place_text(x_of(last[0]), 1),
            place_text(y_of(last[1]), 1),
            format_number(last[1], decimals),
        )
        if last
        else None
    )
    words = ", ".join(format_number(value, decimals) or _("ไม่มีค่า") for value in values)
    return Spark(
        f"{label}: {words}", pieces, "" if plan is None else place_text(y_of(plan), 1), dot
    )
