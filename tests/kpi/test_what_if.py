"""Supposing moves what stands above, as the stored run would, and stores nothing."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from kpi import actions, rollups
from kpi.actions.definitions import LinkInput
from kpi.models import KPI, Figure, Result, Score, Scorecard, Target
from kpi.rollups.supposing import Supposed, suppose
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, HoldingFactory, PostFactory, UserFactory, person
from tests.kpi.factories import RATIO, kpi_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def cascade():
    """A province KPI that two agencies share, and a second one on the first agency's scorecard."""
    top = kpi_of(level=Scorecard.Level.PROVINCE, targets=("20", "20", "20", "20"))
    one, two = AgencyFactory(), AgencyFactory()
    first, second = kpi_of(one, code="1.1-A"), kpi_of(two, code="1.1-B")
    beside = kpi_of(one, code="1.2-A")
    KPI.objects.filter(pk__in=[first.pk, beside.pk]).update(weight=D(50))
    actions.link_kpis(
        links=[LinkInput(top, first, "share"), LinkInput(top, second, "share")], by=None, at=NOON
    )
    for kpi, value in ((first, 8), (second, 10), (beside, 6)):
        sign(kpi, value)
    rollups.recompute(2570, at=NOON)
    return {"top": top, "first": first, "second": second, "beside": beside, "agency": one}


def sign(kpi, value=None, **parts):
    user, _made = type(UserFactory()).objects.get_or_create(username="signer")
    Result.objects.update_or_create(
        kpi=kpi,
        quarter=quarter(),
        defaults={
            "status": "approved",
            "value": value,
            **parts,
            "submitted_at": NOON,
            "submitted_by": user,
            "approved_at": NOON,
            "approved_by": user,
        },
    )


def quarter():
    return Quarter.objects.get(fiscal_year=2570, number=1)


def stored():
    """Everything that a supposition could touch."""
    return (
        list(
            Figure.objects.order_by("pk").values_list("pk", "ytd_value", "score", "inputs_version")
        ),
        list(Score.objects.order_by("pk").values_list("pk", "percent")),
        list(Target.objects.order_by("pk").values_list("pk", "value")),
        list(KPI.objects.order_by("pk").values_list("pk", "weight")),
        Result.objects.count(),
    )


