"""The page of what waits: many signed, one returned, all or nothing, nothing lost on a refusal."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from budget import actions as budget_actions
from kpi import actions
from kpi.dues import waiting_for as kpi_waiting_for
from kpi.models import KPI, Result, Scorecard
from pages.actions import VERBS, SigningRefused, key_of, sign_off
from pages.views.approvals import KINDS
from projects import actions as project_actions
from projects.models import Project
from submissions.models import Evidence, FiscalYear, Month, PeriodState, Quarter
from tests.budget.factories import AllocationFactory
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    person,
    quarter_of,
    set_state,
)
from tests.kpi.factories import kpi_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
PAGE = "/desk/approvals/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    return AgencyFactory(name_th="สำนักงานประมง")


@pytest.fixture
def head(agency):
    return person(Role.APPROVER, agency)


def sent(agency, code="1.1", value=10, by=None, note="หมายเหตุ", **more):
    """Make a KPI with an entry that waits for the head."""
    kpi = kpi_of(agency, code=code, **more)
    by = by or person(Role.REPORTER, agency)
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    entry = actions.ResultEntry(kpi.pk, quarter.pk, value=Decimal(value), note=note)
    [draft] = actions.record_results(entries=[entry], by=by, at=NOON)
    [result] = actions.submit_results(entries=[draft], by=by, at=NOON)
    return result


def key(result):
    result.refresh_from_db()
    return f"kpi.result:{result.pk}:{result.version}"


def statuses():
    return list(Result.objects.order_by("kpi__code").values_list("status", flat=True))


def lines(answer):
    return {line.key: line for line in answer.context["lines"]}


# ── Who ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_sign_come_here(client, role):
    client.force_login(person(role))
    allowed = role in (Role.APPROVER, Role.STRATEGIST)
    assert client.get(PAGE).status_code == (200 if allowed else 403)


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_each_head_sees_his_own_agency_only(client, agency, head):
    mine = sent(agency)
    sent(AgencyFactory(), code="2")
    client.force_login(head)
    answer = client.get(PAGE)
    assert set(lines(answer)) == {key(mine)}
    assert "สำนักงานประมง" in answer.content.decode()


def test_the_post_above_signs_its_peoples_entries_here(client, agency):
    above = PostFactory(agency=agency)
    post = PostFactory(agency=agency, supervising_post=above)
    holder, boss = HoldingFactory(post=post).user, HoldingFactory(post=above).user
    MembershipFactory(user=boss, agency=agency)
    personal = sent(agency, by=holder, level=Scorecard.Level.POST, post=post)
    client.force_login(boss)
    assert set(lines(client.get(PAGE))) == {key(personal)}
    assert client.get(reverse("pages:desk")).context["signs"]
    assert client.post(PAGE, {"sign": [key(personal)]}).status_code == 302
    assert statuses() == ["approved"]


# ── What is shown ────────────────────────────────────────────────────────────
def test_a_line_shows_what_a_signature_needs(client, agency, head):
    result = sent(agency, value=12, note="รับงานเพิ่ม")
    client.force_login(head)
    waiting = lines(client.get(PAGE))[key(result)].waiting
    assert (waiting.current, waiting.target) == ("12", "10")
    assert (waiting.achievement, waiting.note, waiting.move) == ("120.00", "รับงานเพิ่ม", "approve")
    assert waiting.entered_by


def test_what_a_visit_did_not_confirm_says_so_beside_what_is_signed(client, agency, head):
    """Of a project's progress by quarter and by month, of its money, and of a KPI."""
    quarter = quarter_of(2570, 1)
    month = Month.objects.select_related("fiscal_year").get(fiscal_year=2570, number=2)
    set_state(month, PeriodState.OPEN)
    FiscalYear.objects.update(thresholds={"progress": {"monthly": True}})
    month.fiscal_year.refresh_from_db()
    reporter = person(Role.REPORTER, agency)
    doubted, sure = sent(agency, code="1"), sent(agency, code="2")
    KPI.objects.filter(pk=doubted.kpi_id).update(unconfirmed_reason="ไม่พบหลักฐาน")
    for code in ("P-1", "P-2"):
        project, activities = project_with(1, host_agency=agency, code=code)
        percents = {activity.pk: Decimal(40) for activity in activities}
        save = project_actions.save_month_progress(
            project=project, month=month, activities=percents, by=reporter, at=NOON
        )
        project_actions.submit_month_progress(report=save, by=reporter, at=NOON)
        entry = project_actions.ProgressInput(project, quarter, activities=percents)
        drafts = project_actions.save_progress(entries=[entry], by=reporter, at=NOON)
        project_actions.submit_progress(entries=drafts, by=reporter, at=NOON)
        money = AllocationFactory(code=f"B{code}", spending_agency=agency, project=project)
        given = budget_actions.MonthlyInput(money, month, Decimal(100_000), Decimal(0))
        figures = budget_actions.record_monthly_figures(entries=[given], by=reporter, at=NOON)
        budget_actions.submit_monthly_figures(entries=figures, by=reporter, at=NOON)
    Project.objects.filter(code="P-1").update(unconfirmed_reason="งานไม่ตรงรายงาน")
    client.force_login(head)
    answer = client.get(PAGE)
    marked = {
        (line.waiting.kind, line.waiting.code): line.waiting.is_unconfirmed
        for line in lines(answer).values()
    }
    assert marked == {
        ("kpi.result", "1"): True,
        ("kpi.result", "2"): False,
        ("projects.progress", "P-1"): True,
        ("projects.progress", "P-2"): False,
        ("projects.month", "P-1"): True,
        ("projects.month", "P-2"): False,
        ("budget.month", "BP-1"): True,
        ("budget.month", "BP-2"): False,
    }
    assert answer.content.decode().count("ผลตรวจไม่ยืนยัน") == 4
    assert sure.kpi.unconfirmed_reason == ""


