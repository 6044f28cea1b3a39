"""The agenda made of data, the minutes, both on paper, and resolutions followed to their end."""

import subprocess
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role
from accounts.rules import standing_of, whose_of
from audit.models import Event
from budget.models import CabinetTarget, MoneyFigure, MoneyScope
from common.refusal import Refused
from meetings.actions import (
    NewResolution,
    StatedItem,
    StatedMeeting,
    add_resolution,
    close_resolution,
    make_agenda,
    record_meeting,
    report_resolution,
    write_minutes,
)
from meetings.dues import owed_by
from meetings.models import AgendaItem, Committee, Meeting, Resolution
from pages.agenda import agenda_of
from projects.models import ProjectFigure
from tests.factories import NOON, TODAY, AgencyFactory, person, quarter_of
from tests.projects.factories import YEAR, project_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A committee whose secretariat is the comptroller's, with two agencies: one is behind."""

    class World:
        quarter = quarter_of(YEAR, 1)
        office = AgencyFactory(code="CGD")
        secretary = person(Role.COMPTROLLER, office)
        strategist = person(Role.STRATEGIST)
        behind = AgencyFactory(code="LATE", name_th="สำนักงานล่าช้า")
        ahead = AgencyFactory(code="FAST", name_th="สำนักงานก้าวหน้า")
        reporter = person(Role.REPORTER, behind)
        head = person(Role.APPROVER, behind)
        committee = Committee.objects.create(
            code="ACCEL", name_th="คณะกรรมการเร่งรัด", watches_spending=True
        )

    World.committee.seats.create(
        order=1, role_th="กรรมการและเลขานุการ", holder_th="คลังจังหวัด", agency=World.office
    )
    return World


def money(world):
    """Let one agency stand 20 points below the Cabinet's line in December, the other above."""
    CabinetTarget.objects.create(
        fiscal_year_id=YEAR,
        quarter=1,
        measure=CabinetTarget.Measure.DISBURSEMENT,
        category=CabinetTarget.Category.OVERALL,
        kind=CabinetTarget.Kind.CABINET,
        percent=Decimal(30),
        source="มติ",
    )
    for kind, subject, spent in (
        (MoneyScope.Kind.PROVINCE, 0, 500),
        (MoneyScope.Kind.AGENCY, world.behind.pk, 100),
        (MoneyScope.Kind.AGENCY, world.ahead.pk, 400),
    ):
        scope = MoneyScope.objects.create(fiscal_year_id=YEAR, kind=kind, subject_id=subject)
        MoneyFigure.objects.create(
            scope=scope,
            month=3,
            revised=Decimal(1000),
            allotted=Decimal(1000),
            disbursed=Decimal(spent),
            obligated=Decimal(0),
            disbursement_rate=Decimal(spent) / 10,
            spending_rate=Decimal(spent) / 10,
            reported=1,
            due=1,
        )


def meeting_on(world, day, number=1, by=None):
    return record_meeting(
        committee=world.committee,
        meeting=StatedMeeting(number=number, year=2570, held_date=day),
        by=by or world.secretary,
        at=NOON,
    )


def promised(world, meeting, text="ก่อหนี้ให้ครบ", days=-3, **more):
    return add_resolution(
        meeting=meeting,
        resolution=NewResolution(text, world.behind, TODAY + timedelta(days=days), **more),
        by=world.secretary,
        at=NOON,
    )


def code_of(verb, **given):
    with pytest.raises(Refused) as refused:
        verb(**given)
    return refused.value.code


