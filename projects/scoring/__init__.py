"""Arithmetic of progress: what a project has done, against its plan and against the clock.

Source: measures.md §6. Percentages are Decimals on 0-100, months are fiscal months
(1 = October); `None` means that there is no value, which is never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from common.fiscal import elapsed_days, fiscal_month_of, next_month
from common.rounding import round_half_up

ZERO = Decimal(0)
HUNDRED = Decimal(100)
STORED_PLACES = 4


class Standing(StrEnum):
    """Where a project stands: four are states of its life, three compare it with its plan."""

    PROPOSED = "proposed"
    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    CRITICAL = "critical"
    UNREPORTED = "unreported"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Mismatch(StrEnum):
    """Which of money and delivery runs too far ahead of the other."""

    MONEY_AHEAD = "money_ahead"
    DELIVERY_AHEAD = "delivery_ahead"


class Outlook(StrEnum):
    """Why an expected finish has a date, or has none."""

    EXPECTED = "expected"
    DONE = "done"
    NOT_ENOUGH = "not_enough"
    NOT_MOVING = "not_moving"


@dataclass(frozen=True, slots=True)
class VarianceLimits:
    """The variances, in points, below which a project is behind and critical."""

    behind: Decimal = Decimal(-5)
    critical: Decimal = Decimal(-15)


@dataclass(frozen=True, slots=True)
class MismatchLimits:
    """How many points money may run ahead of delivery, and delivery ahead of money."""

    money_ahead: Decimal = Decimal(30)
    delivery_ahead: Decimal = Decimal(50)


@dataclass(frozen=True, slots=True)
class ActivityYear:
    """One activity's weight, plan and approved reports within one fiscal year.

    `plan` and `reported` map the end of a fiscal month to a percentage.
    `start_month` is the fiscal month of its planned start: 1 or less when it began
    before or with the year, 13 when it begins after it.
    A project without activities is a single one of weight 1.
    """

    weight: Decimal
    plan: Mapping[int, Decimal]
    start_month: int = 1
    reported: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActivityFigure:
    """What one activity counts for at the end of a month.

    `actual` is None when it should have reported and never did.
    `as_of_month` is the month of the report that is carried; None when nothing is carried.
    """

    actual: Decimal | None
    planned: Decimal
    as_of_month: int | None


@dataclass(frozen=True, slots=True)
class Physical:
    """Physical progress and plan over a project's activities at the end of a month.

    `counted` of `due` activities entered both figures; `as_of_month` is the oldest report
    among those that entered, None when none of them has reported.
    """

    actual: Decimal | None
    planned: Decimal | None
    counted: int
    due: int
    as_of_month: int | None

    @property
    def partial(self) -> bool:
        """Tell whether an activity that should have reported is missing."""
        return self.counted < self.due

    @property
    def variance(self) -> Decimal | None:
        """Return actual minus planned, in points."""
        return variance(self.actual, self.planned)


@dataclass(frozen=True, slots=True)
class YearShare:
    """One fiscal year's share in the whole life of a project; `physical` is None if unreported."""

    weight: Decimal
    physical: Decimal | None


@dataclass(frozen=True, slots=True)
class ProjectPoint:
    """What one project brings into a mean over projects."""

    standing: Standing
    physical: Decimal | None
    planned: Decimal | None
    revised_baht: Decimal | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class OverProjects:
    """Means over projects, with and without a budget apart, and the counts beside them."""

    funded_actual: Decimal | None
    funded_planned: Decimal | None
    unfunded_actual: Decimal | None
    unfunded_planned: Decimal | None
    funded: int
    unfunded: int
    counted: int
    due: int
    partial: bool
    standings: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One allocation of a project as a page shows it; `gap` is in points against the target."""

    source: str
    expenditure_type: str
    revised_baht: Decimal
    allotted_baht: Decimal
    obligated_baht: Decimal
    disbursed_baht: Decimal
    rate: Decimal | None
    target: Decimal | None
    gap: Decimal | None
    is_carried_over: bool = False


@dataclass(frozen=True, slots=True)
class ProjectMoney:
    """A project's money at the end of a fiscal month, told by the floor above.

    `rate` is disbursed / revised in percent, `target` the Cabinet's for that month; both may be
    unknown. `month` is None while no month is signed.
    """

    month: int | None
    revised_baht: Decimal
    allotted_baht: Decimal
    obligated_baht: Decimal
    disbursed_baht: Decimal
    rate: Decimal | None
    target: Decimal | None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One month of an S-curve; `actual` is None where nothing is known yet."""

    month: int
    planned: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class ExpectedFinish:
    """When the work would be done at its recent pace.

    `per_day` is the pace in points; both it and `finish_date` are None without a date. `used` are
    the points that the pace was taken from.
    """

    outlook: Outlook
    finish_date: date | None
    per_day: Decimal | None
    periods: int
    used: tuple[tuple[date, Decimal], ...] = ()


