"""The ranking and one scorecard's years: places, ties, who is half known, what others may read."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from kpi.actions import set_schemes
from kpi.actions.schemes import BandInput, RoundInput, SchemeInput
from kpi.models import Score, Scorecard
from submissions.models import FiscalYear, PeriodState, Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.kpi.test_schemes import three

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def score(agency, percent, *, covered=1, quarter=None):
    quarter = quarter or Quarter.objects.get(fiscal_year=2570, number=1)
    card = Scorecard.objects.get(agency=agency, level="agency", fiscal_year=quarter.fiscal_year_id)
    Score.objects.create(
        scorecard=card,
        quarter=quarter,
        score=percent and D(percent) / 20,
        percent=percent and D(percent),
        covered=covered,
        due=2,
        covered_weight=D(covered * 50),
        due_weight=D(100),
    )
    return card


@pytest.fixture
def agencies():
    """Four agencies: two equal, one half known, one without a score."""
    found = [AgencyFactory(name_th=f"หน่วย {letter}") for letter in "กขคง"]
    for place, agency in enumerate(found):
        kpi_of(agency, code=f"{place + 1}.1")
    year = FiscalYear.objects.get(year=2570)
    set_schemes(
        schemes=[
            SchemeInput(
                year,
                "agency",
                D(70),
                [BandInput(D(90), "คุณภาพ"), BandInput(D(0), "ปรับปรุง")],
                [RoundInput(1, 4, "ทั้งปี")],
                curve=three(year),
                least_coverage=D(80),
            )
        ],
        by=None,
        at=NOON,
    )
    for agency, percent, covered in zip(found, ("90", "90", "99", None), (2, 2, 1, 0), strict=True):
        score(agency, percent, covered=covered)
    return found


def test_the_ranking_shows_ties_and_leaves_who_is_half_known_without_a_place(client, agencies):
    client.force_login(person(Role.GOVERNOR))
    answer = client.get(reverse("kpi:score-list"))
    rows = answer.context["ranking"].rows
    assert [(row.scorecard.agency.name_th[-1], row.placed.place, row.band) for row in rows] == [
        ("ก", 1, "คุณภาพ"),
        ("ข", 1, "คุณภาพ"),
        ("ค", None, "คุณภาพ"),
        ("ง", None, ""),
    ]
    text = answer.content.decode()
    assert text.count("ร่วม</span>") == 2
    assert text.count("ข้อมูลน้อย ไม่จัดอันดับ") == 1


def test_the_ranking_as_csv_says_the_same(client, agencies):
    client.force_login(person(Role.STRATEGIST))
    answer = client.get(reverse("kpi:score-csv"), {"quarter": "2570-1"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufefffiscal_year,quarter,place,is_tied")
    assert lines[1].startswith("2570,1,1,true,")
    assert ",90.0000,คุณภาพ,100.00,false" in lines[1]
    assert lines[3].startswith("2570,1,,false,")
    assert lines[3].endswith(",99.0000,คุณภาพ,50.00,true")


def test_every_score_leads_to_what_it_is_made_of(client, agencies):
    client.force_login(person(Role.GOVERNOR))
    rows = client.get("/api/v1/rankings/").json()["agencies"]
    assert len(rows) == len(agencies)
    for row in rows:
        assert client.get(row["explain"]).status_code == 200
    found = client.get(reverse("kpi:score-list")).context["ranking"].rows[0]
    page = client.get(reverse("kpi:score-detail", args=[found.scorecard.pk])).content.decode()
    assert page.count(f'class="origin" href="{rows[0]["explain"]}"') == 2


def test_a_running_quarters_ranking_is_for_the_provinces_offices(client, agencies):
    reporter = person(Role.REPORTER, agencies[0])
    client.force_login(reporter)
    page = client.get(reverse("kpi:score-list"), {"quarter": "2570-1"})
    assert "หน่วย ข" not in page.content.decode()
    assert "ยังไม่มีคะแนนที่เผยแพร่" in page.content.decode()
    set_state(Quarter.objects.get(fiscal_year=2570, number=1), PeriodState.PUBLISHED)
    page = client.get(reverse("kpi:score-list"))
    assert "หน่วย ข" in page.content.decode()


def test_no_posts_scorecard_stands_in_a_ranking_or_has_a_page(client, agencies):
    post = PostFactory(agency=agencies[0])
    personal = kpi_of(agencies[0], code="9.9", level=Scorecard.Level.POST, post=post)
    Score.objects.create(
        scorecard=personal.scorecard,
        quarter=Quarter.objects.get(fiscal_year=2570, number=1),
        percent=D("77.1234"),
    )
    client.force_login(person(Role.STRATEGIST))
    assert "77.1234" not in client.get(reverse("kpi:score-list")).content.decode()
    for name in ("kpi:score-detail", "kpi:trend-csv"):
        assert client.get(reverse(name, args=[personal.scorecard_id])).status_code == 404


def test_one_scorecard_shows_its_lines_and_its_years(client, agencies):
    agency = agencies[0]
    last_year = quarter_of(2569, 4, PeriodState.PUBLISHED)
    kpi_of(agency, code="1.1", year=2569)
    score(agency, "60", covered=2, quarter=last_year)
    card = Scorecard.objects.get(agency=agency, fiscal_year=2570)
    client.force_login(person(Role.REPORTER, agency))
    answer = client.get(reverse("kpi:score-detail", args=[card.pk]))
    assert [(row.year, row.score.percent, row.band) for row in answer.context["trend"]] == [
        (2569, D(60), ""),
        (2570, D(90), "คุณภาพ"),
    ]
    assert "1.1" in answer.content.decode()
    csv = b"".join(client.get(reverse("kpi:trend-csv", args=[card.pk])).streaming_content).decode()
    assert "2569,4,3.0000,60.0000,,2,2,100.00" in csv


def test_another_agencys_scorecard_is_not_found(client, agencies):
    card = Scorecard.objects.get(agency=agencies[1], fiscal_year=2570)
    client.force_login(person(Role.APPROVER, agencies[0]))
    assert client.get(reverse("kpi:score-detail", args=[card.pk])).status_code == 404
    client.force_login(person(Role.VIEWER))
    assert client.get(reverse("kpi:score-detail", args=[card.pk])).status_code == 200
