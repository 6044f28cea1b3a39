"""What a province's folder states, as its apps take it."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.actions.places import StatedAgency, StatedArea
from covid.actions import StatedIncident
from meetings.actions import StatedCommittee
from planning.models import Criterion, NeedCategory
from projects.actions import StoryInput
from projects.actions.inspections import StatedChecklist
from projects.actions.risks import StatedCategory
from strategy.actions.loading import StatedFramework, StatedPlan, StatedProvinceFact


@dataclass(frozen=True, slots=True)
class StatedTarget:
    """What the Cabinet (or whoever `kind` says) asks to be spent by a quarter's end, in percent."""

    fiscal_year: int
    quarter: int
    category: str
    measure: str
    percent: Decimal
    kind: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class StatedSource:
    """Where money comes from."""

    code: str
    name_th: str
    name_en: str
    order: int
    source: str


@dataclass(frozen=True, slots=True)
class StatedLearning:
    """What each officer learns in a year."""

    courses: int
    digital: int
    source: str


@dataclass(frozen=True, slots=True)
class Province:
    """Everything a folder states."""

    areas: list[StatedArea]
    agencies: list[StatedAgency]
    committees: list[StatedCommittee]
    plans: list[StatedPlan]
    frameworks: list[StatedFramework]
    facts: list[StatedProvinceFact]
    sources: list[StatedSource]
    targets: list[StatedTarget]
    incident: StatedIncident
    stories: list[StoryInput]
    learning: StatedLearning
    need_categories: list[NeedCategory]
    need_criteria: list[Criterion]
    risk_categories: list[StatedCategory]
    checklists: list[StatedChecklist]
