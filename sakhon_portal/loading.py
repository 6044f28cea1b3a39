"""Hand what a folder states to the verbs of every app, all or nothing."""

from datetime import datetime

from django.db import transaction

from accounts.actions.places import load_agencies, load_areas
from accounts.models import User
from audit.actions import Tally
from budget.actions import SourceInput, TargetInput, register_sources, set_cabinet_targets
from budget.models import BudgetSource, CabinetTarget
from common.fiscal import fiscal_year_of, local_date
from covid.actions import load_incident
from learning.actions import bring_rules
from learning.models import Rule
from meetings.actions import load_committees
from planning.actions import load_categories, load_criteria
from projects.actions import load_stories
from projects.actions.inspections import load_checklists
from projects.actions.risks import load_risk_categories
from sakhon_portal.province import Province
from strategy.actions.loading import load_frameworks, load_plans, load_province_facts
from submissions.actions import prepare_fiscal_year


@transaction.atomic
def load_province(province: Province, *, by: User | None, at: datetime) -> dict[str, Tally]:
    """Load everything a folder states; may be repeated. Gives the tally of each part."""
    return {
        "areas": load_areas(areas=province.areas, by=by, at=at),
        "agencies": load_agencies(agencies=province.agencies, by=by, at=at),
        "committees": load_committees(committees=province.committees, by=by, at=at),
        "plans": load_plans(plans=province.plans, by=by, at=at),
        "frameworks": load_frameworks(frameworks=province.frameworks, by=by, at=at),
        "facts": load_province_facts(facts=province.facts, by=by, at=at),
        "incident": load_incident(incident=province.incident, by=by, at=at),
        "need categories": load_categories(categories=province.need_categories, by=by, at=at),
        "need criteria": load_criteria(criteria=province.need_criteria, by=by, at=at),
        "outstanding results": load_stories(stories=province.stories, by=by, at=at),
        "risk categories": load_risk_categories(categories=province.risk_categories, by=by, at=at),
        "checklists": load_checklists(checklists=province.checklists, by=by, at=at),
        "budget sources": _load_sources(province, by=by, at=at),
        "Cabinet targets": _load_targets(province, by=by, at=at),
        "learning rules": _load_learning(province, by=by, at=at),
    }


def _load_sources(province: Province, *, by: User | None, at: datetime) -> Tally:
    there = BudgetSource.objects.count()
    moved = register_sources(
        sources=[
            SourceInput(source.code, source.name_th, source.name_en, source.order, source.source)
            for source in province.sources
        ],
        by=by,
        at=at,
    )
    added = BudgetSource.objects.count() - there
    return Tally(added, moved - added, len(province.sources) - moved)


def _load_targets(province: Province, *, by: User | None, at: datetime) -> Tally:
    """Load what is asked to be spent; an unknown quarter gets no row."""
    years = {
        year: prepare_fiscal_year(year=year)
        for year in sorted({target.fiscal_year for target in province.targets})
    }
    there = CabinetTarget.objects.count()
    moved = set_cabinet_targets(
        targets=[
            TargetInput(
                fiscal_year=years[target.fiscal_year],
                quarter=target.quarter,
                category=target.category,
                measure=target.measure,
                percent=target.percent,
                kind=target.kind,
                source=target.source,
                is_verified=target.is_verified,
            )
            for target in province.targets
        ],
        by=by,
        at=at,
    )
    added = CabinetTarget.objects.count() - there
    return Tally(added, len(moved) - added, len(province.targets) - len(moved))


def _load_learning(province: Province, *, by: User | None, at: datetime) -> Tally:
    """State the rule for last year, this year and the next; a year that has one keeps it."""
    year = fiscal_year_of(local_date(at))
    stated = province.learning
    return bring_rules(
        stated=[
            Rule(
                year=each,
                courses_least=stated.courses,
                digital_least=stated.digital,
                source=stated.source,
            )
            for each in (year - 1, year, year + 1)
        ],
        by=by,
        at=at,
    )
