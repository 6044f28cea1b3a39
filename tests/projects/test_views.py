"""The pages of projects: what they show to whom, keep, refuse and cost."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from projects.actions import ProgressInput, approve_progress, save_progress, submit_progress
from projects.models import Progress, Project
from submissions.models import PeriodState
from submissions.workflow import Status
from tests.factories import NOON, AreaFactory, MembershipFactory, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def quarter():
    return quarter_of(2570, 1)


@pytest.fixture
def scene(quarter):
    project, activities = project_with(3, 1)
    return (
        project,
        activities,
        person(Role.REPORTER, project.host_agency),
        person(Role.APPROVER, project.host_agency),
    )


def address(project):
    return reverse("projects:progress-form", args=[project.code, 2570, 1])


def typed(scene, version=0, first="๒๐", second="40", **more):
    _project, activities, _reporter, _head = scene
    return {
        "version": version,
        f"percent-{activities[0].pk}": first,
        f"percent-{activities[1].pk}": second,
        "narrative_th": "เริ่มแล้ว",
        "note": "",
        **more,
    }


def sent(scene, quarter):
    project, activities, reporter, _head = scene
    entry = ProgressInput(project, quarter, activities={a.pk: D(40) for a in activities})
    [report] = save_progress(entries=[entry], by=reporter, at=NOON)
    return submit_progress(entries=[report], by=reporter, at=NOON)[0]


def signed(scene, quarter, work_off_jobs):
    [report] = approve_progress(entries=[sent(scene, quarter)], by=scene[3], at=NOON)
    work_off_jobs()
    return report


# ── The report ───────────────────────────────────────────────────────────────
def test_a_reporter_types_and_sends_in_one_go(client, scene):
    client.force_login(scene[2])
    assert client.get(address(scene[0])).status_code == 200
    answer = client.post(address(scene[0]), typed(scene, action="submit"))
    assert answer.status_code == 302
    report = Progress.objects.get()
    assert report.status == Status.SUBMITTED
    assert {row.percent for row in report.activities.all()} == {D(20), D(40)}


def test_a_draft_is_kept_without_scripts(client, scene):
    client.force_login(scene[2])
    assert client.post(address(scene[0]), typed(scene, action="save")).status_code == 302
    assert Progress.objects.get().status == Status.DRAFT


def test_a_draft_is_kept_while_typing(client, scene):
    client.force_login(scene[2])
    answer = client.post(address(scene[0]), typed(scene), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "บันทึกแล้ว" in text
    assert "<b>25.00</b>" in text
    assert 'value="1"' in text


def test_a_word_for_a_number_is_told_and_nothing_typed_is_lost(client, scene):
    client.force_login(scene[2])
    answer = client.post(address(scene[0]), typed(scene, first="ยี่สิบ", action="save"))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "ไม่ใช่ตัวเลข" in text
    assert "ยี่สิบ" in text
    assert "เริ่มแล้ว" in text
    assert not Progress.objects.exists()
    part = client.post(address(scene[0]), typed(scene, first="120"), headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "0 ถึง 100" in part.content.decode()


def test_a_stale_page_is_refused_and_keeps_what_was_typed(client, scene, quarter):
    entry = ProgressInput(scene[0], quarter, narrative_th="ของคนอื่น")
    save_progress(entries=[entry], by=scene[2], at=NOON)
    client.force_login(scene[2])
    answer = client.post(address(scene[0]), typed(scene, version=0, action="save"))
    assert answer.status_code == 409
    assert "มีผู้อื่นแก้ไข" in answer.content.decode()
    assert "เริ่มแล้ว" in answer.content.decode()
    assert Progress.objects.get().narrative_th == "ของคนอื่น"


def test_a_closed_quarter_is_shown_and_refused(client, scene, quarter):
    set_state(quarter, PeriodState.CLOSED)
    client.force_login(scene[2])
    assert "ปิดแล้ว" in client.get(address(scene[0])).content.decode()
    assert client.post(address(scene[0]), typed(scene, action="save")).status_code == 409


def test_the_head_signs_or_sends_back_from_the_report(client, scene, quarter):
    sent(scene, quarter)
    client.force_login(scene[3])
    assert "รอท่านลงนาม" in client.get(address(scene[0])).content.decode()
    refused = client.post(address(scene[0]), {"action": "return", "reason": " "})
    assert refused.status_code == 409
    assert (
        client.post(address(scene[0]), {"action": "return", "reason": "ไม่ครบ"}).status_code == 302
    )
    assert Progress.objects.get().return_reason == "ไม่ครบ"
    client.force_login(scene[2])
    assert "ไม่ครบ" in client.get(address(scene[0])).content.decode()
    client.post(
        address(scene[0]), typed(scene, version=Progress.objects.get().version, action="submit")
    )
    client.force_login(scene[3])
    assert client.post(address(scene[0]), {"action": "approve"}).status_code == 302
    assert Progress.objects.get().status == Status.APPROVED


def test_signing_what_is_not_there_is_not_found(client, scene):
    client.force_login(scene[3])
    assert client.post(address(scene[0]), {"action": "approve"}).status_code == 404


def test_a_project_without_activities_has_one_figure(client, quarter):
    project, _activities = project_with()
    client.force_login(person(Role.REPORTER, project.host_agency))
    client.post(address(project), {"version": 0, "percent": "ร้อยละ 12.5", "action": "save"})
    assert Progress.objects.get().percent == D("12.5")
    assert "12.50" in client.get(address(project)).content.decode()


def test_another_agencys_report_is_not_found(client, scene):
    client.force_login(person(Role.REPORTER))
    assert client.get(address(scene[0])).status_code == 404
    assert client.post(address(scene[0]), typed(scene)).status_code == 404


def test_without_signing_in_there_is_no_report(client, scene):
    assert client.get(address(scene[0])).status_code == 302


def test_the_province_reads_but_does_not_type(client, scene):
    client.force_login(person(Role.VIEWER))
    assert client.get(address(scene[0])).status_code == 200
    assert client.post(address(scene[0]), typed(scene)).status_code == 409


# ── Lists and files ──────────────────────────────────────────────────────────
def test_everybody_reads_published_figures_only(client, scene, quarter, work_off_jobs):
    signed(scene, quarter, work_off_jobs)
    page = reverse("projects:project-detail", args=[scene[0].code])
    assert "40.00" not in client.get(page).content.decode()
    set_state(quarter, PeriodState.PUBLISHED)
    assert "40.00" in client.get(page).content.decode()
    listed = client.get(reverse("projects:project-list")).content.decode()
    assert scene[0].code in listed
    assert "40.00" in listed


def test_staff_read_signed_figures(client, scene, quarter, work_off_jobs):
    signed(scene, quarter, work_off_jobs)
    client.force_login(scene[2])
    page = client.get(scene[0].get_absolute_url()).content.decode()
    assert "40.00" in page
    assert "รายงานความก้าวหน้า" in page


def test_a_proposal_is_not_found_by_others(client, scene):
    Project.objects.update(status="proposed")
    page = reverse("projects:project-detail", args=[scene[0].code])
    assert client.get(page).status_code == 404
    client.force_login(scene[2])
    assert client.get(page).status_code == 200


def test_the_list_is_filtered_sorted_and_says_when_it_is_empty(client, scene):
    district = AreaFactory()
    scene[0].areas.add(district)
    other, _activities = project_with(1)
    client.force_login(scene[2])
    page = reverse("projects:desk-list")

    def codes(**ask):
        text = client.get(page, {"year": 2570, **ask}).content.decode()
        return [code for code in (scene[0].code, other.code) if f">{code}<" in text]

    assert codes() == [scene[0].code, other.code]
    assert codes(mine=1) == [scene[0].code]
    assert codes(district=district.code) == [scene[0].code]
    assert codes(agency=other.host_agency.code) == [other.code]
    assert codes(q=other.code) == [other.code]
    assert codes(status="cancelled") == []
    assert codes(source="NONE") == []
    assert codes(issue="0") == []
    assert codes(sort="-delivered") == [scene[0].code, other.code]
    assert "ไม่พบโครงการ" in client.get(page, {"year": 2599}).content.decode()


def test_the_desk_is_for_those_with_a_role(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="nobody"))
    assert client.get(reverse("projects:desk-list")).status_code == 404


@pytest.mark.parametrize("name", ["projects:project-list", "projects:desk-list"])
def test_a_list_costs_the_same_for_one_row_or_ten(client, scene, quarter, name):
    viewer = person(Role.VIEWER)
    MembershipFactory(user=viewer, agency=scene[0].host_agency, role=Role.REPORTER)
    client.force_login(viewer)
    page = reverse(name) + "?year=2570"
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(page)
    for _n in range(9):
        project_with(1, 2)
    with CaptureQueriesContext(connection) as ten:
        client.get(page)
    assert len(ten) == len(one)


# ── Evidence ─────────────────────────────────────────────────────────────────
def test_evidence_is_attached_to_a_draft_and_taken_away(client, scene, quarter):
    client.force_login(scene[2])
    add = f"{address(scene[0])}evidence/"
    pdf = SimpleUploadedFile("ใบตรวจรับ.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert client.post(add, {"file": pdf}).status_code == 302
    file = Progress.objects.get().evidence.get()
    assert file.original_name == "ใบตรวจรับ.pdf"
    assert "ใบตรวจรับ.pdf" in client.get(address(scene[0])).content.decode()
    assert client.post(f"{add}{file.pk + 1}/remove/").status_code == 404
    assert client.post(f"{add}{file.pk}/remove/").status_code == 302
    assert not Progress.objects.get().evidence.exists()


def test_what_is_no_file_is_told_and_not_kept(client, scene):
    client.force_login(scene[2])
    add = f"{address(scene[0])}evidence/"
    fake = SimpleUploadedFile("ภาพ.jpg", b"not a picture", "image/jpeg")
    client.post(add, {"file": fake})
    assert not Progress.objects.filter(evidence__isnull=False).exists()
    assert "เลือกไฟล์" in client.post(add, follow=True).content.decode()


def test_sent_reports_and_strangers_take_no_evidence(client, scene, quarter):
    report = sent(scene, quarter)
    add = f"{address(scene[0])}evidence/"
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    client.force_login(scene[2])
    client.post(add, {"file": pdf})
    assert not report.evidence.exists()
    client.force_login(person(Role.REPORTER))
    assert client.post(add, {"file": pdf}).status_code == 404
    assert client.post(f"{add}1/remove/").status_code == 404
