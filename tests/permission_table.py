"""Who gets which answer at every address: written by hand from what each role is for.

A door is (address name, method). For each it is said what its own agency's people are told about
their own row (`own`) and about another agency's (`other`; None where the address names no agency's
row). An answer is a status, and one only; LOGIN is the way to the sign-in page. What is not said for
a method is refused to everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LOGIN = "login"
ANONYMOUS = "anonymous"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = (
    *("reporter", "approver", "strategist", "governor", "comptroller", "inspector", "planner"),
    *("operator", "hr", "viewer", "admin"),
)
# Those who read every agency's rows.
# Those who write the files of their own agency's projects, and the office that keeps all of them.
HOSTS_AND_OFFICE = ("reporter", "approver", "strategist")
PROVINCE = ("strategist", "governor", "comptroller", "inspector", "viewer")
OFFICE = ("strategist",)
# Those who chase the late, and the auditor.
CHASERS = ("strategist", "governor", "viewer")
Answer = int | str
Answers = Mapping[str, Answer]


def everybody(answer: Answer) -> Answers:
    return dict.fromkeys((ANONYMOUS, *ROLES), answer)


def staff(answer: Answer, *, anonymous: Answer = LOGIN) -> Answers:
    return {**dict.fromkeys(ROLES, answer), ANONYMOUS: anonymous}


def only(
    roles: tuple[str, ...], answer: Answer, rest: Answer, *, anonymous: Answer = LOGIN
) -> Answers:
    """Give one answer to these roles and another to all other people who sign in."""
    return {**staff(rest, anonymous=anonymous), **dict.fromkeys(roles, answer)}


@dataclass(frozen=True)
class Door:
    """What an address answers to a method; `at` names the world's parts that its parameters take."""

    own: Answers
    other: Answers | None = None
    at: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""


PUBLIC = Door(everybody(200))
DESK = Door(staff(200))
EMERGENCY = {**only(PROVINCE, 200, 403), "operator": 200}
# Registers of the response, and where the world keeps a row of each.
RESPONSE = {
    "factory": "factory",
    "case-finding": "case_finding",
    "vaccination": "vaccination",
    "supply": "supply",
}
QUARTER = {"year": "quarter.fiscal_year_id", "number": "quarter.number"}
CODE = "quarter_code"
RISK_KEEPERS = ("reporter", "approver", "strategist")
RISK_TEXTS: Mapping[str, Any] = {
    "category": "=category.pk",
    "name_th": "งานล่าช้า",
    "cause_th": "ผู้รับจ้างรายเดียว",
    "response": "treat",
}
NEW_RULES = {
    "from_year": 2570,
    "unit_th": "ราย",
    "over_time": "flow",
    "over_units": "sum",
    "direction": "higher",
}
CARD = {"pk": "kpi.scorecard_id"}
AMENDMENT = CARD | {"number": "amendment.number"}
CARD_OF_ANOTHER = {**only(PROVINCE, 409, 404), "strategist": 200}
ANOTHERS_CHANGED = only(PROVINCE, 409, 404)
DESK_ONLY_PROVINCE = only(PROVINCE, 200, 403)
ANOTHERS = only(PROVINCE, 200, 404)
# The strategy office keeps every agency's; the others who see the province are refused.
OFFICE_OF_ANOTHERS = {**only(PROVINCE, 409, 404), "strategist": 302}
API_ANOTHERS = only(PROVINCE, 200, 404, anonymous=404)
API_OWN = staff(200, anonymous=404)
ROUND = {"number": "'1"}
ONLY_HR = only(("hr",), 200, 404)
BOOK_CODE = {"code": "allocation.code"}
MONTH_OF_BOOK = {
    "year": "month.fiscal_year_id",
    "number": "month.number",
    "code": "allocation.code",
}
BOOK = {
    "source": "=allocation.source_id",
    "expenditure_type": "investment",
    "owner_agency": "=agency.pk",
    "spending_agency": "=agency.pk",
    "appropriation": "1000",
    "allotted": "0",
}


