"""Arithmetic of money: positions, rates, the Cabinet's line, gaps and the year-end forecast.

Source: measures.md §7. Money is Decimal baht with two places, rates are percentages on
0-100; `None` means that there is no value, which is never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum

from common.fiscal import MONTHS_OF_QUARTER, quarter_of_month
from common.rounding import round_half_up

ZERO = Decimal(0)
HUNDRED = Decimal(100)
STORED_PLACES = 4
BAHT_PLACES = 2
FORECAST_NEEDS_MONTHS = 3
FORECAST_PAST_YEARS = 3


class Breach(StrEnum):
    """An invariant of money that a position breaks."""

    NEGATIVE = "negative"
    OVER_REVISED = "over_revised"
    OVER_ALLOTTED = "over_allotted"
    RESERVED_OVER_OBLIGATED = "reserved_over_obligated"
    TRANSFERRED_AWAY = "transferred_away"


class ForecastMethod(StrEnum):
    """How a year-end forecast was made, or that there is none."""

    PAST_YEARS = "past_years"
    LEAST_SQUARES = "least_squares"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Position:
    """The money of one allocation, or a sum of them, at one date.

    `outside` came from the central fund or private givers. `obligated` is outstanding,
    `disbursed` is to date. `reserved_obligated` is carried over under obligation,
    `reserved_free` without one.
    """

    appropriation: Decimal = ZERO
    outside: Decimal = ZERO
    transferred_in: Decimal = ZERO
    transferred_out: Decimal = ZERO
    allotted: Decimal = ZERO
    obligated: Decimal = ZERO
    disbursed: Decimal = ZERO
    savings: Decimal = ZERO
    reserved_obligated: Decimal = ZERO
    reserved_free: Decimal = ZERO
    returned: Decimal = ZERO

    @property
    def revised(self) -> Decimal:
        """Return the budget after transfers, the denominator of every rate."""
        return self.appropriation + self.outside + self.transferred_in - self.transferred_out

    @property
    def transferred_net(self) -> Decimal:
        """Return what transfers brought, negative where more left."""
        return self.transferred_in - self.transferred_out

    @property
    def spent(self) -> Decimal:
        """Return disbursed plus outstanding obligation (ใช้จ่าย)."""
        return self.disbursed + self.obligated

    @property
    def remaining(self) -> Decimal:
        """Return what of the revised budget is neither disbursed nor obligated."""
        return self.revised - self.spent

    @property
    def lapsing(self) -> Decimal:
        """Return what lapses at the year's end as things stand: not paid, set aside or given back."""
        kept = self.disbursed + self.reserved_obligated + self.reserved_free + self.returned
        return max(ZERO, self.revised - kept)

    @property
    def lapsing_under_contract(self) -> Decimal:
        """Return what of it stands under contract, so that it can be set aside with obligation."""
        return min(self.lapsing, max(ZERO, self.obligated - self.reserved_obligated))

    @property
    def disbursement_rate(self) -> Decimal | None:
        """Return disbursed / revised in percent (เบิกจ่าย); None when nothing is revised."""
        return rate(self.disbursed, self.revised)

    @property
    def spending_rate(self) -> Decimal | None:
        """Return (disbursed + obligated) / revised in percent (ใช้จ่าย)."""
        return rate(self.spent, self.revised)


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a rate stands from a target.

    `baht_needed` is what is still to be spent to reach it; 0 when it is reached.
    """

    rate: Decimal
    target: Decimal
    points: Decimal
    baht_needed: Decimal


@dataclass(frozen=True, slots=True)
class PastYear:
    """What the same agency and type had disbursed in a past year, by this month and in all."""

    fiscal_year: int
    by_month_baht: Decimal
    by_year_end_baht: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """A range for the rate at the year's end, with the method that made it.

    `low` and `high` are None when there is no forecast; `estimates` are the single
    estimates before they were held within the limits, in the order of their inputs.
    """

    method: ForecastMethod
    low: Decimal | None
    high: Decimal | None
    estimates: tuple[Decimal, ...] = ()


NO_FORECAST = Forecast(ForecastMethod.NONE, None, None)


def rate(part: Decimal, revised: Decimal) -> Decimal | None:
    """Return a part of the revised budget in percent, or None (n/a) when nothing is revised."""
    return round_half_up(HUNDRED * part / revised, STORED_PLACES) if revised else None


def breaches(position: Position) -> list[Breach]:
    """Return every invariant that a position breaks; an empty list means that it stands."""
    found = []
    if any(getattr(position, f.name) < ZERO for f in fields(position)):
        found.append(Breach.NEGATIVE)
    if position.revised < ZERO:
        found.append(Breach.TRANSFERRED_AWAY)
    if position.allotted > position.revised:
        found.append(Breach.OVER_REVISED)
    used = position.spent + position.reserved_free + position.returned
    if used > position.allotted:
        found.append(Breach.OVER_ALLOTTED)
    if position.reserved_obligated > position.obligated:
        found.append(Breach.RESERVED_OVER_OBLIGATED)
    return found


def total(positions: Iterable[Position]) -> Position:
    """Return the sum of positions, part by part."""
    sums = {f.name: ZERO for f in fields(Position)}
    for position in positions:
        for name in sums:
            sums[name] += getattr(position, name)
    return Position(**sums)


def is_carried_over(fiscal_year: int, origin_year: int) -> bool:
    """Tell whether money belongs to an earlier year and so stays outside the Cabinet's rates."""
    return origin_year < fiscal_year


