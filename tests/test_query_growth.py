"""A page costs the same number of queries with one row and with fifty."""

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Area, Holding, Post, User
from budget.models import Allocation, Contract, MonthlyFigure, Transfer
from covid.models import (
    CaseFinding,
    Facility,
    Factory,
    Occupancy,
    SupplyRequest,
    Vaccination,
)
from kpi.models import KPI, Indicator, IndicatorVersion, Result, Target
from learning.models import Record
from planning.models import Need, NeedStep
from projects.models import (
    Finding,
    Inspection,
    Progress,
    Project,
    ProjectYear,
    Risk,
    RiskAction,
)
from spreadsheets.models import Upload
from tests.factories import NOON
from tests.worlds import YEAR, World

MORE = 49
PUBLIC = (
    *("pages:home", "pages:strategy", "pages:area-list", "pages:search", "kpi:kpi-list"),
    *("projects:project-list", "budget:budget-public", "reports:report-list", "reports:open-data"),
    *("planning:need-list", "planning:need-tell", "need-list"),
    *("planning:edition-list", "planning:forum-list"),
)
API = (
    *("kpi-list", "result-list", "indicator-list", "scorecard-list", "project-list"),
    *("progress-list", "allocation-list", "disbursement-list", "upload-list", "agency-list"),
    *("transfer-list", "contract-list", "monthly-progress-list", "money-figure-list"),
    *("meeting-list", "resolution-list"),
)
PAGES = {
    "reporter": (
        *(
            "pages:desk",
            "kpi:entry",
            "kpi:dictionary",
            "kpi:indicator-list",
            "projects:desk-list",
            "budget:month-grid",
        ),
        *("budget:overview", "budget:year-table", "spreadsheets:desk", *API),
        *("kpi:scoring-rules", "kpi:score-list", "kpi:what-if"),
        *("kpi:esar-list", "kpi:appraisal-list"),
        *("budget:book-list", "budget:transfer-list", "budget:contract-list", "reminders:mine"),
    ),
    "inspector": (
        *("projects:risk-list", "projects:risk-csv", "projects:inspection-list"),
        *("projects:checklist-list", "risk-list", "inspection-list", "finding-list"),
    ),
    "approver": ("pages:desk", "pages:approval-list", "pages:delegation-list"),
    "strategist": (
        *("kpi:score-list", "kpi:what-if", "kpi:esar-list"),
        *("pages:desk", "pages:dashboard", "pages:approval-list", "reports:quarter-list"),
        *("reminders:reminder-list", "meetings:meeting-list", "budget:overview", *PUBLIC),
        *("planning:plan-desk", "planning:alignment", "planning:telling"),
    ),
    "operator": (
        *("covid:operations", "covid:day-grid", "covid:facility-list", "covid:order-list"),
        *("covid:factory-list", "covid:case-finding-list", "covid:vaccination-list"),
        *("covid:supply-list", "covid-factory-list", "covid-case-finding-list"),
        *("covid-vaccination-list", "covid-supply-request-list"),
    ),
    "hr": (
        "learning:officer-list",
        "learning:overview",
        "learning:course-list",
        "learning-record-list",
    ),
    "planner": ("planning:need-desk", "planning:need-record", "planning:village-list"),
    "comptroller": (
        *("budget:book-list", "budget:transfer-list", "budget:contract-list", "budget:ranking"),
    ),
    "anonymous": PUBLIC,
}