def _latest(by_month: Mapping[int, Decimal], month: int) -> int | None:
    """Return the last month at or before `month` that has an entry."""
    return max((m for m in by_month if m <= month), default=None)


def plan_at(plan: Mapping[int, Decimal], month: int) -> Decimal:
    """Return the planned percentage at the end of a month; between plan months the last holds."""
    latest = _latest(plan, month)
    return ZERO if latest is None else plan[latest]


def activity_at(activity: ActivityYear, month: int) -> ActivityFigure:
    """Return what an activity counts for at the end of a month.

    An approved report always counts, also one made before the planned start.
    """
    planned = plan_at(activity.plan, month)
    latest = _latest(activity.reported, month)
    if latest is not None:
        return ActivityFigure(activity.reported[latest], planned, latest)
    if month < activity.start_month:
        return ActivityFigure(ZERO, planned, None)
    return ActivityFigure(None, planned, None)


def even_plan(start: date, end: date) -> dict[tuple[int, int], Decimal]:
    """Return a plan that rises evenly from an activity's first month to its last, year by year.

    Each fiscal year's plan reaches 100 by the last month the activity has in it.
    """
    months: dict[int, list[int]] = {}
    year, month = fiscal_month_of(start)
    last = fiscal_month_of(end)
    while (year, month) <= last:
        months.setdefault(year, []).append(month)
        year, month = next_month(year, month)
    return {
        (year, month): round_half_up(HUNDRED * step / len(listed), 2)
        for year, listed in months.items()
        for step, month in enumerate(listed, start=1)
    }


