"""Every kind of form goes out, comes back, is brought in by machines, and is taken back."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import Role
from common.sheets import SheetRow
from common.tables import csv_chunks
from covid.actions import (
    CaseFindingInput,
    FacilityInput,
    FactoryInput,
    InspectionInput,
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    open_incident,
    put_case_finding,
    put_facility,
    put_factory,
    put_order,
    put_supply_request,
    put_vaccination,
    record_day,
)
from covid.models import Factory
from kpi.actions import submit_results
from kpi.models import KPI, Result
from learning.actions import (
    CourseInput,
    ProgrammeInput,
    RecordEntry,
    add_records,
    put_course,
    put_programme,
)
from learning.models import Course, Rule
from planning.actions import analysis, editions, participation, proposals
from projects.actions import align_project
from projects.actions.risks import ReviewInput, RiskInput, register_risks, review_risks
from projects.models import RiskCategory
from spreadsheets import actions
from strategy.actions.editions import PlanInput
from strategy.models import Framework, FrameworkItem, PlanEdition
from submissions.models import FiscalYear, Month, PeriodState, Quarter
from tests.budget.factories import AllocationFactory
from tests.factories import (
    AgencyFactory,
    AreaFactory,
    HoldingFactory,
    PostFactory,
    UserFactory,
    person,
    quarter_of,
    set_state,
)
from tests.kpi.cascades import Field
from tests.planning.factories import valley
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.test_registers import comes_back

UPLOADS = "/api/v1/uploads/"
# The first day of the incident, and of its month, which is over: no line is added meanwhile.
FIRST = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _day_of_the_sample(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


class Place:
    """An agency with something of every kind, and who sends it."""

    def __init__(self, october):
        self.october = october
        self.year = FiscalYear.objects.get(year=2570)
        self.agency = AgencyFactory()
        self.office = AgencyFactory()

    def kpi_results(self):
        field = Field()
        field.kpi(field.indicator(unit_th="ราย"), targets=[10, 20, 30, 40])
        return field.agency, field.quarters[1], person(Role.REPORTER, field.agency)

    def kpi_targets(self):
        field = Field()
        field.kpi(field.indicator(unit_th="ราย"), targets=[10, 20, 30, 40])
        return field.agency, self.year, person(Role.STRATEGIST, self.office)

    def project_progress(self):
        project_with(host_agency=self.agency, code="70-101")
        return self.agency, quarter_of(2570, 1), person(Role.REPORTER, self.agency)

    def monthly_disbursement(self):
        AllocationFactory(code="B70-1", spending_agency=self.agency)
        return self.agency, self.october, person(Role.REPORTER, self.agency)

    def projects(self):
        project_with(1, host_agency=self.agency, code="70-101")
        return self.agency, self.year, person(Role.STRATEGIST, self.office)

    def activities(self):
        return self.projects()

    def allotments(self):
        AllocationFactory(code="B70-1", spending_agency=self.agency)
        return self.agency, self.year, person(Role.COMPTROLLER, self.office)

    def memberships(self):
        person(Role.REPORTER, self.agency)
        return self.agency, self.year, person(Role.ADMIN, self.office)

    def risk_reviews(self):
        by = self.risk()
        quarter = quarter_of(2570, 1)
        entry = ReviewInput(
            risk=self.agency.risks.get(), quarter=quarter, likelihood=2, impact=2, note_th="คงที่",
            version=0,
        )  # fmt: skip
        review_risks(entries=[entry], by=by, at=AT)
        return self.agency, quarter, by

    def risk(self):
        RiskCategory.objects.create(code="SR", name_th="ด้านกลยุทธ์")
        set_state(quarter_of(2570, 1), PeriodState.OPEN)
        by = person(Role.REPORTER, self.agency)
        project, _parts = project_with(host_agency=self.agency, code="70-101")
        stated = RiskInput(
            fiscal_year=self.year, agency=self.agency, project=project, code="R70-001",
            category=RiskCategory.objects.get(), name_th="เสี่ยง", cause_th="เหตุ",
            likelihood=3, impact=3, response="treat",
        )  # fmt: skip
        register_risks(entries=[stated], by=by, at=AT)
        return by

    def covid_occupancies(self):
        incident, operator, area = self.incident()
        beds = FacilityInput(code="F1", name_th="สถานที่", kind="field_hospital", beds=50, area=area)
        field = put_facility(incident=incident, facility=beds, instead_of=None, by=operator, at=AT)
        told = [OccupancyEntry(field, 5, 1, 0)]
        record_day(
            incident=incident, day=FIRST, occupancies=told, situations=(), by=operator, at=AT
        )
        return self.agency, self.december(), operator

    def covid_situations(self):
        incident, operator, area = self.incident()
        told = [SituationEntry(area, cases=3, deaths=0, tested=9)]
        record_day(
            incident=incident, day=FIRST, occupancies=(), situations=told, by=operator, at=AT
        )
        return self.agency, self.december(), operator

    def covid_facilities(self):
        incident, operator, area = self.incident()
        beds = FacilityInput(
            code="F1", name_th="สถานที่", kind="field_hospital", beds=50, area=area,
            operator_th="เทศบาล", certified_date=FIRST, from_date=FIRST,
        )  # fmt: skip
        put_facility(incident=incident, facility=beds, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def covid_orders(self):
        incident, operator, _area = self.incident()
        order = OrderInput(
            number="12/2569", name_th="ปิดตลาด", issued_date=FIRST, from_date=FIRST,
            closes_th="ตลาดกลาง",
        )  # fmt: skip
        put_order(incident=incident, order=order, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def covid_factories(self):
        incident, operator, area = self.incident()
        factory = FactoryInput(
            code="3-74-001", name_th="โรงงาน", area=area, thai_workers=20, foreign_workers=0,
            status="in_force", from_date=FIRST,
        )  # fmt: skip
        put_factory(incident=incident, row=factory, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def covid_factory_inspections(self):
        agency, year, operator = self.covid_factories()
        visit = InspectionInput(day=FIRST, inspector_th="สสจ.", outcome="passed", tested=9, found=0)
        inspect_factory(factory=Factory.objects.get(), row=visit, by=operator, at=AT)
        return agency, year, operator

    def covid_case_findings(self):
        incident, operator, area = self.incident()
        told = CaseFindingInput(
            day=FIRST, area=area, place="market", place_th="ตลาด", tested=9, found=0
        )
        put_case_finding(incident=incident, row=told, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def covid_vaccinations(self):
        incident, operator, area = self.incident()
        for day, count in ((FIRST, 5), (FIRST + timedelta(days=1), 8)):
            told = VaccinationInput(dose=1, group="elderly", area=area, day=day, given=count)
            put_vaccination(incident=incident, row=told, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def covid_supply_requests(self):
        incident, operator, area = self.incident()
        told = SupplyInput(
            day=FIRST, requester_th="รพ.", area=area, item_th="ชุดตรวจ", unit_th="ชุด", asked=9
        )
        put_supply_request(incident=incident, row=told, instead_of=None, by=operator, at=AT)
        return self.agency, self.year, operator

    def incident(self):
        operator = person(Role.OPERATOR, self.agency)
        area = AreaFactory(code="7401")
        incident = open_incident(
            code="flu", name_th="ไข้หวัดใหญ่", name_en="Flu", start_date=FIRST, by=operator, at=AT
        )
        return incident, operator, area

    def december(self):
        return Month.objects.get(fiscal_year=2570, number=3)

    def needs(self):
        there = valley()
        planner = there.people["local"]
        there.need(people_affected=5)
        return planner.memberships.get().agency, self.year, planner

    def villages(self):
        planner = valley().people["local"]
        return planner.memberships.get().agency, self.year, planner

    def learning_records(self):
        Rule.objects.update_or_create(year=2570, defaults={"courses_least": 2, "digital_least": 1})
        officer = UserFactory(full_name_th="สมชาย ใจดี")
        HoldingFactory(post=PostFactory(agency=self.agency), user=officer)
        hr = person(Role.HR, self.agency)
        course = Course.objects.create(code="D1", name_th="ดิจิทัล", is_digital=True)
        add_records(entries=[RecordEntry(officer, course, date(2026, 11, 12))], by=hr, at=AT)
        return self.agency, self.year, hr

    def learning_courses(self):
        hr = person(Role.HR, self.agency)
        course = CourseInput(code="D1", name_th="ดิจิทัล", hours=3, is_digital=True)
        put_course(course=course, instead_of=None, by=hr, at=AT)
        return self.agency, self.year, hr

    def learning_programmes(self):
        hr = person(Role.HR, self.agency)
        programme = ProgrammeInput(
            code="T1", name_th="ห้องปฏิบัติการนวัตกรรม", start_date=FIRST, turnouts={"local": (9, 0)}
        )
        put_programme(programme=programme, instead_of=None, by=hr, at=AT)
        return self.agency, self.year, hr

    def swot_factors(self):
        strategist = person(Role.STRATEGIST, self.office)
        draft = draft_edition(strategist)
        factor = analysis.FactorInput("S", "ฐานอาหาร", 4, "เศรษฐกิจ")
        analysis.add_factor(edition=draft, factor=factor, by=strategist, at=AT)
        return self.agency, self.year, strategist

    def forums(self):
        strategist = person(Role.STRATEGIST, self.office)
        self.forum(strategist)
        return self.agency, self.year, strategist

    def forum(self, by):
        forum = participation.ForumInput("เวทีอำเภอ", FIRST, attendance={"people": 40})
        return participation.record_forum(forum=forum, by=by, at=AT)

    def forum_proposals(self):
        strategist = person(Role.STRATEGIST, self.office)
        proposal = proposals.add_proposal(
            forum=self.forum(strategist), sector="people", text_th="ขุดลอกคลอง", by=strategist, at=AT
        )
        told = {"outcome": "not_taken", "answer_th": "ยังไม่มีงบ", "by": strategist, "at": AT}
        proposals.answer_proposal(proposal=proposal, version=1, **told)
        return self.agency, self.year, strategist

    def consultation_comments(self):
        strategist = person(Role.STRATEGIST, self.office)
        draft = draft_edition(strategist)
        PlanEdition.objects.filter(pk=draft.pk).update(state="consultation")
        draft.refresh_from_db()
        opened = editions.open_consultation(
            edition=draft, opens_date=FIRST, closes_date=AT.date(), question_th="ครบหรือยัง",
            by=strategist, at=AT,
        )  # fmt: skip
        comment = editions.comment(consultation=opened, sector="people", text_th="ขุดลอก", at=AT)
        editions.judge_comments(comments=[comment], shown=True, by=strategist, at=AT)
        return self.agency, self.year, strategist

    def main_targets(self):
        project, _parts = project_with(1, host_agency=self.agency, code="70-101")
        strategist = person(Role.STRATEGIST, self.office)
        framework = Framework.objects.create(code="MP", name_th="แผนแม่บท")
        item = FrameworkItem.objects.create(framework=framework, code="MP01", name_th="น้ำ")
        align_project(
            project=project, main_item=item, reason_th="ตรง", items=[], by=strategist, at=AT
        )
        return self.agency, self.year, strategist


def draft_edition(by):
    plan = PlanInput("five_year", 2571, 2575, "แผนพัฒนาจังหวัด (พ.ศ. 2571 - 2575)")
    return editions.start_next_plan(plan=plan, source=None, by=by, at=AT)


# Of each kind a column, and two values that it may hold one after the other.
CHANGES = {
    "kpi-results": ("figure", "7", "8"),
    "kpi-targets": ("weight", "3", "4"),
    "project-progress": ("percent", "30", "40"),
    "monthly-disbursement": ("disbursed_to_date", "500000", "600000"),
    "projects": ("objective_th", "'=ก", "ข"),
    "activities": ("budget", "500", "600"),
    "allotments": ("allotted", "90", "91"),
    "memberships": ("roles", "approver", "hr"),
    "risk-reviews": ("likelihood", "4", "5"),
    "covid-occupancies": ("patients", "7", "8"),
    "covid-situations": ("cases", "4", "6"),
    "covid-facilities": ("beds", "60", "70"),
    "covid-orders": ("opens_th", "ร้านอาหาร", "โรงเรียน"),
    "covid-factories": ("foreign_workers", "7", "8"),
    "covid-factory-inspections": ("found", "1", "2"),
    "covid-case-findings": ("found", "1", "2"),
    "covid-vaccinations": ("given", "6", "7"),
    "covid-supply-requests": ("given", "3", "4"),
    "needs": ("people_affected", "6", "7"),
    "villages": ("name_th", "บ้านท่าจีน", "บ้านบางหญ้าแพรก"),
    "learning-records": ("completed_date", "2026-11-10", "2026-11-11"),
    "learning-courses": ("provider_th", "สพร.", "สำนักงาน ก.พ."),
    "swot-factors": ("importance", "5", "3"),
    "forums": ("people", "41", "42"),
    "forum-proposals": ("answer_th", "ปีหน้า", "ปีต่อไป"),
    "consultation-comments": ("answer_th", "รับไว้", "รับไว้ในแนวทาง 5.1"),
    "main-targets": ("reason_th", "'=ก", "ข"),
    "learning-programmes": ("local_attended", "4", "5"),
}


def test_every_kind_that_there_is_goes_there_and_back_here():
    assert set(CHANGES) == set(actions.KINDS)


@pytest.fixture
def place(october):
    return Place(october)


def made(place, kind):
    agency, period, by = getattr(place, kind.replace("-", "_"))()
    return {"kind": kind, "agency": agency, "period": period, "user": by, "at": AT}


def given_out(which, **changes):
    """Return what the desk gives out as csv, with columns of the first row changed."""
    columns, rows = actions.table_of(**which)
    listed = list(csv.reader(io.StringIO(b"".join(csv_chunks(columns, rows)).decode("utf-8-sig"))))
    for name, value in changes.items():
        listed[1][listed[0].index(name)] = value
    target = io.StringIO()
    csv.writer(target).writerows(listed)
    return target.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("kind", CHANGES)
def test_what_is_given_out_comes_back_unchanged(place, kind):
    which = made(place, kind)
    comes_back(kind, which["agency"], which["period"], which["user"])


# What a cell looks like by how its column is read; a figure's decimals are its row's.
SHAPES = {
    "key": "@",
    "text": "@",
    "choice": "@",
    "date": "dd/mm/yyyy",
    "money": "#,##0.00",
    "number": "#,##0",
    "percent": "#,##0",
    "shown": "#,##0",
}
# Where the period before stands beside what is asked for.
BEFORE = {
    "kpi-results": "last",
    "kpi-targets": "last_year",
    "project-progress": "last_percent",
    "monthly-disbursement": "last_disbursed",
    "risk-reviews": "last_score",
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_form_guides_whoever_fills_it_in(place, kind):
    which = made(place, kind)
    for model in apps.get_models():
        if any(field.name == "is_sample" for field in model._meta.fields):
            model.objects.update(is_sample=True)
    resource = actions.KINDS[kind]()
    rows = resource.rows_for(**{name: which[name] for name in ("user", "agency", "period", "at")})
    target = io.BytesIO()
    actions.write_form(target, **which)
    book = load_workbook(target)
    page = book.worksheets[0]
    [stamp] = [each.value for each in book.custom_doc_props.props]
    expected = f"{kind};{which['agency'].code};{actions.period_key(which['period'])};"
    assert stamp.startswith(expected)
    assert len(stamp) == len(expected) + 16
    assert page["A4"].value == "ข้อมูลตัวอย่าง"
    assert page.protection.sheet
    assert [cell.value for cell in page[5]] == [str(column.label) for column in resource.columns]
    if kind in BEFORE:
        assert resource.column(BEFORE[kind]).reads == "shown"
    guided = {
        place: rule for rule in page.data_validations.dataValidation
        for place in str(rule.sqref).split()
    }  # fmt: skip
    assert rows
    # An open register has lines for what is new below those that are known.
    typed = tuple(column.name for column in resource.columns if column.is_typed)
    new = [SheetRow(0, "", "", typed)] if resource.is_open else []
    for number, row in enumerate([*rows, *new], 6):
        for column, cell in zip(resource.columns, page[number], strict=True):
            is_open = (column.name in row.typed and row.why_not is None) or not row.code
            assert cell.protection.locked is not is_open, cell.coordinate
            assert cell.number_format.startswith(column.shape or SHAPES[column.reads])
            note = page.cell(5, cell.column).comment
            assert (note.text if note else "") == str(column.note)
            if not is_open or not column.is_typed or column.reads == "date":
                continue
            if column.reads == "choice":
                names = list(resource.choices(column.name).values())
                assert listed_in(book, guided.get(cell.coordinate)) == names
                continue
            rule = guided[cell.coordinate]
            assert rule.type == ("textLength" if column.reads == "text" else "decimal")
            unit = column.reads != "text" and column.unit_of(row)
            assert (rule.prompt == f"หน่วย: {unit}") if unit else not rule.prompt


# What is brought in first, and what then stands beside the empty cells of the form of the next period.
LAST = {
    "kpi-results": ({"figure": "10"}, 10),
    "project-progress": ({"percent": "30"}, 30),
    "monthly-disbursement": ({"disbursed_to_date": "500000"}, 500_000),
    "risk-reviews": ({"likelihood": "4", "impact": "3"}, 12),
}


def beside(which, kind):
    """Return what stands beside the first row's cells on the form, and what is in those cells."""
    target = io.BytesIO()
    actions.write_form(target, **which)
    page = load_workbook(target).worksheets[0]
    resource = actions.KINDS[kind]
    names = [column.name for column in resource.columns]
    cells = dict(zip(names, (cell.value for cell in page[6]), strict=True))
    return cells[BEFORE[kind]], cells[CHANGES[kind][0]]


