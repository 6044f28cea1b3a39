"""Verbs of change control: asked for, withdrawn, decided; only what is approved changes the plan."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import Agency, Area, Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from meetings.models import Meeting
from projects import rules
from projects.actions.figures import touch_years
from projects.actions.inputs import ActivityInput, ProjectInput, TargetInput
from projects.actions.registering import bring_work, differences
from projects.actions.stored import stored_input
from projects.models import Activity, ChangeRequest, Project, ProjectYear
from submissions.actions import changed_meanwhile, prepare_fiscal_year
from submissions.models import FiscalYear
from submissions.rules import standing_of

PLAIN = ("objective_th", "output_th", "outcome_th", "beneficiaries")
DATES = ("start_date", "end_date")


def snapshot_of(given: ProjectInput) -> dict[str, Any]:
    """Return the plan of a project as it is kept beside a request: plain values only."""
    return {
        **{name: getattr(given, name) for name in PLAIN},
        **{name: getattr(given, name).isoformat() for name in DATES},
        "years": {str(year): _text(share) for year, share in sorted(given.years.items())},
        "year_budgets": {
            str(year): _text(budget) for year, budget in sorted((given.year_budgets or {}).items())
        },
        "areas": sorted(area.code for area in given.areas),
        "targets": [[t.kind, t.name_th, t.unit_th, _text(t.target)] for t in given.targets or ()],
        "activities": [
            {
                "number": a.number,
                "name_th": a.name_th,
                "name_en": a.name_en,
                "agency": a.agency.code,
                "related": sorted(agency.code for agency in a.related_agencies),
                "weight": _text(a.weight),
                "start_date": a.start_date.isoformat(),
                "end_date": a.end_date.isoformat(),
                "budget": _text(a.budget),
                "plan": {
                    f"{year}-{month:02}": _text(percent)
                    for (year, month), percent in sorted(a.plan.items())
                },
            }
            for a in given.activities
        ],
    }


def _text(value: Decimal | None) -> str | None:
    """Return a figure as text that is the same for equal figures."""
    return None if value is None else f"{Decimal(value).normalize():f}"


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def planned_input(project: Project, plan: Mapping[str, Any]) -> ProjectInput:
    """Return a project as it would stand with the plan of a snapshot."""
    codes = {a["agency"] for a in plan["activities"]}
    codes |= {code for a in plan["activities"] for code in a["related"]}
    agencies = {row.code: row for row in Agency.objects.filter(code__in=codes)}
    activities = [
        ActivityInput(
            number=a["number"],
            name_th=a["name_th"],
            name_en=a["name_en"],
            agency=agencies[a["agency"]],
            related_agencies=[agencies[code] for code in a["related"]],
            weight=Decimal(a["weight"]),
            start_date=date.fromisoformat(a["start_date"]),
            end_date=date.fromisoformat(a["end_date"]),
            budget=_number(a["budget"]),
            plan={
                (int(key[:4]), int(key[5:])): Decimal(percent) for key, percent in a["plan"].items()
            },
        )
        for a in plan["activities"]
    ]
    return stored_input(
        project,
        **{name: plan[name] for name in PLAIN},
        **{name: date.fromisoformat(plan[name]) for name in DATES},
        years={int(year): Decimal(share) for year, share in plan["years"].items()},
        year_budgets={int(year): _number(text) for year, text in plan["year_budgets"].items()},
        areas=list(Area.objects.filter(code__in=plan["areas"])),
        targets=[TargetInput(k, name, unit, _number(t)) for k, name, unit, t in plan["targets"]],
        activities=activities,
    )


@transaction.atomic
def request_change(
    *, project: Project, given: ProjectInput, reason_th: str, by: User, at: datetime
) -> ChangeRequest:
    """Ask for another plan; what is asked for is told from what differs.

    Only what a plan holds is taken from `given`; the rest of the project stays as it is.

    :raises Refused: if the person may not, nothing differs, the plan does not stand, or one waits.
    """
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    if reason := rules.why_not_request_change(project, standing):
        raise Refused(reason, code="not_allowed")
    if not reason_th.strip():
        raise Refused(_("เขียนเหตุผลความจำเป็นของการเปลี่ยนแปลง"), code="no_reason")
    before, after = snapshot_of(stored_input(project)), snapshot_of(given)
    kinds = rules.change_kinds(before, after)
    if not kinds:
        raise Refused(_("แผนที่เสนอไม่ต่างจากแผนปัจจุบัน แก้สิ่งที่ต้องการเปลี่ยนก่อนยื่น"), code="no_change")
    _check_plan(project, given, today)
    number = (project.changes.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            request = ChangeRequest.objects.create(
                project=project,
                number=number,
                kinds=kinds,
                reason_th=reason_th.strip(),
                before=before,
                after=after,
                asked_by=by,
                asked_at=at,
                is_sample=project.is_sample,
            )
    except IntegrityError as error:
        raise Refused(
            _("โครงการนี้มีคำขอเปลี่ยนแปลงที่รอมติอยู่แล้ว รอมติหรือถอนคำขอเดิมก่อน"), code="one_waits"
        ) from error
    record(
        "projects.change.asked",
        request,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=project.host_agency.code,
        after={"kinds": kinds},
        reason=reason_th,
    )
    return request


def _check_plan(project: Project, given: ProjectInput, today: date) -> None:
    known = set(FiscalYear.objects.values_list("year", flat=True))
    last = fiscal.fiscal_year_of(today) + rules.YEARS_AHEAD
    if beyond := [year for year in given.years if year not in known and year > last]:
        raise Refused(
            _("ยังไม่มีปีงบประมาณ %(year)s ในระบบ ให้กลุ่มงานยุทธศาสตร์ฯ เปิดปีก่อน") % {"year": beyond[0]},
            code="no_year",
        )
    activities = given.activities
    reported = set(
        Activity.objects.filter(project=project, progress__isnull=False).values_list(
            "number", flat=True
        )
    )
    reason = (
        rules.why_not_drop(reported, {a.number for a in activities})
        or rules.why_not_register(
            (given.start_date, given.end_date),
            {a.number: (a.weight, a.start_date, a.end_date) for a in activities},
        )
        or rules.why_not_plan(
            (min(given.years), max(given.years)),
            (given.start_date, given.end_date),
            [a.weight for a in activities],
            [(a.start_date, a.end_date) for a in activities],
            [a.plan for a in activities],
        )
    )
    if reason:
        raise Refused(reason, code="plan")


@transaction.atomic
def withdraw_change(*, request: ChangeRequest, by: User, at: datetime) -> ChangeRequest:
    """Take a request back before it is decided.

    :raises Refused: if the person may not, or it was decided meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_withdraw(request, standing):
        raise Refused(reason, code="not_allowed")
    _end(request, state=ChangeRequest.State.WITHDRAWN, by=by, at=at)
    record(
        "projects.change.withdrawn",
        request,
        by=by,
        at=at,
        role=Role.REPORTER,
        agency_code=request.project.host_agency.code,
    )
    return request


