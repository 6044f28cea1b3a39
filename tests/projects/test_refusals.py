"""What the verbs of projects refuse, and that nothing has changed; and what moves meanwhile."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from kpi.models import KPI, Scorecard
from projects.actions import (
    TargetInput,
    add_project_file,
    align_project,
    approve_month_progress,
    decide_change,
    keep_project_file,
    mark_unconfirmed,
    remove_project_file,
    request_change,
    save_month_progress,
    stored_input,
    submit_month_progress,
    withdraw_change,
)
from projects.actions.dossier import plan_differs
from projects.actions.inspections import (
    FindingInput,
    add_finding,
    fix_finding,
    plan_inspection,
    record_inspection,
    verify_finding,
)
from projects.actions.risks import (
    ReviewInput,
    RiskInput,
    add_risk_action,
    change_risk,
    finish_risk_action,
    register_risks,
    review_risks,
)
from projects.models import (
    ChangeRequest,
    Finding,
    Inspection,
    MonthlyProgress,
    Project,
    ProjectFile,
    ProjectTarget,
    Risk,
    RiskAction,
    RiskCategory,
    RiskReview,
)
from projects.rollups import signed_months
from strategy.models import Framework, FrameworkItem
from submissions.models import Evidence, FiscalYear, Month, PeriodState
from tests.factories import NOON, TODAY, PostFactory, person, quarter_of, set_state
from tests.house.meanwhile import meanwhile
from tests.kpi.factories import kpi_of
from tests.projects.factories import YEAR, project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def project():
    project, activities = project_with(60, 40)
    for activity in activities:
        activity.plan.create(fiscal_year_id=YEAR, month=12, percent=D(100))
    return project


@pytest.fixture
def host(project):
    return person(Role.REPORTER, project.host_agency)


@pytest.fixture
def office():
    return person(Role.STRATEGIST)


def code_of(verb, **given):
    with pytest.raises(Refused) as refused:
        verb(**given)
    return refused.value.code


# ── Change control ───────────────────────────────────────────────────────────
def longer(project, year):
    """Give the plan with a last activity that runs to the end of a year not written so far."""
    given = stored_input(project)
    end = date(year - 543, 9, 30)
    first, last = given.activities
    plan = {**last.plan, (year, 12): D(100)}
    return replace(
        given,
        end_date=end,
        years={**given.years, year: D(1)},
        activities=[first, replace(last, end_date=end, plan=plan)],
    )


def test_another_plan_needs_a_reason_and_a_year_that_is_near(project, host):
    ask = {"project": project, "by": host, "at": NOON}
    assert code_of(request_change, **ask, given=longer(project, 2571), reason_th=" ") == "no_reason"
    far = longer(project, 2590)
    assert code_of(request_change, **ask, given=far, reason_th="ฝนมาช้า") == "no_year"
    stranger = person(Role.REPORTER)
    given = {"given": longer(project, 2571), "reason_th": "ฝนมาช้า"}
    assert code_of(request_change, **ask | {"by": stranger}, **given) == "not_allowed"
    assert not ChangeRequest.objects.exists()
    assert not Event.objects.filter(verb="projects.change.asked").exists()


def test_a_plan_that_runs_on_opens_the_year_it_needs(project, host, office):
    given = longer(project, 2571)
    asked = request_change(project=project, given=given, reason_th="ฝนมาช้า", by=host, at=NOON)
    assert not FiscalYear.objects.filter(year=2571).exists()
    resolution = {"reference": "มติ 2/2570", "decided_date": TODAY, "by": office, "at": NOON}
    decide_change(request=asked, approved=True, **resolution)
    assert FiscalYear.objects.filter(year=2571).exists()
    project.refresh_from_db()
    assert project.end_date == date(2028, 9, 30)


def test_a_request_decided_meanwhile_is_not_taken_back(project, host):
    given = longer(project, 2571)
    seen = request_change(project=project, given=given, reason_th="ฝนมาช้า", by=host, at=NOON)
    ChangeRequest.objects.filter(pk=seen.pk).update(
        state=ChangeRequest.State.REJECTED,
        decided_by=host,
        decided_at=NOON,
        decided_date=TODAY,
        reference="มติ 1/2570",
    )
    assert code_of(withdraw_change, request=seen, by=host, at=NOON) == "changed_meanwhile"
    assert ChangeRequest.objects.get().state == ChangeRequest.State.REJECTED
    assert not Event.objects.filter(verb="projects.change.withdrawn").exists()


# ── The file ─────────────────────────────────────────────────────────────────
def jpeg():
    written = BytesIO()
    Image.new("RGB", (40, 30), "seagreen").save(written, "JPEG")
    return SimpleUploadedFile("ก่อน.jpg", written.getvalue(), "image/jpeg")


def test_what_a_project_answers_is_its_plan_and_unnamed_targets_are_not(project):
    kpi = kpi_of(project.host_agency)
    assert plan_differs(project, stored_input(project, kpis=[kpi]))
    assert not plan_differs(project, stored_input(project, targets=None))
    assert not plan_differs(project, stored_input(project))


def test_targets_follow_what_is_given_and_keep_what_was_reached(project, office):
    Project.objects.filter(pk=project.pk).update(status=Project.Status.PROPOSED)

    def keep(*targets):
        project.refresh_from_db()
        given = stored_input(project, targets=list(targets))
        keep_project_file(given=given, version=project.version, by=office, at=NOON)
        rows = ProjectTarget.objects.filter(project=project).order_by("number")
        return [(row.name_th, row.target, row.actual) for row in rows]

    lawn = TargetInput("output", "ลานกีฬา", "แห่ง", D(2))
    keep(lawn, TargetInput("output", "ผู้เข้าร่วม", "คน", D(90)))
    ProjectTarget.objects.filter(number=1).update(actual=D(1))
    assert keep(replace(lawn, target=D(3))) == [("ลานกีฬา", D(3), D(1))]
    assert keep() == []


def test_a_stranger_neither_adds_nor_removes_files(project, host):
    photo = {"kind": "before", "caption_th": "ก่อนสร้าง"}
    row = add_project_file(project=project, file=jpeg(), by=host, at=NOON, **photo)
    stranger = {"by": person(Role.REPORTER), "at": NOON}
    add = {"project": project, "file": jpeg(), **photo, **stranger}
    assert code_of(add_project_file, **add) == "not_allowed"
    assert code_of(remove_project_file, file=row, **stranger) == "not_allowed"
    assert (ProjectFile.objects.get(), Evidence.objects.count()) == (row, 1)
    assert not Event.objects.filter(verb="projects.file.removed").exists()


def test_a_main_target_needs_a_reason(project, office):
    framework = Framework.objects.create(code="MP", name_th="แผนแม่บท")
    item = FrameworkItem.objects.create(framework=framework, code="MP01", name_th="น้ำ")
    align = {"project": project, "main_item": item, "items": [], "at": NOON}
    assert code_of(align_project, **align, reason_th=" ", by=office) == "no_reason"
    stranger = person(Role.REPORTER, project.host_agency)
    assert code_of(align_project, **align, reason_th="ตรงกัน", by=stranger) == "not_strategist"
    project.refresh_from_db()
    assert project.main_item is None
    assert not project.framework_items.exists()


# ── Months ───────────────────────────────────────────────────────────────────
@pytest.fixture
def month(project):
    quarter_of(YEAR, 1)
    FiscalYear.objects.filter(year=YEAR).update(thresholds={"progress": {"monthly": True}})
    month = Month.objects.select_related("fiscal_year").get(fiscal_year=YEAR, number=2)
    set_state(month, PeriodState.OPEN)
    month.fiscal_year.refresh_from_db()
    return month


def test_a_month_takes_percentages_of_its_own_activities_only(project, month, host):
    save = {"project": project, "month": month, "by": host, "at": NOON}
    own = project.activities.order_by("number")[0]
    _other, [strange] = project_with(1)
    assert code_of(save_month_progress, **save, activities={own.pk: D(101)}) == "percent"
    assert code_of(save_month_progress, **save, activities={strange.pk: D(5)}) == "other_project"
    assert not MonthlyProgress.objects.exists()
    given = {"activities": {own.pk: D(5)}, "words": {"note": "ทำแล้ว", "status": "approved"}}
    report = save_month_progress(**save, **given)
    report.refresh_from_db()
    assert (report.note, report.status) == ("ทำแล้ว", "draft")


def test_a_month_typed_meanwhile_is_not_typed_over(project, month, host):
    save = {"project": project, "month": month, "by": host, "at": NOON}
    save_month_progress(**save, words={"note": "ก่อน"})
    moved = MonthlyProgress.objects.all()
    with meanwhile('SELECT "projects_activity"', lambda: moved.update(version=9, note="ผู้อื่น")):
        code = code_of(save_month_progress, **save, words={"note": "หลัง"})
    assert code == "changed_meanwhile"
    assert MonthlyProgress.objects.get().note != "หลัง"


def test_a_project_without_activities_is_signed_by_the_month_as_a_whole(month):
    whole, _none = project_with()
    reporter = person(Role.REPORTER, whole.host_agency)
    head = person(Role.APPROVER, whole.host_agency)
    report = save_month_progress(project=whole, month=month, percent=D(12), by=reporter, at=NOON)
    submit_month_progress(report=report, by=reporter, at=NOON)
    assert signed_months([whole.pk]) == {}
    approve_month_progress(entries=[report], by=head, at=NOON)
    assert signed_months([whole.pk]) == {(whole.pk, 0, YEAR): {2: D(12)}}
    assert signed_months([whole.pk], published_only=True) == {}


# ── Risks ────────────────────────────────────────────────────────────────────
def risk_input(of, **changes):
    given = {
        "fiscal_year": FiscalYear.objects.get(year=YEAR),
        "agency": of.host_agency,
        "category": RiskCategory.objects.get_or_create(code="FR", name_th="ทุจริต", order=1)[0],
        "name_th": "งานล่าช้า",
        "cause_th": "ผู้รับจ้างรายเดียว",
        "likelihood": 3,
        "impact": 3,
        "response": "treat",
        "project": of,
    }
    return RiskInput(**given | changes)


@pytest.fixture
def risk(project, host):
    return register_risks(entries=[risk_input(project)], by=host, at=NOON)[0]


def personal_kpi(agency):
    post = PostFactory(agency=agency)
    return kpi_of(agency, code="8.1", level=Scorecard.Level.POST, post=post)


def test_the_register_takes_nobodys_personal_kpi(project, host):
    entry = risk_input(project, project=None, kpi=personal_kpi(project.host_agency))
    with pytest.raises(EntriesRefused) as refused:
        register_risks(entries=[entry], by=host, at=NOON)
    assert refused.value.by_entry[0].code == "personal_subject"
    assert not Risk.objects.exists()


def test_a_stranger_does_not_change_a_risk(risk):
    given = {"changes": {"name_th": "อื่น"}, "version": risk.version}
    assert code_of(change_risk, risk=risk, **given, by=person(Role.REPORTER), at=NOON) == (
        "not_allowed"
    )
    assert Risk.objects.get().name_th == "งานล่าช้า"


def test_a_review_changed_meanwhile_is_not_written_over(project, risk, host):
    quarter = quarter_of(YEAR, 1)
    review_risks(entries=[ReviewInput(risk, quarter, 3, 4)], by=host, at=NOON)
    risk.refresh_from_db()
    moved = RiskReview.objects.all()
    with (
        meanwhile('UPDATE "projects_riskreview"', lambda: moved.update(version=9)),
        pytest.raises(Refused) as refused,
    ):
        review_risks(entries=[ReviewInput(risk, quarter, 5, 5)], by=host, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    assert RiskReview.objects.get().score == 12
    risk.refresh_from_db()
    assert risk.score == 12


def test_an_earlier_quarter_leaves_the_level_to_the_last_reviews_year(risk, office):
    last, this = quarter_of(YEAR + 1, 1), quarter_of(YEAR, 1)
    review_risks(entries=[ReviewInput(risk, last, 5, 5)], by=office, at=NOON)
    risk.refresh_from_db()
    review_risks(entries=[ReviewInput(risk, this, 1, 1)], by=office, at=NOON)
    risk.refresh_from_db()
    assert (risk.score, risk.level) == (25, 4)


def test_what_is_done_about_a_risk_ends_once(risk, host):
    action = add_risk_action(
        risk=risk,
        text_th="จ้างเพิ่ม",
        owner=risk.agency,
        due_date=TODAY + timedelta(days=9),
        by=host,
        at=NOON,
    )
    RiskAction.objects.filter(pk=action.pk).update(
        state=RiskAction.State.DROPPED, note_th="ผู้อื่น", ended_by=host, ended_at=NOON
    )
    end = {"action": action, "state": "done", "note_th": "เสร็จ", "by": host, "at": NOON}
    assert code_of(finish_risk_action, **end) == "changed_meanwhile"
    assert RiskAction.objects.get().note_th == "ผู้อื่น"


# ── Visits ───────────────────────────────────────────────────────────────────
@pytest.fixture
def inspector():
    return person(Role.INSPECTOR)


def visited(project, inspector):
    inspection = plan_inspection(
        project=project, planned_date=TODAY, purpose_th="ดูงานจริง", by=inspector, at=NOON
    )
    return record_inspection(
        inspection=inspection,
        visited_date=TODAY,
        summary_th="พบหนึ่งข้อ",
        answers={},
        version=inspection.version,
        by=inspector,
        at=NOON,
    )


def found(inspection, inspector, **changes):
    given = {
        "text_th": "งานไม่ตรงรายงาน",
        "severity": "serious",
        "corrective_th": "แก้ตัวเลข",
        "owner": inspection.project.host_agency,
        "due_date": TODAY + timedelta(days=7),
    }
    finding = FindingInput(**given | changes)
    return add_finding(inspection=inspection, finding=finding, by=inspector, at=NOON)


def test_a_visit_without_a_checklist_has_no_questions(project, inspector):
    visited(project, inspector)
    assert not Inspection.objects.get().answers.exists()


def test_a_finding_marks_nobodys_personal_kpi(project, inspector):
    inspection = visited(project, inspector)
    kpi = personal_kpi(project.host_agency)
    give = {"inspection": inspection, "inspector": inspector, "kpis": [kpi]}
    assert code_of(found, **give) == "personal_kpi"
    assert not Finding.objects.exists()
    project.refresh_from_db()
    assert project.unconfirmed_reason == ""


def test_marks_that_stand_already_are_not_set_again(project, host, inspector):
    kpi = kpi_of(project.host_agency)
    found(visited(project, inspector), inspector, kpis=[kpi])
    finding = Finding.objects.get()
    fix_finding(finding=finding, fixed_th="แก้แล้ว", version=finding.version, by=host, at=NOON)
    mark_unconfirmed(project=project, reason="", by=inspector, at=NOON)
    KPI.objects.filter(pk=kpi.pk).update(unconfirmed_reason="")
    before = list(Event.objects.values_list("verb", flat=True))
    finding = Finding.objects.get()
    verify_finding(
        finding=finding,
        accepted=True,
        verdict_th="ตรวจแล้ว",
        version=finding.version,
        by=person(Role.INSPECTOR),
        at=NOON,
    )
    new = list(Event.objects.order_by("pk").values_list("verb", flat=True))[len(before) :]
    assert new == ["projects.finding.verified"]
