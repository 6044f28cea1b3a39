"""The registers: targets, projects, activities, allotments, people."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import Membership, Role, User
from audit.models import Event
from budget.actions import (
    ContractInput,
    MonthlyInput,
    TransferInput,
    plan_contracts,
    receive_outside_money,
    record_monthly_figures,
    transfer,
)
from budget.models import Allocation
from common.refusal import EntriesRefused, Refused
from common.tables import csv_chunks
from kpi.models import Target
from projects.actions import (
    ProgressInput,
    align_project,
    decide_project,
    mark_unconfirmed,
    request_change,
    save_progress,
    stored_input,
)
from projects.models import Activity, Project, ProjectFigure, Story
from reminders.models import Notice
from spreadsheets import actions
from spreadsheets.models import Upload
from strategy.models import Framework, FrameworkItem
from submissions.models import FiscalYear, Month
from tests.budget.factories import AllocationFactory
from tests.factories import (
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    person,
    quarter_of,
)
from tests.kpi.cascades import Field
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.sheets import workbook


@pytest.fixture
def year(db):
    quarter_of(2570, 1)
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def office(db):
    return AgencyFactory(code="OFFICE")


@pytest.fixture
def strategist(office):
    return person(Role.STRATEGIST, office)


@pytest.fixture
def comptroller(office):
    return person(Role.COMPTROLLER, office)


@pytest.fixture
def admin(office):
    return person(Role.ADMIN, office)


def send(kind, file, agency, year, by, name="a.xlsx"):
    if isinstance(file, list):
        file = workbook(file)
    return actions.receive_upload(
        file=file, name=name, kind=kind, agency=agency, period=year, action="submit", by=by, at=AT
    )


def told(upload):
    return [(each["code"], each["cell"]) for each in upload.report["errors"]], [
        (each["code"], each["cell"]) for each in upload.report["questions"]
    ]


def commit(upload, by):
    return actions.commit_upload(upload=upload, confirmed=True, by=by, at=AT)


def undo(upload, by):
    return actions.undo_upload(upload=upload, by=by, at=AT)


def in_the_way(upload, by):
    with pytest.raises(EntriesRefused) as refused:
        undo(upload, by)
    return sorted(str(each) for each in refused.value.by_entry.values())


def comes_back(kind, agency, year, by):
    """Give out xlsx and csv, send them back, and find nothing changed."""
    which = {"kind": kind, "agency": agency, "period": year, "user": by, "at": AT}
    form = io.BytesIO()
    actions.write_form(form, **which)
    form.seek(0)
    columns, rows = actions.table_of(**which)
    text = io.BytesIO(b"".join(csv_chunks(columns, rows)))
    for file, name in ((form, "a.xlsx"), (text, "a.csv")):
        report = send(kind, file, agency, year, by, name).report
        assert not report["errors"] + report["questions"] + report["changes"], (name, report)
        assert report["counts"]["unchanged"] == len(rows) > 0


def brought_in(kind, rows, agency, year, by):
    """Send rows and bring them in; the questions are confirmed."""
    upload = send(kind, rows, agency, year, by)
    assert upload.report["errors"] == []
    return commit(upload, by)


def gone(verb):
    """Return what the log says was taken away, and by whom."""
    events = Event.objects.filter(verb=verb).order_by("pk")
    return [(each.before, each.actor_name) for each in events]


def test_new_and_changed_projects_are_registered_and_an_undo_takes_the_new_ones_away(
    agency, year, strategist, work_off_jobs
):
    old, _parts = project_with(1, 1, host_agency=agency, code="70-101")
    before = old.name_th
    head = ["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม", "วันสิ้นสุด", "วัตถุประสงค์"]
    upload = send(
        "projects",
        [head, ["70-101", "ชื่อใหม่", "", "", ""], ["70-102", "โครงการใหม่", "1 ต.ค. 69", "30/9/2570", "=ก"]],
        agency, year, strategist,
    )  # fmt: skip
    assert told(upload) == ([], [("makes_new", "A3")])
    assert (upload.report["counts"]["new"], upload.report["counts"]["changed"]) == (1, 1)
    assert not Project.objects.filter(code="70-102").exists()
    commit(upload, strategist)
    old.refresh_from_db()
    new = Project.objects.get(code="70-102")
    assert (old.name_th, old.activities.count()) == ("ชื่อใหม่", 2)
    assert (new.start_date, new.end_date) == (date(2026, 10, 1), date(2027, 9, 30))
    assert (new.status, new.objective_th, new.host_agency) == ("proposed", "=ก", agency)
    comes_back("projects", agency, year, strategist)
    assert work_off_jobs()
    assert ProjectFigure.objects.filter(project=new).exists()
    undo(upload, strategist)
    assert upload.state == Upload.State.UNDONE
    old.refresh_from_db()
    assert (old.name_th, old.activities.count()) == (before, 2)
    assert list(Project.objects.all()) == [old]
    [(told_of, who)] = gone("projects.project.withdrawn")
    assert (told_of["objective_th"], who) == ("=ก", strategist.username)
    # What was asked to be computed for it finds nothing, and the code is free again.
    work_off_jobs()
    brought_in("projects", PROPOSED, agency, year, strategist)
    assert Project.objects.get(code="70-102").pk != new.pk


PROPOSED = [
    ["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม", "วันสิ้นสุด"],
    ["70-102", "โครงการใหม่", "1 ต.ค. 69", "30/9/2570"],
]
WORK = ["รหัสโครงการ/กิจกรรม", "กิจกรรม", "น้ำหนัก", "วันเริ่ม", "วันสิ้นสุด"]


def test_what_was_built_on_new_projects_is_listed_and_nothing_is_taken_away(
    agency, year, strategist
):
    codes = [f"70-20{n}" for n in range(9)]
    rows = [[code, "โครงการใหม่", "1 ต.ค. 69", "30/9/2570"] for code in codes]
    upload = brought_in("projects", [PROPOSED[0], *rows], agency, year, strategist)
    by = {"by": strategist, "at": AT}
    projects = Project.objects.in_bulk(field_name="code")
    worked, decided, written, aligned, funded, told_of, doubted, moved, _left = (
        projects[code] for code in codes
    )
    part = [f"{worked.code}/1", "อบรม", 1, "1 ม.ค. 70", "31 มี.ค. 70"]
    brought_in("activities", [WORK, part], agency, year, strategist)
    decide_project(project=decided, to="screened", reference="มติ 1", decided_date=AT.date(), **by)
    another = [["รหัสโครงการ", "วัตถุประสงค์"], [written.code, "ที่ไฟล์แรกไม่ได้บอก"]]
    brought_in("projects", another, agency, year, strategist)
    framework = Framework.objects.create(code="NS", name_th="ยุทธศาสตร์ชาติ")
    item = FrameworkItem.objects.create(framework=framework, code="NS5", name_th="น้ำ")
    align_project(project=aligned, main_item=item, reason_th="ก", items=[item], **by)
    AllocationFactory(code="B70-1", project=funded)
    Story.objects.create(slug="a", name_th="เรื่อง").projects.add(told_of)
    inspector = person(Role.INSPECTOR)
    mark_unconfirmed(project=doubted, reason="ไม่พบงาน", by=inspector, at=AT)
    Project.objects.filter(pk=moved.pk).update(host_agency=AgencyFactory())
    assert in_the_way(upload, strategist) == [
        "70-200: มีกิจกรรมแล้ว",
        "70-201: มีมติของโครงการแล้ว",
        "70-202: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        "70-203: มีรายการของแผนระดับชาติแล้ว",
        "70-204: มีรายการงบประมาณแล้ว",
        "70-205: มีผลงานที่โดดเด่นแล้ว",
        "70-206: มีผลตรวจติดตามที่ยังไม่ยืนยันตัวเลขแล้ว",
        "70-207: รายการนี้ไม่อยู่ในรอบนี้แล้ว",
    ]
    assert Project.objects.count() == len(codes)
    assert not gone("projects.project.withdrawn")
    assert upload.state == Upload.State.COMMITTED


def test_a_project_and_its_work_are_taken_away_in_the_order_they_came_backwards(
    agency, year, strategist
):
    first = brought_in("projects", PROPOSED, agency, year, strategist)
    work = [WORK, ["70-102/1", "อบรม", 1, "1 ม.ค. 70", "31 มี.ค. 70"]]
    second = brought_in("activities", work, agency, year, strategist)
    assert in_the_way(first, strategist) == ["70-102: มีกิจกรรมแล้ว"]
    undo(second, strategist)
    undo(first, strategist)
    assert not Project.objects.exists()


def test_a_change_since_stands_in_the_way_until_its_own_file_is_taken_back(
    agency, year, strategist
):
    first = brought_in("projects", PROPOSED, agency, year, strategist)
    change = [["รหัสโครงการ", "ชื่อโครงการ"], ["70-102", "ชื่ออื่น"]]
    second = brought_in("projects", change, agency, year, strategist)
    assert in_the_way(first, strategist) == ["70-102: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"]
    undo(second, strategist)
    assert Project.objects.get().name_th == "โครงการใหม่"
    undo(first, strategist)
    assert not Project.objects.exists()


def test_a_new_code_that_another_agency_took_meanwhile_stops_the_file(agency, year, strategist):
    head = ["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม", "วันสิ้นสุด"]
    row = ["70-102", "โครงการใหม่", "1 ต.ค. 69", "30/9/2570"]
    upload = send("projects", [head, row], agency, year, strategist)
    project_with(code="70-102")
    with pytest.raises(Refused) as refused:
        commit(upload, strategist)
    assert refused.value.code == "changed_meanwhile"


def test_a_change_of_a_register_is_taken_back_unless_somebody_changed_it_since(
    agency, year, strategist
):
    old, _parts = project_with(host_agency=agency, code="70-101")
    before = old.name_th
    head = ["รหัสโครงการ", "ชื่อโครงการ"]
    upload = commit(
        send("projects", [head, ["70-101", "ชื่อใหม่"]], agency, year, strategist), strategist
    )
    Project.objects.filter(pk=old.pk).update(name_th="ชื่อที่สาม")
    assert in_the_way(upload, strategist) == ["70-101: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"]
    Project.objects.filter(pk=old.pk).update(name_th="ชื่อใหม่")
    undo(upload, strategist)
    old.refresh_from_db()
    assert old.name_th == before


def test_a_new_project_needs_what_a_project_needs(agency, year, strategist):
    project_with(code="70-900")
    head = ["รหัสโครงการ", "ชื่อโครงการ", "วันเริ่ม", "วันสิ้นสุด", "ประเด็นการพัฒนา"]
    rows = [
        head,
        ["70-201", "", "1 ต.ค. 69", "30 ก.ย. 70", ""],
        ["70-202", "ก", "30 ก.ย. 70", "1 ต.ค. 69", ""],
        ["70-203", "ก", "ไม่ทราบ", "1 ต.ค. 69", "ไม่มีประเด็นนี้"],
        ["70-900", "ของผู้อื่น", "", "", ""],
    ]
    errors, _questions = told(send("projects", rows, agency, year, strategist))
    assert ("required", "B2") in errors
    assert ("not_a_choice", "E4") in errors
    assert ("unknown_row", "A5") in errors
    assert any(cell == "C4" for _code, cell in errors)
    alone = [head, rows[2]]
    assert told(send("projects", alone, agency, year, strategist))[0] == [("verb_refused", "B2")]


def test_activities_join_their_project(agency, year, strategist):
    project, (first, second) = project_with(1, 1, host_agency=agency, code="70-101")
    helper = AgencyFactory(name_th="เทศบาลนคร")
    head = ["รหัสโครงการ/กิจกรรม", "กิจกรรม", "หน่วยดำเนินการ", "น้ำหนัก", "วันเริ่ม", "วันสิ้นสุด", "งบประมาณ"]
    rows = [
        head,
        ["70-101/1", "", "", 3, "", "", ""],
        ["70-101/3", "อบรม", "เทศบาลนคร", 1, "1 ม.ค. 70", "31 มี.ค. 70", "๕๐,๐๐๐"],
    ]
    upload = send("activities", rows, agency, year, strategist)
    assert told(upload) == ([], [("makes_new", "A3")])
    commit(upload, strategist)
    parts = {each.number: each for each in Activity.objects.filter(project=project)}
    assert sorted(parts) == [1, 2, 3]
    assert (parts[1].weight, parts[1].pk, parts[2].pk) == (3, first.pk, second.pk)
    assert (parts[3].agency, parts[3].budget) == (helper, 50_000)
    comes_back("activities", agency, year, strategist)
    undo(upload, strategist)
    parts = {each.number: each for each in Activity.objects.filter(project=project)}
    assert {number: (each.pk, each.weight) for number, each in parts.items()} == {
        1: (first.pk, 1),
        2: (second.pk, 1),
    }
    [(told_of, who)] = gone("projects.activity.withdrawn")
    assert (told_of["project"], told_of["number"], who) == ("70-101", 3, strategist.username)
    assert (told_of["name_th"], told_of["agency"]) == ("อบรม", helper.pk)


def test_what_was_built_on_new_activities_is_listed_and_nothing_is_taken_away(
    agency, year, strategist
):
    quarter, reporter = quarter_of(2570, 1), person(Role.REPORTER, agency)
    codes = [f"70-30{n}" for n in range(6)]
    projects = [project_with(1, host_agency=agency, code=code)[0] for code in codes]
    rows = [[f"{code}/2", "อบรม", 1, "1 ต.ค. 69", "30 ก.ย. 70"] for code in codes]
    upload = brought_in("activities", [WORK, *rows], agency, year, strategist)
    new = {each.project.code: each for each in Activity.objects.filter(number=2)}
    reported, written, decided, asked, planned, _left = projects
    entry = ProgressInput(reported, quarter, activities={new[reported.code].pk: Decimal(5)})
    save_progress(entries=[entry], by=reporter, at=AT)
    another = [["รหัสโครงการ/กิจกรรม", "งบประมาณ"], [f"{written.code}/2", 500]]
    brought_in("activities", another, agency, year, strategist)
    decide_project(
        project=decided, to="cancelled", reference="มติ 1", reason="งบถูกปรับลด",
        decided_date=AT.date(), by=strategist, at=AT,
    )  # fmt: skip
    even = {"weight": Decimal(50), "plan": {(2570, 12): Decimal(100)}}
    parts = [replace(part, **even) for part in stored_input(asked).activities]
    given = stored_input(asked, activities=parts)
    request_change(project=asked, given=given, reason_th="ฝน", by=reporter, at=AT)
    new[planned.code].plan.create(fiscal_year_id=2570, month=12, percent=Decimal(100))
    assert in_the_way(upload, strategist) == [
        "70-300/2: มีความก้าวหน้าที่รายงานแล้ว",
        "70-301/2: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        "70-302/2: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        "70-303/2: มีคำขอเปลี่ยนแปลงโครงการที่นับกิจกรรมนี้แล้ว",
        "70-304/2: มีแผนรายเดือนแล้ว",
    ]
    assert Activity.objects.filter(number=2).count() == len(codes)
    assert not gone("projects.activity.withdrawn")


def test_targets_are_set_and_taken_back(year, strategist):
    field = Field()
    kpi = field.kpi(field.indicator(unit_th="ราย"), targets=[1, 2, 3, 4])
    before = kpi.weight
    head = ["รหัสตัวชี้วัด", "น้ำหนัก", "เป้า ไตรมาส 3", "เป้า ไตรมาส 4"]
    by, when = strategist, kpi.fiscal_year
    upload = send("kpi-targets", [head, [kpi.code, 2, "๓๐", 40]], field.agency, when, by)
    assert told(upload)[0] == []
    commit(upload, by)

    def targets():
        kpi.refresh_from_db()
        stored = Target.objects.filter(kpi=kpi).order_by("quarter").values_list("value", flat=True)
        return kpi.weight, list(stored)

    assert targets() == (2, [1, 2, 30, 40])
    comes_back("kpi-targets", field.agency, when, by)
    undo(upload, by)
    assert targets() == (before, [1, 2, 3, 4])


def test_allotments_come_from_the_comptroller(agency, year, comptroller, strategist):
    old = AllocationFactory(
        code="B70-1", spending_agency=agency, allotted=Decimal(100), savings=Decimal(7)
    )
    head = ["รหัสรายการงบประมาณ", "รายการ", "แหล่งงบประมาณ", "ประเภทรายจ่าย",
            "งบประมาณตาม พ.ร.บ. (บาท)", "ได้รับจัดสรร (บาท)"]  # fmt: skip
    rows = [
        head,
        ["B70-1", "", "", "", "", "90"],
        ["B70-2", "ซ่อมถนน", old.source.name_th, "รายจ่ายลงทุน", "1.5 ล้านบาท", 1_000_000],
    ]
    with pytest.raises(Refused, match="คลังจังหวัด"):
        send("allotments", rows, agency, year, strategist)
    upload = send("allotments", rows, agency, year, comptroller)
    assert told(upload)[0] == []
    commit(upload, comptroller)
    old.refresh_from_db()
    new = Allocation.objects.get(code="B70-2")
    assert (old.allotted, old.savings) == (90, 7)
    assert (new.appropriation, new.allotted, new.revised) == (1_500_000, 1_000_000, 1_500_000)
    assert (new.owner_agency, new.origin_year, new.source) == (agency, 2570, old.source)
    comes_back("allotments", agency, year, comptroller)
    undo(upload, comptroller)
    assert list(Allocation.objects.values_list("code", "allotted", "savings")) == [
        ("B70-1", 100, 7)
    ]
    [(told_of, who)] = gone("budget.allocation.withdrawn")
    assert (told_of["name_th"], who) == ("ซ่อมถนน", comptroller.username)
    assert told_of["allotted"] == "1000000.00"


BOOKS = ["รหัสรายการงบประมาณ", "รายการ", "แหล่งงบประมาณ", "ประเภทรายจ่าย",
         "งบประมาณตาม พ.ร.บ. (บาท)", "ได้รับจัดสรร (บาท)"]  # fmt: skip


def test_what_was_built_on_new_allotments_is_listed_and_nothing_is_taken_away(
    agency, year, comptroller
):
    old = AllocationFactory(code="B70-1", spending_agency=agency)
    codes = [f"B70-2{n}" for n in range(7)]
    rows = [[code, "ซ่อม", old.source.name_th, "รายจ่ายลงทุน", 1000, 0] for code in codes]
    upload = brought_in("allotments", [BOOKS, *rows], agency, year, comptroller)
    new = Allocation.objects.in_bulk(codes, field_name="code")
    reported, bought, gave, took, grown, written, _left = (new[code] for code in codes)
    by = {"by": comptroller, "at": AT}
    october = Month.objects.get(fiscal_year=year, number=1)
    record_monthly_figures(
        entries=[MonthlyInput(reported, october, Decimal(0), Decimal(0))],
        by=person(Role.REPORTER, agency),
        at=AT,
    )
    contract = ContractInput(bought, kind="single_year", name_th="ซื้อ", amount=Decimal(10))
    plan_contracts(contracts=[contract], by=None, at=AT)
    moved = TransferInput(gave, took, Decimal(10), date(2026, 12, 1), "เหลือ")
    transfer(transfers=[moved], **by)
    receive_outside_money(
        allocation=grown, amount=Decimal(10), received_date=date(2026, 12, 1), reference="ก 1", **by
    )
    another = [BOOKS[:2], [written.code, "ชื่ออื่น"]]
    brought_in("allotments", another, agency, year, comptroller)
    assert in_the_way(upload, comptroller) == [
        "B70-20: มีผลเบิกจ่ายรายเดือนแล้ว",
        "B70-21: มีสัญญาแล้ว",
        "B70-22: มีโอนเปลี่ยนแปลงแล้ว",
        "B70-23: มีโอนเปลี่ยนแปลงแล้ว",
        "B70-24: มีเงินจากภายนอกแล้ว",
        "B70-25: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
    ]
    assert Allocation.objects.count() == 1 + len(codes)
    assert not gone("budget.allocation.withdrawn")


def test_what_is_new_makes_room_for_what_stood_there_before(agency, year, comptroller):
    one, other = (project_with(code=f"70-40{n}")[0] for n in (1, 2))
    old = AllocationFactory(code="B70-1", project=one, spending_agency=agency)
    head = [*BOOKS, "รหัสโครงการ"]
    rows = [
        ["B70-1", "", "", "", "", "", other.code],
        ["B70-2", "ซ่อม", old.source.name_th, "รายจ่ายลงทุน", 1000, 0, one.code],
    ]
    alone = send("allotments", [head, rows[1]], agency, year, comptroller)
    assert told(alone)[0] == [("verb_refused", "B2")]
    assert "B70-1" in alone.report["errors"][0]["params"]["reason"]
    upload = brought_in("allotments", [head, *rows], agency, year, comptroller)
    undo(upload, comptroller)
    assert Allocation.objects.get().project == one


def test_two_allotments_change_places_in_one_file(agency, year, comptroller):
    one, other = (project_with(code=f"70-40{n}")[0] for n in (1, 2))
    first = AllocationFactory(code="B70-1", project=one, spending_agency=agency)
    AllocationFactory(
        code="B70-2", project=other, spending_agency=agency, source=first.source,
        expenditure_type=first.expenditure_type,
    )  # fmt: skip
    rows = [[BOOKS[0], "รหัสโครงการ"], ["B70-1", other.code], ["B70-2", one.code]]

    def stands():
        return dict(Allocation.objects.values_list("code", "project__code"))

    upload = brought_in("allotments", rows, agency, year, comptroller)
    assert stands() == {"B70-1": other.code, "B70-2": one.code}
    undo(upload, comptroller)
    assert stands() == {"B70-1": one.code, "B70-2": other.code}


def test_people_are_invited_and_roles_follow_the_list(
    agency, year, admin, client, mailoutbox, django_capture_on_commit_callbacks
):
    there = person(Role.REPORTER, agency)
    head = ["ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล", "บทบาท"]
    rows = [
        head,
        [there.username, "", "", "หัวหน้าส่วนราชการ"],
        ["somchai", "สมชาย ใจดี", "somchai@example.go.th", "reporter, หัวหน้าส่วนราชการ"],
    ]
    upload = send("memberships", rows, agency, year, admin)
    assert told(upload)[0] == []
    assert not User.objects.filter(username="somchai").exists()
    assert not mailoutbox
    with django_capture_on_commit_callbacks(execute=True):
        commit(upload, admin)

    def roles(user):
        current = Membership.objects.current(AT.date()).filter(user=user, agency=agency)
        return sorted(current.values_list("role", flat=True))

    new = User.objects.get(username="somchai")
    assert (roles(there), roles(new)) == (["approver"], ["approver", "reporter"])
    assert not new.has_usable_password()
    comes_back("memberships", agency, year, admin)
    address = re.search(r"http\S+", mailoutbox[0].body)[0]
    assert client.get(address).status_code == 302  # on to the page that asks for a password
    undo(upload, admin)
    assert not User.objects.filter(username="somchai").exists()
    assert not Membership.objects.filter(user_id=new.pk).exists()
    # A role that began today is held until the day is over.
    assert roles(there) == ["approver", "reporter"]
    [(told_of, who)] = gone("accounts.user.withdrawn")
    assert (told_of["email"], who) == ("somchai@example.go.th", admin.username)
    assert told_of["roles"] == ["approver", "reporter"]
    assert "ลิงก์นี้ใช้ไปแล้ว" in client.get(address).content.decode()
    wrong = [head, ["x y", "ก", "a@b.go", "reporter"], ["napa", "นภา", "ไม่มี", "นายก"]]
    assert {code for code, _cell in told(send("memberships", wrong, agency, year, admin))[0]} == {
        "unknown_row", "no_email", "no_role",
    }  # fmt: skip


def test_an_account_that_is_in_use_or_bears_anything_is_listed_and_none_is_taken_away(
    agency, year, admin
):
    names = [f"user{n}" for n in range(8)]
    head = ["ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล", "บทบาท"]
    rows = [[name, "สมชาย ใจดี", f"{name}@example.go.th", "reporter"] for name in names]
    upload = brought_in("memberships", [head, *rows], agency, year, admin)
    users = User.objects.in_bulk(names, field_name="username")
    used, answered, elsewhere, holder, told_of, changed, ended, _left = map(users.get, names)
    User.objects.filter(pk=used.pk).update(last_login=AT)
    answered.set_password("sakhon-sample-2570")
    answered.save()
    MembershipFactory(user=elsewhere, role=Role.VIEWER)
    HoldingFactory(post=PostFactory(agency=agency), user=holder)
    Notice.objects.create(user=told_of, occasion="ก", kind="ก", subject_id=1, told_on=AT.date())
    another = [head, [changed.username, "", "", "reporter, hr"]]
    brought_in("memberships", another, agency, year, admin)
    Membership.objects.filter(user=ended).update(from_date=date(2026, 10, 1))
    Membership.objects.filter(user=ended).update(until_date=date(2026, 10, 2))
    assert in_the_way(upload, admin) == [
        "user0: เข้าสู่ระบบแล้ว สิ้นสุดบทบาทด้วยไฟล์หรือหน้าผู้ดูแลแทน",
        "user1: ตอบรับคำเชิญและตั้งรหัสผ่านแล้ว สิ้นสุดบทบาทด้วยไฟล์หรือหน้าผู้ดูแลแทน",
        "user2: มีบทบาทในหน่วยงานอื่นแล้ว",
        "user3: มีผู้ดำรงตำแหน่งแล้ว",
        "user4: มีข้อมูลอื่นที่ผูกไว้แล้ว",
        "user5: มีผู้แก้ไขรายการนี้หลังจากนำเข้า",
        "user6: รายการนี้ไม่อยู่ในรอบนี้แล้ว",
    ]
    assert User.objects.filter(username__in=names).count() == len(names)
    assert not gone("accounts.user.withdrawn")


@pytest.mark.parametrize(
    ("kind", "role", "refused"),
    [
        ("projects", Role.REPORTER, True),
        ("projects", Role.STRATEGIST, False),
        ("kpi-targets", Role.COMPTROLLER, True),
        ("allotments", Role.STRATEGIST, True),
        ("memberships", Role.REPORTER, True),
        ("memberships", Role.STRATEGIST, True),
        ("kpi-results", Role.STRATEGIST, True),
    ],
)
def test_who_may_send_which_kind(kind, role, refused, agency, office, year):
    by = person(role, agency if role == Role.REPORTER else office)
    resource = actions.KINDS[kind]
    period = year if resource.period == "year" else quarter_of(2570, 1)
    if not refused:
        assert send(kind, [["ก"]], agency, period, by).state == Upload.State.READY
        return
    with pytest.raises(Refused):
        send(kind, [["ก"]], agency, period, by)


def test_a_form_has_lists_to_choose_from_and_days(agency, year, strategist):
    project_with(1, host_agency=agency, code="70-101")
    form = io.BytesIO()
    which = {"kind": "activities", "agency": agency, "period": year, "user": strategist, "at": AT}
    actions.write_form(form, **which)
    form.seek(0)
    book = load_workbook(form)
    page = book.worksheets[0]
    assert page["A6"].protection.locked
    assert page["E6"].is_date
    assert any(each.type == "list" for each in page.data_validations.dataValidation)
    # Lines for new projects stand open below.
    assert not page["A7"].protection.locked
