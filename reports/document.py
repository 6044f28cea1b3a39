"""The shapes of a frozen quarter and of a published report, and their one way into bytes."""

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

FORMAT = 1
Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages; English falls back to Thai."""

    th: str
    en: str = ""

    def of(self, language: str) -> str:
        return (self.en or self.th) if language == "en" else self.th


@dataclass(frozen=True, slots=True)
class Period:
    """The quarter a document is about; dates are ISO."""

    fiscal_year: int
    quarter: int
    from_date: str
    until_date: str


@dataclass(frozen=True, slots=True)
class Total:
    """A score with its coverage; `score` is on the scorecard's scale, `percent` out of 100."""

    score: Decimal | None
    percent: Decimal | None
    top: Decimal | None
    covered: int
    due: int
    covered_weight: Decimal
    due_weight: Decimal
    # good, watch, bad by the year's limits; "" where there is no score.
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Physical progress over projects: the mean weighted by revised budget, counts by state."""

    projects: int
    actual: Decimal | None
    planned: Decimal | None
    counted: int
    due: int
    is_partial: bool
    unfunded: int
    unfunded_actual: Decimal | None
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of baht at the quarter's end; rates in percent, None where nothing was revised."""

    revised: Decimal
    allotted: Decimal
    obligated: Decimal
    disbursed: Decimal
    disbursement_rate: Decimal | None
    spending_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Money of one source and expenditure type; carried-over money stands in rows of its own."""

    source_code: str
    source: Words
    expenditure_type: str
    is_carried_over: bool
    money: Money


@dataclass(frozen=True, slots=True)
class MoneyTarget:
    """What the Cabinet asks for by the quarter's end, and how far the province is from it."""

    category: str
    measure: str
    percent: Decimal
    kind: str
    source: str
    is_verified: bool
    rate: Decimal | None
    points: Decimal | None
    baht_needed: Decimal | None


@dataclass(frozen=True, slots=True)
class MoneyMonth:
    """The disbursement rate at the end of a fiscal month; None where no figure was signed."""

    month: int
    disbursed: Decimal | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A development issue with its score, its projects and their money."""

    address: str
    code: str
    name: Words
    weight: Decimal | None
    percent: Decimal | None
    covered: int
    due: int
    previous_percent: Decimal | None
    standing: str
    delivery: Delivery
    money: Money
    is_sample: bool


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency's scorecard."""

    code: str
    name: Words
    total: Total
    scale: str = ""


@dataclass(frozen=True, slots=True)
class KPIRow:
    """A KPI of the province or an agency at the quarter's end."""

    code: str
    level: str
    name: Words
    unit: Words
    decimals: int
    shows_one_to: bool
    direction: str
    agency_code: str
    agency: Words
    issue_address: str
    weight: Decimal
    state: str
    state_reason: str
    value: Decimal | None
    ytd_state: str
    ytd_value: Decimal | None
    ytd_numerator: Decimal | None
    ytd_denominator: Decimal | None
    is_partial: bool
    covered: int
    due: int
    target: Decimal | None
    target_low: Decimal | None
    target_high: Decimal | None
    measured_against: Decimal | None
    achievement: Decimal | None
    score: Decimal | None
    score_percent: Decimal | None
    last_year: Decimal | None
    standing: str
    is_unconfirmed: bool
    is_sample: bool
    rules_version: int | None
    curve_code: str
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project's delivery, money and time at the quarter's end."""

    code: str
    name: Words
    issue_address: str
    agency_code: str
    agency: Words
    status: str
    state: str
    delivered: Decimal | None
    planned: Decimal | None
    elapsed: Decimal | None
    variance: Decimal | None
    standing: str
    is_partial: bool
    is_unconfirmed: bool
    money: Money
    is_sample: bool


@dataclass(frozen=True, slots=True)
class EntryRef:
    """A contributing entry: which row at which version."""

    kind: str
    id: int
    version: int


@dataclass(frozen=True, slots=True)
class ResultRef:
    """A signed KPI entry of a quarter: which row at which version, and what it said."""

    id: int
    version: int
    quarter: int
    is_not_applicable: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class CurveInForce:
    """A score curve as it stood."""

    code: str
    preset: str
    axis: str
    points: tuple[tuple[Decimal, Decimal], ...]
    steps_only: bool
    below_first: str


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The version of an indicator's rules as it stood."""

    kpi_code: str
    indicator_code: str
    number: int
    is_ratio: bool
    scale: int
    over_time: str
    denominator_over_time: str
    over_units: str
    direction: str
    target_meaning: str
    frequency: str
    lag_quarters: int
    reports_own: bool