TABLE: dict[str, dict[str, Door]] = {
    # ── Machines ─────────────────────────────────────────────────────────────
    "healthz": {"GET": PUBLIC},
    # No worker beats its heart in this world.
    "readyz": {"GET": Door(everybody(503))},
    "set_language": {"POST": Door(everybody(302))},
    "api-schema": {"GET": PUBLIC},
    "api-docs": {"GET": PUBLIC},
    "api-root": {"GET": PUBLIC},
    # ── What the public reads ────────────────────────────────────────────────
    "pages:home": {"GET": PUBLIC},
    "pages:strategy": {"GET": PUBLIC},
    "pages:issue": {"GET": Door(everybody(200), at={"start": "plan_start", "code": "issue.code"})},
    "pages:area-list": {"GET": PUBLIC},
    "pages:area": {"GET": Door(everybody(200), at={"code": "area.code"})},
    "pages:search": {"GET": Door(everybody(200), query="?q=W")},
    "pages:privacy": {"GET": PUBLIC},
    "pages:policy": {"GET": PUBLIC},
    "pages:site-map": {"GET": PUBLIC},
    "covid:covid": {"GET": PUBLIC},
    "covid:incident": {"GET": Door(everybody(200), at={"code": "incident.code"})},
    "budget:budget-public": {"GET": PUBLIC},
    # Staff read what is signed, of every agency's money only the sum; others what is published, and
    # nothing is published here. The world's money was never rolled up for a project that is a proposal.
    "budget:explain": {
        "GET": Door(
            staff(200, anonymous=404),
            at={
                "kind": "'agency",
                "key": "allocation.spending_agency_id",
                "year": "month.fiscal_year_id",
                "number": "month.number",
            },
        )
    },
    "kpi:kpi-list": {"GET": PUBLIC},
    "kpi:sight": {"GET": PUBLIC},
    "projects:project-list": {"GET": PUBLIC},
    # A running project of the plan is public, figures or not.
    "projects:project-detail": {
        "GET": Door(everybody(200), everybody(200), at={"code": "project.code"})
    },
    # Staff read every project's signed figure, others the published ones: none is, here.
    "projects:explain": {
        "GET": Door(
            staff(200, anonymous=404),
            staff(200, anonymous=404),
            at=QUARTER | {"code": "project.code"},
        )
    },
    "pages:issue-work": {
        "GET": Door(
            staff(200, anonymous=404),
            at=QUARTER | {"start": "plan_start", "code": "issue.code"},
        )
    },
    "reports:report-list": {"GET": PUBLIC},
    "reports:report": {"GET": Door(everybody(404), at=QUARTER)},
    "reports:report-file": {"GET": Door(everybody(404), at=QUARTER | {"ending": "'pdf"})},
    "reports:edition": {"GET": Door(everybody(404), at=QUARTER | {"edition": "'1"})},
    "reports:edition-file": {
        "GET": Door(everybody(404), at=QUARTER | {"edition": "'1", "ending": "'csv"})
    },
    "reports:report-asset": {"GET": Door(everybody(404), at={"asset": "'none.css"})},
    "reports:open-data": {"GET": PUBLIC},
    "reports:data-set": {"GET": Door(everybody(200), at={"name": "'kpis", "ending": "'csv"})},
    "reports:feed": {"GET": PUBLIC},
    "reports:sitemap": {"GET": PUBLIC},
    # ── KPIs ─────────────────────────────────────────────────────────────────
    # Nothing is published in this world: the public sees no agency's running figure.
    "kpi:kpi-detail": {
        "GET": Door(
            staff(200, anonymous=404),
            only(PROVINCE, 200, 404, anonymous=404),
            at={"code": "kpi.code"},
        )
    },
    "kpi:explain": {
        "GET": Door(
            staff(200, anonymous=404),
            only(PROVINCE, 200, 404, anonymous=404),
            at=QUARTER | {"code": "kpi.code"},
        )
    },
    "kpi:explain-score": {
        "GET": Door(
            staff(200, anonymous=404),
            only(PROVINCE, 200, 404, anonymous=404),
            at=QUARTER | {"kind": "'scorecards", "key": "kpi.scorecard_id"},
        )
    },
    "kpi:dictionary": {"GET": DESK},
    "kpi:indicator-list": {"GET": DESK},
    "kpi:indicator-detail": {"GET": Door(staff(200), at={"code": "kpi.indicator.code"})},
    "kpi:indicator-new": {
        "GET": Door(only(OFFICE, 200, 403)),
        "POST": Door(only(OFFICE, 422, 403)),
    },
    "kpi:indicator-edit": {
        "GET": Door(only(OFFICE, 200, 403), at={"code": "kpi.indicator.code"}),
        "POST": Door(only(OFFICE, 422, 403), at={"code": "kpi.indicator.code"}),
    },
    # The agency's scorecard is open to the office and its head; a stale version is a refusal.
    "kpi:scorecard-list": {"GET": DESK},
    "kpi:scorecard-make": {
        "POST": Door(
            only(("approver", "strategist"), 302, 409),
            only(("strategist",), 302, 409),
            sent={"year": 2570, "whose": "=agency_whose"},
        )
    },
    "kpi:scorecard": {"GET": Door(staff(200), ANOTHERS, at=CARD)},
    "kpi:scorecard-edit": {
        "GET": Door(only(("approver", "strategist"), 200, 409), CARD_OF_ANOTHER, at=CARD),
        "POST": Door(
            only(("approver", "strategist"), 302, 409),
            {**ANOTHERS_CHANGED, "strategist": 302},
            at=CARD,
        ),
    },
    "kpi:line-add": {
        "POST": Door(staff(422), only(PROVINCE, 422, 404), at=CARD),
    },
    **{
        f"kpi:{verb}": {"POST": Door(staff(409), ANOTHERS_CHANGED, at=CARD)}
        for verb in ("scorecard-copy", "scorecard-withdraw")
    },
    # Nobody signs what is not complete.
    "kpi:scorecard-sign": {
        "POST": Door(staff(409), ANOTHERS_CHANGED, at=CARD, sent={"side": "owner", "version": "1"})
    },
    "kpi:line-drop": {"POST": Door(staff(409), ANOTHERS_CHANGED, at=CARD | {"kpi_id": "kpi.pk"})},
    "kpi:amendment-agree": {
        "POST": Door(
            only(("approver",), 302, 409), ANOTHERS_CHANGED, at=AMENDMENT, sent={"side": "owner"}
        )
    },
    "kpi:amendment-decline": {
        "POST": Door(
            only(("approver", "governor"), 302, 409),
            {**ANOTHERS_CHANGED, "governor": 302},
            at=AMENDMENT,
            sent={"reason": "งบยังพอ"},
        )
    },
    # Rows that are not the person's to change are read-only on the same page; of another agency's
    # nothing is shown.
    "kpi:cascade-list": {"GET": DESK},
    "kpi:cascade": {
        "GET": Door(staff(200), at={"code": "top.code"}),
        "POST": Door(staff(200), at={"code": "top.code"}, sent={"parent": "=top.pk"}),
    },
    "kpi:cascade-add": {
        "POST": Door(
            staff(409),
            only(PROVINCE, 409, 404),
            at={"code": "top.code"},
            sent={"parent": "=kpi.pk", "kind": "share", "whom": "=kpi_whom"},
        )
    },
    "kpi:cascade-remove": {
        "POST": Door(
            only(("approver", "strategist"), 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"code": "top.code"},
            sent={"parent": "=top.pk", "child": "=kpi.pk"},
        )
    },
    "kpi:cascade-accept": {
        "POST": Door(
            only(OFFICE, 302, 409),
            at={"code": "top.code"},
            sent={"parent": "=top.pk", "quarter": "1", "reason": "ปัดเศษ"},
        )
    },
    "kpi:result-detail": {"GET": Door(staff(200), ANOTHERS, at={"pk": "result.pk"})},
    "kpi:entry": {"GET": DESK, "POST": Door(staff(302))},
    "kpi:entry-row": {
        "GET": Door(only(("reporter",), 200, 404), staff(404), at={"kpi_id": "kpi.pk"}),
        "POST": Door(
            # Neither a reason nor a file was sent.
            only(("reporter",), 422, 404),
            staff(404),
            at={"kpi_id": "kpi.pk"},
            sent={"note": "x"},
        ),
    },
    "kpi:row-save": {
        "POST": Door(
            only(("reporter",), 200, 404),
            staff(404),
            sent={"row": "=kpi.pk", "version": "1", "value": "8"},
        )
    },
    "kpi:submit": {"POST": Door(staff(302))},
    "kpi:evidence-remove": {
        "POST": Door(
            only(("reporter",), 302, 404),
            staff(404),
            at={"kpi_id": "kpi.pk", "evidence_id": "evidence.pk"},
        )
    },
    # ── Scoring rules, scores, what-if, assessments ──────────────────────────
    "kpi:scoring-rules": {"GET": DESK},
    # No year before in this world.
    "kpi:rules-copy": {"POST": Door(staff(404), at={"year": "'2570"})},
    "kpi:curve-new": {
        "GET": Door(only(OFFICE, 200, 403), at={"year": "'2570"}),
        "POST": Door(only(OFFICE, 422, 403), at={"year": "'2570"}),
    },
    "kpi:curve-edit": {
        "GET": Door(only(OFFICE, 200, 403), at={"year": "'2570", "code": "'five"}),
        "POST": Door(only(OFFICE, 422, 403), at={"year": "'2570", "code": "'five"}),
    },
    "kpi:scheme-edit": {
        "GET": Door(only(OFFICE, 200, 403), at={"year": "'2570", "kind": "'official"}),
        "POST": Door(only(OFFICE, 422, 403), at={"year": "'2570", "kind": "'official"}),
    },
    "kpi:score-list": {"GET": DESK},
    "kpi:score-csv": {"GET": DESK},
    "kpi:score-detail": {"GET": Door(staff(200), ANOTHERS, at={"pk": "kpi.scorecard_id"})},
    "kpi:trend-csv": {"GET": Door(staff(200), ANOTHERS, at={"pk": "kpi.scorecard_id"})},
    "kpi:what-if": {"GET": DESK},
    "kpi:esar-list": {"GET": DESK},
    "kpi:esar": {
        "GET": Door(staff(200), ANOTHERS, at=ROUND | {"pk": "kpi.scorecard_id"}),
        "POST": Door(
            only(("reporter", "approver"), 302, 409),
            only(PROVINCE, 409, 404),
            at=ROUND | {"pk": "kpi.scorecard_id"},
            sent={"version": "0"},
        ),
    },
    # The round is not over in this world.
    "kpi:esar-send": {
        "POST": Door(staff(409), only(PROVINCE, 409, 404), at=ROUND | {"pk": "kpi.scorecard_id"})
    },
    "kpi:esar-file": {
        "GET": Door(staff(200), ANOTHERS, at=ROUND | {"pk": "kpi.scorecard_id", "ending": "'xlsx"})
    },
    "kpi:appraisal-list": {"GET": DESK},
    # Nobody of the world's people stands in the line above: HR alone looks, and changes nothing.
    "kpi:appraisal": {
        "GET": Door(ONLY_HR, staff(404), at=ROUND | {"pk": "kpi_personal.scorecard_id"}),
        "POST": Door(
            only(("hr",), 409, 404),
            staff(404),
            at=ROUND | {"pk": "kpi_personal.scorecard_id"},
            sent={"version": "0", "kind": "official"},
        ),
    },
    "kpi:appraisal-sign": {
        "POST": Door(
            only(("hr",), 409, 404),
            staff(404),
            at=ROUND | {"pk": "kpi_personal.scorecard_id"},
        )
    },
    "kpi:appraisal-acknowledge": {
        "POST": Door(
            only(("hr",), 409, 404),
            staff(404),
            at=ROUND | {"pk": "kpi_personal.scorecard_id"},
        )
    },
    "kpi:appraisal-file": {
        "GET": Door(
            ONLY_HR,
            staff(404),
            at=ROUND | {"pk": "kpi_personal.scorecard_id", "ending": "'xlsx"},
        )
    },
    # ── Projects ─────────────────────────────────────────────────────────────
    "projects:desk-list": {"GET": DESK},
    "projects:project-new": {
        "GET": Door(only(HOSTS_AND_OFFICE, 200, 404)),
        "POST": Door(only(HOSTS_AND_OFFICE, 422, 404)),
    },
    "projects:project-file": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code"}),
        "POST": Door(
            only(HOSTS_AND_OFFICE, 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"code": "project.code"},
            sent={"version": "1", "coordinator_name": "นาง ก"},
        ),
    },
    "projects:project-life": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code"}),
        "POST": Door(
            only(OFFICE, 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"code": "project.code"},
            sent={
                "to": "cancelled",
                "decided_date": "2027-01-05",
                "reference": "มติ ก.บ.จ.",
                "reason": "งบประมาณถูกปรับลด",
            },
        ),
    },
    "projects:evaluation-form": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code"}),
        "POST": Door(
            only(HOSTS_AND_OFFICE, 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"code": "project.code"},
            sent={"reached_th": "ครบ", "learned_th": "เร็ว", "stays_th": "ถนน"},
        ),
    },
    "projects:project-files": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code"}),
        "POST": Door(staff(422), only(PROVINCE, 422, 404), at={"code": "project.code"}),
    },
    "projects:project-file-remove": {
        "POST": Door(
            # A refusal is a sentence on the page of files.
            staff(302),
            only(PROVINCE, 302, 404),
            at={"code": "project.code", "pk": "project_file.pk"},
        )
    },
    "projects:finished-list": {"GET": PUBLIC},
    "projects:project-map": {"GET": PUBLIC},
    "projects:story-list": {"GET": PUBLIC},
    "projects:story-detail": {"GET": Door(everybody(200), at={"slug": "story.slug"})},
    "projects:story-new": {
        "GET": Door(only(PROVINCE, 200, 404)),
        "POST": Door(only(PROVINCE, 422, 404)),
    },
    "projects:story-write": {
        "GET": Door(only(PROVINCE, 200, 404), at={"slug": "story.slug"}),
        "POST": Door(
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"slug": "story.slug"},
            sent={"version": "1", "name_th": "ข", "lede_th": "ค", "source": "ง", "order": "0"},
        ),
    },
    "projects:progress-settings": {
        "GET": Door(only(PROVINCE, 200, 404), at={"year": "quarter.fiscal_year_id"}),
        "POST": Door(
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"year": "quarter.fiscal_year_id"},
            sent={"behind": "-4", "critical": "-9", "money_ahead": "20", "delivery_ahead": "40"},
        ),
    },
    "projects:change-list": {"GET": Door(staff(200), ANOTHERS, at={"code": "project.code"})},
    "projects:change-new": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code"}),
        "POST": Door(staff(422), only(PROVINCE, 422, 404), at={"code": "project.code"}),
    },
    "projects:change-detail": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "project.code", "number": "change.number"}),
        "POST": Door(
            only(OFFICE, 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302},
            at={"code": "project.code", "number": "change.number"},
            sent={
                "answer": "rejected",
                "decided_date": "2027-01-05",
                "reference": "มติ ก.บ.จ.",
                "decision_th": "ให้เร่งรัดก่อน",
            },
        ),
    },
    "projects:target-link": {
        "POST": Door(
            # A refusal is a sentence on the project's file.
            staff(302),
            only(PROVINCE, 302, 404),
            at={"code": "project_sent.code", "number": "'1"},
        )
    },
    "projects:change-withdraw": {
        "POST": Door(
            # A refusal is a sentence on the request's page.
            staff(302),
            only(PROVINCE, 302, 404),
            at={"code": "project.code", "number": "change.number"},
        )
    },
    # Nobody asks for months in this world: the page says so.
    "projects:month-form": {
        "GET": Door(
            staff(200),
            ANOTHERS,
            at={"code": "project.code", "year": "quarter.fiscal_year_id", "number": "'2"},
        ),
        "POST": Door(
            staff(409),
            only(PROVINCE, 409, 404),
            at={"code": "project.code", "year": "quarter.fiscal_year_id", "number": "'2"},
            sent={"version": "0"},
        ),
    },
    "projects:photo-add": {
        "POST": Door(
            # A refusal is a sentence on the report's page.
            staff(302),
            only(PROVINCE, 302, 404),
            at=QUARTER | {"code": "project.code"},
        )
    },
    # Photos of a project that everybody may see are for everybody.
    "projects:project-photo": {
        "GET": Door(
            everybody(200), everybody(200), at={"code": "project.code", "pk": "project_file.pk"}
        )
    },
    "projects:progress-form": {
        "GET": Door(staff(200), ANOTHERS, at=QUARTER | {"code": "project.code"}),
        "POST": Door(
            only(("reporter", "approver"), 302, 409),
            only(PROVINCE, 409, 404),
            at=QUARTER | {"code": "project.code"},
            sent={"version": "1", "percent": "30"},
        ),
    },
    "projects:evidence-add": {
        "POST": Door(
            # A refusal is a sentence on the report's page; that nothing is written is a test of its own.
            staff(302),
            only(PROVINCE, 302, 404),
            at=QUARTER | {"code": "project.code"},
        )
    },
    "projects:evidence-remove": {
        "POST": Door(
            staff(302),
            only(PROVINCE, 302, 404),
            at=QUARTER | {"code": "project.code", "pk": "progress_evidence.pk"},
        )
    },
    # ── Risks ────────────────────────────────────────────────────────────────
    "projects:risk-list": {"GET": DESK},
    "projects:risk-csv": {"GET": DESK},
    "projects:risk-add": {
        "GET": Door(only(RISK_KEEPERS, 200, 403)),
        "POST": Door(
            only(RISK_KEEPERS, 302, 403),
            sent={
                **RISK_TEXTS,
                "agency": "=agency.pk",
                "subject": "=subject",
                "likelihood": "3",
                "impact": "3",
            },
        ),
    },
    "projects:risk-scales": {
        "GET": DESK,
        "POST": Door(
            only(OFFICE, 302, 409),
            sent={"do": "category", "code": "X", "category_th": "อื่น ๆ", "order": "9"},
        ),
    },
    "projects:risk-detail": {
        "GET": Door(staff(200), ANOTHERS, at={"code": "risk.code"}),
        "POST": Door(
            only(RISK_KEEPERS, 302, 409),
            OFFICE_OF_ANOTHERS,
            at={"code": "risk.code"},
            sent={
                "do": "step",
                "step_text": "เร่งรัด",
                "step_owner": "=agency.pk",
                "step_due": "1/3/2570",
            },
        ),
    },
    "projects:risk-edit": {
        "GET": Door(
            only(RISK_KEEPERS, 200, 403),
            {**only(PROVINCE, 403, 404), "strategist": 200},
            at={"code": "risk.code"},
        ),
        "POST": Door(
            only(RISK_KEEPERS, 302, 409),
            OFFICE_OF_ANOTHERS,
            at={"code": "risk.code"},
            sent={**RISK_TEXTS, "version": "1"},
        ),
    },
    # ── Visits of the follow-up working group ────────────────────────────────
    "projects:inspection-list": {"GET": DESK},
    "projects:inspection-plan": {
        "GET": Door(only(("inspector",), 200, 403)),
        "POST": Door(
            only(("inspector",), 302, 403),
            sent={"project": "=project.pk", "planned_date": "1/3/2570", "purpose_th": "ดูงาน"},
        ),
    },
    "projects:checklist-list": {
        "GET": DESK,
        "POST": Door(
            only(("inspector", "strategist"), 302, 409),
            sent={"code": "X", "name_th": "ใหม่", "questions_th": "ข้อหนึ่ง"},
        ),
    },
    "projects:inspection-detail": {
        "GET": Door(staff(200), ANOTHERS, at={"pk": "inspection.pk"}),
        "POST": Door(
            only(("inspector",), 302, 409),
            {**only(PROVINCE, 409, 404), "inspector": 302},
            at={"pk": "inspection.pk"},
            sent={
                "do": "find",
                "text_th": "ไม่ตรงรายงาน",
                "severity": "minor",
                "corrective_th": "แก้ตัวเลข",
                "owner": "=agency.pk",
                "due_date": "1/3/2570",
            },
        ),
    },
    # Only whoever has to mend it reports it as mended.
    "projects:finding-detail": {
        "GET": Door(staff(200), ANOTHERS, at={"pk": "finding.pk"}),
        "POST": Door(
            only(("reporter", "approver"), 302, 409),
            only(PROVINCE, 409, 404),
            at={"pk": "finding.pk"},
            sent={"do": "fix", "version": "1", "fixed_th": "แก้แล้ว"},
        ),
    },
    "projects:finding-photo": {
        "GET": Door(staff(200), ANOTHERS, at={"pk": "finding.pk", "photo": "finding_photo.pk"}),
    },
    # ── Money ────────────────────────────────────────────────────────────────
    "budget:desk": {"GET": DESK},
    "budget:overview": {"GET": DESK},
    "budget:year-table": {"GET": DESK},
    "budget:month-grid": {"GET": DESK, "POST": Door(staff(302))},
    "budget:month-row-save": {
        "POST": Door(
            only(("reporter", "approver"), 200, 409),
            only(PROVINCE, 409, 404),
            sent={
                "month": "2570-03",
                "row": "=allocation.pk",
                "allocation": "=allocation.pk",
                "version": "1",
                "disbursed": "12",
                "obligated": "0",
                "note": "จริง",
            },
        )
    },
    "budget:month-evidence": {
        "GET": Door(staff(200), ANOTHERS, at=MONTH_OF_BOOK),
        # No file is sent: who may type is asked for one.
        "POST": Door(
            only(("reporter", "approver"), 422, 409), only(PROVINCE, 409, 404), at=MONTH_OF_BOOK
        ),
    },
    "budget:month-evidence-remove": {
        "POST": Door(
            only(("reporter", "approver"), 302, 409),
            only(PROVINCE, 409, 404),
            at=MONTH_OF_BOOK | {"pk": "figure_evidence.pk"},
        )
    },
    "budget:months-submit": {
        # Nothing was typed in this month by anybody.
        "POST": Door(staff(409), sent={"month": "2570-03"})
    },
    "budget:target-list": {
        "GET": DESK,
        "POST": Door(
            only(("strategist", "comptroller"), 302, 409),
            sent={
                "year": "2570",
                "quarter": "2",
                "category": "overall",
                "measure": "disbursement",
                "percent": "50",
                "kind": "sample",
                "source": "มติ",
            },
        ),
    },
    "budget:target-withdraw": {
        "POST": Door(
            only(("strategist", "comptroller"), 302, 409),
            at={"pk": "target.pk"},
            sent={"reason": "พิมพ์ผิด"},
        )
    },
    "budget:ranking": {"GET": Door(DESK_ONLY_PROVINCE)},
    "budget:book-list": {"GET": DESK},
    "budget:book-new": {
        "GET": DESK,
        "POST": Door(
            only(("comptroller",), 302, 409), sent=BOOK | {"code": "N70-1", "name_th": "ใหม่"}
        ),
    },
    "budget:book-detail": {
        "GET": Door(staff(200), ANOTHERS, at=BOOK_CODE),
        "POST": Door(
            only(("comptroller",), 302, 409),
            {**only(PROVINCE, 409, 404), "comptroller": 302},
            at=BOOK_CODE,
            sent={"appropriation": "1000000", "allotted": "1000000", "version": "1"},
        ),
    },
    "budget:book-settle": {
        "POST": Door(
            only(("comptroller",), 302, 409),
            {**only(PROVINCE, 409, 404), "comptroller": 302},
            at=BOOK_CODE,
            sent={
                "savings": "1",
                "reserved_with_obligation": "0",
                "reserved_without_obligation": "0",
                "returned": "0",
                "reason": "หนังสือ",
                "version": "1",
            },
        )
    },
    "budget:book-receive": {
        "POST": Door(
            only(("comptroller",), 302, 409),
            {**only(PROVINCE, 409, 404), "comptroller": 302},
            at=BOOK_CODE,
            sent={"amount": "5000", "received_date": "2027-01-05", "reference": "กค 1"},
        )
    },
    # Nothing of the world is provisional or set aside: the verb says so to the comptroller too.
    "budget:book-enact": {
        "POST": Door(
            staff(409),
            only(PROVINCE, 409, 404),
            at=BOOK_CODE,
            sent={"appropriation": "1", "allotted": "1", "reference": "พ.ร.บ.", "version": "1"},
        )
    },
    "budget:book-carry": {"POST": Door(staff(409), only(PROVINCE, 409, 404), at=BOOK_CODE)},
    # The world's figure is a draft, which is corrected by nobody.
    "budget:figure-correct": {
        "POST": Door(
            staff(409),
            only(PROVINCE, 409, 404),
            at=BOOK_CODE | {"pk": "figure.pk"},
            sent={"disbursed_to_date": "5", "obligated": "0", "reason": "พิมพ์ผิด"},
        )
    },
    # Everything of the world is allotted: there is nothing to move.
    "budget:transfer-list": {
        "GET": DESK,
        "POST": Door(
            staff(409),
            sent={
                "from_code": "=allocation.code",
                "to_code": "=allocation_sent.code",
                "amount": "1",
                "decided_date": "2027-01-05",
                "reason": "หนังสือ",
            },
        ),
    },
    "budget:contract-list": {
        "GET": DESK,
        "POST": Door(
            only(("reporter", "approver", "comptroller"), 302, 409),
            {**only(PROVINCE, 409, 422), "comptroller": 302},
            sent={
                "allocation_code": "=allocation.code",
                "name_th": "จ้าง",
                "kind": "single_year",
                "amount": "500000",
            },
        ),
    },
    "budget:contract-sign": {
        "POST": Door(
            only(("reporter", "approver", "comptroller"), 302, 409),
            {**only(PROVINCE, 409, 404), "comptroller": 302},
            at={"pk": "contract.pk"},
            sent={"signed_date": "2027-01-05", "number": "1/2570"},
        )
    },
    "budget:contract-cancel": {
        "POST": Door(
            only(("reporter", "approver", "comptroller"), 302, 409),
            {**only(PROVINCE, 409, 404), "comptroller": 302},
            at={"pk": "contract.pk"},
            sent={"reason": "ไม่ทำแล้ว"},
        )
    },
    "budget:deadline-set": {
        "POST": Door(
            only(("strategist", "comptroller"), 302, 409),
            at={"year": "quarter.fiscal_year_id"},
            sent={"kind": "single_year", "due_date": "2026-12-31", "source": "ว 1"},
        )
    },
    # ── Workbooks ────────────────────────────────────────────────────────────
    "spreadsheets:desk": {"GET": DESK, "POST": Door(staff(200))},
    "spreadsheets:form-download": {"GET": Door(staff(302))},
    "spreadsheets:upload-detail": {"GET": Door(staff(200), ANOTHERS, at={"pk": "upload.pk"})},
    "spreadsheets:upload-progress": {"GET": Door(staff(200), ANOTHERS, at={"pk": "upload.pk"})},
    "spreadsheets:upload-original": {"GET": Door(staff(200), ANOTHERS, at={"pk": "upload.pk"})},
    "spreadsheets:upload-marked": {
        "GET": Door(
            staff(200),
            only(PROVINCE, 200, 404),
            at={"pk": "upload.pk"},
        )
    },
    **{
        f"spreadsheets:upload-{verb}": {
            "POST": Door(
                # The upload is still being read: its state refuses its own people too.
                staff(409),
                only(PROVINCE, 409, 404),
                at={"pk": "upload.pk"},
            )
        }
        for verb in ("next", "commit", "undo", "discard")
    },
    # An empty form is shown again, whoever sends it; what it may change is refused by the verb.
    "spreadsheets:upload-mapping": {
        "POST": Door(staff(200), only(PROVINCE, 200, 404), at={"pk": "upload.pk"})
    },
    # ── Evidence ─────────────────────────────────────────────────────────────
    "submissions:evidence-file": {
        "GET": Door(staff(200), ANOTHERS, at={"pk": "evidence.pk"}),
    },
    # ── Joined desks ─────────────────────────────────────────────────────────
    "pages:desk": {"GET": DESK},
    "pages:approval-list": {
        "GET": Door(only(("approver", "strategist"), 200, 403)),
        "POST": Door(only(("approver", "strategist"), 422, 403)),
    },
    # Nothing was signed at that moment: the page says so and nothing changes.
    "pages:approval-undo": {
        "POST": Door(only(("approver", "strategist"), 302, 403), at={"key": "'1"}),
    },
    "pages:delegation-list": {
        "GET": Door(only(("approver",), 200, 403)),
        "POST": Door(only(("approver",), 422, 403)),
    },
    # Only whoever lent the signature, or a head of that agency, takes it back.
    "pages:delegation-revoke": {
        "POST": Door(
            only(("approver",), 302, 404),
            staff(404),
            at={"pk": "delegation.pk"},
        )
    },
    "pages:dashboard": {"GET": Door(DESK_ONLY_PROVINCE)},
    # ── Reminders ────────────────────────────────────────────────────────────
    "reminders:reminder-list": {"GET": Door(only(CHASERS, 200, 403))},
    "reminders:reminder-retry": {
        "POST": Door({**only(CHASERS, 409, 403), "strategist": 302}, at={"pk": "letter.pk"})
    },
    "reminders:mine": {"GET": DESK},
    # Only what a person owes is put off: the other's row is not among it.
    "reminders:snooze-add": {
        "POST": Door(staff(404), sent={"due": "kpi.result|0|x", "reason": "รอ"})
    },
    "reminders:snooze-end": {"POST": Door(staff(404), at={"pk": "snooze.pk"})},
    "reminders:calendar-open": {"POST": Door(staff(200))},
    "reminders:calendar-revoke": {"POST": Door(staff(409))},
    # This world's portal has no LINE account.
    "reminders:line-ask": {"POST": Door(staff(404))},
    "reminders:line-unlink": {"POST": Door(staff(409))},
    "reminders:line-webhook": {"POST": Door(everybody(404))},
    "reminders:calendar-feed": {"GET": Door(everybody(404), at={"secret": "'wrong"})},
    "reminders:rules": {
        "GET": Door(only(CHASERS, 200, 403)),
        "POST": Door(
            {**only(CHASERS, 409, 403), "strategist": 302},
            sent={"owner": "-3 0", "head": "3", "governor": "7"},
        ),
    },
    "reminders:day-off-set": {
        "POST": Door(
            {**only(CHASERS, 409, 403), "strategist": 302},
            sent={"day": "2027-02-01", "name_th": "วันหยุด", "source": "มติ ครม."},
        )
    },
    "reminders:day-off-remove": {
        "POST": Door({**only(CHASERS, 409, 403), "strategist": 302}, at={"pk": "day_off.pk"})
    },
    "meetings:meeting-list": {"GET": DESK},
    "meetings:meeting-call": {
        "GET": Door(only(("strategist", "governor"), 200, 403)),
        "POST": Door(
            only(("strategist", "governor"), 302, 403),
            sent={
                "committee": "=committee.pk",
                "number": "9",
                "year": "2570",
                "held_date": "20/1/2570",
            },
        ),
    },
    "meetings:agenda-make": {
        "POST": Door(
            only(("strategist", "governor"), 302, 409),
            at={"pk": "meeting.pk"},
            sent={"version": "1"},
        )
    },
    # The papers name every agency; minutes are not written yet in this world.
    "meetings:agenda-paper": {"GET": Door(only(PROVINCE, 200, 404), at={"pk": "meeting.pk"})},
    "meetings:minutes-paper": {"GET": Door(staff(404), at={"pk": "meeting.pk"})},
    "meetings:minutes-write": {
        "GET": Door(only(("strategist", "governor"), 200, 403), at={"pk": "meeting.pk"}),
        "POST": Door(
            only(("strategist", "governor"), 302, 403),
            at={"pk": "meeting.pk"},
            sent={"version": "1", "attendees_th": "ผู้ว่าราชการจังหวัด"},
        ),
    },
    "meetings:resolution-detail": {
        "GET": Door(staff(200), ANOTHERS, at={"pk": "resolution.pk"}),
        "POST": Door(
            only(("reporter", "approver", "strategist", "governor"), 302, 409),
            {**only(PROVINCE, 409, 404), "strategist": 302, "governor": 302},
            at={"pk": "resolution.pk"},
            sent={"progress_th": "ครึ่งทาง"},
        ),
    },
    "meetings:meeting-detail": {
        "GET": Door(staff(200), at={"pk": "meeting.pk"}),
        "POST": Door(
            only(("strategist", "governor"), 302, 409),
            at={"pk": "meeting.pk"},
            sent={"text_th": "ติดตาม", "owner": "=own.agency.pk", "due_date": "2027-03-01"},
        ),
    },
    "meetings:resolution-close": {
        "POST": Door(
            only(("approver", "strategist", "governor"), 302, 409),
            # Who oversees all reads it and is refused; another agency's people do not find it.
            {
                **only(PROVINCE, 409, 404),
                **dict.fromkeys(("strategist", "governor"), 302),
            },
            at={"pk": "resolution.pk"},
            sent={"state": "done", "note": "x"},
        )
    },
    # ── Incidents: for operators and those who look over all; orders are public ──
    **{
        f"covid:{name}": {"GET": Door(EMERGENCY, at=at)}
        for name, at in (("operations", {}), ("daily-paper", {}))
    },
    "covid:order-file": {"GET": Door(everybody(200), at={"pk": "order.pk"})},
    "covid:day-grid": {
        "GET": Door(EMERGENCY),
        # Nothing was typed: operators are led back to the day, the others are refused by the verb.
        "POST": Door({**only(PROVINCE, 409, 403), "operator": 302}),
    },
    **{
        f"covid:{name}-list": {"GET": Door(EMERGENCY), "POST": Door(only(("operator",), 422, 403))}
        for name in ("facility", "order")
    },
    **{
        f"covid:{name}-edit": {
            method: Door(only(("operator",), answer, 403), at={"pk": f"{name}.pk"})
            for method, answer in (("GET", 200), ("POST", 422))
        }
        for name in ("facility", "order")
    },
    **{
        f"covid:{name}-list": {"GET": Door(EMERGENCY), "POST": Door(only(("operator",), 422, 403))}
        for name in RESPONSE
    },
    **{
        f"covid:{name}-edit": {
            method: Door(only(("operator",), answer, 403), at={"pk": f"response.{part}.pk"})
            for method, answer in (("GET", 200), ("POST", 422))
        }
        for name, part in (RESPONSE | {"inspection": "inspection"}).items()
    },
    # Nobody here both operates and reports: no KPI can be chosen.
    "covid:kpi-feed": {
        "GET": Door(EMERGENCY),
        "POST": Door({**only(PROVINCE, 422, 403), "operator": 422}),
    },
    "covid:factory-inspect": {
        "POST": Door(only(("operator",), 422, 403), at={"pk": "response.factory.pk"})
    },
    "covid:incident-list": {
        "GET": Door(EMERGENCY),
        "POST": Door(only(("operator", "strategist", "governor"), 422, 403)),
    },
    # Without a day the page says so; who may not is refused before.
    "covid:incident-close": {
        "POST": Door({**only(PROVINCE, 302, 403), "operator": 302}, at={"pk": "incident.pk"})
    },
    # ── Learning: personal, for the officer, the line above and HR of the agency ──
    "learning:my-learning": {"GET": DESK, "POST": Door(staff(422))},
    "learning:overview": {"GET": DESK},
    "learning:officer-list": {"GET": Door(only(("hr",), 200, 403))},
    "learning:officer-detail": {
        "GET": Door(only(("hr",), 200, 404), staff(404), at={"pk": "holder.pk"}),
        "POST": Door(only(("hr",), 422, 404), staff(404), at={"pk": "holder.pk"}),
    },
    "learning:record-correct": {
        "GET": Door(only(("hr",), 200, 404), staff(404), at={"pk": "record.pk"}),
        "POST": Door(
            # It is mended until it is confirmed.
            only(("hr",), 302, 404),
            staff(404),
            at={"pk": "record.pk"},
            sent={"version": "1", "completed_date": "2026-11-12"},
        ),
    },
    "learning:certificate": {
        "GET": Door(only(("hr",), 200, 404), staff(404), at={"pk": "record.pk"})
    },
    **{
        f"learning:record-{verb}": {
            "POST": Door(
                only(("hr",), 302, 404),
                staff(404),
                at={"pk": "record.pk"},
                sent={"reason": "วันไม่ตรง"},
            )
        }
        for verb in ("confirm", "return")
    },
    "learning:course-list": {
        "GET": DESK,
        "POST": Door(only(("hr", "strategist"), 422, 403)),
    },
    "learning:course-edit": {
        method: Door(only(("hr", "strategist"), answer, 403), at={"pk": "course.pk"})
        for method, answer in (("GET", 200), ("POST", 422))
    },
    "learning:programme-list": {
        "GET": DESK,
        "POST": Door(only(("hr", "strategist"), 422, 403)),
    },
    "learning:programme-edit": {
        method: Door(only(("hr", "strategist"), answer, 403), at={"pk": "programme.pk"})
        for method, answer in (("GET", 200), ("POST", 422))
    },
    "learning:rule-edit": {
        method: Door(only(("hr", "strategist"), answer, 403), at={"year": "learning_rule.year"})
        for method, answer in (("GET", 200), ("POST", 422))
    },
    # No KPI is named by the rule: a sentence says so on the page.
    "learning:kpi-feed": {
        "POST": Door(staff(302), at={"year": "learning_rule.year"}, sent={"quarter": "1"})
    },
    # A link that says nothing opens nothing, however it is asked: the page says so.
    "accounts:invitation": {
        method: Door(everybody(200), at={"uidb64": "'x", "token": "'y"}) for method in METHODS
    },
    "common:gallery": {"GET": Door(staff(404))},
    # ── The strategy office's desk ───────────────────────────────────────────
    "reports:quarter-list": {"GET": Door(DESK_ONLY_PROVINCE)},
    "reports:quarter-detail": {"GET": Door(DESK_ONLY_PROVINCE, at=QUARTER)},
    "reports:corrections": {"GET": Door(DESK_ONLY_PROVINCE, at=QUARTER)},
    # The quarter is open and nothing was typed: nothing is kept, and nothing can be asked for.
    "reports:correction-propose": {"POST": Door(only(PROVINCE, 302, 403), at=QUARTER)},
    "reports:reopening-ask": {"POST": Door(only(PROVINCE, 422, 403), at=QUARTER)},
    "reports:restatement-ask": {"POST": Door(only(PROVINCE, 409, 403), at=QUARTER)},
    # Nothing is reopened or restated in this world.
    **{
        f"reports:{verb}": {"POST": Door(staff(404), at={"pk": "'1"})}
        for verb in ("reopening-agree", "restatement-agree", "restatement-decline")
    },
    "reports:publish-progress": {"GET": Door(DESK_ONLY_PROVINCE, at=QUARTER)},
    **{
        f"reports:{verb}": {
            "POST": Door(
                # The office's own are refused by the quarter's state, with a sentence of its own.
                only(PROVINCE, 409, 403),
                at=QUARTER,
                sent={"text_th": "สรุป", "text_en": "Summary", "version": "0", "reason": "ครบแล้ว"},
            )
        }
        for verb in ("quarter-open", "quarter-close", "summary-write", "report-publish")
    },
    # ── Forms that others ask for ────────────────────────────────────────────
    "reports:returns-desk": {"GET": DESK},
    "reports:returns-project": {"GET": Door(staff(200), ANOTHERS, at={"code": "project.code"})},
    # The quarter's form holds the projects that the person returns forms for.
    "reports:return-file": {"GET": Door(staff(200), at={"name": "'followup", "ending": "'xlsx"})},
    "reports:returns-labels": {
        "GET": Door(only(PROVINCE, 200, 404), at={"name": "'comptroller"}),
        "POST": Door(only(PROVINCE, 422, 404), at={"name": "'comptroller"}),
    },
    # ── API ──────────────────────────────────────────────────────────────────
    **{
        f"{name}-list": {"GET": PUBLIC}
        for name in (
            *("fiscal-year", "quarter", "area", "agency", "plan", "mission", "issue"),
            *("kpi", "scorecard", "covid-facility", "report"),
        )
    },
    "fiscal-year-detail": {"GET": Door(everybody(200), at={"pk": "quarter.fiscal_year_id"})},
    "quarter-detail": {"GET": Door(everybody(200), at={"pk": "quarter.pk"})},
    "area-detail": {"GET": Door(everybody(200), at={"code": "area.code"})},
    "agency-detail": {"GET": Door(everybody(200), everybody(200), at={"code": "agency.code"})},
    "plan-detail": {"GET": Door(everybody(200), at={"pk": "edition.pk"})},
    "mission-detail": {"GET": Door(everybody(404), at={"pk": "'999999"})},
    "issue-detail": {"GET": Door(everybody(200), at={"pk": "issue.pk"})},
    "covid-facility-detail": {"GET": Door(everybody(404), at={"pk": "'999999"})},
    "indicator-list": {
        "GET": PUBLIC,
        "POST": Door(
            only(
                OFFICE,
                201,
                409,
                anonymous=401,
            ),
            sent={"code": "N1", "name_th": "ตัวชี้วัดใหม่", "rules": NEW_RULES},
        ),
    },
    "indicator-detail": {"GET": Door(staff(200, anonymous=404), at={"code": "kpi.indicator.code"})},
    "kpi-detail": {"GET": Door(API_OWN, API_ANOTHERS, at={"pk": "kpi.pk"})},
    "scorecard-detail": {"GET": Door(API_OWN, API_ANOTHERS, at={"pk": "kpi.scorecard_id"})},
    # Nobody signs what is not complete, and there is nothing to take back or to copy.
    **{
        f"scorecard-{verb}": {
            "POST": Door(
                staff(409, anonymous=401),
                only(PROVINCE, 409, 404, anonymous=401),
                at=CARD,
                sent={"side": "owner", "version": 1},
            )
        }
        for verb in ("sign", "withdraw", "copy")
    },
    "scorecard-amendments": {
        "GET": Door(staff(200, anonymous=401), only(PROVINCE, 200, 404, anonymous=401), at=CARD),
        "POST": Door(staff(400, anonymous=401), only(PROVINCE, 400, 404, anonymous=401), at=CARD),
    },
    "scorecard-agree": {
        "POST": Door(
            only(("approver",), 200, 409, anonymous=401),
            only(PROVINCE, 409, 404, anonymous=401),
            at=AMENDMENT,
            sent={"side": "owner"},
        )
    },
    "scorecard-decline": {
        "POST": Door(
            only(("approver", "governor"), 200, 409, anonymous=401),
            {**only(PROVINCE, 409, 404, anonymous=401), "governor": 200},
            at=AMENDMENT,
            sent={"reason": "งบยังพอ"},
        )
    },
    "project-list": {
        "GET": PUBLIC,
        "POST": Door(staff(400, anonymous=401)),
    },
    "project-detail": {
        "GET": Door(everybody(200), everybody(200), at={"code": "project.code"}),
        "PUT": Door(
            staff(400, anonymous=401),
            only(PROVINCE, 400, 404, anonymous=401),
            at={"code": "project.code"},
        ),
    },
    "project-decide": {
        "POST": Door(
            only(OFFICE, 200, 409, anonymous=401),
            {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 200},
            at={"code": "project.code"},
            sent={
                "to": "cancelled",
                "decided_date": "2027-01-05",
                "reference": "มติ ก.บ.จ.",
                "reason": "งบประมาณถูกปรับลด",
            },
        )
    },
    "project-link": {
        "POST": Door(
            only(HOSTS_AND_OFFICE, 200, 409, anonymous=401),
            {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 200},
            at={"code": "project_sent.code"},
            sent={"number": 1, "indicator": None},
        )
    },
    "project-evaluate": {
        "POST": Door(
            only(HOSTS_AND_OFFICE, 200, 409, anonymous=401),
            {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 200},
            at={"code": "project.code"},
            sent={"reached_th": "ครบ", "learned_th": "เร็ว", "stays_th": "ถนน"},
        )
    },
    "change-request-list": {
        "GET": PUBLIC,
        "POST": Door(
            staff(400, anonymous=401),
            only(PROVINCE, 400, 404, anonymous=401),
            sent={"project": "=project.code"},
        ),
    },
    "change-request-detail": {"GET": Door(API_OWN, API_ANOTHERS, at={"pk": "change.pk"})},
    "change-request-decide": {
        "POST": Door(
            only(OFFICE, 200, 409, anonymous=401),
            {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 200},
            at={"pk": "change.pk"},
            sent={
                "approved": False,
                "decided_date": "2027-01-05",
                "reference": "มติ ก.บ.จ.",
                "decision_th": "ให้เร่งรัดก่อน",
            },
        )
    },
    "change-request-withdraw": {
        "POST": Door(
            only(("reporter", "approver"), 200, 409, anonymous=401),
            only(PROVINCE, 409, 404, anonymous=401),
            at={"pk": "change.pk"},
        )
    },
    "report-detail": {"GET": Door(everybody(404), at={"code": CODE})},
    **{
        f"report-{verb}": {
            "POST": Door(
                staff(409, anonymous=401),
                at={"code": CODE},
                sent={"text_th": "สรุป", "text_en": "Summary", "version": 0, "reason": "ครบแล้ว"},
            )
        }
        for verb in ("close", "open-for-reporting", "publish", "summary")
    },
    # The quarter is open and nothing waits in this world: the office is refused by that, others by
    # who they are; the lists show nothing to whoever it does not concern.
    "reopening-list": {
        "GET": Door(everybody(200)),
        "POST": Door(
            staff(409, anonymous=401),
            sent={
                "fiscal_year": "=quarter.fiscal_year_id",
                "quarter": "=quarter.number",
                "agency": "=agency.code",
                "until_date": "2027-01-20",
                "reason": "นับซ้ำ",
            },
        ),
    },
    "correction-list": {
        "GET": Door(everybody(200)),
        # A draft is nobody's to correct, and another agency's is not even known.
        "POST": Door(
            staff(409, anonymous=401),
            only(PROVINCE, 409, 400, anonymous=401),
            sent={"result": "=result.pk", "version": 1, "value": "9", "note": "นับซ้ำ"},
        ),
    },
    "restatement-list": {
        "GET": Door(everybody(200)),
        "POST": Door(
            staff(409, anonymous=401),
            sent={
                "fiscal_year": "=quarter.fiscal_year_id",
                "quarter": "=quarter.number",
                "corrections": [],
                "reason": "นับซ้ำ",
            },
        ),
    },
    # Nothing is reopened, corrected or restated in this world.
    **{
        f"{name}-detail": {"GET": Door(everybody(404), at={"pk": "'1"})}
        for name in ("reopening", "correction", "restatement")
    },
    **{
        name: {"POST": Door(staff(404, anonymous=401), at={"pk": "'1"})}
        for name in ("reopening-agree", "restatement-agree", "restatement-decline")
    },
}