def weighted_mean(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return Σ(weight × value) / Σ weight over (weight, value), or None without weight."""
    total = ZERO
    weights = ZERO
    for weight, value in pairs:
        total += weight * value
        weights += weight
    return round_half_up(total / weights, STORED_PLACES) if weights else None


def physical(activities: Sequence[ActivityYear], month: int) -> Physical:
    """Return physical progress and plan at the end of a fiscal month.

    Where nothing that should have reported ever did there is no figure: the zeros of what has not
    begun would speak for all.
    """
    figures = [(activity.weight, activity_at(activity, month)) for activity in activities]
    counted = [(weight, f.actual, f) for weight, f in figures if f.actual is not None]
    if len(counted) < len(figures) and all(f.as_of_month is None for _, _, f in counted):
        counted = []
    return Physical(
        actual=weighted_mean((weight, actual) for weight, actual, _ in counted),
        planned=weighted_mean((weight, figure.planned) for weight, _, figure in counted),
        counted=len(counted),
        due=len(figures),
        as_of_month=min(
            (figure.as_of_month for _, _, figure in counted if figure.as_of_month is not None),
            default=None,
        ),
    )


def lifetime(years: Sequence[YearShare]) -> Decimal | None:
    """Return the progress over all of a project's years, weighted by their shares of the work."""
    return weighted_mean((y.weight, y.physical) for y in years if y.physical is not None)


def elapsed(start: date, end: date, as_of: date) -> Decimal:
    """Return the percentage of the planned days that has passed, first and last day counted.

    :raises ValueError: if the end lies before the start.
    """
    passed, days = elapsed_days(start, end, as_of)
    return round_half_up(HUNDRED * passed / days, STORED_PLACES)


def variance(actual: Decimal | None, planned: Decimal | None) -> Decimal | None:
    """Return actual minus planned in points, or None where either has no value."""
    return None if actual is None or planned is None else actual - planned


def standing_of_variance(points: Decimal | None, limits: VarianceLimits) -> Standing:
    """Say how a running project compares with its plan; no variance means unreported."""
    if points is None:
        return Standing.UNREPORTED
    if points < limits.critical:
        return Standing.CRITICAL
    if points < limits.behind:
        return Standing.BEHIND
    return Standing.ON_TRACK


def mismatch(
    delivery: Decimal | None, money: Decimal | None, limits: MismatchLimits
) -> Mismatch | None:
    """Say whether money or delivery runs too far ahead; both are percentages."""
    if delivery is None or money is None:
        return None
    if money - delivery > limits.money_ahead:
        return Mismatch.MONEY_AHEAD
    if delivery - money > limits.delivery_ahead:
        return Mismatch.DELIVERY_AHEAD
    return None


OUTSIDE_MEANS = frozenset({Standing.PROPOSED, Standing.CANCELLED})


def over_projects(projects: Sequence[ProjectPoint]) -> OverProjects:
    """Return the means over projects and the counts that always stand beside them.

    Projects with a revised budget are weighted by it; those without are averaged apart.
    Proposed and cancelled ones are counted only; one not started counts 0; an unreported
    one leaves and makes the mean partial.
    """
    funded: list[tuple[Decimal, Decimal, Decimal]] = []
    unfunded: list[tuple[Decimal, Decimal, Decimal]] = []
    standings = dict.fromkeys(Standing, 0)
    due = 0
    partial = False
    for project in projects:
        standings[project.standing] += 1
        if project.standing in OUTSIDE_MEANS:
            continue
        due += 1
        actual = ZERO if project.standing is Standing.NOT_STARTED else project.physical
        if actual is None:
            partial = True
            continue
        partial = partial or project.partial
        planned = ZERO if project.planned is None else project.planned
        if project.revised_baht:
            funded.append((project.revised_baht, actual, planned))
        else:
            unfunded.append((Decimal(1), actual, planned))
    return OverProjects(
        funded_actual=weighted_mean((w, a) for w, a, _ in funded),
        funded_planned=weighted_mean((w, p) for w, _, p in funded),
        unfunded_actual=weighted_mean((w, a) for w, a, _ in unfunded),
        unfunded_planned=weighted_mean((w, p) for w, _, p in unfunded),
        funded=len(funded),
        unfunded=len(unfunded),
        counted=len(funded) + len(unfunded),
        due=due,
        partial=partial,
        standings=standings,
    )


def s_curve(activities: Sequence[ActivityYear], last_month: int) -> list[CurvePoint]:
    """Return plan for months 0 to 12 and the actual up to `last_month`.

    The plan of a curve is that of all activities, reported or not, so that it does not
    jump when a report comes in; a month's actual is None where nothing was reported yet.
    """
    curve = []
    for month in range(13):
        planned = weighted_mean((a.weight, plan_at(a.plan, month)) for a in activities)
        actual = physical(activities, month).actual if month <= last_month else None
        curve.append(CurvePoint(month, planned, ZERO if month == 0 else actual))
    return curve


def expected_finish(
    points: Sequence[tuple[date, Decimal]], most_periods: int = 3
) -> ExpectedFinish:
    """Return the date at which the pace of the last reported periods reaches 100 %.

    `points` are (date, percent) with the start of the work as the first one; two periods
    at least are needed.
    """
    ordered = sorted(points)
    periods = len(ordered) - 1
    if ordered and ordered[-1][1] >= HUNDRED:
        return ExpectedFinish(Outlook.DONE, ordered[-1][0], None, max(periods, 0))
    if periods < 2:
        return ExpectedFinish(Outlook.NOT_ENOUGH, None, None, max(periods, 0), tuple(ordered))
    used = min(periods, most_periods)
    points_used = tuple(ordered[-1 - used :])
    (first_date, first), (last_date, last) = ordered[-1 - used], ordered[-1]
    days = (last_date - first_date).days
    if last <= first or days == 0:
        return ExpectedFinish(Outlook.NOT_MOVING, None, None, used, points_used)
    remaining = (HUNDRED - last) * days / (last - first)
    wait = int(remaining.to_integral_value(rounding=ROUND_CEILING))
    per_day = round_half_up((last - first) / days, STORED_PLACES)
    return ExpectedFinish(
        Outlook.EXPECTED, last_date + timedelta(days=wait), per_day, used, points_used
    )


def share_after(year_target: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """Return what a KPI reaches, in percent of its year's target, when one project's part changes.

    All else comes as planned; only for figures that add up, where more is better. It says what a
    changed plan takes from the KPI (or gives it), not what will be.

    :raises ValueError: if the target is zero or negative.
    """
    if year_target <= 0:
        raise ValueError(f"target must be positive, got {year_target}")
    return (year_target - before + after) * 100 / year_target
