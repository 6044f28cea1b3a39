"""The portal's components as tags; its dates, numbers and money as filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import charts, fiscal, thaidates, thainumbers
from common.bilingual import page_language
from common.downloads import FORMATS
from common.scriptwords import WORDS
from common.states import CellState

register = template.Library()

Number = Decimal | int | None


# ---------------------------------------------------------------- filters


@register.filter
def thai_date(day: date | None, style: str = "short") -> str:
    """Show a date: of the Buddhist Era, on English pages of the Common Era.

    `style` is short, long, numeric, or brief (short with a year of two digits).
    """
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = fiscal.local_date(day)
    return thaidates.format_date(day, _style(style), page_language(), two_digit=style == "brief")


@register.filter
def thai_datetime(moment: datetime | None, style: str = "short") -> str:
    """Show a moment as it was in Bangkok, to the minute; styles as for dates."""
    return thaidates.format_datetime(
        moment, _style(style), page_language(), two_digit=style == "brief"
    )


@register.filter
def thai_time(moment: datetime | None) -> str:
    """Show the time of day in Bangkok."""
    return thaidates.format_time(moment, page_language()) if moment else ""


def _style(style: str) -> thaidates.Style:
    return "long" if style == "long" else "numeric" if style == "numeric" else "short"


@register.simple_tag
def quarter_name(year: int, quarter: int, style: str = "short") -> str:
    """Show a quarter of a fiscal year: ไตรมาส 1/2570."""
    return thaidates.format_quarter(
        year, quarter, "long" if style == "long" else "short", page_language()
    )


@register.simple_tag
def month_name(year: int, month: int, style: str = "short") -> str:
    """Show a fiscal month (1 is October): ต.ค. 2569."""
    return thaidates.format_month(
        year, month, "long" if style == "long" else "short", page_language()
    )


@register.filter
def fiscal_year(year: int | None, style: str = "short") -> str:
    """Show a fiscal year of the Buddhist Era in the page's language."""
    if year is None:
        return ""
    return thaidates.format_fiscal_year(
        year, "long" if style == "long" else "short", page_language()
    )


@register.filter
def as_day(day: date | str | None) -> date | None:
    """Return a date from a date or an ISO text."""
    return date.fromisoformat(day) if day and isinstance(day, str) else day or None


@register.filter
def be_year(day: date | int | None) -> str:
    """Show a year: of the Buddhist Era in Thai, of the Common Era in English.

    An integer is taken as a year of the Buddhist Era already.
    """
    if day is None:
        return ""
    year = day if isinstance(day, int) else fiscal.to_buddhist_year(day.year)
    return str(year if page_language() == "th" else fiscal.to_common_year(year))


@register.filter
def number(value: Number | Literal[""], decimals: int = 2) -> str:
    """Show a figure with so many decimals; nothing for None, nor for what is not there ("" to Django)."""
    if value == "":
        return ""
    return thainumbers.format_number(value, int(decimals), lang=page_language())


@register.filter
def signed(value: Number, decimals: int = 2) -> str:
    """Show a difference with its sign."""
    text = thainumbers.format_number(value, int(decimals), lang=page_language())
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def baht(value: Number) -> str:
    """Show an amount with two decimals and its unit."""
    return thainumbers.format_baht(value, lang=page_language())


@register.filter
def million_baht(value: Number, decimals: int = 2) -> str:
    """Show an amount of baht in millions, without the unit (the table's head carries it)."""
    return thainumbers.format_million_baht(value, int(decimals), lang=page_language(), unit=False)


@register.filter
def percent(value: Number, decimals: int = 2) -> str:
    """Show a percentage (46 means 46 %) with its sign."""
    return thainumbers.format_percent(value, int(decimals), lang=page_language())


@register.filter
def as_percent(ratio: Decimal | None, decimals: int = 2) -> str:
    """Show a ratio (0.46 means 46 %) as a figure in percent, without the sign."""
    return thainumbers.format_number(None if ratio is None else ratio * 100, int(decimals))


@register.filter
def d(decimals: int | None) -> str:
    """Return the class that puts a cell on its column's decimal point: d0, d1, d2 …"""
    return f"d{decimals or 0}"


@register.filter
def undo_url(extra_tags: str) -> str:
    """Return the address on this site in a message's extra_tags `undo=/…`, or nothing."""
    address = extra_tags.removeprefix("undo=")
    ours = extra_tags.startswith("undo=/") and address[1:2] not in ("/", "\\")
    return address if ours else ""


