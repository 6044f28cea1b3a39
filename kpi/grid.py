"""The rows of the entry grid: what is due in a quarter with target, last quarter and year to date."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from accounts.models import User
from accounts.rules import Standing
from common import fiscal
from common.bilingual import page_language
from common.states import CellState
from common.thainumbers import format_number
from kpi.dues import reported_kpis
from kpi.models import KPI, Disaggregation, DisaggregationItem, Result
from kpi.rules import entries as rules
from kpi.rules.parts import sum_words, told_apart, why_not_add_up
from kpi.rules.surroundings import (
    Surroundings,
    Typed,
    deadline_of,
    performance_level,
    surroundings_of,
    typed_of,
)
from kpi.scoring.words import OverTime
from submissions.models import Evidence, Quarter
from submissions.rules import open_quarters, standing_of
from submissions.workflow import EDITABLE, Status


@dataclass(frozen=True, slots=True)
class PartCell:
    """One part of a row with what the person wrote."""

    item: DisaggregationItem
    value: str
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Apart:
    """One way to tell a row's figure apart."""

    disaggregation: Disaggregation
    cells: list[PartCell]


@dataclass(slots=True)
class Row:
    """One KPI of the grid; texts are what the page shows, typed ones what the person wrote."""

    around: Surroundings
    at: datetime
    evidence: list[Evidence] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    # How the figure counts as the person chose it just now; None as it is stored.
    chosen_as_year_to_date: bool | None = None
    errors: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def kpi(self) -> KPI:
        return self.around.kpi

    @property
    def result(self) -> Result | None:
        return self.around.result

    @property
    def version(self) -> int:
        return self.result.version if self.result else 0

    @property
    def status(self) -> str:
        return self.result.status if self.result else ""

    @property
    def typed(self) -> Typed:
        return typed_of(self.result)

    @property
    def is_ratio(self) -> bool:
        return bool(self.around.version and self.around.version.is_ratio)

    @property
    def decimals(self) -> int:
        return self.around.decimals

    @property
    def deadline(self) -> date:
        return deadline_of(self.around.version, self.around.quarter)

    @property
    def state(self) -> CellState:
        return self.around.state(self.at)

    @property
    def days_late(self) -> int:
        return max(0, fiscal.days_late(self.at, self.deadline))

    @property
    def why_not(self) -> str | None:
        """Why nothing can be typed here now, None where it can."""
        return rules.why_not_record(self.around)

    @property
    def target(self) -> str:
        """The quarter's own target: an increment for a flow, otherwise the level."""
        row = self.around.target_rows[self.around.number - 1]
        if row.low is not None and row.high is not None:
            return f"{self._shown(row.low)}–{self._shown(row.high)}"
        return self._shown(row.value)

    @property
    def last(self) -> str:
        return self._shown(self.around.last_value)

    @property
    def takes_year_to_date(self) -> bool:
        """Whether the quarter may be typed as the year to date, where that is another figure."""
        return (
            self.around.number > 1
            and self.why_not is None
            and self.around.why_not_year_to_date(self.at) is None
        )

    @property
    def is_year_to_date(self) -> bool:
        """Whether the typed figure counts from the year's beginning."""
        if self.chosen_as_year_to_date is not None:
            return self.chosen_as_year_to_date
        return bool(self.result and self.result.typed_as_ytd) and self.takes_year_to_date

    @property
    def value_text(self) -> str:
        """The figure as it is typed: the quarter's, or the year to date it was typed as."""
        if not self.is_year_to_date:
            return self._written("value", self.typed.value)
        figure = self.around.year_to_date(self._counted, self.at)
        return self._written("value", figure.value if figure and self.is_filled else None)

    @property
    def numerator_text(self) -> str:
        return self._written("numerator", self.typed.numerator)

    @property
    def denominator_text(self) -> str:
        return self._written("denominator", self.typed.denominator)

    @property
    def told_apart(self) -> list[Apart]:
        """The ways to tell the figure apart with what was typed for each part."""
        return [
            Apart(
                parent,
                [
                    PartCell(
                        item,
                        self._part_text(item, "value", ""),
                        self._part_text(item, "numerator", "-n"),
                        self._part_text(item, "denominator", "-d"),
                    )
                    for item in items
                ],
            )
            for parent, items in told_apart(self.around)
        ]

    def _part_text(self, item: DisaggregationItem, name: str, ending: str) -> str:
        place = f"part-{item.pk}{ending}"
        if place in self.written:
            return self.written[place]
        value: Decimal | None = getattr(self.around.parts.get(item.pk, Typed()), name)
        if value is None:
            return ""
        whole = value == value.to_integral_value()
        return format_number(value, 0 if whole else 4, lang=page_language())

    @property
    def parts_text(self) -> str:
        """What the parts come to beside the figure; "" where nothing is told apart."""
        name = "numerator" if self.is_ratio else "value"
        whole: Decimal | None = getattr(self.typed, name)
        said = []
        for parent, items in told_apart(self.around):
            each = [getattr(self.around.parts.get(item.pk, Typed()), name) for item in items]
            if any(part is not None for part in each):
                said.append(f"{parent.name}: {sum_words(whole, each)}")
        return " · ".join(said)

    @property
    def parts_are_open(self) -> bool:
        """Whether the parts are to be looked at: they keep the entry from being sent."""
        if any(name.startswith("part-") for name in self.errors):
            return True
        return self.is_filled and bool(why_not_add_up(self.around, self.typed, self.around.parts))

    @property
    def note_text(self) -> str:
        return self.written.get("note", self.result.note if self.result else "")

    @property
    def quarter_text(self) -> str:
        """What a ratio's parts come to for the quarter."""
        return self._shown(self.around.quarter_value(self.typed))

    @property
    def ytd_text(self) -> str:
        """The year to date as it would stand with this entry signed."""
        figure = self.around.year_to_date(self._counted, self.at)
        return self._shown(figure.value if figure else None)

    @property
    def achievement(self) -> Decimal | None:
        if self.typed.is_empty:
            return None
        assessed = self.around.assessment(self._counted, self.at)
        return assessed.percent if assessed else None

    @property
    def achievement_text(self) -> str:
        return format_number(self.achievement, 2, lang=page_language())

    @property
    def level(self) -> str | None:
        return performance_level(self.achievement, self.around.thresholds)

    @property
    def rule_words(self) -> str:
        """How the quarters make the year, in the person's words."""
        version = self.around.version
        return version.get_over_time_display() if version else ""

    @property
    def is_flow(self) -> bool:
        return bool(self.around.version) and self.around.version.over_time == OverTime.FLOW  # type: ignore[union-attr]

    @property
    def is_filled(self) -> bool:
        return not self.typed.is_empty

    @property
    def is_ready(self) -> bool:
        """Whether the entry could be sent as it stands."""
        return (
            self.result is not None
            and Status(self.result.status) in EDITABLE
            and self.is_filled
            and rules.why_not_submit(self.around, self.at) is None
        )

    @property
    def still_needed(self) -> tuple[str, str] | None:
        """What keeps a filled draft from being sent: the field and the sentence."""
        if self.result is None or not self.is_filled or Status(self.result.status) not in EDITABLE:
            return None
        return rules.why_not_submit(self.around, self.at)

    @property
    def _counted(self) -> Typed | None:
        return None if self.typed.is_empty else self.typed

    def _written(self, name: str, stored: Decimal | None) -> str:
        if name in self.written:
            return self.written[name]
        places = self.decimals if name == "value" else 0
        if stored is None:
            return ""
        if stored != stored.quantize(Decimal(1).scaleb(-places)):
            places = 4
        return format_number(stored, places, lang=page_language())

    def _shown(self, value: Decimal | None) -> str:
        return format_number(value, self.decimals, lang=page_language())


