"""Bars from zero: one scale, contributors, one figure against its target, three shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts.frame import HUNDRED, ZERO, Cell, Chart, Figures, known, percent, share
from common.thainumbers import format_number


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar to draw: a figure, its notch (plan or target), its role (actual, good, bad …).

    `origin` is where the figure is explained, without a language.
    """

    label: str
    value: Decimal | None
    notch: Decimal | None = None
    role: str = "actual"
    href: str = ""
    note: str = ""
    origin: str = ""


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