# ── Made of data ─────────────────────────────────────────────────────────────
def test_the_agenda_says_who_is_behind_by_how_much_and_what_was_promised(world):
    money(world)
    project, _activities = project_with(host_agency=world.behind, code="70-9-001")
    ProjectFigure.objects.create(
        project=project,
        quarter=world.quarter,
        delivered=Decimal(10),
        planned=Decimal(40),
        variance=Decimal(-30),
        standing=ProjectFigure.Standing.CRITICAL,
    )
    before = meeting_on(world, TODAY - timedelta(days=30))
    promised(world, before, progress_th="รอผลจัดซื้อ")
    items = agenda_of(meeting_on(world, TODAY, 2), TODAY)
    titles = [item.title_th.split(":")[0] for item in items]
    assert titles == [
        "เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ",
        "เรื่องรับรองรายงานการประชุม",
        "เรื่องสืบเนื่อง",
        "เรื่องเพื่อทราบ",
        "เรื่องเพื่อพิจารณา",
        "เรื่องเพื่อพิจารณา",
        "เรื่องอื่น ๆ (ถ้ามี)",
    ]
    assert items[1].text_th.startswith("ครั้งที่ 1/2570")
    [left] = items[2].rows
    assert left[0] == "1/2570 ข้อ 1"
    assert left[4] == "รอผลจัดซื้อ (เลยกำหนด 3 วัน)"
    [province] = items[3].rows
    assert province == ("รวม", "1,000.00", "500.00", "50.00", "50.00", "30.00", "+20.00", "0.00")
    [agency] = items[4].rows
    assert agency[:7] == (
        "1",
        "สำนักงานล่าช้า",
        "1,000.00",
        "10.00",
        "−20.00",
        "200.00",
        "1/1",
    )
    assert agency[7].startswith("ก่อหนี้ให้ครบ (")
    assert agency[7].endswith("รอผลจัดซื้อ")
    [late] = items[5].rows
    assert (late[0], late[5], late[6]) == ("70-9-001", "−30.00", "")


def test_what_is_not_known_is_said(world):
    meeting = meeting_on(world, TODAY)
    items = agenda_of(meeting, TODAY)
    assert "ยังไม่มีผลเบิกจ่าย" in items[3].text_th
    assert items[1].text_th == "ยังไม่มีการประชุมครั้งก่อนในระบบ"
    assert (items[2].text_th, list(items[2].rows)) == ("ไม่มีมติและข้อสั่งการค้าง", [])
    money(world)
    CabinetTarget.objects.all().delete()
    items = agenda_of(meeting, TODAY)
    assert "ไม่ทราบเป้าหมาย" in items[4].text_th
    assert items[5].rows == []
    world.committee.watches_spending = False
    meeting.committee = world.committee
    assert len(agenda_of(meeting, TODAY)) == 4


def test_an_agenda_is_made_anew_until_there_are_minutes(world):
    meeting = meeting_on(world, TODAY)
    make = {"meeting": meeting, "at": NOON}
    items = [StatedItem("เรื่องหนึ่ง", heads=["ก"], rows=[["1"]]), StatedItem("เรื่องสอง")]
    assert code_of(make_agenda, **make, items=items, version=1, by=world.head) == "not_allowed"
    make_agenda(**make, items=items, version=1, by=world.secretary)
    assert code_of(make_agenda, **make, items=items, version=1, by=world.strategist) == (
        "changed_meanwhile"
    )
    make_agenda(**make, items=items[:1], version=2, by=world.strategist)
    assert AgendaItem.objects.get().table == {"heads": ["ก"], "rows": [["1"]], "numeric": []}
    minutes = {"meeting": meeting, "minutes_th": "", "said": {1: "เห็นชอบ"}, "at": NOON}
    who = {"by": world.secretary, "attendees_th": "ผู้ว่าราชการจังหวัด"}
    assert code_of(write_minutes, **minutes, **(who | {"attendees_th": " "}), version=3) == (
        "no_attendees"
    )
    assert code_of(write_minutes, **minutes, **(who | {"by": world.head}), version=3) == (
        "not_allowed"
    )
    assert code_of(write_minutes, **minutes, **who, version=1) == "changed_meanwhile"
    write_minutes(**minutes, **who, version=3)
    assert AgendaItem.objects.get().minutes_th == "เห็นชอบ"
    assert Event.objects.get(verb="meetings.minutes.written").after == {"items": {"1": "เห็นชอบ"}}
    assert code_of(make_agenda, **make, items=items, version=4, by=world.secretary) == (
        "not_allowed"
    )
    future = meeting_on(world, TODAY + timedelta(days=1), 2)
    assert code_of(write_minutes, **(minutes | {"meeting": future}), **who, version=1) == (
        "not_allowed"
    )