@pytest.mark.parametrize("kind", LAST)
def test_the_last_periods_figure_stands_beside_the_empty_cell(place, kind):
    which = made(place, kind)
    given, last = LAST[kind]
    upload = actions.receive_upload(
        file=io.BytesIO(given_out(which, **given)), name="a.csv", kind=kind, agency=which["agency"],
        period=which["period"], action="draft", by=which["user"], at=AT,
    )  # fmt: skip
    actions.commit_upload(upload=upload, confirmed=True, by=which["user"], at=AT)
    # On its own form the period's figure is in the cell, and is not shown as the last one.
    assert beside(which, kind)[0] != last
    period = which["period"]
    following = type(period).objects.get(fiscal_year=2570, number=period.number + 1)
    set_state(following, PeriodState.OPEN)
    following.refresh_from_db()
    if kind == "kpi-results":  # only what was sent is a result
        entry = Result.objects.get()
        submit_results(entries=[entry], by=which["user"], at=AT)
    which["period"] = following
    assert beside(which, kind) == (last, None)


def test_last_years_result_stands_beside_the_target(place):
    which = made(place, "kpi-targets")
    assert beside(which, "kpi-targets")[0] is None
    KPI.objects.update(base_value=Decimal("8.5"))
    assert beside(which, "kpi-targets")[0] == 8.5