CHANGES = {
    "a result": {"first": Supposed(result=D(10))},
    "a target": {"first": Supposed(target=D(8))},
    "a weight": {"first": Supposed(weight=D(80))},
    "all three of two": {
        "first": Supposed(D(80), D(9), D(9)),
        "beside": Supposed(D(20), None, D(10)),
    },
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_supposed_is_what_the_run_would_store(cascade, name):
    changes = {cascade[key].pk: supposed for key, supposed in CHANGES[name].items()}
    before = stored()
    found = suppose(quarter(), changes, at=NOON)
    assert stored() == before
    for pk, supposed in changes.items():
        kpi = KPI.objects.get(pk=pk)
        if supposed.weight is not None:
            KPI.objects.filter(pk=pk).update(weight=supposed.weight)
        if supposed.target is not None:
            Target.objects.filter(kpi=pk, quarter=1).update(value=supposed.target)
        if supposed.result is not None:
            sign(kpi, supposed.result)
    rollups.recompute(2570, at=NOON)
    for pk, moved in found.kpis.items():
        figure = Figure.objects.get(kpi=pk, quarter=quarter())
        then = (moved.then.ytd_value, moved.then.achievement, moved.then.score)
        assert then == tuple(
            None if value is None else int(value * 10_000)
            for value in (figure.ytd_value, figure.achievement, figure.score)
        )
    assert cascade["top"].pk in found.kpis
    for pk, (_now, then) in found.scorecards.items():
        assert then.percent == Score.objects.get(scorecard=pk, quarter=quarter()).percent
    assert len(found.scorecards) == 2


def test_a_parents_result_may_be_supposed_past_its_children(cascade):
    found = suppose(quarter(), {cascade["top"].pk: Supposed(result=D(20))}, at=NOON)
    moved = found.kpis[cascade["top"].pk]
    assert (moved.now.ytd_value, moved.then.ytd_value) == (180_000, 200_000)
    assert moved.then.score == 50_000


def test_a_ratio_is_supposed_in_percent_and_keeps_its_denominator():
    kpi = kpi_of(rules=RATIO, targets=("80", "80", "80", "80"))
    sign(kpi, numerator=D(30), denominator=D(60))
    rollups.recompute(2570, at=NOON)
    moved = suppose(quarter(), {kpi.pk: Supposed(result=D(80))}, at=NOON).kpis[kpi.pk]
    assert (moved.then.ytd_numerator, moved.then.ytd_denominator) == (480_000, 600_000)
    assert moved.then.achievement == 1_000_000


def address(kpi, **fields):
    sent = {f"{mark}{pk}": value for (mark, pk), value in fields.pop("fields", {}).items()}
    return reverse("kpi:what-if"), {"quarter": "2570-1", "card": kpi.scorecard_id, **sent, **fields}


def test_the_page_shows_both_and_its_address_is_all_of_it(client, cascade):
    client.force_login(person(Role.STRATEGIST))
    first = cascade["first"]
    url, sent = address(first, fields={("r", first.pk): "๑๐", ("w", first.pk): ""})
    answer = client.get(url, sent)
    assert answer.status_code == 302
    assert f"w{first.pk}" not in answer["Location"]
    before = stored()
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert stored() == before
    text = page.content.decode()
    now = Score.objects.get(scorecard=first.scorecard_id, quarter=quarter()).percent
    assert f"{now:.4f}" in text
    assert page.context["pairs"][0].then.percent == D(60)
    assert page.context["pairs"][0].change == D(60) - now
    assert 'value="๑๐"' in text


@pytest.mark.parametrize(
    ("mark", "typed", "said"),
    [
        ("r", "มาก", "อ่าน"),
        ("w", "0", "น้ำหนักต้องมากกว่า 0"),
        ("w", "101", "ไม่เกิน 100"),
        ("t", "9" * 16, "ใหญ่เกิน"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(client, cascade, mark, typed, said):
    client.force_login(person(Role.STRATEGIST))
    first = cascade["first"]
    answer = client.get(*address(first, fields={(mark, first.pk): typed}))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="{mark}{first.pk}-error"' in text
    assert said in text
    assert typed in text


def test_weights_that_do_not_sum_are_said_and_still_counted(client, cascade):
    client.force_login(person(Role.STRATEGIST))
    first = cascade["first"]
    text = client.get(*address(first, fields={("w", first.pk): "80"})).content.decode()
    assert "น้ำหนักรวม 130.00" in text
    assert "น้ำหนักรวมไม่เท่ากับ 100" in text


def test_another_agencys_scorecard_and_anothers_own_are_not_to_be_supposed(client, cascade):
    client.force_login(person(Role.REPORTER, cascade["agency"]))
    assert client.get(*address(cascade["first"])).status_code == 200
    assert client.get(*address(cascade["second"])).status_code == 404
    post = PostFactory(agency=cascade["agency"])
    personal = kpi_of(cascade["agency"], code="9.9", level=Scorecard.Level.POST, post=post)
    assert client.get(*address(personal)).status_code == 404
    client.force_login(person(Role.STRATEGIST))
    assert client.get(*address(personal)).status_code == 404
    assert not Event.objects.filter(verb="kpi.scorecard.viewed").exists()
    holder = person(Role.REPORTER, cascade["agency"])
    HoldingFactory(post=post, user=holder)
    client.force_login(holder)
    assert client.get(*address(personal)).status_code == 200
    assert Event.objects.filter(verb="kpi.scorecard.viewed").count() == 1


@pytest.mark.parametrize("query", ["?quarter=2599-1", "?quarter=2570-1&card=x", "?card=99999999"])
def test_an_address_of_nothing_is_not_found(client, cascade, query):
    client.force_login(person(Role.STRATEGIST))
    assert client.get(reverse("kpi:what-if") + query).status_code == 404
