"""Who comes too late to a scorecard or an amendment, and what either may still change."""

from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.rules import Standing
from audit.models import Event
from common.refusal import Refused
from kpi import actions
from kpi.actions.definitions import CurveInput, TargetInput
from kpi.models import KPI, Amendment, Scorecard, Target
from kpi.rules import agreements as rules
from kpi.rules.agreements import Side
from submissions.models import PeriodState
from tests.factories import NOON, PostFactory, person, quarter_of
from tests.kpi import test_scorecards as cards
from tests.kpi.factories import FIVE
from tests.kpi.test_scorecards import line, lower, propose, sign, standing

pytestmark = pytest.mark.django_db
D = Decimal
_noon, place, signed = cards._noon, cards.place, cards.signed


def following_year(place, level):
    """An empty scorecard of the year after, for the same post or agency."""
    return actions.make_scorecard(
        fiscal_year=quarter_of(2571, 1, PeriodState.OPEN).fiscal_year,
        level=level,
        agency=place.agency,
        post=place.post if level == "post" else None,
        by=None,
        at=NOON,
    )


# ── Amendments ───────────────────────────────────────────────────────────────


def another_curve(place):
    [curve] = actions.draw_curves(
        curves=[CurveInput("gentle", place.card.fiscal_year, "ผ่อน", "five", FIVE)], by=None, at=NOON
    )
    return curve


def test_a_curve_evidence_and_a_base_that_was_not_there_are_agreed(signed):
    curve = another_curve(signed)
    targets = dict(line(signed.kpi).targets) | {1: TargetInput(D(10), base=D("2.50"))}
    amendment = propose(
        signed, signed.head, curve=curve, expected_evidence_th="ภาพถ่าย", targets=targets
    )
    assert amendment.changes == [
        {"kpi": "1.1", "field": "curve", "old": "five", "new": "gentle"},
        {"kpi": "1.1", "field": "expected_evidence_th", "old": "รายงานสรุป", "new": "ภาพถ่าย"},
        {"kpi": "1.1", "field": "base_1", "old": None, "new": "2.5"},
    ]
    actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=signed.governor, at=NOON)
    kpi = KPI.objects.get(pk=signed.kpi.pk)
    assert (kpi.curve, kpi.expected_evidence_th) == (curve, "ภาพถ่าย")
    assert Target.objects.get(kpi=kpi, quarter=1).base == D("2.5")


def agree(place, amendment):
    actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=place.governor, at=NOON)


def decline(place, amendment):
    actions.decline_amendment(amendment=amendment, reason="ไม่จำเป็น", by=place.governor, at=NOON)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [(decline, agree, "declined"), (agree, decline, "agreed"), (agree, agree, "agreed")],
)
def test_an_answer_to_what_is_answered_meanwhile_is_lost(signed, first, second, state):
    seen = propose(signed, signed.head, **lower(signed))
    first(signed, Amendment.objects.select_related("scorecard").get())
    stood = KPI.objects.get(pk=signed.kpi.pk).year_target
    events = Event.objects.count()
    with pytest.raises(Refused) as caught:
        second(signed, seen)
    assert caught.value.code == "stale"
    assert Amendment.objects.get().state == state
    assert KPI.objects.get(pk=signed.kpi.pk).year_target == stood
    assert Event.objects.count() == events


def test_what_was_agreed_is_not_put_on_a_scorecard_that_differs_from_what_was_seen(signed):
    amendment = propose(signed, signed.head, **lower(signed))
    Target.objects.filter(kpi=signed.kpi, quarter=4).update(value=D(9))
    with pytest.raises(Refused, match="เปลี่ยนไปจากตอนที่เสนอ") as caught:
        agree(signed, amendment)
    assert caught.value.code == "stale"
    assert Amendment.objects.get().state == Amendment.State.PROPOSED
    assert Target.objects.get(kpi=signed.kpi, quarter=4).value == D(9)


def test_one_person_never_agrees_for_both_sides_and_strangers_decline_nothing(signed):
    both = signed.governor
    both.memberships.create(agency=signed.agency, role="approver", from_date=NOON.date())
    amendment = propose(signed, both, **lower(signed))
    with pytest.raises(Refused, match="คนเดียวเห็นชอบทั้งสองฝ่ายไม่ได้"):
        actions.agree_amendment(amendment=amendment, side=Side.SUPERVISOR, by=both, at=NOON)
    with pytest.raises(Refused, match="ตอบได้เฉพาะสองฝ่าย"):
        actions.decline_amendment(amendment=amendment, reason="ไม่", by=signed.officer, at=NOON)
    assert Amendment.objects.get().state == Amendment.State.PROPOSED


# ── Scorecards ───────────────────────────────────────────────────────────────


def test_a_posts_scorecard_is_copied_from_the_posts_own_of_the_year_before(place):
    card = following_year(place, "post")
    [copy] = actions.copy_scorecard(scorecard=card, by=place.officer, at=NOON)
    assert (copy.code, copy.copied_from) == ("1.1-P", place.personal)


def drop(place, by):
    actions.drop_kpi(kpi=place.kpi, seen=place.card.version, by=by, at=NOON)


def test_a_kpi_is_dropped_by_who_may_and_not_once_it_was_copied(place):
    with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์ฯ หรือหัวหน้า") as caught:
        drop(place, place.officer)
    assert caught.value.code == "not_allowed"
    card = following_year(place, "agency")
    actions.copy_scorecard(scorecard=card, by=place.head, at=NOON)
    with pytest.raises(Refused, match="คัดลอกตัวชี้วัดนี้แล้ว") as caught:
        drop(place, place.head)
    assert caught.value.code == "copied"
    assert KPI.objects.filter(pk=place.kpi.pk).exists()
    assert Target.objects.filter(kpi=place.kpi).count() == 4


def test_a_signature_is_not_taken_back_when_the_other_side_signs_meanwhile(place):
    sign(place.card, Side.OWNER, place.head)
    seen = Scorecard.objects.get(pk=place.card.pk)
    sign(place.card, Side.SUPERVISOR, place.governor)
    with pytest.raises(Refused) as caught:
        actions.withdraw_signatures(scorecard=seen, by=place.head, at=NOON)
    assert caught.value.code == "stale"
    card = Scorecard.objects.get(pk=place.card.pk)
    assert (card.state, card.owner_signed_by) == (Scorecard.State.SIGNED, place.head)


def test_personal_rows_are_read_by_hr_of_the_agency_and_once_by_who_holds_two_posts(place):
    above = place.post.supervising_post_id
    two = Standing(place.boss, frozenset(), frozenset({above, place.post.pk}))
    assert rules.posts_in_line(two) == {above, place.post.pk}
    PostFactory()
    assert rules.posts_in_line(standing(person(Role.HR, place.agency))) == {above, place.post.pk}