@dataclass(frozen=True, slots=True)
class TargetInForce:
    """A KPI's target of one quarter as it stood, with what it is judged against."""

    kpi_code: str
    quarter: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    planned_denominator: Decimal | None
    base: Decimal | None


@dataclass(frozen=True, slots=True)
class LinkInForce:
    """A cascade link as it stood; links to posts are counted in `posts`, not listed."""

    parent_code: str
    child_code: str
    kind: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a KPI's figure was made of: its own entries, and those of the posts below it.

    Of a post only the row and version of its entries stand here, never what they said.
    """

    kpi_code: str
    entries: tuple[ResultRef, ...]
    posts: int
    post_entries: tuple[EntryRef, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """All figures of a closed quarter, and everything in force that they were made by.

    It holds nothing of a post: personal entries stand as ids and versions under the KPI above them.
    """

    format: int
    period: Period
    closed_at: str
    is_sample: bool
    province_name: Words
    province: Total
    previous_score: Decimal | None
    scale: str
    issues: tuple[IssueRow, ...]
    agencies: tuple[AgencyRow, ...]
    kpis: tuple[KPIRow, ...]
    projects: tuple[ProjectRow, ...]
    delivery: Delivery
    money: Money
    money_rows: tuple[MoneyRow, ...]
    money_targets: tuple[MoneyTarget, ...]
    money_months: tuple[MoneyMonth, ...]
    rules: tuple[RulesInForce, ...]
    targets: tuple[TargetInForce, ...]
    curves: tuple[CurveInForce, ...]
    links: tuple[LinkInForce, ...]
    contributions: tuple[Contribution, ...]
    project_entries: tuple[EntryRef, ...]
    money_entries: tuple[EntryRef, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that a restatement changed."""

    edition: int
    restated_at: str
    code: str
    name: Words
    before: str
    after: str
    reason: str
    unit: Words = Words("")


@dataclass(frozen=True, slots=True)
class EditionMark:
    """Which edition of a report this is, made from which frozen document."""

    number: int
    published_at: str
    address: str
    newest_address: str
    restatement: int
    frozen_sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a published edition says: the one source of its page, PDF, CSV and JSON."""

    format: int
    edition: EditionMark
    period: Period
    closed_at: str
    is_sample: bool
    province_name: Words
    summary: Words
    province: Total
    previous_score: Decimal | None
    scale: str
    issues: tuple[IssueRow, ...]
    agencies: tuple[AgencyRow, ...]
    kpis: tuple[KPIRow, ...]
    projects: tuple[ProjectRow, ...]
    delivery: Delivery
    money: Money
    money_rows: tuple[MoneyRow, ...]
    money_targets: tuple[MoneyTarget, ...]
    money_months: tuple[MoneyMonth, ...]
    curves: tuple[CurveInForce, ...]
    corrections: tuple[Correction, ...]


def report_of(
    frozen: Frozen, *, edition: EditionMark, summary: Words, corrections: tuple[Correction, ...]
) -> Report:
    """Take what is public out of a frozen quarter."""
    shared = {field.name for field in fields(Report)} & {field.name for field in fields(Frozen)}
    taken: dict[str, Any] = {name: getattr(frozen, name) for name in shared}
    return Report(edition=edition, summary=summary, corrections=corrections, **taken)


def plain(value: Any) -> Any:
    """Turn a shape into what JSON holds; decimals become text, so that no digit is lost."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def canonical(document: Any) -> bytes:
    """Write a plain document as bytes, always the same for the same document."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(shape: type[Shape], document: Mapping[str, Any]) -> Shape:
    """Read a plain document back into its shape.

    :raises KeyError: if a field without a default is missing.
    """
    found: Shape = _read(shape, document)
    return found


def _read(kind: Any, value: Any) -> Any:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        if value is None:
            return None
        return _read(next(each for each in inside if each is not type(None)), value)
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:
            return tuple(_read(inside[0], item) for item in value)
        return tuple(_read(each, item) for each, item in zip(inside, value, strict=True))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {field.name for field in fields(kind)} & set(value)
        made: Any = kind
        return made(**{name: _read(hints[name], value[name]) for name in known})
    if kind is Decimal:
        return Decimal(value)
    return dict(value) if origin is not None else value
