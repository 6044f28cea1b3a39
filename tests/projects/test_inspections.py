"""Visits: planned, recorded, what was found, mended, verified by somebody else, and what it marks."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from accounts.models import Role
from accounts.rules import standing_of
from audit.models import Event
from common.refusal import Refused
from kpi.models import KPI
from projects.actions import refresh_year
from projects.actions.inspections import (
    FindingInput,
    StatedChecklist,
    add_finding,
    cancel_inspection,
    fix_finding,
    load_checklists,
    plan_inspection,
    record_inspection,
    verify_finding,
)
from projects.dues.steps import steps_due_for
from projects.models import Checklist, Finding, Inspection, Project, ProjectFigure
from submissions.models import Evidence, FiscalYear, PeriodState
from tests.factories import NOON, TODAY, AgencyFactory, AreaFactory, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.projects.factories import YEAR, ProjectFactory, project_with


def jpeg(name="site.jpg", **more):
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", **more)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def jpeg_with_gps():
    exif = Image.Exif()
    exif[0x010F] = "ยี่ห้อกล้อง"
    exif.get_ifd(0x8825)[2] = (13.0, 32.0, 0.0)
    return jpeg(exif=exif)


@pytest.fixture
def world(db):
    """A project with a KPI and figures, its agency's people, and two inspectors."""

    class World:
        agency = AgencyFactory(code="IN")
        reporter = person(Role.REPORTER, agency)
        inspector = person(Role.INSPECTOR)
        second = person(Role.INSPECTOR)
        quarter = quarter_of(YEAR, 1)
        checklist = Checklist.objects.create(
            code="SITE", name_th="งานก่อสร้าง", questions_th="งานตรงตามรายงาน\n\n มีป้าย "
        )

    World.project, _activities = project_with(host_agency=World.agency)
    World.kpi = kpi_of(World.agency, code="9.1")
    World.project.kpis.add(World.kpi)
    refresh_year(year=FiscalYear.objects.get(year=YEAR), by=None, at=NOON)
    return World


def planned(world, **changes):
    given = {
        "project": world.project,
        "planned_date": TODAY,
        "purpose_th": "ดูงานจริง",
        "checklist": world.checklist,
        "by": world.inspector,
        "at": NOON,
    }
    return plan_inspection(**{**given, **changes})


def visited(world, **changes):
    inspection = planned(world)
    given = {
        "inspection": inspection,
        "visited_date": TODAY,
        "summary_th": "พบสองข้อ",
        "answers": {1: ("no", "ไม่ตรง")},
        "version": inspection.version,
        "by": world.inspector,
        "at": NOON,
    }
    return record_inspection(**{**given, **changes})


def found(world, inspection=None, **changes):
    given = {
        "text_th": "งานไม่ตรงรายงาน",
        "severity": "serious",
        "corrective_th": "แก้ตัวเลข",
        "owner": world.agency,
        "due_date": TODAY + timedelta(days=7),
        "kpis": [world.kpi],
    }
    return add_finding(
        inspection=inspection or visited(world),
        finding=FindingInput(**{**given, **changes}),
        by=world.inspector,
        at=NOON,
    )


def fixed(world, finding):
    return fix_finding(
        finding=finding, fixed_th="แก้แล้ว", version=finding.version, by=world.reporter, at=NOON
    )


def verdict(finding, by, *, accepted=True, text="ตรวจแล้ว", version=None):
    return verify_finding(
        finding=finding,
        accepted=accepted,
        verdict_th=text,
        version=version or finding.version,
        by=by,
        at=NOON,
    )


def code_of(verb, *arguments, **given):
    with pytest.raises(Refused) as refused:
        verb(*arguments, **given)
    return refused.value.code


# ── Planned and recorded ─────────────────────────────────────────────────────
def test_a_visit_keeps_the_questions_it_began_with(world):
    inspection = planned(world)
    load_checklists(
        checklists=[StatedChecklist("SITE", "งานก่อสร้าง", "ข้อใหม่")], by=world.inspector, at=NOON
    )
    assert [row.question_th for row in inspection.answers.order_by("number")] == [
        "งานตรงตามรายงาน",
        "มีป้าย",
    ]
    assert Event.objects.get(verb="projects.inspection.planned").agency_code == "IN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose_th": " "}, "no_text"),
        ({"planned_date": TODAY - timedelta(days=1)}, "date_past"),
        ({"by": "reporter"}, "not_allowed"),
        ({"project": "proposed"}, "not_allowed"),
    ],
)
def test_what_is_no_plan(world, changes, code):
    if changes.get("by"):
        changes = {"by": world.reporter}
    if changes.get("project"):
        changes = {"project": ProjectFactory(status=Project.Status.PROPOSED)}
    assert code_of(planned, world, **changes) == code
    assert not Inspection.objects.exists()


