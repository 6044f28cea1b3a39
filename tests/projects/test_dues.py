"""What is owed, what waits and what is found of projects."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.states import CellState
from projects.actions import ProgressInput, approve_progress, save_progress, submit_progress
from projects.dues import due_for, waiting_for
from projects.search import search
from tests.factories import NOON, person, quarter_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """Asked at noon of a working day after the quarter."""


@pytest.fixture
def scene():
    quarter = quarter_of(2570, 1)
    project, activities = project_with(3, 1)
    reporter = person(Role.REPORTER, project.host_agency)
    head = person(Role.APPROVER, project.host_agency)
    return quarter, project, activities, reporter, head


def sent(scene, percent=40):
    quarter, project, activities, reporter, _head = scene
    entry = ProgressInput(project, quarter, activities={a.pk: D(percent) for a in activities})
    [report] = save_progress(entries=[entry], by=reporter, at=NOON)
    return submit_progress(entries=[report], by=reporter, at=NOON)[0]


def test_a_report_is_owed_by_the_reporters_until_it_is_signed(scene):
    _quarter, project, _activities, reporter, head = scene
    [due] = due_for(reporter, NOON)
    assert (due.code, due.status, due.state) == (project.code, "", CellState.NOT_REPORTED)
    assert due.owner_ids == (reporter.pk,)
    assert due.period_key == "2570-q1"
    assert due.url == f"/desk/projects/{project.code}/2570-q1/"
    report = sent(scene)
    assert due_for(reporter, NOON)[0].status == "submitted"
    approve_progress(entries=[report], by=head, at=NOON)
    assert due_for(reporter, NOON) == []


def test_a_day_after_the_deadline_it_is_late(scene):
    late = NOON.replace(day=16, hour=0)
    assert due_for(scene[3], late)[0].state == CellState.LATE
    running = NOON.replace(year=2026, month=12, day=1)
    assert due_for(scene[3], running)[0].state == CellState.NOT_DUE


def test_without_a_reporter_the_heads_owe_it(scene):
    project, _activities = project_with(1)
    head = person(Role.APPROVER, project.host_agency)
    assert due_for(head, NOON)[0].owner_ids == (head.pk,)


def test_those_who_look_over_all_see_what_everybody_owes(scene):
    project_with(1)
    assert len(due_for(person(Role.GOVERNOR), NOON)) == 2
    assert due_for(person(Role.REPORTER), NOON) == []
    assert due_for(AnonymousUser(), NOON) == []


def test_before_any_quarter_is_open_nothing_is_owed():
    assert due_for(person(Role.REPORTER), NOON) == []


def test_a_project_that_has_not_begun_or_is_over_owes_nothing(scene):
    project, reporter = scene[1], scene[3]
    type(project).objects.update(start_date="2027-02-01")
    assert due_for(reporter, NOON) == []
    type(project).objects.update(start_date="2026-10-01", status="finished")
    assert due_for(reporter, NOON) == []


def test_a_report_waits_for_the_head_beside_its_last_figure(scene, work_off_jobs):
    _quarter, _project, _activities, _reporter, head = scene
    report = sent(scene)
    [waiting] = waiting_for(head, NOON)
    assert (waiting.entry_id, waiting.current, waiting.last) == (report.pk, "40.00", "")
    assert waiting.why_not is None
    assert waiting_for(scene[3], NOON) == []
    assert waiting_for(person(Role.APPROVER), NOON) == []


def test_a_figure_that_falls_stands_out(scene, work_off_jobs):
    approve_progress(entries=[sent(scene)], by=scene[4], at=NOON)
    work_off_jobs()
    second = quarter_of(2570, 2)
    at = NOON.replace(month=4, day=5)
    entry = ProgressInput(
        scene[1], second, activities={a.pk: D(30) for a in scene[2]}, note="ตรวจใหม่"
    )
    [report] = save_progress(entries=[entry], by=scene[3], at=at)
    submit_progress(entries=[report], by=scene[3], at=at)
    [waiting] = waiting_for(scene[4], at)
    assert (waiting.last, waiting.current, waiting.change) == ("40.00", "30.00", "−10.00")
    assert waiting.outlier


def test_what_is_owed_and_waits_costs_the_same_for_one_or_ten(scene):
    _quarter, project, _activities, reporter, head = scene
    sent(scene)
    with CaptureQueriesContext(connection) as one:
        due_for(reporter, NOON)
        waiting_for(head, NOON)
    for _n in range(9):
        more, activities = project_with(1, 2, host_agency=project.host_agency)
        sent((scene[0], more, activities, reporter, head))
    with CaptureQueriesContext(connection) as ten:
        assert len(due_for(reporter, NOON)) == 10
        assert len(waiting_for(head, NOON)) == 10
    assert len(ten) == len(one)


def test_projects_are_found_by_code_and_name(scene):
    project = scene[1]
    [hit] = search(project.code, AnonymousUser())
    assert (hit.code, hit.url) == (project.code, f"/projects/{project.code}/")
    assert search("โครงการที่", AnonymousUser())
    assert search("  ", AnonymousUser()) == []
    type(project).objects.update(status="proposed")
    assert search(project.code, AnonymousUser()) == []
