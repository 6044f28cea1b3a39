"""The forms that others ask for: filled from one entry, opened and compared cell by cell."""

import os
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Agency, Area, Role, User
from budget.actions import (
    AllocationInput,
    MonthlyInput,
    allocate,
    approve_monthly_figures,
    record_monthly_figures,
    submit_monthly_figures,
)
from budget.models import Allocation, BudgetSource, CabinetTarget, ExpenditureType
from common.refusal import Refused
from kpi.models import KPI, Scorecard
from projects.actions import (
    ActivityInput,
    ProgressInput,
    ProjectInput,
    TargetInput,
    approve_progress,
    decide_project,
    register_projects,
    save_progress,
    submit_progress,
)
from projects.models import Project
from projects.scoring import even_plan
from reports import actions
from reports.models import FieldLabel
from reports.returns import filling
from reports.returns.form import Line, Part, gauge_of
from reports.returns.labels import form_names, labels_of
from reports.returns.paper import pdf_of
from reports.returns.reading import records_of
from reports.returns.workbook import workbook_of
from strategy.models import Approach, Framework, FrameworkItem, Issue
from submissions.models import Month, PeriodState, Quarter
from tests.factories import NOON, person, set_state
from tests.kpi.factories import kpi_of
from tests.projects.conftest import time_machine_noon  # noqa: F401
from tests.reports.factories import IssueFactory

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = 2570
GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2027, 1, 13)


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):  # noqa: F811
    """All pages are read at noon of a working day after the quarter."""


def agency(code, name):
    return Agency.objects.create(
        code=code, name_th=name, kind=Agency.Kind.REGIONAL, short_name_th=code
    )


@pytest.fixture
def world(work_off_jobs):
    """One project with everything in it and one with little, both with money, named the same each time."""
    host, helper = agency("FISH", "สำนักงานประมงจังหวัด"), agency("PUB", "สำนักงานสาธารณสุขจังหวัด")
    issue = IssueFactory(code="2", name_th="เกษตรและอาหารปลอดภัย")
    plan = issue.edition.plan
    plan.__class__.objects.filter(pk=plan.pk).update(
        name_th="แผนพัฒนาจังหวัด", start_year=2569, end_year=2570, goal_th="เมืองอาหารปลอดภัย"
    )
    issue = Issue.objects.select_related("edition__plan").get(pk=issue.pk)
    approach = Approach.objects.create(issue=issue, code="2.1", name_th="ยกระดับมาตรฐาน")
    framework = Framework.objects.create(code="MP", name_th="แผนแม่บท", level=2, order=1)
    item = FrameworkItem.objects.create(framework=framework, code="MP03", name_th="การเกษตร")
    kpi = kpi_of(host, code="2.1", issue=issue, level=Scorecard.Level.PROVINCE)
    KPI.objects.filter(pk=kpi.pk).update(year_target=D(80), base_value=D(70), base_unit_th="ร้อยละ")
    kpi.indicator.__class__.objects.filter(pk=kpi.indicator_id).update(
        name_th="สินค้าประมงผ่านมาตรฐาน"
    )
    district = Area.objects.create(code="7401", kind="district", name_th="เมืองสมุทรสาคร")
    tambon = Area.objects.create(code="740101", kind="tambon", name_th="มหาชัย", parent=district)
    start, end = date(2026, 10, 1), date(2027, 9, 30)

    def activity(number, weight, budget, name):
        return ActivityInput(
            number=number,
            name_th=name,
            agency=host,
            weight=D(weight),
            start_date=start,
            end_date=end,
            budget=D(budget),
            related_agencies=[helper],
            plan=even_plan(start, end),
        )

    full = ProjectInput(
        code="70-2-001",
        name_th="ศูนย์บริการใบรับรองสินค้าประมงส่งออก",
        host_agency=host,
        start_date=start,
        end_date=end,
        years={YEAR: D(1)},
        status="approved",
        edition=issue.edition,
        issue=issue,
        approach=approach,
        supporting_agencies=[helper],
        areas=[tambon],
        kpis=[KPI.objects.get(pk=kpi.pk)],
        main_kpi=KPI.objects.get(pk=kpi.pk),
        main_kpi_reason_th="ออกใบรับรองได้มากขึ้น",
        framework_items=[item],
        main_item=item,
        main_item_reason_th="ยกระดับมาตรฐานการผลิต",
        programme_th="อาหารปลอดภัย",
        rationale_th="ผู้ส่งออกรอใบรับรองนาน",
        objective_th="ออกใบรับรองภายในวันเดียว",
        beneficiaries=320,
        beneficiaries_th="โรงงานแปรรูป",
        coordinator_name="นางสาว ก",
        coordinator_phone="0 3441 0000",
        activities=[activity(1, 60, "600000.50", "จัดระบบ"), activity(2, 40, 400000, "อบรม")],
        targets=[
            TargetInput("indicator", "ใบรับรองที่ออกในวันเดียว", "ร้อยละ", D(90)),
            TargetInput("output", "ใบรับรอง", "ฉบับ", D(12000)),
            TargetInput("outcome", "มูลค่าส่งออก", "ล้านบาท"),
        ],
    )
    bare = ProjectInput(
        code="70-2-002",
        name_th="โครงการที่ยังกรอกไม่ครบ",
        host_agency=helper,
        start_date=start,
        end_date=end,
        years={YEAR: D(1)},
        status="running",
        issue=issue,
    )
    register_projects(projects=[full, bare], by=None, at=NOON)
    projects = {p.code: p for p in Project.objects.all()}
    office = person(Role.STRATEGIST)
    decide_project(
        project=projects["70-2-001"],
        to="running",
        reference="มติ ก.บ.จ. ครั้งที่ 1/2570",
        decided_date=date(2026, 10, 5),
        by=office,
        at=NOON,
    )
    _money(host, helper, projects)
    _progress(host, projects["70-2-001"])
    work_off_jobs()
    return projects, host, helper, issue