def test_a_visit_is_recorded_on_a_day_that_has_come_and_by_who_saw_it_last(world):
    assert code_of(visited, world, visited_date=TODAY + timedelta(days=1)) == "visited_date"
    assert code_of(visited, world, visited_date=None) == "visited_date"
    assert code_of(visited, world, summary_th="") == "no_text"
    assert code_of(visited, world, version=9) == "changed_meanwhile"
    assert code_of(visited, world, by=world.reporter) == "not_allowed"
    inspection = visited(world)
    answers = {row.number: (row.answer, row.note_th) for row in inspection.answers.all()}
    assert answers == {1: ("no", "ไม่ตรง"), 2: ("", "")}


def test_only_a_planned_visit_is_cancelled_and_with_a_reason(world):
    inspection = planned(world)
    cancel = {"inspection": inspection, "by": world.inspector, "at": NOON}
    assert code_of(cancel_inspection, **cancel, reason="") == "no_reason"
    cancel_inspection(**cancel, reason="ฝนตกหนัก")
    assert code_of(cancel_inspection, **cancel, reason="อีกครั้ง") == "not_allowed"
    assert code_of(found, world, inspection) == "not_allowed"
    assert code_of(found, world, planned(world)) == "not_allowed"


def test_checklists_are_data_of_the_working_group(world):
    new = StatedChecklist("NEW", "ใหม่", "ข้อหนึ่ง")
    assert code_of(load_checklists, checklists=[new], by=world.reporter, at=NOON) == "not_inspector"
    empty = StatedChecklist("NEW", "ใหม่", " ")
    assert code_of(load_checklists, checklists=[empty], by=None, at=NOON) == "empty"