def test_the_secretariat_writes_for_its_own_committee_only(world):
    other = Committee.objects.create(code="OTHER", name_th="อื่น")
    given = {"meeting": StatedMeeting(1, 2570, TODAY), "at": NOON, "by": world.secretary}
    assert code_of(record_meeting, committee=other, **given) == "not_secretary"
    record_meeting(committee=world.committee, **given)


@pytest.mark.parametrize(
    ("owner", "due_date", "code"),
    [(None, TODAY, "no_owner"), ("own", None, "no_due_date")],
)
def test_a_resolution_without_an_owner_or_a_day_is_none(world, owner, due_date, code):
    meeting = meeting_on(world, TODAY)
    new = NewResolution("ข้อ", world.behind if owner else None, due_date)
    given = {"meeting": meeting, "resolution": new, "by": world.secretary, "at": NOON}
    assert code_of(add_resolution, **given) == code
    assert not Resolution.objects.exists()


def due_for(user, at):
    return owed_by(whose_of(standing_of(user, at.date())), at)


def test_a_resolution_is_owed_by_its_owner_until_it_is_closed(world):
    row = promised(world, meeting_on(world, TODAY - timedelta(days=9)))
    [due] = due_for(world.reporter, NOON)
    assert (due.code, due.state, due.owner_ids) == ("1/2570-1", "late", (world.reporter.pk,))
    assert due.url == f"/desk/resolutions/{row.pk}/"
    assert len(due_for(world.strategist, NOON)) == 1
    assert due_for(person(Role.REPORTER), NOON) == due_for(person(Role.HR), NOON) == []
    report = {"resolution": row, "by": world.reporter, "at": NOON}
    assert code_of(report_resolution, **report, progress_th=" ") == "no_text"
    report_resolution(**report, progress_th="ครึ่งทาง")
    close_resolution(resolution=row, state=Resolution.State.DONE, by=world.head, at=NOON)
    assert due_for(world.reporter, NOON) == []


