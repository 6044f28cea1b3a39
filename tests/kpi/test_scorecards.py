"""Scorecards as agreements: who may change and sign them, copying, and amendments with old and new."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from kpi import actions
from kpi.actions.definitions import IndicatorInput, KPIInput, LinkInput, TargetInput
from kpi.actions.scorecards import input_of
from kpi.dues import agreements_due_for
from kpi.models import KPI, Amendment, Result, Scorecard, Target
from kpi.rules import agreements as rules
from kpi.rules.agreements import Side
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
    quarter_of,
)
from tests.kpi.factories import COUNT, kpi_of

pytestmark = pytest.mark.django_db
EVIDENCE = {"expected_evidence_th": "รายงานสรุป"}
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def place():
    """An agency with a head, an officer below a supervisor, and a complete scorecard for each level."""
    agency = AgencyFactory(code="W1")
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    found = SimpleNamespace(
        agency=agency,
        head=person(Role.APPROVER, agency),
        governor=person(Role.GOVERNOR),
        office=person(Role.STRATEGIST),
        officer=HoldingFactory(post=post, user=person(Role.REPORTER, agency)).user,
        boss=HoldingFactory(post=above, user=person(Role.REPORTER, agency)).user,
        post=post,
    )
    found.kpi = kpi_of(agency, code="1.1", **EVIDENCE)
    found.card = Scorecard.objects.get(level="agency")
    found.personal = kpi_of(agency, code="1.1-P", level="post", post=post, **EVIDENCE)
    found.own = Scorecard.objects.get(level="post")
    return found


def standing(user):
    return standing_of(user, TODAY)


def sign(card, side, by, seen=None):
    card.refresh_from_db()
    return actions.sign_scorecard(
        scorecard=card, side=side, seen=seen or card.version, by=by, at=NOON
    )


def sign_both(place):
    sign(place.card, Side.OWNER, place.head)
    return sign(place.card, Side.SUPERVISOR, place.governor)


def line(kpi, **changed):
    given = input_of(kpi, list(Target.objects.filter(kpi=kpi)))
    return replace(given, **changed)


@pytest.mark.parametrize(
    ("who", "card", "sides"),
    [
        ("head", "card", {Side.OWNER}),
        ("governor", "card", {Side.SUPERVISOR}),
        ("office", "card", set()),
        ("officer", "card", set()),
        ("officer", "own", {Side.OWNER}),
        ("boss", "own", {Side.SUPERVISOR}),
        ("head", "own", set()),
        ("governor", "own", set()),
    ],
)
def test_each_side_is_who_answers_and_who_agrees(place, who, card, sides):
    assert rules.sides_of(getattr(place, card), standing(getattr(place, who))) == sides


def test_the_province_is_signed_by_the_office_and_the_governor(place):
    kpi_of(place.agency, code="P", level="province")
    card = Scorecard.objects.get(level="province")
    assert rules.sides_of(card, standing(place.office)) == {Side.OWNER}
    assert rules.sides_of(card, standing(place.governor)) == {Side.SUPERVISOR}


def test_both_sides_sign_what_they_saw(place):
    sign(place.card, Side.OWNER, place.head)
    assert place.card.state == Scorecard.State.DRAFT
    with pytest.raises(Refused, match="ฝ่ายนี้ลงนามแล้ว"):
        sign(place.card, Side.OWNER, place.head)
    sign(place.card, Side.SUPERVISOR, place.governor)
    assert place.card.state == Scorecard.State.SIGNED
    assert Event.objects.filter(verb="kpi.scorecard.signed").count() == 2


def test_nobody_signs_another_version_than_was_seen(place):
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        sign(place.card, Side.OWNER, place.head, seen=place.card.version + 7)


@pytest.mark.parametrize("who", ["officer", "office", "governor"])
def test_only_the_head_signs_for_the_agency(place, who):
    with pytest.raises(Refused, match="ลงนามได้เฉพาะหัวหน้าส่วนราชการ"):
        sign(place.card, Side.OWNER, getattr(place, who))


def test_one_person_never_signs_both_sides(place):
    both = person(Role.GOVERNOR, place.agency)
    both.memberships.create(agency=place.agency, role=Role.APPROVER, from_date=TODAY)
    sign(place.card, Side.OWNER, both)
    with pytest.raises(Refused, match="คนเดียวลงนามทั้งสองฝ่ายไม่ได้"):
        sign(place.card, Side.SUPERVISOR, both)


@pytest.mark.parametrize(
    ("breaks", "sentence"),
    [
        (lambda kpi: KPI.objects.filter(pk=kpi.pk).update(weight=D(90)), "น้ำหนักรวม 90"),
        (lambda kpi: Target.objects.filter(kpi=kpi, quarter=4).delete(), "ยังไม่มีเป้าหมายสิ้นปี"),
        (
            lambda kpi: KPI.objects.filter(pk=kpi.pk).update(expected_evidence_th=""),
            "ยังไม่ระบุหลักฐาน",
        ),
    ],
)
def test_what_is_incomplete_is_not_signed(client, place, breaks, sentence):
    breaks(place.kpi)
    client.force_login(place.head)
    answer = client.post(
        reverse("kpi:scorecard-sign", args=[place.card.pk]),
        {"side": "owner", "version": place.card.version},
    )
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    place.card.refresh_from_db()
    assert place.card.owner_signed_by is None


def test_an_empty_scorecard_is_not_signed(place):
    empty = actions.make_scorecard(
        fiscal_year=place.card.fiscal_year,
        level="agency",
        agency=AgencyFactory(),
        by=place.office,
        at=NOON,
    )
    assert rules.missing_of(rules.standings_of(empty)) == ["ยังไม่มีตัวชี้วัดในใบคะแนนนี้"]


def test_a_signature_is_taken_back_before_the_other_side_signs(place):
    sign(place.card, Side.OWNER, place.head)
    with pytest.raises(Refused, match="ถอนการลงนามก่อน"):
        actions.put_kpis(scorecard=place.card, kpis=[line(place.kpi)], by=place.head, at=NOON)
    with pytest.raises(Refused, match="เฉพาะสองฝ่าย"):
        actions.withdraw_signatures(scorecard=place.card, by=place.officer, at=NOON)
    actions.withdraw_signatures(scorecard=place.card, by=place.head, at=NOON)
    actions.put_kpis(scorecard=place.card, kpis=[line(place.kpi)], by=place.head, at=NOON)
    sign_both(place)
    with pytest.raises(Refused, match="ลงนามครบ"):
        actions.withdraw_signatures(scorecard=place.card, by=place.head, at=NOON)


@pytest.mark.parametrize(
    ("who", "card", "may"),
    [
        ("office", "card", True),
        ("head", "card", True),
        ("officer", "card", False),
        ("governor", "card", False),
        ("officer", "own", True),
        ("boss", "own", True),
        ("head", "own", False),
        ("office", "own", False),
    ],
)
def test_who_changes_a_scorecard(place, who, card, may):
    reason = rules.why_not_change(getattr(place, card), standing(getattr(place, who)))
    assert (reason is None) is may


def test_a_stale_page_changes_nothing(place):
    seen = place.card.version
    actions.put_kpis(
        scorecard=place.card, kpis=[line(place.kpi, weight=D(90))], by=place.head, at=NOON
    )
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        actions.put_kpis(
            scorecard=place.card,
            kpis=[line(place.kpi, weight=D(80))],
            by=place.head,
            at=NOON,
            seen=seen,
        )
    assert KPI.objects.get(pk=place.kpi.pk).weight == D(90)


def test_a_code_is_not_taken_from_another_scorecard(place):
    other = kpi_of(AgencyFactory(), code="2.1", **EVIDENCE)
    with pytest.raises(EntriesRefused, match="ใบคะแนนอื่น"):
        actions.put_kpis(scorecard=place.card, kpis=[line(other)], by=place.head, at=NOON)
    assert KPI.objects.get(pk=other.pk).scorecard_id == other.scorecard_id


def close(*numbers):
    Quarter.objects.filter(fiscal_year=2570, number__in=numbers).update(
        state=PeriodState.CLOSED, closed_at=NOON, closed_by=UserFactory()
    )


def test_targets_of_a_closed_quarter_stay_and_later_ones_may_change(place):
    close(1)
    targets = dict(line(place.kpi).targets) | {2: TargetInput(D(12))}
    actions.put_kpis(
        scorecard=place.card,
        kpis=[line(place.kpi, targets=targets, year_target=D(42))],
        by=place.head,
        at=NOON,
    )
    with pytest.raises(EntriesRefused, match="ไตรมาส 1 ปิดแล้ว"):
        actions.put_kpis(
            scorecard=place.card,
            kpis=[line(place.kpi, targets=targets | {1: TargetInput(D(11))}, year_target=D(43))],
            by=place.head,
            at=NOON,
        )
    close(2, 3, 4)
    with pytest.raises(Refused, match="ปิดครบทุกไตรมาส"):
        actions.put_kpis(scorecard=place.card, kpis=[line(place.kpi)], by=place.head, at=NOON)


# ---------------------------------------------------------------- copying


def test_last_year_is_copied_with_targets_curve_and_links_and_changes_are_marked(client, place):
    top = kpi_of(place.agency, code="T", level="province", year=2571)
    [indicator] = actions.define_indicators(
        indicators=[IndicatorInput("I-2", "อื่น", COUNT)], by=None, at=NOON
    )
    old_top = kpi_of(place.agency, code="T", level="province")
    actions.link_kpis(links=[LinkInput(old_top, place.kpi, "share")], by=None, at=NOON)
    card = actions.make_scorecard(
        fiscal_year=top.fiscal_year, level="agency", agency=place.agency, by=place.head, at=NOON
    )
    [copy] = actions.copy_scorecard(scorecard=card, by=place.head, at=NOON)
    assert (copy.copied_from_id, copy.fiscal_year_id, copy.curve.fiscal_year_id) == (
        place.kpi.pk,
        2571,
        2571,
    )
    assert [t.value for t in Target.objects.filter(kpi=copy).order_by("quarter")] == [D(10)] * 4
    assert copy.links_up.get().parent == top
    with pytest.raises(Refused, match="ครบแล้ว"):
        actions.copy_scorecard(scorecard=card, by=place.head, at=NOON)

    card.refresh_from_db()
    targets = dict(line(copy).targets) | {4: TargetInput(D(30))}
    actions.put_kpis(
        scorecard=card,
        kpis=[line(copy, weight=D(60), targets=targets, year_target=D(60))],
        by=place.head,
        at=NOON,
    )
    actions.put_kpis(
        scorecard=card,
        kpis=[KPIInput("new", indicator, copy.curve, D(40))],
        by=place.head,
        at=NOON,
    )
    client.force_login(place.head)
    page = client.get(reverse("kpi:scorecard", args=[card.pk])).content.decode()
    assert "เดิม 100.00" in page
    assert "เดิม 40" in page


def test_there_may_be_nothing_to_copy(place):
    with pytest.raises(Refused, match="ไม่มีใบคะแนนของปีก่อน"):
        actions.copy_scorecard(scorecard=place.card, by=place.head, at=NOON)


def test_a_kpi_goes_from_a_draft_but_not_with_results_or_children(place):
    drop = {"kpi": place.kpi, "seen": place.card.version, "by": place.head, "at": NOON}
    actions.link_kpis(links=[LinkInput(place.kpi, place.personal, "share")], by=None, at=NOON)
    with pytest.raises(Refused, match="ถ่ายทอดให้ผู้อื่น"):
        actions.drop_kpi(**drop)
    actions.unlink_kpis(links=list(place.kpi.links_down.all()), by=place.boss, at=NOON)
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    result = Result.objects.create(kpi=place.kpi, quarter=quarter, value=D(1))
    with pytest.raises(Refused, match="มีผลที่รายงานแล้ว"):
        actions.drop_kpi(**drop)
    result.delete()
    actions.drop_kpi(**drop)
    assert not KPI.objects.filter(code="1.1").exists()
    assert Event.objects.filter(verb="kpi.kpi.dropped").exists()


# ---------------------------------------------------------------- amendments


@pytest.fixture
def signed(place):
    sign_both(place)
    return place


def propose(place, by, reason="งบประมาณถูกปรับลด", **changed):
    place.card.refresh_from_db()
    kpi = KPI.objects.with_rules().get(pk=place.kpi.pk)
    return actions.propose_amendment(
        scorecard=place.card,
        lines=[actions.LineChange(kpi, line(kpi, **changed))],
        reason=reason,
        seen=place.card.version,
        by=by,
        at=NOON,
    )


def lower(place):
    targets = dict(line(place.kpi).targets) | {4: TargetInput(D("7.5"))}
    return {"targets": targets, "year_target": D("37.5")}


def test_a_signed_scorecard_changes_only_when_both_agree(signed):
    with pytest.raises(Refused, match="บันทึกแก้ไขข้อตกลง"):
        actions.put_kpis(scorecard=signed.card, kpis=[line(signed.kpi)], by=signed.head, at=NOON)
    amendment = propose(signed, signed.head, **lower(signed))
    assert amendment.owner_agreed_by == signed.head
    assert amendment.changes == [
        {"kpi": "1.1", "field": "year_target", "old": "40", "new": "37.5"},
        {"kpi": "1.1", "field": "value_4", "old": "10", "new": "7.5"},
    ]
    assert KPI.objects.get(pk=signed.kpi.pk).year_target == D(40)
    with pytest.raises(Refused, match="เฉพาะผู้ว่าราชการจังหวัด"):
        actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=signed.head, at=NOON)
    actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=signed.governor, at=NOON)
    assert amendment.state == Amendment.State.AGREED
    assert KPI.objects.get(pk=signed.kpi.pk).year_target == D("37.5")
    assert Target.objects.get(kpi=signed.kpi, quarter=4).value == D("7.5")
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"kpi.amendment.proposed", "kpi.amendment.agreed", "kpi.target.set"} <= verbs
    with pytest.raises(Refused, match="เสร็จแล้ว"):
        actions.agree_amendment(
            amendment=amendment, side=Side.SUPERVISOR, by=signed.governor, at=NOON
        )


def test_the_office_may_propose_and_then_both_sides_are_asked(signed):
    amendment = propose(signed, signed.office, **lower(signed))
    assert amendment.owner_agreed_by is None
    actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=signed.governor, at=NOON)
    assert amendment.state == Amendment.State.PROPOSED
    actions.agree_amendment(amendment=amendment, side=Side.OWNER, by=signed.head, at=NOON)
    assert amendment.state == Amendment.State.AGREED


def test_a_declined_amendment_changes_nothing_and_keeps_its_reason(signed):
    amendment = propose(signed, signed.head, **lower(signed))
    with pytest.raises(Refused, match="เขียนเหตุผลที่ไม่เห็นชอบ"):
        actions.decline_amendment(amendment=amendment, reason=" ", by=signed.governor, at=NOON)
    actions.decline_amendment(amendment=amendment, reason="งบยังพอ", by=signed.governor, at=NOON)
    assert KPI.objects.get(pk=signed.kpi.pk).year_target == D(40)
    assert propose(signed, signed.head, **lower(signed)).number == 2


@pytest.mark.parametrize(
    ("who", "changes", "reason", "sentence"),
    [
        ("head", {}, "เหตุ", "ยังไม่มีรายการใดต่าง"),
        ("head", {"weight": D(90)}, "เหตุ", "น้ำหนักรวม 90 ต้องเท่ากับ 100"),
        ("head", {"year_target": D(99)}, "เหตุ", "รวมกันไม่เท่าเป้าหมายทั้งปี"),
        ("head", {"expected_evidence_th": "อื่น"}, " ", "เขียนเหตุผลที่ขอแก้ไข"),
        ("officer", {"expected_evidence_th": "อื่น"}, "เหตุ", "เฉพาะสองฝ่าย"),
    ],
)
def test_an_amendment_that_cannot_stand_is_not_proposed(signed, who, changes, reason, sentence):
    with pytest.raises(Refused, match=sentence):
        propose(signed, getattr(signed, who), reason, **changes)
    assert not Amendment.objects.exists()


def test_one_amendment_waits_at_a_time_and_a_closed_quarter_stays(signed):
    propose(signed, signed.head, **lower(signed))
    with pytest.raises(Refused, match="รอความเห็นชอบอยู่แล้ว"):
        propose(signed, signed.head, expected_evidence_th="อื่น")
    close(4)
    with pytest.raises(Refused, match="ไตรมาส 4 ปิดแล้ว"):
        actions.agree_amendment(
            amendment=Amendment.objects.get(), side=Side.SUPERVISOR, by=signed.governor, at=NOON
        )
    assert Amendment.objects.get().state == Amendment.State.PROPOSED


# ---------------------------------------------------------------- pages


def test_targets_are_typed_in_thai_digits_and_the_year_follows(client, place):
    client.force_login(place.head)
    edit = reverse("kpi:scorecard-edit", args=[place.card.pk])
    assert client.get(edit).status_code == 200
    pk = place.kpi.pk
    answer = client.post(
        edit, {"version": place.card.version, f"value_4-{pk}": "๑๕", f"weight-{pk}": "100"}
    )
    assert answer.status_code == 302
    kpi = KPI.objects.get(pk=pk)
    assert (kpi.year_target, kpi.targets.get(quarter=4).value) == (D(45), D(15))


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_lost(client, place):
    client.force_login(place.head)
    pk = place.kpi.pk
    answer = client.post(
        reverse("kpi:scorecard-edit", args=[place.card.pk]),
        {
            "version": place.card.version,
            f"value_1-{pk}": "สิบ",
            f"expected_evidence_th-{pk}": "ภาพถ่าย",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#value_1-{pk}"' in page
    assert 'value="สิบ"' in page
    assert "ภาพถ่าย" in page
    assert KPI.objects.get(pk=pk).expected_evidence_th == "รายงานสรุป"


def test_the_same_page_proposes_an_amendment_once_it_is_signed(client, signed):
    client.force_login(signed.head)
    edit = reverse("kpi:scorecard-edit", args=[signed.card.pk])
    signed.card.refresh_from_db()
    typed = {
        "version": signed.card.version,
        f"value_4-{signed.kpi.pk}": "7.5",
        "reason": "งบลด",
    }
    assert client.post(edit, typed | {"reason": ""}).status_code == 409
    assert client.post(edit, typed).status_code == 302
    detail = reverse("kpi:scorecard", args=[signed.card.pk])
    assert "7.5" in client.get(detail).content.decode()
    client.force_login(signed.governor)
    agree = reverse("kpi:amendment-agree", args=[signed.card.pk, 1])
    assert client.post(agree, {"side": "supervisor"}).status_code == 302
    assert KPI.objects.get(pk=signed.kpi.pk).year_target == D("37.5")


def test_an_indicator_is_added_from_the_dictionary(client, place):
    actions.define_indicators(indicators=[IndicatorInput("I-2", "อื่น", COUNT)], by=None, at=NOON)
    client.force_login(place.head)
    add = reverse("kpi:line-add", args=[place.card.pk])
    typed = {
        "version": place.card.version,
        "indicator": place.kpi.indicator_id + 1,
        "code": "1.1",
        "weight": "20",
        "curve": place.kpi.curve_id,
    }
    indicator = KPI.objects.get(pk=place.kpi.pk).indicator.__class__.objects.get(code="I-2")
    typed["indicator"] = indicator.pk
    assert client.post(add, typed).status_code == 422
    assert client.post(add, typed | {"code": "1.2", "weight": "0"}).status_code == 422
    assert client.post(add, typed | {"code": "1.2"}).status_code == 302
    assert KPI.objects.get(code="1.2").scorecard == place.card


def test_a_round_shows_its_own_target(client, place):
    client.force_login(place.head)
    page = client.get(reverse("kpi:scorecard", args=[place.card.pk]), {"round": 1})
    assert page.context["lines"][0].round_target.value == D(20)


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("boss", 200), ("head", 404), ("governor", 404), ("office", 404)],
)
def test_a_personal_scorecard_is_for_the_line_and_each_view_is_logged(client, place, who, status):
    client.force_login(getattr(place, who))
    assert client.get(reverse("kpi:scorecard", args=[place.own.pk])).status_code == status
    assert Event.objects.filter(verb="kpi.scorecard.viewed").exists() is (status == 200)
    listed = client.get(reverse("kpi:scorecard-list"), {"level": "post"}).content.decode()
    assert (place.post.title_th in listed) is (status == 200)


def test_a_scorecard_is_made_by_who_may(client, place):
    agency = AgencyFactory()
    quarter_of(2571, 1, PeriodState.PLANNED)
    make = reverse("kpi:scorecard-make")
    typed = {"year": 2571, "whose": f"agency-{agency.pk}"}
    client.force_login(place.head)
    assert client.post(make, typed).status_code == 409
    client.force_login(place.office)
    assert client.post(make, typed).status_code == 302
    assert client.post(make, typed | {"whose": "nobody-1"}).status_code == 404
    assert Scorecard.objects.get(fiscal_year=2571).agency == agency


@pytest.mark.parametrize(
    ("who", "parent", "may"),
    [
        ("office", "kpi", False),
        ("officer", "kpi", True),
        ("boss", "kpi", True),
        ("head", "kpi", False),
        ("boss", "foreign", False),
    ],
)
def test_a_personal_kpi_is_linked_by_its_line(place, who, parent, may):
    above = place.kpi if parent == "kpi" else kpi_of(AgencyFactory(), code="F")
    child = KPI.objects.with_rules().get(pk=place.personal.pk)
    reason = rules.why_not_link_for(above, child, standing(getattr(place, who)))
    assert (reason is None) is may


# ── What waits, on the desk ──────────────────────────────────────────────────
def waits(user):
    return [due.label for due in agreements_due_for(standing(user), NOON)]


def test_a_scorecard_waits_for_who_answers_and_then_for_who_agrees(client, place):
    for user, count in ((place.head, 1), (place.governor, 0), (place.officer, 1), (place.boss, 0)):
        assert waits(user) == ["ลงนามใบคะแนน"] * count
    assert waits(place.office) == []
    sign(place.card, Side.OWNER, place.head)
    sign(place.own, Side.OWNER, place.officer)
    assert (waits(place.head), waits(place.officer)) == ([], [])
    assert (waits(place.governor), waits(place.boss)) == (["ลงนามใบคะแนน"], ["ลงนามใบคะแนน"])
    client.force_login(place.boss)
    assert f"/desk/kpis/scorecards/{place.own.pk}/" in client.get("/desk/").content.decode()


def test_an_amendment_waits_for_the_side_that_did_not_propose_it(signed):
    propose(signed, signed.head, **lower(signed))
    assert waits(signed.governor) == ["เห็นชอบบันทึกแก้ไขข้อตกลงครั้งที่ 1"]
    assert waits(signed.head) == []


def test_whoever_can_owe_no_agreement_is_not_asked_for_any(place, django_assert_num_queries):
    reporter = standing(person(Role.REPORTER, place.agency))
    head = standing(place.head)
    with django_assert_num_queries(0):
        assert agreements_due_for(reporter, NOON) == []
    with django_assert_num_queries(1):
        assert len(agreements_due_for(head, NOON)) == 1


def test_the_api_signs_by_the_same_verb(client, place):
    send = {"content_type": "application/json"}
    address = f"/api/v1/scorecards/{place.card.pk}/"
    seen = place.card.version
    client.force_login(place.head)
    assert client.post(f"{address}sign/", {"side": "mine"}, **send).status_code == 400
    stale = client.post(f"{address}sign/", {"side": "owner", "version": seen + 5}, **send)
    assert stale.status_code == 409
    answer = client.post(f"{address}sign/", {"side": "owner", "version": seen}, **send)
    assert answer.status_code == 200
    assert answer.json()["owner_signed_at"]
    assert client.post(f"{address}withdraw/", **send).json()["owner_signed_at"] is None
    assert client.post(f"{address}copy/", **send).status_code == 409


def test_the_api_proposes_and_agrees_by_the_same_verbs(client, signed):
    send = {"content_type": "application/json"}
    address = f"/api/v1/scorecards/{signed.card.pk}/amendments/"
    signed.card.refresh_from_db()
    asked = {
        "reason": "งบประมาณถูกปรับลด",
        "version": signed.card.version,
        "lines": [{"kpi": "1.1", "year_target": "37.5", "targets": {"4": "7.5"}}],
    }
    assert client.get(address).status_code == 401
    client.force_login(signed.head)
    wrong = asked | {"lines": [{"kpi": "1.1", "targets": {"5": "1"}}]}
    assert client.post(address, wrong, **send).status_code == 400
    assert client.post(address, asked | {"lines": [{"kpi": "9"}]}, **send).status_code == 404
    assert client.post(address, asked | {"version": 99}, **send).status_code == 409
    made = client.post(address, asked, **send)
    assert (made.status_code, made.json()["number"]) == (201, 1)
    assert {change["field"] for change in made.json()["changes"]} == {"year_target", "value_4"}
    assert client.post(f"{address}1/agree/", {"side": "owner"}, **send).status_code == 409
    assert client.post(f"{address}1/agree/", {"side": "all"}, **send).status_code == 400
    client.force_login(signed.governor)
    agreed = client.post(f"{address}1/agree/", {"side": "supervisor"}, **send)
    assert agreed.json()["state"] == "agreed"
    assert Target.objects.get(kpi=signed.kpi, quarter=4).value == D("7.5")
    assert [each["number"] for each in client.get(address).json()] == [1]
    assert client.post(f"{address}1/decline/", {"reason": "ช้าไป"}, **send).status_code == 409
    assert client.post(f"{address}2/decline/", {"reason": "ไม่มี"}, **send).status_code == 404


def test_the_api_declines_with_a_reason(client, signed):
    propose(signed, signed.head, **lower(signed))
    client.force_login(signed.governor)
    address = f"/api/v1/scorecards/{signed.card.pk}/amendments/1/decline/"
    assert client.post(address, {}, content_type="application/json").status_code == 400
    answer = client.post(address, {"reason": "งบยังพอ"}, content_type="application/json")
    assert (answer.json()["state"], answer.json()["decline_reason"]) == ("declined", "งบยังพอ")
