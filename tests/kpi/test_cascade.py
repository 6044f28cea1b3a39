"""The cascade editor: splitting, live checks, acceptance, links that are refused, and who sees what."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from audit.models import Event
from kpi import actions
from kpi.actions.definitions import LinkInput
from kpi.models import KPI, AcceptedDifference, Link, Scorecard, Target
from kpi.rules import cascades
from kpi.scoring.targets import Target as Planned
from kpi.scoring.words import Direction, IndicatorRules, OverTime, OverUnits
from kpi.scoring.years import split, target_of_round, year_of
from sakhon_portal.verification import open_findings
from submissions.models import PeriodState, Quarter
from submissions.rules import standing_of
from tests.factories import (
    NOON,
    TODAY,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    UserFactory,
    person,
)
from tests.kpi.factories import COUNT, RATIO, kpi_of

D = Decimal
WEIGHTS = st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=9).filter(any)


# ---------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("total", "weights", "decimals", "parts"),
    [
        ("10", ["1", "1", "1"], 0, ["4", "3", "3"]),
        ("10", ["50", "30", "20"], 0, ["5", "3", "2"]),
        ("100", ["1", "2", "0"], 2, ["33.33", "66.67", "0"]),
        ("7", ["0", "1"], 0, ["0", "7"]),
        ("-10", ["1", "1", "1"], 0, ["-3", "-3", "-4"]),
        ("10.5", ["1", "1"], 0, ["5.5", "5"]),
        ("0", ["1", "3"], 1, ["0", "0"]),
    ],
)
def test_a_total_is_split_in_whole_units(total, weights, decimals, parts):
    assert split(D(total), [D(each) for each in weights], decimals) == [D(each) for each in parts]


@given(st.decimals(-10_000, 10_000, places=4), WEIGHTS, st.integers(0, 4))
def test_parts_always_add_up_to_the_last_digit(total, weights, decimals):
    parts = split(total, weights, decimals)
    assert sum(parts) == total
    whole = sum(weights)
    unit = D(1).scaleb(-decimals)
    assert all(
        abs(part - total * weight / whole) < 2 * unit
        for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize("weights", [[], ["0", "0"], ["2", "-1"]])
def test_there_must_be_something_to_split_by(weights):
    with pytest.raises(ValueError, match="weights"):
        split(D(1), [D(each) for each in weights], 0)


def rules_of(over_time):
    return IndicatorRules(over_units=OverUnits.SUM, over_time=over_time, direction=Direction.HIGHER)


@pytest.mark.parametrize(
    ("over_time", "year", "first", "second"),
    [(OverTime.FLOW, "10", "3", "7"), (OverTime.STOCK, "4", "2", "4")],
)
def test_years_and_rounds_follow_from_quarters(over_time, year, first, second):
    quarters = [Planned(D(each)) for each in ("1", "2", "3", "4")]
    rules = rules_of(over_time)
    assert year_of(rules, quarters).value == D(year)
    assert target_of_round(rules, quarters, 1).value == D(first)
    assert target_of_round(rules, quarters, 2).value == D(second)
    assert not year_of(rules, [Planned()] * 4).is_set


# ---------------------------------------------------------------- pages


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def tree(rules=COUNT, top=("40", "40", "40", "40")):
    """A province KPI that two agencies share; the first hands it on to an officer and a vacant post."""
    own, other = AgencyFactory(code="AA"), AgencyFactory(code="BB")
    above = PostFactory(agency=own, title_th="หัวหน้าฝ่าย")
    posts = PostFactory.create_batch(2, agency=own, supervising_post=above)
    place = SimpleNamespace(
        own=own,
        other=other,
        office=person(Role.STRATEGIST),
        head=person(Role.APPROVER, own),
        boss=HoldingFactory(post=above, user=person(Role.REPORTER, own)).user,
        officer=HoldingFactory(post=posts[0], user=person(Role.REPORTER, own)).user,
        top=kpi_of(code="1", rules=rules, level="province", targets=top),
        first=kpi_of(own, code="1-AA", rules=rules, targets=("30", "30", "30", "30")),
        second=kpi_of(other, code="1-BB", rules=rules),
        posts=posts,
    )
    place.people = [
        kpi_of(own, code=f"1-P{n}", rules=rules, level="post", post=post)
        for n, post in enumerate(posts)
    ]
    actions.link_kpis(
        links=[
            LinkInput(place.top, place.first, "share"),
            LinkInput(place.top, place.second, "share"),
            *(LinkInput(place.first, each, "share") for each in place.people),
        ],
        by=None,
        at=NOON,
    )
    return place


@pytest.fixture
def place(db):
    return tree()


def address(place, name="cascade"):
    return f"{reverse(f'kpi:{name}', args=[place.top.code])}?year=2570"


def form(place, parent, *children, do="save", **changed):
    """What the page would send of some children, with some of it changed."""
    typed = {"parent": parent.pk, "do": do, "method": "equal"}
    for child in children:
        card = Scorecard.objects.get(pk=child.scorecard_id)
        typed[f"seen-{card.pk}"] = card.version
        typed[f"kind-{child.pk}"] = "share"
        for target in child.targets.all():
            typed[f"value_{target.quarter}-{child.pk}"] = str(target.value)
    return typed | changed


def values(kpi):
    return [target.value for target in Target.objects.filter(kpi=kpi).order_by("quarter")]


def loaded(place, user):
    kpi = KPI.objects.with_rules().get(pk=place.top.pk)
    return cascades.cascade_of(kpi, standing_of(user, TODAY), TODAY)


def test_both_steps_are_checked_and_an_open_difference_is_said(client, place):
    client.force_login(place.office)
    page = client.get(address(place))
    assert page.status_code == 200
    assert page.context["top"].is_settled
    [below] = page.context["below"]
    assert not below.is_settled
    # Two posts are not the office's to read: it hears that they do not add up, not by how much.
    assert "จาก 2 ตำแหน่ง" in page.content.decode()
    assert "−10" not in page.content.decode()
    overview = client.get(reverse("kpi:cascade-list"), {"year": 2570}).context["lines"]
    assert [(line["top_settled"], line["open_below"]) for line in overview] == [(True, 1)]


def test_the_line_reads_the_posts_and_a_vacant_one_says_who_owes(client, place):
    client.force_login(place.boss)
    page = client.get(address(place))
    [below] = page.context["below"]
    assert below.lines[0]["difference"] == "−10"
    text = page.content.decode()
    assert "ตำแหน่งว่าง" in text
    assert "งานที่ต้องส่งอยู่กับหัวหน้าฝ่าย" in text
    assert place.officer.full_name_th in text
    assert Event.objects.filter(verb="kpi.cascade.viewed").count() == 1


@pytest.mark.parametrize("who", ["office", "head", "officer"])
def test_posts_outside_the_line_are_only_counted(client, place, who):
    client.force_login(getattr(place, who))
    text = client.get(address(place)).content.decode()
    assert place.posts[1].title_th not in text
    assert "1-P1" not in text


def test_another_agencys_row_is_only_counted_for_an_agency(client, place):
    client.force_login(place.head)
    text = client.get(address(place)).content.decode()
    assert "1-BB" not in text
    assert "และหน่วยงานอื่นอีก 1 แห่ง" in text


@pytest.mark.parametrize(
    ("method", "shares", "filled"),
    [
        ("equal", {}, ["20", "20"]),
        ("percent", {"first": "๗๕", "second": "25"}, ["30", "10"]),
        ("amount", {"first": "120", "second": "40"}, ["30", "10"]),
        ("percent", {"first": "33.4", "second": "66.6"}, ["13", "27"]),
    ],
)
def test_parts_are_filled_in_and_nothing_is_saved(client, place, method, shares, filled):
    client.force_login(place.office)
    typed = {f"share-{getattr(place, name).pk}": text for name, text in shares.items()}
    page = client.post(
        address(place),
        form(place, place.top, place.first, place.second, do="fill", method=method, **typed),
    )
    assert page.status_code == 200
    rows = page.context["top"].rows
    assert [[cell.text for cell in row.quarters[0]] for row in rows] == [[text] for text in filled]
    assert page.context["top"].is_settled
    assert values(place.first) == [D(30)] * 4


def test_last_years_share_divides_this_years_target(client, place):
    for code, agency, amount in (("1-AA", place.own, "3"), ("1-BB", place.other, "1")):
        kpi_of(agency, code=code, year=2569, targets=(amount,) * 4)
    client.force_login(place.office)
    page = client.post(
        address(place),
        form(place, place.top, place.first, place.second, do="fill", method="last"),
    )
    assert [row.quarters[0][0].text for row in page.context["top"].rows] == ["30", "10"]


@pytest.mark.parametrize(
    ("method", "shares", "sentence"),
    [
        ("percent", ["50", "40"], "ส่วนแบ่งรวม 90 ต้องเป็น 100"),
        ("percent", ["100", ""], "ใส่ส่วนแบ่งของทุกผู้รับ"),
        ("amount", ["0", "0"], "ส่วนแบ่งรวมเป็น 0"),
        ("last", ["", ""], "ปีก่อนไม่มีผลหรือเป้าหมาย"),
    ],
)
def test_what_cannot_be_divided_is_said(client, place, method, shares, sentence):
    client.force_login(place.office)
    typed = {
        f"share-{child.pk}": text
        for child, text in zip((place.first, place.second), shares, strict=True)
    }
    page = client.post(
        address(place),
        form(place, place.top, place.first, place.second, do="fill", method=method, **typed),
    )
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_ratio_is_never_divided(client, db):
    place = tree(RATIO, ("80", "80", "80", "80"))
    client.force_login(place.office)
    typed = form(place, place.top, place.first, place.second, do="fill", method="percent")
    page = client.post(address(place), typed)
    assert "ไม่ได้นำมาบวกกัน" in page.content.decode()
    page = client.post(address(place), typed | {"method": "equal"})
    assert [row.quarters[3][0].text for row in page.context["top"].rows] == ["80.00", "80.00"]


def test_targets_are_saved_whole_and_the_year_follows(client, place):
    client.force_login(place.office)
    typed = form(
        place,
        place.top,
        place.first,
        place.second,
        **{f"value_1-{place.first.pk}": "๒๕", f"value_1-{place.second.pk}": "15"},
    )
    assert client.post(address(place), typed).status_code == 302
    assert values(place.first) == [D(25), D(30), D(30), D(30)]
    assert KPI.objects.get(pk=place.first.pk).year_target == D(115)
    # The page that was open before is stale now.
    typed[f"value_2-{place.first.pk}"] = "1"
    assert client.post(address(place), typed).status_code == 409
    assert values(place.first)[1] == D(30)


def test_a_signed_or_closed_row_refuses_all_and_keeps_what_was_typed(client, place):
    Quarter.objects.filter(fiscal_year=2570, number=1).update(
        state=PeriodState.CLOSED, closed_at=NOON, closed_by=UserFactory()
    )
    client.force_login(place.office)
    page = client.post(
        address(place),
        form(
            place,
            place.top,
            place.first,
            place.second,
            **{f"value_1-{place.first.pk}": "25", f"value_2-{place.second.pk}": "11"},
        ),
    )
    assert page.status_code == 409
    assert "ไตรมาส 1 ปิดแล้ว" in page.content.decode()
    assert 'value="11"' in page.content.decode()
    assert values(place.second)[1] == D(10)


def test_a_word_for_a_figure_is_an_error_at_its_cell(client, place):
    client.force_login(place.office)
    name = f"value_1-{place.first.pk}"
    page = client.post(address(place), form(place, place.top, place.first, **{name: "มาก"}))
    assert page.status_code == 422
    assert f'href="#{name}"' in page.content.decode()


def test_the_supervisor_hands_targets_on_to_posts(client, place):
    client.force_login(place.boss)
    changed = {f"value_{n}-{each.pk}": "15" for each in place.people for n in (1, 2, 3, 4)}
    typed = form(place, place.first, *place.people, **changed)
    assert client.post(address(place), typed).status_code == 302
    assert loaded(place, place.boss).below[place.first.pk].is_settled


# ---------------------------------------------------------------- differences


def accept(client, place, parent, quarter, reason):
    return client.post(
        address(place, "cascade-accept"),
        {"parent": parent.pk, "quarter": quarter, "reason": reason},
    )


def test_a_difference_is_accepted_by_name_until_it_changes(client, place):
    Target.objects.filter(kpi=place.second, quarter=2).update(value=D(9))
    client.force_login(place.office)
    assert accept(client, place, place.top, 2, " ").status_code == 409
    assert accept(client, place, place.top, 1, "ลงตัวแล้ว").status_code == 409
    assert accept(client, place, place.top, 2, "ปัดเศษ").status_code == 302
    assert AcceptedDifference.objects.get().difference == D(-1)
    assert loaded(place, place.office).top.is_settled
    Target.objects.filter(kpi=place.second, quarter=2).update(value=D(8))
    assert not loaded(place, place.office).top.is_settled


@pytest.mark.parametrize(
    ("who", "status"), [("head", 302), ("boss", 409), ("officer", 409), ("office", 409)]
)
def test_the_agencys_head_accepts_what_its_posts_leave_open(client, place, who, status):
    client.force_login(getattr(place, who))
    assert accept(client, place, place.first, 1, "รับส่วนที่เหลือเอง").status_code == status


# ---------------------------------------------------------------- links


def add(client, place, parent, child, kind="share"):
    return client.post(
        address(place, "cascade-add"),
        {"parent": parent.pk, "whom": f"kpi-{child.pk}", "kind": kind, "weight": "10"},
    )


def test_circles_second_share_parents_and_impossible_pairs_are_refused(client, place):
    client.force_login(place.office)
    ratio = kpi_of(place.other, code="R", rules=RATIO)
    second = kpi_of(code="2", level="province")
    actions.link_kpis(links=[LinkInput(place.first, second, "support")], by=None, at=NOON)
    for child, kind, sentence in (
        (ratio, "share", "ต้องเป็นอัตราส่วนเหมือนกัน"),
        (place.first, "support", "เชื่อมกันอยู่แล้ว"),
    ):
        answer = add(client, place, place.top, child, kind)
        assert (answer.status_code, sentence in answer.content.decode()) == (409, True)
    place.top = second
    answer = add(client, place, second, place.first)
    assert "วนเป็นวง" in answer.content.decode()
    Link.objects.filter(child=second).delete()
    answer = add(client, place, second, place.first)
    assert "แบ่งจากสองที่ไม่ได้" in answer.content.decode()
    assert add(client, place, second, place.first, "support").status_code == 302


def test_an_agency_takes_the_indicator_on_and_gives_it_back(client, place):
    agency = AgencyFactory(code="CC")
    card = actions.make_scorecard(
        fiscal_year=place.top.fiscal_year, level="agency", agency=agency, by=None, at=NOON
    )
    client.force_login(place.office)
    typed = {"parent": place.top.pk, "whom": f"card-{card.pk}", "kind": "share", "weight": ""}
    assert client.post(address(place, "cascade-add"), typed).status_code == 409
    assert client.post(address(place, "cascade-add"), typed | {"weight": "๑๐"}).status_code == 302
    child = KPI.objects.get(code="1-CC")
    assert (child.weight, child.indicator_id, child.links_up.get().parent_id) == (
        D(10),
        place.top.indicator_id,
        place.top.pk,
    )
    gone = {"parent": place.top.pk, "child": child.pk}
    assert client.post(address(place, "cascade-remove"), gone).status_code == 302
    assert not child.links_up.exists()
    assert client.post(address(place, "cascade-remove"), gone).status_code == 404
    assert Event.objects.filter(verb="kpi.link.removed").exists()


def test_the_kind_of_a_link_changes_with_the_rest(client, place):
    client.force_login(place.office)
    typed = form(place, place.top, place.first, place.second)
    assert (
        client.post(address(place), typed | {f"kind-{place.second.pk}": "same"}).status_code == 302
    )
    assert Link.objects.get(child=place.second).kind == "same"
    typed = form(place, place.top, place.first)
    answer = client.post(address(place), typed | {f"kind-{place.first.pk}": "same"})
    assert answer.status_code == 409
    assert Link.objects.get(child=place.first).kind == "share"


def test_verify_lists_what_is_open_and_not_what_was_accepted(client, place):
    Target.objects.filter(kpi=place.second, quarter=2).update(value=D(9))
    assert any("KPI 1 quarter 2" in line for line in open_findings(NOON))
    client.force_login(place.office)
    accept(client, place, place.top, 2, "ปัดเศษ")
    assert not any("KPI 1 quarter" in line for line in open_findings(NOON))
    Target.objects.filter(kpi=place.second, quarter=2).update(value=D(8))
    assert any("KPI 1 quarter 2" in line for line in open_findings(NOON))