# ---------------------------------------------------------------- marks


@register.simple_tag
def icon(name: str) -> SafeString:
    """Show an icon of the sprite; a word stands beside it."""
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def cell_state(
    state: str | CellState,
    value: Number = None,
    decimals: int = 2,
    *,
    days: int | None = None,
    bare: bool = False,
) -> str:
    """Show one of the five states of a cell; `value` where it has one, `days` where it is late.

    `bare` keeps the mark and hides the word, for narrow cells.
    """
    kind = CellState(state)
    if kind is CellState.VALUE:
        return number(value, decimals)
    if kind is CellState.NOT_DUE:
        return format_html(
            '<span class="st st--notdue"><span aria-hidden="true">–</span>'
            '<span class="vh">{}</span></span>',
            _("ยังไม่ถึงกำหนด"),
        )
    if kind is CellState.NOT_APPLICABLE:
        return format_html('<span class="st st--na">{}</span>', _("ไม่เกี่ยวข้อง"))
    if kind is CellState.NOT_REPORTED:
        return _marked("st st--missing", "ring", _("ยังไม่รายงาน"), bare=bare)
    late = _("เกินกำหนด")
    if days:
        late = ngettext("เกินกำหนด %(days)s วัน", "เกินกำหนด %(days)s วัน", days) % {"days": days}
    return _marked("st st--late", "clock", late, bare=bare)


def _marked(css: str, mark: str, word: str, *, bare: bool = False) -> SafeString:
    if bare:
        return format_html(
            '<span class="{} st--bare">{}<span class="vh">{}</span></span>', css, icon(mark), word
        )
    return format_html('<span class="{}">{}{}</span>', css, icon(mark), word)


@register.simple_tag
def workflow_badge(status: str, extra: str = "") -> SafeString:
    """Show where an entry stands (draft, submitted, approved, accepted, returned), then `extra`."""
    looks = {
        "": ("wf wf--todo", "ring", _("ยังไม่กรอก")),
        "draft": ("wf wf--draft", "pencil", _("ร่าง")),
        "submitted": ("wf wf--sent", "sent", _("ส่งแล้ว")),
        "approved": ("wf wf--signed", "sign", _("ลงนามแล้ว")),
        "accepted": ("wf wf--accepted", "good", _("รับรองแล้ว")),
        "returned": ("wf wf--returned", "return", _("ส่งกลับแก้ไข")),
    }
    css, mark, word = looks[str(status)]
    return format_html(
        '<span class="{}">{}{}{}</span>', css, icon(mark), word, f" {extra}" if extra else ""
    )


@register.simple_tag
def performance_badge(level: str | None, text: str = "", *, fill: bool = False) -> SafeString:
    """Show a level (good, watch, bad, or none) with its mark and its word or the text given."""
    words = {"good": _("ถึงเป้า"), "watch": _("ใกล้เป้า"), "bad": _("ต่ำกว่าเป้า")}
    if not level or level not in words:
        return format_html('<span class="b b--none">{}</span>', text or "–")
    word = (
        format_html('<span class="vh">{} </span>{}', words[level], text)
        if text
        else format_html("{}", words[level])
    )
    return format_html(
        '<span class="b b--{}{}">{}{}</span>', level, " b--fill" if fill else "", icon(level), word
    )


@register.simple_tag
def coverage(covered: int, due: int, noun: str = "") -> SafeString:
    """Show how many of those due are in a figure: dashed while partial, plain when full."""
    said = _("ครอบคลุม %(covered)s จาก %(due)s %(noun)s") % {
        "covered": covered,
        "due": due,
        "noun": noun,
    }
    return format_html(
        '<span class="cov{}"><span class="vh">{}</span>'
        '<span aria-hidden="true">{}/{}</span></span>',
        "" if covered < due else " cov--full",
        said.strip(),
        covered,
        due,
    )


@register.simple_tag
def sample_mark() -> SafeString:
    """Show that what follows is sample data."""
    return format_html('<span class="sample">{}</span>', _("ข้อมูลตัวอย่าง"))


@register.simple_tag
def unconfirmed_mark(text: str = "") -> SafeString:
    """Show that a visit did not confirm the figure beside it, by its usual words or the text given."""
    return format_html(
        '<span class="b b--watch">{}{}</span>', icon("unsure"), text or _("ผลตรวจไม่ยืนยัน")
    )