def _entries(
    name: str, row: str, sent_row: str, typed: Mapping[str, Any], *, others: int, submits: int
) -> None:
    """Say it once for the three sorts of entries: they share one workflow.

    `others` is what another agency's people hear when they type an entry: 400 where they do not
    find what it is about, 409 where that is public; `submits` what the own typists hear.
    """
    typists = ("reporter", "approver") if name != "result" else ("reporter",)
    TABLE[f"{name}-list"] = {
        "GET": Door(everybody(200)),
        "POST": Door(
            only(typists, 201, 409, anonymous=401),
            only(PROVINCE, 409, others, anonymous=401),
            sent=typed,
        ),
    }
    at = {"pk": f"{row}.pk"}
    waiting = {"pk": f"{sent_row}.pk"}
    another = only(PROVINCE, 409, 404, anonymous=401)
    TABLE[f"{name}-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=at)}
    TABLE[f"{name}-submit"] = {
        "POST": Door(only(typists, submits, 409, anonymous=401), another, at=at)
    }
    TABLE[f"{name}-approve"] = {
        "POST": Door(only(("approver",), 200, 409, anonymous=401), another, at=waiting)
    }
    # What waits was not signed by anybody yet.
    TABLE[f"{name}-undo"] = {"POST": Door(staff(409, anonymous=401), another, at=waiting)}
    TABLE[f"{name}-send-back"] = {
        "POST": Door(
            only(("approver",), 200, 409, anonymous=401),
            another,
            at=waiting,
            sent={"reason": "ตัวเลขไม่ตรงหลักฐาน"},
        )
    }


_entries(
    "result",
    "result",
    "result_sent",
    {"kpi": "=kpi.code", "fiscal_year": 2570, "quarter": 1, "value": "8", "version": 1},
    others=400,
    submits=200,
)
_entries(
    "progress",
    "progress",
    "progress_sent",
    {"project": "=project.code", "fiscal_year": 2570, "quarter": 1, "percent": "25", "version": 1},
    others=409,
    submits=200,
)
_entries(
    "disbursement",
    "figure",
    "figure_sent",
    {
        "allocation": "=allocation.code",
        "fiscal_year": 2570,
        "month": 3,
        "disbursed_to_date": "12",
        "obligated": "0",
        "note": "จริง",
        "version": 1,
    },
    others=400,
    # The month is not over yet.
    submits=409,
)
_OWN = staff(409, anonymous=401)
_ANOTHERS = only(PROVINCE, 409, 404, anonymous=401)
# A draft has no second signature to take: the strategy office is refused by its state.
TABLE["result-accept"] = {
    "POST": Door(
        _OWN,
        _ANOTHERS,
        at={"pk": "result_sent.pk"},
    )
}
TABLE["disbursement-correct"] = {
    "POST": Door(
        _OWN,
        _ANOTHERS,
        at={"pk": "figure_sent.pk"},
        sent={"disbursed_to_date": "12", "obligated": "0", "reason": "พิมพ์ผิด"},
    )
}
# A year's scoring rules: read by all once published, kept by the strategy office.
for _name, _sent in (
    (
        "score-curve",
        {
            "fiscal_year": 2570,
            "code": "x",
            "name_th": "x",
            "preset": "own",
            "points": [["1", "1"]],
        },
    ),
    (
        "assessment-scheme",
        {
            "fiscal_year": 2570,
            "kind": "employee",
            "version": 0,
            "work_share": "100",
            "bands": [{"limit": "0", "name_th": "x"}],
            "rounds": [{"first_quarter": 1, "last_quarter": 2, "name_th": "x"}],
        },
    ),
):
    TABLE[f"{_name}-list"] = {
        "GET": Door(everybody(200)),
        "POST": Door(only(OFFICE, 201, 409, anonymous=401), sent=_sent),
    }
TABLE["score-curve-detail"] = {"GET": Door(API_OWN, at={"pk": "kpi.curve_id"})}
TABLE["assessment-scheme-detail"] = {"GET": Door(API_OWN, at={"pk": "scheme.pk"})}
# Nothing is published in this world: a running quarter's ranking is the provincial offices'.
TABLE["ranking-list"] = {"GET": Door(only(PROVINCE, 200, 404, anonymous=404))}
TABLE["self-assessment-list"] = {"GET": Door(everybody(200))}
TABLE["self-assessment-detail"] = {
    "GET": Door(API_OWN, API_ANOTHERS, at={"pk": "self_assessment.pk"})
}
# The round is not over in this world.
TABLE["self-assessment-send"] = {
    "POST": Door(
        staff(409, anonymous=401),
        only(PROVINCE, 409, 404, anonymous=401),
        at={"pk": "self_assessment.pk"},
        sent={"version": 1},
    )
}
_KEPT = only(RISK_KEEPERS, 200, 409, anonymous=401)
_OFFICE_KEPT = {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 200}
_INSPECTED = only(("inspector",), 200, 409, anonymous=401)
_INSPECTED_ELSEWHERE = {**only(PROVINCE, 409, 404, anonymous=401), "inspector": 200}
_RISK, _STEP = {"code": "risk.code"}, {"code": "risk.code", "number": "'1"}
_SCORES = {"likelihood": 3, "impact": 3}
TABLE["risk-list"] = {
    "GET": Door(everybody(200)),
    "POST": Door(
        only(RISK_KEEPERS, 201, 409, anonymous=401),
        {**staff(409, anonymous=401), "strategist": 201},
        sent={
            **_SCORES,
            "fiscal_year": 2570,
            "agency": "=agency.code",
            "category": "=category.code",
            "project": "=project.code",
            "name_th": "งานล่าช้า",
            "cause_th": "ผู้รับจ้างรายเดียว",
            "response": "treat",
        },
    ),
}
TABLE["risk-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=_RISK)}
TABLE["risk-review"] = {
    "POST": Door(_KEPT, _OFFICE_KEPT, at=_RISK, sent={**_SCORES, "fiscal_year": 2570, "quarter": 1})
}
TABLE["risk-steps"] = {
    "POST": Door(
        only(RISK_KEEPERS, 201, 409, anonymous=401),
        {**only(PROVINCE, 409, 404, anonymous=401), "strategist": 201},
        at=_RISK,
        sent={"text_th": "เร่งรัด", "owner": "=agency.code", "due_date": "2027-03-01"},
    )
}
TABLE["risk-finish"] = {
    "POST": Door(_KEPT, _OFFICE_KEPT, at=_STEP, sent={"state": "done", "note_th": "ครบ"})
}
TABLE["risk-close"] = {
    "POST": Door(
        only(("approver", "strategist"), 200, 409, anonymous=401),
        _OFFICE_KEPT,
        at=_RISK,
        sent={"reason": "หมดแล้ว"},
    )
}
TABLE["inspection-list"] = {
    "GET": Door(everybody(200)),
    "POST": Door(
        only(("inspector",), 201, 409, anonymous=401),
        sent={
            "project": "=project.code",
            "planned_date": "2027-03-01",
            "purpose_th": "ดูงาน",
        },
    ),
}
_VISIT, _FINDING = {"pk": "inspection.pk"}, {"pk": "finding.pk"}
TABLE["inspection-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=_VISIT)}
TABLE["inspection-record"] = {
    "POST": Door(
        _INSPECTED,
        _INSPECTED_ELSEWHERE,
        at=_VISIT,
        sent={"visited_date": "2027-01-12", "summary_th": "ดี", "version": 1},
    )
}
TABLE["inspection-findings"] = {
    "POST": Door(
        only(("inspector",), 201, 409, anonymous=401),
        {**only(PROVINCE, 409, 404, anonymous=401), "inspector": 201},
        at=_VISIT,
        sent={
            "text_th": "ไม่ตรงรายงาน",
            "severity": "minor",
            "corrective_th": "แก้ตัวเลข",
            "owner": "=agency.code",
            "due_date": "2027-03-01",
        },
    )
}
# A visit that was made is not cancelled any more.
TABLE["inspection-cancel"] = {"POST": Door(_OWN, _ANOTHERS, at=_VISIT, sent={"reason": "x"})}
TABLE["finding-list"] = {"GET": Door(everybody(200))}
TABLE["finding-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=_FINDING)}
TABLE["finding-fix"] = {
    "POST": Door(
        only(("reporter", "approver"), 200, 409, anonymous=401),
        _ANOTHERS,
        at=_FINDING,
        sent={"fixed_th": "แก้แล้ว", "version": 1},
    )
}
# Nothing was reported as mended yet.
TABLE["finding-verify"] = {
    "POST": Door(
        _OWN,
        _ANOTHERS,
        at=_FINDING,
        sent={"accepted": True, "verdict_th": "จริง", "version": 1},
    )
}
_MONTHLY = {"project": "=project.code", "fiscal_year": 2570, "month": 3, "percent": "25"}
# The world's year asks for no monthly progress: the verb says so to the host too.
TABLE["monthly-progress-list"] = {
    "GET": Door(everybody(200)),
    "POST": Door(staff(409, anonymous=401), sent=_MONTHLY),
}
TABLE["monthly-progress-detail"] = {
    "GET": Door(API_OWN, API_ANOTHERS, at={"pk": "month_report.pk"})
}
TABLE["monthly-progress-submit"] = {"POST": Door(_OWN, _ANOTHERS, at={"pk": "month_report.pk"})}
TABLE["monthly-progress-undo"] = {"POST": Door(_OWN, _ANOTHERS, at={"pk": "month_report.pk"})}
for _verb in ("approve", "send-back"):
    TABLE[f"monthly-progress-{_verb}"] = {
        "POST": Door(
            only(("approver",), 200, 409, anonymous=401),
            _ANOTHERS,
            at={"pk": "month_report.pk"},
            sent={"reason": "ตัวเลขไม่ตรงหลักฐาน"},
        )
    }
# ── Meetings ─────────────────────────────────────────────────────────────────
TABLE["meeting-list"] = {"GET": Door(everybody(200))}
TABLE["meeting-detail"] = {"GET": Door(API_OWN, at={"pk": "meeting.pk"})}
TABLE["resolution-list"] = {"GET": Door(everybody(200))}
_RESOLUTION = {"pk": "resolution.pk"}
_ASKED_OF = ("strategist", "governor")
TABLE["resolution-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=_RESOLUTION)}
TABLE["resolution-report"] = {
    "POST": Door(
        only(("reporter", "approver", *_ASKED_OF), 200, 409, anonymous=401),
        {**_ANOTHERS, "strategist": 200, "governor": 200},
        at=_RESOLUTION,
        sent={"progress_th": "ครึ่งทาง"},
    )
}
TABLE["resolution-close"] = {
    "POST": Door(
        only(("approver", *_ASKED_OF), 200, 409, anonymous=401),
        {**_ANOTHERS, "strategist": 200, "governor": 200},
        at=_RESOLUTION,
        sent={"state": "done"},
    )
}
# ── Money ────────────────────────────────────────────────────────────────────
_ALLOCATION, _CONTRACT = {"code": "allocation.code"}, {"pk": "contract.pk"}
_KEEPS_BOOKS = only(("comptroller",), 200, 409, anonymous=401)
_KEEPS_OTHERS = {**_ANOTHERS, "comptroller": 200}
TABLE["allocation-settle"] = {
    "POST": Door(
        _KEEPS_BOOKS,
        _KEEPS_OTHERS,
        at=_ALLOCATION,
        sent={
            "savings": "1",
            "reserved_with_obligation": "0",
            "reserved_without_obligation": "0",
            "returned": "0",
            "reason": "หนังสือ",
        },
    )
}
TABLE["allocation-receive"] = {
    "POST": Door(
        only(("comptroller",), 201, 409, anonymous=401),
        {**_ANOTHERS, "comptroller": 201},
        at=_ALLOCATION,
        sent={"amount": "5000", "received_date": "2027-01-05", "reference": "กค 1"},
    )
}
# Nothing of the world is provisional or set aside: the verb says so to the comptroller too.
TABLE["allocation-enact"] = {
    "POST": Door(
        _OWN,
        _ANOTHERS,
        at=_ALLOCATION,
        sent={"appropriation": "1", "allotted": "1", "reference": "พ.ร.บ."},
    )
}
TABLE["allocation-carry-over"] = {"POST": Door(_OWN, _ANOTHERS, at=_ALLOCATION)}
# Everything of the world is allotted: there is nothing to move. Others do not see the two.
TABLE["transfer-list"] = {
    "GET": Door(everybody(200)),
    "POST": Door(
        _OWN,
        only(PROVINCE, 409, 400, anonymous=401),
        sent={
            "from_allocation": "=allocation.code",
            "to_allocation": "=allocation_sent.code",
            "amount": "1",
            "decided_date": "2027-01-05",
            "reason": "หนังสือ",
        },
    ),
}
TABLE["transfer-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at={"pk": "transfer.pk"})}
_CONTRACTS = ("reporter", "approver", "comptroller")
TABLE["contract-list"] = {
    "GET": Door(everybody(200)),
    "POST": Door(
        only(_CONTRACTS, 201, 409, anonymous=401),
        {**only(PROVINCE, 409, 400, anonymous=401), "comptroller": 201},
        sent={
            "allocation": "=allocation.code",
            "name_th": "จ้าง",
            "kind": "single_year",
            "amount": "500000",
        },
    ),
}
TABLE["contract-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at=_CONTRACT)}
for _verb, _sent in (
    ("sign", {"signed_date": "2027-01-05", "number": "1/2570"}),
    ("cancel", {"reason": "ไม่ทำแล้ว"}),
):
    TABLE[f"contract-{_verb}"] = {
        "POST": Door(
            only(_CONTRACTS, 200, 409, anonymous=401),
            {**_ANOTHERS, "comptroller": 200},
            at=_CONTRACT,
            sent=_sent,
        )
    }
TABLE["money-figure-list"] = {"GET": Door(everybody(200))}
TABLE["allocation-list"] = {"GET": Door(everybody(200))}
TABLE["allocation-detail"] = {"GET": Door(API_OWN, API_ANOTHERS, at={"code": "allocation.code"})}
TABLE["upload-list"] = {
    "GET": Door(staff(200, anonymous=401)),
    "POST": Door(staff(400, anonymous=401)),
}
TABLE["upload-detail"] = {
    "GET": Door(
        staff(200, anonymous=401), only(PROVINCE, 200, 404, anonymous=401), at={"pk": "upload.pk"}
    )
}
for _verb in ("next", "commit", "discard", "undo"):
    TABLE[f"upload-{_verb}"] = {
        "POST": Door(
            _OWN,
            _ANOTHERS,
            at={"pk": "upload.pk"},
            sent={"sheet": "ก"} if _verb == "next" else {},
        )
    }

TABLE["covid-occupancy-list"] = {
    "GET": Door(staff(200, anonymous=401)),
    "POST": Door(
        only(("operator",), 201, 409, anonymous=401),
        sent={
            "incident": "W",
            "facility": "WF",
            "day": "2027-01-13",
            "patients": 1,
            "admitted": 1,
            "discharged": 0,
        },
    ),
}
TABLE["covid-occupancy-detail"] = {
    "GET": Door(
        {**only(PROVINCE, 200, 404, anonymous=401), "operator": 200}, at={"pk": "occupancy.pk"}
    )
}
TABLE["covid-situation-list"] = {
    "GET": Door(staff(200, anonymous=401)),
    "POST": Door(
        only(("operator",), 201, 409, anonymous=401),
        sent={"incident": "W", "area": "7409", "day": "2027-01-13", "cases": 1, "deaths": 0},
    ),
}
TABLE["covid-situation-detail"] = {
    "GET": Door(
        {**only(PROVINCE, 200, 404, anonymous=401), "operator": 200}, at={"pk": "situation.pk"}
    )
}
_RUN_RESPONSE = ("operator", "strategist", "governor")
TABLE["incident-list"] = {
    "GET": PUBLIC,
    "POST": Door(
        only(_RUN_RESPONSE, 201, 409, anonymous=401),
        sent={"code": "WN", "name_th": "เหตุการณ์ใหม่", "start_date": "2027-01-11"},
    ),
}
TABLE["incident-detail"] = {"GET": Door(everybody(200), at={"code": "incident.code"})}
TABLE["incident-close"] = {
    "POST": Door(
        only(_RUN_RESPONSE, 200, 409, anonymous=401),
        at={"code": "incident.code"},
        sent={"end_date": "2027-01-12"},
    )
}
_ORDER: Mapping[str, Any] = {
    "incident": "W",
    "number": "9/2570",
    "name_th": "คำสั่ง",
    "issued_date": "2027-01-11",
    "from_date": "2027-01-11",
}
# Everybody reads the archive.
TABLE["covid-order-list"] = {
    "GET": PUBLIC,
    "POST": Door(only(("operator",), 201, 409, anonymous=401), sent=_ORDER),
}
TABLE["covid-order-detail"] = {
    "GET": Door(everybody(200), at={"pk": "order.pk"}),
    "PUT": Door(
        only(("operator",), 200, 409, anonymous=401),
        at={"pk": "order.pk"},
        sent=_ORDER | {"version": 1},
    ),
}
_ROW: Mapping[str, Any] = {"incident": "W", "area": "7409", "day": "2027-01-11"}
for _name, _part, _sent in (
    (
        *("registered-facility", "facility"),
        {"code": "WN", "kind": "home", "name_th": "สถานที่", "beds": 1},
    ),
    (
        *("factory", "response.factory"),
        {"code": "WN", "name_th": "โรงงาน", "thai_workers": 1, "foreign_workers": 0}
        | {"status": "preparing"},
    ),
    (
        "case-finding",
        "response.case_finding",
        {"place": "market", "place_th": "ตลาดใหม่", "tested": 9},
    ),
    ("vaccination", "response.vaccination", {"dose": 2, "group": "elderly", "given": 1}),
    (
        *("supply-request", "response.supply"),
        {"requester_th": "ผู้ขอ", "item_th": "ชุด", "unit_th": "ชุด", "asked": 1},
    ),
):
    TABLE[f"covid-{_name}-list"] = {
        "GET": Door(staff(200, anonymous=401)),
        "POST": Door(only(("operator",), 201, 409, anonymous=401), sent=_ROW | _sent),
    }
    TABLE[f"covid-{_name}-detail"] = {
        "GET": Door(
            {**only(PROVINCE, 200, 404, anonymous=401), "operator": 200},
            at={"pk": f"{_part}.pk"},
        ),
        # Who looks over the province reads the row, and may not change it.
        "PUT": Door(
            {**only(PROVINCE, 409, 404, anonymous=401), "operator": 200},
            at={"pk": f"{_part}.pk"},
            sent=_ROW | _sent | {"version": 1},
        ),
    }
for _name in ("course", "programme"):
    TABLE[f"learning-{_name}-list"] = {
        "GET": Door(staff(200, anonymous=401)),
        "POST": Door(
            only(("hr", "strategist"), 201, 409, anonymous=401),
            sent={"code": "WN", "name_th": "ใหม่"},
        ),
    }
    TABLE[f"learning-{_name}-detail"] = {
        "GET": Door(staff(200, anonymous=401), at={"pk": f"{_name}.pk"}),
        "PUT": Door(
            only(("hr", "strategist"), 200, 409, anonymous=401),
            at={"pk": f"{_name}.pk"},
            sent={"code": "WN", "name_th": "ใหม่", "version": 1},
        ),
    }
for _name, _part in (("goal", "goal"), ("rule", "learning_rule")):
    TABLE[f"learning-{_name}-list"] = {"GET": Door(staff(200, anonymous=401))}
    TABLE[f"learning-{_name}-detail"] = {
        "GET": Door(staff(200, anonymous=401), at={"pk": f"{_part}.pk"})
    }
TABLE["learning-record-list"] = {
    "GET": Door(staff(200, anonymous=401)),
    # The people here hold no post, so nothing can be written down for them.
    "POST": Door(
        staff(409, anonymous=401),
        sent={"course": "WC", "completed_date": "2026-11-13"},
    ),
}
TABLE["learning-record-detail"] = {
    "GET": Door(
        only(("hr",), 200, 404, anonymous=401), staff(404, anonymous=401), at={"pk": "record.pk"}
    )
}
for _verb in ("confirm", "send-back"):
    TABLE[f"learning-record-{_verb}"] = {
        "POST": Door(
            only(("hr",), 200, 404, anonymous=401),
            staff(404, anonymous=401),
            at={"pk": "record.pk"},
            sent={"reason": "วันไม่ตรง"},
        )
    }

# ── Planning ─────────────────────────────────────────────────────────────────
PLANNERS = ("planner", *PROVINCE)
# Who decides about needs somewhere: planners of the place, the strategy office for the province.
DECIDERS = ("planner", "strategist")
_NEED = {"code": "need.code"}
_TOLD = {"code": "need_told.code"}
_THERE = {"tambon": "=tambon.pk", "number": "1", "name_th": "บ้านใหม่"}
_TYPED = {"title_th": "ซ่อมถนน", "category": "=need.category_id", "area": "=tambon.pk"}


def planners(own: Mapping[str, Answer], rest: Answer = 403) -> Answers:
    """Say it for each planner's role; everybody else who signs in is refused."""
    return {**staff(rest), **own}


TABLE |= {
    "planning:need-list": {"GET": PUBLIC},
    "planning:need-file": {"GET": PUBLIC},
    # Without the form's signed moment nothing is taken.
    "planning:need-tell": {"GET": PUBLIC, "POST": Door(everybody(422))},
    "planning:need-received": {"GET": Door(everybody(200), everybody(200), at=_TOLD)},
    "planning:need-detail": {"GET": Door(everybody(200), everybody(200), at=_NEED)},
    # What waits for a check is seen only by those who check it.
    "planning:need-photo": {
        "GET": Door(
            only(DECIDERS, 200, 404, anonymous=404),
            only(OFFICE, 200, 404, anonymous=404),
            at=_TOLD | {"pk": "need_photo.pk"},
        )
    },
    "planning:need-desk": {"GET": Door(only(PLANNERS, 200, 403))},
    "planning:need-record": {
        "GET": Door(only(DECIDERS, 200, 403)),
        "POST": Door(
            only(DECIDERS, 302, 403),
            planners({"planner": 422, "strategist": 302}),
            sent=_TYPED,
        ),
    },
    "planning:need-decide": {
        "GET": Door(
            only(PLANNERS, 200, 403),
            planners({**dict.fromkeys(PROVINCE, 200), "planner": 404}),
            at=_NEED,
        )
    },
    # It stands at the district: the strategy office decides only what has come up to the province.
    "planning:need-act": {
        "POST": Door(
            planners({**dict.fromkeys(PROVINCE, 409), "planner": 302}),
            planners({**dict.fromkeys(PROVINCE, 409), "planner": 404}),
            at=_NEED | {"deed": "'send-up"},
        )
    },
    "planning:need-send-many": {
        "POST": Door(
            planners({**dict.fromkeys(PROVINCE, 409), "planner": 302}),
            # Another district's need is not among those that may be chosen: nothing was chosen.
            planners({**dict.fromkeys(PROVINCE, 409), "planner": 302}),
            sent={"need": "=need.code"},
        )
    },
    "planning:need-contact": {
        "POST": Door(
            # Others who see the province do not see what waits for a check, nor who told of it.
            planners({**dict.fromkeys(PROVINCE, 404), "planner": 200, "strategist": 200}),
            planners({**dict.fromkeys(PROVINCE, 404), "planner": 404, "strategist": 200}),
            at=_TOLD,
        )
    },
    "planning:village-list": {
        "GET": Door(only(PLANNERS, 200, 403)),
        "POST": Door(
            only(DECIDERS, 302, 403),
            planners({"planner": 422, "strategist": 302}),
            sent=_THERE,
        ),
    },
    "forum-list": {
        "GET": PUBLIC,
        "POST": Door(
            only(OFFICE, 201, 409, anonymous=401),
            sent={"title_th": "เวทีใหม่", "held_date": "2027-01-06", "attendance": []},
        ),
    },
    "forum-detail": {
        "GET": Door(everybody(200), at={"pk": "forum.pk"}),
        "PUT": Door(
            only(OFFICE, 200, 409, anonymous=401),
            at={"pk": "forum.pk"},
            sent={
                "title_th": "เวที",
                "held_date": "2027-01-06",
                "attendance": [],
                "version": 1,
            },
        ),
    },
    "need-list": {
        "GET": PUBLIC,
        "POST": Door(
            only(DECIDERS, 201, 409, anonymous=401),
            only(OFFICE, 201, 409, anonymous=401),
            sent={"title_th": "ซ่อมถนน", "category": "W", "area": "=tambon.code"},
        ),
    },
    "need-detail": {"GET": Door(everybody(200), everybody(200), at=_NEED)},
}
for _verb, _sent in {
    "amend": {"version": 1, "title_th": "ขุดลอกคลองพิทยา"},
    "rank": {"points": {}},
    "send-up": {},
    "send-back": {"reason": "x"},
    "reject": {"reason": "x"},
    "merge": {"into": "=need.code"},
    "fund": {"baht": "1", "fiscal_year": 2570, "source_th": "อบต."},
    "adopt": {"project": "=project.code"},
    # It waits for no look, and has no money.
    "publish": {},
    "hide": {"reason": "x"},
    "finish": {"note": "x"},
}.items():
    # Began at the district, one criterion, no other need, not at the province: some are refused.
    _planner = 200 if _verb in ("amend", "send-up", "reject", "fund") else 409
    TABLE[f"need-{_verb}"] = {
        "POST": Door(
            {**staff(409, anonymous=401), "planner": _planner},
            staff(409, anonymous=401),
            at=_NEED,
            sent=_sent,
        )
    }

_EDITION, _DRAFT = {"pk": "edition.pk"}, {"pk": "draft.pk"}


def office(answer: Answer, looking: Answer = 409, rest: Answer = 403) -> Answers:
    """Say it for the strategy office, for those who look over the province, and for the rest."""
    return {**staff(rest), **dict.fromkeys(PROVINCE, looking), "strategist": answer}


def drafting(answer: Answer) -> Answers:
    """Say it for the API: drafts are the desk's, and only the strategy office writes them."""
    return {**staff(404, anonymous=401), **dict.fromkeys(PROVINCE, 409), "strategist": answer}


TABLE |= {
    "planning:edition-list": {"GET": PUBLIC},
    "planning:edition-detail": {"GET": Door(everybody(200), at=_EDITION)},
    "planning:swot": {"GET": Door(everybody(200), at=_EDITION)},
    "planning:edition-compare": {"GET": PUBLIC},
    "planning:forum-list": {"GET": PUBLIC},
    "planning:forum-detail": {"GET": Door(everybody(200), at={"pk": "forum.pk"})},
    # Without the form's signed moment nothing is taken.
    "planning:consultation-detail": {
        "GET": Door(everybody(200), at={"pk": "consultation.pk"}),
        "POST": Door(everybody(422), at={"pk": "consultation.pk"}),
    },
    "planning:plan-desk": {
        "GET": Door(DESK_ONLY_PROVINCE),
        "POST": Door(only(PROVINCE, 422, 403), sent={"begin": "plan"}),
    },
    "planning:edition-write": {
        "GET": Door(DESK_ONLY_PROVINCE, at=_DRAFT),
        "POST": Door(office(302), at=_DRAFT, sent={"vision_th": "x", "missions": "พันธกิจ"}),
    },
    # Half an edition goes nowhere, whoever sends it.
    "planning:edition-move": {
        "POST": Door(only(PROVINCE, 409, 403), at=_DRAFT, sent={"to": "consultation"})
    },
    "planning:edition-consult": {
        "POST": Door(
            only(PROVINCE, 409, 403),
            at=_DRAFT,
            sent={"question_th": "x", "opens_date": "2027-01-14", "closes_date": "2027-01-20"},
        )
    },
    "planning:issue-write": {
        "GET": Door(DESK_ONLY_PROVINCE, at=_DRAFT | {"code": "'new"}),
        "POST": Door(
            office(302),
            at=_DRAFT | {"code": "'new"},
            sent={"code": "8", "name_th": "ประเด็น", "order": "8"},
        ),
    },
    "planning:issue-drop": {"POST": Door(office(302), at=_DRAFT | {"code": "draft_issue.code"})},
    "planning:factor-add": {
        "POST": Door(office(302), at=_DRAFT, sent={"kind": "S", "text_th": "x", "importance": "3"})
    },
    # One factor is no pair.
    "planning:tows-add": {
        "POST": Door(
            only(PROVINCE, 409, 403), at=_DRAFT, sent={"text_th": "x", "factors": "=factor.pk"}
        )
    },
    "planning:evidence-add": {
        "POST": Door(office(302), at={"pk": "factor.pk"}, sent={"label_th": "x", "source_th": "x"})
    },
    "planning:factor-amend": {
        "POST": Door(
            office(302),
            at={"pk": "factor.pk"},
            sent={"text_th": "x", "importance": "3", "version": "1"},
        )
    },
    "planning:factor-drop": {"POST": Door(office(302), at={"pk": "factor.pk"})},
    "planning:tows-drop": {"POST": Door(office(302), at={"pk": "tows.pk"})},
    "planning:consultation-close": {
        "POST": Door(office(302), at={"pk": "consultation.pk"}, sent={"reason": "น้ำท่วม"})
    },
    "planning:comment-judge": {
        "POST": Door(office(302), at={"pk": "comment.pk"}, sent={"shown": "yes"})
    },
    "planning:alignment": {"GET": Door(DESK_ONLY_PROVINCE)},
    "planning:project-align": {
        "POST": Door(
            only(PROVINCE, 422, 403),
            only(PROVINCE, 422, 403),
            at={"code": "project.code"},
            sent={"main_item": "none", "reason_th": "x"},
        )
    },
    "planning:forum-desk": {
        "GET": Door(DESK_ONLY_PROVINCE),
        "POST": Door(only(PROVINCE, 422, 403)),
    },
    "planning:forum-amend": {
        "GET": Door(DESK_ONLY_PROVINCE, at={"pk": "forum.pk"}),
        "POST": Door(
            office(302),
            at={"pk": "forum.pk"},
            sent={"title_th": "เวที", "held_date": "2027-01-06", "version": "1"},
        ),
    },
    # Not public yet: for those at the desk.
    "planning:forum-file": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at={"pk": "forum_file.pk"})
    },
    "planning:forum-file-add": {"POST": Door(only(PROVINCE, 422, 403), at={"pk": "forum.pk"})},
    "planning:forum-file-change": {
        "POST": Door(office(302), at={"pk": "forum_file.pk"}, sent={"move": "show"})
    },
    # A draft's analysis is the desk's.
    "swot-factor-list": {
        "GET": PUBLIC,
        "POST": Door(
            drafting(201),
            sent={"edition": "=draft.pk", "kind": "S", "text_th": "x", "importance": 3},
        ),
    },
    "swot-factor-detail": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at={"pk": "factor.pk"}),
        "PUT": Door(
            drafting(200),
            at={"pk": "factor.pk"},
            sent={"text_th": "x", "importance": 3, "version": 1},
        ),
    },
    "swot-factor-drop": {"POST": Door(drafting(204), at={"pk": "factor.pk"})},
    "swot-factor-evidence": {
        "POST": Door(
            drafting(200), at={"pk": "factor.pk"}, sent={"label_th": "x", "source_th": "x"}
        )
    },
    # No factors are named.
    "tows-strategy-list": {
        "GET": PUBLIC,
        "POST": Door(staff(400, anonymous=401), sent={"edition": "=draft.pk", "text_th": "x"}),
    },
    "tows-strategy-detail": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at={"pk": "tows.pk"}),
    },
    "tows-strategy-drop": {"POST": Door(drafting(204), at={"pk": "tows.pk"})},
    # A draft is not out for consultation.
    "consultation-list": {
        "GET": PUBLIC,
        "POST": Door(
            drafting(409),
            sent={
                "edition": "=draft.pk",
                "question_th": "x",
                "opens_date": "2027-01-14",
                "closes_date": "2027-01-20",
            },
        ),
    },
    "plan-edition-list": {
        "GET": PUBLIC,
        # A draft is copied by nobody, and a place outside the desk does not see it.
        "POST": Door(drafting(409), sent={"plan": "w", "based_on": "=draft.pk"}),
    },
    "plan-edition-detail": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at=_DRAFT),
    },
    "plan-edition-start-plan": {
        "POST": Door(
            only(OFFICE, 201, 409, anonymous=401),
            sent={"kind": "annual", "start_year": 2572, "end_year": 2572, "name_th": "แผนปี"},
        )
    },
    # Half an edition goes nowhere, whoever sends it.
    "plan-edition-move": {"POST": Door(drafting(409), at=_DRAFT, sent={"to": "consultation"})},
    "consultation-close": {
        "POST": Door(
            only(OFFICE, 200, 409, anonymous=401),
            at={"pk": "consultation.pk"},
            sent={"reason": "น้ำท่วม"},
        )
    },
    "consultation-comment-list": {"GET": PUBLIC},
    # It waits for a look.
    "consultation-comment-detail": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at={"pk": "comment.pk"})
    },
    "consultation-comment-judge": {
        "POST": Door(drafting(200), at={"pk": "comment.pk"}, sent={"shown": True})
    },
    "consultation-comment-answer": {
        "POST": Door(drafting(409), at={"pk": "comment.pk"}, sent={"answer_th": "x", "version": 1})
    },
    "consultation-detail": {"GET": Door(everybody(200), at={"pk": "consultation.pk"})},
    "announcement-list": {"GET": Door(staff(200, anonymous=401))},
    # Both agencies were told by the same letter; everybody here works for the first.
    "announcement-detail": {"GET": Door(staff(200, anonymous=401), at={"pk": "announcement.pk"})},
    "announcement-acknowledge": {
        "POST": Door(
            only(("reporter", "approver"), 200, 409, anonymous=401), at={"pk": "announcement.pk"}
        )
    },
    "forum-files": {"POST": Door(staff(400, anonymous=401), at={"pk": "forum.pk"})},
    "forum-file-detail": {
        "GET": Door({**everybody(404), **dict.fromkeys(PROVINCE, 200)}, at={"pk": "forum_file.pk"})
    },
    "planning:proposal-add": {
        "POST": Door(office(302), at={"pk": "forum.pk"}, sent={"sector": "people", "text_th": "x"})
    },
    "planning:proposal-answer": {
        "POST": Door(
            office(302),
            at={"pk": "proposal.pk"},
            sent={"outcome": "not_taken", "answer_th": "x", "version": "1"},
        )
    },
    "planning:telling": {
        "GET": Door(DESK_ONLY_PROVINCE),
        "POST": Door(office(422, 404)),
    },
    "planning:told-detail": {"GET": Door(DESK_ONLY_PROVINCE, at={"pk": "announcement.pk"})},
    "planning:told": {
        "GET": DESK,
        "POST": Door(
            only(("reporter", "approver"), 302, 409),
            # Another agency's receipt is not among those that may be chosen: nothing was chosen.
            staff(302),
            sent={"receipt": "=receipt.pk"},
        ),
    },
}
for _verb, _answer in {"show": 200, "hide": 200, "remove": 200, "restore": 409}.items():
    # It is not shown yet, so whoever has no desk there does not see it; nothing was taken away.
    TABLE[f"forum-file-{_verb}"] = {
        "POST": Door(
            {**office(_answer, rest=404), ANONYMOUS: 401},
            at={"pk": "forum_file.pk"},
            sent={"reason": "ผิดไฟล์"} if _verb == "remove" else {},
        )
    }

