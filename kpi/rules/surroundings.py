"""What stands around an entry: rules in force, targets, the other quarters, earlier values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from common import fiscal
from common.states import CellState
from kpi.models import KPI, DisaggregationItem, IndicatorVersion, Result, ResultPart
from kpi.models import Target as TargetRow
from kpi.scoring import words
from kpi.scoring.figures import (
    Entry,
    Figure,
    entry_of_ratio,
    quarter_from_year_to_date,
    state_of_entry,
    why_not_as_year_to_date,
    year_to_date,
)
from kpi.scoring.outliers import LOOKED_AT, Outlier, outlier
from kpi.scoring.targets import Assessment, Base, Target, assess_entries, target_to_date
from submissions.models import FiscalYear, Quarter
from submissions.workflow import COUNTED, Status

# What was sent counts in a preview of the year to date; totals count only what is signed.
SENT = COUNTED | {Status.SUBMITTED}


@dataclass(frozen=True, slots=True)
class Typed:
    """The figures of one entry as they were understood."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    not_applicable: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.not_applicable and (self.value, self.numerator, self.denominator) == (
            None,
            None,
            None,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a figure is good, watched or bad, and when it needs a note; data of the fiscal year."""

    good: Decimal = Decimal(100)
    watch: Decimal = Decimal(90)
    note_below: Decimal = Decimal(90)
    note_moved: Decimal = Decimal(25)


def thresholds_of(fiscal_year: FiscalYear) -> Thresholds:
    """Read the year's own thresholds: `kpi: {good, watch, note_below, note_moved}` in percent."""
    stored: Mapping[str, Any] = fiscal_year.thresholds.get("kpi", {})
    known = {name: Decimal(str(stored[name])) for name in Thresholds.__slots__ if name in stored}
    return Thresholds(**known)


def performance_level(achievement: Decimal | None, thresholds: Thresholds) -> str | None:
    """Return good, watch or bad for an achievement in percent, None where there is none."""
    if achievement is None:
        return None
    if achievement >= thresholds.good:
        return "good"
    return "watch" if achievement >= thresholds.watch else "bad"


def version_in_force(
    versions: Iterable[IndicatorVersion], year: int, quarter: int
) -> IndicatorVersion | None:
    """Return the newest version that is effective in a quarter."""
    effective = [
        version
        for version in versions
        if (version.from_year, version.from_quarter) <= (year, quarter)
    ]
    return max(
        effective, key=lambda version: (version.from_year, version.from_quarter), default=None
    )


def deadline_of(version: IndicatorVersion | None, quarter: Quarter) -> date:
    """Return until when the entry of a quarter is to be sent; a figure known late has longer."""
    lag = version.lag_quarters if version else 0
    if not lag:
        return quarter.report_due_date
    year, number = quarter.fiscal_year_id, quarter.number
    days = (quarter.report_due_date - fiscal.quarter_end(year, number)).days
    for _step in range(lag):
        year, number = fiscal.next_quarter(year, number)
    return date.fromordinal(fiscal.quarter_end(year, number).toordinal() + days)


def period_end_of(version: IndicatorVersion | None, quarter: Quarter) -> date:
    """Return the last day before a figure is asked for: the quarter's end, later where it lags."""
    year, number = quarter.fiscal_year_id, quarter.number
    for _step in range(version.lag_quarters if version else 0):
        year, number = fiscal.next_quarter(year, number)
    return fiscal.quarter_end(year, number)


def is_asked(version: IndicatorVersion | None, number: int) -> bool:
    """Say whether the indicator asks for a figure of a quarter at all."""
    return version is None or words.asks_in(words.Frequency(version.frequency), number)