@register.inclusion_tag("_components/three_bars.html")
def three_bars(
    work: Decimal | None,
    money: Decimal | None,
    time: Decimal | None,
    *,
    plan: Decimal | None = None,
    money_target: Decimal | None = None,
    bare: bool = False,
    work_path: str = "",
    money_path: str = "",
) -> dict[str, object]:
    """Show work, money and time as percentages with the notches of plan and target.

    The paths, without a language, lead to where work and money are explained.
    """
    bars = charts.three_bars(work, money, time, plan=plan, money_target=money_target)
    paths = [site_path(path) if path else "" for path in (work_path, money_path, "")]
    return {"bars": list(zip(bars, paths, strict=True)), "bare": bare}


@register.simple_tag
def chart(shape: charts.Chart, *, bare: bool = False) -> SafeString:
    """Draw a chart of common.charts; `bare` leaves out its caption (the pan has the title)."""
    return render_to_string(shape.template, {"c": shape, "bare": bare})


@register.inclusion_tag("_components/charts/spark.html")
def sparkline(shape: charts.Spark) -> dict[str, object]:
    """Draw a sparkline beside its figure."""
    return {"c": shape}


@register.simple_tag
def spark(values: Sequence[Decimal | None], label: str, plan: Decimal | None = None) -> SafeString:
    """Draw a sparkline straight from figures."""
    return render_to_string(
        "_components/charts/spark.html", {"c": charts.spark(values, label=label, plan=plan)}
    )


# ---------------------------------------------------------------- fields


@register.inclusion_tag("_components/field.html")
def field(
    bound: BoundField,
    hint: str | None = None,
    *,
    label: str = "",
    understood: str = "",
    affix: str = "",
    kind: str = "",
) -> dict[str, object]:
    """Show a form's field with label, hint, error and what was understood; typed text is kept.

    `affix` is a unit behind the input, `kind` is "num" for right-aligned figures or "date" for the
    calendar. An empty `hint` hides the form's own help text.
    """
    widget = bound.field.widget
    name = type(widget).__name__
    is_check = getattr(widget, "input_type", "") == "checkbox" and "Select" not in name
    is_choices = name in {"RadioSelect", "CheckboxSelectMultiple"}
    id_ = bound.id_for_label or bound.auto_id
    hint = str(bound.help_text) if hint is None else hint
    describedby = [f"{id_}-hint"] if hint else []
    if bound.errors:
        describedby.append(f"{id_}-error")
    attrs: dict[str, Any] = {"class": "check" if is_check else _field_class(name)}
    if "placeholder" in widget.attrs:
        attrs["placeholder"] = False
    if kind == "num":
        attrs |= {"class": "input input--num", "inputmode": "decimal", "autocomplete": "off"}
    if kind == "date":
        attrs |= {"data-date": True, "autocomplete": "off"}
    if describedby:
        attrs["aria-describedby"] = " ".join(describedby)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "label": label or bound.label,
        "id": id_,
        "hint": hint,
        "understood": understood,
        "affix": affix,
        "is_check": is_check,
        "is_choices": is_choices,
        "input": "" if is_choices else bound.as_widget(attrs=attrs),
        "describedby": " ".join(describedby),
    }


def _field_class(widget: str) -> str:
    if "Select" in widget:
        return "select"
    return "area" if widget == "Textarea" else "input"


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of an error summary."""

    target: str
    label: str
    sentence: str


@register.inclusion_tag("_components/error_summary.html")
def error_summary(*forms: object, title: str = "") -> dict[str, object]:
    """List every error of the forms, each linked to its field; nothing where there is none.

    A list of forms may stand for one.
    """
    faults = []
    each = [one for form in forms for one in (form if isinstance(form, list) else [form])]
    for form in each:
        if not isinstance(form, BaseForm) or not form.is_bound:
            continue
        for name, errors in form.errors.items():
            bound = form[name] if name in form.fields else None
            for sentence in errors:
                target = (bound.id_for_label or bound.auto_id) if bound else ""
                faults.append(Fault(target, str(bound.label) if bound else "", str(sentence)))
    return {"faults": faults, "title": title}


# ---------------------------------------------------------------- lists


def _address(request: HttpRequest, changes: Mapping[str, object]) -> str:
    """Return this page's query with some parameters changed; None and "" remove one."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """Return this page's address with parameters changed, the filters kept."""
    return _address(context["request"], changes)


@register.inclusion_tag("_components/sort.html", takes_context=True)
def sort_heading(context: Context, name: str, label: str, param: str = "sort") -> dict[str, object]:
    """Show a heading that sorts by a column: first rising, then falling; filters stay, page 1."""
    request = context["request"]
    now = request.GET.get(param, "")
    rising, falling = now == name, now == f"-{name}"
    target = f"-{name}" if rising else name
    return {
        "label": label,
        "href": _address(request, {param: target, "page": None}),
        "mark": "↑" if rising else "↓" if falling else "",
        "said": _("เรียงจากน้อยไปมาก") if rising else _("เรียงจากมากไปน้อย") if falling else "",
    }


@register.simple_tag(takes_context=True)
def aria_sort(context: Context, name: str, param: str = "sort") -> SafeString:
    """Return the aria-sort attribute of a heading's `<th>`."""
    now = context["request"].GET.get(param, "")
    if now == name:
        return SafeString('aria-sort="ascending"')
    if now == f"-{name}":
        return SafeString('aria-sort="descending"')
    return SafeString("")


