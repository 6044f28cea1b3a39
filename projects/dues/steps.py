"""What agencies promised to do by a day: mend what a visit found, treat a risk."""

from collections.abc import Collection
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Visitor, reporters_of, whose_of
from common import fiscal
from common.dues import Due, Whose
from common.states import CellState
from projects.models import Finding, RiskAction
from submissions.rules import standing_of

FINDING, RISK = "projects.finding", "projects.risk"
# The kinds of dues that are steps with a day of their own, not reports of a period.
KINDS = (FINDING, RISK)


def steps_due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return what the person's agencies have to mend or do; all for those who oversee all."""
    return steps_owed_by(whose_of(standing_of(user, fiscal.local_date(at))), at)


def steps_owed_by(whose: Whose, at: datetime) -> list[Due]:
    """Return what agencies have to mend or do, in as many queries for one as for all.

    `owner_ids` are the reporters of the owning agency, its heads where it has no reporter.
    """
    if whose.agencies is not None and not whose.agencies:
        return []
    today = fiscal.local_date(at)
    steps = [*_findings(whose.agencies, today), *_risk_actions(whose.agencies, today)]
    return sorted(steps, key=lambda due: (due.deadline_date or today, due.code))


def _state(due_date: date, today: date) -> CellState:
    return CellState.LATE if due_date < today else CellState.NOT_REPORTED


def _findings(agencies: Collection[int] | None, today: date) -> list[Due]:
    open_ = Finding.objects.filter(state=Finding.State.OPEN).with_owner().in_due_order()
    if agencies is not None:
        open_ = open_.filter(owner__in=agencies)
    owners = reporters_of(today)
    return [
        Due(
            kind=FINDING,
            subject_id=finding.pk,
            code=finding.inspection.project.code,
            label=finding.corrective_th,
            agency_id=finding.owner_id,
            agency_name=finding.owner.name,
            owner_ids=owners.get(finding.owner_id, ()),
            period=_("แก้ไขตามผลตรวจ"),
            period_key=f"finding-{finding.pk}",
            deadline_date=finding.due_date,
            state=_state(finding.due_date, today),
            status="",
            url=reverse("projects:finding-detail", args=[finding.pk]),
            returned_reason=finding.verdict_th,
        )
        for finding in open_
    ]


def _risk_actions(agencies: Collection[int] | None, today: date) -> list[Due]:
    open_ = RiskAction.objects.open().select_related("owner", "risk").in_due_order()
    if agencies is not None:
        open_ = open_.filter(owner__in=agencies)
    owners = reporters_of(today)
    return [
        Due(
            kind=RISK,
            subject_id=action.pk,
            code=action.risk.code,
            label=action.text_th,
            agency_id=action.owner_id,
            agency_name=action.owner.name,
            owner_ids=owners.get(action.owner_id, ()),
            period=_("จัดการความเสี่ยง"),
            period_key=f"risk-{action.pk}",
            deadline_date=action.due_date,
            state=_state(action.due_date, today),
            status="",
            url=reverse("projects:risk-detail", args=[action.risk.code]),
        )
        for action in open_
    ]
