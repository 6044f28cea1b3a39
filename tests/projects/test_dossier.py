"""The file of a project: written by people, decided, evaluated, with its documents and photos."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from projects import rules
from projects.actions import (
    ActivityInput,
    ProjectInput,
    TargetInput,
    add_project_file,
    decide_project,
    evaluate_project,
    keep_project_file,
    remove_project_file,
    stored_input,
)
from projects.models import Evaluation, Project, ProjectFile
from projects.scoring import even_plan
from submissions.actions import prepare_fiscal_year
from submissions.models import FiscalYear, PeriodState
from tests.factories import NOON, AgencyFactory, AreaFactory, person, quarter_of, set_state
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = 2570


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def host():
    prepare_fiscal_year(year=YEAR)
    return AgencyFactory()


def activity(host, number=1, weight=100, **more):
    start, end = date(2026, 10, 1), date(2027, 9, 30)
    given = {"name_th": f"กิจกรรมที่ {number}", "agency": host, "weight": D(weight)}
    given |= {"start_date": start, "end_date": end, "plan": even_plan(start, end)}
    return ActivityInput(number=number, **(given | more))


def proposal(host, **more):
    given = {
        "code": "70-N-001",
        "name_th": "ลานกีฬาชุมชน",
        "host_agency": host,
        "start_date": date(2026, 10, 1),
        "end_date": date(2027, 9, 30),
        "years": {YEAR: D(1)},
        "activities": [activity(host)],
        "targets": [TargetInput("output", "ลานกีฬา", "แห่ง", D(2))],
    }
    return ProjectInput(**(given | more))


def proposed(host, by=None, **more):
    by = by or person(Role.REPORTER, host)
    return keep_project_file(given=proposal(host, **more), version=None, by=by, at=NOON)


def jpeg():
    written = BytesIO()
    Image.new("RGB", (40, 30), "seagreen").save(written, "JPEG")
    return SimpleUploadedFile("ก่อน.jpg", written.getvalue(), "image/jpeg")


# ── Writing the file ─────────────────────────────────────────────────────────
def test_a_host_proposes_a_project_and_writes_it_again(host):
    reporter = person(Role.REPORTER, host)
    project = proposed(host, reporter)
    assert project.status == Project.Status.PROPOSED
    assert project.targets.get().target == D(2)
    given = stored_input(project, name_th="ลานกีฬาสองแห่ง")
    again = keep_project_file(given=given, version=project.version, by=reporter, at=NOON)
    assert (again.name_th, again.version) == ("ลานกีฬาสองแห่ง", 2)
    assert [event.verb for event in Event.objects.order_by("pk")][-2:] == [
        "projects.project.proposed",
        "projects.project.changed",
    ]


def test_what_is_stored_reads_back_as_it_was_given(host):
    given = proposal(
        host,
        areas=[AreaFactory()],
        supporting_agencies=[AgencyFactory()],
        activities=[
            activity(host, 1, 40, budget=D("1000.50"), related_agencies=[AgencyFactory()]),
            activity(host, 2, 60),
        ],
        year_budgets={YEAR: D(5000)},
        coordinator_email="a@example.go.th",
    )
    project = keep_project_file(given=given, version=None, by=person(Role.STRATEGIST), at=NOON)
    read = stored_input(project)
    unsaid = {"kpis": [], "framework_items": [], "plan": {}, "edition": None}
    related = [replace(a, related_agencies=list(a.related_agencies)) for a in given.activities]
    assert read == replace(given, **unsaid, activities=related)


def test_a_stale_page_changes_nothing(host):
    reporter = person(Role.REPORTER, host)
    project = proposed(host, reporter)
    keep_project_file(given=stored_input(project, name_th="ข"), version=1, by=reporter, at=NOON)
    with pytest.raises(Refused) as caught:
        keep_project_file(given=stored_input(project, name_th="ค"), version=1, by=reporter, at=NOON)
    assert caught.value.code == "changed_meanwhile"
    project.refresh_from_db()
    assert project.name_th == "ข"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda h: {"activities": [activity(h, 1, 60), activity(h, 2, 35)]},
            "รวมได้ 95.00.*ขาด 5.00",
        ),
        (lambda h: {"activities": [activity(h, 1, 60), activity(h, 2, 45)]}, "เกิน 5.00"),
        (lambda h: {"start_date": date(2026, 9, 1)}, "วันเริ่มต้น.*อยู่นอกปีงบประมาณ 2570"),
        (lambda h: {"end_date": date(2027, 10, 1)}, "วันสิ้นสุด.*อยู่นอกปีงบประมาณ 2570"),
        (
            lambda h: {"activities": [activity(h, start_date=date(2027, 1, 1))]},
            "มีร้อยละก่อนเดือนที่เริ่ม",
        ),
        (
            lambda h: {"activities": [activity(h, plan={(YEAR, 1): D(50), (YEAR, 2): D(40)})]},
            "ลดลงจากเดือนก่อน",
        ),
        (lambda h: {"activities": [activity(h, plan={(YEAR, 6): D(90)})]}, "ต้องถึงร้อยละ 100"),
        (lambda h: {"years": {2590: D(1)}, **_dates(2590)}, "ยังไม่มีปีงบประมาณ 2590"),
    ],
)
def test_a_plan_that_does_not_stand_is_refused_and_nothing_is_kept(host, change, said):
    with pytest.raises(Refused, match=said):
        proposed(host, **change(host))
    assert not Project.objects.exists()


def _dates(year):
    start, end = date(year - 544, 10, 1), date(year - 543, 9, 30)
    return {"start_date": start, "end_date": end, "activities": []}


def test_a_project_of_a_coming_year_makes_its_year_ready(host):
    proposed(host, years={2575: D(1)}, **_dates(2575))
    assert FiscalYear.objects.get(year=2575).quarters.count() == 4


def test_a_code_is_taken_once(host):
    proposed(host)
    with pytest.raises(Refused, match="มีโครงการรหัส 70-N-001 แล้ว"):
        proposed(host)


@pytest.mark.parametrize("role", [r for r in Role if r not in (*rules.REPORTERS, Role.STRATEGIST)])
def test_others_write_no_file(host, role):
    with pytest.raises(Refused):
        proposed(host, person(role, host))


def test_another_agency_takes_no_project_over(host):
    project = proposed(host)
    thief = person(Role.REPORTER)
    given = stored_input(project, host_agency=thief.memberships.get().agency)
    with pytest.raises(Refused):
        keep_project_file(given=given, version=1, by=thief, at=NOON)


def test_after_the_approval_only_particulars_change(host):
    project, _activities = project_with(3, 1, host_agency=host)
    reporter = person(Role.REPORTER, host)
    given = stored_input(project, coordinator_name="นาง ข")
    # Weights from before this rule need not sum to 100 to keep particulars true.
    kept = keep_project_file(given=given, version=1, by=reporter, at=NOON)
    assert kept.coordinator_name == "นาง ข"
    for change in ({"end_date": date(2027, 8, 31)}, {"targets": [TargetInput("output", "ก")]}):
        with pytest.raises(Refused, match="คำขอเปลี่ยนแปลง"):
            keep_project_file(
                given=stored_input(project, **change), version=2, by=reporter, at=NOON
            )


# ── Its life ─────────────────────────────────────────────────────────────────
def test_a_project_goes_its_way_and_ends_only_evaluated(host):
    project = proposed(host)
    office = person(Role.STRATEGIST)

    def decide(to):
        return decide_project(
            project=project,
            to=to,
            reference="มติ ก.บ.จ.",
            decided_date=NOON.date(),
            by=office,
            at=NOON,
        )

    for step in ("screened", "approved", "running"):
        decide(step)
    with pytest.raises(Refused, match="เขียนการประเมินผล"):
        decide("finished")
    target = project.targets.get()
    story = {"reached_th": "ครบ", "learned_th": "เริ่มเร็ว", "stays_th": "ลานกีฬา"}
    reporter = person(Role.REPORTER, host)
    evaluate_project(project=project, **story, actuals={}, by=reporter, at=NOON)
    with pytest.raises(Refused, match="ยังไม่ได้กรอกผลที่เกิดขึ้นของ “ลานกีฬา”"):
        decide("finished")
    evaluate_project(project=project, **story, actuals={target.pk: D(0)}, by=reporter, at=NOON)
    assert decide("finished").status == "finished"
    with pytest.raises(Refused, match="ประเมินผลได้เมื่อโครงการกำลังดำเนินการ"):
        evaluate_project(project=project, **story, actuals={}, by=reporter, at=NOON)


def test_an_evaluation_tells_all_three(host):
    project, _activities = project_with(host_agency=host)
    with pytest.raises(Refused, match="ครบทั้งสามข้อ"):
        evaluate_project(
            project=project,
            reached_th="ครบ",
            learned_th=" ",
            stays_th="ลาน",
            actuals={},
            by=person(Role.REPORTER, host),
            at=NOON,
        )
    assert not Evaluation.objects.exists()


# ── Documents and photos ─────────────────────────────────────────────────────
def test_a_photo_is_one_and_a_document_need_not_be(host):
    project, _activities = project_with(host_agency=host)
    reporter = person(Role.REPORTER, host)
    add = {"project": project, "by": reporter, "at": NOON}
    row = add_project_file(**add, file=jpeg(), kind="before", caption_th="ก่อนสร้าง")
    assert row.evidence.media_type == "image/jpeg"
    pdf = SimpleUploadedFile("แบบ.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    with pytest.raises(Refused, match="ไฟล์นี้ไม่ใช่ภาพ"):
        add_project_file(**add, file=pdf, kind="after", caption_th="หลังสร้าง")
    fake = SimpleUploadedFile("ภาพ.jpg", b"not a photo", "image/jpeg")
    with pytest.raises(Refused):
        add_project_file(**add, file=fake, kind="after", caption_th="หลังสร้าง")
    with pytest.raises(Refused, match="คำอธิบาย"):
        add_project_file(**add, file=jpeg(), kind="after", caption_th=" ")
    assert ProjectFile.objects.count() == 1
    remove_project_file(file=row, by=reporter, at=NOON)
    assert not ProjectFile.objects.exists()


def test_the_public_sees_photos_but_no_documents_and_no_unpublished_quarter(client, host):
    project, _activities = project_with(host_agency=host)
    add = {"project": project, "by": person(Role.REPORTER, host), "at": NOON}
    quarter = quarter_of(YEAR, 1)
    seen = add_project_file(**add, file=jpeg(), kind="after", caption_th="หลังสร้าง")
    hidden = add_project_file(
        **add, file=jpeg(), kind="during", caption_th="ระหว่าง", quarter=quarter
    )
    document = add_project_file(**add, file=jpeg(), kind="document", caption_th="ใบเสร็จ")

    def status(row):
        answer = client.get(reverse("projects:project-photo", args=[project.code, row.pk]))
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer.status_code

    assert [status(row) for row in (seen, hidden, document)] == [200, 404, 404]
    set_state(quarter, PeriodState.PUBLISHED)
    assert status(hidden) == 200
    assert "หลังสร้าง" in client.get(project.get_absolute_url()).content.decode()


# ── Pages ────────────────────────────────────────────────────────────────────
def typed(host, **more):
    return {
        "code": "70-N-009",
        "name_th": "ลานกีฬาชุมชน",
        "host_agency": host.pk,
        "first_year": YEAR,
        "last_year": YEAR,
        "start_date": "1 ต.ค. 69",
        "end_date": "30 ก.ย. 2570",
        "activity-rows": "2",
        "activity-1-name_th": "ก่อสร้าง",
        "activity-1-weight": "๑๐๐",
        "activity-1-start_date": "1 ต.ค. 69",
        "activity-1-end_date": "31/03/2570",
        "activity-1-budget": "1.5 ล้านบาท",
        "target-rows": "1",
        "target-1-kind": "output",
        "target-1-name_th": "ลานกีฬา",
        "target-1-target": "2",
    } | more


def test_a_proposal_is_typed_as_people_write(client, host):
    client.force_login(person(Role.REPORTER, host))
    assert client.get(reverse("projects:project-new")).status_code == 200
    answer = client.post(reverse("projects:project-new"), typed(host))
    assert answer.status_code == 302
    row = Project.objects.get(code="70-N-009").activities.get()
    assert (row.budget, row.weight, row.agency) == (D(1500000), D(100), host)
    # The plan that nobody typed rises evenly over its six months.
    plan = dict(row.plan.values_list("month", "percent"))
    assert (plan[1], plan[6], max(plan)) == (D("16.67"), D(100), 6)
    page = client.get(answer["Location"]).content.decode()
    assert "1,500,000" in page


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"activity-1-weight": "95"}, 409, "น้ำหนักของกิจกรรมรวมได้ 95.00"),
        ({"start_date": "เมื่อวาน"}, 422, "อ่านวันที่ไม่ได้"),
        ({"activity-1-weight": "abc"}, 422, "ลานกีฬาชุมชน"),
        ({"activity-1-name_th": ""}, 422, "มีตัวเลขแต่ไม่มีชื่อกิจกรรม"),
        ({"last_year": ""}, 422, "ลานกีฬาชุมชน"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, host, wrong, status, said):
    client.force_login(person(Role.REPORTER, host))
    answer = client.post(reverse("projects:project-new"), typed(host, **wrong))
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert "1.5 ล้านบาท" in page
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("", "1 ต.ค. 2569", "30 ก.ย. 2570"), ("/en", "1 Oct 2026", "30 Sep 2027")],
)
def test_stored_days_stand_as_the_page_shows_days_and_come_back_unchanged(
    client, host, language, first, last
):
    client.force_login(person(Role.REPORTER, host))
    client.post(reverse("projects:project-new"), typed(host))
    project = Project.objects.get()
    page = language + reverse("projects:project-file", args=[project.code])
    forms = client.get(page).context
    shown = [forms["form"][name].value() for name in ("start_date", "end_date")]
    shown.append(forms["activities"][0]["start_date"].value())
    assert [day.replace("\u00a0", " ") for day in shown] == [first, last, first]
    again = {"version": project.version, "start_date": shown[0], "end_date": shown[1]}
    answer = client.post(page, typed(host, **again, **{"activity-1-start_date": shown[2]}))
    assert answer.status_code == 302
    project.refresh_from_db()
    days = (project.start_date, project.end_date, project.activities.get().start_date)
    assert days == (date(2026, 10, 1), date(2027, 9, 30), date(2026, 10, 1))


def test_the_pages_of_a_file_are_read_and_written(client, host):
    project, _activities = project_with(3, 1, host_agency=host)
    reporter, office = person(Role.REPORTER, host), person(Role.STRATEGIST)
    client.force_login(reporter)
    for name in ("project-file", "project-life", "project-files", "evaluation-form"):
        assert client.get(reverse(f"projects:{name}", args=[project.code])).status_code == 200
    page = reverse("projects:project-file", args=[project.code])
    assert client.post(page, {"version": 1, "coordinator_phone": "034"}).status_code == 302
    photo = {"kind": "before", "file": jpeg(), "caption_th": "ก่อนสร้าง"}
    files = reverse("projects:project-files", args=[project.code])
    assert client.post(files, photo).status_code == 302
    assert client.post(files, {"kind": "before"}).status_code == 422
    wrong = {"kind": "after", "caption_th": "หลัง"}
    wrong["file"] = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    assert client.post(files, wrong).status_code == 409
    evaluation = reverse("projects:evaluation-form", args=[project.code])
    assert client.post(evaluation, {"reached_th": "ครบ"}).status_code == 422
    story = {"reached_th": "ครบ", "learned_th": "เร็ว", "stays_th": "ลาน"}
    assert client.post(evaluation, story).status_code == 302
    client.force_login(office)
    life = reverse("projects:project-life", args=[project.code])
    assert client.post(life, {"to": "finished"}).status_code == 422
    decision = {"to": "finished", "decided_date": "5 ม.ค. 70", "reference": "มติ ก.บ.จ. 1/2570"}
    assert client.post(life, decision).status_code == 302
    assert client.post(life, decision).status_code == 422  # nothing comes after
    public = client.get(project.get_absolute_url()).content.decode()
    assert "ก่อนสร้าง" in public
    assert "มติ ก.บ.จ. 1/2570" in public


# ── API ──────────────────────────────────────────────────────────────────────
def test_a_machine_proposes_changes_decides_and_evaluates(client, host):
    client.force_login(person(Role.REPORTER, host))
    sent = {
        "code": "70-A-001",
        "name_th": "ลานกีฬา",
        "host_agency": host.code,
        "years": [YEAR],
        "start_date": "2026-10-01",
        "end_date": "2027-09-30",
        "activities": [
            {
                "name_th": "สร้าง",
                "agency": host.code,
                "weight": "90",
                "start_date": "2026-10-01",
                "end_date": "2027-09-30",
            }
        ],
        "targets": [{"kind": "output", "name_th": "ลาน", "target": "2"}],
    }
    ask = {"content_type": "application/json"}
    answer = client.post("/api/v1/projects/", sent, **ask)
    assert answer.status_code == 409
    assert "น้ำหนัก" in answer.json()["detail"]
    sent["activities"][0]["weight"] = "100"
    assert client.post("/api/v1/projects/", sent, **ask).status_code == 201
    assert client.post("/api/v1/projects/", {"code": "x y"}, **ask).status_code == 400
    changed = client.put("/api/v1/projects/70-A-001/", sent | {"version": 1, "name_th": "ข"}, **ask)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert client.put("/api/v1/projects/70-A-001/", sent | {"version": 1}, **ask).status_code == 409
    decision = {"to": "screened", "decided_date": "2027-01-05", "reference": "มติ"}
    assert client.post("/api/v1/projects/70-A-001/decide/", decision, **ask).status_code == 409
    client.force_login(person(Role.STRATEGIST))
    for to in ("screened", "approved", "running"):
        answer = client.post("/api/v1/projects/70-A-001/decide/", decision | {"to": to}, **ask)
        assert answer.status_code == 200
    target = answer.json()["targets"][0]["id"]
    story = {"reached_th": "ครบ", "learned_th": "เร็ว", "stays_th": "ลาน"}
    story["actuals"] = [{"target": target, "actual": "2"}]
    answer = client.post("/api/v1/projects/70-A-001/evaluate/", story, **ask)
    assert (answer.status_code, answer.json()["targets"][0]["actual"]) == (200, "2.0000")