def listed_in(book, rule):
    """Return what a drop-down list offers."""
    if rule is None:
        return []
    sheet, _sign, cells = rule.formula1.replace("$", "").partition("!")
    return [row[0].value for row in book[sheet.strip("'")][cells]]


@pytest.mark.parametrize("kind", CHANGES)
def test_a_machine_brings_a_kind_in_and_takes_it_back(place, kind, settings):
    which = made(place, kind)
    api = APIClient()
    api.force_authenticate(which["user"])
    before = given_out(which)

    def brought_in(value):
        file = io.BytesIO(given_out(which, **{CHANGES[kind][0]: value}))
        file.name = "a.csv"
        sent = api.post(
            UPLOADS,
            {
                "kind": kind,
                "agency": which["agency"].code,
                "period": actions.period_key(which["period"]),
                "file": file,
            },
            format="multipart",
        )
        assert sent.status_code == 201, sent.json()
        counts = sent.json()["report"]["counts"]
        assert (counts["values"], counts["errors"]) == (1, 0), sent.json()["report"]
        address = f"{UPLOADS}{sent.json()['id']}/"
        done = api.post(f"{address}commit/", {"confirmed": True}, format="json")
        assert done.json().get("state") == "committed", done.json()
        return address

    def on_the_next_day():
        # A role that begins and ends on one day is held on that day.
        which["at"] += timedelta(days=1)
        settings.SAMPLE_TODAY = which["at"].date().isoformat()

    first = brought_in(CHANGES[kind][1])
    between = given_out(which)
    on_the_next_day()
    second = brought_in(CHANGES[kind][2])
    assert len({before, between, given_out(which)}) == 3
    # What came after stands in the way of the first.
    assert api.post(f"{first}undo/").status_code == 409
    on_the_next_day()
    assert api.post(f"{second}undo/").json()["state"] == "undone"
    on_the_next_day()
    assert given_out(which) == between


