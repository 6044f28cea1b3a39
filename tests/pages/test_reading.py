"""The joined pages that are read: desk, dashboard, home, search, and every page's frame."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from accounts.models import Area, Membership, Role
from budget.models import CabinetTarget, ExpenditureType, MoneyFigure, MoneyScope
from kpi import actions as kpi_actions
from kpi.models import Figure, Link, Score
from meetings.models import Committee, Meeting, Resolution
from pages import boards
from pages.context import chrome
from reports.models import Edition, Freeze
from submissions.actions import prepare_fiscal_year
from submissions.models import FiscalYear, Quarter
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    UserFactory,
    person,
    quarter_of,
    set_state,
)
from tests.kpi.factories import kpi_of
from tests.reports.factories import YEAR, Province, stored_figures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def province():
    """One issue, one KPI with stored figures, one project, money and a Cabinet line."""
    made = Province(money=True)
    stored_figures(made)
    for quarter, percent in ((1, 30), (2, 50)):
        CabinetTarget.objects.create(
            fiscal_year_id=YEAR,
            quarter=quarter,
            category=CabinetTarget.Category.OVERALL,
            measure=CabinetTarget.Measure.DISBURSEMENT,
            percent=Decimal(percent),
            kind=CabinetTarget.Kind.choices[0][0],
            source="มติคณะรัฐมนตรี",
        )
    scope, _made = MoneyScope.objects.get_or_create(
        fiscal_year_id=YEAR, kind=MoneyScope.Kind.PROVINCE, subject_id=0
    )
    for month in (1, 2, 3):
        for kind in ("", ExpenditureType.INVESTMENT):
            MoneyFigure.objects.update_or_create(
                scope=scope,
                month=month,
                expenditure_type=kind,
                is_carried_over=False,
                defaults={
                    "revised": Decimal(1_000_000),
                    "allotted": Decimal(1_000_000),
                    "obligated": Decimal(0),
                    "disbursed": Decimal(month * 80_000),
                    "disbursement_rate": Decimal(month * 8),
                    "reported": 1,
                    "due": 1,
                },
            )
    return made


# ── Frame ────────────────────────────────────────────────────────────────────
def frame(user, path="/desk/"):
    request = RequestFactory().get(path)
    request.user = user
    return chrome(request)


@pytest.mark.parametrize(
    ("role", "first", "others"),
    [
        (Role.REPORTER, "/desk/", {"/spreadsheets/", "/reports/"}),
        (Role.APPROVER, "/desk/", {"/desk/approvals/"}),
        (Role.STRATEGIST, "/dashboard/", {"/desk/", "/desk/approvals/", "/desk/reports/"}),
        (Role.GOVERNOR, "/dashboard/", {"/desk/kpis/"}),
        (Role.VIEWER, "/dashboard/", set()),
        (Role.ADMIN, "/desk/kpis/", set()),
    ],
)
def test_the_menu_is_the_roles_own_and_never_longer_than_seven(role, first, others):
    items = frame(person(role))["nav"]
    urls = [item.url for item in items]
    assert urls[0] == first
    assert others <= set(urls)
    assert len(urls) <= 7


def test_the_place_where_we_are_is_marked_by_its_longest_address():
    items = frame(person(Role.STRATEGIST), "/desk/approvals/")["nav"]
    assert [item.url for item in items if item.current] == ["/desk/approvals/"]


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.STRATEGIST, "/desk/reminders/"),
        (Role.GOVERNOR, "/desk/meetings/"),
        (Role.APPROVER, "/desk/delegation/"),
        (Role.ADMIN, "/admin/"),
    ],
)
def test_seldom_places_are_under_the_account(role, place):
    assert place in [item.url for item in frame(person(role))["account_links"]]


def test_who_is_signed_in_is_named_with_the_place():
    assert frame(person(Role.VIEWER))["me"]["place"]
    assert frame(UserFactory())["me"]["place"] == ""


@pytest.mark.parametrize(("days", "words"), [(0, "เหลือ 2 วัน"), (2, "เหลือ 0 วัน"), (4, "เกินมา 2 วัน")])
def test_the_strip_counts_the_days_to_the_deadline(days, words):
    quarter_of(2570, 1)
    with time_machine.travel(NOON + timedelta(days=days), tick=False):
        tide = frame(person(Role.REPORTER))["tide"]
    assert words in tide["deadline"]
    assert (tide["fiscal_year"], tide["quarter"]) == (2570, "1")


def test_a_quarter_of_last_year_is_named_with_its_year():
    quarter_of(2569, 4)
    assert frame(person(Role.REPORTER))["tide"]["quarter"] == "4/2569"


def test_without_an_open_quarter_the_strip_shows_the_calendars():
    tide = frame(person(Role.REPORTER))["tide"]
    assert (tide["quarter"], tide["deadline"]) == ("2", "")


def test_english_addresses_stay_english():
    with override("en"):
        shown = frame(person(Role.REPORTER), "/en/desk/")
    assert {item.url.startswith("/en/") for item in shown["nav"]} == {True}
    assert [item.url for item in shown["nav"] if item.current] == ["/en/desk/"]


# ── Desk ─────────────────────────────────────────────────────────────────────
def test_the_desk_shows_a_reporter_the_grid_and_what_is_owed(client):
    agency = AgencyFactory()
    kpi_of(agency)
    client.force_login(person(Role.REPORTER, agency))
    shown = client.get("/desk/").context
    assert shown["grid"].rows
    assert (shown["todo"], shown["signs"], shown["may_enter"]) == (1, False, True)


def test_the_desk_of_a_head_shows_what_waits(client):
    agency = AgencyFactory()
    reporter = person(Role.REPORTER, agency)
    kpi = kpi_of(agency)
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    [draft] = kpi_actions.record_results(
        entries=[kpi_actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(10))],
        by=reporter,
        at=NOON,
    )
    kpi_actions.submit_results(entries=[draft], by=reporter, at=NOON)
    client.force_login(person(Role.APPROVER, agency))
    shown = client.get("/desk/").context
    assert [each.code for each in shown["waiting"]] == [kpi.code]
    assert shown["grid"] is None


def test_the_strategy_office_sees_who_is_late(client, province):
    agency = AgencyFactory(name_th="สำนักงานประมง")
    kpi_of(agency, code="9")
    client.force_login(province.strategist)
    assert client.get("/desk/").context["chased"] == []
    with time_machine.travel(NOON + timedelta(days=5), tick=False):
        client.force_login(province.strategist)
        shown = client.get("/desk/").context
    assert ("สำนักงานประมง", 1, 3) in shown["chased"]
    assert shown["money"] or shown["projects"]
    assert shown["todo"] == 0
    assert shown["chasing"] > 0


def test_a_desk_without_an_open_quarter_still_opens(client):
    client.force_login(person(Role.INSPECTOR))
    assert client.get("/desk/").status_code == 200


# ── Dashboard ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", list(Role))
def test_the_dashboard_is_for_those_who_oversee_the_province(client, role):
    client.force_login(person(role))
    readers = {Role.GOVERNOR, Role.VIEWER, Role.STRATEGIST, Role.COMPTROLLER, Role.INSPECTOR}
    assert client.get("/dashboard/").status_code == (200 if role in readers else 403)


def test_the_dashboard_joins_plan_figures_money_and_orders(client, province):
    committee = Committee.objects.create(code="k", name_th="คณะกรรมการ")
    meeting = Meeting.objects.create(
        committee=committee, number=1, year=2569, held_date=NOON.date()
    )
    for number, days in ((1, -1), (2, 5)):
        Resolution.objects.create(
            meeting=meeting,
            number=number,
            text_th="เร่งเบิกจ่าย",
            owner=province.office,
            due_date=NOON.date() + timedelta(days=days),
        )
    child = kpi_of(AgencyFactory(), code="8.1")
    Link.objects.create(parent=province.kpi, child=child, kind="share")
    Figure.objects.update_or_create(
        kpi=child,
        quarter=province.quarter,
        defaults={"state": "value", "achievement": Decimal(50), "ytd_value": Decimal(5)},
    )
    client.force_login(person(Role.GOVERNOR))
    answer = client.get("/dashboard/")
    shown = answer.context
    assert shown["quarter"] == province.quarter
    assert [line.issue for line in shown["issues"]] == [province.issue]
    assert shown["counts"] == {"good": 0, "watch": 1, "bad": 0, "all": 1}
    assert (shown["resolutions_done"], shown["resolutions_late"]) == (0, 1)
    assert shown["money"].month == 3
    assert shown["next_target"]["percent"] == Decimal(30) or shown["next_target"]["percent"]
    assert shown["heat"] is not None
    [off] = shown["off_target"]
    assert (off.figure.kpi, off.level) == (province.kpi, "watch")
    assert off.responsible
    assert client.get("/dashboard/", {"quarter": "2570-1"}).status_code == 200
    assert client.get("/dashboard/", {"quarter": "2570-4"}).status_code == 404


def test_the_dashboard_names_who_is_late_until_the_quarter_closes(client, province):
    agency = AgencyFactory(name_th="สำนักงานประมง")
    kpi_of(agency, code="9")
    reader = person(Role.VIEWER)
    with time_machine.travel(NOON + timedelta(days=5), tick=False):
        client.force_login(reader)
        late = client.get("/dashboard/").context["late"]
        assert "สำนักงานประมง" in [each.name for each in late]
        set_state(province.quarter, "closed")
        assert client.get("/dashboard/").context["late"] == []


def test_the_dashboard_before_anything_was_opened(client):
    client.force_login(person(Role.VIEWER))
    answer = client.get("/dashboard/")
    assert (answer.status_code, answer.context["quarter"]) == (200, None)


def test_the_dashboard_without_figures_or_money(client):
    quarter_of(2570, 1)
    client.force_login(person(Role.VIEWER))
    shown = client.get("/dashboard/").context
    assert (shown["next_target"], shown["heat"]) == (None, None)


# ── Boards ───────────────────────────────────────────────────────────────────
def test_a_score_is_judged_by_the_bands_of_its_year():
    year = FiscalYear(year=2570)
    levels = [
        boards.score_level(each, year) for each in (None, Decimal(75), Decimal(60), Decimal(1))
    ]
    assert levels == [None, "good", "watch", "bad"]
    year.thresholds = {"bands": [95, 85, 80, 0]}
    assert boards.score_level(Decimal(84), year) == "watch"


def test_the_headline_compares_with_the_quarter_before(province):
    earlier = Quarter.objects.get(fiscal_year=YEAR, number=1)
    later = Quarter.objects.get(fiscal_year=YEAR, number=2)
    assert boards.headline([earlier]).change is None
    assert boards.headline([earlier, later]).change is None
    Score.objects.create(scorecard=province.card, quarter=later, score=Decimal(5))
    assert boards.headline([earlier, later]).change == Decimal("0.362")
    Score.objects.filter(quarter=later).update(score=None)
    assert boards.headline([earlier, later]).change is None


def test_only_published_quarters_are_the_publics(province):
    assert boards.latest_published_quarter() is None
    set_state(province.quarter, "published")
    assert boards.latest_published_quarter() == province.quarter
    assert boards.quarters_up_to(province.quarter, 5) == [province.quarter]


def test_an_issues_work_is_that_of_its_funded_projects(province):
    [line] = boards.issue_lines([province.quarter], as_of=NOON.date())
    assert line.work is None or line.work >= 0
    assert line.plan is None or line.plan >= 0
    assert line.trend == (Decimal("92.76"),)


def test_the_head_in_office_longest_answers_for_an_agency():
    agency = AgencyFactory()
    newer = person(Role.APPROVER, agency)
    older = person(Role.APPROVER, agency)
    Membership.objects.filter(user=newer).update(from_date=NOON.date() - timedelta(days=30))
    person(Role.APPROVER, agency, is_active=False)
    assert boards.heads_of([agency.pk], NOON.date()) == {agency.pk: older}
    assert (
        boards.off_target(
            [Quarter(fiscal_year=prepare_fiscal_year(year=2570), number=1, pk=0)], [], NOON.date()
        )
        == []
    )


# ── Home ─────────────────────────────────────────────────────────────────────
def test_the_home_page_opens_before_anything_is_loaded(client):
    answer = client.get("/")
    assert (answer.status_code, answer.context["map"]) == (200, None)


def test_the_home_page_joins_the_latest_report_the_plan_and_the_map(client, province):
    square = {
        "type": "Polygon",
        "coordinates": [[[100.0, 13.0], [100.1, 13.0], [100.1, 13.1], [100.0, 13.0]]],
    }
    district = Area.objects.create(
        code="7401", kind=Area.Kind.DISTRICT, name_th="เมือง", boundary=square
    )
    tambon = Area.objects.create(
        code="740101", kind=Area.Kind.TAMBON, name_th="มหาชัย", parent=district, boundary=square
    )
    province.project.areas.add(tambon)
    set_state(province.quarter, "published")
    freeze = Freeze.objects.create(
        quarter=province.quarter,
        number=0,
        document={},
        sha256="0" * 64,
        made_by=province.strategist,
        made_at=NOON,
    )
    edition = Edition.objects.create(
        quarter=province.quarter,
        number=1,
        freeze_record=freeze,
        document={},
        sha256="0" * 64,
        published_by=province.strategist,
        published_at=NOON,
    )
    assert client.get("/").context["latest"] is None
    Edition.objects.filter(pk=edition.pk).update(finished_at=NOON)
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.context["latest"].quarter == province.quarter
    assert [line.issue for line in answer.context["issues"]] == [province.issue]
    assert answer.context["map"] is not None


# ── Search ───────────────────────────────────────────────────────────────────
def test_search_joins_what_every_app_finds_by_kind(client, province):
    set_state(province.quarter, "published")
    shown = client.get("/search/", {"q": "โครงการ"}).context
    assert shown["count"] == sum(len(hits) for hits in shown["groups"].values())
    assert client.get("/search/", {"q": "น้ำเสีย"}).context["count"] >= 1
    assert client.get("/search/", {"q": "ก"}).context["count"] == 0
    assert client.get("/search/").status_code == 200
    assert client.get("/search/", {"q": "ไม่มีเลยจริง"}).context["groups"] == {}


def test_a_holder_without_a_role_reads_the_desk(client):
    post = PostFactory()
    client.force_login(HoldingFactory(post=post).user)
    assert client.get("/desk/").context["may_enter"]
    assert Template("{{ nav|length }}").render(Context(frame(UserFactory()))) == "7"
