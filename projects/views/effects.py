"""What an asked-for plan would do to pace, money and KPIs, before anybody decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.rules import Standing
from common import clock, fiscal
from kpi.models import KPI, Direction, Figure, OverUnits
from kpi.rules.disclosure import disclosures_of
from kpi.rules.surroundings import versions_in_force
from projects import rollups, rules
from projects.models import ChangeRequest, Project, start_month_in
from projects.scoring import (
    ActivityYear,
    Physical,
    ProjectMoney,
    physical,
    share_after,
    standing_of_variance,
)
from projects.views.frame import LEVELS, money_teller, shown_quarter
from submissions.models import Quarter


@dataclass(frozen=True, slots=True)
class Pace:
    """How delivery compares with a plan at the shown quarter's end."""

    planned: Decimal | None
    actual: Decimal | None
    variance: Decimal | None
    level: str
    word: str


@dataclass(frozen=True, slots=True)
class KPIEffect:
    """What an asked-for plan would do to a KPI that the project answers.

    `before` and `after` are what the project's own target that is counted in it is to reach.
    `percent` is what the KPI would then reach of its year's target; None where nothing is known.
    """

    kpi: KPI
    figure: Figure | None
    is_main: bool
    is_linked: bool = False
    unit: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    percent: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """How much more or less the project is to give; None where it is not known."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Effect:
    """What an asked-for plan would do, shown before anybody decides."""

    quarter: Quarter | None
    pace_before: Pace | None
    pace_after: Pace | None
    budget_before: Decimal | None
    budget_after: Decimal | None
    money: ProjectMoney | None
    kpis: Sequence[KPIEffect]
    targets_fall: bool

    @property
    def budget_gap(self) -> Decimal | None:
        """What the plan's budget grows by."""
        if self.budget_before is None or self.budget_after is None:
            return None
        return self.budget_after - self.budget_before

    @property
    def to_find(self) -> Decimal | None:
        """What the new plan asks for beyond the year's revised budget, where it does."""
        if self.budget_after is None or self.money is None:
            return None
        beyond = self.budget_after - self.money.revised_baht
        return beyond if beyond > 0 else None

    @property
    def spent_beyond(self) -> Decimal | None:
        """What was disbursed and obligated beyond the new plan's budget, where it was."""
        if self.budget_after is None or self.money is None:
            return None
        beyond = self.money.disbursed_baht + self.money.obligated_baht - self.budget_after
        return beyond if beyond > 0 else None


def effect_of(change: ChangeRequest, standing: Standing) -> Effect:
    """Return what the asked-for plan would do to pace, money and KPIs, as they stand today."""
    project = change.project
    today = clock.today()
    first = min((int(year) for year in change.before["years"]), default=0)
    quarter = shown_quarter(standing, _present_year(change, today), today)
    money = money_teller(standing, quarter.fiscal_year_id if quarter else first).of([project.pk])
    found = list(
        Figure.objects.filter(kpi__projects=project)
        .exclude(achievement=None)
        .select_related("kpi__scorecard", "quarter")
        .order_by("quarter__fiscal_year_id", "quarter__number")
    )
    told = disclosures_of((figure.quarter for figure in found), standing)
    figures = {
        figure.kpi_id: figure for figure in found if told[figure.quarter_id].reads(figure.kpi)
    }
    return Effect(
        quarter=quarter,
        pace_before=_pace(project, change.before, quarter),
        pace_after=_pace(project, change.after, quarter),
        budget_before=_budget(change.before),
        budget_after=_budget(change.after),
        money=money.get(project.pk),
        kpis=_kpi_effects(change, quarter, figures),
        targets_fall=_targets_fall(change.before, change.after),
    )


def _kpi_effects(
    change: ChangeRequest, quarter: Quarter | None, figures: Mapping[int, Figure]
) -> list[KPIEffect]:
    """Return what the project is to give each of its KPIs before and after, where a link says it."""
    project = change.project
    kpis = list(project.kpis.select_related("indicator").in_code_order())
    versions = versions_in_force(kpis, quarter) if quarter else {}
    links = [
        (row.number, row.name_th, row.unit_th, row.indicator_id)
        for row in project.targets.order_by("number")
    ]
    old, new = _given_to_kpis(change.before, links), _given_to_kpis(change.after, links)
    effects = []
    for kpi in kpis:
        version = versions.get(kpi.pk)
        effect = KPIEffect(kpi, figures.get(kpi.pk), kpi.pk == project.main_kpi_id)
        link = kpi.indicator_id
        if version and (link in old or link in new):
            (unit, before), (_unit, after) = (each.get(link, ("", None)) for each in (old, new))
            target, percent = kpi.year_target, None
            same_unit = unit == version.unit_th
            if same_unit and before is not None and after is not None and target and target > 0:
                adds_up = version.over_units == OverUnits.SUM
                if adds_up and version.direction == Direction.HIGHER:
                    percent = share_after(target, before, after)
            effect = replace(
                effect,
                is_linked=True,
                unit=version.unit,
                before=before,
                after=after,
                percent=percent,
            )
        effects.append(effect)
    return effects


def _given_to_kpis(
    plan: Mapping[str, Any], links: Sequence[tuple[int, str, str, int | None]]
) -> dict[int, tuple[str, Decimal | None]]:
    """Return by indicator the unit and what a plan's target counted in it is to reach."""
    targets = plan["targets"]
    kept = rules.links_kept(links, [(name, unit) for _kind, name, unit, _target in targets])
    return {
        link: (unit, None if target is None else Decimal(target))
        for (_kind, _name, unit, target), link in zip(targets, kept, strict=True)
        if link is not None
    }


def _present_year(change: ChangeRequest, today: date) -> int:
    years = sorted(int(year) for year in change.before["years"])
    present = fiscal.fiscal_year_of(today)
    return present if present in years else years[-1]


def _pace(project: Project, plan: Mapping[str, Any], quarter: Quarter | None) -> Pace | None:
    """Compare what was signed with a plan at a quarter's end."""
    if quarter is None:
        return None
    year = quarter.fiscal_year_id
    reported = rollups.signed_months([project.pk])
    ids = dict(project.activities.values_list("number", "pk"))
    parts = []
    for each in plan["activities"]:
        start = date.fromisoformat(each["start_date"])
        steps = {
            int(key[5:]): Decimal(percent)
            for key, percent in each["plan"].items()
            if int(key[:4]) == year
        }
        if steps or each["number"] in ids:
            parts.append(
                ActivityYear(
                    weight=Decimal(each["weight"]),
                    plan=steps,
                    start_month=start_month_in(start, year),
                    reported=reported.get((project.pk, ids.get(each["number"], -1), year), {}),
                )
            )
    found: Physical = physical(parts, quarter.number * 3)
    standing = standing_of_variance(found.variance, rollups.limits_of(quarter.fiscal_year))
    return Pace(
        planned=found.planned,
        actual=found.actual,
        variance=found.variance,
        level=LEVELS.get(standing.value, ""),
        word=standing.value,
    )


def _budget(plan: Mapping[str, Any]) -> Decimal | None:
    amounts = [Decimal(a["budget"]) for a in plan["activities"] if a["budget"] is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _targets_fall(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether a target is lowered or gone."""
    now = {(kind, name): target for kind, name, _unit, target in after["targets"]}
    for kind, name, _unit, target in before["targets"]:
        new = now.get((kind, name))
        if target is not None and (new is None or Decimal(new) < Decimal(target)):
            return True
    return False
