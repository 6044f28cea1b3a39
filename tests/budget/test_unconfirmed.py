"""Money of a project that a visit did not confirm says so, wherever it shows."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client

from accounts.models import Role
from budget import actions
from budget.models import Allocation, MoneyScope, unconfirmed_in
from projects.models import Project
from submissions.models import Month, PeriodState
from tests.budget.factories import AllocationFactory
from tests.budget.test_books import contract_of, signed
from tests.factories import NOON, AgencyFactory, person, quarter_of, set_state
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
MARK = "ผลตรวจไม่ยืนยัน"
WHOLE = "ยอดนี้รวมโครงการที่ผลตรวจไม่ยืนยันตัวเลข 1 โครงการ"


@pytest.fixture
def money(time_machine_noon, work_off_jobs):
    """Two projects' signed money of December, and money that no project has; all published."""
    quarter = quarter_of(2570, 1)
    agency = AgencyFactory(code="UN")
    rows = [
        AllocationFactory(code=code, project=project, spending_agency=agency)
        for code, project in (
            ("DOUBTED", ProjectFactory(code="P-D", host_agency=agency)),
            ("SURE", ProjectFactory(code="P-S", host_agency=agency)),
            ("NONE", None),
        )
    ]
    for row in rows:
        signed(row, 3, Decimal(100_000), 0)
    contract_of(rows[0])
    work_off_jobs()
    set_state(quarter, PeriodState.PUBLISHED)
    Month.objects.update(state=PeriodState.PUBLISHED)
    return rows


def doubt(project):
    Project.objects.filter(pk=project.pk).update(unconfirmed_reason="งานไม่ตรงรายงาน")


def of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_mark_stands_on_every_page_that_shows_the_money(money):
    governor, public = of(person(Role.GOVERNOR)), Client()
    reporter = of(person(Role.REPORTER, money[0].spending_agency))
    places = [
        (governor, "/desk/budget/overview/", MARK),
        (governor, "/desk/budget/ranking/?by=project", MARK),
        (governor, "/desk/budget/books/", MARK),
        (governor, "/desk/budget/books/DOUBTED/", MARK),
        (governor, "/desk/budget/contracts/", MARK),
        (governor, "/desk/budget/year/", MARK),
        (reporter, "/desk/budget/?month=2570-m03", MARK),
        (governor, "/dashboard/", WHOLE),
        (public, "/budget/?year=2570", WHOLE),
    ]
    for client, url, said in places:
        assert said not in client.get(url).content.decode(), url
    doubt(money[0].project)
    for client, url, said in places:
        assert said in client.get(url).content.decode(), url
    for code in ("SURE", "NONE"):
        assert MARK not in governor.get(f"/desk/budget/books/{code}/").content.decode()


def moved(from_allocation, to_allocation):
    given = actions.TransferInput(
        from_allocation, to_allocation, Decimal(100), date(2026, 11, 2), "ปรับแผน"
    )
    [transfer] = actions.transfer(transfers=[given], by=person(Role.COMPTROLLER), at=NOON)
    return transfer


def test_a_transfer_carries_the_mark_on_the_side_of_the_doubted_project(money):
    doubted, sure, none = money
    for row in money:
        Allocation.objects.filter(pk=row.pk).update(allotted=row.allotted - 100)
        row.refresh_from_db()
    moved(sure, doubted)
    moved(none, sure)
    doubt(doubted.project)
    client = of(person(Role.GOVERNOR))
    page = client.get("/desk/budget/transfers/?year=2570").content.decode()
    cell = page.split(">DOUBTED</a>")[1].split("</td>")[0]
    assert MARK in cell
    assert page.count(MARK) == 1
    said = [row["is_unconfirmed"] for row in client.get("/api/v1/transfers/").json()["results"]]
    assert said == [False, True]
    answer = client.get("/desk/budget/transfers/?year=2570&download=csv")
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    lines = list(csv.DictReader(StringIO(text.decode("utf-8-sig"))))
    assert [line["to_allocation_code"] for line in lines] == ["SURE", "DOUBTED"]
    assert lines[0]["is_unconfirmed"] != lines[1]["is_unconfirmed"]


def test_only_what_holds_the_projects_money_is_marked(money):
    doubt(money[0].project)
    found = unconfirmed_in(2570)
    assert found[MoneyScope.Kind.PROJECT] == {money[0].project_id}
    assert found[MoneyScope.Kind.SOURCE] == {money[0].source_id}
    assert found[MoneyScope.Kind.AGENCY] == {money[0].spending_agency_id}
    assert found[MoneyScope.Kind.OWNER] == {money[0].owner_agency_id}
    assert found[MoneyScope.Kind.ISSUE] == found[MoneyScope.Kind.PROVINCE] == {0}
    assert not any(unconfirmed_in(2569).values())


def test_files_and_the_api_carry_the_mark(money):
    doubt(money[0].project)
    governor = of(person(Role.GOVERNOR))
    answer = governor.get("/desk/budget/year/?year=2570&download=csv")
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    lines = {
        line["allocation_code"]: line["is_unconfirmed"]
        for line in csv.DictReader(StringIO(text.decode("utf-8-sig")))
    }
    assert lines["DOUBTED"] != lines["SURE"] == lines["NONE"]
    for address in ("allocations", "disbursements"):
        rows = governor.get(f"/api/v1/{address}/").json()["results"]
        named = {row.get("code") or row["allocation"]: row["is_unconfirmed"] for row in rows}
        assert named == {"DOUBTED": True, "SURE": False, "NONE": False}, address
