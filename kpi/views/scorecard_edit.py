"""Changing a scorecard's lines: freely while it is a draft, by an amendment once both have signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import Standing
from common import clock
from common.bilingual import page_language
from common.refusal import EntriesRefused, Refused
from common.thainumbers import format_number
from kpi import actions
from kpi.actions.definitions import KPIInput, TargetInput
from kpi.actions.scorecards import TARGETS, input_of
from kpi.forms import LINE_PARTS, NewLineForm, TypedLine, read_line
from kpi.models import KPI, IndicatorVersion, Scorecard, ScoreCurve, Target
from kpi.rules import agreements as rules
from kpi.rules.agreements import Standings
from kpi.scoring.targets import Target as Planned
from kpi.scoring.years import year_of
from kpi.views.scorecards import (
    CardLine,
    act,
    lines_of,
    page_of,
    readable_scorecard,
    signed_in,
)
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of a line: its name, what stands in it, what is wrong with it."""

    name: str
    label: str
    text: str
    error: str = ""


@dataclass(slots=True)
class EditRow:
    """One KPI in the form, with what was typed and what is wrong."""

    line: CardLine
    cells: Mapping[str, Cell]
    curve: str
    evidence: str
    base_unit: str
    base_year: str
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def kpi(self) -> KPI:
        return self.line.kpi

    def _named(self, part: str) -> list[Cell]:
        return [self.cells[f"{part}_{number}"] for number in range(1, 5)]

    @property
    def targets(self) -> list[list[Cell]]:
        """The inputs of each quarter: the target, or a band's two edges."""
        version = self.line.version
        if version is not None and version.direction == "band":
            return [
                list(pair) for pair in zip(self._named("low"), self._named("high"), strict=True)
            ]
        return [[cell] for cell in self._named("value")]

    @property
    def denominators(self) -> list[Cell]:
        version = self.line.version
        return self._named("planned_denominator") if version and version.is_ratio else []

    @property
    def bases(self) -> list[Cell]:
        version = self.line.version
        asks = version and (version.target_meaning == "change" or version.direction == "lower")
        return self._named("base") if asks else []


@require_http_methods(["GET", "HEAD", "POST"])
def scorecard_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Type weights, targets, curves and evidence; on a signed scorecard it proposes an amendment."""
    standing = standing_of(request.user, clock.today())
    card = readable_scorecard(request, pk, standing)
    signed = card.state == Scorecard.State.SIGNED
    refusal = (
        rules.why_not_propose(card, standing, "…", waits=_waits(card))
        if signed
        else rules.why_not_change(card, standing)
    )
    if refusal:
        context = page_of(request, card, standing, refusal)
        return render(request, "kpi/scorecard_detail.html", context, status=409)
    standings = rules.standings_of(card)
    lines = lines_of(card, standings, None)
    curves = list(ScoreCurve.objects.filter(fiscal_year=card.fiscal_year_id).order_by("code"))
    if request.method != "POST":
        rows = [_row(line, standings, None) for line in lines]
        return _page(request, card, standing, rows, curves)
    typed = {line.kpi.pk: read_line(request.POST.dict(), f"-{line.kpi.pk}") for line in lines}
    rows = [_row(line, standings, typed[line.kpi.pk]) for line in lines]
    if any(row.errors for row in rows):
        return _page(request, card, standing, rows, curves, status=422)
    by_code = {curve.code: curve for curve in curves}
    given = [_given(line, standings, typed[line.kpi.pk], by_code) for line in lines]
    version = request.POST.get("version", "")
    try:
        _keep(request, card, lines, given, int(version) if version.isdecimal() else 0)
    except EntriesRefused as refused:
        for place, why in refused.by_entry.items():
            rows[place].refusal = why.sentence
        return _page(request, card, standing, rows, curves, refused.sentence, status=409)
    except Refused as refused:
        return _page(request, card, standing, rows, curves, refused.sentence, status=409)
    messages.success(
        request, _("เสนอแก้ไขข้อตกลงแล้ว รออีกฝ่ายเห็นชอบ") if signed else _("บันทึกใบคะแนนแล้ว")
    )
    return redirect("kpi:scorecard", card.pk)


def _waits(card: Scorecard) -> bool:
    return card.amendments.waiting().exists()


def _keep(
    request: HttpRequest,
    card: Scorecard,
    lines: Sequence[CardLine],
    given: Sequence[KPIInput],
    seen: int,
) -> None:
    by, at = signed_in(request), clock.now()
    if card.state == Scorecard.State.SIGNED:
        actions.propose_amendment(
            scorecard=card,
            lines=[
                actions.LineChange(line.kpi, each) for line, each in zip(lines, given, strict=True)
            ],
            reason=request.POST.get("reason", ""),
            seen=seen,
            by=by,
            at=at,
        )
    else:
        actions.put_kpis(scorecard=card, kpis=given, by=by, at=at, seen=seen)


def _row(line: CardLine, standings: Standings, typed: TypedLine | None) -> EditRow:
    kpi, version = line.kpi, line.version
    stored = standings.targets.get(kpi.pk, {})
    figures: dict[str, Decimal | None] = {"weight": kpi.weight, "base_value": kpi.base_value}
    for number in range(1, 5):
        for part in LINE_PARTS:
            figures[f"{part}_{number}"] = getattr(stored.get(number), part, None)
    decimals = line.decimals
    written = typed.written if typed else {}
    errors = typed.errors if typed else {}
    cells = {
        name: Cell(
            name=f"{name}-{kpi.pk}",
            label=f"{kpi.code} {_label(name)}",
            text=written.get(name, _shown(value, 2 if name == "weight" else decimals)),
            error=errors.get(name, ""),
        )
        for name, value in figures.items()
    }
    return (
        EditRow(
            line=line,
            cells=cells,
            curve=written.get("curve", kpi.curve.code),
            evidence=written.get("expected_evidence_th", kpi.expected_evidence_th),
            base_unit=written.get("base_unit_th", kpi.base_unit_th),
            base_year=written.get("base_year", str(kpi.base_year or "")),
            errors=errors,
        )
        if version
        else EditRow(line, cells, kpi.curve.code, kpi.expected_evidence_th, "", "")
    )


def _label(name: str) -> str:
    words = {
        "weight": _("น้ำหนัก"),
        "base_value": _("ค่าฐาน"),
        "value": _("เป้าหมาย"),
        "low": _("ขอบล่าง"),
        "high": _("ขอบบน"),
        "planned_denominator": _("ตัวหารตามแผน"),
        "base": _("ค่าฐานช่วงเดียวกัน"),
    }
    part, _under, number = name.rpartition("_")
    if number.isdecimal():
        return _("%(what)s ไตรมาส %(number)s") % {"what": words[part], "number": number}
    return words[name]


def _shown(value: Decimal | None, decimals: int) -> str:
    """A figure as it is typed; more places than usual only where it has them."""
    if value is None:
        return ""
    places = max(decimals, -int(value.normalize().as_tuple().exponent))
    return format_number(value, min(places, 4), lang=page_language())


def _given(
    line: CardLine, standings: Standings, typed: TypedLine, curves: Mapping[str, ScoreCurve]
) -> KPIInput:
    """The line as it would be with what was typed; the year's target follows from the quarters."""
    kpi = line.kpi
    stored: Mapping[int, Target] = standings.targets.get(kpi.pk, {})
    given = input_of(kpi, list(stored.values()))
    targets = {}
    for number in range(1, 5):
        before = given.targets.get(number, TargetInput())
        changed = {
            name: typed.figures[f"{name}_{number}"]
            for name in TARGETS
            if f"{name}_{number}" in typed.figures
        }
        target = replace(before, **changed)
        if number in stored or target != TargetInput():
            targets[number] = target
    plain: dict[str, Any] = {
        name: typed.words[name]
        for name in ("expected_evidence_th", "base_unit_th")
        if name in typed.words
    }
    if "base_year" in typed.words:
        plain["base_year"] = int(typed.words["base_year"]) if typed.words["base_year"] else None
    for name in ("weight", "base_value"):
        if name in typed.figures:
            plain[name] = typed.figures[name]
    if typed.words.get("curve") in curves:
        plain["curve"] = curves[typed.words["curve"]]
    if line.version is not None and targets != given.targets:
        plain |= _year(line.version, targets)
    return replace(given, targets=targets, **plain)