# ── Found, mended, verified ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text_th": ""}, "no_text"),
        ({"corrective_th": " "}, "no_text"),
        ({"severity": "?"}, "no_severity"),
        ({"owner": None}, "no_owner"),
        ({"due_date": None}, "no_due_date"),
        ({"due_date": date(2026, 1, 1)}, "due_before_visit"),
        ({"latitude": Decimal("13.5")}, "half_a_place"),
        ({"latitude": Decimal(91), "longitude": Decimal(100)}, "no_such_place"),
        ({"photos": [SimpleUploadedFile("plan.pdf", b"%PDF-1.7")]}, "not_a_photo"),
        ({"photos": [SimpleUploadedFile("photo.jpg", b"%PDF-1.7")]}, "file_type"),
        ({"photos": [SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff\xe0 broken")]}, "file_broken"),
    ],
)
def test_what_is_no_finding_changes_nothing(world, changes, code):
    inspection = visited(world)
    assert code_of(found, world, inspection, **changes) == code
    assert not Finding.objects.exists()
    assert not Evidence.objects.exists()
    assert not Project.objects.get().is_unconfirmed


def test_a_photo_is_kept_without_its_place(world):
    finding = found(world, photos=[jpeg_with_gps()])
    [photo] = finding.photos.all()
    assert photo.agency == world.agency
    with photo.file.open("rb") as file, Image.open(file) as kept:
        assert not kept.getexif()
    assert code_of(found, world, photos=[jpeg() for _ in range(11)]) == "too_many"


def test_a_serious_finding_leaves_figures_not_confirmed_until_somebody_else_verifies(world):
    first = found(world)
    second = found(world, kpis=[], text_th="ไม่มีเอกสาร")
    minor = found(world, severity="minor")
    project = Project.objects.get()
    assert project.unconfirmed_reason == "งานไม่ตรงรายงาน · ไม่มีเอกสาร"
    assert set(ProjectFigure.objects.values_list("is_unconfirmed", flat=True)) == {True}
    assert KPI.objects.get().unconfirmed_reason == "งานไม่ตรงรายงาน"
    for finding in (first, second, minor):
        fixed(world, finding)
    assert Project.objects.get().is_unconfirmed
    verdict(first, world.second)
    assert Project.objects.get().unconfirmed_reason == "ไม่มีเอกสาร"
    assert KPI.objects.get().unconfirmed_reason == ""
    verdict(second, world.inspector)
    assert not Project.objects.get().is_unconfirmed
    assert set(ProjectFigure.objects.values_list("is_unconfirmed", flat=True)) == {False}


def test_a_closed_quarters_figure_keeps_the_mark_that_it_was_frozen_with(world):
    world.quarter.refresh_from_db()
    type(world.quarter).objects.filter(pk=world.quarter.pk).update(
        closed_at=NOON, closed_by=world.inspector, state=PeriodState.CLOSED
    )
    found(world)
    marks = dict(ProjectFigure.objects.values_list("quarter__number", "is_unconfirmed"))
    assert marks == {1: False, 2: True, 3: True, 4: True}


def test_figures_made_later_are_not_confirmed_either(world):
    found(world)
    ProjectFigure.objects.all().delete()
    refresh_year(year=FiscalYear.objects.get(year=YEAR), by=None, at=NOON)
    assert set(ProjectFigure.objects.values_list("is_unconfirmed", flat=True)) == {True}


def test_mending_goes_back_and_forth_until_it_is_verified(world):
    finding = found(world)
    assert code_of(verdict, finding, world.second) == "not_allowed"
    fix = {"finding": finding, "fixed_th": "แก้แล้ว", "at": NOON}
    assert code_of(fix_finding, **fix, by=world.inspector, version=1) == "not_allowed"
    assert code_of(fix_finding, **fix, by=world.reporter, version=7) == "changed_meanwhile"
    assert (
        code_of(fix_finding, **(fix | {"fixed_th": ""}), by=world.reporter, version=1) == "no_text"
    )
    fixed(world, finding)
    assert code_of(verdict, finding, world.reporter) == "not_allowed"
    assert code_of(verdict, finding, world.second, text=" ") == "no_text"
    assert code_of(verdict, finding, world.second, version=1) == "changed_meanwhile"
    verdict(finding, world.second, accepted=False, text="ยังขาดภาพ")
    assert finding.state == Finding.State.OPEN
    fixed(world, finding)
    verdict(finding, world.second)
    assert code_of(verdict, finding, world.second) == "not_allowed"
    assert code_of(fixed, world, finding) == "not_allowed"


def test_nobody_verifies_what_he_or_she_mended(world):
    both = person(Role.REPORTER, world.agency)
    both.memberships.create(agency=world.agency, role=Role.INSPECTOR, from_date=date(2025, 10, 1))
    finding = found(world)
    fix_finding(finding=finding, fixed_th="แก้แล้ว", version=1, by=both, at=NOON)
    with pytest.raises(Refused, match="ผู้ตรวจท่านอื่น"):
        verdict(finding, both)
    stamps = {"state": "verified", "verified_by": both, "verified_at": NOON}
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(**stamps)


def test_the_owner_owes_the_mending_until_it_is_reported(world):
    finding = found(world, due_date=TODAY)
    [due] = steps_due_for(world.reporter, NOON)
    assert (due.label, due.url, due.owner_ids) == (
        "แก้ตัวเลข",
        f"/desk/findings/{finding.pk}/",
        (world.reporter.pk,),
    )
    [late] = steps_due_for(world.inspector, NOON + timedelta(days=1))
    assert late.state == "late"
    assert steps_due_for(person(Role.REPORTER), NOON) == []
    assert steps_due_for(person(Role.HR), NOON) == []
    fixed(world, finding)
    assert steps_due_for(world.reporter, NOON) == []


def test_visits_are_seen_by_the_host_the_owner_and_the_province(world):
    owner = AgencyFactory()
    inspection = visited(world)
    found(world, inspection, owner=owner)
    for user, seen in (
        (world.reporter, True),
        (person(Role.REPORTER, owner), True),
        (person(Role.VIEWER), True),
        (person(Role.REPORTER), False),
    ):
        standing = standing_of(user, TODAY)
        assert Inspection.objects.visible_to(standing).exists() is seen
        assert Finding.objects.visible_to(standing).exists() is seen


# ── Pages and API ────────────────────────────────────────────────────────────
@pytest.fixture
def clock_stands(settings):
    settings.SAMPLE_TODAY = TODAY.isoformat()


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_mark_shows_wherever_the_figures_show(world, clock_stands):
    set_state(world.quarter, PeriodState.PUBLISHED)
    host = client_of(world.reporter)
    places = [
        (Client(), f"/projects/{world.project.code}/", "ผลตรวจพื้นที่ไม่ยืนยัน"),
        (Client(), "/projects/?year=2570", "ผลตรวจไม่ยืนยัน"),
        (host, "/desk/projects/", "ผลตรวจไม่ยืนยัน"),
        (host, f"/desk/projects/{world.project.code}/2570-q1/", "ผลตรวจพื้นที่ไม่ยืนยัน"),
        (client_of(person(Role.GOVERNOR)), "/dashboard/", "งานไม่ตรงรายงาน"),
    ]
    for client, url, said in places:
        assert said not in client.get(url).content.decode(), url
    found(world)
    for client, url, said in places:
        assert said in client.get(url).content.decode(), url
    # What the visit wrote down is for staff; the public reads that the figures are not confirmed.
    assert "งานไม่ตรงรายงาน" not in places[0][0].get(places[0][1]).content.decode()
    api = Client().get(f"/api/v1/projects/{world.project.code}/").json()
    assert api["is_unconfirmed"] is True


def test_who_may_not_is_told_so(world, clock_stands):
    finding = found(world)
    visit = finding.inspection
    stranger = client_of(person(Role.REPORTER))
    for url in (f"/desk/inspections/{visit.pk}/", f"/desk/findings/{finding.pk}/"):
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code == 302
    host = client_of(world.reporter)
    assert host.get("/desk/inspections/new/").status_code == 403
    assert "บันทึกผลการตรวจ" not in host.get(f"/desk/inspections/{visit.pk}/").content.decode()
    assert (
        host.post(f"/desk/inspections/{visit.pk}/", {"do": "cancel", "reason": "x"}).status_code
        == 409
    )
    assert host.post("/desk/inspections/checklists/", {"code": "A"}).status_code == 422
    shaped = {"code": "A", "name_th": "ก", "questions_th": "ข"}
    assert host.post("/desk/inspections/checklists/", shaped).status_code == 409
    group = client_of(world.inspector)
    assert group.post("/desk/inspections/checklists/", shaped).status_code == 302
    assert "ก</h2>" in group.get("/desk/inspections/checklists/?code=A").content.decode()


def test_the_api_plays_a_visit_through(world, clock_stands):
    group, host = client_of(world.inspector), client_of(world.reporter)

    def post(client, url, given):
        return client.post(f"/api/v1/{url}", given, content_type="application/json")

    AreaFactory(code="7401")
    plan = {
        "project": world.project.code,
        "planned_date": "2027-01-13",
        "purpose_th": "ดูงาน",
        "checklist": "SITE",
        "area": "7401",
    }
    assert post(host, "inspections/", plan).status_code == 409
    visit = post(group, "inspections/", plan).json()
    url = f"inspections/{visit['id']}/"
    answers = [{"number": 1, "answer": "yes"}]
    record = {"visited_date": "2027-01-13", "summary_th": "ดี", "version": 1, "answers": answers}
    assert post(group, f"{url}record/", record).json()["answers"][0]["answer"] == "yes"
    assert post(group, f"{url}record/", record).status_code == 409
    finding = {
        "text_th": "ไม่ตรง",
        "severity": "serious",
        "corrective_th": "แก้",
        "due_date": "2027-02-01",
        "latitude": "13.547500",
        "longitude": "100.274000",
    }
    no_owner = post(group, f"{url}findings/", finding)
    assert (no_owner.status_code, list(no_owner.json())) == (400, ["owner"])
    made = post(group, f"{url}findings/", finding | {"owner": "IN"}).json()
    assert made["doubts"] is True
    one = f"findings/{made['id']}/"
    assert post(host, f"{one}fix/", {"fixed_th": "แล้ว", "version": 1}).status_code == 200
    accept = {"accepted": True, "verdict_th": "จริง", "version": 2}
    assert post(host, f"{one}verify/", accept).status_code == 409
    assert post(group, f"{one}verify/", accept).json()["state"] == "verified"
    assert post(group, f"{url}cancel/", {"reason": "x"}).status_code == 409
    assert Client().get("/api/v1/findings/").json()["results"] == []
    assert group.get(f"/api/v1/{one}").json()["area"] is None
