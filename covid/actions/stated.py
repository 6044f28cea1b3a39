"""Bring an incident's stated facts in; no part is invented for a total."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from accounts.models import Area, User
from audit.actions import Tally, bring_in
from covid.models import Event, FacilityCount, Incident, Measure, StatedFact, Term


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure as its source states it."""

    key: str
    label_th: str
    value: int
    unit_th: str
    label_en: str = ""
    unit_en: str = ""
    from_date: date | None = None
    until_date: date | None = None
    area: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Sites and beds of a type, in an area or (None) as the stated total."""

    kind: str
    sites: int
    beds: int
    label_th: str = ""
    label_en: str = ""
    area: str | None = None
    as_of_date: date | None = None
    order: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """An event, dated or known to be before a day."""

    text_th: str
    text_en: str = ""
    happened_date: date | None = None
    before_date: date | None = None
    is_press: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A measure, or an abbreviation's meaning."""

    name_th: str
    name_en: str = ""
    abbreviation: str = ""
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class StatedIncident:
    """An incident with everything stated about it."""

    code: str
    name_th: str
    name_en: str = ""
    start_date: date | None = None
    end_date: date | None = None
    summary_th: str = ""
    summary_en: str = ""
    source: str = ""
    facts: Sequence[Fact] = field(default_factory=tuple)
    counts: Sequence[Count] = field(default_factory=tuple)
    measures: Sequence[Words] = field(default_factory=tuple)
    steps: Sequence[Step] = field(default_factory=tuple)
    terms: Sequence[Words] = field(default_factory=tuple)


@transaction.atomic
def load_incident(*, incident: StatedIncident, by: User | None, at: datetime) -> Tally:
    """Bring an incident in with everything stated about it; may be repeated."""
    areas = dict(Area.objects.values_list("code", "pk"))
    head = bring_in(
        rows=[
            Incident(
                code=incident.code,
                name_th=incident.name_th,
                name_en=incident.name_en,
                start_date=incident.start_date,
                end_date=incident.end_date,
                summary_th=incident.summary_th,
                summary_en=incident.summary_en,
                source=incident.source,
            )
        ],
        key=["code"],
        fields=[
            *("name_th", "name_en", "start_date", "end_date"),
            *("summary_th", "summary_en", "source"),
        ],
        verb="covid.incident",
        by=by,
        at=at,
    )
    [row] = head.rows
    facts = bring_in(
        rows=[
            StatedFact(
                incident=row,
                key=fact.key,
                label_th=fact.label_th,
                label_en=fact.label_en,
                value=fact.value,
                unit_th=fact.unit_th,
                unit_en=fact.unit_en,
                from_date=fact.from_date,
                until_date=fact.until_date,
                area_id=areas[fact.area] if fact.area else None,
                order=order,
                source=fact.source,
            )
            for order, fact in enumerate(incident.facts, start=1)
        ],
        key=["incident", "key"],
        fields=[
            *("label_th", "label_en", "value", "unit_th", "unit_en", "from_date", "until_date"),
            *("area", "order", "source"),
        ],
        verb="covid.fact",
        by=by,
        at=at,
    )
    counts = bring_in(
        rows=[
            FacilityCount(
                incident=row,
                kind=count.kind,
                area_id=areas[count.area] if count.area else None,
                label_th=count.label_th,
                label_en=count.label_en,
                sites=count.sites,
                beds=count.beds,
                as_of_date=count.as_of_date,
                order=count.order,
                source=count.source,
            )
            for count in incident.counts
        ],
        key=["incident", "kind", "area"],
        fields=["label_th", "label_en", "sites", "beds", "as_of_date", "order", "source"],
        verb="covid.facility",
        by=by,
        at=at,
    )
    measures = bring_in(
        rows=[
            Measure(
                incident=row,
                order=order,
                name_th=measure.name_th,
                name_en=measure.name_en,
                source=incident.source,
            )
            for order, measure in enumerate(incident.measures, start=1)
        ],
        key=["incident", "order"],
        fields=["name_th", "name_en", "source"],
        verb="covid.measure",
        by=by,
        at=at,
    )
    events = bring_in(
        rows=[
            Event(
                incident=row,
                order=order,
                happened_date=step.happened_date,
                before_date=step.before_date,
                text_th=step.text_th,
                text_en=step.text_en,
                is_press=step.is_press,
                source=step.source,
            )
            for order, step in enumerate(incident.steps, start=1)
        ],
        key=["incident", "order"],
        fields=["happened_date", "before_date", "text_th", "text_en", "is_press", "source"],
        verb="covid.event",
        by=by,
        at=at,
    )
    terms = bring_in(
        rows=[
            Term(
                incident=row,
                abbreviation=term.abbreviation,
                name_th=term.name_th,
                name_en=term.name_en,
                is_shown=term.is_shown,
                order=order,
            )
            for order, term in enumerate(incident.terms, start=1)
        ],
        key=["incident", "abbreviation"],
        fields=["name_th", "name_en", "is_shown", "order"],
        verb="covid.term",
        by=by,
        at=at,
    )
    return head.tally + facts.tally + counts.tally + measures.tally + events.tally + terms.tally
