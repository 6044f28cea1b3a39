"""What if: weights, targets and results supposed on one scorecard; the address holds all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules import Standing
from common import clock
from common.readings import Kind, Reading
from common.thainumbers import read_number
from kpi.forms import say
from kpi.models import KPI, Figure, Link, Scorecard
from kpi.rollups.supposing import Moved, Supposed, Supposition, Totalled, suppose
from kpi.rules.disclosure import Disclosure, disclosure_of
from kpi.views.personal import readable_card
from kpi.views.scoring_rules import staff_here
from strategy.models import Issue
from submissions.models import PeriodState, Quarter

FIELDS = {"w": "weight", "t": "target", "r": "result"}
# The largest figure whose ten-thousandths fit into a column, with room for sums.
LARGEST = Decimal("90000000000000")


@dataclass(frozen=True, slots=True)
class Field:
    """One supposed figure as it was typed."""

    name: str
    label: str
    text: str
    error: str
    now: Decimal | None
    decimals: int


@dataclass(frozen=True, slots=True)
class Row:
    """One KPI of the scorecard: today beside what is supposed."""

    kpi: KPI
    figure: Figure | None
    fields: list[Field]
    moved: Moved | None
    decimals: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A total today and as supposed."""

    label: str
    now: Totalled
    then: Totalled

    @property
    def change(self) -> Decimal | None:
        if self.now.percent is None or self.then.percent is None:
            return None
        return self.then.percent - self.now.percent


def _cards(standing: Standing, year: int) -> list[Scorecard]:
    return list(
        Scorecard.objects.visible_to(standing)
        .for_year(year)
        .select_related("agency", "post")
        .order_by("-level", "agency__code", "pk")
    )


def _quarter(request: HttpRequest) -> tuple[Quarter | None, list[Quarter]]:
    quarters = list(Quarter.objects.select_related("fiscal_year").in_time_order())[::-1]
    named = request.GET.get("quarter", "")
    for quarter in quarters:
        if f"{quarter.fiscal_year_id}-{quarter.number}" == named:
            return quarter, quarters
    if named:
        raise Http404
    running = [each for each in quarters if each.state != PeriodState.PLANNED]
    return (running[0] if running else None), quarters


@require_safe
def what_if(request: HttpRequest) -> HttpResponseBase:
    """Suppose, and read the scores above side by side with today's; nothing is saved."""
    standing = staff_here(request)
    filled = [(name, value) for name, value in request.GET.items() if str(value).strip()]
    if len(filled) < len(request.GET):
        # Empty fields say nothing: the address that is shared holds what is supposed.
        return redirect(f"{reverse('kpi:what-if')}?{urlencode(filled)}")
    quarter, quarters = _quarter(request)
    if quarter is None:
        return render(request, "kpi/what_if.html", {"quarter": None, "cards": []})
    told = disclosure_of(quarter, standing)
    # The province's own scorecard is for those who read all of it.
    cards = [
        each
        for each in _cards(standing, quarter.fiscal_year_id)
        if each.level != Scorecard.Level.PROVINCE or not told.withheld
    ]
    named = request.GET.get("card", "")
    card = cards[0] if cards else None
    if named:
        card = readable_card(request, standing, named, quarter.fiscal_year_id)
        if card.level == Scorecard.Level.PROVINCE and told.withheld:
            raise Http404
    context: dict[str, Any] = {
        "quarter": quarter,
        "quarters": quarters,
        "cards": cards,
        "card": card,
    }
    status = 200
    if card is not None:
        shown = _shown(request, standing, card, quarter, told)
        status = 422 if shown["has_errors"] else 200
        context |= shown
    return render(request, "kpi/what_if.html", context, status=status)


def _shown(
    request: HttpRequest,
    standing: Standing,
    card: Scorecard,
    quarter: Quarter,
    told: Disclosure,
) -> dict[str, Any]:
    kpis = list(KPI.objects.filter(scorecard=card).with_rules().in_code_order())
    figures = {
        figure.kpi_id: figure
        for figure in Figure.objects.for_quarter(quarter)
        .filter(kpi__in=kpis)
        .select_related("version")
    }
    taken = set(
        Link.objects.filter(child__in=kpis, kind=Link.Kind.SAME).values_list("child_id", flat=True)
    )
    rows: list[tuple[KPI, list[Field]]] = []
    changes: dict[int, Supposed] = {}
    for kpi in kpis:
        fields, supposed = _typed(request, kpi, figures.get(kpi.pk), is_taken=kpi.pk in taken)
        rows.append((kpi, fields))
        if supposed != Supposed():
            changes[kpi.pk] = supposed
    has_errors = any(field.error for _kpi, fields in rows for field in fields)
    found = Supposition()
    if changes and not has_errors:
        found = suppose(quarter, changes, at=clock.now())
    weights = [changes.get(kpi.pk, Supposed()).weight or kpi.weight for kpi in kpis]
    return {
        "rows": [
            Row(
                kpi,
                figure := figures.get(kpi.pk),
                fields,
                found.kpis.get(kpi.pk),
                figure.version.decimals if figure and figure.version else 2,
            )
            for kpi, fields in rows
        ],
        "has_errors": has_errors,
        "is_supposed": bool(changes) and not has_errors,
        "weight_sum": sum(weights, Decimal(0)),
        "pairs": _pairs(found, card, standing, told),
        "above": _above(found, kpis, standing, told),
        "withheld": _withheld(found, told),
        "shared": request.get_full_path(),
    }


