"""A scorecard as the sheet of a round: every line with target, result and score, and their total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.bilingual import in_language
from common.states import CellState
from kpi.models import KPI, Figure, Link, Result, Scorecard, ScoreCurve, Target
from kpi.scoring import curves, targets
from kpi.scoring.curves import Scale, YearShare
from kpi.scoring.figures import Entry
from kpi.scoring.scorecards import Line, LineScore, Total, line_score, scorecard_total
from kpi.scoring.targets import NO_TARGET, Assessment, Base, assess_entries, target_to_date
from kpi.scoring.words import IndicatorRules, Reason
from submissions.models import PeriodState, Quarter
from submissions.workflow import COUNTED

HUNDRED = Decimal(100)
_FIGURES = ("weight", "target", "low", "high", "actual", "achievement", "score")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One KPI of the sheet. `levels` are the curve's (score, place on the axis), worst first."""

    kpi_id: int
    code: str
    name_th: str
    name_en: str
    unit_th: str
    unit_en: str
    decimals: int
    weight: Decimal
    levels: tuple[tuple[Decimal, Decimal], ...]
    axis: str
    state: str
    reason: str = ""
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    actual: Decimal | None = None
    achievement: Decimal | None = None
    score: Decimal | None = None
    is_floor: bool = False
    note: str = ""
    # Evidence: its number and its name.
    evidence: tuple[tuple[int, str], ...] = ()

    @property
    def name(self) -> str:
        return in_language(self.name_th, self.name_en)

    @property
    def unit(self) -> str:
        return in_language(self.unit_th, self.unit_en)

    @property
    def weighted(self) -> Decimal | None:
        """Weight × score, as the form's last column has it."""
        return None if self.score is None else self.weight * self.score / HUNDRED


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The lines as they stand at a quarter's end, on one scale."""

    quarter: int
    scale: str
    top: Decimal | None
    lines: tuple[SheetLine, ...]

    @property
    def total(self) -> Total:
        lines = [
            Line(
                line.kpi_id,
                line.weight,
                LineScore(CellState(line.state), line.score, is_floor=line.is_floor),
            )
            for line in self.lines
        ]
        return scorecard_total(lines, Scale(self.scale), self.top)

    @property
    def weight(self) -> Decimal:
        return sum((line.weight for line in self.lines), Decimal(0))

    @property
    def points(self) -> Decimal | None:
        """Σ(weight × score) / 100 over the lines that count; None where none does."""
        counted = [line.weighted for line in self.lines if line.weighted is not None]
        return sum(counted, Decimal(0)) if counted else None

    def frozen(self) -> dict[str, Any]:
        """Return the sheet as JSON keeps it; `thawed` gives it back."""
        return {
            "quarter": self.quarter,
            "scale": self.scale,
            "top": _text(self.top),
            "lines": [
                {
                    **{name: getattr(line, name) for name in SheetLine.__slots__},
                    **{name: _text(getattr(line, name)) for name in _FIGURES},
                    "levels": [[_text(score), _text(x)] for score, x in line.levels],
                    "evidence": [list(each) for each in line.evidence],
                }
                for line in self.lines
            ],
        }