def test_outliers_and_ones_own_are_never_chosen_beforehand(client, agency):
    both = person(Role.REPORTER, agency)
    MembershipFactory(user=both, agency=agency, role=Role.APPROVER)
    usual, far = sent(agency, code="1"), sent(agency, code="2", value=5000)
    own = sent(agency, code="3", by=both)
    client.force_login(both)
    shown = lines(client.get(PAGE))
    assert shown[key(usual)].chosen
    assert not shown[key(far)].chosen
    assert shown[key(far)].is_watched
    assert not shown[key(own)].chosen
    assert "เอง" in shown[key(own)].waiting.why_not
    assert client.get(PAGE, {"show": "watch"}).status_code == 200


def test_the_address_asks_for_some_of_what_waits(client, agency):
    second = AgencyFactory(name_th="สำนักงานเกษตร")
    both = person(Role.APPROVER, agency)
    MembershipFactory(user=both, agency=second, role=Role.APPROVER)
    fish, rice = sent(agency, code="ก.1"), sent(second, code="ข.2", value=5000)
    client.force_login(both)
    for asked, found in (
        ({}, {key(fish), key(rice)}),
        ({"agency": second.pk}, {key(rice)}),
        ({"agency": "x"}, set()),
        ({"q": "ก.1"}, {key(fish)}),
        ({"show": "watch"}, {key(rice)}),
        ({"kind": "budget.month"}, set()),
        ({"period": lines(client.get(PAGE))[key(fish)].waiting.period}, {key(fish), key(rice)}),
    ):
        answer = client.get(PAGE, asked)
        assert set(lines(answer)) == found, asked
        assert answer.context["counts"] == {"all": 2, "watched": 1}
    # Signing keeps the view.
    answer = client.post(f"{PAGE}?agency={agency.pk}", {"sign": [key(fish)]})
    assert answer["Location"] == f"{PAGE}?agency={agency.pk}"
    assert statuses() == ["approved", "submitted"]


def test_files_are_looked_at_in_place_and_the_history_is_one_click_away(client, agency, head):
    result = sent(agency)
    result.evidence.add(
        *(
            Evidence.objects.create(
                original_name=name,
                media_type=kind,
                size_bytes=1,
                sha256="0" * 64,
                agency=agency,
                uploaded_by=head,
                uploaded_at=NOON,
            )
            for name, kind in (("ภาพ.jpg", "image/jpeg"), ("หนังสือ.pdf", "application/pdf"))
        )
    )
    client.force_login(head)
    answer = client.get(PAGE)
    files = lines(answer)[key(result)].waiting.files
    assert [(each.name, each.is_image) for each in files] == [
        ("ภาพ.jpg", True),
        ("หนังสือ.pdf", False),
    ]
    assert f'<img class="thumb" src="{files[0].url}"' in answer.content.decode()
    assert lines(answer)[key(result)].waiting.history_url == f"/desk/kpis/results/{result.pk}/"


