"""Verbs of entries: what they keep, what they refuse, what they log, and who loses a race."""

from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from jobruns.models import JobRun
from kpi import actions
from kpi.actions.results import Clash, FieldRefused
from kpi.models import Figure, Result, Scorecard
from submissions.models import Quarter
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    PostFactory,
    person,
    set_state,
)
from tests.kpi.factories import RATIO, kpi_of

pytestmark = pytest.mark.django_db


def first_quarter(kpi):
    return Quarter.objects.get(fiscal_year=kpi.fiscal_year_id, number=1)


def typed(kpi, **figures):
    return actions.ResultEntry(kpi.pk, first_quarter(kpi).pk, **figures)


def one_refusal(caught):
    [refusal] = caught.value.by_entry.values()
    return refusal


@pytest.fixture
def place():
    """An agency with a reporter, a head and a KPI of ten in the quarter."""

    class Place:
        agency = AgencyFactory()
        reporter = person(Role.REPORTER, agency)
        head = person(Role.APPROVER, agency)
        strategist = person(Role.STRATEGIST)
        kpi = kpi_of(agency)

        def record(self, kpi=None, by=None, **figures):
            entry = typed(kpi or self.kpi, **(figures or {"value": Decimal(10)}))
            [result] = actions.record_results(entries=[entry], by=by or self.reporter, at=NOON)
            return result

        def submit(self, result, by=None):
            [sent] = actions.submit_results(entries=[result], by=by or self.reporter, at=NOON)
            return sent

        def approve(self, result, by=None):
            [signed] = actions.approve_results(entries=[result], by=by or self.head, at=NOON)
            return signed

    return Place()


def test_a_draft_is_kept_with_who_typed_it_and_not_logged(place):
    events = Event.objects.count()
    result = place.record()
    stored = Result.objects.get(pk=result.pk)
    assert (stored.value, stored.status, stored.version) == (Decimal(10), "draft", 1)
    assert stored.entered_by == place.reporter
    assert Event.objects.count() == events


def test_zero_is_a_value_and_an_empty_cell_is_none(place):
    assert place.record(value=Decimal(0)).value == Decimal(0)
    assert place.record(version=1).value is None


def test_a_figure_typed_as_year_to_date_leaves_the_quarter(place):
    result = place.record(year_to_date=Decimal(12))
    assert (result.value, result.typed_as_ytd) == (Decimal(12), True)


def test_another_agencys_reporter_types_nothing(place):
    with pytest.raises(EntriesRefused) as caught:
        place.record(by=person(Role.REPORTER))
    assert one_refusal(caught).code == "not_yours"
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal(10) ** 16}, "value"),
        ({"numerator": Decimal(1), "denominator": Decimal(2)}, "numerator"),
        ({"is_not_applicable": True}, "not_applicable_reason"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_at_its_field(place, figures, field):
    with pytest.raises(EntriesRefused) as caught:
        place.record(**figures)
    refusal = one_refusal(caught)
    assert isinstance(refusal, FieldRefused)
    assert refusal.field == field
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"numerator": Decimal(3), "denominator": Decimal(0)}, "denominator"),
        ({"numerator": Decimal(3), "denominator": Decimal(-2)}, "denominator"),
        ({"value": Decimal(50)}, "value"),
    ],
)
def test_a_ratio_is_refused_at_the_part_that_is_wrong(place, figures, field):
    ratio = kpi_of(place.agency, code="2.1", rules=RATIO)
    with pytest.raises(EntriesRefused) as caught:
        place.record(ratio, **figures)
    assert one_refusal(caught).field == field


def test_a_numerator_alone_is_not_sent(place):
    ratio = kpi_of(place.agency, code="2.1", rules=RATIO)
    half = place.record(ratio, numerator=Decimal(3))
    with pytest.raises(EntriesRefused) as caught:
        place.submit(half)
    assert one_refusal(caught).field == "denominator"


def test_one_wrong_entry_keeps_the_whole_list_out(place):
    other = kpi_of(place.agency, code="1.2")
    with pytest.raises(EntriesRefused) as caught:
        actions.record_results(
            entries=[typed(place.kpi, value=Decimal(1)), typed(other, value=Decimal(-1))],
            by=place.reporter,
            at=NOON,
        )
    assert list(caught.value.by_entry) == [1]
    assert not Result.objects.exists()


def test_whoever_types_on_a_stale_page_is_shown_the_other_value(place):
    place.record(value=Decimal(7))
    with pytest.raises(EntriesRefused) as caught:
        place.record(value=Decimal(8), version=0)
    refusal = one_refusal(caught)
    assert isinstance(refusal, Clash)
    assert refusal.theirs.value == Decimal(7)
    assert Result.objects.get().value == Decimal(7)


def test_nothing_is_typed_in_a_closed_quarter(place):
    set_state(first_quarter(place.kpi), "closed")
    with pytest.raises(EntriesRefused) as caught:
        place.record()
    assert one_refusal(caught).code == "not_open"


