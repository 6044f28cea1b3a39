"""The registers: targets, projects, activities, allotments, people."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import Membership, Role, User
from budget.models import Allocation
from common.refusal import EntriesRefused, Refused
from common.tables import csv_chunks
from kpi.models import Target
from projects.models import Activity, Project
from spreadsheets import actions
from spreadsheets.models import Upload
from submissions.models import FiscalYear
from tests.budget.factories import AllocationFactory
from tests.factories import AgencyFactory, person, quarter_of
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


def test_new_and_changed_projects_are_registered_and_what_is_new_stands_in_the_way(
    agency, year, strategist
):
    old, _parts = project_with(1, 1, host_agency=agency, code="70-101")
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
    assert in_the_way(upload, strategist) == ["70-102: เป็นโครงการใหม่จากไฟล์นี้ ยกเลิกได้ที่หน้าโครงการ"]


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
    assert len(in_the_way(upload, strategist)) == 1


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
    assert len(in_the_way(upload, comptroller)) == 1


def test_people_are_invited_and_roles_follow_the_list(agency, year, admin, mailoutbox):
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
    commit(upload, admin)

    def roles(user):
        current = Membership.objects.current(AT.date()).filter(user=user, agency=agency)
        return sorted(current.values_list("role", flat=True))

    new = User.objects.get(username="somchai")
    assert (roles(there), roles(new)) == (["approver"], ["approver", "reporter"])
    assert not new.has_usable_password()
    comes_back("memberships", agency, year, admin)
    assert in_the_way(upload, admin)[0].startswith("somchai: เป็นบัญชีใหม่")
    wrong = [head, ["x y", "ก", "a@b.go", "reporter"], ["napa", "นภา", "ไม่มี", "นายก"]]
    assert {code for code, _cell in told(send("memberships", wrong, agency, year, admin))[0]} == {
        "unknown_row", "no_email", "no_role",
    }  # fmt: skip


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
