"""Explain this number: money and rates, computed by another calculator from what is listed."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from budget.explaining import money_explanation
from budget.models import MoneyFigure
from submissions.models import Month, PeriodState
from submissions.rules import standing_of
from tests.budget.factories import AllocationFactory
from tests.budget.test_books import signed
from tests.factories import NOON, AgencyFactory, person, quarter_of, set_state
from tests.house.evaluator import evaluate, printed, rounded
from tests.projects.factories import ProjectFactory

pytestmark = pytest.mark.django_db
D = Decimal
PLACES = {"บาท": 2, "ร้อยละ": 4}


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read at noon of a working day after the quarter."""


@pytest.fixture
def agency():
    return AgencyFactory(code="FF", name_th="หน่วยเร็ว")


@pytest.fixture
def money(agency, work_off_jobs):
    """Two lines of an agency, one late; another agency's, one carried over, one never signed."""
    quarter_of(2570, 1)
    project = ProjectFactory(code="70-1", name_th="ขุดลอกคลอง")
    first = AllocationFactory(code="F1", spending_agency=agency, project=project)
    late = AllocationFactory(code="F2", spending_agency=agency, expenditure_type="recurrent")
    other = AllocationFactory(code="S1", project=project, appropriation=D(3_000_000))
    old = AllocationFactory(code="F9", spending_agency=agency, origin_year=2569)
    AllocationFactory(code="N1", source=first.source)
    for month in (1, 2, 3):
        signed(first, month, D("300000.33") * month, D("1234.56"))
    signed(late, 1, D(70_000), 5_000)
    signed(other, 3, D(1_000_000), 500_000)
    signed(old, 3, D(900_000), 0)
    work_off_jobs()
    return project


def own_figures():
    return list(MoneyFigure.objects.of_the_year_itself().with_scope().order_by("pk"))


def test_every_stored_rate_is_what_its_explanation_comes_to(money):
    governor = standing_of(person(Role.GOVERNOR), NOON.date())
    figures = own_figures()
    assert {figure.scope.kind for figure in figures} == {
        *("province", "agency", "owner", "issue", "project", "source")
    }
    for figure in figures:
        found = money_explanation(figure, governor)
        counted = [share for share in found.shares if share.counted]
        for name in ("revised", "disbursed", "obligated"):
            assert sum(getattr(share, name) for share in counted) == getattr(figure, name)
        told = {step.title: step for step in found.steps}
        for step in told.values():
            assert rounded(evaluate(step.expression), PLACES[step.unit]) == step.result
            assert step.agrees
        assert told["เบิกจ่ายสะสม"].result == figure.disbursed
        assert told["อัตราเบิกจ่าย"].result == figure.disbursement_rate
        assert told["อัตราใช้จ่าย"].result == figure.spending_rate
        assert found.hidden == 0


def test_the_page_says_who_signed_what_is_left_out_and_leads_to_the_month_before(
    client, money, agency
):
    client.force_login(person(Role.GOVERNOR))
    figure = next(
        each
        for each in own_figures()
        if (each.scope.kind, each.scope.subject_id) == ("agency", agency.pk)
        and (each.month, each.expenditure_type) == (3, "")
    )
    page = client.get(figure.explain_path).content.decode()
    steps = printed(page)
    assert len(steps) == 5
    for expression, stored in steps:
        assert rounded(evaluate(expression), 4) == stored
    assert "900000.99 + 70000.00" in page
    assert "เงินกันไว้เบิกเหลื่อมปี" in page
    row = page[page.index('class="code">F1') :]
    first = MoneyFigure.objects.get(pk=figure.pk)
    assert (first.reported, first.due) == (1, 2)
    assert "ที่เหลือใช้ยอดล่าสุดที่ลงนามแล้ว" in page
    assert row.count("น.") >= 2
    before = next(each for each in own_figures() if each.scope == figure.scope and each.month == 2)
    assert before.explain_path in page
    sort = client.get(f"{figure.explain_path}?type=recurrent").content.decode()
    assert 'class="code">F2' in sort
    assert 'class="code">F1' not in sort


def test_machines_read_the_rates_with_where_each_is_explained(client, money, agency):
    asked = {"scope__fiscal_year": 2570, "scope__kind": "agency", "month": 3, "page_size": 200}
    client.force_login(person(Role.REPORTER, agency))
    rows = client.get("/api/v1/money-figures/", asked).json()["results"]
    [row] = [each for each in rows if (each["subject"], each["expenditure_type"]) == ("FF", "")]
    figure = MoneyFigure.objects.with_scope().get(
        scope__kind="agency",
        scope__subject_id=agency.pk,
        month=3,
        expenditure_type="",
        is_carried_over=False,
    )
    assert row["explain"] == figure.explain_path
    told = printed(client.get(row["explain"]).content.decode())
    rates = [rounded(evaluate(expression), 4) for expression, _stored in told]
    for name in ("disbursement_rate", "spending_rate"):
        assert D(row[name]) == getattr(figure, name)
        assert D(row[name]) in rates
    assert (row["disbursed"], row["is_partial"]) == ("970000.99", True)
    # Nobody else's draft project, and for visitors nothing before it is published.
    client.logout()
    assert client.get("/api/v1/money-figures/", asked).json()["results"] == []