def test_a_figure_off_target_is_sent_only_with_a_note(place):
    low = place.record(value=Decimal(5))
    with pytest.raises(EntriesRefused) as caught:
        place.submit(low)
    assert one_refusal(caught).field == "note"
    noted = place.record(value=Decimal(5), note="ฝนตกหนัก", version=1)
    assert place.submit(noted).status == "submitted"


def test_a_sent_entry_is_not_typed_over(place):
    sent = place.submit(place.record())
    with pytest.raises(EntriesRefused):
        place.record(value=Decimal(11), version=sent.version)
    assert Result.objects.get().value == Decimal(10)


def test_the_head_signs_and_the_log_and_the_job_row_say_so(place):
    sent = place.submit(place.record())
    signed = place.approve(sent)
    assert (signed.status, signed.approved_by) == ("approved", place.head)
    verbs = list(
        Event.objects.of("kpi.result", signed.pk).in_time_order().values_list("verb", flat=True)
    )
    assert verbs == ["kpi.result.submitted", "kpi.result.approved"]
    assert JobRun.objects.filter(task="kpi.refresh_figures", key="2570").exists()


def test_signing_refreshes_the_figure(place, work_off_jobs):
    place.approve(place.submit(place.record()))
    work_off_jobs()
    figure = Figure.objects.get(kpi=place.kpi, quarter=first_quarter(place.kpi))
    assert (figure.value, figure.achievement) == (Decimal(10), Decimal(100))


@pytest.mark.parametrize("who", ["reporter", "strategist", "other head"])
def test_nobody_but_the_agencys_head_signs(place, who):
    sent = place.submit(place.record())
    by = {"reporter": place.reporter, "strategist": place.strategist}.get(who) or person(
        Role.APPROVER
    )
    with pytest.raises(EntriesRefused):
        place.approve(sent, by=by)
    assert Result.objects.get().status == "submitted"


def test_nobody_signs_an_entry_of_his_or_her_own(place):
    both = person(Role.REPORTER, place.agency)
    both.memberships.create(agency=place.agency, role=Role.APPROVER, from_date=NOON.date())
    sent = place.submit(place.record(by=both), by=both)
    with pytest.raises(EntriesRefused, match="เอง"):
        place.approve(sent, by=both)


def test_signing_loses_a_race_politely(place):
    sent = place.submit(place.record())
    Result.objects.update(version=sent.version + 1)
    with pytest.raises(Refused) as caught:
        place.approve(sent)
    assert caught.value.code == "changed_meanwhile"
    assert not Event.objects.filter(verb="kpi.result.approved").exists()


def test_an_entry_is_returned_with_a_reason_and_typed_again(place):
    sent = place.submit(place.record())
    with pytest.raises(EntriesRefused):
        actions.return_results(entries=[sent], reason=" ", by=place.head, at=NOON)
    [back] = actions.return_results(entries=[sent], reason="หลักฐานไม่ครบ", by=place.head, at=NOON)
    assert (back.status, back.return_reason) == ("returned", "หลักฐานไม่ครบ")
    assert place.record(value=Decimal(11), version=back.version).status == "returned"
    event = Event.objects.get(verb="kpi.result.returned")
    assert event.reason == "หลักฐานไม่ครบ"


def test_only_a_province_kpi_is_accepted_and_only_by_the_strategy_office(place):
    signed = place.approve(place.submit(place.record()))
    with pytest.raises(EntriesRefused):
        actions.accept_results(entries=[signed], by=place.strategist, at=NOON)
    province = kpi_of(
        place.agency, code="9.1", level=Scorecard.Level.PROVINCE, needs_acceptance=True
    )
    signed = place.approve(place.submit(place.record(province)))
    with pytest.raises(EntriesRefused):
        actions.accept_results(entries=[signed], by=place.head, at=NOON)
    [accepted] = actions.accept_results(entries=[signed], by=place.strategist, at=NOON)
    assert (accepted.status, accepted.accepted_by) == ("accepted", place.strategist)


def test_a_personal_entry_is_for_the_holder_and_signed_by_the_post_above(place):
    above = PostFactory(agency=place.agency)
    post = PostFactory(agency=place.agency, supervising_post=above)
    officer = HoldingFactory(post=post).user
    boss = HoldingFactory(post=above).user
    personal = kpi_of(place.agency, code="7.1", level=Scorecard.Level.POST, post=post)
    with pytest.raises(EntriesRefused):
        place.record(personal)
    sent = place.submit(place.record(personal, by=officer), by=officer)
    with pytest.raises(EntriesRefused):
        place.approve(sent)
    assert place.approve(sent, by=boss).status == "approved"


def test_a_vacant_posts_entry_is_typed_by_the_post_above(place):
    above = PostFactory(agency=place.agency)
    vacant = PostFactory(agency=place.agency, supervising_post=above)
    boss = HoldingFactory(post=above).user
    personal = kpi_of(place.agency, code="7.1", level=Scorecard.Level.POST, post=vacant)
    assert place.record(personal, by=boss).entered_by == boss


def test_only_the_strategy_office_defines(place):
    with pytest.raises(Refused):
        actions.define_indicators(indicators=[], by=place.head, at=NOON)
