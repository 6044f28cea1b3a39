"""Before a quarter is published nobody works out another agency's figure from what is shown."""

import re
from decimal import Decimal
from random import Random

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from kpi import actions, rollups
from kpi.actions.definitions import LinkInput
from kpi.actions.recomputing import keep_what_is_in_force
from kpi.models import KPI, Figure, Link, Score
from kpi.rules.disclosure import Known, granted_with, withheld_from
from submissions.models import Quarter
from tests.factories import NOON, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.kpi.test_cascade import tree
from tests.kpi.test_what_if import sign
from tests.reports.factories import IssueFactory

D = Decimal
MINE, OTHERS = 1, (2, 3, 4)
WITHHELD = "เห็นเมื่อเผยแพร่ไตรมาสแล้ว"


# ── The rule ─────────────────────────────────────────────────────────────────


def cascade_of(random):
    """Province KPIs over agencies over posts, with all kinds of links, and what each leaf came to."""
    known, ties, values = {}, [], {}

    def new(agency, *, province=False, personal=False, made=True):
        pk = len(known) + 1
        known[pk] = Known(frozenset({agency}), province, personal, made)
        values[pk] = random.randint(1, 10**6)
        return pk

    tops = [new(random.choice(OTHERS), province=True, made=random.random() < 0.9) for _ in "123"]
    for _n in range(random.randint(1, 8)):
        kind = random.choice(["share", "share", "share", "same", "support"])
        child = new(random.choice((MINE, *OTHERS)))
        ties.append((random.choice(tops), child, kind))
        for _post in range(random.randint(0, 2)):
            below = random.random() < 0.3
            made = new(random.choice(OTHERS) if below else MINE, personal=not below)
            ties.append((child, made, "share"))
    return known, ties, values


def figures_of(known, ties, values):
    """Each KPI's sum: a made one's of its share children, one that takes another's the same."""

    def figure(pk):
        above = [parent for parent, child, kind in ties if child == pk and kind == "same"]
        parts = [child for parent, child, kind in ties if parent == pk and kind == "share"]
        if above:
            return figure(above[0])
        return sum(map(figure, parts)) if parts and known[pk].is_made else values[pk]

    return {pk: figure(pk) for pk in known}


def test_no_hidden_part_is_a_shown_total_less_the_shown_parts(seeds):
    for seed in seeds(300, 3000):
        known, ties, values = cascade_of(Random(seed))
        figures = figures_of(known, ties, values)
        granted = granted_with(known, ties, {MINE})
        withheld = withheld_from(known, ties, granted)
        shown = {
            pk
            for pk, each in known.items()
            if not each.is_personal and (pk in granted or (each.is_province and pk not in withheld))
        }
        for total in shown:
            parts = [
                child
                for parent, child, kind in ties
                if parent == total
                and kind == "share"
                and known[parent].is_made
                and not known[child].is_personal
            ]
            hidden = [pk for pk in parts if pk not in shown]
            rest = figures[total] - sum(figures[pk] for pk in parts if pk in shown)
            assert rest not in [figures[pk] for pk in hidden], seed
            # Not even what several hidden ones come to together.
            assert not hidden, seed
        # What is held back would tell something: somebody else's part is unread.
        for total in withheld:
            made_of = [child for parent, child, _kind in ties if parent == total]
            assert set(made_of) - shown, seed
        mine = {pk for pk, each in known.items() if MINE in each.agencies and not each.is_personal}
        assert mine <= shown, seed


def test_a_total_of_ones_own_parts_alone_is_read():
    known = {
        1: Known(frozenset({2}), is_province=True),
        2: Known(frozenset({MINE})),
        3: Known(frozenset({2}), is_province=True),
        4: Known(frozenset({2}), is_province=True, is_made=False),
        5: Known(frozenset({3})),
    }
    ties = [(1, 2, "share"), (4, 5, "share")]
    granted = granted_with(known, ties, {MINE})
    assert granted == {2}
    assert withheld_from(known, ties, granted) == frozenset()
    assert withheld_from(known, [*ties, (1, 5, "share")], granted) == {1}


# ── Where it shows ───────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def place(db):
    """The province's 7777 is 1234 of one agency and 6543 of another; only a reporter of one asks."""
    place = tree()
    place.issue = IssueFactory(code="3")
    KPI.objects.filter(pk=place.top.pk).update(issue=place.issue, edition=place.issue.edition)
    for kpi, value in ((place.people[0], 1234), (place.second, 6543)):
        sign(kpi, value)
    rollups.recompute(2570, at=NOON)
    place.quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    place.reporter = person(Role.REPORTER, place.own)
    return place


def score_of(**subject):
    return Score.objects.get(quarter__fiscal_year=2570, quarter__number=1, **subject)