def test_an_empty_page_says_so(client, head):
    client.force_login(head)
    answer = client.get(PAGE)
    assert (answer.status_code, answer.context["groups"]) == (200, [])


# ── Signing ──────────────────────────────────────────────────────────────────
def test_many_are_signed_and_one_goes_back_with_its_reason(client, agency, head):
    first, second, third = (sent(agency, code=str(number)) for number in (1, 2, 3))
    client.force_login(head)
    answer = client.post(
        PAGE,
        {
            "sign": [key(first), key(second)],
            "return": [key(third)],
            f"reason-{key(third)}": "หลักฐานไม่ครบ",
        },
        follow=True,
    )
    assert answer.redirect_chain == [(PAGE, 302)]
    assert statuses() == ["approved", "approved", "returned"]
    third.refresh_from_db()
    assert third.return_reason == "หลักฐานไม่ครบ"
    said = answer.content.decode()
    assert "ลงนามแล้ว 2 รายการ" in said
    assert "ส่งกลับแก้ไข 1 รายการ" in said
    assert Event.objects.filter(verb="kpi.result.approved", actor_id=head.pk).count() == 2


def test_the_strategy_office_accepts_what_needs_a_second_signature(client, agency, head):
    result = sent(agency, level=Scorecard.Level.PROVINCE, needs_acceptance=True)
    actions.approve_results(entries=[result], by=head, at=NOON)
    client.force_login(person(Role.STRATEGIST))
    assert lines(client.get(PAGE))[key(result)].waiting.move == "accept"
    assert client.post(PAGE, {"sign": [key(result)]}).status_code == 302
    assert statuses() == ["accepted"]


def test_nothing_chosen_is_said(client, agency, head):
    sent(agency)
    client.force_login(head)
    answer = client.post(PAGE, {})
    assert answer.status_code == 422
    assert "ยังไม่ได้เลือก" in answer.context["refusal"]


def test_a_missing_reason_keeps_everything_as_it_was_typed(client, agency, head):
    first, second, third = (sent(agency, code=str(number)) for number in (1, 2, 3))
    client.force_login(head)
    answer = client.post(
        PAGE,
        {
            "sign": [key(first)],
            "return": [key(second), key(third)],
            f"reason-{key(second)}": "ผิดช่วงเวลา",
            f"reason-{key(third)}": "  ",
        },
    )
    assert answer.status_code == 422
    shown = lines(answer)
    assert shown[key(first)].chosen
    assert shown[key(second)].reason == "ผิดช่วงเวลา"
    assert "เหตุผล" in shown[key(third)].error
    assert "ผิดช่วงเวลา" in answer.content.decode()
    assert statuses() == ["submitted"] * 3


def test_signed_and_returned_at_once_is_a_contradiction(client, agency, head):
    result = sent(agency)
    client.force_login(head)
    answer = client.post(PAGE, {"sign": [key(result)], f"reason-{key(result)}": "ผิด"})
    assert answer.status_code == 422
    assert lines(answer)[key(result)].error
    assert statuses() == ["submitted"]


@pytest.mark.parametrize("how", ["sign", "return", "reason"])
def test_what_changed_since_the_page_was_opened_is_not_signed(client, agency, head, how):
    stale, other = sent(agency, code="1"), sent(agency, code="2")
    old = key(stale)
    Result.objects.filter(pk=stale.pk).update(version=9)
    client.force_login(head)
    done = {
        "sign": {"sign": [old, key(other)]},
        "return": {"sign": [key(other)], "return": [old], f"reason-{old}": "ผิด"},
        "reason": {"sign": [key(other)], f"reason-{old}": "ผิด"},
    }[how]
    answer = client.post(PAGE, done)
    assert answer.status_code == 409
    assert "1 รายการ" in answer.context["refusal"]
    assert lines(answer)[key(other)].chosen
    assert statuses() == ["submitted", "submitted"]


def test_ones_own_entry_keeps_the_whole_list_unsigned(client, agency):
    both = person(Role.REPORTER, agency)
    MembershipFactory(user=both, agency=agency, role=Role.APPROVER)
    own, other = sent(agency, code="1", by=both), sent(agency, code="2")
    client.force_login(both)
    answer = client.post(PAGE, {"sign": [key(own), key(other)]})
    assert answer.status_code == 409
    assert "เอง" in lines(answer)[key(own)].error
    assert not lines(answer)[key(other)].error
    assert statuses() == ["submitted", "submitted"]


