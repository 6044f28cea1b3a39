"""What the verbs of projects take and answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from accounts.models import Agency, Area
from kpi.models import KPI
from projects.models import (
    Project,
)
from strategy.models import Approach, FrameworkItem, Issue, PlanEdition
from submissions.models import Quarter


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """An activity; `plan` maps (fiscal year, fiscal month) to the percent due at its end."""

    number: int
    name_th: str
    agency: Agency
    weight: Decimal
    start_date: date
    end_date: date
    name_en: str = ""
    budget: Decimal | None = None
    related_agencies: Collection[Agency] = ()
    plan: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetInput:
    """An indicator, output or outcome with what it should reach."""

    kind: str
    name_th: str
    unit_th: str = ""
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProjectInput:
    """A project as it should stand; `years` maps each fiscal year to its share of the work.

    `year_budgets` and `targets` of None are left as they stand.
    """

    code: str
    name_th: str
    host_agency: Agency
    start_date: date
    end_date: date
    years: Mapping[int, Decimal]
    name_en: str = ""
    status: str = Project.Status.PROPOSED
    edition: PlanEdition | None = None
    issue: Issue | None = None
    approach: Approach | None = None
    supporting_agencies: Collection[Agency] = ()
    areas: Collection[Area] = ()
    kpis: Collection[KPI] = ()
    framework_items: Collection[FrameworkItem] = ()
    main_item: FrameworkItem | None = None
    main_item_reason_th: str = ""
    main_kpi: KPI | None = None
    main_kpi_reason_th: str = ""
    programme_th: str = ""
    subprogramme_th: str = ""
    value_chain_th: str = ""
    emenscr_code: str = ""
    rationale_th: str = ""
    objective_th: str = ""
    output_th: str = ""
    outcome_th: str = ""
    beneficiaries: int | None = None
    beneficiaries_th: str = ""
    coordinator_name: str = ""
    coordinator_position_th: str = ""
    coordinator_phone: str = ""
    coordinator_email: str = ""
    targets: Sequence[TargetInput] | None = None
    year_budgets: Mapping[int, Decimal | None] | None = None
    activities: Sequence[ActivityInput] = ()
    # Only where there are no activities: (fiscal year, fiscal month) → percent.
    plan: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """What `register_projects` did, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgressInput:
    """What was typed for a project and quarter.

    `version` is the one the page was drawn with: 0 where there was no report yet, None where the
    caller does not mind who typed before. Activities that are not named keep their percent; one
    mapped to None is emptied. A text of None is kept, "" empties it.
    """

    project: Project
    quarter: Quarter
    version: int | None = None
    percent: Decimal | None = None
    activities: Mapping[int, Decimal | None] = field(default_factory=dict)
    narrative_th: str | None = None
    problems_th: str | None = None
    remedies_th: str | None = None
    next_steps_th: str | None = None
    note: str | None = None
    is_sample: bool = False


TEXTS = ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")
