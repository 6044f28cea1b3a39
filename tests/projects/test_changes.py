"""Change control: asked for, its effect shown, decided; only what is approved changes a plan."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from common.thainumbers import format_number
from meetings.models import Committee, Meeting
from projects import rules
from projects.actions import (
    TargetInput,
    approve_progress,
    decide_change,
    request_change,
    save_progress,
    stored_input,
    submit_progress,
    withdraw_change,
)
from projects.actions.changes import planned_input, snapshot_of
from projects.actions.inputs import ProgressInput
from projects.models import ChangeRequest, Project
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, AreaFactory, person, quarter_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def project():
    project, activities = project_with(60, 40)
    for activity in activities:
        activity.plan.create(fiscal_year_id=2570, month=12, percent=D(100))
    return project


@pytest.fixture
def host(project):
    return person(Role.REPORTER, project.host_agency)


@pytest.fixture
def office():
    return person(Role.STRATEGIST)


def later(project, **changes):
    """Give the plan with its first activity ending earlier, or as the changes say."""
    given = stored_input(project)
    if changes:
        return replace(given, **changes)
    first, *rest = given.activities
    return replace(given, activities=[replace(first, end_date=date(2027, 8, 31)), *rest])


def asked(project, host, **changes):
    return request_change(
        project=project, given=later(project, **changes), reason_th="ฝนมาช้า", by=host, at=NOON
    )


def decided(change, office, approved=True, **more):
    given = {"reference": "มติ ก.บ.จ. ครั้งที่ 2/2570", "decided_date": NOON.date()}
    return decide_change(request=change, approved=approved, by=office, at=NOON, **(given | more))


# ── What differs ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda p: {"end_date": date(2027, 9, 1)}, ["time"]),
        (lambda p: {"targets": [TargetInput("output", "ลาน", "แห่ง", D(1))]}, ["target"]),
        (lambda p: {"beneficiaries": 7}, ["target"]),
        (lambda p: {"areas": [AreaFactory()]}, ["area"]),
        (lambda p: {"objective_th": "ใหม่"}, ["scope"]),
        (
            lambda p: {
                "activities": [
                    replace(stored_input(p).activities[0], budget=D(5)),
                    stored_input(p).activities[1],
                ]
            },
            ["budget"],
        ),
        (lambda p: {"activities": stored_input(p).activities[:1]}, ["scope"]),
        (lambda p: {}, []),
    ],
)
def test_a_change_is_told_from_what_differs(project, change, kinds):
    before = stored_input(project)
    after = replace(before, **change(project))
    assert rules.change_kinds(snapshot_of(before), snapshot_of(after)) == kinds


def test_a_snapshot_gives_the_plan_back(project):
    given = stored_input(project)
    assert snapshot_of(planned_input(project, snapshot_of(given))) == snapshot_of(given)


# ── Its way ──────────────────────────────────────────────────────────────────
def test_only_an_approved_change_changes_the_plan_and_both_plans_are_kept(project, host, office):
    change = asked(project, host)
    first = project.activities.order_by("number").first()
    assert change.kinds == ["time"]
    assert first.end_date == date(2027, 9, 30)
    decided(change, office)
    first.refresh_from_db()
    change.refresh_from_db()
    assert first.end_date == date(2027, 8, 31)
    assert change.before["activities"][0]["end_date"] == "2027-09-30"
    assert change.after["activities"][0]["end_date"] == "2027-08-31"
    assert Event.objects.filter(verb="projects.change.approved").get().reason.startswith("มติ")
    assert Project.objects.get().version == 2


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
def test_a_change_that_is_not_approved_leaves_the_plan(project, host, office, end):
    change = asked(project, host)
    if end == "withdrawn":
        withdraw_change(request=change, by=host, at=NOON)
    else:
        decided(change, office, approved=False, decision_th="ให้เร่งรัดก่อน")
    assert ChangeRequest.objects.get().state == end
    assert project.activities.filter(end_date=date(2027, 9, 30)).count() == 2
    with pytest.raises(Refused):
        decided(change, office)
    assert asked(project, host).number == 2


def test_one_request_waits_at_a_time(project, host):
    asked(project, host)
    with pytest.raises(Refused, match="รอมติอยู่แล้ว"):
        asked(project, host, beneficiaries=9)
    assert ChangeRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"beneficiaries": None}, "ไม่ต่างจากแผนปัจจุบัน"),
        ({"start_date": date(2026, 9, 1)}, "อยู่นอกปีงบประมาณ"),
    ],
)
def test_what_cannot_be_asked_is_refused(project, host, changes, said):
    with pytest.raises(Refused, match=said):
        asked(project, host, **changes)
    assert not ChangeRequest.objects.exists()


def test_weights_of_a_new_plan_sum_to_a_hundred(project, host):
    first, second = stored_input(project).activities
    with pytest.raises(Refused, match="รวมได้ 90"):
        asked(project, host, activities=[replace(first, weight=D(50)), second])


def test_an_activity_that_was_reported_stays(project, host):
    quarter = quarter_of(2570, 1)
    percents = {a.pk: D(10) for a in project.activities.all()}
    save_progress(entries=[ProgressInput(project, quarter, activities=percents)], by=host, at=NOON)
    first = stored_input(project).activities[0]
    with pytest.raises(Refused, match="กิจกรรมที่ 2 มีรายงานความก้าวหน้าแล้ว"):
        asked(project, host, activities=[replace(first, weight=D(100))])


@pytest.mark.parametrize("role", [r for r in Role if r not in (*rules.REPORTERS, Role.STRATEGIST)])
def test_others_neither_ask_nor_decide(project, host, role):
    other = person(role, project.host_agency)
    with pytest.raises(Refused):
        asked(project, other)
    change = asked(project, host)
    with pytest.raises(Refused):
        decided(change, other)
    with pytest.raises(Refused):
        withdraw_change(request=change, by=other, at=NOON)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reference": " "}, "no_reference"),
        ({"decided_date": date(2031, 1, 1)}, "future"),
        ({"approved": False}, "no_reason"),
    ],
)
def test_a_decision_names_its_resolution(project, host, office, more, code):
    change = asked(project, host)
    with pytest.raises(Refused) as caught:
        decided(change, office, **more)
    assert caught.value.code == code


def test_nobody_decides_what_he_asked_for(project, office):
    change = asked(project, office)
    with pytest.raises(Refused, match="ของคำขอตนเองไม่ได้"):
        decided(change, office)


def test_a_plan_that_moved_meanwhile_is_not_overwritten(project, host, office):
    change = asked(project, host)
    project.activities.filter(number=2).update(end_date=date(2027, 7, 31))
    with pytest.raises(Refused, match="แผนของโครงการเปลี่ยนไป"), transaction.atomic():
        decided(change, office)
    assert ChangeRequest.objects.get().state == "asked"


def test_a_proposal_is_changed_in_its_file(project, host):
    Project.objects.update(status="proposed")
    project.refresh_from_db()
    with pytest.raises(Refused, match="แก้ได้ในแฟ้มโครงการ"):
        asked(project, host)


def test_a_decided_change_names_who_when_and_where_by_constraint(project, host):
    change = asked(project, host)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=change.pk).update(state="approved")


# ── Pages ────────────────────────────────────────────────────────────────────
def form_of(project, **more):
    typed = {
        "reason_th": "ฝนมาช้า",
        "first_year": 2570,
        "last_year": 2570,
        "start_date": "1 ต.ค. 69",
        "end_date": "30 ก.ย. 70",
        "activity-rows": "3",
        "target-rows": "0",
    }
    for n, a in enumerate(project.activities.order_by("number"), start=1):
        row = {"name_th": a.name_th, "agency": a.agency_id, "weight": f"{a.weight}"}
        row |= {"start_date": "1 ต.ค. 69", "end_date": "30 ก.ย. 70"}
        row |= {"plan-2570-3": "20", "plan-2570-12": "100"}
        typed |= {f"activity-{n}-{name}": value for name, value in row.items()}
    return typed | more


def test_the_effect_is_shown_before_deciding_and_the_decision_is_written(
    client, project, host, office
):
    quarter = quarter_of(2570, 1)
    percents = {a.pk: D(10) for a in project.activities.all()}
    entry = ProgressInput(project, quarter, activities=percents)
    [report] = save_progress(entries=[entry], by=host, at=NOON)
    [report] = submit_progress(entries=[report], by=host, at=NOON)
    head = person(Role.APPROVER, project.host_agency)
    approve_progress(entries=[report], by=head, at=NOON)
    AllocationFactory(
        code="X",
        project=project,
        spending_agency=project.host_agency,
        appropriation=D(1000),
        revised=D(1000),
        allotted=D(1000),
    )
    client.force_login(host)
    new = reverse("projects:change-new", args=[project.code])
    assert client.get(new).status_code == 200
    assert client.post(new, form_of(project, reason_th="")).status_code == 422
    assert client.post(new, form_of(project)).status_code == 409  # nothing differs
    slower = {"activity-1-plan-2570-3": "10", "activity-2-plan-2570-3": "10"}
    answer = client.post(new, form_of(project, **slower, **{"activity-1-budget": "2,500"}))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    # 10 % stood against a plan of 20 and would stand against one of 10.
    assert format_number(D(-10)) in page
    assert "แผนใหม่เกินงบหลังโอน 1,500.00 บาท" in page
    client.force_login(office)
    meeting = Meeting.objects.create(
        committee=Committee.objects.create(code="C", name_th="ก.บ.จ."),
        number=2,
        year=2570,
        held_date=date(2027, 1, 5),
    )
    decision = {"answer": "approved", "decided_date": "5 ม.ค. 70", "meeting": meeting.pk}
    assert client.post(answer["Location"], {"answer": "approved"}).status_code == 422
    assert client.post(answer["Location"], decision).status_code == 302
    assert client.post(answer["Location"], decision).status_code == 409
    change = ChangeRequest.objects.get()
    assert (change.meeting, change.reference) == (meeting, "ก.บ.จ. ครั้งที่ 2/2570")
    listed = client.get(reverse("projects:change-list", args=[project.code])).content.decode()
    assert "ฝนมาช้า" in listed
    client.logout()
    public = client.get(project.get_absolute_url()).content.decode()
    assert "ก.บ.จ. ครั้งที่ 2/2570" in public


def test_a_request_is_withdrawn_on_its_page(client, project, host):
    change = asked(project, host)
    client.force_login(host)
    address = reverse("projects:change-withdraw", args=[project.code, change.number])
    assert client.post(address).status_code == 302
    change.refresh_from_db()
    assert change.state == "withdrawn"
    client.post(address)  # once is enough
    change.refresh_from_db()
    assert change.state == "withdrawn"