def _year(version: IndicatorVersion, targets: Mapping[int, TargetInput]) -> dict[str, Any]:
    quarters = [
        Planned(each.value, each.low, each.high)
        for number in range(1, 5)
        for each in (targets.get(number, TargetInput()),)
    ]
    year = year_of(version.rules, quarters)
    return {"year_target": year.value, "year_low": year.low, "year_high": year.high}


def _page(
    request: HttpRequest,
    card: Scorecard,
    standing: Standing,
    rows: Sequence[EditRow],
    curves: Sequence[ScoreCurve],
    refusal: str = "",
    *,
    status: int = 200,
    new: NewLineForm | None = None,
) -> HttpResponse:
    return render(
        request,
        "kpi/scorecard_edit.html",
        {
            "card": card,
            "rows": rows,
            "curves": curves,
            "refusal": refusal,
            "is_amendment": card.state == Scorecard.State.SIGNED,
            "reason": request.POST.get("reason", ""),
            "new": new or NewLineForm(year=card.fiscal_year_id, initial=_suggested(card, rows)),
            "fault_count": sum(len(row.errors) for row in rows),
        },
        status=status,
    )


def _suggested(card: Scorecard, rows: Sequence[EditRow]) -> dict[str, str]:
    """A code that is likely free: the post's or agency's, and the next number."""
    stem = card.post.code if card.post else card.agency.code
    return {"code": f"{stem}-{len(rows) + 1}"}


@require_POST
def line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one more indicator on a scorecard that nobody has signed."""
    standing = standing_of(request.user, clock.today())
    card = readable_scorecard(request, pk, standing)
    form = NewLineForm(request.POST, year=card.fiscal_year_id)
    if KPI.objects.for_year(card.fiscal_year_id).filter(code=request.POST.get("code", "")).exists():
        form.add_error("code", _("รหัสนี้มีในปีนี้แล้ว ใช้รหัสอื่น"))
    if (
        form.is_valid()
        and KPI.objects.filter(scorecard=card, indicator=form.cleaned_data["indicator"]).exists()
    ):
        form.add_error("indicator", _("ตัวชี้วัดนี้อยู่ในใบคะแนนนี้แล้ว"))
    if not form.is_valid():
        standings = rules.standings_of(card)
        rows = [_row(line, standings, None) for line in lines_of(card, standings, None)]
        curves = list(ScoreCurve.objects.filter(fiscal_year=card.fiscal_year_id).order_by("code"))
        return _page(request, card, standing, rows, curves, status=422, new=form)
    typed = form.cleaned_data
    version = request.POST.get("version", "")
    return act(
        request,
        pk,
        lambda scorecard, by: actions.put_kpis(
            scorecard=scorecard,
            kpis=[
                KPIInput(
                    typed["code"],
                    typed["indicator"],
                    typed["curve"],
                    typed["weight"],
                    issue=typed["issue"],
                )
            ],
            by=by,
            at=clock.now(),
            seen=int(version) if version.isdecimal() else 0,
        ),
        _("เพิ่มตัวชี้วัดแล้ว ใส่เป้าหมายและหลักฐานต่อได้"),
    )