def test_bars_of_the_public_page_lead_to_what_they_are_made_of(client, money, agency):
    client.force_login(person(Role.GOVERNOR))
    page = client.get("/budget/", {"year": 2570}).content.decode()
    for figure in own_figures():
        if figure.month == 3 and figure.expenditure_type == "" and figure.reported:
            shown = figure.scope.kind in ("province", "agency", "issue", "source")
            assert (f'class="origin" href="{figure.explain_path}"' in page) == shown


def test_every_month_of_the_overview_leads_to_what_it_is_made_of(client, money):
    client.force_login(person(Role.GOVERNOR))
    page = client.get("/desk/budget/overview/", {"year": 2570}).content.decode()
    for month in (1, 2, 3):
        # Both rates of a month.
        assert page.count(f'"/budget/explain/province/0/2570-m{month:02d}/"') >= 2


def test_the_province_is_told_by_agency_and_an_agency_without_a_signed_month_leads_nowhere(
    client, money, agency
):
    client.force_login(person(Role.GOVERNOR))
    page = client.get("/budget/explain/province/0/2570-m03/").content.decode()
    assert f"/budget/explain/agency/{agency.pk}/2570-m03/" in page
    assert 'class="code">F1' not in page
    assert page.count("/budget/explain/agency/") == 2
    assert "ยังไม่มียอดที่ลงนาม" in page
    assert client.get(f"/budget/explain/agency/{agency.pk}/2570-m09/").status_code == 200


def test_anothers_lines_are_one_sum_and_the_explanation_still_comes_out(client, money, agency):
    reader = person(Role.REPORTER, agency)
    standing = standing_of(reader, NOON.date())
    [figure] = [
        each
        for each in own_figures()
        if each.scope.kind == "project" and (each.month, each.expenditure_type) == (3, "")
    ]
    found = money_explanation(figure, standing)
    assert [share.code for share in found.shares] == ["F1"]
    assert found.hidden == 1
    for step in found.steps:
        assert rounded(evaluate(step.expression), PLACES[step.unit]) == step.result
    client.force_login(reader)
    page = client.get(figure.explain_path).content.decode()
    assert 'class="code">S1' not in page
    assert "อีก 1 รายการของหน่วยงานอื่น" in page


def test_the_public_reads_published_months_without_a_name_of_a_person(client, money, agency):
    address = f"/budget/explain/agency/{agency.pk}/2570-m01/"
    assert client.get(address).status_code == 404
    for month in Month.objects.filter(fiscal_year=2570, number=1):
        set_state(month, PeriodState.PUBLISHED)
    page = client.get(address).content.decode()
    assert "ผู้กรอกและผู้ลงนาม" not in page
    assert "อีก 2 รายการของหน่วยงานอื่น" in page
    # A later month stands with the last that is published.
    later = client.get(f"/budget/explain/agency/{agency.pk}/2570-m03/")
    assert later.context["month"] == 1


@pytest.mark.parametrize(
    "address",
    [
        "nobody/0/2570-m01/",
        "province/0/2570-m13/",
        "province/0/2571-m01/",
        "province/0/2570-m01/?type=gold",
    ],
)
def test_what_is_not_there_is_not_explained(client, money, address):
    client.force_login(person(Role.GOVERNOR))
    assert client.get(f"/budget/explain/{address}").status_code == 404


def test_a_proposals_money_is_told_to_nobody_who_may_not_read_the_proposal(client, money):
    money.status = "proposed"
    money.save()
    client.force_login(person(Role.REPORTER))
    assert client.get(f"/budget/explain/project/{money.pk}/2570-m03/").status_code == 404


def test_a_scope_without_a_budget_has_no_rate_and_says_so(client, work_off_jobs):
    quarter_of(2570, 1)
    empty = AllocationFactory(code="E1", appropriation=D(0))
    signed(empty, 1, D(0), 0)
    work_off_jobs()
    client.force_login(person(Role.GOVERNOR))
    page = client.get("/budget/explain/province/0/2570-m01/").content.decode()
    assert len(printed(page)) == 3
    assert "งบประมาณหลังโอนเป็นศูนย์" in page


def test_the_tables_and_the_api_lead_to_the_explanation(client, money, agency):
    client.force_login(person(Role.GOVERNOR))
    path = f"/budget/explain/agency/{agency.pk}/2570-m03/"
    for page in ("/desk/budget/overview/", "/desk/budget/ranking/"):
        assert path in client.get(page).content.decode(), page
    for page in ("/budget/", "/dashboard/"):
        shown = client.get(page).content.decode()
        assert "/budget/explain/province/0/2570-m03/" in shown, page
    rows = client.get("/api/v1/disbursements/?allocation__code=F1&month__number=3").json()
    assert [row["explain"] for row in rows["results"]] == [path]


def test_the_page_costs_the_same_with_one_line_and_with_ten(
    client, money, agency, django_assert_num_queries, work_off_jobs
):
    client.force_login(person(Role.GOVERNOR))
    address = f"/budget/explain/agency/{agency.pk}/2570-m03/"

    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(9):
        signed(
            AllocationFactory(code=f"M{number}", spending_agency=agency), 3, D(100_000 + number), 0
        )
    work_off_jobs()
    with django_assert_num_queries(len(few)):
        client.get(address)