def _typed(
    request: HttpRequest, kpi: KPI, figure: Figure | None, *, is_taken: bool
) -> tuple[list[Field], Supposed]:
    """Return the fields of a KPI as they were typed, and what was understood."""
    now: Mapping[str, Decimal | None] = {
        "w": kpi.weight,
        "t": figure.target_ytd if figure else None,
        "r": figure.ytd_value if figure else None,
    }
    labels = {"w": _("น้ำหนัก"), "t": _("เป้าสะสม"), "r": _("ผลสะสมที่คาด")}
    decimals = figure.version.decimals if figure and figure.version else 2
    has_band = figure is not None and figure.target_low is not None
    fields, understood = [], {}
    for mark, name in FIELDS.items():
        if (is_taken and mark != "w") or (has_band and mark == "t"):
            continue
        text = request.GET.get(f"{mark}{kpi.pk}", "").strip()
        value, error = _read(text, mark)
        if value is not None:
            understood[name] = value
        places = 2 if mark == "w" else decimals
        fields.append(Field(f"{mark}{kpi.pk}", labels[mark], text, error, now[mark], places))
    return fields, Supposed(**understood)


def _read(text: str, mark: str) -> tuple[Decimal | None, str]:
    if not text:
        return None, ""
    reading: Reading[Decimal] = read_number(text)
    if reading.error:
        return None, say(reading.error)
    if reading.kind is not Kind.VALUE or reading.value is None:
        return None, _("ใส่เป็นตัวเลข")
    if mark == "w" and not 0 < reading.value <= 100:
        return None, _("น้ำหนักต้องมากกว่า 0 และไม่เกิน 100")
    if abs(reading.value) > LARGEST:
        return None, _("ตัวเลขใหญ่เกินกว่าที่ระบบเก็บได้")
    return reading.value, ""


def _withheld(found: Supposition, told: Disclosure) -> list[KPI]:
    """Return the KPIs above that move, of which the person does not read how far."""
    ids = [key for key in told.withheld if key in found.kpis and found.kpis[key].has_moved]
    return list(KPI.objects.filter(pk__in=ids).with_rules().in_code_order()) if ids else []


def _pairs(found: Supposition, card: Scorecard, standing: Standing, told: Disclosure) -> list[Pair]:
    """Return the totals that move, of scorecards that the person reads: the own one first."""
    readable = {
        each.pk: each
        for each in Scorecard.objects.visible_to(standing)
        .filter(pk__in=found.scorecards)
        .exclude(level=Scorecard.Level.POST)
        .select_related("agency")
    }
    if card.pk in found.scorecards:
        readable[card.pk] = card
    if told.withheld:
        readable = {
            key: each for key, each in readable.items() if each.level != Scorecard.Level.PROVINCE
        }
    order = sorted(readable.values(), key=lambda each: (each.pk != card.pk, each.level, each.pk))
    pairs = [Pair(_card_name(each), *found.scorecards[each.pk]) for each in order]
    moved = {key: both for key, both in found.issues.items() if both[0].percent != both[1].percent}
    moved = {key: both for key, both in moved.items() if key not in told.issues_withheld}
    issues = Issue.objects.filter(pk__in=moved).order_by("order")
    pairs += [Pair(f"{issue.code}. {issue.name}", *moved[issue.pk]) for issue in issues]
    return pairs


def _card_name(card: Scorecard) -> str:
    if card.level == Scorecard.Level.PROVINCE:
        return _("จังหวัด")
    if card.post is not None:
        return card.post.title
    return card.agency.name


def _above(
    found: Supposition, kpis: list[KPI], standing: Standing, told: Disclosure
) -> list[tuple[KPI, Moved]]:
    """Return the readable KPIs above that move, with their figures."""
    own = {kpi.pk for kpi in kpis}
    ids = [key for key, moved in found.kpis.items() if key not in own and moved.has_moved]
    above = (
        KPI.objects.visible_to(standing)
        .filter(pk__in=ids)
        .exclude(scorecard__level=Scorecard.Level.POST)
        .with_rules()
        .in_code_order()
    )
    return [(kpi, found.kpis[kpi.pk]) for kpi in above if told.reads(kpi)]