@dataclass(frozen=True, slots=True)
class Grid:
    """All that a person has to report in a quarter, oldest deadline first."""

    quarter: Quarter
    rows: list[Row]

    @property
    def counts(self) -> dict[str, int]:
        """How many are filled, ready, sent and signed."""
        statuses = [row.status for row in self.rows]
        return {
            "all": len(self.rows),
            "filled": sum(row.is_filled for row in self.rows),
            "ready": sum(row.is_ready for row in self.rows),
            "sent": statuses.count(Status.SUBMITTED.value),
            "signed": statuses.count(Status.APPROVED.value) + statuses.count(Status.ACCEPTED.value),
        }

    @property
    def is_personal(self) -> bool:
        """Whether a row is personal, so that nothing of the grid is kept on the device."""
        return any(row.kpi.is_personal for row in self.rows)

    @property
    def is_sample(self) -> bool:
        return any(row.kpi.is_sample for row in self.rows)

    @property
    def marks_rows(self) -> bool:
        """Whether sample and real rows stand together, so that each sample row carries its mark."""
        return self.is_sample and not all(row.kpi.is_sample for row in self.rows)


def entry_grid(
    user: User, quarter: Quarter, at: datetime, standing: Standing | None = None
) -> Grid:
    """Return the grid of what a person reports in a quarter; the same queries however many rows.

    `standing` is the person's on that day where the page knows it already.
    """
    day = fiscal.local_date(at)
    standing = standing or standing_of(user, day)
    vacant = rules.vacant_posts_below(standing, day)
    kpis = reported_kpis(standing, vacant, quarter.fiscal_year_id)
    around = surroundings_of(kpis, quarter)
    files: dict[int, list[Evidence]] = {}
    results = [place.result.pk for place in around.values() if place.result]
    links = Result.evidence.through.objects.filter(result_id__in=results).select_related("evidence")
    for link in links.order_by("pk"):
        files.setdefault(link.result_id, []).append(link.evidence)
    rows = [
        Row(place, at, files.get(place.result.pk, []) if place.result else [])
        for kpi in kpis
        if (place := around[kpi.pk]) and (place.is_asked_now(day) or place.result)
    ]
    rows.sort(key=lambda row: (row.deadline, row.kpi.code))
    return Grid(quarter, rows)


def quarter_to_type(at: datetime) -> Quarter | None:
    """Return the oldest open quarter that has begun, None where none is."""
    return next(iter(open_quarters(at)), None)