def grow(world: World) -> None:
    """Give the own agency fifty rows of what it had one of."""
    own = world.own
    entered = {"entered_by": own.writer, "entered_at": NOON}
    sent = entered | {"submitted_by": own.writer, "submitted_at": NOON, "status": "submitted"}
    indicators = Indicator.objects.bulk_create(
        Indicator(code=f"IG{n}", name_th=f"ตัวชี้วัด {n}") for n in range(MORE)
    )
    version = own.kpi.indicator.versions.get()
    names = [
        field.attname
        for field in IndicatorVersion._meta.concrete_fields
        if field.attname not in ("id", "indicator_id")
    ]
    rules = {name: getattr(version, name) for name in names}
    IndicatorVersion.objects.bulk_create(
        IndicatorVersion(indicator=indicator, **rules) for indicator in indicators
    )
    kpis = KPI.objects.bulk_create(
        KPI(
            fiscal_year_id=YEAR,
            scorecard=own.kpi.scorecard,
            indicator=indicator,
            code=f"G.{n}",
            agency=own.agency,
            issue=world.issue,
            weight=Decimal(1),
            curve=own.kpi.curve,
        )
        for n, indicator in enumerate(indicators)
    )
    Target.objects.bulk_create(Target(kpi=kpi, quarter=1, value=Decimal(10)) for kpi in kpis)
    Result.objects.bulk_create(
        Result(kpi=kpi, quarter=own.quarter, value=Decimal(9), **(sent if n % 2 else entered))
        for n, kpi in enumerate(kpis)
    )
    projects = Project.objects.bulk_create(
        Project(
            code=f"70-G{n}",
            name_th=f"โครงการ {n}",
            host_agency=own.agency,
            status=Project.Status.RUNNING,
            start_date=own.project.start_date,
            end_date=own.project.end_date,
        )
        for n in range(MORE)
    )
    ProjectYear.objects.bulk_create(
        ProjectYear(project=project, fiscal_year_id=YEAR) for project in projects
    )
    Progress.objects.bulk_create(
        Progress(
            project=project,
            quarter=own.quarter,
            percent=Decimal(20),
            **(sent if n % 2 else entered),
        )
        for n, project in enumerate(projects)
    )
    allocations = Allocation.objects.bulk_create(
        Allocation(
            code=f"WG-{n}",
            name_th=f"รายการ {n}",
            source=own.allocation.source,
            expenditure_type=own.allocation.expenditure_type,
            fiscal_year_id=YEAR,
            origin_year=YEAR,
            owner_agency=own.agency,
            spending_agency=own.agency,
            project=project,
            appropriation=Decimal(100),
            revised=Decimal(100),
            allotted=Decimal(100),
        )
        for n, project in enumerate(projects)
    )
    Transfer.objects.bulk_create(
        Transfer(
            from_allocation=own.allocation,
            to_allocation=allocation,
            amount=Decimal(1),
            decided_date=NOON.date(),
            reason="โอน",
            made_by=own.writer,
            made_at=NOON,
        )
        for allocation in allocations
    )
    Contract.objects.bulk_create(
        Contract(
            allocation=allocation,
            kind=Contract.Kind.SINGLE_YEAR,
            name_th=f"จ้าง {n}",
            amount=Decimal(1),
        )
        for n, allocation in enumerate(allocations)
    )
    MonthlyFigure.objects.bulk_create(
        MonthlyFigure(
            allocation=allocation,
            month=own.month,
            disbursed_to_date=Decimal(1),
            obligated=Decimal(0),
            **(sent if n % 2 else entered),
        )
        for n, allocation in enumerate(allocations)
    )
    needs = Need.objects.bulk_create(
        Need(
            code=f"N70-2{n:02}",
            title_th=f"เรื่องที่ {n} ของโครงการ",
            category=own.need.category,
            area=own.tambon,
            level="district",
            received_at=NOON,
            arrived_at=NOON,
        )
        for n in range(MORE)
    )
    NeedStep.objects.bulk_create(
        NeedStep(
            need=need,
            kind="recorded",
            from_level="district",
            to_level="district",
            agency=own.agency,
            happened_at=NOON,
        )
        for need in needs
    )
    Area.objects.bulk_create(
        Area(code=f"7401{n:04}", kind="village", name_th=f"บ้าน {n}", parent=own.tambon)
        for n in range(MORE)
    )
    risks = Risk.objects.bulk_create(
        _another(own.risk, code=f"R70-G{n}", project=project, name_th=f"ความเสี่ยง {n}")
        for n, project in enumerate(projects)
    )
    RiskAction.objects.bulk_create(_another(own.step, risk=risk) for risk in risks)
    visits = Inspection.objects.bulk_create(
        _another(own.inspection, project=project) for project in projects
    )
    Finding.objects.bulk_create(_another(own.finding, inspection=visit) for visit in visits)
    Upload.objects.bulk_create(
        Upload(
            kind=own.upload.kind,
            agency=own.agency,
            quarter=own.quarter,
            file=own.upload.file.name,
            original_name=f"{n}.xlsx",
            size_bytes=2,
            sha256="0" * 64,
            uploaded_by=own.writer,
            uploaded_at=NOON,
        )
        for n in range(MORE)
    )

    places = Facility.objects.bulk_create(
        Facility(
            incident=world.incident,
            code=f"G{n}",
            name_th=f"สถานที่ {n}",
            kind="home",
            area=world.facility.area,
            beds=9,
        )
        for n in range(MORE)
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            facility=place,
            day=NOON.date(),
            beds=9,
            patients=1,
            admitted=1,
            discharged=0,
            entered_by=own.writer,
            entered_at=NOON,
        )
        for place in places
    )
    response = world.response
    Factory.objects.bulk_create(_another(response.factory, code=f"G{n}") for n in range(MORE))
    CaseFinding.objects.bulk_create(
        _another(response.case_finding, place_th=f"ตลาด {n}") for n in range(MORE)
    )
    Vaccination.objects.bulk_create(
        _another(response.vaccination, day=response.vaccination.day - timedelta(days=n + 1))
        for n in range(MORE)
    )
    SupplyRequest.objects.bulk_create(_another(response.supply) for _n in range(MORE))
    officers = User.objects.bulk_create(
        User(username=f"officer{n}", full_name_th=f"คนที่ {n}") for n in range(MORE)
    )
    posts = Post.objects.bulk_create(
        Post(code=f"WG{n}", agency=own.agency, title_th="ตำแหน่ง") for n in range(MORE)
    )
    Holding.objects.bulk_create(
        Holding(post=post, user=user, from_date=own.project.start_date)
        for post, user in zip(posts, officers, strict=True)
    )
    Record.objects.bulk_create(
        Record(
            officer=officer,
            agency=own.agency,
            course=own.record.course,
            completed_date=own.record.completed_date,
            year=YEAR,
            **sent,
        )
        for officer in officers
    )