def _end(request: ChangeRequest, *, state: str, by: User, at: datetime, **more: Any) -> None:
    waiting = ChangeRequest.objects.open().filter(pk=request.pk)
    if not waiting.update(state=state, decided_by=by, decided_at=at, **more):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    request.refresh_from_db()


@transaction.atomic
def decide_change(
    *,
    request: ChangeRequest,
    approved: bool,
    reference: str,
    decided_date: date,
    by: User,
    at: datetime,
    meeting: Meeting | None = None,
    decision_th: str = "",
) -> ChangeRequest:
    """Write down what the committee said; an approved plan replaces the present one.

    :raises Refused: if the person may not, there is no resolution, or the plan moved on meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_decide_change(request, standing):
        raise Refused(reason, code="not_allowed")
    if not reference.strip():
        raise Refused(_("ระบุมติหรือการประชุมที่ตัดสิน"), code="no_reference")
    if decided_date > fiscal.local_date(at):
        raise Refused(_("วันที่มีมติเป็นวันในอนาคต ใส่วันที่ประชุมจริง"), code="future")
    if not approved and not decision_th.strip():
        raise Refused(_("ไม่เห็นชอบต้องบอกเหตุผล เพื่อให้หน่วยงานแก้ได้ตรงจุด"), code="no_reason")
    _end(
        request,
        state=ChangeRequest.State.APPROVED if approved else ChangeRequest.State.REJECTED,
        by=by,
        at=at,
        reference=reference.strip(),
        decided_date=decided_date,
        meeting=meeting,
        decision_th=decision_th.strip(),
    )
    if approved:
        _apply(request)
    record(
        "projects.change.approved" if approved else "projects.change.rejected",
        request,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        agency_code=request.project.host_agency.code,
        before=request.before if approved else None,
        after=request.after if approved else None,
        reason=reference,
    )
    return request


def _apply(request: ChangeRequest) -> None:
    """Bring the project to the plan that was agreed."""
    project = request.project
    if snapshot_of(stored_input(project)) != request.before:
        raise Refused(
            _("แผนของโครงการเปลี่ยนไปหลังยื่นคำขอ ให้หน่วยงานถอนแล้วยื่นใหม่จากแผนปัจจุบัน"), code="plan_moved"
        )
    given = planned_input(project, request.after)
    known = set(FiscalYear.objects.values_list("year", flat=True))
    for year in sorted(set(given.years) - known):
        prepare_fiscal_year(year=year)
    changed = {name: getattr(given, name) for name in differences(project, given)}
    Project.objects.filter(pk=project.pk).update(version=F("version") + 1, **changed)
    bring_work(project, given)
    # A year that was reported stays, whatever the new plan says.
    reported = project.progress.values("quarter__fiscal_year")
    ProjectYear.objects.filter(project=project).exclude(fiscal_year__in=list(given.years)).exclude(
        fiscal_year__in=reported
    ).delete()
    project.refresh_from_db()
    touch_years(project)