@pytest.mark.parametrize("kind", CHANGES)
def test_the_command_brings_a_kind_in(place, kind, tmp_path, capsys):
    which = made(place, kind)
    column, value, _other = CHANGES[kind]
    path = tmp_path / "a.csv"
    path.write_bytes(given_out(which, **{column: value}))
    call_command(
        *("import_sheet", kind, str(path), "--as", which["user"].username, "--commit"),
        *("--period", actions.period_key(which["period"]), "--agency", which["agency"].code),
        "--confirm",
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["state"] == "committed", answer
    assert answer["report"]["counts"]["values"] == 1


def test_a_new_review_of_a_risk_stands_in_the_way_of_an_undo(place):
    by = place.risk()
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    which = {"kind": "risk-reviews", "agency": place.agency, "period": quarter}
    file = io.BytesIO(given_out(which | {"user": by, "at": AT}, likelihood="4", impact="4"))
    upload = actions.receive_upload(file=file, name="a.csv", action="draft", by=by, at=AT, **which)
    actions.commit_upload(upload=upload, confirmed=True, by=by, at=AT)
    resource = actions.KINDS["risk-reviews"]()
    rows = resource.rows_for(user=by, agency=place.agency, period=quarter, at=AT)
    [obstacle] = actions.in_the_way_of_undo(upload, resource, rows)
    assert obstacle["code"] == "R70-001"
    assert "การทบทวนลบไม่ได้" in obstacle["reason"]