def _money(host, helper, projects):
    source = BudgetSource.objects.create(code="PROV", name_th="งบประมาณจังหวัด")
    year = Quarter.objects.get(fiscal_year=YEAR, number=1).fiscal_year
    inputs = [
        AllocationInput(
            code=code,
            project=project,
            name_th=name,
            source=source,
            expenditure_type=kind,
            fiscal_year=year,
            owner_agency=agency,
            spending_agency=agency,
            appropriation=D(amount),
            allotted=D(amount),
        )
        for code, project, name, kind, agency, amount in (
            ("A1", projects["70-2-001"], "ระบบใบรับรอง", ExpenditureType.INVESTMENT, host, 600000),
            ("A2", projects["70-2-001"], "อบรม", ExpenditureType.RECURRENT, host, 400000),
            ("B1", projects["70-2-002"], "ดำเนินงาน", ExpenditureType.RECURRENT, helper, 250000),
        )
    ]
    allocate(allocations=inputs, by=None, at=NOON)
    for quarter, percent in ((1, 30), (2, 51)):
        CabinetTarget.objects.create(
            fiscal_year_id=YEAR,
            quarter=quarter,
            measure=CabinetTarget.Measure.DISBURSEMENT,
            category=CabinetTarget.Category.OVERALL,
            kind=CabinetTarget.Kind.SAMPLE,
            percent=D(percent),
            source="มติคณะรัฐมนตรี",
        )
    month = Month.objects.get(fiscal_year=YEAR, number=3)
    set_state(month, PeriodState.OPEN)
    entries = [
        MonthlyInput(
            allocation=Allocation.objects.get(code=code),
            month=month,
            disbursed_to_date=D(spent),
            obligated=D(held),
            note="",
            version=None,
        )
        for code, spent, held in (("A1", "150000.25", 300000), ("A2", 0, 0))
    ]
    reporter, head = person(Role.REPORTER, host), person(Role.APPROVER, host)
    figures = record_monthly_figures(entries=entries, by=reporter, at=NOON)
    figures = submit_monthly_figures(entries=figures, by=reporter, at=NOON)
    approve_monthly_figures(entries=figures, by=head, at=NOON)