def typed_of(result: Result | None) -> Typed:
    """Return the figures that stand in an entry."""
    if result is None:
        return Typed()
    return Typed(result.value, result.numerator, result.denominator, result.is_not_applicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One KPI in one quarter with all that its rules ask about."""

    kpi: KPI
    quarter: Quarter
    version: IndicatorVersion | None
    # By quarter number; those without a row are absent.
    results: Mapping[int, Result]
    targets: Mapping[int, TargetRow]
    quarters: Mapping[int, Quarter]
    # Values of the quarters before, over the years, the newest last.
    earlier: tuple[Decimal, ...]
    thresholds: Thresholds
    reports_itself: bool
    # What the version's figures are told apart into, by disaggregation and item in their order.
    items: tuple[DisaggregationItem, ...] = ()
    # This quarter's parts, by item.
    parts: Mapping[int, Typed] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.quarter.number

    @property
    def result(self) -> Result | None:
        """This quarter's entry."""
        return self.results.get(self.number)

    @property
    def decimals(self) -> int:
        return self.version.decimals if self.version else 2

    @property
    def scale(self) -> Decimal:
        return Decimal(self.version.scale if self.version else 1)

    @property
    def target_rows(self) -> list[Target]:
        """The four quarters' targets as the arithmetic reads them."""
        return [
            self.targets[number].target if number in self.targets else Target()
            for number in range(1, 5)
        ]

    @property
    def base(self) -> Base:
        quarters = tuple(
            self.targets[number].base if number in self.targets else None for number in range(1, 5)
        )
        return Base(quarters, self.kpi.base_value)

    @property
    def last_value(self) -> Decimal | None:
        """The value of the quarter before, where there is one."""
        return self.earlier[-1] if self.earlier else None

    def state(self, at: datetime) -> CellState:
        """Return the state of this quarter's cell: only signed entries count."""
        return self._entry(self.number, at).state

    def is_asked_now(self, day: date) -> bool:
        """Say whether this quarter asks for a figure and has begun, so that a draft makes sense."""
        begun = day >= fiscal.quarter_start(self.quarter.fiscal_year_id, self.number)
        return begun and is_asked(self.version, self.number)

    def entries(self, typed: Typed | None, at: datetime) -> list[Entry]:
        """Return the year's four entries, this quarter's as typed where something is given."""
        entries = [self._entry(number, at, sent=typed is not None) for number in range(1, 5)]
        if typed is not None:
            entries[self.number - 1] = self._as_entry(typed) or entries[self.number - 1]
        return entries

    def _entry(self, number: int, at: datetime, *, sent: bool = False) -> Entry:
        result = self.results.get(number)
        if result is not None and Status(result.status) in (SENT if sent else COUNTED):
            entry = self._as_entry(typed_of(result))
            if entry is not None:
                return entry
        quarter = self.quarters.get(number)
        if quarter is None:
            return Entry(CellState.NOT_DUE)
        day = fiscal.local_date(at)
        return Entry(
            state_of_entry(
                has_value=False,
                not_applicable=False,
                is_asked=is_asked(self.version, number),
                period_is_over=day > period_end_of(self.version, quarter),
                deadline_passed=day > deadline_of(self.version, quarter),
            )
        )

    def _as_entry(self, typed: Typed) -> Entry | None:
        if typed.not_applicable:
            return Entry(CellState.NOT_APPLICABLE)
        if typed.numerator is not None and typed.denominator is not None:
            if typed.denominator == 0 and typed.numerator != 0:
                return None
            return entry_of_ratio(typed.numerator, typed.denominator, self.scale)
        if typed.value is not None:
            return Entry(CellState.VALUE, typed.value)
        return None

    def quarter_value(self, typed: Typed) -> Decimal | None:
        """Return what the typed figures come to for the quarter."""
        entry = self._as_entry(typed)
        return entry.value if entry else None

    def year_to_date(self, typed: Typed | None, at: datetime) -> Figure | None:
        """Return the year to date as it would stand with the typed figures signed."""
        if self.version is None:
            return None
        return year_to_date(
            self.version.rules, self.entries(typed, at), self.number, scale=self.scale
        )

    def assessment(self, typed: Typed | None, at: datetime) -> Assessment | None:
        """Return the achievement as it would stand with the typed figures signed."""
        if self.version is None:
            return None
        return assess_entries(
            self.version.rules,
            self.entries(typed, at),
            self.target_rows,
            self.number,
            base=self.base,
            scale=self.scale,
        )

    def target_to_date(self, at: datetime) -> Target | None:
        """Return what is to be reached by this quarter's end."""
        if self.version is None:
            return None
        states = [entry.state for entry in self.entries(None, at)]
        due = target_to_date(self.version.rules, self.target_rows, states, self.number)
        return due.target if due else None

    def outlier(self, typed: Typed) -> Outlier | None:
        """Return what the typed figure is far from, or None."""
        value = self.quarter_value(typed)
        if value is None:
            return None
        target = self.target_rows[self.number - 1].value
        if self.version is not None and self.version.rules.meaning is words.Meaning.CHANGE:
            # The target is a percent, the entry a level: they cannot be held against each other.
            target = None
        return outlier(value, self.earlier, target)

    def moved_percent(self, typed: Typed) -> Decimal | None:
        """Return by how many percent the figure moved from the last one; None without one."""
        value, last = self.quarter_value(typed), self.last_value
        if value is None or not last:
            return None
        return (value - last) / abs(last) * 100

    def why_not_year_to_date(self, at: datetime) -> words.Reason | None:
        """Return why the quarter may not be typed as year to date, or None."""
        if self.version is None:
            return words.Reason.NO_VALUE
        return why_not_as_year_to_date(self.version.rules, self.entries(Typed(), at), self.number)

    def from_year_to_date(self, total: Decimal, at: datetime) -> Decimal:
        """Return the quarter of a flow typed as year to date."""
        return quarter_from_year_to_date(total, self.entries(Typed(), at), self.number)


def surroundings_of(kpis: Collection[KPI], quarter: Quarter) -> dict[int, Surroundings]:
    """Load what stands around the entries of a quarter; a handful of queries however many KPIs.

    The KPIs are of the quarter's fiscal year and loaded by `with_rules`.
    """
    if not kpis:
        return {}
    ids = [kpi.pk for kpi in kpis]
    year = quarter.fiscal_year_id
    in_force = versions_in_force(kpis, quarter)
    results: dict[int, dict[int, Result]] = {}
    signed: dict[str, list[tuple[int, int, Decimal]]] = {}
    codes = {kpi.code for kpi in kpis}
    earliest = year - 2
    for result in Result.objects.filter(
        kpi__code__in=codes, quarter__fiscal_year__gte=earliest, quarter__fiscal_year__lte=year
    ).select_related("quarter", "kpi", "entered_by"):
        if result.quarter.fiscal_year_id == year:
            results.setdefault(result.kpi_id, {})[result.quarter.number] = result
        value = _value_of(result)
        before = (result.quarter.fiscal_year_id, result.quarter.number) < (year, quarter.number)
        if before and value is not None and Status(result.status) in SENT:
            signed.setdefault(result.kpi.code, []).append(
                (result.quarter.fiscal_year_id, result.quarter.number, value)
            )
    targets: dict[int, dict[int, TargetRow]] = {}
    for target in TargetRow.objects.filter(kpi__in=ids):
        targets.setdefault(target.kpi_id, {})[target.quarter] = target
    quarters = {period.number: period for period in Quarter.objects.filter(fiscal_year=year)}
    thresholds = thresholds_of(quarter.fiscal_year)
    items = _items_of([version.pk for version in in_force.values() if version])
    parts = (
        _parts_of([row[quarter.number].pk for row in results.values() if quarter.number in row])
        if items
        else {}
    )
    own = set(KPI.objects.filter(pk__in=ids).reporting_themselves().values_list("pk", flat=True))
    found = {}
    for kpi in kpis:
        version = in_force[kpi.pk]
        entry = results.get(kpi.pk, {}).get(quarter.number)
        scale = Decimal(version.scale if version else 1)
        found[kpi.pk] = Surroundings(
            kpi=kpi,
            quarter=quarter,
            version=version,
            results=results.get(kpi.pk, {}),
            targets=targets.get(kpi.pk, {}),
            quarters=quarters,
            earlier=_last_values(signed.get(kpi.code, ()), scale),
            thresholds=thresholds,
            reports_itself=kpi.pk in own,
            items=tuple(items.get(version.pk, ())) if version else (),
            parts=parts.get(entry.pk, {}) if entry else {},
        )
    return found


def versions_in_force(
    kpis: Collection[KPI], quarter: Quarter
) -> dict[int, IndicatorVersion | None]:
    """Return by KPI the rules in force in a quarter; one query."""
    versions: dict[int, list[IndicatorVersion]] = {}
    for each in IndicatorVersion.objects.filter(indicator__in={kpi.indicator_id for kpi in kpis}):
        versions.setdefault(each.indicator_id, []).append(each)
    return {
        kpi.pk: version_in_force(
            versions.get(kpi.indicator_id, ()), quarter.fiscal_year_id, quarter.number
        )
        for kpi in kpis
    }


def entries_asked_of(kpis: Collection[KPI], quarter: Quarter) -> list[Surroundings]:
    """Return a quarter's entries with what says whether they are owed, and no more; two queries.

    The KPIs report themselves. Targets, earlier values and parts are left out.
    """
    if not kpis:
        return []
    in_force = versions_in_force(kpis, quarter)
    typed = {
        result.kpi_id: result
        for result in Result.objects.filter(kpi__in=[kpi.pk for kpi in kpis], quarter=quarter)
    }
    thresholds = thresholds_of(quarter.fiscal_year)
    return [
        Surroundings(
            kpi=kpi,
            quarter=quarter,
            version=in_force[kpi.pk],
            results={quarter.number: typed[kpi.pk]} if kpi.pk in typed else {},
            targets={},
            quarters={quarter.number: quarter},
            earlier=(),
            thresholds=thresholds,
            reports_itself=True,
        )
        for kpi in kpis
    ]


def _items_of(version_ids: Collection[int]) -> dict[int, list[DisaggregationItem]]:
    """What the figures of versions are told apart into; one query."""
    found: dict[int, list[DisaggregationItem]] = {}
    for item in (
        DisaggregationItem.objects.filter(disaggregation__version__in=version_ids)
        .select_related("disaggregation")
        .order_by("disaggregation__order", "disaggregation_id", "order", "pk")
    ):
        found.setdefault(item.disaggregation.version_id, []).append(item)
    return found


def _parts_of(result_ids: Collection[int]) -> dict[int, dict[int, Typed]]:
    """The parts of entries, by entry and item; one query."""
    found: dict[int, dict[int, Typed]] = {}
    for part in ResultPart.objects.filter(result__in=result_ids):
        typed = Typed(part.value, part.numerator, part.denominator)
        found.setdefault(part.result_id, {})[part.item_id] = typed
    return found


def _value_of(result: Result) -> Decimal | None:
    """Return the entry's value; a ratio's without its scale, which is the version's."""
    if result.numerator is not None and result.denominator:
        quotient: Decimal = result.numerator / result.denominator
        return quotient
    value: Decimal | None = result.value
    return value


def _last_values(values: Sequence[tuple[int, int, Decimal]], scale: Decimal) -> tuple[Decimal, ...]:
    ordered = [value * scale for _year, _quarter, value in sorted(values)]
    return tuple(ordered[-LOOKED_AT:])