# ── Pages and papers ─────────────────────────────────────────────────────────
@pytest.fixture
def clock_stands(settings):
    settings.SAMPLE_TODAY = TODAY.isoformat()


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    told = subprocess.run(
        ["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True
    )
    return "".join(told.stdout.decode().split())


def test_a_meeting_from_its_call_to_its_minutes_on_paper(world, clock_stands):
    money(world)
    promised(world, meeting_on(world, date(2027, 1, 5)), days=3)
    client = client_of(world.secretary)
    assert client.get("/desk/meetings/").status_code == 200
    page = client.get("/desk/meetings/new/").content.decode()
    assert 'value="2"' in page
    called = {
        "committee": world.committee.pk,
        "number": "2",
        "year": "2570",
        "held_date": "13 ม.ค. 70",
    }
    assert client.post("/desk/meetings/new/", called | {"held_date": "?"}).status_code == 422
    assert client.post("/desk/meetings/new/", called).status_code == 302
    assert client.post("/desk/meetings/new/", called).status_code == 409
    meeting = Meeting.objects.get(number=2)
    url = f"/desk/meetings/{meeting.pk}/"
    shown = client.get(url).content.decode()
    assert "สำนักงานล่าช้า" in shown
    assert client.post(f"{url}agenda/", {"version": "1"}).status_code == 409
    assert client.post(f"{url}agenda/", {"version": "2"}).status_code == 302
    agenda = text_of(client.get(f"{url}agenda.pdf"))
    for said in ("ระเบียบวาระการประชุม", "สำนักงานล่าช้า", "200.00", "ก่อหนี้ให้ครบ"):
        assert said in agenda
    assert client.get(f"{url}minutes.pdf").status_code == 404
    assert "คลังจังหวัด" in client.get(f"{url}minutes/").content.decode()
    typed = {"version": "3", "attendees_th": "ผู้ว่าราชการจังหวัด", "said-1": "รับทราบ", "minutes_th": ""}
    assert client.post(f"{url}minutes/", typed | {"attendees_th": ""}).status_code == 422
    assert client.post(f"{url}minutes/", typed | {"version": "1"}).status_code == 409
    assert client.post(f"{url}minutes/", typed).status_code == 302
    given = {"text_th": "เบิกเพิ่ม", "owner": world.behind.pk, "due_date": "31 ม.ค. 2570"}
    assert client.post(url, given).status_code == 302
    minutes = text_of(client.get(f"{url}minutes.pdf"))
    for said in ("รายงานการประชุม", "ผู้ว่าราชการจังหวัด", "เบิกเพิ่ม", "31ม.ค.2570"):
        assert said in minutes


def test_who_may_not_is_told_so(world, clock_stands):
    meeting = meeting_on(world, TODAY)
    row = promised(world, meeting, days=5)
    make_agenda(meeting=meeting, items=[StatedItem("ลับ")], version=1, by=world.secretary, at=NOON)
    owner = client_of(world.reporter)
    url = f"/desk/meetings/{meeting.pk}/"
    assert "ลับ" not in owner.get(url).content.decode()
    assert owner.get(f"{url}agenda.pdf").status_code == 404
    assert owner.get(f"{url}minutes/").status_code == 403
    assert owner.get("/desk/meetings/new/").status_code == 403
    assert owner.post(f"{url}agenda/", {"version": "2"}).status_code == 409
    one = f"/desk/resolutions/{row.pk}/"
    assert "ก่อหนี้ให้ครบ" in owner.get("/desk/").content.decode()
    assert owner.post(one, {"progress_th": ""}).status_code == 422
    assert owner.post(one, {"progress_th": "ครึ่งทาง"}).status_code == 302
    assert "ครึ่งทาง" in owner.get(one).content.decode()
    viewer = client_of(person(Role.VIEWER))
    assert viewer.get(f"{url}agenda.pdf").status_code == 200
    assert viewer.get(f"{url}minutes.pdf").status_code == 404
    assert viewer.post(one, {"progress_th": "x"}).status_code == 409
    assert client_of(person(Role.REPORTER)).get(one).status_code == 404
    assert Client().get(one).status_code == 302


def test_the_api_reads_meetings_and_takes_how_far_a_resolution_is(world, clock_stands):
    meeting = meeting_on(world, TODAY)
    row = promised(world, meeting, days=5)
    others = NewResolution("อื่น", world.ahead, TODAY + timedelta(days=6))
    add_resolution(meeting=meeting, resolution=others, by=world.secretary, at=NOON)
    make_agenda(meeting=meeting, items=[StatedItem("ลับ")], version=1, by=world.secretary, at=NOON)

    def caller(user=None):
        client = APIClient()
        if user:
            client.force_authenticate(user)
        return client

    owner, office, head = caller(world.reporter), caller(world.strategist), caller(world.head)
    one = f"/api/v1/meetings/{meeting.pk}/"
    assert [item["title_th"] for item in office.get(one).json()["agenda"]] == ["ลับ"]
    told = owner.get(one).json()
    # An agency that was only asked for something reads that, not the agenda.
    assert (told["agenda"], told["minutes"], len(told["resolutions"])) == ([], "", 1)
    assert len(office.get("/api/v1/resolutions/").json()["results"]) == 2
    at = f"/api/v1/resolutions/{row.pk}/"
    assert owner.post(f"{at}report/", {"progress_th": ""}, format="json").status_code == 400
    said = owner.post(f"{at}report/", {"progress_th": "ครึ่งทาง"}, format="json").json()
    assert (said["progress_th"], said["state"]) == ("ครึ่งทาง", "open")
    assert owner.post(f"{at}close/", {"state": "done"}, format="json").status_code == 409
    dropped = head.post(f"{at}close/", {"state": "dropped"}, format="json")
    assert (dropped.status_code, dropped.json()["code"]) == (409, "no_reason")
    ended = head.post(f"{at}close/", {"state": "done"}, format="json").json()
    assert ended["state"] == "done"
    assert caller(person(Role.REPORTER)).get(at).status_code == 404
    assert caller().get("/api/v1/meetings/").json()["results"] == []
    assert caller().post(f"{at}report/", {"progress_th": "x"}, format="json").status_code == 401