# Personal rows of a colleague: for the post's holder, the line above and HR, and for nobody else,
# whatever else he or she may read.
PERSONAL: dict[str, Mapping[str, str]] = {
    "kpi:kpi-detail": {"code": "kpi_personal.code"},
    "kpi:explain": QUARTER | {"code": "kpi_personal.code"},
    "kpi:explain-score": QUARTER | {"kind": "'scorecards", "key": "kpi_personal.scorecard_id"},
    "kpi:result-detail": {"pk": "result_personal.pk"},
    "kpi:entry-row": {"kpi_id": "kpi_personal.pk"},
    "kpi-detail": {"pk": "kpi_personal.pk"},
    "scorecard-detail": {"pk": "kpi_personal.scorecard_id"},
    "kpi:scorecard": {"pk": "kpi_personal.scorecard_id"},
    "kpi:scorecard-edit": {"pk": "kpi_personal.scorecard_id"},
    "result-detail": {"pk": "result_personal.pk"},
    "submissions:evidence-file": {"pk": "evidence_personal.pk"},
    "learning:officer-detail": {"pk": "holder.pk"},
    "learning:certificate": {"pk": "record.pk"},
    "learning-record-detail": {"pk": "record.pk"},
    "kpi:appraisal": ROUND | {"pk": "kpi_personal.scorecard_id"},
    "kpi:appraisal-file": ROUND | {"pk": "kpi_personal.scorecard_id", "ending": "'pdf"},
}
PERSONAL_READERS = {"hr"}

