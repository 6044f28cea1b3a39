"""Bring plans, frameworks and stated facts in from a province's folder; may be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.actions import Tally, bring_in
from strategy.models import (
    CoreValue,
    Framework,
    FrameworkItem,
    Mission,
    Plan,
    PlanEdition,
    ProvinceFact,
)


@dataclass(frozen=True, slots=True)
class StatedWords:
    """A numbered sentence in two languages: a mission; with its letter, a value."""

    number: int
    name_th: str
    name_en: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class StatedPlan:
    """A plan with its first edition, as far as sources state it."""

    code: str
    kind: str
    name_th: str
    start_year: int
    end_year: int
    state: str
    name_en: str = ""
    goal_th: str = ""
    goal_en: str = ""
    fact_th: str = ""
    source: str = ""
    vision_th: str = ""
    vision_en: str = ""
    motto_th: str = ""
    motto_en: str = ""
    edition_source: str = ""
    missions: Sequence[StatedWords] = field(default_factory=tuple)
    core_values: Sequence[StatedWords] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class StatedItem:
    """An item of a framework; `serves` is the code of an item of a framework above."""

    code: str
    name_th: str
    name_en: str = ""
    order: int = 0
    serves: str | None = None
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class StatedFramework:
    """A plan above the province's, with its items."""

    code: str
    name_th: str
    name_en: str = ""
    level: int | None = None
    start_year: int | None = None
    end_year: int | None = None
    order: int = 0
    source: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    items: Sequence[StatedItem] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class StatedProvinceFact:
    """One fact; `value` None where the sentence itself is the fact."""

    key: str
    subject: str
    label_th: str
    label_en: str = ""
    order: int = 0
    value: Decimal | None = None
    unit_th: str = ""
    unit_en: str = ""
    year: int | None = None
    source: str = ""


@transaction.atomic
def load_plans(*, plans: Sequence[StatedPlan], by: User | None, at: datetime) -> Tally:
    """Bring plans in, each with its first edition, missions and values."""
    brought = bring_in(
        rows=[
            Plan(
                code=plan.code,
                kind=plan.kind,
                name_th=plan.name_th,
                name_en=plan.name_en,
                start_year=plan.start_year,
                end_year=plan.end_year,
                goal_th=plan.goal_th,
                goal_en=plan.goal_en,
                fact_th=plan.fact_th,
                source=plan.source,
            )
            for plan in plans
        ],
        key=["code"],
        fields=[
            *("kind", "name_th", "name_en", "start_year", "end_year"),
            *("goal_th", "goal_en", "fact_th", "source"),
        ],
        verb="strategy.plan",
        by=by,
        at=at,
    )
    editions = bring_in(
        rows=[
            PlanEdition(
                plan=row,
                number=1,
                state=plan.state,
                vision_th=plan.vision_th,
                vision_en=plan.vision_en,
                motto_th=plan.motto_th,
                motto_en=plan.motto_en,
                source=plan.edition_source,
            )
            for plan, row in zip(plans, brought.rows, strict=True)
        ],
        key=["plan", "number"],
        # The state moves by people's decisions; a load sets it once.
        fields=["vision_th", "vision_en", "motto_th", "motto_en", "source"],
        verb="strategy.edition",
        by=by,
        at=at,
    )
    by_code = dict(zip([plan.code for plan in plans], editions.rows, strict=True))
    missions = bring_in(
        rows=[
            Mission(
                edition=by_code[plan.code],
                number=words.number,
                name_th=words.name_th,
                name_en=words.name_en,
            )
            for plan in plans
            for words in plan.missions
        ],
        key=["edition", "number"],
        fields=["name_th", "name_en"],
        verb="strategy.mission",
        by=by,
        at=at,
    )
    core_values = bring_in(
        rows=[
            CoreValue(
                edition=by_code[plan.code],
                order=words.number,
                letter=words.letter,
                name_th=words.name_th,
                name_en=words.name_en,
            )
            for plan in plans
            for words in plan.core_values
        ],
        key=["edition", "order"],
        fields=["letter", "name_th", "name_en"],
        verb="strategy.core_value",
        by=by,
        at=at,
    )
    return brought.tally + editions.tally + missions.tally + core_values.tally


@transaction.atomic
def load_frameworks(
    *, frameworks: Sequence[StatedFramework], by: User | None, at: datetime
) -> Tally:
    """Bring frameworks in with their items, those that others serve first."""
    brought = bring_in(
        rows=[
            Framework(
                code=framework.code,
                name_th=framework.name_th,
                name_en=framework.name_en,
                level=framework.level,
                start_year=framework.start_year,
                end_year=framework.end_year,
                order=framework.order,
                source=framework.source,
                attributes=framework.attributes,
            )
            for framework in frameworks
        ],
        key=["code"],
        fields=[
            *("name_th", "name_en", "level", "start_year", "end_year"),
            *("order", "source", "attributes"),
        ],
        verb="strategy.framework",
        by=by,
        at=at,
    )
    tally = brought.tally
    placed: dict[str, FrameworkItem] = {}
    for serving in (False, True):
        items = bring_in(
            rows=[
                FrameworkItem(
                    framework=row,
                    code=item.code,
                    name_th=item.name_th,
                    name_en=item.name_en,
                    order=item.order,
                    serves=placed.get(item.serves) if item.serves else None,
                    is_verified=item.is_verified,
                )
                for framework, row in zip(frameworks, brought.rows, strict=True)
                for item in framework.items
                if (item.serves is not None) is serving
            ],
            key=["framework", "code"],
            fields=["name_th", "name_en", "order", "serves", "is_verified"],
            verb="strategy.item",
            by=by,
            at=at,
        )
        placed |= {item.code: item for item in items.rows}
        tally += items.tally
    return tally


@transaction.atomic
def load_province_facts(
    *, facts: Sequence[StatedProvinceFact], by: User | None, at: datetime
) -> Tally:
    """Bring stated facts in."""
    return bring_in(
        rows=[
            ProvinceFact(
                key=fact.key,
                subject=fact.subject,
                order=fact.order,
                label_th=fact.label_th,
                label_en=fact.label_en,
                value=fact.value,
                unit_th=fact.unit_th,
                unit_en=fact.unit_en,
                year=fact.year,
                source=fact.source,
            )
            for fact in facts
        ],
        key=["key"],
        fields=[
            *("subject", "order", "label_th", "label_en", "value"),
            *("unit_th", "unit_en", "year", "source"),
        ],
        verb="strategy.fact",
        by=by,
        at=at,
    ).tally
