"""The verbs of projects: what they write, refuse, log and ask to be computed."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from audit.models import Event
from common.clock import ZONE
from common.refusal import EntriesRefused, Refused
from jobruns.models import JobRun
from projects import rollups
from projects.actions import (
    ActivityInput,
    ProgressInput,
    ProjectInput,
    approve_progress,
    attach_evidence,
    decide_project,
    detach_evidence,
    mark_unconfirmed,
    refresh_year,
    register_projects,
    return_progress,
    save_progress,
    submit_progress,
    withdraw_activities,
    withdraw_projects,
)
from projects.models import Activity, Progress, Project, ProjectFigure
from submissions.actions import Withdrawal
from submissions.models import Evidence, FiscalYear, PeriodState
from submissions.workflow import Status
from tests.factories import NOON, AgencyFactory, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal
RUNNING = datetime(2026, 12, 1, 9, 0, tzinfo=ZONE)


@pytest.fixture
def quarter():
    return quarter_of(2570, 1)


@pytest.fixture
def scene(quarter):
    """A project of two activities, its reporter and its head."""
    project, activities = project_with(3, 1)
    return (
        project,
        activities,
        person(Role.REPORTER, project.host_agency),
        person(Role.APPROVER, project.host_agency),
    )


def typed(scene, quarter, first="20", second="40", **more):
    project, activities, reporter, _head = scene
    percents = {activities[0].pk: first, activities[1].pk: second}
    entry = ProgressInput(
        project,
        quarter,
        activities={pk: None if p is None else D(p) for pk, p in percents.items()},
        **more,
    )
    return save_progress(entries=[entry], by=reporter, at=NOON)[0]


def sent(scene, quarter, **more):
    report = typed(scene, quarter, **more)
    return submit_progress(entries=[report], by=scene[2], at=NOON)[0]


def signed(scene, quarter, **more):
    return approve_progress(entries=[sent(scene, quarter, **more)], by=scene[3], at=NOON)[0]


def refused(call):
    with pytest.raises(EntriesRefused) as caught:
        call()
    return caught.value


# ── Typing ───────────────────────────────────────────────────────────────────
def test_a_draft_keeps_what_was_typed_and_is_not_logged(scene, quarter):
    report = typed(scene, quarter, narrative_th="เริ่มแล้ว", problems_th="ฝนตก", note="")
    assert report.status == Status.DRAFT
    assert report.entered_by == scene[2]
    assert {row.percent for row in report.activities.all()} == {D(20), D(40)}
    assert not Event.objects.filter(verb__startswith="projects.progress").exists()


def test_typing_again_keeps_what_is_not_named_and_empties_what_is_emptied(scene, quarter):
    first = typed(scene, quarter, narrative_th="เริ่มแล้ว")
    project, activities, reporter, _head = scene
    entry = ProgressInput(
        project, quarter, version=first.version, activities={activities[1].pk: None}
    )
    again = save_progress(entries=[entry], by=reporter, at=NOON)[0]
    assert again.version == first.version + 1
    assert again.narrative_th == "เริ่มแล้ว"
    assert [row.activity for row in again.activities.all()] == [activities[0]]


def test_zero_is_kept_as_zero(scene, quarter):
    assert D(0) in {row.percent for row in typed(scene, quarter, first="0").activities.all()}


def test_a_running_quarter_takes_drafts(scene, quarter):
    project, activities, reporter, _head = scene
    entry = ProgressInput(project, quarter, activities={activities[0].pk: D(5)})
    assert save_progress(entries=[entry], by=reporter, at=RUNNING)[0].pk


def test_a_stale_page_is_refused_and_changes_nothing(scene, quarter):
    typed(scene, quarter)
    project, activities, reporter, _head = scene
    stale = ProgressInput(project, quarter, version=0, activities={activities[0].pk: D(99)})
    error = refused(lambda: save_progress(entries=[stale], by=reporter, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"
    assert not Progress.objects.filter(activities__percent=D(99)).exists()


def test_typing_loses_a_race_politely(scene, quarter, monkeypatch):
    report = typed(scene, quarter)
    project, activities, reporter, _head = scene
    entry = ProgressInput(
        project, quarter, version=report.version, activities={activities[0].pk: D(1)}
    )
    # Someone else types between the reading and the writing.
    query = Progress.objects.none().__class__
    hold = query.select_for_update

    def late(self, **options):
        Progress.objects.filter(pk=report.pk).update(version=report.version + 1)
        return hold(self, **options)

    monkeypatch.setattr(query, "select_for_update", late)
    error = refused(lambda: save_progress(entries=[entry], by=reporter, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_two_people_begin_the_same_report_and_the_slower_is_refused(scene, quarter):
    project, _activities, reporter, _head = scene

    def begin_first(execute, sql, params, many, context):
        # Somebody else commits between the reading and the writing, as PostgreSQL lets them.
        if sql.startswith("SELECT state FROM"):
            Progress.objects.create(project=project, quarter=quarter)
        return execute(sql, params, many, context)

    entry = ProgressInput(project, quarter)
    with connection.execute_wrapper(begin_first):
        error = refused(lambda: save_progress(entries=[entry], by=reporter, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_typing_costs_as_much_for_many_projects_as_for_two(scene, quarter):
    project, _activities, reporter, _head = scene
    projects = [
        project,
        *(project_with(1, host_agency=project.host_agency)[0] for _more in range(19)),
    ]

    def save(count):
        # Half of them are begun, half typed over.
        begun = [ProgressInput(each, quarter, note="1") for each in projects[: count // 2]]
        save_progress(entries=begun, by=reporter, at=NOON)
        entries = [ProgressInput(each, quarter, note="2") for each in projects[:count]]
        with CaptureQueriesContext(connection) as queries:
            save_progress(entries=entries, by=reporter, at=NOON)
        assert Progress.objects.filter(note="2").count() == count
        Progress.objects.all().delete()
        return len(queries)

    assert save(20) == save(2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s, e: replace(e, activities={s[1][0].pk: D("100.01")}), "percent"),
        (lambda s, e: replace(e, activities={s[1][0].pk: D("-1")}), "percent"),
        (lambda s, e: replace(e, activities={0: D(5)}), "other_project"),
        (lambda s, e: replace(e, percent=D(5)), "has_activities"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(scene, quarter, change, code):
    entry = change(scene, ProgressInput(scene[0], quarter))
    error = refused(lambda: save_progress(entries=[entry], by=scene[2], at=NOON))
    assert error.by_entry[0].code == code
    assert not Progress.objects.exists()


def test_one_bad_entry_keeps_the_whole_list_out(scene, quarter):
    other, _activities = project_with()
    entries = [
        ProgressInput(scene[0], quarter, activities={scene[1][0].pk: D(5)}),
        ProgressInput(other, quarter, percent=D(5)),
    ]
    error = refused(lambda: save_progress(entries=entries, by=scene[2], at=NOON))
    assert list(error.by_entry) == [1]
    assert not Progress.objects.exists()


@pytest.mark.parametrize("state", [PeriodState.PLANNED, PeriodState.CLOSED, PeriodState.PUBLISHED])
def test_a_period_that_is_not_open_takes_nothing(scene, quarter, state):
    set_state(quarter, state)
    refused(lambda: typed(scene, quarter))


@pytest.mark.parametrize("status", ["proposed", "screened", "finished", "cancelled"])
def test_only_a_living_project_reports(scene, quarter, status):
    Project.objects.update(status=status)
    scene[0].refresh_from_db()
    refused(lambda: typed(scene, quarter))


def test_before_its_start_a_project_reports_nothing(scene, quarter):
    scene[0].start_date = date(2027, 1, 1)
    refused(lambda: typed(scene, quarter))


# ── Sending, signing, returning ──────────────────────────────────────────────
def test_a_report_is_sent_signed_and_computed(scene, quarter, work_off_jobs):
    report = signed(scene, quarter)
    assert report.status == Status.APPROVED
    work_off_jobs()
    figure = ProjectFigure.objects.get(project=scene[0], quarter=quarter)
    assert (figure.delivered, figure.planned, figure.variance) == (D(25), D(20), D(5))
    assert figure.standing == ProjectFigure.Standing.ON_TRACK
    assert figure.computed_version == figure.inputs_version
    verbs = list(Event.objects.in_time_order().values_list("verb", flat=True))
    assert verbs == ["projects.progress.submitted", "projects.progress.approved"]


def test_the_later_quarters_carry_the_figure(scene, quarter, work_off_jobs):
    signed(scene, quarter)
    work_off_jobs()
    later = ProjectFigure.objects.get(project=scene[0], quarter__number=4)
    assert (later.delivered, later.as_of_date) == (D(25), date(2026, 12, 31))


def test_refreshing_twice_writes_once(scene, quarter, work_off_jobs):
    signed(scene, quarter)
    work_off_jobs()
    before = list(ProjectFigure.objects.values())
    JobRun.objects.update(state=JobRun.State.WAITING)
    work_off_jobs()
    assert list(ProjectFigure.objects.values()) == before


def test_an_incomplete_report_is_not_sent(scene, quarter):
    report = typed(scene, quarter, second=None)
    error = refused(lambda: submit_progress(entries=[report], by=scene[2], at=NOON))
    assert "กิจกรรมที่ 2" in str(error)


def test_an_empty_report_is_not_sent(quarter):
    project, _activities = project_with()
    reporter = person(Role.REPORTER, project.host_agency)
    [report] = save_progress(entries=[ProgressInput(project, quarter)], by=reporter, at=NOON)
    refused(lambda: submit_progress(entries=[report], by=reporter, at=NOON))


def test_a_project_without_activities_reports_its_percentage(quarter, work_off_jobs):
    project, _activities = project_with(planned=50)
    reporter = person(Role.REPORTER, project.host_agency)
    head = person(Role.APPROVER, project.host_agency)
    entry = ProgressInput(project, quarter, percent=D(30))
    [report] = save_progress(entries=[entry], by=reporter, at=NOON)
    [report] = submit_progress(entries=[report], by=reporter, at=NOON)
    approve_progress(entries=[report], by=head, at=NOON)
    work_off_jobs()
    figure = ProjectFigure.objects.get(project=project, quarter=quarter)
    assert (figure.delivered, figure.standing) == (D(30), "critical")


def test_a_running_quarter_takes_no_submission(scene, quarter):
    report = typed(scene, quarter)
    refused(lambda: submit_progress(entries=[report], by=scene[2], at=RUNNING))


def test_progress_falls_only_with_a_reason(scene, quarter):
    signed(scene, quarter)
    second = quarter_of(2570, 2)
    project, activities, reporter, _head = scene
    at = datetime(2027, 4, 2, 9, 0, tzinfo=ZONE)
    entry = ProgressInput(
        project, second, activities={activities[0].pk: D(10), activities[1].pk: D(40)}
    )
    [report] = save_progress(entries=[entry], by=reporter, at=at)
    refused(lambda: submit_progress(entries=[report], by=reporter, at=at))
    [report] = save_progress(
        entries=[replace(entry, note="ตรวจรับแล้วพบงานไม่ครบ")], by=reporter, at=at
    )
    assert submit_progress(entries=[report], by=reporter, at=at)[0].status == Status.SUBMITTED


def test_a_later_quarter_does_not_hold_an_earlier_one_back(scene, quarter):
    second = quarter_of(2570, 2)
    project, activities, reporter, head = scene
    at = datetime(2027, 4, 2, 9, 0, tzinfo=ZONE)
    entry = ProgressInput(project, second, activities={a.pk: D(60) for a in activities})
    [report] = save_progress(entries=[entry], by=reporter, at=at)
    [report] = submit_progress(entries=[report], by=reporter, at=at)
    approve_progress(entries=[report], by=head, at=at)
    assert sent(scene, quarter).status == Status.SUBMITTED


def test_a_percentage_without_activities_falls_only_with_a_reason(quarter):
    project, _activities = project_with()
    reporter = person(Role.REPORTER, project.host_agency)
    head = person(Role.APPROVER, project.host_agency)
    [report] = save_progress(
        entries=[ProgressInput(project, quarter, percent=D(30))], by=reporter, at=NOON
    )
    [report] = submit_progress(entries=[report], by=reporter, at=NOON)
    approve_progress(entries=[report], by=head, at=NOON)
    second = quarter_of(2570, 2)
    at = datetime(2027, 4, 2, 9, 0, tzinfo=ZONE)
    [report] = save_progress(
        entries=[ProgressInput(project, second, percent=D(29))], by=reporter, at=at
    )
    refused(lambda: submit_progress(entries=[report], by=reporter, at=at))


def test_nobody_signs_what_he_or_she_typed(scene, quarter):
    project, activities, _reporter, head = scene
    entry = ProgressInput(
        project, quarter, activities={activity.pk: D(5) for activity in activities}
    )
    [report] = save_progress(entries=[entry], by=head, at=NOON)
    [report] = submit_progress(entries=[report], by=head, at=NOON)
    refused(lambda: approve_progress(entries=[report], by=head, at=NOON))


def test_the_head_of_another_agency_signs_nothing(scene, quarter):
    report = sent(scene, quarter)
    stranger = person(Role.APPROVER)
    refused(lambda: approve_progress(entries=[report], by=stranger, at=NOON))
    refused(lambda: return_progress(entries=[report], reason="ไม่ครบ", by=stranger, at=NOON))


def test_signing_loses_a_race_politely(scene, quarter):
    report = sent(scene, quarter)
    Progress.objects.update(version=9)
    error = refused(lambda: approve_progress(entries=[report], by=scene[3], at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"


def test_a_return_needs_a_reason_and_keeps_it(scene, quarter):
    report = sent(scene, quarter)
    refused(lambda: return_progress(entries=[report], reason=" ", by=scene[3], at=NOON))
    [report] = return_progress(entries=[report], reason="แนบภาพถ่าย", by=scene[3], at=NOON)
    assert (report.status, report.return_reason) == (Status.RETURNED, "แนบภาพถ่าย")
    assert Event.objects.get(verb="projects.progress.returned").reason == "แนบภาพถ่าย"


def test_a_closed_quarter_is_neither_signed_nor_returned(scene, quarter):
    report = sent(scene, quarter)
    set_state(quarter, PeriodState.CLOSED)
    refused(lambda: approve_progress(entries=[report], by=scene[3], at=NOON))
    refused(lambda: return_progress(entries=[report], reason="x", by=scene[3], at=NOON))


def test_a_signed_report_that_is_returned_leaves_the_figure(scene, quarter, work_off_jobs):
    report = signed(scene, quarter)
    work_off_jobs()
    return_progress(entries=[report], reason="ตัวเลขผิด", by=scene[3], at=NOON)
    work_off_jobs()
    figure = ProjectFigure.objects.get(project=scene[0], quarter=quarter)
    assert (figure.delivered, figure.state, figure.standing) == (None, "not_reported", "unreported")


def test_signing_nothing_does_nothing(scene):
    assert approve_progress(entries=[], by=scene[3], at=NOON) == []


# ── Registering ──────────────────────────────────────────────────────────────
@pytest.fixture
def given(quarter):
    agency = AgencyFactory()
    return ProjectInput(
        code="70-4-012",
        name_th="ติดตั้งระบบเตือนภัยคุณภาพน้ำ",
        host_agency=agency,
        start_date=date(2026, 10, 1),
        end_date=date(2027, 9, 30),
        years={2570: D(1)},
        status=Project.Status.RUNNING,
        supporting_agencies=[AgencyFactory()],
        activities=[
            ActivityInput(
                number=n,
                name_th=f"กิจกรรม {n}",
                agency=agency,
                weight=D(50),
                start_date=date(2026, 10, 1),
                end_date=date(2027, 9, 30),
                plan={(2570, 3): D(20), (2570, 12): D(100)},
            )
            for n in (1, 2)
        ],
    )


def test_a_project_is_registered_once_however_often(given):
    first = register_projects(projects=[given], by=None, at=NOON)
    again = register_projects(projects=[given], by=None, at=NOON)
    assert (first.added, again.left) == (("70-4-012",), ("70-4-012",))
    assert Activity.objects.count() == 2
    assert Event.objects.filter(verb="projects.project.added").count() == 1


def test_what_changed_is_changed_and_logged(given, work_off_jobs):
    register_projects(projects=[given], by=None, at=NOON)
    fewer = replace(
        given,
        name_th="ชื่อใหม่",
        years={2570: D(2), 2571: D(1)},
        activities=[replace(given.activities[0], weight=D(70), plan={(2570, 3): D(30)})],
        supporting_agencies=[],
    )
    FiscalYear.objects.create(year=2571)
    strategist = person(Role.STRATEGIST)
    assert register_projects(projects=[fewer], by=strategist, at=NOON).changed == ("70-4-012",)
    project = Project.objects.get()
    assert project.name_th == "ชื่อใหม่"
    assert [activity.weight for activity in project.activities.all()] == [D(70)]
    assert Event.objects.get(verb="projects.project.changed").before == {"name_th": given.name_th}
    work_off_jobs()
    assert ProjectFigure.objects.count() == 4


def test_only_the_strategy_office_registers(given):
    with pytest.raises(Refused):
        register_projects(projects=[given], by=person(Role.REPORTER), at=NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: replace(p, end_date=date(2026, 9, 30)),
        lambda p: replace(p, activities=[replace(p.activities[0], weight=D(0))]),
        lambda p: replace(p, activities=[replace(p.activities[0], end_date=date(2026, 9, 1))]),
        lambda p: replace(p, activities=[replace(p.activities[0], end_date=date(2027, 10, 1))]),
    ],
)
def test_what_cannot_stand_is_not_registered(given, change):
    refused(lambda: register_projects(projects=[change(given)], by=None, at=NOON))
    assert not Project.objects.exists()


def test_what_was_registered_is_withdrawn_by_its_office_as_it_was_seen(given):
    office = person(Role.STRATEGIST)
    register_projects(projects=[given], by=None, at=NOON)
    project = Project.objects.get()
    first, second = project.activities.order_by("number")
    for activity in (first, second):
        activity.plan.all().delete()
    both = [Withdrawal(first.pk, first.version), Withdrawal(second.pk, second.version + 1)]
    whole = [Withdrawal(project.pk, project.version)]
    for withdraw, entries in ((withdraw_activities, both), (withdraw_projects, whole)):
        with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
            withdraw(entries=entries, by=person(Role.REPORTER), at=NOON)
    error = refused(lambda: withdraw_activities(entries=both, by=office, at=NOON))
    assert {n: each.code for n, each in error.by_entry.items()} == {1: "changed_meanwhile"}
    error = refused(lambda: withdraw_projects(entries=whole, by=office, at=NOON))
    assert error.by_entry[0].code == "built_on"
    assert project.activities.count() == 2
    both[1] = Withdrawal(second.pk, second.version)
    withdraw_activities(entries=both, by=office, at=NOON)
    project.supporting_agencies.clear()
    stale = [Withdrawal(project.pk, project.version + 1)]
    error = refused(lambda: withdraw_projects(entries=stale, by=office, at=NOON))
    assert error.by_entry[0].code == "changed_meanwhile"
    withdraw_projects(entries=whole, by=office, at=NOON)
    assert not Project.objects.exists()
    assert not ProjectFigure.objects.exists()


def test_a_version_grows_with_what_it_stands_for(given):
    office = person(Role.STRATEGIST)

    def versions():
        project = Project.objects.get()
        parts = project.activities.order_by("number")
        return project.version, list(parts.values_list("version", flat=True))

    register_projects(projects=[given], by=None, at=NOON)
    first, second = given.activities
    for changes, expected in (
        ({}, (1, [1, 1])),
        ({"activities": [replace(first, weight=D(60)), second]}, (1, [2, 1])),
        ({"activities": [first, replace(second, plan={(2570, 12): D(100)})]}, (1, [3, 2])),
        ({"name_th": "ชื่อใหม่"}, (2, [3, 3])),
    ):
        register_projects(projects=[replace(given, **changes)], by=office, at=NOON)
        assert versions() == expected
    decide(Project.objects.get(), office, "cancelled", reason="ก")
    assert versions() == (2, [4, 4])


# ── Life ─────────────────────────────────────────────────────────────────────
def decide(project, by, to="finished", reference="มติ ก.บ.จ. ครั้งที่ 1/2570", **more):
    return decide_project(
        **{"project": project, "to": to, "reference": reference, "decided_date": NOON.date()}
        | {"by": by, "at": NOON}
        | more
    )


def test_a_decision_moves_a_project_on_and_says_who_and_where(scene, work_off_jobs):
    decide(scene[0], person(Role.STRATEGIST), "cancelled", reason="งบประมาณถูกปรับลด")
    assert scene[0].decisions.get().to_status == "cancelled"
    work_off_jobs()
    assert set(ProjectFigure.objects.values_list("standing", flat=True)) == {"cancelled"}


@pytest.mark.parametrize(
    ("role", "more", "code"),
    [
        (Role.REPORTER, {}, "not_allowed"),
        (Role.STRATEGIST, {"to": "proposed"}, "not_allowed"),
        (Role.STRATEGIST, {"reference": " "}, "no_reference"),
        (Role.STRATEGIST, {"decided_date": date(2030, 1, 1)}, "future"),
        (Role.STRATEGIST, {"to": "cancelled"}, "no_reason"),
        (Role.STRATEGIST, {"to": "finished"}, "not_evaluated"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(scene, role, more, code):
    with pytest.raises(Refused) as caught:
        decide(scene[0], person(role), **more)
    assert caught.value.code == code
    assert not scene[0].decisions.exists()


def test_a_decision_loses_a_race_politely(scene):
    Project.objects.update(status="cancelled")
    with pytest.raises(Refused) as caught:
        decide(scene[0], person(Role.STRATEGIST), "cancelled", reason="ยกเลิก")
    assert caught.value.code == "changed_meanwhile"


# ── Marks and recomputing ────────────────────────────────────────────────────
def test_an_inspection_marks_figures_as_not_confirmed(scene, quarter):
    mark = {"project": scene[0], "at": NOON}
    inspector = person(Role.INSPECTOR)
    refresh_year(year=FiscalYear.objects.get(year=2570), by=None, at=NOON)
    mark_unconfirmed(**mark, reason="พบ 1 จาก 8 จุด", by=inspector)
    assert ProjectFigure.objects.get(quarter=quarter).is_unconfirmed
    mark_unconfirmed(**mark, reason="", by=inspector)
    assert not ProjectFigure.objects.get(quarter=quarter).is_unconfirmed
    with pytest.raises(Refused):
        mark_unconfirmed(**mark, reason="x", by=scene[2])


def test_recomputing_finds_and_mends_what_had_drifted(scene, quarter, work_off_jobs):
    signed(scene, quarter)
    year = FiscalYear.objects.get(year=2570)
    assert refresh_year(year=year, by=None, at=NOON) == []
    assert refresh_year(year=year, by=None, at=NOON) == []
    ProjectFigure.objects.filter(quarter=quarter).update(delivered=D(99))
    [drifted] = refresh_year(year=year, by=None, at=NOON)
    assert drifted.quarter == quarter
    assert ProjectFigure.objects.get(quarter=quarter).delivered == D(25)
    assert Event.objects.filter(verb="projects.figure.drifted").count() == 1


# ── Evidence ─────────────────────────────────────────────────────────────────
def test_evidence_is_added_and_taken_away_while_a_report_may_be_typed(scene, quarter):
    report = typed(scene, quarter)
    reporter = scene[2]
    file = Evidence.objects.create(
        file="evidence/x.jpg",
        original_name="ภาพ.jpg",
        media_type="image/jpeg",
        size_bytes=1,
        sha256="0" * 64,
        agency=scene[0].host_agency,
        uploaded_by=reporter,
        uploaded_at=NOON,
    )
    attach_evidence(report=report, evidence=file, by=reporter, at=NOON)
    assert report.evidence.get() == file
    detach_evidence(report=report, evidence=file, by=reporter, at=NOON)
    assert not report.evidence.exists()
    verbs = Event.objects.in_time_order().values_list("verb", flat=True)
    assert list(verbs) == [
        "projects.progress.evidence_added",
        "projects.progress.evidence_removed",
    ]
    [report] = submit_progress(entries=[report], by=reporter, at=NOON)
    with pytest.raises(Refused):
        attach_evidence(report=report, evidence=file, by=reporter, at=NOON)


# ── Totals ───────────────────────────────────────────────────────────────────
def test_a_newer_refresh_is_never_written_over_by_an_older(scene, quarter, work_off_jobs):
    signed(scene, quarter)
    old = list(ProjectFigure.objects.in_time_order())
    work_off_jobs()
    ProjectFigure.objects.update(delivered=D(7))
    assert rollups.refresh(old, at=NOON) == 0
    assert set(ProjectFigure.objects.values_list("delivered", flat=True)) == {D(7)}


def test_a_project_that_begins_later_is_not_due_yet(quarter):
    project, _activities = project_with(1, start_date=date(2027, 1, 1))
    refresh_year(year=FiscalYear.objects.get(year=2570), by=None, at=NOON)
    figure = ProjectFigure.objects.get(project=project, quarter=quarter)
    assert (figure.state, figure.standing, figure.elapsed) == ("not_due", "not_started", D(0))