def transfers_balance(amounts: Iterable[Decimal]) -> bool:
    """Tell whether the signed amounts of one transfer sum to zero."""
    return sum(amounts, ZERO) == ZERO


def monthly(cumulative: Sequence[Decimal | None]) -> list[Decimal | None]:
    """Return each month's own amount from cumulative ones; the month before the first is 0.

    A month has an amount only where it and the month before it are known.
    """
    result: list[Decimal | None] = []
    before: Decimal | None = ZERO
    for now in cumulative:
        result.append(None if now is None or before is None else now - before)
        before = now
    return result


def target_at(quarters: Mapping[int, Decimal], month: int) -> Decimal | None:
    """Return the target at the end of a fiscal month, or None where it is not known.

    It lies on the straight line between two known quarter ends, in thirds of the quarter,
    from 0 before the year. `quarters` holds only the known ones.
    """
    if month == 0:
        return ZERO
    quarter = quarter_of_month(month)
    end = quarters.get(quarter)
    step = month - MONTHS_OF_QUARTER * (quarter - 1)
    if end is None or step == MONTHS_OF_QUARTER:
        return end
    start = ZERO if quarter == 1 else quarters.get(quarter - 1)
    if start is None:
        return None
    return round_half_up(start + (end - start) * step / MONTHS_OF_QUARTER, STORED_PLACES)


def next_target(quarters: Mapping[int, Decimal], month: int) -> tuple[int, Decimal] | None:
    """Return the first known quarter end at or after a month, as (quarter, target)."""
    ahead = [q for q in quarters if q * MONTHS_OF_QUARTER >= month]
    return (min(ahead), quarters[min(ahead)]) if ahead else None


def ranks(rates: Sequence[Decimal | None]) -> list[int | None]:
    """Return each rate's place among those known, 1 for the highest; equal rates share a place."""
    known = sorted((rate for rate in rates if rate is not None), reverse=True)
    return [None if rate is None else known.index(rate) + 1 for rate in rates]


def gap(spent_baht: Decimal, revised_baht: Decimal, target: Decimal | None) -> Gap | None:
    """Return the gap of spent money to a target, or None where one of them is not known."""
    reached = rate(spent_baht, revised_baht)
    if reached is None or target is None:
        return None
    needed = round_half_up(revised_baht * target / HUNDRED, BAHT_PLACES) - spent_baht
    return Gap(reached, target, reached - target, max(needed, ZERO))


def forecast(closed: Sequence[Decimal], past: Sequence[PastYear] = ()) -> Forecast:
    """Return the range in which the rate at the year's end is expected.

    `closed` holds the cumulative rate at the end of each closed month of this year, from
    October on. Past years that had disbursed nothing by this month give no estimate; when
    none gives one, the closed months speak.
    """
    if len(closed) < FORECAST_NEEDS_MONTHS:
        return NO_FORECAST
    now = closed[-1]
    usable = [p for p in past if p.by_month_baht > ZERO][:FORECAST_PAST_YEARS]
    if usable:
        method = ForecastMethod.PAST_YEARS
        estimates = [now * p.by_year_end_baht / p.by_month_baht for p in usable]
    else:
        method = ForecastMethod.LEAST_SQUARES
        months = range(1, len(closed) + 1)
        slope = sum((m * y for m, y in zip(months, closed, strict=True)), ZERO) / sum(
            m * m for m in months
        )
        spread = max(abs(y - slope * m) for m, y in zip(months, closed, strict=True))
        estimates = [12 * slope - spread, 12 * slope + spread]

    def within(estimate: Decimal) -> Decimal:
        return round_half_up(min(max(estimate, now), max(now, HUNDRED)), STORED_PLACES)

    held = [within(estimate) for estimate in estimates]
    rounded = tuple(round_half_up(estimate, STORED_PLACES) for estimate in estimates)
    return Forecast(method, min(held), max(held), rounded)


def unit_slip(baht: Decimal, plan_baht: Decimal) -> int | None:
    """Return 1,000 or 1,000,000 when a figure is that far from its plan, in either direction.

    It asks whether thousands or millions of baht were typed as baht, or the reverse.
    Nothing is asked about 0 or where there is no plan.
    """
    if baht <= ZERO or plan_baht <= ZERO:
        return None
    times = max(baht / plan_baht, plan_baht / baht)
    for factor in (1_000_000, 1_000):
        if times >= factor:
            return factor
    return None