def _progress(host, project):
    quarter = Quarter.objects.get(fiscal_year=YEAR, number=1)
    set_state(quarter, PeriodState.OPEN)
    reporter, head = person(Role.REPORTER, host), person(Role.APPROVER, host)
    User.objects.filter(pk=head.pk).update(full_name_th="นายสมศักดิ์ ประมง")
    project.refresh_from_db()
    entry = ProgressInput(
        project=project,
        quarter=quarter,
        activities={
            row.pk: D(percent)
            for row, percent in zip(
                project.activities.order_by("number"), ("25.5", "0"), strict=True
            )
        },
        narrative_th="จัดซื้อระบบแล้ว",
        problems_th="ผู้รับจ้างส่งงานช้า",
        remedies_th="ประชุมทุกสองสัปดาห์",
        next_steps_th="ทดสอบระบบ",
    )
    [report] = save_progress(entries=[entry], by=reporter, at=NOON)
    [report] = submit_progress(entries=[report], by=reporter, at=NOON)
    approve_progress(entries=[report], by=head, at=NOON)


def form_of(name, world):
    projects, _host, _helper, issue = world
    records = records_of([projects["70-2-001"], projects["70-2-002"]])
    quarter = Quarter.objects.select_related("fiscal_year").get(fiscal_year=YEAR, number=1)
    if name == "brief":
        return filling.brief(records[0], TODAY)
    if name == "plan":
        return filling.plan(issue, records, TODAY)
    if name == "emenscr-project":
        return filling.emenscr_project(records[0], TODAY)
    if name == "emenscr-progress":
        return filling.emenscr_progress(records[0], quarter, TODAY)
    if name == "followup":
        return filling.followup(records, quarter, TODAY)
    month = Month.objects.get(fiscal_year=YEAR, number=3)
    allocations = Allocation.objects.select_related(
        "spending_agency", "source", "project"
    ).order_by("code")
    return filling.comptroller(month, list(allocations), TODAY)