@register.inclusion_tag("_components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], param: str = "page") -> dict[str, object]:
    """Show the way through pages and where one is; filters and order stay in the address."""
    request = context["request"]
    paginator = page.paginator

    def link(number: int) -> str:
        return _address(request, {param: None if number == 1 else number})

    shown = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    steps = [
        (each, link(each) if isinstance(each, int) else "", each == page.number) for each in shown
    ]
    return {
        "page": page,
        "steps": steps,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
        "several": paginator.num_pages > 1,
        "count": thainumbers.format_number(paginator.count, 0),
    }


@register.inclusion_tag("_components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, object]:
    """Show the way to this page: label, address, label, address, …; the last label needs none."""
    steps = [
        (parts[at], parts[at + 1] if at + 1 < len(parts) else "") for at in range(0, len(parts), 2)
    ]
    return {"steps": steps}


@register.inclusion_tag("_components/downloads.html")
def downloads(*parts: str, label: str = "") -> dict[str, object]:
    """Show a menu of files: kind, address, kind, address, …"""
    files = [(parts[at], parts[at + 1]) for at in range(0, len(parts) - 1, 2)]
    return {"files": files, "label": label or _("ดาวน์โหลด")}


@register.inclusion_tag("_components/downloads.html", takes_context=True)
def list_downloads(context: Context, **which: str) -> dict[str, object]:
    """Show the menu of the list's files, with the filters of the address in force.

    `which` tells a second list of a page from its first: `{% list_downloads list="findings" %}`.
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in which.items():
        query[name] = value
    files = []
    for name in FORMATS:
        query["download"] = name
        files.append((name, f"?{query.urlencode()}"))
    return {"files": files, "label": _("ดาวน์โหลด")}


# ---------------------------------------------------------------- the page


@register.simple_tag(takes_context=True)
def in_other_language(context: Context, language: str) -> str:
    """Return this page's address in another language, or "" where it has none of its own."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ""
    here = request.get_full_path()
    there: str = translate_url(here, language)
    return "" if there == here else there


@register.simple_tag
def site_path(path: str) -> str:
    """Return a stable address of the portal in the page's language."""
    return f"/en{path}" if page_language() == "en" else path


@register.simple_tag
def js_words() -> SafeString:
    """Write the scripts' words in the page's language; Thai needs none."""
    if page_language() == "th":
        return SafeString("")
    return json_script({sentence: _(sentence) for sentence in WORDS}, "words")


@register.simple_tag
def tide_marks(tide: object) -> dict[str, str]:
    """Return the places of the fiscal year's strip: what has passed, the quarters, today."""
    day, days = Decimal(_of(tide, "day")), Decimal(_of(tide, "days") or 365)
    year = int(_of(tide, "fiscal_year") or 0)
    passed = charts.share(day, Decimal(0), days)
    places = {
        "past": charts.percent(passed),
        "now": charts.percent(max(Decimal(0), passed - Decimal("0.32"))),
    }
    for quarter in (2, 3, 4):
        start = fiscal.quarter_start(year, quarter) - fiscal.year_start(year)
        places[f"q{quarter}"] = charts.percent(charts.share(Decimal(start.days), Decimal(0), days))
    return places


def _of(thing: object, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


@register.filter
def joined(words: Iterable[object], by: str = " · ") -> str:
    """Join texts with a middle dot."""
    return by.join(str(word) for word in words if word)


@register.filter
def at(things: Sequence[object], place: int) -> object:
    """Return the thing at a place, or nothing."""
    return things[place] if place < len(things) else ""