def addresses(place):
    """Every address that holds the total, a score made of it, or something moved by it."""
    quarter = "quarter=2570-1"
    issue = score_of(issue=place.issue)
    return {
        "list": f"{reverse('kpi:kpi-list')}?{quarter}",
        "file": f"{reverse('kpi:kpi-list')}?{quarter}&download=csv",
        "page": f"{reverse('kpi:kpi-detail', args=['1'])}?{quarter}",
        "explanation": reverse("kpi:explain", args=["1", 2570, 1]),
        "issue": reverse("kpi:explain-score", args=["issues", issue.issue_id, 2570, 1]),
        "sight": f"{reverse('kpi:sight')}?{quarter}&kpi=1",
        "outline": f"{reverse('kpi:sight')}?{quarter}&view=outline",
        "scores": reverse("kpi:score-detail", args=[place.top.scorecard_id]),
        "trend": reverse("kpi:trend-csv", args=[place.top.scorecard_id]),
        "supposed": (
            f"{reverse('kpi:what-if')}?{quarter}&card={place.first.scorecard_id}&r{place.first.pk}=9"
        ),
        "province supposed": (
            f"{reverse('kpi:what-if')}?{quarter}&card={place.top.scorecard_id}&r{place.top.pk}=9"
        ),
        "api": reverse("kpi-list") + "?fiscal_year=2570",
        "api scorecards": reverse("scorecard-list") + "?fiscal_year=2570",
    }


def told(client, place, address):
    """What an answer tells of the others: the part, the total, its achievement and its scores."""
    answer = client.get(address)
    body = answer.content if not answer.streaming else b"".join(answer.streaming_content)
    text = body.decode().replace(",", "")
    figure = Figure.objects.get(kpi=place.top, quarter=place.quarter)
    secret = {"6543", "7777", f"{figure.achievement:.2f}"}
    return sorted(each for each in secret if each in text)


def test_another_agencys_figure_is_told_by_no_page_file_or_answer(client, place):
    client.force_login(place.reporter)
    for name, address in addresses(place).items():
        assert told(client, place, address) == [], name
    page = client.get(addresses(place)["page"]).content.decode()
    assert reverse("kpi:kpi-detail", args=["1-AA"]) in page
    assert reverse("kpi:kpi-detail", args=["1-BB"]) not in page
    assert WITHHELD in client.get(addresses(place)["explanation"]).content.decode()
    file = client.get(addresses(place)["file"])
    assert b"withheld" in b"".join(file.streaming_content)
    for name, status in (("issue", 404), ("province supposed", 404), ("sight", 200)):
        assert client.get(addresses(place)[name]).status_code == status, name
    kpis = client.get(addresses(place)["api"]).json()["results"]
    quarters = {kpi["code"]: [each["quarter"] for each in kpi["figures"]] for kpi in kpis}
    assert (1 in quarters["1"], 1 in quarters["1-AA"]) == (False, True)
    cards = client.get(addresses(place)["api scorecards"]).json()["results"]
    scored = {card["level"]: bool(card["scores"]) for card in cards}
    assert scored == {"province": False, "agency": True}


def hosts(place):
    KPI.objects.filter(pk=place.top.pk).update(agency=place.own)


def takes_all(place):
    kpi = kpi_of(place.own, code="1-AS")
    actions.link_kpis(links=[LinkInput(place.top, kpi, "same")], by=None, at=NOON)
    rollups.recompute(2570, at=NOON)


def is_published(place):
    set_state(place.quarter, "published")


def dead(client, *addresses):
    """Links of the pages to KPIs that are not there for the person."""
    links = {
        link.replace("&amp;", "&")
        for address in addresses
        for link in re.findall(r'href="(/kpis/[^"#]+)"', client.get(address).content.decode())
    }
    assert links
    return [link for link in links if client.get(link).status_code != 200]


def test_no_link_leads_to_another_agencys_running_kpi(client, place):
    hosts(place)
    client.force_login(place.reporter)
    running = addresses(place)
    assert not dead(client, running["page"], running["explanation"], running["outline"])
    # In a published quarter it is there, and every link stays in that quarter.
    later = quarter_of(2570, 2)
    is_published(place)
    published = reverse("kpi:explain", args=["1-BB", 2570, 1])
    assert later.state == "open"
    assert not dead(client, running["page"], published, running["outline"])


@pytest.mark.parametrize("reason", [hosts, takes_all, is_published])
def test_whoever_answers_for_the_total_reads_it_with_its_parts(client, place, reason):
    reason(place)
    client.force_login(place.reporter)
    page = client.get(addresses(place)["explanation"]).content.decode().replace(",", "")
    assert "7777" in page
    assert "6543" in page
    assert WITHHELD not in page


def test_the_provinces_offices_read_all_of_it(client, place):
    client.force_login(place.office)
    for name in ("list", "page", "explanation", "sight", "api"):
        assert "7777" in told(client, place, addresses(place)[name]), name
    assert client.get(addresses(place)["issue"]).status_code == 200


def test_a_closed_quarter_is_held_back_by_what_made_it_then(client, place):
    set_state(place.quarter, "closed")
    keep_what_is_in_force(place.quarter)
    Link.objects.filter(child=place.second).delete()
    client.force_login(place.reporter)
    assert told(client, place, addresses(place)["explanation"]) == []