def cells(content):
    """Return every cell that holds something, the merged places and the shapes of figures."""
    sheet = load_workbook(BytesIO(content) if isinstance(content, bytes) else content).active
    found = {
        cell.coordinate: (
            cell.value,
            cell.number_format if isinstance(cell.value, int | float) else "",
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    return found, sorted(str(place) for place in sheet.merged_cells.ranges)


NAMES = ("brief", "plan", "emenscr-project", "emenscr-progress", "followup", "comptroller")


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_the_golden_one_cell_by_cell(world, name):
    made = workbook_of(form_of(name, world))
    golden = GOLDEN / f"{name}.xlsx"
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_bytes(made)
    found, merged = cells(made)
    wanted, wanted_merged = cells(golden)
    assert found == wanted
    assert merged == wanted_merged


@pytest.mark.parametrize("name", ["brief", "comptroller"])
def test_a_form_is_set_on_paper(world, name):
    paper = pdf_of(form_of(name, world))
    assert paper.startswith(b"%PDF-")
    assert paper == pdf_of(form_of(name, world))


def test_every_field_of_a_form_has_a_source_and_stands_in_order(world):
    for form, name in (("brief", "brief"), ("emenscr_project", "emenscr-project")):
        keys = [line.key for part in form_of(name, world).parts for line in part.lines]
        assert keys == [label.key for label in labels_of(form)]
    numbered = [line.label for part in form_of("brief", world).parts for line in part.lines]
    assert [label.split(".")[0] for label in numbered[5:]] == [str(n) for n in range(1, 12)]


def test_zero_is_written_and_what_was_not_reported_is_left_empty(world):
    sheet = form_of("comptroller", world).parts[-1]
    by_name = {str(row.cells[1]): row.cells for row in sheet.rows}
    assert by_name["- อบรม (A2)"][8] == D(0)
    assert by_name["- ดำเนินงาน (B1)"][8] is None
    assert by_name["รวมทั้งสิ้น"][6:9] == (D(1250000), D(1250000), D("150000.25"))


def test_a_form_says_whose_figures_a_visit_did_not_confirm(world):
    told = "ผลตรวจพื้นที่ไม่ยืนยันตัวเลขของ 70-2-001"
    names = ("emenscr-project", "emenscr-progress", "followup", "comptroller")
    assert not any(told in form_of(name, world).notes for name in names)
    Project.objects.filter(code="70-2-001").update(unconfirmed_reason="งานไม่ตรงรายงาน")
    assert [told in form_of(name, world).notes for name in names] == [True] * 4


def test_a_gauge_counts_what_is_asked_for():
    parts = [
        Part("ก", lines=(Line("a", "ก", D(0)), Line("b", "ข", ""), Line("c", "ค", None, False))),
    ]
    gauge = gauge_of(parts)
    assert (gauge.filled, gauge.asked, [line.key for line in gauge.missing]) == (1, 2, ["b"])
    assert gauge.percent == 50
    assert gauge_of([]).percent == 100


# ── Labels are data ──────────────────────────────────────────────────────────
def test_a_label_set_by_the_province_stands_in_the_form(world):
    office = person(Role.STRATEGIST)
    name = {"as_of": ("ข้อมูลถึงวันที่", True)}
    assert actions.set_field_labels(form="comptroller", labels=name, by=office, at=NOON) == 1
    assert actions.set_field_labels(form="comptroller", labels=name, by=office, at=NOON) == 0
    assert form_of("comptroller", world).parts[0].lines[0].label == "ข้อมูลถึงวันที่"
    for labels, by in (({"as_of": (" ", True)}, office), (name, person(Role.REPORTER))):
        with pytest.raises(Refused):
            actions.set_field_labels(form="comptroller", labels=labels, by=by, at=NOON)


def test_every_form_has_labels_and_their_keys_are_once():
    for form in form_names():
        keys = [label.key for label in labels_of(form)]
        assert keys
        assert len(keys) == len(set(keys))


# ── Pages ────────────────────────────────────────────────────────────────────
def test_the_desk_shows_what_is_missing_and_where_it_is_filled_in(client, world):
    _projects, host, helper, _issue = world
    client.force_login(person(Role.REPORTER, host))
    desk = client.get(reverse("reports:returns-desk")).content.decode()
    assert "70-2-001" in desk
    assert "70-2-002" not in desk
    page = client.get(reverse("reports:returns-project", args=["70-2-001"])).content.decode()
    assert "รหัสโครงการในระบบ eMENSCR" in page
    assert reverse("projects:project-file", args=["70-2-001"]) in page
    assert client.get(reverse("reports:returns-project", args=["70-2-002"])).status_code == 404
    other = reverse("reports:return-file", args=["brief", "xlsx"]) + "?project=70-2-002"
    assert client.get(other).status_code == 404
    client.force_login(person(Role.REPORTER, helper))
    assert client.get(other).status_code == 200


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("brief", "?project=70-2-001"),
        ("emenscr-project", "?project=70-2-001"),
        ("emenscr-progress", "?project=70-2-001&quarter=2570-1"),
        ("followup", "?quarter=2570-1"),
        ("comptroller", "?year=2570&month=3"),
    ],
)
def test_files_are_sent_to_who_may_read_them(client, world, name, query):
    client.force_login(person(Role.VIEWER))
    address = reverse("reports:return-file", args=[name, "xlsx"]) + query
    found, _merged = cells(client.get(address).content)
    assert found["A1"][0]
    assert client.get(reverse("reports:return-file", args=["nothing", "xlsx"])).status_code == 404


def test_the_plan_form_and_a_paper_are_sent_too(client, world):
    client.force_login(person(Role.VIEWER))
    address = reverse("reports:return-file", args=["plan", "pdf"])
    assert client.get(f"{address}?issue={world[3].pk}").content.startswith(b"%PDF-")
    assert client.get(f"{address}?issue=x").status_code == 404


def test_labels_are_set_on_a_page(client, world):
    address = reverse("reports:returns-labels", args=["comptroller"])
    client.force_login(person(Role.REPORTER, world[1]))
    assert client.get(address).status_code == 404
    client.force_login(person(Role.STRATEGIST))
    assert client.get(address).status_code == 200
    typed = {"label-as_of": "ถึงวันที่", "label-year": "ปี", "label-target": "เป้า"}
    assert client.post(address, typed | {"label-year": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    assert FieldLabel.objects.get(key="as_of").label_th == "ถึงวันที่"