def thawed(kept: Mapping[str, Any]) -> ScoreSheet:
    """Return a sheet as it was frozen."""
    return ScoreSheet(
        kept["quarter"],
        kept["scale"],
        _figure(kept["top"]),
        tuple(
            SheetLine(
                **{
                    **line,
                    **{name: _figure(line[name]) for name in _FIGURES},
                    "levels": tuple((Decimal(score), Decimal(x)) for score, x in line["levels"]),
                    "evidence": tuple((pk, name) for pk, name in line["evidence"]),
                }
            )
            for line in kept["lines"]
        ),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def sheet_of(
    scorecard: Scorecard, *, first: int, last: int, common: ScoreCurve | None = None
) -> ScoreSheet:
    """Return a scorecard's sheet of the quarters `first` to `last`, as far as they have begun.

    A flow's round has its own quarters on both sides; anything else is the value at its end. With
    `common`, a curve of three levels, every line is scored on three levels: by its own curve where
    it has one of three levels, by the common one otherwise. Source: measures.md §§2, 5.
    """
    year = scorecard.fiscal_year_id
    periods = {each.number: each for each in Quarter.objects.filter(fiscal_year=year)}
    begun = [
        number
        for number, each in periods.items()
        if first <= number <= last and each.state != PeriodState.PLANNED
    ]
    end = max(begun, default=first)
    kpis = list(KPI.objects.filter(scorecard=scorecard).with_rules().in_code_order())
    sources = _sources(kpis)
    figures: dict[int, dict[int, Figure]] = {}
    for figure in Figure.objects.filter(
        kpi__in=kpis, quarter__fiscal_year=year, quarter__number__lte=end
    ).select_related("version", "quarter"):
        figures.setdefault(figure.kpi_id, {})[figure.quarter.number] = figure
    planned = _planned(sources.values())
    said = _said(sources.values(), periods, first, end)
    lines = []
    for kpi in kpis:
        source = sources[kpi.pk]
        curve = source.curve
        if common is not None and curve.preset != ScoreCurve.Preset.THREE:
            curve = common
        read = _Reading(
            kpi, source, figures.get(kpi.pk, {}), planned.get(source.pk, {}), curve, first, end
        )
        note, evidence = said.get(source.pk, ("", ()))
        lines.append(
            read.line(
                is_closed=end in periods and periods[end].is_closed, note=note, evidence=evidence
            )
        )
    scale = Scale.THREE if common is not None else Scale(scorecard.scale)
    return ScoreSheet(end, scale.value, scorecard.top_score, tuple(lines))


def _sources(kpis: Sequence[KPI]) -> dict[int, KPI]:
    """Return whose targets and curve each KPI has: its parent's where it takes all of it."""
    parents = {
        link.child_id: link.parent
        for link in Link.objects.filter(child__in=kpis, kind=Link.Kind.SAME).select_related(
            "parent__curve"
        )
    }
    return {kpi.pk: parents.get(kpi.pk, kpi) for kpi in kpis}


def _planned(kpis: Any) -> dict[int, dict[int, Target]]:
    found: dict[int, dict[int, Target]] = {}
    for target in Target.objects.filter(kpi__in=[kpi.pk for kpi in kpis]):
        found.setdefault(target.kpi_id, {})[target.quarter] = target
    return found


def _said(
    kpis: Any, periods: Mapping[int, Quarter], first: int, end: int
) -> dict[int, tuple[str, tuple[tuple[int, str], ...]]]:
    """Return the notes and files of the signed entries of the quarters, by KPI."""
    ids = [each.pk for number, each in periods.items() if first <= number <= end]
    found: dict[int, tuple[str, tuple[tuple[int, str], ...]]] = {}
    for result in (
        Result.objects.filter(kpi__in=[kpi.pk for kpi in kpis], quarter__in=ids, status__in=COUNTED)
        .order_by("quarter__number")
        .prefetch_related("evidence")
    ):
        _note, files = found.get(result.kpi_id, ("", ()))
        more = tuple((each.pk, each.original_name) for each in result.evidence.all())
        found[result.kpi_id] = (result.note, files + more)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """One KPI with what its line is read from."""

    kpi: KPI
    source: KPI
    figures: Mapping[int, Figure]
    planned: Mapping[int, Target]
    curve: ScoreCurve
    first: int
    end: int

    def line(
        self, *, is_closed: bool, note: str, evidence: tuple[tuple[int, str], ...]
    ) -> SheetLine:
        figure = self.figures.get(self.end)
        version = figure.version if figure else None
        curve = self._curve()
        found, score = Assessment(CellState.NOT_DUE), LineScore(CellState.NOT_DUE)
        if figure is not None and version is not None:
            rules = version.rules
            found, share = self._assessed(figure, rules, Decimal(version.scale))
            score = line_score(found, curve, rules.direction, is_closed=is_closed, share=share)
        reason = found.reason or score.reason or (figure.state_reason if figure else "")
        return SheetLine(
            kpi_id=self.kpi.pk,
            code=self.kpi.code,
            name_th=self.kpi.indicator.name_th,
            name_en=self.kpi.indicator.name_en,
            unit_th=version.unit_th if version else "",
            unit_en=version.unit_en if version else "",
            decimals=version.decimals if version else 2,
            weight=self.kpi.weight,
            levels=tuple((point.score, point.x) for point in curve.points) if curve else (),
            axis=self.curve.axis,
            state=score.state.value,
            reason=str(reason or ""),
            target=found.target.value,
            low=found.target.low,
            high=found.target.high,
            actual=found.actual,
            achievement=found.percent,
            score=score.score,
            is_floor=score.is_floor,
            note=note,
            evidence=evidence,
        )

    def _curve(self) -> curves.Curve | None:
        try:
            return self.curve.curve
        except (ArithmeticError, TypeError, ValueError):
            return None

    def _targets(self) -> list[targets.Target]:
        return [
            self.planned[number].target if number in self.planned else NO_TARGET
            for number in range(1, 5)
        ]

    def _assessed(
        self, figure: Figure, rules: IndicatorRules, scale: Decimal
    ) -> tuple[Assessment, YearShare | None]:
        """Return the achievement of the round, and how far into the year a flow's curve is."""
        share = None
        if self.first > 1 and rules.has_increments:
            found = self._own_quarters(rules, scale)
        else:
            found = _of_figure(figure)
        if rules.has_increments and found.target.value is not None:
            year = self.source.year_target
            if year is None:
                year = sum((each.value or Decimal(0) for each in self._targets()), Decimal(0))
            share = YearShare(found.target.value, year)
        return found, share

    def _own_quarters(self, rules: IndicatorRules, scale: Decimal) -> Assessment:
        entries = [
            Entry(CellState(each.state), each.value, each.numerator, each.denominator)
            if (each := self.figures.get(number))
            else Entry(CellState.NOT_DUE)
            for number in range(1, 5)
        ]
        base = Base(
            tuple(
                self.planned[number].base if number in self.planned else None
                for number in range(1, 5)
            ),
            self.source.base_value,
        )
        planned = self._targets()
        found = assess_entries(
            rules, entries, planned, self.end, base=base, scale=scale, since=self.first
        )
        if found.target.is_set:
            return found
        # Nothing reported: the sheet still says what was asked.
        states = [entry.state for entry in entries]
        due = target_to_date(rules, planned, states, self.end, since=self.first)
        return Assessment(found.state, target=due.target if due else NO_TARGET, reason=found.reason)


def _of_figure(figure: Figure) -> Assessment:
    """Return a stored figure as an assessment; one without an achievement leaves, as not due does."""
    target = targets.Target(figure.target_ytd, figure.target_low, figure.target_high)
    state = CellState(figure.state)
    reason = _reason(figure.state_reason)
    if state is not CellState.VALUE:
        return Assessment(state, target=target, reason=reason)
    actual = figure.ytd_value if figure.measured_against is None else figure.measured_against
    if figure.achievement is None:
        return Assessment(CellState.NOT_DUE, actual=actual, target=target, reason=reason)
    return Assessment(CellState.VALUE, figure.achievement, actual, target, reason=reason)


def _reason(code: str) -> Reason | None:
    try:
        return Reason(code) if code else None
    except ValueError:
        return None
