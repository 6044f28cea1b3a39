"""A project as it stands, in the shape that the verbs take."""

from decimal import Decimal
from typing import Any

from projects.actions.inputs import ActivityInput, ProjectInput, TargetInput
from projects.actions.registering import FIELDS, SETS
from projects.models import Activity, Project


def stored_input(project: Project, **changes: Any) -> ProjectInput:
    """Return a project with its work as the verbs take it, with `changes` laid over it."""
    years = list(project.years.order_by("fiscal_year_id"))
    values: dict[str, Any] = {name: getattr(project, name) for name in FIELDS}
    values |= {name: list(getattr(project, name).all()) for name in SETS}
    values |= {
        "code": project.code,
        "status": project.status,
        "years": {row.fiscal_year_id: row.share for row in years} or {0: Decimal(1)},
        "year_budgets": {row.fiscal_year_id: row.budget for row in years},
        "activities": [_activity(row) for row in activities_of(project)],
        "targets": [
            TargetInput(row.kind, row.name_th, row.unit_th, row.target)
            for row in project.targets.order_by("number")
        ],
        "plan": {
            (row.fiscal_year_id, row.month): row.percent
            for row in project.plan.order_by("fiscal_year_id", "month")
        },
    }
    return ProjectInput(**(values | changes))


def activities_of(project: Project) -> list[Activity]:
    """Return the activities in number order with agencies and plan."""
    rows = project.activities.select_related("agency").prefetch_related("related_agencies", "plan")
    return list(rows.in_number_order())


def _activity(row: Activity) -> ActivityInput:
    return ActivityInput(
        number=row.number,
        name_th=row.name_th,
        name_en=row.name_en,
        agency=row.agency,
        weight=row.weight,
        start_date=row.start_date,
        end_date=row.end_date,
        budget=row.budget,
        related_agencies=list(row.related_agencies.all()),
        plan={(step.fiscal_year_id, step.month): step.percent for step in row.plan.all()},
    )