def test_what_is_far_from_the_usual_is_signed_alone(client, agency, head):
    usual, far = sent(agency, code="1"), sent(agency, code="2", value=5000)
    client.force_login(head)
    assert 'name="alone"' in client.get(PAGE).content.decode()
    answer = client.post(PAGE, {"sign": [key(usual), key(far)]})
    assert answer.status_code == 409
    assert "ทีละรายการ" in lines(answer)[key(far)].error
    assert statuses() == ["submitted", "submitted"]
    # Its own button signs it and nothing else, whatever is ticked.
    answer = client.post(PAGE, {"sign": [key(usual)], "alone": key(far)})
    assert answer.status_code == 302
    assert statuses() == ["submitted", "approved"]


def test_signing_one_alone_keeps_the_reasons_typed_for_others(client, agency, head):
    usual, far = sent(agency, code="1"), sent(agency, code="2", value=5000)
    client.force_login(head)
    typed = {f"reason-{key(usual)}": "ผิดช่วงเวลา", "alone": key(far)}
    answer = client.post(PAGE, typed)
    assert answer.status_code == 200
    assert set(lines(answer)) == {key(usual)}
    assert lines(answer)[key(usual)].reason == "ผิดช่วงเวลา"
    assert statuses() == ["submitted", "approved"]
    assert client.post(PAGE, {"alone": "kpi.result:999:1"}).status_code == 409


def test_ones_own_is_refused_alone_too(client, agency):
    both = person(Role.REPORTER, agency)
    MembershipFactory(user=both, agency=agency, role=Role.APPROVER)
    own = sent(agency, value=5000, by=both)
    client.force_login(both)
    answer = client.post(PAGE, {"alone": key(own)})
    assert answer.status_code == 409
    assert "เอง" in lines(answer)[key(own)].error


# ── The verb ─────────────────────────────────────────────────────────────────
def sign(head, waiting, returned=()):
    sign_off(signed=waiting, returned=returned, by=head, at=NOON)


def test_a_lost_race_between_page_and_verb_changes_nothing(agency, head):
    first, second = sent(agency, code="1"), sent(agency, code="2")
    seen = kpi_waiting_for(head, NOON)
    Result.objects.filter(pk=first.pk).update(version=9)
    with pytest.raises(SigningRefused) as caught:
        sign(head, seen)
    assert list(caught.value.by_key) == [key_of(seen[0])]
    assert statuses() == ["submitted", "submitted"]
    assert second.version == seen[1].version


def test_an_entry_that_is_gone_is_refused(agency, head):
    result = sent(agency)
    seen = kpi_waiting_for(head, NOON)
    Result.objects.filter(pk=result.pk).delete()
    with pytest.raises(SigningRefused):
        sign(head, seen)


def test_a_refused_return_takes_the_signatures_back_too(agency, head):
    sent(agency, code="1")
    sent(agency, code="2")
    first, second = kpi_waiting_for(head, NOON)
    with pytest.raises(SigningRefused) as caught:
        sign(head, [first], [(second, " ")])
    assert list(caught.value.by_key) == [key_of(second)]
    assert statuses() == ["submitted", "submitted"]
    assert not Event.objects.filter(verb="kpi.result.approved").exists()


def test_a_quarter_closed_meanwhile_refuses_the_whole_group(agency, head, monkeypatch):
    sent(agency)
    seen = kpi_waiting_for(head, NOON)
    Quarter.objects.filter(fiscal_year=2570).update(state="closed")
    with pytest.raises(SigningRefused) as caught:
        sign(head, seen)
    assert "ปิด" in next(iter(caught.value.by_key.values()))


def test_every_kind_of_entry_has_its_verbs():
    assert set(VERBS) == {"kpi.result", "projects.progress", "projects.month", "budget.month"}
    assert set(KINDS) == set(VERBS)


def test_the_page_costs_the_same_for_one_entry_or_ten(
    client, agency, head, django_assert_num_queries, django_assert_max_num_queries
):
    sent(agency, code="0")
    client.force_login(head)
    client.get(PAGE)
    with django_assert_max_num_queries(60) as few:
        client.get(PAGE)
    for number in range(1, 10):
        sent(agency, code=str(number))
    with django_assert_num_queries(len(few)):
        client.get(PAGE)