# Addresses of the sign-in library: they act on the person's own account only.
SIGN_IN_OPEN = frozenset(
    {
        *("account_login", "account_logout", "account_inactive", "account_signup"),
        *("account_email_verification_sent", "account_reset_password"),
        *("account_confirm_login_code", "account_confirm_email"),
        *("account_reset_password_from_key_done", "account_reset_password_from_key"),
        *("account_reset_password_done", "mfa_authenticate", "mfa_login_webauthn"),
        *("socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup"),
        *("openid_connect_login", "openid_connect_callback"),
        *("accounts/social/login/cancelled/", "accounts/social/login/error/"),
        "accounts/social/signup/",
    }
)
SIGN_IN_OWN = frozenset(
    {
        *("account_reauthenticate", "account_email", "account_change_password"),
        *("account_set_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp"),
        *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
        *("mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"),
        *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
        *("socialaccount_connections", "accounts/social/connections/"),
    }
)
_SEEN: Mapping[str, Any] = {"day": "2027-01-11", "inspector_th": "สสจ.", "outcome": "passed"}
TABLE["covid-factory-inspections"] = {
    "POST": Door(
        {**only(PROVINCE, 409, 404, anonymous=401), "operator": 201},
        at={"pk": "response.factory.pk"},
        sent=_SEEN,
    )
}
TABLE["covid-factory-inspection"] = {
    "PUT": Door(
        {**only(PROVINCE, 409, 404, anonymous=401), "operator": 200},
        at={"pk": "response.factory.pk", "visit": "response.inspection.pk"},
        sent=_SEEN | {"version": 1},
    )
}