def _another(row: Any, **changes: Any) -> Any:
    """Give a row like this one, not stored yet."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in changes
    }
    return type(row)(**values, **changes)


def costs(world: World) -> dict[tuple[str, str], int]:
    """Count the queries of every page for the people who open it."""
    found = {}
    for role, names in PAGES.items():
        client = Client()
        if role != "anonymous":
            client.force_login(
                world.people[role], backend="django.contrib.auth.backends.ModelBackend"
            )
        for name in names:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(reverse(name), {"q": "โครงการ"} if "search" in name else {})
            assert answer.status_code == 200, (role, name, answer.status_code)
            found[role, name] = len(queries)
    return found


@pytest.fixture
def world(db, caplog):
    with time_machine.travel(NOON, tick=False), caplog.at_level(logging.CRITICAL):
        yield World()


CEILING = 12
# Joined pages that still ask more; a number here only ever falls.
OVER: dict[tuple[str, str], int] = {
    ("strategist", "pages:dashboard"): 35,
    ("approver", "pages:desk"): 33,
    ("strategist", "pages:desk"): 24,
    ("reporter", "pages:desk"): 25,
    # All that the person owes to five apps, as on the desk, with when each is told of next.
    ("reporter", "reminders:mine"): 26,
    ("strategist", "budget:budget-public"): 20,
    ("strategist", "budget:overview"): 21,
    ("approver", "pages:approval-list"): 20,
    ("anonymous", "budget:budget-public"): 17,
    ("reporter", "projects:desk-list"): 19,
    ("strategist", "projects:project-list"): 18,
    ("reporter", "budget:overview"): 18,
    ("anonymous", "projects:project-list"): 16,
    ("reporter", "kpi:entry"): 13,
    ("reporter", "spreadsheets:desk"): 13,
    ("strategist", "pages:strategy"): 13,
}


@pytest.mark.usefixtures("untraced")
def test_no_page_costs_more_with_more_rows(world):
    costs(world)  # what is asked once a process
    few = costs(world)
    grow(world)
    many = costs(world)
    grown = {key: (few[key], many[key]) for key in few if many[key] > few[key]}
    assert not grown
    over = {key: count for key, count in many.items() if count > OVER.get(key, CEILING)}
    assert not over
